"""Units as people write them: ``USD/item``, ``kg per 100 l``, ``m2``, ``hours``.

A unit is read as a product of powers of words; what a word measures is another question (see
`solvitur.formulation.units.measures`). A text that is not clearly a unit is none, and nothing can
be said against it.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from solvitur.formulation.printing import show_number

MAX_LENGTH = 80
"""Longest text that is read as a unit."""
_MAX_POWER = 100
"""Largest exponent that a product may come to; beyond it a unit is none."""
_LARGEST = 1e100
"""Largest number that a product may come to."""


def words(text: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(text.split())


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,3}(?:,\d{3})+|\d{1,12}(?:\.\d{1,12})?)|(?P<word>[^\W\d_]+|%)"
    r"|(?:\^|\*\*) ?(?P<power>-?\d{1,2})|(?P<sign>[/*()]))"
)
_SIGNS = str.maketrans(
    {
        "\u00b7": "*",
        "\u00d7": "*",
        "\u22c5": "*",
        "\u2212": "-",
        "\u00b2": "^2",
        "\u00b3": "^3",
    }
)
"""Signs of print: middle dot, times, dot operator, minus, squared, cubed."""
_MONEY = {"$": "USD", "€": "EUR", "£": "GBP"}
_SAME = {
    **dict.fromkeys(("usd", "dollar"), "USD"),
    **dict.fromkeys(("eur", "euro"), "EUR"),
    "gbp": "GBP",
    **dict.fromkeys(("item", "unit", "piec", "pc", "pcs", "each", "ea", "product"), "item"),
    **dict.fromkeys(("%", "percent", "pct", "percentag", "ratio", "fraction", "shar"), "%"),
    **dict.fromkeys(("proportion", "probability"), "%"),
    **dict.fromkeys(("hr", "hrs"), "h"),
    "sec": "s",
    "kwh": "kWh",
    "kw": "kW",
    "mwh": "MWh",
}
"""By stem: what several words are one for."""
_VAGUE = words(
    "a an and binary boolean count decision dimensionless each index level mixed n na no none "
    "number or other quantity score unitless value various"
)
"""Words of texts that are no units."""
_THOUSANDS = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SQUARE = {"squar": 2, "sq": 2, "cubic": 3, "cu": 3}
_PAIRS = {("metric", "ton"): "t", ("us", "dollar"): "USD"}


@dataclass(frozen=True)
class Unit:
    """A number times powers of words.

    Example:
        >>> kilo = read_unit("USD/kg")
        >>> str(kilo * read_unit("kg")), str(kilo / read_unit("h"))
        ('USD', 'USD/(kg*h)')
    """

    words: tuple[tuple[str, Fraction], ...] = ()
    """In the order they were met, without those that cancel."""
    factor: float = 1.0

    def __mul__(self, other: "Unit") -> "Unit":
        powers = dict(self.words)
        for word, exponent in other.words:
            powers[word] = powers.get(word, Fraction(0)) + exponent
        return Unit(_reduced(powers), self.factor * other.factor)

    def __truediv__(self, other: "Unit") -> "Unit":
        inverse = tuple((word, -exponent) for word, exponent in other.words)
        return Unit((self * Unit(inverse)).words, self.factor / other.factor)

    def __pow__(self, power: Fraction) -> "Unit":
        powers = {word: exponent * power for word, exponent in self.words}
        return Unit(_reduced(powers), float(self.factor ** float(power)))

    @property
    def is_sane(self) -> bool:
        """Whether its numbers are of a size that can be computed with."""
        small = all(abs(exponent) <= _MAX_POWER for _, exponent in self.words)
        return small and 1 / _LARGEST < self.factor < _LARGEST

    def __str__(self) -> str:
        above = [_powered(word, exponent) for word, exponent in self.words if exponent > 0]
        below = [_powered(word, -exponent) for word, exponent in self.words if exponent < 0]
        number = [] if self.factor == 1 and above else [show_number(float(f"{self.factor:.6g}"))]
        bottom = f"({'*'.join(below)})" if len(below) > 1 else "".join(below)
        top = " ".join([*number, *(["*".join(above)] if above else [])])
        return f"{top}/{bottom}" if bottom else top


def _reduced(powers: Mapping[str, Fraction]) -> tuple[tuple[str, Fraction], ...]:
    return tuple((word, exponent) for word, exponent in powers.items() if exponent)


def _powered(word: str, exponent: Fraction) -> str:
    return word if exponent == 1 else f"{word}^{exponent}"


@functools.lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    """Read a unit; ``None`` for a text that is not clearly one.

    Example:
        >>> [str(read_unit(text)) for text in ("m2", "kg of flour per day", "$ / 100 kg")]
        ['m^2', 'kg/day', '0.01 USD/kg']
        >>> read_unit("rye loaf"), read_unit("kcal or g"), read_unit("9**9**9**9"), read_unit("")
        (None, None, None, None)
    """
    if len(text) > MAX_LENGTH or not text.strip():
        return None
    for sign, word in _MONEY.items():
        text = text.replace(sign, f" {word} ")
    try:
        unit = _Reader(text.translate(_SIGNS)).whole()
    except (_NoUnit, ArithmeticError):
        return None
    return unit if unit.is_sane else None


_ENDS = ("", "/", "per", "*", ")")
"""What ends the words that stand without a sign between."""


class _NoUnit(Exception):
    """The text is not clearly a unit."""


class _Reader:
    """Takes the tokens of a text from the first to the last."""

    def __init__(self, text: str) -> None:
        self.tokens: list[re.Match[str]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            found = _TOKEN.match(text, place)
            if found is None:
                raise _NoUnit
            self.tokens.append(found)
            place = found.end()
        self.tokens.reverse()

    def peek(self) -> str:
        """Give the next token as its stem, ``""`` at the end."""
        if not self.tokens:
            return ""
        return stem_of(self.tokens[-1].group().strip())

    def whole(self) -> Unit:
        unit = self.quotient(0)
        if self.tokens:
            raise _NoUnit
        return unit

    def quotient(self, depth: int) -> Unit:
        if depth > 5:
            raise _NoUnit
        unit = self.phrase(depth)
        while (sign := self.peek()) in ("/", "per", "*"):
            self.tokens.pop()
            part = self.phrase(depth)
            unit = unit * part if sign == "*" else unit / part
        return unit

    def phrase(self, depth: int) -> Unit:
        """Read what stands without a sign between: ``100 kg``, ``square metres of wood``."""
        unit, things, numbers, is_worded = Unit(), 0, 0, False
        while self.peek() not in _ENDS:
            stem = self.peek()
            token = self.tokens.pop()
            if stem == "(":
                unit, things = unit * self.quotient(depth + 1), things + 1
                if self.peek() != ")":
                    raise _NoUnit
                self.tokens.pop()
            elif stem == "of" and things:
                while self.peek() not in _ENDS:
                    self.tokens.pop()
            elif token["number"]:
                unit, numbers = unit * Unit((), float(stem.replace(",", ""))), numbers + 1
            elif stem in _THOUSANDS:
                unit, is_worded = unit * Unit((), _THOUSANDS[stem]), True
            else:
                unit, things = unit * self.word(token), things + 1
        if things > 1 or numbers > 1 or (not things and (is_worded or not numbers)):
            raise _NoUnit  # thousand alone does not say of what
        return unit

    def word(self, token: re.Match[str]) -> Unit:
        """Read a word with what belongs to it: ``square`` before, an exponent after."""
        power = _SQUARE.get(stem_of(token.group().strip()), 1)
        if power > 1:
            if not self.tokens:
                raise _NoUnit
            token = self.tokens.pop()
        written = token["word"]
        if written is None:
            raise _NoUnit
        pair = _PAIRS.get((stem_of(written), self.peek()))
        if pair is not None:
            written = pair
            self.tokens.pop()
        stem = stem_of(written)
        if {stem, written.lower()} & _VAGUE:
            raise _NoUnit
        if self.tokens and self.tokens[-1]["power"]:
            power *= int(self.tokens.pop()["power"])
        elif self.tokens and self.tokens[-1].group() in ("2", "3"):  # without a space: m2
            power *= int(self.tokens.pop().group())
        if abs(power) > 9:
            raise _NoUnit
        return Unit(((_SAME.get(stem, written), Fraction(power)),) if power else ())


_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "mice": "mous",
    "geese": "goos",
}


def stem_of(word: str) -> str:
    """Give what a word and its plural have in common.

    Example:
        >>> [stem_of(word) for word in ("Loaves", "loaf", "batches", "batch", "houses", "house")]
        ['loaf', 'loaf', 'batch', 'batch', 'hous', 'hous']
    """
    stem = word.lower()
    if stem in _IRREGULAR:
        return _IRREGULAR[stem]
    if len(stem) > 2 and not stem.endswith(("ss", "us", "is")):
        stem = stem.removesuffix("s")
    for ending, short in (("ie", "y"), ("ve", "f"), ("fe", "f"), ("e", "")):
        if len(stem) > 3 and stem.endswith(ending):
            return stem.removesuffix(ending) + short
    return stem
