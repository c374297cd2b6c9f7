"""How long is asked, and what is no answer however long it was."""

import asyncio
import json
from typing import Any

from solvitur.agents import Effort, solve_problem
from solvitur.agents.graph import Agent
from solvitur.agents.problem import read_problem
from solvitur.llm import Reply, Request, Scripted
from solvitur.solvers import Outcome
from tests.agents.players import CHAIRS, FIVE, Hanging

FORGETFUL = json.dumps({**FIVE, "constraints": [FIVE["constraints"][0], FIVE["constraints"][2]]})
"""Leaves the hours out."""
RIGHT = json.dumps(FIVE)


def test_an_embedded_model_that_is_slow_ends_without_a_time_limit_too() -> None:
    model = Hanging("local:slow")
    answer = asyncio.run(solve_problem(CHAIRS, model, Effort(patience=0.1)))
    assert answer.outcome is Outcome.no_answer
    assert "asked for 0.1 s" in answer.message
    assert "time limit" in answer.message
    assert model.cancelled == 1


def test_the_patience_with_an_embedded_model_counts_over_all_rounds() -> None:
    class Slow(Scripted):
        async def reply(self, request: Request, on_text: Any = None) -> Reply:
            await asyncio.sleep(0.15)
            return await super().reply(request, on_text)

    model = Slow(lambda _: FORGETFUL, name="local:slow")
    effort = Effort(rounds=20, techniques=("coverage",), patience=0.2)
    answer = asyncio.run(solve_problem(CHAIRS, model, effort))
    assert answer.outcome is Outcome.solved
    assert len(answer.rounds) == 1
    assert "asked for 0.2 s" in answer.message


def test_a_time_limit_says_how_long_an_embedded_model_is_asked() -> None:
    one = Agent(read_problem(CHAIRS), Hanging("local:slow"), Effort(seconds=0.05, patience=1e-9))
    update = asyncio.run(one.formulate({"attempts": []}))
    assert "0.05 s" in update["stopped"]


def test_a_model_elsewhere_may_take_its_time() -> None:
    model = Scripted([FORGETFUL, RIGHT])
    answer = asyncio.run(solve_problem(CHAIRS, model, Effort(patience=1e-9)))
    assert len(answer.rounds) == 2


def test_a_formulation_in_which_nothing_has_to_be_done_is_no_answer() -> None:
    cheap = FIVE | {
        "constraints": [],
        "objective": {"sense": "minimize", "expression": "sum(earned[p] * x[p] for p in P)"},
    }
    answer = asyncio.run(solve_problem(CHAIRS, Scripted([json.dumps(cheap)] * 3)))
    assert answer.outcome is Outcome.not_formulated
    assert answer.objective is None
    assert answer.formulation is not None
    assert "found nothing that has to be done: " in answer.message
    assert answer.checks


def test_doing_nothing_is_an_answer_where_no_number_is_left_out() -> None:
    dear = FIVE | {
        "objective": {"sense": "minimize", "expression": "sum(earned[p] * x[p] for p in P)"},
        "constraints": [
            *FIVE["constraints"][:2],
            {"name": "o", "expression": 'x["chair"] <= ordered'},
        ],
    }
    answer = asyncio.run(solve_problem(CHAIRS, Scripted([json.dumps(dear)] * 3)))
    assert (answer.outcome, answer.objective) == (Outcome.solved, 0)
