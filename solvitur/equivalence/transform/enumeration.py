"""All points of a small bounded integer program, each in exact arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm, prod

from solvitur.equivalence.program import Program, Row, at_most

MOST_BOXES = 10**6
"""Points within the bounds; where there are more, it is not tried."""
MOST_STEPS = 60_000
"""Rows that are looked at, counted for each partial point, before it is given up."""

Point = tuple[Fraction, ...]


class _TooManyError(Exception):
    pass


@dataclass(frozen=True)
class _Limit:
    """A side of a row over integers: the terms of the columns still open are at least `rest`."""

    terms: dict[int, int]
    side: int
    rest: tuple[int, ...]
    """By the number of columns that are fixed: the least that the others add."""


def points(program: Program) -> list[Point] | None:
    """List all feasible points, in order; None where that is too much or there is no end of them.

    Example:
        >>> from solvitur.equivalence.program import Column
        >>> x = Column("x", Fraction(0), Fraction(2), is_integer=True)
        >>> y = Column("y", Fraction(0), Fraction(2), is_integer=True)
        >>> row = Row("both", {0: Fraction(1), 1: Fraction(1)}, Fraction(3), None)
        >>> [tuple(map(int, point)) for point in points(Program((x, y), (row,), {}))]
        [(1, 2), (2, 1), (2, 2)]
    """
    ranges = []
    for column in program.columns:
        if not column.is_integer or column.lower is None or column.upper is None:
            return None
        ranges.append(range(ceil(column.lower), floor(column.upper) + 1))
    if prod(map(len, ranges)) > MOST_BOXES:
        return None
    limits = [limit for row in program.rows for limit in _limits(row, ranges)]
    try:
        return list(_found(ranges, limits))
    except _TooManyError:
        return None


def _limits(row: Row, ranges: list[range]) -> Iterator[_Limit]:
    for coefficients, side in at_most(row):
        scale = lcm(*(value.denominator for value in coefficients.values()), side.denominator)
        terms = {column: int(value * scale) for column, value in coefficients.items()}
        rest = [0]
        for column in reversed(range(len(ranges))):
            factor, values = terms.get(column, 0), ranges[column]
            ends = (factor * values[0], factor * values[-1]) if values else (0,)
            rest.append(rest[-1] + min(ends))
        yield _Limit(terms, int(side * scale), tuple(reversed(rest)))


def _found(ranges: list[range], limits: list[_Limit]) -> Iterator[Point]:
    steps = 0

    def below(fixed: tuple[int, ...], sums: tuple[int, ...]) -> Iterator[Point]:
        nonlocal steps
        steps += 1 + len(limits)
        if steps > MOST_STEPS:
            raise _TooManyError
        column = len(fixed)
        if any(s + each.rest[column] > each.side for s, each in zip(sums, limits, strict=True)):
            return
        if column == len(ranges):
            yield tuple(map(Fraction, fixed))
            return
        for value in ranges[column]:
            added = (
                s + each.terms.get(column, 0) * value for s, each in zip(sums, limits, strict=True)
            )
            yield from below((*fixed, value), tuple(added))

    yield from below((), (0,) * len(limits))
