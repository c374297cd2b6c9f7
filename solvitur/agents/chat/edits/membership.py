"""Elements that come and go, and decisions that are added."""

from collections.abc import Iterable, Iterator
from typing import Any

from solvitur.agents.chat.edits.edits import AddElement, AddVariable, Key, RemoveElement
from solvitur.errors import FormulationError
from solvitur.formulation.elements import Atom, Constraint, Formulation, Parameter, Set
from solvitur.formulation.evaluate import show_entry, unwrap
from solvitur.formulation.expression import Comparison, Name, Text, parse
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise.trees import number, plus, times
from solvitur.formulation.printing import first, show
from solvitur.formulation.written import flatten, nested


def with_element(instance: Instance, edit: AddElement) -> Formulation:
    """Put an element into a set, with its numbers.

    Raises:
        FormulationError: The set is derived or has the element, or numbers are missing.
    """
    formulation = instance.formulation
    old: Set = named(formulation.sets, edit.set, "set")
    element = _as_key(edit.element)
    if _words(element) in map(_words, instance.sets[old.name]):
        raise _fault(old, f"{unwrap(element)!r} is in it already")
    changed = _with(old, instance, element)
    sets = tuple(changed if each is old else each for each in formulation.sets)
    parameters = _with_numbers(instance, edit)
    grown = formulation.model_copy(update={"sets": sets, "parameters": parameters})
    _refuse_gaps(grown, instance, old.name, element)
    return grown


def _with_numbers(instance: Instance, edit: AddElement) -> tuple[Parameter, ...]:
    """Give the parameters with the numbers that they have for a new element."""
    by_name: dict[str, dict[Key, float]] = {}
    for entry in edit.entries:
        by_name.setdefault(entry.name, {})[entry.key] = entry.number
    parameters = []
    for parameter in instance.formulation.parameters:
        entries = by_name.pop(parameter.name, {})
        if edit.set in parameter.index and parameter.expression is None:
            parameter = _with_entries(parameter, instance, entries)
        elif entries:
            raise FormulationError(
                f"it has no numbers for single elements of '{edit.set}'",
                element=f"parameter '{parameter.name}'",
            )
        parameters.append(parameter)
    if by_name:
        raise FormulationError(f"there is no parameter '{next(iter(by_name))}'")
    return tuple(parameters)


def _refuse_gaps(grown: Formulation, instance: Instance, name: str, element: Key) -> None:
    """Say all at once which numbers an element lacks."""
    missing = [show_entry(p, key) for p, key in needed(instance, name, element, grown)]
    if missing:
        raise FormulationError(
            f"numbers for {unwrap(element)!r} are missing; give {', '.join(first(missing, 8))}",
            element=f"set '{name}'",
        )


def needed(
    instance: Instance, name: str, element: Key, formulation: Formulation | None = None
) -> Iterator[tuple[str, Key]]:
    """Give the entries of parameters that a new element of a set needs a number for.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair"]}],
        ...     "parameters": [{"name": "profit", "index": ["P"], "values": {"chair": 30}}],
        ...     "variables": [{"name": "x", "index": ["P"]}],
        ...     "objective": {"sense": "maximize", "expression": "sum(profit[p]*x[p] for p in P)"}})
        >>> list(needed(Instance(shop), "P", ("shelf",)))
        [('profit', ('shelf',))]
    """
    for parameter in (formulation or instance.formulation).parameters:
        is_listed = parameter.expression is None and parameter.default is None
        if is_listed and name in parameter.index:
            there = {words for words, _ in flatten(parameter.values or {})}
            for key in _new_keys(instance, parameter, name, element):
                if _words(key) not in there:
                    yield parameter.name, key


def _new_keys(instance: Instance, parameter: Parameter, name: str, element: Key) -> Iterator[Key]:
    keys: list[Key] = [()]
    for index in parameter.index:
        members = list(instance.sets[index])
        grown = [*members, element] if index == name else members
        keys = [(*key, *member) for key in keys for member in grown]
    old = set(instance.parameters[parameter.name])
    return (key for key in keys if key not in old)


def _with(old: Set, instance: Instance, element: Key) -> Set:
    members = list(instance.sets[old.name])
    if old.expression is not None:
        raise _fault(old, f"it is derived from `{old.expression}`; change what it is derived from")
    if members and len(members[0]) != len(element):
        raise _fault(old, f"its elements have length {len(members[0])}")
    if old.range is not None:
        low, high = old.range
        if element == (high + 1,):
            return old.model_copy(update={"range": (low, high + 1)})
        if element == (low - 1,):
            return old.model_copy(update={"range": (low - 1, high)})
        raise _fault(old, f"it goes from {low} to {high}; the next is {high + 1}")
    elements = tuple(unwrap(each) for each in (*members, element))
    return old.model_copy(update={"elements": elements, "source": None})


def _with_entries(parameter: Parameter, instance: Instance, entries: dict[Key, float]) -> Parameter:
    values: dict[Key, float] = (
        dict(flatten(parameter.values or {}))
        if parameter.source is None
        else dict(instance.parameters[parameter.name])
    )
    return _with_values(parameter, {**values, **entries})


def _with_values(parameter: Parameter, values: dict[Key, float]) -> Parameter:
    is_nested = isinstance(parameter.values or {}, dict)
    written: Any = nested(values) if is_nested else [[list(k), v] for k, v in values.items()]
    return parameter.model_copy(update={"values": written, "source": None})


def without_element(instance: Instance, edit: RemoveElement) -> Formulation:
    """Take an element out of a set, and its numbers with it.

    Raises:
        FormulationError: The set is derived, has no such element, or something speaks of it.
    """
    formulation = instance.formulation
    old: Set = named(formulation.sets, edit.set, "set")
    words = _words(_as_key(edit.element))
    members = list(instance.sets[old.name])
    left = [each for each in members if _words(each) != words]
    if len(left) == len(members):
        there = ", ".join(first([str(unwrap(each)) for each in members], 8))
        raise _fault(old, f"it has no element {unwrap(words)!r}; there are: {there}")
    if old.expression is not None:
        raise _fault(old, f"it is derived from `{old.expression}`; change what it is derived from")
    _refuse_mentions(formulation, words)
    sets = tuple(_without(each, left) if each is old else each for each in formulation.sets)
    parameters = tuple(
        _without_entries(each, instance, old.name, words) for each in formulation.parameters
    )
    return formulation.model_copy(update={"sets": sets, "parameters": parameters})


def _without(old: Set, left: list[Key]) -> Set:
    if old.range is not None:
        low, high = (left[0][0], left[-1][0]) if left else (1, 0)
        if not isinstance(low, int) or not isinstance(high, int) or high - low + 1 != len(left):
            raise _fault(old, "only the first or the last number of it can be taken away")
        return old.model_copy(update={"range": (low, high)})
    elements = tuple(unwrap(each) for each in left)
    return old.model_copy(update={"elements": elements, "source": None})


def _without_entries(
    parameter: Parameter, instance: Instance, name: str, words: tuple[str, ...]
) -> Parameter:
    if name not in parameter.index or parameter.expression is not None:
        return parameter
    places, start = [], 0
    for index in parameter.index:
        width = instance.symbols[index].dimension
        if index == name:
            places.append((start, start + width))
        start += width
    given = (
        flatten(parameter.values or {})
        if parameter.source is None
        else ((_words(key), value) for key, value in instance.parameters[parameter.name].items())
    )
    kept: dict[Key, float] = {
        key: value
        for key, value in given
        if not any(key[first:last] == words for first, last in places)
    }
    return _with_values(parameter, kept)


def _refuse_mentions(formulation: Formulation, words: tuple[str, ...]) -> None:
    named = [
        f"constraint '{c.name}'"
        for c in formulation.constraints
        if set(words) <= _texts(c.expression)
    ]
    if set(words) <= _texts(formulation.objective.expression):
        named.insert(0, "objective")
    if named:
        raise FormulationError(
            f"{', '.join(named)} {'speaks' if len(named) == 1 else 'speak'} of "
            f"{unwrap(words)!r}; change or remove that first"
        )


def _texts(expression: str) -> set[str]:
    return {node.value for node in parse(expression).below() if isinstance(node, Text)}


# --- decisions -----------------------------------------------------------------------------------


def with_variable(formulation: Formulation, edit: AddVariable) -> Formulation:
    """Add a decision to the objective and to the constraints that it uses something of.

    Raises:
        FormulationError: There is no such constraint, or it is no relation of two sides.
    """
    name = edit.variable.name
    uses, decisions = dict(edit.uses), {each.name for each in formulation.variables}
    constraints = []
    for each in formulation.constraints:
        amount = uses.pop(each.name, 0.0)
        if amount:
            each = each.model_copy(update={"expression": _with_term(each, name, amount, decisions)})
        constraints.append(each)
    if uses:
        raise FormulationError(f"there is no constraint '{next(iter(uses))}'")
    objective = formulation.objective
    if edit.objective:
        term = times(number(edit.objective), Name(name))
        goal = show(plus(parse(objective.expression), term))
        objective = objective.model_copy(update={"expression": goal})
    return formulation.model_copy(
        update={
            "variables": (*formulation.variables, edit.variable),
            "objective": objective,
            "constraints": tuple(constraints),
        }
    )


def _with_term(constraint: Constraint, name: str, amount: float, decisions: set[str]) -> str:
    """Add a term to the side of a relation that the other variables are on."""
    node = parse(constraint.expression)
    if constraint.forall.strip() or not isinstance(node, Comparison) or len(node.operands) != 2:
        raise FormulationError(
            f"'{name}' cannot be added to it by a number; write it anew",
            element=f"constraint '{constraint.name}'",
        )
    left, right = node.operands
    is_left = not left.names.isdisjoint(decisions)
    term = times(number(amount), Name(name))
    sides = (plus(left, term), right) if is_left else (left, plus(right, term))
    return show(Comparison(node.operators, sides))


# --- words ---------------------------------------------------------------------------------------


def named(elements: Iterable[Any], name: str, kind: str) -> Any:
    """Find an element by its name.

    Raises:
        FormulationError: There is none; says which there are.
    """
    listed = list(elements)
    for element in listed:
        if element.name == name:
            return element
    there = ", ".join(first([f"'{each.name}'" for each in listed], 8)) or "none"
    raise FormulationError(f"there is no {kind} '{name}'; there are: {there}")


def _as_key(element: Atom | Key) -> Key:
    return element if isinstance(element, tuple) else (element,)


def _words(key: Key) -> tuple[str, ...]:
    return tuple(map(str, key))


def _fault(declared: Set, message: str) -> FormulationError:
    return FormulationError(message, element=f"set '{declared.name}'")
