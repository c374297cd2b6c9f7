"""What an expression says, whatever its letters, its brackets and the order of its terms."""

from collections.abc import Mapping, Sequence

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

Letters = Mapping[str, str]
"""What the loop names are called in the canonical text."""

_TURNED = {">=": "<=", ">": "<"}
_EITHER_WAY = ("==", "!=")


def canonical(node: Node, letters: Letters | None = None) -> str:
    """Write an expression so that texts with one meaning by their form come out the same.

    Loop names, the order of terms, factors and loops, and which side of a relation is written first
    make no difference. Terms are not moved across a relation, and nothing is computed.

    Example:
        >>> from solvitur.formulation.expression import parse
        >>> left = parse("sum(c[i] * x[i] for i in I) + 2 <= stock")
        >>> right = parse("stock >= 2 + sum(x[k] * c[k] for k in I)")
        >>> canonical(left) == canonical(right)
        True
    """
    known = letters or {}
    match node:
        case Number(value):
            return repr(float(value))
        case Text(value):
            return repr(value)
        case Name(name):
            return known.get(name, name)
        case Item(name, keys):
            return f"{name}[{_listed(keys, known)}]"
        case Pair(items):
            return f"({_listed(items, known)},)"
        case Negative() | Arithmetic("+" | "-", _, _):
            return _sum(node, known)
        case Arithmetic("*", _, _):
            return f"({'*'.join(sorted(canonical(factor, known) for factor in _factors(node)))})"
        case Arithmetic(operator, left, right):
            return f"({canonical(left, known)} {operator} {canonical(right, known)})"
        case Aggregate(function, body, loops):
            below, inner = canonical_loops(loops, known)
            return f"{function}({canonical(body, inner)} for {below})"
        case Call(function, arguments):
            inside = [canonical(argument, known) for argument in arguments]
            ordered = sorted(inside) if function in ("min", "max") else inside
            return f"{function}({', '.join(ordered)})"
        case Piecewise(argument, points, loops):
            below, inner = canonical_loops(loops, known)
            at = f"{_listed(points, inner)} for {below}"
            return f"piecewise({canonical(argument, known)}, {at})"
        case _:
            return _logic(node, known)


def canonical_loops(loops: Sequence[Loop], letters: Letters | None = None) -> tuple[str, Letters]:
    """Write loops, and give the letters that what stands inside of them is written with."""
    known = dict(letters or {})
    ordered = sorted(loops, key=lambda loop: (loop.domain.name, len(loop.targets)))
    for loop in ordered:
        for target in loop.targets:
            known[target] = f"@{len(known)}"
    named = [
        f"{','.join(known[t] for t in loop.targets)} in {loop.domain.name}" for loop in ordered
    ]
    tests = [canonical(test, known) for loop in loops for test in loop.conditions]
    return " ".join([*named, *(f"if {test}" for test in sorted(tests))]), known


def _listed(nodes: Sequence[Node], letters: Letters) -> str:
    return ", ".join(canonical(node, letters) for node in nodes)


def _sum(node: Node, letters: Letters) -> str:
    terms = sorted(
        f"{'+' if sign > 0 else '-'}{canonical(term, letters)}" for sign, term in _terms(node, 1)
    )
    return f"({''.join(terms)})"


def _terms(node: Node, sign: int) -> list[tuple[int, Node]]:
    match node:
        case Negative(operand):
            return _terms(operand, -sign)
        case Arithmetic("+", left, right):
            return _terms(left, sign) + _terms(right, sign)
        case Arithmetic("-", left, right):
            return _terms(left, sign) + _terms(right, -sign)
    return [(sign, node)]


def _factors(node: Node) -> list[Node]:
    if isinstance(node, Arithmetic) and node.operator == "*":
        return _factors(node.left) + _factors(node.right)
    return [node]


def _logic(node: Node, letters: Letters) -> str:
    match node:
        case Comparison(operators, operands):
            sides = [canonical(operand, letters) for operand in operands]
            if all(sign in _TURNED for sign in operators):
                sides, operators = sides[::-1], tuple(_TURNED[s] for s in operators[::-1])
            elif len(operators) == 1 and operators[0] in _EITHER_WAY:
                sides = sorted(sides)
            rest = [f" {sign} {side}" for sign, side in zip(operators, sides[1:], strict=True)]
            return f"({sides[0]}{''.join(rest)})"
        case Logic(operator, items):
            return f"({f' {operator} '.join(sorted(canonical(i, letters) for i in items))})"
        case Not(operand):
            return f"not {canonical(operand, letters)}"
        case Implication(condition, relation):
            return f"implies({canonical(condition, letters)}, {canonical(relation, letters)})"
    raise TypeError(f"not an expression: {node!r}")
