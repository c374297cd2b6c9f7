"""A tuned model is asked by the very prompts of its lessons: agents run, and show what they ask."""

import asyncio
import json
from collections.abc import Callable

import pytest

from solvitur.agents import Effort, solve_problem
from solvitur.agents.code import Coded
from solvitur.agents.direct import Direct
from solvitur.agents.draft import Asking, Formulator
from solvitur.agents.stepwise.staged import Staged
from solvitur.agents.techniques import introduction
from solvitur.formulation.words.cues import Reading
from solvitur.llm import UNTUNED, Feature, Message, Request, Role, Scripted
from solvitur.prompts.library import render
from solvitur.training import Instruction, Row, Task, instructions, synthesize
from solvitur.training.replies import as_code, as_json

FAMILIES = ["product-mix", "diet", "twice-as-many", "transport"]
TUNED_FOR = {
    Task.steps: (Feature.tuned_steps, Staged()),
    Task.elements: (Feature.tuned_elements, Direct()),
    Task.code: (Feature.tuned_code, Coded()),
}


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return tuple(
        row for row in synthesize(12, seed=3, only=FAMILIES).rows if row.status == "solved"
    )


def lessons(rows: tuple[Row, ...], task: Task) -> list[tuple[Row, Instruction]]:
    made = instructions(rows, [task]).instructions
    by_id = {f"{row.id}/{task.value}": row for row in rows}
    assert made
    return [(by_id[each.id], each) for each in made]


def written(messages: tuple[Message, ...]) -> list[dict[str, str]]:
    return [{"role": each.role.value, "content": each.content} for each in messages]


def tuned(feature: Feature, script: Callable[[Request], str]) -> Scripted:
    return Scripted(script, name="local:tuned", features=UNTUNED | {feature})


@pytest.mark.parametrize("task", list(TUNED_FOR))
def test_every_request_is_what_the_lesson_has_before_a_reply(
    rows: tuple[Row, ...], task: Task
) -> None:
    feature, way = TUNED_FOR[task]
    for row, lesson in lessons(rows, task):
        replies = iter([lesson.messages[place]["content"] for place in lesson.learn])
        model = tuned(feature, lambda _, replies=replies: next(replies))  # type: ignore[misc]
        draft_by(way, model, row)
        assert len(model.requests) == len(lesson.learn)
        for request, place in zip(model.requests, lesson.learn, strict=True):
            assert written(request.messages) == list(lesson.messages[:place])


def test_a_repair_is_asked_for_as_its_lesson_has_it(rows: tuple[Row, ...]) -> None:
    """In both, the script of the second route is one that comes to the label."""
    for row, lesson in lessons(rows, Task.repair)[:3]:
        _, _, wrong, _, _ = (message["content"] for message in lesson.messages)

        def answer(request: Request, row: Row = row, wrong: str = wrong) -> str:
            if request.messages[0].content == render("code_system"):
                return as_code(row.formulation)
            is_first = request.messages[-1].role is Role.user and len(request.messages) == 2
            return wrong if is_first else as_json(row.formulation)

        model = tuned(Feature.tuned_elements, answer)
        techniques = ("coverage", "code")
        asyncio.run(solve_problem(row.text, model, Effort(techniques=techniques, rounds=2)))
        asked = [r for r in model.requests if r.messages[0].content == render("direct_system")]
        assert written(asked[1].messages) == list(lesson.messages[:-1])


@pytest.mark.parametrize("task", list(TUNED_FOR))
def test_a_model_that_learned_something_else_is_shown_the_worked_examples(
    rows: tuple[Row, ...], task: Task
) -> None:
    feature, way = TUNED_FOR[task]
    other = next(each for each, _ in TUNED_FOR.values() if each is not feature)
    shown = {}
    for each in (feature, other):
        model = tuned(each, lambda _: json.dumps({"variables": []}))
        draft_by(way, model, rows[0])
        shown[each] = model.requests[0]
    assert shown[feature].shared == 1
    assert shown[other].shared > 1
    assert shown[feature].messages[0] == shown[other].messages[0]
    assert shown[feature].messages[1:] == shown[other].messages[shown[other].shared :]


@pytest.mark.parametrize("task", [Task.steps, Task.elements])
def test_what_is_read_ahead_begins_the_first_request(rows: tuple[Row, ...], task: Task) -> None:
    feature, way = TUNED_FOR[task]
    model = tuned(feature, lambda _: "{}")
    draft_by(way, model, rows[0])
    (request,) = model.requests
    assert list(introduction(model)) == list(request.messages[: request.shared])


def draft_by(way: Formulator, model: Scripted, row: Row) -> None:
    asyncio.run(way.draft(Asking(Reading(row.text), model), temperature=0.0, seed=0))
