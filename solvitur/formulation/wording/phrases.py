"""Expressions in plain words: what is counted, what a limit says, when it has to hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import RELATIONS, Atom, Key, flat
from solvitur.formulation.expression import (
    OPPOSITE,
    SET_FUNCTIONS,
    TURNED,
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
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import one_line, show, show_number
from solvitur.formulation.wording.nouns import Nouns, SetNoun

MOST_TERMS = 8
"""Longest sum that is written out; of a longer one it is said what is added up."""

_SUM, _PRODUCT, _ATOM = 1, 2, 3
_RELATIONS = {
    "<=": "is at most",
    ">=": "is at least",
    "==": "is exactly",
    "<": "is less than",
    ">": "is more than",
    "!=": "is not",
}
_FUNCTIONS = {
    "abs": "the size (without its sign) of",
    "exp": "the exponential of",
    "log": "the natural logarithm of",
    "log10": "the logarithm to base 10 of",
    "sqrt": "the square root of",
    "sin": "the sine of",
    "cos": "the cosine of",
    "tan": "the tangent of",
    "max": "the largest of",
    "min": "the smallest of",
}
_AGGREGATES = {
    "sum": "the total",
    "prod": "the product",
    "max": "the largest",
    "min": "the smallest",
}


@dataclass(frozen=True)
class Scope:
    """What the names of loops stand for, where a phrase is said."""

    bound: Mapping[str, Atom | Key] = field(default_factory=dict)
    """An element for each name that stands for one."""
    free: Mapping[str, str] = field(default_factory=dict)
    """The words for each name that stands for any, such as "the week"."""
    plain: frozenset[str] = frozenset()
    """Those names in `free` that need not be said: there is only one thing that they can mean."""


@dataclass(frozen=True)
class Said:
    """Words, and how close they hold together: a sum needs brackets within a product."""

    text: str
    strength: int = _ATOM
    is_yes: bool = False
    """Whether it is a yes or a no, and no amount."""

    @property
    def is_figure(self) -> bool:
        """Whether it is a number with its sign."""
        return self.text.lstrip("-")[:1].isdigit() and self.strength > _SUM

    def within(self, least: int) -> str:
        """Say it where only what holds together as well as this needs no brackets."""
        return self.text if self.strength >= least else f"({self.text})"


class Phrases:
    """Says the expressions of one formulation.

    Args:
        instance: The formulation, resolved.

    Attributes:
        said: The entries of parameters whose numbers have been said so far, by name.
        named: The parameters that were spoken of by what they are, without a number.
    """

    def __init__(self, instance: Instance) -> None:
        formulation = instance.formulation
        self.instance = instance
        self.nouns = Nouns([*formulation.parameters, *formulation.variables])
        self.sets = {declared.name: SetNoun(declared) for declared in formulation.sets}
        self.said: dict[str, set[Key]] = {}
        self.named: set[str] = set()
        self._declared = {v.name: v for v in formulation.variables}
        self._units = {p.name: one_line(p.unit) for p in formulation.parameters}
        self._units |= {v.name: one_line(v.unit) for v in formulation.variables}
        self._derived = {p.name for p in formulation.parameters if p.expression is not None}
        self._evaluator = instance.evaluator()

    # --- relations and conditions ----------------------------------------------------------------

    def relation(self, node: Comparison, scope: Scope) -> str:
        """Say what has to hold."""
        operators, operands = node.operators, node.operands
        if len(operators) == 1:
            return self._compared(operands[0], operators[0], operands[1], scope)
        if set(operators) == {"=="}:
            sides = [self.number(operand, scope).text for operand in operands]
            return f"{', '.join(sides[:-1])} and {sides[-1]} are all the same"
        if len(operators) == 2 and set(operators) <= {"<=", "<"}:
            middle = self.number(operands[1], scope).text
            low, high = (self._other_side(operand, scope) for operand in operands[::2])
            least, most = _RELATIONS[TURNED[operators[0]]], _RELATIONS[operators[1]]
            return f"{middle} {least} {low} and {most.removeprefix('is ')} {high}"
        if len(operators) == 2 and set(operators) <= {">=", ">"}:
            turned = tuple(TURNED[operator] for operator in operators[::-1])
            return self.relation(Comparison(turned, operands[::-1]), scope)
        links = zip(operands, operators, operands[1:], strict=False)
        return ", and ".join(self._compared(*link, scope) for link in links)

    def _compared(self, left: Node, operator: str, right: Node, scope: Scope) -> str:
        if operator in ("in", "not in"):
            return self._member(left, operator, right, scope)
        if self._is_fixed_against(left, right):
            left, operator, right = right, TURNED[operator], left
        answer = self._yes(left, operator, right)
        if answer is not None:
            return f"{self.number(left, scope).text} is {'yes' if answer else 'no'}"
        if self._is_binary(left) and self._is_binary(right) and operator in ("<=", ">="):
            first, second = (left, right) if operator == "<=" else (right, left)
            return f"{self.number(first, scope).text} only if {self.number(second, scope).text}"
        word = _RELATIONS[operator]
        if operator == "==" and (self._has_variable(right) or not self._has_variable(left)):
            word = "is the same as" if self._has_variable(right) else "is"
        return f"{self.number(left, scope).text} {word} {self._other_side(right, scope)}"

    def _other_side(self, node: Node, scope: Scope) -> str:
        """Say what something is compared with; of what depends on a yes, what else it is."""
        text = self.number(node, scope).text
        if self._is_binary(node):
            return f"1 if {text}, otherwise 0"
        factors = list(_factors(node))
        rest = [factor for factor in factors if self._has_variable(factor)]
        is_either = len(rest) == 1 < len(factors) and (self._is_yes_or_no(rest[0]))
        return f"{text}, otherwise 0" if is_either else text

    def condition(self, node: Node, scope: Scope) -> str:
        """Say when something holds."""
        match node:
            case Logic(operator, items):
                return f" {operator} ".join(
                    f"({said})" if isinstance(item, Logic) else said
                    for item, said in ((item, self.condition(item, scope)) for item in items)
                )
            case Not(Comparison((operator,), (left, right))) if operator in TURNED:
                return self.condition(Comparison((OPPOSITE[operator],), (left, right)), scope)
            case Not(operand):
                return f"not ({self.condition(operand, scope)})"
            case Comparison((operator,), (left, right)):
                if operator in TURNED and self._is_fixed_against(left, right):
                    left, operator, right = right, TURNED[operator], left
                if (answer := self._yes(left, operator, right)) is not None:
                    return f"{'' if answer else 'not: '}{self.number(left, scope).text}"
                return self._compared(left, operator, right, scope)
            case Comparison():
                return self.relation(node, scope)
        return show(node)

    def _yes(self, entry: Node, operator: str, value: Node) -> bool | None:
        """Say of a comparison of a yes-or-no variable with a number which of both it is."""
        if not self._is_binary(entry) or not isinstance(value, Number):
            return None
        no, yes = (RELATIONS[operator](each, value.value) for each in (0, 1))
        return yes if no != yes else None

    def _member(self, left: Node, operator: str, right: Node, scope: Scope) -> str:
        name = self.sets[right.name].many if isinstance(right, Name) else show(right)
        inside = "is" if operator == "in" else "is not"
        return f"{self._key_words(left, None, scope)} {inside} among {name}"

    # --- loops -----------------------------------------------------------------------------------

    def each(self, loops: tuple[Loop, ...], scope: Scope, word: str = "each") -> tuple[str, Scope]:
        """Say what something holds for, or is added up over, and give the scope within."""
        parts, conditions = [], []
        for loop in loops:
            scope = self._entered(loop, loops, scope)
            noun = self.sets[loop.domain.name]
            one = noun.each if word == "each" else f"{word} {noun.many}"
            if len(loop.targets) > 1:
                one = f"{one} ({', '.join(loop.targets)})"
            elif scope.free[loop.targets[0]] != f"the {noun.one}":
                one = f"{one} {loop.targets[0]}"
            parts.append(one)
            conditions += [self._test(test, scope) for test in loop.conditions]
        joined = _and(parts)
        return " ".join([joined, *_and_tests(conditions)]), scope

    def _entered(self, loop: Loop, loops: tuple[Loop, ...], scope: Scope) -> Scope:
        """Give the words for the names of a loop: "the week", or with its letter if need be."""
        free, bound = dict(scope.free), dict(scope.bound)
        name = f"the {self.sets[loop.domain.name].one}"
        alike = sum(other.domain.name == loop.domain.name for other in loops)
        plain = set(scope.plain) - set(loop.targets)
        for target in loop.targets:
            bound.pop(target, None)
            free.pop(target, None)
        if len(loop.targets) > 1:
            free |= {target: target for target in loop.targets}
        elif alike > 1 or name in free.values():
            free[loop.targets[0]] = f"{name.removeprefix('the ')} {loop.targets[0]}"
        else:
            free[loop.targets[0]] = name
            plain.add(loop.targets[0])
        return Scope(bound, free, frozenset(plain))

    def _test(self, node: Node, scope: Scope) -> str:
        """Say a condition of a loop: "after week 1" where it is about its place in the order."""
        match node:
            case Comparison((operator,), (Name(target), other)) if target in scope.plain:
                words = {">": "after", "<": "before", ">=": "from", "<=": "up to"}
                words |= {"==": "that is", "!=": "except"}
                if operator in words and self._is_known(other, scope):
                    loop_set = scope.free[target].removeprefix("the ")
                    noun = next(n for n in self.sets.values() if n.one == loop_set)
                    element = self._evaluator.key((other,), scope.bound)
                    end = " on" if operator == ">=" else ""
                    return f"{words[operator]} {_listed(map(noun.element, element))}{end}"
        return f"where {self.condition(node, scope)}"

    def bindings(
        self, loops: tuple[Loop, ...], scope: Scope, most: int
    ) -> list[Mapping[str, Atom | Key]] | None:
        """Give what loops run over, where that is known and not too much."""
        for loop in loops:
            inner = {name for other in loops for name in other.targets}
            tests = frozenset[str]().union(*(test.names for test in loop.conditions))
            if (tests - inner) & set(scope.free) or tests & set(self.instance.bounds):
                return None
        found = list(islice(self._evaluator.bindings(loops, scope.bound), most + 1))
        return found if len(found) <= most else None

    # --- numbers ---------------------------------------------------------------------------------

    def number(self, node: Node, scope: Scope) -> Said:
        """Say an expression."""
        match node:
            case Number(value):
                return Said(show_number(value))
            case Name() | Item():
                return self._entry(node, scope)
            case Negative(Number(value)):
                return Said(show_number(-value), _PRODUCT)
            case Negative(operand):
                return Said(f"minus {self.number(operand, scope).within(_PRODUCT)}", _PRODUCT)
            case Arithmetic("+" | "-") | Aggregate("sum"):
                return self._sum(node, scope)
            case Arithmetic("*"):
                return self._product(node, scope)
            case Arithmetic("**", left, right):
                return self._power(left, right, scope)
            case Arithmetic(_, left, right):
                over = self.number(left, scope).within(_ATOM)
                return Said(
                    f"{over} divided by {self.number(right, scope).within(_ATOM)}", _PRODUCT
                )
            case Aggregate():
                return self._aggregate(node, scope)
            case Call():
                return self._call(node, scope)
            case Piecewise():
                return self._line(node, scope)
            case Pair() | Text():
                return Said(self._key_words(node, None, scope))
        return Said(show(node))

    def _sum(self, node: Node, scope: Scope) -> Said:
        found = [_sign_of(sign, said) for sign, said in self._terms(node, scope, 1)]
        terms = [term for term in found if term[1].text != "0"] or found[:1]
        (sign, head), *rest = terms
        if rest and all(sign > 0 and said.is_yes for sign, said in terms):
            return Said(f"the number of yes among ({'; '.join(said.text for _, said in terms)})")
        if not rest:
            return head if sign > 0 else Said(f"minus {head.within(_PRODUCT)}", _PRODUCT)
        text = ("minus " if sign < 0 else "") + self._part(head)
        text += "".join(f" {'+' if sign > 0 else '-'} {self._part(said)}" for sign, said in rest)
        return Said(text, _SUM)

    def _part(self, said: Said) -> str:
        """Say one term; what goes on and on is put in brackets."""
        return (
            f"({said.text})" if said.text.startswith("the total over ") else said.within(_PRODUCT)
        )

    def _terms(self, node: Node, scope: Scope, sign: int) -> Iterator[tuple[int, Said]]:
        match node:
            case Arithmetic("+" | "-" as operator, left, right):
                yield from self._terms(left, scope, sign)
                yield from self._terms(right, scope, sign if operator == "+" else -sign)
            case Negative(operand):
                yield from self._terms(operand, scope, -sign)
            case Aggregate("sum", body, _):
                spread = None if self._is_total(node, scope) else self._spread(node, scope)
                if spread is None:
                    yield sign, self._aggregate(node, scope)
                inner = [replace(scope, bound=bound) for bound in spread or ()]
                parts = [part for each in inner for part in self._terms(body, each, sign)]
                counted = [part for part in parts if not part[1].text.startswith("0 ")]
                if spread is not None:
                    yield from counted or parts or [(sign, Said("0"))]
            case Arithmetic("*", Negative(operand), right):
                yield -sign, self.number(Arithmetic("*", operand, right), scope)
            case _:
                yield sign, self.number(node, scope)

    def _spread(self, node: Aggregate, scope: Scope) -> list[Mapping[str, Atom | Key]] | None:
        """Give the elements that a sum is written out for, where it is short enough."""
        if any(name in scope.free for name in node.body.names):
            return None
        terms = sum(
            isinstance(part, Arithmetic) and part.operator in "+-" for part in node.body.below()
        )
        return self.bindings(node.loops, scope, MOST_TERMS // (terms + 1))

    def _is_total(self, node: Aggregate, scope: Scope) -> bool:
        """Whether it adds up the entries of a variable as they are, and all of them."""
        body = node.body
        if not isinstance(body, Item) or body.name not in self._declared:
            return False
        if self.nouns.has_own(body.name):
            return False
        targets = [target for loop in node.loops for target in loop.targets]
        names = [key.name for key in body.keys if isinstance(key, Name)]
        over = tuple(loop.domain.name for loop in node.loops)
        return (
            not any(loop.conditions for loop in node.loops)
            and len(names) == len(body.keys)
            and sorted(names) == sorted(targets)
            and sorted(over) == sorted(self._declared[body.name].index)
        )

    def _aggregate(self, node: Aggregate, scope: Scope) -> Said:
        if node.function == "sum" and self._is_total(node, scope):
            assert isinstance(node.body, Item)
            noun = self.nouns[node.body.name]
            if not self._is_binary(node.body):
                return Said(f"the total of {noun}")
            return Said(f'the number of yes for "{noun}"')
        spread = None if node.function == "sum" else self._spread(node, scope)
        if spread:
            parts = [self.number(node.body, replace(scope, bound=bound)).text for bound in spread]
            return Said(f"{_AGGREGATES[node.function]} of ({'; '.join(parts)})")
        over, inner = self.each(node.loops, scope, "all")
        if node.function == "sum" and self._is_binary(node.body):
            over = over.removeprefix("all ")
            return Said(f'the number of {over} with "{self.number(node.body, inner).text}"')
        body = self.number(node.body, inner).within(_PRODUCT)
        return Said(f"{_AGGREGATES[node.function]} over {over} of {body}", _PRODUCT)

    def _product(self, node: Node, scope: Scope) -> Said:
        factors = list(_factors(node))
        known = [factor for factor in factors if not self._has_variable(factor)]
        rest = [factor for factor in factors if self._has_variable(factor)]
        if len(rest) == 1 and known:
            single = self._for_each(known, rest[0], scope)
            if single is not None:
                return Said(single, _PRODUCT)
        head, *others = (self.number(factor, scope) for factor in (*known, *rest))
        texts = [head.text if head.is_figure else head.within(_ATOM)]
        return Said(" times ".join([*texts, *(other.within(_ATOM) for other in others)]), _PRODUCT)

    def _for_each(self, known: list[Node], entry: Node, scope: Scope) -> str | None:
        """Say a number of times an entry as "4 USD for each chair"."""
        said = [self.number(factor, scope) for factor in known]
        amount = " times ".join(
            part.within(_ATOM if rest else _PRODUCT) for part, rest in _others(said)
        )
        match entry:
            case Arithmetic("-", Number(1), inner) if self._is_binary(inner):
                return f"{_whole_unit(amount)} if not: {self.number(inner, scope).text}"
        if self._is_binary(entry):
            return f"{_whole_unit(amount)} if {self.number(entry, scope).text}"
        if not isinstance(entry, Name | Item):
            return None
        keys = entry.keys if isinstance(entry, Item) else ()
        if any(key.names & set(scope.free) for key in keys) or not amount.lstrip("-")[:1].isdigit():
            return None
        key = self._evaluator.key(keys, scope.bound)
        one = self.nouns.each(entry.name, key, self._place(entry, scope))
        return None if one is None else f"{_whole_unit(amount)} for each {one}"

    def _power(self, left: Node, right: Node, scope: Scope) -> Said:
        base, power = self.number(left, scope).within(_ATOM), self.number(right, scope)
        if power.text == "2":
            return Said(f"{base} squared", _PRODUCT)
        return Said(f"{base} to the power {power.within(_ATOM)}", _PRODUCT)

    def _call(self, node: Call, scope: Scope) -> Said:
        if node.function in SET_FUNCTIONS:
            if self._is_known(node, scope) and node.function == "len":
                return Said(show_number(self._evaluator.number(node, scope.bound)))
            return Said(self._key_words(node, None, scope))
        match node:
            case Call("abs", (Arithmetic("-", left, right),)):
                one, other = self.number(left, scope), self.number(right, scope)
                return Said(
                    f"the difference (without its sign) between {one.text} and {other.text}", 2
                )
        parts = [self.number(argument, scope).text for argument in node.arguments]
        return Said(f"{_FUNCTIONS[node.function]} ({'; '.join(parts)})", _PRODUCT)

    def _line(self, node: Piecewise, scope: Scope) -> Said:
        argument = self.number(node.argument, scope).text
        listed = [point.items for point in node.points]
        points: list[str] = []
        spread = self.bindings(node.loops, scope, 2 * MOST_TERMS) if node.loops else [scope.bound]
        inner = scope
        head = ""
        if spread is None:
            head, inner = self.each(node.loops, scope, "all")
            head = f" for {head}"
            spread = [inner.bound]
        for bound in spread:
            for at, to in listed:
                at_text, to_text = (
                    self.number(side, replace(inner, bound=bound)).text for side in (at, to)
                )
                points.append(f"{at_text} gives {to_text}")
        return Said(
            f"what {argument} gives on the straight lines through the points "
            f"({'; '.join(points)}{head})",
            _PRODUCT,
        )

    # --- entries ---------------------------------------------------------------------------------

    def _entry(self, node: Name | Item, scope: Scope) -> Said:
        name = node.name
        if name in scope.bound:
            value = scope.bound[name]
            return Said(show_number(value) if isinstance(value, int) else str(value))
        if name in scope.free:
            return Said(scope.free[name])
        if name not in self.instance.parameters:
            return self._variable(node, scope)
        keys = node.keys if isinstance(node, Item) else ()
        if all(self._is_known(key, scope) for key in keys):
            key = self._evaluator.key(keys, scope.bound)
            self.said.setdefault(name, set()).add(key)
            text = figure(self.instance.parameters[name][key], name in self._derived)
            unit = self._units[name]
            return Said(f"{text} {unit}" if unit else text, _PRODUCT if text[0] == "-" else _ATOM)
        self.named.add(name)
        place = self._place(node, scope)
        return Said(f"{self.nouns[name]} ({place})" if place else self.nouns[name])

    def _variable(self, node: Name | Item, scope: Scope) -> Said:
        noun = self.nouns[node.name]
        keys = node.keys if isinstance(node, Item) else ()
        if keys and all(self._is_known(key, scope) for key in keys):
            own = self.nouns.own(node.name, self._evaluator.key(keys, scope.bound))
            if own is not None:
                return Said(own, is_yes=self._is_binary(node))
        place = self._place(node, scope)
        return Said(f"{noun} ({place})" if place else noun, is_yes=self._is_binary(node))

    def _place(self, node: Name | Item, scope: Scope) -> str:
        """Say which entry it is, leaving out what can mean only one thing."""
        if not isinstance(node, Item):
            return ""
        index = list(self.instance.symbols[node.name].index)
        alike = len(set(index)) < len(index)
        parts: list[str] = []
        for key in node.keys:
            width = self._width(key, scope)
            own = None
            if index and width == self.instance.sets[index[0]].dimension == 1:
                own = self.sets[index[0]]
            if isinstance(key, Name) and key.name in scope.plain and not alike:
                index = index[1:]
                continue
            parts.append(self._key_words(key, own, scope))
            index = index[1:] if own is not None or width > 1 else index
        return ", ".join(parts)

    def _width(self, key: Node, scope: Scope) -> int:
        value = scope.bound.get(key.name) if isinstance(key, Name) else None
        return len(value) if isinstance(value, tuple) else 1

    def _key_words(self, node: Node, noun: SetNoun | None, scope: Scope) -> str:
        """Say an index."""
        if self._is_known(node, scope):
            atoms = flat(self._evaluator.key((node,), scope.bound))
            return ", ".join(noun.element(a) if noun else one_line(str(a)) for a in atoms)
        match node:
            case Name(name):
                return scope.free.get(name, name)
            case Arithmetic("-", Name(name), Number(1)) | Call("prev", (_, Name(name))):
                return f"{scope.free[name]} before"
            case Arithmetic("+", Name(name), Number(1)) | Call("next", (_, Name(name))):
                return f"{scope.free[name]} after"
            case Pair(items):
                return f"({', '.join(self._key_words(item, noun, scope) for item in items)})"
        return self._spelled(node, scope)

    def _spelled(self, node: Node, scope: Scope) -> str:
        """Write an index that is computed."""
        match node:
            case Arithmetic(operator, left, right):
                sides = (self._key_words(side, None, scope) for side in (left, right))
                return f" {operator} ".join(sides)
        return show(node)

    # --- questions -------------------------------------------------------------------------------

    def _has_variable(self, node: Node) -> bool:
        return not node.names.isdisjoint(self.instance.bounds)

    def _is_binary(self, node: Node) -> bool:
        variable = self._declared.get(node.name) if isinstance(node, Name | Item) else None
        return variable is not None and variable.domain is Domain.binary

    def _is_yes_or_no(self, node: Node) -> bool:
        """Whether it is a binary variable, or 1 less one."""
        match node:
            case Arithmetic("-", Number(1), inner):
                return self._is_binary(inner)
        return self._is_binary(node)

    def _is_fixed_against(self, left: Node, right: Node) -> bool:
        return not self._has_variable(left) and self._has_variable(right)

    def _is_known(self, node: Node, scope: Scope) -> bool:
        names = {name for name in node.names if name not in self.instance.sets}
        return not names & set(scope.free) and not self._has_variable(node)


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Arithmetic) and node.operator == "*":
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _sign_of(sign: int, said: Said) -> tuple[int, Said]:
    """Take the minus of a number to the sign of its term."""
    if said.text.startswith("-"):
        return -sign, replace(said, text=said.text[1:])
    return sign, said


def _others(said: list[Said]) -> Iterator[tuple[Said, bool]]:
    return ((part, len(said) > 1) for part in said)


def figure(value: float, is_computed: bool) -> str:
    """Write a number of the formulation; one that was computed has six digits."""
    return show_number(float(f"{value:.6g}") if is_computed else value)


def _whole_unit(amount: str) -> str:
    """Leave out of a unit what it is for each of: 4 USD/item for each chair is 4 USD."""
    number, _, unit = amount.partition(" ")
    over, slash, _ = unit.partition("/")
    if slash and number[:1].isdigit() and " " not in unit:
        return f"{number} {over}" if over and over != "1" else number
    return amount


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _and_tests(conditions: list[str]) -> list[str]:
    return [_and(conditions)] if conditions else []
