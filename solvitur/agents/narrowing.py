"""What a number of the text can be about, as far as its words tell; no model is asked.

The fewer answers a grammar leaves to a small model, the fewer wrong ones it can give. Where the
words do not narrow anything down, everything stays possible.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from solvitur.agents.sketch import TOTAL, Goal, Row
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity

_FACTORS = (Kind.PERCENT, Kind.FRACTION, Kind.MULTIPLE)
_EXACT = re.compile(r"\b(exactly|equal|equals|precisely)\b", re.IGNORECASE)
_DIFFERENCE = re.compile(r"(more|fewer|less|greater|larger|smaller|higher|lower)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(each|both)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;.\d]|\band\b|\bbut\b")
_NEAR = 40
"""Characters around a number that speak of it."""


class Form(StrEnum):
    """How a number stands in its limit."""

    plain = "plain"
    """``name <= number``"""
    difference = "difference"
    """``name <= number`` or ``name <= name + number``"""
    factor = "factor"
    """``name <= number * name``"""


@dataclass(frozen=True)
class Choices:
    """What the limit of one number may still be."""

    number: Quantity
    left: tuple[str, ...]
    relations: tuple[str, ...]
    form: Form
    right: tuple[str, ...]
    """Names that may stand beside the number."""
    is_twofold: bool
    """Whether one sentence limits two things alike: "each at most 90"."""
    may_be_none: bool
    """Whether the number may be no limit at all."""


@dataclass(frozen=True)
class Known:
    """What the steps before have settled."""

    reading: Reading
    decisions: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a goal or a limit may use."""
        return (*self.decisions, *(row.name for row in self.rows), TOTAL)

    def left_over(self) -> list[Quantity]:
        """Give the numbers that the table does not hold; each entry of it takes one away."""
        free = [n for n in self.reading.numbers if not self._counts_decisions(n)]
        for row in self.rows:
            for value in row.values.values():
                fitting = [number for number in free if value in number.readings]
                if fitting:
                    free.remove(min(fitting, key=lambda n: (is_limit(self.reading, n), n.start)))
        return free

    def unplaced(self) -> list[Quantity]:
        """Give the numbers that are in no table yet and that no word marks as a limit."""
        return [
            number
            for number in self.left_over()
            if number.kind is Kind.PLAIN and self.reading.cue(number) is None
        ]

    def limits(self) -> list[Quantity]:
        """Give the numbers to ask a limit for: left over, and not said of a single unit."""
        return [
            number
            for number in self.left_over()
            if self.reading.cue(number)
            or not (number.kind is Kind.PLAIN and self.reading.is_each(number))
        ]

    def choices(self, number: Quantity, goal: Goal) -> Choices:
        """Narrow down what the limit of a number can be."""
        cue = self.reading.cue(number)
        exact = ("==",) if _EXACT.search(self._before(number)[-_NEAR:]) else ()
        return Choices(
            number=number,
            left=self._left(number, goal),
            relations=(cue.relation,) if cue else ("<=", ">=", *exact),
            form=self._form(number),
            right=self._right(number),
            is_twofold=self._is_twofold(number),
            may_be_none=not (cue and cue.is_plain),
        )

    def _left(self, number: Quantity, goal: Goal) -> tuple[str, ...]:
        """Money limits money, a total no single decision; nobody caps what is to be maximized."""
        fitting: tuple[str, ...] = self.names
        if number.kind is Kind.PLAIN and self.reading.is_money(number):
            fitting = self._money_rows() or fitting
        elif number.kind is Kind.PLAIN and self._is_joint(number) and not self._is_twofold(number):
            fitting = tuple(name for name in fitting if name not in self.decisions)
        cue = self.reading.cue(number)
        capped = {Sense.maximize: "<=", Sense.minimize: ">="}[goal.sense]
        if cue and cue.relation == capped and len(goal.terms) == 1:
            goal_name = goal.terms[0][1]
            fitting = tuple(name for name in fitting if name != goal_name) or fitting
        return fitting

    def _form(self, number: Quantity) -> Form:
        if number.kind in _FACTORS:
            return Form.factor
        near = self._before(number)[-_NEAR:] + self.reading.text[number.end :][:20]
        return Form.difference if _DIFFERENCE.search(near) else Form.plain

    def _right(self, number: Quantity) -> tuple[str, ...]:
        """A share is one of everything together, unless its words name a single decision."""
        if number.kind not in (Kind.PERCENT, Kind.FRACTION):
            return self.names
        following = " ".join(self.reading.text[number.end :].split()[:5])
        if _stems(following) & self._telling():
            return self.names
        return tuple(name for name in self.names if name not in self.decisions)

    def _money_rows(self) -> tuple[str, ...]:
        """Give the rows whose numbers stand in the text as money."""
        money = {n.value for n in self.reading.numbers if self.reading.is_money(n)}
        return tuple(
            row.name for row in self.rows if {v for v in row.values.values() if v} <= money
        )

    def _is_joint(self, number: Quantity) -> bool:
        """Whether a number is said of all decisions: outright, or as "pills" is of all pills."""
        if self.reading.is_joint(number):
            return True
        _, end = self.reading.sentence(number.start)
        phrase = _CLAUSE_END.split(self.reading.text[number.end : end], maxsplit=1)[0]
        spoken = _stems(phrase)
        return bool(spoken & self._shared()) and not spoken & self._telling()

    def _is_twofold(self, number: Quantity) -> bool:
        """Whether it limits two things alike: "vans and bikes may each make at most 90 trips"."""
        near = self._before(number)[-60:]
        return self.reading.cue(number) is not None and _EACH.search(near) is not None

    def _words(self) -> list[frozenset[str]]:
        return [_stems(name.replace("_", " ")) for name in self.decisions]

    def _shared(self) -> frozenset[str]:
        """Give the words that all decisions have in their names."""
        words = self._words()
        return frozenset[str].intersection(*words) if len(words) > 1 else frozenset()

    def _telling(self) -> frozenset[str]:
        """Give the words that tell one decision from another."""
        return frozenset[str]().union(*self._words()) - self._shared()

    def _before(self, number: Quantity) -> str:
        start, _ = self.reading.sentence(number.start)
        return self.reading.text[start : number.start]

    def _counts_decisions(self, number: Quantity) -> bool:
        """Whether it is the "two" of "two kinds of printers"."""
        is_word = number.text.isalpha() and number.kind is Kind.PLAIN
        return is_word and number.value == len(self.decisions)


def is_limit(reading: Reading, number: Quantity) -> bool:
    """Whether plain words make it a limit, so that it cannot be an entry of the table."""
    cue = reading.cue(number)
    return cue is not None and cue.is_plain


def _stems(text: str) -> frozenset[str]:
    """Give the words of a text without a plural's s."""
    return frozenset(word.removesuffix("s") for word in re.findall(r"[a-z]+", text.lower()))
