"""Maps that join several columns into one, such as digits: whether every point is reached.

No affine map leads back from a number to its digits. But where the rows of the larger program are
those of the smaller one, written in the joined columns, and each joined column takes every value
that it may have, each point of the smaller program comes from one of the larger.
"""

from fractions import Fraction
from itertools import product
from math import ceil, floor, prod

from solvitur.equivalence.implication import Source
from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row

_MOST_VALUES = 100_000
"""Combinations of joined columns that are gone through."""


def covers(source: Program, target: Program, mapping: Mapping) -> bool:
    """Whether every point of the target is the image of one of the source, if that is seen easily.

    Example:
        >>> digit = lambda name: Column(name, Fraction(0), Fraction(9), is_integer=True)
        >>> number = lambda upper: Program((Column("n", Fraction(0), upper, True),), (), {})
        >>> joined = Mapping(2, (Image({0: Fraction(1), 1: Fraction(10)}),))
        >>> pair = Program((digit("ones"), digit("tens")), (), {})
        >>> [covers(pair, number(Fraction(upper)), joined) for upper in (99, 100)]
        [True, False]
    """
    owner: dict[int, int] = {}
    for number, image in enumerate(mapping.images):
        for column in image.coefficients:
            if owner.setdefault(column, number) != number:
                return False  # the columns are joined in more than one way
    inner: dict[int, list[Row]] = {}
    pulled = Source(_pulled(target, mapping), 0.0)
    for row in source.rows:
        owners = {owner.get(column) for column in row.coefficients}
        if len(owners) == 1 and None not in owners and not (row.coefficients and pulled.has(row)):
            inner.setdefault(owners.pop() or 0, []).append(row)
        elif not row.coefficients or not pulled.has(row):
            return False
    return all(
        _takes_all(column, image, source, inner.get(number, []))
        for number, (column, image) in enumerate(zip(target.columns, mapping.images, strict=True))
    )


def _pulled(target: Program, mapping: Mapping) -> Program:
    """Write the rows of the target in the columns of the source."""
    free = tuple(Column(f"y{n}", None, None) for n in range(mapping.size))
    return Program(free, tuple(map(mapping.pull_row, target.rows)), {})


def _takes_all(column: Column, image: Image, source: Program, rows: list[Row]) -> bool:
    """Whether joined columns take every value that the column may have."""
    parts = {number: source.columns[number] for number in image.coefficients}
    is_whole = all(each.is_integer for each in parts.values())
    if not is_whole and not rows and not any(each.is_integer for each in parts.values()):
        return _reaches(column, image, parts)
    if is_whole and column.is_integer:
        if not rows and len(parts) == 1 and image.is_copy:
            return _reaches(column, image, parts)
        return _lists(column, image, parts, rows)
    return False


def _reaches(column: Column, image: Image, parts: dict[int, Column]) -> bool:
    """Whether the ends of the columns reach as far as those of the one they are joined to."""
    for end, is_upper in ((column.lower, False), (column.upper, True)):
        total: Fraction | None = image.constant
        for number, factor in image.coefficients.items():
            side = parts[number].upper if (factor > 0) is is_upper else parts[number].lower
            total = None if side is None or total is None else total + factor * side
        if total is not None and (end is None or (total < end if is_upper else total > end)):
            return False
    return True


def _lists(column: Column, image: Image, parts: dict[int, Column], rows: list[Row]) -> bool:
    """Go through all values of whole columns."""
    ranges = []
    for each in parts.values():
        if each.lower is None or each.upper is None:
            return False
        ranges.append(range(ceil(each.lower), floor(each.upper) + 1))
    if column.lower is None or column.upper is None or prod(map(len, ranges)) > _MOST_VALUES:
        return False
    reached = set()
    for values in product(*ranges):
        point = dict(zip(parts, map(Fraction, values), strict=True))
        if all(_allows(row, point) for row in rows):
            terms = (factor * point[number] for number, factor in image.coefficients.items())
            reached.add(sum(terms, image.constant))
    wanted = range(ceil(column.lower), floor(column.upper) + 1)
    return all(Fraction(value) in reached for value in wanted)


def _allows(row: Row, point: dict[int, Fraction]) -> bool:
    value = sum((v * point[column] for column, v in row.coefficients.items()), Fraction(0))
    return (row.lower is None or row.lower <= value) and (row.upper is None or value <= row.upper)
