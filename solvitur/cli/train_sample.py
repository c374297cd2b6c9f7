"""``solvitur train sample``: what a model says to problems with labels, and whether it is right."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, files, process
from solvitur.cli.flags import models_begun
from solvitur.cli.watching import stopping_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solvitur.llm import Model, Recording
    from solvitur.training import Row, Sample, SamplingPlan, Task


_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Problems from: solvitur train synthesize; others than it was tuned on.",
    ),
]
_Model = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Who is asked: local:BASE+ADAPTER, or a server's.",
        autocompletion=models_begun,
    ),
]
_Out = Annotated[
    Path, typer.Option("-o", "--out", metavar="FILE", help="The samples; what is there is kept.")
]
_Tasks = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TASK",
        help="elements, code, steps or repair; may be repeated; else what the model learned.",
    ),
]
_Count = Annotated[
    int, typer.Option("--n", metavar="N", min=1, help="How often each problem is asked.")
]
_Temperatures = Annotated[
    list[float] | None,
    typer.Option(metavar="T", min=0, help="Taken in turn; may be repeated. Else 0.7 and 1."),
]
_Seed = Annotated[int, typer.Option(metavar="S", min=0, help="Of the first time.")]


def sample(
    file: _File,
    model: _Model,
    out: _Out,
    task: _Tasks = None,
    count: _Count = 4,
    temperature: _Temperatures = None,
    seed: _Seed = 0,
) -> None:
    """Ask a model about problems, and label its replies by solving.

    The same command goes on where it was stopped; nothing is asked twice.

    \b
    solvitur train sample fresh.jsonl -o samples.jsonl --model local:smollm2-135m+toy/adapter.gguf
    """  # noqa: D301
    from solvitur.cli.wiring import connected
    from solvitur.config import load
    from solvitur.llm import Recording
    from solvitur.training import SamplingPlan, read_rows
    from solvitur.training.sampling import tasks_of as learned_by

    files.check_writable(out, make_folder=True)
    rows, memory = read_rows(file), Recording(out)
    asked = connected(load({"model": model}).model_copy(update={"record": None}))
    how = SamplingPlan(
        tuple(tasks_of(task or []) or learned_by(asked)),
        count,
        tuple(temperature or SamplingPlan.temperatures),
        seed,
    )
    _ask(rows, asked, how, memory)


def _ask(rows: "Sequence[Row]", model: "Model", how: "SamplingPlan", memory: "Recording") -> None:
    """Sample, with the progress on the terminal."""
    from solvitur.runs.progress import Progress
    from solvitur.training import sample as ask

    talk = console.talk()
    most = how.count * len(how.tasks) * sum(row.status != "ambiguous" for row in rows)
    with (
        stopping_after("what is being asked", talk) as interruption,
        Progress(most, ["right", "wrong"], console=talk) as progress,
        console.lent(),
    ):

        def on_sample(found: "Sample") -> None:
            progress.add("right" if found.is_right else "wrong")

        found = asyncio.run(ask(rows, model, how, memory, on_sample, interruption))
    for line in sampled(found):
        console.show(talk, line)
    if interruption.was_asked:
        raise typer.Exit(process.INTERRUPTED)


def tasks_of(names: list[str]) -> "list[Task]":
    """Give the tasks of these names.

    Raises:
        ConfigError: There is none of a name.
    """
    from solvitur.errors import ConfigError
    from solvitur.training import Task

    for name in names:
        if name not in list(Task):
            raise ConfigError(f"there is no task {name!r}; there are: {', '.join(Task)}")
    return [Task(name) for name in names]


def sampled(found: "list[Sample]") -> list[str]:
    """Say what came of the samples, a line for each task."""
    lines = [f"samples: {len(found)}"]
    for name in Counter(each.task for each in found):
        own = [each for each in found if each.task is name]
        known = [each.feasible for each in own if each.feasible is not None]
        lines.append(
            f"{name.value}: {_share([each.is_right for each in own])} right, "
            f"{_share([each.executes for each in own])} solved, "
            f"{_share(known)} of points feasible, "
            f"{sum(not each.is_whole for each in own)} cut off"
        )
    return lines


def _share(known: list[bool]) -> str:
    return f"{sum(known)} of {len(known)}"
