"""All optimal points of an answer: its own first, in the time that it left."""

from pathlib import Path
from typing import Any

import pytest

from solvitur.agents import Effort, list_optima, solve_formulation
from solvitur.formulation import Formulation
from solvitur.solvers import Options

TWO_OF_THREE: dict[str, Any] = {
    "sets": [{"name": "P", "elements": ["a", "b", "c"]}],
    "variables": [{"name": "x", "index": ["P"], "domain": "binary"}],
    "objective": {"sense": "maximize", "expression": "sum(x[p] for p in P)"},
    "constraints": [{"name": "room", "expression": "sum(2 * x[p] for p in P) <= 5"}],
}
ANY_SHARE = {**TWO_OF_THREE, "variables": [{"name": "x", "index": ["P"], "upper": 1}]}
"""The same without whole numbers: three corners, at each of which one of them is a half."""
CURVED = {
    "variables": [{"name": "x"}],
    "objective": {"sense": "minimize", "expression": "(x - 3) * (x - 3)"},
}


@pytest.mark.parametrize(
    ("five", "points", "is_complete"),
    [(TWO_OF_THREE, 3, True), (ANY_SHARE, 3, True), (CURVED, 1, False)],
)
def test_the_points_are_those_of_a_search_from_nothing(
    five: dict[str, Any], points: int, is_complete: bool
) -> None:
    answer = solve_formulation(Formulation.model_validate(five))
    listing = list_optima(answer, 9, Effort()).optima
    assert listing is not None
    assert (len(listing.points), listing.is_complete) == (points, is_complete)
    assert answer.variables in listing.points


def test_the_first_point_is_not_looked_for_again(tmp_path: Path) -> None:
    log = tmp_path / "solver.log"
    answer = solve_formulation(Formulation.model_validate(TWO_OF_THREE))
    list_optima(answer, 1, Effort(options=Options(log_file=log)))
    assert log.read_text().count("MIP has") == 1  # whether there is a second one


@pytest.mark.parametrize("bound", [2.0, 3.0])
def test_where_no_time_is_left_the_point_of_the_answer_is_listed(bound: float) -> None:
    effort = Effort(seconds=60, options=Options(time_limit=60))
    answer = solve_formulation(Formulation.model_validate(TWO_OF_THREE), effort)
    assert answer.verification is not None
    proved = answer.verification.model_copy(update={"bound": bound})
    late = answer.model_copy(update={"seconds": 61.0, "verification": proved})
    listing = list_optima(late, 9, effort).optima
    assert listing is not None
    assert (listing.points, listing.is_complete) == ((answer.variables,), False)
    assert "cut short" in listing.message


def test_a_point_that_is_only_nearly_proved_is_proved_before_others_are_listed() -> None:
    effort = Effort(options=Options(gap=0.5))
    answer = solve_formulation(Formulation.model_validate(TWO_OF_THREE), effort)
    assert answer.verification is not None
    loose = answer.verification.model_copy(update={"bound": 3.0})
    listing = list_optima(answer.model_copy(update={"verification": loose}), 9, effort).optima
    assert listing is not None
    assert (len(listing.points), listing.is_complete) == (3, True)
