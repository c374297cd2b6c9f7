"""Which class of problem a formulation is: LP, MILP, QP, MIQP, NLP or MINLP."""

import math
from collections.abc import Collection
from enum import StrEnum

from solvitur.errors import FormulationError
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Item,
    Name,
    Node,
    Piecewise,
)
from solvitur.formulation.instance import Instance, Rule


class ProblemClass(StrEnum):
    """What kind of solver a problem needs.

    QP and MIQP have a quadratic objective and linear constraints; a quadratic constraint, or
    anything beyond, makes NLP or MINLP.
    """

    LP = "LP"
    MILP = "MILP"
    QP = "QP"
    MIQP = "MIQP"
    NLP = "NLP"
    MINLP = "MINLP"

    @property
    def is_linear(self) -> bool:
        """Whether the objective and all rows are linear, with whole numbers or without.

        Example:
            >>> [kind.value for kind in ProblemClass if kind.is_linear]
            ['LP', 'MILP']
        """
        return self in (ProblemClass.LP, ProblemClass.MILP)


def classify(instance: Instance) -> ProblemClass:
    """Find the class from the degree of every expression.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> square = Formulation.model_validate({
        ...     "variables": [{"name": "x"}],
        ...     "objective": {"sense": "minimize", "expression": "(x - 3) ** 2"}})
        >>> classify(Instance(square)).value
        'QP'
    """
    rows = max((_degree_of(rule, instance) for rule in instance.rules), default=0)
    goal = max_degree(instance.objective, instance)
    kind = "LP" if goal <= 1 and rows <= 1 else "QP" if goal <= 2 and rows <= 1 else "NLP"
    if not instance.formulation.is_integer:
        return ProblemClass(kind)
    return ProblemClass({"LP": "MILP", "QP": "MIQP", "NLP": "MINLP"}[kind])


def _degree_of(rule: Rule, instance: Instance) -> float:
    if instance.is_conditional(rule):
        return math.inf
    return max_degree(rule.relation, instance)


def max_degree(node: Node, instance: Instance) -> float:
    """Find the degree in the variables; infinite beyond polynomials.

    An upper bound: ``0 * x`` counts as degree 1, ``x - x`` too.
    """
    return _degree(node, instance, instance.bounds)


def _degree(node: Node, instance: Instance, variables: Collection[str]) -> float:
    if node.names.isdisjoint(variables):
        return 0
    if isinstance(node, Name | Item):
        return 1
    below = [_degree(child, instance, variables) for child in node.children()]
    match node:
        case Arithmetic("*"):
            return sum(below)
        case Arithmetic("/"):
            return below[0] if below[1] == 0 else math.inf
        case Arithmetic("**", _, power):
            return below[0] * _whole_power(power, instance) if below[1] == 0 else math.inf
        case Call() | Piecewise():
            return math.inf
        case Aggregate(function) if function != "sum":
            return math.inf
        case _:
            return max(below)


def _whole_power(node: Node, instance: Instance) -> float:
    try:
        power = instance.evaluator().number(node, {})
    except (FormulationError, KeyError):
        return math.inf  # the power depends on a loop
    return power if power >= 0 and float(power).is_integer() else math.inf
