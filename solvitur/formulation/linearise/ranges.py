"""Between which numbers an expression lies, from the bounds of the variables and the data.

An affine expression is first gathered by variable entry, so its range is the true one over the
box of the bounds; what is not affine counts as one more entry, with a range of its own.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Atom, Binding, Evaluator, Key
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Item,
    Name,
    Negative,
    Node,
    Piecewise,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise.intervals import (
    EVERYTHING,
    WHOLE,
    Range,
    Spans,
    of_function,
    of_lines,
    power_of,
    product,
    rounded,
)

if TYPE_CHECKING:
    from solvitur.formulation.arrays.frame import Frame as ArrayFrame

Entry = tuple[str, Key]
"""One entry of a variable."""

MOST_ROUNDS = 5
"""How often rows are gone through for missing bounds."""


class Part(NamedTuple):
    """What an affine form is made of: a variable entry, or something that is not affine."""

    entry: Entry | None
    node: Node | None = None
    binding: tuple[tuple[str, Atom | Key], ...] = ()
    """What the loop names in it stand for."""


@dataclass
class Form:
    """``constant + sum of slope * part``."""

    constant: float = 0.0
    slopes: dict[Part, float] = field(default_factory=dict)

    def add(self, other: "Form", factor: float = 1.0) -> None:
        """Add a multiple of another form."""
        self.constant += factor * other.constant
        for part, slope in other.slopes.items():
            self.count(part, factor * slope)

    def count(self, part: Part, slope: float) -> None:
        """Add a multiple of a part."""
        self.slopes[part] = self.slopes.get(part, 0.0) + slope


class Ranges:
    """Ranges of expressions of an instance.

    Args:
        instance: Whose variables they are of.
        from_rows: Whether rows of one variable tighten its bounds.
    """

    def __init__(self, instance: Instance, *, from_rows: bool = True) -> None:
        from solvitur.formulation.arrays.frame import NotInArrays
        from solvitur.formulation.arrays.spans import Box

        self.instance = instance
        self.evaluator: Evaluator = instance.evaluator()
        self.whole = {
            variable.name
            for variable in instance.formulation.variables
            if variable.domain is not Domain.continuous
        }
        self._parts: dict[Part, tuple[Range, bool]] = {}
        self._places: dict[str, dict[Key, int]] = {}
        self._box = Box(instance)
        for rule in instance.rules if from_rows else ():
            if rule.condition is None and _mentions(rule.relation, instance.bounds) == 1:
                with suppress(NotInArrays):
                    frame, _ = self._box.affine.arrays.expand(rule.loops)
                    self._box.tighten(rule.relation, frame)

    def spans(self, node: Node, bindings: Sequence[Binding], frame: "ArrayFrame") -> Spans:
        """Find what is known of an expression in each binding; `frame` holds the same bindings."""
        from solvitur.formulation.arrays.frame import NotInArrays

        try:
            found = self._box.spans(node, frame)
        except NotInArrays:
            forms = [self.form(node, binding) for binding in bindings]
            ranges = [self.of_form(form) for form in forms]
            return Spans([f.constant for f in forms], ranges, [self.is_whole(f) for f in forms])
        ranges = list(zip(found.low.tolist(), found.high.tolist(), strict=True))
        return Spans(found.constant.tolist(), ranges, found.whole.tolist())

    def of(self, node: Node, binding: Binding) -> Range:
        """Give the range of an expression where loop names stand for these elements."""
        return self.of_form(self.form(node, binding))

    def of_form(self, form: Form) -> Range:
        """Give the range of a form."""
        low = high = form.constant
        for part, slope in form.slopes.items():
            if slope:
                least, most = self._part(part)[0]
                low += slope * (least if slope > 0 else most)
                high += slope * (most if slope > 0 else least)
        return low, high

    def is_whole(self, form: Form) -> bool:
        """Whether the form is a whole number at every point, its constant aside."""
        return all(
            abs(slope - round(slope)) <= WHOLE and self._part(part)[1]
            for part, slope in form.slopes.items()
            if slope
        )

    def endless(self, node: Node, binding: Binding, *, above: bool) -> Iterator[tuple[Entry, bool]]:
        """Give the entries that leave an expression without an end, and whether it is their upper.

        Of what is not affine it gives every entry without a bound.
        """
        for part, slope in self.form(node, binding).slopes.items():
            if part.entry is None and part.node is not None and slope:
                yield from self._endless_inside(part.node, dict(part.binding))
            elif part.entry is not None and slope:
                upper = above == (slope > 0)
                if math.isinf(self._part(part)[0][1 if upper else 0]):
                    yield part.entry, upper

    def _endless_inside(self, node: Node, binding: Binding) -> Iterator[tuple[Entry, bool]]:
        inside: list[tuple[Node, Binding]] = [(child, binding) for child in node.children()]
        if isinstance(node, Piecewise):
            inside = []  # it goes no further than its points
        elif isinstance(node, Aggregate):
            bindings = self.evaluator.bindings(node.loops, binding)
            inside = [(node.body, inner) for inner in bindings]
        for child, inner in inside:
            for above in (True, False):
                yield from self.endless(child, inner, above=above)

    def form(self, node: Node, binding: Binding) -> Form:
        """Gather an expression by variable entry."""
        form = Form()
        self._gather(node, binding, 1.0, form)
        return form

    def _gather(self, node: Node, binding: Binding, factor: float, into: Form) -> None:
        variables = self.instance.bounds
        if node.names.isdisjoint(variables):
            into.constant += factor * self.evaluator.number(node, binding)
            return
        match node:
            case Name(name):
                into.count(Part((name, ())), factor)
            case Item(name, keys):
                into.count(Part((name, self.evaluator.key(keys, binding))), factor)
            case Negative(operand):
                self._gather(operand, binding, -factor, into)
            case Arithmetic("+" | "-" as sign, left, right):
                self._gather(left, binding, factor, into)
                self._gather(right, binding, factor if sign == "+" else -factor, into)
            case Arithmetic("*", left, right) if left.names.isdisjoint(variables):
                self._gather(right, binding, factor * self.evaluator.number(left, binding), into)
            case Arithmetic("*", left, right) if right.names.isdisjoint(variables):
                self._gather(left, binding, factor * self.evaluator.number(right, binding), into)
            case Arithmetic("/", left, right) if right.names.isdisjoint(variables):
                self._gather(left, binding, factor / self.evaluator.number(right, binding), into)
            case Aggregate("sum", body, loops):
                for inner in self.evaluator.bindings(loops, binding):
                    self._gather(body, inner, factor, into)
            case _:
                names = tuple((name, binding[name]) for name in sorted(node.names & set(binding)))
                into.count(Part(None, node, names), factor)

    def _part(self, part: Part) -> tuple[Range, bool]:
        """Give the range of a part, and whether it is always whole."""
        if part.entry is not None:
            return self._entry(part.entry), part.entry[0] in self.whole
        if part not in self._parts:
            assert part.node is not None
            binding: Binding = dict(part.binding)
            self._parts[part] = rounded(*self._beyond(part.node, binding))
        return self._parts[part]

    def _entry(self, entry: Entry) -> Range:
        place = self._place(entry)
        return float(self._box.low[place]), float(self._box.high[place])

    def _place(self, entry: Entry) -> int:
        name, key = entry
        if name not in self._places:
            keys = self.instance.bounds[name]
            self._places[name] = dict(zip(keys, range(len(keys)), strict=True))
        return self._box.affine.first[name] + self._places[name][key]

    def _beyond(self, node: Node, binding: Binding) -> tuple[Range, bool]:
        """Give the range of what is not affine, and whether it is always whole."""
        match node:
            case Call(function, arguments):
                parts = [self._both(argument, binding) for argument in arguments]
                return of_function(function, [p for p, _ in parts], whole=all(w for _, w in parts))
            case Aggregate(function, body, loops):
                parts = [
                    self._both(body, inner) for inner in self.evaluator.bindings(loops, binding)
                ]
                return of_function(function, [p for p, _ in parts], whole=all(w for _, w in parts))
            case Piecewise(argument):
                points = self.evaluator.points(node, binding)
                return of_lines(points, self.of(argument, binding)), False
            case Arithmetic("*", left, right):
                (a, first), (b, second) = self._both(left, binding), self._both(right, binding)
                if left == right:
                    return power_of(a, 2), first
                return product(a, b), first and second
            case Arithmetic("**", base, exponent) if exponent.names.isdisjoint(
                self.instance.bounds
            ):
                a, whole = self._both(base, binding)
                power = self.evaluator.number(exponent, binding)
                is_whole = whole and power >= 0 and float(power).is_integer()
                return power_of(a, power), is_whole
        return EVERYTHING, False

    def _both(self, node: Node, binding: Binding) -> tuple[Range, bool]:
        form = self.form(node, binding)
        whole = self.is_whole(form) and abs(form.constant - round(form.constant)) <= WHOLE
        return self.of_form(form), whole

    def propagate(self) -> bool:
        """Find missing bounds in rows whose other variables are bounded; say whether any was found.

        A bound found may complete another row, so the rows are gone through a few times.
        """
        forms = list(self._at_most_zero())
        found_any = False
        for _ in range(MOST_ROUNDS):
            if not sum(self._complete(form) for form in forms):  # every row, also after a find
                break
            found_any = True
        if found_any:
            self._parts.clear()
        return found_any

    def _at_most_zero(self) -> Iterator[Form]:
        """Give the rows that always hold, each as a form that is at most zero."""
        variables = self.instance.bounds
        for rule in self.instance.rules:
            if rule.condition is not None or rule.relation.names.isdisjoint(variables):
                continue
            for binding in self.evaluator.bindings(rule.loops, {}):
                sides = [self.form(operand, binding) for operand in rule.relation.operands]
                for place, operator in enumerate(rule.relation.operators):
                    for sign in {"<=": (1,), ">=": (-1,), "==": (1, -1)}[operator]:
                        form = Form()
                        form.add(sides[place], sign)
                        form.add(sides[place + 1], -sign)
                        yield form

    def _complete(self, form: Form) -> bool:
        """Bound an entry that has no bound by what the rest of its row leaves to it."""
        least: dict[Part, float] = {}
        for part, slope in form.slopes.items():
            if slope:
                low, high = self._part(part)[0]
                least[part] = slope * (low if slope > 0 else high)
        endless = [part for part, value in least.items() if math.isinf(value)]
        if len(endless) > 1:
            return False
        total = form.constant + sum(value for value in least.values() if not math.isinf(value))
        is_better = False
        for part in endless or least:
            slope = form.slopes[part]
            if part.entry is None or not math.isinf(self._entry(part.entry)[slope > 0]):
                continue
            own = 0.0 if endless else least[part]
            is_better |= self._bound(part.entry, -(total - own) / slope, upper=slope > 0)
        return is_better

    def _bound(self, entry: Entry, end: float, *, upper: bool) -> bool:
        low, high = self._entry(entry)
        found = (low, end) if upper else (end, high)
        if not -1e15 < end < 1e15 or found[0] > found[1]:
            return False
        place = self._place(entry)
        self._box.low[place], self._box.high[place] = rounded(found, entry[0] in self.whole)[0]
        return True


def _mentions(node: Node, variables: Mapping[str, object]) -> int:
    """Count where variables stand; many where one stands in a sum."""
    own = int(isinstance(node, Name | Item) and node.name in variables)
    inner = sum(_mentions(child, variables) for child in node.children())
    return own + inner * (2 if isinstance(node, Aggregate) else 1)
