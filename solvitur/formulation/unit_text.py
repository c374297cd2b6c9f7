"""Units as people write them: ``USD/item``, ``kg per 100 l``, ``m2``, ``hours``.

A unit is read as a product of powers of words. What a word measures is asked of pint, and only when
two units differ in their words; a word that pint does not know (loaf, crew, USD) is a base of its
own. A text that is not clearly a unit is none, and nothing can be said against it.
"""

import functools
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from solvitur.errors import MissingExtra
from solvitur.formulation.printing import show_number

MAX_LENGTH = 80
"""Longest text that is read as a unit."""
_MAX_POWER = 100
"""Largest exponent that a product may come to; beyond it a unit is none."""
_LARGEST = 1e100
"""Largest number that a product may come to."""


def _words(text: str) -> frozenset[str]:
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
_MONEYS = frozenset({"USD", "EUR", "GBP", "cent"})
_ANY_COUNT = "item"
"""Stands for any counted thing: an item may be a loaf, but it is no money and no hour."""
_FREE = "%"
"""A number without dimension whose scale is not known: 30 as well as 0.3."""
_VAGUE = _words(
    "a an and binary boolean count decision dimensionless each index level mixed n na no none "
    "number or other quantity score unitless value various"
)
"""Words of texts that are no units."""
_PERIODS = _words("day quarter week month year yr")
_THOUSANDS = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SQUARE = {"squar": 2, "sq": 2, "cubic": 3, "cu": 3}
_PAIRS = {("metric", "ton"): "t", ("us", "dollar"): "USD"}
_NOUNS = _words(
    "bag bar bit bottl cabl cat chain circular cord cup cycl dog dot drop firkin hand hat jar "
    "kit line link mat mil nail pad pat perch pin pixel point pol pot puff rod shak slug "
    "stack ston toe turn"
)
"""Stems of everyday words that pint takes for something else: a pin is no picoinch."""
_SYMBOLS = _words("cl cm dl dm gb hl kb kcal kg kj kl km kn kpa mb mg ml mm ms nm ns ug um us")
"""Units of a prefix and a symbol, without capitals, that are meant as such."""
_LETTERS = frozenset("ghmslLtWJNVKd")


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
        return _stem(self.tokens[-1].group().strip())

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
        power = _SQUARE.get(_stem(token.group().strip()), 1)
        if power > 1:
            if not self.tokens:
                raise _NoUnit
            token = self.tokens.pop()
        written = token["word"]
        if written is None:
            raise _NoUnit
        pair = _PAIRS.get((_stem(written), self.peek()))
        if pair is not None:
            written = pair
            self.tokens.pop()
        stem = _stem(written)
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


def _stem(word: str) -> str:
    """Give what a word and its plural have in common.

    Example:
        >>> [_stem(word) for word in ("Loaves", "loaf", "batches", "batch", "houses", "house")]
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


@dataclass(frozen=True)
class Measure:
    """What a word measures: so many of its bases; ``None`` where the number is not known."""

    scale: float | None
    bases: tuple[tuple[str, Fraction], ...]


def times(a: Unit, b: Unit, *, is_loose: bool = True) -> float | None:
    """Say how many of unit ``a`` are in one ``b``; ``None`` when they do not measure the same.

    Things that are counted are seen loosely, as texts do: 3 m of path for each of 5 vendors are
    15 m as well as 15 m*vendor; only a count that is divided by has to be multiplied by. So are
    periods: 40 t/week are 40 t where a week is planned. But 40 t/h are no 40 t.

    Args:
        a: What is counted.
        b: In what.
        is_loose: Whether counted things and periods are seen loosely.

    Raises:
        MissingExtra: They differ in their words, and pint is not installed.

    Example:
        >>> times(read_unit("min"), read_unit("hours")), times(read_unit("USD"), read_unit("item"))
        (60.0, None)
    """
    found = _times(a, b, is_loose)
    if found is None and is_loose:
        total, other = _over_periods(a), _over_periods(b)
        if (total == a) != (other == b):
            found = _times(total, other, is_loose)
    return found


def _over_periods(unit: Unit) -> Unit:
    """Take a unit of each day, week, month for that of the whole period that is planned."""
    kept = (each for each in unit.words if each[1] != -1 or _stem(each[0]) not in _PERIODS)
    return Unit(tuple(kept), unit.factor)


def _times(a: Unit, b: Unit, is_loose: bool) -> float | None:
    ratio = b / a
    if not ratio.words:
        return ratio.factor
    _registry()  # without pint nothing is said, not even of the words that need none
    scale, is_free = ratio.factor, False
    bases: Counter[str] = Counter()
    try:
        for word, power in ratio.words:
            measure = _measure(word)
            if measure.scale is None:
                is_free = True
            else:
                scale *= measure.scale ** float(power)
            for base, exponent in measure.bases:
                bases[base] += exponent * power  # type: ignore[assignment]
    except OverflowError:
        return 1.0
    if bases[f"#{_ANY_COUNT}"]:
        counted = list(filter(_is_count, bases))
        if sum(bases[base] for base in counted) == 0:
            bases.subtract({base: bases[base] for base in counted})
    left = [base for base, exponent in bases.items() if exponent]
    if left:
        is_loose = is_loose and all(map(_is_count, left))
        return 1.0 if is_loose and not _counts_below(a) and not _counts_below(b) else None
    return 1.0 if is_free or math.isclose(scale, 1.0, rel_tol=1e-6) else scale


def without_counts(unit: Unit) -> Unit:
    """Leave out the things that are counted: a column in EUR may be EUR for each crate.

    Raises:
        MissingExtra: Pint is not installed.

    Example:
        >>> str(without_counts(read_unit("EUR/crate")))
        'EUR'
    """
    _registry()
    kept = (
        (word, power)
        for word, power in unit.words
        if not any(_is_count(base) for base, _ in _measure(word).bases)
    )
    return Unit(tuple(kept), unit.factor)


def _is_count(base: str) -> bool:
    return base.startswith("#")


def _counts_below(unit: Unit) -> bool:
    """Whether a unit is one of things: ``h/item``."""
    return any(
        power < 0 and any(_is_count(base) for base, _ in _measure(word).bases)
        for word, power in unit.words
    )


@functools.lru_cache(maxsize=4096)
def _measure(word: str) -> Measure:
    stem = _stem(word)
    if word == _FREE:
        return Measure(None, ())
    if word in _MONEYS or stem == "cent":
        return Measure(1.0, ((stem, Fraction(1)),))
    if stem in _NOUNS or word == _ANY_COUNT:
        return Measure(1.0, ((f"#{stem}", Fraction(1)),))
    found = _of_pint(word) or (_of_pint(word.lower()) if len(word) > 1 else None)
    return found or Measure(1.0, ((f"#{stem}", Fraction(1)),))


def _of_pint(word: str) -> Measure | None:
    """Ask pint what a word measures; ``None`` where it knows none that is likely to be meant."""
    registry = _registry()
    if len(word) == 1 and word not in _LETTERS:
        return None
    candidates = registry.parse_unit_name(word)
    if not candidates:
        return None
    prefix, name, _ = candidates[0]
    is_symbol = prefix and not word.lower().startswith(prefix)
    if is_symbol and word.islower() and word not in _SYMBOLS:
        return None
    try:
        factor, units = registry.get_root_units(prefix + name)
    except Exception:  # a unit with an offset or a logarithm: a base of its own
        return None
    # An American ton is not a metric one, and a text does not say which is meant.
    scale = None if name == "ton" else float(factor)
    bases = tuple((base, Fraction(power)) for base, power in units._units.items())
    return Measure(scale, bases)


@functools.cache
def _registry() -> Any:
    try:
        import pint
    except ImportError:
        raise MissingExtra("pint", "units") from None
    return pint.UnitRegistry()
