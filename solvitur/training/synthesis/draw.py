"""Choices that a seed settles, and limits that can be made too tight on purpose."""

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_ROOMY = (1.0, 1.05, 1.1, 1.2, 1.35)
"""How much more than a plan takes a limit leaves room for."""
_TIGHT = 4.0
"""What a limit is divided, or multiplied, by where nothing is to be possible."""


class Draw:
    """Draws what one problem is about; the same seed draws the same.

    A family thinks of a plan that is possible and asks for a `ceiling` above, or a `floor` below,
    what the plan comes to: so its problem has an answer. Where it is to have none, one of these
    limits, `squeezed` by its number, is set far to the other side.

    Example:
        >>> draw = Draw("example")
        >>> draw.ceiling(130) >= 130 >= draw.floor(130), draw.limits
        (True, 2)
        >>> Draw("example", squeezed=0).ceiling(130) < 40
        True
    """

    def __init__(self, seed: str, squeezed: int | None = None) -> None:
        self.seed = seed
        self.squeezed = squeezed
        self.limits = 0
        """How many limits were asked for."""
        self._random = random.Random(seed)

    def one(self, items: Sequence[T]) -> T:
        """Choose one."""
        return items[self._random.randrange(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Choose several different ones, in any order; all of them where there are fewer."""
        return self._random.sample(items, min(count, len(items)))

    def order(self, items: Sequence[T]) -> list[T]:
        """Shuffle a copy."""
        return self._random.sample(items, len(items))

    def chance(self, share: float) -> bool:
        """Whether it comes to pass."""
        return self._random.random() < share

    def whole(self, low: int, high: int, step: int = 1) -> int:
        """Draw a number from `low` to `high`, both included, in steps."""
        return self._random.randrange(low, high + 1, step)

    def number(self, low: float, high: float, step: float) -> float:
        """Draw a number in steps that may be fractions; a whole one is an `int`."""
        steps = round((high - low) / step)
        return plain(low + step * self._random.randint(0, steps))

    def ceiling(self, value: float, digits: int = 2) -> float:
        """Give a round number that is as large as a value at least."""
        roomy = value * self.one(_ROOMY)
        return self._limit(rounded(roomy, digits, math.ceil), 1 / _TIGHT, digits)

    def floor(self, value: float, digits: int = 2) -> float:
        """Give a round number that is no larger than a value."""
        roomy = value / self.one(_ROOMY)
        return self._limit(rounded(roomy, digits, math.floor), _TIGHT, digits)

    def _limit(self, value: float, factor: float, digits: int) -> float:
        place, self.limits = self.limits, self.limits + 1
        if place != self.squeezed:
            return value
        return max(rounded(value * factor, digits, math.floor), 1)


def rounded(value: float, digits: int, how: Callable[[float], float] = round) -> float:
    """Round to so many digits that count; small numbers to whole ones.

    Example:
        >>> rounded(11_347, 2), rounded(7.6, 2), rounded(11_347, 2, math.ceil)
        (11000, 8, 12000)
    """
    if value == 0:
        return 0
    unit = 10 ** max(0, math.floor(math.log10(abs(value))) + 1 - digits)
    return plain(how(round(value / unit, 9)) * unit)


def plain(value: float) -> float:
    """Give a whole number as an `int`, and another without the dust of arithmetic."""
    value = round(float(value), 6)
    return int(value) if value.is_integer() else value
