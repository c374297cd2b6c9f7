"""One number, or one pair of bounds, for each key over a product of sets."""

import math
from collections.abc import ItemsView, Iterator, Mapping
from functools import cached_property

from solvitur.formulation.arrays.members import Floats, Members
from solvitur.formulation.bounds import Bounds
from solvitur.formulation.evaluate import Key, keys_over


class Entries(Mapping[Key, float]):
    """Numbers by key, kept in one array.

    Args:
        axes: The set of each index; none for a scalar.
        array: The numbers, in the sets' order, of any shape that fits.

    Example:
        >>> import numpy as np
        >>> cost = Entries((Members([("a",), ("b",)]),), np.array([3.0, 4.0]))
        >>> cost["b",], list(cost)
        (4.0, [('a',), ('b',)])
    """

    def __init__(self, axes: tuple[Members, ...], array: Floats) -> None:
        self.axes = axes
        self.array: Floats = array.reshape([len(axis) for axis in axes])

    def __getitem__(self, key: Key) -> float:
        """Look a number up."""
        return self._by_key[key]

    def __iter__(self) -> Iterator[Key]:
        """Give the keys in order."""
        return keys_over(self.axes)

    def __len__(self) -> int:
        """Count the keys."""
        return int(self.array.size)

    def items(self) -> ItemsView[Key, float]:
        """Give keys and numbers in order."""
        return self._by_key.items()

    def __repr__(self) -> str:
        """Show it as the dictionary it stands for."""
        return repr(self._by_key)

    @cached_property
    def _by_key(self) -> dict[Key, float]:
        return dict(zip(self, self.array.ravel().tolist(), strict=True))


class BoundEntries(Mapping[Key, Bounds]):
    """Bounds by key; in the arrays, infinite is none."""

    def __init__(self, axes: tuple[Members, ...], lower: Floats, upper: Floats) -> None:
        self.lower = Entries(axes, lower)
        self.upper = Entries(axes, upper)

    def __getitem__(self, key: Key) -> Bounds:
        """Look bounds up."""
        lower, upper = self.lower[key], self.upper[key]
        return Bounds(None if lower == -math.inf else lower, None if upper == math.inf else upper)

    def __iter__(self) -> Iterator[Key]:
        """Give the keys in order."""
        return iter(self.lower)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self.lower)

    def __contains__(self, key: object) -> bool:
        """Whether there is such a key."""
        return key in self.lower
