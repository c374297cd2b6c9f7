"""What can be said against a formulation without a language model and without a solver."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress, islice
from typing import TYPE_CHECKING

from solvitur.errors import DataError, FormulationError, InvalidFormulation
from solvitur.formulation.amounts import structure
from solvitur.formulation.classify import max_degree
from solvitur.formulation.elements import Constraint, Formulation
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.expression import (
    TURNED,
    Node,
    Number,
    parse,
    parse_elements,
    parse_forall,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import cut, show_number
from solvitur.formulation.tables.data import Given
from solvitur.formulation.units.checking import unit_faults
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Quantity, coverage, quantities

if TYPE_CHECKING:
    from solvitur.formulation.arrays.frame import Flags

MAX_ROWS = 2_000
"""Rows that are compared with the words of the text; the rest of a large model is data."""


class Severity(StrEnum):
    """How bad it is."""

    error = "error"
    """It cannot be solved like this."""
    warning = "warning"
    """It can be solved, but it is probably not what was meant."""


class Code(StrEnum):
    """What kind of fault a finding is."""

    invalid = "invalid"
    data = "data"
    """A table does not hold what is taken from it."""
    unused = "unused"
    constant_objective = "constant_objective"
    unlimited = "unlimited"
    forgotten_number = "forgotten_number"
    invented_number = "invented_number"
    reversed = "reversed"
    sense = "sense"
    units = "units"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or suspicious, where it is, and the mend."""

    code: Code
    severity: Severity
    element: str | None
    message: str
    column: int | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        return str(FormulationError(self.message, element=self.element, column=self.column))


def check(
    formulation: Formulation, text: str | None = None, data: Given = None
) -> tuple[Finding, ...]:
    """Find what is wrong with a formulation, and with how it carries the text it was made from.

    Args:
        formulation: The five elements.
        text: The word problem, if there is one.
        data: The tables that the formulation names; see `Data`.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> chairs = Formulation.model_validate({
        ...     "variables": [{"name": "x"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"}})
        >>> [found.code.value for found in check(chairs, "A chair earns 30. There are 40 hours.")]
        ['unlimited', 'forgotten_number']
    """
    try:
        instance = Instance(formulation, data)
    except InvalidFormulation as error:
        return tuple(map(_invalid, error.faults))
    found = [*_unused(instance), *_constant_objective(instance), *_unlimited(instance)]
    found += _units(instance)
    if text is not None:
        found += [*_numbers(instance, text), *_directions(instance, text)]
    return tuple(found)


def _invalid(fault: FormulationError) -> Finding:
    code = Code.data if isinstance(fault, DataError) else Code.invalid
    return Finding(code, Severity.error, fault.element, fault.message, fault.column)


def _warning(code: Code, element: str | None, message: str) -> Finding:
    return Finding(code, Severity.warning, element, message)


def _nodes(instance: Instance) -> Iterator[Node]:
    """Give every expression of the formulation."""
    yield instance.objective
    for rule in instance.rules:
        yield from (rule.relation, *rule.loops)
        if rule.condition is not None:
            yield rule.condition
    for declared in instance.formulation.sets:
        if declared.expression is not None:
            yield from parse_elements(declared.expression)[1]
    for parameter in instance.formulation.parameters:
        if parameter.expression is not None:
            yield parse(parameter.expression)
        if parameter.over:
            yield from parse_forall(parameter.over)
    for variable in instance.formulation.variables:
        for bound in (variable.lower, variable.upper):
            if isinstance(bound, str):
                yield parse(bound)
        if variable.over:
            yield from parse_forall(variable.over)


def _elements(instance: Instance) -> Iterator[Node]:
    """Give the expressions of what derived sets hold."""
    for declared in instance.formulation.sets:
        if declared.expression is not None:
            yield parse_elements(declared.expression)[0]


def _names(instance: Instance) -> frozenset[str]:
    nodes = (*_nodes(instance), *_elements(instance))
    return frozenset[str]().union(*(node.names for node in nodes))


def _used_names(instance: Instance) -> frozenset[str]:
    within = (declared.within for declared in instance.formulation.sets)
    index = (symbol.index for symbol in instance.symbols.values())
    return _names(instance).union(*index, *within)


def _unused(instance: Instance) -> Iterator[Finding]:
    used = _used_names(instance)
    for name, symbol in instance.symbols.items():
        if name not in used:
            kind = symbol.kind.value
            yield _warning(
                Code.unused, f"{kind} '{name}'", "it is declared and used nowhere; use or remove it"
            )


def _constant_objective(instance: Instance) -> Iterator[Finding]:
    if instance.objective.names.isdisjoint(instance.bounds):
        yield _warning(
            Code.constant_objective,
            "objective",
            "it has no variable, so every feasible point is optimal",
        )


def _unlimited(instance: Instance) -> Iterator[Finding]:
    """Find entries that no row touches and that the objective gains by without end.

    Only for linear objectives: there the slope of an entry is the same everywhere.
    """
    import numpy as np

    from solvitur.formulation.arrays.affine import AffineEvaluator
    from solvitur.formulation.arrays.frame import ONCE, NotInArrays

    if max_degree(instance.objective, instance) != 1:
        return
    forms = AffineEvaluator(instance)
    try:
        goal = forms.affine(instance.objective, ONCE)
    except NotInArrays:  # a number too large, or a power of a variable
        return
    sign = instance.formulation.objective.sense.sign
    slopes = -sign * np.bincount(goal.column, goal.value, forms.size)
    for name, bounds in instance.bounds.items():
        own = slopes[forms.first[name] :][: len(bounds)]
        free = np.where(own > 0, bounds.upper.array.ravel(), bounds.lower.array.ravel())
        endless = (own != 0) & np.isinf(free)
        if endless.any():
            endless &= ~_touched(instance, name)
        for key in compress(bounds, endless.tolist()):
            yield Finding(
                Code.unlimited,
                Severity.error,
                f"variable '{name}'",
                f"nothing limits {show_entry(name, key)}, and the objective gains by it without "
                "end; add the missing constraint or an upper bound",
            )


def _units(instance: Instance) -> Iterator[Finding]:
    for fault in unit_faults(instance):
        yield Finding(Code.units, Severity.warning, fault.element, fault.message, fault.column)


def _touched(instance: Instance, variable: str) -> "Flags":
    """Say which entries of a variable some row touches."""
    import numpy as np

    arrays = instance.arrays()
    touched = np.zeros(len(instance.bounds[variable]), dtype=bool)
    for rule, frame in instance.frames:
        for node in (rule.condition, rule.relation):
            if node is not None and variable in node.names:
                for name, places in arrays.entries(node, frame, instance.bounds):
                    if name == variable:
                        touched[places] = True
    return touched


def numbers_of(instance: Instance) -> Iterator[float]:
    """Give every number that takes part in the model: of parameters in use, expressions, bounds.

    Those of tables are data, and stand in no text; no more do those that are derived.
    """
    used = _names(instance) - _not_stated(instance)
    for name, entries in instance.parameters.items():
        if name in used:
            yield from entries.values()
    for node in _nodes(instance):
        yield from _literals(node)
    for variable in instance.formulation.variables:
        for bound in (variable.lower, variable.upper):
            if isinstance(bound, int | float):
                yield bound


def labels_of(instance: Instance) -> Iterator[float]:
    """Give the numbers that stand for no amount: elements of sets, indices, powers, conditions.

    Those of tables and those derived are among them. They may carry a number of the text ("a shift
    that begins at 8"), and none is made up.
    """
    for node in _nodes(instance):
        yield from _labels(node)
    for node in _elements(instance):
        yield from _numbers_below(node)
    for elements in instance.sets.values():
        atoms = dict.fromkeys(atom for element in elements for atom in element)
        yield from (float(atom) for atom in atoms if isinstance(atom, int))
        for name in islice((atom for atom in atoms if isinstance(atom, str)), MAX_ROWS):
            yield from (number.value for number in quantities(name))
    for name in sorted(_not_stated(instance)):
        yield from islice(instance.parameters[name].values(), MAX_ROWS)


def _not_stated(instance: Instance) -> frozenset[str]:
    """Give the parameters whose numbers the formulation does not state itself."""
    return frozenset(
        each.name
        for each in instance.formulation.parameters
        if each.source is not None or each.expression is not None
    )


def _literals(node: Node) -> Iterator[float]:
    """Give the amounts that an expression states."""
    if isinstance(node, Number):
        yield float(node.value)
    for child in node.children():
        if child not in structure(node):
            yield from _literals(child)


def _labels(node: Node) -> Iterator[float]:
    """Give the numbers of an expression that are no amounts."""
    for child in node.children():
        yield from (_numbers_below if child in structure(node) else _labels)(child)


def _numbers_below(node: Node) -> Iterator[float]:
    return (float(each.value) for each in node.below() if isinstance(each, Number))


def forgotten_numbers(
    text: str, numbers: Iterable[float], sizes: Iterable[int] = ()
) -> Iterator[Finding]:
    """Say which numbers of a text are not among those given; see `quantities.coverage`."""
    yield from _forgotten(text, coverage(text, numbers, sizes).unused)


def _forgotten(text: str, unused: Iterable[Quantity]) -> Iterator[Finding]:
    reading = Reading(text)
    forgotten: dict[float, Quantity] = {}
    for quantity in unused:
        forgotten.setdefault(quantity.value, quantity)  # one that is stated twice is missed once
    for quantity in forgotten.values():
        start, end = reading.sentence(quantity.start)
        yield _warning(
            Code.forgotten_number,
            None,
            f'the number {quantity.text} of the text ("{_shortened(text[start:end])}") is not used',
        )


def _numbers(instance: Instance, text: str) -> Iterator[Finding]:
    numbers = list(numbers_of(instance))
    labels = set(labels_of(instance))
    seen = coverage(text, [*numbers, *labels], _sizes(instance))
    yield from _forgotten(text, seen.unused)
    amounts = set(numbers)
    for number in seen.invented:
        if number in amounts:
            yield _warning(
                Code.invented_number,
                None,
                f"the number {show_number(number)} is not in the text",
            )


def _sizes(instance: Instance) -> Iterator[int]:
    """Give the counts that a text may state and a formulation need not: "two kinds of printers"."""
    yield len(instance.bounds)
    yield from map(len, instance.bounds.values())
    yield from map(len, instance.sets.values())


def _directions(instance: Instance, text: str) -> Iterator[Finding]:
    reading = Reading(text)
    stated = reading.sense()
    sense = instance.formulation.objective.sense
    if stated is not None and stated is not sense:
        yield _warning(
            Code.sense, "objective", f"the text says {stated.value}, the objective {sense.value}s"
        )
    limits = defaultdict(list)
    for rule, relation, limit in _limits(instance):
        limits[_digits(limit)].append((rule, relation))
    stated_for = Counter(each for number in reading.numbers for each in _all_digits(number))
    for number in reading.numbers:
        cue = reading.cue(number)
        if cue is None or any(stated_for[each] > 1 for each in _all_digits(number)):
            continue
        carrying = [found for each in _all_digits(number) for found in limits.get(each, ())]
        if carrying and all(relation not in (cue.relation, "==") for _, relation in carrying):
            start, end = reading.sentence(number.start)
            yield _warning(
                Code.reversed,
                f"constraint '{carrying[0][0].name}'",
                f"it says {carrying[0][1]} {number.text}, but the text reads as {cue.relation}: "
                f'"{_shortened(text[start:end])}"',
            )


def _limits(instance: Instance) -> Iterator[tuple[Constraint, str, float]]:
    """Give constraint, relation seen from the variables, and number of rows with a plain limit."""
    evaluator = instance.evaluator()
    for row in islice(instance.rows(), MAX_ROWS):
        relation = row.rule.relation
        for place, operator in enumerate(relation.operators):
            left, right = relation.operands[place : place + 2]
            closed = [side.names.isdisjoint(instance.bounds) for side in (left, right)]
            if closed == [False, True]:
                value = evaluator.number(right, row.binding)
                yield row.rule.constraint, operator, value
            elif closed == [True, False]:
                value = evaluator.number(left, row.binding)
                yield row.rule.constraint, TURNED[operator], value


def _all_digits(number: Quantity) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_digits, number.readings)))


def _digits(value: float) -> str:
    """Write a number so that two that are the same but for rounding are written alike."""
    return f"{value:.9g}"


def _shortened(text: str, most: int = 120) -> str:
    return cut(" ".join(text[: 20 * most].split()), most)
