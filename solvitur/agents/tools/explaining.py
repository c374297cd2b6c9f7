"""The tool ``explain``: what limits an answer, what it is worth, why there is none, what if."""

from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field, FiniteFloat, model_validator

from solvitur.agents.graph import Effort
from solvitur.agents.telling.why import told_why
from solvitur.agents.tools.service import Service, in_time
from solvitur.agents.tools.tool import Arguments, Five, Result, Seconds, Tables, Tell
from solvitur.formulation.elements import Formulation
from solvitur.formulation.expression import parse
from solvitur.formulation.tables.data import Data
from solvitur.solvers import (
    Comparison,
    Conflict,
    Entry,
    Outcome,
    Price,
    Ray,
    Relaxation,
    Sensitivity,
    Shift,
    what_if,
)

MOST = 500
"""Prices, entries or changes that are listed."""
Label = Annotated[str, Field(max_length=500)]
Bound = FiniteFloat | None


class OtherNumbers(Arguments):
    """Numbers to try in place of those that stand in the formulation."""

    parameters: dict[Label, FiniteFloat] = Field(default_factory=dict)
    """New values of parameters, by entry: {"stock": 50, "profit[chair]": 35}."""
    bounds: dict[Label, tuple[Bound, Bound]] = Field(default_factory=dict)
    """New lower and upper bounds of variables, by entry; null leaves the one there is."""
    limits: dict[Label, FiniteFloat] = Field(default_factory=dict)
    """New numbers on the constant sides of constraints: {"labour[2]": 45}."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.parameters or self.bounds or self.limits):
            raise ValueError("say what is to be otherwise, in 'parameters', 'bounds' or 'limits'")
        return self


class _Arguments(Arguments):
    formulation: Five
    """The five elements."""
    about: Label | None = None
    """What is asked about, if not the whole answer: a constraint, variable or parameter, an entry
    such as x[chair], or words such as 'no tables' or 'not more chairs'."""
    what_if: OtherNumbers | None = None
    """Other numbers to compare with; then only that comparison is made."""
    data: Tables | None = None
    """Tables by name that the formulation takes sets and parameters from."""
    time_limit: Seconds | None = None
    """Seconds; by default the limit that the server was started with, or 60."""


class Tried(Result):
    """What comes of other numbers."""

    outcome_before: Outcome
    objective_before: float | None
    outcome: Outcome
    objective: float | None
    change: float | None
    """What the objective changes by; null where one of the two has no answer."""
    shifts: tuple[Shift, ...]
    """The entries of variables that are otherwise."""
    formulation: Formulation
    """The five elements with the other numbers."""


class Explained(Result):
    """What is behind an answer; what does not apply is null or empty."""

    outcome: Outcome
    objective: float | None = None
    words: str
    """All of it in words."""
    prices: tuple[Price, ...] = ()
    """Of each limit: how far the answer stays from it, whether it binds, and what one unit more and
    less changes the objective by."""
    entries: tuple[Entry, ...] = ()
    """Of each entry of a variable of a linear problem: its value, its reduced cost, and between
    which coefficients of the objective the plan stays the best."""
    conflict: Conflict | None = None
    """Why there is no answer: limits that contradict each other, no more than needed."""
    relaxation: Relaxation | None = None
    """The least change with which there would be one."""
    ray: Ray | None = None
    """What can grow without end, where there is no best answer."""
    what_if: Tried | None = None
    seconds: float = 0.0

    def __str__(self) -> str:
        """Give it in words."""
        return self.words


class Explain:
    """Says what is behind an answer."""

    name = "explain"
    title = "Explain the answer to an optimization problem"
    description = (
        "Explain five elements and their optimum, with no language model: which limits bind and "
        "what one more unit of each is worth (shadow prices), how far coefficients may move before "
        "the plan changes; if infeasible, the smallest set of limits that contradict each other "
        "and the least change that gives an answer; if unbounded, what can grow without end. With "
        "'about' only of what is asked, such as 'labour', 'x[chair]' or 'why not more chairs'; "
        "with 'what_if' what other numbers would lead to."
    )
    takes = _Arguments
    gives = Explained

    async def __call__(self, given: _Arguments, service: Service, tell: Tell) -> Explained:
        """Explain five elements, or compare them with other numbers.

        Raises:
            FormulationError: They do not say a model, or there is nothing of the name asked about.
            SolverError: No solver can solve them.
        """
        effort = in_time(service.effort(seconds=given.time_limit))
        data = service.data(given.data)
        if given.what_if is not None:
            return _compared(await _tried(given.formulation, given.what_if, effort, data, service))
        worth = replace(effort, sensitivity=True)
        answer = await service.solve(given.formulation, worth, data, tell)
        told, lines = answer.sensitivity, [answer.answer]
        if given.about is None:
            lines.append(str(told) if told else "")
        else:
            options = replace(effort.options, time_limit=effort.time_limit)
            about, told = given.about, _narrowed(told, given.formulation, given.about)
            lines = [await service.aside(lambda: told_why(answer, about, data, options))]
        return Explained(
            outcome=answer.outcome,
            objective=answer.objective,
            words="\n\n".join(filter(None, [*lines, answer.message])),
            prices=told.prices[:MOST] if told else (),
            entries=told.entries[:MOST] if told else (),
            conflict=answer.conflict,
            relaxation=answer.relaxation,
            ray=answer.ray,
            seconds=answer.seconds,
        )


async def _tried(
    formulation: Formulation, numbers: OtherNumbers, effort: Effort, data: Data, service: Service
) -> Comparison:
    options = replace(effort.options, time_limit=effort.time_limit)
    return await service.aside(
        lambda: what_if(
            formulation,
            parameters=numbers.parameters,
            bounds=numbers.bounds,
            limits=numbers.limits,
            solver=effort.solver,
            options=options,
            data=data,
        )
    )


def _compared(found: Comparison) -> Explained:
    before, after = found.before, found.after
    tried = Tried(
        outcome_before=before.outcome,
        objective_before=before.objective,
        outcome=after.outcome,
        objective=after.objective,
        change=found.change,
        shifts=found.shifts[:MOST],
        formulation=found.formulation,
    )
    return Explained(
        outcome=after.outcome,
        objective=after.objective,
        words=str(found),
        what_if=tried,
        seconds=before.seconds + after.seconds,
    )


def _narrowed(told: Sensitivity | None, formulation: Formulation, about: str) -> Sensitivity | None:
    """Leave out what does not concern an element or an entry; other words leave all in."""
    name = about.partition("[")[0].strip()
    declared = {parameter.name for parameter in formulation.parameters}
    declared |= {variable.name for variable in formulation.variables}
    declared |= {constraint.name for constraint in formulation.constraints}
    if told is None or name not in declared:
        return told

    def is_meant(of: str, label: str) -> bool:
        return of == name and ("[" not in about or _plain(label) == _plain(about))

    prices = [p for p in told.prices if is_meant(p.requirement.name, p.requirement.label)]
    entries = [entry for entry in told.entries if is_meant(entry.name, entry.label)]
    if not prices:  # a number: what the rows that it stands in are worth
        rows = {c.name for c in formulation.constraints if name in parse(c.expression).names}
        prices = [price for price in told.prices if price.requirement.name in rows]
    return replace(told, prices=tuple(prices), entries=tuple(entries))


def _plain(label: str) -> str:
    return "".join(label.split()).replace('"', "").replace("'", "")
