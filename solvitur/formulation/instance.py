"""A formulation with its data resolved.

Every set is listed, every entry of every parameter known, every expression read and checked.
`Instance(formulation)` is the one gate: what passes it can be evaluated, lowered to a solver and
verified; what does not raises `InvalidFormulation` with everything that is wrong.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Parameter,
    Set,
    Variable,
)
from solvitur.formulation.evaluate import Binding, Evaluator, Key, unwrap
from solvitur.formulation.expression import Comparison, Loop, Node, parse, parse_forall
from solvitur.formulation.scope import Kind, Scope, Symbol

MAX_ENTRIES = 5_000_000
"""Most entries of one indexed element."""


@dataclass(frozen=True)
class Bounds:
    """Bounds of one variable entry; ``None`` is no bound."""

    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Rule:
    """A constraint, read: what it holds for and the relation that holds."""

    constraint: Constraint
    loops: tuple[Loop, ...]
    relation: Comparison


@dataclass(frozen=True)
class Row:
    """One row of a constraint: the rule and what its loop names stand for."""

    rule: Rule
    binding: Binding

    @property
    def key(self) -> Key:
        """What the loop names stand for, in their order; a whole tuple counts for several."""
        return tuple(
            atom
            for value in self.binding.values()
            for atom in (value if isinstance(value, tuple) else (value,))
        )

    @property
    def label(self) -> str:
        """Name it as in ``balance[2, a]``."""
        return show_entry(self.rule.constraint.name, self.key)


def show_entry(name: str, key: Key) -> str:
    """Name one entry: ``x`` or ``x[chair, 2]``.

    Example:
        >>> show_entry("x", ("chair", 2)), show_entry("total", ())
        ('x[chair, 2]', 'total')
    """
    return f"{name}[{', '.join(map(str, key))}]" if key else name


class Instance:
    """A formulation that says a model.

    Attributes:
        formulation: The five elements.
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

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.symbols: dict[str, Symbol] = {}
        self.sets: dict[str, tuple[Key, ...]] = {}
        self.parameters: dict[str, dict[Key, float]] = {}
        self.bounds: dict[str, dict[Key, Bounds]] = {}
        for stage in (self._read_sets, self._declare, self._read_expressions, self._read_data):
            faults: list[FormulationError] = []
            stage(faults)
            if faults:
                raise InvalidFormulation(faults)

    def evaluator(self, point: Mapping[str, Mapping[Key, float]] | None = None) -> Evaluator:
        """Give an evaluator over the parameters, and over the variables at a point."""
        return Evaluator(self.sets, {**self.parameters, **(point or {})})

    def rows(self) -> Iterator[Row]:
        """Give every row of every constraint, in order."""
        evaluator = self.evaluator()
        for rule in self.rules:
            for binding in evaluator.bindings(rule.loops, {}):
                yield Row(rule, binding)

    def keys(self, index: tuple[str, ...]) -> Iterator[Key]:
        """Give every key over a product of sets, in the sets' order."""
        if not index:
            yield ()
            return
        for head in self.sets[index[0]]:
            for tail in self.keys(index[1:]):
                yield head + tail

    def _read_sets(self, faults: list[FormulationError]) -> None:
        for declared in self.formulation.sets:
            with _collecting(faults, f"set '{declared.name}'"):
                elements = _elements(declared)
                self.sets[declared.name] = elements
                dimension = len(elements[0]) if elements else 1
                numeric = tuple(
                    all(isinstance(element[place], int) for element in elements)
                    for place in range(dimension)
                )
                self.symbols[declared.name] = Symbol(Kind.set, dimension=dimension, numeric=numeric)

    def _declare(self, faults: list[FormulationError]) -> None:
        for kind, elements in (
            (Kind.parameter, self.formulation.parameters),
            (Kind.variable, self.formulation.variables),
        ):
            for element in elements:
                with _collecting(faults, f"{kind.value} '{element.name}'"):
                    self.symbols[element.name] = self._symbol(kind, element)
        if not self.formulation.variables:
            faults.append(FormulationError("there is no variable; declare what is to be decided"))

    def _symbol(self, kind: Kind, element: Parameter | Variable) -> Symbol:
        dimension, entries = 0, 1
        for name in element.index:
            if name not in self.sets:
                Scope(self.symbols).unknown(name, None, Kind.set)
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
        relation = inner.check_relation(parse(constraint.expression))
        return Rule(constraint, loops, relation)

    def _check_bounds(self, variable: Variable) -> None:
        loops = parse_forall(variable.over) if variable.over.strip() else ()
        if loops:
            over = tuple(loop.domain.name for loop in loops)
            if over != variable.index or any(loop.conditions for loop in loops):
                raise FormulationError(
                    f"'over' names one index for each set of 'index' ({', '.join(variable.index)}),"
                    " in that order and without conditions"
                )
        inner = Scope(self.symbols, binder="'over'").enter(loops)
        for bound in (variable.lower, variable.upper):
            if isinstance(bound, str):
                node = parse(bound)
                inner.check_number(node)
                inner.refuse_variables(node, "a bound")

    def _read_data(self, faults: list[FormulationError]) -> None:
        for parameter in self.formulation.parameters:
            with _collecting(faults, f"parameter '{parameter.name}'"):
                self.parameters[parameter.name] = self._values(parameter)
        if faults:
            return
        for variable in self.formulation.variables:
            with _collecting(faults, f"variable '{variable.name}'"):
                self.bounds[variable.name] = self._bounds(variable)
        if faults:
            return
        evaluator = self.evaluator()
        with _collecting(faults, "objective"):
            for _ in evaluator.entries(self.objective, {}, self.bounds):
                pass
        for rule in self.rules:
            with _collecting(faults, f"constraint '{rule.constraint.name}'"):
                self._try_rule(rule, evaluator)

    def _try_rule(self, rule: Rule, evaluator: Evaluator) -> None:
        for binding in evaluator.bindings(rule.loops, {}):
            try:
                for operand in rule.relation.operands:
                    for _ in evaluator.entries(operand, binding, self.bounds):
                        pass
            except FormulationError as error:
                where = ", ".join(f"{name} = {value}" for name, value in binding.items())
                message = f"for {where}: {error.message}" if where else error.message
                raise FormulationError(message, column=error.column) from None

    def _values(self, parameter: Parameter) -> dict[Key, float]:
        if not parameter.index:
            assert parameter.value is not None
            return {(): parameter.value}
        wanted = {tuple(map(str, key)): key for key in self.keys(parameter.index)}
        found: dict[Key, float] = {}
        for words, value in _flatten(parameter.values or {}):
            key = wanted.get(words)
            if key is None:
                raise _strange_key(words, parameter, self.symbols[parameter.name].dimension)
            if key in found:
                raise FormulationError(f"the key [{', '.join(words)}] is given twice")
            found[key] = value
        values: dict[Key, float] = {}
        for key in wanted.values():
            value_or_none = found.get(key, parameter.default)
            if value_or_none is None:
                raise FormulationError(
                    f"no value for {show_entry(parameter.name, key)}; add it, or give a 'default'"
                )
            values[key] = value_or_none
        return values

    def _bounds(self, variable: Variable) -> dict[Key, Bounds]:
        loops = parse_forall(variable.over) if variable.over.strip() else ()
        evaluator = self.evaluator()
        bindings: Iterator[Binding] = evaluator.bindings(loops, {}) if loops else iter(())
        bounds: dict[Key, Bounds] = {}
        for key in self.keys(variable.index):
            binding = next(bindings, {})
            lower, upper = (
                evaluator.number(parse(bound), binding) if isinstance(bound, str) else bound
                for bound in (variable.lower, variable.upper)
            )
            if variable.domain is Domain.binary:
                lower = 0 if lower is None else max(0, lower)
                upper = 1 if upper is None else min(1, upper)
            bounds[key] = Bounds(lower, upper)
        return bounds


@contextmanager
def _collecting(faults: list[FormulationError], element: str) -> Iterator[None]:
    try:
        yield
    except FormulationError as error:
        faults.append(FormulationError(error.message, element=element, column=error.column))


def _elements(declared: Set) -> tuple[Key, ...]:
    if declared.range is not None:
        first, last = declared.range
        if last - first >= MAX_ENTRIES:
            raise FormulationError(f"the range has more than {MAX_ENTRIES:,} elements")
        return tuple((number,) for number in range(first, last + 1))
    listed = declared.elements or ()
    elements = tuple(entry if isinstance(entry, tuple) else (entry,) for entry in listed)
    if len({len(element) for element in elements}) > 1 or () in elements:
        raise FormulationError("its elements must all be single, or tuples of one length")
    seen: set[tuple[str, ...]] = set()
    for element in elements:
        words = tuple(map(str, element))
        if words in seen:
            raise FormulationError(f"the element {unwrap(element)!r} occurs twice")
        seen.add(words)
    return elements


def _flatten(values: dict[str, Any] | list[Any]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Give (key, number) from nested dictionaries or from pairs."""
    if isinstance(values, dict):
        for name, inner in values.items():
            if isinstance(inner, dict):
                yield from ((((name, *rest)), number) for rest, number in _flatten(inner))
            else:
                yield (name,), _number(inner, name)
        return
    for pair in values:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise FormulationError(
                "'values' is a dictionary by key, or a list of pairs [key, number] such as "
                f'[["a", "b"], 4]; this is neither: {str(pair)[:60]}'
            )
        key, value = pair
        words = tuple(str(part) for part in key) if isinstance(key, list | tuple) else (str(key),)
        yield words, _number(value, ", ".join(words))


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormulationError(f"the value for [{key}] is not a number: {str(value)[:60]!r}")
    if not -1e300 < value < 1e300:
        raise FormulationError(f"the value for [{key}] is not finite; leave a bound out instead")
    return value


def _strange_key(words: tuple[str, ...], parameter: Parameter, dimension: int) -> FormulationError:
    key = f"[{', '.join(words)}]"
    sets = ", ".join(parameter.index)
    if len(words) != dimension:
        return FormulationError(
            f"the key {key} has length {len(words)}, but it is indexed by {sets}: "
            f"keys have length {dimension}"
        )
    return FormulationError(f"the key {key} is not in {sets}; correct it or extend the set")
