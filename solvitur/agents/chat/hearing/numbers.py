"""Messages in which a number becomes another: "labour is only 30 hours"; no model is asked."""

import math
import re
from collections.abc import Iterator

from solvitur.agents.chat.edits.edits import Amount, Edit, How, SetParameter
from solvitur.agents.chat.hearing.readings import AHEAD, SHARES, Heard, converted
from solvitur.agents.chat.hearing.saying import (
    CAP,
    COST,
    COSTS,
    DEMAND,
    EACH,
    GAIN,
    STOCK,
    TAKES,
    USE,
    Saying,
    is_of,
)
from solvitur.agents.chat.hearing.vocabulary import (
    Place,
    Role,
    Vocabulary,
    atom_words,
    stems,
    unit_stems,
)
from solvitur.formulation.elements import Sense
from solvitur.formulation.printing import show_number
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.numerals import Kind
from solvitur.formulation.words.quantities import Quantity

_CURRENCIES = ("dollar", "euro", "pound")


def number_said(said: Saying, known: Vocabulary) -> Iterator[Heard]:
    """Read "labour is only 30 hours", "profit of chairs rises by 10 %", "double the solvent"."""
    if len(said.numbers) > 1:
        return
    number = said.numbers[0] if said.numbers else None
    if number is None and said.factor is None:
        return
    yield from ranked(said, known, number)


def ranked(said: Saying, known: Vocabulary, number: Quantity | None) -> Iterator[Heard]:
    """Give every number of the formulation that a number of the message may be about."""
    amount = Amount(how=How.times, number=said.factor or 1.0)
    if number is not None and said.factor is None:
        amount = said.amount(number)
    groups: dict[str, list[tuple[float, Place]]] = {}
    for place, score in scored(said, known, number):
        groups.setdefault(place.parameter or place.label, []).append((score, place))
    readings: list[Heard] = []
    for found in groups.values():
        best = max(score for score, _ in found)
        chosen = [place for score, place in found if score > best - 0.01]
        if best > 0 and said.has(COSTS) and is_gain(chosen[0]):
            readings += _less_or_more(said, known, chosen, best, amount, number)
        elif best > 0:
            readings.append(_set(said, known, chosen, best, amount, number))
    readings = [heard for heard in readings if heard.score > 0]
    yield from _together(readings) if amount.how is How.times else readings


def _together(readings: list[Heard]) -> list[Heard]:
    """Take all numbers that a share fits alike: "demand grows by 10 %" is said of each demand."""
    most = max((heard.score for heard in readings), default=0.0)
    alike = [heard for heard in readings if heard.score > most - 0.01]
    if len(alike) < 2:
        return readings
    rest = [heard for heard in readings if heard not in alike]
    edits = tuple(edit for heard in alike for edit in heard.edits)
    return [Heard(edits, "; ".join(heard.words for heard in alike), most), *rest]


def _less_or_more(
    said: Saying,
    known: Vocabulary,
    chosen: list[Place],
    score: float,
    amount: Amount,
    number: Quantity | None,
) -> Iterator[Heard]:
    """Read what "a chair costs 5 more" does to its profit: that falls, unless a price is meant.

    How much is left where it costs 5, or a tenth more, is not said by it.
    """
    if amount.how is How.by:
        less = amount.model_copy(update={"number": -amount.number})
        yield _set(said, known, chosen, score, less, number)
        yield _set(said, known, chosen, score - AHEAD / 2, amount, number)


def _set(
    said: Saying,
    known: Vocabulary,
    chosen: list[Place],
    score: float,
    amount: Amount,
    number: Quantity | None,
) -> Heard:
    place = chosen[0]
    is_share = 0 < place.value <= 1 or "%" in place.unit
    is_part = number is not None and number.kind in SHARES and amount.how is How.to
    if number is not None and is_part and not is_share:
        # A part of something that is no share: "only half" is half of what there is.
        score -= 0.0 if said.is_part(number) else 10.0
        amount = Amount(how=How.times, number=number.value)
    if number is not None and amount.how is not How.times:
        value = converted(said, number, place.unit)
        sign = -1 if amount.number < 0 else 1
        amount = amount.model_copy(update={"number": sign * abs(value) if value >= 0 else value})
    entries = len(known.instance.parameters[place.parameter]) if place.parameter else 0
    if place.key and len(chosen) == entries > 1:
        edits: tuple[Edit, ...] = (SetParameter(name=place.parameter or "", amount=amount),)
    else:
        edits = tuple(each.change(amount) for each in chosen)
    new = [amount.after(each.value) for each in chosen]
    pairs = list(zip(chosen, new, strict=True))
    words = "; ".join(f"{each.said} -> {show_number(value)}" for each, value in pairs[:3])
    is_vague = len(chosen) > 1 and amount.how is How.to
    score -= 1.5 * is_vague + max(_strangeness(each.value, value) for each, value in pairs)
    return Heard(edits, words, score)


def _strangeness(old: float, new: float) -> float:
    """Say how little a new number is of the old one's kind."""
    if new < 0 <= old:
        return 2.0
    if old <= 0 or new <= 0:
        return 0.0
    return 0.25 * max(0.0, abs(math.log(new / old)) - math.log(2))


def scored(
    said: Saying, known: Vocabulary, number: Quantity | None
) -> Iterator[tuple[Place, float]]:
    """Score how well each number of the formulation fits what is said."""
    mentioned = {entry.label for entry in known.mentioned(said.content)}
    everything = len(mentioned) == len(known.entries)
    cue = said.cue(number) if number is not None else None
    relation = cue.relation if cue and cue.is_plain else None
    spoken = {*stems(said.text)}
    for place in known.places:
        own = stems(place.parameter or "")
        is_called = len(own) > 1 and {*own} <= spoken
        if relation and place.relation != relation and not is_called:
            continue  # "at least 2" is no number of another kind
        shared = [word for word in said.content if word in place.words]
        score = sum(place.words[word] * known.rarity[word] for word in shared)
        if mentioned and not everything:
            if place.about & mentioned:
                score += 1.0 if len(place.about) <= len(mentioned) else 0.3
            elif place.about:
                score -= 3.0
            else:
                score -= 0.5
        elif place.about:
            score -= 0.7
        unsaid = sum(not set(atom_words(atom)) & set(said.content) for atom in place.key or ())
        if unsaid < len(place.key or ()):
            score -= 0.5 * unsaid
        if score <= 0:
            continue
        score += _worth(said, place, number, known.instance.formulation.objective.sense)
        yield place, score + _role(said, place, bool(mentioned)) + unit_fit(said, place, number)


def _worth(said: Saying, place: Place, number: Quantity | None, sense: Sense) -> float:
    """Say how well it fits what is earned or paid."""
    score = 0.0
    for words, own in ((GAIN, Sense.maximize), (COST, Sense.minimize)):
        if said.has(words):
            is_own = sense is own and Role.goal in place.roles
            score += 1.0 if _is_named(place, words) or is_own else 0.0
    if said.has(COST) and Role.goal not in place.roles and not is_money(place):
        # What a thing costs is not how much there is of it; nor what is used, but as it is said
        # of what: "a desk costs 20 hours".
        is_measured = number is not None and bool(said.unit(number))
        score -= 3.0 if place.limits or not is_measured else 0.0
    return score


def _is_named(place: Place, words: re.Pattern[str]) -> bool:
    return any(is_of(word, words) for word in place.words)


def is_gain(place: Place) -> bool:
    """Whether it is what is earned, after what is paid."""
    return _is_named(place, GAIN) and not _is_named(place, COST)


def is_money(place: Place) -> bool:
    """Whether a number is money, by its unit or by the words about it."""
    is_named = _is_named(place, GAIN) or _is_named(place, COST)
    return is_named or name_of(place.unit.partition("/")[0]) in _CURRENCIES


def _role(said: Saying, place: Place, is_single: bool) -> float:
    """Say how well what a number is for fits the verbs."""
    score = 1.0 if Role.least in place.roles and said.has(DEMAND) else 0.0
    is_whole = not place.about
    if said.has(CAP):
        score += {"<=": 1.0, ">=": -1.0}.get(place.relation, 0.0)
    if place.limits and (said.has(EACH) or (Role.most in place.roles and said.has(TAKES))):
        score -= 1.0
    if not is_single and Role.use in place.roles and said.has(TAKES):
        score += 1.0
    if not is_single and place.about and not place.limits and said.has(EACH):
        score += 0.7
    if is_single and Role.use in place.roles and said.has(USE):
        score += 1.0
    if place.limits and Role.most in place.roles and said.has(STOCK):
        score += 1.0 if is_whole or not is_single else 0.7
    if is_whole and not is_single and place.limits:
        score += 0.5
    return score


def unit_fit(said: Saying, place: Place, number: Quantity | None) -> float:
    """Say how well the unit of a number fits."""
    if number is None or number.kind is not Kind.PLAIN:
        return 0.0
    own = place.unit.partition("/")[0]
    word = said.unit(number)
    if name_of(word) and name_of(own):
        return 0.8 if factor(word, own) is not None else -2.0
    if said.reading.is_money(number) and own:
        return 1.0 if name_of(own) in _CURRENCIES else -1.0
    if own and {*stems(word)} & {*unit_stems(own)}:
        return 0.5
    return 0.0
