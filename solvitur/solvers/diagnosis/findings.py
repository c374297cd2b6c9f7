"""What is said of a formulation without an optimum: the conflict, the mend, the way without end."""

from dataclasses import dataclass
from enum import StrEnum

from solvitur.formulation.evaluate import Key, show_entry
from solvitur.formulation.printing import first, one_line
from solvitur.solvers.solution import Outcome
from solvitur.solvers.words import amount

_MOST_LINES = 20
_MOST_LABELS = 6
_MOST_ROWS = 6


class Kind(StrEnum):
    """What a requirement is a requirement on."""

    row = "row"
    """A row of a constraint."""
    lower_bound = "lower_bound"
    upper_bound = "upper_bound"
    whole_number = "whole_number"


@dataclass(frozen=True)
class Requirement:
    """One thing that a formulation asks for, and that could be dropped from it."""

    kind: Kind
    name: str
    """The constraint or the variable."""
    key: Key
    """Which row of the constraint, or which entry of the variable."""
    text: str
    """What it says with its numbers, such as ``3 * x[chair] + 7 * x[desk] <= 40``."""
    doc: str = ""
    unit: str = ""
    """The unit of its constant side, where the declared ones tell it."""
    is_assumed: bool = False
    """Whether it is a bound that nobody wrote: zero where ``lower`` is left out."""
    number: float | None = None
    """What stands on its constant side; ``None`` of what is to be a whole number."""

    @property
    def label(self) -> str:
        """Name it as in ``labour[2, a]``."""
        return show_entry(self.name, self.key)

    def __str__(self) -> str:
        """Say it in one line."""
        notes = [note for note in (self.doc, "taken by default" * self.is_assumed) if note]
        said = f"{self.label}: {self.text}" if self.kind is Kind.row else self.text
        return one_line(f"{said} ({'; '.join(notes)})" if notes else said)


@dataclass(frozen=True)
class Conflict:
    """A set of requirements that cannot hold together, each of which is needed for that."""

    members: tuple[Requirement, ...]
    """Empty where none was found in time."""
    is_irreducible: bool
    """Whether it is proved that the rest can hold as soon as any one of the members is dropped."""
    checks: int
    """How many times a part of the problem was solved to find and to prove it."""
    seconds: float
    message: str = ""
    """What a person should know beside the members."""
    resting: tuple[str, ...] = ()
    """The variables by whose bounds members that are not linear are said by linear rows.

    These bounds take part in the conflict, whether or not they are members.
    """

    def __str__(self) -> str:
        """Report for a person."""
        if not self.members:
            return self.message
        head = "these contradict each other"
        if len(self.members) == 1:
            head = "this cannot hold" if self.resting else "this alone cannot hold"
        elif self.is_irreducible:
            head += "; without any one of them, the others can hold"
        if self.resting:
            head = f"Together with the bounds of {_and(self.resting)} {head}"
        head = head[0].upper() + head[1:]
        lines = [f"{head}:", *(f"- {line}" for line in first(self._lines(), _MOST_LINES))]
        return "\n".join([*lines, self.message] if self.message else lines)

    def _lines(self) -> list[str]:
        """Say every member; of the many rows of a constraint some, and at once what is alike."""
        groups: dict[object, list[Requirement]] = {}
        for member in self.members:
            rest = "" if member.kind is Kind.row else member.text.removeprefix(member.label)
            groups.setdefault((member.kind, member.name, rest), []).append(member)
        return [line for group in groups.values() for line in _told(group)]


def _some(names: tuple[str, ...]) -> str:
    return one_line(", ".join(first(list(names), _MOST_LABELS)))


def _and(names: tuple[str, ...]) -> str:
    if len(names) > _MOST_LABELS:
        return _some(names)
    *others, last = names
    return one_line(f"{', '.join(others)} and {last}" if others else last)


def _told(members: list[Requirement]) -> list[str]:
    """Tell of rows of one constraint, of many those with the largest numbers; or of bounds."""
    if members[0].kind is not Kind.row:
        return [_together(members)]
    if len(members) <= _MOST_ROWS:
        return [str(member) for member in members]
    sizes = [abs(member.number or 0.0) for member in members]
    largest = sorted(range(len(members)), key=lambda n: (-sizes[n], n))[: _MOST_ROWS - 1]
    rest = len(members) - len(largest)
    return [*(str(members[n]) for n in sorted(largest)), f"{rest} more rows of {members[0].name}"]


def _together(members: list[Requirement]) -> str:
    head, *rest = map(str, members)
    if not rest:
        return head
    labels = ", ".join(first([member.label for member in members], _MOST_LABELS))
    return one_line(labels) + head.removeprefix(one_line(members[0].label)).replace(
        " is a whole number", " are whole numbers"
    )


@dataclass(frozen=True)
class Change:
    """A requirement with another number on its constant side."""

    requirement: Requirement
    before: float
    after: float

    def __str__(self) -> str:
        """Say it in one line."""
        moved = amount(abs(self.after - self.before), self.requirement.unit)
        way = "more" if self.after > self.before else "less"
        which = self.requirement.label
        if self.requirement.kind is not Kind.row:
            which = f"{self.requirement.kind.value.replace('_', ' ')} of {which}"
        doc = f" ({self.requirement.doc})" if self.requirement.doc else ""
        return one_line(
            f"{which}{doc}: {amount(self.after)} instead of {amount(self.before)} ({moved} {way})"
        )


@dataclass(frozen=True)
class Relaxation:
    """The least change of constant sides with which there is an answer, and that answer.

    It is the least of those that may change: what is `left_as_is` may have a smaller one.
    """

    changes: tuple[Change, ...]
    """Empty where none was found, or none in time."""
    total: float
    """The changes together, each as a share of the number it changes."""
    outcome: Outcome | None
    """How the changed problem ends, solved anew; ``None`` where it was not solved."""
    objective: float | None
    """What the objective then is."""
    seconds: float
    message: str = ""
    others: "tuple[Relaxation, ...]" = ()
    """Changes of one number each that do as well, at a larger share of it."""
    left_as_is: tuple[str, ...] = ()
    """What was not tried, as what is not linear is said by rows that go by it.

    These are bounds of variables, and constraints that hold on a condition.
    """

    def __str__(self) -> str:
        """Report for a person."""
        left = f"Left as it is, as what is not linear goes by it: {_some(self.left_as_is)}."
        notes = [*filter(None, [self.message]), *([left] if self.left_as_is else [])]
        if not self.changes:
            return "\n".join(notes)
        least = "this" if self.left_as_is else "the least"
        head = f"With {least} change there is an answer:"
        lines = [head, *(f"- {line}" for line in _listed(self.changes))]
        if end := self._end():
            lines.append(f"Then {end}.")
        if self.others:
            said = [f"{o.changes[0]}; then {o._end()}" for o in self.others]
            lines += ["Or with one of these alone:", *(f"- {line}" for line in said)]
        return "\n".join([*lines, *notes])

    def _end(self) -> str:
        if self.objective is not None:
            return f"the objective is {amount(self.objective)}"
        if self.outcome is Outcome.unbounded:
            return "the objective can be improved without end"
        return ""


@dataclass(frozen=True)
class Move:
    """How one entry of a variable moves along a ray."""

    name: str
    key: Key
    rate: float
    """What it changes by in one step."""
    unit: str = ""
    doc: str = ""

    @property
    def label(self) -> str:
        """Name it as in ``x[chair]``."""
        return show_entry(self.name, self.key)

    def __str__(self) -> str:
        """Say it in one line."""
        verb = "grows" if self.rate > 0 else "falls"
        doc = f" ({self.doc})" if self.doc else ""
        return one_line(f"{self.label}{doc} {verb} by {amount(abs(self.rate), self.unit)}")


@dataclass(frozen=True)
class Ray:
    """A direction in which every row and bound holds for ever and the objective improves."""

    moves: tuple[Move, ...]
    """The entries that move; empty where no ray was found, or none in time."""
    gain: float
    """What one step changes the objective by: more where it is maximized, else less."""
    unit: str
    """The unit of the objective, where the declared ones tell it."""
    seconds: float
    message: str = ""

    def __str__(self) -> str:
        """Report for a person."""
        if not self.moves:
            return self.message
        gain = f"{'raises' if self.gain > 0 else 'lowers'} the objective by "
        gain += amount(abs(self.gain), self.unit)
        if len(self.moves) == 1:
            (move,) = self.moves
            way = "grow" if move.rate > 0 else "fall"
            doc = f" ({move.doc})" if move.doc else ""
            step = amount(abs(move.rate), move.unit)
            text = one_line(f"{move.label}{doc} can {way} without end: each step of {step} {gain}.")
            return f"{text}\nA limit on it is missing."
        head = f"Nothing ends this; each step {gain}:"
        lines = [f"- {line}" for line in _listed(self.moves)]
        return "\n".join([head, *lines, "A limit on one of them is missing."])


def _listed(items: tuple[object, ...]) -> list[str]:
    return first([str(item) for item in items], _MOST_LINES)
