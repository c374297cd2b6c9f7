"""What is different between two formulations, in words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from solvitur.errors import FormulationError
from solvitur.formulation.canonical import canonical, canonical_loops
from solvitur.formulation.elements import (
    Constraint,
    Formulation,
    Objective,
    Parameter,
    Set,
    Source,
    Variable,
)
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.expression import (
    Call,
    Name,
    Node,
    parse,
    parse_elements,
    parse_forall,
)
from solvitur.formulation.literals import quote, show_literal
from solvitur.formulation.printing import first, show_number
from solvitur.formulation.written import flatten

MOST = 5
"""Elements and values of one element that are named; of more, how many there are."""

_OF_ORDER = ("first", "last", "next", "prev")
_Words = Iterator[str]


@dataclass(frozen=True)
class Difference:
    """What two formulations say differently; false when it is nothing."""

    lines: tuple[str, ...] = ()
    """One for each element: sets, parameters, variables, objective, constraints."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.lines)

    def __str__(self) -> str:
        """Report for a person."""
        return "\n".join(self.lines) or "no difference"


def diff(before: Formulation, after: Formulation) -> Difference:
    """Compare two formulations, element by element.

    What has no meaning makes no difference: spaces and brackets, loop letters, the order of
    elements, terms and declarations (but of a set's elements where ``first``, ``last``, ``next`` or
    ``prev`` is used), and how values are nested. Nothing is solved: formulations that say the same
    in another way are different.

    Example:
        >>> def shop(hours, limit):
        ...     return Formulation.model_validate({
        ...         "parameters": [{"name": "labour", "value": hours, "unit": "h"}],
        ...         "variables": [{"name": "x"}],
        ...         "objective": {"sense": "maximize", "expression": "3 * x"},
        ...         "constraints": [{"name": "work", "expression": limit}]})
        >>> print(diff(shop(40, "2*x <= labour"), shop(30, "3 * x <= labour")))
        parameter 'labour': 40 -> 30 [h]
        constraint 'work': `2*x <= labour` -> `3 * x <= labour`
        >>> bool(diff(shop(40, "2*x <= labour"), shop(40, "labour >= (x * 2)")))
        False
    """
    return Difference(tuple(_lines(before, after)))


def _lines(before: Formulation, after: Formulation) -> _Words:
    if before.title != after.title:
        yield f"title: {_quoted(before.title)} -> {_quoted(after.title)}"
    ordered = _ordered_sets(before) | _ordered_sets(after)
    for kind, old, new in (
        ("set", before.sets, after.sets),
        ("parameter", before.parameters, after.parameters),
        ("variable", before.variables, after.variables),
    ):
        yield from _declared(kind, _by_name(old), _by_name(new), ordered)
    yield from _said("objective", _objective(before.objective, after.objective))
    yield from _constraints(_by_name(before.constraints), _by_name(after.constraints))


def _by_name(elements: Iterable[Any]) -> dict[str, Any]:
    return {element.name: element for element in elements}


def _declared(
    kind: str, before: dict[str, Any], after: dict[str, Any], ordered: frozenset[str]
) -> _Words:
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            yield f"{kind} '{name}' is gone"
        elif isinstance(old, Set):
            yield from _said(f"set '{name}'", _set(old, new, name in ordered))
        elif isinstance(old, Parameter):
            yield from _said(f"parameter '{name}'", _parameter(old, new))
        else:
            yield from _said(f"variable '{name}'", _variable(old, new))
    for name in after:
        if name not in before:
            yield f"{kind} '{name}' is new"


def _said(element: str, changes: _Words) -> _Words:
    words = "; ".join(changes)
    if words:
        yield f"{element}: {words}"


# --- sets ----------------------------------------------------------------------------------------


def _set(old: Set, new: Set, is_ordered: bool) -> _Words:
    before, after = _members(old), _members(new)
    if before is None or after is None:
        if _derivation(old) != _derivation(new):
            yield _turned(_set_words(old), _set_words(new))
    else:
        yield from _moved(before, after, is_ordered)
    yield from _fields(old, new, "within", "doc")


def _moved(before: dict[str, None], after: dict[str, None], is_ordered: bool) -> _Words:
    """Say which elements came and went, or that their order is another."""
    for words, some, others in (("without", before, after), ("with", after, before)):
        found = [element for element in some if element not in others]
        if found:
            yield f"{words} {_some(found)}"
    if is_ordered and [e for e in before if e in after] != [e for e in after if e in before]:
        yield "its elements are in another order"


def _members(declared: Set) -> dict[str, None] | None:
    """Give the elements that are listed, as text; ``None`` where they are derived."""
    if declared.range is not None:
        first, last = declared.range
        if last - first > 10**6:
            return None
        return dict.fromkeys(map(str, range(first, last + 1)))
    if declared.elements is None:
        return None
    single = (e[0] if isinstance(e, tuple) and len(e) == 1 else e for e in declared.elements)
    return dict.fromkeys(map(show_literal, single))


def _derivation(declared: Set) -> object:
    if declared.expression is None:
        return declared.range, declared.elements, declared.source
    try:
        element, loops = parse_elements(declared.expression)
    except FormulationError:
        return declared.expression
    below, letters = canonical_loops(loops)
    return f"{canonical(element, letters)} for {below}"


def _set_words(declared: Set) -> str:
    if declared.expression is not None:
        return _code(declared.expression)
    if declared.source is not None:
        return _table(declared.source)
    if declared.range is not None:
        return f"{declared.range[0]}..{declared.range[1]}"
    return f"{{{_some(list(_members(declared) or {}))}}}"


def _ordered_sets(formulation: Formulation) -> frozenset[str]:
    """Find the sets whose order of elements the formulation speaks of."""
    found = set()
    nodes = list(_nodes(formulation))
    while nodes:
        node = nodes.pop()
        nodes += node.children()
        match node:
            case Call(function, (Name(name), *_)) if function in _OF_ORDER:
                found.add(name)
    return frozenset(found)


def _nodes(formulation: Formulation) -> Iterator[Node]:
    """Give the expressions and loops; none of what cannot be read."""
    for declared in formulation.sets:
        yield from _read(_derived, declared.expression)
    for parameter in formulation.parameters:
        yield from _read(parse_forall, parameter.over)
        yield from _read(_single, parameter.expression)
    for variable in formulation.variables:
        yield from _read(parse_forall, variable.over)
        for bound in (variable.lower, variable.upper):
            yield from _read(_single, bound if isinstance(bound, str) else None)
    yield from _read(_single, formulation.objective.expression)
    for constraint in formulation.constraints:
        yield from _read(parse_forall, constraint.forall)
        yield from _read(_single, constraint.expression)


def _derived(text: str) -> tuple[Node, ...]:
    element, loops = parse_elements(text)
    return element, *loops


def _single(text: str) -> tuple[Node, ...]:
    return (parse(text),)


def _read(reader: Callable[[str], tuple[Node, ...]], text: str | None) -> tuple[Node, ...]:
    try:
        return reader(text) if text and text.strip() else ()
    except FormulationError:
        return ()


# --- parameters and variables --------------------------------------------------------------------


def _parameter(old: Parameter, new: Parameter) -> _Words:
    yield from _fields(old, new, "index")
    if _is_listed(old) and _is_listed(new):
        yield from _values(old, new)
    elif _over(old, old.expression) != _over(new, new.expression) or old.source != new.source:
        yield _turned(_parameter_words(old), _parameter_words(new))
    elif old.default != new.default:
        yield _default(old, new)
    yield from _fields(old, new, "unit", "doc")


def _is_listed(parameter: Parameter) -> bool:
    return parameter.expression is None and parameter.source is None


def _values(old: Parameter, new: Parameter) -> _Words:
    before, after = _entries(old), _entries(new)
    if before is None or after is None:
        if old.values != new.values:
            yield "other values"
        return
    changes = []
    for key in {**before, **after}:
        one, other = before.get(key, old.default), after.get(key, new.default)
        if one != other:
            place = f"{show_entry('', key)} " if key else ""
            changes.append(f"{place}{_turned(_figure(one), _figure(other))}")
    unit = f" [{_plain(new.unit)}]" if new.unit and new.unit == old.unit else ""
    if changes:
        yield f"{_some(changes)}{unit}"
    if old.default != new.default:
        yield f"{_default(old, new)}{unit}"


def _entries(parameter: Parameter) -> dict[tuple[str, ...], float] | None:
    if parameter.value is not None:
        return {(): parameter.value}
    try:
        return dict(flatten(parameter.values or {}))
    except FormulationError:
        return None


def _default(old: Parameter, new: Parameter) -> str:
    return f"otherwise {_turned(_figure(old.default), _figure(new.default))}"


def _parameter_words(parameter: Parameter) -> str:
    if parameter.expression is not None:
        return _code(parameter.expression)
    if parameter.source is not None:
        return _table(parameter.source)
    if parameter.value is not None:
        return show_number(parameter.value)
    entries = _entries(parameter) or {}
    return f"{len(entries):,} {'value' if len(entries) == 1 else 'values'}"


def _variable(old: Variable, new: Variable) -> _Words:
    yield from _fields(old, new, "index", "domain")
    for side in ("lower", "upper"):
        before, after = getattr(old, side), getattr(new, side)
        if _over(old, before) != _over(new, after):
            yield f"{side} bound {_turned(_bound(before), _bound(after))}"
    yield from _fields(old, new, "unit", "doc")


def _over(element: Parameter | Variable, bound: float | str | None) -> str | None:
    """Give what a number by index says, whatever its letters are."""
    if bound is None:
        return None
    return _meaning(element.over, bound if isinstance(bound, str) else show_number(bound))


# --- objective and constraints -------------------------------------------------------------------


def _objective(old: Objective, new: Objective) -> _Words:
    yield from _fields(old, new, "sense")
    if _meaning("", old.expression) != _meaning("", new.expression):
        yield _turned(_code(old.expression), _code(new.expression))
    yield from _fields(old, new, "doc")


def _constraints(before: dict[str, Constraint], after: dict[str, Constraint]) -> _Words:
    """Compare by name; what is the same under another name is renamed."""
    names: dict[str, list[str]] = {}
    for name, new in after.items():
        if name not in before:
            names.setdefault(_meaning(new.forall, new.expression), []).append(name)
    renamed = set()
    for name, old in before.items():
        element = f"constraint '{name}'"
        if name in after:
            yield from _said(element, _constraint(old, after[name]))
        elif same := names.get(_meaning(old.forall, old.expression)):
            new_name = same.pop(0)
            renamed.add(new_name)
            doc = _fields(old, after[new_name], "doc")
            yield "; ".join([f"{element} is called '{new_name}' now", *doc])
        else:
            yield f"{element} is gone: {_rule(old)}"
    for name, new in after.items():
        if name not in before and name not in renamed:
            yield f"constraint '{name}' is new: {_rule(new)}"


def _constraint(old: Constraint, new: Constraint) -> _Words:
    if _meaning(old.forall, old.expression) != _meaning(new.forall, new.expression):
        yield _turned(_rule(old), _rule(new))
    yield from _fields(old, new, "doc")


def _meaning(forall: str, expression: str) -> str:
    """Give the canonical text; of what cannot be read, the text as it stands."""
    try:
        loops = parse_forall(forall) if forall.strip() else ()
        below, letters = canonical_loops(loops)
        return f"{canonical(parse(expression), letters)} for {below}"
    except FormulationError:
        return f"{expression} for {forall}"


# --- words ---------------------------------------------------------------------------------------


def _fields(old: Any, new: Any, *names: str) -> _Words:
    """Compare fields that are what they say."""
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            show = _names if name in ("index", "within") else _quoted if name == "doc" else _plain
            label = "" if name in ("domain", "sense") else f"{name} "
            yield f"{label}{_turned(show(before), show(after))}"


def _turned(before: str, after: str) -> str:
    return f"{before} -> {after}"


def _some(parts: list[str]) -> str:
    return ", ".join(first(parts, MOST, "and {:,} more"))


def _rule(constraint: Constraint) -> str:
    forall = f" for {_code(constraint.forall)}" if constraint.forall.strip() else ""
    return f"{_code(constraint.expression)}{forall}"


def _table(source: Source) -> str:
    sheet = f", sheet {source.sheet!r}" if source.sheet else ""
    columns = map(_plain, [*source.keys, *([source.column] if source.column else [])])
    return f"{', '.join(columns)} of the table {source.file!r}{sheet}"


def _bound(bound: float | str | None) -> str:
    return _code(bound) if isinstance(bound, str) else _figure(bound)


def _figure(value: float | None) -> str:
    return "none" if value is None else show_number(value)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _plain(word: str) -> str:
    return str(word) if word.isprintable() and word else _quoted(word)


def _quoted(words: str) -> str:
    return quote(words) if words else "none"


def _code(text: str) -> str:
    return f"`{' '.join(text.split())}`"
