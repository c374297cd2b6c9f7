"""Between which numbers affine expressions lie, in every binding at once."""

from dataclasses import dataclass

import numpy as np

from solvitur.formulation.arrays.affine import Affine, AffineEvaluator
from solvitur.formulation.arrays.frame import Flags, Frame
from solvitur.formulation.arrays.members import Floats, Places
from solvitur.formulation.elements import Domain
from solvitur.formulation.expression import Comparison, Node
from solvitur.formulation.instance import Instance

NEAR = 1e-9
"""How far from a whole number a computed one may be."""


@dataclass(frozen=True)
class Spans:
    """What is known of an affine expression in each binding."""

    constant: Floats
    """What it is where all variables are zero."""
    low: Floats
    high: Floats
    whole: Flags
    """Whether the rest is always a whole number."""


class Box:
    """The bounds of every variable entry, one column each; infinite where there is none.

    Args:
        instance: Whose variables they are.

    Attributes:
        low: The lower bounds; of whole numbers, whole.
        high: The upper ones.
        whole: Which entries are whole numbers.
    """

    def __init__(self, instance: Instance) -> None:
        self.affine = AffineEvaluator(instance)
        self.low, self.high = np.zeros(self.affine.size), np.zeros(self.affine.size)
        self.whole: Flags = np.zeros(self.affine.size, dtype=bool)
        for variable in instance.formulation.variables:
            bounds, start = instance.bounds[variable.name], self.affine.first[variable.name]
            there = slice(start, start + len(bounds))
            self.low[there] = bounds.lower.array.reshape(-1)
            self.high[there] = bounds.upper.array.reshape(-1)
            self.whole[there] = variable.domain is not Domain.continuous
        self._round()

    def spans(self, node: Node, frame: Frame) -> Spans:
        """Find what an expression can be, each entry counted once however often it stands there.

        Raises:
            NotInArrays: It is not affine, or has no value in some binding.
        """
        form = self._gathered(self.affine.affine(node, frame), frame.size)
        rising = form.value > 0
        low, high = self.low[form.column], self.high[form.column]
        least = form.value * np.where(rising, low, high)
        most = form.value * np.where(rising, high, low)
        uneven = ~self.whole[form.column] | (np.abs(form.value - np.rint(form.value)) > NEAR)
        return Spans(
            form.constant,
            form.constant + np.bincount(form.row, least, frame.size),
            form.constant + np.bincount(form.row, most, frame.size),
            np.bincount(form.row, uneven, frame.size) == 0,
        )

    def tighten(self, relation: Comparison, frame: Frame) -> None:
        """Take bounds from rows of one variable entry.

        Raises:
            NotInArrays: A side is not affine, or has no value in some binding.
        """
        for place, operator in enumerate(relation.operators):
            left, right = relation.operands[place : place + 2]
            difference = self.affine.affine(left, frame) + -self.affine.affine(right, frame)
            form = self._gathered(difference, frame.size)
            alone = np.bincount(form.row, minlength=frame.size)[form.row] == 1
            column, value = form.column[alone], form.value[alone]
            end = -form.constant[form.row[alone]] / value
            is_upper = (value > 0) == (operator == "<=")
            is_both = operator == "=="
            self._cut(column, end, is_upper | is_both, upper=True)
            self._cut(column, end, ~is_upper | is_both, upper=False)
        self._round()

    def _cut(self, column: Places, end: Floats, where: Flags, *, upper: bool) -> None:
        """Move bounds inwards, unless they would cross: no point holds then, and no bound helps."""
        moved = (self.high if upper else self.low).copy()
        (np.minimum if upper else np.maximum).at(moved, column[where], end[where])
        fits = self.low <= moved if upper else moved <= self.high
        if upper:
            self.high = np.where(fits, moved, self.high)
        else:
            self.low = np.where(fits, moved, self.low)

    def _round(self) -> None:
        """Move bounds of whole numbers to whole numbers."""
        for bounds, turn in ((self.low, 1), (self.high, -1)):
            moved = self.whole & np.isfinite(bounds)
            there = bounds[moved]
            slack = NEAR * np.maximum(1, np.abs(there))
            bounds[moved] = turn * np.ceil(turn * there - slack)

    def _gathered(self, form: Affine, size: int) -> Affine:
        """Put together what stands for one entry in one binding, and leave out what cancels."""
        width = max(1, self.affine.size)
        place, entry = np.unique(form.row * width + form.column, return_inverse=True)
        value = np.bincount(entry, form.value, len(place))
        row, column = np.divmod(place[value != 0], width)
        constant = np.broadcast_to(form.constant, size)
        return Affine(constant, row, column, value[value != 0])
