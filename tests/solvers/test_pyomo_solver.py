"""Solvers that Pyomo finds: never a wrong optimum, and no proof that is none."""

import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pyomo.common import Executable

from solvitur.errors import ConfigError, SolverError, SolverUnavailable, Unsupported
from solvitur.formulation.classify import classify
from solvitur.formulation.instance import Instance
from solvitur.solvers import Holding, Options, Outcome, Stop, connect, registered, solve
from tests.solvers.known_files import read, tables_of
from tests.solvers.known_optima import ORACLES
from tests.solvers.shapes import FREE_X, X, Y, model
from tests.solvers.test_random_programs import random_case

HERE = [s.name for s in registered() if s.name.startswith("pyomo:") and s.is_licensed()]


def known_to(solver: str) -> list[str]:
    found = []
    for name in ORACLES:
        if name.startswith("large_"):
            continue  # these are for the way through arrays
        if connect(solver).supports(classify(Instance(read(name), tables_of(name)))):
            found.append(name)
    return found


@pytest.mark.parametrize(("solver", "name"), [(s, name) for s in HERE for name in known_to(s)])
def test_what_it_calls_optimal_or_impossible_is_what_another_road_found(
    solver: str, name: str
) -> None:
    known = ORACLES[name]()
    found = solve(read(name), solver, Options(time_limit=30), tables_of(name))
    if found.stop is Stop.failed:  # numbers of very different size: it says that it does not know
        assert name in ("milp_huge_big_m", "lp_wide_magnitudes", "milp_small_costs")
    elif isinstance(known, str):
        assert (found.outcome, found.stop) == (Outcome(known), Stop.proved)
    else:
        assert found.outcome is Outcome.solved
        assert found.objective == pytest.approx(known, rel=1e-6, abs=1e-6)
        assert found.verification is not None
        assert found.verification.ok


@pytest.mark.parametrize("solver", HERE)
@pytest.mark.parametrize("seed", range(3))
def test_it_never_proves_what_highs_proves_wrong(solver: str, seed: int) -> None:
    """Some say at times that they do not know; that is no wrong answer."""
    rng, silent = np.random.default_rng(400 + seed), 0
    for _ in range(10):
        case = random_case(rng, boxed=bool(rng.random() < 0.5))
        known, found = solve(case.formulation, "highs"), solve(case.formulation, solver)
        if found.stop is Stop.failed:
            silent += 1
            continue
        assert found.outcome is known.outcome
        if known.objective is not None:
            size = max(1.0, abs(known.objective))
            assert found.objective == pytest.approx(known.objective, abs=2e-6 * size)
    assert silent <= 3


def test_a_claim_without_values_is_not_believed() -> None:
    """CBC 2.10 says "optimal, 50" of this and gives no values."""
    if "pyomo:cbc" not in HERE:
        pytest.skip("CBC is not here")
    whole = {"domain": "integer"}
    variables = [
        FREE_X | whole,
        Y | whole | {"lower": 1.5, "upper": 10},
        {"name": "z", "lower": -3, "upper": 10} | whole,
        {"name": "b", "domain": "binary"},
    ]
    formulation = model(variables, "maximize", "5 * z", "-3 * x + 4 * z + 3 * y >= -3")
    found = solve(formulation, "pyomo:cbc")
    assert (found.outcome, found.objective) == (Outcome.solved, 50) or found.stop is Stop.failed


# --- what searches only nearby -------------------------------------------------------------------


def executable(folder: Path, name: str, values: list[float], code: int = 0) -> None:
    """Write a program that speaks AMPL's protocol and comes to the point it is told."""
    lines = ["nearby: it ended", "", "Options", "3", "1", "1", "0", "{rows}", "{rows}",
             str(len(values)), str(len(values)), *["0"] * 0]  # fmt: skip
    script = f"""#!/usr/bin/env python3
import sys
if "-v" in sys.argv or "--version" in sys.argv:
    print("Ipopt 3.14.16 (x86_64-pc-linux-gnu), ASL(20231111)")
    raise SystemExit(0)
name = next(argument for argument in sys.argv[1:] if not argument.startswith("-"))
stem = name.removesuffix(".nl")
rows = int(open(stem + ".nl").read().splitlines()[1].split()[1])
lines = {lines!r} + ["0"] * rows + {[repr(v) for v in values]!r} + ["objno 0 {code}"]
open(stem + ".sol", "w").write("\\n".join(lines).replace("{{rows}}", str(rows)) + "\\n")
"""
    path = folder / name
    path.write_text(script)
    ready(path)


def ready(path: Path) -> None:
    """Let a program be run, and Pyomo forget where it found others of the name."""
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    Executable(path.name).rehash()


@pytest.fixture
def nearby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        yield tmp_path
    Executable("ipopt").rehash()


def test_a_point_that_is_only_the_best_nearby_is_not_called_optimal(nearby: Path) -> None:
    executable(nearby, "ipopt", [-0.5])
    formulation = model([FREE_X | {"lower": -0.5, "upper": 2}], "maximize", "x ** 4 - x ** 2")
    found = solve(formulation, "pyomo:ipopt")
    assert (found.stop, found.holding, found.outcome) == (
        Stop.local,
        Holding.feasible,
        Outcome.limit,
    )
    assert found.objective == pytest.approx(-0.1875)
    assert "there may be a better one elsewhere" in found.message
    assert found.verification is not None
    assert found.verification.ok


def test_the_best_nearby_of_a_convex_problem_is_the_best(nearby: Path) -> None:
    executable(nearby, "ipopt", [3.0])
    found = solve(model([X], "minimize", "(x - 3) ** 2"), "pyomo:ipopt")
    assert (found.outcome, found.objective) == (Outcome.solved, pytest.approx(0))


def test_a_point_that_breaks_a_row_is_not_believed(nearby: Path) -> None:
    executable(nearby, "ipopt", [3.0])
    found = solve(model([X], "minimize", "exp(x)", "log(x + 1) >= 2"), "pyomo:ipopt")
    assert (found.stop, found.holding) == (Stop.failed, Holding.feasible)
    assert found.verification is not None
    assert not found.verification.ok


def test_no_point_nearby_proves_nothing_where_it_is_not_convex(nearby: Path) -> None:
    executable(nearby, "ipopt", [3.0], code=200)
    found = solve(model([X], "minimize", "exp(x)", "sin(x) >= 2"), "pyomo:ipopt")
    assert (found.stop, found.holding) == (Stop.local, Holding.nothing)
    assert "proves nothing" in found.message


# --- what is not here, or cannot be asked --------------------------------------------------------


def test_a_solver_that_is_not_here_says_where_it_is_from(nearby: Path) -> None:
    solver = connect("pyomo:couenne")
    assert not solver.is_installed()
    with pytest.raises(SolverUnavailable, match=r"Couenne is not installed.*github.com/coin-or"):
        solve(model([X], "minimize", "exp(x)"), "pyomo:couenne")


def test_a_solver_that_pyomo_does_not_know_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown solver 'pyomo:neos'; there are: auto, highs"):
        connect("pyomo:neos")


def test_a_class_it_cannot_solve_is_refused_with_those_it_can() -> None:
    with pytest.raises(Unsupported, match="GLPK solves LP, MILP; this is NLP"):
        solve(model([X], "minimize", "exp(x)"), "pyomo:glpk")


def test_a_program_that_breaks_is_an_error_with_its_name(nearby: Path) -> None:
    path = nearby / "ipopt"
    path.write_text("#!/bin/sh\ncase $1 in -v) echo 'Ipopt 3.14.16';; *) exit 3;; esac\n")
    ready(path)
    with pytest.raises(SolverError, match="Ipopt failed"):
        solve(model([X, Y], "minimize", "exp(x) + y"), "pyomo:ipopt")
