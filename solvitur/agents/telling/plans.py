"""A plan tried in another formulation: what it comes to, and which limits it does not keep to."""

from collections.abc import Iterator
from itertools import pairwise

from solvitur.agents.telling.answered import Answered, Values
from solvitur.agents.telling.named import DIGITS
from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Key
from solvitur.formulation.expression import TURNED, Node
from solvitur.formulation.instance import Row
from solvitur.solvers.words import amount, unit_of

_ALLOWED = {
    "<=": "at most {} is allowed",
    ">=": "at least {} is asked for",
    "==": "exactly {} is asked for",
}


def taken_over(answered: Answered, values: Values) -> Values:
    """Give the plan of another formulation as one for this, with 0 for what is new."""
    plan = {
        name: {
            key: values.get(name, {}).get(key, min(max(0.0, b.lower or 0.0), _top(b.upper)))
            for key, b in entries.items()
        }
        for name, entries in answered.instance.bounds.items()
    }
    for twin, name in answered.twins.items():
        plan[twin] = {key: plan[name][key] for key in plan[twin]}
    return plan


def is_comparable(before: Answered, after: Answered) -> bool:
    """Whether plans of two formulations can be tried in each other.

    Not where each decides what the other does not: then what is alike may only be called otherwise.
    """
    old, new = (
        {(name, key) for name, entries in each.decided.items() for key in entries}
        for each in (before, after)
    )
    return old <= new or new <= old


def comes_to(answered: Answered, values: Values) -> float:
    """Compute the objective of a plan."""
    return answered.instance.evaluator(values).number(answered.instance.objective, {})


def obstacles(answered: Answered, values: Values) -> list[str]:
    """Say every limit that a plan does not keep to: what it comes to, and what is allowed."""
    from solvitur.solvers.verify import broken

    rows = [_missed(answered, row, values) for row in broken(answered.instance, values)]
    return [*rows, *_beyond(answered, values)]


def _missed(answered: Answered, row: Row, values: Values) -> str:
    label = answered.limit(row.rule.constraint.name, row.key)
    evaluator, relation = answered.instance.evaluator(values), row.rule.relation
    sides = [evaluator.number(side, row.binding) for side in relation.operands]
    for place, operator in enumerate(relation.operators):
        if (found := _gap(operator, *sides[place : place + 2])) is None:
            continue
        nodes = relation.operands[place : place + 2]
        left, right = (_side(answered, *side) for side in zip(sides[place:], nodes, strict=False))
        if nodes[0].names.isdisjoint(answered.instance.bounds):
            left, right, found = right, left, TURNED[found]
        return f"{label}: {left}, and {_ALLOWED[found].format(right)}"
    return label


def room_left(answered: Answered, name: str, key: Key) -> str | None:
    """Say how far the plan stays from a limit; ``None`` where it uses it fully."""
    for row in answered.instance.rows():
        if row.rule.constraint.name == name and row.key == key:
            evaluator = answered.instance.evaluator(answered.values)
            operands = row.rule.relation.operands
            sides = [evaluator.number(side, row.binding) for side in operands]
            left = min(abs(one - other) for one, other in pairwise(sides))
            if left <= 1e-6 * max(1.0, *map(abs, sides)):
                return None
            units = (unit_of(side, answered.formulation) for side in operands)
            return amount(left, next(filter(None, units), ""), DIGITS)
    return None


def _side(answered: Answered, value: float, node: Node) -> str:
    return amount(value, unit_of(node, answered.formulation), DIGITS)


def _beyond(answered: Answered, values: Values) -> Iterator[str]:
    """Say every bound that a plan does not keep to."""
    for variable in answered.formulation.variables:
        name, unit = variable.name, variable.unit
        is_whole = variable.domain is not Domain.continuous
        for key, bounds in answered.instance.bounds[name].items():
            value = values[name][key]
            if is_whole and abs(value - round(value)) > 1e-6:
                said = f"{answered.decision(name, key)}: {amount(value, unit, DIGITS)}"
                yield f"{said}, and only whole numbers are allowed"
            for end, word, sign in ((bounds.lower, ">=", 1), (bounds.upper, "<=", -1)):
                if end is not None and sign * (end - value) > 1e-6 * max(1.0, abs(end)):
                    said = f"{answered.decision(name, key)}: {amount(value, unit, DIGITS)}"
                    yield f"{said}, and {_ALLOWED[word].format(amount(end, unit, DIGITS))}"


def _gap(operator: str, left: float, right: float) -> str | None:
    """Give the operator where it does not hold."""
    over = {"<=": left - right, ">=": right - left}.get(operator, abs(left - right))
    return operator if over > 1e-6 * max(1.0, abs(left), abs(right)) else None


def _top(upper: float | None) -> float:
    return float("inf") if upper is None else upper
