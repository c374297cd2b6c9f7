"""Evolving heuristics: the run as a whole, which goes on where it was ended."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics.breeding import Breeding
from solvitur.evolution.heuristics.candidate import Heuristic
from solvitur.evolution.heuristics.comparison import score
from solvitur.evolution.heuristics.evaluation import TRAINING, Evaluator
from solvitur.evolution.heuristics.history import Candidate
from solvitur.evolution.heuristics.method import REFLECTION, Method
from solvitur.evolution.heuristics.operators import prompts
from solvitur.evolution.heuristics.problem import Problem
from solvitur.evolution.heuristics.result import (
    CANDIDATE,
    FINAL,
    PROCESS,
    REFLECTED,
    Facts,
    Process,
    Result,
    Standing,
)
from solvitur.evolution.heuristics.trial import Plan, Proposal, Reflection, Trial, Trials
from solvitur.llm import Model, Patience, Patient, Recorded
from solvitur.llm.recording import Replies
from solvitur.runs import (
    Budget,
    Interruption,
    Journal,
    Limits,
    Throttle,
    Used,
    Width,
    note_command,
    runs_folder,
    ticket,
)
from solvitur.runs.kept import JOURNAL, RUN
from solvitur.sandbox import Limits as SandboxLimits
from solvitur.search import Member, Searcher, pursue

_FACTS, _PROCESSES, _SEARCH, _DECISIONS, _FINALS = range(5)
"""The tickets: where in the journal what stands."""
_PATIENCE = 20
"""How much longer an evaluation on a set may take at the end, where sets may be large."""
_MIB = 2**20


class Listener(Protocol):
    """Hears how a run goes on, in the event loop's thread."""

    def began(self, kept: Sequence[Candidate], total: int) -> None:
        """Hear which candidates are there already, and how many there are to be."""
        ...

    def ended(self, candidate: Candidate, used: Used) -> None:
        """Hear of a candidate, and what the run has used up to now."""
        ...


async def evolve(
    problem: Problem,
    model: Model,
    method: Method | str = "ael",
    *,
    seed: int = 0,
    limits: Limits | None = None,
    run: Path | str | None = None,
    listener: Listener | None = None,
    interruption: Interruption | None = None,
) -> Result:
    """Let a model write heuristics, each made of the best before it, and keep the best.

    The same call goes on where the last one was ended, however that was: no reply that was paid for
    is asked for again, no candidate is run again, and what is decided is decided the same. What the
    model writes runs in the sandbox only, and its score is computed here from what it gives back.

    Args:
        problem: What the heuristics are for.
        model: Who writes them. It is asked again where that may help, as it says itself where it is
            a `solvitur.llm.Patient` already.
        method: The settings, or the name of a method with the usual ones: ``ael`` or ``eoh``.
        seed: Of all chance.
        limits: When to end. What is in flight then is finished.
        run: The run's folder; by default one in the user's data folder, by its `Facts`.
        listener: Hears how it goes on.
        interruption: Ends the run early.

    Raises:
        ConfigError: The folder holds another run, or there is no such method.
        JournalError: The run goes on in another process, or nothing can be written.
        ModelError: The model cannot be asked any more. What was done is kept.
        SandboxUnavailable: There is no place here to run what the model writes.
    """
    method = _method(method)
    facts = _facts(problem, model, method, seed)
    folder = Path(run) if run is not None else runs_folder() / facts.name
    limits, interruption = limits or Limits(), interruption or Interruption()
    with Journal(folder / JOURNAL) as journal:
        _begin(journal, facts)
        before = Result.load(folder)
        _record_process(journal, before, limits)
        budget = Budget(limits, Used(seconds=before.used.seconds))
        breeding = Breeding(problem, method, seed, budget)
        work = _Work(breeding, problem, method, journal)
        hear = _Hearing(listener, before.candidates, breeding, budget)
        asked = _remembered(model, journal, method.in_flight)
        await work.search(Trials(asked, work.evaluator, method, seed), hear, interruption)
        if not interruption.was_asked:
            await work.finish()
    stopped = "interrupted" if interruption.was_asked else breeding.stopped
    return replace(Result.load(folder), stopped=stopped)


# --- the parts -----------------------------------------------------------------------------------


def _method(given: Method | str) -> Method:
    if isinstance(given, Method):
        return given
    try:
        return Method.model_validate({"name": given})
    except ValidationError as error:
        raise ConfigError(f"there is no method '{given}'; there are: ael, eoh") from error


def _facts(problem: Problem, model: Model, method: Method, seed: int) -> Facts:
    content = {
        "description": problem.description,
        "function": problem.function.stub,
        "drivers": [problem.driver, problem.exact_driver],
        "instances": [(each.name, each.data) for each in problem.instances],
    }
    try:
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"problem '{problem.name}': JSON cannot say the data of its instances ({error})"
        ) from error
    facts = Facts(
        problem=problem.name,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        measure=problem.measure,
        instances=tuple(each.name for each in problem.instances),
        model=model.name,
        method=method,
        prompts=hashlib.sha256("\n".join(prompts(problem, method)).encode()).hexdigest(),
        seed=seed,
        solvitur=version("solvitur"),
    )
    return Facts.model_validate_json(facts.model_dump_json())  # as it is recorded


def _begin(journal: Journal, facts: Facts) -> None:
    """Record what the run is about, or see that it is the same run."""
    with ticket(_FACTS):
        recorded = journal.note("run", facts.model_dump(mode="json"), kind=RUN)
    try:
        before = Facts.model_validate(recorded)
    except ValidationError as error:
        raise ConfigError(f"{journal.path} is the journal of something else") from error
    names = [name for name in Facts.model_fields if getattr(before, name) != getattr(facts, name)]
    if names:
        raise ConfigError(
            f"{journal.path.parent} holds another run, which differs in: {', '.join(names)}; "
            "give this one a folder of its own"
        )


def _record_process(journal: Journal, before: Result, limits: Limits) -> None:
    process = Process(started=time.time(), limits=limits.model_dump(mode="json"))
    with ticket(_PROCESSES):
        name = f"process {len(before.processes):06}"
        journal.note(name, process.model_dump(mode="json", exclude={"seconds"}), kind=PROCESS)
        note_command(journal)


def _remembered(model: Model, journal: Journal, at_once: int) -> Model:
    """Put a run's memory around a model, and patience where it has none of its own."""
    if not isinstance(model, Patient):
        model = Patient(model, Patience(), throttle=Throttle(at_once))
    return Recorded(model, Replies(journal))


class _Hearing:
    """Tells a listener what is new."""

    def __init__(
        self,
        listener: Listener | None,
        before: Sequence[Candidate],
        breeding: Breeding,
        budget: Budget,
    ) -> None:
        self._listener, self._budget = listener, budget
        self._known = {each.number for each in before}
        if listener is not None:
            total = sum(slot.what != REFLECTION for slot in breeding.slots)
            listener.began(before, total)

    def __call__(self, candidate: Candidate) -> None:
        """Tell of a candidate, unless it was there before."""
        if self._listener is not None and candidate.number not in self._known:
            self._listener.ended(candidate, self._budget.used)


class _Work:
    """What one process does for a run."""

    def __init__(
        self, breeding: Breeding, problem: Problem, method: Method, journal: Journal
    ) -> None:
        self._breeding, self._problem, self._method = breeding, problem, method
        self._journal = journal
        self.evaluator = Evaluator(problem, _limits(method, 1), memory=journal)

    async def search(
        self, trials: Trials, hear: Callable[[Candidate], None], interruption: Interruption
    ) -> None:
        """Try what there is to try, and record what becomes of it."""
        searcher: Searcher[Plan, Trial] = self._breeding
        with ticket(_SEARCH):
            steps = pursue(
                searcher,
                trials.propose,
                trials.evaluate,
                Width(self._method.in_flight, self._method.in_flight),
                deterministic=self._method.deterministic,
                journal=self._journal,
                interruption=interruption,
            )
            async with aclosing(steps):
                async for step in steps:
                    self._record(step.item, step.value)
                    if isinstance(step.item, Proposal):
                        hear(self._breeding.history[step.item.number])

    async def finish(self) -> None:
        """Try the best, and what is known, on all that the search did not see."""
        survivors = self._breeding.archive.members
        told = len(self._breeding.history)
        with ticket(_FINALS), ticket(told):
            exact = Evaluator(
                self._problem.exact(), _limits(self._method, _PATIENCE), memory=self._journal
            )
            best = await self._best(exact, survivors)
            found = [] if best is None else [await self._standing(exact, best)]
            for name, code in self._problem.seeds.items():
                found.append(Standing(name=name, scores=await self._scores(exact, code)))
            told_of = [each.model_dump(mode="json") for each in found]
            self._journal.note(f"final {told:06}", told_of, kind=FINAL)

    def _record(self, plan: Plan, trial: Trial) -> None:
        with ticket(_DECISIONS), ticket(plan.number):
            if isinstance(plan, Reflection):
                value = {"generation": plan.generation, "advice": trial.hint}
                self._journal.note(f"reflection {plan.number:06}", value, kind=REFLECTED)
            else:
                value = self._breeding.history[plan.number].told()
                self._journal.note(f"candidate {plan.number:06}", value, kind=CANDIDATE)

    async def _best(
        self, exact: Evaluator, survivors: Sequence[Member[Heuristic]]
    ) -> Member[Heuristic] | None:
        """Give the best, by the driver that has the last word."""
        if self._problem.exact_driver is None:
            return next(iter(survivors), None)
        scored = []
        for place, member in enumerate(survivors):
            found = await self._score(exact, member.content.code, TRAINING)
            if found is not None:
                scored.append((found, place, member))
        return min(scored)[2] if scored else None

    async def _standing(self, exact: Evaluator, best: Member[Heuristic]) -> Standing:
        scores = await self._scores(exact, best.content.code)
        return Standing(name=f"candidate {best.number}", number=best.number, scores=scores)

    async def _scores(self, exact: Evaluator, code: str) -> dict[str, float | None]:
        sets = (TRAINING, *self._problem.held_out)
        return {name: await self._score(exact, code, name) for name in sets}

    async def _score(self, exact: Evaluator, code: str, name: str) -> float | None:
        instances = self._problem.instances if name == TRAINING else self._problem.held_out[name]
        is_same = self._problem.exact_driver is None  # as in the search, which may have done it
        return await score(exact, code, instances, of=name if is_same else f"exactly {name}")


def _limits(method: Method, times: int) -> SandboxLimits:
    return SandboxLimits(seconds=times * method.seconds, memory=method.memory * _MIB)
