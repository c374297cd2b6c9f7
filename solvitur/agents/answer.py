"""What comes out: one object for a person, a program and a file."""

import json
import math
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from solvitur.agents.assumptions import assumptions
from solvitur.agents.confidence import Confidence
from solvitur.agents.draft import Attempt
from solvitur.agents.explain import explain, explain_run
from solvitur.agents.script import ScriptRun
from solvitur.formulation.elements import Formulation
from solvitur.formulation.printing import first
from solvitur.formulation.tables.data import Given
from solvitur.llm import Usage
from solvitur.solvers import Conflict, Ray, Relaxation, Sensitivity
from solvitur.solvers.solution import Outcome, Solution, plain

_TOLERANCE = 1e-6
"""Largest violation of a script's own model that counts as rounding."""
_MOST_REASONS = 3


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Check(_Record):
    """One thing that speaks against the formulation."""

    code: str
    severity: str
    element: str | None
    message: str


class Certificate(_Record):
    """What the solver proved and what the second opinion found.

    Of a script it is what the script's own run claims: script and solver share one process there,
    so nothing in it is proof. Five elements that agree with the script have a proof of their own.
    """

    problem_class: str
    solver: str
    stopped: str
    """Why the solver stopped: `proved`, a limit, or `claimed` where only a script's run says so."""
    bound: float | None
    gap: float | None
    confirmed: bool | None
    """Whether the independent check agrees; ``None`` where there is no point to check."""
    max_violation: float | None
    rows: int | None
    message: str


class Round(_Record):
    """One attempt: how it was asked for, how it ended, and what spoke against it."""

    route: str
    outcome: str
    objective: float | None
    evidence: tuple[str, ...]
    same_as: tuple[int, ...] = ()
    """Earlier rounds, from 1, whose formulations are proved equivalent to the one of this."""


class Agreement(_Record):
    """What the formulations that were drawn say of the one that was chosen among them."""

    drawn: int
    equivalent: int
    """How many of them are proved to be equivalent, the chosen one included."""
    equal: int
    """How many more come to the same, where equivalence is neither proved nor ruled out."""
    by_accident: int
    """How many more come to the same, and are proved not to be equivalent."""

    def __str__(self) -> str:
        """Say it in one line.

        Example:
            >>> print(Agreement(drawn=4, equivalent=2, equal=1, by_accident=0))
            2 of 4 are proved equivalent; 1 more with the same result, 1 with another result or none
            >>> print(Agreement(drawn=2, equivalent=1, equal=0, by_accident=1))
            no other of 2 is proved equivalent; 1 with the same result, and not equivalent
        """
        alone = self.equivalent == 1
        of = f"of {self.drawn}"
        said = f"no other {of} is" if alone else f"{self.equivalent} {of} are"
        others = self.drawn - self.equivalent - self.equal - self.by_accident
        parts = (
            (self.equal, "more with the same result"),
            (self.by_accident, "with the same result, and not equivalent"),
            (others, "with another result or none"),
        )
        more = ", ".join(f"{number} {words}" for number, words in parts if number)
        return "; ".join(filter(None, (f"{said} proved equivalent", more)))


class Listing(_Record):
    """The optimal points there are, or as many of them as were asked for."""

    is_complete: bool
    """Whether it is proved that there are no others of this kind."""
    message: str
    """Of what kind they are, and why others may be missing."""
    points: tuple[dict[str, Any], ...]
    """The variables at each, in the order of their values."""


class RouteResult(_Record):
    """What one route gave."""

    outcome: Outcome
    objective: float | None


class Comparison(_Record):
    """What two routes to the same problem gave."""

    formulation: RouteResult
    code: RouteResult
    agree: bool | None
    """``None`` where one of them came to no answer."""
    message: str


class Answer(_Record):
    """The answer to a problem, with everything needed to judge it."""

    format: int = 1
    outcome: Outcome
    message: str = ""
    """What went wrong or what limit was reached, in words."""
    answer: str = ""
    """The answer in words."""
    objective: float | None = None
    variables: dict[str, Any] = {}
    optima: Listing | None = None
    """All optimal points, where they were asked for."""
    route: Literal["formulation", "code"] = "formulation"
    """The route that the answer came by."""
    formulation: Formulation | None = None
    script: str | None = None
    """The Pyomo script of the code route, where that was taken."""
    comparison: Comparison | None = None
    """What each route gave, where both were taken."""
    confidence: Confidence | None = None
    """How sure it is to be what was asked for; ``None`` where no model had to understand a text."""
    assumptions: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    verification: Certificate | None = None
    conflict: Conflict | None = None
    """What contradicts itself, where there is no answer."""
    relaxation: Relaxation | None = None
    """The least change with which there would be one."""
    ray: Ray | None = None
    """The way without end, where there is no best answer."""
    sensitivity: Sensitivity | None = None
    """What one more unit of each limit is worth, where that was asked."""
    rounds: tuple[Round, ...] = ()
    agreement: Agreement | None = None
    """How many of the formulations say the same, where more than one was asked for."""
    model: str | None = None
    usage: Usage = Usage()
    cost: float | None = 0.0
    """US dollars; ``None`` where the price is not known."""
    seconds: float = 0.0
    solver_seconds: float | None = None
    """Of these in the solver, over all attempts; ``None`` where nobody measured it."""

    def to_json(self) -> str:
        """Write it as JSON; the formulation leaves out what is at its default.

        JSON knows no infinity: a figure that has no finite value is null.
        """
        data = self.model_dump(mode="json")
        if self.formulation is not None:
            data["formulation"] = self.formulation.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(finite(data), indent=2, ensure_ascii=False, allow_nan=False)


def finite(value: Any) -> Any:
    """Put ``None`` for every number in JSON values that has no finite value."""
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def from_attempt(attempt: Attempt, text: str | None, data: Given = None) -> Answer:
    """Make the answer of an attempt; rounds, usage and seconds are the caller's to fill in."""
    if attempt.run is not None:
        return _from_run(attempt, attempt.run)
    formulation, solution = attempt.draft.formulation, attempt.solution
    if formulation is None or solution is None:
        outcome = Outcome.not_formulated if formulation is None else Outcome.error
        evidence = dict.fromkeys(filter(None, (attempt.trouble, *attempt.evidence)))
        reasons = "; ".join(evidence) or "no formulation came of it"
        return Answer(outcome=outcome, message=reasons, formulation=formulation)
    if attempt.is_hollow:
        return Answer(
            outcome=Outcome.not_formulated,
            message="the model found nothing that has to be done: "
            + "; ".join(first(attempt.evidence, _MOST_REASONS, "and {} more like these")),
            formulation=formulation,
            checks=_checks(attempt),
        )
    found = attempt.diagnosis
    return Answer(
        outcome=solution.outcome,
        message=solution.message,
        answer="\n".join(filter(None, (explain(formulation, solution, data), str(found)))),
        objective=plain(solution.objective) if solution.objective is not None else None,
        variables=solution.variables(),
        formulation=formulation,
        assumptions=assumptions(formulation, text),
        checks=_checks(attempt),
        verification=certificate(solution),
        conflict=found.conflict,
        relaxation=found.relaxation,
        ray=found.ray,
        sensitivity=found.sensitivity,
    )


def _checks(attempt: Attempt) -> tuple[Check, ...]:
    return tuple(
        Check(code=f.code, severity=f.severity, element=f.element, message=str(f))
        for f in attempt.findings
    )


def _from_run(attempt: Attempt, run: ScriptRun) -> Answer:
    shown = Answer(
        outcome=run.outcome, route="code", script=attempt.draft.script, checks=_checks(attempt)
    )
    if not run.is_conclusive:
        return shown.model_copy(update={"message": run.evidence[0]})
    claimed = Certificate(
        problem_class=run.problem_class or "",
        solver=run.solver or "",
        stopped="time_limit" if run.outcome is Outcome.limit else "claimed",
        bound=run.bound,
        gap=None,
        confirmed=None,
        max_violation=run.violation,
        rows=run.rows,
        message=_checked(run),
    )
    update = {
        "answer": explain_run(run),
        "objective": None if run.objective is None else plain(run.objective),
        "variables": run.variables,
        "verification": claimed,
    }
    return shown.model_copy(update=update)


def _checked(run: ScriptRun) -> str:
    if run.violation is None:
        return ""
    if run.violation > _TOLERANCE:
        return f"NOT confirmed: the script's own model is violated by {run.violation:.1e}"
    return (
        "by its own word, the rows and bounds of the script's model hold "
        f"(largest violation {run.violation:.1e}); nothing outside its run confirms that"
    )


def certificate(solution: Solution) -> Certificate:
    """Put down what is proved and what is confirmed."""
    check = solution.verification
    return Certificate(
        problem_class=solution.problem_class.value,
        solver=solution.solver,
        stopped=solution.stop.value,
        bound=solution.bound,
        gap=solution.gap,
        confirmed=None if check is None else check.ok,
        max_violation=None if check is None else check.max_violation,
        rows=None if check is None else check.rows,
        message="" if check is None else str(check),
    )


def certified(certificate: Certificate, outcome: Outcome) -> str:
    """Say in one line what is proved and what is confirmed of an answer with that outcome."""
    solved = f"{certificate.problem_class}, {certificate.solver}"
    parts = [f"{solved}, {ended(certificate, outcome)}"]
    if certificate.bound is not None:
        parts.append(f"bound {certificate.bound + 0.0:.10g}")  # there is no -0
    if certificate.gap is not None:
        parts.append(f"gap {certificate.gap:.2g}")
    return "; ".join([*parts, *([certificate.message] if certificate.message else [])])


def ended(certificate: Certificate, outcome: Outcome) -> str:
    """Say in a few words what is proved of an answer with that outcome, or why nothing is."""
    proved = {Outcome.solved: "optimal"}.get(outcome, outcome.value)
    ending = {"proved": f"proved {proved}", "claimed": f"{proved}, as the script's own run claims"}
    return ending.get(certificate.stopped, f"stopped: {certificate.stopped.replace('_', ' ')}")


def rounds(attempts: Sequence[Attempt]) -> tuple[Round, ...]:
    """Put down every attempt."""
    return tuple(
        Round(
            route=attempt.draft.route,
            outcome=attempt.result.outcome.value if attempt.result else "not solved",
            objective=attempt.result.objective if attempt.result else None,
            evidence=attempt.evidence,
            same_as=tuple(sorted(attempt.same_as)),
        )
        for attempt in attempts
    )
