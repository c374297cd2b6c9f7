"""Which data sets there are, and how often published labels of the same question differ.

    python benchmarks/datasets.py --data DIR --docs docs/datasets.md

`--data` is a folder with published files, whole or in part; `solvitur eval datasets list` says what
they may be called. No model is asked.
"""

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from measuring import percent, table

from solvitur.errors import DatasetUnavailable
from solvitur.eval import (
    Dataset,
    LabelVersions,
    label_versions,
    load_dataset,
    registered_datasets,
    wilson,
)
from solvitur.eval.datasets import edition_of

INTRODUCTION = """\
# Data sets, and how far their labels can be trusted

Written by `python benchmarks/datasets.py --data DIR --docs docs/datasets.md`.

`solvitur eval datasets list` names the sets, `show` tells what is known of one, and `fetch` brings
the published file of it. Our own problems are inside the package; of the others only the facts are,
and nothing of them is passed on. The files of the table are known by their SHA-256, and one that is
another is told. Of the published files no hash is known yet: what `fetch` brings is kept with its
hash told, and said not to be verified. A file `datasets.json` in the folder of data sets, in the
form of `solvitur/eval/registry.json`, adds sets of one's own, with hashes of one's own.

A data set of one's own is a .jsonl, .json, .csv or .tsv file with a question and an answer in each
row; usual names of columns are known. A label is a number, or one of the words `infeasible`,
`unbounded` and `no best solution`. Nothing else is guessed: a problem whose label cannot be read
is *unscored*, which is neither right nor wrong.

## The sets

"Here" is what the figures below are of. "No optimum" counts the labels that say so in words, and
"several labels" the problems that come with more than one.
"""
LABELS = """
## The same question, another label

Questions are the same whose letters and digits are. Two labels differ where they are more than 1e-4
apart, relative, and would not be the same number when rounded to two decimals. Where a share of the
labels differs, an agent that is right by all the labels of one version is wrong on that share by
the other: no figure means anything below it. The interval is Wilson's; of few common questions it
is wide. Labels within 5 % of each other are what an evaluation with a tolerance of 5 % does not
tell apart.
"""
CORRECTED = """
## Labels that were corrected

{name} tells of {changed} of its {count} problems here what the label was before ({share}); of
these labels {differing} differ, {close} of them within 5 %.
"""
KNOWN = """
## What is known of the labels

Of the whole files, and of versions that are not here.
"""


def loaded(folder: Path) -> Iterator[Dataset]:
    for name in registered_datasets(folder):
        try:
            yield load_dataset(name, folder)
        except DatasetUnavailable:
            print(f"{name} is not in {folder}")


def facts(dataset: Dataset) -> tuple[object, ...]:
    edition = edition_of(dataset)
    part = "all" if edition is None else edition.about
    outcomes = Counter(problem.label.outcome for problem in dataset if problem.label)
    return (
        f"[{dataset.name}]({dataset.facts.url})" if dataset.facts.url else dataset.name,
        dataset.facts.licence,
        dataset.facts.rows,
        f"{len(dataset)} ({part})",
        sum(count for outcome, count in outcomes.items() if outcome != "solved"),
        sum(bool(problem.labels) for problem in dataset),
        f"`{dataset.sha256[:12]}`",
    )


def compared(found: LabelVersions) -> tuple[object, ...]:
    differing = len(found.differing)
    low, high = wilson(differing, found.common)
    return (
        f"{found.name}, {found.other}",
        found.common,
        differing,
        percent(differing / found.common),
        f"{percent(low)} to {percent(high)}",
        found.close,
    )


def corrected(dataset: Dataset) -> str:
    """Say how many labels a set says to have changed."""
    before = [p for p in dataset if "original" in p.labels and p.label is not None]
    pairs = label_versions(
        Dataset(dataset.facts, tuple(before)),
        Dataset(
            dataset.facts,
            tuple(p.model_copy(update={"label": p.labels["original"]}) for p in before),
        ),
    )
    return CORRECTED.format(
        name=dataset.name,
        changed=len(before),
        count=len(dataset),
        share=percent(len(before) / len(dataset)),
        differing=len(pairs.differing),
        close=pairs.close,
    )


def page(datasets: Sequence[Dataset]) -> str:
    pairs = [label_versions(*two) for two in itertools.combinations(datasets, 2)]
    twice = [label_versions(each, each) for each in datasets]
    shared = [found for found in (*pairs, *twice) if found.common]
    head = ("data set", "licence", "published", "here", "no optimum", "several labels", "SHA-256")
    lines = [INTRODUCTION, *table(head, map(facts, datasets)), LABELS]
    titles = ("labels of", "same questions", "differ", "share", "95 % interval", "within 5 %")
    lines += table(titles, map(compared, shared))
    lines += [corrected(d) for d in datasets if any("original" in p.labels for p in d)]
    lines += [KNOWN]
    lines += [f"- **{d.name}**: {d.facts.label_notes}" for d in datasets if d.facts.label_notes]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--docs", type=Path, help="the page to write; else it is printed")
    asked = parser.parse_args()
    written = page(list(loaded(asked.data)))
    if asked.docs is None:
        print(written, end="")
    else:
        asked.docs.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
