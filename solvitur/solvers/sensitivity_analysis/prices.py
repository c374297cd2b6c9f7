"""What the numbers of a formulation are worth, and how far its plan holds."""

from dataclasses import dataclass
from enum import StrEnum

from solvitur.formulation.evaluate import Key, show_entry
from solvitur.formulation.printing import first, one_line
from solvitur.solvers.diagnosis.findings import Kind, Requirement
from solvitur.solvers.words import NOISE, amount

_MOST_LINES = 12
_DIGITS = 6
"""To how many digits figures are said; the data have all of them."""


class Method(StrEnum):
    """How it was found what one more unit is worth."""

    duals = "duals"
    """By the dual values of a linear or convex quadratic program: per unit, at the margin."""
    trials = "trials"
    """By solving an integer program again with one unit more and one unit less."""


_NOTHING_BINDS = {
    Method.duals: "No row and no bound holds the objective back.",
    Method.trials: "No row and no bound is within one unit of being fully used.",
}


@dataclass(frozen=True)
class Step:
    """What moving a number one way does to the objective."""

    rate: float | None
    """What the objective changes by for each unit; ``None`` where no answer is left."""
    reach: float | None
    """How many units that holds for: ``None`` for any number, 0 where it is so at first only."""
    is_exact: bool = True
    """Whether beyond `reach` it is otherwise; if not, it may hold on."""


@dataclass(frozen=True)
class Price:
    """What the number on the constant side of a row or a bound is worth."""

    requirement: Requirement
    limit: float
    """That number, as the formulation writes it."""
    slack: float
    """How far from it the answer stays."""
    more: Step | None
    """The number grows; ``None`` where the time was too short to tell."""
    less: Step | None
    """The number falls."""
    is_binding: bool
    """Whether the answer stays at it, or (whole numbers) within one unit of it."""
    dual: float | None = None
    """Its dual value: of all that prove the optimum the one that the solver found.

    The change of the objective for one unit more, and the opposite of that for one less, where it
    is the only one (`is_smooth`); else between the two. ``None`` where there are no duals.
    """

    @property
    def is_smooth(self) -> bool:
        """Whether one more and one less are worth the same, as they are not at every vertex."""
        if self.more is None or self.less is None:
            return False
        up, down = self.more.rate, self.less.rate
        if up is None or down is None:
            return False
        return abs(up + down) <= NOISE * max(1.0, abs(up), abs(down))


@dataclass(frozen=True)
class Entry:
    """One entry of a variable: its value, and how far its coefficient leaves the plan as it is."""

    name: str
    key: Key
    value: float
    coefficient: float
    """What stands before it in the objective."""
    reduced_cost: float | None
    """What the objective changes by for each unit that a bound of it moves up.

    Zero between its bounds; ``None`` where the time was too short to tell.
    """
    lowest: float | None
    """The least coefficient with which the plan is still the best; ``None`` for no end."""
    highest: float | None
    """The largest."""
    doc: str = ""

    @property
    def label(self) -> str:
        """Name it as in ``x[chair]``."""
        return show_entry(self.name, self.key)

    def __str__(self) -> str:
        """Say it in one line."""
        doc = f" ({self.doc})" if self.doc else ""
        return one_line(
            f"{self.label}{doc} = {amount(self.value, digits=_DIGITS)}: {self._range()}"
        )

    def _range(self) -> str:
        now = f"(now {amount(self.coefficient)})"
        if self.lowest is None and self.highest is None:
            return f"at any coefficient {now}"
        if self.lowest is None:
            return f"up to {_figure(self.highest or 0.0)} {now}"
        if self.highest is None:
            return f"from {_figure(self.lowest)} on {now}"
        return f"from {_figure(self.lowest)} to {_figure(self.highest)} {now}"


@dataclass(frozen=True)
class Sensitivity:
    """What one more unit is worth, and how far the answer holds.

    Every figure is of the objective as the formulation states it: what it changes by.
    """

    method: Method | None
    """``None`` where there is no optimum to look around."""
    maximizes: bool
    objective: float | None
    unit: str
    """The unit of the objective, where the declared ones tell it."""
    prices: tuple[Price, ...]
    """Of every row, and of every bound that is a number other than 0."""
    entries: tuple[Entry, ...]
    """Of every entry of every variable of a linear program; else there are none."""
    seconds: float
    message: str = ""

    def __str__(self) -> str:
        """Report for a person."""
        lines: list[str] = []
        binding = [price for price in self.prices if price.is_binding]
        stuck = [price for price in binding if _is_stuck(price)]
        moving = [self._line(price) for price in binding if price not in stuck]
        loose = [_left(price) for price in self.prices if not price.is_binding]
        if moving:
            lines += ["What one more is worth:", *_listed(moving)]
        if stuck:
            labels = [one_line(_which(price.requirement)) for price in stuck]
            lines.append(f"Without room to move alone: {', '.join(first(labels, _MOST_LINES))}.")
        if loose:
            lines.append(f"Not fully used: {', '.join(first(loose, _MOST_LINES))}.")
        if self.method and not binding:
            lines.append(_NOTHING_BINDS[self.method])
        if self.entries:
            used = sorted(self.entries, key=lambda entry: abs(entry.value) <= NOISE)
            lines.append("The plan stays the best while the coefficient in the objective is:")
            lines += _listed([str(entry) for entry in used])
        return "\n".join([*lines, self.message] if self.message else lines)

    def _line(self, price: Price) -> str:
        asked = price.requirement
        doc = f" ({asked.doc})" if asked.doc else ""
        head = f"{_which(asked)}{doc}, now {amount(price.limit, asked.unit)}"
        unit = f" {asked.unit}" if asked.unit else ""
        steps = [
            f"one{unit} more {self.worth(price.more)}",
            f"one{unit} less {self.worth(price.less)}",
        ]
        return one_line(f"{head}: {'; '.join(steps)}")

    def worth(self, step: Step | None) -> str:
        """Say what moving a number one way by one unit does."""
        if step is None:
            return "was not tried for want of time"
        if step.rate is None:
            return "leaves no answer"
        gain = step.rate if self.maximizes else -step.rate
        worth = _figure(abs(gain), self.unit)
        said = f"is worth {worth}" if gain > NOISE else f"costs {worth}"
        if abs(gain) <= NOISE:
            said = "changes nothing"
        if self.method is Method.trials or step.reach is None:
            return said
        if step.reach == 0:
            return f"{said} at first"
        return f"{said}, up to {_figure(step.reach)}{'' if step.is_exact else ' at least'}"


def _figure(value: float, unit: str = "") -> str:
    return amount(value, unit, _DIGITS)


def _which(requirement: Requirement) -> str:
    if requirement.kind is Kind.row:
        return requirement.label
    return f"{requirement.kind.value.replace('_', ' ')} of {requirement.label}"


def _is_stuck(price: Price) -> bool:
    steps = price.more, price.less
    return all(step is not None and step.rate is None for step in steps)


def _left(price: Price) -> str:
    asked = price.requirement
    which = asked.label if asked.kind is Kind.row else asked.text
    return one_line(f"{which} ({_figure(price.slack, asked.unit)} left)")


def _listed(lines: list[str]) -> list[str]:
    return [f"- {line}" for line in first(lines, _MOST_LINES)]
