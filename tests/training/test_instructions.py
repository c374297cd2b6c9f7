"""What a model is taught: the prompts that it will be asked by, and answers that are right."""

import json
from collections.abc import Iterable

import pytest
from jsonschema import Draft202012Validator

from solvitur.agents import direct
from solvitur.agents.code import read_script
from solvitur.formulation import Formulation, from_markdown
from solvitur.prompts.library import render
from solvitur.solvers import solve
from solvitur.training import Instruction, Row, Task, instructions, synthesize
from solvitur.training.faults import FAULTS
from solvitur.training.replies import elements
from solvitur.training.synthesis.draw import Draw

FAMILIES = ["product-mix", "diet", "twice-as-many", "transport", "covering", "lots", "portfolio"]


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return tuple(synthesize(21, seed=5, only=FAMILIES).rows)


@pytest.fixture(scope="module")
def made(rows: tuple[Row, ...]) -> tuple[Instruction, ...]:
    return tuple(instructions(rows).instructions)


def of(made: Iterable[Instruction], task: Task) -> list[Instruction]:
    return [each for each in made if each.task is task]


def answer(lesson: Instruction) -> str:
    return lesson.messages[-1]["content"]


def by_id(rows: Iterable[Row], lesson: Instruction) -> Row:
    return next(row for row in rows if lesson.id.startswith(f"{row.id}/"))


def comes_to_the_same(formulation: Formulation, row: Row) -> bool:
    objective = solve(formulation).objective
    return objective == (None if row.objective is None else pytest.approx(row.objective, rel=1e-6))


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_lessons(made: tuple[Instruction, ...], task: Task) -> None:
    assert of(made, task)


def test_only_replies_are_learned(made: tuple[Instruction, ...]) -> None:
    for lesson in made:
        assert all(lesson.messages[place]["role"] == "assistant" for place in lesson.learn)
        assert lesson.learn[-1] == len(lesson.messages) - 1


def test_five_elements_are_asked_for_as_the_agent_asks(
    made: tuple[Instruction, ...], rows: tuple[Row, ...]
) -> None:
    for lesson in of(made, Task.elements):
        system, user, _ = lesson.messages
        assert system["content"] == render("direct_system")
        assert user["content"] == render("direct_problem", problem=by_id(rows, lesson).text)


def test_the_json_answers_come_to_the_labels(
    made: tuple[Instruction, ...], rows: tuple[Row, ...]
) -> None:
    for lesson in (*of(made, Task.elements), *of(made, Task.repair)):
        formulation = Formulation.from_json(answer(lesson))
        assert comes_to_the_same(formulation, by_id(rows, lesson)), lesson.id


def test_the_markdown_answers_come_to_the_labels(
    made: tuple[Instruction, ...], rows: tuple[Row, ...]
) -> None:
    for lesson in of(made, Task.markdown):
        assert comes_to_the_same(from_markdown(answer(lesson)), by_id(rows, lesson)), lesson.id


def test_the_programs_are_in_the_form_that_is_asked_for(made: tuple[Instruction, ...]) -> None:
    for lesson in (*of(made, Task.code), *of(made, Task.code_from_elements)):
        script = read_script(answer(lesson))
        assert script.startswith("import pyomo.environ as pyo")
        assert script.endswith('pyo.SolverFactory("highs").solve(model)')
        assert "print(" not in script


def test_a_repair_shows_a_wrong_formulation_and_what_speaks_against_it(
    made: tuple[Instruction, ...],
) -> None:
    for lesson in of(made, Task.repair):
        _, _, wrong, evidence, right = (message["content"] for message in lesson.messages)
        assert json.loads(wrong) != json.loads(right)
        assert evidence.startswith("This speaks against your model:\n- ")
        assert lesson.about in FAULTS


def test_the_steps_are_those_of_the_agent(made: tuple[Instruction, ...]) -> None:
    for lesson in of(made, Task.steps):
        questions = [m["content"] for m in lesson.messages if m["role"] == "user"]
        assert questions[0].startswith("Problem: ")
        assert render("staged_table") in questions


def test_no_lesson_is_made_of_an_ambiguous_problem(rows: tuple[Row, ...]) -> None:
    ambiguous = rows[0].model_copy(update={"status": "ambiguous"})
    made = instructions([ambiguous])
    assert (made.instructions, made.left_out["ambiguous"]) == ([], 1)


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_planted_mistake_changes_something(name: str, rows: tuple[Row, ...]) -> None:
    draw = Draw(name)
    changed = [(elements(r.formulation), FAULTS[name](elements(r.formulation), draw)) for r in rows]
    planted = [(right, wrong) for right, wrong in changed if wrong is not None]
    assert planted
    assert all(right != wrong for right, wrong in planted)


def test_the_json_answers_fit_the_schema_that_models_are_held_to(
    made: tuple[Instruction, ...],
) -> None:
    held = Draft202012Validator(direct.schema(()))
    for lesson in of(made, Task.elements):
        assert list(held.iter_errors(json.loads(answer(lesson)))) == [], lesson.id
