"""The second opinion convicts every kind of wrong answer."""

import pytest

from solvitur.formulation import Formulation
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance
from solvitur.solvers.verify import verify

INSTANCE = Instance(
    Formulation.model_validate(
        {
            "variables": [
                {"name": "x", "domain": "integer", "upper": 9},
                {"name": "y", "lower": None},
            ],
            "objective": {"sense": "maximize", "expression": "3 * x + y"},
            "constraints": [
                {"name": "room", "expression": "x + y <= 10"},
                {"name": "tie", "expression": "x - y == 2"},
            ],
        }
    )
)


def point(x: float, y: float) -> dict[str, dict[Key, float]]:
    return {"x": {(): x}, "y": {(): y}}


def test_a_right_point_with_its_objective_is_confirmed() -> None:
    check = verify(INSTANCE, point(6, 4), 22)
    assert check.ok
    assert (check.objective, check.max_violation, check.worst) == (22, 0, None)
    assert "all 4 rows and bounds hold" in str(check)


@pytest.mark.parametrize(
    ("x", "y", "worst"),
    [
        (7, 5, "room"),
        (6, 3, "tie"),
        (-3, -5, "a bound of x"),
        (10, 8, "room"),
    ],
)
def test_a_violated_row_or_bound_is_named(x: float, y: float, worst: str) -> None:
    check = verify(INSTANCE, point(x, y), None)
    assert (check.ok, check.worst) == (False, worst)
    assert worst in str(check)


def test_a_number_that_should_be_whole_is_convicted() -> None:
    check = verify(INSTANCE, point(5.5, 3.5), None)
    assert (check.ok, check.integrality) == (False, 0.5)


def test_an_objective_that_is_not_as_claimed_is_convicted() -> None:
    assert not verify(INSTANCE, point(6, 4), 22.1).ok


def test_what_rounding_leaves_is_forgiven() -> None:
    assert verify(INSTANCE, point(6, 4 + 1e-9), 22).ok


def test_each_link_of_a_chain_and_each_entry_is_judged() -> None:
    instance = Instance(
        Formulation.model_validate(
            {
                "sets": [{"name": "P", "elements": ["a", "b"]}],
                "variables": [{"name": "x", "index": ["P"], "over": "p in P", "upper": "5"}],
                "objective": {"sense": "minimize", "expression": "x['a']"},
                "constraints": [
                    {"name": "band", "forall": "p in P", "expression": "1 <= x[p] <= x['a'] <= 4"}
                ],
            }
        )
    )
    assert verify(instance, {"x": {("a",): 3, ("b",): 2}}, 3).ok
    wrong = verify(instance, {"x": {("a",): 3, ("b",): 3.5}}, 3)
    assert (wrong.worst, wrong.rows) == ("band[b]", 6)
    assert verify(instance, {"x": {("a",): 4.5, ("b",): 2}}, None).worst == "band[a]"
    assert verify(instance, {"x": {("a",): 3, ("b",): -1}}, None).worst == "band[b]"


def test_a_violation_is_relative_to_the_size_of_the_sides() -> None:
    instance = Instance(
        Formulation.model_validate(
            {
                "variables": [{"name": "x"}],
                "objective": {"sense": "minimize", "expression": "x"},
                "constraints": [{"name": "c", "expression": "x >= 1e9"}],
            }
        )
    )
    assert verify(instance, {"x": {(): 1e9 - 1}}, None).ok
    assert not verify(instance, {"x": {(): 1e9 - 2e3}}, None).ok


def test_a_point_where_a_row_has_no_value_is_convicted() -> None:
    instance = Instance(
        Formulation.model_validate(
            {
                "variables": [{"name": "x", "lower": None}],
                "objective": {"sense": "minimize", "expression": "x"},
                "constraints": [{"name": "c", "expression": "log(x) >= 0"}],
            }
        )
    )
    check = verify(instance, {"x": {(): -1.0}}, None)
    assert (check.ok, check.worst, check.max_violation) == (False, "c", float("inf"))
