"""What a small model fills in step by step, and the five elements that follow from it.

A sketch is decisions, a table of what one unit of each brings or uses, a goal and limits, all in
names and numbers already known. Turning it into a formulation needs no model.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

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
from solvitur.formulation.expression import RESERVED, Text
from solvitur.formulation.printing import show, show_number

TOTAL = "total"
"""The name that stands for the sum of all decisions."""


class Decision(BaseModel):
    """Something to be decided."""

    model_config = ConfigDict(frozen=True)

    name: str
    doc: str
    domain: Domain


class Row(BaseModel):
    """What one unit of each decision brings or uses."""

    model_config = ConfigDict(frozen=True)

    name: str
    values: dict[str, float]


@dataclass(frozen=True)
class Goal:
    """The objective: a sense, and names added or subtracted."""

    sense: Sense
    terms: tuple[tuple[str, str], ...]
    """Sign and name."""

    @property
    def alone(self) -> tuple[str, ...]:
        """The one name that it is, if it is one."""
        return (self.terms[0][1],) if len(self.terms) == 1 else ()


@dataclass(frozen=True)
class Term:
    """A name, a number, or a number of times a name, added or subtracted."""

    name: str | None = None
    number: float | None = None
    sign: str = "+"
    row: str | None = None
    """The row of which a decision's own part is meant: the tons of it, not how many of it."""


@dataclass(frozen=True)
class Limit:
    """A relation between two sums of terms."""

    left: tuple[Term, ...]
    relation: str
    right: tuple[Term, ...]
    words: str
    """The words of the problem that say so."""
    is_absolute: bool = False
    """Whether the left side counts without its sign."""


@dataclass(frozen=True)
class Sketch:
    """Everything the steps gave."""

    decisions: tuple[Decision, ...]
    rows: tuple[Row, ...]
    goal: Goal
    limits: tuple[Limit, ...]

    def formulation(self) -> Formulation:
        """Write the sketch as five elements: one variable over a set of decisions.

        Where some decisions are counted and some are measured there is a variable for each.
        """
        return _Writer(self).formulation()


class _Writer:
    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.own = _identifiers([*self.names, *(row.name for row in sketch.rows)])
        self.taken = {*self.own, *self.own.values()}
        self.items = safe("items", self.taken)
        self.amount = safe("amount", self.taken)
        self.loop = safe("i", self.taken)
        self.is_mixed = len({decision.domain for decision in sketch.decisions}) > 1
        self.parameters: list[Parameter] = [
            Parameter(
                name=self.own[row.name],
                index=(self.items,),
                values=dict(row.values),
                doc=f"{row.name.replace('_', ' ')} of one unit",
            )
            for row in sketch.rows
        ]

    def formulation(self) -> Formulation:
        goal = self.sketch.goal
        terms = "".join(f" {sign} {self.term(name)}" for sign, name in goal.terms).strip()
        constraints = tuple(self.constraints())
        items = Set(name=self.items, elements=self.names, doc="what is decided")
        return Formulation(
            sets=(items,) if self.sketch.rows or not self.is_mixed else (),
            parameters=tuple(self.parameters),
            variables=tuple(self.variables()),
            objective=Objective(sense=goal.sense, expression=terms.removeprefix("+ ")),
            constraints=constraints,
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(decision.name for decision in self.sketch.decisions)

    def variables(self) -> Iterable[Variable]:
        decisions = self.sketch.decisions
        if self.is_mixed:
            for decision in decisions:
                name = self.own[decision.name]
                yield Variable(name=name, domain=decision.domain, doc=decision.doc)
            return
        doc = "; ".join(f"{decision.name}: {decision.doc}" for decision in decisions)
        yield Variable(name=self.amount, index=(self.items,), domain=decisions[0].domain, doc=doc)

    def one(self, name: str) -> str:
        return self.own[name] if self.is_mixed else f"{self.amount}[{element(name)}]"

    def term(self, name: str) -> str:
        if name in self.names:
            return self.one(name)
        each = f"{self.own[name]}[{self.loop}] * " if name != TOTAL else ""
        if not self.is_mixed:
            loop = f"for {self.loop} in {self.items}"
            return f"sum({each}{self.amount}[{self.loop}] {loop})"
        row = self.own[name] if name != TOTAL else ""
        parts = [(f"{row}[{element(n)}] * " if row else "") + self.one(n) for n in self.names]
        return f"({' + '.join(parts)})"

    def constraints(self) -> Iterable[Constraint]:
        suffix = {"<=": "max", ">=": "min", "==": "exactly"}
        for limit in self.sketch.limits:
            about = limit.left[0].name if len(limit.left) == 1 else "combined"
            name = self.fresh(f"{self.own.get(about or '', about)}_{suffix[limit.relation]}")
            left, right = (self.side(side, limit, name) for side in (limit.left, limit.right))
            left = f"abs({left})" if limit.is_absolute else left
            expression = f"{left} {limit.relation} {right}"
            yield Constraint(name=name, expression=expression, doc=limit.words)

    def side(self, terms: Iterable[Term], limit: Limit, name: str) -> str:
        """Write a sum; a number that stands alone becomes a parameter that keeps its words."""
        parts = []
        for term in terms:
            if term.name is None:
                value = term.number or 0.0
                parameter = Parameter(
                    name=self.fresh(f"{name}_limit"), value=value, doc=limit.words
                )
                self.parameters.append(parameter)
                written = parameter.name
            else:
                factor = "" if term.number is None else f"{show_number(term.number)} * "
                entry = f"{self.own[term.row]}[{element(term.name)}] * " if term.row else ""
                written = f"{factor}{entry}{self.term(term.name)}"
            parts.append(f" {term.sign} {written}")
        return "".join(parts).removeprefix(" + ").strip()

    def fresh(self, name: str) -> str:
        number, candidate = 1, name
        while candidate in self.taken:
            number += 1
            candidate = f"{name}_{number}"
        self.taken.add(candidate)
        return candidate


def _identifiers(names: Iterable[str]) -> dict[str, str]:
    """Give each name an identifier that no other has: itself, where it can be one."""
    own: dict[str, str] = {}
    for name in sorted(names, key=lambda name: safe(name, ()) != name):
        own[name] = safe(name, own.values())
    return own


def element(name: str) -> str:
    """Write the name of an element as an expression does."""
    return show(Text(name))


def safe(name: str, taken: Iterable[str]) -> str:
    """Give a name that is an identifier, no word of the language, and not taken."""
    name = re.sub(r"\W", "_", unicodedata.normalize("NFKC", name)) or "_"
    name = name if name.isidentifier() else f"_{name}"
    while name in RESERVED or name in taken:
        name += "_"
    return name
