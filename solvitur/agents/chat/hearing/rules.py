"""What a message changes, as far as its words leave no doubt; no model is asked.

Each rule reads one shape of message: a limit on a number of things, a comparison of two, a number
that becomes another, a limit that goes, an element that comes. What a number is said of is found by
the words it shares with the formulation, and the runners-up are kept: where they come close, or
words stay unexplained, the message is not understood by rule.
"""

from dataclasses import replace

from solvitur.agents.chat.hearing.goals import domain, exclusion, removal, sense_of
from solvitur.agents.chat.hearing.numbers import number_said
from solvitur.agents.chat.hearing.readings import Heard, unexplained
from solvitur.agents.chat.hearing.relations import comparison, goal_limit, limit, ratio
from solvitur.agents.chat.hearing.saying import FRACTION, Saying
from solvitur.agents.chat.hearing.vocabulary import Vocabulary

_RULES = (
    domain,
    sense_of,
    removal,
    comparison,
    ratio,
    goal_limit,
    limit,
    exclusion,
    number_said,
)


def understand(said: Saying, known: Vocabulary) -> list[Heard]:
    """Give the ways to understand a message, the likeliest first; none where no rule fits."""
    for rule in _RULES:
        found = sorted(rule(said, known), key=lambda heard: -heard.score)
        if found:
            strange = () if said.has(FRACTION) else unexplained(said, known)
            return [replace(heard, unexplained=strange) for heard in found]
    return []
