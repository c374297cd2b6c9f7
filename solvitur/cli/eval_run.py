"""``solvitur eval run`` and ``solvitur eval score``: from a data set to figures."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, failures, process
from solvitur.cli.flags import (
    Asking,
    DataFolder,
    Json,
    Solving,
    as_typed,
    data_folder,
    data_sets_begun,
    grouped,
)
from solvitur.cli.watching import Watching
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.config import Settings
    from solvitur.eval import Answered, Dataset, ModelAgent, Report, RunLimits
    from solvitur.runs import Interruption, Used

EPILOG = """\b
Exit codes: 0 every problem has its answer, 1 some failed and are tried again by the same command,
2 wrong call, 7 budget spent, 130 interrupted."""

_VERDICTS = ("right", "wrong", "error")
_LOCAL_CONCURRENCY = 2
"""An embedded model answers one request after the other; one more is being solved meanwhile."""

_OTHER_THREADS = 4
"""Besides one for the steps of each answer in flight."""


@dataclass(frozen=True)
class Selecting:
    """Which problems, in which order."""

    ids: Annotated[
        str | None, typer.Option(metavar="ID,ID,...", help="Only the problems with these ids.")
    ] = None
    tag: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="TAG", help="Only problems with this tag; repeatable."),
    ] = None
    shuffle: Annotated[
        bool, typer.Option("--shuffle", help="In an order that depends on --seed alone.")
    ] = False
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the first N of them.")
    ] = None

    def selected(self, dataset: "Dataset", seed: int) -> "Dataset":
        """Give the problems that are meant, in their order."""
        if self.ids is not None:
            dataset = dataset.select(name.strip() for name in self.ids.split(","))
        for tag in self.tag or ():
            known = sorted({tag for problem in dataset for tag in problem.tags})
            dataset = dataset.tagged(tag)
            if not dataset.problems:
                there = f"there are: {', '.join(known)}" if known else "they have none"
                raise ConfigError(f"--filter: no problem has the tag {tag!r}; {there}")
        if self.shuffle:
            dataset = dataset.shuffle(seed)
        return dataset if self.limit is None else dataset.limit(self.limit)


@dataclass(frozen=True)
class Going:
    """How often and how fast, and where it is kept."""

    epochs: Annotated[
        int, typer.Option(metavar="N", min=1, help="Answer each problem N times.")
    ] = 1
    concurrency: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Answers in flight: 32, or 2 of an embedded model."),
    ] = None
    folder: Annotated[
        Path | None,
        typer.Option("--run", metavar="DIR", help="The run's folder, instead of one of its own."),
    ] = None


Run = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, or its name among your runs.")
]


@grouped
def run(
    dataset: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="A name from: solvitur eval datasets list; or a file of your own.",
            autocompletion=data_sets_begun,
        ),
    ],
    data: DataFolder = None,
    *,
    asking: Asking,
    solving: Solving,
    selecting: Selecting,
    going: Going,
    as_json: Json = False,
) -> None:
    """Let a model answer problems, and say how well it does.

    The same command goes on where the last one ended, however that was: what was answered or paid
    for is not asked again, and what failed is tried again. The first Ctrl-C finishes what is in
    flight, the second stops at once. --time-limit is for one problem, --max-cost for the run.

    \b
    solvitur eval run word-problems --model openai:qwen3@http://localhost:8000/v1
    solvitur eval run nl4opt-sirl --data sets/ --limit 40 --epochs 3 --max-cost 2
    solvitur eval run mine.csv --route code
    """  # noqa: D301
    from solvitur.config import load
    from solvitur.eval import load_dataset
    from solvitur.runs import Interruption

    settings = load({**asdict(asking), **asdict(solving)})
    found = load_dataset(dataset, data_folder(data))
    found = selecting.selected(found, settings.seed)
    interruption, watching = Interruption(), _Watching(console.talk(), _VERDICTS, is_quiet=as_json)
    hearing = process.heeding(lambda: watching.hear(interruption))
    with as_typed(), console.lent(), hearing, watching:
        report = _evaluated(found, settings, going, interruption, watching)
    show(report, as_json=as_json)
    raise typer.Exit(_code(report))


@dataclass(frozen=True)
class Scoring:
    """How answers are judged."""

    tolerance: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0.0, help="How far from the label is right: 1e-4."),
    ] = None
    readings: Annotated[
        bool, typer.Option(help="Solve again with continuous and with whole numbers.")
    ] = True
    labels: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATASET",
            help="By what this data set or file says to the same questions, too; repeatable.",
        ),
    ] = None


@grouped
def score(name: Run, data: DataFolder = None, *, scoring: Scoring, as_json: Json = False) -> None:
    """Judge the answers of a run anew; no model is asked.

    \b
    solvitur eval score word-problems-0123456789ab --tolerance 1e-6
    solvitur eval score nl4opt-0123456789ab --labels corrected.jsonl
    """  # noqa: D301
    from functools import partial

    from solvitur.eval import TOLERANCE, load_dataset, rescore
    from solvitur.eval import score as judge

    tolerance = TOLERANCE if scoring.tolerance is None else scoring.tolerance
    scorer = partial(judge, tolerance=tolerance, readings=scoring.readings)
    folder, place = found_run(name), data_folder(data)
    others = [load_dataset(other, place) for other in scoring.labels or ()]
    talk = console.talk()
    with console.lent(), console.working(talk, "scoring ..."):
        report = asyncio.run(rescore(folder, scorer, others))
    show(report, as_json=as_json)


def found_run(name: str) -> Path:
    """Find a run: a folder, or the name of one among those of the user.

    Raises:
        ConfigError: There is none.
    """
    from solvitur.runs import find_run

    return find_run(name, ()).folder


# --- the parts -----------------------------------------------------------------------------------


def _evaluated(
    dataset: "Dataset",
    settings: "Settings",
    going: Going,
    interruption: "Interruption",
    watching: "_Watching",
) -> "Report":
    from concurrent.futures import ThreadPoolExecutor

    from solvitur.eval import evaluate

    limits = _limits(settings, going)

    async def evaluated() -> "Report":
        # A script that takes long is to hold up its own problem only.
        threads = ThreadPoolExecutor(limits.concurrency + _OTHER_THREADS, "step")
        asyncio.get_running_loop().set_default_executor(threads)
        return await evaluate(
            _agent(settings),
            dataset,
            epochs=going.epochs,
            limits=limits,
            run=going.folder,
            listener=watching,
            interruption=interruption,
        )

    return asyncio.run(evaluated())


def _agent(settings: "Settings") -> "ModelAgent":
    from solvitur.cli.wiring import effort, use_cache
    from solvitur.eval import agent_of
    from solvitur.llm import Patience, connect

    use_cache(settings)
    model = connect(settings.model, threads=settings.threads)
    tried = effort(settings)
    # Whatever a single problem would get, as many are solved at once.
    options = replace(tried.options, threads=settings.threads)
    patience = Patience(attempts=settings.attempts, timeout=settings.timeout)
    told = replace(tried, options=options, seed=settings.seed)
    return agent_of(model, told, patience=patience)


def _limits(settings: "Settings", going: Going) -> "RunLimits":
    from solvitur.eval import RunLimits

    limits = RunLimits(cost=settings.max_cost)
    concurrency = going.concurrency
    if concurrency is None and settings.model.startswith("local:"):
        concurrency = _LOCAL_CONCURRENCY
    told = {"concurrency": concurrency, "sample_seconds": settings.time_limit}
    return limits.model_copy(update={name: v for name, v in told.items() if v is not None})


class _Watching(Watching):
    """Shows how an evaluation goes on."""

    def began(self, kept: "Sequence[Answered]", total: int) -> None:
        """Begin to show."""
        self.begin((each.score.verdict.value for each in kept), total)

    def ended(self, sample: "Answered", used: "Used") -> None:
        """Count an answer."""
        self.add(sample.score.verdict.value, used.cost)


def _code(report: "Report") -> int:
    if report.stopped == "interrupted":
        return process.INTERRUPTED
    if report.stopped:
        return failures.EXIT_CODES["budget"]
    return failures.EXIT_CODES["error"] if any(s.trouble for s in report.samples) else 0


def show(report: "Report", *, as_json: bool) -> None:
    """Show what a run came to."""
    from solvitur.cli import figures

    if as_json:
        console.write_json(figures.as_json(report))
    else:
        figures.show(report)
