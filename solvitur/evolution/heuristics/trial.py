"""Trying a proposal: ask the model, read its reply, evaluate what it wrote, mend it once."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from solvitur.errors import BadReply, ConfigError
from solvitur.evolution.heuristics.candidate import Failure, Fault, Heuristic, read_reply
from solvitur.evolution.heuristics.constants import template
from solvitur.evolution.heuristics.evaluation import Evaluator
from solvitur.evolution.heuristics.method import Method
from solvitur.evolution.heuristics.operators import (
    Operator,
    complaint,
    introduction,
    long_reflection,
    short_reflection,
)
from solvitur.evolution.heuristics.tuning import tune
from solvitur.llm import Message, Model, Request, Sampling, Usage
from solvitur.search import Member

Scores = Mapping[str, float]

_LONGEST_HINT = 600


@dataclass(frozen=True)
class Proposal:
    """What is to be made, of what was known when it was begun."""

    number: int
    """Its place among all, from 0."""
    generation: int
    operator: Operator | None
    """None for a heuristic that is given."""
    given: Heuristic | None = None
    parents: tuple[Member[Heuristic], ...] = ()
    hint: str = ""
    """What was learned before."""
    compares: bool = False
    """Whether to ask first what makes the better parent better."""
    rivals: tuple[Scores, ...] = ()
    """What others scored, the best first."""
    calls: int = 1
    """How many requests it may make."""
    told: int = 0
    """How many others were known when its parents were chosen."""


@dataclass(frozen=True)
class Reflection:
    """What was learned in a generation is to be put together."""

    number: int
    generation: int
    hints: tuple[str, ...]
    before: str
    calls: int = 1


Plan = Proposal | Reflection


@dataclass
class Trial:
    """What came of a plan."""

    heuristic: Heuristic | None = None
    scores: Scores = field(default_factory=dict)
    is_whole: bool = False
    """Whether it was tried on everything, and failed nowhere."""
    failure: Failure | None = None
    first_failure: Failure | None = None
    """What was wrong with the first reply, where there was a second."""
    hint: str = ""
    """What reflection came to."""
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    cpu_seconds: float = 0.0


@dataclass
class Draft:
    """A plan on its way: what was said, and what is known of it so far."""

    plan: Plan
    trial: Trial = field(default_factory=Trial)
    talk: tuple[Message, ...] = ()


class Trials:
    """Tries plans, in two stages: what waits for the model, and what computes.

    What has to be mended is asked for in the second, so that a plan is done when that is.

    Args:
        model: Who writes.
        evaluator: Says how good it is.
        method: How.
        seed: Of the run; each request has one of its own.
    """

    def __init__(self, model: Model, evaluator: Evaluator, method: Method, seed: int) -> None:
        self._model, self._evaluator = model, evaluator
        self._method, self._seed = method, seed
        self._introduction = introduction(evaluator.problem, tunes=method.tunes)

    async def propose(self, plan: Plan) -> Draft:
        """Ask for what is planned, and read the reply."""
        draft = Draft(plan)
        trial = draft.trial
        if isinstance(plan, Reflection):
            if plan.hints:  # else there is nothing new to put together
                question = long_reflection(plan.hints, plan.before)
                trial.hint = await self._words(plan, trial, question)
        elif plan.operator is None:
            trial.heuristic = plan.given
        elif plan.operator.asks:
            hint = await self._hint(plan, trial)
            asked = (self._introduction, plan.operator.ask(plan.parents, hint))
            await self._read(plan, draft, asked)
        else:
            trial.heuristic = plan.parents[0].content
        return draft

    async def evaluate(self, draft: Draft) -> Trial:
        """Evaluate what was proposed; where it fails, let it be mended once."""
        plan, trial = draft.plan, draft.trial
        if isinstance(plan, Reflection):
            return trial
        if plan.operator is not None and not plan.operator.asks:
            await self._tune(plan, trial)
        await self._evaluate(plan, trial)
        mends = self._method.repair and draft.talk and trial.calls < plan.calls
        if trial.failure is not None and mends:
            trial.first_failure, trial.failure = trial.failure, None
            await self._read(plan, draft, (*draft.talk, complaint(trial.first_failure)))
            await self._evaluate(plan, trial)
        return trial

    async def _hint(self, plan: Proposal, trial: Trial) -> str:
        """Give what was learned: of these parents, if that is asked first, or else before."""
        if plan.compares and plan.calls > 1:
            trial.hint = await self._words(plan, trial, short_reflection(plan.parents))
        return trial.hint or plan.hint

    async def _read(self, plan: Proposal, draft: Draft, messages: Sequence[Message]) -> None:
        trial = draft.trial
        text = await self._ask(plan, trial, messages)
        draft.talk = (*messages, Message.assistant(text)) if text else tuple(messages)
        if text is None:
            trial.failure = Failure(Fault.no_reply, "the reply is empty or cannot be read")
            return
        found, trial.failure = read_reply(text, self._evaluator.problem.function)
        if found is not None:
            before = trial.heuristic.idea if trial.heuristic else ""
            trial.heuristic = replace(found, idea=found.idea or before)

    async def _tune(self, plan: Proposal, trial: Trial) -> None:
        """Fit the constants of the parent: what is written, or else factors of one."""
        parent = plan.parents[0].content
        with suppress(ConfigError):  # it has none, or fails now: it is evaluated as it is
            found = await tune(
                self._evaluator,
                parent.code,
                evaluations=self._method.tuning,
                seed=_seed(self._seed, plan.number),
                implicit=not template(parent.code).constants,
            )
            trial.heuristic = replace(parent, code=found.code)
            trial.cpu_seconds += found.cpu_seconds

    async def _evaluate(self, plan: Proposal, trial: Trial) -> None:
        """Try it on more and more instances, as long as it keeps up."""
        if trial.failure is not None or trial.heuristic is None:
            return
        instances, racer = self._evaluator.problem.instances, self._method.racer
        scores: dict[str, float] = {}
        for rung in racer.rungs(len(instances)):
            part = instances[len(scores) : rung]
            found = await self._evaluator.evaluate(trial.heuristic.code, part)
            trial.cpu_seconds += found.cpu_seconds
            if found.failure is not None:
                trial.failure = found.failure
                return
            scores |= found.scores
            rivals = [rival for rival in plan.rivals if scores.keys() <= rival.keys()]
            if rung < len(instances) and not racer.goes_on(scores, rivals):
                break
        trial.scores, trial.is_whole = scores, len(scores) == len(instances)

    async def _words(self, plan: Plan, trial: Trial, question: Message) -> str:
        """Ask for advice in a few words."""
        said = await self._ask(plan, trial, (self._introduction, question))
        return " ".join((said or "").split())[:_LONGEST_HINT]

    async def _ask(self, plan: Plan, trial: Trial, messages: Sequence[Message]) -> str | None:
        """Ask the model; ``None`` where it answers with nothing that can be read."""
        sampling = Sampling(
            temperature=self._method.temperature,
            max_tokens=self._method.max_tokens,
            seed=_seed(self._seed, plan.number, trial.calls),
        )
        trial.calls += 1
        request = Request(messages=tuple(messages), sampling=sampling, shared=1)
        try:
            reply = await self._model.reply(request)
        except BadReply:
            return None
        trial.usage += reply.usage
        return reply.text if reply.text.strip() else None


def _seed(*parts: int) -> int:
    """Give each request a seed of its own, so that the same question may be asked twice."""
    digest = hashlib.sha256(" ".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:4], "big") // 2
