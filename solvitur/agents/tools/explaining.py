"""The tool ``explain``: what limits an answer, what it is worth, why there is none, what if."""

from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Self

from pydantic import Field, FiniteFloat, model_validator

from solvitur.agents.graph import Effort
from solvitur.agents.tools.service import Service, in_time
from solvitur.agents.tools.tool import Arguments, Five, Result, Seconds, Tables, Tell
from solvitur.errors import FormulationError
from solvitur.formulation.elements import Constraint, Formulation, Parameter, Variable
from solvitur.formulation.expression import parse
from solvitur.formulation.printing import cut, one_line
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
    """A constraint, variable or parameter, or an entry such as x[chair], if only it is of
    interest."""
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
        "what one more unit of each is worth (shadow prices), how far coefficients may move "
        "before the plan changes; if infeasible, the smallest set of limits that contradict each "
        "other and the least change that gives an answer; if unbounded, what can grow without "
        "end. With 'about' only of one constraint, variable or parameter; with 'what_if' what "
        "other numbers would lead to."
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
        about = None if given.about is None else _About(given.formulation, given.about)
        worth = replace(effort, sensitivity=True)
        answer = await service.solve(given.formulation, worth, data, tell)
        told = answer.sensitivity
        if told is not None and about is not None:
            told = about.narrowed(told)
        lines = [about.words if about else answer.answer, str(told) if told else "", answer.message]
        return Explained(
            outcome=answer.outcome,
            objective=answer.objective,
            words="\n\n".join(filter(None, lines)),
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


class _About:
    """What concerns one constraint, variable or parameter of a formulation.

    Raises:
        FormulationError: There is none of that name.
    """

    def __init__(self, formulation: Formulation, label: str) -> None:
        self._label = label
        self._name = label.partition("[")[0].strip()
        named: dict[str, Parameter | Variable | Constraint] = {}
        named |= {parameter.name: parameter for parameter in formulation.parameters}
        named |= {variable.name: variable for variable in formulation.variables}
        named |= {constraint.name: constraint for constraint in formulation.constraints}
        if self._name not in named:
            near = get_close_matches(self._name, named, n=1)
            meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(named)}"
            what = f"there is no constraint, variable or parameter {self._name[:80]!r}"
            raise FormulationError(f"{what}; {cut(meant, 300)}")
        element = named[self._name]
        self._rows = {c.name for c in formulation.constraints if self._concerns(c)}
        doc = f" ({element.doc})" if element.doc else ""
        rule = f": {element.expression}" if isinstance(element, Constraint) else ""
        self.words = one_line(f"{label}{rule}{doc}")

    def narrowed(self, told: Sensitivity) -> Sensitivity:
        """Leave out what does not concern it."""
        prices = [p for p in told.prices if self._is_meant(p.requirement.name, p.requirement.label)]
        entries = [entry for entry in told.entries if self._is_meant(entry.name, entry.label)]
        if not prices:  # a number: what the rows that it stands in are worth
            prices = [price for price in told.prices if price.requirement.name in self._rows]
        return replace(told, prices=tuple(prices), entries=tuple(entries))

    def _concerns(self, constraint: Constraint) -> bool:
        return self._name in (constraint.name, *parse(constraint.expression).names)

    def _is_meant(self, name: str, label: str) -> bool:
        return name == self._name and (
            "[" not in self._label or _plain(label) == _plain(self._label)
        )


def _plain(label: str) -> str:
    return "".join(label.split()).replace('"', "").replace("'", "")
