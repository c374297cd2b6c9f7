"""What is remembered of a run: every candidate, what was wrong with it, and what became of it."""

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from solvitur.evolution.heuristics.candidate import Failure, Fault
from solvitur.evolution.heuristics.method import GIVEN
from solvitur.evolution.heuristics.trial import Proposal, Trial


class Fate(StrEnum):
    """What became of a candidate."""

    kept = "kept"
    """It joined the population, at least for a while."""
    twin = "twin"
    """It scores the same as one that is there, on every instance."""
    worse = "worse"
    """There was no room for it."""
    behind = "behind"
    """It fell behind on the first instances and was not tried on the others."""
    failed = "failed"
    """It has no score."""


class Candidate(BaseModel):
    """A candidate of a run, as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    number: int
    """Its place in the schedule, from 0."""
    generation: int
    operator: str
    """Who made it; ``given`` where it was there already."""
    parents: tuple[int, ...] = ()
    """Their numbers, best first."""
    idea: str = ""
    code: str = ""
    scores: dict[str, float] = {}
    """By instance; smaller is better."""
    score: float | None = None
    """All of them as one number; None where it failed or fell behind."""
    fate: Fate
    failure: Failure | None = None
    """Why it has no score."""
    first_failure: Failure | None = None
    """What was wrong with its first reply, where the model was asked to mend it."""
    hint: str = ""
    """What reflection said of its parents."""
    calls: int = 0
    """Requests to the model that it took."""
    tokens: int = 0
    cost: float | None = 0.0
    """US dollars; None where the model does not say."""
    staleness: int = 0
    """How many others came to their end after its parents were chosen: of these it knew nothing."""

    @classmethod
    def of(
        cls, plan: Proposal, trial: Trial, *, score: float | None, fate: Fate, told: int
    ) -> Self:
        """Write down what came of a proposal."""
        heuristic = trial.heuristic
        return cls(
            number=plan.number,
            generation=plan.generation,
            operator=plan.operator.name if plan.operator else GIVEN,
            parents=tuple(parent.number for parent in plan.parents),
            idea=heuristic.idea if heuristic else "",
            code=heuristic.code if heuristic else "",
            scores=dict(trial.scores),
            score=score,
            fate=fate,
            failure=trial.failure,
            first_failure=trial.first_failure,
            hint=trial.hint,
            calls=trial.calls,
            tokens=trial.usage.tokens,
            cost=trial.usage.cost,
            staleness=told - 1 - plan.told,
        )

    @property
    def fault(self) -> Fault | None:
        """The class of its failure."""
        return None if self.failure is None else self.failure.fault

    def told(self) -> dict[str, Any]:
        """Give it in terms of JSON."""
        return self.model_dump(mode="json", exclude_defaults=True)
