"""The least change with which an infeasible formulation has an answer, and that answer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np

from solvitur.formulation.elements import Domain
from solvitur.formulation.instance import Instance
from solvitur.solvers.diagnosis.elastic import elastic
from solvitur.solvers.diagnosis.findings import Change, Kind, Relaxation
from solvitur.solvers.highs.solver import Effort, minimize
from solvitur.solvers.program import Flags, Floats, Program, rounded
from solvitur.solvers.reading import Reading
from solvitur.solvers.solution import Holding, Options, Outcome
from solvitur.solvers.words import tidy

Ends = tuple[Floats, ...]
"""By how much the lower and upper ends of the rows, and the bounds, move outwards."""

_MOST_OTHERS = 5
_TINY = 1e-5
"""A sum of shares that may be nothing but the gap that a search ends at."""
_LEAST = 1e-8
"""What is smaller is no change, but what the solver's tolerance leaves."""
_OUTCOMES = {
    Holding.optimal: Outcome.solved,
    Holding.unbounded: Outcome.unbounded,
    Holding.feasible: Outcome.limit,
}
_STEPS = (None, 9, 6)
"""To how many digits amounts are rounded up, attempt by attempt, until the answer is there."""


def find_relaxation(instance: Instance, options: Options) -> Relaxation:
    """Find the least change with which there is an answer; see `solvitur.solvers.relaxation`."""
    effort = Effort(options, time.perf_counter())
    easing = _Easing(Reading(instance), effort)
    found = easing.relaxation(*easing.soft())
    if found.outcome is Outcome.solved and not found.changes:
        return found
    found = replace(found, left_as_is=easing.left_as_is)
    if not found.changes:
        return found
    others = sorted(islice(easing.others(found), _MOST_OTHERS), key=lambda other: other.total)
    return replace(found, others=tuple(others), seconds=time.perf_counter() - effort.started)


@dataclass(frozen=True)
class _Easing:
    """An infeasible program, and what may give way in it."""

    reading: Reading
    effort: Effort

    @cached_property
    def program(self) -> Program:
        """Give the program with its bounds as they are written."""
        return replace(self.reading.program, lower=self.reading.lower, upper=self.reading.upper)

    @cached_property
    def hard(self) -> Flags:
        """Give the columns whose bounds stay, as what is not linear may go by them."""
        return _used_in_added(self.reading) | self.reading.is_rested_on

    @cached_property
    def hard_rows(self) -> Flags:
        """Give the rows that stay: what is added, and what holds on a condition."""
        conditional, rows = self.reading.conditional, self.reading.rows
        flags = np.array([row.constraint in conditional for row in rows], dtype=bool)
        return flags | self.reading.added_rows

    @cached_property
    def left_as_is(self) -> tuple[str, ...]:
        """Name what would have given way, if what is not linear did not go by it."""
        program, reading = self.program, self.reading
        kept = self.hard & ~reading.added_columns
        kept &= np.any([np.isfinite(e) & (e != 0) for e in (program.lower, program.upper)], axis=0)
        columns = [n for n in np.flatnonzero(kept).tolist() if not _is_binary(reading, n)]
        bounds = dict.fromkeys(f"bounds of {reading.columns[n].variable}" for n in columns)
        return (*bounds, *sorted(reading.conditional))

    def soft(self) -> tuple[Flags, Flags, Flags]:
        """Say which rows, lower and upper bounds may give way.

        A 0 says how things hang together, and stays. All zeros satisfy what stays, so that the rest
        can always give way enough; not so what is added to say by linear rows what is not linear.
        """
        program, hard, hard_rows = self.program, self.hard, self.hard_rows
        return (
            (program.row_lower != 0) & (program.row_upper != 0) & ~hard_rows,
            np.isfinite(program.lower) & (program.lower != 0) & ~hard,
            np.isfinite(program.upper) & (program.upper != 0) & ~hard,
        )

    def relaxation(self, *soft: Flags) -> Relaxation:
        """Let some sides give way, and solve what comes of it."""
        started, program = time.perf_counter(), self.program
        loose = elastic(program, *soft)
        found = minimize(loose.program, self.effort)
        if found.point is None:
            words = "No change was found in time."
            if found.holding is Holding.infeasible:
                which = "other constant sides" if self.left_as_is else "constant sides alone"
                words = f"No change of the {which} gives an answer."
            return Relaxation((), 0.0, None, None, time.perf_counter() - started, words)
        total = float(loose.program.value(found.point))
        for digits in _STEPS if total > _TINY else (0, *_STEPS):
            ends = tuple(_tidy(amounts, digits) for amounts in loose.moved(found.point))
            after = minimize(_changed(program, ends), self.effort)
            if after.holding is not Holding.infeasible:
                break
        changes = _changes(self.reading, ends)
        message = "" if changes else "Nothing has to change for there to be an answer."
        if found.holding is not Holding.optimal:
            message = "There may be a smaller change: the time was up."
        objective = None
        if self.reading.has_objective and after.point is not None:
            objective = program.sign * program.value(after.point)
        return Relaxation(
            changes=changes,
            total=total,
            outcome=_OUTCOMES.get(after.holding),
            objective=objective,
            seconds=time.perf_counter() - started,
            message=message,
        )

    def others(self, found: Relaxation) -> Iterator[Relaxation]:
        """Let one side at a time give way, of those that have a price where all may."""
        soft = self.soft()
        loose = elastic(self.program, *soft)
        relaxed = np.zeros(loose.program.size, dtype=bool)
        prices = self.effort.run(replace(loose.program, whole=relaxed)).prices
        if prices is None:
            return
        rows, size = self.program.matrix.rows, self.program.size
        places = [np.arange(rows), *(rows + size * kind + np.arange(size) for kind in (0, 1))]
        every = np.concatenate([places[0], places[1][soft[1]], places[2][soft[2]]])
        flags = np.concatenate(soft)
        for n in np.argsort(-np.abs(prices), kind="stable").tolist():
            if abs(prices[n]) <= _LEAST or self.effort.is_late():
                return
            alone = np.zeros_like(flags)
            alone[every[n]] = flags[every[n]]
            if not alone.any():
                continue
            other = self.relaxation(*np.split(alone, [rows, rows + size]))
            if len(other.changes) == 1 and other.changes != found.changes:
                yield other


def _is_binary(reading: Reading, place: int) -> bool:
    return reading.variable(place).domain is Domain.binary


def _used_in_added(reading: Reading) -> Flags:
    """Find the columns whose bounds may be in what is added, as a big M, and those added."""
    matrix, hard = reading.program.matrix, reading.added_columns.copy()
    rows = reading.added_rows.copy()
    rows[matrix.row[hard[matrix.column]]] = True
    rows |= np.array([row.constraint in reading.rewritten for row in reading.rows], dtype=bool)
    hard[matrix.column[rows[matrix.row]]] = True
    return hard


def _tidy(amounts: Floats, digits: int | None) -> Floats:
    """Take off the noise of the last digits, or round up to some; to none, it is nothing."""
    if digits == 0:
        return np.zeros_like(amounts)
    amounts = np.where(amounts < _LEAST, 0.0, amounts)
    if digits is None:
        return np.array([tidy(amount) for amount in amounts.tolist()])
    scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.where(amounts > 0, amounts, 1.0))))
    return np.ceil(amounts * scale) / scale


def _changed(program: Program, ends: Ends) -> Program:
    """Move the ends outwards; an equality stays one."""
    low, high, lower, upper = ends
    is_equal = program.row_lower == program.row_upper
    moved = rounded(program.lower - lower, program.upper + upper, program.whole)
    return replace(
        program,
        row_lower=program.row_lower - low + np.where(is_equal, high, 0.0),
        row_upper=program.row_upper + high - np.where(is_equal, low, 0.0),
        lower=moved[0],
        upper=moved[1],
    )


def _changes(reading: Reading, ends: Ends) -> tuple[Change, ...]:
    low, high, lower, upper = ends
    changes = []
    for place in np.flatnonzero((low != 0) | (high != 0)).tolist():
        side = reading.side(place)
        after = side.value + side.turn * float(high[place] - low[place])
        changes.append(Change(reading.of_row(place), side.value, after))
    for kind, bounds, moves in (
        (Kind.lower_bound, reading.lower, -lower),
        (Kind.upper_bound, reading.upper, upper),
    ):
        for place in np.flatnonzero(moves).tolist():
            before, move = float(bounds[place]), float(moves[place])
            changes.append(Change(reading.of_bound(place, kind), before, before + move))
    return tuple(changes)
