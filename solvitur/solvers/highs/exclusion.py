"""A linear program without some of its points: those that were found, and those that are worse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from solvitur.formulation.instance import Instance
from solvitur.solvers.program import Floats, Matrix, Places, Program
from solvitur.solvers.solution import Point

Reach = Callable[[Program, int, int], float]
"""How far a variable of a program goes: its place, and 1 for up or -1 for down."""


def as_array(instance: Instance, point: Point) -> Floats:
    """Give a point as an array, in the order of the variables; what it lacks is not a number."""
    return np.array(
        [
            point.get(name, {}).get(key, np.nan)
            for name, entries in instance.bounds.items()
            for key in entries
        ],
        dtype=np.float64,
    )


def at_most(program: Program, value: float) -> Program:
    """Keep the points whose objective is not above a value."""
    used = np.flatnonzero(program.cost)
    rows = program.matrix.rows
    return replace(
        program,
        matrix=_appended(
            program.matrix, np.full(len(used), rows), used, program.cost[used], program.size
        ),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, value - program.offset),
    )


def without(program: Program, points: Sequence[Floats], reach: Reach) -> Program:
    """Keep the points that differ from each of those given in a whole number at least.

    Exact for whole numbers of any size: what is binary counts where it is the other value; any
    other one gets two flags, one that lifts it above its value and one that pushes it below.

    Args:
        program: The program; the variables added come behind its own.
        points: What to leave out.
        reach: Finds the bounds that the flags need, where there are none.
    """
    work = _Narrowing(program, reach)
    for point in points:
        work.exclude(point)
    return work.result()


@dataclass
class _Narrowing:
    program: Program
    reach: Reach
    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    flags: int = 0

    def __post_init__(self) -> None:
        self.lower, self.upper = self.program.lower.copy(), self.program.upper.copy()

    def exclude(self, point: Floats) -> None:
        """Demand that something is otherwise."""
        others: list[tuple[int, float]] = []
        least = 1.0
        for place in np.flatnonzero(self.program.whole & np.isfinite(point)).tolist():
            at = round(float(point[place]))
            if self.lower[place] == self.upper[place]:
                continue
            if (self.lower[place], self.upper[place]) == (0, 1):
                others.append((place, 1.0 - 2.0 * at))
                least -= at
            else:
                others += [(flag, 1.0) for flag in self._sides(place, at)]
        self._add(others, least)

    def result(self) -> Program:
        """Give the program with the rows and flags that came of it."""
        old, new = self.program, self.flags
        size = old.size + new
        rows = np.array(self.row, dtype=np.intp) + old.matrix.rows
        columns = np.array(self.column, dtype=np.intp)
        return replace(
            old,
            cost=np.append(old.cost, np.zeros(new)),
            hessian=Matrix.of(size, size, ()),
            matrix=_appended(old.matrix, rows, columns, np.array(self.value), size, self.rows),
            row_lower=np.append(old.row_lower, self.least),
            row_upper=np.append(old.row_upper, np.full(self.rows, np.inf)),
            lower=np.append(self.lower, np.zeros(new)),
            upper=np.append(self.upper, np.ones(new)),
            whole=np.append(old.whole, np.ones(new, dtype=bool)),
        )

    @property
    def rows(self) -> int:
        """How many rows were added."""
        return len(self.least)

    def _sides(self, place: int, at: int) -> list[int]:
        """Give a flag for each side of a value on which the variable may be."""
        flags = []
        if self.upper[place] >= at + 1:
            self._bound(place, -1)
            lowest = float(self.lower[place])
            flags.append(self._flag())
            self._add([(place, 1.0), (flags[-1], lowest - at - 1)], lowest)
        if self.lower[place] <= at - 1:
            self._bound(place, 1)
            highest = float(self.upper[place])
            flags.append(self._flag())
            self._add([(place, -1.0), (flags[-1], at - 1 - highest)], -highest)
        return flags

    def _bound(self, place: int, side: int) -> None:
        bounds = self.upper if side > 0 else self.lower
        if np.isinf(bounds[place]):
            bounds[place] = self.reach(self.program, place, side)

    def _flag(self) -> int:
        self.flags += 1
        return self.program.size + self.flags - 1

    def _add(self, terms: list[tuple[int, float]], least: float) -> None:
        for column, value in terms:
            self.row.append(self.rows)
            self.column.append(column)
            self.value.append(value)
        self.least.append(least)


def _appended(
    matrix: Matrix, row: Places, column: Places, value: Floats, columns: int, rows: int = 1
) -> Matrix:
    """Put rows below a matrix; their entries may come in any order."""
    order = np.lexsort((column, row))
    return Matrix(
        matrix.rows + rows,
        columns,
        np.append(matrix.row, row[order]).astype(np.intp),
        np.append(matrix.column, column[order]).astype(np.intp),
        np.append(matrix.value, value[order]),
    )
