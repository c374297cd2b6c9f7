"""Why there is no answer: a conflict that is proved to be one, and to be no larger than it must.

A conflict is an irreducible infeasible set (IIS, as in Chinneck, "Feasibility and Infeasibility in
Optimization", 2008) of rows, bounds and integrality. For what is infeasible already without whole
numbers, HiGHS or the prices of a least violation (Farkas' lemma) tell an infeasible set, mostly a
small one. A deletion filter takes from it what it can, half by half. Whatever is left has been
dropped alone and the rest found feasible, so the filter is its own proof.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from solvitur.formulation.instance import Instance
from solvitur.solvers.diagnosis.elastic import elastic
from solvitur.solvers.diagnosis.findings import Conflict, Kind
from solvitur.solvers.highs.solver import Effort, minimize
from solvitur.solvers.program import Flags, Matrix, Places, Program, lifts, rounded
from solvitur.solvers.reading import Reading
from solvitur.solvers.solution import Holding, Options, Stop

_LONGEST_CHECK = 10.0
"""Seconds for one check; a whole-number problem without bounds may never end."""
_SHARE = 0.25
"""Most of the time left that one check may take."""
_UNSURE = (
    "In the time there was, it is not proved that {} of these are needed: the conflict may be "
    "smaller."
)
_FEASIBLE = 1e-7
"""What may be over an end, relative to it (at least 1), where it still counts as held."""
_NOISE = 1e-9
"""What is smaller, relative to the largest, is no price."""


def find_conflict(instance: Instance, options: Options) -> Conflict:
    """Find a conflict in an infeasible formulation; see `solvitur.solvers.conflict`."""
    search = _Search(Reading(instance), options, time.perf_counter())
    start = search.start()
    if start is None:
        words = "There is a point that satisfies everything, so there is no conflict."
        if search.is_unsure:
            words = "The time was up before a conflict was found."
        return search.conflict(None, words)
    return search.conflict(search.reduced(start))


@dataclass(frozen=True)
class _Part:
    """The program of some members, and which rows and columns of the whole are in it."""

    program: Program
    rows: Places
    columns: Places


@dataclass
class _Search:
    """The search for a conflict; members are numbers: rows, lower, upper bounds, integrality."""

    reading: Reading
    options: Options
    started: float
    checks: int = 0
    is_unsure: bool = False
    """Whether the last check did not find out what it was to find out."""
    is_stopped: bool = False
    """Whether somebody wants an end."""
    undecided: set[int] = field(default_factory=set)
    """Members that may not be needed, as it was not found out in time."""

    @property
    def program(self) -> Program:
        return self.reading.program

    def start(self) -> Flags | None:
        """Find a set of members that is infeasible, or ``None``."""
        every = self.every()
        without_whole = every & (np.arange(len(every)) < len(every) - self.program.size)
        for part in (self.crossed(every), without_whole, every):
            if part is not None and part.any():
                found = self.judged(part)
                if found is not None:
                    return self.smaller(part, found)
        return None

    def smaller(self, members: Flags, found: Flags) -> Flags:
        """Ask HiGHS for an infeasible set, and take it if it is one and smaller than that found."""
        part = self.restricted(members)
        if part.program.is_mixed or part.program.is_contradictory():
            return found
        flags = self.effort().infeasible_part(part.program)
        if flags is None:
            return found
        size, count = self.program.size, self.program.matrix.rows
        told = np.zeros_like(members)
        rows, low, high = flags
        told[part.rows[rows]] = True
        told[count + part.columns[low]] = True
        told[count + size + part.columns[high]] = True
        told = self.in_groups(told, members)
        if told.sum() >= found.sum():
            return found
        again = self.judged(told)
        return found if again is None else again

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

    def reduced(self, members: Flags) -> Flags:
        """Drop what can be dropped, half by half; what stays has been dropped alone in vain."""
        kept = members.copy()
        blocks = _halves(self.order(members))
        while blocks:
            block = blocks.pop()
            if self.is_late():
                self.undecided.update(int(member[0]) for member in block)
                continue
            block = [member for member in block if kept[member].any()]
            if not block:
                continue
            without = kept.copy()
            without[np.concatenate(block)] = False
            found = self.judged(without)
            if found is not None:
                kept = found
            elif len(block) > 1:
                blocks += _halves(block)
            elif self.is_unsure:
                self.undecided.add(int(block[0][0]))
        return kept

    def order(self, members: Flags) -> list[Places]:
        """Say what to drop first: whole numbers, then rows, and then bounds.

        So few rows are left, which are harder to read than bounds.
        """
        rows, size = self.program.matrix.rows, self.program.size
        alone = members.copy()
        groups = [places[members[places]] for places in self.reading.groups.values()]
        for places in groups:
            alone[places] = False
        places = np.flatnonzero(alone)
        kind = (places - rows) // max(1, size)
        rank = np.where(places < rows, 1, np.where(kind == 2, 0, 2))
        ordered = places[np.argsort(rank, kind="stable")]
        return [*ordered.reshape(-1, 1), *(places for places in groups if len(places))]

    def judged(self, members: Flags) -> Flags | None:
        """Give an infeasible set of these members, if they are infeasible.

        `is_unsure` says whether that is not known, and not that they can hold together.
        """
        self.checks += 1
        self.is_unsure = False
        part = self.restricted(members)
        if part.program.is_mixed or part.program.is_contradictory():
            found = minimize(part.program, self.effort())
            self.is_unsure = found.point is None and found.holding is not Holding.infeasible
            self.is_stopped |= found.stop is Stop.interrupted
            return members if found.holding is Holding.infeasible else None
        priced = self.priced(part, members)
        if priced is None or np.array_equal(priced, members):
            return priced
        # What has no price takes no part (Farkas); solved again without it, as prices are rounded.
        again = self.judged(priced)
        return members if again is None else again

    def priced(self, part: "_Part", members: Flags) -> Flags | None:
        """Find by prices an infeasible set of rows and bounds, where no number is to be whole."""
        program, rows = part.program, part.rows
        units, _ = lifts(program)
        scaled = program.with_units(units, np.ones(program.size))
        every, none = np.ones(len(rows), dtype=bool), np.zeros(program.size, dtype=bool)
        loose = elastic(scaled, every, none, none, by_shares=False)
        found = self.effort().run(loose.program)
        self.is_stopped |= found.status in ("kInterrupt", "kHighsInterrupt")
        if found.status != "kOptimal" or found.point is None or found.prices is None:
            self.is_unsure = True
            return None
        ends = np.where(loose.is_upper, scaled.row_upper[loose.side], scaled.row_lower[loose.side])
        over = loose.amounts(found.point) / np.maximum(1.0, np.abs(ends))
        if float(over.max(initial=0.0)) <= _FEASIBLE:
            return None
        prices = found.prices
        slopes = -scaled.matrix.transposed_times(prices)
        least = _NOISE * float(np.abs(prices).max(initial=0.0))
        size, count = self.program.size, self.program.matrix.rows
        priced = np.zeros_like(members)
        priced[rows[np.abs(prices) > least]] = True
        priced[count + part.columns[slopes > least]] = True
        priced[count + size + part.columns[slopes < -least]] = True
        return self.in_groups(priced, members)

    def in_groups(self, part: Flags, members: Flags) -> Flags:
        """Complete what is added to an element, which is kept or dropped as a whole."""
        part = part & members
        for places in self.reading.groups.values():
            part[places] = members[places] & part[places].any()
        return part

    def is_late(self) -> bool:
        """Whether the time is up, or somebody wants an end."""
        limit = self.options.time_limit
        return self.is_stopped or (limit is not None and time.perf_counter() - self.started > limit)

    def effort(self) -> Effort:
        """Give the time for one check: a share of what is left."""
        now, limit = time.perf_counter(), _LONGEST_CHECK
        if self.options.time_limit is not None:
            left = self.started + self.options.time_limit - now
            limit = min(limit, max(0.01, left * _SHARE))
        return Effort(replace(self.options, time_limit=limit), now)

    def restricted(self, members: Flags) -> "_Part":
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
        kept = Program(
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
        return _Part(kept, np.flatnonzero(rows), np.flatnonzero(columns))

    def conflict(self, members: Flags | None, message: str = "") -> Conflict:
        """Say in words what was found."""
        found = self.reading.requirements(members) if members is not None else ()
        unsure = len(self.undecided) if members is not None else 0
        rows = {requirement.name for requirement in found if requirement.kind is Kind.row}
        rests_on = [names for name, names in self.reading.rests_on.items() if name in rows]
        if unsure:
            message = _UNSURE.format(unsure)
        return Conflict(
            members=found,
            is_irreducible=bool(found) and not unsure,
            checks=self.checks,
            seconds=time.perf_counter() - self.started,
            message=message,
            resting=self.reading.bounded(frozenset[str]().union(*rests_on)),
        )


def _halves(members: list[Places]) -> list[list[Places]]:
    """Give two halves, the second one first; none of nothing."""
    middle = (len(members) + 1) // 2
    return [half for half in (members[middle:], members[:middle]) if half]
