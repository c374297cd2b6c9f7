"""A second opinion: a solver's point, judged on the formulation itself."""

from collections.abc import Iterator, Mapping

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Evaluator, Key
from solvitur.formulation.instance import Instance, Row, show_entry
from solvitur.solvers.solution import Verification

TOLERANCE = 1e-6
"""Largest relative violation that counts as none."""


def verify(
    instance: Instance, values: Mapping[str, Mapping[Key, float]], claimed: float | None
) -> Verification:
    """Recompute every row, bound, integrality and the objective at a point.

    Args:
        instance: The formulation.
        values: A value for each entry of each variable.
        claimed: The objective the solver reports, or ``None``.
    """
    evaluator = instance.evaluator(values)
    rows, worst, largest = 0, None, 0.0
    for label, violation in _violations(instance, values, evaluator):
        rows += 1
        if violation > largest:
            worst, largest = label, violation
    integrality = max(_fractions(instance, values), default=0.0)
    objective = evaluator.number(instance.objective, {})
    as_claimed = claimed is None or _relative(abs(objective - claimed), objective) <= TOLERANCE
    return Verification(
        ok=largest <= TOLERANCE and integrality <= TOLERANCE and as_claimed,
        max_violation=largest,
        worst=worst if largest > TOLERANCE else None,
        integrality=integrality,
        objective=objective,
        rows=rows,
        tolerance=TOLERANCE,
    )


def _violations(
    instance: Instance, values: Mapping[str, Mapping[Key, float]], evaluator: Evaluator
) -> Iterator[tuple[str, float]]:
    for row in instance.rows():
        yield row.label, _row_violation(row, evaluator)
    for name, entries in instance.bounds.items():
        for key, bounds in entries.items():
            value = values[name][key]
            label = f"a bound of {show_entry(name, key)}"
            if bounds.lower is not None:
                yield label, _relative(bounds.lower - value, bounds.lower)
            if bounds.upper is not None:
                yield label, _relative(value - bounds.upper, bounds.upper)


def _row_violation(row: Row, evaluator: Evaluator) -> float:
    try:
        sides = [evaluator.number(side, row.binding) for side in row.rule.relation.operands]
    except FormulationError:
        return float("inf")  # log of a negative number, say: the point is outside the row's domain
    worst = 0.0
    for place, operator in enumerate(row.rule.relation.operators):
        left, right = sides[place], sides[place + 1]
        over = {"<=": left - right, ">=": right - left}.get(operator, abs(left - right))
        worst = max(worst, _relative(over, left, right))
    return worst


def _fractions(instance: Instance, values: Mapping[str, Mapping[Key, float]]) -> Iterator[float]:
    for variable in instance.formulation.variables:
        if variable.domain is not Domain.continuous:
            yield from (abs(value - round(value)) for value in values[variable.name].values())


def _relative(difference: float, *sizes: float) -> float:
    return max(0.0, difference) / max(1.0, *(abs(size) for size in sizes))
