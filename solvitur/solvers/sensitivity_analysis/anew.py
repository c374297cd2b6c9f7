"""Other bounds where rows go by them: the formulation itself is changed, and said by rows anew.

What is not linear is said by rows that hold wherever the variables are within their bounds. They
stay right where a bound is tightened; where it is loosened, their numbers may have to be others.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solvitur.errors import FormulationError, Unsupported
from solvitur.formulation.changing import with_bounds
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import first, one_line
from solvitur.solvers.diagnosis.findings import Kind, Requirement
from solvitur.solvers.highs.solver import Effort
from solvitur.solvers.program import Program
from solvitur.solvers.reading import Reading
from solvitur.solvers.sensitivity_analysis.prices import Entry, Price, Step

_MOST_LABELS = 6
_LONGEST = 20.0
"""Seconds for looking whether other rows go by bounds, where there is no time limit."""


def loosening(kind: Kind) -> int:
    """Say which way a bound moves that gives way."""
    return 1 if kind is Kind.upper_bound else -1


def loosened(reading: Reading, bound: Requirement) -> Reading | None:
    """Give the formulation with a bound that is one looser; ``None`` where it cannot be changed."""
    assert bound.number is not None
    end = bound.number + loosening(bound.kind)
    ends = (None, end) if bound.kind is Kind.upper_bound else (end, None)
    original = reading.original
    try:
        changed = with_bounds(original.formulation, original, {bound.label: ends})
        again = Reading(Instance(changed, original.data))
    except (FormulationError, Unsupported):
        return None
    return again if again.has_objective else None


def checked(
    reading: Reading, prices: Sequence[Price], effort: Effort
) -> tuple[tuple[Price, ...], tuple[Requirement, ...]]:
    """Keep the prices, by duals, of bounds that nothing in the rows goes by.

    That was looked at for one unit, so that such a price is said to hold for no more.

    Returns:
        The prices, and the bounds that are left out.
    """
    places = {(c.variable, c.key): place for place, c in enumerate(reading.columns)}
    deadline = time.perf_counter() + _LONGEST
    kept: list[Price] = []
    left_out: list[Requirement] = []
    for price in prices:
        bound = price.requirement
        place = -1 if bound.kind is Kind.row else places[bound.name, bound.key]
        if place < 0 or not price.is_binding or not reading.is_rested_on[place]:
            kept.append(price)
        elif (
            not effort.is_late()
            and time.perf_counter() < deadline
            and _is_all_that_moves(reading, bound, place)
        ):
            kept.append(
                replace(price, more=_within_one(price.more))
                if bound.kind is Kind.upper_bound
                else replace(price, less=_within_one(price.less))
            )
        else:
            left_out.append(bound)
    return tuple(kept), tuple(left_out)


def without_reduced_costs(
    entries: Sequence[Entry], left_out: Sequence[Requirement]
) -> tuple[Entry, ...]:
    """Take the reduced costs off those whose bounds are left out."""
    unknown = {(bound.name, bound.key) for bound in left_out}
    return tuple(
        replace(entry, reduced_cost=None) if (entry.name, entry.key) in unknown else entry
        for entry in entries
    )


def said(left_out: Sequence[Requirement]) -> str:
    """Say what is left out; nothing of nothing."""
    if not left_out:
        return ""
    labels = [
        asked.label
        if asked.kind is Kind.row
        else f"{asked.kind.value.replace('_', ' ')} of {asked.label}"
        for asked in left_out
    ]
    return one_line(
        f"Left out, as the rows that say what is not linear go by them: "
        f"{', '.join(first(labels, _MOST_LABELS))}."
    )


def _within_one(step: Step | None) -> Step | None:
    if step is None or step.rate is None or (step.reach is not None and step.reach <= 1):
        return step
    return replace(step, reach=1.0, is_exact=False)


def _is_all_that_moves(reading: Reading, bound: Requirement, place: int) -> bool:
    again = loosened(reading, bound)
    if again is None or again.columns != reading.columns:
        return False
    name = "upper" if bound.kind is Kind.upper_bound else "lower"
    ends = getattr(again.program, name).copy()
    ends[place] = getattr(reading.program, name)[place]
    return _are_same(reading.program, replace(again.program, **{name: ends}))


def _are_same(one: Program, other: Program) -> bool:
    names = "cost", "row_lower", "row_upper", "lower", "upper", "whole"
    matrices = (one.matrix, other.matrix), (one.hessian, other.hessian)
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    for mine, theirs in matrices:
        pairs += [(getattr(mine, n), getattr(theirs, n)) for n in ("row", "column", "value")]
    return one.offset == other.offset and all(np.array_equal(a, b) for a, b in pairs)
