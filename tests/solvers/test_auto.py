"""The solver is the one that the problem needs."""

import subprocess
import sys
from typing import Any

import pytest

from solvitur.errors import ConfigError, SolverUnavailable, Unsupported
from solvitur.solvers import Options, Outcome, check_name, connect, registered, solve
from tests.solvers.shapes import FREE_X, X, Y, model

LINEAR = model([X | {"upper": 4}], "maximize", "x")
NONCONVEX = model([FREE_X | {"lower": -1, "upper": 2}], "minimize", "-(x ** 2)")
CURVED = model([X | {"upper": 2}], "minimize", "exp(x)")


def test_what_is_linear_goes_to_highs() -> None:
    assert solve(LINEAR).solver.startswith("HiGHS")


@pytest.mark.parametrize(("formulation", "known"), [(NONCONVEX, -4), (CURVED, 1)])
def test_what_highs_cannot_solve_goes_to_scip(formulation: Any, known: float) -> None:
    pytest.importorskip("pyscipopt")
    found = solve(formulation, options=Options(time_limit=60))
    assert found.solver.startswith("SCIP")
    assert (found.outcome, found.objective) == (Outcome.solved, pytest.approx(known))


@pytest.mark.parametrize("formulation", [NONCONVEX, CURVED, model([X, Y], "maximize", "x * y")])
def test_without_scip_the_extra_that_is_needed_is_named(
    formulation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyscipopt", None)
    with pytest.raises(
        Unsupported, match=r"SCIP can; install it with: pip install 'solvitur\[scip"
    ):
        solve(formulation)
    with pytest.raises(SolverUnavailable, match=r"pip install 'solvitur\[scip\]'"):
        solve(formulation, "scip")


def test_a_solver_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match="unknown solver 'clp'; there are: auto, highs, scip"):
        connect("clp")


def test_every_solver_is_found_by_its_name() -> None:
    assert [connect(solver.name) for solver in registered()] == list(registered())


def test_a_name_is_known_where_a_solver_is_found_by_it() -> None:
    for solver in (*registered(), connect("auto"), connect("pyomo:gurobi")):
        check_name(solver.name)
    with pytest.raises(
        ConfigError, match=r"unknown solver 'pyomo:glkp' \(did you mean 'pyomo:glpk'"
    ):
        check_name("pyomo:glkp")


def test_to_know_a_name_no_solver_is_loaded() -> None:
    script = "import sys; from solvitur.solvers import check_name; check_name('highs'); "
    script += "print([m for m in sys.modules if m.startswith(('highspy', 'pyomo', 'numpy'))])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
