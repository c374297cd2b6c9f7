"""The values of an expression in every binding at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import reduce

import numpy as np

from solvitur.errors import FormulationError
from solvitur.formulation.arrays.entries import Entries
from solvitur.formulation.arrays.frame import (
    ONCE,
    Column,
    Flags,
    Frame,
    NotInArrays,
    expand,
)
from solvitur.formulation.arrays.members import Floats, Members, Places
from solvitur.formulation.evaluate import Atom, Binding, Evaluator, Key
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
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

_FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
}
_OPERATORS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}
_REDUCERS: dict[str, np.ufunc] = {
    "sum": np.add,
    "prod": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
}
_NEUTRAL = {"sum": 0.0, "prod": 1.0}
_ORDER: dict[str, Callable[[Floats, Floats], Flags]] = {
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "<": np.less,
    ">": np.greater,
}

Numbers = Floats | float
"""One for each binding, or one for all."""

Part = Column | Floats
"""What an index is in each binding: an element of some set, or a number."""


class ArrayEvaluator:
    """Values of expressions over given sets and numbers, in all bindings of a frame at once.

    Args:
        sets: The elements of each set.
        index: The sets that each declared name is indexed by.
        numbers: The entries of each parameter, and of each variable when a point is given.

    Every method raises `NotInArrays` where `solvitur.formulation.evaluate.Evaluator` would find a
    fault in one of the bindings, or where something is beyond arrays: ask that one then.
    """

    def __init__(
        self,
        sets: Mapping[str, Members],
        index: Mapping[str, tuple[str, ...]],
        numbers: Mapping[str, Entries],
    ) -> None:
        self.sets = sets
        self.index = index
        self.numbers = numbers
        self._by_key = Evaluator(sets, numbers)

    def expand(self, loops: tuple[Loop, ...], frame: Frame = ONCE) -> tuple[Frame, Places]:
        """Go through loops: the bindings inside, and the binding outside that each is of."""
        return expand(frame, loops, self.sets, self)

    def number(self, node: Node, frame: Frame) -> Floats:
        """Compute a number for each binding."""
        with np.errstate(all="ignore"):
            return np.broadcast_to(self._number(node, frame), frame.size)

    def number_or_nan(self, node: Node, frame: Frame) -> Floats:
        """Compute a number for each binding; NaN where it has none."""
        try:
            return self.number(node, frame)
        except NotInArrays:
            if frame.size == 1:
                return np.full(1, np.nan)
            each = (frame.take(np.array([row])) for row in range(frame.size))
            return np.concatenate([np.zeros(0), *(self.number_or_nan(node, one) for one in each)])

    def flat(self, entry: Name | Item, frame: Frame) -> Places:
        """Find where an entry of a declared name stands in its array, flattened."""
        axes = tuple(self.sets[name] for name in self.index[entry.name])
        keys = entry.keys if isinstance(entry, Item) else ()
        return self._flat(keys, axes, frame)

    def keys(self, node: Node, frame: Frame) -> Iterator[Key]:
        """Compute an index, or a tuple of them, for each binding."""
        parts = [single for part in self._parts(node, frame) for single in _singles(part)]
        return zip(*map(_atoms, parts), strict=True)

    def entries(
        self, node: Node, frame: Frame, variables: Collection[str]
    ) -> Iterator[tuple[str, Places]]:
        """Give every variable entry an expression touches; the rest of it is computed."""
        if node.names.isdisjoint(variables):
            if isinstance(node, Comparison | Logic | Not):
                self.holds(node, frame)
            else:
                self.number(node, frame)
            return
        if isinstance(node, Name | Item):
            yield node.name, self.flat(node, frame)
        elif isinstance(node, Aggregate):
            inner, _ = self.expand(node.loops, frame)
            yield from self.entries(node.body, inner, variables)
        elif isinstance(node, Piecewise):
            rows = 1 if _points_are_fixed(node, frame) else frame.size
            for row in range(min(rows, frame.size)):
                self._points(node, frame.binding(row))
            yield from self.entries(node.argument, frame, variables)
        else:
            if isinstance(node, Arithmetic) and node.operator == "/":
                self._refuse_zero(node.right, frame, variables)
            for child in node.children():
                yield from self.entries(child, frame, variables)

    def _refuse_zero(self, node: Node, frame: Frame, variables: Collection[str]) -> None:
        if node.names.isdisjoint(variables) and np.any(self.number(node, frame) == 0):
            raise NotInArrays

    def holds(self, node: Node, frame: Frame) -> Flags:
        """Decide a condition in each binding; what need not be looked at is not."""
        match node:
            case Logic(operator, items):
                decided = np.full(frame.size, operator == "and")
                open_rows = np.arange(frame.size)
                for item in items:
                    found = self.holds(item, frame.take(open_rows))
                    settled = open_rows[found != (operator == "and")]
                    decided[settled] = operator == "or"
                    open_rows = open_rows[found == (operator == "and")]
                return decided
            case Not(operand):
                return ~self.holds(operand, frame)
            case Comparison(operators, operands):
                kept = np.arange(frame.size)
                for place, operator in enumerate(operators):
                    sides = operands[place], operands[place + 1]
                    kept = kept[self._compare(operator, *sides, frame.take(kept))]
                decided = np.zeros(frame.size, dtype=bool)
                decided[kept] = True
                return decided
        raise NotInArrays

    def column(self, node: Node, frame: Frame, like: Members) -> Places:
        """Find where the value of a node stands in a set, in each binding; negative for nowhere."""
        parts = list(self._parts(node, frame))
        if len(parts) == 1 and _width(parts[0]) == like.dimension:
            return _find(parts[0], like)
        singles = [single for part in parts for single in _singles(part)]
        if len(singles) != like.dimension:
            raise NotInArrays
        codes = [_find(single, like.place(n)[0]) for n, single in enumerate(singles)]
        return like.find_parts(codes)

    def reduce(self, function: str, values: Floats, parents: Places, size: int) -> Floats:
        """Put together what is in one outer binding; sums are rounded once, as `math.fsum` does."""
        starts = np.flatnonzero(np.diff(parents, prepend=-1))
        if function not in _NEUTRAL and len(starts) < size:
            raise NotInArrays  # the least of nothing
        result = np.full(size, _NEUTRAL.get(function, 0.0))
        if len(parents):
            exact = values.astype(np.longdouble) if function == "sum" else values
            result[parents[starts]] = _REDUCERS[function].reduceat(exact, starts)
        if not np.all(np.isfinite(result)):
            raise NotInArrays
        return result

    def _lookup(self, name: str, place: Places | int) -> Numbers:
        if name not in self.numbers:
            raise NotInArrays
        found: Floats = self.numbers[name].array.reshape(-1)[place]
        return found

    def _number(self, node: Node, frame: Frame) -> Numbers:
        match node:
            case Number(value):
                return value
            case Name(name) if name in frame.columns:
                return frame.columns[name].numbers()
            case Name(name):
                return self._lookup(name, 0)
            case Item(name):
                return self._lookup(name, self.flat(node, frame))
            case Negative(operand):
                return -self._number(operand, frame)
            case Arithmetic(operator, left, right):
                sides = self._number(left, frame), self._number(right, frame)
                return _finite(_OPERATORS[operator](*(np.asarray(each, float) for each in sides)))
            case Aggregate(function, body, loops):
                inner, parents = self.expand(loops, frame)
                return self.reduce(function, self.number(body, inner), parents, frame.size)
            case Call("len", (Name(name),)):
                return len(self.sets[name])
            case Call("first" | "last" | "next" | "prev"):
                return self._neighbours(node, frame).numbers()
            case Call("min" | "max" as function, arguments):
                values = [self.number(argument, frame) for argument in arguments]
                return reduce(_REDUCERS[function], values)
            case Call(function, (argument,)):
                return _finite(_FUNCTIONS[function](self.number(argument, frame)))
            case Piecewise():
                return self._piecewise(node, frame)
        raise NotInArrays

    def _piecewise(self, node: Piecewise, frame: Frame) -> Numbers:
        if not _points_are_fixed(node, frame):
            return self._one_by_one(node, frame)
        points = np.array(self._points(node, ONCE.binding(0)))
        at = self.number(node.argument, frame)
        if np.any(at < points[0, 0]) or np.any(at > points[-1, 0]):
            return self._one_by_one(node, frame)
        heights: Floats = np.interp(at, points[:, 0], points[:, 1])
        return heights

    def _points(self, node: Piecewise, binding: Binding) -> list[tuple[float, float]]:
        try:
            return self._by_key.points(node, binding)
        except FormulationError:
            raise NotInArrays from None

    def _one_by_one(self, node: Node, frame: Frame) -> Floats:
        bindings = map(frame.binding, range(frame.size))
        try:
            return np.array([self._by_key.number(node, binding) for binding in bindings])
        except FormulationError:
            raise NotInArrays from None

    def _neighbours(self, node: Call, frame: Frame) -> Column:
        name = node.arguments[0]
        assert isinstance(name, Name)
        members = self.sets[name.name]
        if node.function in ("first", "last"):
            codes = np.full(frame.size, 0 if node.function == "first" else len(members) - 1)
        else:
            there = self.column(node.arguments[1], frame, members)
            codes = there + (1 if node.function == "next" else -1)
            codes[there < 0] = -1
        if np.any(codes < 0) or np.any(codes >= len(members)):
            raise NotInArrays
        return Column(members, codes)

    def _parts(self, node: Node, frame: Frame) -> Iterator[Part]:
        """Give what a node says as an index, tuples written out taken apart."""
        match node:
            case Name(name) if name in frame.columns:
                yield frame.columns[name]
            case Text(value):
                yield Column(Members([(value,)]), np.zeros(frame.size, dtype=np.intp))
            case Pair(items):
                for item in items:
                    yield from self._parts(item, frame)
            case Call("first" | "last" | "next" | "prev"):
                yield self._neighbours(node, frame)
            case _:
                yield self.number(node, frame)

    def _flat(self, keys: tuple[Node, ...], axes: tuple[Members, ...], frame: Frame) -> Places:
        parts = [part for node in keys for part in self._parts(node, frame)]
        place: Places = np.zeros(1, dtype=np.intp)
        for axis in axes:
            place = place * len(axis) + _next_axis(parts, axis)
        if parts:
            raise NotInArrays
        return np.broadcast_to(place, frame.size)

    def _compare(self, operator: str, left: Node, right: Node, frame: Frame) -> Flags:
        if operator in _ORDER:
            return _ORDER[operator](self.number(left, frame), self.number(right, frame))
        is_member = operator in ("in", "not in")
        found = (self._is_member if is_member else self._is_same)(left, right, frame)
        return found if operator in ("in", "==") else ~found

    def _is_member(self, left: Node, right: Node, frame: Frame) -> Flags:
        if isinstance(right, Name):
            return self.column(left, frame, self.sets[right.name]) >= 0
        assert isinstance(right, Pair)
        found = np.zeros(frame.size, dtype=bool)
        for item in right.items:
            found |= self._is_same(left, item, frame)
        return found

    def _is_same(self, left: Node, right: Node, frame: Frame) -> Flags:
        sides = [
            [single for part in self._parts(node, frame) for single in _singles(part)]
            for node in (left, right)
        ]
        if len(sides[0]) != len(sides[1]):
            raise NotInArrays
        same = np.ones(frame.size, dtype=bool)
        for a, b in zip(*sides, strict=True):
            if isinstance(a, Column):
                same &= a.codes == _find(b, a.members)
            elif isinstance(b, Column):
                same &= b.codes == _find(a, b.members)
            else:
                same &= a == b
        return same


def _points_are_fixed(node: Piecewise, frame: Frame) -> bool:
    """Whether the points are the same in every binding."""
    names = frozenset[str]().union(*(part.names for part in (*node.points, *node.loops)))
    return names.isdisjoint(frame.columns)


def _finite(values: Numbers) -> Numbers:
    if not np.all(np.isfinite(values)):
        raise NotInArrays
    return values


def _width(part: Part) -> int:
    return part.width if isinstance(part, Column) else 1


def _singles(part: Part) -> Iterator[Part]:
    if isinstance(part, Column):
        yield from part.split()
    else:
        yield part


def _atoms(part: Part) -> Iterable[Atom]:
    if isinstance(part, Column):
        return [part.members[code][0] for code in part.codes.tolist()]
    if not np.array_equal(part, np.rint(part)):
        raise NotInArrays  # an index is a whole number
    return map(int, part.tolist())


def _find(part: Part, members: Members) -> Places:
    """Find where what a part says stands in a set of as many places."""
    if not isinstance(part, Column):
        return members.find_numbers(part)
    table = members.find(part.members)
    return part.codes if table is None else table[part.codes]


def _next_axis(parts: list[Part], axis: Members) -> Places:
    """Take as many parts as a set has places, and find them in it."""
    if not parts:
        raise NotInArrays
    if _width(parts[0]) == axis.dimension:
        found = _find(parts.pop(0), axis)
    else:
        singles: list[Part] = []
        while len(singles) < axis.dimension and parts:
            singles += _singles(parts.pop(0))
        parts[:0] = singles[axis.dimension :]
        singles = singles[: axis.dimension]
        if len(singles) < axis.dimension:
            raise NotInArrays
        found = axis.find_parts([_find(s, axis.place(n)[0]) for n, s in enumerate(singles)])
    if np.any(found < 0):
        raise NotInArrays
    return found
