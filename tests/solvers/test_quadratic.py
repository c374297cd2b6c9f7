"""Convex quadratic objectives: the pure functions, and answers that other roads confirm."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import Bounds, LinearConstraint, minimize

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.solvers import Holding, Options, Outcome, Solution, Stop, solve
from solvitur.solvers.highs.quadratic import (
    balance,
    is_convex,
    is_ray,
    largest_gap,
    linearized,
    proven_gap,
    proximal,
    steepest_ray,
)
from solvitur.solvers.program import Matrix, Program

Array = npt.NDArray[np.float64]
INF = math.inf


@dataclass(frozen=True)
class Case:
    """Minimize ``cost @ x + x @ hessian @ x / 2``; the rows and bounds in pairs of sides."""

    hessian: Array
    cost: Array
    rows: Array
    row_sides: Array
    sides: Array

    def value(self, x: Array) -> float:
        return float(self.cost @ x + x @ self.hessian @ x / 2)

    def slope(self, x: Array) -> Array:
        return self.cost + self.hessian @ x

    def in_units(self, units: Array, row_units: Array, factor: float) -> "Case":
        return Case(
            self.hessian * np.outer(units, units) * factor,
            self.cost * units * factor,
            self.rows * np.outer(row_units, units),
            self.row_sides * row_units[:, None],
            self.sides / units[:, None],
        )

    def formulation(self, *, maximize: bool = False) -> Formulation:
        sign, size = (-1 if maximize else 1), len(self.cost)
        terms = [f"{sign * float(c)!r} * x{i}" for i, c in enumerate(self.cost)]
        for i, j in itertools.product(range(size), repeat=2):
            terms.append(f"{sign * float(self.hessian[i, j]) / 2!r} * x{i} * x{j}")
        constraints = []
        for n, (row, sides) in enumerate(zip(self.rows, self.row_sides, strict=True)):
            body = " + ".join(f"{float(a)!r} * x{j}" for j, a in enumerate(row))
            for word, side in zip((">=", "<="), sides, strict=True):
                if math.isfinite(side):
                    name = f"row_{n}_{'least' if word == '>=' else 'most'}"
                    expression = f"{body} {word} {float(side)!r}"
                    constraints.append({"name": name, "expression": expression})
        return Formulation.model_validate(
            {
                "variables": [
                    {"name": f"x{j}", "lower": _side(lower), "upper": _side(upper)}
                    for j, (lower, upper) in enumerate(self.sides)
                ],
                "objective": {
                    "sense": "maximize" if maximize else "minimize",
                    "expression": " + ".join(terms),
                },
                "constraints": constraints,
            }
        )


def _side(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def random_hessian(rng: np.random.Generator, size: int) -> Array:
    """Give a square of whole numbers; of less than full rank as often as not."""
    rank = size if rng.random() < 0.5 else int(rng.integers(1, size + 1))
    roots = rng.integers(-4, 5, (rank, size)).astype(float)
    return np.asarray(roots.T @ roots + np.diag(np.where((roots == 0).all(0), 1.0, 0.0)))


def with_optimum(rng: np.random.Generator) -> tuple[Case, float]:
    """Choose a point and prices, and a cost that makes them satisfy the conditions of KKT."""
    size, rows = int(rng.integers(1, 7)), int(rng.integers(0, 6))
    x = rng.integers(-4, 8, size).astype(float)
    hessian = random_hessian(rng, size)
    matrix = rng.integers(-5, 6, (rows, size)).astype(float)
    normals = np.vstack([matrix, np.eye(size)])
    sides = np.tile([-INF, INF], (rows + size, 1))
    slope = np.zeros(size)
    for n, normal in enumerate(normals):
        reached, room, price = normal @ x, rng.integers(1, 9), float(rng.integers(0, 6))
        kind = int(rng.integers(6))
        if kind == 0:
            sides[n] = reached
            slope += rng.choice([-1, 1]) * price * normal
        elif kind == 1:
            sides[n, 0] = reached
            slope += price * normal
        elif kind == 2:
            sides[n, 1] = reached
            slope -= price * normal
        elif kind == 3:
            sides[n] = reached - room, reached + room
        elif kind == 4:
            sides[n, 0] = reached - room
    case = Case(hessian, slope - hessian @ x, matrix, sides[:rows], sides[rows:])
    return case, case.value(x)


def with_ray(rng: np.random.Generator) -> Case:
    """Take curvature and rows away from a direction, and let the cost fall along it."""
    case, _ = with_optimum(rng)
    size = len(case.cost)
    ray = rng.choice([-2.0, -1.0, 1.0, 2.0], size)
    across = np.eye(size) - np.outer(ray, ray) / (ray @ ray)
    hessian = across @ case.hessian @ across
    hessian = (hessian + hessian.T) / 2
    if np.abs(hessian).max() < 1e-9:
        hessian = np.zeros((size, size))
    return Case(
        hessian,
        across @ case.cost - ray,
        case.rows,
        _opened(case.row_sides, case.rows @ ray),
        _opened(case.sides, ray),
    )


def _opened(sides: Array, slopes: Array) -> Array:
    lower = np.where(slopes < 0, -INF, sides[:, 0])
    return np.column_stack([lower, np.where(slopes > 0, INF, sides[:, 1])])


def without_point(rng: np.random.Generator) -> Case:
    """Add two rows whose sum nothing satisfies."""
    case, _ = with_optimum(rng)
    row = rng.choice([-2.0, -1.0, 1.0, 3.0], len(case.cost))
    return Case(
        case.hessian,
        case.cost,
        np.vstack([case.rows, row, -row]),
        np.vstack([case.row_sides, [2.0, INF], [-1.0, INF]]),
        case.sides,
    )


def rescaled(case: Case, rng: np.random.Generator) -> tuple[Case, float]:
    """Change every unit by up to a hundred either way, the objective's by ten thousand."""
    factor = float(10.0 ** rng.integers(-4, 5))
    units = np.power(10.0, rng.integers(-2, 3, len(case.cost)), dtype=np.float64)
    row_units = np.power(10.0, rng.integers(-2, 3, len(case.rows)), dtype=np.float64)
    return case.in_units(units, row_units, factor), factor


def assert_proved(solution: Solution, value: float, size: float) -> None:
    """Hold an answer against the optimum, to a millionth of the numbers that make it up."""
    assert solution.outcome is Outcome.solved, solution.message
    assert solution.objective == pytest.approx(value, abs=1e-6 * max(abs(value), size))
    assert solution.bound == pytest.approx(value, abs=2e-6 * max(abs(value), size))
    assert solution.verification is not None
    assert solution.verification.ok, str(solution.verification)


# --- against other roads -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_chosen_beforehand_is_found_and_proved(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for n in range(20):
        case, value = with_optimum(rng)
        case, factor = rescaled(case, rng)
        maximize = n % 3 == 0
        solution = solve(case.formulation(maximize=maximize))
        size = min(1.0, float(max(np.abs(case.cost).max(), np.abs(case.hessian).max())))
        assert_proved(solution, (-1 if maximize else 1) * value * factor, size)


@pytest.mark.parametrize("seed", range(2))
def test_a_fall_without_end_is_unbounded(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    for _ in range(20):
        case, _ = rescaled(with_ray(rng), rng)
        assert solve(case.formulation()).outcome is Outcome.unbounded


@pytest.mark.parametrize("seed", range(2))
def test_rows_that_contradict_each_other_are_infeasible(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    for _ in range(20):
        case, _ = rescaled(without_point(rng), rng)
        assert solve(case.formulation()).outcome is Outcome.infeasible


def test_a_local_method_finds_nothing_better() -> None:
    """SLSQP, from several starts; where it fails by itself it says nothing."""
    rng, compared = np.random.default_rng(300), 0
    for _ in range(25):
        size = int(rng.integers(2, 6))
        hessian = random_hessian(rng, size)
        rows = rng.integers(-5, 6, (3, size)).astype(float)
        most = rng.integers(1, 20, 3).astype(float)
        box = np.column_stack([np.full(size, -5.0), np.full(size, 8.0)])
        sides = np.column_stack([np.full(3, -INF), most])
        case = Case(hessian, rng.normal(size=size) * 10, rows, sides, box)
        solution = solve(case.formulation())
        assert solution.bound is not None
        for start in rng.uniform(-3, 3, (3, size)):
            other = minimize(
                case.value,
                start,
                jac=case.slope,
                bounds=Bounds(box[:, 0], box[:, 1]),
                constraints=[LinearConstraint(rows, -INF, most)],
                method="SLSQP",
            )
            if other.success and np.all(rows @ other.x <= most + 1e-9):
                compared += 1
                assert other.fun >= solution.bound - 1e-6 * max(1, abs(solution.bound))
                assert other.fun == pytest.approx(solution.objective, rel=1e-3, abs=1e-3)
    assert compared > 50


# --- known troubles ------------------------------------------------------------------------------


def two(objective: str, *rows: str, sense: str = "minimize", free: bool = False) -> Formulation:
    bounds = {"lower": None} if free else {}
    return Formulation.model_validate(
        {
            "variables": [{"name": "x", **bounds}, {"name": "y", **bounds}],
            "objective": {"sense": sense, "expression": objective},
            "constraints": [{"name": f"r{n}", "expression": row} for n, row in enumerate(rows)],
        }
    )


@pytest.mark.parametrize("scale", [1e-9, 3e-4, 1, 1e6])
@pytest.mark.parametrize("row", ["x + y == 1", "x + y >= 1"])
def test_small_and_large_coefficients_end_at_the_same_point(scale: float, row: str) -> None:
    solution = solve(two(f"{scale!r} * x ** 2 + {scale!r} * y ** 2", row))
    assert_proved(solution, scale / 2, scale)
    assert solution.variables() == {"x": pytest.approx(0.5), "y": pytest.approx(0.5)}


def test_an_unbounded_direction_without_curvature_is_seen() -> None:
    assert solve(two("(x - y) ** 2 - x - y", "x - y <= 3", free=True)).outcome is Outcome.unbounded


def test_an_unbounded_direction_needs_rows_that_hold_somewhere() -> None:
    formulation = two("(x - y) ** 2 - x - y", "x - y <= 3", "y - x <= -4", free=True)
    assert solve(formulation).outcome is Outcome.infeasible


def test_a_concave_maximum_is_proved_from_above() -> None:
    solution = solve(two("8 * x + 5 * y - x ** 2 - y ** 2", "x + y <= 4", sense="maximize"))
    assert solution.objective == pytest.approx(8 * 2.75 + 5 * 1.25 - 2.75**2 - 1.25**2)
    assert solution.bound is not None
    assert solution.bound >= (solution.objective or 0) - 1e-12


def test_a_row_that_says_nothing_does_no_harm() -> None:
    """HiGHS issue 2489: an empty row sends its quadratic solver round in circles."""
    formulation = two("x ** 2 / 2 + x + y", "x >= -10", "0 * x + 0 * y <= 1", "y >= -10", free=True)
    solution = solve(formulation)
    assert_proved(solution, -0.5 - 10, 1)


def test_squares_that_cancel_leave_a_linear_program() -> None:
    solution = solve(two("x ** 2 - x * x + 2 * x + y", "x + y >= 3"))
    assert solution.objective == pytest.approx(3)


@pytest.mark.parametrize(
    ("objective", "sense", "words"),
    [
        ("x * y", "minimize", "needs a convex"),
        ("x ** 2 + y ** 2", "maximize", "needs a concave"),
        ("1e10 * x ** 2 - y ** 2", "minimize", "needs a convex"),
        ("x ** 2 + y ** 2 + 2.001 * x * y", "minimize", "needs a convex"),
    ],
)
def test_an_objective_of_the_wrong_shape_is_refused(objective: str, sense: str, words: str) -> None:
    with pytest.raises(Unsupported, match=words):
        solve(two(objective, "x + y <= 4", sense=sense), "highs")


def test_a_variable_may_be_called_objective() -> None:
    formulation = Formulation.model_validate(
        {
            "variables": [{"name": "objective"}],
            "objective": {"sense": "minimize", "expression": "(objective - 2) ** 2"},
        }
    )
    assert solve(formulation).variables() == {"objective": pytest.approx(2)}


def test_no_time_at_all_is_a_result() -> None:
    rng = np.random.default_rng(7)
    case, _ = with_optimum(rng)
    solution = solve(case.formulation(), options=Options(time_limit=0))
    assert solution.stop in (Stop.time_limit, Stop.proved)
    assert solution.holding is not Holding.unbounded


# --- the pure functions --------------------------------------------------------------------------


def matrix(entries: Array) -> Matrix:
    rows, columns = entries.shape
    triples = [(i, j, float(entries[i, j])) for i in range(rows) for j in range(columns)]
    return Matrix.of(rows, columns, triples)


def program(case: Case) -> Program:
    return Program(
        sign=1,
        offset=0.0,
        cost=case.cost,
        hessian=matrix(case.hessian),
        matrix=matrix(case.rows),
        row_lower=case.row_sides[:, 0],
        row_upper=case.row_sides[:, 1],
        lower=case.sides[:, 0],
        upper=case.sides[:, 1],
        whole=np.zeros(len(case.cost), dtype=bool),
    )


@pytest.mark.parametrize("seed", range(5))
def test_convexity_is_what_the_eigenvalues_say_in_any_units(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        size = int(rng.integers(1, 8))
        square = rng.normal(size=(size, size))
        hessian = square + square.T + rng.uniform(0, 6) * np.eye(size)
        hessian[np.abs(hessian) < rng.uniform(0, 2)] = 0
        units = 10.0 ** rng.integers(-4, 5, size)
        least = float(np.linalg.eigvalsh(hessian).min())
        if abs(least) > 1e-6:
            assert is_convex(matrix(hessian * np.outer(units, units))) is (least > 0)
    assert is_convex(matrix(random_hessian(rng, 5)))


def test_balancing_gives_back_the_same_program() -> None:
    rng = np.random.default_rng(11)
    for _ in range(20):
        case, _ = with_optimum(rng)
        original = program(rescaled(case, rng)[0])
        balanced = balance(original)
        x = rng.normal(size=original.size)
        value = balanced.program.value(x) / balanced.factor
        assert value == pytest.approx(original.value(x * balanced.units))
        largest = np.abs(balanced.program.hessian.value).max()
        assert 0.5 <= largest <= 2
        assert all(0.5 <= size <= 2 for size in balanced.program.matrix.largest_by_row())


def test_the_gap_holds_for_any_prices() -> None:
    """Whatever the prices, no point of the box is better by more than the gap says."""
    rng = np.random.default_rng(13)
    for _ in range(20):
        case, _ = with_optimum(rng)
        whole = program(case)
        points = rng.uniform(-20, 20, (400, whole.size))
        inside = [p for p in points if whole.violation(p) < 1e-9]
        for here in inside[:3]:
            linear = linearized(whole, here)
            prices = rng.normal(size=len(case.rows))
            gap = proven_gap(linear, here, prices)
            assert min(whole.value(p) for p in inside) >= whole.value(here) - gap - 1e-9


def test_the_gap_that_counts_as_none_follows_the_size_of_the_objective() -> None:
    usual = balance(program(with_optimum(np.random.default_rng(17))[0]))
    tiny = balance(usual.original.with_objective_times(1e-9))
    largest = max(np.abs(tiny.original.cost).max(), np.abs(tiny.original.hessian.value).max())
    assert largest_gap(usual, 0.0) / usual.factor == pytest.approx(1e-6)
    assert largest_gap(tiny, 0.0) / tiny.factor == pytest.approx(1e-6 * largest)
    assert largest_gap(usual, 1e9) == pytest.approx(1e3)


def test_a_proximal_program_is_the_same_around_its_own_answer() -> None:
    case, _ = with_optimum(np.random.default_rng(19))
    whole, near = program(case), np.ones(len(case.cost))
    nearby = proximal(whole, near, 0.25)
    slopes = linearized(whole, near).cost
    assert linearized(nearby, near).cost == pytest.approx(slopes)
    away = near + np.arange(len(near))
    added = 0.125 * float(np.sum((away - near) ** 2)) - 0.125 * len(near)
    assert nearby.value(away) == pytest.approx(whole.value(away) + added)


def test_only_a_direction_without_curvature_is_a_ray() -> None:
    flat = Case(
        np.array([[2.0, -2], [-2, 2]]),
        np.array([-1.0, -1]),
        np.zeros((0, 2)),
        np.zeros((0, 2)),
        np.tile([-INF, INF], (2, 1)),
    )
    whole = program(flat)
    cone = steepest_ray(whole)
    assert is_ray(cone, whole, np.array([1.0, 1.0]))
    assert not is_ray(cone, whole, np.array([-1.0, -1.0]))
    assert not is_ray(cone, whole, np.array([1.0, 0.999]))
    assert not is_ray(cone, whole, np.array([0.0, 0.0]))
