"""The embedded model on every data set, by each route, with and without correcting itself.

    python benchmarks/data_sets.py --data DIR --runs FOLDER --record FILE --docs docs/data_sets.md

`--data` is the folder of the data sets' files. Each set and way is a run of its own in a folder
below `--runs`: the same command goes on where it was ended, and with `--rows` larger it asks the
further rows. A reply that stands in the file of `--record` is not asked for again, so a way that
asks the same as another shares its replies. `--table` writes the tables of what there is, and asks
nothing.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from measuring import percent, table

import solvitur
from solvitur.agents import Effort
from solvitur.eval import (
    Answered,
    Metrics,
    Report,
    RunLimits,
    agent_of,
    evaluate,
    figures,
    load_dataset,
    registered_datasets,
)
from solvitur.eval.statistics import Estimate
from solvitur.llm import Model, Recording, connect, layered
from solvitur.runs import Used
from solvitur.solvers import Options

SECONDS = 600.0
"""For one answer: a small model may go on about a long text for ever."""


@dataclass(frozen=True)
class Way:
    """A way to answer."""

    title: str
    effort: Effort


def effort(route: Literal["formulation", "code", "both"], rounds: int) -> Effort:
    return Effort(route=route, rounds=rounds, options=Options(threads=1, time_limit=60))


ROUNDS = Effort().rounds
WAYS = {
    "formulation-once": Way("formulation, once", effort("formulation", 1)),
    "formulation": Way("formulation", effort("formulation", ROUNDS)),
    "code-once": Way("code, once", effort("code", 1)),
    "code": Way("code", effort("code", ROUNDS)),
    "both-once": Way("both, once", effort("both", 1)),
    "both": Way("both", effort("both", ROUNDS)),
}


class Told:
    """Hears of each answer and says so."""

    def __init__(self, name: str) -> None:
        self.name = name

    def began(self, kept: Sequence[Answered], total: int) -> None:
        print(f"{self.name}: {len(kept)} of {total} are there", flush=True)

    def ended(self, sample: Answered, _: Used) -> None:
        said = f"{self.name} {sample.problem} {sample.score.verdict.value} {sample.seconds:.0f} s"
        print(said, flush=True)


def folder_of(runs: Path, dataset: str, way: str, rows: int) -> Path:
    return runs / f"{dataset}.{way}.{rows}"


async def measure(given: argparse.Namespace, model: Model) -> None:
    """Ask what was not asked yet, set by set."""
    for name in given.sets:
        dataset = load_dataset(name, given.data).limit(given.rows)
        for way in given.ways:
            await evaluate(
                agent_of(model, WAYS[way].effort),
                dataset,
                run=folder_of(given.runs, name, way, given.rows),
                limits=RunLimits(concurrency=1, sample_seconds=SECONDS),
                listener=Told(f"{name} {way}"),
            )


# --- tables --------------------------------------------------------------------------------------


def found(given: argparse.Namespace, dataset: str, way: str) -> Report | None:
    """Give the run with the most rows, if it is whole."""
    for rows in range(given.rows, 0, -1):
        folder = folder_of(given.runs, dataset, way, rows)
        if folder.exists() and not (report := Report.load(folder)).missing:
            return report
    return None


def share(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{percent(estimate.value)} ({percent(estimate.low)} to {percent(estimate.high)})"


def row(title: str, way: str, metrics: Metrics) -> list[str]:
    ast = metrics.ast
    return [
        title,
        WAYS[way].title,
        f"{metrics.samples}",
        share(metrics.sa),
        share(metrics.sa_strict),
        share(metrics.er),
        "" if ast is None else f"{ast.value:.2f} ({ast.low:.2f} to {ast.high:.2f})",
        f"{metrics.tokens.mean:,.0f}",
    ]


HEAD = ["data set", "way", "rows", "SA", "SA within 1e-6", "ER", "AST", "tokens"]


def by_set(given: argparse.Namespace) -> Iterator[list[str]]:
    titles = {known.name: known.title for known in registered_datasets(given.data).values()}
    for name in given.sets:
        for way in given.ways:
            report = found(given, name, way)
            if report is not None and report.metrics is not None:
                yield row(titles[name], way, report.metrics)


def together(given: argparse.Namespace) -> Iterator[list[str]]:
    """Give each way on the problems that every way was asked, over all sets."""
    samples: dict[str, list[Answered]] = {way: [] for way in given.ways}
    for name in given.sets:
        reports = {way: found(given, name, way) for way in given.ways}
        asked = [
            {sample.problem for sample in report.samples} if report else set()
            for report in reports.values()
        ]
        shared = set.intersection(*asked)
        for way, report in reports.items():
            kept = [each for each in report.samples if each.problem in shared] if report else []
            for each in kept:  # two sets may use one id
                samples[way].append(each.model_copy(update={"problem": f"{name} {each.problem}"}))
    for way, kept in samples.items():
        if kept:
            yield row("all of these", way, figures(kept))


PAGE = """# The embedded model on every data set

Written by `{command}`
(solvitur {version}; {model}, one thread).

The first rows of each set, as [the registry](datasets.md) has it. SA, solving accuracy: the share
whose outcome and objective equal the label, within 1e-4 relative; labels count as they are, wrong
ones too. ER, execution rate: the share that ended in a solved model or a proof that there is no
answer. AST, average solving times: formulations or scripts for each answer. With 95 % intervals.
"Once" is without correcting itself, the others have {rounds} rounds. "Both" asks for a formulation
and a script and compares what they come to. An answer that took more than {seconds:.0f} s counts as
none. A set has fewer rows in some way where it was not asked more.

{together}

## Set by set

{by_set}
"""


def page(given: argparse.Namespace) -> str:
    command = "python benchmarks/data_sets.py --data DIR --runs FOLDER --record FILE"
    return PAGE.format(
        command=f"{command} --rows {given.rows} --docs docs/data_sets.md",
        version=solvitur.__version__,
        model=given.model,
        rounds=ROUNDS,
        seconds=SECONDS,
        together="\n".join(table(HEAD, together(given))),
        by_set="\n".join(table(HEAD, by_set(given))),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets' files")
    parser.add_argument("--runs", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--record", type=Path, help="JSONL file of replies")
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--rows", type=int, default=40, help="the first of each set")
    parser.add_argument("--sets", nargs="+", help="by default all that there are")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--table", action="store_true", help="ask nothing")
    parser.add_argument("--docs", type=Path, help="Markdown file to write")
    given = parser.parse_args()
    given.sets = given.sets or list(registered_datasets(given.data))
    if not given.table:
        memory = None if given.record is None else Recording(given.record)
        model = layered(connect(given.model, threads=1), memory=memory)
        asyncio.run(measure(given, model))
    written = page(given)
    print(written)
    if given.docs is not None:
        given.docs.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
