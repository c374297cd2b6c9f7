"""The best value of a small formulation by trying every point of its box."""

import itertools
from collections.abc import Iterator

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Sense
from solvitur.formulation.evaluate import Evaluator, Key
from solvitur.formulation.instance import Instance, Row

Point = dict[str, dict[Key, float]]


def points(instance: Instance) -> Iterator[Point]:
    """Every whole point within the bounds."""
    entries = [(name, key) for name, bounds in instance.bounds.items() for key in bounds]
    boxes = []
    for name, key in entries:
        bounds = instance.bounds[name][key]
        assert bounds.lower is not None
        assert bounds.upper is not None
        boxes.append(range(int(bounds.lower), int(bounds.upper) + 1))
    for values in itertools.product(*boxes):
        point: Point = {name: {} for name in instance.bounds}
        for (name, key), value in zip(entries, values, strict=True):
            point[name][key] = value
        yield point


def holds(row: Row, evaluator: Evaluator) -> bool:
    """Whether a row holds; outside of its functions' domain it does not."""
    try:
        rule = row.rule
        if rule.condition is not None and not evaluator.holds(rule.condition, row.binding):
            return True
        sides = [evaluator.number(side, row.binding) for side in rule.relation.operands]
    except FormulationError:
        return False
    slack = 1e-9
    for place, operator in enumerate(rule.relation.operators):
        over = sides[place] - sides[place + 1]
        if (operator != ">=" and over > slack) or (operator != "<=" and over < -slack):
            return False
    return True


def best(instance: Instance) -> float | None:
    """The best objective over the box; ``None`` where no point is feasible."""
    found: list[float] = []
    rows = list(instance.rows())
    for point in points(instance):
        evaluator = instance.evaluator(point)
        if all(holds(row, evaluator) for row in rows):
            try:
                found.append(evaluator.number(instance.objective, {}))
            except FormulationError:
                continue
    if not found:
        return None
    return min(found) if instance.formulation.objective.sense is Sense.minimize else max(found)
