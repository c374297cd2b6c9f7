r"""Expressions as formulas of LaTeX, with the fewest brackets that keep the meaning.

Only commands that MathJax knows too are used, so a formula shows in a notebook and on paper.
"""

from collections.abc import Iterator

from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Implication,
    Item,
    Logic,
    Loop,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Pair,
    Piecewise,
    Text,
)
from solvitur.formulation.latex.text import math_text, name
from solvitur.formulation.printing import show, show_number

WIDTH = 80
"""About how many characters of an expression fit on a line."""
MAX_NESTING = 40
"""Deepest nesting of brackets that is set as a formula: TeX itself ends at 255 groups."""

_ARROW, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(10)
_RELATIONS = {
    "<=": r"\leq", ">=": r"\geq", "==": "=", "!=": r"\neq", "<": "<", ">": ">", "in": r"\in",
    "not in": r"\notin",
}  # fmt: skip
_AGGREGATES = {"sum": r"\sum", "prod": r"\prod", "min": r"\min", "max": r"\max"}
_FUNCTIONS = {
    "exp": r"\exp", "log": r"\ln", "log10": r"\log_{10}", "sin": r"\sin", "cos": r"\cos",
    "tan": r"\tan", "min": r"\min", "max": r"\max",
}  # fmt: skip
_AROUND = {"abs": (r"\left|", r"\right|"), "len": (r"\left|", r"\right|"), "sqrt": (r"\sqrt{", "}")}


def formula(node: Node) -> str:
    r"""Write an expression.

    Example:
        >>> from solvitur.formulation.expression import parse
        >>> print(formula(parse("sum(cost[i] * x[i, 1] for i in I if i != j) / 2 <= 1e30")))
        \frac{\sum_{\substack{i \in I \\ i \neq j}} \mathit{cost}_{i} \, x_{i, 1}}{2} \leq 10^{30}
    """
    match node:
        case Number(value):
            return _number(value)
        case Text(value):
            return math_text(value)
        case Name(label):
            return name(label)
        case Item(label, keys):
            return f"{name(label)}_{{{', '.join(map(formula, keys))}}}"
        case Pair(items):
            return _bracketed(", ".join(map(formula, items)))
        case Aggregate(function, body, loops):
            signs = " ".join(f"{_AGGREGATES[function]}_{{{_below(loop)}}}" for loop in loops)
            return f"{signs} {_after(body)}"
        case Call(function, arguments):
            return _call(function, ", ".join(map(formula, arguments)))
        case Piecewise(argument, points, loops):
            listed = ", ".join(map(formula, points))
            source = f" : {quantified(loops)}" if loops else ""
            return _call("piecewise", f"{formula(argument)}; \\; {listed}{source}")
        case Implication(condition, relation):
            return rf"{_within(condition, _OR)} \implies {_within(relation, _OR)}"
        case _:
            return _operation(node)


def lines(node: Node) -> list[str]:
    """Write an expression that may be long on as many lines as it takes.

    A line breaks before a relation, or before a ``+`` or ``-`` outside of every bracket.
    """
    pieces = list(_pieces(node))
    found: list[list[str]] = [[]]
    used = 0
    for piece, length in pieces:
        if found[-1] and used + length > WIDTH:
            found.append([])
            used = 0
        found[-1].append(piece)
        used += length
    return [" ".join(line) for line in found]


def room(node: Node) -> int:
    """Estimate how wide an expression is, in characters; what stands below a sum is small."""
    below = (len(show(loop)) for loop in _loops(node))
    return len(show(node)) - sum(2 * length // 3 for length in below)


def quantified(loops: tuple[Loop, ...]) -> str:
    r"""Write what something holds for.

    Example:
        >>> from solvitur.formulation.expression import parse_forall
        >>> print(quantified(parse_forall("(i, j) in A, t in T if t > first(T)")))
        (i, j) \in A, \, t \in T : t > \operatorname{first}\left(T\right)
    """
    conditions = [test for loop in loops for test in loop.conditions]
    tests = f" : {_all_of(conditions)}" if conditions else ""
    return r", \, ".join(map(_member, loops)) + tests


def is_shallow(node: Node) -> bool:
    """Whether TeX can set the whole formula."""
    depth = deepest = 0
    written = formula(node)
    for place, char in enumerate(written):
        if char in "{}" and written[place - 1 : place] != "\\":
            depth += 1 if char == "{" else -1
        elif char == "\\" and written.startswith((r"\left", r"\right"), place):
            depth += 1 if written.startswith((r"\left|", r"\left("), place) else 0
            depth -= 1 if written.startswith((r"\right|", r"\right)"), place) else 0
        deepest = max(deepest, depth)
    return deepest <= MAX_NESTING


def _loops(node: Node) -> Iterator[Loop]:
    if isinstance(node, Loop):
        yield node
    else:
        for child in node.children():
            yield from _loops(child)


def _pieces(node: Node) -> list[tuple[str, int]]:
    """Give the terms of a formula, each with its sign, and how much room they take."""
    if isinstance(node, Comparison):
        found = list(_pieces_of(node.operands[0], _SUM))
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            (first, length), *rest = _pieces_of(operand, _SUM)
            found += [(f"{_RELATIONS[operator]} {first}", length + 3), *rest]
        return found
    return _pieces_of(node, _ARROW)


def _pieces_of(node: Node, least: int) -> list[tuple[str, int]]:
    terms: list[tuple[str, int]] = []
    while isinstance(node, Arithmetic) and node.operator in ("+", "-"):
        text = f"{node.operator} {_after(node.right)}"
        terms.append((text, room(node.right) + 3))
        node = node.left
    terms.append((_within(node, least), room(node)))
    return terms[::-1]


def _operation(node: Node) -> str:
    match node:
        case Negative(operand):
            return f"-{_within(operand, _NEGATIVE)}"
        case Arithmetic("/", left, right):
            return rf"\frac{{{formula(left)}}}{{{formula(right)}}}"
        case Arithmetic("**", left, right):
            return f"{_within(left, _ATOM)}^{{{formula(right)}}}"
        case Arithmetic("*", left, right):
            return f"{_factor(left)}{_times(right)}{_after(right)}"
        case Arithmetic(operator, left, right):
            return f"{_within(left, _SUM)} {operator} {_after(right)}"
        case Comparison(operators, operands):
            sides = [_within(operand, _SUM) for operand in operands]
            rest = [f" {_RELATIONS[op]} {s}" for op, s in zip(operators, sides[1:], strict=True)]
            return sides[0] + "".join(rest)
        case Logic(operator, items):
            own = _OR if operator == "or" else _AND
            return rf" \text{{ {operator} }} ".join(_within(item, own + 1) for item in items)
        case Not(operand):
            return rf"\text{{not }} {_within(operand, _NOT)}"
    raise TypeError(f"not an expression: {node!r}")


def _factor(node: Node) -> str:
    """Write what stands before a factor: a sum would seem to reach over it."""
    last = node
    while isinstance(last, Arithmetic) and last.operator == "*":
        last = last.right
    if isinstance(last, Aggregate):
        return _bracketed(formula(node))
    return _within(node, _PRODUCT)


def _after(node: Node) -> str:
    """Write what stands after a sign: a minus of its own would run into that sign."""
    written = _within(node, _PRODUCT)
    return _bracketed(written) if written[0] == "-" else written


def _times(right: Node) -> str:
    return r" \cdot " if _begins_with_figure(right) else r" \, "


def _begins_with_figure(node: Node) -> bool:
    while isinstance(node, Arithmetic) and node.operator in ("*", "**"):
        node = node.left
    return isinstance(node, Number)


def _call(function: str, inside: str) -> str:
    if function in _AROUND:
        opening, closing = _AROUND[function]
        return f"{opening} {inside} {closing}"
    sign = _FUNCTIONS.get(function) or rf"\operatorname{{{function}}}"
    return f"{sign}{_bracketed(inside)}"


def _below(loop: Loop) -> str:
    if not loop.conditions:
        return _member(loop)
    return rf"\substack{{{_member(loop)} \\ {_all_of(list(loop.conditions))}}}"


def _member(loop: Loop) -> str:
    targets = ", ".join(map(name, loop.targets))
    bound = targets if len(loop.targets) == 1 else f"({targets})"
    return rf"{bound} \in {name(loop.domain.name)}"


def _all_of(conditions: list[Node]) -> str:
    if len(conditions) == 1:
        return formula(conditions[0])
    return r" \text{ and } ".join(_within(test, _NOT) for test in conditions)


def _bracketed(inside: str) -> str:
    return rf"\left({inside}\right)"


def _number(value: float) -> str:
    figures, _, power = show_number(value).partition("e")
    if not power:
        return figures
    factor = "" if figures == "1" else rf"{figures} \cdot "
    return f"{factor}10^{{{int(power)}}}"


def _within(node: Node, least: int) -> str:
    return formula(node) if _strength(node) >= least else _bracketed(formula(node))


def _strength(node: Node) -> int:
    match node:
        case Implication():
            return _ARROW
        case Logic(operator, _):
            return _OR if operator == "or" else _AND
        case Not():
            return _NOT
        case Comparison():
            return _COMPARE
        case Arithmetic("+" | "-", _, _):
            return _SUM
        case Arithmetic("*", _, _) | Aggregate():
            return _PRODUCT
        case Negative():
            return _NEGATIVE
        case Arithmetic("/" | "**", _, _):
            return _POWER
        case Number(value) if "e" in show_number(value):
            return _POWER
    return _ATOM
