"""The corners of what is optimal in a linear program.

With any optimal prices, a point is optimal exactly where it keeps to the rows and bounds that have
a price (complementary slackness): these points make up a face. From a corner of it, every other
corner lies on a row or bound that the first does not touch; so each of those is made an equation
in turn, and the smaller face looked through likewise.
"""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from solvitur.formulation.instance import Instance
from solvitur.solvers.highs.solver import EXACT, Effort
from solvitur.solvers.linear import Linear
from solvitur.solvers.program import Flags, Floats, Matrix, Program, lifted
from solvitur.solvers.solution import Options, Solution
from solvitur.solvers.verify import verify

_PRICED = 1e-7
"""A price of this size is one; the largest coefficient of the objective is 1 or more."""
_TOUCHES = 1e-7
"""How near to a row or bound, relative to its size, counts as on it."""
_MOST = 20_000
"""Most faces that are looked at."""


class Face:
    """The optimal points of a linear program.

    Args:
        instance: The formulation.
        best: An optimal answer.
        options: What HiGHS is told.

    Attributes:
        kind: What the corners say of the other optimal points.
    """

    def __init__(self, instance: Instance, best: Solution, options: Options) -> None:
        self.instance = instance
        self.best = best
        self.effort = Effort(replace(options, warm_start=None), time.perf_counter())
        self.linear = Linear(instance)
        self.program, _ = lifted(self.linear.program)
        self.whole = self._face()
        self.kind = "each is a corner, and every mixture of them is optimal too"
        if self.whole is not None and self._is_endless(self.whole):
            self.kind = "each is a corner; what is optimal goes on from them without end"

    def corners(self) -> Iterator[Solution | None]:
        """Give the corners; ``None`` where the search was cut short."""
        if self.whole is None or not _is_pointed(self.whole):
            yield self.best
            yield None
            return
        for point in self._points(self.whole):
            yield None if point is None else self._solution(point)

    def _face(self) -> Program | None:
        """Make equations of the rows and bounds that have a price."""
        program = self.program
        found = self.effort.run(program, **EXACT)
        if found.status != "kOptimal" or found.prices is None:
            return None
        slopes = program.cost - program.matrix.transposed_times(found.prices)
        row_lower, row_upper = _pinned(program.row_lower, program.row_upper, found.prices)
        lower, upper = _pinned(program.lower, program.upper, slopes)
        return replace(
            program.without_objective(),
            row_lower=row_lower,
            row_upper=row_upper,
            lower=lower,
            upper=upper,
        )

    def _is_endless(self, face: Program) -> bool:
        """Whether the face goes on without end: then the sum of all distances does."""
        away = np.where(np.isfinite(face.lower), 1.0, 0.0) - np.isfinite(face.upper)
        along = np.where(np.isfinite(face.row_lower), 1.0, 0.0) - np.isfinite(face.row_upper)
        cost = -(away + face.matrix.transposed_times(along))
        found = self.effort.run(face.with_linear(cost))
        return found.status in ("kUnbounded", "kUnboundedOrInfeasible")

    def _points(self, face: Program) -> Iterator[Floats | None]:
        sides = _Sides(face)
        seen: set[bytes] = set()
        waiting: deque[frozenset[int]] = deque([frozenset()])
        known = set(waiting)
        for _ in range(_MOST):
            if not waiting:
                return
            tight = waiting.popleft()
            # Where HiGHS's simplex method ends is a corner; what presolving restores need not be.
            found = self.effort.run(sides.pinned(tight), presolve="off", **EXACT)
            if found.status == "kInfeasible":
                continue
            if found.status != "kOptimal" or found.point is None:
                break
            touched = sides.touched(found.point)
            if touched.tobytes() not in seen:  # what a corner touches tells it from all others
                seen.add(touched.tobytes())
                yield found.point
            for side in np.flatnonzero(~touched).tolist():
                smaller = tight | {side}
                if smaller not in known:
                    known.add(smaller)
                    waiting.append(smaller)
        yield None

    def _solution(self, point: Floats) -> Solution:
        inside = np.clip(point, self.linear.program.lower, self.linear.program.upper)
        values = self.linear.values(inside)
        check = verify(self.instance, values, self.best.objective)
        return replace(self.best, values=values, verification=check, objective=check.objective)


class _Sides:
    """The rows and bounds that can be on one side or touched: each upper and lower one."""

    def __init__(self, face: Program) -> None:
        self.face = face
        self.lower = np.concatenate([face.row_lower, face.lower])
        self.upper = np.concatenate([face.row_upper, face.upper])
        is_open = self.lower < self.upper
        self.low = np.flatnonzero(is_open & np.isfinite(self.lower))
        self.high = np.flatnonzero(is_open & np.isfinite(self.upper))

    def pinned(self, sides: frozenset[int]) -> Program:
        """Make equations of some."""
        lower, upper, rows = self.lower.copy(), self.upper.copy(), self.face.matrix.rows
        for side in sorted(sides):
            if side < len(self.low):
                upper[self.low[side]] = lower[self.low[side]]
            else:
                place = self.high[side - len(self.low)]
                lower[place] = upper[place]
        return replace(
            self.face,
            row_lower=lower[:rows],
            row_upper=upper[:rows],
            lower=lower[rows:],
            upper=upper[rows:],
        )

    def touched(self, point: Floats) -> Flags:
        """Say which of them a point is on."""
        reached = np.concatenate([self.face.matrix @ point, point])
        low = reached[self.low] - self.lower[self.low] <= _TOUCHES * _scale(self.lower[self.low])
        high = self.upper[self.high] - reached[self.high] <= _TOUCHES * _scale(
            self.upper[self.high]
        )
        return np.concatenate([low, high])


def _pinned(lower: Floats, upper: Floats, prices: Floats) -> tuple[Floats, Floats]:
    pinned = np.where(prices > 0, lower, upper)
    has = (np.abs(prices) > _PRICED) & np.isfinite(pinned)
    return np.where(has, pinned, lower), np.where(has, pinned, upper)


def _is_pointed(face: Program) -> bool:
    """Whether it has corners: it holds no straight line."""
    free = np.flatnonzero(np.isinf(face.lower) & np.isinf(face.upper))
    if not len(free):
        return True
    matrix: Matrix = face.matrix
    among = np.isin(matrix.column, free)
    dense = np.zeros((matrix.rows, len(free)))
    dense[matrix.row[among], np.searchsorted(free, matrix.column[among])] = matrix.value[among]
    return bool(np.linalg.matrix_rank(dense) == len(free))


def _scale(sizes: Floats) -> Floats:
    return np.maximum(1.0, np.abs(sizes))
