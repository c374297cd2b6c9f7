"""Solving accuracy of a model with each technique and without, written as tables.

    python benchmarks/techniques.py --data DIR --record replies.jsonl --docs docs/accuracy.md

`--data` is a folder that holds the published problems, one JSON object a line with id, question and
answer: nl4opt_llm4or.jsonl, mamo_easy_sirl.jsonl, nlp4lp_llm4or.jsonl. Ways to answer are
`baseline` (the two-shot prompt for one reply, asked once), `default`, `without:X` (the default
without one technique), `plus:X` (with one more), `samples:K` (with K attempts that vote) and
`with:X` (the baseline with one technique; in three rounds where it tells what to repair). `repair`
stands for the rounds after the first. A problem that has its answer in the file of `--answers` is
not asked again, and one that has its replies in that of `--record` costs nothing; two processes may
share both files. After a change of the code, use another `--answers`. `--rows 0:20` asks the first
20 of each only: what was asked of at least as many problems as `LEAST` is in the table.
"""

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from measuring import (
    SETS,
    Answers,
    Case,
    Clock,
    Configuration,
    ask,
    cases,
    percent,
    points,
    table,
    title,
)

import solvitur
from solvitur.agents import Effort
from solvitur.agents.techniques import TECHNIQUES, chosen
from solvitur.errors import ConfigError
from solvitur.eval import paired, wilson
from solvitur.llm import Model, Recording, connect, layered

REPAIR = "repair"
LEAST = 30
"""Problems that a way must have been asked to be in the table of techniques."""
WHEN_ASKED = ("stepwise", "similar-examples")
"""Techniques that change the question; the others look at the answer and say what to repair."""
ROUNDS = Effort().rounds


def configuration(name: str, model: Model) -> Configuration:
    """Find a way to answer by name."""
    kind, _, technique = name.partition(":")
    default = chosen(None, model)
    known = {
        "with": [*TECHNIQUES, REPAIR],
        "without": [*sorted(default), REPAIR],
        "plus": [name for name in TECHNIQUES if name not in default],
    }
    if name == "baseline":
        return Configuration(name, Effort(rounds=1, techniques=()))
    if name == "default":
        return Configuration(name, Effort())
    if kind == "samples" and technique.isdecimal():
        return Configuration(name, Effort(samples=int(technique)))
    if technique not in known.get(kind, ()):
        raise ConfigError(f"{name!r} is no way to answer; there are: {', '.join(names(model))}")
    if kind == "with":
        rounds = 1 if technique in WHEN_ASKED else ROUNDS
        added = () if technique == REPAIR else (technique,)
        return Configuration(name, Effort(rounds=rounds, techniques=added))
    if kind == "plus":
        return Configuration(name, Effort(techniques=(*sorted(default), technique)))
    if technique == REPAIR:
        return Configuration(name, Effort(rounds=1, techniques=tuple(sorted(default))))
    return Configuration(name, Effort(techniques=tuple(sorted(default - {technique}))))


def names(model: Model) -> list[str]:
    """Give the ways to answer that are measured by default."""
    default = [name for name in TECHNIQUES if name in chosen(None, model)]
    return [
        "baseline",
        "default",
        *(f"without:{name}" for name in (*default, REPAIR)),
        *(f"plus:{name}" for name in TECHNIQUES if name not in default),
        "samples:2",
        *(f"with:{name}" for name in (*TECHNIQUES, REPAIR)),
    ]


async def measure(
    model: Clock, ways: Sequence[Configuration], problems: Sequence[Case], answers: Answers
) -> None:
    """Ask what was not asked yet, way by way."""
    for way in ways:
        right = 0
        for number, case in enumerate(problems, start=1):
            told = way.told(model)
            found = answers.of(case, told)
            if found is None:
                found = await ask(model, way, case, None)
                answers.add(found)
            right += found["right"]
            print(f"{way.name} {number}/{len(problems)} {case.id} {found['right']} ({right})")
            sys.stdout.flush()


# --- tables --------------------------------------------------------------------------------------

Lines = list[dict[str, Any]]


def results(model: Model, way: Configuration, problems: Sequence[Case], answers: Answers) -> Lines:
    """Give the lines of a way, or none where it was not asked every problem."""
    told = way.told(model)
    found = [line for case in problems if (line := answers.of(case, told)) is not None]
    return found if len(found) == len(problems) else []


def figures(lines: Lines) -> list[str]:
    count, right = len(lines), sum(line["right"] for line in lines)
    low, high = wilson(right, count)
    return [
        f"{right}/{count}",
        percent(right / count),
        f"{percent(low)} to {percent(high)}",
        percent(sum(line["executed"] for line in lines) / count),
        f"{statistics.median(line['seconds'] for line in lines):.0f}",
        f"{statistics.mean(line['tokens'] for line in lines):,.0f}",
        f"{statistics.mean(line['written'] for line in lines):,.0f}",
    ]


FIGURES = ["right", "SA", "95 % interval", "ER", "seconds", "tokens", "of them written"]


def gain(lines: Lines, others: Lines) -> str:
    if not lines or not others or lines is others:
        return ""
    return points(paired([line["right"] for line in lines], [line["right"] for line in others]))


def by_set(model: Model, sets: dict[str, list[Case]], answers: Answers) -> Iterator[list[str]]:
    """Give the baseline and the default, set by set, and over all published problems."""
    groups = [(title(name), problems) for name, problems in sets.items()]
    published = [case for name, found in sets.items() if name in PUBLISHED for case in found]
    groups.append(("all published", published))
    ways = [configuration(name, model) for name in ("baseline", "default")]
    for words, problems in groups:
        if not problems:
            continue
        baseline, default = (results(model, way, problems, answers) for way in ways)
        for name, lines in (("baseline", baseline), ("default", default)):
            if lines:
                against = baseline if name == "default" else []
                yield [words, name, *figures(lines), gain(lines, against)]


PUBLISHED = ("nl4opt", "mamo", "nlp4lp")


def by_technique(
    model: Model, ways: Sequence[Configuration], problems: list[Case], answers: Answers
) -> Iterator[list[str]]:
    """Give every way, beside what it differs from on the problems that both were asked."""
    for way in ways:
        asked = [case for case in problems if answers.of(case, way.told(model))]
        if len(asked) < LEAST:
            continue
        lines = results(model, way, asked, answers)
        beside = "baseline" if way.name.startswith(("with:", "default")) else "default"
        other = configuration(beside, model)
        others = results(model, other, asked, answers) if way.name != "baseline" else []
        yield [way.name.replace(":", " "), *figures(lines), gain(lines, others)]


PAGE = """# Solving accuracy, with each technique and without

Written by `{command}`
(solvitur {version}; {model}, {cores} cores, threads of the model: {threads}).

SA, solving accuracy: the share whose outcome and objective equal the label, within 1e-4 relative.
ER, execution rate: the share that ended in a solved model or a proof that there is no answer. The
interval of a share is Wilson's; a gain is in points, with Newcombe's interval for paired shares.
Seconds are those of the model's replies, as they were made (the median of a problem); tokens are
the mean of a problem, most of them read before and only looked up. Labels are as published,
mistakes included, and one reading of whole or split quantities counts.

The published problems are rows {first} to {last} of each file. No rule and no prompt was made by
looking at them in this place, but rows 40 to 59 of NL4Opt served an earlier state, and some of the
others stand among the later rows of another file too, which were looked at. Of our own
66 problems those with odd numbers served development, those with even numbers were held out. The
baseline is the two-shot prompt that asks for everything in one reply, once.

## The default beside the baseline

{by_set}

## Each technique

{techniques}

`with X` is the baseline with one technique, its gain over the baseline; `without X` is the default
without it and `plus X` the default with it, their gain over the default; `samples K` is the default
with K attempts that vote. A way that was asked of fewer problems is beside the other on these.
Those that look at an answer and say what to repair have {rounds} rounds; `repair` stands for these
rounds alone.

{by_technique}
"""


def page(
    given: argparse.Namespace, model: Model, sets: dict[str, list[Case]], answers: Answers
) -> str:
    ways = [configuration(name, model) for name in given.configurations or names(model)]
    published = [case for name in PUBLISHED for case in sets.get(name, ())]
    parts = [("Published problems", published), ("Our own, held out", sets.get("held-out", []))]
    tables = []
    for words, problems in parts:
        rows = list(by_technique(model, ways, problems, answers)) if problems else []
        if rows:
            tables += [f"### {words}", "", *table(["way", *FIGURES, "gain"], iter(rows)), ""]
    head = ["problems", "way", *FIGURES, "gain"]
    return PAGE.format(
        command=command(given),
        version=solvitur.__version__,
        model=model.name,
        cores=os.cpu_count(),
        threads=given.threads or "all but one",
        first=given.rows[0],
        last=given.rows[1] - 1,
        by_set="\n".join(table(head, by_set(model, sets, answers))),
        techniques="\n".join(f"- `{name}`: {does}" for name, does in TECHNIQUES.items()),
        rounds=ROUNDS,
        by_technique="\n".join(tables).strip(),
    )


def command(given: argparse.Namespace) -> str:
    words = ["python benchmarks/techniques.py --data DIR --record FILE", f"--model {given.model}"]
    if given.threads:
        words.append(f"--threads {given.threads}")
    first, last = given.rows
    return " ".join([*words, f"--rows {first}:{last} --docs {given.docs.as_posix()}"])


def rows(text: str) -> tuple[int, int]:
    first, last = map(int, text.split(":"))
    return first, last


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    listed = {"nargs": "*", "metavar": "NAME"}
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--threads", type=int, help="of an embedded model")
    parser.add_argument("--data", type=Path, help="folder of the published problems")
    parser.add_argument("--rows", type=rows, default=(0, 60), help="of each file, FIRST:LAST")
    parser.add_argument("--sets", **listed, default=SETS, choices=SETS, help=", ".join(SETS))
    parser.add_argument("--configurations", **listed, help="ways to answer; by default all")
    parser.add_argument("--record", type=Path, help="replies are kept here and not asked twice")
    parser.add_argument("--answers", type=Path, default=Path("techniques.answers.jsonl"))
    parser.add_argument("--only-tables", action="store_true", help="ask nothing")
    parser.add_argument("--docs", type=Path, help="Markdown file to write")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    memory = Recording(given.record) if given.record else None
    model = Clock(layered(connect(given.model, threads=given.threads), memory=memory))
    sets = {name: cases(name, given.data, given.rows) for name in given.sets}
    answers = Answers(given.answers)
    if not given.only_tables:
        ways = [configuration(name, model) for name in given.configurations or names(model)]
        for problems in sets.values():
            asyncio.run(measure(model, ways, problems, answers))
    if given.docs is not None:
        given.docs.write_text(page(given, model, sets, answers), encoding="utf-8")


if __name__ == "__main__":
    main()
