"""Two routes to one problem, the five elements and the script, and whether they agree.

They fail on different problems: a relation turned round here, an index forgotten there. Where
they agree, neither had to know the other, so agreement is a confirmation of its own.
"""

import math

from solvitur.agents import confidence
from solvitur.agents.answer import Answer, Comparison, RouteResult
from solvitur.llm import Usage
from solvitur.solvers.solution import Outcome

_SAME = 1e-5
"""How near two objectives are, relative to their size, when they agree: both may stop at a gap."""


def compared(formulation: Answer, code: Answer) -> Answer:
    """Put the answers of both routes together.

    The formulation's answer is kept where both agree, and where they do not while its point is
    confirmed; otherwise that of the route which came to one.
    """
    comparison = _comparison(formulation, code)
    kept = code if _is_better(code, formulation) else formulation
    message = "; ".join(part for part in (comparison.message, kept.message) if part)
    sure = kept.confidence
    if sure is not None:
        sure = confidence.compared(sure, agree=comparison.agree, route=kept.route)
    usage = sum((answer.usage for answer in (formulation, code)), Usage())
    return kept.model_copy(
        update={
            "message": message,
            "script": code.script,
            "comparison": comparison,
            "confidence": sure,
            "rounds": (*formulation.rounds, *code.rounds),
            "usage": usage,
            "cost": usage.cost,
            "seconds": round(formulation.seconds + code.seconds, 3),
        }
    )


def _is_better(code: Answer, formulation: Answer) -> bool:
    return _rank(code) > _rank(formulation)


def _rank(answer: Answer) -> int:
    order = (Outcome.limit, Outcome.infeasible, Outcome.unbounded, Outcome.solved)
    return order.index(answer.outcome) if answer.outcome in order else -1


def _comparison(formulation: Answer, code: Answer) -> Comparison:
    agree = _agree(formulation, code)
    five, script = (_result(answer) for answer in (formulation, code))
    if agree:
        message = f"both routes agree: {_told(formulation)}"
    elif agree is None:
        message = (
            "only one route came to an answer, so nothing confirms it: "
            if _rank(formulation) >= 0 or _rank(code) >= 0
            else "neither route came to an answer: "
        ) + f"the five elements gave {_told(formulation)}, the script {_told(code)}"
    else:
        message = (
            f"the routes DISAGREE: the five elements gave {_told(formulation)}, the script "
            f"{_told(code)}; shown is the answer of "
            f"{'the script' if _is_better(code, formulation) else 'the five elements'}"
        )
    return Comparison(formulation=five, code=script, agree=agree, message=message)


def _agree(first: Answer, second: Answer) -> bool | None:
    if not (first.outcome.is_final and second.outcome.is_final):
        return None
    if first.outcome is not second.outcome:
        return False
    if first.objective is None or second.objective is None:
        return first.objective is second.objective
    return math.isclose(first.objective, second.objective, rel_tol=_SAME, abs_tol=_SAME)


def _result(answer: Answer) -> RouteResult:
    return RouteResult(outcome=answer.outcome, objective=answer.objective)


def _told(answer: Answer) -> str:
    if answer.objective is not None:
        return f"{answer.objective:.10g}"
    return answer.outcome.value if answer.outcome.is_final else "no answer"
