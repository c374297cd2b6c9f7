"""What is to be best, as far as the words of a problem tell: which way, and what."""

import re
from collections.abc import Sequence

from solvitur.agents.stepwise.known import MONEY, NUMBER_OF, Known
from solvitur.agents.stepwise.mentions import stems
from solvitur.agents.stepwise.sketch import TOTAL
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import unit_after

_OPTIMIZE = re.compile(r"(?:max|min|opt)imi[sz]\w*(?P<aim>[^.;?,]*)", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:\bto (?:reduce|decrease|increase|raise)\b|(?<!\bat )\b(?:lowest|smallest|least|fewest"
    r"|cheapest|cheaply|highest|largest|greatest|most|minimum|maximum"
    r"|as (?:few|little|small|low|high|much|many))\b)(?P<aim>[^.;?,]*)",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"(?P<aim>[^.;?,]{1,120}) (?:is|are|be|being|stays?|becomes?) as (?:low|small|few|little|high"
    r"|large|great|many|much) as (?:possible|\w+ can)",
    re.IGNORECASE,
)
"""What is spoken of before: "so that the total cost is as low as possible"."""
_SO_THAT = re.compile(r".*\b(?:so that|such that|that|wants?|likes?|keep)\b", re.IGNORECASE)
_MOST = re.compile(
    r"(?<!\bat )(?<!at the )\bmost\b(?! cheap)"
    r"|\b(?:highest|largest|greatest|biggest|maximum|best)\b"
    r"|\bas (?:much|many|large|high) as (?:possible|\w+ can)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?<!\bat )(?<!at the )\bleast\b|\b(?:lowest|smallest|fewest|cheapest|cheaply|minimum)\b"
    r"|\bas (?:few|little|small)\b|\bto (?:reduce|decrease)\b",
    re.IGNORECASE,
)
_GOOD = re.compile("profit|revenue|earn|income|gain")
_BAD = re.compile("cost|expense|waste|pollution|price")
_TIME = re.compile(r"\b(?:time|hours|minutes)\b", re.IGNORECASE)
_CHEAP = re.compile(r"\bcheap", re.IGNORECASE)
_EARN = re.compile(r"\b(?:earn|profit|income|revenue|money|spend|pay|cost)", re.IGNORECASE)
_SPENT = re.compile(r"\b(?:costs?|spend\w*|expenses?|invest\w*)\b", re.IGNORECASE)
_EACH_DOLLAR = re.compile(
    r"\b(?:each|every|per|one) (?:dollar|euro|pound)\b(?: (?:spent|invested|put|allocated))?",
    re.IGNORECASE,
)
"""Where something is said of each dollar, dollars are what is decided, and all of them the cost."""
_NO_UNIT = frozenset(stems("unit of and or to for in per a an the"))
_ASKING = re.compile(r"\?|\b(?:what|how many|how much|determine|find|calculate)\b", re.IGNORECASE)


def sense(reading: Reading, names: Sequence[str] = ()) -> Sense | None:
    """Read the goal's direction from the text, from how it asks, or from what is to be best.

    Args:
        reading: The problem.
        names: What may be to be best.

    Example:
        >>> sense(Reading("Make at least 5. Which way is the cheapest?"))
        <Sense.minimize: 'minimize'>
    """
    if found := reading.sense():
        return found
    start, end = _question(reading)
    asked = reading.text[start:end]
    up, down = _MOST.search(asked), _LEAST.search(asked)
    if bool(up) == bool(down) and len(names) == 1:
        up, down = _GOOD.search(names[0]), _BAD.search(names[0])
    if bool(up) == bool(down):
        return None
    return Sense.maximize if up else Sense.minimize


def goals(known: Known) -> tuple[str, ...]:
    """Give the names that may be what is to be best, by the words that say so."""
    text, (start, end) = known.reading.text, _question(known.reading)
    asked = (*_KEPT.finditer(text, start, end), *_ASKED.finditer(text, start, end))
    for match in (*_OPTIMIZE.finditer(text), *asked):
        words = _SO_THAT.sub("", match["aim"]) if match.re is _KEPT else match["aim"]
        rows = known.mentions.rows_in(words) or _counted_in(known, words)
        is_of_money = known.are_money or _EACH_DOLLAR.search(text)
        if not rows and is_of_money and _SPENT.search(words):
            return (TOTAL,)
        if not rows and (MONEY.search(words) or _CHEAP.search(match[0])):
            rows = known.money_rows or tuple(row.name for row in known.rows)
        if rows:
            return rows
        if NUMBER_OF.search(words) or _TIME.search(words):
            return (TOTAL,)
    money = known.money_rows
    is_money = _EARN.search(text, start, end) or (len(money) == 1 and not _OPTIMIZE.search(text))
    return (is_money and money) or known.names


def _counted_in(known: Known, words: str) -> tuple[str, ...]:
    """Give the rows whose entries stand in a unit that these words name."""
    spoken = set(stems(words)) - _NO_UNIT
    units = ((row, unit_after(known.reading.text, entry)) for row, entry in known.placed)
    return tuple(dict.fromkeys(row for row, own in units if spoken & set(stems(own))))


def _question(reading: Reading) -> tuple[int, int]:
    """Where the sentence is that asks, or the last one."""
    spans = reading.spans or ((0, len(reading.text)),)
    asking = [span for span in spans if _ASKING.search(reading.text, *span)]
    return (asking or spans)[-1]
