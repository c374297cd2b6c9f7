"""Every optimal point is found, each once; enumeration says which there are."""

import math
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from solvitur.errors import ConfigError
from solvitur.formulation import Formulation
from solvitur.solvers import Capability, Options, Outcome, registered, solve_all
from tests.solvers.shapes import FREE_X, FREE_Y, X, Y, model

SOLVERS = [s.name for s in registered() if s.is_installed() and s.supports(Capability.exclusion)]


def values(formulation: Formulation, most: int = 100, solver: str = "auto") -> Any:
    found = solve_all(formulation, most, solver, Options(time_limit=60))
    for solution in found.solutions:
        assert solution.outcome is Outcome.solved
        assert solution.verification is not None
        assert solution.verification.ok
        assert solution.objective == pytest.approx(found.best.objective, rel=1e-6, abs=1e-6)
    points = [
        tuple(v for entries in s.values.values() for v in entries.values()) for s in found.solutions
    ]
    return points, found


def same(found: list[tuple[float, ...]], known: Any) -> bool:
    return (
        np.allclose(sorted(found), sorted(known), atol=1e-6) if len(found) == len(known) else False
    )


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("seed", range(8))
def test_the_optimal_whole_numbers_are_those_of_enumeration(solver: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 4, 4)
    weights = rng.integers(1, 4, 4)
    limit = int(rng.integers(4, 9))
    domains = ["binary", "binary", "integer", "integer"]
    variables = [{"name": f"x{n}", "domain": domain} for n, domain in enumerate(domains)]
    goal = " + ".join(f"{c} * x{n}" for n, c in enumerate(cost))
    row = " + ".join(f"{w} * x{n}" for n, w in enumerate(weights)) + f" >= {limit}"
    every = [
        point
        for point in product(range(2), range(2), range(10), range(10))
        if np.dot(weights, point) >= limit
    ]
    least = min(int(np.dot(cost, point)) for point in every)
    known = [point for point in every if np.dot(cost, point) == least]
    points, found = values(model(variables, "minimize", goal, row), solver=solver)
    assert same(points, known)
    assert found.is_complete
    assert points == sorted(points)


@pytest.mark.parametrize("solver", SOLVERS)
def test_no_more_are_given_than_asked_for_and_the_rest_is_not_denied(solver: str) -> None:
    formulation = model([{"name": "x", "index": ["I"], "domain": "binary"}], "maximize",
        "sum(x[i] for i in I)", "sum(x[i] for i in I) <= 2",
        sets=[{"name": "I", "range": [1, 4]}])  # fmt: skip
    points, found = values(formulation, 4, solver)
    assert len(set(points)) == 4
    assert (found.is_complete, "at least one more" in found.message) == (False, True)
    points, found = values(formulation, 6, solver)
    assert (len(set(points)), found.is_complete) == (6, True)


def test_whole_numbers_are_told_apart_and_what_is_continuous_is_said_to_vary() -> None:
    formulation = model([X | {"upper": 5}, Y | {"domain": "integer"}], "maximize", "y", "y <= 3.5")
    points, found = values(formulation)
    assert [y for _, y in points] == [3]
    assert found.is_complete
    assert "may vary" in found.message


def test_a_curved_integer_problem_has_all_its_optima_found() -> None:
    pytest.importorskip("pyscipopt")
    variables = [v | {"domain": "integer", "lower": -9, "upper": 9} for v in (X, Y)]
    points, found = values(model(variables, "minimize", "(x ** 2 + y ** 2 - 25) ** 2"))
    assert same(
        points, [p for p in product(range(-9, 10), repeat=2) if p[0] ** 2 + p[1] ** 2 == 25]
    )
    assert found.is_complete


# --- corners -------------------------------------------------------------------------------------


def corners(cost: np.ndarray, rows: np.ndarray, sides: np.ndarray) -> list[tuple[float, ...]]:
    """Find the optimal corners of ``rows @ x <= sides`` by trying every set of tight rows."""
    size = len(cost)
    found: list[np.ndarray] = []
    for chosen in combinations(range(len(rows)), size):
        matrix = rows[list(chosen)]
        if abs(np.linalg.det(matrix)) > 1e-9:
            point = np.linalg.solve(matrix, sides[list(chosen)])
            if np.all(rows @ point <= sides + 1e-9):
                found.append(point)
    least = min(float(cost @ point) for point in found)
    best = [tuple(np.round(p, 9) + 0.0) for p in found if cost @ p <= least + 1e-9]
    return sorted(set(best))


@pytest.mark.parametrize("seed", range(25))
def test_the_optimal_corners_are_those_of_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 4))
    rows = rng.integers(-2, 4, (4, size)).astype(float)
    sides = rng.integers(2, 9, 4).astype(float)
    cost = -rows[0] if seed % 3 else rng.integers(-1, 1, size).astype(float)
    names = [f"x{n}" for n in range(size)]
    text = [
        " + ".join(f"({a}) * {n}" for a, n in zip(row, names, strict=True)) + f" <= {side}"
        for row, side in zip(rows, sides, strict=True)
    ]
    goal = " + ".join(f"({c}) * {n}" for c, n in zip(cost, names, strict=True))
    formulation = model([{"name": n, "upper": 5} for n in names], "minimize", goal, *text)
    box = np.vstack([rows, np.eye(size), -np.eye(size)])
    known = corners(cost, box, np.concatenate([sides, np.full(size, 5.0), np.zeros(size)]))
    points, found = values(formulation)
    assert same(points, known), (points, known)
    assert found.is_complete
    assert "every mixture" in found.message


def test_optimal_points_without_end_are_said_to_go_on() -> None:
    points, found = values(model([X, Y], "minimize", "x", "x + y >= 2"))
    assert points == [(0, 2)]
    assert found.is_complete
    assert "without end" in found.message


def test_optimal_points_without_a_corner_are_not_called_complete() -> None:
    _, found = values(model([FREE_X, FREE_Y], "minimize", "x + y", "x + y >= 2"))
    assert len(found.solutions) == 1
    assert not found.is_complete


def test_a_single_optimum_is_all_there_is() -> None:
    points, found = values(model([X, Y], "maximize", "3 * x + 2 * y", "x + y <= 4", "x <= 3"))
    assert (points, found.is_complete) == ([(3, 1)], True)
    assert str(found).startswith("1 optimal point, all there are")


# --- what has no list ----------------------------------------------------------------------------


def test_of_a_curved_objective_one_is_given_and_no_more_is_claimed() -> None:
    points, found = values(model([X | {"upper": 4}], "minimize", "(x - 1) ** 2"))
    assert same(points, [(1,)])
    assert not found.is_complete


@pytest.mark.parametrize(
    ("formulation", "outcome", "complete"),
    [
        (model([X], "minimize", "x", "x >= 3", "x <= 2"), Outcome.infeasible, True),
        (model([X], "maximize", "x"), Outcome.unbounded, False),
    ],
)
def test_without_an_optimum_the_list_is_empty_and_the_outcome_says_why(
    formulation: Formulation, outcome: Outcome, complete: bool
) -> None:
    found = solve_all(formulation, 5)
    assert (found.best.outcome, found.solutions, found.is_complete) == (outcome, (), complete)


def test_when_the_time_is_up_the_list_is_said_to_be_cut_short() -> None:
    names = [f"x{n}" for n in range(16)]
    formulation = model(
        [{"name": n, "domain": "binary"} for n in names], "maximize", " + ".join(names),
        " + ".join(names) + " <= 8",
    )  # fmt: skip
    found = solve_all(formulation, 100_000, "highs", Options(time_limit=1))
    assert not found.is_complete
    assert "cut short" in found.message
    assert 1 <= len(found.solutions) < math.comb(16, 8)


def test_less_than_one_point_is_refused() -> None:
    with pytest.raises(ConfigError, match="ask for 1 optimal point at least"):
        solve_all(model([X], "minimize", "x"), 0)


def test_what_was_put_into_linear_rows_has_its_optima_listed_without_the_additions() -> None:
    variables = [v | {"domain": "integer", "upper": 6} for v in (X, Y)]
    points, found = values(model(variables, "minimize", "abs(x - y - 2) + max(x, 3)"))
    assert same(points, [(2, 0), (3, 1)])
    assert found.is_complete
