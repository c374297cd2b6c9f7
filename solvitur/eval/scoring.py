"""Whether an answer is right: one verdict, and beside it what others would have called right.

A scorer is any function of a problem and an answer that gives a `Score`; `score` is ours. It runs
no language model, so that old answers can be scored anew. What published evaluations do silently
(accept 5 %, let integers be continuous until the label fits, turn signs) is here a figure of its
own, and never in the verdict.
"""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from solvitur.agents import Answer
from solvitur.errors import ConfigError, Error
from solvitur.eval.labels import STRICT, TOLERANCE, Label, same
from solvitur.eval.problem import Problem
from solvitur.formulation import Domain, Formulation, Variable
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show_number
from solvitur.formulation.tables.data import Given
from solvitur.solvers import Options, Outcome, Point, solve

if TYPE_CHECKING:
    from solvitur.equivalence import Verdict as Equivalence


class Verdict(StrEnum):
    """What an answer is worth. The three failures are different things."""

    right = "right"
    wrong = "wrong"
    """It came to an answer, and that is not the label."""
    error = "error"
    """It came to no answer: nothing was formulated, it did not run, or a limit was reached."""
    unscored = "unscored"
    """There is nothing to compare it with."""


class OtherReading(BaseModel):
    """What the answer's own formulation comes to with other kinds of numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str
    """How it ended, as an answer says it; `error` where it could not be solved."""
    objective: float | None
    is_right: bool | None
    """Whether that is the label; ``None`` where it came to nothing or there is no label."""


class Score(BaseModel):
    """A verdict with its reason, and what stands beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    reason: str = ""
    """Why it is not right, in words."""
    strict: bool | None = None
    """Whether it is right within 1e-6 as well; ``None`` where there is no verdict on a number."""
    as_continuous: OtherReading | None = None
    """With every whole number let free; ``None`` where there is none, or it was not asked for."""
    as_integer: OtherReading | None = None
    """With every number made whole; ``None`` where all are, or it was not asked for."""
    feasible: bool | None = None
    """Whether the point holds in the reference formulation; ``None`` where that cannot be said."""
    feasible_note: str = ""
    """Why that cannot be said, or what is violated."""
    equivalent: bool | None = None
    """Whether the formulation is equivalent to the reference; ``None`` where nobody found out."""
    equivalent_note: str = ""
    """How it was decided, or why it was not."""
    by_label: dict[str, Verdict] = {}
    """The verdicts by the labels of others, by their names."""


Scorer = Callable[[Problem, Answer], Score]
"""Judges an answer. It may raise nothing for an answer that is bad; that is a verdict."""


def score(
    problem: Problem,
    answer: Answer,
    *,
    tolerance: float = TOLERANCE,
    readings: bool = True,
    seconds: float = 10.0,
) -> Score:
    """Judge an answer by the label of its problem.

    Infeasible and unbounded are classes: they are right where the label says so. The objective of
    an answer that stopped at a limit is judged like any other. `functools.partial` makes a scorer
    of it that has another tolerance.

    Args:
        problem: What was asked.
        answer: What came of it.
        tolerance: How far the objective may be from the label, relative to it (at least 1).
        readings: Whether the answer's own formulation is solved again, with continuous numbers
            and with whole ones, and compared with the reference.
        seconds: For each of these three.

    Example:
        >>> problem = Problem(id="1", question="...", label=Label(outcome="solved", objective=15.0))
        >>> score(problem, Answer(outcome="solved", objective=-15.0)).reason
        '-15 where the label says 15: the sign is the opposite'
    """
    verdict, reason = judge(problem.label, answer, tolerance, problem.label_fault)
    is_feasible, note = _feasible(problem, answer)
    continuous = integer = is_equivalent = None
    compared = ""
    if readings and answer.formulation is not None:
        is_equivalent, compared = _equivalent(problem, answer.formulation, seconds)
        continuous = _reading(problem, answer.formulation, Domain.continuous, tolerance, seconds)
        integer = _reading(problem, answer.formulation, Domain.integer, tolerance, seconds)
    return Score(
        verdict=verdict,
        reason=reason,
        strict=_strict(problem.label, answer, verdict),
        as_continuous=continuous,
        as_integer=integer,
        feasible=is_feasible,
        feasible_note=note,
        equivalent=is_equivalent,
        equivalent_note=compared,
        by_label={
            name: judge(label, answer, tolerance)[0] for name, label in problem.labels.items()
        },
    )


def failed(reason: str) -> Score:
    """Give the score of a problem to which there is no answer at all."""
    return Score(verdict=Verdict.error, reason=reason)


def judge(
    label: Label | None, answer: Answer, tolerance: float = TOLERANCE, fault: str = ""
) -> tuple[Verdict, str]:
    """Give the verdict of one label, and the reason where it is not right."""
    if label is None:
        return Verdict.unscored, fault or "there is no label"
    outcome = answer.outcome.value
    if not answer.outcome.is_conclusive:
        message = answer.message.strip().split("\n")[0]
        return Verdict.error, ": ".join(filter(None, (outcome.replace("_", " "), message)))
    if outcome in ("infeasible", "unbounded"):
        is_right = label.allows(outcome)
        return _verdict(is_right, f"{outcome} where the label says {label}")
    objective = answer.objective
    if objective is None or not math.isfinite(objective):
        return Verdict.error, f"it is {outcome}, and there is no objective"
    if label.objective is None:
        return Verdict.wrong, f"{show_number(objective)} where the label says {label}"
    return _verdict(same(objective, label.objective, tolerance), _apart(objective, label.objective))


# --- the parts -----------------------------------------------------------------------------------


def _verdict(is_right: bool, reason: str) -> tuple[Verdict, str]:
    return (Verdict.right, "") if is_right else (Verdict.wrong, reason)


def _apart(objective: float, label: float) -> str:
    said = f"{show_number(objective)} where the label says {show_number(label)}"
    if label and same(-objective, label):
        return f"{said}: the sign is the opposite"
    if not label:
        return said
    share = abs(objective - label) / abs(label)
    way = "more" if objective > label else "less"
    return f"{said}: {share:.2g} times {way}" if share >= 1 else f"{said}: {share:.2%} {way}"


def _strict(label: Label | None, answer: Answer, verdict: Verdict) -> bool | None:
    if label is None or label.objective is None or answer.objective is None:
        return None
    if verdict not in (Verdict.right, Verdict.wrong):
        return None
    return same(answer.objective, label.objective, STRICT)


def _reading(
    problem: Problem, formulation: Formulation, domain: Domain, tolerance: float, seconds: float
) -> OtherReading | None:
    """Solve the formulation with other kinds of numbers; nothing where it has none to change."""
    changed = with_numbers(formulation, domain)
    if changed is None:
        return None
    options = Options(time_limit=seconds, threads=1)
    try:
        solution = solve(changed, options=options, data=problem.data or None)
    except Error:
        return OtherReading(outcome=Outcome.error.value, objective=None, is_right=None)
    found = Answer(outcome=solution.outcome, objective=solution.objective)
    verdict, _ = judge(problem.label, found, tolerance)
    is_judged = verdict in (Verdict.right, Verdict.wrong)
    return OtherReading(
        outcome=solution.outcome.value,
        objective=solution.objective,
        is_right=verdict is Verdict.right if is_judged else None,
    )


def with_numbers(formulation: Formulation, domain: Domain) -> Formulation | None:
    """Let every variable be continuous, or every one whole; ``None`` where they are already.

    A choice of yes or no stays one where numbers are made whole; as a continuous one it lies
    between 0 and 1.

    Example:
        >>> shop = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer"}, {"name": "y"}],
        ...     "objective": {"sense": "maximize", "expression": "x + y"}})
        >>> [v.domain.value for v in with_numbers(shop, Domain.continuous).variables]
        ['continuous', 'continuous']
    """
    changed = tuple(_with_domain(variable, domain) for variable in formulation.variables)
    if changed == formulation.variables:
        return None
    return formulation.model_copy(update={"variables": changed})


def _with_domain(variable: Variable, domain: Domain) -> Variable:
    is_free = variable.domain is Domain.continuous
    if is_free == (domain is Domain.continuous):
        return variable
    update: dict[str, object] = {"domain": domain}
    if variable.domain is Domain.binary:
        update |= {"lower": variable.lower or 0.0}
        update |= {"upper": 1.0 if variable.upper is None else variable.upper}
    return variable.model_copy(update=update)


def _equivalent(
    problem: Problem, formulation: Formulation, seconds: float
) -> tuple[bool | None, str]:
    """Say whether a formulation is equivalent to the reference, and how that is known."""
    if problem.formulation is None:
        return None, ""
    found = equivalence(problem.formulation, formulation, problem, seconds)
    return found.is_equivalent, str(found)


def equivalence(
    one: Formulation, other: Formulation, problem: Problem, seconds: float
) -> "Equivalence":
    """Decide whether two formulations of a problem are equivalent, with the problem's data."""
    from solvitur.equivalence import Conclusion, Verdict, check

    data = problem.data or None
    try:
        return check(Instance(one, data), Instance(other, data), seconds=seconds)
    except Error as error:
        return Verdict(Conclusion.unknown, str(error))


def _feasible(problem: Problem, answer: Answer) -> tuple[bool | None, str]:
    """Say whether the point holds in the reference, whose variables it must name."""
    if problem.formulation is None:
        return None, "there is no reference formulation"
    if not answer.variables:
        return None, "there is no point"
    data = problem.data or None
    try:
        return _holds(Instance(problem.formulation, data), data, answer)
    except ConfigError as error:
        return None, f"the point is not in the words of the reference: {error}"
    except Error as error:
        return None, f"the reference cannot be evaluated there: {error}"


def _holds(instance: Instance, data: Given, answer: Answer) -> tuple[bool | None, str]:
    from solvitur.solvers.points import read_point
    from solvitur.solvers.verify import verify

    wanted, named = set(instance.bounds), set(answer.variables)
    if wanted != named:
        theirs, ours = ", ".join(sorted(named)), ", ".join(sorted(wanted))
        return None, f"the point has the variables {theirs}, and the reference {ours}"
    continuous = with_numbers(instance.formulation, Domain.continuous)
    unrounded = instance if continuous is None else Instance(continuous, data)
    point = read_point(unrounded, answer.variables)
    if missing := [name for name in sorted(wanted) if _lacks(instance, point, name)]:
        return None, f"the point does not have every entry of {missing[0]}"
    found = verify(instance, point, None)
    return found.ok, "" if found.ok else f"violated: {found.worst or 'a whole number'}"


def _lacks(instance: Instance, point: Point, name: str) -> bool:
    return any(key not in point[name] for key in instance.bounds[name])
