"""The expression language: a subset of Python's expressions, read but never run by Python.

`parse` turns text into a small tree of frozen nodes. Python's own parser (`ast`) does the reading;
everything outside the subset is refused with the column and what to write instead. Two trees are
equal when they say the same, wherever they stood in the text.
"""

import ast
import keyword
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache

from solvitur.errors import FormulationError
from solvitur.syntax import parse_expression

MAX_LENGTH = 20_000
"""Longest expression, in characters. Data belongs in parameters, not in expressions."""

MAX_DEPTH = 200
"""Deepest nesting of an expression; each term of a written-out sum is a level too."""

AGGREGATES = ("sum", "prod", "min", "max")
"""Functions of a generator: ``sum(x[i] for i in I if i != 1)``."""

FUNCTIONS = {
    "abs": 1,
    "exp": 1,
    "log": 1,
    "log10": 1,
    "sqrt": 1,
    "sin": 1,
    "cos": 1,
    "tan": 1,
}
"""Functions of numbers, and how many arguments each takes."""

SET_FUNCTIONS = {"len": 1, "first": 1, "last": 1, "next": 2, "prev": 2}
"""Functions of a set, and how many arguments each takes.

How many elements it has, its first and last one, and the ones after and before an element of it.
"""

RESERVED = frozenset(keyword.kwlist)
"""Words that cannot name a set, parameter or variable.

A function's name can: ``len[i, j]`` is an entry of a parameter, ``len(P)`` the function.
"""


@dataclass(frozen=True)
class Node:
    """One piece of an expression; ``column`` is where it stood, counted from 1."""

    column: int = field(default=1, compare=False, kw_only=True)

    def children(self) -> Iterator["Node"]:
        """Give the nodes directly below, in the order of the text."""
        for entry in fields(self):
            value = getattr(self, entry.name)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Node):
                    yield item

    def below(self) -> Iterator["Node"]:
        """Give this node and all that is below it, in the order of the text."""
        yield self
        for child in self.children():
            yield from child.below()

    @cached_property
    def names(self) -> frozenset[str]:
        """Every declared or loop name that occurs at or below this node."""
        own = frozenset((self.name,)) if isinstance(self, Name | Item) else frozenset()
        return own.union(*(child.names for child in self.children()))


@dataclass(frozen=True)
class Number(Node):
    """A number as written, never negative: ``-3`` is a `Negative`."""

    value: float


@dataclass(frozen=True)
class Text(Node):
    """A quoted element of a set, ``"chair"``."""

    value: str


@dataclass(frozen=True)
class Name(Node):
    """A scalar parameter or variable, a loop name, or a set."""

    name: str


@dataclass(frozen=True)
class Item(Node):
    """One entry of an indexed parameter or variable, ``x[i, t - 1]``."""

    name: str
    keys: tuple[Node, ...]


@dataclass(frozen=True)
class Negative(Node):
    """``-operand``."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """``left operator right`` with one of ``+ - * / **``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Pair(Node):
    """A tuple of elements, ``(i, j)``; of any length."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Call(Node):
    """A function of values, ``abs(a - b)`` or ``max(a, b)``, or of a set, ``len(P)``."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Loop(Node):
    """``for targets in domain if condition``; two targets or more take tuples apart."""

    targets: tuple[str, ...]
    domain: Name
    conditions: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Aggregate(Node):
    """``sum(body for i in I if condition)`` and its kin in `AGGREGATES`."""

    function: str
    body: Node
    loops: tuple[Loop, ...]


@dataclass(frozen=True)
class Piecewise(Node):
    """The straight lines through points, ``piecewise(x, ((0, 0), (10, 50)))``.

    The points are listed, or come from loops: ``piecewise(x, ((at[k], to[k]) for k in K))``.
    """

    argument: Node
    points: tuple[Pair, ...]
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True)
class Comparison(Node):
    """A chain, ``a <= b <= c``: one more operand than operators."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Logic(Node):
    """``a and b and c`` or ``a or b or c``."""

    operator: str
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """``not operand``."""

    operand: Node


@dataclass(frozen=True)
class Implication(Node):
    """``implies(condition, relation)``: a constraint that holds where the condition does."""

    condition: Node
    relation: Node


_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_COMPARISON: dict[type[ast.cmpop], str] = {
    ast.LtE: "<=",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.Gt: ">",
    ast.In: "in",
    ast.NotIn: "not in",
}
_FOREIGN = {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "×": "*",  # noqa: RUF001
    "·": "*",
    "−": "-",  # noqa: RUF001
    "÷": "/",
    "²": "**2",
    "∑": "sum(... for i in I)",
    "Σ": "sum(... for i in I)",
    "^": "**",
    "∈": "in",
}
_TWO_ARGUMENTS = {
    "next": "a set and an element of it",
    "prev": "a set and an element of it",
    "piecewise": "a number and the points",
    "implies": "a condition and a relation",
}
_LINE_ENDS = str.maketrans("\n\r\f", "   ")


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        FormulationError: The text is outside the language; says the column and the mend.

    Example:
        >>> parse("2 * x <= 10").operators
        ('<=',)
        >>> parse("x = 10")
        Traceback (most recent call last):
        ...
        solvitur.errors.FormulationError: write == for equality, not = at column 3
    """
    return _Reader(text, 0).node(_python_tree(text, text, 0).body, 0)


@lru_cache(maxsize=4096)
def parse_elements(text: str) -> tuple[Node, tuple[Loop, ...]]:
    """Read what a set is derived from: ``"(i, j) for i in P for j in P if i != j"``.

    Raises:
        FormulationError: The text is outside the language; says the column and the mend.
    """
    lead = len(text) - len(text.lstrip())
    source = f"({text.strip()})"
    tree = _python_tree(source, text, 1 - lead).body
    if not isinstance(tree, ast.GeneratorExp):
        raise FormulationError(
            "a derived set says what its elements are and where they are from: "
            "'i for i in P if i != 1'"
        )
    reader = _Reader(source, 1 - lead)
    loops = tuple(reader.loop(generator, 0) for generator in tree.generators)
    return reader.node(tree.elt, 0), loops


@lru_cache(maxsize=4096)
def parse_forall(text: str) -> tuple[Loop, ...]:
    """Read what a constraint holds for: ``"t in T if t > 1"`` or ``"i in N, j in N if i != j"``.

    Raises:
        FormulationError: The text is outside the language; says the column and the mend.
    """
    loops: list[Loop] = []
    for start, part in _comma_parts(text):
        lead = len(part) - len(part.lstrip())
        bare = part.strip()
        if bare.startswith("for "):
            bare, lead = bare[4:], lead + 4
        opening = "(0 for "
        shift = len(opening) - start - lead
        tree = _python_tree(f"{opening}{bare})", text, shift).body
        if not isinstance(tree, ast.GeneratorExp):
            raise FormulationError(
                f"cannot read {bare!r}; write for example 't in T if t > 1'", column=start + 1
            )
        reader = _Reader(f"{opening}{bare})", shift)
        loops.extend(reader.loop(generator, 0) for generator in tree.generators)
    return tuple(loops)


def _comma_parts(text: str) -> Iterator[tuple[int, str]]:
    """Split at the commas that are outside brackets and quotes, with each part's position."""
    depth, start = 0, 0
    for position, char in _unquoted(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            yield start, text[start:position]
            start = position + 1
    yield start, text[start:]


def _unquoted(text: str) -> Iterator[tuple[int, str]]:
    """Give the characters that are outside quotes, with their positions."""
    quote, escaped = "", False
    for position, char in enumerate(text):
        if not quote and char not in "'\"":
            yield position, char
        elif not quote:
            quote = char
        elif char == quote and not escaped:
            quote = ""
        escaped = bool(quote) and char == "\\" and not escaped


def _python_tree(source: str, text: str, shift: int) -> ast.Expression:
    """Let Python's parser read ``source``; errors speak of ``text``, ``shift`` characters off."""
    if len(text) > MAX_LENGTH:
        raise FormulationError(
            f"the expression has {len(text):,} characters; at most {MAX_LENGTH:,} are read: "
            "move its numbers into a parameter"
        )
    if not text.strip():
        raise FormulationError("the expression is empty")
    for position, char in _unquoted(text):
        if char == "#":
            raise FormulationError("a comment goes into 'doc'", column=position + 1)
    # One line, so that Python's parser counts columns as we do.
    source = source.translate(_LINE_ENDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return parse_expression(source.strip())
    except SyntaxError as error:
        lead = len(source) - len(source.lstrip())
        column = (error.offset or 1) + lead - shift
        raise _syntax_error(text, error.msg or "", column) from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise FormulationError("the expression cannot be read; make it simpler") from None


def _syntax_error(text: str, reason: str, column: int) -> FormulationError:
    for position, char in _unquoted(text):
        if char in _FOREIGN:
            return FormulationError(f"write {_FOREIGN[char]} for {char}", column=position + 1)
        if char == "=" and (
            text[position - 1 : position] not in ("<", ">", "=", "!")
            and text[position + 1 : position + 2] != "="
        ):
            if text[position + 1 : position + 2] in ("<", ">"):
                mend = f"write {text[position + 1]}=, not ={text[position + 1]}"
                return FormulationError(mend, column=position + 1)
            return FormulationError("write == for equality, not =", column=position + 1)
    column = min(max(column, 1), len(text) + 1)
    hint = f" before {text[column - 1 :][:20]!r}" if text[column - 1 :].strip() else ""
    if "decimal literal" in reason or "Perhaps you forgot" in reason or "invalid syntax" in reason:
        reason = "an operator is missing or out of place (2x is written 2 * x)"
    return FormulationError(f"cannot read the expression{hint}: {reason}", column=column)


class _Reader:
    """Turns Python's syntax tree into our nodes; refuses the rest of Python."""

    def __init__(self, source: str, shift: int) -> None:
        self.bare = source.strip()
        self.lead = len(source) - len(source.lstrip()) - shift

    def column(self, tree: ast.AST) -> int:
        """Count characters, not bytes: an element may be called 'café'."""
        offset = int(getattr(tree, "col_offset", 0))
        return len(self.bare.encode()[:offset].decode(errors="ignore")) + self.lead + 1

    def node(self, tree: ast.AST, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulationError(
                f"the expression is nested deeper than {MAX_DEPTH} levels; "
                "write a long sum with 'for': sum(c[i] * x[i] for i in I)"
            )
        read = getattr(self, f"read_{type(tree).__name__.lower()}", None)
        if read is None:
            raise self.refused(tree)
        result = read(tree, depth + 1)
        assert isinstance(result, Node)
        return result

    def nodes(self, trees: list[ast.expr], depth: int) -> tuple[Node, ...]:
        return tuple(self.node(tree, depth) for tree in trees)

    def refused(self, tree: ast.AST) -> FormulationError:
        what = {
            "Attribute": "a dot (methods and attributes) is not part of the language",
            "IfExp": "'a if c else b' is not part of the language; write one constraint per case",
            "ListComp": "write sum(... for i in I), without the brackets",
            "List": "lists are not part of the language; declare a set",
            "Lambda": "functions cannot be defined here",
            "Dict": "dictionaries are not part of the language; declare a parameter",
            "Slice": "slices are not part of the language; use a condition: for t in T if t > 1",
            "GeneratorExp": "a generator stands inside sum(...), prod(...), min(...) or max(...)",
        }.get(type(tree).__name__, f"{type(tree).__name__} is not part of the language")
        return FormulationError(what, column=self.column(tree))

    def read_constant(self, tree: ast.Constant, depth: int) -> Node:
        value = tree.value
        if isinstance(value, str):
            return Text(value, column=self.column(tree))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FormulationError(f"{value!r} is not a number", column=self.column(tree))
        if isinstance(value, int) and abs(value) > 10**18:
            value = float(value) if value < 10**300 else math.inf
        if not math.isfinite(value):
            raise FormulationError("a number is too large", column=self.column(tree))
        return Number(value, column=self.column(tree))

    def read_name(self, tree: ast.Name, depth: int) -> Node:
        return Name(tree.id, column=self.column(tree))

    def read_tuple(self, tree: ast.Tuple, depth: int) -> Node:
        return Pair(self.nodes(tree.elts, depth), column=self.column(tree))

    def read_subscript(self, tree: ast.Subscript, depth: int) -> Node:
        if not isinstance(tree.value, ast.Name):
            raise FormulationError(
                "write all indices in one bracket: x[i, j], not x[i][j]", column=self.column(tree)
            )
        keys = [tree.slice]
        while len(keys) == 1 and isinstance(keys[0], ast.Tuple):
            keys = keys[0].elts
        if not keys:
            raise FormulationError("the index is empty", column=self.column(tree))
        return Item(tree.value.id, self.nodes(keys, depth), column=self.column(tree))

    def read_unaryop(self, tree: ast.UnaryOp, depth: int) -> Node:
        operand = self.node(tree.operand, depth)
        if isinstance(tree.op, ast.USub):
            return Negative(operand, column=self.column(tree))
        if isinstance(tree.op, ast.Not):
            return Not(operand, column=self.column(tree))
        if isinstance(tree.op, ast.UAdd):
            return operand
        raise self.refused(tree)

    def read_binop(self, tree: ast.BinOp, depth: int) -> Node:
        operator = _ARITHMETIC.get(type(tree.op))
        if operator is None:
            mend = {ast.BitXor: "write ** for a power, not ^", ast.Mod: "% is not available"}
            message = mend.get(type(tree.op), "the operators are + - * / **")
            raise FormulationError(message, column=self.column(tree))
        left, right = self.node(tree.left, depth), self.node(tree.right, depth)
        return Arithmetic(operator, left, right, column=self.column(tree))

    def read_compare(self, tree: ast.Compare, depth: int) -> Node:
        operators = []
        for op in tree.ops:
            if type(op) not in _COMPARISON:
                raise FormulationError("write == or !=, not 'is'", column=self.column(tree))
            operators.append(_COMPARISON[type(op)])
        operands = self.nodes([tree.left, *tree.comparators], depth)
        return Comparison(tuple(operators), operands, column=self.column(tree))

    def read_boolop(self, tree: ast.BoolOp, depth: int) -> Node:
        operator = "and" if isinstance(tree.op, ast.And) else "or"
        return Logic(operator, self.nodes(tree.values, depth), column=self.column(tree))

    def read_call(self, tree: ast.Call, depth: int) -> Node:
        known = (*AGGREGATES, *FUNCTIONS, *SET_FUNCTIONS, "piecewise", "implies")
        if not isinstance(tree.func, ast.Name) or tree.func.id not in known:
            name = ast.unparse(tree.func)[:40]
            raise FormulationError(
                f"'{name}' is not a function of the language; these are: {', '.join(known)}",
                column=self.column(tree),
            )
        function = tree.func.id
        if tree.keywords:
            raise FormulationError(
                f"{function}(...) takes no named arguments", column=self.column(tree)
            )
        if len(tree.args) == 1 and isinstance(tree.args[0], ast.GeneratorExp):
            return self.aggregate(function, tree, tree.args[0], depth)
        self.check_count(function, tree)
        if function == "piecewise":
            return self.piecewise(tree, depth)
        if function == "implies":
            return Implication(*self.nodes(tree.args, depth), column=self.column(tree))
        return Call(function, self.nodes(tree.args, depth), column=self.column(tree))

    def check_count(self, function: str, tree: ast.Call) -> None:
        count, column = len(tree.args), self.column(tree)
        if function in ("sum", "prod"):
            raise FormulationError(
                f"{function} needs 'for': {function}(x[i] for i in I)", column=column
            )
        if function in ("min", "max"):
            if count < 2:
                raise FormulationError(f"{function} needs two values or a 'for'", column=column)
        elif function in _TWO_ARGUMENTS:
            if count != 2:
                raise FormulationError(
                    f"{function} takes two arguments, {_TWO_ARGUMENTS[function]}, here are {count}",
                    column=column,
                )
        elif count != 1:
            raise FormulationError(
                f"{function} takes one argument, here are {count}", column=column
            )

    def piecewise(self, tree: ast.Call, depth: int) -> Node:
        argument, points = self.node(tree.args[0], depth), tree.args[1]
        loops: tuple[Loop, ...] = ()
        listed = [points]
        if isinstance(points, ast.GeneratorExp):
            loops = tuple(self.loop(part, depth) for part in points.generators)
            listed = [points.elt]
        elif isinstance(points, ast.Tuple):
            listed = points.elts
        pairs = tuple(pair for pair in self.nodes(listed, depth) if isinstance(pair, Pair))
        if len(pairs) != len(listed) or any(len(pair.items) != 2 for pair in pairs):
            raise FormulationError(
                "the points of piecewise are pairs: piecewise(x, ((0, 0), (10, 50))), "
                "or piecewise(x, ((at[k], to[k]) for k in K))",
                column=self.column(points),
            )
        return Piecewise(argument, pairs, loops, column=self.column(tree))

    def aggregate(
        self, function: str, tree: ast.Call, generator: ast.GeneratorExp, depth: int
    ) -> Node:
        if function not in AGGREGATES:
            raise FormulationError(
                f"{function}(...) takes no 'for'; {', '.join(AGGREGATES)} do",
                column=self.column(tree),
            )
        loops = tuple(self.loop(part, depth) for part in generator.generators)
        body = self.node(generator.elt, depth)
        return Aggregate(function, body, loops, column=self.column(tree))

    def loop(self, tree: ast.comprehension, depth: int) -> Loop:
        target, column = tree.target, self.column(tree.target)
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        names = tuple(part.id for part in parts if isinstance(part, ast.Name))
        if len(names) != len(parts) or not names or tree.is_async:
            raise FormulationError("after 'for' stands a name or (i, j)", column=column)
        if len(set(names)) != len(names):
            raise FormulationError("a loop names the same index twice", column=column)
        if not isinstance(tree.iter, ast.Name):
            mend = "declare it under sets" if not _is_range(tree.iter) else "declare a set of range"
            raise FormulationError(
                f"after 'in' stands the name of a set, not {ast.unparse(tree.iter)[:40]!r}; {mend}",
                column=self.column(tree.iter),
            )
        domain = Name(tree.iter.id, column=self.column(tree.iter))
        return Loop(names, domain, self.nodes(tree.ifs, depth), column=column)


def _is_range(tree: ast.expr) -> bool:
    return (
        isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "range"
    )


TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "==", "!=": "!="}
"""The relation that says the same with its two sides exchanged."""
OPPOSITE = {
    "<=": ">",
    ">=": "<",
    "<": ">=",
    ">": "<=",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
}
"""The relation that holds where the other does not."""


def without_not(condition: Node) -> Node:
    """Give a condition that says the same with no `Not` at its top.

    Example:
        >>> from solvitur.formulation.printing import show
        >>> show(without_not(parse("not (a < b <= c)")))
        'a >= b or b > c'
    """
    if not isinstance(condition, Not):
        return condition
    match condition.operand:
        case Not(operand):
            return without_not(operand)
        case Logic(operator, items):
            return Logic("or" if operator == "and" else "and", tuple(map(Not, items)))
        case Comparison(operators, operands):
            links = tuple(
                Comparison((OPPOSITE[operator],), operands[place : place + 2])
                for place, operator in enumerate(operators)
            )
            return links[0] if len(links) == 1 else Logic("or", links)
    raise TypeError(f"not a condition: {condition!r}")


def constant_side(relation: Comparison, variables: Mapping[str, object]) -> tuple[int, str] | None:
    """Say which side has no variable and what the others are to it; ``None`` where not just one.

    Args:
        relation: What has to hold.
        variables: The names that stand for what is decided.

    Example:
        >>> [constant_side(parse(text), {"x": 0}) for text in ("4 >= x", "x <= 2 * x", "x == b")]
        [(0, '<='), None, (1, '==')]
    """
    constant = [side.names.isdisjoint(variables) for side in relation.operands]
    if sum(constant) != 1:
        return None
    place = constant.index(True)
    operator = relation.operators[max(0, place - 1)]
    return place, TURNED[operator] if place == 0 else operator
