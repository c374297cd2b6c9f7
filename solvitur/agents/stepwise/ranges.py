"""Numbers that stand as the two ends of a range: "between 10 and 40", "X (0 to 700)"."""

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solvitur.agents.stepwise.mentions import Mentions
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity

_OPENS = re.compile(r"(?:\bbetween|\branges?(?: from| of)?|\branging from|[\[(])\s*[$€£]?\Z", re.I)
_NEAR = 24
"""Characters before a number that can open a range."""
_JOINS = re.compile(r"[^\S\n]*(?:[^\W\d]+ )?(?:to|and|-|\u2013|,)[^\S\n]*[$€£]?", re.IGNORECASE)


@dataclass(frozen=True)
class Range:
    """Two ends of a range, and the decision that it is about, where the words say which."""

    low: Quantity
    high: Quantity
    name: str | None


def ranges(reading: Reading, mentions: Mentions) -> list[Range]:
    """Find the ranges that a text gives for single decisions.

    Example:
        >>> reading = Reading("X (0 to 70) and Y (5 to 40) are made.")
        >>> [(r.low.text, r.high.text, r.name) for r in ranges(reading, Mentions(("x", "y")))]
        [('0', '70', 'x'), ('5', '40', 'y')]
    """
    found = []
    starts = [number.start for number in reading.numbers]
    for start, end in reading.spans:
        numbers = reading.numbers[bisect_left(starts, start) : bisect_left(starts, end)]
        pairs = list(_pairs(reading.text, start, numbers))
        text = reading.text[start:end]
        places = mentions.places(text)
        named = tuple(dict.fromkeys(name for _, name in places))
        is_matched = "respectively" in text and len(pairs) == len(named)
        for place, (low, high) in enumerate(pairs):
            at = bisect_left(places, (low.start - start, ""))
            near = places[at - 1][1] if at else None
            found.append(Range(low, high, named[place] if is_matched else near))
    return found


def _pairs(
    text: str, start: int, numbers: Sequence[Quantity]
) -> Iterator[tuple[Quantity, Quantity]]:
    for low, high in itertools.pairwise(numbers):
        joined = _JOINS.fullmatch(text, low.end, high.start)
        is_plain = low.kind is high.kind is Kind.PLAIN and low.value <= high.value
        if joined and is_plain and _OPENS.search(text, max(start, low.start - _NEAR), low.start):
            yield low, high
