"""How good a heuristic is: run in the sandbox, judged here."""

import asyncio
import functools
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from solvitur.errors import InvalidSolution, SandboxUnavailable
from solvitur.evolution.heuristics.candidate import Failure, Fault
from solvitur.evolution.heuristics.problem import Instance, Problem
from solvitur.runs import Journal, Pool, TaskEnd, lent_workers
from solvitur.sandbox import Job, Kind, Limits, Outcome, Sandbox, connect, refusal, run_here
from solvitur.search import evaluation_key

EVALUATION = "evaluation"
"""The kind of event that is an evaluation."""
TRAINING = "training"
"""The set that the search sees; those held out have the names that the problem gives them."""
_LONGEST_TRACEBACK = 1_500
_LONGEST_MESSAGE = 500
_ATTEMPTS = 3
_AROUND = 120.0
"""Seconds that a worker has besides, as for finding out which sandbox works there."""


@dataclass(frozen=True)
class Evaluation:
    """What a heuristic came to on some instances: a score for each, or why there is none."""

    scores: Mapping[str, float] = field(default_factory=dict)
    """By the instance's name; smaller is better."""
    failure: Failure | None = None
    cpu_seconds: float = 0.0
    """Of the processor, in the sandbox."""


class Evaluator:
    """Evaluates heuristics, each on some instances at a time and each of them once.

    Args:
        problem: Says how.
        limits: What one evaluation may use up.
        sandbox: Where code runs; by default the strongest that works here, kept warm.
        memory: Remembers evaluations. The same program on the same instances is not run again,
            however it is written.
        at_once: How many run at the same time; by default one for each core. Where workers are
            lent (`solvitur.runs.Pool.lent`), code runs in the strongest sandbox of each instead.

    Example:
        >>> from solvitur.evolution.heuristics import load_problem
        >>> problem = load_problem("tsp-constructive")
        >>> evaluator = Evaluator(problem)
        >>> code = problem.seeds["nearest neighbour"]
        >>> found = asyncio.run(evaluator.evaluate(code, problem.instances[:2]))
        >>> [round(score, 1) for score in found.scores.values()], found.failure
        ([6.4, 6.9], None)
    """

    def __init__(
        self,
        problem: Problem,
        limits: Limits | None = None,
        *,
        sandbox: Sandbox | None = None,
        memory: Journal | None = None,
        at_once: int | None = None,
    ) -> None:
        self.problem = problem
        self._limits = limits or Limits()
        self._sandbox = sandbox or connect(warm=True)
        self._memory = memory
        self._room = asyncio.Semaphore(at_once or os.cpu_count() or 1)

    async def evaluate(
        self, code: str, instances: Sequence[Instance], *, of: str = TRAINING
    ) -> Evaluation:
        """Run a heuristic on instances, and score what it gives.

        A failure on one of them is one on all.

        Args:
            code: A module that defines the problem's function.
            instances: Those to run on.
            of: The set that they are of, as names are of one set only.
        """
        if self._memory is None:
            return _read(await self._run(code, instances))
        names = [of, *(each.name for each in instances)]
        key = f"{EVALUATION} {evaluation_key(code, names)}"
        told = await self._memory.step(key, lambda: self._run(code, instances), kind=EVALUATION)
        return _read(told)

    async def _run(self, code: str, instances: Sequence[Instance]) -> dict[str, Any]:
        refused = refusal(code)
        if refused is not None:
            return _written(Evaluation(failure=Failure(_FAULTS[refused.kind], refused.message)))
        job, workers = self._job(code, instances), lent_workers()
        if workers is not None:
            outcome = await _elsewhere(job, workers)
            return _written(await asyncio.to_thread(judge, self.problem, instances, outcome))
        async with self._room:
            return await asyncio.to_thread(self._evaluated, job, instances)

    def _evaluated(self, job: Job, instances: Sequence[Instance]) -> dict[str, Any]:
        return _written(judge(self.problem, instances, self._sandbox.run(job)))

    def _job(self, code: str, instances: Sequence[Instance]) -> Job:
        payload = {
            "code": code,
            "driver": self.problem.driver,
            "function": self.problem.function.name,
            "instances": [each.data for each in instances],
        }
        return Job(_harness(), "run_harness", payload, self._limits)


async def _elsewhere(job: Job, workers: Pool) -> Outcome:
    """Run a job in the sandbox of a worker; one that is lost is no fault of the heuristic.

    Raises:
        SandboxUnavailable: No worker can run it.
    """
    for _ in range(_ATTEMPTS):
        done = await workers.run(run_here, job, seconds=job.limits.seconds + _AROUND)
        if done.end is TaskEnd.value:
            outcome: Outcome = done.value
            return outcome
    raise SandboxUnavailable(f"no worker can run what is to be evaluated: {done.message}")


def judge(problem: Problem, instances: Sequence[Instance], outcome: Outcome) -> Evaluation:
    """Score what came out of the sandbox, where nothing is to be believed."""
    spent = outcome.usage.cpu_seconds
    if outcome.kind is not Kind.value:
        failure = Failure(
            _FAULTS[outcome.kind],
            outcome.message[:_LONGEST_MESSAGE],
            _own(outcome.traceback)[-_LONGEST_TRACEBACK:],
        )
        return Evaluation(failure=failure, cpu_seconds=spent)
    try:
        scores = _scores(problem, instances, outcome.value)
    except InvalidSolution as error:
        message = str(error)[:_LONGEST_MESSAGE]
        return Evaluation(failure=Failure(Fault.invalid, message), cpu_seconds=spent)
    return Evaluation(scores, cpu_seconds=spent)


_FAULTS = {
    Kind.raised: Fault.raised,
    Kind.timed_out: Fault.timed_out,
    Kind.out_of_memory: Fault.out_of_memory,
    Kind.crashed: Fault.crashed,
    Kind.forbidden: Fault.forbidden,
}


def _scores(problem: Problem, instances: Sequence[Instance], solutions: Any) -> dict[str, float]:
    if not isinstance(solutions, list) or len(solutions) != len(instances):
        raise InvalidSolution("there is not one solution for each instance")
    scores = {}
    for instance, solution in zip(instances, solutions, strict=True):
        try:
            score = float(problem.score(instance.data, solution))
        except InvalidSolution as error:
            raise InvalidSolution(f"instance '{instance.name}': {error}") from error
        except Exception as error:  # it has another shape than any solution
            kind = type(error).__name__
            raise InvalidSolution(
                f"instance '{instance.name}': what it gives is no solution ({kind}: {error})"
            ) from error
        if not math.isfinite(score):
            raise InvalidSolution(f"instance '{instance.name}': its score is {score}")
        scores[instance.name] = score
    return scores


def _own(traceback: str) -> str:
    """Give the part that is in the heuristic; what the driver raises says all in its message."""
    place = traceback.find('  File "<heuristic>"')
    return "" if place < 0 else traceback[place:]


def _written(evaluation: Evaluation) -> dict[str, Any]:
    failure = evaluation.failure
    told = None if failure is None else vars(failure) | {"fault": failure.fault.value}
    return {
        "scores": dict(evaluation.scores),
        "failure": told,
        "cpu_seconds": round(evaluation.cpu_seconds, 4),
    }


def _read(told: Mapping[str, Any]) -> Evaluation:
    failure = told["failure"]
    if failure is not None:
        failure = replace(Failure(**failure), fault=Fault(failure["fault"]))
    return Evaluation(told["scores"], failure, told["cpu_seconds"])


@functools.cache
def _harness() -> str:
    return files(__package__).joinpath("harness.py").read_text("utf-8")
