"""What a solution says of itself, for every way that a solver can end."""

from typing import Any

import pytest

from solvitur.formulation.classify import ProblemClass
from solvitur.solvers import Holding, Outcome, Solution, Stop, Verification
from solvitur.solvers.solution import plain


def solution(
    stop: Stop = Stop.proved, holding: Holding = Holding.optimal, **fields: Any
) -> Solution:
    return Solution(
        stop=stop,
        holding=holding,
        problem_class=ProblemClass.LP,
        solver="HiGHS 1",
        seconds=0.1,
        **fields,
    )


def verification(**fields: Any) -> Verification:
    said = {
        "ok": True,
        "max_violation": 0.0,
        "worst": None,
        "integrality": 0.0,
        "objective": 7.0,
        "rows": 3,
        "tolerance": 1e-6,
    }
    return Verification(**{**said, **fields})


@pytest.mark.parametrize(
    ("stop", "holding", "outcome"),
    [
        (Stop.proved, Holding.optimal, Outcome.solved),
        (Stop.proved, Holding.infeasible, Outcome.infeasible),
        (Stop.proved, Holding.unbounded, Outcome.unbounded),
        (Stop.time_limit, Holding.feasible, Outcome.limit),
        (Stop.time_limit, Holding.nothing, Outcome.no_answer),
        (Stop.iteration_limit, Holding.feasible, Outcome.limit),
        (Stop.interrupted, Holding.nothing, Outcome.no_answer),
        (Stop.failed, Holding.nothing, Outcome.error),
        (Stop.failed, Holding.feasible, Outcome.error),
    ],
)
def test_the_outcome_is_one_word_for_why_and_what(
    stop: Stop, holding: Holding, outcome: Outcome
) -> None:
    assert solution(stop, holding).outcome is outcome


@pytest.mark.parametrize("holding", Holding)
def test_only_an_optimal_or_feasible_holding_is_a_point(holding: Holding) -> None:
    assert solution(holding=holding).has_point == (holding in ("optimal", "feasible"))


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (100.0, 90.0, 0.1),
        (0.5, 0.0, 0.5),
        (-10.0, -11.0, 0.1),
        (3.0, None, None),
        (None, 3.0, None),
    ],
)
def test_the_gap_is_relative_to_the_objective(
    objective: float | None, bound: float | None, gap: float | None
) -> None:
    assert solution(objective=objective, bound=bound).gap == gap


def test_variables_are_nested_by_key_as_in_json() -> None:
    values = {"x": {(): 2.0}, "y": {("a", 1): 0.5, ("a", 2): 3.0, ("b", 1): 1e20}}
    assert solution(values=values).variables() == {
        "x": 2,
        "y": {"a": {"1": 0.5, "2": 3}, "b": {"1": 1e20}},
    }


def test_a_whole_number_is_plain() -> None:
    assert [repr(plain(value)) for value in (40.0, 0.5, -0.0, 1e16)] == ["40", "0.5", "0", "1e+16"]


def test_the_report_names_outcome_objective_entries_and_second_opinion() -> None:
    report = solution(
        objective=7.0, values={"x": {("a",): 3.5}}, verification=verification(), message="note"
    )
    assert str(report).splitlines() == [
        "solved (LP, HiGHS 1)",
        "objective 7",
        "  x[a] = 3.5",
        "checked again on the formulation: all 3 rows and bounds hold (largest violation 0.0e+00)",
        "note",
    ]


def test_the_report_of_nothing_is_one_line() -> None:
    assert str(solution(holding=Holding.infeasible)) == "infeasible (LP, HiGHS 1)"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"worst": "room[a]", "max_violation": 0.25}, "room[a] is violated by 2.5e-01"),
        ({"integrality": 0.5}, "the objective or a whole number is not as claimed"),
    ],
)
def test_a_verification_that_fails_says_so(fields: dict[str, Any], words: str) -> None:
    assert str(verification(ok=False, **fields)) == f"NOT confirmed: {words}"


def test_a_solution_does_not_show_or_compare_what_was_solved() -> None:
    assert solution(instance=object()) == solution(instance=None)
    assert "instance" not in repr(solution(instance=object()))


def test_what_settles_a_problem_is_conclusive_and_so_is_an_answer_at_a_limit() -> None:
    settled = {Outcome.solved, Outcome.infeasible, Outcome.unbounded}

    assert {outcome for outcome in Outcome if outcome.is_final} == settled
    assert {outcome for outcome in Outcome if outcome.is_conclusive} == {*settled, Outcome.limit}
