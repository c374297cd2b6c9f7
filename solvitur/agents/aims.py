"""What is to be best, as far as the words of a problem tell: which way, and what."""

import re

from solvitur.agents.mentions import stems
from solvitur.agents.narrowing import MONEY, NUMBER_OF, Known
from solvitur.agents.sketch import TOTAL
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import unit_after

_OPTIMIZE = re.compile(r"(?:maximi[sz]|minimi[sz]|optimi[sz])\w*(?P<aim>[^.;?,]*)", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:\bto (?:reduce|decrease|increase|raise)\b|(?<!at )\b(?:lowest|smallest|least|fewest"
    r"|cheapest|highest|largest|greatest|most|minimum|maximum|as (?:few|little|small|low|high)))\b"
    r"(?P<aim>[^.;?,]*)",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"(?<!at )(?<!at the )\bmost\b|\b(?:highest|largest|greatest|biggest|maximum|best)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?<!at )(?<!at the )\bleast\b|\b(?:lowest|smallest|fewest|cheapest|cheaply|minimum)\b"
    r"|\bas (?:few|little|small)\b|\bto (?:reduce|decrease)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(r"\?|\b(?:what|how many|how much|determine|find|calculate)\b", re.IGNORECASE)


def sense(reading: Reading) -> Sense | None:
    """Read the goal's direction from the text, or else from how it asks.

    Example:
        >>> sense(Reading("Make at least 5. Which way is the cheapest?"))
        <Sense.minimize: 'minimize'>
    """
    if found := reading.sense():
        return found
    start, end = _question(reading)
    asked = reading.text[start:end]
    up, down = _MOST.search(asked), _LEAST.search(asked)
    if bool(up) == bool(down):
        return None
    return Sense.maximize if up else Sense.minimize


def goals(known: Known) -> tuple[str, ...]:
    """Give the names that may be what is to be best, by the words that say so."""
    text, (start, end) = known.reading.text, _question(known.reading)
    for match in (*_OPTIMIZE.finditer(text), *_ASKED.finditer(text, start, end)):
        words = match["aim"]
        rows = known.mentions.rows_in(words) or _counted_in(known, words)
        if not rows and MONEY.search(words):
            rows = known.money_rows or tuple(row.name for row in known.rows)
        if rows:
            return rows
        if NUMBER_OF.search(words):
            return (TOTAL,)
    return known.names


def _counted_in(known: Known, words: str) -> tuple[str, ...]:
    """Give the rows whose entries stand in a unit that these words name."""
    spoken = set(stems(words)) - {"unit", "of"}
    units = ((row, unit_after(known.reading.text, entry)) for row, entry in known.placed)
    return tuple(dict.fromkeys(row for row, own in units if spoken & set(stems(own))))


def _question(reading: Reading) -> tuple[int, int]:
    """Where the sentence is that asks, or the last one."""
    spans = reading.spans or ((0, len(reading.text)),)
    asking = [span for span in spans if _ASKING.search(reading.text, *span)]
    return (asking or spans)[-1]
