"""What is said of two formulations: the verdict, the profile behind it, and the evidence."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from solvitur.equivalence.implication import Carried
from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.ordering import Scale
from solvitur.equivalence.program import ExactPoint, Program, Violation
from solvitur.equivalence.reduction import Joined, Reduced
from solvitur.equivalence.values import Values
from solvitur.solvers.solution import Holding


class Conclusion(StrEnum):
    """What a verdict comes to."""

    proved = "equivalent (proved exactly)"
    proved_to_tolerance = "equivalent (proved to solver tolerance)"
    on_instances = "equivalent on the instances tried"
    different = "not equivalent"
    different_here = "not equivalent under this mapping"
    unknown = "unknown"

    @property
    def is_equivalent(self) -> bool | None:
        """Whether it says yes or no; ``None`` where it says neither.

        >>> [each.is_equivalent for each in (Conclusion.different, Conclusion.different_here)]
        [False, None]
        """
        if self is Conclusion.different:
            return False
        return None if self in (Conclusion.different_here, Conclusion.unknown) else True

    @property
    def is_proved(self) -> bool:
        """Whether it says that a proof of equivalence was found.

        >>> [each.is_proved for each in (Conclusion.proved_to_tolerance, Conclusion.on_instances)]
        [True, False]
        """
        return self in (Conclusion.proved, Conclusion.proved_to_tolerance)


class Way(StrEnum):
    """How a mapping was found."""

    structure = "the same structure"
    units = "the same structure in other units"
    names = "the same names"
    likeness = "a like structure"
    given = "given"


@dataclass(frozen=True)
class Correspondence:
    """How points of two programs go over into each other.

    Each program is made smaller by exact steps, and the smaller ones are mapped onto each other.
    """

    a: Reduced
    b: Reduced
    there: Mapping
    """From the smaller first program to the smaller second one."""
    back: Mapping
    way: Way

    def to_b(self, point: ExactPoint) -> tuple[Fraction, ...]:
        """Give the point of the second program that a point of the first becomes."""
        return self.b.up(self.there.apply(self.a.down.apply(point)))

    def to_a(self, point: ExactPoint) -> tuple[Fraction, ...]:
        """Give the point of the first program that a point of the second becomes."""
        return self.a.up(self.back.apply(self.b.down.apply(point)))

    @cached_property
    def reversed(self) -> "Correspondence":
        """The same, with first and second exchanged."""
        return Correspondence(self.b, self.a, self.back, self.there, self.way)

    @cached_property
    def affine(self) -> Mapping | None:
        """The way from the first to the second as one affine map, where it is one."""
        section = self.b.section
        return None if section is None else self.a.down.then(self.there).then(section)

    def in_words(self) -> str:
        """Write the way from the first to the second, one variable a line."""
        affine = self.affine
        if affine is not None:
            return affine.in_words(self.a.original, self.b.original)
        columns = self.b.original.columns
        joined = {step.first: step for step in self.b.steps if isinstance(step, Joined)}
        smaller = self.a.down.then(self.there)
        lines = smaller.in_words(self.a.original, self.b.program).splitlines()
        for number, place in enumerate(self.b.kept):
            if place in joined:
                step = joined[place]
                sign = "+" if step.factor > 0 else "-"
                size = "" if abs(step.factor) == 1 else f"{abs(step.factor)} "
                total = f"{columns[step.first].name} {sign} {size}{columns[step.second].name}"
                lines[number] = f"{total} = {lines[number].partition(' = ')[2]}"
        return "\n".join(lines)


@dataclass(frozen=True)
class CounterExample:
    """A point that one of the two allows, and what the other has against it."""

    from_a: bool
    """Whether it is a point of the first."""
    point: tuple[Fraction, ...]
    image: tuple[Fraction, ...]
    """What the mapping makes of it in the other."""
    violations: tuple[Violation, ...]
    """Of the image, in the other, in exact arithmetic."""


@dataclass(frozen=True)
class Profile:
    """What was found out about each relation; ``None`` where nothing was."""

    a_into_b: Carried | None = None
    """Whether the mapping carries all points of the first into the second, by the smaller ones."""
    b_into_a: Carried | None = None
    scale: Scale | None = None
    """How the objective of the second is made of that of the first."""
    disorder: tuple[ExactPoint, ExactPoint] | None = None
    """Two points of the first that the objectives put in another order, where they do not agree."""
    values: tuple[Values, Values] | None = None
    """The values that the objectives take, as far as they had to be looked for."""
    has_solution: tuple[bool | None, bool | None] = (None, None)
    """Whether each has a point; ``None`` where that is not known."""

    @property
    def same_status(self) -> bool | None:
        """Whether both are infeasible, both unbounded or both solved to an optimum."""
        if self.is_proved:
            return True
        if self.values is not None:
            one, other = (each.holding for each in self.values)
            return None if Holding.nothing in (one, other) else one is other
        return None

    @property
    def is_proved(self) -> bool:
        """Whether both ways and the objective hold."""
        return bool(
            self.a_into_b and self.b_into_a and self.scale
            and self.a_into_b.holds and self.b_into_a.holds
        )  # fmt: skip

    @property
    def same_optimum(self) -> bool | None:
        """Whether the mapping carries the best value of one to that of the other."""
        if self.is_proved:
            return True
        if self.values is None or self.scale is None:
            return None
        one, other = (each.least[:1] for each in self.values)
        if not one or not other:
            return None
        return self.scale.factor * one[0] + self.scale.shift == other[0]

    @property
    def quasi_karp(self) -> tuple[bool | None, bool | None]:
        """Whether optima of the second give optima of the first under the mapping, and vice versa.

        EquivaMap's notion, for which the way of optimal points is enough.
        """
        if self.is_proved:
            return True, True
        return tuple(
            self.same_optimum if carried is not None and carried.holds and self.scale else None
            for carried in (self.b_into_a, self.a_into_b)
        )  # type: ignore[return-value]


def by_numbers(over: Correspondence, profile: Profile) -> bool:
    """Whether rows of one do not stand in the other, but follow from what stands there."""
    carried = profile.a_into_b, profile.b_into_a
    is_plain = all(each is None or each.is_plain for each in carried)
    return not is_plain or bool(over.a.implied or over.b.implied)


@dataclass(frozen=True)
class Verdict:
    """Whether two formulations are equivalent, and why.

    Equivalent means that points go over into each other both ways, and that the objective of one is
    that of the other times a positive factor, plus a constant: so whatever is optimal in one gives
    what is optimal in the other. It is said of these two instances, and of others where `instances`
    names them.
    """

    conclusion: Conclusion
    reason: str
    """In one sentence."""
    a: Program | None = field(default=None, repr=False)
    b: Program | None = field(default=None, repr=False)
    correspondence: Correspondence | None = field(default=None, repr=False)
    profile: Profile = field(default=Profile(), repr=False)
    counter_example: CounterExample | None = field(default=None, repr=False)
    instances: tuple[tuple[str, "Verdict"], ...] = field(default=(), repr=False)
    """What was said of other instances, each with what is other about it."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def is_equivalent(self) -> bool | None:
        """Whether they are; ``None`` where that was not decided."""
        return self.conclusion.is_equivalent

    @property
    def agrees(self) -> bool:
        """Whether the two are equivalent here, or neither has a solution."""
        return bool(self.is_equivalent) or self.profile.has_solution == (False, False)

    @property
    def is_proved(self) -> bool:
        """Whether they are proved to be equivalent, as they are: with these numbers."""
        return self.conclusion.is_proved

    @property
    def rests_on_numbers(self) -> bool:
        """Whether rows of one hold in the other only because of the numbers of this instance."""
        over = self.correspondence
        return bool(self.is_equivalent) and over is not None and by_numbers(over, self.profile)

    def __str__(self) -> str:
        """Say the conclusion and why."""
        here = ", on this instance" if self.is_proved and self.rests_on_numbers else ""
        return f"{self.conclusion}{here}: {self.reason}"
