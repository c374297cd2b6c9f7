"""``solvitur train``: what a model learns from."""

from collections import Counter
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, files, process

if TYPE_CHECKING:
    from solvitur.training import Lessons, Synthesis, Task
    from solvitur.training.tuning import Plan, Step

app = typer.Typer(help="Make what a language model learns from.", no_args_is_help=True)

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
    """Make word problems whose labels are right by construction, each solved and verified.

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
    """Make conversations that a model is taught, with the prompts that it will be asked by.

    \b
    solvitur train instructions problems.jsonl -o lessons.jsonl
    solvitur train instructions problems.jsonl -o steps.jsonl --task steps --task repair
    """  # noqa: D301
    from solvitur.training import instructions as make
    from solvitur.training import read_rows, write_instructions

    tasks = _tasks(task or [])
    if out is not None:
        files.check_writable(out)
    rows, talk = read_rows(file), console.talk()
    with console.working(talk, f"writing lessons of {len(rows)} problems"), console.lent():
        made = make(rows, tasks)
    files.write_out(out, write_instructions(made.instructions))
    for line in lessons(made):
        console.show(talk, line)


@app.command()
def sft(
    recipe: Annotated[
        Path, typer.Argument(metavar="RUN.toml", help="What is trained, on what, and how.")
    ],
) -> None:
    """Train an adapter for a model on lessons; a run that was stopped goes on where it was.

    \b
    base = "smollm2-135m"          # or a .gguf file, or a folder of Hugging Face
    lessons = ["lessons.jsonl"]    # from: solvitur train instructions
    out = "toy"                    # checkpoint, losses, adapter
    """  # noqa: D301
    from solvitur.runs import Interruption
    from solvitur.runs.progress import Progress
    from solvitur.training.tuning import Step, plan, read_recipe, train

    wanted, talk = read_recipe(recipe), console.talk()
    with console.working(talk, "reading the lessons"), console.lent():
        planned = plan(wanted)
    for line in reading(planned):
        console.show(talk, line)
    before = {"tokens": planned.tokens(planned.done)}
    interruption = Interruption()

    def stop() -> bool:
        if interruption.was_asked:
            return False
        console.show(talk, "stopping after this step; Ctrl-C again ends at once")
        return interruption.ask()

    with (
        process.heeding(stop),
        Progress(planned.tokens(), ["tokens"], before=before, console=talk) as progress,
    ):

        def on_step(step: Step) -> None:
            progress.note = f"loss {step.loss:.3f}"
            progress.add("tokens", count=step.tokens)

        done = train(planned, on_step, interruption)
    for line in learned(planned, done):
        console.show(talk, line)
    if done[-1].step < len(planned.steps):
        raise typer.Exit(process.INTERRUPTED)


def _tasks(names: list[str]) -> "list[Task]":
    from solvitur.errors import ConfigError
    from solvitur.training import Task

    for name in names:
        if name not in list(Task):
            raise ConfigError(f"there is no task {name!r}; there are: {', '.join(Task)}")
    return [Task(name) for name in names] or list(Task)


def reading(planned: "Plan") -> list[str]:
    """Say what a run reads, a line each."""
    tokens = planned.tokens()
    lines = [
        f"lessons: {planned.lessons}"
        + (f", and {planned.too_long} left out: longer than a pack" if planned.too_long else ""),
        f"steps: {len(planned.steps)}, {tokens / len(planned.steps):,.0f} tokens each on average",
    ]
    if planned.done:
        lines.append(f"goes on after step {planned.done}")
    return lines


def learned(planned: "Plan", done: "list[Step]") -> list[str]:
    """Say what came of a run, a line each."""
    recipe = planned.recipe
    if done[-1].step < len(planned.steps):
        return [f"stopped after step {done[-1].step}, which is kept; the same command goes on"]
    return [
        f"loss: {done[0].loss:.3f} at first, {done[-1].loss:.3f} at last",
        f"written: {recipe.gguf}, {recipe.adapter}, {recipe.plot}, {recipe.losses}",
        f"use it: solvitur solve --model local:{recipe.base}+{recipe.gguf}",
    ]


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
