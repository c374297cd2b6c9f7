"""Slips of small models in Pyomo scripts that have one mend, made before a script is run."""

import ast
from collections.abc import Iterator

from solvitur.syntax import parse_module

_PARTS = frozenset({"Var", "Constraint", "ConstraintList", "Objective", "Param"})
_STRICT = {ast.Lt: "<", ast.Gt: ">"}

Edit = tuple[int, int, str]
"""Where a piece of the text starts and ends, and what stands there instead."""


def mended(script: str) -> str:
    """Mend what Pyomo refuses although it is clear what is meant; all else stays as it is.

    A strict relation in a constraint is taken to include its limit, as solvers know no other; a
    ``sum`` around an expression that already is one number is left out; and variables and the like
    that belong to no model are put into the one there is. A script that is no Python comes back as
    it is: running it says what is wrong.

    Example:
        >>> print(mended("m.c = pyo.Constraint(expr=sum(m.x + m.y) > 3)"))
        m.c = pyo.Constraint(expr=(m.x + m.y) >= 3)
    """
    try:
        tree = parse_module(script)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return script
    places = _Places(script)
    edits = [*_strict(tree, places), *_sums(tree, places), *_loose(tree, places)]
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

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
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


def _loose(tree: ast.Module, places: _Places) -> Iterator[Edit]:
    """Put ``x = pyo.Var()`` into the model, made first if need be: what is in none is of no use."""
    made = [(name, call, each) for each in tree.body for name, call in _assigned(each)]
    models = [(name, each) for name, call, each in made if _name(call) == "ConcreteModel"]
    held = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)
    }
    loose = [(n, call, each) for n, call, each in made if _name(call) in _PARTS and n not in held]
    is_other = not models and any(name == "model" for name, _, _ in made)
    if len(models) > 1 or is_other or not loose:
        return
    _, call, first = loose[0]
    model, created = models[0] if models else ("model", None)
    if created is None:
        start = places.start(call)
        library = places.text[start : places.end(call)].decode().removesuffix(_name(call))
        yield places.start(first), places.start(first), f"model = {library}ConcreteModel(); "
    elif created.lineno > first.lineno:
        text = places.text[places.start(created) : places.end(created)].decode()
        yield places.start(created), places.end(created), "pass"
        yield places.start(first), places.start(first), f"{text}; "
    for name, _, each in loose:
        yield places.end(each), places.end(each), f"; {model}.{name} = {name}"


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Give the name that is assigned the result of a call, and what is called."""
    match statement:
        case ast.Assign(targets=[ast.Name(name)], value=ast.Call(called)):
            yield name, called


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
