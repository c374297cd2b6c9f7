"""What a run leaves: Python that stands alone, JSON that is read again, populations of others."""

import ast
import asyncio
import dataclasses
import json
from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics import (
    Heuristic,
    Result,
    evolve,
    read_population,
    to_json,
    to_python,
)
from solvitur.runs import Limits
from tests.evolution.heuristics.toy import PROBLEM, model

CODE = "def guess(numbers):\n    return 3.0"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("run")
    return asyncio.run(evolve(PROBLEM, model(), run=folder, limits=Limits(evaluations=24)))


def test_the_best_is_a_file_with_its_history(run: Result) -> None:
    text = to_python(run)
    tree = ast.parse(text)
    assert run.best is not None
    assert PROBLEM.function.fault(tree) is None
    assert text.endswith(f"{run.best.code.strip()}\n")
    assert f"# Candidate {run.best.number} of {len(run.candidates)}, by toy" in text
    for each in run.ancestors(run.best):
        assert f"#   {each.number} ({each.operator}" in text
    assert "training: candidate" in text


def test_no_idea_leaves_its_comment(run: Result) -> None:
    assert run.best is not None
    hostile = run.best.model_copy(
        update={"idea": "x\nimport os\r\x0bimport sys\u2028import re\x00"}
    )
    changed = dataclasses.replace(
        run,
        candidates=tuple(hostile if each == run.best else each for each in run.candidates),
    )
    tree = ast.parse(to_python(changed))
    assert [type(node).__name__ for node in tree.body] == ["FunctionDef"]


def test_a_run_without_a_score_has_no_best(tmp_path: Path) -> None:
    nothing = asyncio.run(evolve(PROBLEM, model(), run=tmp_path, limits=Limits(calls=0)))
    assert to_python(nothing) == ""
    assert json.loads(to_json(nothing))["best"] is None


def test_json_is_a_population_to_begin_with(run: Result, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(to_json(run), encoding="utf-8")
    found = read_population(path, PROBLEM.function)
    assert run.best is not None
    assert Heuristic(run.best.idea, run.best.code) in found
    assert len(found) == len({each.code for each in found})


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([{"algorithm": "Three.", "code": CODE, "objective": 1.0, "other_inf": None}]),
        json.dumps({"population": [{"algorithm": "Three.", "function": CODE, "score": -1.0}]}),
        "\n".join([json.dumps({"algorithm": " Three.\n", "code": CODE, "objective": None})] * 2),
        json.dumps(
            [{"algorithm": "Bad.", "code": "def other(): pass"}, {"idea": "Three.", "code": CODE}]
        ),
        json.dumps({"idea": "Three.", "code": CODE}),
    ],
    ids=["EoH", "LLM4AD", "lines", "other functions", "one"],
)
def test_populations_of_others_are_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "population.json"
    path.write_text(text, encoding="utf-8")
    assert read_population(path, PROBLEM.function) == (Heuristic("Three.", CODE),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no code in it"),
        ("{", "it is not JSON"),
        ("[]", "there is no code in it"),
        (json.dumps([{"code": "def other(): pass"}]), "no function 'guess'; it defines other"),
        (json.dumps([{"code": 5}]), "there is no code in it"),
    ],
)
def test_what_is_no_population_says_so(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "population.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        read_population(path, PROBLEM.function)


def test_a_population_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_population(tmp_path / "none.json", PROBLEM.function)
