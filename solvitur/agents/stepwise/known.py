"""What the steps before have settled, and what it says of the numbers of the text."""

import itertools
import re
from dataclasses import dataclass, replace
from functools import cached_property

from solvitur.agents.stepwise.around import NEAR, Around, is_limit
from solvitur.agents.stepwise.combinations import speaks_of_sum
from solvitur.agents.stepwise.domains import is_money
from solvitur.agents.stepwise.grids import grids
from solvitur.agents.stepwise.mentions import Mentions, stems
from solvitur.agents.stepwise.ranges import Range, ranges
from solvitur.agents.stepwise.sketch import TOTAL, Row
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.measures import name_of
from solvitur.formulation.words.quantities import Kind, Quantity, unit_after

DIFFERENCE = re.compile(
    r"[\s$€£]*(?:[^\W\d]+\s+){0,3}?(?:(?P<up>more|greater|larger|higher|longer)"
    r"|(?P<down>fewer|less|smaller|lower|shorter))\b(?!\s+than\s*[\d$])(?=[^.;]{0,200}\bthan\b)",
    re.IGNORECASE,
)
_NO_NOUN = (
    "types?|kinds?|sorts?|one|of|this|that|these|per|each|every|in|on|at|for|to|by|and|or|but|so|if"
    "|when|while|must|has|have|should|can|may|will|needs?|is|are"
)
OF_EACH = re.compile(
    r"\s*(?:[^\W\d]+ ){0,2}?of each\b"
    rf"(?: (?!(?:{_NO_NOUN})\b)(?P<of>[^\W\d]+))?",
    re.IGNORECASE,
)
_NEEDS = re.compile(r"\b(?:needs?|requires?)\b[^,;.:]*\Z", re.IGNORECASE)
_QUALIFIED = re.compile(
    r"\s+(?!(?:of|per|and|in|or|an?|to|for|each|every|more|square|cubic)\b)[^\W\d]+[\s-]+"
    r"(?!\w+ly\b)(?P<unit>[^\W\d]+)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(\[](?:in )?(?P<unit>[^\W\d]+)[)\]]")
_ACTOR = re.compile(
    r"\W*(?:an?|the) (?!(?:number|amount|quantity|total)\b)"
    r"(?P<words>[^\W\d]+(?:[ -](?!of\b)[^\W\d]+){0,3})",
    re.IGNORECASE,
)
_UNITS_OF = re.compile(r"\s*units? of\b", re.IGNORECASE)
_NOTHING = frozenset(
    stems("the a an of in to for on by at from and number amount units total type product be is")
)
"""Words of a description that tell nothing of what is counted."""
_ALIAS = re.compile(r"\(\s*\$?(?P<name>[A-Za-z]\d?)\$?\s*\)")

NUMBER_OF = re.compile(r"\bnumber of\b", re.IGNORECASE)
MONEY = re.compile(
    r"\b(?:costs?|profits?|revenues?|incomes?|earnings?|expenses?|money|spend\w*|prices?|sales"
    r"|budget|worth|returns?)\b",
    re.IGNORECASE,
)

POINTS_BACK = re.compile(
    r"\b(?:it|its|they|their|this|that|these|one|first|second|third|former|latter|other|another)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """What the steps before have settled."""

    reading: Reading
    decisions: tuple[str, ...]
    rows: tuple[Row, ...]
    docs: tuple[str, ...] = ()
    """What the decisions are, in words, where that is known."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a goal or a limit may use."""
        return (*self.decisions, *(row.name for row in self.rows), TOTAL)

    @cached_property
    def are_money(self) -> bool:
        """Whether the decisions are sums of money: what is invested, spent, put somewhere."""
        return bool(self.docs) and all(map(is_money, self.docs))

    @cached_property
    def are_named(self) -> bool:
        """Whether the text speaks of every decision by its name."""
        return set(self.mentions.decisions_in(self.reading.text)) == set(self.decisions)

    @cached_property
    def counted(self) -> frozenset[str]:
        """Give the stems of what all decisions are: "hours", where they are hours of each team."""
        stemmed = [frozenset(stems(doc)) for doc in self.docs]
        return frozenset.intersection(*stemmed) - _NOTHING if len(stemmed) > 1 else frozenset()

    @cached_property
    def mentions(self) -> Mentions:
        """Finds the names in the text, under a letter too: "single homes (X)"."""
        plain = Mentions(self.decisions, tuple(row.name for row in self.rows))
        aliases: dict[str, str] = {}
        for match in _ALIAS.finditer(self.reading.text):
            before = plain.places(self.reading.text[max(0, match.start() - NEAR) : match.start()])
            if before and match["name"].lower() not in self.decisions:
                aliases.setdefault(match["name"].lower(), before[-1][1])
        return replace(plain, aliases=tuple(aliases.items()), actor=_actor(self.reading.text))

    @cached_property
    def around(self) -> Around:
        """Gives the words around a number."""
        return Around(self.reading)

    def with_rows(self, rows: tuple[Row, ...]) -> "Known":
        """Give the same with other rows."""
        return replace(self, rows=rows)

    @cached_property
    def placed(self) -> tuple[tuple[str, Quantity], ...]:
        """Pair the entries of the table with the numbers of the text that they are."""
        free = [n for n in self.reading.numbers if not self._counts_decisions(n)]
        placed = []
        for row in self.rows:
            for name, value in row.values.items():
                fitting = [number for number in free if value in number.readings]
                if fitting:
                    taken = min(fitting, key=lambda n: self._distance(n, name))
                    free.remove(taken)
                    placed.append((row.name, taken))
        return tuple(placed)

    def _distance(self, number: Quantity, decision: str) -> tuple[bool, bool, bool, int]:
        """Say how unlikely a number is to be the entry of a decision: limits, then far ones."""
        is_multiple, is_of_another = number.kind is Kind.MULTIPLE, self.subject(number) != decision
        return is_limit(self.reading, number), is_multiple, is_of_another, number.start

    @cached_property
    def left_over(self) -> tuple[Quantity, ...]:
        """Give the numbers that the table does not hold; each entry of it takes one away."""
        taken = {number for _, number in self.placed}
        return tuple(
            n for n in self.reading.numbers if n not in taken and not self._counts_decisions(n)
        )

    def unit(self, number: Quantity) -> str:
        """Give the unit of a number, also after a word that tells what of: "6 working hours"."""
        if in_table := self._units_in_tables.get(number.start):
            return in_table
        own = unit_after(self.reading.text, number)
        match = None if name_of(own) else _QUALIFIED.match(self.reading.text, number.end)
        return (match and name_of(match["unit"])) or own

    @cached_property
    def _units_in_tables(self) -> dict[int, str]:
        """Give the unit that the head of its column or row states, by where a number stands."""
        found = {}
        for grid in grids(self.reading):
            for names, (start, _) in zip(grid.values, grid.spans, strict=True):
                stated = (_IN_BRACKETS.search(name) for name in names)
                units = [name_of(each["unit"]) for each in stated if each]
                if len(units) == 1 and units[0]:
                    found[start] = units[0]
        return found

    def subject(self, number: Quantity) -> str | None:
        """Give the decision that a number is said of: named after it, or last before it."""
        named = self.mentions.decisions_in(self.around.phrase(number))
        if len(named) == 1:
            return named[0]
        before = self.mentions.places(self.around.before(number))
        return before[-1][1] if before and not named else None

    def named_before(self, number: Quantity) -> tuple[str, ...]:
        """Give the decisions that the clause of a number speaks of before it."""
        clause, place = self.around.clause(number)
        return self.mentions.decisions_in(clause[:place])

    def named_after(self, number: Quantity) -> tuple[str, ...]:
        """Give those that it speaks of after it."""
        clause, place = self.around.clause(number)
        return self.mentions.decisions_in(clause[place:])

    def factors(self, number: Quantity) -> list[Quantity]:
        """Give the numbers that multiply the parts of the sum that this number limits."""
        text, (start, end) = self.reading.text, self.around.reach(number)
        if number.kind is not Kind.PLAIN or not self.around.is_bound(number):
            return []
        if not speaks_of_sum(text[start:end]) and not DIFFERENCE.match(text, number.end):
            return []
        found = [
            n
            for n in self.left_over
            if start <= n.start < end and n != number and not self.around.is_bound(n)
        ]
        return found if len(found) <= len(self.decisions) else []

    def is_factor(self, number: Quantity) -> bool:
        """Whether it multiplies a part of a sum, as in "5 times X plus twice Y is at least 20"."""
        if self.around.is_bound(number):
            return False
        if number.kind is Kind.MULTIPLE and speaks_of_sum(self.around.segment(number)):
            return True
        return number in self._all_factors

    @cached_property
    def _all_factors(self) -> frozenset[Quantity]:
        found = (self.factors(number) for number in self.reading.numbers)
        return frozenset(itertools.chain.from_iterable(found))

    @cached_property
    def money_rows(self) -> tuple[str, ...]:
        """Give the rows whose numbers stand in the text as money."""
        money = {n.value for n in self.reading.numbers if self.reading.is_money(n)}
        return tuple(
            row.name for row in self.rows if {v for v in row.values.values() if v} <= money
        )

    def is_needed(self, number: Quantity) -> bool:
        """Whether it is needed, of which no plain word says otherwise."""
        needs = _NEEDS.search(self.around.before(number, 60))
        return needs is not None and not is_limit(self.reading, number)

    def is_basis(self, number: Quantity) -> bool:
        """Whether it is the 1 of "for 1 hour", which something else is given for."""
        is_one = number.value == 1 and self.reading.cue(number) is None
        return is_one and name_of(unit_after(self.reading.text, number)) != ""

    def range_of(self, number: Quantity) -> Range | None:
        """Give the range of which a number is an end, if it is one of any."""
        return self._ranges.get(number.start)

    @cached_property
    def _ranges(self) -> dict[int, Range]:
        found = ranges(self.reading, self.mentions)
        return {end.start: each for each in found for end in (each.high, each.low)}

    def _counts_decisions(self, number: Quantity) -> bool:
        """Whether it is the "two" of "two kinds of printers"."""
        is_word = number.text.isalpha() and number.kind is Kind.PLAIN
        if OF_EACH.match(self.reading.text, number.end):
            return False
        own = self.unit(number)
        is_measured = name_of(own) or _UNITS_OF.match(self.reading.text, number.end)
        return is_word and number.value == len(self.decisions) and not is_measured


def _actor(text: str) -> str:
    """Give who decides: what a text begins with, where it is spoken of again in these words.

    Example:
        >>> _actor("A grain dealer rents trucks. The grain dealer wants few.")
        'grain dealer'
    """
    first = _ACTOR.match(text)
    if first is None:
        return ""
    said, later = first["words"], text[first.end() :]
    while said and not re.search(rf"\bthe {re.escape(said)}\b", later, re.IGNORECASE):
        said = re.sub(r"[ -]?[^\W\d]+\Z", "", said)
    return said
