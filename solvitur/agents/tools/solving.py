"""The tool ``solve``: from five elements, or from words, to a certified answer."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from solvitur.agents.answer import Answer, Certificate, certified
from solvitur.agents.answer import Check as Finding
from solvitur.agents.confidence import Confidence
from solvitur.agents.tools.formulating import few, formulation_of, notes, said
from solvitur.agents.tools.service import Service
from solvitur.agents.tools.tool import Arguments, Five, Result, Seconds, Tables, Tell, Words
from solvitur.formulation.elements import Formulation
from solvitur.solvers import Outcome

MOST_ENTRIES = 5_000
"""Entries of variables that are listed; of more, those that are not zero."""


class _Arguments(Arguments):
    formulation: Five | None = None
    """The five elements; give these or 'problem'."""
    problem: Words | None = None
    """The problem in words; a language model then formulates it first."""
    data: Tables | None = None
    """Tables by name that the formulation takes sets and parameters from, such as
    {"wares.csv": [{"ware": "chair", "price": 30}]}."""
    solver: Annotated[str, Field(max_length=100)] | None = None
    """highs, scip, pyomo:NAME, or auto (the default): HiGHS, and SCIP for what HiGHS cannot
    solve."""
    gap: Annotated[float, Field(ge=0, lt=1)] | None = None
    """How far from the optimum the solver may end, relative to the objective: 0.01 is 1 %."""
    time_limit: Seconds | None = None
    """Seconds; by default the limit that the server was started with, or 60 for five elements."""

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.formulation is None) == (self.problem is None):
            raise ValueError("give a 'formulation' or a 'problem', one of them")
        return self


class Solved(Result):
    """An answer with what is needed to judge it; infeasible and unbounded are answers too."""

    outcome: Outcome
    """solved: an optimum, proved and checked again. infeasible, unbounded: proved; 'answer' says
    why, and what would give one. limit: out of time, the values are the best so far. no_answer:
    out of time without values."""
    objective: float | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    """The value of each variable: a number, or nested by key."""
    entries_left_out: int = 0
    """How many entries of variables are not listed: zeros first, as there were too many."""
    answer: str = ""
    """The answer in words."""
    message: str = ""
    certificate: Certificate | None = None
    """What the solver proved, and what the independent check of the values found."""
    confidence: Confidence | None = None
    """How sure it is that the problem in words was understood; null where there were none."""
    in_words: str = ""
    """The five elements in plain sentences, where the problem was given in words."""
    assumptions: tuple[str, ...] = ()
    checks: tuple[Finding, ...] = ()
    checks_left_out: int = 0
    """How many more there are."""
    formulation: Formulation | None = None
    """The five elements, where the problem was given in words."""
    model: str | None = None
    cost: float | None = 0.0
    """US dollars; null where the price is not known."""
    seconds: float

    def __str__(self) -> str:
        """Say the answer, how it is certified, and what it takes for granted."""
        proof = ""
        if self.certificate is not None:
            proof = f"Certificate: {certified(self.certificate, self.outcome)}"
        left = ""
        if self.entries_left_out:
            left = f"{self.entries_left_out:,} entries of variables are not listed."
        sure = "" if self.confidence is None else f"Confidence: {self.confidence}"
        parts = [
            self.in_words,
            self.answer,
            left,
            self.message,
            proof,
            sure,
            *notes(self.assumptions, self.checks, self.checks_left_out),
        ]
        return "\n\n".join(filter(None, parts))


class Solve:
    """Solves, and says how the answer is certified."""

    name = "solve"
    title = "Solve an optimization problem"
    description = (
        "Solve an optimization problem to a proven optimum: linear, integer, quadratic and "
        "nonlinear. Give five elements as JSON (their language is the resource "
        "solvitur://language), which asks no language model, or the problem in words. The answer "
        "has the outcome, the objective, the values of the variables, a certificate (what the "
        "solver proved, and whether an independent check of every constraint agrees), and the "
        "same in words. A problem that is infeasible or unbounded is answered with the reason, "
        "not with an error."
    )
    takes = _Arguments
    gives = Solved

    async def __call__(self, given: _Arguments, service: Service, tell: Tell) -> Solved:
        """Solve five elements, or let the agent formulate first.

        Raises:
            Error: There is no formulation to solve, or no solver that can.
        """
        effort = service.effort(seconds=given.time_limit, solver=given.solver, gap=given.gap)
        data = service.data(given.data)
        if given.formulation is not None:
            answer = await service.solve(given.formulation, effort, data, tell)
            return _solved(answer)
        answer = await service.ask(given.problem or "", effort, data, tell)
        five = formulation_of(answer)
        update = {"formulation": five, "in_words": said(five, data)}
        return _solved(answer).model_copy(update=update)


def _solved(answer: Answer) -> Solved:
    """Put an answer down, without the formulation, which who gave it need not have again."""
    variables, left_out = listed(answer.variables)
    return Solved(
        outcome=answer.outcome,
        objective=answer.objective,
        variables=variables,
        entries_left_out=left_out,
        answer=answer.answer,
        message=answer.message,
        certificate=answer.verification,
        confidence=answer.confidence,
        assumptions=answer.assumptions,
        model=answer.model,
        cost=answer.cost,
        seconds=answer.seconds,
        **few(answer.checks),
    )


def listed(variables: dict[str, Any], most: int = MOST_ENTRIES) -> tuple[dict[str, Any], int]:
    """List values of variables; of too many those that are not zero, and no more than `most`.

    Returns:
        The values, and how many are left out.

    Example:
        >>> listed({"x": {"a": 0, "b": 2, "c": 3}, "y": 0}, most=3)
        ({'x': {'b': 2, 'c': 3}}, 2)
    """
    count = sum(map(_count, variables.values()))
    if count <= most:
        return variables, 0
    room = [most]
    kept = {name: _kept(values, room) for name, values in variables.items()}
    shown = {name: values for name, values in kept.items() if values not in (None, {})}
    return shown, count - (most - room[0])


def _count(values: Any) -> int:
    return sum(map(_count, values.values())) if isinstance(values, dict) else 1


def _kept(values: Any, room: list[int]) -> Any:
    """Leave out zeros, and all for which there is no room."""
    if isinstance(values, dict):
        kept = {key: _kept(inner, room) for key, inner in values.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, {})}
    if not values or not room[0]:
        return None
    room[0] -= 1
    return values
