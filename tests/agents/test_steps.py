"""What the agent is at, in lines."""

from dataclasses import replace

from solvitur.agents.draft import Attempt, Draft
from solvitur.agents.graph import State
from solvitur.agents.steps import step_lines
from solvitur.formulation import Formulation
from solvitur.formulation.checks import check
from solvitur.solvers import solve
from tests.cli.problems import CHAIRS, TEXT

FIVE = Formulation.model_validate(CHAIRS)
SOLVED = Attempt(2, Draft("direct", FIVE), check(FIVE, TEXT), solve(FIVE))


def test_each_step_says_what_it_found() -> None:
    state: State = {"attempt": SOLVED}
    assert step_lines("formulate", state) == [
        "round 2, formulate (direct): 1 variable, 1 constraint"
    ]
    assert step_lines("check", state) == ["round 2, check: no findings"]
    assert step_lines("solve", state) == ["round 2, solve: solved, objective 180"]
    assert step_lines("verify", state) == ["round 2, verify: confirmed"]


def test_what_is_proved_of_a_sample_and_earlier_ones_is_said() -> None:
    matched = replace(SOLVED, same_as=frozenset({1}), unlike=frozenset({4, 3}))
    assert step_lines("verify", {"attempt": matched}) == [
        "round 2, verify: confirmed",
        "round 2, verify: proved equivalent to that of round 1",
        "round 2, verify: comes to the same, but proved not to be equivalent to that of round 3, 4",
    ]


def test_a_reply_that_is_no_formulation_says_why() -> None:
    state: State = {"attempt": Attempt(1, Draft("direct", None, fault="this is not JSON"))}
    assert step_lines("formulate", state) == ["round 1, formulate (direct): this is not JSON"]
    assert step_lines("check", state) == step_lines("solve", state) == []


def test_a_search_that_ended_and_a_step_of_no_round_say_nothing() -> None:
    assert step_lines("formulate", {"attempt": SOLVED, "stopped": "no time is left"}) == []
    assert step_lines("explain", {"attempt": SOLVED}) == []
