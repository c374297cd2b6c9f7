"""Numbers, lists and units in the words of a problem."""

from collections.abc import Iterable, Sequence

from solvitur.formulation.elements import Formulation
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Item,
    Name,
    Negative,
    Node,
    Number,
)
from solvitur.formulation.printing import first, one_line, show_number

NOISE = 1e-9
"""What is smaller counts as zero where a number is shown."""


def tidy(value: float, digits: int = 10) -> float:
    """Take off the noise of the last digits: 19.9999999999 is 20, and 1e-17 is 0.

    Example:
        >>> tidy(19.99999999999), tidy(1e-17), tidy(2 / 3, 3)
        (20.0, 0.0, 0.667)
    """
    return 0.0 if abs(value) < NOISE else float(f"{value:.{digits}g}")


def amount(value: float, unit: str = "", digits: int = 10) -> str:
    """Write a number with its unit.

    Example:
        >>> amount(6.500000000001, "USD"), amount(3)
        ('6.5 USD', '3')
    """
    shown = show_number(tidy(value, digits))
    return f"{shown} {one_line(unit)}" if unit else shown


def linear(terms: Iterable[tuple[float, str]], most: int = 8) -> str:
    """Write a sum of multiples of names; the rest of a long one is only counted.

    Example:
        >>> linear([(3, "x"), (-1, "y"), (-0.5, "z")])
        '3 * x - y - 0.5 * z'
        >>> linear([])
        '0'
    """
    parts = [(value < 0, _multiple(abs(tidy(value)), name)) for value, name in terms]
    if not parts:
        return "0"
    (minus, head), *rest = parts[:most]
    text = ("-" if minus else "") + head
    text += "".join(f" {'-' if minus else '+'} {part}" for minus, part in rest)
    return text if len(parts) <= most else f"{text} + ({len(parts) - most} more terms)"


def _multiple(size: float, name: str) -> str:
    return name if size == 1 else f"{show_number(size)} * {name}"


def unit_of(node: Node, formulation: Formulation) -> str:
    """Find the unit of an expression from those declared; empty where they do not tell.

    Example:
        >>> from solvitur.formulation.expression import parse
        >>> shop = Formulation.model_validate({
        ...     "parameters": [{"name": "price", "value": 3, "unit": "USD/item"}],
        ...     "variables": [{"name": "x", "unit": "item"}],
        ...     "objective": {"sense": "maximize", "expression": "price * x"}})
        >>> unit_of(parse("price * x - 2"), shop), unit_of(parse("x + 1"), shop)
        ('USD', 'item')
    """
    declared = {p.name: p.unit for p in formulation.parameters}
    declared |= {v.name: v.unit for v in formulation.variables}
    return _unit(node, declared) or ""


def _unit(node: Node, declared: dict[str, str]) -> str | None:
    """Give the unit, ``None`` for a plain number, and empty for what is not known."""
    match node:
        case Number():
            return None
        case Name(name) | Item(name, _):
            return declared.get(name, "")
        case Negative(inner) | Aggregate("sum" | "min" | "max", inner, _):
            return _unit(inner, declared)
        case Arithmetic("+" | "-", left, right):
            return _either(_unit(left, declared), _unit(right, declared))
        case Arithmetic("*", left, right):
            return _product(_unit(left, declared) or "", _unit(right, declared) or "")
    return ""


def _either(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return right if left is None else left
    return left if left == right else ""


def _product(left: str, right: str) -> str:
    """Give the unit of a rate times what it is a rate of; a plain factor may have a unit too."""
    for rate, of in ((left, right), (right, left)):
        over, _, under = rate.partition("/")
        if under and under == of:
            return over
    return ""


def listed(reasons: Sequence[object], most: int = 5) -> str:
    """Write one line for each reason, and how many more there are.

    Example:
        >>> print(listed(["the first", "the second", "the third"], most=2))
        - the first
        - the second
        - ... and 1 more
    """
    return "\n".join(first([f"- {reason}" for reason in reasons], most, "- ... and {} more"))
