"""The elements of a set, with what is looked up in them again and again."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from solvitur.formulation.evaluate import Key

Places = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

NOWHERE = -1
"""The place of what is not in a set."""


class Members(tuple[Key, ...]):
    """The elements of a set in their order, each a tuple; equal to the plain tuple of them.

    Example:
        >>> arcs = Members([("a", 1), ("b", 1), ("a", 2)])
        >>> arcs.dimension, arcs.positions[("b", 1)], arcs.place(0)[1].tolist()
        (2, 1, [0, 1, 0])
    """

    @cached_property
    def dimension(self) -> int:
        """The length of its elements; 1 where there is none."""
        return len(self[0]) if self else 1

    @cached_property
    def positions(self) -> dict[Key, int]:
        """Where each element stands."""
        return {element: n for n, element in enumerate(self)}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Each element of a set of single ones as text, as keys of JSON are."""
        return tuple(str(element[0]) for element in self)

    @cached_property
    def numbers(self) -> Floats | None:
        """The elements as numbers, where each is one."""
        if self.dimension > 1 or not all(type(element[0]) is int for element in self):
            return None
        return np.array([element[0] for element in self], dtype=np.float64)

    def place(self, n: int) -> tuple["Members", Places]:
        """Give what stands at one place of the tuples: the different atoms, and which one where."""
        if self.dimension == 1:
            return self, np.arange(len(self))
        if n not in self._split:
            atoms: dict[Key, int] = {}
            codes = [atoms.setdefault((element[n],), len(atoms)) for element in self]
            self._split[n] = Members(atoms), np.array(codes, dtype=np.intp)
        return self._split[n]

    def find(self, others: "Members") -> Places | None:
        """Find where the elements of another set stand in this one; ``None`` for all in place."""
        if others is self:
            return None
        known = self._found.get(id(others))
        if known is None:
            found = (self.positions.get(element, NOWHERE) for element in others)
            known = others, np.fromiter(found, dtype=np.intp, count=len(others))
            self._found[id(others)] = known
        return known[1]

    def find_numbers(self, values: Floats) -> Places:
        """Find where numbers stand among the elements."""
        sorted_numbers, order = self._sorted_numbers
        if not len(sorted_numbers):
            return np.full(len(values), NOWHERE, dtype=np.intp)
        place = np.searchsorted(sorted_numbers, values).clip(max=len(sorted_numbers) - 1)
        return np.where(sorted_numbers[place] == values, order[place], NOWHERE)

    def find_parts(self, parts: Sequence[Places]) -> Places:
        """Find tuples that are given place by place, each as codes of `place`."""
        known, order = self._sorted_tuples
        wanted = self._combined(parts)
        if not len(known):
            return np.full(len(wanted), NOWHERE, dtype=np.intp)
        place = np.searchsorted(known, wanted).clip(max=len(known) - 1)
        return np.where(known[place] == wanted, order[place], NOWHERE)

    def _combined(self, parts: Sequence[Places]) -> Places:
        """Make one number of the codes of each tuple; negative where one of them is nowhere."""
        combined, lost = np.zeros(1, dtype=np.intp), np.zeros(1, dtype=bool)
        for n, codes in enumerate(parts):
            combined = combined * len(self.place(n)[0]) + codes
            lost = lost | (codes < 0)
        return np.where(lost, NOWHERE, combined)

    @cached_property
    def _sorted_tuples(self) -> tuple[Places, Places]:
        combined = self._combined([self.place(n)[1] for n in range(self.dimension)])
        order = np.argsort(combined, kind="stable")
        return combined[order], order

    @cached_property
    def _sorted_numbers(self) -> tuple[Floats, Places]:
        pairs = [
            (element[0], n)
            for n, element in enumerate(self)
            if len(element) == 1 and isinstance(element[0], int)
        ]
        values = np.array([value for value, _ in pairs], dtype=np.float64)
        order = np.argsort(values, kind="stable")
        return values[order], np.array([n for _, n in pairs], dtype=np.intp)[order]

    @cached_property
    def _split(self) -> dict[int, tuple["Members", Places]]:
        return {}

    @cached_property
    def _found(self) -> dict[int, tuple["Members", Places]]:
        return {}
