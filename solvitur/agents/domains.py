"""Whether a decision is counted or measured, as far as the words tell."""

import re

from solvitur.agents.sketch import Decision
from solvitur.formulation.elements import Domain
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.measures import name_of

_WHOLE = re.compile(
    r"\b(?:whole numbers?|integers?|integrals?|indivisible|no fractions?"
    r"|(?:cannot|can ?not|can't|must not|may not) be (?:split|divided|fractional))\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\b(?:any fractions?|fractions? (?:of [^.;]{1,30} )?(?:is|are|can be|may be) (?:fine|allowed"
    r"|possible|permitted)|(?:can|may) be (?:split|divided|fractional)|divisible"
    r"|linear program(?:ming)?)\b",
    re.IGNORECASE,
)
_DIET = re.compile(r"\bdiets?\b", re.IGNORECASE)
"""A diet is eaten in any portions."""
_COUNTED = re.compile(r"\W*(?:the )?numbers? of (?P<what>[^\W\d]+)", re.IGNORECASE)
_MEASURED = re.compile(
    r"\W*(?:the )?(?:(?:amounts?|quantity|quantities|numbers?) (?:of|in) )?(?P<what>[^\W\d]+)",
    re.IGNORECASE,
)
_NO_MEASURE = frozenset(("second", "quarter"))
"""Words that a description may begin with otherwise: "second machine"."""


def domain(reading: Reading, decision: Decision) -> Domain:
    """Give the domain of a decision: what the problem says, what it is counted in, what is named.

    Example:
        >>> plots = Decision(name="barley", doc="hectares of barley", domain=Domain.integer)
        >>> domain(Reading("Sow barley on 90 hectares."), plots)
        <Domain.continuous: 'continuous'>
        >>> domain(Reading("Only whole numbers of hectares are let."), plots)
        <Domain.integer: 'integer'>
    """
    if _WHOLE.search(reading.text):
        return Domain.integer
    measured, counted = _MEASURED.match(decision.doc), _COUNTED.match(decision.doc)
    is_measure = measured and name_of(measured["what"]) and measured["what"] not in _NO_MEASURE
    if is_measure or _SPLIT.search(reading.text) or _DIET.search(reading.text):
        return Domain.continuous
    return Domain.integer if counted else decision.domain
