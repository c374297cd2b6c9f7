"""Evaluating an agent on a data set: many problems at once, and gone on with after any end."""

import asyncio
import itertools
import json
import math
import numbers
import os
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from pydantic import Field, ValidationError

from solvitur import __version__
from solvitur.agents import Answer
from solvitur.agents.answer import finite
from solvitur.errors import BudgetExceeded, ConfigError, DataError, JournalError, ProblemError
from solvitur.eval.asking import Agent, Asked, Question, RunAround, settings_of
from solvitur.eval.datasets import Dataset, label_versions
from solvitur.eval.judging import Judge
from solvitur.eval.problem import Problem
from solvitur.eval.registry import Facts
from solvitur.eval.report import (
    FAILED,
    PROBLEM,
    PROCESS,
    SAMPLE,
    SCORING,
    Answered,
    Process,
    Report,
    RunFacts,
    answered,
)
from solvitur.eval.scoring import Scorer, score
from solvitur.runs import (
    Budget,
    Interruption,
    Journal,
    Limits,
    Throttle,
    Used,
    Workers,
    note_command,
    runs_folder,
    spread,
    ticket,
)
from solvitur.runs.kept import JOURNAL, RUN
from solvitur.solvers import Interrupt, Outcome

_SETTINGS, _PROBLEMS, _SAMPLES, _PROCESSES, _SCORINGS = range(5)
"""The tickets: where in the journal what stands."""
_USUAL_PROCESSES = 8
"""One process that asks and reads keeps no more of those that solve busy."""
_MOST_PROCESSES = 64
"""With those that solve one problem for long."""
_LONGEST_LOG = 8_000
"""Characters of a solver's log that are kept."""


class RunLimits(Limits):
    """What a run may use, and how much of it at once. None of it decides an answer."""

    sample_seconds: float | None = Field(default=900.0, gt=0.0)
    """Wall time for one answer: a model or a solver may hang."""
    concurrency: int = Field(default=32, ge=1)
    """Answers in flight; of their calls to a model fewer where the server asks for that."""


class Listener(Protocol):
    """Hears how a run goes on, in the event loop's thread."""

    def began(self, kept: Sequence[Answered], total: int) -> None:
        """Hear which answers are there, and how many there are to be."""
        ...

    def ended(self, sample: Answered, used: Used) -> None:
        """Hear of an answer, and what the run has used up to now."""
        ...


async def evaluate(
    agent: Agent,
    dataset: Dataset,
    *,
    scorer: Scorer = score,
    epochs: int = 1,
    limits: RunLimits | None = None,
    run: Path | str | None = None,
    listener: Listener | None = None,
    interruption: Interruption | None = None,
) -> Report:
    """Let an agent answer the problems of a data set, and judge what it answers.

    The same call goes on where the last one was ended, however that was: what is answered is not
    asked again, nor is any reply that was paid for; what failed is tried again. An answer that
    fails, hangs or cannot be read is counted, and stops nothing. What `solve_problem` solves within
    is solved in other processes: one that crashes is the end of one answer.

    Args:
        agent: Any async function from a question to an answer; `agent_of` makes one of a model.
        dataset: The problems, in the order in which they are asked.
        scorer: Judges the answers. Those of an earlier process are judged anew by another scorer.
        epochs: How often each problem is answered.
        limits: When to end, and how much to do at once.
        run: The run's folder; by default one in the user's data folder, by its `RunFacts`.
        listener: Hears how it goes on.
        interruption: Ends the run early.

    Raises:
        ConfigError: The folder holds another run, an id is there twice, or settings are no JSON.
        JournalError: The run goes on in another process, or nothing can be written.

    Example:
        >>> import tempfile
        >>> from solvitur.eval import load_dataset
        >>> async def always_398(question):
        ...     return 398.0
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ours = load_dataset("word-problems").limit(4)
        ...     report = asyncio.run(evaluate(always_398, ours, run=folder))
        >>> report.metrics.verdicts
        {<Verdict.right: 'right'>: 1, <Verdict.wrong: 'wrong'>: 3, ...}
    """
    facts = _facts(agent, dataset, epochs)
    folder = Path(run) if run is not None else runs_folder() / facts.name
    limits = limits or RunLimits()
    with Journal(folder / JOURNAL) as journal:
        _begin(journal, facts, dataset)
        async with _processes(limits.concurrency) as workers:
            judge = Judge(scorer, workers)
            report = await _judged(journal, folder, judge)
            work = _Work(agent, journal, judge, limits, report)
            if listener is not None:
                listener.began(work.kept, len(dataset) * epochs)
            stop = interruption or Interruption()
            async with aclosing(work.samples(dataset, epochs, stop)) as samples:
                async for sample in samples:
                    if listener is not None:
                        listener.ended(sample, work.budget.used)
    return replace(Report.load(folder), stopped="interrupted" if stop.was_asked else work.stopped)


async def rescore(
    folder: Path | str, scorer: Scorer = score, labels: Sequence[Dataset] = ()
) -> Report:
    """Judge the answers of a run anew; no model is asked.

    Args:
        folder: The run's folder.
        scorer: Judges the answers.
        labels: Data sets that have the same questions: by their labels the answers are judged as
            well, in `Score.by_label` and not in the verdict.

    Raises:
        ConfigError: There is no run in the folder, or labels are to none of its questions.
        JournalError: The run goes on in another process.
    """
    before = Report.load(folder)  # no journal is made where there is none
    asked = Dataset(Facts(name=before.facts.dataset, title=before.facts.title), before.problems)
    for other in labels:
        if not label_versions(asked, other).common:
            raise ConfigError(f"{other.name} has no question of this run that both have a label of")
    with Journal(Path(folder) / JOURNAL) as journal:
        async with _processes() as workers:
            judge = Judge(scorer, workers)
            return await _judged(journal, Path(folder), judge, asked.with_labels_of(*labels))


# --- the parts -----------------------------------------------------------------------------------


@asynccontextmanager
async def _processes(most: int = 1) -> AsyncIterator[Workers]:
    """Give and lend one process for each core, and more where some take long."""
    count = max(1, min(_USUAL_PROCESSES, os.cpu_count() or 1))
    async with Workers(count, most=min(most, _MOST_PROCESSES)) as workers:
        with workers.lent():
            yield workers


def _facts(agent: Agent, dataset: Dataset, epochs: int) -> RunFacts:
    if epochs < 1:
        raise ConfigError("each problem is answered once at least: epochs should be 1 or more")
    twice = [name for name, count in Counter(dataset.ids).items() if count > 1]
    if twice:
        raise ConfigError(f"{dataset.name} has more than one problem {twice[0]!r}")
    known = dataset.facts
    facts = RunFacts(
        dataset=dataset.name,
        version=known.version,
        sha256=dataset.sha256,
        title=known.title,
        licence=known.licence,
        ids=dataset.ids,
        epochs=epochs,
        agent=settings_of(agent),
        solvitur=__version__,
    )
    try:
        told = json.dumps(facts.model_dump(mode="json"), allow_nan=False)
    except ValueError as error:
        raise ConfigError(f"an agent's settings are what JSON can say: {error}") from error
    return RunFacts.model_validate(json.loads(told))  # as they are recorded: lists for tuples


def _begin(journal: Journal, facts: RunFacts, dataset: Dataset) -> None:
    """Record what the run is about, or see that it is the same run."""
    with ticket(_SETTINGS):
        recorded = journal.note("run", facts.model_dump(mode="json"), kind=RUN)
    try:
        before = RunFacts.model_validate(recorded)
    except ValidationError as error:
        raise ConfigError(f"{journal.path} is the journal of something else") from error
    if before != facts:
        differing = [
            name for name in RunFacts.model_fields if getattr(before, name) != getattr(facts, name)
        ]
        raise ConfigError(
            f"{journal.path.parent} holds another run, which differs in: {', '.join(differing)}; "
            "give this one a folder of its own"
        )
    with ticket(_PROBLEMS):
        for problem in dataset:
            journal.note(f"problem {problem.id}", _as_json(problem), kind=PROBLEM)


def _as_json(problem: Problem) -> dict[str, Any]:
    try:
        return problem.model_dump(mode="json", exclude_defaults=True)
    except ValueError as error:
        raise ConfigError(
            f"problem {problem.id!r} has tables that JSON cannot say ({error}); give them as "
            "lists of rows"
        ) from error


async def _judged(
    journal: Journal, folder: Path, judge: Judge, anew: Iterable[Problem] | None = None
) -> Report:
    """Give what there is, judged anew where somebody else has judged it or that is asked for."""
    report = Report.load(folder)
    if not report.samples or (report.scorer == judge.name and anew is None):
        return report
    problems = {problem.id: problem for problem in anew or report.problems}

    async def scored(sample: Answered) -> tuple[str, dict[str, Any]]:
        found = await judge.score(problems[sample.problem], sample.answer)
        return sample.key, found.model_dump(mode="json")

    scores = dict(await asyncio.gather(*map(scored, report.samples)))
    number = sum(1 for _ in journal.events(SCORING))
    with ticket(_SCORINGS):
        value = {"scorer": judge.name, "scores": scores}
        journal.note(f"scoring {number:06}", value, kind=SCORING)
    return Report.load(folder)


class _Work:
    """What is done for each answer of a run, by one process."""

    def __init__(
        self, agent: Agent, journal: Journal, judge: Judge, limits: RunLimits, report: Report
    ) -> None:
        self._limits = limits
        self.budget = Budget(limits, report.used)
        self.stopped = ""
        """Which limit of the run let no more be begun."""
        self._agent = agent
        self._journal = journal
        self._judge = judge
        self._around = RunAround(journal, self.budget, Throttle(limits.concurrency))
        self._before = {(each.problem, each.epoch): each for each in report.samples}
        self.kept = [each for each in report.samples if not self._is_tried_again(each)]
        """The answers that are there to stay."""
        process = Process(started=time.time(), limits=limits.model_dump(mode="json"))
        with ticket(_PROCESSES):
            name = f"process {len(report.processes):06}"
            journal.note(name, process.model_dump(mode="json", exclude={"seconds"}), kind=PROCESS)
            note_command(journal)

    async def samples(
        self, dataset: Dataset, epochs: int, interruption: Interruption
    ) -> AsyncGenerator[Answered, None]:
        """Let all be answered that is not; what is done already keeps its place in the journal."""
        everything = itertools.product(dataset, range(epochs))
        items = itertools.takewhile(lambda _: not self.stopped, everything)
        at_once = self._limits.concurrency
        with ticket(_SAMPLES):
            ends = spread(self._answer, items, at_once=at_once, interruption=interruption)
            async with aclosing(ends):
                async for done in ends:
                    if done.value is not None:
                        yield done.value

    async def _answer(self, item: tuple[Problem, int]) -> Answered | None:
        """Let one problem be answered, if that is not done, and record it."""
        problem, epoch = item
        before = self._before.get((problem.id, epoch))
        if before is not None and not self._is_tried_again(before):
            return None
        try:
            self.budget.begin_evaluation()
        except BudgetExceeded as error:
            self.stopped = str(error)
            return None
        with self._around.asking(epoch) as asked, _log_file() as log_file:
            answer, trouble = await self._asked(problem, epoch, log_file)
            answer, log = _completed(answer, asked), _end_of(log_file)
        if asked.refused:
            self.stopped = asked.refused
            return None
        verdict = await self._judge.score(problem, answer)
        made = answered(problem.id, epoch, answer, verdict)
        timed_out = self._limits.sample_seconds if answer.outcome is Outcome.no_answer else None
        told = {"log": log, "trouble": trouble or asked.trouble, "timed_out": timed_out}
        return self._recorded(made.model_copy(update=told), before)

    def _is_tried_again(self, sample: Answered) -> bool:
        if sample.timed_out is None:
            return bool(sample.trouble)
        allowed = self._limits.sample_seconds
        return allowed is None or allowed > sample.timed_out

    async def _asked(self, problem: Problem, epoch: int, log_file: Path) -> tuple[Answer, str]:
        """Ask the agent; give its answer and what came in between."""
        limit = self._limits.sample_seconds
        question = Question(
            problem.question,
            id=problem.id,
            epoch=epoch,
            data=problem.data,
            seconds=limit,
            log_file=log_file,
        )
        started = time.monotonic()
        try:
            async with asyncio.timeout(None if limit is None else 1.1 * limit + 1.0) as scope:
                answer = _read(await _stoppable(self._agent(question)))
        except JournalError:
            raise
        except TimeoutError as error:
            if not scope.expired():
                return _failed(error)
            words = f"it took more than {limit:g} s"
            answer = Answer(outcome=Outcome.no_answer, message=words)
        except (ProblemError, DataError) as error:  # nobody can answer that, now or later
            return Answer(outcome=Outcome.error, message=str(error)), ""
        except Exception as error:
            return _failed(error)
        if not answer.seconds:
            seconds = round(time.monotonic() - started, 3)
            answer = answer.model_copy(update={"seconds": seconds})
        return answer, ""

    def _recorded(self, sample: Answered, before: Answered | None) -> Answered:
        tried = 0 if before is None else before.tried + 1
        sample = sample.model_copy(update={"tried": tried})
        value = {
            "problem": sample.problem,
            "epoch": sample.epoch,
            "answer": _plain(sample.answer),
            "log": sample.log,
            "score": sample.score.model_dump(mode="json"),
            "scorer": self._judge.name,
            "trouble": sample.trouble,
            "timed_out": sample.timed_out,
            "tried": tried,
        }
        self._journal.note(sample.key, value, kind=SAMPLE if sample.is_final else FAILED)
        return sample


@contextmanager
def _log_file() -> Iterator[Path]:
    """Give a place for a solver's log that is there as long as the answer is made."""
    # A solver that nobody waits for any more may still write.
    with TemporaryDirectory(prefix="solvitur-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "solver.log"


def _end_of(log_file: Path) -> str:
    """Give what is in a log, or its end."""
    if not log_file.exists():
        return ""
    log = log_file.read_text(encoding="utf-8", errors="replace")
    cut = len(log) - _LONGEST_LOG
    return log if cut <= 0 else f"({cut:,} characters before)\n{log[cut:]}"


async def _stoppable(answering: Awaitable[Any]) -> Any:
    """Wait for an answer; when nobody waits any more, no solver goes on with it in a thread."""
    with Interrupt() as solving:
        try:
            return await answering
        except asyncio.CancelledError:
            solving.abandon()
            raise


def _read(given: Any) -> Answer:
    """Take what an agent gave as an answer."""
    if isinstance(given, Answer):
        return given
    if given is None:
        return Answer(outcome=Outcome.not_formulated, message="the agent gave no answer")
    if isinstance(given, bool) or not isinstance(given, numbers.Real):
        raise TypeError(f"an agent gives an Answer, a number or None, and not {given!r:.60}")
    if not math.isfinite(given):
        return Answer(outcome=Outcome.error, message=f"the agent's answer is {given}")
    return Answer(outcome=Outcome.solved, objective=float(given))


def _failed(error: Exception) -> tuple[Answer, str]:
    trouble = f"{type(error).__name__}: {error}"
    return Answer(outcome=Outcome.error, message=trouble), trouble


def _completed(answer: Answer, asked: Asked) -> Answer:
    """Add what the agent did not say: what it used, and how long that took the first time."""
    update: dict[str, Any] = {"seconds": round(answer.seconds + asked.recalled, 3)}
    if not answer.usage.tokens:
        update["usage"] = asked.usage
        if answer.cost == 0.0:
            update["cost"] = asked.usage.cost
    return answer.model_copy(update=update)


def _plain(answer: Answer) -> Any:
    """Give an answer as JSON says it."""
    data = answer.model_dump(mode="json", exclude_defaults=True)
    return finite(data)
