"""Whole runs of ``solvitur solve`` by transcript: what is typed, what comes, and the exit code."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.problems import (
    CHAIRS,
    INFEASIBLE,
    NONLINEAR,
    TEXT,
    UNBOUNDED,
    UNKNOWN_NAME,
    market_split,
    reply,
    subset_sum,
)

File = Callable[[str, Any], str]
Scripted = Callable[..., str]


def timeless(words: str) -> str:
    return re.sub(r"\d+\.\d s$", "0.0 s", words, flags=re.MULTILINE)


# --- for a person --------------------------------------------------------------------------------


def test_a_formulation_is_solved_without_a_language_model(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("chairs.json", CHAIRS))

    assert done.code == 0
    assert done.err == ""
    assert (
        timeless(done.out)
        == """\
# Chairs

## Sets:
none

## Parameters:
- `wood` = 42 [m2]

## Variables:
- `x`, integer, >= 0: chairs built

## Objective:
Maximize `30 * x`

## Constraints:
- `stock`: `7 * x <= wood`

Answer
The highest value is 180.
- chairs built: 6
Fully used: stock.

Certificate: MILP, HiGHS VERSION, proved optimal; bound 180; gap 0; checked again on the \
formulation: all 2 rows and bounds hold (largest violation 0.0e+00)
Assumed:
- x takes whole numbers only
- x is not negative
0.0 s
""".replace("VERSION", version())
    )


def version() -> str:
    from solvitur.solvers import connect

    return connect("highs").version()


def test_a_word_problem_is_repaired_and_solved_step_by_step(run: Run, scripted: Scripted) -> None:
    model = scripted(reply(UNKNOWN_NAME), reply(CHAIRS))

    done = run("solve", TEXT, "--model", model)

    assert done.code == 0
    first, rest = done.err.split("  - ", 1)
    finding, rest = rest.split("\n", 1)
    assert (
        first
        == """\
round 1, formulate (direct): 1 variable, 1 constraint
round 1, check: 1 finding
"""
    )
    assert "'y'" in finding
    assert (
        rest
        == """\
round 2, formulate (direct): 1 variable, 1 constraint
round 2, check: no findings
round 2, solve: solved, objective 180
round 2, verify: confirmed
"""
    )
    assert "The highest value is 180.\n- chairs built: 6\n" in done.out
    assert re.search(rf"^{re.escape(model)}, 2 rounds, [\d,]+ tokens, 0 USD, ", done.out, re.M)


def test_text_in_markup_or_with_control_codes_is_shown_as_it_is(run: Run, file: File) -> None:
    odd = CHAIRS | {"title": "[red]Chairs[/red] \x1b[2J:smile:"}

    done = run("solve", "--formulation", file("odd.json", odd))

    assert "[red]Chairs[/red]" in done.out
    assert ":smile:" in done.out
    assert "\x1b" not in done.out


def test_what_is_suspicious_is_listed_with_the_answer(run: Run, file: File) -> None:
    unused = CHAIRS | {"parameters": [*CHAIRS["parameters"], {"name": "glue", "value": 3}]}

    done = run("solve", "--formulation", file("unused.json", unused))

    assert done.code == 0
    assert "To check:\n- " in done.out
    assert "'glue'" in done.out


# --- every way to end ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "flags", "code", "outcome"),
    [
        (CHAIRS, [], 0, "solved"),
        (NONLINEAR, [], 0, "solved"),
        (NONLINEAR, ["--solver", "highs"], 1, "error"),
        (INFEASIBLE, [], 3, "infeasible"),
        (UNBOUNDED, [], 4, "unbounded"),
        (subset_sum(), ["--time-limit", "0.5"], 5, "limit"),
        (market_split(), ["--time-limit", "0.5"], 6, "no_answer"),
    ],
)
def test_a_formulation_ends_with_a_code_and_the_same_word(
    run: Run, file: File, content: Any, flags: list[str], code: int, outcome: str
) -> None:
    name = file("five.json", content)

    done = run("solve", "--formulation", name, "--json", *flags)

    assert (done.code, done.envelope["outcome"]) == (code, outcome)


@pytest.mark.parametrize(
    ("replies", "flags", "code", "outcome"),
    [
        ([reply(CHAIRS)], [], 0, "solved"),
        ([reply(INFEASIBLE)] * 3, [], 3, "infeasible"),
        ([reply(UNBOUNDED)] * 3, [], 4, "unbounded"),
        (["I would rather not."] * 3, [], 8, "not_formulated"),
        (
            [{"text": "Hm.", "model": "m", "usage": {"cost": 1.0}}] * 3,
            ["--max-cost", "0.5"],
            7,
            "budget",
        ),
    ],
)
def test_a_word_problem_ends_with_a_code_and_the_same_word(
    run: Run, scripted: Scripted, replies: list[Any], flags: list[str], code: int, outcome: str
) -> None:
    done = run("solve", TEXT, "--json", "--model", scripted(*replies), *flags)

    assert (done.code, done.envelope["outcome"]) == (code, outcome)


def test_a_problem_without_numbers_cannot_be_formulated(run: Run, scripted: Scripted) -> None:
    done = run("solve", "What shall I do?", "--model", scripted())

    assert done.code == 8
    assert done.out == ""
    assert done.err.startswith("Error: the problem could not be formulated: ")


def test_an_infeasible_problem_says_so_in_words(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("five.json", INFEASIBLE))

    assert done.code == 3
    assert (
        """\
Answer
There is no answer: the limits contradict each other.
These contradict each other; without any one of them, the others can hold:
- stock: 7 * x <= -42
- x >= 0 (chairs built; taken by default)
With the least change there is an answer:
- stock: 0 instead of -42 (42 m2 more)
Then the objective is 0.
"""
        in done.out
    )
    assert "proved infeasible" in done.out


def test_an_unbounded_problem_says_what_has_no_end(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("five.json", UNBOUNDED))

    assert done.code == 4
    assert (
        "x (chairs built) can grow without end: each step of 1 raises the objective by 30.\n"
        in (done.out)
    )
    assert "proved unbounded" in done.out


def test_what_one_more_is_worth_is_said_when_asked(run: Run, file: File) -> None:
    five = file("five.json", CHAIRS)

    assert "Sensitivity" not in run("solve", "--formulation", five).out
    done = run("solve", "--formulation", five, "--sensitivity")

    assert done.code == 0
    assert (
        """\
Sensitivity
What one more is worth:
- stock, now 42 m2: one m2 more changes nothing; one m2 less costs 30

Certificate:"""
        in done.out
    )


def test_a_problem_in_words_tells_what_one_more_is_worth_too(run: Run, scripted: Scripted) -> None:
    done = run("solve", TEXT, "--sensitivity", "--json", "--model", scripted(reply(CHAIRS)))

    found = done.envelope["sensitivity"]
    assert (found["method"], found["objective"]) == ("trials", 180)
    (price,) = found["prices"]
    assert price["less"] == {"rate": -30, "reach": 1, "is_exact": True}


def test_the_envelope_holds_the_conflict_and_its_mend(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("five.json", INFEASIBLE), "--json")

    kinds = [member["kind"] for member in done.envelope["conflict"]["members"]]
    assert kinds == ["row", "lower_bound"]
    assert done.envelope["conflict"]["is_irreducible"] is True
    (change,) = done.envelope["relaxation"]["changes"]
    assert (change["before"], change["after"]) == (-42, 0)


# --- the envelope --------------------------------------------------------------------------------


def test_the_envelope_of_an_answer_holds_everything(run: Run, scripted: Scripted) -> None:
    done = run("solve", TEXT, "--json", "--model", scripted(reply(CHAIRS)))

    found = done.envelope
    assert done.err.startswith("round 1, formulate")
    assert list(found) == [
        "format",
        "outcome",
        "message",
        "answer",
        "objective",
        "variables",
        "optima",
        "route",
        "formulation",
        "script",
        "comparison",
        "confidence",
        "assumptions",
        "checks",
        "verification",
        "conflict",
        "relaxation",
        "ray",
        "sensitivity",
        "rounds",
        "agreement",
        "model",
        "usage",
        "cost",
        "seconds",
        "solver_seconds",
    ]
    assert (found["objective"], found["variables"]) == (180, {"x": 6})
    assert found["formulation"] == CHAIRS
    assert found["verification"]["confirmed"] is True
    assert len(found["rounds"]) == 1


def test_an_error_has_an_envelope_too(run: Run) -> None:
    done = run("solve", TEXT, "--json", "--model", "nobody")

    assert done.code == 2
    assert done.envelope["outcome"] == "error"
    assert done.err == f"Error: {done.envelope['message']}\n"
    assert done.envelope["message"].startswith("'nobody' names no model")


def test_the_envelope_is_utf8_whatever_the_text(run: Run, file: File) -> None:
    odd = CHAIRS | {"title": "Stühle 椅子 \x1b[0m"}

    done = run("solve", "--json", "--formulation", file("odd.json", odd))

    assert done.envelope["formulation"]["title"] == odd["title"]
    assert "椅子" in done.out
    assert "\x1b" not in done.out


# --- saving --------------------------------------------------------------------------------------


def test_the_whole_answer_is_saved(run: Run, file: File, home: Path) -> None:
    name = file("chairs.json", CHAIRS)

    done = run("solve", "--formulation", name, "--json", "--save", "answer.json")

    assert done.code == 0
    assert json.loads((home / "answer.json").read_text()) == done.envelope
    assert sorted(path.name for path in home.iterdir()) == ["answer.json", "chairs.json"]


@pytest.mark.parametrize("name", ["nowhere/answer.json", ".", "/proc/answer.json"])
def test_a_file_that_cannot_be_written_is_found_before_the_model_is_asked(
    run: Run, scripted: Scripted, name: str
) -> None:
    done = run("solve", TEXT, "--model", scripted(reply(CHAIRS)), "--save", name)

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(f"Error: cannot write {name}: ")


def test_an_answer_that_cannot_be_saved_in_the_end_is_still_shown(run: Run, file: File) -> None:
    name = file("chairs.json", CHAIRS)

    done = run("solve", "--formulation", name, "--json", "--save", "/dev/full")

    assert done.code == 1
    assert done.envelope["objective"] == 180
    assert done.err == "Error: cannot write /dev/full: No space left on device\n"


# --- settings ------------------------------------------------------------------------------------


def test_a_setting_of_the_environment_holds_and_a_flag_overrides_it(
    run: Run, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_MODEL", scripted(*["?"] * 9))
    monkeypatch.setenv("SOLVITUR_MAX_ROUNDS", "2")

    assert len(run("solve", TEXT, "--json").envelope["rounds"]) == 2
    assert len(run("solve", TEXT, "--json", "--max-rounds", "1").envelope["rounds"]) == 1


def test_of_several_samples_the_answer_is_what_most_come_to(run: Run, scripted: Scripted) -> None:
    dearer = CHAIRS | {"objective": {"sense": "maximize", "expression": "30 * x + 7 * x"}}
    model = scripted(reply(dearer), reply(CHAIRS), reply(CHAIRS))
    envelope = run("solve", TEXT, "--json", "--samples", "3", "--model", model).envelope

    assert [each["objective"] for each in envelope["rounds"]] == [222, 180, 180]
    assert envelope["objective"] == 180


def test_it_is_said_how_many_of_the_samples_are_proved_equivalent(
    run: Run, scripted: Scripted
) -> None:
    dearer = CHAIRS | {"objective": {"sense": "maximize", "expression": "30 * x + 7 * x"}}
    model = scripted(reply(dearer), reply(CHAIRS), reply(CHAIRS))
    told = run("solve", TEXT, "--samples", "3", "--model", model)
    envelope = run("solve", TEXT, "--json", "--samples", "3", "--model", model).envelope

    said = "Samples: 2 of 3 are proved equivalent; 1 with another result or none\n"
    assert said in told.out
    assert envelope["agreement"] == {"drawn": 3, "equivalent": 2, "equal": 0, "by_accident": 0}
    assert [each["same_as"] for each in envelope["rounds"]] == [[], [], [2]]


def test_a_recorded_run_is_answered_from_the_recording(
    run: Run, scripted: Scripted, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_RECORD", "calls.jsonl")
    model = scripted(reply(CHAIRS))
    first = run("solve", TEXT, "--json", "--model", model)
    scripted()  # nothing left to say

    again = run("solve", TEXT, "--json", "--model", model)

    assert len((home / "calls.jsonl").read_text().splitlines()) == 2
    measured = {"seconds": 0, "solver_seconds": 0}
    assert first.envelope | measured == again.envelope | measured
    replayed = run("solve", TEXT, "--json", "--model", f"replay:{home / 'calls.jsonl'}")
    assert replayed.envelope["objective"] == 180


def test_a_recording_that_cannot_be_written_is_found_before_the_model_is_asked(
    run: Run, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_RECORD", "/proc/calls/all.jsonl")

    done = run("solve", TEXT, "--model", scripted(reply(CHAIRS)))

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: cannot write /proc/calls/all.jsonl: ")


def test_the_folder_of_a_recording_is_made(
    run: Run, scripted: Scripted, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_RECORD", "new/calls.jsonl")

    assert run("solve", TEXT, "--model", scripted(reply(CHAIRS))).code == 0
    assert (home / "new" / "calls.jsonl").exists()


def test_an_embedded_model_that_is_not_here_is_named_with_the_command_that_fetches_it(
    run: Run,
) -> None:
    done = run("solve", TEXT)

    assert done.code == 1
    assert done.err == (
        "Error: the model 'qwen2.5-coder-1.5b' (1,117 MB) is not on this machine; "
        "fetch it with: solvitur models pull qwen2.5-coder-1.5b\n"
    )


@pytest.mark.parametrize("flags", [["--max-rounds", "few"], ["--fast"], ["two", "texts"]])
def test_a_call_that_cannot_be_parsed_shows_how_it_is_used(run: Run, flags: list[str]) -> None:
    done = run("solve", *flags)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: solvitur solve [OPTIONS] [TEXT|FILE|-]\n")


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--max-rounds", "50"], "--max-rounds: 50: should be less than or equal to 20"),
        (["--samples", "0"], "--samples: 0: should be greater than or equal to 1"),
        (["--time-limit", "-1"], "--time-limit: -1.0: should be greater than 0"),
        (["--time-limit", "nan"], "--time-limit: nan: should be"),
        (["--max-cost", "-0.5"], "--max-cost: -0.5: should be greater than or equal to 0"),
        (["--model", ""], "--model: '': String should have at least 1 character"),
        (["--model", "local:no.gguf"], "there is no model file at no.gguf"),
        (["--model", "scripted:no.json"], "cannot read replies from no.json"),
        (["--model", "openai:gpt-x"], "openai:gpt-x needs a key: set OPENAI_API_KEY"),
    ],
)
def test_a_wrong_flag_is_refused(run: Run, flags: list[str], complaint: str) -> None:
    done = run("solve", TEXT, *flags)

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(f"Error: {complaint}")


def test_a_solver_that_does_not_exist_is_refused(
    run: Run, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_SOLVER", "cbc")

    done = run("solve", "--formulation", file("chairs.json", CHAIRS))

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: unknown solver 'cbc'")
