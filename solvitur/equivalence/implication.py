"""Whether a map carries every point of one program into another, and why or why not."""

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.points import search, with_row
from solvitur.equivalence.products import with_products
from solvitur.equivalence.program import (
    Column,
    Program,
    Row,
    Violation,
    at_most,
    nonzero,
    ratio,
    scaled_sides,
)
from solvitur.equivalence.relaxation import Certificate, Claim, Ground, Relaxation, Tried, step

_FEW_CASES = 8
"""Cases in one proof, with the rows as they are."""
_CASES = 40
"""The same where products were added, or there are none."""
_SHARE = 0.5
"""Of the time that is left, for the solver's search of one claim."""
_SEEN = Fraction(1, 10**6)
"""What a search must see: by how much a claim fails, or a number is away from a whole one."""
_SEEN_OF_LIMIT = Fraction(1, 10**9)
"""The same as a share of a limit that is large."""


@dataclass(frozen=True)
class Witness:
    """A point of one program that the other forbids."""

    point: tuple[Fraction, ...]
    """Exactly feasible in the source."""
    image: tuple[Fraction, ...]
    violation: Violation
    """The worst of what the image does wrong in the target."""


@dataclass(frozen=True)
class Implied:
    """A row, or a bound, of the target that holds for all points of the source, and why."""

    name: str
    certificate: Certificate
    is_row: bool

    @property
    def is_by_numbers(self) -> bool:
        """Whether it does not stand in the source, but follows from what stands there."""
        return self.certificate.ground not in (Ground.same, Ground.bounds)


@dataclass(frozen=True)
class Carried:
    """What came of carrying one program into another."""

    implied: tuple[Implied, ...] = ()
    witness: Witness | None = None
    open: tuple[str, ...] = ()
    """Rows and columns of the target that could be neither proved nor refuted."""

    @property
    def holds(self) -> bool | None:
        """Whether all points are carried into the target; ``None`` where that is open."""
        return False if self.witness else None if self.open else True

    @property
    def is_exact(self) -> bool:
        """Whether it was proved without any solver's word."""
        return all(each.certificate.is_exact for each in self.implied)

    @property
    def is_plain(self) -> bool:
        """Whether every row and bound of the target stands in the source too."""
        return not any(each.is_by_numbers for each in self.implied)


class Source:
    """A program whose points are carried elsewhere; what proves their limits is kept.

    Args:
        program: The program.
        deadline: When to give up, as `time.perf_counter` counts.
    """

    def __init__(self, program: Program, deadline: float) -> None:
        self.program = program
        self.deadline = deadline

    @cached_property
    def relaxation(self) -> Relaxation:
        """The linear relaxation as it is."""
        return Relaxation(self.program, self.deadline)

    @cached_property
    def strengthened(self) -> Relaxation | None:
        """The same with products added, where there are any."""
        more = with_products(self.program)
        return None if more is None else Relaxation(more, self.deadline)

    @cached_property
    def alike(self) -> dict[tuple[int, ...], list[Row]]:
        """The rows by the columns that are in them."""
        found: dict[tuple[int, ...], list[Row]] = {}
        for row in self.program.rows:
            found.setdefault(tuple(sorted(row.coefficients)), []).append(row)
        return found

    def has(self, row: Row) -> bool:
        """Whether rows of the same direction say as much."""
        lower, upper = row.lower is None, row.upper is None
        for other in self.alike.get(tuple(sorted(row.coefficients)), ()):
            factor = ratio(row.coefficients, other.coefficients)
            if factor is not None:
                low, high = scaled_sides(other, factor)
                lower = lower or (low is not None and row.lower is not None and low >= row.lower)
                upper = upper or (high is not None and row.upper is not None and high <= row.upper)
        return lower and upper

    def is_late(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() > self.deadline


@dataclass(frozen=True)
class _Demand:
    """One thing that the target asks of a point of the source."""

    name: str
    is_row: bool
    claim: Claim


def carry(source: Source, target: Program, mapping: Mapping) -> Carried:
    """Find out whether the map carries every point of the source into the target.

    Rows that the source has are nothing to prove. The others are proved by bounds, by sums of rows,
    by cases; what resists that is left to the solver's search, which finds a counter-example or
    says that there is none.
    """
    implied: list[Implied] = []
    demands: list[_Demand] = []
    for demand in _demands(source, target, mapping):
        if isinstance(demand, Implied):
            implied.append(demand)
        else:
            demands.append(demand)
    for column in _unwhole(source.program, target, mapping):
        found = _fractional(source, target, mapping, column)
        if isinstance(found, Implied):
            implied.append(found)
        else:
            return Carried(tuple(implied), found, () if found else (target.columns[column].name,))
    tried = _tried(source, [demand.claim for demand in demands])
    against = next((each.witness for each in tried if each.witness is not None), None)
    if against is not None:
        return Carried(tuple(implied), witness_of(source.program, target, mapping, against))
    for demand, each in zip(demands, tried, strict=True):
        if each.certificate is not None:
            implied.append(Implied(demand.name, each.certificate, demand.is_row))
    names = (d.name for d, each in zip(demands, tried, strict=True) if each.certificate is None)
    return Carried(tuple(implied), open=tuple(dict.fromkeys(names)))


def _tried(source: Source, claims: Sequence[Claim]) -> list[Tried]:
    """Try to prove all claims, by and by with more effort; the first point against one ends it."""
    tried = [Tried()] * len(claims)
    for prove in (_by_rows, _by_products, _by_search):
        open_ = [number for number, each in enumerate(tried) if each.certificate is None]
        if not open_ or source.is_late():
            break
        for number, each in zip(open_, prove(source, [claims[n] for n in open_]), strict=False):
            tried[number] = each
        if any(each.witness is not None for each in tried):
            break
    return tried


def _by_rows(source: Source, claims: Sequence[Claim]) -> Iterable[Tried]:
    return source.relaxation.prove(claims, _FEW_CASES)


def _by_products(source: Source, claims: Sequence[Claim]) -> Iterator[Tried]:
    if source.strengthened is None:
        yield from source.relaxation.prove(claims, _CASES)
        return
    size = source.program.size
    for found in source.strengthened.prove(claims, _CASES):
        yield found if found.witness is None else Tried(witness=found.witness[:size])


def _by_search(source: Source, claims: Sequence[Claim]) -> Iterator[Tried]:
    for claim in claims:
        found = Tried() if source.is_late() else _searched(source, claim)
        yield found
        if found.witness is not None:
            return


def undoes(source: Source, there: Mapping, back: Mapping) -> bool:
    """Whether going there and back leaves every point of the source what it is: proved exactly."""
    claims = []
    for column, image in enumerate(there.then(back).images):
        moved = dict(image.coefficients)
        moved[column] = moved.get(column, Fraction(0)) - 1
        rest = nonzero(moved)
        if rest or image.constant:
            claims.append(Claim(rest, -image.constant))
            claims.append(Claim({place: -value for place, value in rest.items()}, image.constant))
    tried = source.relaxation.prove(claims) if claims else []
    return all(each.certificate and each.certificate.is_exact for each in tried)


def witness_of(
    source: Program, target: Program, mapping: Mapping, point: tuple[Fraction, ...]
) -> Witness | None:
    """Check a counter-example on both programs; ``None`` where it is none."""
    if not source.is_feasible(point):
        return None
    image = mapping.apply(point)
    violations = target.violations(image)
    worst = max(violations, key=lambda each: each.relative, default=None)
    return None if worst is None else Witness(point, image, worst)


def _searched(source: Source, claim: Claim) -> Tried:
    """Let the solver look for a point that violates the claim by more than its tolerance."""
    row = Row("against", claim.coefficients, least_against(source.program, claim), None)
    seconds = _SHARE * (source.deadline - time.perf_counter())
    found = search(with_row(source.program, row).with_objective({}), seconds)
    if found.point is not None:
        return Tried(witness=found.point)
    return Tried(Certificate(Ground.search)) if found.is_infeasible else Tried()


def least_against(program: Program, claim: Claim) -> Fraction:
    """Give what an expression must come to, for a point to be against the claim.

    >>> whole = Program((Column("x", is_integer=True), Column("y")), (), {})
    >>> least_against(whole, Claim({0: Fraction(2)}, Fraction(10**9 + 1)))
    Fraction(1000000002, 1)
    >>> least_against(whole, Claim({1: Fraction(1)}, Fraction(10**9))) - 10**9
    Fraction(1, 1)
    """
    unit = step(claim.coefficients, program)
    if unit is not None:
        return (math.floor(claim.limit / unit) + 1) * unit
    return claim.limit + max(_SEEN, abs(claim.limit) * _SEEN_OF_LIMIT)


def _demands(source: Source, target: Program, mapping: Mapping) -> Iterator[_Demand | Implied]:
    same = Certificate(Ground.same)
    for column, image in zip(target.columns, mapping.images, strict=True):
        if not _is_within(source.program, column, image):
            bounds = Row(column.name, image.coefficients, column.lower, column.upper)
            yield from _as_demands(shift(bounds, -image.constant), False)
    for row in target.rows:
        pulled = mapping.pull_row(row)
        if pulled.coefficients and source.has(pulled):
            yield Implied(row.name, same, True)
        else:
            yield from _as_demands(pulled, True)


def shift(row: Row, by: Fraction) -> Row:
    """Move both sides of a row."""
    return replace(
        row,
        lower=None if row.lower is None else row.lower + by,
        upper=None if row.upper is None else row.upper + by,
    )


def _as_demands(row: Row, is_row: bool) -> Iterator[_Demand]:
    return (_Demand(row.name, is_row, _sized(Claim(*each))) for each in at_most(row))


def _sized(claim: Claim) -> Claim:
    """Scale a claim of small numbers, so that no tolerance of a solver hides what is against it."""
    largest, factor = max(map(abs, claim.coefficients.values()), default=Fraction(1)), 1
    while 0 < largest * factor < 1:
        factor *= 10
    if factor == 1:
        return claim
    terms = {column: value * factor for column, value in claim.coefficients.items()}
    return Claim(terms, claim.limit * factor)


def _is_within(program: Program, column: Column, image: Image) -> bool:
    """Whether the column is a copy of one that is bounded as tightly."""
    if not image.is_copy:
        return False
    (number,) = image.coefficients
    own = program.columns[number]
    return (column.lower is None or (own.lower is not None and own.lower >= column.lower)) and (
        column.upper is None or (own.upper is not None and own.upper <= column.upper)
    )


def _unwhole(source: Program, target: Program, mapping: Mapping) -> Iterator[int]:
    """Give the columns that must be whole and whose images are not so by their form."""
    for number, (column, image) in enumerate(zip(target.columns, mapping.images, strict=True)):
        if column.is_integer and not (
            image.constant.denominator == 1
            and all(
                value.denominator == 1 and source.columns[place].is_integer
                for place, value in image.coefficients.items()
            )
        ):
            yield number


def _fractional(
    source: Source, target: Program, mapping: Mapping, number: int
) -> Implied | Witness | None:
    """Look for a point whose image is not whole where it has to be."""
    image, name = mapping.images[number], target.columns[number].name
    program = source.program
    floor = Column(f"floor of {name}", None, None, is_integer=True)
    between = Row("between", {**image.coefficients, program.size: Fraction(-1)},
                  _SEEN - image.constant, 1 - _SEEN - image.constant)  # fmt: skip
    more = replace(program, columns=(*program.columns, floor), rows=(*program.rows, between))
    seconds = _SHARE * (source.deadline - time.perf_counter())
    found = search(more.with_objective({}), seconds)
    if found.point is not None:
        return witness_of(program, target, mapping, found.point[:-1])
    if found.is_infeasible:
        return Implied(name, Certificate(Ground.search), False)
    return None
