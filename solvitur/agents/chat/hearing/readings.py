"""One way to understand a message, and how sure that is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from solvitur.agents.chat.edits.edits import AddConstraint, Edit
from solvitur.agents.chat.hearing.saying import Saying
from solvitur.agents.chat.hearing.vocabulary import Vocabulary, stems
from solvitur.formulation.changing import free_name
from solvitur.formulation.elements import Constraint
from solvitur.formulation.words.measures import factor, name_of
from solvitur.formulation.words.numerals import Kind
from solvitur.formulation.words.quantities import Quantity

SHARES = (Kind.PERCENT, Kind.FRACTION)
"""Numbers that say a part of something."""
SURE = 1.6
"""What the best reading must score to be taken without asking."""
AHEAD = 0.7
"""How far it must be ahead of the next one."""
_CLOSE = 1.5
"""How far behind the best a reading may be to be named in a question."""
_NUMBER = re.compile(r"-?(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Heard:
    """One way to understand a message."""

    edits: tuple[Edit, ...]
    words: str
    """It for a person, as one of several that are asked about."""
    score: float
    unexplained: tuple[str, ...] = ()
    """Stems of the message that nothing in the formulation has."""


def unexplained(said: Saying, known: Vocabulary) -> tuple[str, ...]:
    """Give the stems that nothing in the formulation has."""
    units = {s for n in said.numbers for s in stems(said.unit(n))}
    return tuple(
        word
        for word in said.content
        if word not in known.known and word not in units and not name_of(word)
    )


def unused(said: Saying, edits: Sequence[Edit], known: Vocabulary) -> str:
    """Name the numbers of a message that no change uses; none where each may be in one.

    A number in another unit is another one in the change, so that it is counted first.
    """
    made = [float(text) for edit in edits for text in _NUMBER.findall(_without_words(edit))]
    if len(said.numbers) <= len(made) or len(said.numbers) < 2:
        return ""
    left = []
    for number in said.numbers:
        meant = {*number.readings, abs(said.amount(number).number), number.value}
        is_label = any(str(atom) == number.text for e in known.entries for atom in e.key)
        if meant.isdisjoint(map(abs, made)) and not is_label:
            left.append(said.text[number.start : number.end].strip())
    return ", ".join(f'"{each}"' for each in left)


def _without_words(edit: Edit) -> str:
    """Give a change as text, without the words that it came of and without places."""
    return re.sub(r'"(?:doc|name|place)":(?:"(?:[^"\\]|\\.)*"|\d+)', "", edit.model_dump_json())


def is_sure(found: Sequence[Heard], said: Saying) -> bool:
    """Whether the first of some readings can be taken without asking."""
    best = found[0]
    if best.score < SURE or (len(found) > 1 and best.score - found[1].score < AHEAD):
        return False
    return len(best.unexplained) * 2 <= len(said.content) + 1


def close(found: Sequence[Heard], most: int = 5) -> list[Heard]:
    """Give those that are nearly as likely as the first."""
    return [heard for heard in found if found[0].score - heard.score <= _CLOSE][:most]


def related(said: Saying, known: Vocabulary, expression: str, score: float = 3.0) -> Heard:
    """Read a message as a new constraint."""
    return Heard((constrained(said, known, expression),), expression, score)


def constrained(said: Saying, known: Vocabulary, expression: str) -> Edit:
    """Give the edit that adds a constraint, with the words of the message as its name and doc."""
    words = [word for word in re.findall(r"[^\W\d_]+", said.text.lower()) if stems(word)]
    name = "_".join(words[:3])
    name = free_name(known.instance.formulation, name if name.isidentifier() else "limit")
    return AddConstraint(constraint=Constraint(name=name, expression=expression, doc=said.text))


def converted(said: Saying, number: Quantity, unit: str) -> float:
    """Give a number in the unit that the formulation has it in."""
    word = said.unit(number)
    if not name_of(word) and said.reading.is_money(number):
        word = "cents" if re.match(r"\s*cents?\b", said.text[number.end :], re.I) else ""
    scale = unit.partition("/")[0].lower()
    if scale and len(number.readings) > 1 and scale in number.text.lower():
        return number.readings[1]  # "8 dozen" of what is counted in dozens
    times = factor(word, unit.partition("/")[0]) if word else None
    return float(f"{number.value * (1.0 if times is None else times):.12g}")
