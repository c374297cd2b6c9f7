"""Which way a number of the text limits something: "at most 20" is a ceiling, "needs 20" a floor.

The words around a number are read against two short lists, one of words that leave no doubt and
one of words that only lean one way. Of other languages than English only "at least" and "at most"
are known. No language model is asked; what is read here narrows what a
model may answer and convicts a formulation that turned a relation round.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from solvitur.formulation.elements import Sense
from solvitur.formulation.words.quantities import Kind, Quantity, quantities, sentences

_NOT = r"(?:not|\w+n['\u2019]t|cannot|never|without|nor|neither|no|nobody|no one|none|nothing)"
"""Also "no fund may hold more than 25 %": the denial may stand some words before what it denies."""
_GAP = r"(?: (?!(?:and|but|must|should|so|if|because|while)\b)[\w'\u2019%-]+){0,5}"
_DOWN = r"(?:less|fewer|lower|smaller|shorter|lighter|earlier) than"
_UP = r"(?:more|greater|larger|bigger|higher|longer|heavier|later) than"
_PROFIT = r"(?! (?:\w+ )?(?:profits?|revenues?|incomes?|returns?|earnings?|yields?|benefits?))"
_COST = r"(?! (?:\w+ )?(?:costs?|expenses?|expenditure|prices?|waste))"


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


_PLAIN_WORDS = (
    (
        "<=",
        _words(
            "at (?:the )?(?:very )?most",
            rf"max(?:imum|imal)?{_PROFIT}",
            r"(?<!add )(?<!adds )(?<!sum )(?<!sums )(?<!leading )up to",
            "limited to",
            "capped at",
            "(?<!lower )limit of",
            "upper limit(?: of)?",
            "h(?:ö|oe)chstens",
            "au (?:plus|maximum)",
            "(?:como|al|a lo|no) m(?:á|a)ximo",
            "al massimo",
            "less than or equal(?: to)?",
            rf"{_NOT}{_GAP} {_UP}",
            rf"{_NOT}(?: \w+)? (?:above|over|beyond)",
            rf"{_NOT}(?:,?{_GAP},?) (?:exceed|exceeding|exceeds|surpass)",
        ),
    ),
    (
        ">=",
        _words(
            "at (?:the )?(?:very )?least",
            rf"minim(?:um|al){_COST}",
            "greater than or equal(?: to)?",
            "more than or equal(?: to)?",
            rf"{_NOT}{_GAP} {_DOWN}",
            rf"{_NOT}(?: \w+)? (?:under|below)",
            "lower limit(?: of)?",
            "mindestens",
            "au (?:moins|minimum)",
            "(?:al|por lo|cuando) menos",
            "(?:como|al) m(?:í|i)nimo",
            "almeno",
        ),
    ),
    ("<=", _words(_DOWN)),
    (">=", _words(_UP, "exceeds?")),
)
_BESIDE = re.compile(
    r"(?<!\w)(?:(?P<down>within|under|below)|(?P<up>above))"
    r"(?: (?:an?|the|its|their|his|her|our|of|total|budget|limit|mark|daily|weekly|monthly))*"
    r"[\s$€£¥]*\Z",
    re.IGNORECASE,
)
"""Words that limit only a number beside them: not "under the contract it makes 5"."""
_LIST_OF_DENIALS = re.compile(
    rf"(?<!\w){_NOT}{_GAP} (?P<word>{_UP}|{_DOWN})"
    r"(?:(?!\b(?:and|but|must|should|needs?|requires?|wants?|so|while|if)\b)[^.;:])*"
    r"(?:,|\bn?or\b) ?(?:n?or )?(?P=word)[\s$€£¥]*\Z",
    re.IGNORECASE,
)
"""In "not more than 5 kg of A or more than 7 of B" the denial holds for the 7 as well."""
_DIFFERENCE = re.compile(rf"\s*(?:{_UP}|{_DOWN})\s*\Z", re.IGNORECASE)
"""Between two numbers, "5 more than twice": the first is a difference, neither is a limit."""
_EXACT = re.compile(
    r"\b(?:exactly|precisely|equals?|equal to|(?:add|adds|sum|sums) up to)(?: of)?[\s$€£¥]*\Z",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\bafter\s*\Z", re.IGNORECASE)
_MOMENT_AFTER = re.compile(r"\s*\w+ (?:after|before|later|earlier|ago)\b", re.IGNORECASE)
_AFTER = re.compile(
    r"\W{0,3}(?:\w+\W{1,3}){0,6}?(?:"
    r"(?P<down>at (?:the )?most|max(?:imum)?)|(?P<up>at (?:the )?least|minimum)|"
    r"(?P<less>or (?:less|fewer|below|under)|available|in stock)|"
    r"(?P<more>or (?:more|above|greater))"
    r")\b(?! than)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ORDERED = re.compile(
    r"[^\w\n]{0,3}(?:\w+[^\w\n]{1,3}){0,6}?(?:ordered|needed|required|promised|demanded)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(r"(?: (?:of|is|an?|the|total))*[\s$€£¥]*", re.IGNORECASE)
_BREAK = re.compile(r"[,;:]|\band\b|\bbut\b", re.IGNORECASE)
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
            r"(?:can|may|could) (?:be )?(?:\w+ )?(?:used?|make|made|produce|hold|store|carry|sell"
            r"|run|spend|spent|supply|deliver|ship|send|draw|take|buy|get|plant|afford|handle|fit)",
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
            "order(?:s|ed)?",
            "(?:has|have|had) (?:ordered|promised|agreed|(?:been )?asked)",
            "(?:asks?|asked) for",
            "promised",
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
_OPPOSITE = {"<=": ">=", ">=": "<="}
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
    def all_numbers(self) -> tuple[Quantity, ...]:
        """Every number, labels such as the 2 of "plant 2" and "one of them" included."""
        return self._found

    def all_numbers_in(self, start: int, end: int) -> tuple[Quantity, ...]:
        """Give those that start in a part of the text."""
        first, last = (bisect_left(self._number_starts, place) for place in (start, end))
        return self._found[first:last]

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence starts and ends."""
        return sentences(self.text)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self.spans]

    @cached_property
    def _number_starts(self) -> list[int]:
        return [found.start for found in self._found]

    def sentence(self, place: int) -> tuple[int, int]:
        """Give the start and end of the sentence at a place of the text."""
        at = bisect_right(self._sentence_starts, place) - 1
        is_inside = at >= 0 and place < self.spans[at][1]
        return self.spans[at] if is_inside else (0, len(self.text))

    def cue(self, number: Quantity) -> Cue | None:
        """Read which way a number limits, or ``None`` when no word says.

        The nearest plain word decides. A number later in a list, "at least 400 g of A and 50 g
        of B", takes over the word of the list, but without certainty.
        """
        around = self._around(number)
        plain = around.plain()
        relation = plain or around.leaning()
        return Cue(relation, is_plain=plain is not None) if relation else None

    def _around(self, number: Quantity) -> "_Around":
        start, end = self.sentence(number.start)
        at = bisect_left(self._number_starts, number.start)
        earlier = self._found[at - 1] if at > 0 and self._found[at - 1].start >= start else None
        at = bisect_left(self._number_starts, number.end)
        later = self._number_starts[at] if at < len(self._number_starts) else end
        return _Around(self.text, start, earlier, number, min(later, end), later < end)

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
        before = self.text[max(0, number.start - 2) : number.start]
        after = self.text[number.end : number.end + 12]
        return bool(re.search(r"[$€£¥]\s?$", before) or _CURRENCY.match(after))

    def sense(self) -> Sense | None:
        """Read the goal's direction from "maximize" or "minimize", if only one occurs."""
        up, down = _MAXIMIZE.search(self.text), _MINIMIZE.search(self.text)
        if bool(up) == bool(down):
            return None
        return Sense.maximize if up else Sense.minimize

    def comparisons(self) -> Iterator[str]:
        """Give the clauses that compare without a number: "more chairs than tables"."""
        starts = [number.start for number in self.numbers]
        for start, end in self.spans:
            place = start
            for clause in re.split(r"(?<=[,;])\s", self.text[start:end]):
                stop = place + len(clause)
                at = bisect_left(starts, place)
                holds_number = at < len(starts) and starts[at] < stop
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
    r"|\bexceed|\b(?:equal|same) (?:number|amount)"
    r"|\bas (?:many|much)\b.{0,40}\bas\b(?! possible| \w+ can)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Around:
    """The words of a sentence around one of its numbers."""

    text: str
    start: int
    """Where the sentence starts."""
    earlier: Quantity | None
    """The number before it in the sentence."""
    number: Quantity
    stop: int
    """Where the next number starts, or else where the sentence ends."""
    is_followed: bool
    """Whether there is a next number in the sentence."""

    @property
    def is_difference(self) -> bool:
        """Whether it is what "5 more than" is counted from."""
        words = self.earlier and _DIFFERENCE.fullmatch(self.text, self.since, self.number.start)
        return words is not None

    @property
    def since(self) -> int:
        """Where the words start that can be about this number alone."""
        return self.earlier.end if self.earlier else self.start

    def plain(self) -> str | None:
        """Read the words that leave no doubt."""
        if self.is_difference:
            return None
        place = self.number.start
        found = _nearest(_PLAIN_WORDS, self.text, self.since, place)
        beside = _BESIDE.search(self.text, max(self.since, place - _REACH), place)
        if beside and (found is None or found.end <= beside.start()):
            return "<=" if beside["down"] else ">="
        if found is None:
            return self._after()
        is_denied = found.rank >= 2 and _LIST_OF_DENIALS.search(
            self.text, max(self.start, place - 2 * _REACH), place
        )
        return _OPPOSITE[found.relation] if is_denied else found.relation

    def leaning(self) -> str | None:
        """Read the words that only lean one way, also those of the list that it stands in."""
        place = self.number.start
        low = max(self.since, place - _REACH)
        if any(words.search(self.text, low, place) for words in (_EXACT, _MOMENT)):
            return None
        if _MOMENT_AFTER.match(self.text, self.number.end):
            return None
        if self.earlier and self.is_difference:
            place = self.earlier.start
        found = _nearest(_LEANING_WORDS, self.text, self.since, place)
        if found is None and self.earlier:
            found = _nearest(_PLAIN_WORDS, self.text, self.start, place)
            found = found or _nearest(_LEANING_WORDS, self.text, self.start, place)
        if found is None and _ORDERED.match(self.text, self.number.end, self.stop):
            return ">="
        return found.relation if found else None

    def _after(self) -> str | None:
        end = self.number.end
        stop = min(self.stop, end + _REACH)
        cut = _BREAK.search(self.text, end, stop)
        match = _AFTER.match(self.text, end, cut.start() if cut else stop)
        if match is None:
            return None
        meets_next = self.is_followed and not cut and stop == self.stop
        is_ahead = (match["down"] or match["up"]) and _FILLER.fullmatch(match["rest"])
        if meets_next and is_ahead:
            return None  # "3 wheels at most 20": these words are about the 20
        return "<=" if match["down"] or match["less"] else ">="


class _Found(NamedTuple):
    """A word of a list that was found: where it ends, how weighty its list is, what it says."""

    end: int
    rank: int
    relation: str


def _nearest(
    words: tuple[tuple[str, re.Pattern[str]], ...], text: str, start: int, end: int
) -> _Found | None:
    """Find the last of the words; of two that end alike, "not more than" before "more than"."""
    found = (
        _Found(match.end(), rank, relation)
        for rank, (relation, pattern) in enumerate(words)
        for match in pattern.finditer(text, max(start, end - _REACH), end)
    )
    return max(found, key=lambda each: (each.end, -each.rank), default=None)
