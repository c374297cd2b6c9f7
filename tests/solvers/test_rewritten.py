"""What is not linear, but said by linear rows, is told of under the name of its element."""

from typing import Any

import pytest

from solvitur.formulation import Formulation
from solvitur.solvers import Outcome, conflict, ray, relaxation, sensitivity, solve, what_if


def made(*rows: str, **changes: Any) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["a", "b"]}],
            "variables": [
                {"name": "x", "index": ["P"], "upper": 10},
                {"name": "y", "upper": 20, "unit": "h"},
                {"name": "on", "domain": "binary"},
            ],
            "objective": {"sense": "minimize", "expression": "y"},
            "constraints": [{"name": f"row{n}", "expression": row} for n, row in enumerate(rows)],
            **changes,
        }
    )


def rows(*constraints: dict[str, str]) -> Formulation:
    return made(constraints=list(constraints))


NEAR = {"name": "near", "forall": "p in P", "expression": "abs(x[p] - 5) <= 1", "doc": "about 5"}
CAP = {"name": "cap", "expression": "sum(x[p] for p in P) <= 7"}
LOOSE = {"name": "loose", "expression": "max(y, 3) <= 15"}


def test_a_conflict_names_the_rows_as_they_are_written() -> None:
    assert str(conflict(rows(NEAR, LOOSE, CAP))).splitlines() == [
        "Together with the bounds of x these contradict each other; without any one of them, the "
        "others can hold:",
        "- near[a]: abs(x[p] - 5) <= 1, p = a (about 5)",
        "- near[b]: abs(x[p] - 5) <= 1, p = b (about 5)",
        "- cap: x[a] + x[b] <= 7",
    ]


def test_a_row_that_needs_bounds_is_not_said_to_fail_alone() -> None:
    variables = [{"name": "u", "upper": 10}, {"name": "v", "upper": 10}, {"name": "y"}]
    asked = made("max(u, v) >= 12", variables=variables)
    found = conflict(asked)
    assert str(found).splitlines() == [
        "Together with the bounds of u and v this cannot hold:",
        "- row0: max(u, v) >= 12",
    ]
    for name in found.resting:
        assert what_if(asked, bounds={name: (None, 12)}).after.outcome is Outcome.solved


def test_a_row_between_numbers_still_fails_alone() -> None:
    found = conflict(made("max(y, 3) <= 15", "3 >= 4"))
    assert found.resting == ()
    assert str(found).startswith("This alone cannot hold:")


def test_each_member_is_needed_in_the_formulation_itself() -> None:
    """Drop one row after the other from the text, and solve."""
    implied = {"name": "if", "forall": "p in P", "expression": "implies(on == 1, x[p] >= 7)"}
    need = {"name": "need", "expression": "on * y >= 3"}
    few = {"name": "few", "expression": "sum(x[p] for p in P) <= 13"}
    names = {member.name for member in conflict(rows(implied, need, few, LOOSE)).members}
    assert names == {"if", "need", "few", "on"}
    whole = [implied, need, few, LOOSE]
    assert solve(rows(*whole)).outcome is Outcome.infeasible
    for left_out in ("if", "need", "few"):
        others = [row for row in whole if row["name"] != left_out]
        assert solve(rows(*others)).outcome is Outcome.solved


def test_an_element_of_which_only_what_is_added_contradicts_is_named() -> None:
    """The lines of the objective end at 10, and 12 are wanted."""
    goal = {"sense": "minimize", "expression": "piecewise(y, ((0, 0), (5, 9), (10, 11)))"}
    found = conflict(made("y >= 12", objective=goal))
    assert {(member.name, member.text) for member in found.members} >= {("row0", "y >= 12")}
    assert all(member.name in ("row0", "y", "objective") for member in found.members)
    assert found.is_irreducible


def test_a_relaxation_changes_what_is_written() -> None:
    found = relaxation(rows(NEAR, LOOSE, CAP))
    (change,) = found.changes
    assert change.requirement.name in ("near", "cap")
    assert found.outcome is Outcome.solved


def test_a_change_beside_bounds_that_stay_is_not_called_the_least() -> None:
    """One more of the 19 of v is a smaller share than one less of the 5 of the row."""
    variables = [{"name": "u", "upper": 10}, {"name": "v", "upper": 19}, {"name": "y"}]
    asked = made("max(u - 15, v - 15) >= 5", variables=variables)
    found = relaxation(asked)
    assert str(found).splitlines() == [
        "With this change there is an answer:",
        "- row0: 4 instead of 5 (1 less)",
        "Then the objective is 0.",
        "Left as it is, as what is not linear goes by it: bounds of u, bounds of v.",
    ]
    after = what_if(asked, limits={"row0": 4}).after
    assert after.objective == pytest.approx(found.objective)
    assert what_if(asked, bounds={"v": (None, 20)}).after.outcome is Outcome.solved
    assert found.total == pytest.approx(0.2)


def test_where_nothing_else_helps_it_is_said_what_was_not_tried() -> None:
    variables = [{"name": "x", "upper": 10}, {"name": "y"}, {"name": "on", "domain": "binary"}]
    rows = "implies(on == 0, x >= y + 12)", "implies(on == 1, x >= y + 13)"
    found = relaxation(made(*rows, variables=variables))
    assert str(found).splitlines() == [
        "No change of the other constant sides gives an answer.",
        "Left as it is, as what is not linear goes by it: bounds of x, row0, row1.",
    ]


def test_a_linear_change_is_still_the_least() -> None:
    assert str(relaxation(made("y >= 12", "y <= 8"))).startswith("With the least change")


def test_what_is_added_has_no_price_and_no_entry() -> None:
    goal = {"sense": "minimize", "expression": "2 * abs(y - 4) + max(x[p] for p in P)"}
    variables = [{"name": "x", "index": ["P"]}, {"name": "y"}]
    asked = made("sum(x[p] for p in P) >= 6", "y >= 7", objective=goal, variables=variables)
    found = sensitivity(asked)
    assert [entry.label for entry in found.entries] == ["x[a]", "x[b]", "y"]
    prices = {price.requirement.name: price.dual for price in found.prices}
    assert prices == {"row0": pytest.approx(0.5), "row1": pytest.approx(2)}


def test_a_ray_moves_only_what_is_written() -> None:
    goal = {"sense": "minimize", "expression": "max(x[p] for p in P) - 3 * y"}
    variables = [{"name": "x", "index": ["P"]}, {"name": "y"}]
    open_ = made("y <= x['a'] + x['b']", objective=goal, variables=variables)
    found = ray(open_)
    assert {move.label: move.rate for move in found.moves} == {"x[a]": 1, "x[b]": 1, "y": 2}
    assert found.gain == pytest.approx(-5)


def test_a_trial_is_of_what_is_written() -> None:
    whole = [{"name": "x", "index": ["P"], "domain": "integer", "upper": 10}]
    goal = {"sense": "maximize", "expression": "sum(x[p] for p in P)"}
    asked = made("abs(x['a'] - 5) <= 1", "2 * x['b'] <= 7", variables=whole, objective=goal)
    found = sensitivity(asked)
    steps = {price.requirement.name: price.more for price in found.prices if price.is_binding}
    assert {name: step.rate for name, step in steps.items() if step} == {"row0": 1, "row1": 1}
