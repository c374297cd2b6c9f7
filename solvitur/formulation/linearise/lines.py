"""Piecewise-linear functions.

Where the lines bend the way that is pressed against, a variable above (or below) all of them is
enough. Elsewhere a binary chooses the piece ("multiple choice", see Vielma, Ahmed and Nemhauser,
"Mixed-integer models for nonseparable piecewise-linear optimization", 2010); it needs no bounds.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from solvitur.formulation.elements import Domain
from solvitur.formulation.expression import (
    Aggregate,
    Call,
    Comparison,
    Item,
    Loop,
    Name,
    Node,
    Number,
    Piecewise,
)
from solvitur.formulation.linearise.additions import held
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.intervals import Range, of_lines
from solvitur.formulation.linearise.limits import hint
from solvitur.formulation.linearise.rewriting import Hold, NotExact, Rewriter
from solvitur.formulation.linearise.trees import brief, minus, plus, relation, times

Points = list[tuple[float, float]]


class _Pieces(NamedTuple):
    """The straight pieces between points, as sets and parameters of the formulation."""

    loop: Loop
    start: Node
    end: Node
    height: Node
    slope: Node
    first: Node
    last: Node

    def at(self, argument: Node) -> Node:
        """Give the height of a piece's line at a number."""
        return plus(self.height, times(self.slope, minus(argument, self.start)))


def piecewise(rewriter: Rewriter, node: Piecewise, hold: Hold, loops: tuple[Loop, ...]) -> Node:
    """Rewrite ``piecewise(e, points)``."""
    if not rewriter.inside_implies:
        hold |= Hold.within
    return rewriter.auxiliary(node, hold, loops, _piecewise)


def _piecewise(rewriter: Rewriter, node: Node, frame: Frame, hold: Hold) -> str:
    assert isinstance(node, Piecewise)
    names = frozenset[str]().union(*(part.names for part in (*node.points, *node.loops)))
    outer = rewriter.frames.of(names, frame.loops)
    assert outer is not None
    points = [_bends(rewriter.added.evaluator.points(node, b)) for b in outer.bindings]
    is_covered = _is_covered(rewriter, node, frame)
    if Hold.within not in hold and not is_covered:
        what = brief(node.argument)
        raise NotExact(
            f"the points do not cover all that {what} can be, and inside implies(...) they have "
            f"to; extend them, or bound {what}",
            is_fatal=True,
        )
    name = rewriter.added.variable(
        rewriter.place,
        hint(rewriter, "lines", node.argument),
        frame.index,
        f"the lines through the points at {brief(node.argument)}, {rewriter.origin}",
        bounds=held(_heights(rewriter, node, frame), above=True, below=True),
    )
    pieces = _pieces(rewriter, name, outer, points)
    if not is_covered:
        rewriter.row(
            f"{name}_within",
            frame.loops,
            Comparison(("<=", "<="), (pieces.first, node.argument, pieces.last)),
            f"{brief(node.argument)} is within the points",
        )
    if _bend(points, up=True) and Hold.below not in hold:
        _beyond_all(rewriter, node, frame, name, pieces, ">=")
    elif _bend(points, up=False) and Hold.above not in hold:
        _beyond_all(rewriter, node, frame, name, pieces, "<=")
    elif all(len(each) == 2 for each in points):
        _beyond_all(rewriter, node, frame, name, pieces, "==")
    else:
        _choose(rewriter, node, frame, name, pieces)
    return name


def _heights(rewriter: Rewriter, node: Piecewise, frame: Frame) -> Iterator[Range]:
    ranges = rewriter.ranges_of(node.argument, frame)
    for binding, found in zip(frame.bindings, ranges, strict=True):
        yield of_lines(rewriter.added.evaluator.points(node, binding), found)


def _bends(points: Points) -> Points:
    """Leave out the points at which nothing bends."""
    kept = points[:1]
    for here, after in pairwise(points[1:]):
        before, into = _slope(kept[-1], here), _slope(here, after)
        if abs(before - into) > 1e-12 * max(1, abs(before), abs(into)):
            kept.append(here)
    return [*kept, points[-1]]


def _slope(left: tuple[float, float], right: tuple[float, float]) -> float:
    return (right[1] - left[1]) / (right[0] - left[0])


def _bend(points: list[Points], *, up: bool) -> bool:
    """Whether all lines bend only up, or only down."""
    slopes = [[_slope(*pair) for pair in pairwise(each)] for each in points]
    return all((a < b) == up for each in slopes for a, b in pairwise(each))


def _is_covered(rewriter: Rewriter, node: Piecewise, frame: Frame) -> bool:
    """Whether the bounds keep the argument within the points."""
    ranges = rewriter.ranges_of(node.argument, frame)
    for binding, (low, high) in zip(frame.bindings, ranges, strict=True):
        points = rewriter.added.evaluator.points(node, binding)
        if not points[0][0] <= low <= high <= points[-1][0]:
            return False
    return True


def _pieces(rewriter: Rewriter, name: str, outer: Frame, points: list[Points]) -> _Pieces:
    """Add the pieces; where an index has fewer than others, its end counts as more of them."""
    added, place = rewriter.added, rewriter.place
    count = max(map(len, points)) - 1
    which = added.counted(place, f"{name}_pieces", f"the straight pieces of {name}", count)
    target = added.loop_name("piece")
    loop = Loop((target,), Name(which.name))
    columns: dict[str, dict[tuple[int | str, ...], float]] = {
        "start": {}, "end": {}, "height": {}, "slope": {}
    }  # fmt: skip
    for binding, each in zip(outer.bindings, points, strict=True):
        ends = [*pairwise(each), *((each[-1], each[-1]) for _ in range(count + 1 - len(each)))]
        for n, (left, right) in enumerate(ends, start=1):
            key = (*outer.key(binding), n)
            columns["start"][key], columns["end"][key] = left[0], right[0]
            columns["height"][key] = left[1]
            columns["slope"][key] = _slope(left, right) if left != right else _slope(*each[-2:])
    docs = {
        "start": f"where each piece of {name} starts",
        "end": f"where each piece of {name} ends",
        "height": f"the height at which each piece of {name} starts",
        "slope": f"how steep each piece of {name} is",
    }
    index = (*outer.index, which.name)
    keys = tuple(map(Name, outer.targets))
    made = {
        word: added.parameter(place, f"{name}_{word}", index, columns[word], docs[word])
        for word in columns
    }
    inner = {word: Item(made[word], (*keys, Name(target))) for word in made}
    first, last = (Call(end, (Name(which.name),)) for end in ("first", "last"))
    return _Pieces(
        loop,
        start=inner["start"],
        end=inner["end"],
        height=inner["height"],
        slope=inner["slope"],
        first=Item(made["start"], (*keys, first)),
        last=Item(made["end"], (*keys, last)),
    )


def _beyond_all(
    rewriter: Rewriter, node: Piecewise, frame: Frame, name: str, pieces: _Pieces, operator: str
) -> None:
    loops = (*frame.loops, pieces.loop)
    side = {"<=": "at most", ">=": "at least", "==": "on"}[operator]
    rewriter.row(
        f"{name}_line",
        loops,
        relation(frame.entry(name), operator, pieces.at(node.argument)),
        f"{name} is {side} each line",
    )


def _choose(rewriter: Rewriter, node: Piecewise, frame: Frame, name: str, pieces: _Pieces) -> None:
    """Choose the piece that the argument is on: its share there, and none on the others."""
    added, place = rewriter.added, rewriter.place
    index = (*frame.index, pieces.loop.domain.name)
    loops = (*frame.loops, pieces.loop)
    keys = (*map(Name, frame.targets), *map(Name, pieces.loop.targets))
    shown = brief(node.argument)
    doc = f"1 where {shown} is on this piece of {name}"
    on = Item(added.variable(place, f"{name}_on", index, doc, domain=Domain.binary), keys)
    doc = f"{shown} where it is on this piece of {name}, else 0"
    share = Item(added.variable(place, f"{name}_share", index, doc), keys)

    def total(body: Node) -> Node:
        return Aggregate("sum", body, (pieces.loop,))

    height = plus(
        times(pieces.height, on), times(pieces.slope, minus(share, times(pieces.start, on)))
    )
    rewriter.row(f"{name}_one", frame.loops, relation(total(on), "==", Number(1)),
                 f"one piece of {name} is chosen")  # fmt: skip
    rewriter.row(f"{name}_shares", frame.loops, relation(node.argument, "==", total(share)),
                 f"{shown} is on that piece")  # fmt: skip
    limits = Comparison(("<=", "<="), (times(pieces.start, on), share, times(pieces.end, on)))
    rewriter.row(f"{name}_ends", loops, limits, f"no share beyond the ends of a piece of {name}")
    rewriter.row(f"{name}_value", frame.loops, relation(frame.entry(name), "==", total(height)),
                 f"{name} is the height there")  # fmt: skip
