"""What the calls of all tools share: who is asked, how long may be tried, the tables there are."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from solvitur.agents.answer import Answer
from solvitur.agents.graph import Effort, State, solve_formulation, solve_problem
from solvitur.agents.steps import incumbent_line, step_lines
from solvitur.agents.tools.tool import Tell
from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.tables.data import Data
from solvitur.formulation.tables.schema import describe
from solvitur.solvers import Incumbent, check_name

if TYPE_CHECKING:
    from solvitur.llm import Model

T = TypeVar("T")

_SECONDS = 60.0
"""For one call that asks no model, where nobody says how long."""
_AT_ONCE = 4
"""Calls at work at one time, of each kind; the others wait for their turn."""


class Service:
    """What the calls share.

    Args:
        model: Gives the language model when one is asked for the first time.
        effort: How long a call may try at most.
        data: The tables that every call may use.
    """

    def __init__(
        self, model: "Callable[[], Model]", effort: Effort, data: Data | None = None
    ) -> None:
        self.tables = data or Data({})
        self._model = model
        self._effort = replace(effort, route="formulation")
        self._solving = asyncio.Semaphore(_AT_ONCE)
        self._asking = asyncio.Semaphore(_AT_ONCE)

    def effort(
        self,
        *,
        seconds: float | None = None,
        solver: str | None = None,
        gap: float | None = None,
    ) -> Effort:
        """How long a call tries: as it says itself, but no longer than it may.

        Raises:
            ConfigError: There is no such solver.
        """
        own = self._effort
        if solver is not None:
            check_name(solver)
        limits = [limit for limit in (seconds, own.seconds) if limit is not None]
        options = own.options if gap is None else replace(own.options, gap=gap)
        return replace(
            own, seconds=min(limits, default=None), solver=solver or own.solver, options=options
        )

    def data(self, tables: Mapping[str, Any] | None) -> Data:
        """Give the tables of one call: those that all may use, and its own.

        Raises:
            ConfigError: One of its own has the name of another.
        """
        if not tables:
            return self.tables
        if twice := sorted(set(tables) & set(self.tables.names)):
            raise ConfigError(f"there is a table {twice[0][:80]!r} already; call yours otherwise")
        return Data({**self.tables.tables, **tables})

    async def solve(
        self, formulation: Formulation, effort: Effort, data: Data, tell: Tell
    ) -> Answer:
        """Solve five elements in a thread, and find out why where there is no answer.

        Raises:
            InvalidFormulation: They do not say a model.
            SolverError: The solver cannot take it or failed.
        """
        effort = in_time(effort)
        options = replace(effort.options, on_incumbent=partial(_tell_better, tell))
        told = replace(effort, options=options)

        def work() -> Answer:
            tell("solving ...")
            return solve_formulation(formulation, told, data)

        return await self.aside(work)

    async def ask(self, problem: str, effort: Effort, data: Data, tell: Tell) -> Answer:
        """Let the agent answer a problem in words.

        Raises:
            ProblemError: It is not a text.
            ModelUnavailable: The model is not on this machine.
            DataError: A table cannot be read.
        """

        def hear(step: str, state: State) -> None:
            for line in step_lines(step, state):
                tell(line)

        options = replace(effort.options, on_incumbent=partial(_tell_better, tell))
        async with self._asking:
            tell("formulating ...")
            await asyncio.to_thread(describe, data)  # reads the tables where nobody waits for it
            told = replace(effort, options=options)
            return await solve_problem(problem, self._model(), told, on_step=hear, data=data)

    async def aside(self, work: Callable[[], T]) -> T:
        """Do work in a thread, in its turn."""
        async with self._solving:
            return await asyncio.to_thread(work)


def in_time(effort: Effort) -> Effort:
    """Give a limit to what has none: nobody waits for a call without end."""
    return effort if effort.time_limit is not None else replace(effort, seconds=_SECONDS)


def _tell_better(tell: Tell, incumbent: Incumbent) -> None:
    tell(incumbent_line(incumbent))
