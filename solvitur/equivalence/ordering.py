"""How the objective of one program goes with that of another under a map."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from solvitur.equivalence.implication import Source
from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.points import search
from solvitur.equivalence.program import (
    Coefficients,
    ExactPoint,
    Program,
    dot,
    nonzero,
    ratio,
    show,
)
from solvitur.equivalence.relaxation import Certificate, Claim

_CASES = 10


@dataclass(frozen=True)
class Scale:
    """The objective at an image is ``factor`` times that of the point, plus ``shift``.

    Both as something to minimise, and the factor is positive. Where both objectives are constant,
    the factor is 1.
    """

    factor: Fraction
    shift: Fraction
    is_constant: bool = False
    certificates: tuple[Certificate, ...] = ()

    def undoes(self, other: "Scale") -> bool:
        """Whether one after the other changes nothing.

        >>> double = Scale(Fraction(2), Fraction(6))
        >>> double.undoes(Scale(Fraction(1, 2), Fraction(-3)))
        True
        """
        return (
            self.is_constant == other.is_constant
            and self.factor * other.factor == 1
            and self.factor * other.shift + self.shift == 0
        )

    def __str__(self) -> str:
        """Say what is done to an objective, or nothing.

        >>> str(Scale(Fraction(1, 2), Fraction(6))), str(Scale(Fraction(1), Fraction(0)))
        (' times 0.5 plus 6', '')
        """
        factor = "" if self.factor == 1 else f" times {show(self.factor)}"
        return factor + (f" plus {show(self.shift)}" if self.shift else "")

    @property
    def is_exact(self) -> bool:
        """Whether it was shown without any solver's word."""
        return all(each.is_exact for each in self.certificates)


def ordering(
    source: Source, target: Program, mapping: Mapping, known: Callable[[], ExactPoint | None]
) -> Scale | None:
    """Find how the objectives go together; ``None`` where they were not shown to.

    Args:
        source: Where the points are.
        target: Where they go.
        mapping: How.
        known: Gives a feasible point of the source, if one is found; asked only where it is needed.
    """
    image = mapping.pull(target.cost)
    constant = image.constant + target.sign * target.constant
    own = source.program.cost
    base = source.program.sign * source.program.constant
    factor = _ratio(image.coefficients, own)
    if factor is not None:
        is_constant = not image.coefficients
        return Scale(factor, constant - factor * base, is_constant)
    point = None if source.is_late() else known()
    if point is None:
        return None
    for factor in _guesses(image.coefficients, own):
        rest = _difference(image.coefficients, own, factor)
        value = dot(rest, point)
        claims = [Claim(rest, value), Claim({c: -v for c, v in rest.items()}, -value)]
        proofs = [each.certificate for each in source.relaxation.prove(claims, _CASES)]
        if all(proof is not None for proof in proofs):
            certificates = tuple(proof for proof in proofs if proof is not None)
            return Scale(factor, constant + value - factor * base, not own, certificates)
    return None


def disorder(
    program: Program, target: Program, mapping: Mapping, seconds: float
) -> tuple[ExactPoint, ExactPoint] | None:
    """Find two points that the objectives put in another order, among the best and worst of both.

    One of the objectives may not tell them apart. ``None`` where there are none of that kind.
    """
    image = mapping.pull(target.cost).coefficients
    points: list[ExactPoint] = []
    for cost in (program.cost, image):
        for sign in (1, -1):
            aim = program.with_objective({column: sign * v for column, v in cost.items()})
            found = search(aim, seconds / 4).point
            points += [] if found is None else [found]
    for one, other in combinations(points, 2):
        here = dot(program.cost, one) - dot(program.cost, other)
        there = dot(image, one) - dot(image, other)
        if here * there < 0 or (here == 0) is not (there == 0):
            return one, other
    return None


def _ratio(a: Coefficients, b: Coefficients) -> Fraction | None:
    """Give the positive factor by which the first is a multiple of the second, if it is one."""
    if not a and not b:
        return Fraction(1)
    found = ratio(a, b)
    return found if found is not None and found > 0 else None


def _guesses(a: Coefficients, b: Coefficients) -> list[Fraction]:
    """Give factors that may be the one, the most frequent first."""
    ratios = Counter(a[column] / b[column] for column in a if column in b)
    return [factor for factor, _ in ratios.most_common(2) if factor > 0] or [Fraction(1)]


def _difference(a: Coefficients, b: Coefficients, factor: Fraction) -> dict[int, Fraction]:
    found = dict(a)
    for column, value in b.items():
        found[column] = found.get(column, Fraction(0)) - factor * value
    return nonzero(found)
