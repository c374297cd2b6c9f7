from dataclasses import replace
from typing import Any

import pytest

from solvitur.agents.draft import Attempt, Draft, best, settled, votes
from solvitur.agents.reviewing import Review
from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, Finding, Severity
from solvitur.formulation.classify import ProblemClass
from solvitur.llm import Usage
from solvitur.solvers.solution import Holding, Solution, Stop, Verification

MADE = Formulation.model_validate(
    {"variables": [{"name": "x"}], "objective": {"sense": "minimize", "expression": "x"}}
)


def solution(
    objective: float | None, holding: Holding = Holding.optimal, ok: bool = True
) -> Solution:
    worst = None if ok else "row"
    check = None
    if objective is not None:
        check = Verification(ok, 0.0, worst, 0.0, objective, rows=3, tolerance=1e-6)
    return Solution(
        stop=Stop.proved,
        holding=holding,
        problem_class=ProblemClass.LP,
        solver="by hand",
        seconds=0.0,
        objective=objective,
        verification=check,
    )


def finding(code: Code) -> Finding:
    severity = Severity.error if code in (Code.invalid, Code.unlimited) else Severity.warning
    return Finding(code, severity, "objective", f"{code} it is")


def attempt(number: int, objective: float | None, *codes: Code, **parts: Any) -> Attempt:
    """A solved attempt with findings; None for one that was drafted and never solved."""
    found = tuple(map(finding, codes))
    solved = None if objective is None else solution(objective, **parts)
    return Attempt(number, Draft("direct", MADE), found, solved)


def unformulated(number: int) -> Attempt:
    return Attempt(number, Draft("direct", None, fault="no JSON"))


def infeasible(number: int) -> Attempt:
    return Attempt(number, Draft("direct", MADE), (), solution(None, Holding.infeasible))


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


def test_a_clean_attempt_settles_it() -> None:
    assert settled([unformulated(1), attempt(2, 5.0)])


def test_nothing_is_settled_before_the_first_attempt() -> None:
    assert not settled([])


def test_two_that_agree_settle_it_in_spite_of_warnings() -> None:
    assert settled([attempt(1, 5.0, Code.unused), attempt(2, 5.0, Code.invented_number)])


def test_two_that_agree_with_one_between_them_settle_it() -> None:
    assert settled([attempt(1, 5.0, Code.unused), unformulated(2), attempt(3, 5.0, Code.unused)])


def test_two_that_find_no_answer_agree_too() -> None:
    assert settled([infeasible(1), infeasible(2)])


def test_agreement_of_earlier_ones_does_not_settle_a_later_one() -> None:
    made = [attempt(1, 5.0, Code.unused), attempt(2, 5.0, Code.unused), attempt(3, 6.0, Code.sense)]
    assert not settled(made)


def test_an_error_is_not_settled_by_agreement() -> None:
    made = [attempt(1, 5.0, Code.unlimited), attempt(2, 5.0, Code.unlimited)]
    assert not settled(made)


def test_two_without_a_solution_do_not_agree() -> None:
    assert not settled([unformulated(1), unformulated(2)])
    assert not settled([attempt(1, None), attempt(2, None)])


@pytest.mark.parametrize(
    ("said", "agrees"),
    [([], None), ([None], None), ([None, False], False), ([False, True], True)],
)
def test_an_attempt_agrees_if_an_independent_route_does(
    said: list[bool | None], agrees: bool | None
) -> None:
    reviews = tuple(Review("code", agrees=each) for each in said)
    assert replace(attempt(1, 5.0), reviews=reviews).agrees is agrees


def test_an_independent_route_that_agrees_settles_it_in_spite_of_warnings() -> None:
    suspicious = attempt(1, 5.0, Code.unused)
    assert settled([replace(suspicious, reviews=(Review("code", agrees=True),))])
    assert not settled([replace(suspicious, reviews=(Review("code", agrees=False),))])
    wrong = attempt(1, 5.0, Code.unlimited)
    assert not settled([replace(wrong, reviews=(Review("code", agrees=True),))])


def test_an_independent_route_that_alone_disagrees_asks_for_one_more() -> None:
    dissent = (Review("code", ("it comes to 7",), agrees=False),)
    made = [replace(attempt(n, float(n)), reviews=dissent) for n in (1, 2)]
    assert not settled(made[:1])
    assert settled(made)
    assert not settled(made, samples=2)
    assert not settled([made[0], replace(made[1], findings=(finding(Code.unused),))])
    assert best(made) == made[0]


def test_of_two_alike_the_one_that_an_independent_route_agrees_with_is_best() -> None:
    alike = [attempt(1, 5.0, Code.unused), attempt(2, 6.0, Code.unused)]
    agreed = replace(alike[1], reviews=(Review("code", agrees=True),))
    assert best([alike[0], agreed]) == agreed


def test_samples_are_drawn_until_more_than_half_share_a_verdict() -> None:
    made = [attempt(1, 5.0), attempt(2, 6.0), attempt(3, 5.0), attempt(4, 7.0), attempt(5, 5.0)]
    assert [settled(made[:n], samples=5) for n in (1, 2, 3, 4, 5)] == [*[False] * 4, True]
    assert settled([attempt(1, 5.0), attempt(2, 5.0)], samples=3)
    assert votes(made[0], made) == 3
    assert best(made) == made[0]


# --- the best ------------------------------------------------------------------------------------


def test_of_no_attempt_there_is_no_best() -> None:
    assert best([]) is None


@pytest.mark.parametrize(
    ("attempts", "number"),
    [
        ([unformulated(1), attempt(2, None)], 2),
        ([attempt(1, None), attempt(2, 5.0, Code.unused, Code.sense)], 2),
        ([attempt(1, 5.0, Code.sense), attempt(2, 6.0)], 2),
        ([attempt(1, 5.0), attempt(2, 6.0, Code.unused)], 1),
        ([infeasible(1), attempt(2, 5.0, Code.forgotten_number)], 2),
        ([attempt(1, 5.0, Code.unused), attempt(2, 6.0, Code.unused)], 1),
        ([attempt(1, 5.0, Code.invalid), attempt(2, 6.0, Code.unused)], 2),
        ([unformulated(1), unformulated(2)], 1),
    ],
    ids=[
        "a formulation before none",
        "a solved one before one that is not",
        "a clean one",
        "the clean one although it came first",
        "an answer before none at all",
        "the earlier of two alike",
        "a valid one",
        "the earlier of two that are nothing",
    ],
)
def test_the_best_is(attempts: list[Attempt], number: int) -> None:
    chosen = best(attempts)
    assert chosen is not None
    assert chosen.round == number


def test_agreement_outweighs_one_light_finding() -> None:
    made = [
        attempt(1, 6.0, Code.invented_number),
        attempt(2, 5.0, Code.invented_number, Code.unused),
        attempt(3, 5.0, Code.invented_number, Code.unused),
    ]
    chosen = best(made)
    assert chosen is not None
    assert chosen.round == 2


def test_agreement_does_not_outweigh_an_error() -> None:
    made = [attempt(1, 5.0, Code.unlimited), attempt(2, 5.0, Code.unlimited), attempt(3, 6.0)]
    chosen = best(made)
    assert chosen is not None
    assert chosen.round == 3
