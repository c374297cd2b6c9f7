"""A linear formulation as arrays, straight from the five elements.

Every constraint is lowered at once for all that it holds for. What comes out is what Pyomo's model
of the same formulation holds, row by row; the tests compare the two.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from solvitur.errors import SolverError
from solvitur.formulation.arrays.affine import Affine, AffineEvaluator, constant
from solvitur.formulation.arrays.entries import Entries
from solvitur.formulation.arrays.frame import ONCE, Frame, NotInArrays
from solvitur.formulation.arrays.members import Floats, Places
from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Key, key_of, show_entry
from solvitur.formulation.expression import TURNED
from solvitur.formulation.instance import Instance, Rule
from solvitur.solvers.program import ROUNDING, Flags, Matrix, Program, gathered, rounded


@dataclass(frozen=True)
class RowName:
    """Which row of the formulation a row of arrays is."""

    constraint: str
    key: Key
    """What the names of its `forall` stand for."""
    link: int
    """Which relation of a chain ``a <= b <= c``, counted from 0."""

    def __str__(self) -> str:
        """Name it as in ``balance[2, a]``."""
        return show_entry(self.constraint, self.key)


@dataclass(frozen=True)
class ColumnName:
    """Which entry of which variable a column is."""

    variable: str
    key: Key

    def __str__(self) -> str:
        """Name it as in ``x[chair, 2]``."""
        return show_entry(self.variable, self.key)


class Linear:
    """A formulation's rows and bounds, and its objective as far as that is linear.

    Attributes:
        instance: The formulation.
        program: The arrays, to be minimized.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._affine = AffineEvaluator(instance)
        self.first = self._affine.first
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused at the end
            self._blocks = [_Block(*each, self._affine) for each in instance.frames]
            self.program = self._program()

    @cached_property
    def rows(self) -> tuple[RowName, ...]:
        """The name of every row, in order."""
        return tuple(name for block in self._blocks for name in block.names())

    @cached_property
    def columns(self) -> tuple[ColumnName, ...]:
        """The name of every column, in order."""
        bounds = self.instance.bounds
        return tuple(ColumnName(name, key) for name in self.first for key in bounds[name])

    def values(self, point: Floats) -> dict[str, Entries]:
        """Give a point as values by variable and key."""
        found = {}
        for name, start in self.first.items():
            array = point[start : start + len(self.instance.bounds[name])] + 0.0
            found[name] = Entries(self.instance.axes(self.instance.symbols[name].index), array)
        return found

    def point(self, values: "dict[str, Entries]") -> Floats:
        """Give values by variable and key as a point."""
        return np.concatenate([values[name].array.reshape(-1) for name in self.first])

    def _goal(self) -> Affine:
        """Give the objective; nothing of one that is not linear."""
        try:
            return self._affine.affine(self.instance.objective, ONCE)
        except NotInArrays:
            return constant(np.zeros(1))

    def _program(self) -> Program:
        instance, size = self.instance, sum(map(len, self.instance.bounds.values()))
        sign = instance.formulation.objective.sense.sign
        goal = self._goal()
        bounds, whole = instance.bounds.values(), _whole(instance)
        lowest, highest = rounded(
            np.concatenate([each.lower.array.reshape(-1) for each in bounds]),
            np.concatenate([each.upper.array.reshape(-1) for each in bounds]),
            whole,
        )
        matrix, lower, upper = self._rows(size)
        program = Program(
            sign=sign,
            offset=sign * float(goal.constant[0]),
            cost=sign * np.bincount(goal.column, goal.value, size).astype(np.float64),
            hessian=Matrix.of(size, size, ()),
            matrix=matrix,
            row_lower=lower,
            row_upper=upper,
            lower=lowest,
            upper=highest,
            whole=whole,
        )
        numbers = program.cost, matrix.value, np.array([program.offset])
        if not all(np.isfinite(found).all() for found in numbers):
            raise SolverError("a coefficient is too large; write the problem in larger units")
        return program

    def _rows(self, size: int) -> tuple[Matrix, Floats, Floats]:
        first = np.cumsum([0, *(block.count for block in self._blocks)])
        parts = [block.body for block in self._blocks]
        row = [start + part.row for start, part in zip(first, parts, strict=False)]
        matrix = gathered(
            int(first[-1]),
            size,
            np.concatenate([np.zeros(0, dtype=np.intp), *row]),
            np.concatenate([np.zeros(0, dtype=np.intp), *(part.column for part in parts)]),
            np.concatenate([np.zeros(0), *(part.value for part in parts)]),
        )
        none = [np.zeros(0)]
        lower = np.concatenate(none + [block.lower for block in self._blocks])
        upper = np.concatenate(none + [block.upper for block in self._blocks])
        return matrix, lower, upper


class _Block:
    """The rows of one constraint.

    Rows in which no variable is left are dropped where they hold.
    """

    def __init__(self, rule: Rule, frame: Frame, affine: AffineEvaluator) -> None:
        self.rule = rule
        self.frame = frame
        sides = [affine.affine(operand, self.frame) for operand in rule.relation.operands]
        links = len(rule.relation.operators)
        limits = np.zeros((self.frame.size, links))
        parts, operators = [], []
        for link, operator in enumerate(rule.relation.operators):
            left, right = sides[link], sides[link + 1]
            if len(left.column) == 0 < len(right.column):  # 2 <= x is x >= 2
                left, right, operator = right, left, TURNED[operator]
            part = left + -right
            limits[:, link] = -part.constant
            parts.append(replace(part, row=part.row * links + link))
            operators.append(operator)
        body = parts[0] if links == 1 else _stacked(parts)
        lower = np.where(np.array(operators) == "<=", -np.inf, limits)
        upper = np.where(np.array(operators) == ">=", np.inf, limits)
        kept = np.zeros(self.frame.size * links, dtype=bool)
        kept[body.row[body.value != 0]] = True
        kept |= ~_hold(rule, sides).reshape(-1)
        self.kept: Places = np.flatnonzero(kept)
        self.body = body if kept.all() else replace(body, row=(np.cumsum(kept) - 1)[body.row])
        self.lower, self.upper = lower.reshape(-1)[kept], upper.reshape(-1)[kept]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.kept)

    def names(self) -> Iterator[RowName]:
        """Name the rows, in order."""
        links = len(self.rule.relation.operators)
        for row in self.kept.tolist():
            key = key_of(self.frame.binding(row // links))
            yield RowName(self.rule.constraint.name, key, row % links)


def _stacked(parts: list[Affine]) -> Affine:
    return Affine(
        np.zeros(0),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.value for part in parts]),
    )


_HOLDS: dict[str, Callable[[Floats, Floats, Floats], Flags]] = {
    "<=": lambda left, right, slack: left <= right + slack,
    ">=": lambda left, right, slack: left >= right - slack,
    "==": lambda left, right, slack: np.abs(left - right) <= slack,
}


def _hold(rule: Rule, sides: list[Affine]) -> Flags:
    """Decide which links hold with no variable in them at all."""
    found = []
    for link, operator in enumerate(rule.relation.operators):
        left, right = sides[link].constant, sides[link + 1].constant
        slack = ROUNDING * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
        found.append(_HOLDS[operator](left, right, slack))
    return np.stack(found, axis=1)


def _whole(instance: Instance) -> Flags:
    flags = [
        np.full(len(instance.bounds[variable.name]), variable.domain is not Domain.continuous)
        for variable in instance.formulation.variables
    ]
    return np.concatenate(flags)
