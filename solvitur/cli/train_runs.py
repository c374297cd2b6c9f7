"""``solvitur train sft`` and ``kto``: an adapter learns; a run that was stopped goes on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, process
from solvitur.cli.watching import stopping_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from solvitur.training.tuning import Plan, Step

_Recipe = Annotated[
    Path, typer.Argument(metavar="RUN.toml", help="What is trained, on what, and how.")
]


def sft(recipe: _Recipe) -> None:
    """Train an adapter for a model on lessons.

    A run that was stopped goes on where it was.

    \b
    base = "smollm2-135m"          # or a .gguf file, or a folder of Hugging Face
    lessons = ["lessons.jsonl"]    # from: solvitur train instructions
    out = "toy"                    # checkpoint, losses, adapter
    """  # noqa: D301
    from solvitur.training.tuning import SFT, plan_sft, read_recipe

    wanted = read_recipe(recipe, SFT)
    _run("lesson", lambda: plan_sft(wanted))


def kto(recipe: _Recipe) -> None:
    """Align an adapter by its own right and wrong replies.

    A run that was stopped goes on where it was.

    \b
    base = "smollm2-135m"          # what the adapter is laid on
    after = "toy"                  # the folder of a run of: solvitur train sft
    samples = ["samples.jsonl"]    # from: solvitur train sample
    out = "aligned"                # checkpoint, losses, adapter
    """  # noqa: D301
    from solvitur.training.tuning import KTO, plan_kto, read_recipe

    wanted = read_recipe(recipe, KTO)
    _run("sample", lambda: plan_kto(wanted))


def _run(what: str, plan: "Callable[[], Plan]") -> None:
    """Plan a run and train, with its progress on the terminal."""
    from solvitur.runs.progress import Progress
    from solvitur.training.tuning import Step, train

    talk = console.talk()
    with console.working(talk, f"reading the {what}s"), console.lent():
        planned = plan()
    for line in reading(planned, what):
        console.show(talk, line)
    before = {"tokens": planned.tokens(planned.done)}
    with (
        stopping_after("this step", talk) as interruption,
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


def reading(planned: "Plan", what: str) -> list[str]:
    """Say what a run reads, a line each.

    Args:
        planned: What it reads.
        what: What an example is called.
    """
    tokens = planned.tokens()
    lines = [
        f"{what}s: {planned.examples}"
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
    lines = [f"loss: {done[0].loss:.3f} at first, {done[-1].loss:.3f} at last"]
    if done[-1].moved is not None:
        wanted, others = _at_last([s.wanted for s in done]), _at_last([s.unwanted for s in done])
        lines.append(f"log-probability since the start: wanted {wanted}, others {others} nats")
    return [
        *lines,
        f"written: {recipe.gguf}, {recipe.adapter}, {recipe.plot}, {recipe.losses}",
        f"use it: solvitur solve --model local:{recipe.base}+{recipe.gguf}",
    ]


def _at_last(values: "list[float | None]") -> str:
    """Say the last value that there is."""
    told = [value for value in values if value is not None]
    return f"{told[-1]:+.2f}" if told else "unknown"
