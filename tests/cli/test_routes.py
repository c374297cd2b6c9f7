"""``--route``: five elements, a script, or both."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS, TEXT, reply
from tests.cli.test_solve import Scripted

SCRIPT = """\
from pyomo.environ import *

model = ConcreteModel()
model.x = Var(within=NonNegativeIntegers)
model.earned = Objective(expr=30 * model.x, sense=maximize)
model.stock = Constraint(expr=7 * model.x <= 42)
SolverFactory("glpk").solve(model)
"""


def fenced(script: str) -> str:
    return f"```python\n{script}```"


def test_the_code_route_shows_the_script_and_what_its_model_says(
    run: Run, scripted: Scripted
) -> None:
    done = run("solve", TEXT, "--route", "code", "--model", scripted(fenced(SCRIPT)))

    assert done.code == 0
    assert re.fullmatch(
        r"round 1, formulate \(code\): 7 lines\nround 1, check: no findings\n"
        r"round 1, solve: solved, objective 180 \(sandbox: \w+\)\n",
        done.err,
    )
    assert f"Script\n{SCRIPT}\nAnswer\nThe highest value is 180.\n- x = 6\n" in done.out
    assert re.search(
        r"Certificate: MILP, HiGHS [\d.]+, optimal, as the script's own run claims; bound 180; "
        r"by its own word, the rows and bounds of the script's model hold \(largest violation "
        r"0.0e\+00\); nothing outside its run confirms that",
        done.out,
    )
    assert "proved" not in done.out


def test_an_exception_is_told_and_mended(run: Run, scripted: Scripted) -> None:
    broken = SCRIPT.replace("7 * model.x", "7 * model.y")

    done = run(
        "solve", TEXT, "--route", "code", "--model", scripted(*map(fenced, (broken, SCRIPT)))
    )

    assert done.code == 0
    assert "round 1, solve: python error (sandbox: " in done.err
    assert "  - line 6: AttributeError: 'ConcreteModel' object has no attribute 'y'" in done.err


def test_a_program_that_is_refused_was_not_run(run: Run, scripted: Scripted) -> None:
    refused = fenced(f"import subprocess\n{SCRIPT}")

    done = run("solve", TEXT, "--route=code", "--max-rounds=1", "--model", scripted(refused))

    assert "round 1, solve: not run: forbidden\n  - line 1 imports 'subprocess'" in done.err


def test_both_routes_that_agree_are_a_confirmation(run: Run, scripted: Scripted) -> None:
    model = scripted(reply(CHAIRS), fenced(SCRIPT))

    done = run("solve", TEXT, "--route", "both", "--model", model)

    assert done.code == 0
    assert "Script" not in done.out
    assert re.search("Certificate: MILP, HiGHS [0-9.]+, proved optimal; bound 180; gap 0", done.out)
    assert "claims" not in done.out
    assert done.err.endswith("both routes agree: 180\n")


def test_both_routes_that_disagree_are_shown(run: Run, scripted: Scripted) -> None:
    other = SCRIPT.replace("<= 42", "<= 30 + 42 - 30 + 7")
    model = scripted(reply(CHAIRS), fenced(other))

    done = run("solve", TEXT, "--route", "both", "--json", "--model", model)

    found = done.envelope
    assert (found["objective"], found["route"]) == (180, "formulation")
    assert found["script"] == other.strip()
    assert found["comparison"] == {
        "formulation": {"outcome": "solved", "objective": 180},
        "code": {"outcome": "solved", "objective": 210},
        "agree": False,
        "message": "the routes DISAGREE: the five elements gave 180, the script 210; "
        "shown is the answer of the five elements",
    }
    shown = run("solve", TEXT, "--route", "both", "--model", scripted(reply(CHAIRS), fenced(other)))
    assert f"Script\n{other}" in shown.out
    assert "the routes DISAGREE" in shown.err


def test_tables_and_scripts_do_not_go_together(
    run: Run, scripted: Scripted, tmp_path: Path
) -> None:
    table = tmp_path / "wood.csv"
    table.write_text("size\n42\n")

    done = run("solve", TEXT, "--route", "code", "--data", str(table), "--model", scripted())

    assert done.code == 2
    assert "takes no tables" in done.err


def test_an_unknown_route_is_refused(run: Run) -> None:
    done = run("solve", TEXT, "--route", "guess")

    assert done.code == 2
    assert "'formulation', 'code' or 'both'" in done.err


def test_a_sandbox_that_there_is_not_is_refused(
    run: Run, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_SANDBOX", "jail")
    done = run("solve", TEXT, "--route", "code", "--model", scripted())

    assert done.code == 2
    assert "SOLVITUR_SANDBOX: 'jail': should be 'auto', 'bubblewrap', 'namespaces'" in done.err


def test_the_sandbox_that_is_set_is_the_one_that_is_told(
    run: Run, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_SANDBOX", "limits")
    done = run("solve", TEXT, "--route", "code", "--model", scripted(fenced(SCRIPT)))

    assert "(sandbox: limits)" in done.err
