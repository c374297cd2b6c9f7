"""A formulation with other numbers: parameters, bounds, and the constant sides of constraints."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from numbers import Real

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Constraint, Domain, Formulation, Parameter, Variable
from solvitur.formulation.evaluate import Atom, Key, show_entry
from solvitur.formulation.expression import (
    Item,
    Name,
    Negative,
    Node,
    Number,
    Pair,
    Text,
    constant_side,
)
from solvitur.formulation.instance import Instance, Row
from solvitur.formulation.printing import show

Ends = tuple[float | None, float | None]
"""A lower and an upper bound; ``None`` leaves the one there is."""


def with_parameters(
    formulation: Formulation, instance: Instance, values: Mapping[str, float]
) -> Formulation:
    """Give some entries of parameters another value; what is derived from them follows."""
    named: dict[str, dict[Key, float]] = {}
    for label, value in values.items():
        name, key = _found(label, instance.parameters, "parameter")
        named.setdefault(name, {})[key] = _finite(value, f"parameter '{label}'")
    parameters = [
        _with_values(p, {**instance.parameters[p.name], **named[p.name]}) if p.name in named else p
        for p in formulation.parameters
    ]
    return formulation.model_copy(update={"parameters": tuple(parameters)})


def _with_values(parameter: Parameter, values: Mapping[Key, float]) -> Parameter:
    plain: dict[str, object] = {"expression": None, "over": "", "source": None, "default": None}
    if not parameter.index:
        return parameter.model_copy(update={**plain, "value": values[()]})
    pairs = [[list(key), value] for key, value in values.items()]
    return parameter.model_copy(update={**plain, "values": pairs})


def with_bounds(
    formulation: Formulation, instance: Instance, bounds: Mapping[str, Ends]
) -> Formulation:
    """Give some entries of variables other bounds.

    One that is tighter becomes a constraint; one that is looser takes the place of the old one.
    """
    for label, ends in bounds.items():
        name, key = _found(label, instance.bounds, "variable")
        old = instance.bounds[name][key]
        for kind, end in zip(("lower", "upper"), ends, strict=True):
            if end is None:
                continue
            end = _finite(end, f"{kind} bound of '{label}'")
            sign = 1 if kind == "lower" else -1
            was = getattr(old, kind)
            if was is None or sign * end > sign * was:
                formulation = _with_row(formulation, name, key, kind, end)
            elif end != was:
                formulation = _with_looser(formulation, instance, name, key, kind, end)
    return formulation


def _with_row(formulation: Formulation, name: str, key: Key, kind: str, end: float) -> Formulation:
    operator = ">=" if kind == "lower" else "<="
    row = Constraint(
        name=free_name(formulation, f"{name}_{kind}"),
        expression=f"{entry_text(name, key)} {operator} {_number(end)}",
        doc="a bound that is tried",
    )
    return formulation.model_copy(update={"constraints": (*formulation.constraints, row)})


def _with_looser(
    formulation: Formulation, instance: Instance, name: str, key: Key, kind: str, end: float
) -> Formulation:
    (variable,) = (v for v in formulation.variables if v.name == name)
    if variable.domain is Domain.binary:
        raise FormulationError(
            "it is 0 or 1; declare it as an integer to let it be more", element=f"variable '{name}'"
        )
    update: dict[str, object] = {kind: float(end)}
    parameters = formulation.parameters
    if key:
        known = {k: getattr(b, kind) for k, b in instance.bounds[name].items()}
        values = [[list(k), end if k == key else value] for k, value in known.items()]
        bound = Parameter(
            name=free_name(formulation, f"{name}_{kind}"), index=variable.index, values=values
        )
        letters = loop_names(formulation, len(variable.index))
        pairs = zip(letters, variable.index, strict=True)
        loops, names = [f"{letter} in {index}" for letter, index in pairs], ", ".join(letters)
        update = {kind: f"{bound.name}[{names}]", "over": ", ".join(loops)}
        other = "upper" if kind == "lower" else "lower"
        if variable.over and isinstance(getattr(variable, other), str):
            raise FormulationError(
                "its bounds are expressions over an index; change the parameters they come from",
                element=f"variable '{name}'",
            )
        parameters = (*parameters, bound)
    variables = tuple(
        Variable.model_validate({**v.model_dump(), **update}) if v.name == name else v
        for v in formulation.variables
    )
    return formulation.model_copy(update={"variables": variables, "parameters": parameters})


def with_limits(
    formulation: Formulation, instance: Instance, limits: Mapping[str, float]
) -> Formulation:
    """Give the constant sides of some rows another number."""
    rows = {row.label: row for row in instance.rows()}
    for label, value in limits.items():
        row = rows.get(label)
        if row is None:
            raise FormulationError(f"there is no row '{label}'; a row is named as in {_some(rows)}")
        number = _finite(value, f"limit '{label}'")
        formulation = _with_limit(formulation, row, _with_number(row, instance, number))
    return formulation


def _with_number(row: Row, instance: Instance, value: float) -> str:
    relation, name = row.rule.relation, f"constraint '{row.rule.constraint.name}'"
    found = constant_side(relation, instance.bounds)
    if row.rule.condition is not None or len(relation.operands) > 2 or found is None:
        raise FormulationError(
            "it has not just one constant side; change a parameter in it instead", element=name
        )
    sides = list(relation.operands)
    sides[found[0]] = _node(value)
    return show(replace(relation, operands=tuple(sides)))


def _with_limit(formulation: Formulation, row: Row, expression: str) -> Formulation:
    """Write a row anew; where its constraint has others, they go on without it."""
    constraint = row.rule.constraint
    changed = constraint.model_copy(update={"expression": expression})
    constraints: list[Constraint] = []
    for each in formulation.constraints:
        if each.name != constraint.name:
            constraints.append(each)
        elif not row.binding:
            constraints.append(changed)
        else:
            only = " and ".join(f"{name} == {_value(value)}" for name, value in row.binding.items())
            name = free_name(formulation, f"{each.name}_tried")
            others = each.model_copy(update={"forall": f"{each.forall} if not ({only})"})
            alone = {"name": name, "forall": f"{constraint.forall} if {only}"}
            constraints += [others, changed.model_copy(update=alone)]
    return formulation.model_copy(update={"constraints": tuple(constraints)})


def _found(label: str, elements: Mapping[str, Mapping[Key, object]], kind: str) -> tuple[str, Key]:
    name = label.partition("[")[0].strip()
    if name not in elements:
        raise FormulationError(f"there is no {kind} '{name}'; there are: {_some(elements)}")
    wanted = _squeezed(label)
    labels = {_squeezed(show_entry(name, key)): key for key in elements[name]}
    if wanted not in labels:
        known = _some(show_entry(name, key) for key in elements[name])
        raise FormulationError(f"there is no entry '{label}'; there are: {known}")
    return name, labels[wanted]


def _finite(value: object, element: str) -> float:
    """Take what a caller gave as a number."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise FormulationError(f"{value!r:.80} is no number", element=element)
    number = float(value)
    if not math.isfinite(number):
        raise FormulationError(f"{number:g} is no finite number", element=element)
    return number


def _squeezed(label: str) -> str:
    return ",".join(part.strip() for part in label.split(","))


def _some(names: Iterable[str], most: int = 5) -> str:
    listed = list(names)
    return ", ".join(listed[:most]) + (", ..." if len(listed) > most else "")


def free_name(formulation: Formulation, name: str) -> str:
    """Add underscores to a name until nothing else has it."""
    taken = set(_names(formulation))
    while name in taken:
        name += "_"
    return name


def _names(formulation: Formulation) -> Iterator[str]:
    for elements in (
        formulation.sets,
        formulation.parameters,
        formulation.variables,
        formulation.constraints,
    ):
        yield from (element.name for element in elements)


def loop_names(formulation: Formulation, count: int) -> tuple[str, ...]:
    """Give names for the loops of a new expression, which nothing else has."""
    names = ["k"] if count == 1 else [f"k{place}" for place in range(count)]
    return tuple(free_name(formulation, name) for name in names)


def total_text(formulation: Formulation, variable: Variable) -> str:
    """Write the sum of all entries of a variable as an expression.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair", "table"]}],
        ...     "parameters": [{"name": "k", "value": 2}],
        ...     "variables": [{"name": "x", "index": ["P"]}, {"name": "y"}],
        ...     "objective": {"sense": "maximize", "expression": "k * y"}})
        >>> [total_text(shop, variable) for variable in shop.variables]
        ['sum(x[k_] for k_ in P)', 'y']
    """
    if not variable.index:
        return variable.name
    names = loop_names(formulation, len(variable.index))
    pairs = zip(names, variable.index, strict=True)
    loops = " ".join(f"for {name} in {declared}" for name, declared in pairs)
    return f"sum({variable.name}[{', '.join(names)}] {loops})"


def entry_text(name: str, key: Key) -> str:
    """Write one entry as an expression does: ``x["chair"]``."""
    return show(Item(name, tuple(map(_node, key))) if key else Name(name))


def _number(value: float) -> str:
    return show(_node(value))


def _value(value: Atom | Key) -> str:
    if isinstance(value, tuple):
        return show(Pair(tuple(map(_node, value))))
    return show(_node(value))


def _node(value: Atom | float) -> Node:
    if isinstance(value, str):
        return Text(value)
    return Negative(Number(-value)) if value < 0 else Number(value)
