"""A formulation with its data resolved.

Every set is listed, every entry of every parameter known, every expression read and checked.
`Instance(formulation, data)` is the one gate: what passes it can be evaluated, lowered to a solver
and verified; what does not raises `InvalidFormulation` with everything that is wrong.
"""

import math
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Parameter,
    Set,
    Variable,
)
from solvitur.formulation.evaluate import Binding, Evaluator, Key, key_of, show_entry, unwrap
from solvitur.formulation.expression import (
    Comparison,
    Logic,
    Loop,
    Node,
    parse,
    parse_elements,
    parse_forall,
)
from solvitur.formulation.scope import Kind, Scope, Symbol
from solvitur.formulation.tables.data import Data, Given

if TYPE_CHECKING:
    from solvitur.formulation.arrays.entries import BoundEntries, Entries
    from solvitur.formulation.arrays.evaluate import ArrayEvaluator
    from solvitur.formulation.arrays.frame import Frame
    from solvitur.formulation.arrays.members import Members

MAX_ENTRIES = 5_000_000
"""Most entries of one indexed element, and most combinations that a set is derived from."""

MAX_CHAIN = 100
"""Most sets and parameters that are derived one from the other, in a row."""


@dataclass(frozen=True)
class Rule:
    """A constraint, read: what it holds for and the relation that holds."""

    constraint: Constraint
    loops: tuple[Loop, ...]
    relation: Comparison
    condition: Node | None = None
    """What ``implies`` puts before the relation: it has to hold only where this does."""


@dataclass(frozen=True)
class Row:
    """One row of a constraint: the rule and what its loop names stand for."""

    rule: Rule
    binding: Binding

    @property
    def key(self) -> Key:
        """What the loop names stand for, in their order; a whole tuple counts for several."""
        return key_of(self.binding)

    @property
    def label(self) -> str:
        """Name it as in ``balance[2, a]``."""
        return show_entry(self.rule.constraint.name, self.key)


class Instance:
    """A formulation that says a model.

    Args:
        formulation: The five elements.
        data: The tables that its sources name: `Data`, or what makes one.

    Attributes:
        formulation: The five elements.
        data: The tables.
        symbols: What each declared name is.
        sets: The elements of each set, in order; a single element is a tuple of one.
        parameters: The entries of each parameter by key; a scalar's key is ``()``.
        bounds: The entries of each variable by key, with their bounds.
        objective: The objective's expression, read.
        rules: The constraints, read.

    Raises:
        InvalidFormulation: With every fault of the first stage that has any: sets, then
            declarations, then expressions, then data.
    """

    def __init__(self, formulation: Formulation, data: Given = None) -> None:
        self.formulation = formulation
        self.data = Data.of(data)
        self.symbols: dict[str, Symbol] = {}
        self.sets: dict[str, Members] = {}
        self.parameters: dict[str, Entries] = {}
        self.bounds: dict[str, BoundEntries] = {}
        self._begun: list[str] = []
        self._broken: set[str] = set()
        for stage in (self._read_sets, self._declare, self._read_expressions, self._read_data):
            faults: list[FormulationError] = []
            stage(faults)
            if faults:
                raise InvalidFormulation(faults)
        self.symbols = {name: self.symbols[name] for name in self._declared}

    def evaluator(self, point: Mapping[str, Mapping[Key, float]] | None = None) -> Evaluator:
        """Give an evaluator over the parameters, and over the variables at a point."""
        return Evaluator(self.sets, {**self.parameters, **(point or {})})

    def arrays(self, point: "Mapping[str, Entries] | None" = None) -> "ArrayEvaluator":
        """Give an evaluator of whole arrays over the parameters, and the variables at a point."""
        from solvitur.formulation.arrays.evaluate import ArrayEvaluator

        index = {name: symbol.index for name, symbol in self.symbols.items()}
        return ArrayEvaluator(self.sets, index, {**self.parameters, **(point or {})})

    def point(self, values: Mapping[str, Mapping[Key, float]]) -> "dict[str, Entries]":
        """Give the values of all variables as arrays.

        Raises:
            KeyError: An entry has no value.
        """
        import numpy as np

        from solvitur.formulation.arrays.entries import Entries

        point = {}
        for name, bounds in self.bounds.items():
            found = values[name]
            if not isinstance(found, Entries):
                array = np.array([found[key] for key in bounds], dtype=np.float64)
                found = Entries(self.axes(self.symbols[name].index), array)
            point[name] = found
        return point

    def rows(self) -> Iterator[Row]:
        """Give every row of every constraint, in order."""
        evaluator = self.evaluator()
        for rule in self.rules:
            loops = self.loops(rule)
            if loops is not None:
                for binding in evaluator.bindings(loops, {}):
                    yield Row(rule, binding)

    def loops(self, rule: Rule) -> tuple[Loop, ...] | None:
        """Give the loops of a constraint, limited by what is known of its condition.

        ``None`` where there are no loops, and its condition is known to fail.
        """
        match rule.condition:
            case None:
                return rule.loops
            case Logic("and", items):
                parts = items
            case condition:
                parts = (condition,)
        known = tuple(part for part in parts if part.names.isdisjoint(self.bounds))
        if rule.loops:
            *outer, last = rule.loops
            return (*outer, replace(last, conditions=(*last.conditions, *known)))
        return () if all(self.evaluator().holds(part, {}) for part in known) else None

    def is_conditional(self, rule: Rule) -> bool:
        """Whether it is known only after solving where a constraint has to hold."""
        return rule.condition is not None and not rule.condition.names.isdisjoint(self.bounds)

    @cached_property
    def frames(self) -> "tuple[tuple[Rule, Frame], ...]":
        """Each constraint with all that it holds for at once, as `rows` has it one by one."""
        arrays, found = self.arrays(), []
        for rule in self.rules:
            loops = self.loops(rule)
            if loops is not None:
                found.append((rule, arrays.expand(loops)[0]))
        return tuple(found)

    def axes(self, index: tuple[str, ...]) -> "tuple[Members, ...]":
        """Give the sets that something is indexed by."""
        return tuple(self.sets[name] for name in index)

    def _read_sets(self, faults: list[FormulationError]) -> None:
        self._sets = {declared.name: declared for declared in self.formulation.sets}
        self._parameters = {declared.name: declared for declared in self.formulation.parameters}
        self._declared = {
            **dict.fromkeys(self._sets, Symbol(Kind.set)),
            **dict.fromkeys(self._parameters, Symbol(Kind.parameter)),
            **{variable.name: Symbol(Kind.variable) for variable in self.formulation.variables},
        }
        for name in self._sets:
            with _collecting(faults, f"set '{name}'"):
                self._need(name)

    def _declare(self, faults: list[FormulationError]) -> None:
        for kind, elements in (
            (Kind.parameter, self.formulation.parameters),
            (Kind.variable, self.formulation.variables),
        ):
            for element in elements:
                with _collecting(faults, f"{kind.value} '{element.name}'"):
                    if element.name not in self.symbols:
                        self.symbols[element.name] = self._symbol(kind, element)
        if not self.formulation.variables:
            faults.append(FormulationError("there is no variable; declare what is to be decided"))

    def _need(self, name: str) -> None:
        """Resolve a set or a parameter, after what it is derived from.

        Raises:
            FormulationError: With the element it is in; silent where it was raised before.
        """
        if name in self._broken:
            raise _Reported
        if name in self.sets or name in self.parameters:
            return
        kind = Kind.set if name in self._sets else Kind.parameter
        if name in self._begun:
            circle = " -> ".join([*self._begun[self._begun.index(name) :], name])
            raise FormulationError(f"it is derived from itself: {circle}")
        if len(self._begun) == MAX_CHAIN:
            raise FormulationError(
                f"more than {MAX_CHAIN} sets and parameters are derived one from the other; "
                "derive it from fewer"
            )
        self._begun.append(name)
        try:
            if kind is Kind.set:
                self._resolve_set(self._sets[name])
            else:
                self._resolve_parameter(self._parameters[name])
        except FormulationError as error:
            self._broken.add(name)
            error.element = error.element or f"{kind.value} '{name}'"
            raise
        finally:
            self._begun.pop()

    def _need_all(self, *nodes: Node) -> None:
        """Resolve every set and parameter that occurs; a variable is known only after solving."""
        for name in sorted(frozenset[str]().union(*(node.names for node in nodes))):
            if name in self._sets or name in self._parameters:
                self._need(name)

    def _resolve_set(self, declared: Set) -> None:
        from solvitur.formulation.arrays.members import Members

        for name in declared.within:
            if name not in self._sets:
                Scope(self.symbols).unknown(name, None, Kind.set)
            self._need(name)
        elements = Members(self._elements(declared))
        numeric = self._shape(declared, elements)
        self._check_within(declared, elements, len(numeric))
        self.sets[declared.name] = elements
        self.symbols[declared.name] = Symbol(Kind.set, dimension=len(numeric), numeric=numeric)

    def _elements(self, declared: Set) -> tuple[Key, ...]:
        if declared.source is not None:
            return _distinct(self.data.elements(declared.source))
        if declared.expression is None:
            return _listed(declared)
        element, loops = parse_elements(declared.expression)
        self._need_all(element, *loops)
        self._scope("'for'").enter(loops).check_element(element)
        combinations = math.prod(len(self.sets[loop.domain.name]) for loop in loops)
        if combinations > MAX_ENTRIES:
            raise FormulationError(
                f"it is derived from {combinations:,} combinations; at most {MAX_ENTRIES:,} are "
                "looked at: derive it from smaller sets"
            )
        return _distinct(tuple(dict.fromkeys(self._each(element, loops))))

    def _each(self, element: Node, loops: tuple[Loop, ...]) -> Iterator[Key]:
        """Compute an element in every binding, all at once where that is possible."""
        from solvitur.formulation.arrays.frame import NotInArrays

        arrays = self.arrays()
        try:
            frame, _ = arrays.expand(loops)
            return arrays.keys(element, frame)
        except NotInArrays:
            evaluator = self.evaluator()
            return (evaluator.key((element,), b) for b in evaluator.bindings(loops, {}))

    def _shape(self, declared: Set, elements: tuple[Key, ...]) -> tuple[bool, ...]:
        """Say of each place of an element, also where there is none, if it holds integers."""
        if elements:
            return tuple(
                all(isinstance(element[place], int) for element in elements)
                for place in range(len(elements[0]))
            )
        if declared.expression is not None:
            element, loops = parse_elements(declared.expression)
            return self._scope("'for'").enter(loops).check_element(element)
        if declared.within:
            return tuple(flag for name in declared.within for flag in self.symbols[name].numeric)
        return (True,) * (len(declared.source.keys) if declared.source is not None else 1)

    def _check_within(self, declared: Set, elements: tuple[Key, ...], dimension: int) -> None:
        if not declared.within:
            return
        width = sum(self.symbols[name].dimension for name in declared.within)
        if width != dimension:
            raise FormulationError(
                f"its elements have length {dimension}, those within "
                f"{', '.join(declared.within)} have length {width}"
            )
        for element in elements:
            start = 0
            for name in declared.within:
                end = start + self.symbols[name].dimension
                if element[start:end] not in self.sets[name].positions:
                    part = unwrap(element[start:end])
                    raise FormulationError(
                        f"{part!r} is not an element of '{name}', which it is to be within; "
                        "correct it or extend that set"
                    )
                start = end

    def _check_filled(self, declared: Parameter) -> None:
        """Say of listed values that a table without rows leaves no key for them."""
        for name in declared.index if declared.values else ():
            source = self._sets[name].source
            if source is not None and not self.sets[name]:
                raise FormulationError(
                    f"it has values, but the set '{name}' has no element: the table "
                    f"{source.file!r} has no rows"
                )

    def _resolve_parameter(self, declared: Parameter) -> None:
        self.symbols.setdefault(declared.name, self._symbol(Kind.parameter, declared))
        if declared.source is not None:
            import numpy as np

            from solvitur.formulation.arrays.entries import Entries

            index = [(name, self.sets[name]) for name in declared.index]
            found = self.data.values(declared.source, index, declared.default)
            if not isinstance(found, Entries):
                found = Entries(self.axes(declared.index), np.array(list(found.values())))
            values = found
        elif declared.expression is not None:
            values = self._derived(declared, parse(declared.expression))
        else:
            from solvitur.formulation.arrays.values import read_values

            self._check_filled(declared)
            values = read_values(declared, self.axes(declared.index))
        self.parameters[declared.name] = values

    def _derived(self, declared: Parameter, node: Node) -> "Entries":
        loops = parse_forall(declared.over) if declared.over.strip() else ()
        _check_over(declared, loops)
        self._need_all(node)
        inner = self._scope("'over'").enter(loops)
        inner.refuse_variables(node, "a parameter")
        inner.check_number(node)
        return self._computed(node, declared.index, loops)

    def _computed(self, node: Node, index: tuple[str, ...], loops: tuple[Loop, ...]) -> "Entries":
        """Compute an expression for every key over the index sets; `loops` name the indices."""
        import numpy as np

        from solvitur.formulation.arrays.entries import Entries
        from solvitur.formulation.arrays.frame import NotInArrays

        axes, arrays = self.axes(index), self.arrays()
        try:
            frame, _ = arrays.expand(loops)
            values = arrays.number(node, frame)
        except NotInArrays:
            values = np.array(list(self._one_by_one(node, loops)), dtype=np.float64)
        if not loops:
            values = np.full([len(axis) for axis in axes], values[0])
        return Entries(axes, np.array(values))

    def _one_by_one(self, node: Node, loops: tuple[Loop, ...]) -> Iterator[float]:
        evaluator = self.evaluator()
        for binding in evaluator.bindings(loops, {}):
            try:
                yield evaluator.number(node, binding)
            except FormulationError as error:
                raise _within(binding, error) from None

    def _scope(self, binder: str) -> Scope:
        """Give what is declared anywhere: a name is taken before it is resolved."""
        return Scope(ChainMap(self.symbols, self._declared), binder=binder)

    def _symbol(self, kind: Kind, element: Parameter | Variable) -> Symbol:
        dimension, entries = 0, 1
        for name in element.index:
            if name not in self._sets:
                Scope(self.symbols).unknown(name, None, Kind.set)
            self._need(name)
            dimension += self.symbols[name].dimension
            entries *= len(self.sets[name])
        if entries > MAX_ENTRIES:
            raise FormulationError(
                f"it has {entries:,} entries; at most {MAX_ENTRIES:,} are built: "
                "index it by a set of the tuples that are needed"
            )
        return Symbol(kind, index=element.index, dimension=dimension)

    def _read_expressions(self, faults: list[FormulationError]) -> None:
        scope = Scope(self.symbols)
        with _collecting(faults, "objective"):
            self.objective: Node = parse(self.formulation.objective.expression)
            if isinstance(self.objective, Comparison):
                raise FormulationError("the objective is a number to optimize, not a relation")
            Scope(self.symbols, binder="'sum'").check_number(self.objective)
        rules: list[Rule] = []
        for constraint in self.formulation.constraints:
            with _collecting(faults, f"constraint '{constraint.name}'"):
                rules.append(self._rule(constraint, scope))
        self.rules = tuple(rules)
        for variable in self.formulation.variables:
            with _collecting(faults, f"variable '{variable.name}'"):
                self._check_bounds(variable)

    def _rule(self, constraint: Constraint, scope: Scope) -> Rule:
        loops = parse_forall(constraint.forall) if constraint.forall.strip() else ()
        inner = scope.enter(loops)
        condition, relation = inner.check_constraint(parse(constraint.expression))
        return Rule(constraint, loops, relation, condition)

    def _check_bounds(self, variable: Variable) -> None:
        loops = parse_forall(variable.over) if variable.over.strip() else ()
        _check_over(variable, loops)
        inner = Scope(self.symbols, binder="'over'").enter(loops)
        for bound in (variable.lower, variable.upper):
            if isinstance(bound, str):
                node = parse(bound)
                inner.check_number(node)
                inner.refuse_variables(node, "a bound")

    def _read_data(self, faults: list[FormulationError]) -> None:
        for name in self._parameters:
            with _collecting(faults, f"parameter '{name}'"):
                self._need(name)
        if faults:
            return
        for variable in self.formulation.variables:
            with _collecting(faults, f"variable '{variable.name}'"):
                self.bounds[variable.name] = self._bounds(variable)
        if faults:
            return
        with _collecting(faults, "objective"):
            self._try((self.objective,), ())
        for rule in self.rules:
            with _collecting(faults, f"constraint '{rule.constraint.name}'"):
                loops = self.loops(rule)
                if loops is not None:
                    condition = () if rule.condition is None else (rule.condition,)
                    self._try((*condition, *rule.relation.operands), loops)

    def _try(self, nodes: tuple[Node, ...], loops: tuple[Loop, ...]) -> None:
        """Look up every entry that expressions touch, to find those that are not there."""
        from solvitur.formulation.arrays.frame import NotInArrays

        arrays = self.arrays()
        try:
            frame, _ = arrays.expand(loops)
            for node in nodes:
                for _ in arrays.entries(node, frame, self.bounds):
                    pass
        except NotInArrays:
            evaluator = self.evaluator()
            for binding in evaluator.bindings(loops, {}):
                try:
                    for node in nodes:
                        for _ in evaluator.entries(node, binding, self.bounds):
                            pass
                except FormulationError as error:
                    raise _within(binding, error) from None

    def _bounds(self, variable: Variable) -> "BoundEntries":
        import numpy as np

        from solvitur.formulation.arrays.entries import BoundEntries

        loops = parse_forall(variable.over) if variable.over.strip() else ()
        axes, sides = self.axes(variable.index), []
        for bound, none in ((variable.lower, -np.inf), (variable.upper, np.inf)):
            if isinstance(bound, str):
                sides.append(self._computed(parse(bound), variable.index, loops).array)
            else:
                shape = [len(axis) for axis in axes]
                sides.append(np.full(shape, none if bound is None else float(bound)))
        lower, upper = sides
        if variable.domain is Domain.binary:
            lower, upper = np.maximum(0.0, lower), np.minimum(1.0, upper)
        return BoundEntries(axes, lower, upper)


@contextmanager
def _collecting(faults: list[FormulationError], element: str) -> Iterator[None]:
    try:
        yield
    except _Reported:
        pass
    except FormulationError as error:
        found = error.faults if isinstance(error, InvalidFormulation) else (error,)
        for fault in found:
            fault.element = fault.element or error.element or element
        faults.extend(found)


class _Reported(FormulationError):
    """A fault that is among the faults already."""

    def __init__(self) -> None:
        super().__init__("reported before")


def _within(binding: Binding, error: FormulationError) -> FormulationError:
    """Say for which indices an error came up."""
    where = ", ".join(f"{name} = {value}" for name, value in binding.items())
    message = f"for {where}: {error.message}" if where else error.message
    return FormulationError(message, column=error.column)


def _check_over(declared: Parameter | Variable, loops: tuple[Loop, ...]) -> None:
    over = tuple(loop.domain.name for loop in loops)
    if loops and (over != declared.index or any(loop.conditions for loop in loops)):
        raise FormulationError(
            f"'over' names one index for each set of 'index' ({', '.join(declared.index)}),"
            " in that order and without conditions"
        )


def _listed(declared: Set) -> tuple[Key, ...]:
    if declared.range is not None:
        first, last = declared.range
        if last - first >= MAX_ENTRIES:
            raise FormulationError(f"the range has more than {MAX_ENTRIES:,} elements")
        return tuple((number,) for number in range(first, last + 1))
    listed = declared.elements or ()
    elements = tuple(entry if isinstance(entry, tuple) else (entry,) for entry in listed)
    return _distinct(elements)


def _distinct(elements: tuple[Key, ...]) -> tuple[Key, ...]:
    if len({len(element) for element in elements}) > 1 or () in elements:
        raise FormulationError("its elements must all be single, or tuples of one length")
    seen: set[tuple[str, ...]] = set()
    for element in elements:
        words = tuple(map(str, element))
        if words in seen:
            raise FormulationError(f"the element {unwrap(element)!r} occurs twice")
        seen.add(words)
    return elements
