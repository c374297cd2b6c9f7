"""What a message says the cost of, where nothing in the formulation is what that costs."""

import re
from collections.abc import Iterator, Set

from solvitur.agents.chat.edits.edits import Amount, How
from solvitur.agents.chat.hearing.numbers import is_gain, is_money
from solvitur.agents.chat.hearing.saying import CAP, COST, COSTS, LIMITS, TAKES, Saying, is_of
from solvitur.agents.chat.hearing.vocabulary import Place, Role, Vocabulary, stems
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.measures import name_of
from solvitur.formulation.words.quantities import Quantity

_FOR_EACH = re.compile(r"\s*(?:more|less|extra)?\s*(?:per|an?|each|for|every)\b", re.IGNORECASE)
_MOST_WORDS = 3
"""In a name; what is longer is no name."""


def unpriced(said: Saying, known: Vocabulary) -> str | None:
    """Name what a message says the cost of, where no number of the formulation is that cost.

    ``None`` where there is such a number, or the message says the cost of nothing.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> from solvitur.formulation.instance import Instance
        >>> shop = Vocabulary(Instance(Formulation.model_validate({
        ...     "parameters": [{"name": "labour", "value": 40, "unit": "h"}],
        ...     "variables": [{"name": "chairs"}],
        ...     "objective": {"sense": "minimize", "expression": "30 * chairs"},
        ...     "constraints": [{"name": "work", "expression": "2 * chairs >= labour"}]})))
        >>> [unpriced(Saying.of(f"{each} costs 5 more"), shop) for each in ("Steel", "labour")]
        ['Steel', 'labour']
        >>> unpriced(Saying.of("chairs cost 5 more"), shop) is None
        True
    """
    for clause, amount in _priced(said):
        thing = {w for w in clause.content if not is_of(w, COST) and not name_of(w)}
        fitting = (p for p in known.places if _may_be(p, clause, amount, known))
        if thing and not any(_is_of(place, clause, thing, known) for place in fitting):
            return _named(clause, thing)
    return None


def _priced(said: Saying) -> Iterator[tuple[Saying, Amount]]:
    """Give the clauses that say what something costs, each with what is done with its number."""
    if not said.numbers and said.factor is not None and _is_priced(said):
        yield said, Amount(how=How.times, number=said.factor)
    for number in said.numbers:
        clause, cue = said.around(number), said.cue(number)
        is_limit = cue is not None and cue.is_plain
        if _is_priced(clause) and not is_limit and not _is_measured(said, number):
            yield clause, said.amount(number)


def _is_priced(clause: Saying) -> bool:
    return clause.has(COST) and not any(map(clause.has, (CAP, LIMITS, TAKES)))


def _is_measured(said: Saying, number: Quantity) -> bool:
    """Whether it is so much of something: "a desk costs 20 hours", and not "5 more per kg"."""
    if said.reading.is_money(number) or _FOR_EACH.match(said.text, number.end):
        return False
    return bool(name_of(said.unit(number)))


def _may_be(place: Place, clause: Saying, amount: Amount, known: Vocabulary) -> bool:
    """Whether a number is what something costs, or what that makes less of."""
    if place.limits is not None:
        return False
    if is_gain(place):
        return amount.how is How.by or not clause.has(COSTS)
    is_paid = known.instance.formulation.objective.sense is Sense.minimize
    return (is_paid and Role.goal in place.roles) or is_money(place)


def _is_of(place: Place, clause: Saying, thing: Set[str], known: Vocabulary) -> bool:
    """Whether it is a number of what is named: by its own words, or by what its sets are of."""
    own = {w for entry in known.entries if entry.label in place.about for w in entry.words}
    if not thing.isdisjoint(place.words) or not own.isdisjoint(stems(clause.text)):
        return True
    five = known.instance.formulation
    over = {name for p in five.parameters if p.name == place.parameter for name in p.index}
    return any(
        not thing.isdisjoint((*stems(each.name), *stems(each.doc)))
        for each in five.sets
        if each.name in over
    )


def _named(clause: Saying, thing: Set[str]) -> str:
    """Give the words of it as they were typed; "that" where they are many."""
    words = clause.spelt(thing)
    return " ".join(words) if len(words) <= _MOST_WORDS else "that"
