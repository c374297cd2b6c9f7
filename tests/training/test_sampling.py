"""What a model says to problems with labels: asked as agents ask, and labelled by the solver."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.formulation import Formulation
from solvitur.llm import Finish, Recording, Reply, Request, Scripted
from solvitur.prompts.library import render
from solvitur.runs import Interruption
from solvitur.training import (
    Row,
    Sample,
    SamplingPlan,
    Task,
    instructions,
    read_samples,
    sample,
    synthesize,
)
from solvitur.training.replies import as_code, as_json
from solvitur.training.sampling import keeps_limits, tasks_of
from solvitur.training.teaching import LEARNED, is_teachable

ONCE = SamplingPlan((Task.elements,), count=1)


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    found = synthesize(6, seed=4, only=["product-mix", "fleet"]).rows
    return tuple(row for row in found if row.status == "solved")


def pair(*constraints: str) -> Formulation:
    """Two amounts of which as little as possible is wanted."""
    return Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y"}],
            "objective": {"sense": "minimize", "expression": "x + y"},
            "constraints": [{"name": f"c{n}", "expression": e} for n, e in enumerate(constraints)],
        }
    )


def labelled(formulation: Formulation, objective: float) -> Row:
    return Row(
        id="pair-0",
        family="pair",
        seed="0",
        text="Use at least 1 of x and at least 1 of y, and as little as possible in all.",
        formulation=formulation,
        status="solved",
        objective=objective,
    )


PAIR = labelled(pair("x >= 1", "y >= 1"), 2.0)


def sampled(
    folder: Path,
    row: Row,
    script: Callable[[Request], str | Reply] | list[str],
    how: SamplingPlan = ONCE,
) -> list[Sample]:
    memory = Recording(folder / "samples.jsonl")
    return asyncio.run(sample([row], Scripted(script, features=LEARNED), how, memory))


def verdict(folder: Path, reply: str, row: Row = PAIR) -> tuple[bool, bool | None, bool]:
    (found,) = sampled(folder, row, [reply])
    return found.executes, found.feasible, found.is_right


# --- labels --------------------------------------------------------------------------------------


def test_what_comes_to_the_label_is_right(tmp_path: Path) -> None:
    assert verdict(tmp_path, as_json(pair("y >= 1", "x >= 1"))) == (True, True, True)


def test_what_comes_to_something_else_is_wrong(tmp_path: Path) -> None:
    assert verdict(tmp_path, as_json(pair("x >= 1"))) == (True, False, False)
    (tmp_path / "samples.jsonl").unlink()
    assert verdict(tmp_path, as_json(pair("x >= 1", "y >= 3"))) == (True, True, False)


def test_the_right_objective_by_a_point_against_the_limits_is_wrong(tmp_path: Path) -> None:
    assert verdict(tmp_path, as_json(pair("x >= 2"))) == (True, False, False)


def test_what_is_no_formulation_does_not_execute(tmp_path: Path) -> None:
    assert verdict(tmp_path, "I cannot.") == (False, None, False)


def test_infeasible_is_right_where_the_label_says_so(tmp_path: Path) -> None:
    row = PAIR.model_copy(update={"status": "infeasible", "objective": None})
    assert verdict(tmp_path, as_json(pair("x >= 1", "x <= 0")), row) == (True, None, True)
    (tmp_path / "samples.jsonl").unlink()
    assert verdict(tmp_path, as_json(pair("x >= 1"))) == (True, False, False)


def test_names_that_are_not_those_of_the_label_say_nothing_of_its_limits() -> None:
    assert keeps_limits(PAIR.formulation, [("a", (), 1.0), ("b", (), 1.0)]) is None
    assert keeps_limits(PAIR.formulation, [("x", (), 1.0)]) is None
    assert keeps_limits(PAIR.formulation, [("x", (), 1.0), ("y", (), None)]) is None
    assert keeps_limits(PAIR.formulation, [("v", ("X",), 1.0), ("v", ("y",), 1.0)]) is True


def test_a_program_is_run_and_labelled_alike(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    how = SamplingPlan((Task.code,), count=1)
    (found,) = sampled(tmp_path, rows[0], [as_code(rows[0].formulation)], how)
    assert (found.executes, found.feasible, found.is_right) == (True, True, True)
    wrong = as_code(rows[0].formulation).replace("maximize", "minimize")
    (found,) = sampled(tmp_path / "wrong", rows[0], [wrong], how)
    assert (found.executes, found.is_right) == (True, False)


def test_a_reply_that_was_cut_off_is_known(tmp_path: Path) -> None:
    cut = Reply(text='{"variables": [', finish=Finish.length, model="scripted")
    (found,) = sampled(tmp_path, PAIR, lambda _: cut)
    assert (found.is_whole, found.is_right) == (False, False)


# --- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [Task.elements, Task.code, Task.steps])
def test_a_right_model_is_sampled_at_what_its_lesson_has(
    tmp_path: Path, rows: tuple[Row, ...], task: Task
) -> None:
    row = next(row for row in rows if is_teachable(row))
    (lesson,) = instructions([row], [task]).instructions
    replies = [lesson.messages[place]["content"] for place in lesson.learn]
    (found,) = sampled(tmp_path, row, replies, SamplingPlan((task,), count=1))
    assert (found.messages, found.learn) == (lesson.messages, lesson.learn)
    assert found.is_right


def test_temperatures_are_taken_in_turn_and_every_time_has_its_seed(tmp_path: Path) -> None:
    model = Scripted(lambda _: "no", features=LEARNED)
    how = SamplingPlan((Task.elements,), 3, (0.5, 0.9), 7)
    found = asyncio.run(sample([PAIR], model, how, Recording(tmp_path / "s.jsonl")))
    asked = [(r.sampling.temperature, r.sampling.seed) for r in model.requests]
    assert asked == [(0.5, 7), (0.9, 8), (0.5, 9)]
    assert [(each.temperature, each.seed) for each in found] == asked


def test_nothing_is_asked_twice(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    interruption, path = Interruption(), tmp_path / "s.jsonl"
    how = SamplingPlan((Task.elements,), count=2)
    by_text = {render("direct_problem", problem=row.text): row for row in rows}

    def answer(request: Request) -> str:
        return as_json(by_text[request.messages[1].content].formulation)

    def stop(found: Sample) -> None:
        interruption.ask()

    first = Scripted(answer, name="local:tiny", features=LEARNED)
    asyncio.run(sample(rows, first, how, Recording(path), stop, interruption))
    assert 0 < len(first.requests) < 2 * len(rows)
    rest = Scripted(answer, name="local:tiny", features=LEARNED)
    whole = asyncio.run(sample(rows, rest, how, Recording(path)))
    assert len(first.requests) + len(rest.requests) == len(whole) == 2 * len(rows)
    assert not {r.key for r in first.requests} & {r.key for r in rest.requests}
    assert read_samples(path) == sorted(whole, key=lambda each: each.id)


def test_a_repair_is_asked_for_after_wrong_elements_alone(
    tmp_path: Path, rows: tuple[Row, ...]
) -> None:
    row, how = rows[0], SamplingPlan((Task.repair,), count=1)
    wrong = json.loads(as_json(row.formulation))
    wrong["objective"]["sense"] = "minimize"
    replies = [json.dumps(wrong), as_json(row.formulation)]
    (found,) = sampled(tmp_path, row, replies, how)
    assert (found.task, found.is_right, len(found.messages)) == (Task.repair, True, 5)
    assert found.messages[3]["content"].startswith("This speaks against your model:\n- ")
    first, again = read_samples(tmp_path / "samples.jsonl")
    assert (first.task, first.is_right, again) == (Task.elements, False, found)
    assert sampled(tmp_path / "right", row, replies[1:], how) == []


def test_an_ambiguous_problem_is_not_asked(tmp_path: Path) -> None:
    assert sampled(tmp_path, PAIR.model_copy(update={"status": "ambiguous"}), []) == []


def test_what_agents_do_not_ask_for_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"agents do not ask for 'markdown'.* elements, code, st"):
        SamplingPlan((Task.markdown,))


def test_a_model_is_sampled_at_what_it_learned() -> None:
    assert tasks_of(Scripted([])) == (Task.elements,)
    assert tasks_of(Scripted([], features=LEARNED)) == (Task.elements, Task.code, Task.steps)


def test_a_file_of_something_else_is_said(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"

    async def other() -> object:
        return {"reply": "no"}

    asyncio.run(Recording(path).step("key", other))
    with pytest.raises(ConfigError, match=r"r\.jsonl holds something else than samples: .*make su"):
        read_samples(path)
