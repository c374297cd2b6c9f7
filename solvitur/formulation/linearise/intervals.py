"""The least and the most of functions and products, from those of what is in them."""

import math
from contextlib import suppress
from typing import NamedTuple

from solvitur.formulation.evaluate import interpolate

Range = tuple[float, float]
"""The least and the most, which may be infinite."""

EVERYTHING: Range = (-math.inf, math.inf)


class Spans(NamedTuple):
    """What is known of an expression in each binding of a frame."""

    constant: list[float]
    """What it is where all that is not known is zero."""
    ranges: list[Range]
    whole: list[bool]
    """Whether the rest is always a whole number."""


WHOLE = 1e-9
"""How far from a whole number a computed one may be."""


def rounded(found: Range, whole: bool) -> tuple[Range, bool]:
    """Move the ends of what is whole to whole numbers."""
    low, high = found
    if whole:
        low = low if math.isinf(low) else math.ceil(low - WHOLE * max(1, abs(low)))
        high = high if math.isinf(high) else math.floor(high + WHOLE * max(1, abs(high)))
    return (low, high), whole


_RISING = {"exp": math.exp, "log": math.log, "log10": math.log10, "sqrt": math.sqrt}


def of_function(function: str, parts: list[Range], *, whole: bool) -> tuple[Range, bool]:
    """Give the range of a function of parts, and whether it is whole where they are."""
    if function == "max" and parts:
        return (max(low for low, _ in parts), max(high for _, high in parts)), whole
    if function == "min" and parts:
        return (min(low for low, _ in parts), min(high for _, high in parts)), whole
    if function == "prod":
        found = (1.0, 1.0)
        for part in parts:
            found = product(found, part)
        return found, whole
    if function == "abs":
        low, high = parts[0]
        return (max(0.0, low, -high), max(abs(low), abs(high))), whole
    if function in _RISING:
        return _rising(function, parts[0]), False
    return ((-1.0, 1.0) if function in ("sin", "cos") else EVERYTHING), False


def _rising(function: str, part: Range) -> Range:
    low, high = part
    least, most = (0.0, math.inf) if function in ("exp", "sqrt") else EVERYTHING
    compute = _RISING[function]
    with suppress(ValueError, OverflowError):
        least = compute(low)
    with suppress(ValueError, OverflowError):
        most = compute(high) if not math.isinf(high) else math.inf
    return least, most


def of_lines(points: list[tuple[float, float]], part: Range) -> Range:
    """Give the range of the lines through points, where an argument can be."""
    low, high = max(part[0], points[0][0]), min(part[1], points[-1][0])
    if low > high:
        low, high = points[0][0], points[-1][0]
    heights = [to for at, to in points if low <= at <= high]
    heights += [interpolate(low, points), interpolate(high, points)]
    return min(heights), max(heights)


def product(a: Range, b: Range) -> Range:
    """Give the range of a product of two that have nothing to do with each other."""
    ends = [0.0 if 0 in (x, y) else x * y for x in a for y in b]
    return min(ends), max(ends)


def power_of(a: Range, power: float) -> Range:
    """Give the range of a power."""
    low, high = a
    if low < 0 and (power < 0 or not float(power).is_integer()):
        return EVERYTHING
    try:
        ends = (float(low) ** power, float(high) ** power)
    except (OverflowError, ZeroDivisionError):
        return (0.0, math.inf) if low >= 0 else EVERYTHING
    if power % 2 == 0 and low < 0 < high:
        return 0.0, max(ends)
    return min(ends), max(ends)
