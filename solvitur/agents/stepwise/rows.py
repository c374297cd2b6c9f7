"""Rows of the table that the words of a problem spell out, so that no model is asked for them."""

import re

from solvitur.agents.stepwise.around import NEAR
from solvitur.agents.stepwise.entries import Entries
from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.sketch import Row
from solvitur.formulation.words.numerals import words
from solvitur.formulation.words.quantities import Kind, Quantity, unit_after

_KINDS = tuple(
    (name, re.compile(rf"\b(?:{kinds})\w*", re.IGNORECASE))
    for name, kinds in (
        ("profit", "profit|earn|gain|margin|clear"),
        ("revenue", "revenue|sell|sold|sale|income"),
        ("return", "return|yield"),
        ("cost", "cost|spend|pay|paid|price|charge|expens|buy|bought|wage"),
    )
)
_COUNTED = re.compile(
    r" (?:units? of )?(?P<what>(?!(?:units?|for|from|with|and|per|must|are|can|will)\b)[a-z]{3,15}"
    r"(?: (?!and|per|for|each|respectively)[a-z]{3,15})?)\b"
)
_NO_UNIT = words("and as at by each for from in more of on or per than to with")


def spelled_out(known: Known) -> Row | None:
    """Read a row that the table lacks: one number for each decision, all in one unit.

    Example:
        >>> from solvitur.formulation.words.cues import Reading
        >>> reading = Reading("A van trip takes 5 hours, a bike trip 2 hours.")
        >>> spelled_out(Known(reading, ("van_trips", "bike_trips"), ()))
        Row(name='hours', values={'van_trips': 5.0, 'bike_trips': 2.0})
    """
    by_unit: dict[str, dict[str, list[float]]] = {}
    entries = Entries(known)
    for number in known.left_over:
        own, subject = unit_after(known.reading.text, number), known.subject(number)
        if own in _NO_UNIT or not subject or number.kind is not Kind.PLAIN:
            continue
        if entries.may_be(number) and not known.is_factor(number):
            by_unit.setdefault(own, {}).setdefault(subject, []).append(number.value)
    for own, said in by_unit.items():
        if own and set(said) == set(known.decisions) and all(len(v) == 1 for v in said.values()):
            values = {name: said[name][0] for name in known.decisions}
            return Row(name=fresh(called(known, values), known.names), values=values)
    return None


def called(known: Known, values: dict[str, float]) -> str:
    """Say what the numbers of a row count: "support_points", "cost"."""
    stated = _stated(known, values)
    for number in stated:
        match = _COUNTED.match(known.reading.text, number.end)
        if match is not None and not known.reading.is_money(number):
            return "_".join(match["what"].lower().split())
    is_money = any(map(known.reading.is_money, stated))
    kinds = (_kind(known.around.before(number, NEAR)) for number in stated)
    return next(filter(None, kinds), "money" if is_money else "value")


def _stated(known: Known, values: dict[str, float]) -> list[Quantity]:
    """Give the numbers that a row holds, the last first; those said of their decision, if any."""
    entries = [value for value in values.values() if value]
    stated = [number for number in reversed(known.reading.numbers) if number.value in entries]
    of_theirs = [n for n in stated if values.get(known.subject(n) or "") == n.value]
    return of_theirs or stated


def _kind(words: str) -> str | None:
    """Say what kind of money the last of some words speaks of."""
    found = [(match.start(), name) for name, kind in _KINDS for match in kind.finditer(words)]
    return max(found)[1] if found else None


def fresh(name: str, taken: tuple[str, ...]) -> str:
    """Give a name that is not taken: this one, or this one and a number."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
