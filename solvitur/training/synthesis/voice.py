"""How one text writes its numbers: the same way throughout, with now and then a word for one."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import fraction, in_words, plural

_SIGNS = ("$", "$", "$", "€", "£", " dollars", " euros")
_FRACTIONS = (Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(1, 4), Fraction(3, 4))
_PERCENTS = tuple(Fraction(percent, 100) for percent in range(5, 100, 5))
SHARES = tuple(sorted({*_FRACTIONS, *_PERCENTS}))


class Voice:
    """Writes numbers, amounts, money and shares.

    Example:
        >>> voice = Voice(Draw("1"), set())
        >>> voice.amount(3, "plank"), voice.amount(1, "flour", "gram")
        ('3 planks', '1 gram of flour')
    """

    def __init__(self, draw: Draw, kinds: set[str]) -> None:
        self.draw = draw
        self.kinds = kinds
        self.sign = draw.one(_SIGNS)
        self.has_commas = draw.chance(0.6)
        self.words = draw.one((0.0, 0.0, 0.25, 0.6))
        """How often a small number is a word."""
        self.percent = draw.one(("%", "%", "%", " percent", " %", " per cent"))

    @property
    def currency(self) -> str:
        """The name of the money."""
        return {"$": "dollars", "€": "euros", "£": "pounds"}.get(self.sign, self.sign.strip())

    def digits(self, value: float) -> str:
        """Write in digits."""
        return f"{value:,}" if self.has_commas else f"{value}"

    def number(self, value: float) -> str:
        """Write a number that counts or measures."""
        is_small = value == int(value) and 2 <= value <= 12
        is_round = (
            value == int(value) and 20 <= value <= 900 and value % (10 ** len(f"{value}") / 10) == 0
        )
        if (is_small or is_round) and self.draw.chance(self.words if is_small else self.words / 4):
            self.kinds.add("number words")
            return in_words(int(value))
        return self.digits(value)

    def amount(self, value: float, name: str, unit: str = "") -> str:
        """Write how much of something, or how many."""
        if not unit:
            if value in (12, 24, 36) and self.draw.chance(0.25):
                self.kinds.add("dozens")
                dozens = "a dozen" if value == 12 else f"{in_words(int(value) // 12)} dozen"
                return f"{dozens} {plural(name)}"
            return f"{self.number(value)} {name if value == 1 else plural(name)}"
        return f"{self.size(value, unit)} of {name}"

    def size(self, value: float, unit: str = "") -> str:
        """Write a number and its unit."""
        if not unit:
            return self.number(value)
        return f"{self.number(value)} {unit if value == 1 else plural(unit)}"

    def sizes(self, unit: str) -> Callable[[float], str]:
        """Give a function that writes a number and a unit."""
        return partial(self.size, unit=unit)

    def money(self, value: float) -> str:
        """Write a sum of money."""
        written = self.digits(value) if value == int(value) else f"{value:,.2f}"
        if not self.has_commas:
            written = written.replace(",", "")
        if self.sign.startswith(" "):
            return f"{written}{self.sign[:-1] if value == 1 else self.sign}"
        return f"{self.sign}{written}"

    def share(self, share: Fraction) -> str:
        """Write a part of a whole."""
        is_percent = 100 % share.denominator == 0
        if share in _FRACTIONS and (not is_percent or self.draw.chance(0.4)):
            self.kinds.add("fractions")
            return fraction(share.numerator, share.denominator)
        self.kinds.add("percents")
        percent = int(share * 100)
        if self.draw.chance(self.words / 4) and self.percent.startswith(" p"):
            return f"{in_words(percent)}{self.percent}"
        return f"{percent}{self.percent}"
