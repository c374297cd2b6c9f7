"""Two kinds of things that have a number for each pair, as the text speaks of them."""

import re
from collections.abc import Iterator
from functools import cached_property

from solvitur.agents.stepwise.grids import Grid
from solvitur.agents.stepwise.mentions import stems
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.numerals import words

EACH = re.compile(r"\b(?:each|every|any|no|a|an|one)\b", re.IGNORECASE)
"""What stands before one of a kind, of which then something is said of all."""
_NO_KIND = words(
    "the and for from with each are has have to into via or but per one than onto that between "
    "costs cost takes take needs need in of on at by as is"
)
COUNTED = re.compile(
    r" (?:(?:kinds|types|sorts) of (?P<sort>[a-z]+)|(?:[a-z-]+ )??(?P<noun>[a-z]+s))\b"
)
"""What follows on a number that counts things."""


class Kinds:
    """The names of both sides of a table, what each side is called, and where that is said.

    Args:
        reading: The text.
        grid: The table.
    """

    def __init__(self, reading: Reading, grid: Grid) -> None:
        self._reading = reading
        self._corner = grid.corner
        self.names = (grid.rows, grid.columns)

    @cached_property
    def side(self) -> dict[str, int]:
        """The side of each name: 0 for the rows of the table, 1 for its columns."""
        return {name: side for side, names in enumerate(self.names) for name in names}

    @cached_property
    def spoken(self) -> re.Pattern[str]:
        """Finds the names, the longest first; one letter is only meant as it is written."""
        written = sorted(self.side, key=len, reverse=True)
        parts = (
            re.escape(name) if len(name) < 3 else f"(?i:{re.escape(name)})s?" for name in written
        )
        return re.compile(rf"(?<![\w-])({'|'.join(parts)})(?![\w-])")

    def mentions(self, start: int, end: int) -> list[tuple[int, str]]:
        """Give the names that a part of the text speaks of, with their places."""
        by_fold = {name.casefold(): name for name in self.side}
        found = []
        for match in self.spoken.finditer(self._reading.text, start, end):
            word = match[0].casefold()
            found.append((match.start(), by_fold.get(word) or by_fold[word.removesuffix("s")]))
        return found

    @cached_property
    def called(self) -> tuple[str, str]:
        """What each side is called: by "two depots", "depot A", or what heads the table."""
        found: list[str] = ["", ""]
        for side, nouns in enumerate(self._nouns):
            for noun in sorted(nouns, key=lambda noun: not noun.endswith("s")):
                if stems(noun) not in [stems(other) for other in found]:
                    found[side] = noun if noun.endswith("s") else f"{noun}s"
                    break
        return found[0] or "origins", found[1] or "destinations"

    @cached_property
    def _nouns(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        text = self._reading.text
        found: tuple[list[str], list[str]] = ([], [])
        for side, names in enumerate(self.names):
            for name in names:
                before = re.compile(rf"\b([a-z]{{3,}}) {re.escape(name)}(?![\w-])")
                found[side].extend(m[1] for m in before.finditer(text) if m[1] not in _NO_KIND)
        counted = [
            (number, match["sort"] or match["noun"])
            for number in self._reading.all_numbers
            if (match := COUNTED.match(text, number.end))
        ]
        sizes = [len(names) for names in self.names]
        for number, noun in counted:
            sides = [side for side in (0, 1) if number.value == sizes[side]]
            if len(sides) == 2:
                sides = [side for side in sides if not found[side]][:1]
            for side in sides:
                if noun not in found[1 - side]:
                    found[side].append(noun)
        corner = re.split(r"\s*[\\/|]\s*|\s+(?:to|by|and)\s+", self._corner.strip().lower())
        for side, noun in enumerate(corner[:2]):
            if re.fullmatch(r"[a-z]{3,}", noun) and noun not in _NO_KIND:
                found[side].append(noun)
        return tuple(found[0]), tuple(found[1])

    def within(self, text: str) -> list[int]:
        """Give the sides whose kind a text speaks of."""
        spoken = set(stems(text))
        return [side for side in (0, 1) if any(spoken & set(stems(n)) for n in self._nouns[side])]

    def each(self, text: str) -> Iterator[int]:
        """Give the sides that something is said of each of."""
        for match in EACH.finditer(text):
            kinds = self.within(" ".join(text[match.end() :].split()[:2]))
            if len(kinds) == 1:
                yield kinds[0]

    def meant(self, text: str) -> list[int]:
        """Give the sides that a sentence is about: the one that it says "each" of, or all named."""
        each = next(self.each(text), None)
        return self.within(text) if each is None else [each]
