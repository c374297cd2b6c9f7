"""What comes of other numbers: two solutions side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from solvitur.formulation.elements import Formulation
from solvitur.formulation.evaluate import Key, show_entry
from solvitur.formulation.printing import first, one_line
from solvitur.solvers.solution import Outcome, Solution
from solvitur.solvers.words import NOISE, amount

_MOST_LINES = 12


@dataclass(frozen=True)
class Shift:
    """One entry of a variable that is otherwise in the other solution."""

    name: str
    key: Key
    before: float
    after: float

    def __str__(self) -> str:
        """Say it in one line."""
        label = one_line(show_entry(self.name, self.key))
        return f"{label}: {amount(self.after)} instead of {amount(self.before)}"


@dataclass(frozen=True)
class Comparison:
    """A solution, and what it becomes with other numbers."""

    before: Solution
    after: Solution
    formulation: Formulation
    """The formulation with the other numbers."""
    tried: tuple[str, ...]
    """The other numbers, in words."""

    @property
    def change(self) -> float | None:
        """What the objective changes by; ``None`` where one of the two has no answer."""
        if self.before.objective is None or self.after.objective is None:
            return None
        return self.after.objective - self.before.objective

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """The entries of variables that are otherwise; several optima can differ in more."""
        return tuple(
            Shift(name, key, before, after)
            for name, entries in self.before.values.items()
            for key, before in entries.items()
            if (after := self.after.values.get(name, {}).get(key)) is not None
            and abs(after - before) > NOISE * max(1.0, abs(before), abs(after))
        )

    def __str__(self) -> str:
        """Report for a person."""
        lines = [one_line(f"With {', '.join(self.tried)}:")]
        change = self.change
        if change is None:
            return "\n".join([*lines, _OUTCOMES.get(self.after.outcome, self.after.outcome.value)])
        assert self.after.objective is not None
        word = self.formulation.objective.sense.superlative
        if self.after.outcome is not Outcome.solved:
            word = "best known"
        now = f"The {word} value is {amount(self.after.objective)}"
        if abs(change) <= NOISE * max(1.0, abs(self.after.objective)):
            lines.append(f"{now}, as before.")
        else:
            lines.append(f"{now}, {amount(abs(change))} {'more' if change > 0 else 'less'}.")
        shifts = [f"- {shift}" for shift in self.shifts]
        return "\n".join([*lines, *first(shifts, _MOST_LINES)])


_OUTCOMES = {
    Outcome.infeasible: "There is no answer: the limits contradict each other.",
    Outcome.unbounded: "There is no best answer: the objective can be improved without end.",
    Outcome.solved: "There is an answer, and there was none before.",
}


def described(
    parameters: Mapping[str, float] | None,
    bounds: Mapping[str, tuple[float | None, float | None]] | None,
    limits: Mapping[str, float] | None,
) -> tuple[str, ...]:
    """Say which numbers are tried."""
    said = [f"{label} = {amount(value)}" for label, value in (parameters or {}).items()]
    for label, (lower, upper) in (bounds or {}).items():
        said += [f"{label} >= {amount(lower)}"] if lower is not None else []
        said += [f"{label} <= {amount(upper)}"] if upper is not None else []
    said += [f"limit of {label} = {amount(value)}" for label, value in (limits or {}).items()]
    return tuple(said)
