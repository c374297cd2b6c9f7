"""The words around a number that can be about it: its clause, its part of a sentence."""

import re
from dataclasses import dataclass
from functools import cached_property

from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity

FACTORS = (Kind.PERCENT, Kind.FRACTION, Kind.MULTIPLE)
"""Kinds of numbers that multiply."""
NEAR = 40
"""Characters around a number that speak of it."""

_EXACT = re.compile(r"\b(?:exactly|equal|equals|precisely)\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"\b(?:at (?:the )?(?:very )?(?:least|most)|than|exceed|exactly|equal to|up to|limited to|only"
    r"|max\w*(?: of)?|min\w*(?: of)?|must be|should be|has to be|have to be)(?: \w+){0,2}\s*\Z",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[,;.\d]|\b(?:and|but|from|which|because|due|since|so|while|whereas|where|when)\b"
)
_CLAUSE_START = re.compile(r".*(?:[,;:.]|\band\b|\bbut\b)", re.DOTALL)
_COMMA = re.compile(r"[,;.]")


@dataclass(frozen=True)
class Around:
    """Gives the words around the numbers of a text."""

    reading: Reading

    def before(self, number: Quantity, most: int | None = None) -> str:
        """Give the words of the sentence before a number, or the last characters of them."""
        start, _ = self.reading.sentence(number.start)
        start = start if most is None else max(start, number.start - most)
        return self.reading.text[start : number.start]

    def phrase(self, number: Quantity) -> str:
        """Give the words after a number that speak of it."""
        _, end = self.reading.sentence(number.start)
        return _CLAUSE_END.split(self.reading.text[number.end : end], maxsplit=1)[0]

    def clause(self, number: Quantity) -> tuple[str, int]:
        """Give the words between the commas around a number, and where it stands in them."""
        start, end = self.reading.sentence(number.start)
        head = _CLAUSE_START.match(self.reading.text, start, number.start)
        tail = _COMMA.search(self.reading.text, number.end, end)
        start = head.end() if head else start
        return self.reading.text[start : tail.start() if tail else end], number.start - start

    def reach(self, number: Quantity) -> tuple[int, int]:
        """Give the part of the sentence between the limits before and after a number."""
        start, end = self.reading.sentence(number.start)
        others = [n for n in self._bounds if start <= n.start < end]
        before = [n.end for n in others if n.end <= number.start]
        after = [n.start for n in others if n.start >= number.end]
        start, end = max(before, default=start), min(after, default=end)
        following = _CLAUSE_END.search(self.reading.text, number.end, end) if after else None
        return start, following.start() if following else end

    def segment(self, number: Quantity) -> str:
        """Give the words of that part."""
        start, end = self.reach(number)
        return self.reading.text[start:end]

    def is_bound(self, number: Quantity) -> bool:
        """Whether words make it what something is limited by."""
        return number in self._bound

    def is_exact(self, number: Quantity) -> bool:
        """Whether it is said to be hit exactly."""
        return _EXACT.search(self.before(number, NEAR)) is not None

    @cached_property
    def _bounds(self) -> tuple[Quantity, ...]:
        return tuple(number for number in self.reading.numbers if self._limits(number))

    @cached_property
    def _bound(self) -> frozenset[Quantity]:
        return frozenset(self._bounds)

    def _limits(self, number: Quantity) -> bool:
        if number.kind in FACTORS:
            return bool(_BESIDE.search(self.before(number))) and is_limit(self.reading, number)
        return is_limit(self.reading, number) or self.is_exact(number)


def is_limit(reading: Reading, number: Quantity) -> bool:
    """Whether plain words make it a limit, so that it cannot be an entry of the table."""
    cue = reading.cue(number)
    return cue is not None and cue.is_plain
