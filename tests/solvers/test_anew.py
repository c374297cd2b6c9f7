"""Where rows go by bounds, what one more is worth is what comes of the changed formulation."""

from itertools import pairwise, product
from typing import Any

import pytest

from solvitur.formulation import Formulation
from solvitur.solvers import Kind, Method, Options, Price, sensitivity, what_if


def made(goal: str, *rows: str, sense: str = "minimize", **uppers: float) -> Formulation:
    variables: list[dict[str, Any]] = [{"name": n, "upper": end} for n, end in uppers.items()]
    return Formulation.model_validate(
        {
            "variables": [*variables, {"name": "on", "domain": "binary"}],
            "objective": {"sense": sense, "expression": goal},
            "constraints": [{"name": f"row{n}", "expression": row} for n, row in enumerate(rows)],
        }
    )


def by_what_if(asked: Formulation, price: Price, step: float) -> float | None:
    end, label = price.limit + step, price.requirement.label
    if price.requirement.kind is Kind.row:
        return what_if(asked, limits={label: end}).change
    ends = (None, end) if price.requirement.kind is Kind.upper_bound else (end, None)
    return what_if(asked, bounds={label: ends}).change


LINES = "piecewise(u, ((0, 0), (5, 20), (20, 30)))"
MIXED = {
    "a product": made("3 * make * on - 5 * on", sense="maximize", make=100),
    "lines": made(f"{LINES} + 2.5 * z", "u + z >= 15", u=10, z=30),
    "the larger one": made("z + on", "max(u, v) >= 9.5", "z >= u", "z >= v", u=10, v=4, z=20),
    "a condition": made(
        "x + 2 * y - on", "implies(on == 0, x >= 20)", "x + y <= 30", sense="maximize", x=25, y=8
    ),
    "a folded part": Formulation.model_validate(
        {
            "variables": [
                {"name": "x", "lower": 0.5, "upper": 9, "domain": "integer"},
                {"name": "y", "upper": 4},
            ],
            "objective": {"sense": "minimize", "expression": "abs(x) + x - y"},
            "constraints": [{"name": "row0", "expression": "y - x <= 1"}],
        }
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_a_trial_of_a_bound_is_of_the_formulation_itself(name: str) -> None:
    asked = MIXED[name]
    found = sensitivity(asked)
    assert found.method is Method.trials
    tried = 0
    for price, way in product(found.prices, (1, -1)):
        if price.is_binding:
            step = price.more if way > 0 else price.less
            assert step is not None
            change = by_what_if(asked, price, way)
            assert step.rate == (None if change is None else pytest.approx(change, abs=1e-5))
            tried += 1
    assert tried


def test_a_product_is_worth_what_a_larger_bound_brings() -> None:
    (price,) = sensitivity(MIXED["a product"]).prices
    assert price.more is not None
    assert price.more.rate == pytest.approx(3)


LINEAR = {
    "least of the largest": ("max(u, v) + 2 * z", ("u + v + z >= 30",), "minimize"),
    "limit of the largest": ("u + v", ("max(u, v) <= 15",), "maximize"),
    "lines": ("piecewise(u, ((0, 0), (5, 20), (20, 30))) + v", (), "maximize"),
    "folded": ("max(u, 10) + max(v, 3)", ("u + v + z >= 31",), "minimize"),
}


@pytest.mark.parametrize("name", LINEAR)
def test_a_price_of_a_linear_program_holds_in_the_formulation_itself(name: str) -> None:
    goal, rows, sense = LINEAR[name]
    plain = made(goal, *rows, sense=sense, u=10, v=12, z=9).model_dump()
    plain["variables"] = [v for v in plain["variables"] if v["name"] != "on"]
    asked = Formulation.model_validate(plain)
    found = sensitivity(asked)
    assert found.method is Method.duals
    binding = [price for price in found.prices if price.is_binding]
    assert binding or found.message
    for price, way in product(binding, (1, -1)):
        step = price.more if way > 0 else price.less
        assert step is not None
        for move in (0.25, 1.0) if step.reach is None or step.reach >= 1 else (0.01,):
            change = by_what_if(asked, price, way * move)
            if step.rate is None:
                assert change is None
            elif step.reach != 0:
                assert change == pytest.approx(step.rate * move, abs=1e-5)


def test_a_row_that_holds_on_a_condition_is_left_out_and_that_is_said() -> None:
    asked = made(
        "x", "implies(on == 1, x <= 7)", "implies(on == 0, x <= 6)", sense="maximize", x=25
    )
    found = sensitivity(asked)
    assert all(price.requirement.name == "x" for price in found.prices)
    assert found.message.startswith("Left out, as the rows that say what is not linear go by them")


def test_where_the_time_was_up_no_optimum_is_denied() -> None:
    names = [f"x{n}" for n in range(150)]
    asked = made(
        " + ".join(names),
        *(f"{a} + 2 * {b} <= {n + 3}" for n, (a, b) in enumerate(pairwise(names))),
        sense="maximize",
        **dict.fromkeys(names, 9.0),
    )
    found = sensitivity(asked, Options(time_limit=1e-6))
    assert found.method is None
    assert str(found).startswith("The time was up before the sensitivity was found out")
