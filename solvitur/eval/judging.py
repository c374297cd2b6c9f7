"""Scoring while a run goes on: what solves again does so in other processes."""

import asyncio
from functools import partial
from typing import Any

from solvitur import __version__
from solvitur.agents import Answer
from solvitur.eval.labels import TOLERANCE
from solvitur.eval.problem import Problem
from solvitur.eval.scoring import Score, Scorer, Verdict, score
from solvitur.runs import TaskEnd, Workers

_READINGS = 10.0
"""Seconds that `score` gives each of three comparisons by default."""
_AROUND = 30.0
"""Seconds for what else it takes to score an answer."""


class Judge:
    """A scorer that holds nobody up.

    Our own `score`, or a `functools.partial` of it, works in other processes where it has to solve
    something, and is ended there when it takes too long: the answer then has a verdict, and no
    other readings. Anybody else's works in a thread, and may raise: then the answer is unscored.

    Args:
        scorer: Judges one answer.
        workers: The other processes.
    """

    def __init__(self, scorer: Scorer, workers: Workers) -> None:
        self._scorer = scorer
        self._given = _given(scorer)
        self._workers = workers

    @property
    def name(self) -> str:
        """The scorer and what it was given, for a record."""
        if self._given is None:
            named = self._scorer if hasattr(self._scorer, "__qualname__") else type(self._scorer)
            return f"{named.__module__}.{named.__qualname__}"
        given = {"tolerance": TOLERANCE, **self._given}
        shown = ", ".join(f"{name}={given[name]!r}" for name in sorted(given))
        return f"solvitur {__version__}: score({shown})"

    async def score(self, problem: Problem, answer: Answer) -> Score:
        """Judge an answer."""
        try:
            if self._given is None:
                return await asyncio.to_thread(self._scorer, problem, answer)
            return await self._ours(self._given, problem, answer)
        except Exception as error:
            return Score(
                verdict=Verdict.unscored,
                reason=f"it could not be scored: {type(error).__name__}: {error}",
            )

    async def _ours(self, given: dict[str, Any], problem: Problem, answer: Answer) -> Score:
        has_a_point = problem.formulation is not None and bool(answer.variables)
        if answer.formulation is None and not has_a_point:
            return self._scorer(problem, answer)  # there is nothing to solve or evaluate
        limit = 3 * given.get("seconds", _READINGS) + _AROUND
        done = await self._workers.run(score_as_told, given, problem, answer, seconds=limit)
        if done.end is TaskEnd.value:
            found: Score = done.value
            return found
        return await asyncio.to_thread(
            partial(score, **{**given, "readings": False}), problem, answer
        )


def score_as_told(given: dict[str, Any], problem: Problem, answer: Answer) -> Score:
    """Score as `score` does with these settings; what a worker can be sent."""
    return score(problem, answer, **given)


def _given(scorer: Scorer) -> dict[str, Any] | None:
    """Give the settings of our own scorer; ``None`` where it is another."""
    if scorer is score:
        return {}
    if isinstance(scorer, partial) and scorer.func is score and not scorer.args:
        return dict(scorer.keywords)
    return None
