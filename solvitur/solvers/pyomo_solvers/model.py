"""A formulation as a Pyomo model."""

import operator
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pyomo.environ as pyo

from solvitur.formulation.elements import Domain, Formulation, Sense
from solvitur.formulation.evaluate import Binding, Evaluator, Key, unwrap
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Item,
    Name,
    Negative,
    Node,
    Piecewise,
)
from solvitur.formulation.instance import Instance, Row
from solvitur.formulation.tables.data import Given

_DOMAINS = {
    Domain.continuous: pyo.Reals,
    Domain.integer: pyo.Integers,
    Domain.binary: pyo.Binary,
}
_SENSES = {Sense.minimize: pyo.minimize, Sense.maximize: pyo.maximize}
_FUNCTIONS = {
    "abs": abs,
    "exp": pyo.exp,
    "log": pyo.log,
    "log10": pyo.log10,
    "sqrt": pyo.sqrt,
    "sin": pyo.sin,
    "cos": pyo.cos,
    "tan": pyo.tan,
}
_ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
FEW = 8
"""Terms whose least or greatest is one expression."""

Lowered = Any
"""A number, or a Pyomo expression."""


def to_pyomo(formulation: Formulation, data: Given = None) -> pyo.ConcreteModel:
    """Build a Pyomo model with the formulation's own names, to solve or to go on with.

    A constraint that shares its name with a set or a variable, or any name that Pyomo keeps for
    itself, gets ``_`` appended.

    Args:
        formulation: The five elements.
        data: The tables that the formulation names: a folder, tables by name, or `Data`.

    Raises:
        InvalidFormulation: The formulation does not say a model.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": "x", "upper": 4}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x"}})
        >>> to_pyomo(formulation).x.ub
        4.0
    """
    return Lowering(Instance(formulation, data)).model


class Lowering:
    """A Pyomo model under construction, and where each variable went.

    Attributes:
        model: The finished Pyomo model.
        variables: The Pyomo variable of each entry.
        objective: The Pyomo objective, whatever name it got.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.evaluator: Evaluator = instance.evaluator()
        self.model = pyo.ConcreteModel(name=instance.formulation.title or "formulation")
        self.variables: dict[str, dict[Key, Any]] = {}
        self._ends: list[tuple[float, Lowered, float]] = []
        self._add_sets()
        self._add_variables()
        self._add_objective()
        self._add_constraints()
        self._add_ends()

    def _add(self, name: str, component: Any) -> Any:
        while hasattr(self.model, name):
            name += "_"
        self.model.add_component(name, component)
        return component

    def _add_sets(self) -> None:
        self.sets: dict[str, Any] = {}
        for declared in self.instance.formulation.sets:
            elements = self.instance.sets[declared.name]
            members = [unwrap(element) for element in elements]
            dimension = self.instance.symbols[declared.name].dimension
            component = pyo.Set(initialize=members, dimen=dimension, doc=declared.doc or None)
            self.sets[declared.name] = self._add(declared.name, component)

    def _add_variables(self) -> None:
        for declared in self.instance.formulation.variables:
            bounds = self.instance.bounds[declared.name]
            index = [self.sets[name] for name in declared.index]
            component = self._add(
                declared.name,
                pyo.Var(
                    *index,
                    domain=_DOMAINS[declared.domain],
                    doc=declared.doc or None,
                ),
            )
            entries = {key: component[unwrap(key)] if key else component for key in bounds}
            for key, entry in entries.items():
                entry.bounds = (bounds[key].lower, bounds[key].upper)
            self.variables[declared.name] = entries

    def _add_objective(self) -> None:
        stated = self.instance.formulation.objective
        expression = self._lower(self.instance.objective, {})
        self.objective = self._add(
            "objective",
            pyo.Objective(expr=expression, sense=_SENSES[stated.sense], doc=stated.doc or None),
        )

    def _add_constraints(self) -> None:
        components: dict[str, Any] = {}
        for constraint in self.instance.formulation.constraints:
            component = pyo.Constraint(pyo.Any, doc=constraint.doc or None)
            components[constraint.name] = self._add(constraint.name, component)
        for row in self.instance.rows():
            component = components[row.rule.constraint.name]
            for place, relation in enumerate(self._relations(row)):
                links = (place + 1,) if len(row.rule.relation.operators) > 1 else ()
                component[unwrap(row.key + links) if row.key + links else None] = relation

    def _relations(self, row: Row) -> Iterable[Any]:
        """Give a Pyomo relation for each link of the chain; those that always hold are left out."""
        relation: Comparison = row.rule.relation
        sides = [self._lower(operand, row.binding) for operand in relation.operands]
        for place, symbol in enumerate(relation.operators):
            left, right = sides[place], sides[place + 1]
            if isinstance(left, float | int) and isinstance(right, float | int):
                if not _holds(left, symbol, right):
                    yield self._false()
                continue
            if symbol == "<=":
                yield left <= right
            elif symbol == ">=":
                yield left >= right
            else:
                yield left == right

    def _false(self) -> Any:
        """Give a row that no point satisfies; Pyomo refuses a plain False."""
        every = (v for entries in self.variables.values() for v in entries.values())
        anything = next(every, None)
        if anything is None:  # every variable is indexed by an empty set
            anything = self._add("nothing", pyo.Var())
        return (1, 0 * anything, None)

    def _lower(self, node: Node, binding: Binding) -> Lowered:
        if node.names.isdisjoint(self.variables):
            return self.evaluator.number(node, binding)
        match node:
            case Name(name):
                return self.variables[name][()]
            case Item(name, keys):
                return self.variables[name][self.evaluator.key(keys, binding)]
            case Negative(operand):
                return -self._lower(operand, binding)
            case Arithmetic(symbol, left, right):
                sides = self._lower(left, binding), self._lower(right, binding)
                return _ARITHMETIC[symbol](*sides)
            case Aggregate(function, body, loops):
                terms = [self._lower(body, b) for b in self.evaluator.bindings(loops, binding)]
                return self._aggregate(function, terms)
            case Call(function, arguments):
                values = [self._lower(argument, binding) for argument in arguments]
                if function in ("min", "max"):
                    return self._aggregate(function, values)
                return _FUNCTIONS[function](values[0])
            case Piecewise(argument):
                points = self.evaluator.points(node, binding)
                return self._lines(self._lower(argument, binding), points)
        raise TypeError(f"not an expression: {node!r}")

    def _aggregate(self, function: str, terms: list[Lowered]) -> Lowered:
        if function == "sum":
            return pyo.quicksum(terms)
        if function == "prod":
            return pyo.prod(terms)
        while len(terms) > FEW:
            groups = [terms[n : n + FEW] for n in range(0, len(terms), FEW)]
            terms = [self._named(function, _in_pairs(function, group)) for group in groups]
        return _in_pairs(function, terms)

    def _named(self, function: str, part: Lowered) -> Lowered:
        """Give the extreme of a few terms a name, so that it is written once wherever it stands."""
        if isinstance(part, float | int):
            return part
        name = f"{function} of few"  # no name of a formulation has a space
        if self.model.component(name) is None:
            self.model.add_component(name, pyo.Expression(pyo.PositiveIntegers))
        parts = self.model.component(name)
        number = len(parts) + 1
        parts[number] = part
        return parts[number]

    def _lines(self, at: Lowered, points: list[tuple[float, float]]) -> Lowered:
        """Lower the first of the lines through points, and what each bend adds beyond it.

        What is beyond a point is (u + |u|) / 2 with u the distance from it.
        """
        self._ends.append((points[0][0], at, points[-1][0]))
        slopes = [(high - low) / (right - left) for (left, low), (right, high) in pairwise(points)]
        total = points[0][1] + slopes[0] * (at - points[0][0])
        for (before, after), (bend, _) in zip(pairwise(slopes), points[1:], strict=False):
            total += (after - before) / 2 * (at - bend + abs(at - bend))
        return total

    def _add_ends(self) -> None:
        """Keep what lines go through points for within those points."""
        if self._ends:
            within = self._add("within_points", pyo.ConstraintList())
            for end in self._ends:
                within.add(end)


def _in_pairs(function: str, terms: list[Lowered]) -> Lowered:
    # max(a, b) = (a + b + |a - b|) / 2, which a nonlinear solver can read. Each side stands in it
    # twice, so pairs are joined in a balanced tree: the size grows as n squared, not as 2 ** n.
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    left, right = _in_pairs(function, terms[:middle]), _in_pairs(function, terms[middle:])
    distance = abs(left - right)
    return (left + right + (distance if function == "max" else -distance)) / 2


def _holds(left: float, symbol: str, right: float) -> bool:
    slack = 1e-9 * max(1.0, abs(left), abs(right))
    if symbol == "<=":
        return left <= right + slack
    if symbol == ">=":
        return left >= right - slack
    return abs(left - right) <= slack
