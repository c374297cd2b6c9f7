"""Every figure against finite differences: scipy solves the program again, a little moved.

A figure says how the best value moves with a number, one way, and how far. So a step inside the
range has to change the value by just that, and a step beyond it by something else. The programs are
made of small whole numbers, many of them degenerate on purpose.
"""

import functools
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from solvitur.formulation import Formulation
from solvitur.solvers import Entry, Kind, Method, Price, Sensitivity, Step, sensitivity, solve
from tests.solvers.roads import at_least_zero, best_active_set

Row = tuple[list[float], str, float]


@dataclass(frozen=True)
class Linear:
    """A linear program as numbers."""

    maximizes: bool
    goal: list[float]
    rows: list[Row]
    bounds: list[tuple[float | None, float | None]]

    def formulation(self) -> Formulation:
        return Formulation.model_validate(
            {
                "variables": [
                    {"name": f"x{n}", "lower": low, "upper": high}
                    for n, (low, high) in enumerate(self.bounds)
                ],
                "objective": {
                    "sense": "maximize" if self.maximizes else "minimize",
                    "expression": written(self.goal),
                },
                "constraints": [
                    {"name": f"r{n}", "expression": f"{written(row)} {operator} {right!r}"}
                    for n, (row, operator, right) in enumerate(self.rows)
                ],
            }
        )

    def best(self) -> float | None:
        """Solve it by scipy; `None` where there is no point."""
        sign = -1 if self.maximizes else 1
        at_most = [
            (np.array(row) * side, right * side)
            for row, o, right in self.rows
            if o != "=="
            for side in [1 if o == "<=" else -1]
        ]
        equal = [(row, right) for row, o, right in self.rows if o == "=="]
        found = linprog(
            [sign * c for c in self.goal],
            A_ub=[row for row, _ in at_most] or None,
            b_ub=[right for _, right in at_most] or None,
            A_eq=[row for row, _ in equal] or None,
            b_eq=[right for _, right in equal] or None,
            bounds=self.bounds,
        )
        assert found.status in (0, 2), found.message
        return sign * float(found.fun) if found.status == 0 else None

    def moved(self, price: Price, amount: float) -> "Linear":
        """Move the number that has a price."""
        place = int(price.requirement.name[1:])
        if price.requirement.kind is Kind.row:
            rows = list(self.rows)
            row, operator, right = rows[place]
            rows[place] = row, operator, right + amount
            return replace(self, rows=rows)
        bounds = list(self.bounds)
        low, high = bounds[place]
        if price.requirement.kind is Kind.lower_bound:
            assert low is not None
            bounds[place] = low + amount, high
        else:
            assert high is not None
            bounds[place] = low, high + amount
        return replace(self, bounds=bounds)

    def with_coefficient(self, place: int, value: float) -> "Linear":
        return replace(self, goal=[value if n == place else c for n, c in enumerate(self.goal)])

    def value(self, point: Mapping[int, float]) -> float:
        return sum(c * point[n] for n, c in enumerate(self.goal))


def written(row: list[float]) -> str:
    return " + ".join(f"({value!r}) * x{n}" for n, value in enumerate(row))


def drawn(seed: int, *, size: int = 4, count: int = 5) -> Linear:
    """Draw a bounded and feasible program; every second one has many rows through one point."""
    random_ = random.Random(seed)
    inside = [float(random_.randint(0, 3)) for _ in range(size)]
    tie = seed % 2 == 0
    rows: list[Row] = []
    for _ in range(count):
        row = [float(random_.choice([-2, -1, 0, 1, 2, 3])) for _ in range(size)]
        at = float(np.dot(row, inside))
        operator = random_.choice(["<=", "<=", ">=", "=="] if not tie else ["<=", ">=", "<="])
        slack = (
            0.0 if operator == "==" or (tie and random_.random() < 0.7) else random_.randint(1, 6)
        )
        rows.append((row, operator, at - slack if operator == ">=" else at + slack))
    rows.append(([1.0] * size, "<=", sum(inside) + random_.randint(0 if tie else 1, 5)))
    bounds: list[tuple[float | None, float | None]] = [
        (random_.choice([0.0, 0.0, None, -2.0]), random_.choice([None, 3.0, 8.0]))
        for _ in range(size)
    ]
    bounds = [(-9.0 if low is None else low, high) for low, high in bounds]
    goal = [float(random_.randint(-4, 6)) for _ in range(size)]
    return Linear(random_.random() < 0.5, goal, rows, bounds)


SEEDS = range(50)


@functools.cache
def told(seed: int) -> Sensitivity:
    return sensitivity(drawn(seed).formulation())


@pytest.mark.parametrize("seed", SEEDS)
def test_what_one_more_is_worth_is_what_scipy_finds_inside_and_not_beyond(seed: int) -> None:
    program = drawn(seed)
    best = program.best()
    assert best is not None
    found = told(seed)
    assert found.method is Method.duals
    assert found.objective == pytest.approx(best, abs=1e-7)
    for price in found.prices:
        for step, way in ((price.more, 1), (price.less, -1)):
            assert step is not None
            holds_as_far_as_it_says(program, price, step, way, best)


def holds_as_far_as_it_says(
    program: Linear, price: Price, step: Step, way: int, best: float
) -> None:
    if step.rate is None:
        assert program.moved(price, way * 1e-3).best() is None
        return
    for share in (0.001, 0.5, 0.999):
        amount = (7.0 if step.reach is None else step.reach) * share
        value = program.moved(price, way * amount).best()
        assert value == pytest.approx(best + step.rate * amount, abs=1e-6), (price, way)
    if step.reach is not None and step.is_exact:
        amount = step.reach + 0.125
        value = program.moved(price, way * amount).best()
        assert value is None or abs(value - best - step.rate * amount) > 1e-5, (price, way)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_stays_the_best_inside_its_range_of_coefficients_and_not_beyond(seed: int) -> None:
    program = drawn(seed)
    formulation = program.formulation()
    found = told(seed)
    assert len(found.entries) == len(program.goal)
    plan = {n: entry.value for n, entry in enumerate(found.entries)}
    shown = solve(formulation).values
    assert plan == pytest.approx({n: shown[f"x{n}"][()] for n in plan}, abs=1e-7)
    for place, entry in enumerate(found.entries):
        assert entry.coefficient == program.goal[place]
        for end, way in ((entry.lowest, -1), (entry.highest, 1)):
            inside = entry.coefficient + 50 * way if end is None else end - way * 1e-6
            assert is_best(program.with_coefficient(place, inside), plan)
            if end is not None:
                assert not is_best(program.with_coefficient(place, end + way * 0.125), plan)


def is_best(program: Linear, plan: Mapping[int, float]) -> bool:
    best = program.best()
    assert best is not None
    return abs(program.value(plan) - best) <= 1e-4


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reduced_cost_is_what_forcing_a_variable_costs(seed: int) -> None:
    program = drawn(seed)
    best = program.best()
    assert best is not None
    for place, entry in enumerate(told(seed).entries):
        low, high = program.bounds[place]
        at_low, at_high = (end is not None and abs(entry.value - end) < 1e-7 for end in (low, high))
        if not at_low and not at_high:
            assert entry.reduced_cost == 0
            continue
        way = 1e-3 if at_low else -1e-3
        fixed = list(program.bounds)
        fixed[place] = (entry.value + way, entry.value + way)
        forced = replace(program, bounds=fixed).best()
        if entry.reduced_cost is None:
            assert forced is None or low == high
        else:
            assert forced == pytest.approx(best + entry.reduced_cost * way, abs=1e-6)


def test_the_programs_drawn_have_vertices_of_every_kind() -> None:
    """Otherwise the tests above would say nothing of degenerate ones, or of others."""
    prices = [p for seed in SEEDS for p in told(seed).prices]
    binding = [price for price in prices if price.is_binding]
    assert sum(not price.is_smooth for price in binding) > 20
    assert sum(price.is_smooth and price.dual != 0 for price in binding) > 60


@pytest.mark.parametrize("seed", SEEDS)
def test_the_duals_prove_the_optimum(seed: int) -> None:
    """Each has the right sign for its row, and together they come to the best value."""
    program = drawn(seed)
    found = told(seed)
    gain = -1 if program.maximizes else 1
    for price in found.prices:
        assert price.dual is not None
        if price.is_smooth:
            assert price.more is not None
            assert price.more.rate == pytest.approx(price.dual, abs=1e-9)
        operator = price.requirement.text.split()[-2]
        assert gain * price.dual <= 1e-9 if operator == "<=" else True
        assert gain * price.dual >= -1e-9 if operator == ">=" else True
    total = sum(price.dual * price.limit for price in found.prices if price.dual is not None)
    assert total == pytest.approx(found.objective, abs=1e-6)


# --- worked examples -----------------------------------------------------------------------------


def shop(**changes: object) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "desk", "shelf"]}],
            "parameters": [
                {
                    "name": "profit",
                    "index": ["P"],
                    "unit": "USD/item",
                    "values": {"chair": 30, "desk": 50, "shelf": 10},
                },
                {"name": "hours", "value": 40, "unit": "h"},
            ],
            "variables": [{"name": "x", "index": ["P"], "unit": "item", "doc": "made"}],
            "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
            "constraints": [
                {
                    "name": "labour",
                    "expression": 'hours >= 2 * x["chair"] + 4 * x["desk"] + 2 * x["shelf"]',
                    "doc": "work",
                },
                {"name": "wood", "expression": '1 * x["chair"] + 1 * x["desk"] - 15 <= 0'},
                {"name": "room", "expression": 'x["shelf"] <= 26'},
            ],
            **changes,
        }
    )


def by_label(found: Sensitivity) -> dict[str, Price]:
    return {price.requirement.label: price for price in found.prices}


def entry(found: Sensitivity, label: str) -> Entry:
    (only,) = (entry for entry in found.entries if entry.label == label)
    return only


def test_the_report_says_worth_and_range_in_the_words_of_the_problem() -> None:
    assert str(sensitivity(shop())).splitlines() == [
        "What one more is worth:",
        "- labour (work), now 40 h: one h more is worth 10 USD, up to 20; "
        "one h less costs 10 USD, up to 10",
        "- wood, now 15: one more is worth 10 USD, up to 5; one less costs 10 USD, up to 5",
        "Not fully used: room (26 item left).",
        "The plan stays the best while the coefficient in the objective is:",
        "- x[chair] (made) = 10: from 25 to 40 (now 30)",
        "- x[desk] (made) = 5: from 40 to 60 (now 50)",
        "- x[shelf] (made) = 0: up to 20 (now 10)",
    ]


def test_the_report_calls_an_entry_by_its_own_words() -> None:
    doc = "chair: chairs made; desk: desks made; shelf: shelves made"
    variable = {"name": "x", "index": ["P"], "upper": 30, "doc": doc}
    found = sensitivity(shop(variables=[variable]))
    assert [entry.doc for entry in found.entries] == ["chairs made", "desks made", "shelves made"]
    assert by_label(found)["x[desk]"].requirement.doc == "desks made"


def test_a_reduced_cost_has_the_sign_of_the_objective() -> None:
    found = sensitivity(shop())
    assert entry(found, "x[shelf]").reduced_cost == pytest.approx(-10)
    assert entry(found, "x[chair]").reduced_cost == 0


def test_a_number_hidden_behind_a_zero_is_priced_as_itself() -> None:
    """``x + y - 15 <= 0``: one more of 15."""
    price = by_label(sensitivity(shop()))["wood"]
    assert (price.limit, price.dual) == (15, pytest.approx(10))


def test_at_a_degenerate_vertex_each_way_has_its_own_worth() -> None:
    """Two rows through one point of a line: more of one alone is worth nothing."""
    rows = [{"name": name, "expression": 'x["chair"] <= 5'} for name in ("a", "b")]
    one = shop(constraints=[*rows, {"name": "c", "expression": 'x["desk"] + x["shelf"] <= 0'}])
    price = by_label(sensitivity(one))["a"]
    assert price.more == Step(0.0, None)
    assert price.less == Step(pytest.approx(-30), pytest.approx(5))
    assert not price.is_smooth
    assert price.dual is not None
    assert 0 <= price.dual <= 30


def test_a_row_that_cannot_move_alone_is_said_so() -> None:
    rows = [{"name": name, "expression": 'x["chair"] == 5'} for name in ("a", "b")]
    fixed = shop(objective={"sense": "maximize", "expression": 'x["chair"]'}, constraints=rows)
    assert by_label(sensitivity(fixed))["a"].more == Step(None, 0.0)
    assert "Without room to move alone: a, b." in str(sensitivity(fixed)).splitlines()


def test_small_and_large_numbers_are_priced_alike() -> None:
    """What is scaled for solving is not seen in the figures."""
    rows = [
        {"name": "a", "expression": '0.00001 * x["chair"] <= 0.00004'},
        {"name": "b", "expression": 'x["desk"] + x["shelf"] <= 0'},
    ]
    tiny = shop(
        objective={"sense": "maximize", "expression": '0.0001 * x["chair"]'}, constraints=rows
    )
    price = by_label(sensitivity(tiny))["a"]
    assert price.more == Step(pytest.approx(10), None)
    assert price.less == Step(pytest.approx(-10), pytest.approx(0.00004))


def test_without_an_optimum_nothing_is_said() -> None:
    rows = [{"name": "a", "expression": 'x["chair"] <= -5'}]
    found = sensitivity(shop(constraints=rows))
    assert (found.method, found.prices, found.entries) == (None, (), ())
    assert str(found).startswith("There is no proved optimum")


# --- convex quadratic ----------------------------------------------------------------------------


def test_a_quadratic_price_is_the_derivative_of_the_best_value() -> None:
    """``min x**2 + 2 * y**2`` over ``x + y >= s`` is ``2 / 3 * s**2``."""
    square = Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y", "upper": 50}],
            "objective": {"sense": "minimize", "expression": "x ** 2 + 2 * y ** 2"},
            "constraints": [{"name": "sum", "expression": "x + y >= 6"}],
        }
    )
    found = sensitivity(square)
    price = by_label(found)["sum"]
    assert price.dual == pytest.approx(8, abs=1e-5)
    assert price.more == Step(pytest.approx(8, abs=1e-5), 0.0, is_exact=False)
    assert found.entries == ()
    assert str(found).splitlines() == [
        "What one more is worth:",
        "- sum, now 6: one more costs 8 at first; one less is worth 8 at first",
        "Not fully used: y <= 50 (48 left).",
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_quadratic_price_is_what_enumeration_finds_beside_it(seed: int) -> None:
    """Try every set of active rows, of the program and of the one a little beside it."""
    random_ = random.Random(seed)
    factor = np.array([[float(random_.randint(-2, 2)) for _ in range(3)] for _ in range(3)])
    square = factor @ factor.T + np.eye(3)
    slopes = [float(random_.randint(-9, 3)) for _ in range(3)]
    rows = [([float(random_.randint(-1, 3)) for _ in range(3)], 2.0 + n) for n in range(3)]
    found = sensitivity(curved(square, slopes, rows))
    assert found.method is Method.duals
    base = best_active_set(square, slopes, [*rows, *at_least_zero(3)])
    assert found.objective == pytest.approx(base, abs=1e-6)
    for n, price in enumerate(found.prices):
        for step, way in ((price.more, 1e-4), (price.less, -1e-4)):
            beside = [(row, right + way * (n == k)) for k, (row, right) in enumerate(rows)]
            change = best_active_set(square, slopes, [*beside, *at_least_zero(3)]) - base
            assert step is not None
            assert step.rate == pytest.approx(change / abs(way), abs=2e-3)


def curved(square: np.ndarray, slopes: list[float], rows: list[tuple[list[float], float]]) -> Any:
    terms = [f"({float(square[i, j])!r}) * x{i} * x{j}" for i in range(3) for j in range(3)]
    return Formulation.model_validate(
        {
            "variables": [{"name": f"x{n}"} for n in range(3)],
            "objective": {
                "sense": "minimize",
                "expression": f"{' + '.join(terms)} + {written(slopes)}",
            },
            "constraints": [
                {"name": f"r{n}", "expression": f"{written(row)} <= {right!r}"}
                for n, (row, right) in enumerate(rows)
            ],
        }
    )
