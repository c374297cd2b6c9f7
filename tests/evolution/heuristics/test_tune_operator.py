"""Tuning as an operator of a run: it makes a child without asking the model."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from solvitur.evolution.heuristics import Fate, Heuristic, Method, Result, evolve
from solvitur.llm import Request, Scripted
from solvitur.runs import Limits
from tests.evolution.heuristics.test_evolve import events
from tests.evolution.heuristics.toy import PROBLEM, model

METHOD = Method(
    name="eoh", population=3, generations=2, operators={"m1": 1.0, "tune": 1.0}, tuning=10
)


def evolved(folder: Path, method: Method = METHOD, **options: Any) -> Result:
    asked = options.pop("model", None) or model()
    return asyncio.run(evolve(PROBLEM, asked, method, run=folder, **options))


def test_a_child_is_its_parent_with_better_constants_and_asks_nothing(tmp_path: Path) -> None:
    result = evolved(tmp_path)
    children = [each for each in result.candidates if each.operator == "tune"]
    assert children
    for child in children:
        (parent,) = (result.by_number[number] for number in child.parents)
        assert child.calls == child.tokens == 0
        assert child.idea == parent.idea
        assert child.score is not None
        assert parent.score is not None
        assert child.score < parent.score or child.fate is Fate.twin
    assert any(child.fate is Fate.kept for child in children)
    assert result.used.calls == sum(each.calls for each in result.candidates)


def test_the_model_is_told_to_mark_constants_only_where_they_are_fitted(tmp_path: Path) -> None:
    def told(method: Method) -> str:
        seen: list[str] = []

        def answer(request: Request) -> str:
            seen.append(request.messages[0].content)
            return "{An idea.}\n```python\ndef guess(numbers):\n    return 2.5\n```"

        evolved(tmp_path / str(method.tunes), method, model=Scripted(answer, name="toy"))
        return seen[0]

    assert "# tunable" in told(METHOD)
    assert "tunable" not in told(Method(population=1, generations=0))


def test_marked_constants_alone_are_fitted(tmp_path: Path) -> None:
    code = "def guess(numbers):\n    low = 0.9  # tunable\n    return low * max(numbers) - 0.25\n"
    method = METHOD.model_copy(
        update={
            "given": (Heuristic("Below the most.", code),) * 2,
            "population": 1,
            "generations": 1,
            "operators": {"tune": 1.0},
        }
    )
    result = evolved(tmp_path, method)
    child = result.candidates[-1]
    assert child.operator == "tune"
    assert child.score is not None
    assert child.score < (result.candidates[0].score or 0)
    assert child.code.endswith("return low * max(numbers) - 0.25\n")
    assert result.used.calls == 0


@pytest.mark.parametrize("code", ["numbers[0]", "min(numbers)"])
def test_where_there_is_nothing_to_fit_the_child_is_a_twin(tmp_path: Path, code: str) -> None:
    given = Heuristic("As it is.", f"def guess(numbers):\n    return {code}\n")
    method = METHOD.model_copy(
        update={
            "given": (given,) * 2,
            "population": 1,
            "generations": 1,
            "operators": {"tune": 1.0},
        }
    )
    child = evolved(tmp_path, method).candidates[-1]
    assert (child.operator, child.fate, child.code) == ("tune", Fate.twin, given.code)


def test_the_same_seed_gives_the_same_events_in_the_same_order(tmp_path: Path) -> None:
    for name in ("one", "two"):
        evolved(tmp_path / name)
    assert events(tmp_path / "one") == events(tmp_path / "two")


def test_a_run_that_goes_on_ends_as_the_one_that_was_never_stopped(tmp_path: Path) -> None:
    evolved(tmp_path / "whole")
    evolved(tmp_path / "parts", limits=Limits(evaluations=8))
    result = evolved(tmp_path / "parts")
    whole = [event for event in events(tmp_path / "whole") if event[0] == "candidate"]
    assert [event for event in events(tmp_path / "parts") if event[0] == "candidate"] == whole
    assert result.stopped == ""


def test_the_bandit_may_draw_it(tmp_path: Path) -> None:
    method = METHOD.model_copy(update={"bandit": True, "generations": 4})
    drawn = {each.operator for each in evolved(tmp_path, method).candidates}
    assert {"m1", "tune"} <= drawn
