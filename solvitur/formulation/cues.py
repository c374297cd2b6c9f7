"""Which way a number of the text limits something: "at most 20" is a ceiling, "needs 20" a floor.

The words around a number are read against two short lists, one of words that leave no doubt and
one of words that only lean one way. No language model is asked; what is read here narrows what a
model may answer and convicts a formulation that turned a relation round.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from solvitur.formulation.elements import Sense
from solvitur.formulation.quantities import Kind, Quantity, quantities, sentences

_NEGATED = r"(?:not|n't|cannot|never|without|nor)"


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


_PLAIN_WORDS = (
    (
        "<=",
        _words(
            "at most",
            "no more than",
            "not more than",
            "maximum",
            "max",
            "up to",
            "no greater than",
            "not be (?:more|greater|larger|higher) than",
            "limited to",
            "limit of",
            "upper limit",
            "less than or equal",
            "within",
            "no longer than",
            rf"{_NEGATED} (?:\w+ )?(?:exceed|exceeding|surpass)",
        ),
    ),
    (
        ">=",
        _words(
            "at least",
            "minimum",
            "no less than",
            "no fewer than",
            "not less than",
            "not fewer than",
            "greater than or equal",
            "not be (?:less|fewer|lower) than",
            "lower limit",
        ),
    ),
    ("<=", _words("less than", "fewer than", "under", "below", "smaller than", "lower than")),
    (">=", _words("more than", "greater than", "exceeds?", "above", "larger than")),
)
_AFTER = re.compile(
    r"\W{0,3}(?:\w+\W{1,3}){0,4}?"
    r"(?P<down>at most|maximum|or less|or fewer|available|in stock)|"
    r"\W{0,3}(?:\w+\W{1,3}){0,4}?(?P<up>at least|minimum|or more)",
    re.IGNORECASE,
)
_LEANING_WORDS = (
    (
        "<=",
        _words(
            "available",
            "has",
            "have",
            "had",
            "budget",
            "capacity",
            "there (?:are|is)",
            r"can (?:\w+ )?(?:use|make|produce|hold|store|carry|sell|run|spend|supply)",
            "supply of",
            "limit",
            "stock",
            "only",
        ),
    ),
    (
        ">=",
        _words(
            "must",
            "has to",
            "have to",
            "demand",
            "wants?",
            "orders?",
            "contract",
            "target",
            "get",
            "receive",
            "deliver",
        ),
    ),
)
_MAXIMIZE = re.compile(r"maximi[sz]", re.IGNORECASE)
_MINIMIZE = re.compile(r"minimi[sz]", re.IGNORECASE)
_REACH = 90
"""How many characters before a number are looked at: a clause, not a paragraph."""


@dataclass(frozen=True)
class Cue:
    """What the words around a number say: ``<=`` or ``>=``, and whether they leave no doubt."""

    relation: str
    is_plain: bool


@dataclass(frozen=True)
class Reading:
    """A problem's text with its sentences and numbers found once.

    Example:
        >>> reading = Reading("Use at most 20 kg. You must work 7 hours.")
        >>> [reading.cue(number) for number in reading.numbers]
        [Cue(relation='<=', is_plain=True), Cue(relation='>=', is_plain=False)]
    """

    text: str

    @cached_property
    def _found(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        """The numbers that are data: no labels such as "plant 2", no "one of them"."""
        return tuple(n for n in self._found if n.kind not in (Kind.LABEL, Kind.WEAK))

    @property
    def has_numbers(self) -> bool:
        """Whether there is any number at all, even a label."""
        return bool(self._found)

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence starts and ends."""
        return sentences(self.text)

    def sentence(self, place: int) -> tuple[int, int]:
        """Give the start and end of the sentence at a place of the text."""
        return next(
            ((start, end) for start, end in self.spans if start <= place < end),
            (0, len(self.text)),
        )

    def cue(self, number: Quantity) -> Cue | None:
        """Read which way a number limits, or ``None`` when no word says.

        The nearest plain word decides. A number later in a list, "at least 400 g of A and 50 g
        of B", takes over the word of the list, but without certainty.
        """
        start, end = self.sentence(number.start)
        before = self.text[start : number.start]
        earlier = [match.end() for match in re.finditer(r"\d", before)]
        near = before[earlier[-1] :] if earlier else before
        following = re.split(r"\d|,|\band\b|\bbut\b", self.text[number.end : end], maxsplit=1)[0]
        found = _nearest(_PLAIN_WORDS, near) or _after(following)
        if found:
            return Cue(found, is_plain=True)
        found = _nearest(_LEANING_WORDS, near)
        if found is None and earlier:
            found = _nearest(_PLAIN_WORDS, before) or _nearest(_LEANING_WORDS, before)
        return Cue(found, is_plain=False) if found else None

    def is_joint(self, number: Quantity) -> bool:
        """Whether it is said of everything together: "a total of 50", "475 of either kind"."""
        start, end = self.sentence(number.start)
        before = self.text[max(start, number.start - 40) : number.start]
        after = self.text[number.end : min(end, number.end + 40)]
        return bool(_JOINT_BEFORE.search(before) or _JOINT_AFTER.match(after))

    def is_each(self, number: Quantity) -> bool:
        """Whether it is said of one unit: "15 per chair", "each takes 3 hours"."""
        start, end = self.sentence(number.start)
        before = self.text[max(start, number.start - 50) : number.start]
        after = self.text[number.end : min(end, number.end + 30)]
        return bool(_EACH.search(before) or _EACH.search(after))

    def is_money(self, number: Quantity) -> bool:
        """Whether a currency stands beside it."""
        before, after = self.text[: number.start][-2:], self.text[number.end :][:12]
        return bool(re.search(r"[$€£¥]\s?$", before) or _CURRENCY.match(after))

    def sense(self) -> Sense | None:
        """Read the goal's direction from "maximize" or "minimize", if only one occurs."""
        up, down = _MAXIMIZE.search(self.text), _MINIMIZE.search(self.text)
        if bool(up) == bool(down):
            return None
        return Sense.maximize if up else Sense.minimize

    def comparisons(self) -> Iterator[str]:
        """Give the clauses that compare without a number: "more chairs than tables"."""
        for start, end in self.spans:
            place = start
            for clause in re.split(r"(?<=[,;])\s", self.text[start:end]):
                stop = place + len(clause)
                holds_number = any(place <= n.start < stop for n in self.numbers)
                if not holds_number and _COMPARISON.search(clause):
                    yield clause.strip(" ,.;")
                place = stop + 1


_JOINT_BEFORE = re.compile(
    r"\b(?:total|combined|altogether|together|in all)\b[^,;.\d]{0,25}$", re.IGNORECASE
)
_JOINT_AFTER = re.compile(
    r"[^,;.\d]{0,30}\b(?:of either|either (?:type|kind)|in total|total|altogether|combined)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(?:per|each|every|apiece)\b", re.IGNORECASE)
_CURRENCY = re.compile(
    r"\s?(?:[$€£¥]|dollars?\b|euros?\b|pounds?\b|cents?\b|USD\b|EUR\b)", re.IGNORECASE
)
_COMPARISON = re.compile(
    r"\b(?:more|less|fewer|greater|larger|smaller|higher|lower)\b.{0,60}\bthan\b"
    r"|\bexceed|\b(?:equal|same) (?:number|amount)|\bas (?:many|much)\b.{0,40}\bas\b",
    re.IGNORECASE,
)


def _nearest(words: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    best: tuple[int, int, str] | None = None
    for rank, (relation, pattern) in enumerate(words):
        for match in pattern.finditer(text[-_REACH:]):
            # Of two that end at one place, "not more than" comes before "more than".
            candidate = (match.end(), -rank, relation)
            if best is None or candidate > best:
                best = candidate
    return best[2] if best else None


def _after(text: str) -> str | None:
    match = _AFTER.match(text[:_REACH])
    if match is None:
        return None
    return "<=" if match["down"] else ">="
