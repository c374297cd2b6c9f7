"""The text once more, sentence by sentence: which element carries what this one demands?

Most of it is decided without a model, by the numbers: a sentence that limits something by 50 is
carried where 50 limits something. A model is asked only for what is said without a number.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from solvitur.agents.draft import Asking, Attempt
from solvitur.agents.reviewing import Review
from solvitur.formulation.amounts import amounts
from solvitur.formulation.checks import numbers_of
from solvitur.formulation.in_words import constraint_in_words
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import cut, one_line
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Kind, Quantity
from solvitur.llm import Message, Usage
from solvitur.llm.choosing import choose
from solvitur.prompts.library import examples, render

_NOWHERE = "none"
_OTHERS = ("objective", "data", _NOWHERE)
_MOST_ELEMENTS = 40
"""Constraints up to which a model is asked; more are rows of data rather than sentences."""
_LONGEST = 160
_SHARED = re.compile(
    r"\b(?:total|combined|altogether|together|in all|sum|overall)\b"
    r"(?:(?!\b(?:and|but)\b)[^,;.\d])*\Z",
    re.IGNORECASE,
)
_TWOFOLD = re.compile(r"\b(?:each|both|either|every|all|respectively)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Element:
    """A constraint, as far as the numbers of a text can be compared with it."""

    name: str
    limits: frozenset[str]
    """The amounts that it states itself."""
    rates: frozenset[str]
    """Those of its tables."""
    touched: int
    """How many entries of variables are in it."""


class SecondReading:
    """Finds sentences that no element carries, and constraints that no sentence demands."""

    name = "second-reading"

    async def review(self, attempt: Attempt, asking: Asking) -> Review:
        """Go through the text."""
        formulation = attempt.draft.formulation
        if formulation is None:
            return Review(self.name)
        instance = Instance(formulation, asking.data)
        elements = tuple(_elements(instance))
        gaps = [*_mislaid(asking.reading, instance, elements)]
        silent = [element for element in elements if not element.limits | element.rates]
        found, usage = await _without_numbers(asking, instance, elements, silent)
        return Review(self.name, (*gaps, *found), usage=usage)


def _elements(instance: Instance) -> Iterator[_Element]:
    arrays = instance.arrays()
    for rule, frame in instance.frames:
        nodes = [node for node in (rule.condition, rule.relation) if node is not None]
        touched = {
            (name, place)
            for node in nodes
            for name, places in arrays.entries(node, frame, instance.bounds)
            for place in places.tolist()
            if name in instance.bounds
        }
        limits, rates = set(map(_digits, amounts(rule.relation))), set[str]()
        for name in rule.relation.names & instance.parameters.keys():
            entries = instance.parameters[name]
            is_scalar = not instance.symbols[name].index
            (limits if is_scalar else rates).update(map(_digits, entries.values()))
        yield _Element(rule.constraint.name, frozenset(limits), frozenset(rates), len(touched))


def _mislaid(reading: Reading, instance: Instance, elements: tuple[_Element, ...]) -> Iterator[str]:
    """Say which limits of the text are carried by nothing, by too much, or by too little.

    Numbers that are nowhere at all are left to `check`.
    """
    stated = Counter(each for number in reading.numbers for each in _all_digits(number))
    bounds = set(map(_digits, _bounds(instance)))
    used = set(map(_digits, numbers_of(instance)))
    for number in reading.numbers:
        cue = reading.cue(number)
        digits = _all_digits(number)
        if cue is None or not cue.is_plain or number.kind is not Kind.PLAIN or bounds & digits:
            continue
        sentence = _sentence(reading, number)
        carrying = [element for element in elements if element.limits & digits]
        is_once = all(stated[each] == 1 for each in digits)
        is_limit = carrying or any(element.rates & digits for element in elements)
        if not is_limit and used & digits:
            yield f'nothing is limited by the {number.text} of "{sentence}"'
        elif is_once and _is_shared(reading, number) and carrying:
            if all(element.touched == 1 for element in carrying):
                named = _listed(element.name for element in carrying)
                yield f'{named} limits a single decision, and not all together: "{sentence}"'
        elif is_once and len(carrying) > 1 and not _TWOFOLD.search(sentence):
            named = _listed(element.name for element in carrying)
            yield f'the {number.text} of "{sentence}" is said once, and is in {named}'


async def _without_numbers(
    asking: Asking, instance: Instance, elements: tuple[_Element, ...], silent: list[_Element]
) -> tuple[list[str], Usage]:
    """Ask which element carries each comparison without a number; say which has none."""
    clauses = list(asking.reading.comparisons())
    gaps, usage, carried = [], Usage(), set[str]()
    if len(elements) <= _MOST_ELEMENTS:
        for clause in clauses:
            names = [*(element.name for element in elements), *_OTHERS]
            question = _question(asking.reading, instance, elements, clause)
            choice = await choose(asking.model, _introduction(), question, names)
            usage += choice.usage
            carried.add(choice.word)
            if choice.word == _NOWHERE:
                gaps.append(f'no element carries "{one_line(cut(clause, _LONGEST))}"')
    gaps += [
        f"constraint '{element.name}': no sentence of the text demands it"
        for element in silent
        if element.name not in carried
    ]
    return gaps, usage


def _introduction() -> list[Message]:
    messages = [Message.system(render("second_reading_system"))]
    for example in examples("second_reading_examples"):
        for asked, answer in _played(example):
            messages += [Message.user(asked), Message.assistant(answer)]
    return messages


def _played(example: dict[str, Any]) -> Iterator[tuple[str, str]]:
    head = render(
        "second_reading_problem", problem=example["problem"], elements=example["elements"]
    )
    for clause, answer in example["answers"]:
        asked = render("second_reading_clause", clause=clause)
        yield "\n\n".join(filter(None, (head, asked))), answer
        head = ""


def _question(
    reading: Reading, instance: Instance, elements: tuple[_Element, ...], clause: str
) -> str:
    made, data = instance.formulation, instance.data
    said = [f"{each.name}: {constraint_in_words(made, each.name, data)}" for each in elements]
    head = render("second_reading_problem", problem=reading.text.strip(), elements=said)
    return f"{head}\n\n{render('second_reading_clause', clause=clause)}"


def _bounds(instance: Instance) -> Iterator[float]:
    for variable in instance.formulation.variables:
        yield from (b for b in (variable.lower, variable.upper) if isinstance(b, int | float))


def _is_shared(reading: Reading, number: Quantity) -> bool:
    """Whether a number is said of everything together."""
    start, _ = reading.sentence(number.start)
    return _SHARED.search(reading.text, start, number.start) is not None


def _sentence(reading: Reading, number: Quantity) -> str:
    start, end = reading.sentence(number.start)
    return one_line(cut(reading.text[start:end].strip(), _LONGEST))


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"constraint '{name}'" for name in names)


def _all_digits(number: Quantity) -> frozenset[str]:
    return frozenset(map(_digits, number.readings))


def _digits(value: float) -> str:
    """Write a number so that two that are the same but for rounding are written alike."""
    return f"{abs(value):.9g}"
