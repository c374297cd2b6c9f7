"""One attempt at a problem, and who can make one: a formulation, or a script that says as much."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from solvitur.agents.diagnosis import Diagnosis
from solvitur.agents.reviewing import Review
from solvitur.agents.script import ScriptRun
from solvitur.formulation.checks import Code, Finding, Severity
from solvitur.formulation.elements import Formulation
from solvitur.formulation.tables.data import Data
from solvitur.formulation.words.cues import Reading
from solvitur.llm import Model, Usage
from solvitur.llm.catalog import CATALOG
from solvitur.solvers.solution import Outcome, Solution
from solvitur.solvers.words import NOISE


@dataclass(frozen=True)
class Draft:
    """What a model made of a problem: a formulation, or the reason why there is none."""

    route: str
    """Which way of asking it came by."""
    formulation: Formulation | None
    fault: str = ""
    """Why there is no formulation, in words that can be fed back to the model."""
    text: str = ""
    """What the model wrote, where it was one reply."""
    usage: Usage = field(default_factory=Usage)
    script: str | None = None
    """A Pyomo script in place of a formulation: the code route."""


_WEIGHT = {
    Code.invalid: 100,
    Code.data: 100,
    Code.unlimited: 10,
    Code.constant_objective: 10,
    Code.sense: 6,
    Code.reversed: 4,
    Code.forgotten_number: 3,
    Code.invented_number: 3,
    Code.unused: 1,
    Code.units: 1,
}
"""How much a finding speaks against a draft; chosen on problems that no table in docs/ uses."""
_GAP = 3
"""How much a line of a review does, and an optimum at which nothing is done."""


@dataclass(frozen=True)
class Attempt:
    """A draft with everything that was found out about it."""

    round: int
    draft: Draft
    findings: tuple[Finding, ...] = ()
    solution: Solution | None = None
    trouble: str = ""
    """Why there is no solution, when the solver could not take the formulation."""
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    """Why the solution is no answer, where it is none, and what else was found out about it."""
    run: ScriptRun | None = None
    """What came of the script, on the code route."""
    reviews: tuple[Review, ...] = ()
    """What reviewers found out about it."""
    tolerated: frozenset[Code] = frozenset({Code.units})
    """Findings that are told and for which nothing is repaired: texts are loose with units."""
    same_as: frozenset[int] = frozenset()
    """Rounds of earlier attempts whose formulations are proved equivalent to its own."""
    unlike: frozenset[int] = frozenset()
    """Rounds of earlier ones that come to the same, and are proved to be something else."""

    @property
    def evidence(self) -> tuple[str, ...]:
        """Everything that speaks against this attempt, one line each."""
        return self._against(self.findings)

    def _against(self, findings: Iterable[Finding]) -> tuple[str, ...]:
        lines = [self.draft.fault, *map(str, findings), self.trouble]
        if self.run is not None:
            lines += self.run.evidence
        if self.solution is not None:
            outcome = self.solution.outcome
            if outcome in (Outcome.infeasible, Outcome.unbounded):
                reason = " ".join(str(self.diagnosis).split("\n")) if self.diagnosis else ""
                said = f"the solver says that the problem is {outcome.value}"
                lines.append(f"{said}. {reason}" if reason else said)
            if self.is_idle:
                lines.append("at the optimum every variable is 0: what has to be done is missing")
            if self.solution.verification is not None and not self.solution.verification.ok:
                lines.append(str(self.solution.verification))
        lines += [gap for review in self.reviews for gap in review.gaps]
        return tuple(line for line in lines if line)

    @property
    def result(self) -> "Solution | ScriptRun | None":
        """What a solver said of the formulation, or of the script."""
        if self.run is not None:
            return self.run if self.run.is_conclusive else None
        return self.solution

    @property
    def solver_seconds(self) -> float:
        """Wall seconds that the solver took for it, or the script for all that it did."""
        return 0.0 if self.result is None else self.result.seconds

    @property
    def is_idle(self) -> bool:
        """Whether it is best to do nothing at all, which nobody asks about."""
        if self.solution is None or not self.solution.has_point:
            return False
        values = [v for entries in self.solution.values.values() for v in entries.values()]
        return bool(values) and all(abs(value) < NOISE for value in values)

    @property
    def is_hollow(self) -> bool:
        """Whether nothing has to be done because numbers of the text were left out: no answer."""
        return self.is_idle and any(f.code is Code.forgotten_number for f in self.findings)

    @property
    def is_reviewed(self) -> bool:
        """Whether reviewers look at it: it came to an answer, and no check calls it wrong."""
        is_wrong = any(found.severity is Severity.error for found in self.findings)
        return not is_wrong and self.result is not None and self.result.outcome is Outcome.solved

    @property
    def is_clean(self) -> bool:
        """Whether it is solved and nothing speaks against it but what is tolerated."""
        telling = [found for found in self.findings if found.code not in self.tolerated]
        return self.result is not None and not self._against(telling)

    @property
    def usage(self) -> Usage:
        """What it used up, reviews included."""
        return sum((review.usage for review in self.reviews), self.draft.usage)

    @property
    def agrees(self) -> bool | None:
        """Whether an independent route agrees; ``None`` where none came to an answer."""
        said = [review.agrees for review in self.reviews if review.agrees is not None]
        return any(said) if said else None

    @property
    def verdict(self) -> tuple[str, str] | None:
        """Outcome and objective to six digits; two attempts that share it agree."""
        if self.result is None:
            return None
        return verdict_of(self.result.outcome, self.result.objective)

    @property
    def penalty(self) -> int:
        """How much speaks against it; 0 is clean."""
        weight = sum(_WEIGHT[finding.code] for finding in self.findings)
        weight += sum(_GAP * len(review.gaps) for review in self.reviews) + _GAP * self.is_idle
        if self.draft.formulation is None and self.draft.script is None:
            return 1000
        if self.result is None:
            return 500 + weight
        return weight + (0 if self.result.outcome is Outcome.solved else 20)


def verdict_of(outcome: Outcome, objective: float | None) -> tuple[str, str]:
    """Write what something comes to so that what agrees is equal: the objective to six digits.

    Example:
        >>> verdict_of(Outcome.solved, 1200.0)
        ('solved', '1.20000e+03')
    """
    return outcome.value, "" if objective is None else f"{objective:.5e}"


@dataclass
class Asking:
    """What a formulator works with: the text read once, the model, and what was tried before."""

    reading: Reading
    model: Model
    attempts: list[Attempt] = field(default_factory=list)
    data: Data = field(default_factory=lambda: Data({}))
    """The tables that come with the problem."""
    techniques: frozenset[str] = frozenset()
    """Those in use; see `solvitur.agents.techniques`."""

    @property
    def round(self) -> int:
        """The number of this round, from 1."""
        return len(self.attempts) + 1


def is_small(model: Model) -> bool:
    """Whether it is an embedded model, here or served, which can do one small thing at a time.

    >>> from solvitur.llm import VLLM
    >>> is_small(VLLM("smollm2-135m+mine")), is_small(VLLM("gpt-oss-120b"))
    (True, False)
    """
    backend, _, served = model.name.partition(":")
    return backend == "local" or (backend == "vllm" and served.partition("+")[0] in CATALOG)


class Formulator(Protocol):
    """A way to get a formulation out of a model."""

    @property
    def name(self) -> str:
        """Which way it is."""

    async def draft(self, asking: Asking, *, temperature: float, seed: int) -> Draft:
        """Make one draft; a reply that cannot be used is a draft with a fault, not an error."""
