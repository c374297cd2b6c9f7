"""What units measure, and how many of one are in another.

Pint is asked what a word measures, and only when two units differ in their words. A word that it
does not know (loaf, crew, USD) is a base of its own.
"""

import functools
import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from solvitur.errors import MissingExtra
from solvitur.formulation.units.text import Unit, stem_of, words

_MONEYS = frozenset({"USD", "EUR", "GBP", "cent"})
_ANY_COUNT = "item"
"""Stands for any counted thing: an item may be a loaf, but it is no money and no hour."""
_FREE = "%"
"""A number without dimension whose scale is not known: 30 as well as 0.3."""
_PERIODS = words("day quarter week month year yr")
_NOUNS = words(
    "bag bar bit bottl cabl cat chain circular cord cup cycl dog dot drop firkin hand hat jar "
    "kit line link mat mil nail pad pat perch pin pixel point pol pot puff quarter rod shak slug "
    "stack ston toe turn"
)
"""Stems of everyday words that pint takes for something else: a pin is no picoinch."""
_SYMBOLS = words("cl cm dl dm gb hl kb kcal kg kj kl km kn kpa mb mg ml mm ms nm ns ug um us")
"""Units of a prefix and a symbol, without capitals, that are meant as such."""
_LETTERS = frozenset("ghmslLtWJNVKd")


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
        >>> from solvitur.formulation.units.text import read_unit
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
    kept = (each for each in unit.words if each[1] != -1 or stem_of(each[0]) not in _PERIODS)
    return Unit(tuple(kept), unit.factor)


def _times(a: Unit, b: Unit, is_loose: bool) -> float | None:
    ratio = b / a
    if not ratio.words:
        return _rounded(ratio.factor)
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
        if not is_loose or _counts_below(a) or _counts_below(b):
            return None
    return 1.0 if is_free else _rounded(scale)


def _rounded(scale: float) -> float:
    return 1.0 if math.isclose(scale, 1.0, rel_tol=1e-6) else scale


def without_counts(unit: Unit) -> Unit:
    """Leave out the things that are counted: a column in EUR may be EUR for each crate.

    Raises:
        MissingExtra: Pint is not installed.

    Example:
        >>> from solvitur.formulation.units.text import read_unit
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
    stem = stem_of(word)
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
