"""``solvitur train``: what a model learns from."""

from collections import Counter
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, files, train_runs, train_sample

if TYPE_CHECKING:
    from solvitur.training import Lessons, Synthesis

app = typer.Typer(help="Make what a language model learns from.", no_args_is_help=True)
app.command()(train_runs.sft)
app.command()(train_sample.sample)
app.command()(train_runs.kto)

_Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="The file; else it goes to stdout."),
]


@app.callback()
def _training() -> None:
    """Make what a language model learns from."""


@app.command()
def synthesize(
    count: Annotated[int, typer.Option("--n", metavar="N", min=1, help="How many problems.")],
    seed: Annotated[int, typer.Option(metavar="S", help="Where the drawing begins.")] = 0,
    out: _Out = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A benchmark: no problem has eight words in a row that it has; may be repeated.",
        ),
    ] = None,
    family: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this family of problems; may be repeated."),
    ] = None,
) -> None:
    """Make word problems with labels, each solved and verified.

    The labels are right by construction.

    None shares eight words in a row with our own problems, that solvitur is evaluated on.

    \b
    solvitur train synthesize --n 2000 --seed 1 -o problems.jsonl --against nl4opt.jsonl
    """  # noqa: D301
    from solvitur.training import synthesize as make
    from solvitur.training import write_rows

    if out is not None:
        files.check_writable(out)
    talk = console.talk()
    with console.working(talk, f"drawing {count} problems"), console.lent():
        made = make(count, seed, against=[_own_problems(), *(against or ())], only=family or ())
    files.write_out(out, write_rows(made.rows))
    for line in statistics(made):
        console.show(talk, line)


@app.command()
def instructions(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Problems from: solvitur train synthesize")
    ],
    out: _Out = None,
    task: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TASK",
            help="elements, markdown, code, code-from-elements, repair or steps; may be repeated; "
            "else all.",
        ),
    ] = None,
) -> None:
    """Make conversations that a model is taught.

    They have the prompts that it will be asked by.

    \b
    solvitur train instructions problems.jsonl -o lessons.jsonl
    solvitur train instructions problems.jsonl -o steps.jsonl --task steps --task repair
    """  # noqa: D301
    from solvitur.training import Task, read_rows, write_instructions
    from solvitur.training import instructions as make

    tasks = train_sample.tasks_of(task or []) or list(Task)
    if out is not None:
        files.check_writable(out)
    rows, talk = read_rows(file), console.talk()
    with console.working(talk, f"writing lessons of {len(rows)} problems"), console.lent():
        made = make(rows, tasks)
    files.write_out(out, write_instructions(made.instructions))
    for line in lessons(made):
        console.show(talk, line)


def lessons(made: "Lessons") -> list[str]:
    """Say what can be learned, a line each."""
    tasks = Counter(each.task.value for each in made.instructions)
    lines = [f"lessons: {len(made.instructions)}"]
    for name, count in tasks.items():
        sizes = [
            sum(len(message["content"]) for message in each.messages)
            for each in made.instructions
            if each.task == name
        ]
        left = made.left_out.get(name, 0)
        lines.append(f"{name}: {count}, {mean(sizes):,.0f} characters on average, {left} left out")
    if ambiguous := made.left_out.get("ambiguous", 0):
        lines.append(f"ambiguous problems, of which no lesson is made: {ambiguous}")
    planted = Counter(each.about for each in made.instructions if each.about)
    if planted:
        lines.append(f"mistakes to repair: {_shares(planted, planted.total())}")
    return lines


def _own_problems() -> Path:
    from importlib.resources import files as resources

    return Path(str(resources("solvitur.eval").joinpath("word_problems.jsonl")))


def statistics(made: "Synthesis") -> list[str]:
    """Say what was made and what was dropped, a line each."""
    rows = made.rows
    lengths = sorted(len(row.text.split()) for row in rows)
    lines = [
        f"problems: {len(rows)} of {made.drawn} drawn",
        f"families: {len({row.family for row in rows})}",
        f"status: {_shares(Counter(row.status for row in rows), len(rows))}",
        f"words in a text: {mean(lengths):.0f} on average, {lengths[0]} to {lengths[-1]}",
        f"language: {_shares(Counter(kind for row in rows for kind in row.language), len(rows))}",
    ]
    if made.dropped:
        lines.append(f"dropped: {_shares(made.dropped, made.drawn)}")
    for name, count in made.overlap.items():
        lines.append(f"like {name}: 0 kept, {count} dropped")
    return lines


def _shares(counts: Counter[str], total: int) -> str:
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{name} {count} ({count / total:.1%})" for name, count in ranked)
