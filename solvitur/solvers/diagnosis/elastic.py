"""A program whose sides may give way, at a price: what it takes for there to be an answer."""

from dataclasses import dataclass, replace

import numpy as np

from solvitur.solvers.program import Flags, Floats, Matrix, Places, Program


@dataclass(frozen=True)
class Elastic:
    """A program with sides that may give way, and as little as may be of that.

    A slack for each side moves it outwards: side ``k`` is the lower end of row ``side[k]``, or the
    upper end where `is_upper`. Behind the rows there were come those that stand for soft bounds.
    """

    original: Program
    program: Program
    """The variables there were, and then the slacks, whose sum is minimized."""
    side: Places
    is_upper: Flags
    unit: Floats
    """What 1 in each slack stands for."""
    soft: tuple[Places, Places]
    """The columns whose lower and whose upper bounds became rows, in the order of these rows."""

    def amounts(self, point: Floats) -> Floats:
        """Give by how much each side moves at a point."""
        return point[self.original.size :] * self.unit

    def moved(self, point: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Give by how much each end moves outwards at a point.

        These are the lower and the upper ends of the rows, and the lower and upper bounds.
        """
        original, total = self.original, self.program.matrix.rows
        amounts = self.amounts(point)
        low, high = (
            np.bincount(self.side[flags], amounts[flags], total).astype(np.float64)
            for flags in (~self.is_upper, self.is_upper)
        )
        rows, bounded = original.matrix.rows, original.matrix.rows + len(self.soft[0])
        lower, upper = np.zeros(original.size), np.zeros(original.size)
        lower[self.soft[0]], upper[self.soft[1]] = low[rows:bounded], high[bounded:]
        return low[:rows], high[:rows], lower, upper


def elastic(
    program: Program, rows: Flags, soft_lower: Flags, soft_upper: Flags, *, by_shares: bool = True
) -> Elastic:
    """Let some rows and some bounds give way, as little as may be.

    By shares, what counts is how large a move is beside the number that stands on the side, or the
    largest coefficient where that number is 0. So neither units nor a factor of the whole row
    decide what is the least change. Otherwise it is the amounts that count.
    """
    soft = np.flatnonzero(soft_lower), np.flatnonzero(soft_upper)
    wide = bounds_as_rows(program, *soft)
    gives_way = np.concatenate([rows, np.ones(wide.matrix.rows - len(rows), dtype=bool)])
    low, high = (
        np.flatnonzero(np.isfinite(ends) & gives_way) for ends in (wide.row_lower, wide.row_upper)
    )
    side = np.concatenate([low, high])
    is_upper = np.arange(len(side)) >= len(low)
    unit = np.ones(len(side))
    if by_shares:
        ends = np.abs(np.concatenate([wide.row_lower[low], wide.row_upper[high]]))
        largest = wide.matrix.largest_by_row()[side]
        unit = np.where(ends > 0, ends, np.where(largest > 0, largest, 1.0))
    count = program.size + len(side)
    loose = replace(
        wide,
        sign=1,
        offset=0.0,
        cost=np.concatenate([np.zeros(program.size), np.ones(len(side))]),
        hessian=Matrix.of(count, count, ()),
        matrix=with_columns(wide.matrix, side, np.where(is_upper, -unit, unit)),
        lower=np.concatenate([wide.lower, np.zeros(len(side))]),
        upper=np.concatenate([wide.upper, np.full(len(side), np.inf)]),
        whole=np.concatenate([wide.whole, np.zeros(len(side), dtype=bool)]),
    )
    return Elastic(program, loose, side, is_upper, unit, soft)


def bounds_as_rows(program: Program, below: Places, above: Places) -> Program:
    """Turn some bounds into rows behind the others."""
    matrix, columns = program.matrix, np.concatenate([below, above])
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[below], upper[above] = -np.inf, np.inf
    return replace(
        program,
        matrix=Matrix(
            matrix.rows + len(columns),
            matrix.columns,
            np.concatenate([matrix.row, matrix.rows + np.arange(len(columns))]),
            np.concatenate([matrix.column, columns]),
            np.concatenate([matrix.value, np.ones(len(columns))]),
        ),
        row_lower=np.concatenate(
            [program.row_lower, program.lower[below], np.full(len(above), -np.inf)]
        ),
        row_upper=np.concatenate(
            [program.row_upper, np.full(len(below), np.inf), program.upper[above]]
        ),
        lower=lower,
        upper=upper,
    )


def with_columns(matrix: Matrix, rows: Places, values: Floats) -> Matrix:
    """Add columns of one entry each."""
    row = np.concatenate([matrix.row, rows])
    column = np.concatenate([matrix.column, matrix.columns + np.arange(len(rows))])
    order = np.lexsort((column, row))
    value = np.concatenate([matrix.value, values])
    columns = matrix.columns + len(rows)
    return Matrix(matrix.rows, columns, row[order], column[order], value[order])
