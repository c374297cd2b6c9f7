"""``solvitur evolve``: from a file to the best heuristic, gone on with after Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solvitur.evolution.heuristics import Result
from tests.cli.conftest import Run
from tests.llm.servers import Answer, ChatServer, chat_server, completion

SPEC = """
problem = "problem.toml"
model = "openai:any@{url}"
run = "run"
method = {{ population = 2, generations = 2, in_flight = 2 }}
"""
PROBLEM = """
name = "middle"
description = "Guess the mean of some numbers."
driver = "driver.py"
scoring = "scoring.py"
function.name = "guess"
function.arguments = [{ name = "numbers", type = "list", meaning = "some numbers" }]
function.result = "float"
function.meaning = "a guess"
seeds = { "the first" = "first.py" }
"""
FILES = {
    "problem.toml": PROBLEM,
    "driver.py": "def solve(heuristic, instance):\n    return heuristic(instance)\n",
    "scoring.py": (
        "from solvitur.evolution.heuristics import Instance\n"
        "def instances():\n    return [Instance('a', [1, 2, 6]), Instance('b', [4, 4, 7])]\n"
        "def score(data, solution):\n    return abs(solution - sum(data) / len(data))\n"
    ),
    "first.py": "def guess(numbers):\n    return numbers[0]\n",
}


class Writing:
    """Writes heuristics that get better with every call."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0

    def __call__(self, body: dict[str, Any]) -> Answer:
        time.sleep(self.seconds)
        self.calls += 1
        share = round(0.2 + 0.6 / (1 + body["seed"] % 97), 4)
        code = f"def guess(numbers):\n    return {share} * max(numbers)"
        return completion(f"{{A share of the largest.}}\n```python\n{code}\n```")


@pytest.fixture
def writing() -> Writing:
    return Writing()


@pytest.fixture
def server(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with chat_server(script=writing) as running:
        yield running


@pytest.fixture
def spec(server: ChatServer, tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = tmp_path / "spec.toml"
    path.write_text(SPEC.format(url=server.url), encoding="utf-8")
    return path


def test_the_best_is_shown_beside_what_was_known_and_written_down(spec: Path, run: Run) -> None:
    done = run("evolve", str(spec))
    assert done.code == 0, done.err
    assert "A share of the largest." in done.out
    assert "the first" in done.out
    assert "8 of 8:" in done.err
    folder = spec.parent / "run"
    assert {"best.py", "report.html", "result.json"} <= {each.name for each in folder.iterdir()}
    assert "def guess(numbers):" in (folder / "best.py").read_text()
    assert json.loads((folder / "result.json").read_text())["best"] is not None


def test_the_same_command_asks_for_nothing_again(spec: Path, run: Run, writing: Writing) -> None:
    first = run("evolve", str(spec), "--json")
    calls = writing.calls
    again = run("evolve", str(spec), "--json")
    assert writing.calls == calls
    assert json.loads(again.out)["candidates"] == json.loads(first.out)["candidates"]
    assert (first.err, again.err) == ("", "")


def test_a_limit_ends_it_with_a_code_of_its_own(spec: Path, run: Run) -> None:
    spec.write_text(f"{spec.read_text()}\nlimits = {{ calls = 3 }}\n", encoding="utf-8")
    done = run("evolve", str(spec))
    assert done.code == 7
    assert "It ended early: the limit of 3 calls is reached; to go on, raise it." in done.err


def test_ctrl_c_finishes_what_is_in_flight_and_the_same_command_goes_on(
    spec: Path, run: Run, writing: Writing
) -> None:
    writing.seconds = 0.4
    command = [sys.executable, "-m", "solvitur", "evolve", str(spec)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        while writing.calls < 2:
            time.sleep(0.02)
        os.kill(one.pid, signal.SIGINT)
        _, err = one.communicate(timeout=60)
    assert one.returncode == 130, err
    assert "Finishing what is in flight" in err
    before = len(Result.load(spec.parent / "run").candidates)
    assert 0 < before < 8
    assert len(Result.load(spec.parent / "run").candidates) == writing.calls
    writing.seconds = 0.0
    assert run("evolve", str(spec)).code == 0
    assert writing.calls == Result.load(spec.parent / "run").used.calls == 8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("population", "populaton"), "there is no 'method.populaton'; did you mean 'population'?"),
        (("in_flight = 2", "in_flight = 0"), "method.in_flight: "),
        (("run = ", "fun = "), "there is no 'fun'; did you mean 'run'?"),
        (("problem.toml", "nothing.toml"), "nothing.toml cannot be read"),
        (('"problem.toml"', '"tsp"'), "there is no problem 'tsp'"),
        (("in_flight = 2", "operators = { cross = 1 }"), "there is no operator 'cross'"),
        (("{ population = 2, generations = 2, in_flight = 2 }", '"eoh"'), '{ name = "eoh"'),
        (('run = "run"', 'given = "none.json"'), "none.json cannot be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_place(
    spec: Path, run: Run, change: tuple[str, str], words: str
) -> None:
    spec.write_text(spec.read_text().replace(*change), encoding="utf-8")
    done = run("evolve", str(spec))
    assert done.code == 2
    assert words in done.err


def test_it_begins_with_what_is_given(spec: Path, run: Run) -> None:
    known = {"algorithm": "The mean.", "code": "def guess(n):\n    return sum(n) / len(n)"}
    (spec.parent / "known.json").write_text(json.dumps([known]), encoding="utf-8")
    spec.write_text(spec.read_text().replace("run =", 'given = "known.json"\nrun ='))
    told = json.loads(run("evolve", str(spec), "--json").out)
    assert told["best"] == 0
    assert told["candidates"][0]["operator"] == "given"


def test_a_run_goes_on_by_its_name_and_is_derived_again(
    spec: Path, run: Run, writing: Writing
) -> None:
    assert run("evolve", str(spec)).code == 0
    asked, folder = writing.calls, str(spec.parent / "run")
    assert f"solvitur evolve {spec}" in run("runs", "show", folder).out
    assert run("runs", "resume", folder, "--yes").code == 0
    problem = str(spec.parent / "problem.toml")
    derived = run("runs", "verify", folder, "--problem", problem)
    assert (derived.code, derived.out) == (0, "8 candidates derived again: no difference\n")
    assert writing.calls == asked
    assert "is one of your own" in run("runs", "verify", folder).err


def test_the_first_of_those_that_fail_in_one_way_is_told_with_its_reason(
    spec: Path, run: Run
) -> None:
    scoring = FILES["scoring.py"].replace("abs(solution", "abs(solutoin")
    (spec.parent / "scoring.py").write_text(scoring, encoding="utf-8")
    done = run("evolve", str(spec))
    assert done.code == 6
    assert "failed: invalid; candidate 0: instance 'a': " in done.err
    assert "name 'solutoin' is not defined" in done.err


def test_data_that_json_cannot_say_is_told_before_a_model_is_asked(
    spec: Path, run: Run, writing: Writing
) -> None:
    scoring = FILES["scoring.py"].replace("[1, 2, 6]", "{1, 2, 6}")
    (spec.parent / "scoring.py").write_text(scoring, encoding="utf-8")
    done = run("evolve", str(spec))
    assert (done.code, writing.calls) == (2, 0)
    assert "'middle': JSON cannot say the data of its instances (Object of type set" in done.err
