"""The words around a number that can be about it: its clause, its part of a sentence."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity

FACTORS = (Kind.PERCENT, Kind.FRACTION, Kind.MULTIPLE)
"""Kinds of numbers that multiply."""
NEAR = 40
"""Characters around a number that speak of it."""
_FAR = 500
"""Characters around a number that can speak of it, however long its sentence is."""

_EXACT = re.compile(r"\b(?:exactly|equal|equals|precisely)\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"\b(?:at (?:the )?(?:very )?(?:least|most)|than|exceed|exactly|equal to|up to|limited to|only"
    r"|max\w*(?: of)?|min\w*(?: of)?|must be|should be|has to be|have to be)(?: \w+){0,2}\s*\Z",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[,;.\d]|\b(?:and|but|from|which|because|due|since|so|considering|given|owing|while|whereas"
    r"|where|when)\b"
)
_CLAUSE_START = re.compile(r".*(?:[,;:.]|\band\b|\bbut\b)", re.DOTALL)
_GOES_ON = re.compile(
    r"(?: [^\W\d]+)?,? (?:and |while |whereas )?for [^,;.\d]{1,40}? (?:it'?s|it is|is) [\s\\$€£]*",
    re.IGNORECASE,
)
_LONGEST_LIST = 12
_STOP = re.compile(r"[,;.]|\b(?:because|so that)\b")
_PART_END = re.compile(
    r"\s*(?:[,;:]\s*(?:(?:and|but|or|while)\b\s*)?"
    r"|\b(?:and|but|or|while|(?:on|of|from|in) which)\b\s*)"
)


@dataclass(frozen=True)
class Around:
    """Gives the words around the numbers of a text."""

    reading: Reading

    def sentence(self, number: Quantity) -> tuple[int, int]:
        """Give the sentence of a number, or what of a very long one is near it."""
        start, end = self.reading.sentence(number.start)
        return max(start, number.start - _FAR), min(end, number.end + _FAR)

    def said(self, number: Quantity) -> str:
        """Give the words of that sentence."""
        start, end = self.sentence(number)
        return self.reading.text[start:end]

    def before(self, number: Quantity, most: int = _FAR) -> str:
        """Give the words of the sentence before a number, or the last characters of them."""
        start, _ = self.sentence(number)
        return self.reading.text[max(start, number.start - most) : number.start]

    def phrase(self, number: Quantity) -> str:
        """Give the words after a number that speak of it."""
        _, end = self.sentence(number)
        return _CLAUSE_END.split(self.reading.text[number.end : end], maxsplit=1)[0]

    def clause(self, number: Quantity) -> tuple[str, int]:
        """Give the words between the commas around a number, and where it stands in them."""
        start, end = self.sentence(number)
        head = _CLAUSE_START.match(self.reading.text, start, number.start)
        tail = _STOP.search(self.reading.text, number.end, end)
        start = head.end() if head else start
        return self.reading.text[start : tail.start() if tail else end], number.start - start

    def reach(self, number: Quantity) -> tuple[int, int]:
        """Give the part of the sentence between the limits before and after a number."""
        start, end = self.sentence(number)
        at = bisect_left(self._bound_starts, number.start)
        if at and self._bounds[at - 1].start >= start:
            start = self._bounds[at - 1].end
        at = bisect_left(self._bound_starts, number.end)
        if at == len(self._bounds) or self._bounds[at].start >= end:
            return start, end
        end = self._bounds[at].start
        following = _CLAUSE_END.search(self.reading.text, number.end, end)
        return start, following.start() if following else end

    def part(self, number: Quantity, others: Sequence[Quantity]) -> str:
        """Give the words that say something of one number: its sentence, less what is of others.

        Example:
            >>> reading = Reading("Make at least 5 chairs and at most 9 desks.")
            >>> five, nine = reading.numbers
            >>> Around(reading).part(nine, (five, nine))
            'at most 9 desks'
        """
        text, (start, end) = self.reading.text, self.sentence(number)
        before = bisect_left(others, number.start, key=_start) - 1
        after = bisect_right(others, number.start, key=_start)
        if before >= 0 and others[before].start >= start:
            found = _PART_END.search(text, others[before].end, number.start)
            start = found.end() if found else start
        if after < len(others) and others[after].start < end:
            breaks = list(_PART_END.finditer(text, number.end, others[after].start))
            end = breaks[-1].start() if breaks else end
        return " ".join(text[start:end].split()).rstrip(" .;,")

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
    def _bound_starts(self) -> list[int]:
        return [number.start for number in self._bounds]

    @cached_property
    def _bound(self) -> frozenset[Quantity]:
        return frozenset(self._bounds)

    def _limits(self, number: Quantity) -> bool:
        if number.kind in FACTORS:
            return bool(_BESIDE.search(self.before(number))) and is_limit(self.reading, number)
        return is_limit(self.reading, number) or self.is_exact(number)


def is_limit(reading: Reading, number: Quantity) -> bool:
    """Whether plain words make it a limit, so that it cannot be an entry of the table.

    They count for the rest of a list too: "at least 5 for X, for Y it is 7".
    """
    at = bisect_left(reading.numbers, number.start, key=_start)
    start, _ = reading.sentence(number.start)
    for place in range(at, max(-1, at - _LONGEST_LIST), -1):
        cue = reading.cue(number)
        if cue is None or cue.is_plain:
            return cue is not None
        earlier = reading.numbers[place - 1] if place else None
        if not earlier or earlier.start < start:
            return False
        if not _GOES_ON.fullmatch(reading.text, earlier.end, number.start):
            return False
        number = earlier
    return False


def _start(number: Quantity) -> int:
    return number.start
