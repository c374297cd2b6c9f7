"""The numbers that are written in an expression, and the expression with another of them."""

from collections.abc import Iterator

from solvitur.formulation.expression import Arithmetic, Call, Item, Loop, Node
from solvitur.formulation.linearise.trees import number, rebuild, value_of


def amounts(node: Node) -> Iterator[float]:
    """Give the numbers that stand for an amount, in the order of the text, with their signs.

    Indices, powers and what conditions compare with are none.

    Example:
        >>> from solvitur.formulation.expression import parse
        >>> list(amounts(parse("2 * x[1] - 3 * y ** 2 <= -40")))
        [2, 3, -40]
    """
    value = value_of(node)
    if value is not None:
        yield value
        return
    apart = structure(node)
    for child in node.children():
        if not any(child is each for each in apart):
            yield from amounts(child)


def with_amount(node: Node, place: int, value: float) -> Node:
    """Give the expression with one of its `amounts` changed, counted from 0.

    Example:
        >>> from solvitur.formulation.expression import parse
        >>> from solvitur.formulation.printing import show
        >>> show(with_amount(parse("2 * x[1] <= 40"), 1, 30))
        '2 * x[1] <= 30'
    """
    left = place

    def change(each: Node) -> Node:
        nonlocal left
        if value_of(each) is not None:
            left -= 1
            return number(value) if left == -1 else each
        apart = structure(each)
        return rebuild(each, lambda c: c if any(c is a for a in apart) else change(c))

    return change(node)


def structure(node: Node) -> tuple[Node, ...]:
    """Give the parts of a node whose numbers are no amounts: indices, conditions, powers."""
    match node:
        case Item(_, keys) | Call("next" | "prev", keys):
            return keys
        case Loop():
            return node.conditions
        case Arithmetic("**", _, power):
            return (power,)
    return ()
