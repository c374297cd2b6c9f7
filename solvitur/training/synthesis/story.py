"""What a family makes: five elements and the sentences that say them, written side by side."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Objective,
    Parameter,
    Sense,
    Set,
    Variable,
)
from solvitur.formulation.expression import RESERVED
from solvitur.formulation.printing import cut
from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import sentence
from solvitur.training.synthesis.flow import Piece, conditional, flowing
from solvitur.training.synthesis.voice import Voice

LONGEST_NAME = 38
"""Characters of a name: so much fits the schema that models are held to, with a number behind."""

LONGEST_DOC = 120

Values = Mapping[str, Any] | list[Any]
"""Of a parameter: by key, or pairs of a tuple and a number."""


@dataclass
class Story:
    """A problem that grows fact by fact: each adds to the five elements and to the text.

    So the label says what the text says. Names that are taken get a number.
    """

    draw: Draw
    title: str = ""
    sets: list[Set] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    objective: Objective | None = None
    opening: list[str] = field(default_factory=list)
    body: list[list[Piece]] = field(default_factory=lambda: [[], []])
    """Data, and limits."""
    goal: str = ""
    kinds: set[str] = field(default_factory=set)
    """The kinds of language that it uses."""
    stricter: dict[str, str] = field(default_factory=dict)
    """By constraint that strict words say: what it is where they are taken at their word."""
    other: dict[str, str] = field(default_factory=dict)
    """By constraint that can be read in two ways: the other one."""

    def __post_init__(self) -> None:
        self.voice = Voice(self.draw, self.kinds)

    # --- the five elements -----------------------------------------------------------------------

    def set(self, name: str, elements: Sequence[str | tuple[str, ...]] | int, doc: str) -> str:
        """Add a set of names, or of the numbers from 1 to one."""
        name = self._fresh(name)
        if isinstance(elements, int):
            self.sets.append(Set(name=name, range=(1, elements), doc=doc))
        else:
            self.sets.append(Set(name=name, elements=tuple(elements), doc=doc))
        return name

    def number(self, name: str, value: float, doc: str = "", unit: str = "") -> str:
        """Add a parameter that is one number."""
        name = self._fresh(name)
        self.parameters.append(Parameter(name=name, value=value, doc=doc, unit=unit))
        return name

    def table(
        self, name: str, index: Sequence[str], values: Values, doc: str, unit: str = ""
    ) -> str:
        """Add a parameter over sets."""
        name = self._fresh(name)
        made = Parameter(name=name, index=tuple(index), values=_given(values), doc=doc, unit=unit)
        self.parameters.append(made)
        return name

    def decide(
        self, name: str, index: Sequence[str], domain: str, doc: str, upper: float | None = None
    ) -> str:
        """Add a variable, with 0 as its lower bound."""
        name = self._fresh(name)
        made = Variable(name=name, index=tuple(index), domain=Domain(domain), upper=upper, doc=doc)
        self.variables.append(made)
        return name

    def limit(
        self, name: str, expression: str, says: str = "", *, forall: str = "", doc: str = ""
    ) -> str:
        """Add a constraint, and the sentence that says it where nothing else does."""
        name = self._free(identifier(name), {each.name for each in self.constraints})
        doc = doc or (self.tell(says, limits=True).rstrip(".") if says else "")
        doc = cut(doc, LONGEST_DOC)
        made = Constraint(name=name, forall=forall, expression=expression, doc=doc)
        self.constraints.append(made)
        return name

    def aim(self, sense: str, expression: str, doc: str = "") -> None:
        """Set the objective."""
        self.objective = Objective(sense=Sense(sense), expression=expression, doc=doc)

    def _fresh(self, name: str) -> str:
        declared: Iterable[Set | Parameter | Variable] = (
            *self.sets,
            *self.parameters,
            *self.variables,
        )
        return self._free(identifier(name), {each.name for each in declared})

    def _free(self, name: str, taken: Iterable[str]) -> str:
        name = name[:LONGEST_NAME].rstrip("_")
        if name in RESERVED or name in taken:
            number = 2
            while f"{name}_{number}" in taken:
                number += 1
            return f"{name}_{number}"
        return name

    def formulation(self) -> Formulation:
        """Give the five elements."""
        assert self.objective is not None
        return Formulation(
            title=self.title,
            sets=tuple(self.sets),
            parameters=tuple(self.parameters),
            variables=tuple(self.variables),
            objective=self.objective,
            constraints=tuple(self.constraints),
        )

    # --- the text --------------------------------------------------------------------------------

    def tell(self, text: str, *, limits: bool = False) -> str:
        """Add a sentence or a table to the data, or to the limits; give it as it will stand."""
        said = text if "\n" in text else sentence(text)
        self.body[limits].append(Piece(said))
        return said

    def pieces(self, asides: Sequence[str]) -> list[Piece]:
        """Put everything in an order: the opening, data and limits, and the question."""
        draw = self.draw
        data, limits = (draw.order(part) for part in self.body)
        limits = flowing(draw, limits)
        opening = [Piece(sentence(" ".join(map(sentence, self.opening))))]
        goal = sentence(self.goal)
        asks_first, limits_first = draw.chance(0.12), draw.chance(0.2)
        if limits and not asks_first and not limits_first:
            limits, goal = conditional(draw, limits, goal)
        body = [*limits, *data] if limits_first else [*data, *limits]
        for aside in asides:
            body.insert(draw.whole(0, len(body)), Piece(sentence(aside), is_aside=True))
        asked = [Piece(goal)]
        return [*opening, *asked, *body] if asks_first else [*opening, *body, *asked]


def _given(values: Values) -> dict[str, Any] | list[Any]:
    return values if isinstance(values, list) else dict(values)


def written(pieces: Iterable[Piece]) -> str:
    """Write pieces as one text; a table has lines of its own."""
    text = ""
    for piece in pieces:
        gap = "\n\n" if piece.is_block or text.endswith("\n") else " "
        text = f"{text.rstrip()}{gap if text else ''}{piece.text}" + "\n" * piece.is_block
    return text.strip()


def identifier(words: str) -> str:
    """Make a name of words.

    Example:
        >>> identifier("oven time"), identifier("2-door cars")
        ('oven_time', 'n_2_door_cars')
    """
    name = re.sub(r"\W+", "_", words.strip()).strip("_")
    return name if name[:1].isalpha() else f"n_{name}"
