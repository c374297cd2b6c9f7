"""The tool ``formulate``: from words to five elements."""

from collections.abc import Sequence
from typing import Any

from solvitur.agents.answer import Answer
from solvitur.agents.answer import Check as Finding
from solvitur.agents.confidence import Confidence
from solvitur.agents.tools.service import Service
from solvitur.agents.tools.tool import Arguments, Result, Seconds, Tables, Tell, Words
from solvitur.errors import BudgetExceeded, Error, FormulationError, ModelError, ProblemError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.in_words import in_words
from solvitur.formulation.tables.data import Data
from solvitur.solvers import Outcome

MOST_CHECKS = 100
"""Findings that are listed; a fault of an indexed element may be found for each of its entries."""


class _Arguments(Arguments):
    problem: Words
    """The problem in words, with all its numbers. Say what can be decided, what limits it, and what
    is to be largest or smallest."""
    data: Tables | None = None
    """Tables by name, such as {"wares.csv": [{"ware": "chair", "price": 30}]}; the five elements
    then take sets and parameters from their columns."""
    time_limit: Seconds | None = None
    """Seconds; by default the limit that the server was started with, if any."""


class Formulated(Result):
    """Five elements, and what there is to say of them before they are believed."""

    formulation: Formulation
    """The five elements; give them to the other tools as they are."""
    in_words: str
    """The same in plain sentences."""
    assumptions: tuple[str, ...] = ()
    """What was taken for granted beyond the words of the problem."""
    checks: tuple[Finding, ...] = ()
    """What speaks against them: faults, numbers of the text that are not used, units."""
    checks_left_out: int = 0
    """How many more there are."""
    confidence: Confidence | None = None
    """How sure it is that they say what the words say."""
    outcome: Outcome
    """How solving them ended. If infeasible or unbounded, a limit may have been misread."""
    message: str = ""
    rounds: int
    """How often the model was asked to propose or repair."""
    model: str | None = None
    cost: float | None = 0.0
    """US dollars; null where the price is not known."""
    seconds: float

    def __str__(self) -> str:
        """Say them, and what to look at before they are believed."""
        sure = [f"Confidence: {self.confidence}"] if self.confidence is not None else []
        return "\n\n".join(
            [self.in_words, *notes(self.assumptions, self.checks, self.checks_left_out), *sure]
        )


class Formulate:
    """Writes a problem down as five elements."""

    name = "formulate"
    title = "Formulate an optimization problem"
    description = (
        "Write an optimization problem given in words down as five elements (sets, parameters, "
        "variables, objective, constraints): a language model proposes, and solvitur checks, "
        "solves and lets it repair. Gives the formulation, what was assumed, and what speaks "
        "against it: compare that with the words before you rely on it. If you can write five "
        "elements yourself (see the resource solvitur://language), give them to 'check' and "
        "'solve' instead: these ask no model."
    )
    takes = _Arguments
    gives = Formulated

    async def __call__(self, given: _Arguments, service: Service, tell: Tell) -> Formulated:
        """Let the agent formulate.

        Raises:
            Error: No five elements came of it; the message says why.
        """
        effort, data = service.effort(seconds=given.time_limit), service.data(given.data)
        answer = await service.ask(given.problem, effort, data, tell)
        formulation = formulation_of(answer)
        return Formulated(
            formulation=formulation,
            in_words=said(formulation, data),
            assumptions=answer.assumptions,
            confidence=answer.confidence,
            outcome=answer.outcome,
            message=answer.message,
            rounds=len(answer.rounds),
            model=answer.model,
            cost=answer.cost,
            seconds=answer.seconds,
            **few(answer.checks),
        )


def formulation_of(answer: Answer) -> Formulation:
    """Give the five elements of an answer.

    Raises:
        Error: There are none; the message says why.
    """
    if answer.formulation is not None:
        return answer.formulation
    kinds: dict[Outcome, type[Error]] = {
        Outcome.not_formulated: ProblemError,
        Outcome.budget: BudgetExceeded,
    }
    reason = answer.message or "no formulation came of it"
    if answer.outcome is Outcome.not_formulated:
        reason = f"the problem could not be formulated: {reason}"
    raise kinds.get(answer.outcome, ModelError)(reason)


def said(formulation: Formulation, data: Data) -> str:
    """Say five elements in plain sentences; those that say no model, as they are."""
    try:
        return in_words(formulation, data)
    except FormulationError:
        return formulation.to_markdown()


def few(checks: Sequence[Finding]) -> dict[str, Any]:
    """Give the first findings, and how many there are beside, as a result has them.

    Example:
        >>> finding = Finding(code="unused", severity="warning", element=None, message="unused")
        >>> given = few([finding] * 120)
        >>> len(given["checks"]), given["checks_left_out"]
        (100, 20)
    """
    return {
        "checks": tuple(checks[:MOST_CHECKS]),
        "checks_left_out": max(0, len(checks) - MOST_CHECKS),
    }


def notes(assumptions: Sequence[str], checks: Sequence[Finding], left_out: int) -> list[str]:
    """Say what was assumed and what is to be checked, a block each."""
    said = [
        *(check.message for check in checks),
        *([f"... and {left_out:,} more"] * bool(left_out)),
    ]
    blocks = (("Assumed", assumptions), ("To check", said))
    return [
        "\n".join([f"{title}:", *(f"- {x}" for x in items)]) for title, items in blocks if items
    ]
