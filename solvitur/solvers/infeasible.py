"""Why there is no answer: a conflict that is proved to be one, and to be no larger than it must.

A conflict is an irreducible infeasible set (IIS, as in Chinneck, "Feasibility and Infeasibility in
Optimization", 2008) of rows, bounds and integrality. For what is infeasible already without whole
numbers, the prices of a least violation tell an infeasible set (Farkas' lemma), mostly a small one.
A deletion filter takes from it what it can, half by half. Whatever is left has been dropped alone
and the rest found feasible, so the filter is its own proof.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from solvitur.formulation.instance import Instance
from solvitur.solvers.diagnosis import Conflict
from solvitur.solvers.elastic import elastic
from solvitur.solvers.highs import Effort, minimize
from solvitur.solvers.program import Flags, Matrix, Places, Program, rounded
from solvitur.solvers.reading import Reading
from solvitur.solvers.solution import Holding, Options

_LONGEST_CHECK = 10.0
"""Seconds for one check; a whole-number problem without bounds may never end."""
_SHARE = 0.25
"""Most of the time left that one check may take."""
_UNSURE = (
    "In the time there was, it is not proved that {} of these are needed: the conflict may be "
    "smaller."
)
_REWRITTEN = "What is not linear in them is said by linear rows, which go by the variables' bounds."
_NOISE = 1e-9
"""What is smaller, relative to the largest, is no price."""


def find_conflict(instance: Instance, options: Options) -> Conflict:
    """Find a conflict in an infeasible formulation; see `solvitur.solvers.conflict`."""
    search = _Search(Reading(instance), options, time.perf_counter())
    start = search.start()
    if start is None:
        words = "There is a point that satisfies everything, so there is no conflict."
        if search.undecided:
            words = "The time was up before a conflict was found."
        return search.conflict(None, words)
    return search.conflict(search.reduced(start))


@dataclass
class _Search:
    """The search for a conflict; members are numbers: rows, lower, upper bounds, integrality."""

    reading: Reading
    options: Options
    started: float
    checks: int = 0
    undecided: set[int] = field(default_factory=set)
    """Members (or -1 for all of them) of which a check that ran out of time left unsaid."""

    @property
    def program(self) -> Program:
        return self.reading.program

    def start(self) -> Flags | None:
        """Find a set of members that is infeasible, or ``None``."""
        every = self.every()
        for part in (self.crossed(every), self.priced(every)):
            if part is not None and self.is_infeasible(part):
                return self.with_groups(part, every)
        found = self.is_infeasible(every)
        if found is None:
            self.undecided.add(-1)
        return every if found else None

    def every(self) -> Flags:
        """Give everything that a formulation asks for."""
        program, reading = self.program, self.reading
        rows = np.isfinite(program.row_lower) | np.isfinite(program.row_upper)
        bounds = np.isfinite(reading.lower), np.isfinite(reading.upper)
        return np.concatenate([rows, *bounds, program.whole])

    def crossed(self, every: Flags) -> Flags | None:
        """Find a row of numbers that does not hold, or the bounds of an entry that cross."""
        program = self.program
        rows, size = program.matrix.rows, program.size
        alone = np.zeros(len(every), dtype=bool)
        empty = program.matrix.largest_by_row() == 0
        never = empty & ((program.row_lower > 0) | (program.row_upper < 0))
        if never.any():
            alone[np.argmax(never)] = True
            return alone
        if (crossing := program.lower > program.upper).any():
            column = int(np.argmax(crossing))
            members = rows + column + size * np.arange(3)
            alone[members] = every[members]
            return alone
        return None

    def priced(self, every: Flags) -> Flags | None:
        """Find by prices an infeasible set of rows and bounds, without whole numbers."""
        program, size = self.program, self.program.size
        none, every_row = np.zeros(size, dtype=bool), np.ones(program.matrix.rows, dtype=bool)
        relaxed = replace(program, lower=self.reading.lower, upper=self.reading.upper, whole=none)
        loose = elastic(relaxed, every_row, none, none)
        self.checks += 1
        prices = self.effort().run(loose.program).prices
        if prices is None:
            return None
        prices = prices[: program.matrix.rows]
        slopes = -program.matrix.transposed_times(prices)
        least = _NOISE * float(np.abs(prices).max(initial=0.0))
        members = [np.abs(prices) > least, slopes > least, slopes < -least, np.zeros(size, bool)]
        return np.concatenate(members) & every

    def with_groups(self, part: Flags, every: Flags) -> Flags:
        """Complete what is added to an element: it is kept or dropped as a whole."""
        part = part.copy()
        for places in self.reading.groups.values():
            part[places] = every[places] & part[places].any()
        return part

    def reduced(self, members: Flags) -> Flags:
        """Drop what can be dropped, half by half; what stays has been dropped alone in vain."""
        kept = members.copy()
        blocks = _halves(self.order(members))
        while blocks:
            block = blocks.pop()
            if self.is_late():
                self.undecided.update(int(member[0]) for member in block)
                continue
            without = kept.copy()
            without[np.concatenate(block)] = False
            found = self.is_infeasible(without) if without.any() else False
            if found:
                kept = without
            elif len(block) > 1:
                blocks += _halves(block)
            elif found is None:
                self.undecided.add(int(block[0][0]))
        return kept

    def order(self, members: Flags) -> list[Places]:
        """Say what to drop first: bounds that nobody wrote, integrality, bounds, and then rows."""
        rows, size = self.program.matrix.rows, self.program.size
        alone = members.copy()
        groups = [places[members[places]] for places in self.reading.groups.values()]
        for places in groups:
            alone[places] = False
        places = np.flatnonzero(alone)
        kind = (places - rows) // max(1, size)
        rank = np.where(places < rows, 3, np.where(kind == 2, 1, 2))
        bound = self.reading.lower[(places - rows) % max(1, size)]
        rank[(rank == 2) & (kind == 0) & (bound == 0)] = 0
        ordered = places[np.argsort(rank, kind="stable")]
        return [*ordered.reshape(-1, 1), *(places for places in groups if len(places))]

    def is_infeasible(self, members: Flags) -> bool | None:
        """Solve with some members only; ``None`` where the time was too short to tell."""
        self.checks += 1
        found = minimize(self.restricted(members), self.effort())
        if found.holding is Holding.infeasible:
            return True
        return False if found.point is not None else None

    def is_late(self) -> bool:
        """Whether the time is up."""
        limit = self.options.time_limit
        return limit is not None and time.perf_counter() - self.started > limit

    def effort(self) -> Effort:
        """Give the time for one check: a share of what is left."""
        now, limit = time.perf_counter(), _LONGEST_CHECK
        if self.options.time_limit is not None:
            left = self.started + self.options.time_limit - now
            limit = min(limit, max(0.01, left * _SHARE))
        return Effort(replace(self.options, time_limit=limit), now)

    def restricted(self, members: Flags) -> Program:
        """Give the program of some members, without an objective and without unused columns."""
        program, reading, size = self.program, self.reading, self.program.size
        cuts = (program.matrix.rows + size * np.arange(3)).tolist()
        rows, low, high, whole = np.split(members, cuts)
        lower, upper = rounded(
            np.where(low, reading.lower, -np.inf), np.where(high, reading.upper, np.inf), whole
        )
        columns = lower > upper
        columns[program.matrix.column[rows[program.matrix.row]]] = True
        count = int(columns.sum())
        return Program(
            sign=1,
            offset=0.0,
            cost=np.zeros(count),
            hessian=Matrix.of(count, count, ()),
            matrix=program.matrix.part(rows, columns),
            row_lower=program.row_lower[rows],
            row_upper=program.row_upper[rows],
            lower=lower[columns],
            upper=upper[columns],
            whole=whole[columns],
        )

    def conflict(self, members: Flags | None, message: str = "") -> Conflict:
        """Say in words what was found."""
        found = self.reading.requirements(members) if members is not None else ()
        unsure = len(self.undecided) if members is not None else 0
        names = {requirement.name for requirement in found}
        if unsure:
            message = _UNSURE.format(unsure)
        elif names & {*self.reading.rewritten, "objective"}:
            message = _REWRITTEN
        return Conflict(
            members=found,
            is_irreducible=bool(found) and not unsure,
            checks=self.checks,
            seconds=time.perf_counter() - self.started,
            message=message,
        )


def _halves(members: list[Places]) -> list[list[Places]]:
    """Give two halves, the second one first; none of nothing."""
    middle = (len(members) + 1) // 2
    return [half for half in (members[middle:], members[:middle]) if half]
