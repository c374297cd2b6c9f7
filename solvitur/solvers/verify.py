"""A second opinion: a solver's point, judged on the formulation itself."""

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise

import numpy as np

from solvitur.formulation.arrays.evaluate import ArrayEvaluator
from solvitur.formulation.arrays.frame import ONCE, Frame
from solvitur.formulation.arrays.members import Floats, Places
from solvitur.formulation.elements import Constraint, Domain
from solvitur.formulation.evaluate import Key, key_of, show_entry
from solvitur.formulation.expression import Comparison, Logic, Node, without_not
from solvitur.formulation.instance import Instance, Row, Rule
from solvitur.solvers.solution import Verification

TOLERANCE = 1e-6
"""Largest relative violation that counts as none."""


def verify(
    instance: Instance,
    values: Mapping[str, Mapping[Key, float]],
    claimed: float | None,
    *,
    may_be_better: bool = False,
) -> Verification:
    """Recompute every row, bound, integrality and the objective at a point.

    Args:
        instance: The formulation.
        values: A value for each entry of each variable.
        claimed: The objective the solver reports, or ``None``.
        may_be_better: Whether the truth may be better than the claim, as where the solver was
            given a variable that is only at least what the objective counts.
    """
    judge = _Judge(instance, values)
    rows, worst, largest = 0, None, 0.0
    for name, count, violations, key in judge.violations():
        rows += count
        here = int(np.argmax(violations)) if len(violations) else 0
        if len(violations) and violations[here] > largest:
            worst, largest = show_entry(name, key[here]), float(violations[here])
    integrality = max(judge.fractions(), default=0.0)
    objective = float(judge.arrays.number(instance.objective, ONCE)[0])
    worse = 0.0 if claimed is None else objective - claimed
    worse = worse * instance.formulation.objective.sense.sign if may_be_better else abs(worse)
    as_claimed = worse <= TOLERANCE * max(1.0, abs(objective))
    return Verification(
        ok=largest <= TOLERANCE and integrality <= TOLERANCE and as_claimed,
        max_violation=largest,
        worst=worst if largest > TOLERANCE else None,
        integrality=integrality,
        objective=objective,
        rows=rows,
        tolerance=TOLERANCE,
    )


def binding(
    instance: Instance, values: Mapping[str, Mapping[Key, float]]
) -> Iterator[tuple[Constraint, Key]]:
    """Give the rows that a point uses fully: two of their sides are equal, and need not be."""
    arrays = instance.arrays(instance.point(values))
    for rule, frame in instance.frames:
        if "==" in rule.relation.operators or instance.is_conditional(rule):
            continue
        sides = [arrays.number_or_nan(side, frame) for side in rule.relation.operands]
        near = [np.isclose(a, b, rtol=TOLERANCE, atol=TOLERANCE) for a, b in pairwise(sides)]
        for row in np.flatnonzero(np.any(near, axis=0)).tolist():
            yield rule.constraint, key_of(frame.binding(row))


def broken(instance: Instance, values: Mapping[str, Mapping[Key, float]]) -> Iterator[Row]:
    """Give the rows of constraints that do not hold at a point.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> shop = Instance(Formulation.model_validate({
        ...     "variables": [{"name": "x"}],
        ...     "objective": {"sense": "maximize", "expression": "x"},
        ...     "constraints": [{"name": "room", "expression": "2 * x <= 7"}]}))
        >>> [row.label for row in broken(shop, {"x": {(): 4.0}})]
        ['room']
    """
    for rule, frame, violations in _Judge(instance, values).rules():
        for row in np.flatnonzero(violations > TOLERANCE).tolist():
            yield Row(rule, frame.binding(row))


class _Judge:
    """How far each row and bound is from holding at a point."""

    def __init__(self, instance: Instance, values: Mapping[str, Mapping[Key, float]]) -> None:
        self.instance = instance
        self.point = instance.point(values)
        self.arrays: ArrayEvaluator = instance.arrays(self.point)

    def violations(self) -> Iterator[tuple[str, int, Floats, "_Rows | _Entries"]]:
        """Give name, count, violations and keys of each constraint and each side of bounds."""
        for rule, frame, violations in self.rules():
            yield rule.constraint.name, frame.size, violations, _Rows(frame)
        for name, bounds in self.instance.bounds.items():
            value = self.point[name].array.reshape(-1)
            for side, sign in ((bounds.lower, 1), (bounds.upper, -1)):
                limit = side.array.reshape(-1)
                there = np.flatnonzero(np.isfinite(limit))
                over = _relative(sign * (limit - value)[there], limit[there])
                yield f"a bound of {name}", len(there), over, _Entries(side, there)

    def rules(self) -> Iterator[tuple[Rule, Frame, Floats]]:
        """Give each constraint, what it holds for, and the violation of each row."""
        for rule, frame in self.instance.frames:
            yield rule, frame, self._of_rule(rule, frame)

    def fractions(self) -> Iterator[float]:
        """Give how far each integer variable is from whole numbers."""
        for variable in self.instance.formulation.variables:
            if variable.domain is not Domain.continuous:
                value = self.point[variable.name].array
                yield float(np.abs(value - np.rint(value)).max(initial=0.0))

    def _of_rule(self, rule: Rule, frame: Frame) -> Floats:
        """Judge every row; where a function has no value there, nothing holds."""
        sides = [self.arrays.number_or_nan(side, frame) for side in rule.relation.operands]
        worst = np.zeros(frame.size)
        for place, operator in enumerate(rule.relation.operators):
            left, right = sides[place], sides[place + 1]
            over = {"<=": left - right, ">=": right - left}.get(operator, np.abs(left - right))
            worst = np.maximum(worst, _relative(over, left, right))
        worst = np.where(np.isnan(worst), np.inf, worst)
        if rule.condition is None:
            return worst
        return np.minimum(worst, self._margin(rule.condition, frame))

    def _margin(self, condition: Node, frame: Frame) -> Floats:
        """Say how far a condition is from being false; zero where it is.

        A small step makes ``x > 3`` false, and a solver may have taken it. No small step makes
        ``y == 1`` false where y is a whole number, and nothing else is let through as exact.
        """
        if condition.names.isdisjoint(self.instance.bounds):
            return np.where(self.arrays.holds(condition, frame), np.inf, 0.0)
        match without_not(condition):
            case Logic(operator, items):
                margins = [self._margin(item, frame) for item in items]
                combined: Floats = (np.min if operator == "and" else np.max)(margins, axis=0)
                return combined
            case Comparison(operators, operands):
                links = zip(operators, operands, operands[1:], strict=False)
                least: Floats = np.min([self._link_margin(*link, frame) for link in links], axis=0)
                return least
        raise TypeError(f"not a condition: {condition!r}")

    def _link_margin(self, operator: str, left: Node, right: Node, frame: Frame) -> Floats:
        sides = [self.arrays.number_or_nan(side, frame) for side in (left, right)]
        over = {"<": sides[1] - sides[0], ">": sides[0] - sides[1]}
        if operator in (*over, "!="):
            return _relative(over.get(operator, np.abs(sides[0] - sides[1])), *sides)
        short = {"<=": sides[0] - sides[1], ">=": sides[1] - sides[0]}
        missed = _relative(short.get(operator, np.abs(sides[0] - sides[1])), *sides)
        return np.where(missed <= TOLERANCE, np.inf, 0.0)


class _Rows:
    """The key of each row of a constraint."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def __getitem__(self, row: int) -> Key:
        return key_of(self.frame.binding(row))


class _Entries:
    """The key of each of some entries."""

    def __init__(self, entries: Mapping[Key, float], places: Places) -> None:
        self.entries = entries
        self.places = places

    def __getitem__(self, n: int) -> Key:
        return next(islice(self.entries, int(self.places[n]), None))


def _relative(difference: Floats, *sizes: Floats) -> Floats:
    scale = np.ones_like(difference)
    for size in sizes:
        scale = np.maximum(scale, np.abs(size))
    over: Floats = np.maximum(0.0, difference) / scale
    return over
