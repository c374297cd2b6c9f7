"""Products with a binary in them.

For a binary b and an expression e between low and high, ``v = b * e`` is said by four rows
(McCormick, "Computability of global solutions to factorable nonconvex programs", 1976):
``low * b <= v <= high * b`` and ``e - high * (1 - b) <= v <= e - low * (1 - b)``.
"""

import math
from dataclasses import replace

from solvitur.errors import FormulationError
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Item,
    Loop,
    Name,
    Negative,
    Node,
    Number,
)
from solvitur.formulation.linearise.additions import held
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.limits import hint, limit, require_ends
from solvitur.formulation.linearise.rewriting import Hold, NotExact, Rewriter
from solvitur.formulation.linearise.tables import has_table, is_whole, of_whole
from solvitur.formulation.linearise.trees import (
    bound_names,
    brief,
    minus,
    negative,
    plus,
    relation,
    renamed,
    times,
)

MOST_FACTORS = 12
"""A higher power is left as it is."""
MOST_WRITTEN = 1_000
"""Of sums that come to more products than this, written down one by one, none is multiplied out."""
MOST_PRODUCTS = 100_000
"""The same with the products of loops counted one by one."""


def product(rewriter: Rewriter, node: Node, hold: Hold, loops: tuple[Loop, ...]) -> Node:
    """Rewrite a product or a power."""
    if isinstance(node, Aggregate):
        return _product_of_many(rewriter, node, hold, loops)
    constant, factors = _factors(rewriter, node)
    if not factors:
        return rewriter.kept(node, loops)
    if factors == [node] and has_table(rewriter, node, loops):
        return of_whole(rewriter, node, hold, loops)
    binaries = [factor for factor in factors if _is_binary(rewriter, factor, loops)]
    others = [factor for factor in factors if factor not in binaries]
    distinct = list(dict.fromkeys(binaries))
    held_at = rewriter.scaled(hold, constant, loops)
    if len(others) > 1 and len(set(others)) == 1 and is_whole(rewriter, others[0], loops):
        power = Number(len(others))
        others = [Arithmetic("**", others[0], power, column=node.column)]
        if not binaries:
            return times(constant, of_whole(rewriter, others[0], held_at, loops))
    if len(others) > 1 or (others and not binaries):
        try:
            spread = _spread(rewriter, node, distinct + others, loops)
        except NotExact as reason:
            rewriter.because(reason, node.column)
            return node
        if spread is not None:
            return rewriter.walk(times(constant, spread), hold, loops)
        return _left(rewriter, node, others, loops)
    if not others and len(distinct) == 1:
        return times(constant, rewriter.walk(distinct[0], held_at, loops))
    term = _joined([*distinct, *others])
    term = replace(term, column=node.column)
    build = _conjunction if not others else _switched
    return times(constant, rewriter.auxiliary(term, held_at, loops, build))


def _factors(rewriter: Rewriter, node: Node) -> tuple[Node, list[Node]]:
    """Take a product apart: what is known, and the factors with variables; none if it has none."""
    if rewriter.is_known(node):
        return node, []
    match node:
        case Negative(operand):
            constant, factors = _factors(rewriter, operand)
            return negative(constant), factors
        case Arithmetic("*", left, right):
            (a, first), (b, second) = _factors(rewriter, left), _factors(rewriter, right)
            return times(a, b), first + second
        case Arithmetic("/", left, right) if rewriter.is_known(right):
            constant, factors = _factors(rewriter, left)
            return Arithmetic("/", constant, right), factors
        case Arithmetic("**", base, exponent):
            power = _power(rewriter, exponent)
            if power is not None:
                constant, factors = _factors(rewriter, base)
                raised = constant
                for _ in range(power - 1):
                    raised = times(raised, constant)
                return raised, factors * power
    return Number(1), [node]


def _power(rewriter: Rewriter, exponent: Node) -> int | None:
    """Give a whole exponent from 1 on, the same wherever it stands."""
    try:
        power = rewriter.added.evaluator.number(exponent, {})
    except (FormulationError, KeyError):
        return None
    return int(power) if 1 <= power <= MOST_FACTORS and float(power).is_integer() else None


def _joined(factors: list[Node]) -> Node:
    joined = factors[0]
    for factor in factors[1:]:
        joined = Arithmetic("*", joined, factor)
    return joined


def _is_binary(rewriter: Rewriter, node: Node, loops: tuple[Loop, ...]) -> bool:
    """Whether an expression is 0 or 1 at every point."""
    frame = rewriter.frames.of(node.names, loops)
    if frame is None:
        return True
    spans = rewriter.spans(node, frame)
    return (
        all(spans.whole)
        and all(float(constant).is_integer() for constant in spans.constant)
        and all(low >= 0 and high <= 1 for low, high in spans.ranges)
    )


def _left(rewriter: Rewriter, node: Node, others: list[Node], loops: tuple[Loop, ...]) -> Node:
    names = " and ".join(dict.fromkeys(brief(factor) for factor in others))
    if isinstance(node, Arithmetic) and node.operator == "**" and len(set(others)) <= 1:
        what = f"{brief(node)} is a power of what is not binary"
    else:
        what = f"{names} are multiplied, and none of them is binary"
    mend = "; declare as binary what is a choice, or write it as piecewise(...)"
    rewriter.because(NotExact(what + mend), node.column)
    return rewriter.kept(node, loops)


# --- sums of binaries ----------------------------------------------------------------------------


def _spread(
    rewriter: Rewriter, node: Node, factors: list[Node], loops: tuple[Loop, ...]
) -> Node | None:
    """Multiply out the sum of binaries with the fewest terms, if a factor is one.

    Raises:
        NotExact: That, and so on with the other sums, would give too many terms.
    """
    sizes = [_terms(rewriter, factor, loops) for factor in factors]
    sums = {n: size for n, size in enumerate(sizes) if size and _is_sum(factors[n])}
    if not sums:
        return None
    # One sum stays whole, unless it is something else that is multiplied with the binaries.
    apart = len(sums) if None in sizes else max(1, len(sums) - 1)
    for count, most in ((0, MOST_WRITTEN), (1, MOST_PRODUCTS)):
        products = math.prod(sorted(size[count] for size in sums.values())[:apart])
        if products > most:
            what = f"multiplied out, {brief(node)} is {products:,} products"
            raise NotExact(f"{what}, and at most {most:,} are made; multiply fewer sums")
    place = min(sums, key=sums.__getitem__)
    rest = _joined(factors[:place] + factors[place + 1 :])
    return _times_each(rewriter, factors[place], rest, loops)


def _is_sum(node: Node) -> bool:
    match node:
        case Arithmetic("+" | "-") | Aggregate("sum"):
            return True
    return False


def _terms(rewriter: Rewriter, node: Node, loops: tuple[Loop, ...]) -> tuple[int, int] | None:
    """Count the terms of a sum of multiples of binaries: as written, and with loops run through.

    It is ``None`` for anything else.
    """
    if rewriter.is_known(node):
        return 1, 1
    match node:
        case Negative(operand):
            return _terms(rewriter, operand, loops)
        case Arithmetic("+" | "-", left, right):
            a, b = (_terms(rewriter, side, loops) for side in (left, right))
            return None if a is None or b is None else (a[0] + b[0], a[1] + b[1])
        case Arithmetic("*", left, right) if rewriter.is_known(left):
            return _terms(rewriter, right, loops)
        case Arithmetic("*" | "/", left, right) if rewriter.is_known(right):
            return _terms(rewriter, left, loops)
        case Aggregate("sum", body, inner):
            names = frozenset(target for loop in inner for target in loop.targets)
            frame = rewriter.frames.of(names, (*loops, *inner))
            each = _terms(rewriter, body, (*loops, *inner))
            bindings = 0 if frame is None else len(frame.bindings)
            return None if each is None else (each[0], each[1] * bindings)
    return (1, 1) if _is_binary(rewriter, node, loops) else None


def _times_each(rewriter: Rewriter, node: Node, factor: Node, loops: tuple[Loop, ...]) -> Node:
    """Multiply each term of a sum with a factor."""
    match node:
        case _ if rewriter.is_known(node):
            return times(node, factor)
        case Negative(operand):
            return negative(_times_each(rewriter, operand, factor, loops))
        case Arithmetic("+" | "-" as sign, left, right):
            sides = (_times_each(rewriter, side, factor, loops) for side in (left, right))
            return (plus if sign == "+" else minus)(*sides)
        case Arithmetic("*", left, right) if rewriter.is_known(left):
            return times(left, _times_each(rewriter, right, factor, loops))
        case Arithmetic("*", left, right) if rewriter.is_known(right):
            return times(right, _times_each(rewriter, left, factor, loops))
        case Arithmetic("/", left, right) if rewriter.is_known(right):
            return Arithmetic("/", _times_each(rewriter, left, factor, loops), right)
        case Aggregate("sum", _, inner):
            taken = {*bound_names(factor), *factor.names}
            names = {
                target: rewriter.added.loop_name(target, taken)
                for loop in inner
                for target in loop.targets
                if target in taken
            }
            clear = renamed(node, names)
            assert isinstance(clear, Aggregate)
            body = _times_each(rewriter, clear.body, factor, (*loops, *clear.loops))
            return replace(clear, body=body)
    return Arithmetic("*", node, factor, column=factor.column)


# --- auxiliary variables -------------------------------------------------------------------------


def _hint(rewriter: Rewriter, factors: list[Node]) -> str:
    names = [factor.name for factor in factors if isinstance(factor, Name | Item)]
    if len(names) == len(factors) <= 3:
        return "_times_".join(names)
    return f"product_of_{rewriter.place.label}"


def _conjunction(rewriter: Rewriter, node: Node, frame: Frame, hold: Hold) -> str:
    """Add a variable for a product of binaries: 1 where all of them are."""
    _, factors = _factors(rewriter, node)
    name = rewriter.added.variable(
        rewriter.place,
        _hint(rewriter, factors),
        frame.index,
        f"{brief(node)}: 1 where all of these are 1, {rewriter.origin}",
        bounds=(0, 1),
    )
    value = frame.entry(name)
    if Hold.below in hold:
        for factor in factors:
            doc = f"{name} is 0 where {brief(factor)} is 0"
            rewriter.row(f"{name}_only_if", frame.loops, relation(value, "<=", factor), doc)
    if Hold.above in hold:
        total = factors[0]
        for factor in factors[1:]:
            total = plus(total, factor)
        side = minus(total, Number(len(factors) - 1))
        doc = f"{name} is 1 where all are 1"
        rewriter.row(f"{name}_if_all", frame.loops, relation(value, ">=", side), doc)
    return name


def _switched(rewriter: Rewriter, node: Node, frame: Frame, hold: Hold) -> str:
    """Add a variable for the product of binaries and one bounded expression."""
    assert isinstance(node, Arithmetic)
    switch, expression = node.left, node.right
    ranges = rewriter.ranges_of(expression, frame)
    require_ends(rewriter, expression, frame, ranges, above=True, below=True)
    low, high = (min(0.0, *(r[0] for r in ranges)), max(0.0, *(r[1] for r in ranges)))
    _, factors = _factors(rewriter, node)
    name = rewriter.added.variable(
        rewriter.place,
        _hint(rewriter, factors),
        frame.index,
        f"{brief(expression)} where {brief(switch)} is 1, else 0, {rewriter.origin}",
        bounds=held([(low, high)], above=True, below=True),
    )
    value, off = frame.entry(name), minus(Number(1), switch)
    least = limit(rewriter, expression, frame, ranges, above=False, name=name)
    most = limit(rewriter, expression, frame, ranges, above=True, name=name)
    rows: list[tuple[str, str, Node]] = []
    if Hold.above in hold:
        rows += [
            ("off_least", ">=", times(least, switch)),
            ("on_least", ">=", minus(expression, times(most, off))),
        ]
    if Hold.below in hold:
        rows += [
            ("off_most", "<=", times(most, switch)),
            ("on_most", "<=", minus(expression, times(least, off))),
        ]
    for suffix, operator, side in rows:
        if side == Number(0):
            continue  # as the bound of the variable says
        what = "0" if suffix.startswith("off") else brief(expression)
        doc = f"{name} is {what} where {brief(switch)} is {int(what != '0')}"
        rewriter.row(f"{name}_{suffix}", frame.loops, relation(value, operator, side), doc)
    return name


# --- prod(... for ...) ---------------------------------------------------------------------------


def _product_of_many(
    rewriter: Rewriter, node: Aggregate, hold: Hold, loops: tuple[Loop, ...]
) -> Node:
    if not _is_binary(rewriter, node.body, (*loops, *node.loops)):
        what = f"{brief(node)} is a product of what is not binary"
        rewriter.because(NotExact(f"{what}; declare as binary what is a choice"), node.column)
        return rewriter.kept(node, loops)
    return rewriter.auxiliary(node, hold, loops, _all_of_many)


def _all_of_many(rewriter: Rewriter, node: Node, frame: Frame, hold: Hold) -> str:
    assert isinstance(node, Aggregate)
    name = rewriter.added.variable(
        rewriter.place,
        hint(rewriter, "all", node.body),
        frame.index,
        f"{brief(node)}: 1 where all of these are 1, {rewriter.origin}",
        bounds=(0, 1),
    )
    value = frame.entry(name)
    if Hold.below in hold:
        inner = (*frame.loops, *node.loops)
        doc = f"{name} is 0 where any of them is 0"
        rewriter.row(f"{name}_only_if", inner, relation(value, "<=", node.body), doc)
    if Hold.above in hold:
        missing = Aggregate("sum", minus(Number(1), node.body), node.loops)
        doc = f"{name} is 1 where none is 0"
        side = minus(Number(1), missing)
        rewriter.row(f"{name}_if_all", frame.loops, relation(value, ">=", side), doc)
    return name
