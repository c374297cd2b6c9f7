"""Which numbers of the text the table may hold, and for whom; no model is asked."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from solvitur.agents.stepwise.around import NEAR, is_limit
from solvitur.agents.stepwise.known import POINTS_BACK, Known
from solvitur.agents.stepwise.sketch import Row
from solvitur.formulation.words.quantities import Kind, Quantity

_OF_ONE = re.compile(
    r"(?:\A|\b(?:make|making|produce|for|in|per|of|to|only|this|that|the))\s*\Z", re.IGNORECASE
)
_SHARED = re.compile(
    r"\b(?:both|same|likewise|identical|equally|respectively|either|all|each of)\b", re.IGNORECASE
)
"""Words by which a number can be of more decisions than the one that is named."""
_FOR = re.compile(r"\bfor\s*\Z", re.IGNORECASE)
_COSTS = re.compile(
    r"\s*[^\W\d]+\s+(?:costs?|produces?|makes?|yields?|uses?|takes?|requires?|needs?|consumes?"
    r"|gives?|earns?|burns?|can|will)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entries:
    """What the table may hold, as far as the words of the numbers tell."""

    known: Known

    @property
    def unplaced(self) -> list[Quantity]:
        """Give the numbers that are in no table yet and that no word marks as a limit."""
        return [
            number
            for number in self.known.left_over
            if number.kind is Kind.PLAIN
            and self.known.reading.cue(number) is None
            and self.known.range_of(number) is None
            and not self.known.is_factor(number)
            and not self._is_said_of_all(number)
        ]

    def may_be(self, number: Quantity) -> bool:
        """Whether the table may hold it: no plain limit, no factor in a sum, no count of kinds."""
        if number.kind is Kind.WEAK and number.value == len(self.known.decisions):
            return False
        if number.kind is Kind.WEAK and number.value == 1 and self._is_subject(number):
            return False
        if number.kind is Kind.MULTIPLE and self.known.is_factor(number):
            return False
        if self._is_said_of_all(number) or self._is_time_run(number):
            return False
        return not is_limit(self.known.reading, number) and self.known.range_of(number) is None

    def by_decision(self, numbers: Sequence[Quantity]) -> dict[str, tuple[Quantity, ...]]:
        """Give each decision those of the numbers that its entries may be."""
        owners = {number: self._owner(number) for number in numbers}
        return {
            name: tuple(number for number in numbers if owners[number] in (None, name))
            for name in self.known.decisions
        }

    def corrected(self, row: Row) -> Row:
        """Put the numbers that the words give to a row and a decision where they belong.

        Example:
            >>> from solvitur.formulation.words.cues import Reading
            >>> reading = Reading("A mat takes 2 m of rope and a net 4 m of rope.")
            >>> row = Row(name="rope", values={"mats": 4, "nets": 4})
            >>> Entries(Known(reading, ("mats", "nets"), (row,))).corrected(row).values
            {'mats': 2.0, 'nets': 4.0}
        """
        values = {
            name: next(iter(said)) if len(said := self._said[row.name, name]) == 1 else value
            for name, value in row.values.items()
        }
        return row.model_copy(update={"values": values})

    @cached_property
    def _said(self) -> Mapping[tuple[str, str | None], set[float]]:
        """By row and decision, the numbers that stand before the name of the one, of the other."""
        said: defaultdict[tuple[str, str | None], set[float]] = defaultdict(set)
        for number in self.known.reading.numbers:
            if number.kind is not Kind.PLAIN or not self.may_be(number):
                continue
            rows = self.known.mentions.rows_in(self.known.around.phrase(number))
            subject = self.known.subject(number)
            if len(rows) == 1 and self._owner(number) in (None, subject):
                said[rows[0], subject].add(number.value)
        return said

    def _owner(self, number: Quantity) -> str | None:
        """Give the one decision that the words up to the next stop speak of, if it is one."""
        text, (start, end) = self.known.reading.text, self.known.around.sentence(number)
        start = max(start, text.rfind(";", start, number.start) + 1)
        stop = text.find(";", number.end, end)
        words = text[start : end if stop < 0 else stop]
        named = self.known.mentions.decisions_in(words)
        return named[0] if len(named) == 1 and not _SHARED.search(text) else None

    def _is_said_of_all(self, number: Quantity) -> bool:
        """Whether a sentence that names no decision says how much there is or is needed of all."""
        known = self.known
        if not (
            known.reading.cue(number) or known.around.is_exact(number) or known.is_needed(number)
        ):
            return False
        words = known.around.said(number)
        clause, place = known.around.clause(number)
        is_of_one = known.reading.is_each(number) or POINTS_BACK.search(clause[:place])
        is_named = known.mentions.decisions_in(words) or known.mentions.is_of_all(words)
        return known.are_named and not is_of_one and not is_named

    def _is_subject(self, number: Quantity) -> bool:
        """Whether it is the "one" of what something is said of: "one pill has 3", "to make one"."""
        return _OF_ONE.search(self.known.around.before(number)) is not None

    def _is_time_run(self, number: Quantity) -> bool:
        """Whether it is the 1 of "running it for 1 hour costs", and not of "it takes 1 hour"."""
        text = self.known.reading.text
        is_for = _FOR.search(self.known.around.before(number, NEAR)) is not None
        return is_for and self.known.is_basis(number) and bool(_COSTS.match(text, number.end))
