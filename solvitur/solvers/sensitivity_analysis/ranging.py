"""Sensitivity of a linear or convex quadratic program: what one more is worth, and how far.

Around an optimum x with gradient g, the value of the program moves with an end of a row as
``min g @ d`` over the directions d that stay inside, with that end moved (Gauvin, "Shadow prices in
nonconvex mathematical programming", 1980, for the linear case). It is exact in both directions,
also at a degenerate vertex, where the one vector of prices that a solver gives holds in one
direction at most. Where the vertex is not degenerate in any way, these are the prices, and HiGHS's
ranging says how far they hold.
"""

import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from solvitur.solvers.diagnosis.elastic import bounds_as_rows, with_columns
from solvitur.solvers.diagnosis.findings import Kind, Requirement
from solvitur.solvers.highs.run import LoadedProgram, Ranges, Run
from solvitur.solvers.highs.solver import Effort
from solvitur.solvers.program import Flags, Floats, Matrix, Program, lifts
from solvitur.solvers.reading import Reading
from solvitur.solvers.sensitivity_analysis.prices import Entry, Price, Step

_ACTIVE = 1e-7
"""Relative distance at which a row or a bound counts as reached."""
_PRICE = 1e-8
"""What is smaller, relative to the largest slope, is no price."""
_LONGEST = 20.0
"""Seconds for all figures where there is no time limit."""


@dataclass(frozen=True)
class _Query:
    """What a move of one end does: the value of the best direction, and its prices."""

    rate: float | None
    prices: Floats


class Around:
    """An optimum of a program without whole numbers, and what is around it.

    Bounds that are numbers other than 0 become rows behind the others, so that each has a price.
    Everything inside is scaled as it is for solving; what comes out is not.
    """

    def __init__(self, reading: Reading, point: Floats, effort: Effort) -> None:
        program = reading.program
        self.reading, self.point, self.effort = reading, point, effort
        limit = effort.options.time_limit
        self._deadline = effort.started + (_LONGEST if limit is None else limit)
        below, above = (
            np.flatnonzero(np.isfinite(ends) & (ends != 0) & ~reading.added_columns)
            for ends in (program.lower, program.upper)
        )
        self.bounds: list[tuple[Kind, int]] = [
            *((Kind.lower_bound, place) for place in below.tolist()),
            *((Kind.upper_bound, place) for place in above.tolist()),
        ]
        self.wide = bounds_as_rows(program, below, above)
        linear = self.wide.with_linear(program.cost + program.hessian @ point)
        self.units, self.factor = lifts(linear)
        ones = np.ones(program.size)
        self.scaled = linear.with_units(self.units, ones).with_objective_times(self.factor)
        self.is_linear = not program.is_quadratic

    def prices(self) -> tuple[Price, ...]:
        """Price every row and every bound that is a number; first those that bind."""
        rows = np.isfinite(self.wide.row_lower) | np.isfinite(self.wide.row_upper)
        rows[: len(self.reading.rows)] &= ~self.reading.added_rows
        binding = self._at[0] | self._at[1]
        order = [*np.flatnonzero(rows & binding), *np.flatnonzero(rows & ~binding)]
        found = {int(place): self._price(int(place)) for place in order}
        return tuple(found[place] for place in sorted(found))

    def entries(self) -> tuple[Entry, ...]:
        """Say how far each coefficient leaves the plan as it is, of those there is time for."""
        places = np.flatnonzero(~self.reading.added_columns).tolist()
        found = (self._entry(place) for place in places)
        return tuple(entry for entry in found if entry is not None)

    # --- what is reached -------------------------------------------------------------------------

    @cached_property
    def _at(self) -> tuple[Flags, Flags, Flags, Flags]:
        """Which lower and upper ends of rows, and which bounds, are reached."""
        reached, scaled = self.scaled.matrix @ self.point, self.scaled
        return (
            _meet(reached, scaled.row_lower),
            _meet(reached, scaled.row_upper),
            _meet(self.point, scaled.lower),
            _meet(self.point, scaled.upper),
        )

    @cached_property
    def _reached(self) -> Floats:
        return self.wide.matrix @ self.point

    @cached_property
    def _cone(self) -> Program:
        """Give the directions that stay inside, for a while."""
        low, high, lower, upper = self._at
        return replace(
            self.scaled,
            offset=0.0,
            row_lower=np.where(low, 0.0, -np.inf),
            row_upper=np.where(high, 0.0, np.inf),
            lower=np.where(lower, 0.0, -np.inf),
            upper=np.where(upper, 0.0, np.inf),
        )

    @cached_property
    def _loaded_cone(self) -> LoadedProgram:
        return self.effort.loaded(self._cone)

    @cached_property
    def _vertex(self) -> tuple[Floats, Ranges] | None:
        """Give prices and ranges of a vertex that is the only optimum and has but one basis."""
        if not self.is_linear:
            return None
        loaded = self.effort.loaded(self.scaled)
        found = loaded.run()
        if found.status != "kOptimal" or found.point is None or found.prices is None:
            return None
        low, high, lower, upper = self._at
        slopes = self.scaled.cost - self.scaled.matrix.transposed_times(found.prices)
        rows, columns = low | high, lower | upper
        least = self._least_price
        is_vertex = int(rows.sum() + columns.sum()) == self.wide.size
        is_only = np.all(np.abs(found.prices[rows & ~(low & high)]) > least) and np.all(
            np.abs(slopes[columns & ~(lower & upper)]) > least
        )
        is_there = np.allclose(found.point, self.point, rtol=_ACTIVE, atol=_ACTIVE)
        ranges = loaded.ranges()
        return (found.prices, ranges) if is_vertex and is_only and is_there and ranges else None

    @cached_property
    def _duals(self) -> Floats | None:
        """Give prices that prove the optimum: those of the cone, where to stay is the best."""
        return self._loaded_cone.run().prices if self._vertex is None else self._vertex[0]

    @property
    def _least_price(self) -> float:
        return _PRICE * max(1.0, float(np.abs(self.scaled.cost).max(initial=0.0)))

    # --- rows ------------------------------------------------------------------------------------

    def _price(self, place: int) -> Price:
        requirement, limit, turn = self._named(place)
        low, high = self._at[0][place], self._at[1][place]
        reached = float(self._reached[place])
        ends = self.wide.row_lower[place], self.wide.row_upper[place]
        slack = max(0.0, min(reached - ends[0], ends[1] - reached))
        if low or high:
            more, less = self._step(place, turn), self._step(place, -turn)
            dual = self._dual(place, turn)
            return Price(requirement, limit, slack, more, less, is_binding=True, dual=dual)
        inwards = 1 if np.isfinite(ends[0]) else -1
        free = Step(0.0, None)
        tight = Step(0.0, slack, is_exact=self._vertex is not None)
        more, less = (tight, free) if turn == inwards else (free, tight)
        return Price(requirement, limit, slack, more, less, is_binding=False, dual=0.0)

    def _dual(self, place: int, turn: int) -> float | None:
        if self._duals is None:
            return None
        dual = turn * float(self._duals[place] * self.units[place]) / self.factor
        return self.reading.program.sign * dual + 0.0

    def _named(self, place: int) -> tuple[Requirement, float, int]:
        """Name a row of the wide program; give its number and which way its end moves with it."""
        if place < len(self.reading.rows):
            side = self.reading.side(place)
            return self.reading.of_row(place), side.value, side.turn
        kind, column = self.bounds[place - len(self.reading.rows)]
        bounds = self.reading.lower if kind is Kind.lower_bound else self.reading.upper
        return self.reading.of_bound(column, kind), float(bounds[column]), 1

    def _step(self, place: int, way: int) -> Step | None:
        """Say what moving an end by one unit does."""
        sign = self.reading.program.sign
        if self._vertex is not None:
            prices, ranges = self._vertex
            end = self.scaled.row_lower[place]
            end = end if np.isfinite(end) else self.scaled.row_upper[place]
            far = ranges.rows[1][place] - end if way > 0 else end - ranges.rows[0][place]
            rate = sign * way * float(prices[place] * self.units[place]) / self.factor
            return Step(rate + 0.0, _finite(far / self.units[place]))
        query = self._moved_row(place, way)
        if query is None:
            return None
        if query.rate is None:
            return Step(None, 0.0)
        rate = sign * query.rate / self.factor + 0.0
        if not self.is_linear:
            return Step(rate, 0.0, is_exact=False)
        found = self._reach(place, way, query.prices)
        if found.status in ("kUnbounded", "kUnboundedOrInfeasible"):
            return Step(rate, None)
        if found.status != "kOptimal" or found.point is None:
            return Step(rate, 0.0, is_exact=False)
        return Step(rate, max(0.0, float(found.point[-1])))

    def _moved_row(self, place: int, way: int) -> _Query | None:
        unit, cone = self.units[place], self._cone
        ends = cone.row_lower[place], cone.row_upper[place]
        self._loaded_cone.move_row(place, *(end + way * unit for end in ends))
        try:
            return self._ask()
        finally:
            self._loaded_cone.move_row(place, *ends)

    def _ask(self) -> _Query | None:
        """Solve for the best direction; ``None`` where that is not found out."""
        if time.perf_counter() > self._deadline:
            return None
        found = self._loaded_cone.run()
        if found.status in ("kInterrupt", "kHighsInterrupt"):
            self._deadline = 0.0
        if found.status == "kInfeasible":
            return _Query(None, np.zeros(0))
        if found.status != "kOptimal" or found.point is None or found.prices is None:
            return None
        return _Query(self._cone.value(found.point), found.prices)

    def _reach(self, place: int, way: int, prices: Floats) -> Run:
        """Find how far an end can move with these prices still the right ones.

        They are as long as there is a point inside that makes use of nothing but what they price
        (complementary slackness).
        """
        scaled, least = self.scaled, self._least_price
        slopes = scaled.cost - scaled.matrix.transposed_times(prices)
        size, step = scaled.size, np.array([-way * self.units[place]])
        extended = with_columns(scaled.matrix, np.array([place]), step)
        return self.effort.run(
            replace(
                scaled,
                offset=0.0,
                cost=np.append(np.zeros(size), -1.0),
                hessian=Matrix.of(size + 1, size + 1, ()),
                matrix=extended,
                row_lower=np.where(prices < -least, scaled.row_upper, scaled.row_lower),
                row_upper=np.where(prices > least, scaled.row_lower, scaled.row_upper),
                lower=np.append(np.where(slopes < -least, scaled.upper, scaled.lower), 0.0),
                upper=np.append(np.where(slopes > least, scaled.lower, scaled.upper), np.inf),
                whole=np.zeros(size + 1, dtype=bool),
            )
        )

    # --- variables -------------------------------------------------------------------------------

    def _entry(self, place: int) -> Entry | None:
        program, column = self.reading.program, self.reading.columns[place]
        sign, cost = program.sign, float(program.cost[place])
        moves = self._moves(place)
        if moves is None:
            return None
        up, down = moves
        low, high = (cost - up, cost + down) if sign > 0 else (-cost - down, -cost + up)
        reduced = self._reduced(place, up, down)
        return Entry(
            column.variable,
            column.key,
            value=float(self.point[place]),
            coefficient=sign * cost,
            reduced_cost=None if reduced is None else sign * reduced + 0.0,
            lowest=_finite(low),
            highest=_finite(high),
            doc=self.reading.doc(place),
        )

    def _moves(self, place: int) -> tuple[float, float] | None:
        """Find what one unit more of a variable costs, and one less; infinite where there is none.

        By as much its coefficient may fall, or grow, before such a move pays.
        """
        if self._vertex is not None:
            ranges, cost = self._vertex[1], float(self.scaled.cost[place])
            low, high = (float(end[place]) for end in ranges.costs)
            return (cost - low) / self.factor, (high - cost) / self.factor
        up, down = (self._moved_column(place, way) for way in (1, -1))
        if up is None or down is None:
            return None
        costs = (np.inf if q.rate is None else q.rate / self.factor for q in (up, down))
        return next(costs), next(costs)

    def _moved_column(self, place: int, way: int) -> _Query | None:
        bounds = self._cone.lower[place], self._cone.upper[place]
        if (way > 0 and bounds[1] == 0) or (way < 0 and bounds[0] == 0):
            return _Query(None, np.zeros(0))
        self._loaded_cone.move_column(place, way, way)
        try:
            return self._ask()
        finally:
            self._loaded_cone.move_column(place, *bounds)

    def _reduced(self, place: int, up: float, down: float) -> float | None:
        value = self.point[place : place + 1]
        at_lower = bool(_meet(value, self.reading.lower[place : place + 1])[0])
        at_upper = bool(_meet(value, self.reading.upper[place : place + 1])[0])
        if at_lower == at_upper:
            return None if at_lower else 0.0
        return _finite(up if at_lower else -down)


def _meet(values: Floats, ends: Floats) -> Flags:
    there = np.isfinite(ends)
    known = np.where(there, ends, 0.0)
    return np.asarray(there & (np.abs(values - known) <= _ACTIVE * np.maximum(1, np.abs(known))))


def _finite(value: float) -> float | None:
    return float(value) + 0.0 if np.isfinite(value) else None
