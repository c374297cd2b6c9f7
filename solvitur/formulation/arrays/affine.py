"""Expressions as affine forms: a constant, and a coefficient for each variable entry."""

from dataclasses import dataclass, replace

import numpy as np

from solvitur.formulation.arrays.evaluate import ArrayEvaluator
from solvitur.formulation.arrays.frame import Frame, NotInArrays
from solvitur.formulation.arrays.members import Floats, Places
from solvitur.formulation.expression import Aggregate, Arithmetic, Item, Name, Negative, Node
from solvitur.formulation.instance import Instance


@dataclass(frozen=True)
class Affine:
    """``constant + sum of value * variable``, one in each binding of a frame."""

    constant: Floats
    row: Places
    column: Places
    value: Floats

    def __neg__(self) -> "Affine":
        """Turn every sign."""
        return replace(self, constant=-self.constant, value=-self.value)

    def __add__(self, other: "Affine") -> "Affine":
        """Add two, binding by binding."""
        return Affine(
            self.constant + other.constant,
            np.concatenate([self.row, other.row]),
            np.concatenate([self.column, other.column]),
            np.concatenate([self.value, other.value]),
        )

    def times(self, factor: Floats) -> "Affine":
        """Multiply by a number in each binding."""
        return replace(self, constant=self.constant * factor, value=self.value * factor[self.row])


class AffineEvaluator:
    """Expressions as affine forms in the entries of all variables, one column each.

    Attributes:
        arrays: What computes the numbers in them.
        first: The column of the first entry of each variable; they stand in order.
    """

    def __init__(self, instance: Instance) -> None:
        self.arrays: ArrayEvaluator = instance.arrays()
        self.first: dict[str, int] = {}
        self.size = 0
        for name, bounds in instance.bounds.items():
            self.first[name] = self.size
            self.size += len(bounds)

    def affine(self, node: Node, frame: Frame) -> Affine:
        """Give an expression in each binding, its terms as they stand, none put together.

        Raises:
            NotInArrays: It is not affine in the variables, or has no value in some binding.
        """
        if node.names.isdisjoint(self.first):
            return constant(self.arrays.number(node, frame))
        match node:
            case Name(name) | Item(name):
                column = self.first[name] + self.arrays.flat(node, frame)
                rows = np.arange(frame.size)
                return Affine(np.zeros(frame.size), rows, column, np.ones(frame.size))
            case Negative(operand):
                return -self.affine(operand, frame)
            case Arithmetic("+", left, right):
                return self.affine(left, frame) + self.affine(right, frame)
            case Arithmetic("-", left, right):
                return self.affine(left, frame) + -self.affine(right, frame)
            case Arithmetic("*", left, right) if left.names.isdisjoint(self.first):
                return self.affine(right, frame).times(self.arrays.number(left, frame))
            case Arithmetic("*", left, right) if right.names.isdisjoint(self.first):
                return self.affine(left, frame).times(self.arrays.number(right, frame))
            case Arithmetic("/", left, right) if right.names.isdisjoint(self.first):
                return self.affine(left, frame).times(1 / self.arrays.number(right, frame))
            case Arithmetic("**", base, power) if power.names.isdisjoint(self.first):
                return self._power(base, self.arrays.number(power, frame), frame)
            case Aggregate("sum", body, loops):
                return self._sum(body, *self.arrays.expand(loops, frame), frame.size)
        raise NotInArrays

    def _power(self, base: Node, power: Floats, frame: Frame) -> Affine:
        if np.all(power == 0):
            return constant(np.ones(frame.size))
        if np.all(power == 1):
            return self.affine(base, frame)
        raise NotInArrays

    def _sum(self, body: Node, inner: Frame, parents: Places, size: int) -> Affine:
        terms = self.affine(body, inner)
        constant = self.arrays.reduce("sum", terms.constant, parents, size)
        return replace(terms, constant=constant, row=parents[terms.row])


def constant(numbers: Floats) -> Affine:
    """Give a form without variables."""
    nowhere = np.zeros(0, dtype=np.intp)
    return Affine(numbers, nowhere, nowhere, np.zeros(0))
