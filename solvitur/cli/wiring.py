"""From settings to what the agent works with."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solvitur.agents import Effort
    from solvitur.config import Settings
    from solvitur.llm import Model


def connected(settings: "Settings") -> "Model":
    """The model of the settings, with its budget, recording and retries around it.

    Raises:
        ConfigError: The model's name is wrong, or the recording cannot be read or written.
        ModelUnavailable: An embedded model is not on this machine.
    """
    from solvitur.cli.files import check_writable
    from solvitur.llm import Patience, Recording, connect, layered
    from solvitur.runs.budget import Budget, Limits

    use_cache(settings)
    if settings.record is not None:
        check_writable(settings.record, make_folder=True)
    return layered(
        connect(settings.model, threads=settings.thread_count),
        budget=Budget(Limits(cost=settings.max_cost)),
        memory=None if settings.record is None else Recording(settings.record),
        patience=Patience(attempts=settings.attempts, timeout=settings.timeout),
    )


def effort(settings: "Settings") -> "Effort":
    """How long the agent tries.

    Raises:
        ConfigError: There is no such solver.
    """
    from solvitur import solvers
    from solvitur.agents import Effort

    solvers.connect(settings.solver)  # an unknown name is found before a model is asked
    options = solvers.Options(
        time_limit=settings.time_limit,
        gap=settings.gap,
        threads=settings.thread_count,
        seed=settings.seed,
    )
    return Effort(
        rounds=settings.max_rounds,
        seconds=settings.time_limit,
        solver=settings.solver,
        options=options,
    )


def use_cache(settings: "Settings") -> None:
    """Let the folder of models be the one that is set, also where a file sets it."""
    if settings.cache is not None:
        os.environ["SOLVITUR_CACHE"] = str(settings.cache)
