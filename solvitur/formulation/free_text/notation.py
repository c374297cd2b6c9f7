"""Mathematical notation as people and language models write it, put into the expression language.

``3x + 2y <= 1,000`` or ``sum_{i in I} c_i x_i <= B``: `translate` reads it by the names that are
declared. Nothing is guessed: a word that nothing declares is an error, or stands after the formula
and is handed back (a unit, a remark). See `solvitur.formulation.free_text.signs` for LaTeX and
Unicode.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from solvitur.errors import FormulationError
from solvitur.formulation.expression import AGGREGATES, FUNCTIONS, MAX_LENGTH, SET_FUNCTIONS
from solvitur.formulation.free_text.names import Names
from solvitur.formulation.free_text.signs import tokens
from solvitur.formulation.literals import quote
from solvitur.formulation.printing import show_number

_MAX_DEPTH = 50
_MAX_PHRASE = 16
_QUANTIFIERS = ("for", "all", "each", "every", "any", "forall")
_CONDITIONAL = ("if", "with", "where", "such", ":", "|")
_STOPS = frozenset((*_QUANTIFIERS, "in", "if", "and", "or", "not", "with", "where", "such", "to"))
_FUNCTIONS = {"ln": "log", "frac": "frac", **{n: n for n in (*AGGREGATES, *FUNCTIONS)}}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_RELATIONS = {"=": "==", **{sign: sign for sign in ("<=", ">=", "==", "!=", "<", ">")}}


@dataclass(frozen=True)
class Formula:
    """A formula, read."""

    text: str
    """In the expression language."""
    free: tuple[str, ...]
    """Index letters that no loop binds, so that they stand for every element of their set."""
    rest: str
    """What stands after it: a unit, a remark."""


def translate(text: str, names: Names, bound: Sequence[str] = ()) -> Formula:
    """Read a formula or a relation in plain signs.

    Args:
        text: Such as ``3x + 2y <= 1,000 hectares``.
        names: What is declared.
        bound: Index letters that a loop around the formula binds.

    Raises:
        FormulationError: It cannot be read.

    Example:
        >>> names = Names({"x": 1, "c": 1, "B": 0}, letters={"i": "I"})
        >>> names.add_set("I", ["a", "b"])
        >>> translate("sum_{i in I} c_i x_i + 3x_a <= 2B", names).text
        'sum(c[i] * x[i] for i in I) + 3 * x["a"] <= 2 * B'
        >>> translate("x_i <= 1,500 kg", names)
        Formula(text='x[i] <= 1500', free=('i',), rest='kg')
    """
    if len(text) > MAX_LENGTH:
        raise FormulationError(f"a formula has at most {MAX_LENGTH:,} characters")
    reader = _Reader(text, names, bound)
    formula = reader.relation()
    return Formula(formula, tuple(reader.free), reader.rest())


def translate_loops(text: str, names: Names) -> Formula:
    """Read what a constraint holds for; ``free`` are the letters that it binds.

    Raises:
        FormulationError: It cannot be read.

    Example:
        >>> names = Names()
        >>> names.add_set("I", [1, 2])
        >>> translate_loops("for all i, j in I with i != j: x", names)
        Formula(text='i in I, j in I if i != j', free=('i', 'j'), rest=': x')
    """
    reader = _Reader(text[:MAX_LENGTH], names, ())
    loops = reader.loops()
    return Formula(", ".join(loops), tuple(reader.bound), reader.rest())


class _Reader:
    """One method for each level of the grammar, from `relation` down to `key`."""

    def __init__(self, text: str, names: Names, bound: Sequence[str]) -> None:
        self.text = text
        self.names = names
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0
        self.in_key = False
        self.bound = list(bound)
        self.free: dict[str, None] = {}

    def rest(self) -> str:
        return self.text[self.tokens[self.place].start :].strip() if self.peek() else ""

    def peek(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def kind(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place].kind if place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """Step over the next token if it is wanted; without wishes, over any."""
        found = self.peek()
        if not found or (wanted and found not in wanted):
            return ""
        self.place += 1
        return found

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.fault(f"'{wanted}' is missing")

    def fault(self, message: str) -> FormulationError:
        where = f"before {self.rest()[:30]!r}" if self.rest() else "at the end"
        return FormulationError(f"{message} {where}")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise FormulationError(f"the formula is nested deeper than {_MAX_DEPTH} levels")
        yield
        self.depth -= 1

    def relation(self) -> str:
        parts = [self.sum()]
        while sign := _RELATIONS.get(self.peek(), ""):
            self.take()
            parts += [sign, self.sum()]
        return " ".join(parts)

    def sum(self) -> str:
        with self.deeper():
            parts = [self.product()]
            while self.peek() in ("+", "-"):
                parts += [self.take(), self.product()]
            return " ".join(parts)

    def product(self) -> str:
        parts = [self.factor()]
        while True:
            if self.peek() in ("*", "/"):
                parts += [self.take(), self.factor()]
            elif self.multiplies():
                parts += ["*", self.factor()]
            else:
                return " ".join(parts)

    def multiplies(self) -> bool:
        """Whether what follows is a factor although there is no sign: ``3x``, ``2(x + y)``."""
        if self.peek() != "(":
            return self.is_known()
        self.place += 1  # 2(x + y), but not 2 (apples)
        known = self.is_known() or self.kind() == "number" or self.peek() in ("(", "-")
        self.place -= 1
        return known

    def is_known(self) -> bool:
        word = self.peek()
        if self.kind() != "word" or word in _STOPS:
            return False
        return bool(self.is_function() or self.phrase()[1] or self.names.split(word))

    def factor(self) -> str:
        with self.deeper():
            if self.take("+"):
                return self.factor()
            if self.take("-"):
                return f"-{self.factor()}"
            base = self.atom()
            if not self.take("^", "**"):
                return base
            return f"{base} ** {self.factor()}"

    def atom(self) -> str:
        kind, word = self.kind(), self.peek()
        if kind == "number":
            self.take()
            return show_number(float(word) / 100) if self.take("%") else word
        if kind == "quoted":
            return quote(self.take()[1:-1])
        if word in _CLOSING:
            return self.group()
        if kind == "word" and self.is_function():
            return self.function()
        name, length = self.phrase()
        if length:
            self.place += length
            return self.entry(name, [])
        split = self.names.split(word)
        if split:
            self.take()
            return self.entry(split[0], self.subscripts(*split))
        if kind == "word":
            return self.key_word(self.take()) if self.in_key else self.unknown(word)
        raise self.fault("a number or a name is missing")

    def unknown(self, word: str) -> str:
        raise self.fault(f"'{word}' is not declared; the formula cannot be read")

    def group(self) -> str:
        closing = _CLOSING.get(self.take(), "")
        if not closing:
            raise self.fault("an opening bracket is missing")
        with self.deeper():
            inside = self.relation()
            while self.take(","):
                inside += f", {self.relation()}"
        self.expect(closing)
        return f"({inside})"

    def is_function(self) -> bool:
        word = self.peek()
        return word not in self.names.dimensions and (
            word in _FUNCTIONS or (word in SET_FUNCTIONS and self.peek(1) == "(")
        )

    def function(self) -> str:
        word = self.take()
        if word == "frac":
            return f"({self.group()} / {self.group()})"
        if word in SET_FUNCTIONS:
            self.expect("(")
            name = self.set_name()
            self.expect(")")
            return f"{word}({name})"
        if word in AGGREGATES and (self.peek() in ("_", "{") or self.peek(2) == "in"):
            return self.big_operator(word)
        if word in AGGREGATES and self.peek() == "(":
            return f"{word}({self.arguments()})"
        argument = self.group() if self.peek() in _CLOSING else f"({self.factor()})"
        return f"{_FUNCTIONS[word]}{argument}"

    def big_operator(self, word: str) -> str:
        """Read ``sum_{i in I} c_i x_i``: the body is one product."""
        before = len(self.bound)
        self.take("_")
        closing = _CLOSING.get(self.peek(), "")
        if closing:
            self.take()
        loops = self.loops(one=not closing)
        if closing:
            self.expect(closing)
        body = self.product()
        del self.bound[before:]
        return f"{word}({body} {' '.join(f'for {loop}' for loop in loops)})"

    def arguments(self) -> str:
        """Read ``a, b``, or ``c[i] for i in I``, where the loop stands after what it binds."""
        self.expect("(")
        start, before, loops = self.place, len(self.bound), ""
        end = self.find_loop()
        if end is not None:
            self.place = end
            loops = "".join(f" for {loop}" for loop in self.loops())
            after, self.place = self.place, start
        body = self.sum()
        while not loops and self.take(","):
            body += f", {self.sum()}"
        if end is not None:
            if self.place != end:
                raise self.fault("an operator is missing")
            self.place = after
            del self.bound[before:]
        self.expect(")")
        return body + loops

    def find_loop(self) -> int | None:
        """Find the 'for' of the bracket we are in."""
        depth = 0
        for place in range(self.place, len(self.tokens)):
            word = self.tokens[place].text
            depth += (word in _CLOSING) - (word in _CLOSING.values())
            if depth < 0:
                return None
            if word == "for" and depth == 0:
                return place
        return None

    def loops(self, one: bool = False) -> list[str]:
        """Read ``i in I, j in J, i != j`` in any of its spellings, up to what does not belong."""
        found: list[str] = []
        while True:
            while self.take(*_QUANTIFIERS):
                pass
            if self.opens_loop():
                found += self.loop()
            elif found:
                joint = "and" if " if " in found[-1] else "if"
                found[-1] += f" {joint} {self.condition()}"
            else:
                raise self.fault("an index is missing, as in 'for all i in I',")
            if one or not self.goes_on():
                return found

    def goes_on(self) -> bool:
        """Step over what joins loops and conditions, when one follows."""
        start = self.place
        if self.peek() in _QUANTIFIERS:
            return True
        if self.take(*_CONDITIONAL):
            self.take("that")
            if self.peek() in self.bound or start + 1 < self.place:
                return True
        elif self.take(",", "and") and (self.peek() in self.bound or self.opens_loop()):
            return True
        self.place = start
        return False

    def opens_loop(self) -> bool:
        ahead = int(self.peek() == "(")
        while self.peek(ahead) in _QUANTIFIERS:
            ahead += 1
        word = self.peek(ahead)
        return self.kind(ahead) == "word" and not (
            word in self.bound or word in self.names.dimensions or self.names.split(word)
        )

    def loop(self) -> list[str]:
        bracket = self.take("(")
        targets = [self.take()]
        while self.kind(1) == "word" and self.take(","):
            targets.append(self.take())
        if bracket:
            self.expect(")")
        domain = self.set_name() if self.take("in") else ""
        if self.peek() == "=":
            domain = self.interval()
        self.bound += targets
        if domain and len(targets) > 1 and self.names.width(domain) == len(targets):
            return [f"({', '.join(targets)}) in {domain}"]
        for target in targets:
            if not domain and target not in self.names.letters:
                raise self.fault(f"say what '{target}' runs over, as in '{target} in I',")
        return [f"{target} in {domain or self.names.letters[target]}" for target in targets]

    def condition(self) -> str:
        left = self.sum()
        negated = self.take("not")
        if self.take("in"):
            return f"{left} {'not ' if negated else ''}in {self.set_name()}"
        sign = _RELATIONS.get(self.peek())
        if sign is None:
            raise self.fault("a condition such as i != j is needed")
        self.take()
        before, self.in_key = self.in_key, True
        right = self.sum()
        self.in_key = before
        return f"{left} {sign} {right}"

    def set_name(self) -> str:
        name, length = self.phrase()
        if not length or name not in self.names.sets:
            raise self.fault("the name of a set is needed")
        self.place += length
        return name

    def interval(self) -> str:
        """Read ``= 1}^{12``, ``= 1..12`` or ``= 1, ..., 12``: the set of these integers."""
        numbers = []
        while self.take("=", ",", "...", "..", "to") or self.kind() == "number" or (
            self.peek() == "}" and self.peek(1) == "^" and self.take() and self.take()
        ):  # fmt: skip
            self.take("{")
            if self.kind() == "number":
                numbers.append(int(float(self.take())))
        for name, elements in self.names.sets.items():
            if numbers and elements == tuple(range(numbers[0], numbers[-1] + 1)):
                return name
        raise self.fault("declare the set of these integers and name it, as in 'i in I',")

    def phrase(self) -> tuple[str, int]:
        """Find the longest declared name that stands next, and how many tokens it takes."""
        word = self.peek()
        if self.kind() != "word":
            return "", 0
        joined = f"{word}_{self.peek(3)}"
        if self.peek(1) == "_" and self.peek(2) == "{" and joined in self.names.dimensions:
            return joined, 5  # C_{max}
        for length in range(min(_MAX_PHRASE, len(self.tokens) - self.place), 1, -1):
            following = self.tokens[self.place : self.place + length]
            words = tuple(token.text.casefold() for token in following)
            if words in self.names.phrases:
                return self.names.phrases[words], length
        known = word in self.bound or word in self.names.dimensions or word in self.names.sets
        return (word, 1) if known else ("", 0)

    def entry(self, name: str, keys: list[str]) -> str:
        """Read the indices of a name in any spelling: x[i, j], x[i][j], x_{ij}, x_i_j, x(i, j)."""
        width = self.names.dimensions.get(name, 0)
        while self.peek() in ("[", "_") or (self.peek() == "(" and width and not keys):
            self.take("_")
            closing = _CLOSING.get(self.peek(), "")
            if not closing:
                keys += self.subscripts(name, self.take())
                continue
            self.take()
            letters = self.peek() if self.peek(1) == closing else ""
            if letters and self.kind() == "word" and width > 1:
                self.take()
                keys += self.subscripts(name, letters)
            else:
                keys.append(self.key())
                while self.take(","):
                    keys.append(self.key())
            self.expect(closing)
        return f"{name}[{', '.join(keys)}]" if keys else name

    def subscripts(self, name: str, word: str) -> list[str]:
        """Read ``i``, ``i_j`` or, for a name with two indices, ``ij``."""
        parts = word.split("_")
        if len(parts) == 1 < len(word) == self.names.dimensions.get(name) and all(
            letter in self.bound or letter in self.names.letters for letter in word
        ):
            parts = list(word)
        return [self.key_word(part) for part in parts]

    def key(self) -> str:
        before, self.in_key = self.in_key, True
        key = self.sum()
        self.in_key = before
        return key

    def key_word(self, word: str) -> str:
        if word in self.bound or word.isdigit():
            return word
        if word in self.names.letters:
            self.free[word] = None
            return word
        if word in self.names.words:
            return quote(word)
        return word if word in self.names.dimensions else self.unknown(word)
