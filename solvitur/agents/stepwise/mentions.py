"""Which of the known names a piece of text speaks of, told by the words they are made of."""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset("ai")
_GENERIC_WORDS = (
    "a amount an and available by each for from in number of on or per required requirement score "
    "the to total unit use used value"
)
"""Words in the name of a row that tell nothing of what it is about."""
_ENDING = re.compile(r"(?<=\w\w)(?:s?es?|s)\Z")
_LAST = {"y": "i", "v": "f"}
"""Last letters that an ending changes: "party" and "parties", "shelf" and "shelves"."""
_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child"}
_LIKE = 6
"""Words that share that many first letters are forms of one: "prepare" and "preparation"."""
_STEM = 4
"""So are words of which one begins with the other, when that has as many letters: "seat"."""


@dataclass(frozen=True)
class Mentions:
    """Finds the names of decisions and of rows in a text.

    Example:
        >>> names = Mentions(("small_boxes", "large_boxes"), ("masks", "cost"))
        >>> names.decisions_in("a large box after a small box")
        ('large_boxes', 'small_boxes')
        >>> names.decisions_in("boxes"), names.is_of_all("boxes")
        ((), True)
        >>> names.rows_in("25 masks")
        ('masks',)
    """

    decisions: tuple[str, ...]
    rows: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """Other words for a decision, each with the decision."""
    actor: str = ""
    """Who decides: "the grain dealer" speaks of no "grain trucks"."""

    def decisions_in(self, text: str) -> tuple[str, ...]:
        """Give the decisions that are spoken of, in the order of their first words."""
        return tuple(dict.fromkeys(name for _, name in self.places(text)))

    def is_full(self, name: str, text: str) -> bool:
        """Whether every word in the name of a decision is spoken."""
        return self._words[name] <= {word for _, word in _spoken(text)}

    def told_apart(self, text: str) -> tuple[str, ...]:
        """Give the decisions spoken of, but for the "boats" that one of "rowing boats" may be."""
        spoken = {word for _, word in _spoken(text)}
        return tuple(
            name
            for name in self.decisions_in(text)
            if len(self._words[name]) == 1 or spoken & self._words[name] != {stems(name)[-1]}
        )

    def places(self, text: str) -> list[tuple[int, str]]:
        """Give every place where a decision is spoken of, with its name."""
        hidden = [match.span() for match in self._actors.finditer(text)] if self.actor else []
        return [
            (place, name)
            for place, word in _spoken(text)
            for name, own in self._own.items()
            if word in own and not any(start <= place < end for start, end in hidden)
        ]

    @cached_property
    def _actors(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:the|an?) {re.escape(self.actor)}\b", re.IGNORECASE)

    def rows_in(self, text: str) -> tuple[str, ...]:
        """Give the rows that are spoken of; by words of their own, if any are."""
        spoken = [word for _, word in _spoken(text)]
        by_own = self._rows_with(spoken, self._own_of_rows)
        return by_own or self._rows_with(spoken, self._of_rows)

    def _rows_with(
        self, spoken: Sequence[str], words: Mapping[str, frozenset[str]]
    ) -> tuple[str, ...]:
        return tuple(
            row
            for row in self.rows
            if any(_alike(word, own) for word in spoken for own in words[row])
        )

    def is_of_all(self, text: str) -> bool:
        """Whether a word is spoken that all decisions share, and none that tells them apart."""
        spoken = {word for _, word in _spoken(text)}
        return bool(spoken & self._shared) and not self.decisions_in(text)

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(stems(name)) for name in self.decisions}

    @cached_property
    def _shared(self) -> frozenset[str]:
        words = list(self._words.values())
        return frozenset[str].intersection(*words) if len(words) > 1 else frozenset()

    @cached_property
    def _own(self) -> dict[str, frozenset[str]]:
        """Give the words that no other decision has in its name."""
        own = {name: own - {"of", "and"} for name, own in _distinct(self._words).items()}
        for word, name in self.aliases:
            own[name] |= {word}
        return own

    @cached_property
    def _of_rows(self) -> dict[str, frozenset[str]]:
        return {row: frozenset(stems(row)) - _GENERIC for row in self.rows}

    @cached_property
    def _own_of_rows(self) -> dict[str, frozenset[str]]:
        return _distinct(self._of_rows)


def _distinct(words: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Leave each name the words that no other has."""
    return {
        name: own.difference(*(each for other, each in words.items() if other != name))
        for name, own in words.items()
    }


def is_empty_word(name: str) -> bool:
    """Whether the name of a row tells nothing of what it is about: "units", "required_amount"."""
    return not frozenset(stems(name)) - _GENERIC


def stems(text: str) -> tuple[str, ...]:
    """Give what is left of each word in singular and plural alike.

    Example:
        >>> stems("horse and horses, atlas and atlases, party and parties")
        ('hor', 'and', 'hor', 'atla', 'and', 'atla', 'parti', 'and', 'parti')
    """
    return tuple(_stem(word) for word in _WORD.findall(text.lower()))


@functools.lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    stem = _ENDING.sub("", _IRREGULAR.get(word, word))
    return stem[:-1] + _LAST.get(stem[-1], stem[-1])


def _spoken(text: str) -> Iterable[tuple[int, str]]:
    """Give the words with their places; the A of "feed A", but no article."""
    for match in _WORD.finditer(text):
        word = match[0]
        is_article = word.lower() in _ARTICLES and (word.islower() or match.start() == 0)
        if not is_article:
            yield match.start(), _stem(word.lower())


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    is_form = len(short) >= _LIKE and short[:_LIKE] == long[:_LIKE]
    return one == other or is_form or (len(short) >= _STEM and long.startswith(short))


_GENERIC = frozenset(stems(_GENERIC_WORDS))
