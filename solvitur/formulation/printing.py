"""Nodes back to text, with the fewest brackets that keep the meaning: `parse(show(n)) == n`."""

from collections.abc import Sequence

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

_STRENGTH = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_NEGATIVE, _POWER, _ATOM = 7, 8, 9


def show(node: Node) -> str:
    """Write an expression as text.

    Example:
        >>> from solvitur.formulation.expression import parse
        >>> show(parse("(a+b)*(c) <= max(d,(e))"))
        '(a + b) * c <= max(d, e)'
    """
    match node:
        case Number(value):
            return show_number(value)
        case Text(value):
            return _quoted(value)
        case Name(name):
            return name
        case Item(name, keys):
            return f"{name}[{', '.join(map(show, keys))}]"
        case Pair(items):
            return f"({', '.join(map(show, items))}{',' if len(items) == 1 else ''})"
        case Call(function, arguments):
            return f"{function}({', '.join(map(show, arguments))})"
        case Aggregate(function, body, loops):
            return f"{function}({show(body)} {' '.join(f'for {show(loop)}' for loop in loops)})"
        case Piecewise(argument, points, loops):
            listed = ", ".join(map(show, points)) + "," * (len(points) == 1 and not loops)
            tail = "".join(f" for {show(loop)}" for loop in loops)
            return f"piecewise({show(argument)}, ({listed}{tail}))"
        case Implication(condition, relation):
            return f"implies({show(condition)}, {show(relation)})"
        case Loop(targets, domain, conditions):
            target = targets[0] if len(targets) == 1 else f"({', '.join(targets)})"
            tests = "".join(f" if {_within(test, 1)}" for test in conditions)
            return f"{target} in {domain.name}{tests}"
        case _:
            return _operation(node)


def show_elements(element: Node, loops: tuple[Loop, ...]) -> str:
    """Write what a set is derived from."""
    return f"{show(element)} {' '.join(f'for {show(loop)}' for loop in loops)}"


def show_forall(loops: tuple[Loop, ...]) -> str:
    """Write the ``forall`` of a constraint."""
    return ", ".join(map(show, loops))


def show_number(value: float) -> str:
    """Write a number the way a person would: 40 rather than 40.0, exact all the same.

    Example:
        >>> show_number(40.0), show_number(0.1), show_number(1e22)
        ('40', '0.1', '1e+22')
    """
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return repr(float(value))


def one_line(words: str) -> str:
    r"""Put words of a formulation on one line, without what a terminal would act on.

    Example:
        >>> one_line("oak,\n not pine")
        'oak, not pine'
    """
    shown = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(shown.split())


def cut(text: str, most: int) -> str:
    """Leave out the end of a text that is too long.

    Example:
        >>> cut("a + b + c", 9), cut("a + b + c", 8)
        ('a + b + c', 'a + b...')
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def first(lines: Sequence[str], most: int, more: str = "and {} more") -> list[str]:
    """Keep the first lines and say how many are left out.

    Example:
        >>> first(["a", "b", "c"], 2)
        ['a', 'b', 'and 1 more']
    """
    rest = len(lines) - most
    return list(lines) if rest <= 0 else [*lines[:most], more.format(rest)]


def _operation(node: Node) -> str:
    match node:
        case Negative(operand):
            return f"-{_within(operand, _NEGATIVE)}"
        case Arithmetic("**", left, right):
            return f"{_within(left, _ATOM)} ** {_within(right, _NEGATIVE)}"
        case Arithmetic(operator, left, right):
            own = _STRENGTH[operator]
            return f"{_within(left, own)} {operator} {_within(right, own + 1)}"
        case Comparison(operators, operands):
            sides = [_within(operand, _STRENGTH["compare"] + 1) for operand in operands]
            rest = [f" {op} {side}" for op, side in zip(operators, sides[1:], strict=True)]
            return sides[0] + "".join(rest)
        case Logic(operator, items):
            own = _STRENGTH[operator]
            return f" {operator} ".join(_within(item, own + 1) for item in items)
        case Not(operand):
            return f"not {_within(operand, _STRENGTH['not'])}"
    raise TypeError(f"not an expression: {node!r}")


def _within(node: Node, least: int) -> str:
    text = show(node)
    return text if _strength(node) >= least else f"({text})"


def _strength(node: Node) -> int:
    match node:
        case Logic(operator, _):
            return _STRENGTH[operator]
        case Not():
            return _STRENGTH["not"]
        case Comparison():
            return _STRENGTH["compare"]
        case Arithmetic("**", _, _):
            return _POWER
        case Arithmetic(operator, _, _):
            return _STRENGTH[operator]
        case Negative():
            return _NEGATIVE
    return _ATOM


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped)
        + '"'
    )
