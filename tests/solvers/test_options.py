"""What a solver is told besides the problem: where to begin, whom to tell, what to pass over."""

import math
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solvitur.errors import ConfigError, Unsupported
from solvitur.formulation.instance import Instance
from solvitur.solvers import Capability, Incumbent, Options, Outcome, Stop, registered, solve
from solvitur.solvers.points import read_point
from tests.solvers.shapes import X, Y, knapsacks, model

SOLVERS = [solver.name for solver in registered() if solver.is_installed()]


def those(capability: Capability) -> list[str]:
    return [s.name for s in registered() if s.is_installed() and s.supports(capability)]


HARD = knapsacks(32, 8)
SMALL = knapsacks(12, 3)


# --- incumbents ----------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", those(Capability.incumbents))
def test_every_incumbent_is_better_than_the_one_before_and_within_its_bound(solver: str) -> None:
    told: list[Incumbent] = []
    found = solve(HARD, solver, Options(on_incumbent=told.append, time_limit=60))
    objectives = [incumbent.objective for incumbent in told]
    assert found.objective is not None
    assert objectives == sorted(set(objectives))
    assert objectives[-1] == pytest.approx(found.objective)
    for incumbent in told:
        assert incumbent.bound is None or incumbent.bound >= found.objective - 1e-3
        assert incumbent.seconds >= 0
        assert (incumbent.gap is None) == (incumbent.bound is None)


@pytest.mark.parametrize("solver", those(Capability.incumbents))
def test_what_a_listener_raises_ends_the_search_and_reaches_the_caller(solver: str) -> None:
    def refuse(_: Incumbent) -> None:
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        solve(HARD, solver, Options(on_incumbent=refuse, time_limit=60))


def test_small_objectives_are_told_in_their_own_size() -> None:
    told: list[Incumbent] = []
    tiny = model([X | {"domain": "integer", "upper": 9}], "minimize", "-1e-6 * x", "7 * x <= 30")
    assert solve(tiny, "highs", Options(on_incumbent=told.append)).objective == -4e-6
    assert [incumbent.objective for incumbent in told][-1:] in ([], [pytest.approx(-4e-6)])


# --- where to begin ------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", those(Capability.warm_start))
def test_a_search_that_begins_at_the_optimum_never_holds_less(solver: str) -> None:
    best = solve(HARD, solver, Options(time_limit=60))
    told: list[Incumbent] = []
    again = solve(
        HARD, solver, Options(warm_start=best.values, on_incumbent=told.append, time_limit=60)
    )
    assert again.objective == best.objective
    assert all(incumbent.objective >= best.objective - 1e-6 for incumbent in told)
    assert again.message == ""


@pytest.mark.parametrize("solver", those(Capability.warm_start))
def test_a_part_of_a_point_is_completed(solver: str) -> None:
    best = solve(HARD, solver, Options(time_limit=60))
    part = {name: best.values[name] for name in list(best.values)[:30]}
    again = solve(HARD, solver, Options(warm_start=part, time_limit=60))
    assert (again.outcome, again.objective) == (Outcome.solved, best.objective)


@pytest.mark.parametrize("solver", those(Capability.warm_start))
def test_a_point_that_breaks_a_row_is_only_a_hint_and_the_answer_says_so(solver: str) -> None:
    everything = {f"x{n}": {(): 1.0} for n in range(12)}
    found = solve(SMALL, solver, Options(warm_start=everything))
    assert found.outcome is Outcome.solved
    assert "only a hint, as it violates row" in found.message


@pytest.mark.parametrize("solver", those(Capability.warm_start))
@pytest.mark.parametrize(
    ("point", "words"),
    [
        ({"z": {(): 1}}, "there is no variable 'z'"),
        ({"x0": {(3,): 1}}, r"there is no x0\[3\] to begin with"),
        ({"x0": {(): math.nan}}, "x0 cannot begin at 'nan'"),
        ({"x0": {(): True}}, "x0 cannot begin at 'True'"),
    ],
)
def test_a_point_of_another_formulation_is_refused(solver: str, point: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        solve(SMALL, solver, Options(warm_start=point))


def test_the_variables_of_an_answer_are_read_back_as_the_point_they_are() -> None:
    formulation = model(
        [{"name": "x", "index": ["P", "T"], "upper": 3}, Y | {"upper": 2}],
        "maximize",
        "sum(t * x[p, t] for p in P for t in T) + y",
        "sum(x[p, t] for p in P for t in T) <= 5",
        sets=[{"name": "P", "elements": ["a", "b"]}, {"name": "T", "range": [1, 2]}],
    )
    found = solve(formulation)
    assert read_point(Instance(formulation), found.variables()) == found.values


def test_a_point_that_names_no_entry_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"there is no x\[a\] to begin with"):
        read_point(Instance(model([X], "minimize", "x")), {"x": {"a": 3}})


# --- the log -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("solver", "word"), [("highs", "MIP"), ("scip", "presolving")])
def test_the_log_of_a_solver_goes_into_its_file_behind_what_is_there(
    solver: str, word: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if solver not in SOLVERS:
        pytest.skip(f"{solver} is not installed")
    log = tmp_path / "solver.log"
    log.write_text("before\n")
    solve(SMALL, solver, Options(log_file=log))
    text = log.read_text()
    assert text.startswith("before\n")
    assert word in text
    assert capfd.readouterr() == ("", "")


# --- what to pass over ---------------------------------------------------------------------------


def points(*ranges: range) -> Iterator[tuple[int, ...]]:
    return product(*ranges)


@pytest.mark.parametrize("solver", those(Capability.exclusion))
@pytest.mark.parametrize("seed", range(6))
def test_points_come_in_the_order_of_enumeration_when_each_is_passed_over(
    solver: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    a, b, c, limit = (int(v) for v in (*rng.integers(1, 7, 3), rng.integers(8, 20)))
    variables = [
        X | {"domain": "integer", "lower": -2, "upper": 3},
        Y | {"domain": "integer"},
        {"name": "z", "domain": "binary"},
    ]
    formulation = model(
        variables, "maximize", f"{a} * x + {b} * y - {c} * z", f"{b} * x + {a} * y + z <= {limit}"
    )
    known = sorted(
        (a * x + b * y - c * z)
        for x, y, z in points(range(-2, 4), range(40), range(2))
        if b * x + a * y + z <= limit
    )[::-1]
    passed: list[Any] = []
    for value in known[:8]:
        found = solve(formulation, solver, Options(excluded=tuple(passed), time_limit=60))
        assert found.objective == pytest.approx(value)
        assert found.verification is not None
        assert found.verification.ok
        passed.append(found.values)
    seen = {tuple(sorted((n, *v.values()) for n, v in p.items())) for p in passed}
    assert len(seen) == len(passed)


@pytest.mark.parametrize("solver", those(Capability.exclusion))
def test_when_every_point_is_passed_over_nothing_is_left(solver: str) -> None:
    formulation = model([X | {"domain": "binary"}], "maximize", "x")
    excluded = tuple({"x": {(): float(v)}} for v in (0, 1))
    assert solve(formulation, solver, Options(excluded=excluded)).outcome is Outcome.infeasible


@pytest.mark.parametrize("solver", those(Capability.exclusion))
@pytest.mark.parametrize(("sense", "cutoff"), [("maximize", 8), ("minimize", -1)])
def test_what_is_worse_than_the_cutoff_is_not_looked_for(
    solver: str, sense: str, cutoff: float
) -> None:
    formulation = model([X | {"domain": "integer", "upper": 7}], sense, "x")
    found = solve(formulation, solver, Options(cutoff=cutoff))
    assert (found.outcome, found.stop) == (Outcome.infeasible, Stop.proved)
    exactly = solve(formulation, solver, Options(cutoff=7 if sense == "maximize" else 0))
    assert exactly.outcome is Outcome.solved


def test_highs_names_the_whole_number_that_has_no_bound() -> None:
    x = X | {"domain": "integer", "lower": None}
    formulation = model([x, Y], "minimize", "x + y", "x + y >= 0.5")
    with pytest.raises(Unsupported, match="needs a bound of every whole number, and x has none"):
        solve(formulation, "highs", Options(excluded=({"x": {(): 1.0}},)))


def test_a_curved_search_begins_at_a_point_too() -> None:
    pytest.importorskip("pyscipopt")
    box = {"lower": -5, "upper": 5}
    goal = "sin(3 * x) * cos(2 * y) + (x ** 2 + y ** 2) / 10 + exp(x * y / 9)"
    formulation = model([X | box, Y | box], "minimize", goal)
    best = solve(formulation, "scip")
    told: list[Incumbent] = []
    solve(formulation, "scip", Options(warm_start=best.values, on_incumbent=told.append))
    assert best.objective is not None
    assert all(incumbent.objective <= best.objective + 1e-6 for incumbent in told)
