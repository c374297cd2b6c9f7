"""The constants of a piece of code, taken out so that others can be put in.

Numbers that say how much are constants to be tuned; numbers that say how many, or where (an index,
a shape, an axis, a seed), are part of the program. What is meant can be marked, with a comment on
the line: ``weight = 0.3  # tunable``; then only marked lines have constants.
"""

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from solvitur.syntax import parse_module

_SMALLEST = 1e-5
"""What is smaller only keeps a denominator from being zero."""
# fmt: off
_HOW_MANY = {
    "arange", "argpartition", "argsort", "astype", "default_rng", "delete", "empty", "eye",
    "full", "getattr", "insert", "len", "linspace", "ones", "ones_like", "partition", "range",
    "RandomState", "repeat", "reshape", "roll", "round", "seed", "swapaxes", "tile", "zeros",
    "zeros_like",
}
"""Calls whose arguments are counts or places."""
_OF_EACH = {
    "abs", "arctan", "cbrt", "cos", "exp", "exp2", "expm1", "log", "log10", "log1p", "log2",
    "power", "sin", "sqrt", "square", "tan", "tanh",
}
"""Calls that do something with each number they are given."""
# fmt: on
_COUNTING = (ast.FloorDiv, ast.Mod, ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)


class Kind(StrEnum):
    """What stands for a constant in the code."""

    number = "number"
    """A number that is written there."""
    whole = "whole"
    """The same, and it has to stay an integer."""
    factor = "factor"
    """Nothing: a factor of one before a term."""
    exponent = "exponent"
    """Nothing: an exponent of one."""


@dataclass(frozen=True)
class Constant:
    """One constant: what it is, and where."""

    kind: Kind
    value: float
    line: int
    start: int
    """Bytes from the beginning of the code to what it replaces, or is put around."""
    end: int
    is_bare: bool = True
    """Whether what it is put around needs no parentheses."""


@dataclass(frozen=True)
class Template:
    """Code with constants that can be given other values.

    Example:
        >>> found = template("def half(x): return 0.5 * x")
        >>> found.values
        (0.5,)
        >>> found.filled([0.25])
        'def half(x): return 0.25 * x'
    """

    code: str
    constants: tuple[Constant, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """Those in the code as it is."""
        return tuple(each.value for each in self.constants)

    def filled(self, values: Sequence[float]) -> str:
        """Give the code with these values; a factor or an exponent of one is left out."""
        insertions: list[tuple[int, int, str, int]] = []
        for each, value in zip(self.constants, values, strict=True):
            width = each.end - each.start
            if each.kind in (Kind.number, Kind.whole):
                if value != each.value:
                    written = str(round(value)) if each.kind is Kind.whole else repr(float(value))
                    insertions.append((each.start, 0, _in_place(written), width))
            elif value != 1:
                before, after = _around(each, value)
                insertions.append((each.start, -width, before, 0))
                insertions.append((each.end, width - _FIRST, after, 0))
        return _edited(self.code.encode(), sorted(insertions)).decode()


_FIRST = 2**40
"""More bytes than any code has."""


def _around(constant: Constant, value: float) -> tuple[str, str]:
    opened, closed = ("", "") if constant.is_bare else ("(", ")")
    if constant.kind is Kind.factor:
        return f"({value!r} * {opened}", f"{closed})"
    return f"({opened}", f"{closed} ** {_in_place(repr(value))})"


def _in_place(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _edited(text: bytes, insertions: Sequence[tuple[int, int, str, int]]) -> bytes:
    """Put words in at places, for as many bytes; at one place those that end go before the rest."""
    parts, reached = [], 0
    for place, _, words, replaced in insertions:
        parts += [text[reached:place], words.encode()]
        reached = place + replaced
    return b"".join([*parts, text[reached:]])


def template(code: str, *, implicit: bool = False) -> Template:
    """Take out the constants of Python code.

    Args:
        code: A module; only what is in its functions counts.
        implicit: Also take the factors of one before terms and arguments, and the exponents of one
            of factors: with them, a formula without numbers can be tuned too.

    Raises:
        SyntaxError: It is no Python.

    Example:
        >>> template("def f(x, y): return x - y", implicit=True).filled([1.0, 2.0])
        'def f(x, y): return x - (2.0 * y)'
    """
    tree = parse_module(code)
    lines = [0]
    for line in code.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    search = _Search(lines, implicit)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            search.visit(node)
    marked = set(_marked(code))
    found = sorted(set(search.found), key=lambda each: (each.start, -each.end, each.kind))
    return Template(code, tuple(c for c in found if not marked or c.line in marked))


def _marked(code: str) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and token.string.lstrip("# ").startswith("tunable"):
            yield token.start[0]


class _Search(ast.NodeVisitor):
    """Finds constants, and does not look where numbers are counts or places."""

    def __init__(self, lines: Sequence[int], implicit: bool) -> None:
        self._lines, self._implicit = lines, implicit
        self.found: list[Constant] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        self._number(node, Kind.number)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Text is no formula."""

    def visit_keyword(self, node: ast.keyword) -> None:
        """An argument by name is an axis or a type, more often than not."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.value, ast.Constant):
            self._number(node.value, Kind.whole)
        else:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if isinstance(default, ast.Constant):
                self._number(default, Kind.whole)
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.value, ast.Constant):
            self._number(node.value, Kind.whole)
        elif node.value is not None:
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = (node.left, *node.comparators)
        counts = any(isinstance(side, ast.Call) and _name(side) == "len" for side in sides)
        if not counts and not any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node)
        if name in _HOW_MANY:
            return
        if name in _OF_EACH and node.args:
            self._around(node.args[0], Kind.factor)
        self.visit(node.func)
        for argument in node.args:
            if not (isinstance(argument, ast.Constant) and name not in _WITH_AMOUNTS):
                self.visit(argument)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, _COUNTING):
            return
        if isinstance(node.op, ast.Add | ast.Sub):
            self._around(node.left, Kind.factor)
            self._around(node.right, Kind.factor)
        elif isinstance(node.op, ast.Mult | ast.Div):
            for side in (node.left, node.right):
                if isinstance(side, ast.Name):
                    self._around(side, Kind.exponent)
        elif isinstance(node.op, ast.Pow):
            self._around(node.right, Kind.factor)
        self.generic_visit(node)

    def _number(self, node: ast.Constant, kind: Kind) -> None:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        if 0 < abs(value) < _SMALLEST or not abs(value) < 1e9:
            return
        self._found(node, kind if isinstance(value, int) else Kind.number, value)

    def _around(self, node: ast.expr, kind: Kind) -> None:
        if self._implicit and not _begins_with_a_number(node):
            self._found(node, kind, 1.0)

    def _found(self, node: ast.expr, kind: Kind, value: float) -> None:
        start = self._lines[node.lineno - 1] + node.col_offset
        end = self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        bare = isinstance(node, ast.Name | ast.Call | ast.Subscript | ast.Attribute | ast.Constant)
        self.found.append(Constant(kind, float(value), node.lineno, start, end, bare))


_WITH_AMOUNTS = _OF_EACH | {"maximum", "minimum", "max", "min", "clip", "where"}
"""Calls where a number given as such is an amount; of others it may be an axis."""


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _begins_with_a_number(node: ast.expr) -> bool:
    """Whether a factor of one would stand beside a constant that does the same."""
    while isinstance(node, ast.BinOp | ast.UnaryOp):
        if isinstance(node, ast.UnaryOp):
            node = node.operand
        elif isinstance(node.op, ast.Mult | ast.Div):
            node = node.left
        else:
            return False
    return isinstance(node, ast.Constant)
