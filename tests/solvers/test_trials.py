"""What one more unit is worth in an integer program, against scipy's answer to the changed one."""

import random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from solvitur.formulation import Formulation
from solvitur.solvers import Kind, Method, Options, Price, Sensitivity, Step, sensitivity

Packing = tuple[list[int], list[list[int]], list[int], list[int]]
"""Gains, rows of weights, their limits, and the most of each."""


def drawn(seed: int) -> Packing:
    random_ = random.Random(seed)
    gains = [random_.randint(3, 12) for _ in range(5)]
    rows = [[random_.randint(1, 9) for _ in gains] for _ in range(3)]
    return (
        gains,
        rows,
        [random_.randint(15, 40) for _ in rows],
        [random_.randint(1, 4) for _ in gains],
    )


def written(packing: Packing) -> Formulation:
    gains, rows, limits, most = packing

    def total(row: list[int]) -> str:
        return " + ".join(f"{value} * x{n}" for n, value in enumerate(row))

    return Formulation.model_validate(
        {
            "variables": [
                {"name": f"x{n}", "domain": "integer", "upper": high} for n, high in enumerate(most)
            ],
            "objective": {"sense": "maximize", "expression": total(gains)},
            "constraints": [
                {"name": f"r{n}", "expression": f"{total(row)} <= {limit}"}
                for n, (row, limit) in enumerate(zip(rows, limits, strict=True))
            ],
        }
    )


def best(packing: Packing) -> float:
    gains, rows, limits, most = packing
    found = milp(
        [-gain for gain in gains],
        constraints=LinearConstraint(np.array(rows), -np.inf, limits),
        bounds=Bounds(0, most),
        integrality=[1] * len(gains),
    )
    assert found.status == 0
    return -float(found.fun)


def moved(packing: Packing, price: Price, way: int) -> Packing:
    gains, rows, limits, most = packing
    place = int(price.requirement.name[1:])
    limits, most = list(limits), list(most)
    (limits if price.requirement.kind is Kind.row else most)[place] += way
    return gains, rows, limits, most


@pytest.mark.parametrize("seed", range(15))
def test_one_more_and_one_less_are_worth_what_scipy_finds(seed: int) -> None:
    packing = drawn(seed)
    found = sensitivity(written(packing))
    assert found.method is Method.trials
    assert found.objective == pytest.approx(best(packing))
    for price in found.prices:
        if not price.is_binding:
            assert price.slack > 1
            continue
        for step, way in ((price.more, 1), (price.less, -1)):
            assert step is not None
            change = best(moved(packing, price, way)) - best(packing)
            assert step == Step(pytest.approx(change), 1.0)


def knapsack(**changes: object) -> Formulation:
    return Formulation.model_validate(
        {
            "parameters": [{"name": "room", "value": 10, "unit": "kg"}],
            "variables": [
                {"name": "a", "domain": "integer", "unit": "item"},
                {"name": "b", "domain": "binary"},
            ],
            "objective": {"sense": "maximize", "expression": "3 * a + 5 * b"},
            "constraints": [
                {"name": "carry", "expression": "3 * a + 4 * b <= room", "doc": "not too heavy"},
                {"name": "few", "expression": "a <= 90"},
                {"name": "tied", "expression": "b <= a"},
            ],
            **changes,
        }
    )


def test_the_report_says_what_comes_of_one_more_and_of_one_less() -> None:
    """Ten take b and two of a; nine take b and one of a, or three of a."""
    assert str(sensitivity(knapsack())).splitlines() == [
        "What one more is worth:",
        "- carry (not too heavy), now 10 kg: one kg more changes nothing; one kg less costs 2",
        "Not fully used: few (88 item left).",
    ]


def test_what_rules_every_answer_out_is_said_so() -> None:
    rows = [{"name": "sum", "expression": "2 * a == 8"}]
    (price,) = sensitivity(knapsack(constraints=rows)).prices
    assert (price.more, price.less, price.dual) == (Step(None, 0.0), Step(None, 0.0), None)


def test_a_row_that_hangs_things_together_is_not_tried() -> None:
    labels = [price.requirement.label for price in sensitivity(knapsack()).prices]
    assert labels == ["carry", "few"]


def test_what_is_too_much_to_try_is_counted() -> None:
    rows = [{"name": f"r{n}", "expression": "3 * a + 4 * b <= room"} for n in range(30)]
    found = sensitivity(knapsack(constraints=rows))
    assert len(found.prices) == 24
    assert found.message == "6 more that are fully used were not tried."


def test_trials_end_with_the_time() -> None:
    rows = [{"name": f"r{n}", "expression": "3 * a + 4 * b <= room"} for n in range(20)]
    found: Sensitivity = sensitivity(knapsack(constraints=rows), Options(time_limit=1e-6))
    assert found.seconds < 5
    assert str(found)
