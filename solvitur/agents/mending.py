"""Slips of small models in Pyomo scripts that have one mend, made before a script is run."""

import ast
from collections.abc import Iterator

_STRICT = {ast.Lt: "<", ast.Gt: ">"}

Edit = tuple[int, int, str]
"""Where a piece of the text starts and ends, and what stands there instead."""


def mended(script: str) -> str:
    """Mend what Pyomo refuses although it is clear what is meant; all else stays as it is.

    A strict relation in a constraint is taken to include its limit, as solvers know no other, and
    a ``sum`` around an expression that already is one number is left out. A script that is no
    Python comes back as it is: running it says what is wrong.

    Example:
        >>> print(mended("m.c = pyo.Constraint(expr=sum(m.x + m.y) > 3)"))
        m.c = pyo.Constraint(expr=(m.x + m.y) >= 3)
    """
    try:
        tree = ast.parse(script)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return script
    places = _Places(script)
    edits = [*_strict(tree, places), *_sums(tree, places)]
    text = script.encode()
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words.encode() + text[end:]
    return text.decode()


class _Places:
    """Finds where in the text, in bytes, a node starts and ends."""

    def __init__(self, script: str) -> None:
        self.text = script.encode()
        self._lines = [0]
        for line in script.encode().splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def start(self, node: ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.end_lineno - 1] + node.end_col_offset


def _strict(tree: ast.Module, places: _Places) -> Iterator[Edit]:
    for relation in _relations(tree):
        sides = [relation.left, *relation.comparators]
        for operator, left, right in zip(relation.ops, sides, sides[1:], strict=False):
            sign = _STRICT.get(type(operator))
            if sign is None:
                continue
            between = places.text[places.end(left) : places.start(right)]
            if between.count(sign.encode()) == 1:
                at = places.end(left) + between.index(sign.encode())
                yield at, at + 1, f"{sign}="


def _relations(tree: ast.Module) -> Iterator[ast.Compare]:
    """Give the comparisons that are constraints: what a rule returns, and an ``expr``."""
    for node in ast.walk(tree):
        value = None
        if isinstance(node, ast.Return) or (isinstance(node, ast.keyword) and node.arg == "expr"):
            value = node.value
        elif isinstance(node, ast.Lambda):
            value = node.body
        elif isinstance(node, ast.Call) and _name(node.func) == "add" and node.args:
            value = node.args[-1]
        if isinstance(value, ast.Compare):
            yield value


def _sums(tree: ast.Module, places: _Places) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        is_alone = len(node.args) == 1 and not node.keywords
        if node.func.id == "sum" and is_alone and _is_number(node.args[0]):
            yield places.start(node), places.end(node.func), ""


def _is_number(node: ast.expr) -> bool:
    """Whether it is arithmetic with a part of the model in it, and with no list or the like."""
    if not isinstance(node, ast.BinOp):
        return False
    leaves = list(_leaves(node))
    known = ast.Attribute | ast.Subscript | ast.Constant | ast.Name
    is_plain = all(isinstance(leaf, known) for leaf in leaves)
    return is_plain and any(isinstance(leaf, ast.Attribute | ast.Subscript) for leaf in leaves)


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _leaves(node.operand)
    else:
        yield node


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
