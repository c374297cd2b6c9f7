"""Who is asked, and what decides the answers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from solvitur.agents import Answer, Effort
from solvitur.eval import Question, agent_of
from solvitur.eval.asking import settings_of
from solvitur.llm import Patience, Reply, Request, Scripted
from solvitur.solvers import Options, Outcome
from tests.eval.runs import formulating, joiner, question

EFFORT = Effort(rounds=2, seed=4)


def settings(effort: Effort = EFFORT, name: str = "openai:m") -> dict[str, Any]:
    return agent_of(Scripted([], name=name), effort).settings


@pytest.mark.parametrize(
    "other",
    [
        {"rounds": 3},
        {"samples": 2},
        {"route": "code"},
        {"seed": 5},
        {"solver": "scip"},
        {"techniques": ()},
        {"options": Options(gap=0.1)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_decides_an_answer_is_among_the_settings(other: dict[str, Any]) -> None:
    assert settings(replace(EFFORT, **other)) != settings()
    assert settings(name="openai:n") != settings()


def test_limits_and_patience_decide_no_answer() -> None:
    slow = replace(EFFORT, seconds=5.0, options=Options(time_limit=3.0, threads=2))
    assert settings(slow) == settings()
    model = Scripted([], name="openai:m")
    assert agent_of(model, EFFORT, patience=Patience(attempts=1)).settings == settings()


def test_an_agent_of_ones_own_is_known_by_its_name_or_what_it_says() -> None:
    class Guessing:
        def __init__(self) -> None:
            self.settings = {"guess": 3}

        async def __call__(self, question: Question) -> float:
            return 3.0

    assert settings_of(joiner) == {"name": "tests.eval.runs.joiner"}
    told = settings_of(Guessing())
    assert told["guess"] == 3
    assert told["name"].endswith("Guessing")


def test_an_agent_of_a_model_answers_outside_a_run_as_well() -> None:
    model = Scripted(lambda request: formulating(request.messages[-1].content))
    answer = asyncio.run(agent_of(model)(Question(question(42))))
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.objective) == (Outcome.solved, pytest.approx(180))


def test_an_epoch_draws_with_seeds_of_its_own() -> None:
    model = Scripted(["Hm.", "Hm."] * 2)
    agent = agent_of(model, Effort(rounds=2))
    for epoch in range(2):
        asyncio.run(agent(Question(question(42), epoch=epoch)))
    first, second = model.requests[1].sampling, model.requests[3].sampling
    assert first.temperature > 0
    assert first.seed != second.seed


class Silent(Scripted):
    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits that long")


def test_nobody_waits_longer_than_the_question_says() -> None:
    answer = asyncio.run(agent_of(Silent([]))(Question(question(42), seconds=0.05)))
    assert (answer.outcome, answer.message) == (
        Outcome.no_answer,
        "the time limit of 0.05 s is reached",
    )
