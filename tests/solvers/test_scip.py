"""SCIP answers what HiGHS refuses; each optimum is known in closed form or by enumeration."""

import math
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.formulation.instance import Instance
from solvitur.solvers import Holding, Options, Outcome, Solution, Stop, solve
from solvitur.solvers.verify import verify
from tests.solvers.shapes import FREE_X, FREE_Y, X, Y, model
from tests.solvers.test_random_programs import random_case

pytest.importorskip("pyscipopt")


def answer(formulation: Formulation, **options: Any) -> Solution:
    return solve(formulation, "scip", Options(time_limit=30, **options))


CLOSED: dict[str, tuple[Formulation, float]] = {
    "valley": (model([FREE_X, FREE_Y], "minimize", "100 * (y - x ** 2) ** 2 + (1 - x) ** 2"), 0),
    "circle": (model([FREE_X, FREE_Y], "maximize", "x + y", "x ** 2 + y ** 2 <= 1"), math.sqrt(2)),
    "saddle": (model([X | {"upper": 2}, Y | {"upper": 3}], "minimize", "x - x * y"), -4),
    "hyperbola": (model([X, Y], "minimize", "x + 2 * y", "x * y >= 8"), 8),
    "ratio": (model([X | {"lower": 0.1, "upper": 10}], "minimize", "x + 4 / x"), 4),
    "cubic": (model([FREE_X | {"lower": -2, "upper": 2}], "minimize", "x ** 3 - x"), -6),
    "root": (model([X | {"upper": 9}], "maximize", "x ** 0.5 - x / 10"), 2.1),
    "square root": (model([X | {"upper": 9}], "maximize", "sqrt(x) - x / 10"), 2.1),
    "entropy": (model([X | {"lower": 0.01, "upper": 5}], "minimize", "x * log(x)"), -1 / math.e),
    "decades": (model([X | {"lower": 1, "upper": 1000}], "maximize", "log10(x) - 1"), 2),
    "exponential": (model([FREE_X], "minimize", "exp(x) - 2 * x"), 2 - 2 * math.log(2)),
    "wave": (model([X | {"upper": 6}], "maximize", "sin(x) + cos(x)"), math.sqrt(2)),
    "tangent": (model([X | {"upper": 1.5}], "maximize", "2 * x - tan(x)"), math.pi / 2 - 1),
    "distance": (model([FREE_X, FREE_Y], "minimize", "abs(x - 3) + abs(y + 2) + max(x, y, 1)"), 3),
    "smallest": (
        model([X | {"upper": 5}, Y | {"upper": 7}], "maximize", "min(x, y, 3 * x - 1)"),
        5,
    ),
    "compound": (
        model(
            [X | {"upper": 0.08}, Y | {"domain": "integer", "upper": 20}],
            "minimize",
            "y",
            "(1 + x) ** y >= 2",
        ),
        10,
    ),
    "power of two": (model([X | {"domain": "integer"}], "minimize", "x", "2 ** x >= 1000"), 10),
    "whole squares": (
        model(
            [X | {"domain": "integer"}, Y | {"domain": "binary"}],
            "minimize",
            "(x - 2.5) ** 2 + x * y - y",
        ),
        0.25,
    ),
    "pieces": (
        model(
            [X | {"upper": 30}],
            "maximize",
            "piecewise(x, ((0, 0), (10, 50), (20, 40), (30, 90))) - 4 * x",
        ),
        10,
    ),
    "four factors": (
        model(
            [{"name": "x", "index": ["I"], "upper": 3}],
            "maximize",
            "prod(x[i] for i in I)",
            "sum(x[i] for i in I) <= 6",
            sets=[{"name": "I", "range": [1, 4]}],
        ),
        1.5**4,
    ),
    "least squares": (
        model(
            [FREE_X, FREE_Y],
            "minimize",
            "(x + y - 1) ** 2 + (x - y) ** 2 + (x - 2) ** 2",
        ),
        3 / 2,
    ),
}


@pytest.mark.parametrize("name", CLOSED)
def test_the_optimum_is_the_one_of_the_closed_form(name: str) -> None:
    formulation, known = CLOSED[name]
    found = answer(formulation)
    assert (found.outcome, found.stop) == (Outcome.solved, Stop.proved), found.message
    assert found.objective == pytest.approx(known, rel=2e-6, abs=2e-6)
    assert found.bound == pytest.approx(known, rel=2e-6, abs=2e-6)
    assert found.verification is not None
    assert found.verification.ok


@pytest.mark.parametrize("seed", range(12))
def test_a_nonconvex_objective_in_a_box_is_least_where_enumeration_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    square = rng.integers(-5, 6, (3, 3)).astype(float)
    linear = rng.integers(-5, 6, 3).astype(float)
    names = ["x", "y", "z"]
    products = [
        f"({square[i, j]}) * {names[i]} * {names[j]}" for i, j in product(range(3), repeat=2)
    ]
    terms = [*products, *(f"({c}) * {n}" for c, n in zip(linear, names, strict=True))]
    variables = [{"name": name, "lower": -1, "upper": 2} for name in names]
    found = answer(model(variables, "minimize", " + ".join(terms)))
    assert found.outcome is Outcome.solved
    known = least_in_a_box(square, linear, -1, 2)
    assert found.objective == pytest.approx(known, rel=2e-6, abs=2e-6)


def least_in_a_box(square: np.ndarray, linear: np.ndarray, lower: float, upper: float) -> float:
    """Try each variable at its lower bound, at its upper bound, and where the slope is zero."""
    best = math.inf
    size = len(linear)
    both = square + square.T
    for ends in product((lower, upper, None), repeat=size):
        free = [k for k in range(size) if ends[k] is None]
        point = np.array([0.0 if end is None else end for end in ends])
        if free:
            block = both[np.ix_(free, free)]
            if np.linalg.matrix_rank(block) < len(free):
                continue
            point[free] = np.linalg.solve(block, -(linear + both @ point)[free])
        if np.all((lower - 1e-9 <= point) & (point <= upper + 1e-9)):
            best = min(best, float(point @ square @ point + linear @ point))
    return best


@pytest.mark.parametrize("seed", range(10))
def test_a_nonlinear_integer_program_is_least_where_enumeration_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c, d = (float(v) for v in rng.integers(1, 6, 4))
    limit = float(rng.integers(6, 20))
    expression = f"{a} * (x - {b}) ** 2 - {c} * x * y + abs(y - {d}) * x + exp(y / 4) - max(x, y)"
    variables = [v | {"domain": "integer", "upper": 6} for v in (X, Y)]
    found = answer(model(variables, "minimize", expression, f"x ** 2 + y <= {limit}"))

    def value(x: int, y: int) -> float:
        bowl = a * (x - b) ** 2 - c * x * y
        return bowl + abs(y - d) * x + math.exp(y / 4) - max(x, y)

    points = [(x, y) for x, y in product(range(7), repeat=2) if x**2 + y <= limit]
    assert found.outcome is Outcome.solved
    assert found.objective == pytest.approx(min(value(x, y) for x, y in points), abs=1e-6)


def expression(rng: random.Random, depth: int) -> str:
    """Write an expression of every operation and function that the language has."""
    if depth == 0:
        return rng.choice(["x", "y", str(rng.randint(1, 4))])
    a, b = expression(rng, depth - 1), expression(rng, rng.randint(0, depth - 1))
    return rng.choice(
        [
            f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"({a}) / (abs({b}) + 1)", f"-({a})",
            f"({a}) ** 2", f"(abs({a}) + 1) ** 0.5", f"sqrt(abs({a}) + 1)", f"abs({a} - {b})",
            f"max({a}, {b})", f"min({a}, {b})", f"exp(({a}) / 9)", f"log(abs({a}) + 1)",
            f"log10(abs({a}) + 2)", f"sin({a})", f"cos({a})",
            f"piecewise(max(min({a}, 9), -9), ((-9, 3), (0, 0), (4, 5), (9, 4)))",
        ]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_language_can_say_is_solved_as_trying_every_point_says(seed: int) -> None:
    rng = random.Random(seed)
    variables = [v | {"domain": "integer", "lower": -2, "upper": 3} for v in (X, Y)]
    sense, row = (
        rng.choice(["minimize", "maximize"]),
        f"{expression(rng, 2)} <= {rng.randint(0, 6)}",
    )
    formulation = model(variables, sense, expression(rng, 3), row)
    found = answer(formulation)
    instance = Instance(formulation)
    values = []
    for x, y in product(range(-2, 4), repeat=2):
        check = verify(instance, {"x": {(): float(x)}, "y": {(): float(y)}}, None)
        values += [check.objective] if check.ok else []
    if not values:
        assert (found.outcome, found.stop) == (Outcome.infeasible, Stop.proved)
        return
    assert found.outcome is Outcome.solved
    best = min(values) if sense == "minimize" else max(values)
    assert found.objective == pytest.approx(best, rel=3e-6, abs=3e-6)


@pytest.mark.parametrize("seed", range(3))
def test_linear_programs_of_any_shape_and_size_end_as_with_highs(seed: int) -> None:
    rng, ends = np.random.default_rng(300 + seed), set()
    for _ in range(20):
        case = random_case(rng)
        known, found = solve(case.formulation, "highs"), answer(case.formulation)
        ends.add(found.outcome)
        assert found.outcome is known.outcome
        if known.objective is not None:
            size = max(abs(known.objective), min(1.0, float(np.abs(case.goal.slopes).max())))
            assert found.objective == pytest.approx(known.objective, abs=2e-6 * size)
    assert len(ends) > 1


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sin(3 * x) + (x - 1) ** 2 / 4", lambda x: math.sin(3 * x) + (x - 1) ** 2 / 4),
        ("x * exp(-x) - log(x + 1) / 3", lambda x: x * math.exp(-x) - math.log(x + 1) / 3),
        ("cos(x) / (1 + x ** 2)", lambda x: math.cos(x) / (1 + x**2)),
        (
            "min(x ** 2, (x - 3) ** 2 + 0.5) - x / 5",
            lambda x: min(x**2, (x - 3) ** 2 + 0.5) - x / 5,
        ),
    ],
)
def test_a_curve_is_least_where_a_fine_grid_says(
    text: str, function: Callable[[float], float]
) -> None:
    found = answer(model([X | {"upper": 6}], "minimize", text))
    start = min(np.linspace(0, 6, 2001), key=function)
    around = max(0, start - 0.01), min(6, start + 0.01)
    near = minimize_scalar(function, bounds=around, method="bounded").fun
    assert found.objective == pytest.approx(min(near, function(0.0), function(6.0)), abs=2e-6)


def farthest(n: int) -> Formulation:
    """The point of a line that is nearest to the farthest of n others: the one in the middle."""
    return model([X | {"upper": n}], "minimize", "max((x - i) ** 2 for i in I)",
                 sets=[{"name": "I", "range": [1, n]}])  # fmt: skip


@pytest.mark.parametrize("n", [9, 70])
def test_the_largest_of_many_curves_is_least_in_the_middle(n: int) -> None:
    found = answer(farthest(n))
    assert (found.stop, found.holding) == (Stop.proved, Holding.optimal)
    assert found.objective == pytest.approx(((n - 1) / 2) ** 2)


def test_the_largest_of_twice_as_many_curves_takes_twice_as_much(tmp_path: Path) -> None:
    from solvitur.solvers.scip.model import ScipModel  # where pyscipopt is imported

    sizes = []
    for n in (32, 64):
        path = tmp_path / f"{n}.cip"
        ScipModel(Instance(farthest(n))).model.writeProblem(str(path), verbose=False)
        sizes.append(path.stat().st_size)
    assert sizes[1] < 2.2 * sizes[0]


def test_rows_that_only_curves_contradict_are_infeasible() -> None:
    found = answer(model([FREE_X, FREE_Y], "minimize", "x", "x ** 2 + y ** 2 <= 1", "x + y >= 2"))
    assert (found.outcome, found.stop, found.values) == (Outcome.infeasible, Stop.proved, {})


def test_a_logarithm_keeps_its_argument_positive() -> None:
    found = answer(model([FREE_X], "minimize", "x", "log(x) >= 1", "x <= 2"))
    assert found.outcome is Outcome.infeasible


def test_what_falls_without_end_is_unbounded() -> None:
    assert answer(model([FREE_X], "minimize", "-(x ** 2)")).outcome is Outcome.unbounded


@pytest.mark.parametrize(
    ("expression", "domain"),
    [("log(x)", "continuous"), ("sqrt(x)", "continuous"), ("x ** 2", "integer")],
)
def test_what_ends_only_where_scip_looks_no_further_is_not_called_optimal(
    expression: str, domain: str
) -> None:
    found = solve(
        model([X | {"domain": domain}], "maximize", expression), "scip", Options(time_limit=1)
    )
    assert (found.holding, found.bound) == (Holding.feasible, None)
    assert "give every variable the bounds" in found.message


def test_a_row_that_can_never_hold_is_infeasible() -> None:
    assert answer(model([X], "minimize", "x ** 3", "2 <= 1")).outcome is Outcome.infeasible


def test_bounds_that_cross_by_rounding_meet() -> None:
    x = X | {"lower": 0.3, "upper": 0.1 + 0.2 - 1e-16}
    assert answer(model([x], "minimize", "x ** 2")).objective == pytest.approx(0.09)


def test_a_power_that_may_have_no_value_is_refused_with_the_mend() -> None:
    with pytest.raises(Unsupported, match="give it a lower bound above 0"):
        answer(model([FREE_X, Y], "minimize", "x ** y"))


def test_whole_numbers_are_whole_and_values_stay_within_their_bounds() -> None:
    found = answer(
        model(
            [X | {"upper": 1}, Y | {"domain": "integer", "upper": 1000}],
            "maximize",
            "x * y - y ** 2 / 700",
            "x + y / 999 <= 1.4",
        )
    )
    assert found.outcome is Outcome.solved
    assert float(found.values["y"][()]).is_integer()
    assert 0 <= found.values["x"][()] <= 1


def test_a_small_objective_is_solved_as_exactly_as_a_large_one() -> None:
    found = answer(model([X | {"lower": 1, "upper": 9}], "minimize", "1e-9 * (x + 16 / x)"))
    assert found.values["x"][()] == pytest.approx(4, rel=1e-2)


def test_no_time_at_all_is_a_limit_and_not_an_error() -> None:
    variables = [{"name": "x", "index": ["I"], "lower": -1, "upper": 1}]
    formulation = model(
        variables,
        "minimize",
        "sum(sin(7 * i * j * x[i]) * x[j] for i in I for j in I)",
        sets=[{"name": "I", "range": [1, 8]}],
    )
    found = solve(formulation, "scip", Options(time_limit=1e-9))
    assert found.stop is Stop.time_limit
    assert found.outcome in (Outcome.no_answer, Outcome.limit)


def test_the_same_seed_gives_the_same_point() -> None:
    formulation, _ = CLOSED["saddle"]
    assert answer(formulation, seed=7).values == answer(formulation, seed=7).values


def test_ctrl_c_ends_the_search_with_what_it_holds() -> None:
    code = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a parent may ignore it
        "from solvitur import Formulation, Options, solve\n"
        "found = solve(Formulation.model_validate({'sets': [{'name': 'I', 'range': [1, 12]}],"
        "'variables': [{'name': 'x', 'index': ['I'], 'lower': -1, 'upper': 1}],"
        "'objective': {'sense': 'minimize',"
        "'expression': 'sum(sin(7 * i * j * x[i]) * x[j] for i in I for j in I)'}}), 'scip',"
        "Options(on_incumbent=lambda point: print('better', flush=True)))\n"
        "print(found.stop.value, found.holding.value, found.verification.ok)\n"
    )
    arguments = [sys.executable, "-c", code]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "better\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        said = process.stdout.read().splitlines()
    assert (process.returncode, said[-1]) == (0, "interrupted feasible True")


def test_nothing_but_our_own_output_reaches_stdout() -> None:
    code = (
        "from solvitur import Formulation, solve\n"
        "solve(Formulation.model_validate({'variables': [{'name': 'x', 'upper': 1}],"
        "'objective': {'sense': 'maximize', 'expression': 'x * exp(-x)'}}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
