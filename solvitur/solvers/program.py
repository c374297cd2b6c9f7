"""A linear or quadratic program as arrays.

Everything is a minimum here: a maximum has its signs turned, and `Program.sign` remembers it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Triple = tuple[int, int, float]

ROUNDING = 1e-9
"""Relative size of what may be left of numbers that ought to cancel."""


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix: the entries that are not zero, by row and then by column."""

    rows: int
    columns: int
    row: Places
    column: Places
    value: Floats

    @classmethod
    def of(cls, rows: int, columns: int, triples: Iterable[Triple]) -> "Matrix":
        """Build it from ``(row, column, value)``; what falls on one place is added up."""
        row, column, value = np.array(list(triples), dtype=np.float64).reshape(-1, 3).T
        return gathered(rows, columns, row.astype(np.intp), column.astype(np.intp), value)

    def __matmul__(self, point: Floats) -> Floats:
        """Multiply with a vector."""
        return np.bincount(self.row, self.value * point[self.column], self.rows).astype(np.float64)

    def transposed_times(self, prices: Floats) -> Floats:
        """Multiply the transposed matrix with a vector."""
        products = self.value * prices[self.row]
        return np.bincount(self.column, products, self.columns).astype(np.float64)

    def scaled(self, rows: Floats, columns: Floats) -> "Matrix":
        """Multiply each row and each column by a factor."""
        return replace(self, value=self.value * rows[self.row] * columns[self.column])

    def largest_by_row(self) -> Floats:
        """Find the largest size of an entry in each row; zero for an empty row."""
        return _largest(self.row, self.value, self.rows)

    def largest_by_column(self) -> Floats:
        """Find the largest size of an entry in each column; zero for an empty column."""
        return _largest(self.column, self.value, self.columns)

    def triples(self) -> Iterator[Triple]:
        """Give the entries."""
        return zip(self.row.tolist(), self.column.tolist(), self.value.tolist(), strict=True)

    def part(self, rows: Flags, columns: Flags) -> "Matrix":
        """Keep some rows and some columns."""
        kept = rows[self.row] & columns[self.column]
        row, column = np.cumsum(rows) - 1, np.cumsum(columns) - 1
        return Matrix(
            int(rows.sum()),
            int(columns.sum()),
            row[self.row[kept]],
            column[self.column[kept]],
            self.value[kept],
        )

    def backwards(self, *, rows: bool) -> "Matrix":
        """Turn the order of the columns around, and of the rows if so wanted."""
        last = self.columns - 1
        entries = ((last - i if rows else i, last - j, v) for i, j, v in self.triples())
        return Matrix.of(self.rows, self.columns, entries)

    def upper_triangle(self) -> "Matrix":
        """Keep the entries on the diagonal and above."""
        kept = self.column >= self.row
        return replace(self, row=self.row[kept], column=self.column[kept], value=self.value[kept])

    def diagonal(self) -> Floats:
        """Give the diagonal of a square matrix."""
        diagonal = np.zeros(self.rows)
        on_it = self.row == self.column
        diagonal[self.row[on_it]] = self.value[on_it]
        return diagonal


def gathered(rows: int, columns: int, row: Places, column: Places, value: Floats) -> Matrix:
    """Build a matrix of arrays; what falls on one place is added up."""
    place = row * columns + column
    if np.all(place[1:] > place[:-1]):
        total, i, j = value, row, column
    else:
        place, entry = np.unique(place, return_inverse=True)
        total = np.bincount(entry, value, len(place)).astype(np.float64)
        i, j = np.divmod(place, max(1, columns))
    kept = total != 0
    return Matrix(rows, columns, i[kept], j[kept], total[kept])


@dataclass(frozen=True)
class Program:
    """Minimize ``offset + cost @ x + x @ hessian @ x / 2`` over rows and bounds."""

    sign: int
    """1, or -1 where the objective is to be maximized: what it was is `sign` times this one."""
    offset: float
    cost: Floats
    hessian: Matrix
    """Symmetric, with both its triangles."""
    matrix: Matrix
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    whole: Flags
    """Which variables are to be whole numbers."""

    @property
    def size(self) -> int:
        """How many variables there are."""
        return len(self.cost)

    @property
    def is_mixed(self) -> bool:
        """Whether any variable is to be a whole number."""
        return bool(self.whole.any())

    @property
    def is_quadratic(self) -> bool:
        """Whether any product of variables is left in the objective."""
        return bool(self.hessian.value.size)

    def value(self, point: Floats) -> float:
        """Compute what is minimized."""
        linear = self.offset + float(np.sum(self.cost * point))
        if not self.is_quadratic:
            return linear
        return linear + float(point @ (self.hessian @ point)) / 2

    def violation(self, point: Floats) -> float:
        """Find the largest violation of a row or bound, relative to its side (at least 1)."""
        reached = self.matrix @ point
        sides = (
            (self.row_lower - reached, self.row_lower),
            (reached - self.row_upper, self.row_upper),
            (self.lower - point, self.lower),
            (point - self.upper, self.upper),
        )
        worst = (over / np.maximum(1, np.abs(side)) for over, side in map(_finite, sides))
        return max(0.0, *(float(over.max(initial=0.0)) for over in worst))

    def is_contradictory(self) -> bool:
        """Whether a bound, or a row without variables, cannot hold whatever the others say."""
        empty = self.matrix.largest_by_row() == 0
        return bool(
            np.any(self.lower > self.upper)
            or np.any(self.row_lower[empty] > ROUNDING)
            or np.any(self.row_upper[empty] < -ROUNDING)
        )

    def with_objective_times(self, factor: float) -> "Program":
        """Multiply the objective."""
        curvature = replace(self.hessian, value=self.hessian.value * factor)
        return replace(
            self, offset=self.offset * factor, cost=self.cost * factor, hessian=curvature
        )

    def with_units(self, rows: Floats, columns: Floats) -> "Program":
        """Multiply each row by a factor, and measure each variable in multiples of a unit."""
        return replace(
            self,
            cost=self.cost * columns,
            hessian=self.hessian.scaled(columns, columns),
            matrix=self.matrix.scaled(rows, columns),
            row_lower=self.row_lower * rows,
            row_upper=self.row_upper * rows,
            lower=self.lower / columns,
            upper=self.upper / columns,
        )

    def with_linear(self, cost: Floats) -> "Program":
        """Give the same rows and bounds with a linear objective."""
        none = Matrix.of(self.size, self.size, ())
        return replace(self, offset=0.0, cost=cost, hessian=none)

    def backwards(self) -> "Program":
        """Give the same program with its variables in the opposite order."""
        return replace(
            self,
            cost=self.cost[::-1],
            hessian=self.hessian.backwards(rows=True),
            matrix=self.matrix.backwards(rows=False),
            lower=self.lower[::-1],
            upper=self.upper[::-1],
            whole=self.whole[::-1],
        )

    def with_rows_as_bounds(self) -> "Program":
        """Turn the rows of one variable into bounds, and leave out the rows of none."""
        matrix = self.matrix
        count = np.bincount(matrix.row, minlength=matrix.rows)
        alone = count[matrix.row] == 1
        row, column, value = matrix.row[alone], matrix.column[alone], matrix.value[alone]
        sides = self.row_lower[row] / value, self.row_upper[row] / value
        lower, upper = self.lower.copy(), self.upper.copy()
        np.maximum.at(lower, column, np.minimum(*sides))
        np.minimum.at(upper, column, np.maximum(*sides))
        kept = np.flatnonzero(count > 1)
        place = np.searchsorted(kept, matrix.row[~alone])
        rest = Matrix(len(kept), matrix.columns, place, matrix.column[~alone], matrix.value[~alone])
        return replace(
            self,
            matrix=rest,
            row_lower=self.row_lower[kept],
            row_upper=self.row_upper[kept],
            lower=lower,
            upper=_met(lower, upper),
        )

    def without_objective(self) -> "Program":
        """Give the same rows and bounds with nothing to minimize."""
        return self.with_linear(np.zeros(self.size))

    def with_fixed(self, places: Flags, values: Floats) -> "Program":
        """Fix some variables; none has to be a whole number any more."""
        return replace(
            self,
            lower=np.where(places, values, self.lower),
            upper=np.where(places, values, self.upper),
            whole=np.zeros(self.size, dtype=bool),
        )


def lifted(program: Program) -> tuple[Program, float]:
    """Scale up what is small in everything, and give the factor of the objective; see `lifts`."""
    rows, factor = lifts(program)
    return program.with_units(rows, np.ones(program.size)).with_objective_times(factor), factor


def lifts(program: Program) -> tuple[Floats, float]:
    """Give the factors of the rows and of the objective that lift what is small in everything.

    HiGHS's tolerances are absolute: 1e-7 on slopes, 1e-6 on the gap of an integer program. An
    objective that is all smaller would be solved anywhere, and a row of it would be left out.
    Below 1e-15 is what rounding leaves of numbers that cancel.
    """
    sizes = program.matrix.largest_by_row()
    small = (sizes > 1e-15) & (sizes < 2.0**-10)
    rows = np.where(small, _above_one(np.where(small, sizes, 1)), 1.0)
    largest = np.abs(program.cost).max(initial=0.0)
    factor = float(_above_one(largest)) if 1e-15 < largest < 1 else 1.0
    return rows, factor


def rounded(lower: Floats, upper: Floats, whole: Flags) -> tuple[Floats, Floats]:
    """Let bounds meet that cross by rounding, and make those of whole numbers whole."""
    upper = _met(lower, upper)
    slack = np.minimum(_slack(lower, upper), 1e-6)
    lower = np.where(whole & np.isfinite(lower), np.ceil(lower - slack), lower)
    upper = np.where(whole & np.isfinite(upper), np.floor(upper + slack), upper)
    return lower, upper


def _slack(lower: Floats, upper: Floats) -> Floats:
    return ROUNDING * np.maximum(1, np.minimum(np.abs(lower), np.abs(upper)))


def _met(lower: Floats, upper: Floats) -> Floats:
    """Give the upper bounds, moved to the lower ones where they cross by rounding."""
    crossed = (lower > upper) & (lower <= upper + _slack(lower, upper))
    return np.where(crossed, lower, upper)


def _above_one(sizes: Any) -> Any:
    """Give the power of two that lifts each size to 1 or a little above."""
    return np.exp2(np.ceil(-np.log2(sizes)))


def _largest(place: Places, value: Floats, count: int) -> Floats:
    largest = np.zeros(count)
    np.maximum.at(largest, place, np.abs(value))
    return largest


def _finite(pair: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    over, side = pair
    there = np.isfinite(side)
    return over[there], side[there]
