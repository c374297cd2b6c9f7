"""What one more unit is worth in an integer program: solved again with it, and without one."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from solvitur.formulation.elements import Domain
from solvitur.solvers.diagnosis.findings import Kind, Requirement
from solvitur.solvers.highs.solver import Effort, minimize
from solvitur.solvers.program import Floats, Program
from solvitur.solvers.reading import Reading
from solvitur.solvers.sensitivity_analysis.anew import loosened, loosening
from solvitur.solvers.sensitivity_analysis.prices import Price, Step
from solvitur.solvers.solution import Holding, Stop

_MOST = 24
"""Most numbers that are tried with one more and one less."""
_LONGEST = 10.0
"""Seconds for one trial where there is no time limit."""
_SHARE = 0.25
"""Most of the time left that one trial may take."""


@dataclass(frozen=True)
class _Number:
    """A number on a constant side, and where in the program it stands."""

    requirement: Requirement
    limit: float
    slack: float
    place: int
    turn: int
    is_equality: bool = False

    @property
    def is_binding(self) -> bool:
        """Whether the answer is within one unit of it."""
        return self.slack <= min(1.0, abs(self.limit)) + 1e-7

    def is_conditional(self, reading: Reading) -> bool:
        """Whether it is a row that holds on a condition, so that it is said with a big M."""
        asked = self.requirement
        return asked.kind is Kind.row and asked.name in reading.conditional

    def moved(self, program: Program, way: int) -> Program:
        """Give the program with one more, or one less."""
        kind, place = self.requirement.kind, self.place
        if kind is Kind.row:
            lower, upper = program.row_lower.copy(), program.row_upper.copy()
            lower[place] += way * self.turn
            upper[place] += way * self.turn
            return replace(program, row_lower=lower, row_upper=upper)
        lower, upper = program.lower.copy(), program.upper.copy()
        (lower if kind is Kind.lower_bound else upper)[place] += way
        return replace(program, lower=lower, upper=upper)


def tried(
    reading: Reading, point: Floats, effort: Effort
) -> tuple[tuple[Price, ...], int, tuple[Requirement, ...]]:
    """Try every binding number with one more and one less, inequalities first.

    Each search begins with the whole numbers of the answer, where these still hold.
    A number that is 0 is left out: it says how things hang together, and one more of it nothing.

    Returns:
        The prices, how many binding numbers there were too many to try, and those left out, as
        what is not linear is said by rows that go by them, and cannot be said anew.
    """
    every = [*_rows(reading, point), *_bounds(reading, point)]
    numbers = [n for n in every if not n.is_conditional(reading)]
    binding = sorted((n for n in numbers if n.is_binding), key=lambda n: n.is_equality)
    base = reading.program.value(point)
    effort = replace(effort, start=np.where(reading.program.whole, point, np.nan))
    trials = _Trials(reading, base, effort)
    steps = {number: [trials.step(number, way) for way in (1, -1)] for number in binding[:_MOST]}
    prices = []
    for number in numbers:
        asked, limit, slack = number.requirement, number.limit, number.slack
        if asked in trials.left_out:
            continue
        if number in steps or not number.is_binding:
            more, less = steps.get(number, (None, None))
            prices.append(Price(asked, limit, slack, more, less, number.is_binding))
    conditional = (n.requirement for n in every if n.is_conditional(reading))
    return tuple(prices), len(binding[_MOST:]), (*conditional, *trials.left_out)


def _rows(reading: Reading, point: Floats) -> Iterator[_Number]:
    program = reading.program
    reached = program.matrix @ point
    for place, (low, high) in enumerate(zip(program.row_lower, program.row_upper, strict=True)):
        if reading.added_rows[place]:
            continue
        side = reading.side(place)
        if side.value == 0:
            continue
        slack = max(0.0, float(min(reached[place] - low, high - reached[place])))
        requirement = reading.of_row(place)
        yield _Number(requirement, side.value, slack, place, side.turn, bool(low == high))


def _bounds(reading: Reading, point: Floats) -> Iterator[_Number]:
    for kind, ends in (
        (Kind.lower_bound, reading.lower),
        (Kind.upper_bound, reading.upper),
    ):
        there = np.isfinite(ends) & (ends != 0) & ~reading.added_columns
        for place in np.flatnonzero(there).tolist():
            if reading.variable(place).domain is not Domain.binary:
                limit = float(ends[place])
                slack = abs(float(point[place]) - limit)
                yield _Number(reading.of_bound(place, kind), limit, slack, place, 1)


@dataclass
class _Trials:
    reading: Reading
    base: float
    effort: Effort
    is_stopped: bool = False
    """Whether somebody wants an end."""
    left_out: list[Requirement] = field(default_factory=list)
    """Bounds that rows go by, and that cannot be changed."""

    def step(self, number: _Number, way: int) -> Step | None:
        """Solve with one more, or one less."""
        if self.is_stopped:
            return None
        if (
            number.requirement.kind is Kind.row
            or way != loosening(number.requirement.kind)
            or not self.reading.is_rested_on[number.place]
        ):
            program, effort = number.moved(self.reading.program, way), self._in_time()
        elif self.effort.is_late():
            return None
        else:
            again = loosened(self.reading, number.requirement)
            if again is None:
                self.left_out.append(number.requirement)
                return None
            program, effort = again.program, replace(self._in_time(), start=None)
        found = minimize(program, effort)
        self.is_stopped = found.stop is Stop.interrupted
        if found.holding is Holding.infeasible:
            return Step(None, 0.0)
        if found.holding is not Holding.optimal or found.point is None:
            return None
        change = program.sign * (program.value(found.point) - self.base)
        noise = 2 * self.effort.options.gap * max(1.0, abs(self.base))
        return Step(0.0 if abs(change) <= noise else change, 1.0)

    def _in_time(self) -> Effort:
        """Give one trial a share of the time that is left."""
        effort, now, limit = self.effort, time.perf_counter(), _LONGEST
        if effort.options.time_limit is not None:
            limit = max(0.01, (effort.started + effort.options.time_limit - now) * _SHARE)
        return replace(effort, options=replace(effort.options, time_limit=limit), started=now)
