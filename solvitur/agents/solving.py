"""Solving what an agent formulated, and finding out more about it, while others go on.

It goes on in a thread, or in one of the processes that are lent to whoever asks (`Workers.lent`):
there it takes no time from the others, and when a solver crashes it takes nobody along.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from solvitur.agents.diagnosis import Diagnosis, Diagnostician
from solvitur.errors import FormulationError, SolverError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Data
from solvitur.runs import TaskEnd, lent_workers
from solvitur.solvers import Options, Outcome, Solution, solve

_LEAST = 0.1
"""Seconds that a solver gets in any case."""
_FOR_A_PAIR = 2.0
"""Seconds to prove that two formulations are equivalent; most pairs take some thousandths."""
_MOST_ENTRIES = 2_000
"""Of the variables of a formulation that is compared in such a time."""

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Task:
    """A formulation to be solved, as another process can be sent it."""

    formulation: Formulation
    data: Data
    """The tables that it names."""
    solver: str = "auto"
    options: Options = field(default_factory=Options)
    """What the solver is told; its time limit is also bounded by `deadline`."""
    deadline: float | None = None
    """When its time is up, by `time.monotonic`: one clock for all processes, as it may wait."""

    def told(self) -> Options:
        """Give what the solver is told if it begins now."""
        return within(self.options, self.seconds_left())

    def seconds_left(self) -> float | None:
        """Give what is left of the time, or ``None`` for no limit."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def diagnostician(self, instance: Instance) -> Diagnostician:
        """Give who finds out more, in the time that is left."""
        return Diagnostician(instance, self.options, self.seconds_left)


def within(options: Options, seconds: float | None) -> Options:
    """Bound the time limit of a solver by the seconds that are left."""
    limits = [limit for limit in (seconds, options.time_limit) if limit is not None]
    return replace(options, time_limit=max(_LEAST, min(limits))) if limits else options


@dataclass(frozen=True)
class Solved:
    """What came of solving."""

    solution: Solution | None = None
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    """Why it is no answer, where it is none."""
    trouble: str = ""
    """Why there is no solution."""


async def solved(task: Task) -> Solved:
    """Solve a formulation, and find out why there is no answer if there is none.

    A solver that crashes is trouble like one that fails. What comes from another process knows its
    figures, and not the instance that was solved.

    Example:
        >>> from solvitur.runs import Workers
        >>> task = Task(Formulation.model_validate({
        ...     "variables": [{"name": "x", "upper": 4}],
        ...     "objective": {"sense": "maximize", "expression": "x"}}), Data({}))
        >>> async def main():
        ...     async with Workers(1) as workers:
        ...         with workers.lent():
        ...             return await solved(task)
        >>> asyncio.run(main()).solution.objective
        4.0
    """
    try:
        return await _done(_solve, task)
    except SolverError as error:
        return Solved(trouble=str(error))


async def diagnosed(task: Task, found: Solved, *, worth: bool) -> Diagnosis:
    """Find out what would give an answer, or (if asked) what one more unit is worth."""
    solution = found.solution
    if solution is None or not (
        solution.outcome is Outcome.infeasible or (worth and solution.has_point)
    ):
        return found.diagnosis
    try:
        return await _done(_diagnose, task, found, worth)
    except SolverError:  # what is known already is told all the same
        return found.diagnosis


async def equivalent(task: Task, other: Formulation) -> bool | None:
    """Say whether another formulation of the same data is proved to be equivalent, or not to be.

    Example:
        >>> def plan(name: str) -> Formulation:
        ...     return Formulation.model_validate({
        ...         "variables": [{"name": name, "upper": 4}],
        ...         "objective": {"sense": "maximize", "expression": name}})
        >>> asyncio.run(equivalent(Task(plan("x"), Data({})), plan("made")))
        True
    """
    try:
        return await _done(_are_equivalent, task, other)
    except SolverError:  # the process that compared them is gone
        return None


async def _done(function: Callable[..., _Found], task: Task, *others: Any) -> _Found:
    """Call a function where it holds nobody up.

    Raises:
        SolverError: The process that called it is gone.
    """
    workers = lent_workers()
    if workers is None or task.options.on_incumbent is not None:  # who hears of points is here
        return await asyncio.to_thread(function, task, *others)
    result = await workers.run(_sendable, function, task, *others)
    if result.end is TaskEnd.value:
        found: _Found = result.value
        return found
    if result.end is TaskEnd.raised:
        raise RuntimeError(result.message)
    raise SolverError(f"the solver broke down: {result.message}")


def _sendable(function: Callable[..., _Found], *arguments: Any) -> _Found | Solved:
    """Call a function; a solution leaves out what was solved, which may be large."""
    found = function(*arguments)
    if isinstance(found, Solved) and found.solution is not None:
        return replace(found, solution=replace(found.solution, instance=None))
    return found


def _solve(task: Task) -> Solved:
    try:
        instance = Instance(task.formulation, task.data)
        solution = solve(instance, task.solver, task.told())
    except (FormulationError, SolverError) as error:
        return Solved(trouble=str(error))
    return Solved(solution, task.diagnostician(instance).reason(solution))


def _diagnose(task: Task, found: Solved, worth: bool) -> Diagnosis:
    assert found.solution is not None
    instance = Instance(task.formulation, task.data)
    return task.diagnostician(instance).more(found.solution, found.diagnosis, worth=worth)


def _are_equivalent(task: Task, other: Formulation) -> bool | None:
    from solvitur.equivalence import check

    left = task.seconds_left()
    seconds = _FOR_A_PAIR if left is None else min(left, _FOR_A_PAIR)
    pair = [Instance(each, task.data) for each in (task.formulation, other)]
    if any(_entries(each) > _MOST_ENTRIES for each in pair):
        return None
    verdict = check(*pair, seconds=seconds)
    return verdict.is_proved or (False if verdict.is_equivalent is False else None)


def _entries(instance: Instance) -> int:
    return sum(map(len, instance.bounds.values()))
