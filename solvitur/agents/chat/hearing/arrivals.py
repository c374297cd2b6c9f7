"""A new product, crop or kind in a message, with the numbers that belong to it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from solvitur.agents.chat.edits.edits import AddElement, AddVariable, Edit, Key, ParameterEntry
from solvitur.agents.chat.edits.membership import needed
from solvitur.agents.chat.hearing.readings import converted, unexplained
from solvitur.agents.chat.hearing.saying import COST, GAIN, NEW, Saying
from solvitur.agents.chat.hearing.vocabulary import Role, Vocabulary, stem, stems, unit_stems
from solvitur.formulation.elements import Identifier, Variable
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.quantities import Quantity

_KINDS = frozenset(
    stems(
        "product item kind type sort option model variety thing good article idea possibility way"
    )
)


@dataclass(frozen=True)
class _Slot:
    """A number that the new element needs."""

    label: str
    words: frozenset[str]
    unit: str
    roles: frozenset[Role]
    parameter: str = ""
    key: Key = ()
    constraint: str | None = None


@dataclass(frozen=True)
class Arrival:
    """What came, and which of its numbers were not said."""

    name: str
    edit: Edit
    missing: tuple[str, ...] = ()


def arrival(said: Saying, known: Vocabulary) -> Arrival | None:
    """Read "there is a third product, shelf: profit 20, 2 hours of labour, 4 of wood".

    ``None`` where nothing new is named, or it is not known among what it would be.
    """
    if not said.has(NEW) or not said.numbers:
        return None
    name = _name(said, known)
    if name is None:
        return None
    formulation = known.instance.formulation
    if any(variable.index for variable in formulation.variables):
        return _element(said, known, name)
    return _variable(said, known, name)


def _name(said: Saying, known: Vocabulary) -> str | None:
    """Find the first word that the formulation does not know, after what says that it is new."""
    strange = set(unexplained(said, known)) - _KINDS
    new = NEW.search(said.text)
    assert new is not None
    stop = max(new.end(), said.numbers[0].start)
    for start, end in ((new.end(), stop), (new.start(), new.end())):
        for match in re.finditer(r"[^\W\d_]+", said.text[start:end]):
            if strange & {*stems(match[0])}:
                return match[0].lower()
    return None


def _element(said: Saying, known: Vocabulary, name: str) -> Arrival | None:
    """Put it into the set that the decisions are over, where that is one."""
    indexed = [v for v in known.instance.formulation.variables if v.index]
    names = {v.index[0] for v in indexed if len(v.index) == 1}
    listed = {s.name for s in known.instance.formulation.sets if s.elements is not None}
    if len(names & listed) != 1 or any(len(v.index) != 1 for v in indexed):
        return None
    (own,) = names & listed
    slots = [
        _slot(known, parameter, key) for parameter, key in needed(known.instance, own, (name,))
    ]
    numbers = _assigned(said, slots)
    entries = tuple(
        ParameterEntry(
            name=s.parameter, key=s.key, number=converted(said, numbers[s.label], s.unit)
        )
        for s in slots
        if s.label in numbers
    )
    missing = tuple(s.label for s in slots if s.label not in numbers)
    if len(numbers) < len(said.numbers):
        return None
    return Arrival(name, AddElement(set=own, element=name, entries=entries), missing)


def _slot(known: Vocabulary, parameter: str, key: Key) -> _Slot:
    places = [p for p in known.places if p.parameter == parameter]
    words = {w for p in places[:1] for w in p.words} - {
        w for p in places[:1] for atom in p.key or () for w in stems(str(atom))
    }
    words |= {w for atom in key for w in stems(str(atom))}
    unit = places[0].unit if places else ""
    roles = frozenset(role for place in places for role in place.roles)
    return _Slot(show_entry(parameter, key), frozenset(words), unit, roles, parameter, key)


def _variable(said: Saying, known: Vocabulary, name: str) -> Arrival | None:
    """Add a decision beside those there are, with a term in the objective and in the limits."""
    formulation = known.instance.formulation
    try:
        TypeAdapter(Identifier).validate_python(name)
    except ValidationError:
        return None
    slots = list(_slots(known))
    numbers = _assigned(said, slots)
    if len(numbers) < len(said.numbers):
        return None
    values = {
        slot.constraint: converted(said, numbers[slot.label], slot.unit)
        for slot in slots
        if slot.label in numbers
    }
    like = formulation.variables[0]
    variable = Variable(name=name, domain=like.domain, unit=like.unit, doc=said.text)
    goal = values.pop(None, 0.0)
    uses = {constraint: value for constraint, value in values.items() if constraint}
    edit = AddVariable(variable=variable, objective=goal, uses=uses)
    missing = (
        () if any(s.constraint is None and s.label in numbers for s in slots) else ("objective",)
    )
    return Arrival(name, edit, missing)


def _slots(known: Vocabulary) -> Iterator[_Slot]:
    """Give the objective and the limits on several decisions."""
    formulation = known.instance.formulation
    goals = [p for p in known.places if Role.goal in p.roles]
    words = {*stems(formulation.objective.doc), *(w for p in goals for w in p.words)}
    entries = {w for entry in known.entries for w in entry.words}
    unit = next((p.unit for p in goals if p.unit), "")
    yield _Slot("objective", frozenset(words - entries), unit, frozenset({Role.goal}))
    for rule in known.instance.rules:
        limit = next((p for p in known.places if p.limits == rule.constraint.name), None)
        if rule.loops or len(rule.relation.names & set(known.instance.bounds)) < 2 or not limit:
            continue
        name = rule.constraint.name
        own = {*stems(name), *stems(rule.constraint.doc), *limit.words} - entries
        yield _Slot(name, frozenset(own), limit.unit, frozenset({Role.use}), constraint=name)


def _assigned(said: Saying, slots: Sequence[_Slot]) -> dict[str, Quantity]:
    """Give each number to the slot that its own words fit best; the best fits first."""
    fits = [
        (_fit(said, said.around(number), number, slot), number, slot)
        for number in said.numbers
        for slot in slots
    ]
    numbers: dict[str, Quantity] = {}
    for fit, number, slot in sorted(fits, key=lambda each: -each[0]):
        if fit > 0 and slot.label not in numbers and number not in numbers.values():
            numbers[slot.label] = number
    rest = [n for n in said.numbers if n not in numbers.values()]
    left = [slot for slot in slots if slot.label not in numbers]
    if len(rest) == len(left) == 1:
        numbers[left[0].label] = rest[0]
    return numbers


def _fit(said: Saying, around: Saying, number: Quantity, slot: _Slot) -> float:
    score = float(len(slot.words.intersection(stems(around.text))))
    own = slot.unit.partition("/")[0]
    unit = said.unit(number)
    if name_of(unit) and name_of(own):
        score += 1.5 if factor(unit, own) is not None else -3.0
    elif {stem(unit)} & {*unit_stems(own)}:
        score += 1.0
    is_money = said.reading.is_money(number)
    if Role.goal in slot.roles:
        score += 0.8 if around.has(GAIN) or around.has(COST) or is_money else 0.0
    elif is_money:
        score -= 2.0
    return score
