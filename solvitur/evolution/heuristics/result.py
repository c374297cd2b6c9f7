"""What a run came to, read from its journal: at its end, in the middle, or years later."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics.history import Candidate
from solvitur.evolution.heuristics.method import Method
from solvitur.llm import Usage
from solvitur.llm.recording import REPLY
from solvitur.runs import Used, read_journal
from solvitur.runs.kept import JOURNAL, RUN

PROCESS, CANDIDATE, REFLECTED, FINAL = (
    "process",
    "candidate",
    "reflected",
    "final",
)
"""Kinds of events, besides `RUN`, replies and evaluations."""
_DIGITS = 12


class Facts(BaseModel):
    """What decides a run. Limits do not: they only decide how far it comes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: Literal[1] = 1
    kind: Literal["evolution"] = "evolution"
    problem: str
    """What the problem is called."""
    sha256: str
    """Of all that it is: its words, its driver, its instances."""
    measure: str
    """What a score is."""
    instances: tuple[str, ...]
    """Those that the search sees."""
    model: str
    """Who writes."""
    method: Method
    prompts: str = ""
    """SHA-256 of what the model is asked, without the heuristics that it is shown."""
    seed: int
    solvitur: str
    """The version of solvitur."""

    @property
    def name(self) -> str:
        """What the run is called by default; another for other facts."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        digest = hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]
        return f"{self.problem}-{self.method.name}-{digest}"


class Process(BaseModel):
    """One time that a run was begun or gone on with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    started: float
    """Seconds since 1970."""
    limits: dict[str, Any] = {}
    """What it was allowed to use."""
    seconds: float = 0.0
    """Wall time from its start to the last thing that it recorded."""


class Standing(BaseModel):
    """How good one heuristic is on every set of instances: what the search saw, and what not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What it is called: the number of a candidate, or the name of a known heuristic."""
    number: int | None = None
    """Of the candidate that it is; None for a known heuristic."""
    scores: dict[str, float | None]
    """By the name of the set, ``training`` first; None where it failed."""


@dataclass(frozen=True)
class Result:
    """A run: every candidate, the best of them, and how good it is on what it never saw."""

    folder: Path
    facts: Facts
    candidates: tuple[Candidate, ...]
    """By their numbers."""
    standings: tuple[Standing, ...] = ()
    """The best candidate first, then known heuristics; empty until the run is at its end."""
    processes: tuple[Process, ...] = ()
    used: Used = field(default_factory=Used)
    stopped: str = ""
    """Why it ended early: ``interrupted``, or which limit was reached. Empty at its end, and where
    it is read from its folder."""

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read what there is of a run.

        Raises:
            ConfigError: There is no run in the folder, or it is another kind of run.
        """
        path = Path(folder) / JOURNAL
        reading = _Reading()
        try:
            for event in read_journal(path):
                reading.take(event.kind, event.value, event.time)
            facts = reading.facts
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(f"{path} is not the journal of an evolution: {error}") from error
        if facts is None:
            raise ConfigError(f"{path} is not the journal of an evolution")
        processes = tuple(reading.timed())
        return cls(
            folder=Path(folder),
            facts=facts,
            candidates=tuple(sorted(reading.candidates, key=lambda each: each.number)),
            standings=tuple(reading.standings),
            processes=processes,
            used=reading.used(processes),
        )

    @cached_property
    def by_number(self) -> Mapping[int, Candidate]:
        """The candidates by their numbers."""
        return {each.number: each for each in self.candidates}

    @property
    def best(self) -> Candidate | None:
        """The best candidate; None while there is none with a score."""
        confirmed = next((each.number for each in self.standings if each.number is not None), None)
        if confirmed is not None:
            return self.by_number[confirmed]
        scored = [(each.score, each.number) for each in self.candidates if each.score is not None]
        return self.by_number[min(scored)[1]] if scored else None

    def ancestors(self, candidate: Candidate) -> tuple[Candidate, ...]:
        """Give a candidate and all that it was made from, the oldest first."""
        found: dict[int, Candidate] = {}
        waiting = [candidate.number]
        while waiting:
            number = waiting.pop()
            if number not in found and number in self.by_number:
                found[number] = self.by_number[number]
                waiting.extend(found[number].parents)
        return tuple(found[number] for number in sorted(found))


class _Reading:
    """What is gathered from the events of a journal."""

    def __init__(self) -> None:
        self.facts: Facts | None = None
        self.candidates: list[Candidate] = []
        self.standings: list[Standing] = []
        self._processes: list[Process] = []
        self._replies: list[Usage] = []
        self._cpu_seconds = 0.0
        self._times: list[float] = []

    def take(self, kind: str, value: Any, time: float) -> None:
        """Take an event."""
        self._times.append(time)
        if kind == RUN:
            self.facts = Facts.model_validate(value)
        elif kind == PROCESS:
            self._processes.append(Process.model_validate(value))
        elif kind == CANDIDATE:
            self.candidates.append(Candidate.model_validate(value))
        elif kind == FINAL:
            self.standings = [Standing.model_validate(each) for each in value]
        elif kind == REPLY:
            self._replies.append(Usage.model_validate(value["reply"]["usage"]))
        elif kind == "evaluation":
            self._cpu_seconds += value["cpu_seconds"]

    def timed(self) -> Iterable[Process]:
        """Give the processes, with how long each was at it."""
        times = sorted(self._times)
        ends = [*(process.started for process in self._processes[1:]), float("inf")]
        for process, end in zip(self._processes, ends, strict=False):
            start = process.started
            last = max((time for time in times if start <= time < end), default=start)
            yield process.model_copy(update={"seconds": round(last - start, 3)})

    def used(self, processes: Iterable[Process]) -> Used:
        """Add up what was used."""
        whole = sum(self._replies, Usage())
        return Used(
            calls=len(self._replies),
            tokens=whole.tokens,
            cost=whole.cost,
            evaluations=len(self.candidates),
            cpu_seconds=round(self._cpu_seconds, 3),
            seconds=sum(process.seconds for process in processes),
        )
