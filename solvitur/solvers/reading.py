"""A linear or quadratic program that remembers what it is in the formulation."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from solvitur.errors import Unsupported
from solvitur.formulation.classify import ProblemClass, classify, max_degree
from solvitur.formulation.elements import Constraint, Domain, Variable
from solvitur.formulation.evaluate import Key
from solvitur.formulation.expression import Aggregate, Arithmetic, Comparison, Negative, Node
from solvitur.formulation.instance import Instance, Row
from solvitur.formulation.linearise import linearise
from solvitur.formulation.linearise.rewriting import has_terms
from solvitur.formulation.printing import show_number
from solvitur.formulation.wording.nouns import Nouns
from solvitur.solvers.curvature import quadratic
from solvitur.solvers.diagnosis.findings import Kind, Requirement
from solvitur.solvers.highs.quadratic import is_convex
from solvitur.solvers.linear import Linear
from solvitur.solvers.program import Flags, Places, Program
from solvitur.solvers.words import linear, tidy, unit_of


@dataclass(frozen=True)
class Side:
    """The constant side of a row: the number at the end of its text."""

    value: float
    """As the formulation writes it; in ``3 * x + 5 <= 40`` it is 40, though the text ends in 35."""
    turn: int
    """1 where it moves as the bound of the program's row does, -1 where it moves against it."""
    unit: str


class Reading:
    """A program with the names of its rows and columns.

    What `linearise` adds to an element is *added*: it is told of under the element's name.

    Raises:
        Unsupported: A constraint is not linear, nor can be said by linear rows.

    Attributes:
        original: The formulation.
        instance: The same, said by linear rows.
        has_objective: Whether the objective can be solved together with these rows: where it is
            linear, or quadratic and convex without whole numbers.
        program: The same as arrays; without an objective where that cannot be solved.
        lower: The lower bounds as they are written: those of whole numbers need not be whole.
        upper: The upper ones.
    """

    def __init__(self, original: Instance) -> None:
        rewritten = linearise(original, from_rows=False)
        self.original = original
        self.instance = instance = rewritten.instance
        self._origins = rewritten.origins
        for rule in instance.rules:
            if max_degree(rule.relation, instance) > 1:
                name = rule.constraint.name
                raise Unsupported(_not_linear(self._origins.get(name, f"constraint '{name}'")))
        kind = classify(instance)
        linear = Linear(instance)
        self.rows = linear.rows
        self.program: Program = linear.program if kind.is_linear else quadratic(linear)
        self.columns = linear.columns
        bounds = instance.bounds.values()
        self.lower = np.concatenate([each.lower.array.reshape(-1) for each in bounds])
        self.upper = np.concatenate([each.upper.array.reshape(-1) for each in bounds])
        self._measure_constant_rows()
        self.has_objective = kind.is_linear or (
            kind is ProblemClass.QP and is_convex(self.program.hessian)
        )
        if not self.has_objective:
            self.program = self.program.without_objective()

    def _measure_constant_rows(self) -> None:
        """Give the rows between numbers alone the sides that say how far they are from holding."""
        row_lower, row_upper = self.program.row_lower.copy(), self.program.row_upper.copy()
        for place in np.flatnonzero(self.program.matrix.largest_by_row() == 0).tolist():
            left, right = self._known(place)
            if left is not None and right is not None:
                _, operator = self._relation(place)
                row_lower[place] = -np.inf if operator == "<=" else right - left
                row_upper[place] = np.inf if operator == ">=" else right - left
        self.program = replace(self.program, row_lower=row_lower, row_upper=row_upper)

    @cached_property
    def added_rows(self) -> Flags:
        """Which rows are added."""
        return np.array([row.constraint in self._origins for row in self.rows], dtype=bool)

    @cached_property
    def added_columns(self) -> Flags:
        """Which columns are added."""
        return np.array([c.variable in self._origins for c in self.columns], dtype=bool)

    @cached_property
    def groups(self) -> dict[str, Places]:
        """What is added to each element: rows, lower and upper bounds, and whole numbers.

        They are counted on: first all rows, then all lower bounds, and so on.
        """
        found: dict[str, list[int]] = {}
        rows, size = len(self.rows), len(self.columns)
        for place in np.flatnonzero(self.added_rows).tolist():
            found.setdefault(self._origins[self.rows[place].constraint], []).append(place)
        for place in np.flatnonzero(self.added_columns).tolist():
            places = [rows + place + size * kind for kind in range(3)]
            found.setdefault(self._origins[self.columns[place].variable], []).extend(places)
        return {element: np.array(places) for element, places in found.items()}

    @cached_property
    def rewritten(self) -> frozenset[str]:
        """The constraints that are said by other rows than their own."""
        return frozenset(
            rule.constraint.name
            for rule in self.original.rules
            if rule.condition is not None or max_degree(rule.relation, self.original) > 1
        )

    @cached_property
    def rests_on(self) -> dict[str, frozenset[str]]:
        """The variables whose bounds may be in what says an element by linear rows, as a big M.

        By the name of the constraint, or ``objective``; empty where nothing is rewritten.
        """
        original, variables = self.original, frozenset(self.original.bounds)
        if self.instance is original:
            return {}
        found = {
            rule.constraint.name: (rule.relation.names | rule.condition.names) & variables
            if rule.condition is not None
            else _bent(rule.relation, variables)
            for rule in original.rules
        }
        found["objective"] = _bent(original.objective, variables)
        return {name: names for name, names in found.items() if names}

    @cached_property
    def is_rested_on(self) -> Flags:
        """Which columns have bounds that what is rewritten may go by."""
        names = frozenset[str]().union(*self.rests_on.values())
        return np.array([column.variable in names for column in self.columns], dtype=bool)

    def bounded(self, names: frozenset[str]) -> tuple[str, ...]:
        """Give those of some variables that have a bound that could be another."""
        there = np.isfinite(self.lower) | np.isfinite(self.upper)
        found = {self.columns[place].variable for place in np.flatnonzero(there).tolist()}
        return tuple(
            variable.name
            for variable in self.original.formulation.variables
            if variable.name in names & found and variable.domain is not Domain.binary
        )

    @cached_property
    def conditional(self) -> frozenset[str]:
        """The constraints that hold on a condition."""
        rules = self.original.rules
        return frozenset(rule.constraint.name for rule in rules if rule.condition is not None)

    @cached_property
    def _constraints(self) -> dict[str, Constraint]:
        return {c.name: c for c in self.original.formulation.constraints}

    @cached_property
    def _variables(self) -> dict[str, Variable]:
        return {v.name: v for v in self.instance.formulation.variables}

    @cached_property
    def _bindings(self) -> dict[tuple[str, Key], Row]:
        return {(row.rule.constraint.name, row.key): row for row in self.instance.rows()}

    @cached_property
    def _starts(self) -> Places:
        matrix = self.program.matrix
        return np.searchsorted(matrix.row, np.arange(matrix.rows + 1))

    def column_label(self, place: int) -> str:
        """Name a column as in ``x[chair]``."""
        return str(self.columns[place])

    def variable(self, place: int) -> Variable:
        """Give the variable that a column is an entry of."""
        return self._variables[self.columns[place].variable]

    def doc(self, place: int) -> str:
        """Say what a column is: in the words of its own that the variable's doc has, or in all."""
        column = self.columns[place]
        return self._nouns.own(column.variable, column.key) or self.variable(place).doc

    @cached_property
    def _nouns(self) -> Nouns:
        return Nouns(self._variables.values())

    def of_row(self, place: int) -> Requirement:
        """Say a row in words."""
        name = self.rows[place]
        constraint = self._constraints[name.constraint]
        text = self._row_text(place)
        if name.constraint in self.rewritten:
            binding = self._bindings[name.constraint, name.key].binding
            values = (f"{loop} = {value}" for loop, value in binding.items())
            text = ", ".join([constraint.expression, *values])
        side = self.side(place)
        return Requirement(
            Kind.row,
            name.constraint,
            name.key,
            text,
            constraint.doc,
            side.unit,
            number=side.value,
        )

    def of_element(self, element: str) -> Requirement:
        """Say in words an element of which only what is added is meant."""
        formulation = self.original.formulation
        name = element.removeprefix("constraint '").removesuffix("'")
        if element == name:
            objective = formulation.objective
            return Requirement(Kind.row, name, (), objective.expression, objective.doc)
        constraint = self._constraints[name]
        return Requirement(Kind.row, name, (), constraint.expression, constraint.doc)

    def of_bound(self, place: int, kind: Kind) -> Requirement:
        """Say a bound, or that an entry is to be a whole number, in words."""
        variable, column = self.variable(place), self.columns[place]
        label = str(column)
        if kind is Kind.whole_number:
            words = f"{label} is a whole number"
            return Requirement(kind, variable.name, column.key, words, self.doc(place))
        bound = (self.lower if kind is Kind.lower_bound else self.upper)[place]
        return Requirement(
            kind,
            variable.name,
            column.key,
            f"{label} {'>=' if kind is Kind.lower_bound else '<='} {show_number(tidy(bound))}",
            self.doc(place),
            variable.unit,
            is_assumed=kind is Kind.lower_bound
            and "lower" not in variable.model_fields_set
            and variable.domain is not Domain.binary,
            number=float(bound),
        )

    def requirements(self, members: Flags) -> tuple[Requirement, ...]:
        """Say in words which rows, lower bounds, upper bounds and whole numbers are flagged.

        Of what is added only the element is said, unless a row of its own is said anyway.
        """
        members = members.copy()
        elements = [e for e, places in self.groups.items() if members[places].any()]
        for group in self.groups.values():
            members[group] = False
        cuts = (self.program.matrix.rows + self.program.size * np.arange(3)).tolist()
        rows, *rest = (np.flatnonzero(part).tolist() for part in np.split(members, cuts))
        said = [self.of_row(place) for place in rows]
        kinds = Kind.lower_bound, Kind.upper_bound, Kind.whole_number
        for kind, places in zip(kinds, rest, strict=True):
            said += [self.of_bound(place, kind) for place in places]
        named = {f"constraint '{requirement.name}'" for requirement in said}
        whole = [self.of_element(element) for element in elements if element not in named]
        return (*whole, *said)

    def side(self, place: int) -> Side:
        """Find the constant side of a row."""
        operands, _ = self._relation(place)
        formulation = self.instance.formulation
        order = (1, 0) if self._known(place)[1] is not None else (0, 1)
        unit = next(filter(None, (unit_of(operands[n], formulation) for n in order)), "")
        turn = -1 if self._is_turned(place) else 1
        stated = self._stated(place)
        value = turn * self._bound(place) if stated is None else stated
        return Side(value, turn, unit)

    def _relation(self, place: int) -> tuple[tuple[Node, Node], str]:
        name = self.rows[place]
        relation = self._bindings[name.constraint, name.key].rule.relation
        left, right = relation.operands[name.link : name.link + 2]
        return (left, right), relation.operators[name.link]

    def _known(self, place: int) -> list[float | None]:
        """Evaluate the left and the right side where there is no variable in it."""
        name = self.rows[place]
        binding = self._bindings[name.constraint, name.key].binding
        evaluator, variables = self.instance.evaluator(), self.instance.bounds
        operands, _ = self._relation(place)
        return [
            evaluator.number(side, binding) if side.names.isdisjoint(variables) else None
            for side in operands
        ]

    def _stated(self, place: int) -> float | None:
        """Give the constant side that stands in the formulation.

        There is none where variables stand on both sides, nor where it is 0 and the number that the
        row comes to is on the other side: ``12 - x >= 0``.
        """
        left, right = self._known(place)
        if left is not None and right is not None:
            return right
        value = left if right is None else right
        return value if value or self._bound(place) == 0 else None

    def _bound(self, place: int) -> float:
        low, high = self.program.row_lower[place], self.program.row_upper[place]
        return float(low if np.isfinite(low) else high)

    def _is_turned(self, place: int) -> bool:
        """Whether a row that states no number reads better with all its signs turned."""
        if self._stated(place) is not None:
            return False
        bound, values = self._bound(place), self.program.matrix.value[self._inside(place)]
        return bound < 0 or (bound == 0 and values.size > 0 and bool(values[0] < 0))

    def _inside(self, place: int) -> slice:
        return slice(self._starts[place], self._starts[place + 1])

    def _row_text(self, place: int) -> str:
        left, right = self._known(place)
        if left is not None and right is not None:
            _, operator = self._relation(place)
            return f"{show_number(tidy(left))} {operator} {show_number(tidy(right))}"
        turn = -1 if self._is_turned(place) else 1
        matrix, inside = self.program.matrix, self._inside(place)
        values = (turn * matrix.value[inside]).tolist()
        terms = zip(values, map(self.column_label, matrix.column[inside].tolist()), strict=True)
        low, high = self.program.row_lower[place], self.program.row_upper[place]
        is_upper = np.isfinite(high) == (turn > 0)
        sign = "==" if low == high else "<=" if is_upper else ">="
        return f"{linear(terms)} {sign} {show_number(tidy(turn * self._bound(place)))}"


def _bent(node: Node, variables: frozenset[str]) -> frozenset[str]:
    """Give the variables in the parts of an expression that are not linear."""
    if not has_terms(node, set(variables)):
        return frozenset()
    is_sum = isinstance(node, Aggregate) and node.function == "sum"
    is_plain = isinstance(node, Arithmetic) and node.operator in ("+", "-")
    if is_sum or is_plain or isinstance(node, Comparison | Negative):
        return frozenset[str]().union(*(_bent(child, variables) for child in node.children()))
    return frozenset(node.names) & variables


def _not_linear(element: str) -> str:
    return (
        f"{element} is not linear; conflicts, rays, relaxations and sensitivity are told where "
        "every constraint is linear"
    )
