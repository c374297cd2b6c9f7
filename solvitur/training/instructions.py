"""What a model is taught, as conversations: those that it will have when it is asked.

The prompts are the very ones that the agents use with a model that has learned them: without worked
examples, as what they show is what is learned, and a request is a fraction as long.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from solvitur.agents import code, direct
from solvitur.agents.diagnosis import Diagnostician
from solvitur.agents.draft import Asking, Attempt, Draft, verdict_of
from solvitur.agents.reviewing import Review
from solvitur.agents.reviewing.cross_check import compared
from solvitur.errors import FormulationError
from solvitur.formulation.checks import check
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.words.cues import Reading
from solvitur.llm import Message, Model, Scripted
from solvitur.prompts.library import render
from solvitur.solvers import Options, solve
from solvitur.training.faults import FAULTS
from solvitur.training.replies import as_code, as_json, as_markdown, elements
from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.rows import Row
from solvitur.training.synthesis.verifying import Verdict
from solvitur.training.teaching import LEARNED, steps

_SECONDS = 5.0


class Task(StrEnum):
    """What a model is asked for."""

    elements = "elements"
    """From the question to the five elements, as JSON."""
    markdown = "markdown"
    """The same as LLMOPT's five sections."""
    code = "code"
    """From the question to a Pyomo program."""
    code_from_elements = "code-from-elements"
    """From the five elements to a Pyomo program."""
    repair = "repair"
    """From wrong five elements, and what speaks against them, to the right ones."""
    steps = "steps"
    """The questions of the stepwise way, one after the other."""


class Instruction(BaseModel):
    """A conversation, and which of its messages are learned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    task: Task
    messages: tuple[dict[str, str], ...]
    """Each with its role and its content, as chat templates take them."""
    learn: tuple[int, ...]
    """The places of the replies that are learned; the others are only read."""
    about: str = ""
    """Of a repair: the mistake that was planted."""


@dataclass
class Lessons:
    """What can be learned from some problems, and what could not be made into a lesson."""

    instructions: list[Instruction] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """By task: problems of which none came."""


def instructions(rows: Iterable[Row], tasks: Sequence[Task] = tuple(Task)) -> Lessons:
    """Make what a model is taught from problems with labels.

    Ambiguous problems are left out: they have no one right answer. A repair comes only where
    solvitur's own checks speak against the mistake, and steps only where they lead to the label.

    Args:
        rows: The problems.
        tasks: What to teach.

    Example:
        >>> from solvitur.training import synthesize
        >>> made = instructions(synthesize(1, only=["product-mix"]).rows, [Task.elements])
        >>> [message["role"] for message in made.instructions[0].messages]
        ['system', 'user', 'assistant']
    """
    made = Lessons()
    for row in rows:
        if row.status == "ambiguous":
            made.left_out["ambiguous"] += 1
            continue
        for task in tasks:
            lesson = _lesson(row, task)
            if lesson is None:
                made.left_out[task.value] += 1
            else:
                made.instructions.append(lesson)
    return made


def write_instructions(made: Iterable[Instruction]) -> str:
    """Write instructions as a file, one a line."""
    return "".join(f"{each.model_dump_json(exclude_defaults=True)}\n" for each in made)


def _lesson(row: Row, task: Task) -> Instruction | None:
    match task:
        case Task.repair:
            return _repair(row)
        case Task.steps:
            talk = steps(row)
            return None if talk is None else _instruction(row, task, talk.messages, talk.learn)
    messages, reply = _asked(row, task)
    return _instruction(row, task, [*messages, Message.assistant(reply)])


def _asked(row: Row, task: Task) -> tuple[list[Message], str]:
    """Give what is asked, and the answer."""
    formulation, asking = row.formulation, asked_of(row, Scripted((), features=LEARNED))
    match task:
        case Task.elements:
            return list(direct.prompt(asking)[0]), as_json(formulation)
        case Task.markdown:
            messages, shared = direct.prompt(asking)
            system = Message.system(render("markdown_system"))
            return [system, *messages[shared:]], as_markdown(formulation)
        case Task.code_from_elements:
            given = render("code_from_elements", elements=_either_form(row))
            return [*code.introduction(asking.model), Message.user(given)], as_code(formulation)
    return list(code.prompt(asking)[0]), as_code(formulation)


def _either_form(row: Row) -> str:
    """Write the five elements as JSON or as Markdown, by turns."""
    has_json = Draw(f"{row.id}/form").chance(0.5)
    return as_json(row.formulation) if has_json else as_markdown(row.formulation)


def asked_of(row: Row, model: Model, attempts: Sequence[Attempt] = ()) -> Asking:
    """Give what an agent works with that has a problem of ours."""
    return Asking(Reading(row.text), model, list(attempts))


def _instruction(
    row: Row,
    task: Task,
    messages: Sequence[Message],
    learn: Sequence[int] = (),
    about: str = "",
) -> Instruction:
    return Instruction(
        id=f"{row.id}/{task.value}",
        task=task,
        messages=tuple({"role": m.role.value, "content": m.content} for m in messages),
        learn=tuple(learn) or (len(messages) - 1,),
        about=about,
    )


# --- repair --------------------------------------------------------------------------------------


def _repair(row: Row) -> Instruction | None:
    """Plant a mistake that the checks speak against, and answer with the right elements."""
    draw = Draw(f"{row.id}/repair")
    for name in draw.order(list(FAULTS)):
        data = FAULTS[name](elements(row.formulation), draw)
        attempt = None if data is None else attempted(row, _draft(data))
        if attempt is not None and attempt.evidence:
            asking = asked_of(row, Scripted((), features=LEARNED), [attempt])
            answer = Message.assistant(as_json(row.formulation))
            messages = [*direct.prompt(asking)[0], answer]
            return _instruction(row, Task.repair, messages, about=name)
    return None


def _draft(data: dict[str, Any]) -> Draft:
    """Give wrong elements as the draft that they are."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        return Draft("direct", Formulation.from_json(text), text=text)
    except FormulationError as error:
        return Draft("direct", None, str(error), text)


def attempted(row: Row, draft: Draft) -> Attempt | None:
    """Judge a draft as the agent would that has a second route to the label.

    ``None`` where it comes to the right answer.
    """
    if draft.formulation is None:
        return Attempt(1, draft)
    try:
        instance = Instance(draft.formulation)
    except FormulationError as error:
        return Attempt(1, replace(draft, formulation=None, fault=str(error)))
    options = Options(time_limit=_SECONDS)
    solution = solve(instance, "highs", options)
    found = Diagnostician(instance, options, lambda: _SECONDS).reason(solution)
    checked = check(draft.formulation, row.text)
    attempt = Attempt(1, draft, checked, solution, diagnosis=found)
    right = Verdict(row.objective)
    witness = Review("code", verdict=verdict_of(right.outcome, right.objective))
    review = compared(attempt, witness)
    if review.agrees:
        return None
    return replace(attempt, reviews=(review,)) if attempt.is_reviewed else attempt
