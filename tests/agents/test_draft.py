from dataclasses import replace

import pytest

from solvitur.agents.draft import Attempt, Draft
from solvitur.agents.reviewing import Review
from solvitur.agents.voting import best
from solvitur.formulation.checks import Code
from solvitur.llm import Usage
from solvitur.solvers.solution import Holding
from tests.agents.attempts import MADE, attempt, finding, infeasible, solution

# --- evidence ------------------------------------------------------------------------------------


def test_a_solved_attempt_without_findings_is_clean() -> None:
    assert attempt(1, 5.0).is_clean
    assert attempt(1, 5.0).evidence == ()


def test_a_fault_a_finding_and_a_trouble_are_evidence() -> None:
    draft = Draft("direct", MADE, fault="the reply was cut")
    made = Attempt(1, draft, (finding(Code.unused),), None, "the solver cannot take it")
    assert made.evidence == (
        "the reply was cut",
        "objective: unused it is",
        "the solver cannot take it",
    )


@pytest.mark.parametrize("holding", [Holding.infeasible, Holding.unbounded])
def test_a_problem_without_an_answer_is_evidence(holding: Holding) -> None:
    made = Attempt(1, Draft("direct", MADE), (), solution(None, holding))
    (line,) = made.evidence
    assert holding.value in line
    assert not made.is_clean


def test_an_answer_that_is_not_confirmed_is_evidence() -> None:
    made = attempt(1, 5.0, ok=False)
    assert "NOT confirmed" in made.evidence[0]
    assert not made.is_clean


@pytest.mark.parametrize(("values", "is_idle"), [((0.0, 1e-12), True), ((0.0, 3.0), False)])
def test_an_optimum_at_which_nothing_is_done_is_evidence(
    values: tuple[float, ...], is_idle: bool
) -> None:
    point = {"x": {(n,): value for n, value in enumerate(values)}}
    made = Attempt(1, Draft("direct", MADE), (), replace(solution(0.0), values=point))
    assert made.is_idle is is_idle
    assert made.is_clean is not is_idle
    assert (made.penalty > 0) is is_idle
    assert any("what has to be done is missing" in line for line in made.evidence) is is_idle


def test_an_attempt_that_was_never_solved_is_not_clean() -> None:
    assert not attempt(1, None).is_clean


def test_what_a_reviewer_found_is_evidence_and_weighs() -> None:
    reviewed = replace(attempt(1, 5.0), reviews=(Review("second-reading", ("nothing says 7",)),))
    assert reviewed.evidence == ("nothing says 7",)
    assert not reviewed.is_clean
    assert best([reviewed, attempt(2, 6.0)]) == attempt(2, 6.0)


def test_what_reviews_used_up_is_counted() -> None:
    draft = Draft("direct", MADE, usage=Usage(prompt_tokens=5))
    reviews = (Review("code", usage=Usage(prompt_tokens=7)), Review("second-reading"))
    assert Attempt(1, draft, reviews=reviews).usage == Usage(prompt_tokens=12)


def test_what_is_tolerated_does_not_call_for_a_repair() -> None:
    made = attempt(1, 5.0, Code.forgotten_number)
    assert not made.is_clean
    assert replace(made, tolerated=frozenset({Code.forgotten_number})).is_clean


# --- agreement -----------------------------------------------------------------------------------


def test_two_attempts_agree_when_outcome_and_six_digits_do() -> None:
    assert attempt(1, 1234.5678).verdict == attempt(2, 1234.5679).verdict
    assert attempt(1, 1234.5).verdict != attempt(2, 1235.5).verdict
    assert attempt(1, 0.0).verdict != infeasible(2).verdict
    assert attempt(1, None).verdict is None


@pytest.mark.parametrize(
    ("said", "agrees"),
    [([], None), ([None], None), ([None, False], False), ([False, True], True)],
)
def test_an_attempt_agrees_if_an_independent_route_does(
    said: list[bool | None], agrees: bool | None
) -> None:
    reviews = tuple(Review("code", agrees=each) for each in said)
    assert replace(attempt(1, 5.0), reviews=reviews).agrees is agrees
