"""What tuning does: models side by side, asked once and with correcting themselves.

    python benchmarks/tuned.py --data DIR --runs FOLDER --docs docs/tuned.md \
        --model base=local:qwen2.5-coder-1.5b \
        --model SFT=local:qwen2.5-coder-1.5b+sft/adapter.gguf \
        --model SFT+KTO=local:qwen2.5-coder-1.5b+kto/adapter.gguf

Each model, set and way is a run of its own in a folder below `--runs`: the same command goes on
where it was ended, and with `--rows` larger it asks the further rows. `--table` writes the tables
of what there is, and asks nothing. The sets are our own problems that are held out, and the first
rows of published ones; none of them is in what a model is tuned on (`solvitur train synthesize
--against`).
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from data_sets import SECONDS, WAYS, Told, folder_of, found, share
from measuring import OWN, cases, points, table

import solvitur
from solvitur.eval import (
    Answered,
    Dataset,
    Metrics,
    Report,
    RunLimits,
    agent_of,
    evaluate,
    figures,
    load_dataset,
    registered_datasets,
)
from solvitur.eval.scoring import Verdict
from solvitur.eval.statistics import paired
from solvitur.llm import Model, connect, layered

HELD_OUT = "word-problems"
SETS = {
    HELD_OUT: 60,
    "nl4opt-llm4or": 60,
    "mamo-easy-sirl": 60,
    "nlp4lp-llm4or": 60,
    "mamo-complex-optimind": 40,
    "industryor-optimind": 40,
}
"""The most rows of each."""
ONCE, LOOP = "formulation-once", "formulation"
ASKED = (ONCE, LOOP)


def rows_of(name: str, given: argparse.Namespace) -> int:
    return min(SETS[name], given.rows)


def dataset_of(name: str, given: argparse.Namespace) -> Dataset:
    """Give the problems of a set; of our own those by which nothing was chosen."""
    dataset = load_dataset(name, given.data)
    if name == HELD_OUT:
        dataset = dataset.select([case.id for case in cases("held-out", None, (0, 0))])
    return dataset.limit(rows_of(name, given))


async def measure(given: argparse.Namespace, title: str, model: Model) -> None:
    """Ask a model what it was not asked yet, set by set."""
    for name in given.sets:
        dataset = dataset_of(name, given)
        for way in given.ways:
            await evaluate(
                agent_of(model, WAYS[way].effort),
                dataset,
                run=folder_of(given.runs / title, name, way, rows_of(name, given)),
                limits=RunLimits(concurrency=1, sample_seconds=SECONDS),
                listener=Told(f"{title} {name} {way}"),
            )


# --- tables --------------------------------------------------------------------------------------


def report_of(given: argparse.Namespace, title: str, name: str, way: str) -> Report | None:
    """Give the run with the most rows, if it is whole."""
    told = argparse.Namespace(runs=given.runs / title, rows=rows_of(name, given))
    return found(told, name, way)


HEAD = ["data set", "model", "way", "rows", "SA", "ER", "seconds", "tokens"]


def row(what: str, title: str, way: str, metrics: Metrics) -> list[str]:
    return [
        what,
        title,
        {ONCE: "once", LOOP: "with the loop"}[way],
        f"{metrics.samples}",
        share(metrics.sa),
        share(metrics.er),
        f"{metrics.seconds.mean:.1f}",
        f"{metrics.tokens.mean:,.0f}",
    ]


def title_of(name: str, given: argparse.Namespace) -> str:
    known = registered_datasets(given.data)
    return OWN["held-out"] if name == HELD_OUT else known[name].title


def by_set(given: argparse.Namespace) -> Iterator[list[str]]:
    for name in given.sets:
        for way in given.ways:
            for title in given.models:
                report = report_of(given, title, name, way)
                if report is not None and report.metrics is not None:
                    yield row(title_of(name, given), title, way, report.metrics)


def shared(given: argparse.Namespace, way: str) -> dict[str, list[Answered]]:
    """Give each model's answers to the problems that every model was asked, over all sets."""
    samples: dict[str, list[Answered]] = {title: [] for title in given.models}
    for name in given.sets:
        reports = {title: report_of(given, title, name, way) for title in given.models}
        asked = [{each.problem for each in r.samples} if r else set() for r in reports.values()]
        for title, report in reports.items():
            for each in report.samples if report else ():
                if all(each.problem in of for of in asked):  # two sets may use one id
                    update = {"problem": f"{name} {each.problem}"}
                    samples[title].append(each.model_copy(update=update))
    return samples


def together(given: argparse.Namespace) -> Iterator[list[str]]:
    for way in given.ways:
        for title, kept in shared(given, way).items():
            if kept:
                yield row("all of these", title, way, figures(kept))


def gains(given: argparse.Namespace) -> Iterator[list[str]]:
    """Give how much more of the same problems each model has right than the first one."""
    first = next(iter(given.models))
    for way in given.ways:
        right = {
            title: {each.problem: each.score.verdict is Verdict.right for each in kept}
            for title, kept in shared(given, way).items()
        }
        for title, own in right.items():
            if title != first and own:
                gain = paired([own[each] for each in own], [right[first][each] for each in own])
                way_of = row("", title, way, figures(shared(given, way)[title]))[2]
                yield [f"{title} over {first}", way_of, f"{len(own)}", points(gain)]


PAGE = """# What tuning does

Written by `{command}`
(solvitur {version}, one thread).

{models}

The held-out part of our own problems and the first rows of published sets, as
[the registry](datasets.md) has them; no eight words in a row of any are in what was tuned on. SA,
solving accuracy: the share whose outcome and objective equal the label, within 1e-4 relative;
labels count as they are. ER, execution rate: the share that ended in a solved model or a proof that
there is no answer. With 95 % intervals. Seconds are wall seconds of an answer on average, on a
machine that other work may have kept busy: compare those of one table, and tokens. "Once" is
without correcting itself, "with the loop" has up to {rounds} rounds. An answer that took more than
{seconds:.0f} s counts as none.

{together}

On the same problems, in points of SA:

{gains}

## Set by set

{by_set}
"""


def page(given: argparse.Namespace) -> str:
    return PAGE.format(
        command="python benchmarks/tuned.py --data DIR --runs FOLDER --docs docs/tuned.md "
        + " ".join(f"--model {title}=NAME" for title in given.models),
        version=solvitur.__version__,
        models="\n".join(f"- {title}: `{public(name)}`" for title, name in given.models.items()),
        rounds=WAYS[LOOP].effort.rounds,
        seconds=SECONDS,
        together="\n".join(table(HEAD, together(given))),
        gains="\n".join(table(["models", "way", "problems", "gain"], gains(given))),
        by_set="\n".join(table(HEAD, by_set(given))),
    )


def public(name: str) -> str:
    """Give the name of a model without the folder of its adapter."""
    base, plus, adapter = name.partition("+")
    return f"{base}{plus}{'/'.join(Path(adapter).parts[-2:])}" if plus else name


def named(told: Sequence[str]) -> dict[str, str]:
    models = dict(each.split("=", 1) for each in told if "=" in each)
    if len(models) < len(told):
        raise SystemExit("--model TITLE=NAME, each title once")
    return models


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets' files")
    parser.add_argument("--runs", type=Path, required=True, help="folder of the runs")
    parser.add_argument(
        "--model", action="append", required=True, metavar="TITLE=NAME", help="the base first"
    )
    parser.add_argument("--rows", type=int, default=60, help="the most of each set")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--ways", nargs="+", choices=ASKED, default=list(ASKED))
    parser.add_argument("--table", action="store_true", help="ask nothing")
    parser.add_argument("--docs", type=Path, help="Markdown file to write")
    given = parser.parse_args()
    given.models = named(given.model)
    for title, name in () if given.table else given.models.items():
        asyncio.run(measure(given, title, layered(connect(name, threads=1))))
    written = page(given)
    print(written)
    if given.docs is not None:
        given.docs.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
