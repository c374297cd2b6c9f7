"""Whether a decision is counted or measured, and whether it is money, as far as the words tell."""

import re

from solvitur.agents.stepwise.sketch import Decision
from solvitur.formulation.elements import Domain
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.measures import name_of

_WHOLE = re.compile(
    r"\b(?:whole numbers?|whole [^\W\d]+ only|only whole|integers?|integrals?|indivisible"
    r"|no fractions?"
    r"|(?:cannot|can ?not|can't|must not|may not) be (?:split|divided|fractional))\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\b(?:(?:need not|needn't|(?:do|does|did)(?: not|n't) (?:have|need) to|not necessarily)"
    r"(?: be)?(?: an?| in)? (?:whole|integ(?:er|ral)s?)"
    r"|any fractions?|fractions? (?:of [^.;]{1,30} )?(?:is|are|can be|may be) (?:fine|allowed"
    r"|possible|permitted)|(?:can|may) be (?:split|divided|fractional)|divisible"
    r"|linear program(?:ming)?)\b",
    re.IGNORECASE,
)
_DIET = re.compile(r"\bdiets?\b", re.IGNORECASE)
"""A diet is eaten in any portions."""
_COUNTED = re.compile(r"\W*(?:the )?numbers? of (?P<what>[^\W\d]+)", re.IGNORECASE)
_MEASURED = re.compile(
    r"\W*(?:the )?(?:(?:amounts?|quantity|quantities|numbers?) (?:of|in) )?(?P<what>[^\W\d]+)"
    r"(?=\W*\Z|\s*[^\w\s]|\s+(?:of|in|on|for|at|to|that|per|from|with|by|into|an?|the|each|\w+ed"
    r"|\w+ing|sold|put|made|spent|sent|bought|grown|kept|run|lent|fed|cut)\b)",
    re.IGNORECASE,
)
"""What a description begins with, where it is no word of a longer name: hours, not hour shifts."""


_MONEY = re.compile(
    r"\b(?:dollars?|euros?|money|budgets?|investments?|invest(?:s|ed)?|spending|spent)\b|\$",
    re.IGNORECASE,
)


def domain(reading: Reading, decision: Decision) -> Domain:
    """Give the domain of a decision: what the problem says, what it is counted in, what is named.

    Example:
        >>> plots = Decision(name="barley", doc="hectares of barley", domain=Domain.integer)
        >>> domain(Reading("Sow barley on 90 hectares."), plots)
        <Domain.continuous: 'continuous'>
        >>> domain(Reading("Only whole numbers of hectares are let."), plots)
        <Domain.integer: 'integer'>
        >>> domain(Reading("The plots need not be whole hectares."), plots)
        <Domain.continuous: 'continuous'>
    """
    may_be_split = _SPLIT.search(reading.text) is not None
    if _WHOLE.search(_SPLIT.sub("", reading.text)):
        return Domain.integer
    measured, counted = _MEASURED.match(decision.doc), _COUNTED.match(decision.doc)
    is_measured = measured is not None and name_of(measured["what"]) != ""
    if is_measured or may_be_split or _DIET.search(reading.text):
        return Domain.continuous
    return Domain.integer if counted else decision.domain


def is_money(doc: str) -> bool:
    """Whether what is decided is a sum of money, by how it is described.

    Example:
        >>> is_money("dollars invested in bonds"), is_money("number of bonds")
        (True, False)
    """
    counted = _COUNTED.match(doc)
    is_counted = counted is not None and not _MONEY.search(counted["what"])
    return not is_counted and _MONEY.search(doc) is not None
