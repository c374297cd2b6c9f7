"""``solvitur check``: a report on stdout, and an exit code that says what it comes to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS

File = Callable[[str, Any], str]


def plan(**changed: Any) -> dict[str, Any]:
    return {
        "variables": [{"name": "x", "domain": "integer"}],
        "objective": {"sense": "maximize", "expression": "3 * x"},
        "constraints": [{"name": "wood", "expression": "2 * x <= 7"}],
        **changed,
    }


def shop(rows: dict[str, str]) -> dict[str, Any]:
    return {
        "variables": [{"name": name} for name in "xy"],
        "objective": {"sense": "maximize", "expression": "3 * x + y"},
        "constraints": [{"name": name, "expression": row} for name, row in rows.items()],
    }


SLACK = plan(
    variables=[{"name": "made", "domain": "integer"}, {"name": "left"}],
    objective={"sense": "minimize", "expression": "-6 * made"},
    constraints=[{"name": "all", "expression": "2 * made + left == 7"}],
)
LESS = plan(constraints=[{"name": "wood", "expression": "2 * x <= 5"}])


def test_equivalent_formulations_are_shown_with_their_mapping(run: Run, file: File) -> None:
    done = run("check", file("a.json", plan()), file("b.json", SLACK))

    assert (done.code, done.err) == (0, "")
    first, *rest = done.out.splitlines()
    assert first.startswith("equivalent (proved exactly)")
    assert "  made = x" in rest
    assert "  left = 7 - 2 x" in rest
    assert "  x = made" in rest


@pytest.mark.parametrize("form", ["lp", "mps", "md"])
def test_any_two_forms_are_compared(run: Run, file: File, form: str) -> None:
    name = file("chairs.json", CHAIRS)
    run("export", name, "-o", f"chairs.{form}")

    assert run("check", name, f"chairs.{form}").code == 0


def test_a_difference_is_shown_by_a_counter_example(run: Run, file: File) -> None:
    done = run("check", file("a.json", plan()), file("b.json", LESS))

    assert done.code == 10
    assert done.out.startswith("not equivalent: ")


def test_json_says_the_same_for_programs(run: Run, file: File) -> None:
    done = run("check", file("a.json", plan()), file("b.json", LESS), "--json")

    assert done.code == 10
    assert done.envelope["format"] == 1
    assert done.envelope["equivalent"] is False
    assert done.envelope["conclusion"] == "not equivalent"
    assert run("check", "a.json", "a.json", "--json").envelope["equivalent"] is True


def test_what_is_not_linear_is_unknown_with_the_reason(run: Run, file: File) -> None:
    square = plan(constraints=[{"name": "wood", "expression": "x * x <= 7"}])

    done = run("check", file("a.json", plan()), file("b.json", square))

    assert done.code == 11
    assert done.out.startswith("unknown: ")
    assert "linear" in done.out


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("{", 1, "b.json"),
        (plan(variables=[]), 1, "b.json"),
        (plan(objective={"sense": "maximize", "expression": "3 * z"}), 1, "'z'"),
        (
            json.dumps(plan(parameters=[{"name": "k", "value": 1}])).replace("1}", "NaN}"),
            1,
            "finite",
        ),
        (plan(objective={"sense": "minimize", "expression": "1e999 * x"}), 1, "b.json"),
    ],
)
def test_a_file_that_says_no_model_is_an_error(
    run: Run, file: File, content: Any, code: int, words: str
) -> None:
    done = run("check", file("a.json", plan()), file("b.json", content))

    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_names_of_files_cannot_move_the_cursor(run: Run, file: File) -> None:
    loud = plan(variables=[{"name": "x", "domain": "integer", "doc": "\x1b[2J"}])
    assert "\x1b" not in run("check", file("a.json", loud), file("b.json", LESS)).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.json"], "solvitur check A B"),
        (["-", "-"], "stdin can be read once"),
        (["missing.json", "a.json"], "missing.json"),
        (["a.json", "a.json", "--method", "quasi-karp"], "--model"),
        (["a.json", "a.json", "--generate", "3"], "one folder"),
        (["a.json", "a.json", "--time-limit", "0"], "--time-limit"),
        (["a.json/below", "--generate", "1"], "cannot write"),
    ],
)
def test_a_wrong_call_is_said(run: Run, file: File, arguments: list[str], words: str) -> None:
    file("a.json", plan())
    done = run("check", *arguments)
    assert done.code == 2
    assert words in done.err


def test_a_model_is_asked_only_where_nothing_else_decides(
    run: Run, file: File, scripted: Callable[..., str]
) -> None:
    done = run("check", file("a.json", plan()), file("b.json", SLACK), "--model", scripted())
    assert done.code == 0


def test_the_published_method_takes_one_optimum(
    run: Run, file: File, scripted: Callable[..., str]
) -> None:
    reply = '{"x": [{"constant": 1, "variable": "made"}]}'
    names = file("a.json", plan()), file("b.json", SLACK)

    done = run("check", *names, "--method", "quasi-karp", "--model", scripted(reply))

    assert done.code == 11
    assert done.out.startswith("equivalent on the instances tried")
    assert "quasi-Karp: the optimum of A is 9, and 9 at the mapped optimum of B" in done.out


def test_other_instances_are_compared_and_listed(run: Run, file: File) -> None:
    known = plan(
        parameters=[{"name": "most", "value": 7}],
        constraints=[{"name": "wood", "expression": "2 * x <= most"}],
    )
    # The same where at most 7 or 8 is there, and no more.
    close = {**known, "constraints": [{"name": "wood", "expression": "2 * x <= 7 + 0 * most"}]}

    done = run("check", file("a.json", known), file("b.json", known), "--instances", "1")
    assert done.code == 11
    assert "Other instances:" in done.out
    assert done.out.startswith("equivalent on the instances tried")
    done = run("check", "a.json", file("b.json", close), "--instances", "2", "--json")
    assert done.code == 10
    assert done.envelope["instances"][-1]["conclusion"] == "not equivalent"


def test_what_is_proved_with_these_numbers_only_says_so(run: Run, file: File) -> None:
    rows = {"wood": "x + y <= 4", "time": "2 * x + y <= 6"}
    names = file("a.json", shop(rows)), file("b.json", shop(rows | {"cut": "3 * x + 2 * y <= 10"}))

    done = run("check", *names)
    assert done.code == 0
    first, second, *_ = done.out.splitlines()
    assert first.startswith("equivalent (proved exactly), on this instance: ")
    assert second.startswith("It holds with the numbers of this instance.")
    told = run("check", *names, "--json").envelope
    assert (told["proved"], told["rests_on_numbers"]) == (True, True)


def test_a_benchmark_is_written(run: Run, home: Path) -> None:
    done = run("check", "--generate", "2", "--seed", "3", "pairs")

    assert done.code == 0
    assert done.out == ""
    assert done.err == "2 pairs are in pairs, their labels in pairs.jsonl: 2 equivalent, 0 not\n"
    lines = (home / "pairs" / "pairs.jsonl").read_text().splitlines()
    for line in map(json.loads, lines):
        assert run("check", f"pairs/{line['a']}", f"pairs/{line['b']}").code == 0
