"""Random linear and integer programs, held against enumeration and against scipy.

The rows are written as people and models write them: terms twice, zero coefficients, constants on
both sides, sums over nothing, numbers of any size.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from solvitur.formulation import Formulation
from solvitur.solvers import Outcome, Solution, solve
from tests.solvers.roads import Row, best_vertex, unit

Array = npt.NDArray[np.float64]
INF = math.inf


@dataclass(frozen=True)
class Linear:
    """A sum of terms as text, and what it amounts to."""

    text: str
    slopes: Array
    constant: float


def linear(rng: np.random.Generator, size: int, scale: float = 1.0) -> Linear:
    slopes, constant, terms = np.zeros(size), 0.0, []
    for _ in range(rng.integers(0, 2 * size + 2)):
        place, factor = int(rng.integers(size)), float(rng.integers(-6, 7)) * scale
        slopes[place] += factor
        forms = (f"{factor!r} * x{place}", f"x{place} * ({factor!r})", f"-x{place} * {-factor!r}")
        terms.append(str(rng.choice(forms)))
    if rng.random() < 0.3:
        constant = float(rng.integers(-9, 9)) * scale
        terms.append(repr(constant))
    if rng.random() < 0.1:
        terms.append(str(rng.choice(["sum(x0 for e in E)", "(x0 - x0)"])))
    return Linear(" + ".join(terms) or "0", slopes, constant)


def bounds(rng: np.random.Generator, *, boxed: bool) -> tuple[float, float]:
    """Give bounds: a box, a fixed value, crossed, open on one side or on both; often fractions."""
    low, high = sorted(rng.integers(-9, 13, 2) / rng.choice([1, 1, 2, 4, 10]))
    kind = rng.random()
    if boxed or kind < 0.4:
        return float(low), float(high)
    choices = [(0, INF), (-INF, INF), (low, INF), (-INF, high), (low, low), (high, low - 0.1)]
    lower, upper = choices[int(rng.integers(len(choices)))]
    return float(lower), float(upper)


@dataclass(frozen=True)
class Case:
    maximize: bool
    goal: Linear
    rows: Array
    lows: Array
    highs: Array
    lower: Array
    upper: Array
    whole: npt.NDArray[np.bool_]
    formulation: Formulation


def random_case(rng: np.random.Generator, *, boxed: bool = False, kind: str = "any") -> Case:
    size, scale = int(rng.integers(1, 5)), float(10.0 ** rng.integers(-9, 8))
    goal = linear(rng, size, scale if rng.random() < 0.5 else 1.0)
    sides = np.array([bounds(rng, boxed=boxed) for _ in range(size)])
    whole = rng.random(size) < {"whole": 1.0, "continuous": 0.0, "any": 0.5}[kind]
    rows, lows, highs, constraints = [], [], [], []
    for n in range(rng.integers(0, 5)):
        row_scale = float(10.0 ** rng.integers(-6, 6)) if rng.random() < 0.2 else 1.0
        left = linear(rng, size, row_scale)
        constant = float(rng.integers(-5, 25)) * row_scale
        right = Linear(repr(constant), np.zeros(size), constant)
        if rng.random() < 0.2:
            right = linear(rng, size, row_scale)
        word = str(rng.choice(["<=", ">=", "=="], p=[0.45, 0.4, 0.15]))
        side = right.constant - left.constant
        rows.append(left.slopes - right.slopes)
        lows.append(-INF if word == "<=" else side)
        highs.append(INF if word == ">=" else side)
        constraints.append({"name": f"r{n}", "expression": f"{left.text} {word} {right.text}"})
    constraints.append({"name": "nobody", "forall": "e in E", "expression": "x0 >= 1"})
    maximize = bool(rng.random() < 0.5)
    content: dict[str, Any] = {
        "sets": [{"name": "E", "elements": []}],
        "variables": [
            {
                "name": f"x{j}",
                "domain": "integer" if whole[j] else "continuous",
                "lower": None if low == -INF else float(low),
                "upper": None if high == INF else float(high),
            }
            for j, (low, high) in enumerate(sides)
        ],
        "objective": {"sense": "maximize" if maximize else "minimize", "expression": goal.text},
        "constraints": constraints,
    }
    matrix = np.array(rows).reshape(len(rows), size)
    return Case(
        maximize,
        goal,
        matrix,
        np.array(lows),
        np.array(highs),
        np.where(whole, np.ceil(sides[:, 0] - 1e-9), sides[:, 0]),
        np.where(whole, np.floor(sides[:, 1] + 1e-9), sides[:, 1]),
        whole,
        Formulation.model_validate(content),
    )


def assert_optimum(case: Case, solution: Solution, known: float) -> None:
    size = max(abs(known), min(1.0, float(np.abs(case.goal.slopes).max())))
    assert solution.outcome is Outcome.solved, solution.message
    assert solution.objective == pytest.approx(known, abs=1e-6 * size)
    assert solution.bound == pytest.approx(known, abs=2e-6 * max(1, size))
    assert solution.verification is not None
    assert solution.verification.ok, str(solution.verification)


@pytest.mark.parametrize("seed", range(3))
def test_integer_programs_in_a_box_match_trying_every_point(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        case = random_case(rng, boxed=True, kind="whole")
        ranges = [
            range(int(low), int(high) + 1) for low, high in zip(case.lower, case.upper, strict=True)
        ]
        points = np.array(list(product(*ranges)), dtype=float).reshape(-1, len(ranges))
        slack = 1e-9 * np.maximum(1e-9, np.abs(case.rows).max(axis=1, initial=0))
        reached = points @ case.rows.T
        inside = np.all((reached >= case.lows - slack) & (reached <= case.highs + slack), axis=1)
        solution = solve(case.formulation)
        if not inside.any():
            assert solution.outcome is Outcome.infeasible
            continue
        values = points[inside] @ case.goal.slopes + case.goal.constant
        assert_optimum(case, solution, float(values.max() if case.maximize else values.min()))


@pytest.mark.parametrize("seed", range(3))
def test_linear_programs_in_a_box_match_trying_every_vertex(seed: int) -> None:
    rng = np.random.default_rng(50 + seed)
    for _ in range(25):
        case = random_case(rng, boxed=True, kind="continuous")
        size = len(case.lower)
        sign = -1 if case.maximize else 1
        rows: list[Row] = []
        sized = np.maximum(np.abs(case.rows).max(axis=1, initial=0), 1e-9)
        for row, low, high in zip(
            case.rows / sized[:, None], case.lows / sized, case.highs / sized, strict=True
        ):
            rows += [(row.tolist(), high)] if high < INF else []
            rows += [((-row).tolist(), -low)] if low > -INF else []
        rows += [(unit(size, j), float(high)) for j, high in enumerate(case.upper)]
        rows += [(unit(size, j, -1), -float(low)) for j, low in enumerate(case.lower)]
        best = best_vertex((sign * case.goal.slopes).tolist(), rows)
        solution = solve(case.formulation)
        if best == INF:
            assert solution.outcome is Outcome.infeasible
        else:
            assert_optimum(case, solution, sign * best + case.goal.constant)


def scipy_says(case: Case) -> tuple[str, float]:
    """Ask scipy, with rows and objective scaled to a common size."""
    empty = np.abs(case.rows).max(axis=1, initial=0) == 0
    if (case.lower > case.upper).any() or np.any(
        empty & ((case.lows > 1e-9) | (case.highs < -1e-9))
    ):
        return "infeasible", 0.0
    sizes = np.abs(case.rows[~empty]).max(axis=1, initial=0)
    inside = LinearConstraint(
        case.rows[~empty] / sizes[:, None], case.lows[~empty] / sizes, case.highs[~empty] / sizes
    )
    largest = float(np.abs(case.goal.slopes).max()) or 1.0
    sign = -1 if case.maximize else 1

    def ask(cost: Array) -> Any:
        return milp(
            cost,
            integrality=case.whole.astype(int),
            bounds=Bounds(case.lower, case.upper),
            constraints=[inside] if sizes.size else [],
            options={"mip_rel_gap": 1e-9},
        )

    found = ask(sign * case.goal.slopes / largest)
    if found.status == 0:
        return "solved", sign * float(found.fun) * largest + case.goal.constant
    if found.status == 2:
        return "infeasible", 0.0
    return ("unbounded" if ask(0 * case.goal.slopes).status == 0 else "infeasible"), 0.0


@pytest.mark.parametrize("seed", range(4))
def test_programs_of_any_shape_end_as_scipy_says(seed: int) -> None:
    """Another build of HiGHS, but not our reading, scaling, and telling apart."""
    rng, ends = np.random.default_rng(100 + seed), set()
    for _ in range(60):
        case = random_case(rng)
        end, value = scipy_says(case)
        solution = solve(case.formulation)
        ends.add(end)
        assert solution.outcome.value == end
        if end == "solved":
            assert_optimum(case, solution, value)
    assert ends == {"solved", "infeasible", "unbounded"}
