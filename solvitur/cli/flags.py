"""Flags of a command in groups: one parameter for each group, one flag for each field of it."""

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from solvitur.errors import ConfigError

typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())
"""All that was typed after ``solvitur``."""

Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--data", metavar="FOLDER|FILE|NAME=FILE", help="Tables that go with it; may be repeated."
    ),
]

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="The folder of data sets; else SOLVITUR_DATA, or your own."
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON object to stdout, and nothing else.")
]


def as_typed() -> AbstractContextManager[None]:
    """Let a run that is begun or gone on with in here keep the command that was typed."""
    from solvitur.runs import Command, begun_by

    return begun_by(Command(typed.get(), str(Path.cwd())))


def models_begun(incomplete: str) -> list[str]:
    """Give the models whose names begin so, for a shell."""
    from solvitur.llm.catalog import CATALOG

    known = [*(f"local:{name}" for name in CATALOG), "openai:", "vllm:", "litellm:"]
    return [name for name in known if name.startswith(incomplete)]


def conversations_begun(incomplete: str) -> list[tuple[str, str]]:
    """Give the ids of conversations that begin so, for a shell."""
    from solvitur.cli.sessions import begun

    return begun(incomplete)


def data_folder(data: Path | None) -> Path:
    """Give the folder of data sets: the one that is told, that of the settings, or the user's."""
    from solvitur.config import load
    from solvitur.eval.registry import data_folder as folder

    return folder(load({"data": data}).data)


def data_sets_begun(incomplete: str) -> list[tuple[str, str]]:
    """Give the data sets whose names begin so, for a shell."""
    from solvitur.eval import registered_datasets

    known = registered_datasets(data_folder(None)).values()
    return [(facts.name, facts.title) for facts in known if facts.name.startswith(incomplete)]


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let every field of a parameter that is a dataclass be a flag of its own.

    Typer reads a command's flags from its signature, so that is what is spread out.

    Example:
        >>> @dataclass
        ... class Size:
        ...     width: int = 3
        ...     height: int = 4
        >>> @grouped
        ... def show(name: str, size: Size) -> None:
        ...     print(name, size)
        >>> list(inspect.signature(show).parameters)
        ['name', 'width', 'height']
        >>> show(name="box", width=9)
        box Size(width=9, height=4)
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: h for name, h in hints.items() if is_dataclass(h)}

    @functools.wraps(command)
    def spread(**given: Any) -> None:
        for name, group in groups.items():
            told = {f.name: given.pop(f.name) for f in fields(group) if f.name in given}
            given[name] = group(**told)
        command(**given)

    flags: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        group = groups.get(parameter.name)
        flags += (
            [parameter.replace(annotation=hints[parameter.name])]
            if group is None
            else [
                inspect.Parameter(
                    field.name, parameter.kind, default=field.default, annotation=annotation
                )
                for field, annotation in _annotated(group)
            ]
        )
    spread.__signature__ = inspect.Signature(flags)  # type: ignore[attr-defined]
    spread.__annotations__ = {flag.name: flag.annotation for flag in flags}
    return spread


def _annotated(group: Any) -> list[tuple[Any, Any]]:
    hints = get_type_hints(group, include_extras=True)
    return [(field, hints[field.name]) for field in fields(group)]


@dataclass(frozen=True)
class Modelling:
    """What is told of the language model that formulates."""

    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The language model, such as openai:NAME@URL.",
            autocompletion=models_begun,
        ),
    ] = None
    max_rounds: Annotated[
        int | None, typer.Option(metavar="N", help="Propose or repair at most N times.")
    ] = None
    samples: Annotated[
        int | None,
        typer.Option(metavar="K", help="Draw K formulations and take what most come to."),
    ] = None
    max_cost: Annotated[
        float | None, typer.Option(metavar="USD", help="Spend at most this on the model.")
    ] = None
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Stop after this time.")
    ] = None


@dataclass(frozen=True)
class Asking(Modelling):
    """What is told of the language model, and what it is asked for."""

    route: Annotated[
        str | None,
        typer.Option(metavar="formulation|code|both", help="What the model is asked for."),
    ] = None


@dataclass(frozen=True)
class Solving:
    """What is told of the solver."""

    solver: Annotated[
        str | None, typer.Option(metavar="NAME", help="A name from: solvitur solvers list.")
    ] = None
    gap: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="End within this relative distance of the optimum."),
    ] = None
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Threads of the solver and an embedded model.")
    ] = None
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Where the solver's random choices begin.")
    ] = None


@dataclass(frozen=True)
class Searching:
    """How the search for an optimum goes, this time."""

    all_optima: Annotated[
        int | None,
        typer.Option(metavar="K", help="List up to K optimal points, and whether there are more."),
    ] = None
    warm_start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Begin at a saved answer; goes with --formulation."),
    ] = None
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the solver's log to FILE.")
    ] = None

    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Say what one more unit of each limit is worth.")
    ] = False

    def __post_init__(self) -> None:
        if self.all_optima is not None and self.all_optima < 1:
            raise ConfigError(f"--all-optima: {self.all_optima}: should be 1 at least")


@dataclass(frozen=True)
class GoingOn:
    """Which conversation is gone on with."""

    latest: Annotated[
        bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")
    ] = False
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Go on with this conversation.", autocompletion=conversations_begun
        ),
    ] = None
    fork: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Go another way from this conversation.",
            autocompletion=conversations_begun,
        ),
    ] = None

    @property
    def is_wanted(self) -> bool:
        """Whether it is an earlier one at all."""
        return self.latest or self.resume is not None or self.fork is not None

    def __post_init__(self) -> None:
        if self.latest + (self.resume is not None) + (self.fork is not None) > 1:
            raise ConfigError("give one of --continue, --resume and --fork")
