"""Attempts made by hand."""

from typing import Any

from solvitur.agents.draft import Attempt, Draft
from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, Finding, Severity
from solvitur.formulation.classify import ProblemClass
from solvitur.solvers.solution import Holding, Solution, Stop, Verification

MADE = Formulation.model_validate(
    {"variables": [{"name": "x"}], "objective": {"sense": "minimize", "expression": "x"}}
)


def solution(
    objective: float | None, holding: Holding = Holding.optimal, ok: bool = True
) -> Solution:
    worst = None if ok else "row"
    check = None
    if objective is not None:
        check = Verification(ok, 0.0, worst, 0.0, objective, rows=3, tolerance=1e-6)
    return Solution(
        stop=Stop.proved,
        holding=holding,
        problem_class=ProblemClass.LP,
        solver="by hand",
        seconds=0.0,
        objective=objective,
        verification=check,
    )


def finding(code: Code) -> Finding:
    severity = Severity.error if code in (Code.invalid, Code.unlimited) else Severity.warning
    return Finding(code, severity, "objective", f"{code} it is")


def attempt(number: int, objective: float | None, *codes: Code, **parts: Any) -> Attempt:
    """A solved attempt with findings; None for one that was drafted and never solved."""
    found = tuple(map(finding, codes))
    solved = None if objective is None else solution(objective, **parts)
    return Attempt(number, Draft("direct", MADE), found, solved)


def unformulated(number: int) -> Attempt:
    return Attempt(number, Draft("direct", None, fault="no JSON"))


def infeasible(number: int) -> Attempt:
    return Attempt(number, Draft("direct", MADE), (), solution(None, Holding.infeasible))
