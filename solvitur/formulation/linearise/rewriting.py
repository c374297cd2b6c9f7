"""The walk through an expression that puts auxiliary variables in the place of terms."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Flag, auto

from solvitur.errors import FormulationError
from solvitur.formulation.evaluate import Key as EntryKey
from solvitur.formulation.expression import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Loop,
    Negative,
    Node,
    Number,
    Piecewise,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise.additions import Additions, Place
from solvitur.formulation.linearise.frames import Frame, Frames
from solvitur.formulation.linearise.intervals import Range, Spans
from solvitur.formulation.linearise.ranges import Ranges
from solvitur.formulation.linearise.trees import brief, canonical, rebuild


class Hold(Flag):
    """From which sides an auxiliary variable must be held at the term that it stands for."""

    above = auto()
    """It is at least the term: enough where less is better, as on the left of ``<=``."""
    below = auto()
    """It is at most the term: enough where more is better."""
    within = auto()
    """What the term takes for granted has to hold, as that an argument is within its points."""

    @property
    def flipped(self) -> "Hold":
        """The other way round, as behind a minus."""
        other = self & Hold.within
        if Hold.above in self:
            other |= Hold.below
        if Hold.below in self:
            other |= Hold.above
        return other


BOTH = Hold.above | Hold.below
_SIDES = {"<=": (Hold.above, Hold.below), ">=": (Hold.below, Hold.above), "==": (BOTH, BOTH)}
_RISING = ("exp", "log", "log10", "sqrt")
Key = tuple[Node, ...]


@dataclass(frozen=True)
class Reason:
    """Why something is not linear after all, and what to do."""

    element: str
    column: int
    message: str
    is_fatal: bool = False
    """Whether no solver can take it like this."""

    def __str__(self) -> str:
        """Say it in one line."""
        return str(FormulationError(self.message, element=self.element, column=self.column))


class NotExact(Exception):
    """A term cannot be said by linear rows; the message says why and what to do."""

    def __init__(self, message: str, *, is_fatal: bool = False) -> None:
        super().__init__(message)
        self.is_fatal = is_fatal


Builder = Callable[["Rewriter", Node, Frame, Hold], str]
"""Adds an auxiliary variable for a term with what holds it, and gives its name."""


class Rewriter:
    """One pass over a formulation.

    What a term needs is only known when every place where it stands has been seen: `needs` goes
    from pass to pass, until one is not stale.

    Args:
        instance: What is rewritten.
        ranges: Of its expressions.
        needs: From which sides each term must be held, as far as known; added to.

    Attributes:
        added: What is added to the formulation.
        reasons: Why something is not linear after all.
        place: The element that is rewritten.
        inside_implies: Whether it is one that need not hold.
        is_stale: Whether a term turned out to need more than it was given.
        is_endless: Whether bounds were missing.
        misses: The binaries of each comparison in a condition.
    """

    def __init__(self, instance: Instance, ranges: Ranges, needs: dict[Key, Hold]) -> None:
        self.instance = instance
        self.ranges = ranges
        self.needs = needs
        self.added = Additions(instance)
        self.frames = Frames(self.added.evaluator, self._index_set)
        self.reasons: dict[tuple[str, int, str], Reason] = {}
        self.place = Place("objective", "objective")
        self.inside_implies = False
        self.is_stale = False
        self.is_endless = False
        self.misses: dict[Key, list[str]] = {}
        self._done: dict[Key, str] = {}
        self._kept: set[Key] = set()
        self._spans: dict[tuple[Node, tuple[Loop, ...]], Spans] = {}

    # --- walking -----------------------------------------------------------------------------

    def relation(self, node: Comparison, loops: tuple[Loop, ...]) -> Comparison:
        """Rewrite a chain of relations."""
        holds = [Hold(0)] * len(node.operands)
        for n, operator in enumerate(node.operators):
            left, right = _SIDES[operator]
            holds[n] |= left
            holds[n + 1] |= right
        operands = tuple(
            self.walk(operand, hold, loops)
            for operand, hold in zip(node.operands, holds, strict=True)
        )
        return replace(node, operands=operands)

    def walk(self, node: Node, hold: Hold, loops: tuple[Loop, ...]) -> Node:
        """Rewrite an expression that has to be held from these sides."""
        if not has_terms(node, self.added.variables):
            return node
        match node:
            case Negative(operand):
                return replace(node, operand=self.walk(operand, hold.flipped, loops))
            case Arithmetic("+", left, right):
                sides = self.walk(left, hold, loops), self.walk(right, hold, loops)
                return replace(node, left=sides[0], right=sides[1])
            case Arithmetic("-", left, right):
                sides = self.walk(left, hold, loops), self.walk(right, hold.flipped, loops)
                return replace(node, left=sides[0], right=sides[1])
            case Arithmetic("*" | "/", left, right) if self.is_known(right):
                held = self.scaled(hold, right, loops)
                return replace(node, left=self.walk(left, held, loops))
            case Arithmetic("*", left, right) if self.is_known(left):
                held = self.scaled(hold, left, loops)
                return replace(node, right=self.walk(right, held, loops))
            case Aggregate("sum", body, inner):
                return replace(node, body=self.walk(body, hold, (*loops, *inner)))
        return self._term(node, hold, loops)

    def _term(self, node: Node, hold: Hold, loops: tuple[Loop, ...]) -> Node:
        from solvitur.formulation.linearise import extremes, lines, products, tables

        match node:
            case Call("abs"):
                return extremes.absolute(self, node, hold, loops)
            case Call("min" | "max") | Aggregate("min" | "max"):
                return extremes.extreme(self, node, hold, loops)
            case Piecewise():
                return lines.piecewise(self, node, hold, loops)
            case Arithmetic("*" | "**") | Aggregate("prod"):
                return products.product(self, node, hold, loops)
        if tables.has_table(self, node, loops):
            return tables.of_whole(self, node, hold, loops)
        self._not_linear(node)
        if isinstance(node, Call) and node.function in _RISING:
            return replace(node, arguments=(self.walk(node.arguments[0], hold, loops),))
        return self.kept(node, loops)

    def _not_linear(self, node: Node) -> None:
        mend = "piecewise(...) through some of its points would be"
        self.because(NotExact(f"{brief(node)} is not linear; {mend}"), node.column)

    def kept(self, node: Node, loops: tuple[Loop, ...]) -> Node:
        """Keep a term that is not linear, and rewrite what is in it."""
        if isinstance(node, Aggregate):
            return replace(node, body=self.walk(node.body, BOTH, (*loops, *node.loops)))
        if isinstance(node, Piecewise):
            return replace(node, argument=self.walk(node.argument, BOTH, loops))
        return rebuild(node, lambda child: self.walk(child, BOTH, loops))

    def is_known(self, node: Node) -> bool:
        """Whether no variable is in it."""
        return node.names.isdisjoint(self.added.variables)

    def scaled(self, hold: Hold, factor: Node, loops: tuple[Loop, ...]) -> Hold:
        """Give how a term must be held whose multiple with this factor is held like that."""
        frame = self.frames.of(factor.names, loops)
        bindings = () if frame is None else frame.bindings
        values = [self.added.evaluator.number(factor, binding) for binding in bindings]
        if all(value >= 0 for value in values):
            return hold
        return hold.flipped if all(value <= 0 for value in values) else BOTH

    # --- what the builders of terms use ------------------------------------------------------

    def auxiliary(self, node: Node, hold: Hold, loops: tuple[Loop, ...], build: Builder) -> Node:
        """Give the auxiliary variable for a term, made by `build` when it is new.

        Where it cannot be made the term stays, and the reason is kept.
        """
        frame = self.frames.of(node.names, loops)
        if frame is None:
            return Number(0)  # no binding: it stands nowhere
        key = tuple(canonical(n, frame.targets) for n in (node, *frame.loops))
        known = self.needs.get(key, Hold(0))
        self.needs[key] = known | hold
        if self.needs[key] != known and (key in self._done or key in self._kept):
            self.is_stale = True
        if key not in self._done and key not in self._kept:
            try:
                self._done[key] = build(self, node, frame, self.needs[key])
            except NotExact as reason:
                self._kept.add(key)
                self.because(reason, node.column)
        return self.kept(node, loops) if key in self._kept else frame.entry(self._done[key])

    def because(self, reason: NotExact, column: int) -> None:
        """Keep the reason why something is not linear."""
        found = Reason(self.place.element, column, str(reason), reason.is_fatal)
        self.reasons.setdefault((found.element, found.column, found.message), found)

    def ranges_of(self, node: Node, frame: Frame) -> list[Range]:
        """Give the range of an expression for each entry of a frame."""
        return self.spans(node, frame).ranges

    def spans(self, node: Node, frame: Frame) -> Spans:
        """Give what is known of an expression for each entry of a frame."""
        key = (node, frame.loops)
        if key not in self._spans:
            arrays, _ = self.added.arrays.expand(frame.loops)
            self._spans[key] = self.ranges.spans(node, frame.bindings, arrays)
        return self._spans[key]

    def row(self, suffix: str, loops: tuple[Loop, ...], relation: Comparison, doc: str) -> None:
        """Add a constraint, with what is in it rewritten in turn."""
        name = self.added.name(suffix, self.place)
        rewritten = self.relation(relation, loops)
        self.added.constraint(self.place, name, loops, rewritten, doc)

    @property
    def origin(self) -> str:
        """Where the present term comes from, for a doc."""
        return f"from {self.place.element.replace(chr(39), '')}"

    def _index_set(self, expression: str, elements: tuple[EntryKey, ...]) -> str:
        added = self.added.set(
            self.place,
            f"{self.place.label}_index",
            f"where terms of {self.place.element.replace(chr(39), '')} stand",
            expression=expression,
        )
        self.added.hold(added.name, elements)
        return added.name


def has_terms(node: Node, variables: Iterable[str]) -> bool:
    """Whether anything in an expression is not affine in the variables."""
    names = variables if isinstance(variables, set | dict) else set(variables)
    if node.names.isdisjoint(names):
        return False
    match node:
        case Call() | Piecewise():
            return True
        case Aggregate(function) if function != "sum":
            return True
        case Arithmetic("*", left, right):
            if not left.names.isdisjoint(names) and not right.names.isdisjoint(names):
                return True
        case Arithmetic("/", _, right) if not right.names.isdisjoint(names):
            return True
        case Arithmetic("**"):
            return True
    return any(has_terms(child, names) for child in node.children())
