"""Functions of whole numbers, as the lines through all the values there are.

Between whole numbers nothing is asked of ``n ** 2`` or ``exp(n)``: where n is between -3 and 10,
the lines through fourteen points are the function itself.
"""

import math
from dataclasses import replace

from solvitur.errors import FormulationError
from solvitur.formulation.expression import Arithmetic, Call, Loop, Name, Node, Pair, Piecewise
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.rewriting import Hold, Rewriter

MOST_VALUES = 100
"""Most values of a whole number that are written out."""


def is_whole(rewriter: Rewriter, node: Node, loops: tuple[Loop, ...]) -> bool:
    """Whether an expression is a whole number, and has so few values that a table holds them."""
    frame = rewriter.frames.of(node.names, loops)
    return frame is not None and _values(rewriter, node, frame) is not None


def has_table(rewriter: Rewriter, node: Node, loops: tuple[Loop, ...]) -> bool:
    """Whether it is a function of one expression that is a whole number."""
    if not isinstance(node, Call | Arithmetic) or not _is_function(rewriter, node):
        return False
    frame = rewriter.frames.of(node.names, loops)
    if frame is None or not is_whole(rewriter, _argument(rewriter, node), loops):
        return False
    try:
        lines = _lines(rewriter, node, frame)
        for binding in frame.bindings:
            rewriter.added.evaluator.points(lines, binding)
    except FormulationError:
        return False  # it has no value at one of them
    return True


def of_whole(rewriter: Rewriter, node: Node, hold: Hold, loops: tuple[Loop, ...]) -> Node:
    """Rewrite such a function."""
    frame = rewriter.frames.of(node.names, loops)
    assert isinstance(node, Call | Arithmetic)
    assert frame is not None
    return rewriter.walk(_lines(rewriter, node, frame), hold, loops)


def _is_function(rewriter: Rewriter, node: Call | Arithmetic) -> bool:
    if isinstance(node, Call):
        return len(node.arguments) == 1
    known = rewriter.is_known(node.left), rewriter.is_known(node.right)
    return (node.operator, known) in _FUNCTIONS


_FUNCTIONS = (("**", (False, True)), ("**", (True, False)), ("/", (True, False)))
"""Operators, and which sides are known, that make a function of the other side."""


def _argument(rewriter: Rewriter, node: Call | Arithmetic) -> Node:
    if isinstance(node, Call):
        return node.arguments[0]
    return node.right if rewriter.is_known(node.left) else node.left


def _at(rewriter: Rewriter, node: Call | Arithmetic, argument: Node) -> Node:
    """Put another argument into a function."""
    if isinstance(node, Call):
        return replace(node, arguments=(argument,))
    if rewriter.is_known(node.left):
        return replace(node, right=argument)
    return replace(node, left=argument)


def _lines(rewriter: Rewriter, node: Call | Arithmetic, frame: Frame) -> Piecewise:
    """Give the lines through all values of a function."""
    argument = _argument(rewriter, node)
    values = _values(rewriter, argument, frame)
    assert values is not None
    which = rewriter.added.whole_numbers(*values)
    target = rewriter.added.loop_name("n", node.names)
    at = Name(target)
    height = _at(rewriter, node, at)
    return Piecewise(
        argument, (Pair((at, height)),), (Loop((target,), Name(which)),), column=node.column
    )


def _values(rewriter: Rewriter, argument: Node, frame: Frame) -> tuple[int, int] | None:
    """Give the least and the most of a whole number, if it is one and they are near enough."""
    spans = rewriter.spans(argument, frame)
    if not all(spans.whole) or not all(float(value).is_integer() for value in spans.constant):
        return None
    low, high = min(low for low, _ in spans.ranges), max(high for _, high in spans.ranges)
    if math.isinf(low) or math.isinf(high) or high - low >= MOST_VALUES:
        return None
    return math.floor(low), max(math.ceil(high), math.floor(low) + 1)
