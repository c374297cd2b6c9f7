"""What the names in an expression mean, and whether they are used as what they are.

Everything here is about the text: no data is looked at. Each error says the mend.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NoReturn

from solvitur.errors import FormulationError
from solvitur.formulation.expression import (
    SET_FUNCTIONS,
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
from solvitur.formulation.printing import show


class Kind(StrEnum):
    """What a declared name stands for."""

    set = "set"
    parameter = "parameter"
    variable = "variable"


@dataclass(frozen=True)
class Symbol:
    """A declared name: its kind, the sets it is indexed by, and how many indices that makes.

    For a set, `dimension` is the length of its tuples and `numeric` says of each position whether
    it holds integers.
    """

    kind: Kind
    index: tuple[str, ...] = ()
    dimension: int = 0
    numeric: tuple[bool, ...] = ()

    def index_words(self) -> str:
        """Say what it is indexed by, for messages."""
        if not self.index:
            return "has no index"
        sets = "1 set" if len(self.index) == 1 else f"{len(self.index)} sets"
        return f"is indexed by {sets} ({', '.join(self.index)})"

    def element_words(self) -> str:
        """Say what a set holds, for messages."""
        return f"tuples of {self.dimension}" if self.dimension > 1 else "single elements"


class Sort(StrEnum):
    """What a piece of an expression yields."""

    number = "a number"
    element = "an element of a set"
    condition = "a condition"


@dataclass(frozen=True)
class _Yield:
    sort: Sort
    numeric: tuple[bool, ...] = (True,)

    @property
    def is_number(self) -> bool:
        return self.sort is Sort.number or (self.sort is Sort.element and self.numeric == (True,))

    @property
    def is_key(self) -> bool:
        return self.sort is not Sort.condition


_NUMBER, _CONDITION = _Yield(Sort.number), _Yield(Sort.condition)


class Scope:
    """The names that may be used at one place: what is declared, and the loops around it.

    Args:
        symbols: What is declared.
        loops: The loop names, and of each position whether it holds integers.
        binder: What binds a loop name at this place, for messages.
    """

    def __init__(
        self,
        symbols: Mapping[str, Symbol],
        loops: Mapping[str, tuple[bool, ...]] | None = None,
        binder: str = "'forall'",
    ) -> None:
        self.symbols = symbols
        self.loops = dict(loops or {})
        self.binder = binder

    def enter(self, loops: tuple[Loop, ...]) -> "Scope":
        """Add loops, one after the other, and check each.

        Raises:
            FormulationError: An unknown set, a wrong number of names, a name already taken.
        """
        inner = Scope(self.symbols, self.loops, self.binder)
        for loop in loops:
            symbol = inner.set_symbol(loop.domain)
            count = len(loop.targets)
            if count not in (1, symbol.dimension):
                raise FormulationError(
                    f"'{loop.domain.name}' holds {symbol.element_words()}, "
                    f"here are {count} names for one",
                    column=loop.column,
                )
            for target in loop.targets:
                inner.refuse_taken(target, loop.column)
            if count == 1:
                inner.loops[loop.targets[0]] = symbol.numeric
            else:
                inner.loops |= {
                    name: (numeric,)
                    for name, numeric in zip(loop.targets, symbol.numeric, strict=True)
                }
            for condition in loop.conditions:
                inner.check_condition(condition)
        return inner

    def refuse_taken(self, name: str, column: int) -> None:
        """Raise when a loop name is already the name of something else."""
        taken = "another loop" if name in self.loops else None
        if name in self.symbols:
            taken = f"a {self.symbols[name].kind.value}"
        if taken:
            raise FormulationError(
                f"the loop name '{name}' is already the name of {taken}; choose another",
                column=column,
            )

    def set_symbol(self, name: Name) -> Symbol:
        """Give the set of that name, or raise."""
        symbol = self.symbols.get(name.name)
        if symbol is None:
            self.unknown(name.name, name.column, Kind.set)
        if symbol.kind is not Kind.set:
            raise FormulationError(
                f"'{name.name}' is a {symbol.kind.value}, not a set", column=name.column
            )
        return symbol

    def unknown(self, name: str, column: int | None, kind: Kind | None = None) -> NoReturn:
        """Raise for a name that nothing declares, with the nearest one that is declared."""
        known = [k for k, s in self.symbols.items() if kind is None or s.kind is kind]
        known += [] if kind else list(self.loops)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        mend = f"did you mean '{near[0]}'?" if near else "declare it"
        if kind is None and not near and len(name) <= 2:
            mend = f"declare it, or say what it ranges over with {self.binder}: '{name} in ...'"
        what = f"{kind.value} " if kind else ""
        raise FormulationError(f"unknown {what}name '{name}'; {mend}", column=column)

    def check_constraint(self, node: Node) -> tuple[Node | None, Comparison]:
        """Check a constraint; give the condition it holds under, if any, and its relation."""
        if not isinstance(node, Implication):
            return None, self.check_relation(node)
        self._check_logic(node.condition)
        return node.condition, self.check_relation(node.relation)

    def check_relation(self, node: Node) -> Comparison:
        """Check a constraint: a chain of ``<=``, ``>=``, ``==`` between numbers."""
        if isinstance(node, Implication):
            raise FormulationError(
                "implies(...) does not stand in another; join the conditions with 'and'",
                column=node.column,
            )
        if isinstance(node, Logic):
            raise FormulationError(
                "a constraint is one relation; write two constraints instead of 'and'/'or'",
                column=node.column,
            )
        if not isinstance(node, Comparison):
            raise FormulationError(
                "a constraint needs a relation: <=, >= or ==", column=node.column
            )
        for operator in node.operators:
            if operator in ("<", ">"):
                raise FormulationError(
                    f"a solver cannot hold a strict inequality; write {operator}=",
                    column=node.column,
                )
            if operator not in ("<=", ">=", "=="):
                raise FormulationError(
                    f"'{operator}' is a condition, not a constraint; use <=, >= or ==",
                    column=node.column,
                )
        for operand in node.operands:
            self.check_number(operand)
        return node

    def check_number(self, node: Node) -> None:
        """Check that a piece yields a number.

        Raises:
            FormulationError: It does not, or something in it is wrong.
        """
        found = self._yield(node)
        if found.is_number:
            return
        what = f"'{node.name}' is" if isinstance(node, Name) else "this is"
        if found.sort is Sort.element:
            raise FormulationError(
                f"{what} an element's name, not a number; index a parameter with it",
                column=node.column,
            )
        raise FormulationError(
            f"{what} {found.sort.value}; a number is needed here", column=node.column
        )

    def check_condition(self, node: Node) -> None:
        """Check that a piece yields a condition, and one that is known before solving."""
        self.refuse_variables(node, "a condition")
        self._check_logic(node)

    def check_element(self, node: Node) -> tuple[bool, ...]:
        """Check that a piece yields an element of a set; say of each place if it is a number."""
        self.refuse_variables(node, "an element")
        found = self._yield(node)
        if not found.is_key:
            raise FormulationError("a condition cannot be an element", column=node.column)
        if not found.numeric:
            raise FormulationError("an element cannot be empty", column=node.column)
        return found.numeric

    def _check_logic(self, node: Node) -> None:
        if self._yield(node).sort is not Sort.condition:
            is_entry = isinstance(node, Name | Item) and node.name in self.symbols
            example = f"{show(node)} == 1" if is_entry else "i != j"
            raise FormulationError(
                f"a condition is needed here, such as {example}", column=node.column
            )

    def refuse_variables(self, node: Node, place: str) -> None:
        """Raise when a variable occurs where values must be known before solving."""
        for name in sorted(node.names):
            symbol = self.symbols.get(name)
            if symbol is not None and symbol.kind is Kind.variable:
                raise FormulationError(
                    f"{place} cannot depend on the variable '{name}', "
                    "which is only known after solving",
                    column=node.column,
                )

    def _yield(self, node: Node) -> _Yield:
        match node:
            case Number():
                return _NUMBER
            case Text():
                return _Yield(Sort.element, (False,))
            case Name():
                return self._name(node)
            case Item():
                return self._item(node)
            case Negative(operand):
                self.check_number(operand)
                return _NUMBER
            case Arithmetic(_, left, right):
                self.check_number(left)
                self.check_number(right)
                return _NUMBER
            case Pair(items):
                parts = [self._key(item) for item in items]
                return _Yield(Sort.element, tuple(flag for part in parts for flag in part))
            case Call():
                return self._call(node)
            case Aggregate(_, body, loops):
                self.enter(loops).check_number(body)
                return _NUMBER
            case Comparison():
                return self._comparison(node)
            case Logic(_, items):
                for item in items:
                    self._check_logic(item)
                return _CONDITION
            case Not(operand):
                self._check_logic(operand)
                return _CONDITION
            case Piecewise():
                return self._piecewise(node)
            case Implication():
                raise FormulationError(
                    "implies(...) is a whole constraint and stands in nothing else",
                    column=node.column,
                )
        raise TypeError(f"not an expression: {node!r}")

    def _name(self, node: Name) -> _Yield:
        if node.name in self.loops:
            return _Yield(Sort.element, self.loops[node.name])
        symbol = self.symbols.get(node.name)
        if symbol is None:
            self.unknown(node.name, node.column)
        if symbol.kind is Kind.set:
            raise FormulationError(
                f"'{node.name}' is a set; a number is needed here (len({node.name}) counts it)",
                column=node.column,
            )
        if symbol.dimension:
            raise FormulationError(
                f"'{node.name}' {symbol.index_words()}; write {node.name}[...]", column=node.column
            )
        return _NUMBER

    def _item(self, node: Item) -> _Yield:
        symbol = self.symbols.get(node.name)
        if symbol is None:
            if node.name in self.loops:
                raise FormulationError(
                    f"'{node.name}' is a loop name and has no entries", column=node.column
                )
            self.unknown(node.name, node.column)
        if symbol.kind is Kind.set:
            raise FormulationError(
                f"'{node.name}' is a set and has no entries; loop over it: for i in {node.name}",
                column=node.column,
            )
        count = sum(len(self._key(key)) for key in node.keys)
        if count != symbol.dimension:
            used = "1 index" if count == 1 else f"{count} indices"
            raise FormulationError(
                f"'{node.name}' {symbol.index_words()} but used with {used}", column=node.column
            )
        return _NUMBER

    def _key(self, node: Node) -> tuple[bool, ...]:
        found = self._yield(node)
        if not found.is_key:
            raise FormulationError("a condition cannot be an index", column=node.column)
        self.refuse_variables(node, "an index")
        return found.numeric

    def _call(self, node: Call) -> _Yield:
        if node.function not in SET_FUNCTIONS:
            for argument in node.arguments:
                self.check_number(argument)
            return _NUMBER
        argument = node.arguments[0]
        if not isinstance(argument, Name):
            raise FormulationError(
                f"{node.function} takes the name of a set", column=argument.column
            )
        symbol = self.set_symbol(argument)
        if len(node.arguments) == 2:
            width = len(self._key(node.arguments[1]))
            if width != symbol.dimension:
                raise FormulationError(
                    f"'{argument.name}' holds {symbol.element_words()}, not of {width}",
                    column=node.arguments[1].column,
                )
        return _NUMBER if node.function == "len" else _Yield(Sort.element, symbol.numeric)

    def _piecewise(self, node: Piecewise) -> _Yield:
        self.check_number(node.argument)
        inner = self.enter(node.loops)
        for point in node.points:
            for number in point.items:
                inner.check_number(number)
                inner.refuse_variables(number, "a point of piecewise")
        if len(node.points) < 2 and not node.loops:
            raise FormulationError("piecewise needs two points at least", column=node.column)
        return _NUMBER

    def _comparison(self, node: Comparison) -> _Yield:
        if {"in", "not in"}.intersection(node.operators):
            if len(node.operators) > 1:
                raise FormulationError(
                    "'in' stands alone; join conditions with 'and'", column=node.column
                )
            self._membership(*node.operands)
            return _CONDITION
        sides = [self._yield(operand) for operand in node.operands]
        for operator, (left, right) in zip(node.operators, pairwise(sides), strict=True):
            if len(left.numeric) != len(right.numeric) or not (left.is_key and right.is_key):
                raise FormulationError("these two cannot be compared", column=node.column)
            if operator not in ("==", "!=") and not (left.is_number and right.is_number):
                raise FormulationError(
                    f"names have no order; '{operator}' compares numbers; of names take '!=', or "
                    "loop over a set of the pairs",
                    column=node.column,
                )
        return _CONDITION

    def _membership(self, left: Node, right: Node) -> None:
        width = len(self._key(left))
        if isinstance(right, Name):
            symbol = self.set_symbol(right)
            if symbol.dimension != width:
                raise FormulationError(
                    f"'{right.name}' holds {symbol.element_words()}, not of {width}",
                    column=left.column,
                )
        elif isinstance(right, Pair):
            for item in right.items:
                self._key(item)
        else:
            raise FormulationError(
                "after 'in' stands a set or elements in brackets", column=right.column
            )
