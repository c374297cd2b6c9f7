"""How sure an answer may call itself: fitted on some problems, judged on others.

    python benchmarks/confidence.py --fit --data DIR --record replies.jsonl
    python benchmarks/confidence.py --data DIR --record replies.jsonl --docs docs/confidence.md

Each problem is asked by the default and with two attempts, one step by step and one at once, whose
agreement is the best evidence. The answers are kept in the file of `--answers`, which
`techniques.py` also fills. `--fit` takes rows of Mamo Easy and of another version of NL4Opt that
come after all that were looked at, and of our own problems, which are harder, those with odd
numbers; it writes `solvitur/agents/confidence.json`. Without it the weights that are there are
judged on the problems of `docs/accuracy.md` and our own with even numbers, which no fit ever saw: a
reliability plot, and how many of the confident answers are right.
"""

import argparse
import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from measuring import (
    FILES,
    Answers,
    Case,
    Clock,
    Configuration,
    ask,
    cases,
    percent,
    table,
    title,
)
from scipy.optimize import minimize

import solvitur.agents
from solvitur.agents import Effort
from solvitur.agents.confidence import Level, Weights, weights
from solvitur.agents.techniques import chosen
from solvitur.eval import wilson
from solvitur.eval.datasets import normalised
from solvitur.llm import Recording, connect, layered

WEIGHTS = Path(solvitur.agents.__file__).with_name("confidence.json")
JUDGED = (0, 60)
"""Rows of the published files that are judged by, and never fitted on."""
DEFAULT = Configuration("default", Effort())
TWICE = Configuration("samples:2", Effort(samples=2))
WAYS = (DEFAULT, TWICE)
Lines = list[dict[str, Any]]

EXPECTED = {
    "ways": 1.0,
    "repeats": 0.2,
    "script": 1.0,
    "reread": 0.0,
    "dissent": -0.5,
    "forgotten": -0.5,
    "invented": -0.5,
    "suspicious": -0.5,
    "unread": -0.5,
    "doubt": -1.0,
    "tries": -0.3,
    "no_answer": -1.5,
    "zero": -0.5,
    "size": -0.3,
    "idle": 0.0,
    "split": 0.0,
    "at_once": 0.0,
}
"""What each kind of evidence was expected to be worth before any was seen, in log-odds. The fit is
drawn there, so a kind that the default never has (a script, where none is written) still counts."""
KINDS = tuple(EXPECTED)
FOR = ("ways", "script", "reread")
EITHER = ("repeats", "idle", "split", "at_once")
"""What may only speak for an answer, and what either way; all else speaks only against it."""
PENALTY = 2.0
"""Of the squared distance of a weight from what was expected; chosen beforehand."""
FOLDS, TURNS = 10, 5
COLORS = ("#1f5fa8", "#c4572b", "#4f8a3c", "#8a5fa8")
SHIFTS = (-0.009, -0.003, 0.003, 0.009)
"""Of the dots of each group, lest they hide each other."""
PRECISION, FEWEST, LEAST = 0.95, 20, 0.9
"""Of the answers at the level of "confident": how many are to be right, how many to be there at
all, and the lowest probability that goes with the word."""


def lines_of(model: Clock, way: Configuration, problems: Sequence[Case], answers: Answers) -> Lines:
    """Give the answers to problems by one way; those that are missing are asked for."""

    async def all_of_them() -> Lines:
        found = []
        for number, case in enumerate(problems, start=1):
            line = answers.of(case, way.told(model))
            if line is None:
                line = await ask(model, way, case, None)
                answers.add(line)
            found.append(line)
            print(f"{way.name} {number}/{len(problems)} {case.id} {line['right']}", flush=True)
        return found

    return asyncio.run(all_of_them())


def judged(lines: Lines) -> Lines:
    """Leave out those that came to no answer: of them nothing is claimed."""
    return [line for line in lines if line["answer"]["confidence"] is not None]


def evidence(line: dict[str, Any]) -> dict[str, float]:
    found: dict[str, float] = line["answer"]["confidence"]["evidence"]
    return found


def development(folder: Path | None, first: int, count: int) -> list[Case]:
    """Give the problems to fit on: of the published ones none that was looked at, in any file."""
    apart = {normalised(c.question) for name in FILES for c in cases(name, folder, (0, first))}
    found = [
        [c for c in cases(name, folder, rows) if normalised(c.question) not in apart][:count]
        for name, rows in (("mamo", (first, first + count)), ("nl4opt-sirl", (0, first)))
    ]
    mixed = [case for pair in itertools.zip_longest(*found) for case in pair if case is not None]
    return [*mixed, *cases("train", folder, JUDGED)]


# --- the fit -------------------------------------------------------------------------------------


def fit(lines: Lines) -> Weights:
    """Fit a logistic model whose weights are near the expected ones and have their signs."""
    table = np.array([[evidence(line)[kind] for kind in KINDS] for line in lines], dtype=float)
    right = np.array([line["right"] for line in lines], dtype=float)
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales[scales < 1e-9] = 1.0
    scaled = (table - means) / scales
    expected = np.array([EXPECTED[kind] for kind in KINDS]) * scales

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        odds = point[0] + scaled @ point[1:]
        chance = 1 / (1 + np.exp(-odds))
        away = point[1:] - expected
        value = np.sum(np.logaddexp(0, odds) - right * odds) + PENALTY / 2 * away @ away
        slope = np.concatenate([[np.sum(chance - right)], scaled.T @ (chance - right)])
        slope[1:] += PENALTY * away
        return float(value), slope

    bounds = [(None, None), *map(sign, KINDS)]
    start = np.concatenate([[0.0], expected])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Weights(
        made="",
        models=(),
        techniques=(),
        rounds=0,
        samples=(),
        intercept=round(float(found.x[0]), 4),
        weights=named(found.x[1:]),
        means=named(means),
        scales=named(scales),
        confident={},
        likely=0.5,
    )


def sign(kind: str) -> tuple[float | None, float | None]:
    if kind in EITHER:
        return (None, None)
    return (0.0, None) if kind in FOR else (None, 0.0)


def named(values: np.ndarray) -> dict[str, float]:
    return {kind: round(float(value), 4) + 0.0 for kind, value in zip(KINDS, values, strict=True)}


def unseen(lines: Lines) -> list[tuple[float, bool]]:
    """Give for every line the probability by fits that did not see it, and whether it is right."""
    sums = [0.0] * len(lines)
    for turn in range(TURNS):
        order = list(range(len(lines)))
        random.Random(turn).shuffle(order)
        for fold in range(FOLDS):
            out = order[fold::FOLDS]
            kept = set(out)
            model = fit([line for place, line in enumerate(lines) if place not in kept])
            for place in out:
                sums[place] += model.probability(evidence(lines[place])) / TURNS
    return [(total, line["right"]) for total, line in zip(sums, lines, strict=True)]


def threshold(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Give the lowest probability above 0.9 from which on 95 % of at least 20 answers are right."""
    best, right = None, 0
    for count, (chance, is_right) in enumerate(sorted(pairs, reverse=True), start=1):
        right += is_right
        if chance >= LEAST and count >= FEWEST and right / count >= PRECISION:
            best = chance
    return best


def thresholds(by_way: Mapping[int, Lines]) -> dict[int, float]:
    """Give by the number of samples where "confident" begins, where it does."""
    pairs = iter(unseen([line for lines in by_way.values() for line in lines]))
    found = {
        samples: threshold(itertools.islice(pairs, len(lines))) for samples, lines in by_way.items()
    }
    return {samples: round(chance, 4) for samples, chance in found.items() if chance is not None}


def refit(model: Clock, answered: Mapping[int, Lines], problems: str) -> Weights:
    by_way = {samples: judged(lines) for samples, lines in answered.items()}
    found = [line for lines in by_way.values() for line in lines]
    right = sum(line["right"] for line in found)
    made = (
        f"by benchmarks/confidence.py --fit on {len(found)} answers to {problems}; {right} are "
        f"right; drawn to what was expected by {PENALTY:g}, threshold from {TURNS} x {FOLDS} folds"
    )
    update = {
        "made": made,
        "models": (model.name,),
        "techniques": tuple(sorted(chosen(None, model))),
        "rounds": Effort().rounds,
        "samples": tuple(by_way),
        "confident": thresholds(by_way),
    }
    return fit(found).model_copy(update=update)


# --- the judgement -------------------------------------------------------------------------------


class Claim(NamedTuple):
    """What an answer says of itself, and whether it is right."""

    chance: float
    is_right: bool
    level: Level


def claimed(way: Configuration, lines: Lines) -> list[Claim]:
    """Give what each answer claims by the weights that there are."""
    known, claims = weights(), []
    for line in judged(lines):
        chance = known.probability(evidence(line))
        claims.append(Claim(chance, line["right"], known.level(chance, way.effort.samples)))
    return claims


def levels(groups: Mapping[str, list[Claim]]) -> list[str]:
    rows = []
    for words, claims in groups.items():
        for name in ("confident", "likely", "unsure"):
            inside = [claim for claim in claims if claim.level == name]
            right = sum(claim.is_right for claim in inside)
            if not inside:
                rows.append([words, name, "0", "", "", ""])
                continue
            low, high = wilson(right, len(inside))
            said = sum(claim.chance for claim in inside) / len(inside)
            share, interval = percent(right / len(inside)), f"{percent(low)} to {percent(high)}"
            rows.append([words, name, f"{right}/{len(inside)}", share, interval, percent(said)])
    head = ["problems", "level", "right", "share", "95 % interval", "said on average"]
    return table(head, iter(rows))


def scores(groups: Mapping[str, list[Claim]]) -> list[str]:
    rows = []
    for words, claims in groups.items():
        if not claims:
            continue
        mean = sum(claim.is_right for claim in claims) / len(claims)
        brier = sum((claim.chance - claim.is_right) ** 2 for claim in claims) / len(claims)
        said = sum(claim.chance for claim in claims) / len(claims)
        row = [percent(mean), percent(said), f"{brier:.3f}", f"{mean * (1 - mean):.3f}"]
        rows.append([words, len(claims), *row, f"{auc(claims):.2f}"])
    head = ["problems", "answers", "right", "said", "Brier score", "of the mean alone", "AUC"]
    return table(head, iter(rows))


def auc(claims: Sequence[Claim]) -> float:
    """Give how often a right answer claims more than a wrong one."""
    good = [claim.chance for claim in claims if claim.is_right]
    bad = [claim.chance for claim in claims if not claim.is_right]
    won = sum((g > b) + (g == b) / 2 for g in good for b in bad)
    return won / (len(good) * len(bad)) if good and bad else float("nan")


def bins(claims: Sequence[Claim], count: int) -> list[list[Claim]]:
    """Cut into equally large bins by what is claimed."""
    ordered = sorted(claims, key=lambda claim: claim.chance)
    edges = [len(ordered) * place // count for place in range(count + 1)]
    return [ordered[a:b] for a, b in itertools.pairwise(edges) if b > a]


def plot(groups: Mapping[str, list[Claim]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "solvitur", "font.size": 9}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.2, 4.6))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="as said")
    for (words, claims), color, shift in zip(groups.items(), COLORS, SHIFTS, strict=True):
        parts = bins(claims, max(1, min(7, len(claims) // 8)))
        said = [sum(claim.chance for claim in part) / len(part) + shift for part in parts]
        right = [sum(claim.is_right for claim in part) for part in parts]
        share = [n / len(part) for n, part in zip(right, parts, strict=True)]
        ends = [wilson(n, len(part)) for n, part in zip(right, parts, strict=True)]
        errors = [
            [max(0.0, s - low) for s, (low, _) in zip(share, ends, strict=True)],
            [max(0.0, high - s) for s, (_, high) in zip(share, ends, strict=True)],
        ]
        label = f"{words} ({len(claims)})"
        axes.errorbar(said, share, errors, fmt="o", color=color, capsize=2, lw=1, label=label)
    for samples, chance in weights().confident.items():
        label = f"confident, of {samples} samples"
        axes.axvspan(chance, 1, color="0.93", zorder=0, label=label)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability said", ylabel="share that is right")
    axes.legend(frameon=False, loc="upper left", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})


PAGE = """# How sure an answer is

Written by `{command}`.

An answer that a model made of a text says how sure it is: a probability, a level, and what that
rests on. The evidence is what is known anyway: whether attempts and routes agree, which numbers of
the text are not used, what the checks and the second reading found, how many attempts it took, how
long the text is. It is weighed by a logistic model that is drawn to what was expected of each kind
of evidence ({made}).
"Confident" begins, for each number of `--samples` apart, where 19 of 20 of those answers were
right, of 20 at least, each judged by a fit that did not see it, and not below 90 %{confident};
"likely" where more are right than wrong. Of a model that nobody measured the answer says so, and is
never confident.

What follows was measured on problems that no fit saw: rows 0 to 59 of each published file, and our
own problems with even numbers. The dots are equally large groups of answers, by what they said.

![Share of right answers by the probability that they said]({picture})

{levels}

A right answer at "confident" is what the level promises; the aim is 95 %.

{scores}

The Brier score is the mean squared distance of what is said from what is so; beside it stands that
of always saying the mean. AUC: how often a right answer says more than a wrong one.

## What weighs how much

One standard deviation of the evidence, in log-odds.

{weights}
"""


def begins(known: Weights) -> str:
    """Say from which probability on answers are confident, for each number of samples."""
    told = [
        f"with {samples} from {percent(known.confident[samples])} on"
        if samples in known.confident
        else f"with {samples} nowhere"
        for samples in known.samples
    ]
    return f" ({', '.join(told)})"


def page(given: argparse.Namespace, groups: Mapping[str, list[Claim]]) -> str:
    known = weights()
    rows = sorted(known.weights.items(), key=lambda pair: -abs(pair[1]))
    listed = ([f"`{name}`", f"{weight:+.2f}"] for name, weight in rows if weight)
    return PAGE.format(
        command=f"python benchmarks/confidence.py --data DIR --record FILE --docs {given.docs}",
        made=known.made,
        confident=begins(known),
        picture=given.docs.with_suffix(".svg").name,
        levels="\n".join(levels(groups)),
        scores="\n".join(scores(groups)),
        weights="\n".join(table(["evidence", "weight"], listed)),
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--threads", type=int, help="of an embedded model")
    parser.add_argument("--data", type=Path, help="folder of the published problems")
    parser.add_argument("--fit", action="store_true", help="fit the weights anew")
    parser.add_argument("--first", type=int, default=160, help="the first row never looked at")
    parser.add_argument("--count", type=int, default=40, help="problems of each file to fit on")
    parser.add_argument("--record", type=Path, help="replies are kept here and not asked twice")
    parser.add_argument("--answers", type=Path, default=Path("techniques.answers.jsonl"))
    parser.add_argument("--docs", type=Path, help="Markdown file to write, its plot beside it")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    memory = Recording(given.record) if given.record else None
    model = Clock(layered(connect(given.model, threads=given.threads), memory=memory))
    answers = Answers(given.answers)
    if given.fit:
        if given.first < JUDGED[1]:
            raise SystemExit("rows 0 to 59 are for judging; fit on later ones")
        problems = development(given.data, given.first, given.count)
        count = Counter(title(case.set) for case in problems)
        words = ", ".join(f"{number} problems of {name}" for name, number in count.items())
        answered = {way.effort.samples: lines_of(model, way, problems, answers) for way in WAYS}
        found = refit(model, answered, words)
        WEIGHTS.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return
    held_out = cases("held-out", None, JUDGED)
    published = [case for name in FILES for case in cases(name, given.data, JUDGED)]
    sets = {
        "published, default": (DEFAULT, published),
        "published, `--samples 2`": (TWICE, published),
        "our own, default": (DEFAULT, held_out),
        "our own, `--samples 2`": (TWICE, held_out),
    }
    groups = {
        words: claimed(way, lines_of(model, way, problems, answers))
        for words, (way, problems) in sets.items()
    }
    print("\n".join([*levels(groups), "", *scores(groups)]))
    if given.docs is not None:
        given.docs.write_text(page(given, groups), encoding="utf-8")
        plot(groups, given.docs.with_suffix(".svg"))


if __name__ == "__main__":
    main()
