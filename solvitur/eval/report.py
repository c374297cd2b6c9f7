"""What a run came to, read from its journal: at its end, in the middle, or years later.

A run is a folder with a journal in it. Its events are, by kind: `RUN` once, a `PROBLEM` for each
problem, a `PROCESS` for each time that it was begun or gone on with, the models' replies, a
`SAMPLE` for each answer, a `FAILED` for each attempt that has to be made again, and a `SCORING`
for each time that the answers were judged anew.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from solvitur.agents import Answer
from solvitur.errors import ConfigError, MissingExtra
from solvitur.eval.metrics import Metrics, Sample, figures, sample_of
from solvitur.eval.problem import Problem
from solvitur.eval.scoring import Score
from solvitur.llm import Usage
from solvitur.llm.recording import REPLY
from solvitur.runs import Event, Used, read_journal
from solvitur.runs.kept import JOURNAL, RUN

if TYPE_CHECKING:
    import pandas

PROBLEM, PROCESS, SAMPLE, FAILED, SCORING = (
    "problem",
    "process",
    "sample",
    "failed",
    "scoring",
)
"""Kinds of events, besides `RUN`."""

_DIGITS = 12
"""Of the hash that tells runs apart."""


class RunFacts(BaseModel):
    """What decides the answers of a run. Limits do not: they only decide how far it comes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    dataset: str
    """The name of the data set, its version, and the SHA-256 of its file."""
    version: str = ""
    sha256: str = ""
    title: str = ""
    licence: str = ""
    ids: tuple[str, ...]
    """The problems, in their order."""
    epochs: int = 1
    """How often each is answered."""
    agent: dict[str, Any]
    """Who answers, and how it was set."""
    solvitur: str
    """The version of solvitur."""

    @property
    def name(self) -> str:
        """What the run is called by default; another for other facts."""
        content = self.model_dump(mode="json", exclude={"title", "licence"})
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return f"{self.dataset}-{hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]}"


class Answered(Sample):
    """One answer to one problem, whole."""

    answer: Answer
    log: str = ""
    """What the solver wrote down, its end if that is long."""
    trouble: str = ""
    """What came in between, such as a server that is down; it is tried again when the run goes on.
    Empty where the answer is final."""
    timed_out: float | None = None
    """After how many seconds it was given up; it is tried again where more are allowed."""
    tried: int = 0
    """How often it was tried before."""

    @property
    def is_final(self) -> bool:
        """Whether it is never tried again."""
        return not self.trouble and self.timed_out is None

    @property
    def key(self) -> str:
        """What it is called in the journal."""
        if self.is_final:
            return f"{SAMPLE} {self.epoch} {self.problem}"
        return f"{FAILED} {self.epoch} {self.tried} {self.problem}"


class Process(BaseModel):
    """One time that a run was begun or gone on with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    started: float
    """Seconds since 1970."""
    limits: dict[str, Any] = {}
    """What it was allowed to use."""
    seconds: float = 0.0
    """Wall time from its start to the last thing that it recorded."""


@dataclass(frozen=True)
class Report:
    """A run: what was asked, what was answered, and what that is worth.

    Example:
        >>> import asyncio, tempfile
        >>> from solvitur.eval import evaluate, load_dataset
        >>> async def guess(question):
        ...     return 398.0
        >>> ours = load_dataset("word-problems").limit(4)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report = asyncio.run(evaluate(guess, ours, run=folder))
        ...     same = Report.load(folder)
        >>> report.metrics.sa.value, same.metrics == report.metrics
        (0.25, True)
        >>> [(each.problem, each.score.verdict.value) for each in same.samples][:2]
        [('easy-01', 'right'), ('easy-02', 'wrong')]
    """

    folder: Path
    facts: RunFacts
    problems: tuple[Problem, ...]
    """In the order in which they were asked."""
    samples: tuple[Answered, ...]
    """The answers that there are, by problem in that order, then by epoch."""
    processes: tuple[Process, ...] = ()
    scorer: str = ""
    """Who judged the answers."""
    used: Used = field(default_factory=Used)
    """What the run has used: what was paid for counts once, however often it is looked up."""
    stopped: str = ""
    """Why it ended before everything was answered, where this process saw that."""

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a run, also while it goes on.

        Raises:
            ConfigError: There is no run in the folder, or it cannot be read.
        """
        folder = Path(folder)
        if not (folder / JOURNAL).is_file():
            raise ConfigError(f"{folder} holds no run: there is no {JOURNAL} in it")
        reading = _Reading(folder / JOURNAL)
        try:
            return cls(**reading.report(folder))
        except (ValidationError, KeyError, TypeError) as error:
            raise ConfigError(f"{folder / JOURNAL} is damaged, or of another version") from error

    def __repr__(self) -> str:
        wanted = len(self.facts.ids) * self.facts.epochs
        return f"<Report {self.name!r}: {len(self.samples)} of {wanted} answers>"

    @property
    def name(self) -> str:
        """The data set and who answered."""
        return f"{self.facts.dataset}, {self.facts.agent.get('model') or self.facts.agent['name']}"

    @cached_property
    def metrics(self) -> Metrics | None:
        """The figures of the answers that there are; ``None`` while there is none."""
        return figures(self.samples) if self.samples else None

    @cached_property
    def by_problem(self) -> dict[str, tuple[Answered, ...]]:
        """The answers to each problem that has some, by its id."""
        found: dict[str, list[Answered]] = {}
        for each in self.samples:
            found.setdefault(each.problem, []).append(each)
        return {name: tuple(those) for name, those in found.items()}

    @cached_property
    def missing(self) -> tuple[tuple[str, int], ...]:
        """The problems, with their epochs, to which there is no final answer yet."""
        final = {(each.problem, each.epoch) for each in self.samples if each.is_final}
        wanted = (
            (problem, epoch) for problem in self.facts.ids for epoch in range(self.facts.epochs)
        )
        return tuple(each for each in wanted if each not in final)

    def problem(self, name: str) -> Problem:
        """Give a problem by its id."""
        return next(problem for problem in self.problems if problem.id == name)

    def to_frame(self) -> "pandas.DataFrame":
        """Give a row for each answer, as a pandas data frame.

        Raises:
            MissingExtra: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtra("pandas", "frames") from error
        labels = {problem.id: problem.label for problem in self.problems}
        return pandas.DataFrame([_row(each, labels[each.problem]) for each in self.samples])


def _row(sample: Answered, label: Any) -> dict[str, Any]:
    plain = sample.model_dump(mode="json", exclude={"answer", "log", "score", "trouble"})
    return {
        **plain,
        "verdict": sample.score.verdict.value,
        "reason": sample.score.reason,
        "strict": sample.score.strict,
        "outcome": sample.answer.outcome.value,
        "objective": sample.answer.objective,
        "label": None if label is None else label.objective,
        "trouble": sample.trouble,
    }


# --- the journal ---------------------------------------------------------------------------------


class _Reading:
    """The events of a run, put in their places."""

    def __init__(self, path: Path) -> None:
        self._times: list[float] = []
        self._processes: list[Process] = []
        self._problems: list[Problem] = []
        self._answers: dict[tuple[str, int], tuple[str, dict[str, Any]]] = {}
        self._scores: dict[str, Score] = {}
        self._replies: list[Usage] = []
        self._evaluations = 0
        self.scorer = ""
        try:
            for event in read_journal(path):
                self._times.append(event.time)
                self._take(event)
            self.facts = self._facts
        except (ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"{path} is not the journal of an evaluation: {error}") from error

    def report(self, folder: Path) -> dict[str, Any]:
        """What a `Report` is made of."""
        keys = ((name, epoch) for name in self.facts.ids for epoch in range(self.facts.epochs))
        processes = tuple(self._timed())
        return {
            "folder": folder,
            "facts": self.facts,
            "problems": tuple(self._problems),
            "samples": tuple(self._sample(*self._answers[k]) for k in keys if k in self._answers),
            "processes": processes,
            "scorer": self.scorer,
            "used": self._used(processes),
        }

    def _take(self, event: Event) -> None:
        value = event.value
        if event.kind == RUN:
            self._facts = RunFacts.model_validate(value)
        elif event.kind == PROBLEM:
            self._problems.append(Problem.model_validate(value))
        elif event.kind == PROCESS:
            self._processes.append(Process.model_validate(value))
        elif event.kind == REPLY:
            self._replies.append(Usage.model_validate(value["reply"]["usage"]))
        elif event.kind in (SAMPLE, FAILED):
            self._answer(event.key, value)
        elif event.kind == SCORING:
            self.scorer = value["scorer"]
            self._scores = {key: Score.model_validate(s) for key, s in value["scores"].items()}

    def _answer(self, key: str, value: dict[str, Any]) -> None:
        """Keep the last answer of each that were tried again."""
        self._evaluations += 1
        self.scorer = self.scorer or value["scorer"]
        place = value["problem"], value["epoch"]
        if place not in self._answers or self._answers[place][1]["tried"] < value["tried"]:
            self._answers[place] = (key, value)

    def _sample(self, key: str, value: dict[str, Any]) -> Answered:
        score = self._scores.get(key) or Score.model_validate(value["score"])
        answer = Answer.model_validate(value["answer"])
        made = answered(value["problem"], value["epoch"], answer, score)
        told = {name: value[name] for name in ("log", "trouble", "timed_out", "tried")}
        return made.model_copy(update=told)

    def _used(self, processes: Iterable[Process]) -> Used:
        whole = sum(self._replies, Usage())
        return Used(
            calls=len(self._replies),
            tokens=whole.tokens,
            cost=whole.cost,
            evaluations=self._evaluations,
            seconds=sum(process.seconds for process in processes),
        )

    def _timed(self) -> Iterator[Process]:
        """Give the processes, each with its time: a kill leaves no word of when it was."""
        ends = [*(process.started for process in self._processes[1:]), math.inf]
        for process, after in zip(self._processes, ends[: len(self._processes)], strict=True):
            last = max((t for t in self._times if process.started <= t < after), default=0.0)
            seconds = max(0.0, last - process.started)
            yield process.model_copy(update={"seconds": seconds})


def answered(problem: str, epoch: int, answer: Answer, score: Score) -> Answered:
    """Put an answer together with what it is worth."""
    sample = sample_of(problem, answer, score, epoch)
    fields = {name: getattr(sample, name) for name in Sample.model_fields}
    return Answered(**fields, answer=answer)
