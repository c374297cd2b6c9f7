"""What can stand on the two sides of a limit, as far as the words of its number tell."""

import re
from dataclasses import dataclass
from functools import cached_property

from solvitur.agents.stepwise.around import FACTORS
from solvitur.agents.stepwise.combinations import combination
from solvitur.agents.stepwise.known import DIFFERENCE, MONEY, NUMBER_OF, OF_EACH, POINTS_BACK, Known
from solvitur.agents.stepwise.mentions import stems
from solvitur.agents.stepwise.sketch import TOTAL, Goal
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.quantities import Kind, Quantity

_SHARES = (Kind.PERCENT, Kind.FRACTION)
_BY = re.compile(
    r"\b(?:exceeds?|(?:(?:more|greater|larger|higher)|(?P<down>less|fewer|smaller|lower)) than)\b"
    r".*\bby\b(?:\s+(?:at\s+(?:least|most)|exactly|no\s+(?:more|less|fewer)\s+than))?[\s$]*\Z",
    re.IGNORECASE,
)
"""Before a difference: "X must be higher than Y by at least 10"."""
_ABOVE = re.compile(
    r"\s*(?:[^\W\d]+ ){0,2}?(?:(?:above|over)|(?P<down>below|under)) (?:the|that|those|what)\b",
    re.IGNORECASE,
)
"""After one: "X may be no more than 4 above the number of Y"."""
_TAKEN = re.compile(r"\b(?:difference|minus|subtract\w*)\b", re.IGNORECASE)
_EACH = re.compile(
    r"\b(?:both|(?:may|must|can|should|will|of) each|each (?:of|one|may|must|can|should|is|has)"
    r"|each (?P<of>[^\W\d]+))\b",
    re.IGNORECASE,
)
_OTHER_EACH = re.compile(r"\bof each\b[^;]*(?:,|\band\b|\bbut\b)[^;]*\Z", re.IGNORECASE)
"""What is said of each before the next limit: "at least 9 of each, and the total must be"."""
AGAINST = {Sense.maximize: "<=", Sense.minimize: ">="}
"""Nobody caps what is to be best: a limit of that way is on something else."""
_ITS_OWN = re.compile(r"\beach\b[^.;]*\b(?:its|their) own\b[^.;]*\Z", re.IGNORECASE)
"""What each has of its own there are as many of as there are of all: "its own bay, of which"."""
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_JOINT = re.compile(
    r"\b(?:total|combined|altogether|together|in all|sum|overall|across (?:all|both))\b",
    re.IGNORECASE,
)
_FEW_WORDS = 4
"""A clause before a number that is not longer goes on about what came before: "but at most"."""
_PORTIONS = frozenset(stems("acre hectare trip flight batch serving shift lot"))
_SINGLE = re.compile(r"\b(?:an?|per|each|every|any|one) ([^\W\d_]+)", re.IGNORECASE)
_MEASURED = re.compile(r"\s*(?P<unit>[^\W\d]+) of (?P<what>[^\W\d]+(?: [^\W\d]+)?)")
_AMOUNT_OF = re.compile(r"\b(?:amount|quantity|number) of\b", re.IGNORECASE)
_SHARE_OF = re.compile(
    r"\s+of (?:the |all |all the |its |their )?(?:total )?"
    r"(?P<what>[^,;.]{1,60}?)\b(?=must|should|can|may|has|have|is|are|needs?|comes?|in\b|by\b)",
    re.IGNORECASE,
)
_AS_MANY = re.compile(r"\s+as (?:many|much) ([^,;.]{1,60}?) as ([^,;.]{1,60})", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\Aabs\((.*)\)\Z")
_TOPIC = re.compile(r"\W*(?:for|as for|regarding) (?P<what>[^,;.]{1,40}),", re.IGNORECASE)
_AMONG = re.compile(r"[^,;.]{0,30}\b(?:among|across|between)\b", re.IGNORECASE)
_AND_MORE = re.compile(
    r"\s*(?:and|or)\s+(?P<what>(?:[^\W\d]+[\s-]+){0,2}?[^\W\d]+)\s*"
    r"(?=[.,;?]|\Z|\b(?:per|each|every|an?|in|for|to|at|on|that|which|within|during)\b)",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(r"\s*[^\W\d]+ of (?!time|work|running|use)", re.IGNORECASE)


@dataclass(frozen=True)
class Sides:
    """What a number of the text can limit."""

    known: Known

    def of(self, number: Quantity, goal: Goal) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give what may stand on the left of a limit, and with its number on the right."""
        if number.kind in FACTORS:
            return self._shares(number)
        if self.is_twofold(number):
            return self._each(number), (number.text,)
        if compared := self._difference(number):
            return compared
        left = self._left(number)
        cue = self.known.reading.cue(number)
        if cue and cue.relation == AGAINST[goal.sense]:
            left = tuple(name for name in left if (name,) != goal.alone) or left
        right: tuple[str, ...] = (number.text,)
        is_of_decisions = not set(left).isdisjoint(self.known.decisions)
        if is_of_decisions and DIFFERENCE.match(self.known.reading.text, number.end):
            right += tuple(f"{name} + {number.text}" for name in self.known.names)
        return left, right

    def is_twofold(self, number: Quantity) -> bool:
        """Whether it limits two things alike: "vans and bikes may each make at most 90 trips"."""
        if self.known.reading.cue(number) is None or not self._speaks_of_each(number):
            return False
        return number.kind is Kind.PLAIN and not self._is_joint(number) and not self._sum(number)

    def _not_money(self, rows: tuple[str, ...], segment: str) -> tuple[str, ...]:
        """Leave out the rows of money where a limit does not speak of money."""
        if MONEY.search(segment):
            return rows
        money = self.known.money_rows
        return tuple(row for row in rows if row not in money)

    def _each(self, number: Quantity) -> tuple[str, ...]:
        """Give what "each" is: rows in the unit of the number, else decisions."""
        rows = () if self._is_in_own_unit(number) else self._rows_in_unit(number)
        named = self.known.mentions.decisions_in(self.known.around.segment(number))
        return rows if len(rows) > 1 else named if len(named) > 1 else self.known.decisions

    def _left(self, number: Quantity) -> tuple[str, ...]:
        """Money limits money, a total no single decision, and a word what it names."""
        if self.known.reading.is_money(number):
            if self.known.are_money:
                return self._money_left(number)
            if self.known.money_rows:
                return self._money_rows_left(number)
        if one := self._sum(number) or self._counted(number):
            return (one,)
        phrase = self.known.around.phrase(number)
        said, counted = self.known.mentions.rows_in(phrase), self._rows_in_unit(number)
        if not said and _OF_SOMETHING.match(phrase):
            counted = ()
        rows = tuple(row for row in said if row in counted) or said or counted
        rows = self._not_money(rows, self.known.around.segment(number))
        if self._is_joint(number):
            start, _ = self.known.around.reach(number)
            said_so_far = self.known.reading.text[start : number.end] + phrase
            is_named = said or set(counted) & set(self.known.mentions.rows_in(said_so_far))
            if not is_named and self._is_in_own_unit(number) and not self._is_of_entries(number):
                return (TOTAL,)
            if not rows and not self.known.mentions.is_of_all(phrase):
                rows = self._not_money(self.known.mentions.rows_in(said_so_far), said_so_far)
            is_count = NUMBER_OF.search(said_so_far) or not rows
            return (*rows, TOTAL) if is_count else rows
        named = self._named_in(phrase, number)
        if not said and not named and (one := self._amount_of(number)):
            return (one,)
        if len(named) > 1 and set(named) == set(self.known.decisions):
            return rows or (TOTAL,)
        if rows:
            is_clear = set(rows) <= set(said) & set(counted)
            full = [name for name in named if self.known.mentions.is_full(name, phrase)]
            return rows if is_clear else (*full, *rows)
        if len(named) == 1:
            return named
        about = self._about(number)
        if len(about) == 1:
            return about
        if self._is_in_own_unit(number):
            return (TOTAL,)
        return self._of_all(number) or self.known.names

    def _amount_of(self, number: Quantity) -> str | None:
        """Give the decision of "the amount of X is limited to 9 tons", where tons are decided."""
        named = self.known.mentions.decisions_in(self.known.around.segment(number))
        is_said = _AMOUNT_OF.search(self.known.around.before(number))
        return named[0] if is_said and len(named) == 1 and self._is_in_own_unit(number) else None

    def _about(self, number: Quantity) -> tuple[str, ...]:
        """Give the decisions of the clause around a number, or of what it goes on about."""
        named = self.known.named_before(number) or self.known.named_after(number)
        clause, place = self.known.around.clause(number)
        if not named and len(clause[:place].split()) <= _FEW_WORDS:
            named = self.known.mentions.decisions_in(self.known.around.before(number))
        return named or self._topic(number)

    def _of_all(self, number: Quantity) -> tuple[str, ...]:
        """Leave out the decisions where plain words limit and the sentence names none of them."""
        sentence = self.known.around.said(number)
        cue = self.known.reading.cue(number)
        is_plain = (cue and cue.is_plain) or self.known.around.is_exact(number)
        if not is_plain or not self.known.are_named or POINTS_BACK.search(sentence):
            return ()
        if self.known.mentions.decisions_in(sentence):
            return ()
        return tuple(name for name in self.known.names if name not in self.known.decisions)

    def _counted(self, number: Quantity) -> str | None:
        """Give the one decision that is counted in what a number counts: "team X has 6 hours"."""
        named, (clause, _) = self._one_before(number), self.known.around.clause(number)
        return named if named and self.known.counted & set(stems(clause)) else None

    def _named_in(self, phrase: str, number: Quantity) -> tuple[str, ...]:
        """Give the decisions of the words after a number, on to the last of "pens and pencils"."""
        named = self.known.mentions.decisions_in(phrase)
        more = _AND_MORE.match(self.known.reading.text, number.end + len(phrase))
        if len(named) == 1 and more:
            return tuple(dict.fromkeys((*named, *self.known.mentions.decisions_in(more["what"]))))
        return named

    def _money_rows_left(self, number: Quantity) -> tuple[str, ...]:
        """Give the rows of money, or the part of the one that is said of one decision."""
        named, (clause, _) = self._one_before(number), self.known.around.clause(number)
        said = [row for row in self.known.mentions.rows_in(clause) if row in self.known.money_rows]
        said = said or list(self.known.money_rows)
        return (f"{said[0]}({named})",) if named and len(said) == 1 else self.known.money_rows

    def _money_left(self, number: Quantity) -> tuple[str, ...]:
        """Give what an amount of money limits where money is what is decided."""
        if one := self._sum(number):
            return (one,)
        named = self._one_before(number)
        is_among = _AMONG.match(self.known.reading.text, number.end)
        if named is None and not is_among and not self.known.named_before(number):
            after = self.known.named_after(number) or self._topic(number)
            named = after[0] if len(after) == 1 else None
        return (named or TOTAL,)

    def _topic(self, number: Quantity) -> tuple[str, ...]:
        """Give the decisions that a sentence sets out with: "For pens, at most 40 are made"."""
        start, _ = self.known.around.sentence(number)
        topic = _TOPIC.match(self.known.reading.text, start, number.start)
        return self.known.mentions.decisions_in(topic["what"]) if topic else ()

    def _one_before(self, number: Quantity) -> str | None:
        """Give the one decision that the clause of a number speaks of before it."""
        named = self.known.named_before(number)
        return named[0] if len(named) == 1 and not self._is_joint(number) else None

    def _shares(self, number: Quantity) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """A share is one of everything together, unless its words compare two decisions."""
        if pair := self._as_many(number):
            return (pair[0],), (f"{number.text} * {pair[1]}",)
        clause, _ = self.known.around.clause(number)
        named = self.known.mentions.told_apart(clause)
        told = self.known.mentions.told_apart(self.known.around.phrase(number))
        before = self.known.named_before(number)
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
        right: tuple[str, ...] = self.known.names
        if number.kind in _SHARES and not self.known.mentions.decisions_in(
            _five_words(self.known.reading.text[number.end :])
        ):
            right = tuple(name for name in self.known.names if name not in self.known.decisions)
        left = self.known.names
        if number.kind in _SHARES and len(named) == 1:
            left, right = named, (TOTAL,)
        return left, tuple(f"{number.text} * {name}" for name in right)

    def _as_many(self, number: Quantity) -> tuple[str, str] | None:
        """Read "as many X as Y" after a number, where each names one decision."""
        found = _AS_MANY.match(self.known.reading.text, number.end)
        sides = [self.known.mentions.decisions_in(found[at]) for at in (1, 2)] if found else []
        if [len(side) for side in sides] != [1, 1] or sides[0] == sides[1]:
            return None
        return sides[0][0], sides[1][0]

    def _shared_row(self, number: Quantity) -> str | None:
        """Give the row that a share is of: "30% of the tons", but not "30% of the number"."""
        of = _SHARE_OF.match(self.known.reading.text, number.end)
        if of is None or NUMBER_OF.search(of["what"]) or self.known.mentions.is_of_all(of["what"]):
            return None
        rows = self.known.mentions.rows_in(of["what"])
        return rows[0] if len(rows) == 1 else None

    def _difference(self, number: Quantity) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Read "10 more X than Y" and "X exceeds Y by 10", where it names two decisions."""
        text = self.known.reading.text
        clause, place = self.known.around.clause(number)
        named = self.known.mentions.decisions_in(clause)
        told = (
            DIFFERENCE.match(text, number.end)
            or _BY.search(clause[:place])
            or _ABOVE.match(text, number.end)
        )
        if len(named) != 2 or told is None:
            return None
        one, other = reversed(named) if told["down"] else named
        factors = [n for n in self.known.factors(number) if n.start >= number.end]
        sums = [f"{factor.text} * {other} + {number.text}" for factor in factors]
        return (one,), tuple(sums) or (f"{other} + {number.text}",)

    def _sum(self, number: Quantity) -> str | None:
        """Give the sum of single decisions that a number limits."""
        factors = self.known.factors(number)
        start, end = self.known.around.reach(number)
        text = self.known.reading.text[start:end]
        mentions = self.known.mentions.places(text)
        named = {name for _, name in mentions}
        is_total = not factors and named == set(self.known.decisions)
        if number.kind is not Kind.PLAIN or (is_total and not _TAKEN.search(text)):
            return None
        found = combination(text, mentions, [(f.start - start, f.text) for f in factors])
        cue = self.known.reading.cue(number)
        if found and cue and cue.relation == ">=":
            found = _ABSOLUTE.sub(r"\1", found)  # at least 5 apart has one way: the first is more
        phrase = self.known.around.phrase(number)
        is_some = 1 < len(named) < len(self.known.decisions)
        is_part = is_some and not self.known.mentions.decisions_in(phrase)
        if found is None and is_part and _JOINT.search(text):
            return " + ".join(dict.fromkeys(name for _, name in mentions))
        return found

    def _rows_in_unit(self, number: Quantity) -> tuple[str, ...]:
        """Give the rows whose entries have the unit of a number, or one that it converts to."""
        own = self.known.unit(number)
        if own in ("", "unit", "units", "of", "more", "and"):
            return ()
        units = ((row, self.known.unit(entry)) for row, entry in self.known.placed)
        return tuple(
            dict.fromkeys(row for row, unit in units if factor_between(own, unit) is not None)
        )

    def _is_joint(self, number: Quantity) -> bool:
        """Whether a number is said of all decisions: outright, or as "pills" is of all pills."""
        segment = self.known.around.segment(number)
        if _ITS_OWN.search(self.known.around.before(number)):
            return True
        if self._speaks_of_each(number) and not _BOTH.search(segment):
            return False
        if self.known.reading.is_joint(number):
            return True
        if len(self.known.mentions.told_apart(self.known.around.phrase(number))) == 1:
            return False
        if _JOINT.search(segment) and len(self.known.mentions.told_apart(segment)) != 1:
            return True
        is_of_all = self.known.mentions.is_of_all(self.known.around.phrase(number))
        return is_of_all and len(self.known.named_before(number)) != 1

    def _is_in_own_unit(self, number: Quantity) -> bool:
        """Whether it stands in what the decisions are counted in: hectares, beside "a hectare"."""
        own = _measure(self.known.unit(number))
        if not name_of(own) and own not in _PORTIONS:
            return False
        return own in self._own_units

    def _is_of_entries(self, number: Quantity) -> bool:
        """Whether entries of the table stand in just its unit."""
        own = self.known.unit(number)
        return any(self.known.unit(entry) == own for _, entry in self.known.placed)

    @cached_property
    def _own_units(self) -> frozenset[str]:
        """What one decision is counted in: "a hectare", "5 acres of apples"."""
        text = self.known.reading.text
        single = {_measure(match[1]) for match in _SINGLE.finditer(text)}
        of_one = (_MEASURED.match(text, number.end) for number in self.known.reading.numbers)
        named = (each for each in of_one if each and self.known.mentions.decisions_in(each["what"]))
        return frozenset(single.union(_measure(each["unit"]) for each in named))

    def _speaks_of_each(self, number: Quantity) -> bool:
        """Whether "each" stands beside it: "may each", "each van", "9 of each", not "each day"."""
        said = self.known.around.before(number, 60)
        before = None if _OTHER_EACH.search(said) else _EACH.search(said)
        after = OF_EACH.match(self.known.reading.text, number.end)
        found = (each for each in (before, after) if each)
        return any(not each["of"] or self.known.mentions.is_of_all(each["of"]) for each in found)


def factor_between(one: str, other: str) -> float | None:
    """Give how many of the other one is, also where both are the same thing that is counted."""
    return 1.0 if one == other else factor(one, other)


def _measure(word: str) -> str:
    """Give the one name of a unit, or a word without its plural."""
    return name_of(word) or "_".join(stems(word))


def _five_words(text: str) -> str:
    return " ".join(text.split(maxsplit=5)[:5])
