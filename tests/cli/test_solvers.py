"""``solvitur solvers``, and the flags of ``solvitur solve`` that speak to a solver."""

import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from solvitur.cli.steps import tell_incumbent
from solvitur.solvers import Incumbent, connect, registered
from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS
from tests.solvers.test_options import HARD

File = Callable[[str, Any], str]

TIES: dict[str, Any] = {
    "sets": [{"name": "I", "elements": ["a", "b", "c"]}],
    "variables": [{"name": "x", "index": ["I"], "domain": "binary"}],
    "objective": {"sense": "maximize", "expression": "sum(x[i] for i in I)"},
    "constraints": [{"name": "room", "expression": "sum(x[i] for i in I) <= 2"}],
}


def test_every_solver_is_listed_with_its_version_or_how_to_have_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyscipopt", None)

    done = run("solvers", "list")

    assert (done.code, done.err) == (0, "")
    head, *lines = done.out.splitlines()
    assert head.split() == ["solver", "here", "solves", "and", "can"]
    assert [line.split()[0] for line in lines] == [solver.name for solver in registered()]
    assert connect("highs").version() in lines[0]
    assert "LP, MILP, QP " in lines[0]
    assert "no: pip install 'solvitur[scip]'" in lines[1]


def test_a_solver_is_chosen_by_a_flag(run: Run, file: File) -> None:
    pytest.importorskip("pyscipopt")

    done = run("solve", "--formulation", file("five.json", CHAIRS), "--solver", "scip", "--json")

    assert done.code == 0
    assert done.envelope["verification"]["solver"].startswith("SCIP")


def test_all_optima_are_listed_for_people(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("ties.json", TIES), "--all-optima", "5")

    assert done.code == 0
    assert (
        "3 optimal points, all there are: each is of other whole numbers\n"
        "1. x[b] = 1, x[c] = 1\n"
        "2. x[a] = 1, x[c] = 1\n"
        "3. x[a] = 1, x[b] = 1\n"
    ) in done.out


def test_all_optima_are_listed_for_programs(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("ties.json", TIES), "--all-optima", "2", "--json")

    assert done.code == 0
    optima = done.envelope["optima"]
    assert (len(optima["points"]), optima["is_complete"]) == (2, False)
    assert all(sum(point["x"].values()) == 2 for point in optima["points"])


def test_an_answer_without_them_says_nothing_of_all_optima(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("ties.json", TIES), "--json")

    assert done.envelope["optima"] is None


def test_the_log_of_the_solver_is_written_anew_each_time(
    run: Run, file: File, tmp_path: Path
) -> None:
    log = tmp_path / "solver.log"
    log.write_text("old\n")

    done = run("solve", "--formulation", file("ties.json", TIES), "--log-file", str(log))

    assert done.code == 0
    assert "MIP" in log.read_text()
    assert "old" not in log.read_text()


def test_a_saved_answer_is_where_the_solver_begins(run: Run, file: File, tmp_path: Path) -> None:
    name, saved = file("ties.json", TIES), str(tmp_path / "answer.json")
    run("solve", "--formulation", name, "--save", saved)

    done = run("solve", "--formulation", name, "--warm-start", saved, "--json")

    assert (done.code, done.envelope["objective"], done.envelope["message"]) == (0, 2, "")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("no json", "this is no answer with values"),
        ("[1]", "this is no answer with values"),
        ('{"variables": {}}', "this is no answer with values"),
        ('{"variables": {"y": 1}}', "there is no variable 'y' to begin with; there are: x"),
        ('{"variables": {"x": {"d": 1}}}', "there is no x[d] to begin with"),
        ('{"variables": {"x": {"a": "1"}}}', "x[a] cannot begin at '1'"),
        ('{"variables": {"x": {"a": NaN}}}', "x[a] cannot begin at 'nan'"),
    ],
)
def test_what_is_no_answer_to_this_formulation_is_refused(
    run: Run, file: File, tmp_path: Path, content: str, complaint: str
) -> None:
    start = tmp_path / "start.json"
    start.write_text(content)

    done = run("solve", "--formulation", file("ties.json", TIES), "--warm-start", str(start))

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: --warm-start {start}: {complaint}")


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--all-optima", "0"], "--all-optima: 0: should be 1 at least"),
        (["--gap", "-1"], "--gap: -1.0: should be greater than or equal to 0"),
        (["--threads", "0"], "--threads: 0: should be greater than or equal to 1"),
        (["--gap", "1"], "--gap: 1.0: should be less than 1"),
        (["--threads", "100000"], "--threads: 100000: should be at most "),
        (["--seed", "-1"], "--seed: -1: should be greater than or equal to 0"),
        (["--seed", str(2**31)], f"--seed: {2**31}: should be less than or equal to {2**31 - 1}"),
        (["--solver", "clp"], "unknown solver 'clp'"),
        (["--solver", "higs"], "unknown solver 'higs' (did you mean 'highs'?); there are: auto"),
        (["--solver", "glpk"], "unknown solver 'glpk' (did you mean 'pyomo:glpk'?); there are"),
        (["--model", "openai:m"], "--model goes with a problem in words; --formulation asks no"),
        (["--route", "code"], "--route goes with a problem in words; --formulation asks no model"),
        (["--warm-start", "a.json"], "--warm-start a.json: cannot read a.json"),
        (["--log-file", "no/such/solver.log"], "cannot write no/such/solver.log"),
    ],
)
def test_a_wrong_flag_for_the_solver_is_refused(
    run: Run, file: File, flags: list[str], complaint: str
) -> None:
    done = run("solve", "--formulation", file("ties.json", TIES), *flags)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: {complaint}")


def test_a_point_to_begin_with_goes_with_a_formulation(run: Run) -> None:
    done = run("solve", "Two chairs earn 3 each.", "--warm-start", "a.json")

    assert done.code == 2
    assert done.err.startswith("Error: --warm-start goes with --formulation")


def test_a_long_search_tells_of_better_points_and_is_silent_for_programs(
    run: Run, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("solvitur.cli.steps._A_WHILE", 0.0)
    name = file("hard.json", json.loads(HARD.to_json()))

    told = run("solve", "--formulation", name)
    silent = run("solve", "--formulation", name, "--json")

    lines = told.err.splitlines()
    assert lines
    assert all(line.startswith("objective ") and line.endswith(" s") for line in lines)
    assert any("from the optimum, after" in line for line in lines)
    assert silent.err == ""


def test_beside_a_spinner_better_points_are_told_in_its_words() -> None:
    console = Console(file=StringIO(), force_terminal=True)
    status = console.status("solving ...")

    tell_incumbent(console, status, Incumbent(12.5, 10.0, 0.25))

    assert (
        status.status == "solving: objective 12.5, at most 20.00% from the optimum, after 0.2 s ..."
    )
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]


def test_without_a_spinner_only_a_search_that_takes_a_while_is_told_of() -> None:
    console = Console(file=StringIO())

    tell_incumbent(console, None, Incumbent(12.5, None, 0.25))
    tell_incumbent(console, None, Incumbent(13.5, None, 2.0))

    assert console.file.getvalue() == "objective 13.5, after 2.0 s\n"  # type: ignore[attr-defined]
