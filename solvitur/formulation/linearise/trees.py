"""Making new expressions of old ones."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from solvitur.formulation.expression import (
    Arithmetic,
    Comparison,
    Loop,
    Name,
    Negative,
    Node,
    Number,
    Piecewise,
)
from solvitur.formulation.printing import cut, show


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """Give the node with each node directly below it changed."""
    updates: dict[str, Any] = {}
    for entry in fields(node):
        value = getattr(node, entry.name)
        if isinstance(value, Node):
            updates[entry.name] = change(value)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            updates[entry.name] = tuple(change(v) if isinstance(v, Node) else v for v in value)
    return replace(node, **updates) if updates else node


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Give the node with loop names changed."""
    if isinstance(node, Name):
        return replace(node, name=names.get(node.name, node.name))
    inner = rebuild(node, lambda child: renamed(child, names))
    if isinstance(inner, Loop):
        return replace(inner, targets=tuple(names.get(target, target) for target in inner.targets))
    return inner


def bound_names(node: Node) -> Iterator[str]:
    """Give the names that loops within the node bind, in the order of the text."""
    if isinstance(node, Loop):
        yield from node.targets
    for child in node.children():
        yield from bound_names(child)


def has_points(node: Node) -> bool:
    """Whether a piecewise function is in it, which has no value outside of its points."""
    return isinstance(node, Piecewise) or any(map(has_points, node.children()))


def canonical(node: Node, outer: Collection[str]) -> Node:
    """Give the node with its loop names numbered, those of `outer` first.

    Two terms that differ only in what their loops are called become equal.
    """
    names: dict[str, str] = {}
    for name in (*outer, *bound_names(node)):
        names.setdefault(name, f"{len(names)}")
    return renamed(node, names)


def number(value: float) -> Node:
    """Give a number, which is a `Negative` where it is below zero."""
    value = value + 0.0
    if value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return Number(value) if value >= 0 else Negative(Number(-value))


def value_of(node: Node) -> float | None:
    """Give the value of a written number."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Negative) and isinstance(node.operand, Number):
        return -node.operand.value
    return None


def plus(left: Node, right: Node) -> Node:
    """Add, leaving out what is zero."""
    a, b = value_of(left), value_of(right)
    if a is not None and b is not None:
        return number(a + b)
    if a == 0:
        return right
    if b == 0:
        return left
    if a is not None and isinstance(right, Arithmetic) and right.operator == "-":
        first, second = value_of(right.left), value_of(right.right)
        if first is not None:
            return minus(number(a + first), right.right)
        if second is not None:
            return plus(number(a - second), right.left)
    if b is not None and b < 0:
        return Arithmetic("-", left, number(-b))
    if isinstance(right, Negative):
        return Arithmetic("-", left, right.operand)
    return Arithmetic("+", left, right)


def minus(left: Node, right: Node) -> Node:
    """Subtract, leaving out what is zero."""
    return plus(left, negative(right))


def negative(node: Node) -> Node:
    """Turn the sign."""
    match node:
        case Negative(operand):
            return operand
        case Number(0):
            return node
        case Arithmetic("-", left, right):
            return Arithmetic("-", right, left)
        case Arithmetic("*", left, right) if value_of(left) is not None:
            return times(negative(left), right)
    return Negative(node)


def times(left: Node, right: Node) -> Node:
    """Multiply, leaving out what is one."""
    a, b = value_of(left), value_of(right)
    if a is not None and b is not None:
        return number(a * b)
    if a == 0 or b == 0:
        return Number(0)
    if a == 1:
        return right
    if b == 1:
        return left
    if a == -1:
        return negative(right)
    if b == -1:
        return negative(left)
    return Arithmetic("*", left, right)


def relation(left: Node, operator: str, right: Node) -> Comparison:
    """Give ``left operator right``."""
    return Comparison((operator,), (left, right))


def brief(node: Node) -> str:
    """Show an expression, only the start of it if it is long."""
    return cut(show(node), 80)
