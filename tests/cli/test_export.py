"""``solvitur export``: every form, to stdout and to a file, and LP and MPS files read again."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solvitur.formulation import Formulation
from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS

File = Callable[[str, Any], str]
FORMS = ("py", "lp", "mps", "tex", "json", "md")
BEGINNINGS = {
    "py": "# Needs: pip install pyomo highspy\n",
    "lp": "max\n obj: ",
    "mps": "NAME",
    "tex": "\\documentclass",
    "json": "{",
    "md": "# ",
}


@pytest.fixture
def chairs(file: File) -> str:
    return file("chairs.json", {**CHAIRS, "title": "Chairs"})


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_to_stdout_and_to_a_file(
    run: Run, chairs: str, home: Path, form: str
) -> None:
    shown = run("export", chairs, "--to", form)
    written = run("export", chairs, "-o", f"plan.{form.upper()}")

    assert (shown.code, shown.err, written.code, written.out) == (0, "", 0, "")
    assert shown.out.startswith(BEGINNINGS[form])
    assert shown.out.endswith("\n")
    assert (home / f"plan.{form.upper()}").read_text() == shown.out


def test_the_form_may_differ_from_the_ending(run: Run, chairs: str, home: Path) -> None:
    assert run("export", chairs, "--to", "md", "-o", "plan.txt").code == 0
    assert (home / "plan.txt").read_text().startswith("# Chairs\n")


@pytest.mark.parametrize("form", ["lp", "mps", "json", "md"])
def test_what_was_written_is_solved_to_the_same_optimum(run: Run, chairs: str, form: str) -> None:
    run("export", chairs, "-o", f"plan.{form}")

    done = run("solve", "--formulation", f"plan.{form}", "--json")

    assert done.envelope["objective"] == 180


def test_a_packed_lp_file_is_solved(run: Run, chairs: str, home: Path) -> None:
    text = run("export", chairs, "--to", "lp").out
    (home / "plan.lp.gz").write_bytes(gzip.compress(text.encode()))

    assert run("solve", "--formulation", "plan.lp.gz", "--json").envelope["objective"] == 180


def test_an_lp_file_becomes_five_elements(run: Run, file: File) -> None:
    name = file("model.lp", "max\n obj: 3 x + 2 y\nst\n c1: x + y <= 4\ngen\n x\nend\n")

    five = Formulation.from_json(run("export", name, "--to", "json").out)

    assert five.objective.expression == "3 * x + 2 * y"
    assert five.constraints[0].name == "c1"


def test_tables_go_into_what_holds_numbers(run: Run, file: File) -> None:
    five = {
        "sets": [{"name": "P", "source": {"file": "wares", "keys": ["ware"]}}],
        "parameters": [
            {
                "name": "price",
                "index": ["P"],
                "source": {"file": "wares", "keys": ["ware"], "column": "price"},
            }
        ],
        "variables": [{"name": "x", "index": ["P"], "upper": 2}],
        "objective": {"sense": "maximize", "expression": "sum(price[p] * x[p] for p in P)"},
    }
    table = file("wares.csv", "ware,price\nchair,30\ndesk,50\n")

    done = run("export", file("five.json", five), "--to", "lp", "--data", table)

    assert " obj: +30 x_chair +50 x_desk\n" in done.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "say what to write with --to (py, lp, mps, tex, json, md), or name a file with -o"),
        (["-o", "plan.doc"], "plan.doc ends in no form there is"),
        (["-o", "no/such/plan.lp"], "cannot write no/such/plan.lp: No such file or directory"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    run: Run, chairs: str, arguments: list[str], complaint: str
) -> None:
    done = run("export", chairs, *arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: {complaint}")


@pytest.mark.parametrize(
    ("name", "content", "code", "complaint"),
    [
        ("a.lp", "hello", 1, "line 1, column 1: expected a section keyword, found `hello`"),
        ("a.mps", "NAME\nROWS\n N  a b c\n", 1, "line 3: 4 words"),
        ("a.lp.gz", "hello", 1, "this is not what gzip packed"),
        ("a.json", "{}", 1, "'variables'"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(
    run: Run, file: File, name: str, content: str, code: int, complaint: str
) -> None:
    done = run("export", file(name, content), "--to", "md")

    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"Error: {name}: ") or name in done.err
    assert complaint in done.err


def test_a_missing_lp_file_is_a_wrong_call(run: Run) -> None:
    done = run("solve", "--formulation", "missing.lp")

    assert done.code == 2
    assert done.err == "Error: cannot read missing.lp: No such file or directory\n"


def test_what_is_not_linear_is_no_lp_file(run: Run, file: File) -> None:
    goal = {"sense": "minimize", "expression": "exp(x)"}
    done = run(
        "export", file("e.json", {"variables": [{"name": "x"}], "objective": goal}), "--to", "lp"
    )

    assert (done.code, done.out) == (1, "")
    assert "write a Pyomo script instead" in done.err
