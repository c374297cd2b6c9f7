"""How each kind of `Edit` changes a formulation."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from solvitur.agents.chat.edits.docs import restated
from solvitur.agents.chat.edits.edits import (
    AddConstraint,
    AddElement,
    AddVariable,
    Amount,
    Edit,
    How,
    Key,
    RemoveConstraint,
    RemoveElement,
    ReplaceConstraint,
    SetBound,
    SetDomain,
    SetLimit,
    SetObjective,
    SetParameter,
    SetWritten,
    Side,
)
from solvitur.agents.chat.edits.membership import (
    named,
    with_element,
    with_variable,
    without_element,
)
from solvitur.errors import FormulationError
from solvitur.formulation.amounts import amounts, with_amount
from solvitur.formulation.changing import (
    entry_text,
    free_name,
    loop_names,
    with_bounds,
    with_limits,
)
from solvitur.formulation.checks import Code, check
from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Parameter,
    Set,
    Variable,
    describe,
)
from solvitur.formulation.evaluate import show_entry, unwrap
from solvitur.formulation.expression import (
    Comparison,
    Item,
    Name,
    Node,
    Number,
    Text,
    constant_side,
    parse,
)
from solvitur.formulation.instance import Instance, Row
from solvitur.formulation.linearise.trees import value_of
from solvitur.formulation.printing import first, show, show_number
from solvitur.formulation.tables.data import Given
from solvitur.formulation.twins import twin_name, twin_set
from solvitur.formulation.written import flatten, nested


def applied(instance: Instance, edit: Edit) -> Instance:
    """Make one change.

    Raises:
        FormulationError: It names what is not there, or what comes out says no model.
    """
    formulation = instance.formulation
    match edit:
        case SetParameter():
            changed = _with_parameter(instance, edit)
        case SetWritten():
            changed = _with_written(formulation, edit)
        case SetLimit():
            changed = _with_limit(instance, edit)
        case SetBound():
            changed = _with_bound(instance, edit)
        case SetDomain():
            changed = _with_domain(instance, edit)
        case AddConstraint(constraint=constraint):
            if any(each.name == constraint.name for each in formulation.constraints):
                raise _fault(constraint.name, "there is one of this name; give it another name")
            changed = _with_constraints(formulation, (*formulation.constraints, constraint))
        case ReplaceConstraint(name=name, constraint=constraint):
            changed = _replacing(formulation, name, (constraint,))
        case RemoveConstraint(name=name):
            changed = _replacing(formulation, name, ())
        case SetObjective():
            changed = _with_objective(formulation, edit)
        case AddElement():
            changed = with_element(instance, edit)
        case RemoveElement():
            changed = without_element(instance, edit)
        case AddVariable():
            changed = with_variable(formulation, edit)
    after = _read_again(changed, instance.data)
    told = restated(instance, after)
    return after if told is after.formulation else Instance(told, instance.data)


def _read_again(changed: Formulation, data: Given) -> Instance:
    """Hold what was changed to all that is asked of a formulation, and to its data."""
    try:
        sound = Formulation.model_validate(changed.model_dump(exclude_unset=True))
    except ValidationError as error:
        raise FormulationError(describe(error)) from None
    return Instance(sound, data)


# --- what is named -------------------------------------------------------------------------------


def entry_of(entries: Mapping[Key, Any], name: str, key: Key, kind: str) -> Key:
    """Find the key of an entry as it is declared: 1 where "1" was said.

    Raises:
        FormulationError: There is no such entry; says which there are.
    """
    if key in entries:
        return key
    words = tuple(map(str, key))
    for each in entries:
        if tuple(map(str, each)) == words:
            return each
    there = ", ".join(first([show_entry(name, each) for each in entries], 8))
    raise FormulationError(
        f"the {kind} '{name}' has no entry {show_entry(name, key)}; there are: {there}"
    )


def _fault(constraint: str, message: str) -> FormulationError:
    return FormulationError(message, element=f"constraint '{constraint}'")


# --- parameters ----------------------------------------------------------------------------------


def _with_parameter(instance: Instance, edit: SetParameter) -> Formulation:
    formulation = instance.formulation
    parameter: Parameter = named(formulation.parameters, edit.name, "parameter")
    entries = instance.parameters[edit.name]
    keys = entries if edit.key is None else (entry_of(entries, edit.name, edit.key, "parameter"),)
    changes = {key: edit.amount.after(entries[key]) for key in keys}
    if parameter.expression is not None and edit.key is None and edit.amount.how is not How.to:
        changed = parameter.model_copy(update={"expression": _with_amount(parameter, edit.amount)})
    elif parameter.expression is None and parameter.source is None:
        changed = _with_listed(parameter, changes)
    else:
        plain = {"expression": None, "over": "", "source": None, "default": None}
        values = {**entries, **changes}
        figures = {"values": _pairs(values)} if parameter.index else {"value": values[()]}
        changed = parameter.model_copy(update={**plain, **figures})
    return _with_parameters(formulation, parameter, changed)


def _with_amount(parameter: Parameter, amount: Amount) -> str:
    number = show_number(abs(amount.number))
    if amount.how is How.times:
        sign = "-" if amount.number < 0 else ""
        return f"({parameter.expression}) * {sign}{number}"
    return f"{parameter.expression} {'-' if amount.number < 0 else '+'} {number}"


def _with_listed(parameter: Parameter, changes: Mapping[Key, float]) -> Parameter:
    """Change the entries of a parameter where they are written; the others stay as they are."""
    if not parameter.index:
        return parameter.model_copy(update={"value": changes[()]})
    by_words = {tuple(map(str, key)): key for key in changes}
    values: dict[Key, float] = {
        by_words.get(words, words): value for words, value in flatten(parameter.values or {})
    }
    values.update(changes)
    is_nested = isinstance(parameter.values or {}, dict)
    return parameter.model_copy(update={"values": nested(values) if is_nested else _pairs(values)})


def _pairs(values: Mapping[Key, float]) -> list[Any]:
    return [[list(key), value] for key, value in values.items()]


def _with_parameters(formulation: Formulation, old: Parameter, new: Parameter) -> Formulation:
    parameters = tuple(new if each is old else each for each in formulation.parameters)
    return formulation.model_copy(update={"parameters": parameters})


# --- constraints and the objective ---------------------------------------------------------------


def _with_constraints(formulation: Formulation, constraints: Iterable[Constraint]) -> Formulation:
    return formulation.model_copy(update={"constraints": tuple(constraints)})


def _replacing(formulation: Formulation, name: str, others: tuple[Constraint, ...]) -> Formulation:
    old = named(formulation.constraints, name, "constraint")
    found: list[Constraint] = []
    for each in formulation.constraints:
        found += others if each is old else (each,)
    return _with_constraints(formulation, found)


def _with_objective(formulation: Formulation, edit: SetObjective) -> Formulation:
    update = edit.model_dump(exclude={"kind"}, exclude_none=True)
    objective = formulation.objective.model_copy(update=update)
    return formulation.model_copy(update={"objective": objective})


def _with_written(formulation: Formulation, edit: SetWritten) -> Formulation:
    if edit.constraint is None:
        expression = _rewritten(formulation.objective.expression, edit, "objective")
        return _with_objective(formulation, SetObjective(expression=expression))
    old: Constraint = named(formulation.constraints, edit.constraint, "constraint")
    expression = _rewritten(old.expression, edit, f"constraint '{old.name}'")
    changed = old.model_copy(update={"expression": expression})
    return _replacing(formulation, old.name, (changed,))


def _rewritten(expression: str, edit: SetWritten, element: str) -> str:
    node = parse(expression)
    written = list(amounts(node))
    if edit.place >= len(written):
        raise FormulationError(
            f"it has {len(written)} numbers written in it, and number {edit.place + 1} is asked "
            "for; change a parameter in it instead",
            element=element,
        )
    return show(with_amount(node, edit.place, edit.amount.after(written[edit.place])))


def _with_limit(instance: Instance, edit: SetLimit) -> Formulation:
    """Change the constant side: the number there, or the parameter that is for nothing else."""
    formulation = instance.formulation
    constraint: Constraint = named(formulation.constraints, edit.constraint, "constraint")
    place = written_limit(constraint, instance)
    if place is not None and not edit.key:
        written = SetWritten(constraint=edit.constraint, place=place, amount=edit.amount)
        return _with_written(formulation, written)
    labels = {}
    for row in instance.rows():
        if row.rule.constraint.name == edit.constraint:
            labels[row.key] = row
    key = entry_of(labels, edit.constraint, edit.key, "constraint")
    row = labels[key]
    relation, old = row.rule.relation, None
    if (found := constant_side(relation, instance.bounds)) is not None:
        side = relation.operands[found[0]]
        if isinstance(side, Name | Item) and _is_only_there(side, row, instance):
            entry = instance.evaluator().key(getattr(side, "keys", ()), row.binding)
            return _with_parameter(
                instance, SetParameter(name=side.name, key=entry, amount=edit.amount)
            )
        old = instance.evaluator().number(side, row.binding)
    return with_limits(formulation, instance, {row.label: edit.amount.after(old)})


def _is_only_there(side: Name | Item, row: Row, instance: Instance) -> bool:
    """Whether the number that a row ends at is of that row alone: nothing else uses it."""
    formulation, rule = instance.formulation, row.rule
    parameter = next((each for each in formulation.parameters if each.name == side.name), None)
    if parameter is None or parameter.expression is not None or parameter.source is not None:
        return False
    others = (each for each in rule.relation.operands if each is not side)
    if not {*row.binding} <= side.names or any(side.name in each.names for each in others):
        return False
    rest = [each for each in formulation.constraints if each is not rule.constraint]
    found = check(_with_constraints(formulation, rest), data=instance.data)
    unused = {each.element for each in found if each.code is Code.unused}
    return f"parameter '{side.name}'" in unused


def written_limit(constraint: Constraint, instance: Instance) -> int | None:
    """Say which of its `amounts` the constant side of a constraint is; ``None`` where it is none.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "variables": [{"name": "x"}],
        ...     "objective": {"sense": "maximize", "expression": "x"},
        ...     "constraints": [{"name": "work", "expression": "2 * x <= 40"}]})
        >>> written_limit(shop.constraints[0], Instance(shop))
        1
    """
    node = parse(constraint.expression)
    if not isinstance(node, Comparison):
        return None
    found = constant_side(node, instance.bounds)
    if found is None or value_of(node.operands[found[0]]) is None:
        return None
    return sum(len(list(amounts(side))) for side in node.operands[: found[0]])


# --- variables -----------------------------------------------------------------------------------


def _with_bound(instance: Instance, edit: SetBound) -> Formulation:
    variable: Variable = named(instance.formulation.variables, edit.variable, "variable")
    if edit.key or (edit.key == () and variable.index):
        key = entry_of(instance.bounds[edit.variable], edit.variable, edit.key, "variable")
        if variable.index:
            return _with_entry_bound(instance, edit, key)
    bounds = {getattr(each, edit.side) for each in instance.bounds[edit.variable].values()}
    if variable.domain is Domain.binary:
        raise FormulationError(
            "it is 0 or 1, and has no other bounds; make it an integer first",
            element=f"variable '{variable.name}'",
        )
    if edit.amount is None:
        value = None
    elif len(bounds) != 1 and edit.amount.how is not How.to:
        raise FormulationError(
            f"its entries have different {edit.side} bounds; say which entry is meant",
            element=f"variable '{variable.name}'",
        )
    else:
        value = edit.amount.after(next(iter(bounds)))
    return _with_variable(instance.formulation, variable, {edit.side: value})


def _with_entry_bound(instance: Instance, edit: SetBound, key: Key) -> Formulation:
    """Bound one entry: by the constraint that bounds it already, by a new one, or looser."""
    formulation = instance.formulation
    own = entry_bound(instance, edit.variable, key, edit.side)
    declared = getattr(instance.bounds[edit.variable][key], edit.side)
    label = show_entry(edit.variable, key)
    if edit.amount is None:
        if own is None:
            raise FormulationError(
                f"{label} has no {edit.side} bound of its own"
                + ("" if declared is None else f", all of '{edit.variable}' have this one")
            )
        return _replacing(formulation, own.name, ())
    if own is not None:
        limit = SetLimit(constraint=own.name, amount=edit.amount)
        return _with_limit(instance, limit)
    value = edit.amount.after(declared)
    sign = 1 if edit.side == "lower" else -1
    if declared is not None and sign * value <= sign * declared:
        ends = (value, None) if edit.side == "lower" else (None, value)
        return with_bounds(formulation, instance, {label: ends})
    operator = ">=" if edit.side == "lower" else "<="
    row = Constraint(
        name=_row_name(formulation, edit.variable, key, edit.side),
        expression=f"{entry_text(edit.variable, key)} {operator} {show_number(value)}",
        doc=edit.doc,
    )
    return _with_constraints(formulation, (*formulation.constraints, row))


def _row_name(formulation: Formulation, variable: str, key: Key, side: Side) -> str:
    words = "_".join(map(str, (variable, *key, side)))
    return free_name(formulation, re.sub(r"\W", "_", words))


def entry_bound(instance: Instance, variable: str, key: Key, side: Side) -> Constraint | None:
    """Find the constraint that does nothing but bound one entry by a number."""
    for rule in instance.rules:
        relation = rule.relation
        if rule.loops or rule.condition is not None or len(relation.operands) != 2:
            continue
        found = constant_side(relation, instance.bounds)
        if found is None or value_of(relation.operands[found[0]]) is None:
            continue
        place, operator = found
        is_own = _is_entry(relation.operands[1 - place], variable, key)
        if is_own and operator == (">=" if side == "lower" else "<="):
            return rule.constraint
    return None


def _is_entry(node: Node, variable: str, key: Key) -> bool:
    match node:
        case Name(name):
            return name == variable and not key
        case Item(name, keys):
            atoms = [k.value for k in keys if isinstance(k, Text | Number)]
            return name == variable and len(atoms) == len(keys) and tuple(atoms) == key
    return False


def _with_domain(instance: Instance, edit: SetDomain) -> Formulation:
    formulation = instance.formulation
    variable: Variable = named(formulation.variables, edit.variable, "variable")
    if edit.key and len(instance.bounds[edit.variable]) > 1:
        return _with_entry_domain(instance, variable, edit)
    return _with_variable(formulation, variable, {"domain": edit.domain})


def _with_entry_domain(instance: Instance, variable: Variable, edit: SetDomain) -> Formulation:
    """Let one entry be split and others be whole: those are equal to a variable that is whole."""
    entries = instance.bounds[variable.name]
    key = entry_of(entries, variable.name, edit.key or (), "variable")
    if Domain.binary in (variable.domain, edit.domain):
        raise FormulationError(
            f"{show_entry(variable.name, key)} is one of {len(entries)} entries, and only all of "
            "them can be made 0 or 1, or more than that",
            element=f"variable '{variable.name}'",
        )
    whole = _whole_entries(instance, variable)
    whole = whole | {key} if edit.domain is Domain.integer else whole - {key}
    rest = _without_twin(instance.formulation, variable.name)
    if len(whole) in (0, len(entries)):
        domain = Domain.integer if whole else Domain.continuous
        return _with_variable(rest, variable, {"domain": domain})
    split = _with_variable(rest, variable, {"domain": Domain.continuous})
    loops = loop_names(instance.formulation, len(key))
    return _with_twin(split, variable, [each for each in entries if each in whole], loops)


def _whole_entries(instance: Instance, variable: Variable) -> set[Key]:
    """Give the entries of a variable that are whole: all, or those that have a twin."""
    name = twin_set(variable.name)
    if any(each.name == name for each in instance.formulation.sets):
        return set(instance.sets[name])
    return set(instance.bounds[variable.name]) if variable.domain is Domain.integer else set()


def _with_twin(
    formulation: Formulation, variable: Variable, whole: Iterable[Key], loops: Sequence[str]
) -> Formulation:
    """Add a variable that is whole, over some entries of another, and hold these equal to it."""
    name, over = twin_name(variable.name), ", ".join(loops)
    doc = f"what of {variable.name} is whole"
    own = Set(name=twin_set(variable.name), elements=tuple(map(unwrap, whole)), doc=doc)
    row = Constraint(
        name=name,
        forall=f"({over}) in {own.name}" if len(loops) > 1 else f"{over} in {own.name}",
        expression=f"{variable.name}[{over}] == {name}[{over}]",
        doc=doc,
    )
    twin = Variable(
        name=name,
        index=(own.name,),
        domain=Domain.integer,
        lower=variable.lower if not isinstance(variable.lower, str) else None,
        unit=variable.unit,
    )
    return formulation.model_copy(
        update={
            "sets": (*formulation.sets, own),
            "variables": (*formulation.variables, twin),
            "constraints": (*formulation.constraints, row),
        }
    )


def _without_twin(formulation: Formulation, variable: str) -> Formulation:
    name = twin_name(variable)
    return formulation.model_copy(
        update={
            "sets": tuple(s for s in formulation.sets if s.name != twin_set(variable)),
            "variables": tuple(v for v in formulation.variables if v.name != name),
            "constraints": tuple(c for c in formulation.constraints if c.name != name),
        }
    )


def _with_variable(
    formulation: Formulation, old: Variable, update: Mapping[str, object]
) -> Formulation:
    changed = old.model_copy(update=dict(update))
    variables = tuple(changed if each is old else each for each in formulation.variables)
    return formulation.model_copy(update={"variables": variables})
