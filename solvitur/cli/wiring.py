"""From settings to what the agent works with."""

import os
from typing import TYPE_CHECKING

from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from solvitur.agents import Effort
    from solvitur.agents.chat.sessions import Sessions
    from solvitur.config import Settings
    from solvitur.formulation import Data, Formulation
    from solvitur.llm import Model, Usage
    from solvitur.solvers import Incumbent


def connected(
    settings: "Settings", *, at_once: bool = False, used: "Usage | None" = None
) -> "Model":
    """The model of the settings, with its budget, recording and retries around it.

    Args:
        settings: Which model, and what goes around it.
        at_once: Whether an embedded model begins to load now, and to read what its first problem
            will begin with, while other things are done.
        used: What was used up before, and counts towards the limit.

    Raises:
        ConfigError: The model's name is wrong, or the recording cannot be read or written.
        ModelUnavailable: An embedded model is not on this machine.
    """
    from solvitur.cli.files import check_writable
    from solvitur.llm import Local, Patience, Recording, connect, layered
    from solvitur.runs.budget import Budget, Limits

    use_cache(settings)
    if settings.record is not None:
        check_writable(settings.record, make_folder=True)
    model = connect(settings.model, threads=settings.threads)
    if at_once and isinstance(model, Local):
        model.begin()  # the agents are slow to import, and the model is slow to load
        from solvitur.agents.techniques import introduction

        model.begin(introduction(model))
    budget = Budget(Limits(cost=settings.max_cost))
    if used is not None:
        budget.spend(used.tokens, used.cost)
    return layered(
        model,
        budget=budget,
        memory=None if settings.record is None else Recording(settings.record),
        patience=Patience(attempts=settings.attempts, timeout=settings.timeout),
    )


def effort(
    settings: "Settings",
    log_file: "Path | None" = None,
    on_incumbent: "Callable[[Incumbent], None] | None" = None,
) -> "Effort":
    """How long the agent tries, and what it does beside.

    Raises:
        ConfigError: There is no such solver, or the log cannot be written.
    """
    from solvitur import solvers
    from solvitur.agents import Effort
    from solvitur.cli.files import check_writable, write_whole

    if log_file is not None:
        check_writable(log_file)
        write_whole(log_file, "")  # each call has a log of its own

    solvers.check_name(settings.solver)  # an unknown one is found before a model is asked
    options = solvers.Options(
        time_limit=settings.time_limit,
        gap=settings.gap,
        threads=settings.thread_count,
        seed=settings.seed,
        log_file=log_file,
        on_incumbent=on_incumbent,
    )
    return Effort(
        rounds=settings.max_rounds,
        samples=settings.samples,
        seconds=settings.time_limit,
        route=settings.route,
        sandbox=settings.sandbox,
        solver=settings.solver,
        options=options,
    )


def beginning_at(file: "Path", effort: "Effort", five: "Formulation", data: "Data") -> "Effort":
    """Let the solver begin at the point of a saved answer.

    Raises:
        ConfigError: It is no saved answer, or one to another formulation.
        InvalidFormulation: The formulation does not say a model.
    """
    from dataclasses import replace

    from solvitur.cli.files import read_values
    from solvitur.formulation.instance import Instance
    from solvitur.solvers.points import read_point

    try:
        point = read_point(Instance(five, data), read_values(file))
    except ConfigError as error:
        raise ConfigError(f"--warm-start {file}: {error}") from error
    return replace(effort, options=replace(effort.options, warm_start=point))


def kept(settings: "Settings") -> "Sessions":
    """The conversations that are kept, in the folder of the settings."""
    from solvitur.agents.chat.sessions import Sessions

    return Sessions(folder_of_conversations(settings))


def folder_of_conversations(settings: "Settings") -> "Path":
    """The folder of the settings, or the user's own."""
    import platformdirs

    return settings.sessions or platformdirs.user_data_path("solvitur") / "sessions"


def use_cache(settings: "Settings") -> None:
    """Let the folder of models be the one that is set, also where a file sets it."""
    if settings.cache is not None:
        os.environ["SOLVITUR_CACHE"] = str(settings.cache)
