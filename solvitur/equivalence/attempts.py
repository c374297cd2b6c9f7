"""A correspondence that is tried: what could be proved of it, and what is against it."""

import time
from dataclasses import dataclass
from functools import cached_property

from solvitur.equivalence.implication import Carried, Source, carry, undoes
from solvitur.equivalence.ordering import Scale, disorder, ordering
from solvitur.equivalence.points import Searched, feasible_point
from solvitur.equivalence.program import ExactPoint
from solvitur.equivalence.reduction import Joined, Reduced
from solvitur.equivalence.verdict import (
    Correspondence,
    CounterExample,
    Profile,
    Way,
    by_numbers,
)


@dataclass
class Level:
    """Both programs, made smaller in the same way."""

    a: Reduced
    b: Reduced
    deadline: float

    @cached_property
    def sources(self) -> tuple[Source, Source]:
        """Both as what is to be carried over."""
        return Source(self.a.program, self.deadline), Source(self.b.program, self.deadline)

    @cached_property
    def points(self) -> tuple[Searched, Searched]:
        """A feasible point of each, where one is found."""
        left = (self.deadline - time.perf_counter()) / 3
        return feasible_point(self.a.program, left), feasible_point(self.b.program, left)

    def attempt(self, correspondence: Correspondence) -> "Attempt":
        """Try to prove that a correspondence is one."""
        there, back = correspondence.there, correspondence.back
        (first, second), (a, b) = self.sources, (self.a.program, self.b.program)
        scale = ordering(first, b, there, lambda: self.points[0].point)
        reverse = scale and ordering(second, a, back, lambda: self.points[1].point)
        return Attempt(
            correspondence,
            carry(first, b, there),
            carry(second, a, back),
            scale if scale and reverse and scale.undoes(reverse) else None,
        )

    def keeps_apart(self, attempt: "Attempt") -> bool:
        """Whether one way undoes the other, proved for all points.

        Otherwise a map of everything onto a line along which the objective grows would do, and any
        two programs with an optimum would be equivalent. Without an objective, nothing else tells
        points apart: then no step that made the programs smaller may have taken two for one.
        """
        over = attempt.correspondence
        is_told = attempt.scale is not None and not attempt.scale.is_constant
        if not is_told and not (over.a.keeps_apart and over.b.keeps_apart):
            return False
        first, second = self.sources
        return undoes(first, over.there, over.back) or undoes(second, over.back, over.there)


@dataclass(frozen=True)
class Attempt:
    """What came of one correspondence."""

    correspondence: Correspondence
    there: Carried
    back: Carried
    scale: Scale | None

    @property
    def profile(self) -> Profile:
        """What is known of each relation."""
        return Profile(self.there, self.back, self.scale)

    @property
    def is_exact(self) -> bool:
        """Whether all of it was shown in fractions."""
        return bool(
            self.scale and self.scale.is_exact and self.there.is_exact and self.back.is_exact
        )

    @property
    def is_plain(self) -> bool:
        """Whether the rows are the same, so that nothing hangs on there being a point."""
        return not by_numbers(self.correspondence, self.profile)

    @cached_property
    def counter_example(self) -> CounterExample | None:
        """A point of one of the originals that the other forbids, checked on both."""
        for is_first in (True, False):
            over = self.correspondence if is_first else self.correspondence.reversed
            witness = (self.there if is_first else self.back).witness
            if witness is None:
                continue
            point = over.a.up(witness.point)
            image = over.to_b(point)
            violations = over.b.original.violations(image)
            if violations and over.a.original.is_feasible(point):
                return CounterExample(is_first, point, image, violations)
        return None

    def disorder(self, seconds: float) -> tuple[ExactPoint, ExactPoint] | None:
        """Give points of the first original that the objectives put in another order."""
        if self.scale is not None or not self.there.holds:
            return None
        over = self.correspondence
        found = disorder(over.a.program, over.b.program, over.there, seconds)
        return found and (over.a.up(found[0]), over.a.up(found[1]))

    @property
    def is_contained(self) -> bool:
        """Whether, in the same variables, the points of one are a part of those of the other."""
        return (
            self.correspondence.way is Way.names
            and self.scale is not None
            and {self.there.holds, self.back.holds} == {True, False}
        )

    def short_digits(self) -> str | None:
        """Name columns, such as digits, that reach far enough only because of the numbers."""
        for over, carried in (
            (self.correspondence.reversed, self.back),
            (self.correspondence, self.there),
        ):
            columns = over.b.original.columns
            by_proof = {each.name for each in carried.implied if each.is_by_numbers}
            for step in over.b.steps:
                if isinstance(step, Joined) and step.affine is None:
                    first, second = columns[step.first].name, columns[step.second].name
                    if first in by_proof:
                        return f"{first} and {second}"
        return None
