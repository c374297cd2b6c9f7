"""What a number of the text can limit, as far as its words tell; no model is asked.

The fewer answers a grammar leaves to a small model, the fewer wrong ones it can give. Where the
words do not narrow anything down, everything stays possible.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.sides import AGAINST, Sides, factor_between
from solvitur.agents.stepwise.sketch import Goal
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.quantities import Kind, Quantity

_SAME = re.compile(r"\b(?:equal|same) (?:number|amount)", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|cannot|can't|never|no|nor|at most)\b.{0,40}"
    r"\b(?:more|less|fewer|greater|larger|higher|smaller|lower|exceed|as many|as much)",
    re.IGNORECASE,
)
_UP_OR_DOWN = re.compile(
    r"\b(?:(?P<up>more|greater|larger|higher|exceeds?|as many|as much)"
    r"|(?P<down>less|fewer|smaller|lower))\b",
    re.IGNORECASE,
)
_DIVIDED = re.compile(
    r"\b(?:distribut|divid|split)\w*\b(?:\W+[a-z]+){0,4}[\s$€£]*\Z", re.IGNORECASE
)


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
class Limits:
    """What is limited, and how, as far as the words of the numbers tell."""

    known: Known

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        """Give the numbers to ask a limit for: left over, not said of one unit, and no factor."""
        return tuple(
            number
            for number in self.known.left_over
            if not self.known.is_factor(number)
            and not self.known.is_basis(number)
            and (
                self.known.reading.cue(number)
                or self.known.range_of(number)
                or self.known.is_needed(number)
                or self.known.around.is_exact(number)
                or not (number.kind is Kind.PLAIN and self.known.reading.is_each(number))
            )
        )

    def choices(self, number: Quantity, goal: Goal) -> Choices:
        """Narrow down what the limit of a number can be."""
        if within := self.known.range_of(number):
            relation = ">=" if number == within.low else "<="
            left = (within.name,) if within.name else self.known.names
            return Choices(number, left, (relation,), (number.text,), False, False)
        cue = self.known.reading.cue(number)
        left, right = self._sides.of(number, goal)
        is_exact = self.known.around.is_exact(number) and not (cue and cue.is_plain)
        is_said = cue is not None or is_exact or self.known.is_needed(number)
        against = cue and cue.relation == AGAINST[goal.sense] and left == goal.alone
        return Choices(
            number=number,
            left=left,
            relations=("==",) if is_exact else self._relations(number, goal),
            right=right,
            is_twofold=self._sides.is_twofold(number),
            may_be_none=not (cue and cue.is_plain)
            and not (is_said and len(left) == 1 and not against),
        )

    def comparison(self, clause: str) -> str | None:
        """Read a comparison of two decisions without a number: "more X than Y"."""
        named = self.known.mentions.decisions_in(clause)
        if len(named) != 2:
            return None if named or self.known.mentions.rows_in(clause) else "none"
        if _SAME.search(clause):
            return f"{named[0]} == {named[1]}"
        is_denied = _DENIED.search(clause) is not None
        if not (more := _UP_OR_DOWN.search(clause)):
            return None
        is_up = (more["up"] is not None) is not is_denied
        return f"{named[0]} {'>=' if is_up else '<='} {named[1]}"

    def conversion(self, number: Quantity, name: str) -> float:
        """Give what a limit is multiplied by to be in the unit of a row: 1000 for kg and g."""
        units = [self.known.unit(entry) for row, entry in self.known.placed if row == name]
        own = self.known.unit(number)
        factors = {factor_between(own, each) for each in units} - {None}
        return factors.pop() or 1.0 if len(factors) == 1 else 1.0

    @cached_property
    def _sides(self) -> Sides:
        return Sides(self.known)

    def _relations(self, number: Quantity, goal: Goal) -> tuple[str, ...]:
        """Go by the words; where they say nothing, what is to be most is held down."""
        cue = self.known.reading.cue(number)
        is_divided = _DIVIDED.search(self.known.around.before(number, 60))
        if is_divided and not (cue and cue.is_plain):
            return ("==",)
        if self.known.is_needed(number):
            return (">=",)
        if cue is not None:
            return (cue.relation,)
        return ("<=",) if goal.sense is Sense.maximize else ("<=", ">=")
