"""A run of `solvitur evolve` as one of the runs that are kept."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from solvitur.errors import ConfigError, ModelError
from solvitur.evolution.heuristics.evolve import evolve
from solvitur.evolution.heuristics.method import REFLECTION, schedule
from solvitur.evolution.heuristics.problem import Problem
from solvitur.evolution.heuristics.reading import load_problem, problems
from solvitur.evolution.heuristics.result import CANDIDATE, Facts, Result
from solvitur.llm.recording import REPLY, UNREADABLE
from solvitur.llm.replay import Silent
from solvitur.runs import Difference, Reached, Verification
from solvitur.runs.kept import JOURNAL

_TIMING = frozenset(("begun", "committed", "round"))
"""The kinds of events that say in which order things came, where that is left to chance."""


class Evolution:
    """The kind of run that `evolve` makes.

    Args:
        problem: With what runs are derived again whose problem does not ship.
    """

    def __init__(self, problem: Problem | None = None) -> None:
        self._problem = problem

    name = "evolution"
    command = ("evolve",)
    given = frozenset((REPLY, UNREADABLE)) | _TIMING

    def reads(self, facts: Mapping[str, Any]) -> bool:
        """Whether these are `Facts`."""
        try:
            Facts.model_validate(facts)
        except ValidationError:
            return False
        return True

    def about(self, facts: Mapping[str, Any]) -> str:
        """Say for what, how and by whom."""
        return f"{facts['problem']}, {facts['method']['name']}, {facts['model']}"

    def reached(self, facts: Mapping[str, Any], counts: Mapping[str, int]) -> Reached:
        """Count the candidates."""
        told = Facts.model_validate(facts)
        slots = schedule(told.method, told.seed)
        wanted = sum(slot.what != REFLECTION for slot in slots)
        return Reached(counts.get(CANDIDATE, 0), wanted, "candidates")

    async def derive(self, folder: Path, again: Path) -> Verification:
        """Let the same replies be parsed, run, scored and selected again.

        Raises:
            ConfigError: The problem is one of the user's own, and is not found again.
        """
        result = Result.load(folder)
        facts = result.facts
        problem = self._problem or _shipped(facts.problem)
        model = Silent(facts.model, folder / JOURNAL)
        with suppress(ModelError):  # where the run itself ended early
            await evolve(problem, model, facts.method, seed=facts.seed, run=again)
        found = Result.load(again)
        differences = [*_facts_apart(facts, found.facts), *_candidates_apart(result, found)]
        return Verification(f"{len(result.candidates):,} candidates", tuple(differences))


def _shipped(name: str) -> Problem:
    if name not in problems():
        raise ConfigError(
            f"the problem {name!r} is one of your own: give it as well, with --problem FILE.toml "
            "or as Evolution(problem)"
        )
    return load_problem(name)


def _facts_apart(old: Facts, new: Facts) -> Iterator[Difference]:
    for name in Facts.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(f"what decides the run: {name}", str(before), str(after))


def _candidates_apart(old: Result, new: Result) -> Iterator[Difference]:
    for candidate in old.candidates:
        found = new.by_number.get(candidate.number)
        where = f"candidate {candidate.number}"
        if found is None:
            yield Difference(where, candidate.fate.value, "nothing")
            continue
        before, after = candidate.model_dump(mode="json"), found.model_dump(mode="json")
        for name in (name for name in before if before[name] != after[name]):
            yield Difference(f"{where}: {name}", str(before[name]), str(after[name]))
