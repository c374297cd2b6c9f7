"""``implies(condition, relation)`` as rows that the condition's binaries switch on.

The condition is put into alternatives of comparisons. Each comparison gives a *miss*: an expression
that is 0 where it holds and at least 1 where it may fail. An alternative then demands
``left <= right + most * (sum of its misses)``, where `most` is how far beyond the relation the
bounds let its sides go, so that a miss switches the row off without cutting anything off.
"""

import math
from dataclasses import dataclass, replace

from solvitur.formulation.elements import Domain
from solvitur.formulation.expression import (
    Comparison,
    Logic,
    Loop,
    Node,
    Not,
    Number,
)
from solvitur.formulation.instance import Rule
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.intervals import WHOLE, Range
from solvitur.formulation.linearise.limits import require_ends
from solvitur.formulation.linearise.rewriting import NotExact, Rewriter
from solvitur.formulation.linearise.trees import (
    brief,
    canonical,
    has_points,
    minus,
    negative,
    plus,
    relation,
    times,
)

MOST_ALTERNATIVES = 64
_OPPOSITE = {
    "<=": ">", ">": "<=", ">=": "<", "<": ">=", "==": "!=", "!=": "==", "in": "not in",
    "not in": "in",
}  # fmt: skip
_TURNED = {"<=": ">=", "<": ">", ">=": ">=", ">": ">", "==": "=="}
"""The operator when the sides are arranged so that more is better."""

Relation = tuple[str, tuple[Loop, ...], Comparison]
"""What follows an implication's name, what it holds for, and what holds."""


def implication(rewriter: Rewriter, rule: Rule) -> list[Relation]:
    """Give the rows of an implication, and add what they need.

    Raises:
        NotExact: It cannot be said by rows; the message says why and what to do.
    """
    assert rule.condition is not None
    if has_points(rule.condition):
        raise NotExact(
            "piecewise(...) stands in the condition; give its value to a variable in a constraint "
            "of its own, and write that variable here",
            is_fatal=True,
        )
    rows: list[Relation] = []
    for alternative in _alternatives(rewriter, rule.condition, negated=False):
        known = [part for part in alternative if rewriter.is_known(part)]
        open_ = [part for part in alternative if not rewriter.is_known(part)]
        loops = _where(rewriter, rule.loops, known)
        if loops is None or next(rewriter.added.evaluator.bindings(loops, {}), None) is None:
            continue
        misses = [_miss(rewriter, part, loops) for part in open_]
        if None in misses:
            continue  # it never holds
        total: Node = Number(0)
        for miss in misses:
            total = plus(total, miss or Number(0))
        for place, operator in enumerate(rule.relation.operators):
            left, right = rule.relation.operands[place : place + 2]
            for side in ("<=", ">=") if operator == "==" and total != Number(0) else (operator,):
                rows += _switched(rewriter, (left, side, right), total, loops, operator)
    return rows


def _where(
    rewriter: Rewriter, loops: tuple[Loop, ...], known: list[Node]
) -> tuple[Loop, ...] | None:
    """Add what is known before solving to the loops; ``None`` where it does not hold."""
    if loops:
        last = replace(loops[-1], conditions=(*loops[-1].conditions, *known))
        return (*loops[:-1], last)
    return () if all(rewriter.added.evaluator.holds(part, {}) for part in known) else None


def _alternatives(rewriter: Rewriter, node: Node, *, negated: bool) -> list[tuple[Node, ...]]:
    """Give what may hold, each of which is enough, as comparisons that hold together."""
    if rewriter.is_known(node):
        return [(Not(node) if negated else node,)]
    if isinstance(node, Not):
        return _alternatives(rewriter, node.operand, negated=not negated)
    if isinstance(node, Comparison) and len(node.operators) > 1:
        links = zip(node.operators, node.operands, node.operands[1:], strict=False)
        parts = tuple(Comparison((o,), (a, b), column=node.column) for o, a, b in links)
        return _alternatives(rewriter, Logic("and", parts), negated=negated)
    if isinstance(node, Comparison):
        (operator,) = node.operators
        operator = _OPPOSITE[operator] if negated else operator
        signs = ("<", ">") if operator == "!=" else (operator,)
        return [(replace(node, operators=(sign,)),) for sign in signs]
    assert isinstance(node, Logic)
    below = [_alternatives(rewriter, item, negated=negated) for item in node.items]
    if (node.operator == "or") != negated:
        return [alternative for each in below for alternative in each]
    joined: list[tuple[Node, ...]] = [()]
    for each in below:
        joined = [(*a, *b) for a in joined for b in each]
        if len(joined) > MOST_ALTERNATIVES:
            raise NotExact(
                f"the condition has more than {MOST_ALTERNATIVES} cases; write several "
                "implications, or a binary variable for a part of it",
                is_fatal=True,
            )
    return joined


@dataclass(frozen=True)
class _Test:
    """`larger` is to be more than `smaller`, at least that, or just that."""

    larger: Node
    smaller: Node
    what: Node
    """Their difference."""
    operator: str
    frame: Frame
    ranges: list[Range]
    under: list[float]
    """Of each binding: it fails on this side where it is at most this much below zero."""
    over: list[float]
    """Of each binding: for ``==``, it fails where it is at least this much above zero."""
    is_whole: bool


def _test(rewriter: Rewriter, part: Node, loops: tuple[Loop, ...]) -> _Test:
    assert isinstance(part, Comparison)
    (operator,), (larger, smaller) = part.operators, part.operands
    if operator in ("<=", "<"):
        larger, smaller = smaller, larger
    what, operator = minus(larger, smaller), _TURNED[operator]
    frame = rewriter.frames.of(what.names, loops)
    assert frame is not None
    spans = rewriter.spans(what, frame)
    is_whole = all(spans.whole)
    if not is_whole and operator != ">":
        raise NotExact(_not_whole(rewriter, part), is_fatal=True)
    under, over = [], []
    for constant in spans.constant:
        # It is zero where the rest of it, the whole part, is just `wanted`.
        wanted = -constant
        if abs(wanted - round(wanted)) <= WHOLE:
            wanted = round(wanted)
        if operator == ">":
            under.append(wanted - math.floor(wanted) if is_whole else 0.0)
        else:
            under.append(wanted - math.ceil(wanted) + 1)
        over.append(math.floor(wanted) + 1 - wanted)
    return _Test(larger, smaller, what, operator, frame, spans.ranges, under, over, is_whole)


def _not_whole(rewriter: Rewriter, part: Comparison) -> str:
    (operator,) = part.operators
    mend = "compare whole numbers, or decide it by a binary variable"
    if operator in ("<=", ">="):
        mend += f", or write {operator[0]} for {operator}: then just on the border it need not hold"
    return (
        f"{brief(part)} is about what need not be a whole number, so it may fail by as "
        f"little as one likes, which no solver can hold; {mend}"
    )


def _miss(rewriter: Rewriter, part: Node, loops: tuple[Loop, ...]) -> Node | None:
    """Give what is 0 where a comparison holds and at least 1 where it fails.

    ``None`` for one that never holds.
    """
    test = _test(rewriter, part, loops)
    cases = list(zip(test.ranges, test.under, test.over, strict=True))
    if test.operator == "==":
        if all(high <= -under or low >= over for (low, high), under, over in cases):
            return None
        if all(low == high == 0 for (low, high), _, _ in cases):
            return Number(0)
        if all(high == 0 for (_, high), _, _ in cases):
            return negative(test.what)
        if all(low == 0 for (low, _), _, _ in cases):
            return test.what
        return _missed(rewriter, test, part)
    if all(high <= -under for (_, high), under, _ in cases):
        return None
    if all(low > -under for (low, _), under, _ in cases):
        return Number(0)
    if test.is_whole and all(-under < high <= 1 - under for (_, high), under, _ in cases):
        highs = [high for (_, high), _, _ in cases]
        doc = f"the most that {brief(test.what)} can be"
        hint = f"{rewriter.place.label}_most"
        top = rewriter.added.constant(rewriter.place, hint, test.frame, highs, doc)
        return minus(top, test.what)
    return _missed(rewriter, test, part)


def _missed(rewriter: Rewriter, test: _Test, part: Node) -> Node:
    """Add binaries that are 1 only where a comparison fails, one for each side it can fail on."""
    key = tuple(canonical(node, test.frame.targets) for node in (part, *test.frame.loops))
    known = rewriter.misses.get(key)
    if known is None:
        known = []
        if any(low <= -under for (low, _), under in zip(test.ranges, test.under, strict=True)):
            known.append(_side(rewriter, test, part, below=True))
        if test.operator == "==" and any(
            high >= over for (_, high), over in zip(test.ranges, test.over, strict=True)
        ):
            known.append(_side(rewriter, test, part, below=False))
        rewriter.misses[key] = known
    total: Node = Number(0)
    for name in known:
        total = plus(total, test.frame.entry(name))
    return total


def _side(rewriter: Rewriter, test: _Test, part: Node, *, below: bool) -> str:
    """Add a binary, and the row that holds it at 0 unless the comparison fails on this side."""
    require_ends(rewriter, test.what, test.frame, test.ranges, above=below, below=not below)
    added, place = rewriter.added, rewriter.place
    shown = brief(part)
    word = "" if test.operator != "==" else ", being too small" if below else ", being too large"
    name = added.variable(
        place,
        f"{place.label}_{'fails' if not word else 'below' if below else 'above'}",
        test.frame.index,
        f"1 only where {shown} fails{word}",
        domain=Domain.binary,
    )
    edges = [-u for u in test.under] if below else list(test.over)
    ends = [high if below else low for low, high in test.ranges]
    gaps = [end - edge for end, edge in zip(ends, edges, strict=True)]
    gaps = [max(0.0, gap) if below else min(0.0, gap) for gap in gaps]
    edge = added.constant(
        place, f"{name}_edge", test.frame, edges, f"{shown} fails where it is beyond this"
    )
    room = added.constant(
        place, f"{name}_room", test.frame, gaps, f"how far it can be from there where {shown} holds"
    )
    slack = times(room, minus(Number(1), test.frame.entry(name)))
    side = plus(plus(test.smaller, edge), slack)
    row = relation(test.larger, "<=" if below else ">=", side)
    rewriter.row(f"{name}_row", test.frame.loops, row, f"{shown} fails where {name} is 1")
    return name


def _switched(
    rewriter: Rewriter,
    link: tuple[Node, str, Node],
    total: Node,
    loops: tuple[Loop, ...],
    operator: str,
) -> list[Relation]:
    """Give the row of one relation, unless the bounds hold it anyway."""
    left, side, right = link
    suffix = "" if side == operator else "_most" if side == "<=" else "_least"
    what = minus(left, right)
    if total == Number(0):
        return [(suffix, loops, relation(left, side, right))]
    frame = rewriter.frames.of(what.names, loops)
    assert frame is not None
    ranges = rewriter.ranges_of(what, frame)
    is_upper = side == "<="
    is_sure = all((high <= 0) if is_upper else (low >= 0) for low, high in ranges)
    if is_sure and not has_points(what):
        return []
    _require(rewriter, what, frame, ranges, is_upper)
    rooms = [max(0.0, high) if is_upper else max(0.0, -low) for low, high in ranges]
    room = rewriter.added.constant(
        rewriter.place,
        f"{rewriter.place.label}_room{suffix}",
        frame,
        rooms,
        f"how far {brief(left)} can be {'above' if is_upper else 'below'} "
        f"{brief(right)} where it does not apply",
    )
    slack = times(room, total)
    return [(suffix, loops, relation(left, side, (plus if is_upper else minus)(right, slack)))]


def _require(
    rewriter: Rewriter, what: Node, frame: Frame, ranges: list[Range], is_upper: bool
) -> None:
    try:
        require_ends(rewriter, what, frame, ranges, above=is_upper, below=not is_upper)
    except NotExact as reason:
        raise NotExact(str(reason), is_fatal=True) from None
