"""`abs`, `min` and `max`.

Where less of a maximum is better, it is enough that a variable is at least each of its arguments.
Elsewhere a binary chooses the argument that the variable is at most.
"""

import math
from collections import defaultdict

from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Key
from solvitur.formulation.expression import Aggregate, Call, Loop, Node, Number
from solvitur.formulation.linearise.additions import held
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.intervals import Range, of_function
from solvitur.formulation.linearise.limits import hint, limit, require_ends
from solvitur.formulation.linearise.rewriting import Hold, NotExact, Rewriter
from solvitur.formulation.linearise.trees import (
    brief,
    has_points,
    minus,
    negative,
    plus,
    relation,
    times,
)


def absolute(rewriter: Rewriter, node: Call, hold: Hold, loops: tuple[Loop, ...]) -> Node:
    """Rewrite ``abs(e)``; it is ``e`` or ``-e`` where the bounds say so."""
    frame = rewriter.frames.of(node.names, loops)
    (argument,) = node.arguments
    ranges = [] if frame is None else rewriter.ranges_of(argument, frame)
    if all(low >= 0 for low, _ in ranges):
        return rewriter.walk(argument, hold, loops)
    if all(high <= 0 for _, high in ranges):
        return rewriter.walk(negative(argument), hold, loops)
    return rewriter.auxiliary(node, hold, loops, _absolute)


def _absolute(rewriter: Rewriter, node: Node, frame: Frame, hold: Hold) -> str:
    assert isinstance(node, Call)
    (argument,) = node.arguments
    ranges = rewriter.ranges_of(argument, frame)
    if Hold.below in hold:
        require_ends(rewriter, argument, frame, ranges, above=True, below=True)
    shown = brief(argument)
    name = rewriter.added.variable(
        rewriter.place,
        hint(rewriter, "abs", argument),
        frame.index,
        f"how far {shown} is from 0, {rewriter.origin}",
        bounds=held(
            (of_function("abs", [found], whole=False)[0] for found in ranges),
            above=True,
            below=Hold.below in hold,
        ),
    )
    size = frame.entry(name)
    if Hold.above in hold:
        for sign, side in (("positive", argument), ("negative", negative(argument))):
            doc = f"{name} where {shown} is {sign}"
            rewriter.row(f"{name}_{sign}", frame.loops, relation(size, ">=", side), doc)
    if Hold.below in hold:
        _not_beyond(rewriter, argument, frame, ranges, name)
    return name


def _not_beyond(
    rewriter: Rewriter, argument: Node, frame: Frame, ranges: list[Range], name: str
) -> None:
    """Hold an absolute value from below: a binary says which sign its argument has."""
    size, shown = frame.entry(name), brief(argument)
    sign = frame.entry(
        rewriter.added.variable(
            rewriter.place,
            f"{name}_sign",
            frame.index,
            f"1 where {shown} is positive, 0 where it is negative",
            domain=Domain.binary,
        )
    )
    low = limit(rewriter, argument, frame, ranges, above=False, name=name)
    high = limit(rewriter, argument, frame, ranges, above=True, name=name)
    other = minus(Number(1), sign)
    sides = (
        ("positive", minus(argument, times(times(Number(2), low), other))),
        ("negative", plus(negative(argument), times(times(Number(2), high), sign))),
    )
    for word, side in sides:
        doc = f"{name} is no more than that where {shown} is {word}"
        rewriter.row(f"{name}_most_{word}", frame.loops, relation(size, "<=", side), doc)


def extreme(
    rewriter: Rewriter, node: Call | Aggregate, hold: Hold, loops: tuple[Loop, ...]
) -> Node:
    """Rewrite ``min`` or ``max``; an argument that the bounds rule out is left out."""
    if isinstance(node, Call):
        frame = rewriter.frames.of(node.names, loops)
        if frame is None:
            return Number(0)
        kept = _not_ruled_out(rewriter, node, frame)
        if len(kept) == 1:
            return rewriter.walk(kept[0], hold, loops)
        node = Call(node.function, kept, column=node.column)
    return rewriter.auxiliary(node, hold, loops, _extreme)


def _not_ruled_out(rewriter: Rewriter, node: Call, frame: Frame) -> tuple[Node, ...]:
    distinct = tuple(dict.fromkeys(node.arguments))
    sign = 1 if node.function == "max" else -1
    ranges = [_turned(rewriter.ranges_of(argument, frame), sign) for argument in distinct]
    kept = list(range(len(distinct)))
    for n in range(len(distinct)):
        others = [m for m in kept if m != n and not has_points(distinct[n])]
        if any(
            all(a[1] <= b[0] for a, b in zip(ranges[n], ranges[m], strict=True)) for m in others
        ):
            kept.remove(n)
    return tuple(distinct[n] for n in kept)


def _turned(ranges: list[Range], sign: int) -> list[Range]:
    return ranges if sign > 0 else [(-high, -low) for low, high in ranges]


def _extreme(rewriter: Rewriter, node: Node, frame: Frame, hold: Hold) -> str:
    assert isinstance(node, Call | Aggregate)
    is_max = node.function == "max"
    is_free = (Hold.above if is_max else Hold.below) in hold
    is_bound = (Hold.below if is_max else Hold.above) in hold
    arguments, inner = _arguments(node)
    if isinstance(node, Aggregate):
        _refuse_empty(rewriter, node, frame)
    deep = _deep(rewriter, frame, inner)
    columns = [rewriter.ranges_of(argument, deep) for argument in arguments]
    if is_bound:
        for argument, ranges in zip(arguments, columns, strict=True):
            require_ends(rewriter, argument, deep, ranges, above=True, below=True)
    called = hint(rewriter, node.function, arguments[0])
    bounds: tuple[float | None, float | None] = (None, None)
    if is_bound:
        bounds = held(rewriter.ranges_of(node, frame), above=True, below=True)
    name = rewriter.added.variable(
        rewriter.place,
        called if inner else f"{node.function}_of_{rewriter.place.label}",
        frame.index,
        f"the {'largest' if is_max else 'smallest'}: {brief(node)}, {rewriter.origin}",
        bounds=bounds,
    )
    if is_free:
        for argument in arguments:
            _beyond(rewriter, node, frame, name, argument)
    if is_bound:
        _reached(rewriter, node, frame, name)
    return name


def _arguments(node: Call | Aggregate) -> tuple[tuple[Node, ...], tuple[Loop, ...]]:
    """Give what the extreme is of, and the loops that it is taken over."""
    return (node.arguments, ()) if isinstance(node, Call) else ((node.body,), node.loops)


def _beyond(
    rewriter: Rewriter, node: Call | Aggregate, frame: Frame, name: str, argument: Node
) -> None:
    """Hold the value at least (or at most) at an argument."""
    operator, side = (">=", "least") if node.function == "max" else ("<=", "most")
    _, inner = _arguments(node)
    rewriter.row(
        f"{name}_at_{side}",
        (*frame.loops, *inner),
        relation(frame.entry(name), operator, argument),
        f"{name} is at {side} {brief(argument)}",
    )


def _deep(rewriter: Rewriter, frame: Frame, inner: tuple[Loop, ...]) -> Frame:
    """Give the frame of what is inside a generator."""
    loops = (*frame.loops, *inner)
    names = frozenset(target for loop in loops for target in loop.targets)
    deep = rewriter.frames.of(names, loops)
    assert deep is not None
    return deep


def _refuse_empty(rewriter: Rewriter, node: Aggregate, frame: Frame) -> None:
    for binding in frame.bindings:
        if next(rewriter.added.evaluator.bindings(node.loops, binding), None) is None:
            where = ", ".join(f"{name} = {value}" for name, value in binding.items())
            raise NotExact(
                f"{node.function} of nothing{f' for {where}' if where else ''}; "
                "limit the loop around it to where there is something",
                is_fatal=True,
            )


def _reached(rewriter: Rewriter, node: Call | Aggregate, frame: Frame, name: str) -> None:
    """Let a binary choose an argument that the value is not beyond."""
    choices = (
        _of_generator(rewriter, node, frame, name)
        if isinstance(node, Aggregate)
        else _of_list(rewriter, node, frame, name)
    )
    value, is_max = frame.entry(name), node.function == "max"
    for argument, loops, room, chosen in choices:
        slack = times(room, minus(Number(1), chosen))
        side = plus(argument, slack) if is_max else minus(argument, slack)
        doc = f"{name} is {brief(argument)} where that is chosen"
        rewriter.row(f"{name}_reached", loops, relation(value, "<=" if is_max else ">=", side), doc)


Choice = tuple[Node, tuple[Loop, ...], Node, Node]
"""An argument, the loops of its row, how far another can be beyond it, and whether it is chosen."""


def _rooms(ranges: list[Range], is_max: bool) -> list[float]:
    """Say how far the others can be beyond each."""
    turned = _turned(ranges, 1 if is_max else -1)
    first, second = -math.inf, -math.inf
    for _, high in turned:
        first, second = (high, first) if high >= first else (first, max(second, high))
    rooms = [(second if high == first else first) - low for low, high in turned]
    return [max(0.0, room) for room in rooms]


def _of_list(rewriter: Rewriter, node: Call, frame: Frame, name: str) -> list[Choice]:
    is_max, arguments = node.function == "max", node.arguments
    columns = [rewriter.ranges_of(argument, frame) for argument in arguments]
    rooms = [_rooms(list(row), is_max) for row in zip(*columns, strict=True)]
    chosen: list[Node] = []
    for n, argument in enumerate(arguments if len(arguments) > 2 else arguments[:1], start=1):
        binary = rewriter.added.variable(
            rewriter.place,
            f"{name}_is_{n}",
            frame.index,
            f"1 where {name} is {brief(argument)}",
            domain=Domain.binary,
        )
        chosen.append(frame.entry(binary))
    if len(arguments) == 2:
        chosen.append(minus(Number(1), chosen[0]))
    else:
        total = chosen[0]
        for binary_entry in chosen[1:]:
            total = plus(total, binary_entry)
        doc = f"one argument is chosen for {name}"
        rewriter.row(f"{name}_is_one", frame.loops, relation(total, "==", Number(1)), doc)
    found: list[Choice] = []
    for n, argument in enumerate(arguments):
        doc = f"how far the others can be beyond {brief(argument)}"
        room = rewriter.added.constant(
            rewriter.place, f"{name}_room_{n + 1}", frame, (row[n] for row in rooms), doc
        )
        found.append((argument, frame.loops, room, chosen[n]))
    return found


def _of_generator(rewriter: Rewriter, node: Aggregate, frame: Frame, name: str) -> list[Choice]:
    deep = _deep(rewriter, frame, node.loops)
    ranges = rewriter.ranges_of(node.body, deep)
    groups: defaultdict[Key, list[int]] = defaultdict(list)
    for n, binding in enumerate(deep.bindings):
        groups[frame.key(binding)].append(n)
    rooms = [0.0] * len(ranges)
    for places in groups.values():
        found = _rooms([ranges[n] for n in places], node.function == "max")
        for n, room in zip(places, found, strict=True):
            rooms[n] = room
    shown = brief(node.body)
    binary = rewriter.added.variable(
        rewriter.place,
        f"{name}_is",
        deep.index,
        f"1 where {name} is {shown}",
        domain=Domain.binary,
    )
    chosen = deep.entry(binary)
    rewriter.row(
        f"{name}_is_one",
        frame.loops,
        relation(Aggregate("sum", chosen, node.loops), "==", Number(1)),
        f"one is chosen for {name}",
    )
    room_node = rewriter.added.constant(
        rewriter.place, f"{name}_room", deep, rooms, f"how far the others can be beyond {shown}"
    )
    return [(node.body, (*frame.loops, *node.loops), room_node, chosen)]
