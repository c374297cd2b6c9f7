"""The value of an expression at a point: plain numbers in, a plain number out.

This walk knows neither Pyomo nor HiGHS, so what it says of a solver's answer is a second opinion.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise, product
from typing import Any

from solvitur.errors import FormulationError
from solvitur.formulation.expression import (
    SET_FUNCTIONS,
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

Atom = int | str
Key = tuple[Atom, ...]
"""The indices of one entry; ``()`` for a scalar."""

Value = float | str | Key
Binding = Mapping[str, Atom | Key]
"""What each loop name stands for: an integer, a name, or a whole tuple."""

_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    # As floats, so that no chain of products can grow an integer without end.
    "*": lambda a, b: float(a) * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: _real(float(a) ** float(b)),
}
_AGGREGATES: dict[str, Callable[[Iterable[float]], float]] = {
    "sum": math.fsum,
    "prod": lambda values: math.prod(map(float, values)),
    "min": min,
    "max": max,
}
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


class Evaluator:
    """Values of expressions over given sets and numbers.

    Args:
        sets: The elements of each set, in order, each as a `Key`.
        numbers: The entries of each parameter, and of each variable when a point is given.
    """

    def __init__(
        self, sets: Mapping[str, tuple[Key, ...]], numbers: Mapping[str, Mapping[Key, float]]
    ) -> None:
        self.sets = sets
        self.numbers = numbers
        self._places: dict[str, dict[Key, int]] = {}

    def number(self, node: Node, binding: Binding) -> float:
        """Compute a number.

        Raises:
            FormulationError: An entry is missing, or the arithmetic has no real result.
        """
        value = self._value(node, binding)
        if isinstance(value, str | tuple) or not math.isfinite(value):
            raise FormulationError("this has no finite value", column=node.column)
        return value

    def holds(self, node: Node, binding: Binding) -> bool:
        """Decide a condition."""
        match node:
            case Logic("and", items):
                return all(self.holds(item, binding) for item in items)
            case Logic(_, items):
                return any(self.holds(item, binding) for item in items)
            case Not(operand):
                return not self.holds(operand, binding)
            case Comparison((("in" | "not in") as operator,), (left, right)):
                return self._member(left, right, binding) == (operator == "in")
            case Comparison(operators, operands):
                values = pairwise(self._value(operand, binding) for operand in operands)
                return all(
                    RELATIONS[operator](*sides)
                    for operator, sides in zip(operators, values, strict=True)
                )
        raise TypeError(f"not a condition: {node!r}")

    def bindings(self, loops: tuple[Loop, ...], binding: Binding) -> Iterator[Binding]:
        """Give every binding of the loops that passes their conditions, in the sets' order."""
        if not loops:
            yield binding
            return
        loop, inner = loops[0], loops[1:]
        for element in self.sets[loop.domain.name]:
            bound: dict[str, Atom | Key] = dict(binding)
            if len(loop.targets) == 1:
                bound[loop.targets[0]] = unwrap(element)
            else:
                bound.update(zip(loop.targets, element, strict=True))
            if all(self.holds(condition, bound) for condition in loop.conditions):
                yield from self.bindings(inner, bound)

    def key(self, keys: tuple[Node, ...], binding: Binding) -> Key:
        """Compute the indices of an entry; a loop over tuples gives several at once."""
        found: list[Atom] = []
        for node in keys:
            value = self._value(node, binding)
            if isinstance(value, tuple):
                found.extend(value)
            else:
                found.append(_atom(value, node))
        return tuple(found)

    def lookup(self, name: str, key: Key, column: int) -> float:
        """Look an entry up."""
        try:
            return self.numbers[name][key]
        except KeyError:
            raise missing_entry(name, key, column) from None

    def entries(
        self, node: Node, binding: Binding, variables: Mapping[str, Collection[Key]]
    ) -> Iterator[tuple[str, Key]]:
        """Give every variable entry an expression touches; the rest of it is computed.

        Raises:
            FormulationError: An entry is missing, or a part without variables has no value.
        """
        if node.names.isdisjoint(variables):
            if isinstance(node, Comparison | Logic | Not):
                self.holds(node, binding)
            else:
                self.number(node, binding)
            return
        if isinstance(node, Name | Item):
            key = self.key(node.keys, binding) if isinstance(node, Item) else ()
            if key not in variables[node.name]:
                raise missing_entry(node.name, key, node.column)
            yield node.name, key
        elif isinstance(node, Aggregate):
            for inner in self.bindings(node.loops, binding):
                yield from self.entries(node.body, inner, variables)
        elif isinstance(node, Piecewise):
            self.points(node, binding)
            yield from self.entries(node.argument, binding, variables)
        else:
            if isinstance(node, Arithmetic) and node.operator == "/":
                self._refuse_zero(node.right, binding, variables)
            for child in node.children():
                yield from self.entries(child, binding, variables)

    def _refuse_zero(self, node: Node, binding: Binding, variables: Collection[str]) -> None:
        if node.names.isdisjoint(variables) and self.number(node, binding) == 0:
            raise FormulationError("a division by zero", column=node.column)

    def _value(self, node: Node, binding: Binding) -> Value:
        match node:
            case Number(value) | Text(value):
                return value
            case Name(name):
                return binding[name] if name in binding else self.lookup(name, (), node.column)
            case Item(name, keys):
                return self.lookup(name, self.key(keys, binding), node.column)
            case Pair(items):
                return unwrap(self.key(items, binding))
            case Aggregate(function, body, loops):
                values = [self.number(body, b) for b in self.bindings(loops, binding)]
                if not values and function in ("min", "max"):
                    raise FormulationError(f"{function} of nothing", column=node.column)
                return self._apply(node, lambda: _AGGREGATES[function](values))
            case Call(function, arguments) if function in SET_FUNCTIONS:
                return self._of_set(function, arguments, node, binding)
            case Call(function, arguments):
                return self._call(function, arguments, node, binding)
            case Piecewise(argument):
                return self._piecewise(node, self.number(argument, binding), binding)
            case Negative(operand):
                return -self.number(operand, binding)
            case Arithmetic(operator, left, right):
                a, b = self.number(left, binding), self.number(right, binding)
                return self._apply(node, lambda: _ARITHMETIC[operator](a, b))
        raise TypeError(f"not a value: {node!r}")

    def points(self, node: Piecewise, binding: Binding) -> list[tuple[float, float]]:
        """Compute the points of a piecewise-linear function, each to the right of the one before.

        Raises:
            FormulationError: They are not, or there are fewer than two.
        """
        points = [
            (self.number(at, inner), self.number(to, inner))
            for inner in self.bindings(node.loops, binding)
            for at, to in (point.items for point in node.points)
        ]
        if len(points) < 2:
            raise FormulationError("piecewise needs two points at least", column=node.column)
        for (before, _), (after, _) in pairwise(points):
            if not before < after:
                raise FormulationError(
                    f"the points of piecewise go from left to right, but {after:g} follows "
                    f"{before:g}; order them, and where it jumps write a condition",
                    column=node.column,
                )
        return points

    def _piecewise(self, node: Piecewise, at: float, binding: Binding) -> float:
        points = self.points(node, binding)
        try:
            return interpolate(at, points)
        except ValueError:
            raise FormulationError(
                f"{at:g} is outside of the points of piecewise, which go from {points[0][0]:g} to "
                f"{points[-1][0]:g}",
                column=node.column,
            ) from None

    def _of_set(
        self, function: str, arguments: tuple[Node, ...], node: Node, binding: Binding
    ) -> Value:
        name = arguments[0]
        assert isinstance(name, Name)
        elements = self.sets[name.name]
        if function == "len":
            return len(elements)
        if function in ("next", "prev"):
            return self._neighbour(function, name.name, arguments[1], binding)
        if not elements:
            raise FormulationError(
                f"'{name.name}' is empty and has no {function} element", column=node.column
            )
        return unwrap(elements[0 if function == "first" else -1])

    def _neighbour(self, function: str, name: str, node: Node, binding: Binding) -> Value:
        elements, key = self.sets[name], self.key((node,), binding)
        place = self._place(name, key)
        if place is None:
            raise FormulationError(
                f"{unwrap(key)!r} is not an element of '{name}'", column=node.column
            )
        place += 1 if function == "next" else -1
        if not 0 <= place < len(elements):
            side, end = ("after", "last") if function == "next" else ("before", "first")
            raise FormulationError(
                f"'{name}' has no element {side} {unwrap(key)!r}; limit the loop with a condition: "
                f"if ... != {end}({name})",
                column=node.column,
            )
        return unwrap(elements[place])

    def _call(
        self, function: str, arguments: tuple[Node, ...], node: Node, binding: Binding
    ) -> Value:
        values = [self.number(argument, binding) for argument in arguments]
        if function in _AGGREGATES:
            return _AGGREGATES[function](values)
        return self._apply(node, lambda: _FUNCTIONS[function](values[0]))

    def _apply(self, node: Node, compute: Callable[[], float]) -> float:
        try:
            result = compute()
        except ZeroDivisionError:
            raise FormulationError("a division by zero", column=node.column) from None
        except OverflowError:
            raise FormulationError("a number grows too large", column=node.column) from None
        except ValueError:
            raise FormulationError("this has no real value", column=node.column) from None
        if not math.isfinite(result):
            raise FormulationError("a number grows too large", column=node.column)
        return result

    def _place(self, name: str, key: Key) -> int | None:
        places = self._places.get(name)
        if places is None:
            places = {element: n for n, element in enumerate(self.sets[name])}
            self._places[name] = places
        return places.get(key)

    def _member(self, left: Node, right: Node, binding: Binding) -> bool:
        key = self.key((left,), binding)
        if isinstance(right, Name):
            return self._place(right.name, key) is not None
        assert isinstance(right, Pair)
        return any(key == self.key((item,), binding) for item in right.items)


def interpolate(at: float, points: Sequence[tuple[float, float]]) -> float:
    """Give the height of the straight lines through points, which go from left to right.

    A millionth beyond the first or last point, relative to its place, counts as on it.

    Raises:
        ValueError: It is outside of the points.

    Example:
        >>> interpolate(15, [(0, 0), (10, 50), (20, 80)])
        65.0
    """
    first, last = points[0][0], points[-1][0]
    if not first - 1e-6 * max(1, abs(first)) <= at <= last + 1e-6 * max(1, abs(last)):
        raise ValueError("outside of the points")
    place = min(max(1, bisect_left(points, (at,))), len(points) - 1)
    (left, low), (right, high) = points[place - 1], points[place]
    return low + (high - low) * (at - left) / (right - left)


def key_of(binding: Binding) -> Key:
    """Give what loop names stand for, in their order; a whole tuple counts for several."""
    return flat(binding.values())


def flat(values: Iterable[int | str | Key]) -> Key:
    """Put single ones and tuples into one key.

    Example:
        >>> flat(["a", (1, 2)])
        ('a', 1, 2)
    """
    return tuple(
        atom for value in values for atom in (value if isinstance(value, tuple) else (value,))
    )


def keys_over(sets: Sequence[Sequence[Key]]) -> Iterator[Key]:
    """Give every key over a product of sets, in the sets' order; ``()`` over none.

    Example:
        >>> list(keys_over([[("a",), ("b",)], [(1, 2)]]))
        [('a', 1, 2), ('b', 1, 2)]
    """
    if len(sets) == 1:
        return iter(sets[0])
    if all(len(elements[0]) == 1 for elements in sets if elements):
        return product(*([element[0] for element in elements] for elements in sets))
    return (tuple(chain.from_iterable(parts)) for parts in product(*sets))


def show_entry(name: str, key: Key) -> str:
    """Name one entry: ``x`` or ``x[chair, 2]``.

    Example:
        >>> show_entry("x", ("chair", 2)), show_entry("total", ())
        ('x[chair, 2]', 'total')
    """
    return f"{name}[{', '.join(map(str, key))}]" if key else name


def missing_entry(name: str, key: Key, column: int) -> FormulationError:
    """Say that an indexed name has no such entry."""
    inside = ", ".join(map(str, key))
    return FormulationError(
        f"'{name}' has no entry [{inside}]; limit the loop with a condition, or extend the set",
        column=column,
    )


def unwrap(element: Key) -> Atom | Key:
    """Give a single element as itself, a longer one as a tuple."""
    return element[0] if len(element) == 1 else element


def _real(value: float | complex) -> float:
    if isinstance(value, complex):
        raise ValueError("not a real number")
    return value


def _atom(value: float | str, node: Node) -> Atom:
    if isinstance(value, str | int):
        return value
    if not value.is_integer():
        raise FormulationError(
            f"an index must be a whole number, this is {value}", column=node.column
        )
    return int(value)
