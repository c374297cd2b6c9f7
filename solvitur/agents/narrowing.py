"""What a number of the text can be about, as far as its words tell; no model is asked.

The fewer answers a grammar leaves to a small model, the fewer wrong ones it can give. Where the
words do not narrow anything down, everything stays possible.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from solvitur.agents.around import FACTORS, NEAR, Around, is_limit
from solvitur.agents.combinations import combination, speaks_of_sum
from solvitur.agents.mentions import Mentions, stems
from solvitur.agents.ranges import Range, ranges
from solvitur.agents.sketch import TOTAL, Goal, Row
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.quantities import Kind, Quantity, unit_after

_SHARES = (Kind.PERCENT, Kind.FRACTION)
_DIFFERENCE = re.compile(
    r"[\s$€£]*(?:[^\W\d]+\s+){0,3}?(?:(?P<up>more|greater|larger|higher|longer)"
    r"|(?P<down>fewer|less|smaller|lower|shorter))\b(?!\s+than\s*[\d$])(?=[^.;]{0,200}\bthan\b)",
    re.IGNORECASE,
)
_EXCEED_BY = re.compile(r"\bexceeds?\b.*\bby\b(?:\s+at\s+(?:least|most))?[\s$]*\Z", re.IGNORECASE)
_TAKEN = re.compile(r"\b(?:difference|minus|subtract\w*)\b", re.IGNORECASE)
_EACH = re.compile(
    r"\b(?:both|(?:may|must|can|should|will|of) each|each (?:of|one|may|must|can|should|is|has)"
    r"|each (?P<of>[^\W\d]+))\b",
    re.IGNORECASE,
)
_AGAINST = {Sense.maximize: "<=", Sense.minimize: ">="}
"""Nobody caps what is to be best: a limit of that way is on something else."""
_SAME = re.compile(r"\b(?:equal|same) (?:number|amount)", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|cannot|can't|never|no|nor|at most)\b.{0,40}"
    r"\b(?:more|less|fewer|exceed|as many|as much)",
    re.IGNORECASE,
)
_UP_OR_DOWN = re.compile(
    r"\b(?:(?P<up>more|greater|larger|higher|exceeds?|as many|as much)"
    r"|(?P<down>less|fewer|smaller|lower))\b",
    re.IGNORECASE,
)
_ITS_OWN = re.compile(r"\beach\b[^.;]*\b(?:its|their) own\b[^.;]*\Z", re.IGNORECASE)
"""What each has of its own there are as many of as there are of all: "its own bay, of which"."""
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_JOINT = re.compile(
    r"\b(?:total|combined|altogether|together|in all|sum|overall|across (?:all|both))\b",
    re.IGNORECASE,
)
_FEW_WORDS = 4
"""A clause before a number that is not longer goes on about what came before: "but at most"."""
_NEEDS = re.compile(r"\b(?:needs?|requires?)\b[^,;.:]*\Z", re.IGNORECASE)
_PORTIONS = frozenset(stems("acre hectare trip flight batch serving shift lot"))
_OF_ONE = re.compile(
    r"(?:\A|\b(?:make|making|produce|for|in|per|of|to|only|this|that|the))\s*\Z", re.IGNORECASE
)
_SINGLE = re.compile(r"\b(?:an?|per|each|every|any|one) ([^\W\d_]+)", re.IGNORECASE)
_MEASURED = re.compile(r"\s*(?P<unit>[^\W\d]+) of (?P<what>[^\W\d]+(?: [^\W\d]+)?)")
_QUALIFIED = re.compile(
    r"\s+(?!(?:of|per|and|in|or|an?|to|for|each|every|more|square|cubic)\b)[^\W\d]+[\s-]+"
    r"(?!\w+ly\b)(?P<unit>[^\W\d]+)",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\b(?:both|same|likewise|identical|equally|respectively|either|all|each of)\b", re.IGNORECASE
)
"""Words by which a number can be of more decisions than the one that is named."""
_BACK = re.compile(
    r"\b(?:it|its|they|their|this|that|these|one|first|second|third|former|latter|other|another)\b",
    re.IGNORECASE,
)
_SHARE_OF = re.compile(
    r"\s+of (?:the |all |all the |its |their )?(?:total )?"
    r"(?P<what>[^,;.]{1,60}?)\b(?=must|should|can|may|has|have|is|are|needs?|comes?|in\b|by\b)",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(r"\Aabs\((.*)\)\Z")
_TOPIC = re.compile(r"\W*(?:for|as for|regarding) (?P<what>[^,;.]{1,40}),", re.IGNORECASE)
_AMONG = re.compile(r"[^,;.]{0,30}\b(?:among|across|between)\b", re.IGNORECASE)
_DIVIDED = re.compile(
    r"\b(?:distribut|divid|split)\w*\b(?:\W+[a-z]+){0,4}[\s$€£]*\Z", re.IGNORECASE
)
_AND_MORE = re.compile(
    r"\s*(?:and|or)\s+(?P<what>(?:[^\W\d]+[\s-]+){0,2}?[^\W\d]+)\s*"
    r"(?=[.,;?]|\Z|\b(?:per|each|every|an?|in|for|to|at|on|that|which|within|during)\b)",
    re.IGNORECASE,
)
_FOR = re.compile(r"\bfor\s*\Z", re.IGNORECASE)
_COSTS = re.compile(
    r"\s*[^\W\d]+\s+(?:costs?|produces?|makes?|yields?|uses?|takes?|requires?|needs?|consumes?"
    r"|gives?|earns?|burns?|can|will)\b",
    re.IGNORECASE,
)
_UNITS_OF = re.compile(r"\s*units? of\b", re.IGNORECASE)
_OF_SOMETHING = re.compile(r"\s*[^\W\d]+ of (?!time|work|running|use)", re.IGNORECASE)
NUMBER_OF = re.compile(r"\bnumber of\b", re.IGNORECASE)
MONEY = re.compile(
    r"\b(?:costs?|profits?|revenues?|incomes?|earnings?|expenses?|money|spend\w*|prices?|sales"
    r"|budget|worth|returns?)\b",
    re.IGNORECASE,
)
_ALIAS = re.compile(r"\(\s*\$?(?P<name>[A-Za-z]\d?)\$?\s*\)")


@dataclass(frozen=True)
class Choices:
    """What the limit of one number may still be."""

    number: Quantity
    left: tuple[str, ...]
    """Sides, written out: "oak", "5 * oak + desks"."""
    relations: tuple[str, ...]
    right: tuple[str, ...]
    """Sides that hold the number, written out: "40% * total", "desks + 10"."""
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
    are_money: bool = False
    """Whether the decisions are sums of money: what is invested, spent, put somewhere."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a goal or a limit may use."""
        return (*self.decisions, *(row.name for row in self.rows), TOTAL)

    @cached_property
    def mentions(self) -> Mentions:
        """Finds the names in the text, under a letter too: "single homes (X)"."""
        plain = Mentions(self.decisions, tuple(row.name for row in self.rows))
        aliases: dict[str, str] = {}
        for match in _ALIAS.finditer(self.reading.text):
            before = plain.places(self.reading.text[max(0, match.start() - NEAR) : match.start()])
            if before:
                aliases.setdefault(match["name"].lower(), before[-1][1])
        return replace(plain, aliases=tuple(aliases.items()))

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

    def _distance(self, number: Quantity, decision: str) -> tuple[bool, bool, int]:
        """Say how unlikely a number is to be the entry of a decision: limits, then far ones."""
        is_of_another = self.subject(number) != decision
        return is_limit(self.reading, number), is_of_another, number.start

    @cached_property
    def left_over(self) -> tuple[Quantity, ...]:
        """Give the numbers that the table does not hold; each entry of it takes one away."""
        taken = {number for _, number in self.placed}
        return tuple(
            n for n in self.reading.numbers if n not in taken and not self._counts_decisions(n)
        )

    def unit(self, number: Quantity) -> str:
        """Give the unit of a number, also after a word that tells what of: "6 working hours"."""
        own = unit_after(self.reading.text, number)
        match = None if name_of(own) else _QUALIFIED.match(self.reading.text, number.end)
        return (match and name_of(match["unit"])) or own

    def subject(self, number: Quantity) -> str | None:
        """Give the decision that a number is said of: named after it, or last before it."""
        named = self.mentions.decisions_in(self.around.phrase(number))
        if len(named) == 1:
            return named[0]
        before = self.mentions.places(self.around.before(number))
        return before[-1][1] if before and not named else None

    @property
    def unplaced(self) -> list[Quantity]:
        """Give the numbers that are in no table yet and that no word marks as a limit."""
        return [
            number
            for number in self.left_over
            if number.kind is Kind.PLAIN
            and self.reading.cue(number) is None
            and self._range(number) is None
            and not self.is_factor(number)
            and not self._is_said_of_all(number)
        ]

    def entries(self, numbers: Sequence[Quantity]) -> dict[str, tuple[Quantity, ...]]:
        """Give each decision those of the numbers that its entries may be."""
        owners = {number: self._owner(number) for number in numbers}
        return {
            name: tuple(number for number in numbers if owners[number] in (None, name))
            for name in self.decisions
        }

    def corrected(self, row: Row) -> Row:
        """Put the numbers that the words give to a row and a decision where they belong.

        Example:
            >>> reading = Reading("A mat takes 2 m of rope and a net 4 m of rope.")
            >>> row = Row(name="rope", values={"mats": 4, "nets": 4})
            >>> Known(reading, ("mats", "nets"), (row,)).corrected(row).values
            {'mats': 2.0, 'nets': 4.0}
        """
        said = {name: self._said_of(row.name, name) for name in self.decisions}
        values = {
            name: next(iter(said[name])) if len(said.get(name, ())) == 1 else value
            for name, value in row.values.items()
        }
        return row.model_copy(update={"values": values})

    def _said_of(self, row: str, decision: str) -> set[float]:
        """Give the numbers that stand before the name of a row and are of a decision."""
        return {
            number.value
            for number in self.reading.numbers
            if number.kind is Kind.PLAIN
            and self.may_be_entry(number)
            and self.mentions.rows_in(self.around.phrase(number)) == (row,)
            and self._owner(number) in (None, decision)
            and self.subject(number) == decision
        }

    def _owner(self, number: Quantity) -> str | None:
        """Give the one decision that the words up to the next stop speak of, if it is one."""
        text, (start, end) = self.reading.text, self.around.sentence(number)
        start = max(start, text.rfind(";", start, number.start) + 1)
        stop = text.find(";", number.end, end)
        words = text[start : end if stop < 0 else stop]
        named = self.mentions.decisions_in(words)
        return named[0] if len(named) == 1 and not _SHARED.search(text) else None

    def _is_said_of_all(self, number: Quantity) -> bool:
        """Whether a sentence that names no decision says how much there is or is needed of all."""
        if not (
            self.reading.cue(number) or self.around.is_exact(number) or self._is_needed(number)
        ):
            return False
        start, end = self.around.sentence(number)
        words = self.reading.text[start:end]
        clause, place = self.around.clause(number)
        is_of_one = self.reading.is_each(number) or _BACK.search(clause[:place])
        is_named = self.mentions.decisions_in(words) or self.mentions.is_of_all(words)
        return self._are_named and not is_of_one and not is_named

    @cached_property
    def _are_named(self) -> bool:
        """Whether the text speaks of every decision by its name."""
        return set(self.mentions.decisions_in(self.reading.text)) == set(self.decisions)

    def may_be_entry(self, number: Quantity) -> bool:
        """Whether the table may hold it: no plain limit, no factor in a sum, no count of kinds."""
        if number.kind is Kind.WEAK and number.value == len(self.decisions):
            return False
        if number.kind is Kind.WEAK and number.value == 1 and self._is_subject(number):
            return False
        if number.kind is Kind.MULTIPLE and self.is_factor(number):
            return False
        if self._is_said_of_all(number) or self._is_time_run(number):
            return False
        return not is_limit(self.reading, number) and self._range(number) is None

    @cached_property
    def limits(self) -> tuple[Quantity, ...]:
        """Give the numbers to ask a limit for: left over, not said of one unit, and no factor."""
        return tuple(
            number
            for number in self.left_over
            if not self.is_factor(number)
            and not self._is_basis(number)
            and (
                self.reading.cue(number)
                or self._range(number)
                or self._is_needed(number)
                or not (number.kind is Kind.PLAIN and self.reading.is_each(number))
            )
        )

    def _is_subject(self, number: Quantity) -> bool:
        """Whether it is the "one" of what something is said of: "one pill has 3", "to make one"."""
        return _OF_ONE.search(self.around.before(number)) is not None

    def _is_basis(self, number: Quantity) -> bool:
        """Whether it is the 1 of "for 1 hour", which something else is given for."""
        is_one = number.value == 1 and self.reading.cue(number) is None
        return is_one and name_of(unit_after(self.reading.text, number)) != ""

    def _is_time_run(self, number: Quantity) -> bool:
        """Whether it is the 1 of "running it for 1 hour costs", and not of "it takes 1 hour"."""
        text = self.reading.text
        is_for = _FOR.search(self.around.before(number, NEAR)) is not None
        return is_for and self._is_basis(number) and bool(_COSTS.match(text, number.end))

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

    def choices(self, number: Quantity, goal: Goal) -> Choices:
        """Narrow down what the limit of a number can be."""
        if within := self._range(number):
            relation = ">=" if number == within.low else "<="
            left = (within.name,) if within.name else self.names
            return Choices(number, left, (relation,), (number.text,), False, False)
        cue = self.reading.cue(number)
        left, right = self._sides(number, goal)
        is_exact = self.around.is_exact(number) and not (cue and cue.is_plain)
        is_said = cue is not None or is_exact or self._is_needed(number)
        against = cue and cue.relation == _AGAINST[goal.sense] and left == goal.alone
        return Choices(
            number=number,
            left=left,
            relations=("==",) if is_exact else self._relations(number, goal),
            right=right,
            is_twofold=self._is_twofold(number),
            may_be_none=not (cue and cue.is_plain)
            and not (is_said and len(left) == 1 and not against),
        )

    def _relations(self, number: Quantity, goal: Goal) -> tuple[str, ...]:
        """Go by the words; where they say nothing, what is to be most is held down."""
        cue = self.reading.cue(number)
        is_divided = _DIVIDED.search(self.around.before(number, 60))
        if is_divided and not (cue and cue.is_plain):
            return ("==",)
        if self._is_needed(number):
            return (">=",)
        if cue is not None:
            return (cue.relation,)
        return ("<=",) if goal.sense is Sense.maximize else ("<=", ">=")

    def _is_needed(self, number: Quantity) -> bool:
        """Whether it is needed, of which no plain word says otherwise."""
        needs = _NEEDS.search(self.around.before(number, 60))
        return needs is not None and not is_limit(self.reading, number)

    def comparison(self, clause: str) -> str | None:
        """Read a comparison of two decisions without a number: "more X than Y"."""
        named = self.mentions.decisions_in(clause)
        if len(named) != 2:
            return None if named or self.mentions.rows_in(clause) else "none"
        if _SAME.search(clause):
            return f"{named[0]} == {named[1]}"
        is_denied = _DENIED.search(clause) is not None
        if not (more := _UP_OR_DOWN.search(clause)):
            return None
        is_up = (more["up"] is not None) is not is_denied
        return f"{named[0]} {'>=' if is_up else '<='} {named[1]}"

    def conversion(self, number: Quantity, name: str) -> float:
        """Give what a limit is multiplied by to be in the unit of a row: 1000 for kg and g."""
        units = [self.unit(entry) for row, entry in self.placed if row == name]
        own = self.unit(number)
        factors = {_conversion(own, each) for each in units} - {None}
        return factors.pop() or 1.0 if len(factors) == 1 else 1.0

    # --- which sides -----------------------------------------------------------------------------

    def _sides(self, number: Quantity, goal: Goal) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if number.kind in FACTORS:
            return self._shares(number)
        if self._is_twofold(number):
            return self._each(number), (number.text,)
        if compared := self._difference(number):
            return compared
        left = self._left(number)
        cue = self.reading.cue(number)
        if cue and cue.relation == _AGAINST[goal.sense]:
            left = tuple(name for name in left if (name,) != goal.alone) or left
        right: tuple[str, ...] = (number.text,)
        if _DIFFERENCE.match(self.reading.text, number.end) and set(left) & set(self.decisions):
            right += tuple(f"{name} + {number.text}" for name in self.names)
        return left, right

    def _not_money(self, rows: tuple[str, ...], segment: str) -> tuple[str, ...]:
        """Leave out the rows of money where a limit does not speak of money."""
        if MONEY.search(segment):
            return rows
        money = self.money_rows
        return tuple(row for row in rows if row not in money)

    def _each(self, number: Quantity) -> tuple[str, ...]:
        """Give what "each" is: rows in the unit of the number, else decisions."""
        rows = self._rows_in_unit(number)
        named = self.mentions.decisions_in(self.around.segment(number))
        return rows if len(rows) > 1 else named if len(named) > 1 else self.decisions

    def _left(self, number: Quantity) -> tuple[str, ...]:
        """Money limits money, a total no single decision, and a word what it names."""
        if self.reading.is_money(number):
            if self.are_money:
                return self._money_left(number)
            if self.money_rows:
                return self._money_rows_left(number)
        if one := self._sum(number):
            return (one,)
        phrase = self.around.phrase(number)
        said, counted = self.mentions.rows_in(phrase), self._rows_in_unit(number)
        if not said and _OF_SOMETHING.match(phrase):
            counted = ()
        rows = tuple(row for row in said if row in counted) or said or counted
        rows = self._not_money(rows, self.around.segment(number))
        if self._is_joint(number):
            start, _ = self.around.reach(number)
            said_so_far = self.reading.text[start : number.end] + phrase
            if not rows and not self.mentions.is_of_all(phrase):
                rows = self._not_money(self.mentions.rows_in(said_so_far), said_so_far)
            is_count = NUMBER_OF.search(said_so_far) or not rows
            return (*rows, TOTAL) if is_count else rows
        named = self._named_in(phrase, number)
        if len(named) > 1 and set(named) == set(self.decisions):
            return rows or (TOTAL,)
        if rows:
            is_clear = set(rows) <= set(said) & set(counted)
            full = [name for name in named if self.mentions.is_full(name, phrase)]
            return rows if is_clear else (*full, *rows)
        if len(named) == 1:
            return named
        clause, place = self.around.clause(number)
        before = self.mentions.decisions_in(clause[:place])
        before = before or self.mentions.decisions_in(clause[place:])
        if not before and len(clause[:place].split()) <= _FEW_WORDS:
            before = self.mentions.decisions_in(self.around.before(number))
        before = before or self._topic(number)
        if len(before) == 1:
            return before
        return (TOTAL,) if self._is_in_own_unit(number) else self.names

    def _named_in(self, phrase: str, number: Quantity) -> tuple[str, ...]:
        """Give the decisions of the words after a number, on to the last of "pens and pencils"."""
        named = self.mentions.decisions_in(phrase)
        more = _AND_MORE.match(self.reading.text, number.end + len(phrase))
        if len(named) == 1 and more:
            return tuple(dict.fromkeys((*named, *self.mentions.decisions_in(more["what"]))))
        return named

    def _money_rows_left(self, number: Quantity) -> tuple[str, ...]:
        """Give the rows of money, or the part of the one that is said of one decision."""
        named, (clause, _) = self._named_before(number), self.around.clause(number)
        said = [row for row in self.mentions.rows_in(clause) if row in self.money_rows]
        said = said or list(self.money_rows)
        return (f"{said[0]}({named})",) if named and len(said) == 1 else self.money_rows

    def _money_left(self, number: Quantity) -> tuple[str, ...]:
        """Give what an amount of money limits where money is what is decided."""
        if one := self._sum(number):
            return (one,)
        named = self._named_before(number)
        clause, place = self.around.clause(number)
        is_among = _AMONG.match(self.reading.text, number.end)
        if named is None and not is_among and not self.mentions.decisions_in(clause[:place]):
            after = self.mentions.decisions_in(clause[place:]) or self._topic(number)
            named = after[0] if len(after) == 1 else None
        return (named or TOTAL,)

    def _topic(self, number: Quantity) -> tuple[str, ...]:
        """Give the decisions that a sentence sets out with: "For pens, at most 40 are made"."""
        start, _ = self.around.sentence(number)
        topic = _TOPIC.match(self.reading.text, start, number.start)
        return self.mentions.decisions_in(topic["what"]) if topic else ()

    def _named_before(self, number: Quantity) -> str | None:
        """Give the one decision that the clause of a number speaks of before it."""
        clause, place = self.around.clause(number)
        named = self.mentions.decisions_in(clause[:place])
        return named[0] if len(named) == 1 and not self._is_joint(number) else None

    def _shares(self, number: Quantity) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """A share is one of everything together, unless its words compare two decisions."""
        clause, place = self.around.clause(number)
        named = self.mentions.decisions_in(clause)
        told = self.mentions.decisions_in(self.around.phrase(number))
        before = self.mentions.decisions_in(clause[:place])
        is_told = len(told) == 1 and set(before) <= set(told)
        is_pair = len(named) == 2 and (
            number.kind is Kind.MULTIPLE
            or re.search(r"\bas (?:many|much)\b", clause)
            or before == named[:1]
        )
        if len(named) == 1 and number.kind in _SHARES and (row := self._shared_row(number)):
            return (f"{row}({named[0]})",), (f"{number.text} * {row}",)
        if is_told and number.kind in _SHARES:
            return told, (f"{number.text} * {TOTAL}",)
        if is_pair:
            return (named[0],), (f"{number.text} * {named[1]}",)
        right: tuple[str, ...] = self.names
        if number.kind in _SHARES and not self.mentions.decisions_in(
            _five_words(self.reading.text[number.end :])
        ):
            right = tuple(name for name in self.names if name not in self.decisions)
        left = self.names
        if number.kind in _SHARES and len(named) == 1:
            left, right = named, (TOTAL,)
        return left, tuple(f"{number.text} * {name}" for name in right)

    def _shared_row(self, number: Quantity) -> str | None:
        """Give the row that a share is of: "30% of the tons", but not "30% of the number"."""
        of = _SHARE_OF.match(self.reading.text, number.end)
        if of is None or NUMBER_OF.search(of["what"]) or self.mentions.is_of_all(of["what"]):
            return None
        rows = self.mentions.rows_in(of["what"])
        return rows[0] if len(rows) == 1 else None

    def _difference(self, number: Quantity) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Read "10 more X than Y" and "X exceeds Y by 10", where it names two decisions."""
        text = self.reading.text
        clause, _ = self.around.clause(number)
        named = self.mentions.decisions_in(clause)
        more = _DIFFERENCE.match(text, number.end)
        if len(named) != 2 or not (more or _EXCEED_BY.search(self.around.before(number))):
            return None
        one, other = reversed(named) if more and more["down"] else named
        factors = [n for n in self.factors(number) if n.start >= number.end]
        sums = [f"{factor.text} * {other} + {number.text}" for factor in factors]
        return (one,), tuple(sums) or (f"{other} + {number.text}",)

    def _sum(self, number: Quantity) -> str | None:
        """Give the sum of single decisions that a number limits."""
        factors = self.factors(number)
        start, end = self.around.reach(number)
        text = self.reading.text[start:end]
        mentions = self.mentions.places(text)
        named = {name for _, name in mentions}
        is_total = not factors and named == set(self.decisions)
        if number.kind is not Kind.PLAIN or (is_total and not _TAKEN.search(text)):
            return None
        found = combination(text, mentions, [(f.start - start, f.text) for f in factors])
        cue = self.reading.cue(number)
        if found and cue and cue.relation == ">=":
            found = _ABSOLUTE.sub(r"\1", found)  # at least 5 apart has one way: the first is more
        is_part = 1 < len(named) < len(self.decisions) and not self.mentions.decisions_in(
            self.around.phrase(number)
        )
        if found is None and is_part and _JOINT.search(text):
            return " + ".join(dict.fromkeys(name for _, name in mentions))
        return found

    def factors(self, number: Quantity) -> list[Quantity]:
        """Give the numbers that multiply the parts of the sum that this number limits."""
        text, (start, end) = self.reading.text, self.around.reach(number)
        if number.kind is not Kind.PLAIN or not self.around.is_bound(number):
            return []
        if not speaks_of_sum(text[start:end]) and not _DIFFERENCE.match(text, number.end):
            return []
        found = [
            n
            for n in self.left_over
            if start <= n.start < end and n != number and not self.around.is_bound(n)
        ]
        return found if len(found) <= len(self.decisions) else []

    @cached_property
    def money_rows(self) -> tuple[str, ...]:
        """Give the rows whose numbers stand in the text as money."""
        money = {n.value for n in self.reading.numbers if self.reading.is_money(n)}
        return tuple(
            row.name for row in self.rows if {v for v in row.values.values() if v} <= money
        )

    def _rows_in_unit(self, number: Quantity) -> tuple[str, ...]:
        """Give the rows whose entries have the unit of a number, or one that it converts to."""
        own = self.unit(number)
        if own in ("", "unit", "units", "of", "more", "and"):
            return ()
        return tuple(
            dict.fromkeys(
                row for row, entry in self.placed if _conversion(own, self.unit(entry)) is not None
            )
        )

    def _range(self, number: Quantity) -> Range | None:
        return self._ranges.get(number.start)

    @cached_property
    def _ranges(self) -> dict[int, Range]:
        found = ranges(self.reading, self.mentions)
        return {end.start: each for each in found for end in (each.high, each.low)}

    def _is_joint(self, number: Quantity) -> bool:
        """Whether a number is said of all decisions: outright, or as "pills" is of all pills."""
        segment = self.around.segment(number)
        if _ITS_OWN.search(self.around.before(number)):
            return True
        if self._speaks_of_each(number) and not _BOTH.search(segment):
            return False
        if self.reading.is_joint(number):
            return True
        if len(self.mentions.decisions_in(self.around.phrase(number))) == 1:
            return False
        if _JOINT.search(segment) and len(self.mentions.decisions_in(segment)) != 1:
            return True
        return self.mentions.is_of_all(self.around.phrase(number))

    def _is_twofold(self, number: Quantity) -> bool:
        """Whether it limits two things alike: "vans and bikes may each make at most 90 trips"."""
        if self.reading.cue(number) is None or not self._speaks_of_each(number):
            return False
        return number.kind is Kind.PLAIN and not self._is_joint(number) and not self._sum(number)

    def _is_in_own_unit(self, number: Quantity) -> bool:
        """Whether it stands in what the decisions are counted in: hectares, beside "a hectare"."""
        own = _measure(self.unit(number))
        if not name_of(own) and own not in _PORTIONS:
            return False
        return own in self._own_units

    @cached_property
    def _own_units(self) -> frozenset[str]:
        """What one decision is counted in: "a hectare", "5 acres of apples"."""
        text = self.reading.text
        single = {_measure(match[1]) for match in _SINGLE.finditer(text)}
        of_one = (_MEASURED.match(text, number.end) for number in self.reading.numbers)
        named = (each for each in of_one if each and self.mentions.decisions_in(each["what"]))
        return frozenset(single.union(_measure(each["unit"]) for each in named))

    def _speaks_of_each(self, number: Quantity) -> bool:
        """Whether "each" stands before it: "may each", "each van", but not "each day"."""
        found = _EACH.search(self.around.before(number, 60))
        return bool(found and (not found["of"] or self.mentions.is_of_all(found["of"])))

    def _counts_decisions(self, number: Quantity) -> bool:
        """Whether it is the "two" of "two kinds of printers"."""
        is_word = number.text.isalpha() and number.kind is Kind.PLAIN
        own = self.unit(number)
        is_measured = name_of(own) or _UNITS_OF.match(self.reading.text, number.end)
        return is_word and number.value == len(self.decisions) and not is_measured


def _conversion(one: str, other: str) -> float | None:
    """Give how many of the other one is, also where both are the same thing that is counted."""
    return 1.0 if one == other else factor(one, other)


def _measure(word: str) -> str:
    """Give the one name of a unit, or a word without its plural."""
    return name_of(word) or "_".join(stems(word))


def _five_words(text: str) -> str:
    return " ".join(text.split(maxsplit=5)[:5])
