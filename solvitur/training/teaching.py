"""A teacher of the stepwise way: it knows the label, and answers what the agent asks step by step.

The agent asks it as it would ask a model, so a conversation is just what there is at run time. One
that does not lead to the label teaches nothing and is dropped.
"""

import asyncio
import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from solvitur.agents.draft import Asking
from solvitur.agents.stepwise.staged import Staged
from solvitur.agents.stepwise.talk import focus
from solvitur.formulation.elements import Constraint, Formulation, Parameter, Variable
from solvitur.formulation.printing import show_number
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Quantity
from solvitur.llm import TUNED, UNTUNED, Message, Request, Scripted
from solvitur.prompts.library import render
from solvitur.training.replies import elements
from solvitur.training.synthesis.rows import Row
from solvitur.training.synthesis.verifying import Dropped, Verdict, verdict

LEARNED = UNTUNED | TUNED
"""Of a model that has learned everything: lessons ask as it is asked."""

_SUM = re.compile(r"sum\((?:(?P<row>\w+)\[(?P<i>\w+)\] \* )?x\[\w+\] for \w+ in \w+\)")
_ONE = re.compile(r'x\["(\w+)"\]')
_FACTOR = re.compile(r"\b1000 \* |\b60 \* ")
_PART = re.compile(r"(?:(?P<over>\d+) \* )?total / (?P<under>\d+)")
_ASKED = re.compile(r'Limit (?:with the number in brackets|in these words)\? "(?P<words>.*)"', re.S)


@dataclass(frozen=True)
class Taught:
    """A conversation of the stepwise way, and the places of the replies that were asked for."""

    messages: tuple[Message, ...]
    learn: tuple[int, ...]


def steps(row: Row) -> Taught | None:
    """Have the stepwise way ask the teacher about a problem.

    ``None`` where the problem is not of its form: one decision for each of several things, with a
    table of what one unit of each takes or brings; or where it comes to another answer.
    """
    teacher = _Teacher.of(row)
    if teacher is None:
        return None
    model = Scripted(teacher.answer, features=LEARNED)
    asking = Asking(teacher.reading, model)
    draft = asyncio.run(Staged().draft(asking, temperature=0.0, seed=0))
    if draft.formulation is None or not model.requests or not _is_right(draft.formulation, row):
        return None
    last = model.requests[-1]
    learn = tuple(len(request.messages) for request in model.requests)
    return Taught((*last.messages, Message.assistant(teacher.answer(last))), learn)


def is_teachable(row: Row) -> bool:
    """Whether a problem is of the form that the stepwise way builds up step by step."""
    return _Teacher.of(row) is not None


@functools.cache
def _beginning_of_row() -> str:
    """What asking for a row that the table lacks begins with, whatever its numbers are."""
    return render("staged_row", numbers=["\0"]).partition("\0")[0]


def _is_right(formulation: Formulation, row: Row) -> bool:
    try:
        return verdict(formulation).agrees(Verdict(row.objective))
    except Dropped:
        return False


@dataclass(frozen=True)
class _Teacher:
    row: Row
    reading: Reading
    variable: Variable
    things: tuple[str, ...]
    tables: tuple[Parameter, ...]
    goal: str

    @classmethod
    def of(cls, row: Row) -> "_Teacher | None":
        """Read a label as decisions, a table, a goal and limits, where it is of that form."""
        made = row.formulation
        if len(made.sets) != 1 or len(made.variables) != 1 or made.variables[0].name != "x":
            return None
        if made.variables[0].domain.value == "binary" or made.sets[0].elements is None:
            return None
        goal = _SUM.fullmatch(made.objective.expression)
        if goal is None or any(p.expression for p in made.parameters):
            return None
        return cls(
            row,
            Reading(row.text),
            made.variables[0],
            tuple(map(str, made.sets[0].elements)),
            tuple(p for p in made.parameters if p.index),
            f"{made.objective.sense.value} {goal['row'] or 'total'}",
        )

    def answer(self, request: Request) -> str:
        """Answer one question."""
        question = request.messages[-1].content
        if question == render("staged_table"):
            return json.dumps({"rows": list(self.rows())})
        if question == render("staged_goal"):
            return self.goal
        if question.startswith(_beginning_of_row()):
            return json.dumps({"row": None})
        if asked := _ASKED.fullmatch(question):
            return self.limit(asked["words"])
        return json.dumps({"variables": list(self.decisions())})

    def decisions(self) -> Iterator[dict[str, str]]:
        what = "number" if self.variable.domain.value == "integer" else "amount"
        for thing in self.things:
            doc = f"{what} of {thing.replace('_', ' ')}"
            yield {"name": thing.lower(), "doc": doc, "domain": self.variable.domain.value}

    def rows(self) -> Iterator[dict[str, object]]:
        plain = elements(self.row.formulation)["parameters"]
        for each in plain:
            if "index" in each:
                values = {thing.lower(): each["values"][thing] for thing in self.things}
                yield {"name": each["name"].lower(), "values": values}

    def limit(self, words: str) -> str:
        """Give the limit that one number, or a clause without one, states."""
        for number in self.reading.numbers:
            if focus(self.reading, number) == words:
                return self.limit_of(number)
        found = [
            self.written(row, 0, 0)
            for row in self.row.formulation.constraints
            if not self.numbers(row) and row.doc and row.doc.lower() in words.lower()
        ]
        return found[0] if found else "none"

    def limit_of(self, number: Quantity) -> str:
        start, end = self.reading.sentence(number.start)
        sentence = self.reading.text[start:end].lower()
        for row in self.row.formulation.constraints:
            stated = self.numbers(row)
            if (
                row.doc
                and row.doc.lower() in sentence
                and any(value in number.readings for value in stated)
            ):
                return self.written(row, start, end)
        return "none"

    def numbers(self, row: Constraint) -> list[float]:
        """Give the numbers that a constraint states."""
        named = {p.name: p.value for p in self.row.formulation.parameters if p.value is not None}
        words = re.findall(r"\w+", row.expression)
        stated = [value for name, value in named.items() if name in words]
        if part := _PART.search(self.short(row)):
            stated.append(int(part["over"] or 1) / int(part["under"]))
        return stated

    def short(self, row: Constraint) -> str:
        """Write a constraint with names in place of sums and entries."""
        text = _SUM.sub(lambda found: (found["row"] or "total").lower(), row.expression)
        return _ONE.sub(lambda found: found[1].lower(), _FACTOR.sub("", text))

    def written(self, row: Constraint, start: int, end: int) -> str:
        """Write a constraint as the stepwise way does, its numbers as they stand in a sentence."""
        inside = [number for number in self.reading.numbers if start <= number.start < end]

        def said(value: float) -> str:
            return next((n.text for n in inside if value in n.readings), show_number(value))

        text = self.short(row)
        if part := _PART.search(text):
            share = said(int(part["over"] or 1) / int(part["under"]))
            text = text.replace(part[0], f"{share} * total")
        for each in self.row.formulation.parameters:
            if each.value is not None:
                number = said(each.value).replace("\\", "")
                text = re.sub(rf"\b{each.name}\b", number, text)
        if row.forall:
            target = row.forall.partition(" ")[0]
            each_thing = (text.replace(f"x[{target}]", thing.lower()) for thing in self.things)
            return "; ".join(each_thing)
        return text
