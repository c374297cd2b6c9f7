"""Whether the units of a formulation fit together: hours and minutes, money and things.

Parameters and variables may say a unit. What has none, and every number in an expression, may be
anything: nothing is said against it, nor against what it is multiplied by. So a fault is about two
units that are both stated, or follow from stated ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from solvitur.errors import FormulationError, MissingExtra
from solvitur.formulation.elements import Parameter, Variable
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Item,
    Loop,
    Name,
    Negative,
    Node,
    Number,
    Piecewise,
    parse,
    parse_elements,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import cut, show
from solvitur.formulation.units.measures import times, without_counts
from solvitur.formulation.units.text import Unit, read_unit

_LONGEST = 60
_MOST = 3
"""Most faults that are said of one element; more mostly follow from these."""


def unit_faults(instance: Instance) -> list[FormulationError]:
    """Find where units do not fit together, with the element, the column and the mend.

    Finds nothing where pint is not installed.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> bake = Instance(Formulation.model_validate({
        ...     "parameters": [{"name": "oven", "value": 45, "unit": "min/loaf"},
        ...                    {"name": "open", "value": 8, "unit": "h"}],
        ...     "variables": [{"name": "x", "unit": "loaf"}],
        ...     "objective": {"sense": "maximize", "expression": "x"},
        ...     "constraints": [{"name": "t", "expression": "oven*x <= open"}]}))
        >>> for fault in unit_faults(bake):
        ...     print(fault)
        constraint 't': 'oven * x' is in min, 'open' in h; multiply 'open' by 60 min/h at column 11
    """
    units = _Units(instance)
    if not any(units.known.values()):
        return []
    try:
        return [
            FormulationError(fault.message, element=element, column=fault.column)
            for element, walk in _walks(instance, units)
            for fault in walk.faults[:_MOST]
        ]
    except MissingExtra:
        return []


def _walks(instance: Instance, units: "_Units") -> Iterator[tuple[str, "_Walk"]]:
    """Go through every element in turn."""
    formulation = instance.formulation
    for declared in formulation.sets:
        if declared.expression is not None:
            walk = _Walk(units)
            walk.loops(parse_elements(declared.expression)[1])
            yield f"set '{declared.name}'", walk
    for parameter in formulation.parameters:
        walk = _Walk(units)
        if parameter.expression is not None:
            walk.fits(parameter.name, parse(parameter.expression))
        walk.fits_column(parameter.name)
        yield f"parameter '{parameter.name}'", walk
    for variable in formulation.variables:
        walk = _Walk(units)
        for bound in (variable.lower, variable.upper):
            if isinstance(bound, str):
                walk.fits(variable.name, parse(bound))
        yield f"variable '{variable.name}'", walk
    walk = _Walk(units)
    walk.unit(instance.objective)
    yield "objective", walk
    for rule in instance.rules:
        walk = _Walk(units)
        walk.loops(rule.loops)
        for node in (rule.condition, rule.relation):
            if node is not None:
                walk.unit(node)
        yield f"constraint '{rule.constraint.name}'", walk


class _Units:
    """The units of parameters and variables, stated or following from what they derive from."""

    def __init__(self, instance: Instance) -> None:
        formulation = instance.formulation
        elements: tuple[Parameter | Variable, ...] = (
            *formulation.parameters,
            *formulation.variables,
        )
        self.of_columns = {
            each.name: read_unit(instance.data.unit(each.source))
            for each in formulation.parameters
            if each.source is not None
        }
        self.stated = {each.name: read_unit(each.unit) for each in elements if each.unit}
        self.known = {**self.of_columns, **self.stated}
        self.derived = {
            each.name: each.expression
            for each in formulation.parameters
            if each.expression is not None and not each.unit
        }
        self.factors = [each.name for each in formulation.parameters if each.unit]

    def of(self, name: str) -> Unit | None:
        """Give the unit of a name; ``None`` where nothing is known."""
        if name not in self.known:
            expression = self.derived.get(name)
            self.known[name] = _Walk(self).unit(parse(expression)) if expression else None
        return self.known[name]

    def factor(self, wanted: Unit) -> str | None:
        """Find a parameter that turns one unit into another."""
        for name in self.factors:
            unit = self.stated[name]
            if unit is not None and times(unit, wanted, is_loose=False) is not None:
                return f"{name} [{unit}]"
        return None


@dataclass
class _Walk:
    """Finds the unit of a node, and what does not fit together below it."""

    units: _Units
    faults: list[FormulationError] = field(default_factory=list)

    def fits(self, name: str, node: Node) -> None:
        """Hold an expression against the unit that is stated for its value."""
        self.same([(Name(name), self.units.stated.get(name)), (node, self.unit(node))])

    def fits_column(self, name: str) -> None:
        """Hold the unit that is stated against that of the column that the numbers come from."""
        column, stated = self.units.of_columns.get(name), self.units.stated.get(name)
        if column is None or stated is None or stated == column:
            return
        if times(without_counts(stated), without_counts(column)) != 1:
            self.faults.append(
                FormulationError(
                    f"it is in {stated}, but its column in {column}; state the unit of the column"
                )
            )

    def loops(self, loops: Iterable[Loop]) -> None:
        """Go through the conditions of loops."""
        for loop in loops:
            for condition in loop.conditions:
                self.unit(condition)

    def unit(self, node: Node) -> Unit | None:
        """Give the unit of a node; ``None`` where it may be any, and for a condition."""
        match node:
            case Name(name) | Item(name):
                return self.units.of(name)
            case Negative(operand):
                return self.unit(operand)
            case Arithmetic("+" | "-", left, right):
                return self.same([(left, self.unit(left)), (right, self.unit(right))])
            case Arithmetic():
                return self.product(node)
            case Call(function, arguments) if function in ("abs", "min", "max"):
                return self.same([(each, self.unit(each)) for each in arguments])
            case Aggregate(function, body, loops):
                self.loops(loops)
                unit = self.unit(body)
                return None if function == "prod" else unit
            case Piecewise():
                return self.piecewise(node)
            case Comparison(operands=operands):
                self.same([(each, self.unit(each)) for each in operands])
                return None
        for child in node.children():
            self.unit(child)
        return None

    def product(self, node: Arithmetic) -> Unit | None:
        left, right = self.unit(node.left), self.unit(node.right)
        if node.operator == "**":
            power = node.right.value if isinstance(node.right, Number) else None
            if left is None or power is None or abs(power) > 9:
                return None
            try:
                return _sane(left ** Fraction(power).limit_denominator(12))
            except OverflowError:
                return None
        if left is None or right is None:
            return None
        return _sane(left * right if node.operator == "*" else left / right)

    def piecewise(self, node: Piecewise) -> Unit | None:
        self.loops(node.loops)
        at, to = zip(*(point.items for point in node.points), strict=True)
        self.same([(each, self.unit(each)) for each in (node.argument, *at)])
        return self.same([(each, self.unit(each)) for each in to])

    def same(self, pieces: Iterable[tuple[Node, Unit | None]]) -> Unit | None:
        """Hold the units of some pieces against each other; give the one that they share."""
        first: tuple[Node, Unit] | None = None
        for node, unit in pieces:
            if unit is None:
                continue
            if first is None:
                first = node, unit
            elif (fault := self.fault(*first, node, unit)) is not None:
                self.faults.append(fault)
                return None
        return first[1] if first else None

    def fault(self, left: Node, a: Unit, right: Node, b: Unit) -> FormulationError | None:
        ratio = times(a, b)
        if ratio == 1:
            return None
        if ratio is None:
            mend = self.missing_factor(left, a, right, b)
        elif ratio < 1:
            mend = _scaled(left, 1 / ratio, b, a)
        else:
            mend = _scaled(right, ratio, a, b)
        return FormulationError(
            f"{_shown(left)} is in {a}, {_shown(right)} in {b}; {mend}", column=right.column
        )

    def missing_factor(self, left: Node, a: Unit, right: Node, b: Unit) -> str:
        for node, wanted in ((right, a / b), (left, b / a)):
            factor = self.units.factor(wanted)
            if factor is not None:
                return f"did you forget to multiply {_shown(node)} by {factor}?"
        return f"a factor in {a / b} is missing, or a unit is wrong"


def _scaled(node: Node, ratio: float, to: Unit, from_: Unit) -> str:
    units = str(Unit(to.words) / Unit(from_.words))
    number = f"{ratio:.6g}"
    return f"multiply {_shown(node)} by {number if units == '1' else f'{number} {units}'}"


def _shown(node: Node) -> str:
    return f"'{cut(show(node), _LONGEST)}'"


def _sane(unit: Unit) -> Unit | None:
    return unit if unit.is_sane else None
