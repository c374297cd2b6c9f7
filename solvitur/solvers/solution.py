"""What a solver is told and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solvitur.errors import SolverError
from solvitur.formulation.classify import ProblemClass
from solvitur.formulation.evaluate import Key, show_entry
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show_number
from solvitur.formulation.written import nested

if TYPE_CHECKING:
    from pyomo.environ import ConcreteModel

Point = Mapping[str, Mapping[Key, float]]
"""Values by variable and key."""


class Stop(StrEnum):
    """Why the solver stopped."""

    proved = "proved"
    """It proved what it says: optimal within the gap, infeasible, or unbounded."""
    time_limit = "time_limit"
    iteration_limit = "iteration_limit"
    interrupted = "interrupted"
    local = "local"
    """It found a point that is better than those near it, which is no proof."""
    failed = "failed"
    """Numerical trouble or an unknown reason."""


class Holding(StrEnum):
    """What the solver holds when it stops."""

    optimal = "optimal"
    """A point that is optimal within the gap."""
    feasible = "feasible"
    """A point, perhaps not the best."""
    infeasible = "infeasible"
    """A proof that there is no point."""
    unbounded = "unbounded"
    """A proof that the objective has no limit over the points there are."""
    nothing = "nothing"


class Outcome(StrEnum):
    """How an attempt at a problem ended, in one word; the same words as ``--json`` prints."""

    solved = "solved"
    infeasible = "infeasible"
    unbounded = "unbounded"
    limit = "limit"
    """A limit was reached with an answer in hand."""
    no_answer = "no_answer"
    """A limit was reached without an answer."""
    error = "error"
    budget = "budget"
    not_formulated = "not_formulated"

    @property
    def is_final(self) -> bool:
        """Whether it settles the problem: with its best answer, or without any."""
        return self in (Outcome.solved, Outcome.infeasible, Outcome.unbounded)

    @property
    def is_conclusive(self) -> bool:
        """Whether it says something of the problem: what is final, or an answer at a limit."""
        return self.is_final or self is Outcome.limit


@dataclass(frozen=True)
class Incumbent:
    """The best point so far, of a solver that is still at work."""

    objective: float
    bound: float | None
    """No point is better than this."""
    seconds: float
    """Since the solver began."""

    @property
    def gap(self) -> float | None:
        """Distance of `objective` and `bound`, relative to the objective (at least 1)."""
        return relative_gap(self.objective, self.bound)


@dataclass(frozen=True)
class Options:
    """What a solver is told."""

    time_limit: float | None = None
    """Seconds, or ``None`` for no limit."""
    gap: float = 1e-6
    """Relative gap between answer and bound at which a search counts as ended."""
    threads: int | None = None
    """``None`` leaves it to the solver; one that has but one takes no notice."""
    seed: int = 0
    warm_start: Point | None = None
    """A point to begin with, in whole or in part: values by variable and key."""
    log_file: Path | None = None
    """Where the solver writes down what it does, behind what is there already."""
    on_incumbent: Callable[[Incumbent], None] | None = None
    """Told of every better point, in the solver's thread; what it raises ends the search."""
    excluded: tuple[Point, ...] = ()
    """Points to pass over: their whole numbers, taken together, do not occur in the answer."""
    cutoff: float | None = None
    """Points whose objective is worse than this are not looked for."""


@dataclass(frozen=True)
class Verification:
    """A second opinion on a solver's point, computed from the formulation alone."""

    ok: bool
    """Whether every row, bound and integrality holds and the objective is as claimed."""
    max_violation: float
    """Largest violation of a row or bound, relative to the size of its sides (at least 1)."""
    worst: str | None
    """The row or bound with that violation, when it is beyond `tolerance`."""
    integrality: float
    """Largest distance of an integer variable from a whole number."""
    objective: float
    """The objective at the point, recomputed."""
    rows: int
    """How many rows and bounds were checked."""
    tolerance: float

    def __str__(self) -> str:
        """Say it in one line."""
        if self.ok:
            return (
                f"checked again on the formulation: all {self.rows} rows and bounds hold "
                f"(largest violation {self.max_violation:.1e})"
            )
        if self.worst:
            return f"NOT confirmed: {self.worst} is violated by {self.max_violation:.1e}"
        return "NOT confirmed: the objective or a whole number is not as claimed"


@dataclass(frozen=True)
class Solution:
    """Why the solver stopped and what it holds; absent is ``None``, never a magic number."""

    stop: Stop
    holding: Holding
    problem_class: ProblemClass
    solver: str
    """Name and version."""
    seconds: float
    """Wall seconds in building, solving and reading back."""
    objective: float | None = None
    """Objective of the point held, computed from the formulation."""
    bound: float | None = None
    """No point is better than this."""
    values: Mapping[str, Mapping[Key, float]] = field(default_factory=dict)
    """The point held: entries of each variable by key."""
    verification: Verification | None = None
    message: str = ""
    """What a person should know beside the figures."""
    instance: Instance | None = field(default=None, repr=False, compare=False)
    """What was solved."""
    additions: Point = field(default_factory=dict, repr=False, compare=False)
    """Entries of what linear rows added to it; with `values`, a point of what was solved."""

    @cached_property
    def pyomo_model(self) -> "ConcreteModel":
        """A Pyomo model of what was solved, at the point held, for the user to go on with.

        Raises:
            SolverError: The solution knows only its figures, not what was solved.
        """
        from solvitur.solvers.pyomo_solvers.model import Lowering

        if self.instance is None:
            raise SolverError("this solution does not know the formulation it is of")
        lowering = Lowering(self.instance)
        for name, entries in {**self.values, **self.additions}.items():
            for key, value in entries.items():
                lowering.variables[name][key].set_value(value, skip_validation=True)
        return lowering.model

    @property
    def outcome(self) -> Outcome:
        """The answer in one word."""
        if self.holding is Holding.optimal:
            return Outcome.solved
        if self.holding is Holding.infeasible:
            return Outcome.infeasible
        if self.holding is Holding.unbounded:
            return Outcome.unbounded
        if self.stop is Stop.failed:
            return Outcome.error
        return Outcome.limit if self.holding is Holding.feasible else Outcome.no_answer

    @property
    def gap(self) -> float | None:
        """Distance of `objective` and `bound`, relative to the objective (at least 1)."""
        return relative_gap(self.objective, self.bound)

    @property
    def has_point(self) -> bool:
        """Whether there are values to look at."""
        return self.holding in (Holding.optimal, Holding.feasible)

    def variables(self) -> dict[str, Any]:
        """Give the values as JSON would: nested by key, a scalar as a number."""
        return {name: _nested(entries) for name, entries in self.values.items()}

    def __str__(self) -> str:
        """Report for a person."""
        lines = [f"{self.outcome.value} ({self.problem_class.value}, {self.solver})"]
        if self.objective is not None:
            lines.append(f"objective {show_number(self.objective)}")
        for name, entries in self.values.items():
            lines += [f"  {show_entry(name, k)} = {show_number(v)}" for k, v in entries.items()]
        if self.verification:
            lines.append(str(self.verification))
        return "\n".join([*lines, self.message] if self.message else lines)

    def _repr_html_(self) -> str:
        from solvitur.solvers.notebook import solution_to_html

        return solution_to_html(self)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Give the distance of objective and bound, relative to the objective (at least 1)."""
    if objective is None or bound is None:
        return None
    return abs(objective - bound) / max(1.0, abs(objective))


def _nested(entries: Mapping[Key, float]) -> Any:
    if () in entries:
        return plain(entries[()])
    return nested({key: plain(value) for key, value in entries.items()})


def plain(value: float) -> float:
    """Give a whole number as an integer: 40 rather than 40.0."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value
