"""Which numbers on constant sides are others in one formulation than in another."""

import numpy as np

from solvitur.formulation.instance import Instance
from solvitur.solvers.diagnosis.findings import Change, Kind
from solvitur.solvers.program import Program
from solvitur.solvers.reading import Reading


def moves(before: Instance, after: Instance) -> tuple[Change, ...] | None:
    """Give the numbers on constant sides, and the bounds, that are others in the second one.

    ``None`` where anything else is different too: a coefficient, the objective, a row, a variable.

    Raises:
        Unsupported: A constraint is not linear.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> def shop(hours):
        ...     return Instance(Formulation.model_validate({
        ...         "variables": [{"name": "x"}],
        ...         "objective": {"sense": "maximize", "expression": "x"},
        ...         "constraints": [{"name": "labour", "expression": f"2 * x <= {hours}"}]}))
        >>> [str(change) for change in moves(shop(40), shop(30))]
        ['labour: 30 instead of 40 (10 less)']
    """
    old, new = Reading(before), Reading(after)
    if (old.rows, old.columns) != (new.rows, new.columns) or old.added_rows.any():
        return None
    if not _is_of_one_shape(old.program, new.program):
        return None
    changes = [
        Change(old.of_row(place), old.side(place).value, new.side(place).value)
        for place in _moved(old.program, new.program)
    ]
    for kind, was, now in (
        (Kind.lower_bound, old.lower, new.lower),
        (Kind.upper_bound, old.upper, new.upper),
    ):
        for place in np.flatnonzero(was != now).tolist():
            asked = old.of_bound(place, kind)
            changes.append(Change(asked, float(was[place]), float(now[place])))
    return tuple(changes)


def _moved(old: Program, new: Program) -> list[int]:
    is_other = (old.row_lower != new.row_lower) | (old.row_upper != new.row_upper)
    return [int(place) for place in np.flatnonzero(is_other)]


def _is_of_one_shape(old: Program, new: Program) -> bool:
    one, other = old.matrix, new.matrix
    same = (
        (one.row, other.row),
        (one.column, other.column),
        (one.value, other.value),
        (old.cost, new.cost),
        (old.whole, new.whole),
    )
    ends = zip((old.row_lower, old.row_upper), (new.row_lower, new.row_upper), strict=True)
    return (
        all(np.array_equal(a, b) for a, b in same)
        and all(np.array_equal(np.isfinite(a), np.isfinite(b)) for a, b in ends)
        and (old.sign, old.offset) == (new.sign, new.offset)
        and not (old.is_quadratic or new.is_quadratic)
    )
