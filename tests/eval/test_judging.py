"""Scoring beside a run."""

import asyncio
from functools import partial

import pytest

from solvitur import __version__
from solvitur.agents import Answer
from solvitur.eval import Problem, Question, Score, Scorer, failed, score
from solvitur.eval.judging import Judge
from solvitur.runs import Workers
from tests.eval.runs import careless, problems


def harsh(problem: Problem, answer: Answer) -> Score:
    return failed("nothing is good enough")


class Strict:
    def __call__(self, problem: Problem, answer: Answer) -> Score:
        return score(problem, answer, tolerance=0.0)


@pytest.mark.parametrize(
    ("scorer", "name"),
    [
        (score, f"solvitur {__version__}: score(tolerance=0.0001)"),
        (
            partial(score, readings=False, tolerance=0.01),
            f"solvitur {__version__}: score(readings=False, tolerance=0.01)",
        ),
        (harsh, "tests.eval.test_judging.harsh"),
        (Strict(), "tests.eval.test_judging.Strict"),
    ],
    ids=["ours", "ours with settings", "a function", "an object"],
)
def test_a_scorer_is_told_by_its_name(scorer: Scorer, name: str) -> None:
    assert Judge(scorer, Workers(1)).name == name


def test_what_is_solved_again_elsewhere_gives_the_score_that_it_gives_here() -> None:
    asked = problems([50])
    answer = asyncio.run(careless(Question(asked["0"].question)))

    async def judged(scorer: Scorer) -> Score:
        async with Workers(1) as workers:
            return await Judge(scorer, workers).score(asked["0"], answer)

    for scorer in (score, partial(score, readings=False)):
        assert asyncio.run(judged(scorer)) == scorer(asked["0"], answer)
