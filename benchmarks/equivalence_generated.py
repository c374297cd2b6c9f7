"""Pairs of programs with proved labels: our verdicts, the published method, and equal optima.

    python benchmarks/equivalence_generated.py --answers FILE --docs docs/equivalence.md

Pairs are made anew, of every class of transformation in turn. What is known of a pair is kept in
the file of `--answers`, one JSON object a line, and not found out again; several processes may
share it, each with its `--rows`. The published method is given the mapping that goes with the pair.
The tables go into the page of `--docs`, between their marks; without it, to stdout.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from equivalence_pairs import SECONDS_OF_OTHERS, is_same, optimum
from measuring import percent, table, write_section

from solvitur.equivalence import Correspondence, Program, Verdict, check, quasi_karp
from solvitur.equivalence.points import search
from solvitur.equivalence.transform import Pair, Transformed, certified, generate

PAIRS = 2_000
SEED = 1
SECONDS = 20.0
"""For a verdict."""
SIZES = (0, 10, 30, 100, 1000)
"""Between which columns of the larger program the times are told."""


def answer(pair: Pair) -> dict[str, Any]:
    """Find out what the three ways say of a pair."""
    begun = time.process_time()
    verdict = check(pair.a, pair.b, seconds=SECONDS)
    spent = time.process_time() - begun
    published = pair.back and quasi_karp(pair.a, pair.b, pair.back, seconds=SECONDS_OF_OTHERS)
    return {
        "pair": pair.name,
        "class": pair.transformation,
        "columns": max(pair.a.size, pair.b.size),
        "label": pair.label.is_equivalent,
        "any_mapping": pair.label.holds_for_any_mapping,
        "conclusion": verdict.conclusion,
        "reason": verdict.reason,
        "said": verdict.is_equivalent,
        "is_another": is_another(pair, verdict),
        "seconds": spent,
        "quasi_karp": published and published.is_equivalent,
        "same_optimum": is_same(optimum(pair.a), optimum(pair.b)),
    }


def is_another(pair: Pair, verdict: Verdict) -> bool:
    """Whether the two are equivalent after all, by another mapping than the one of the label.

    That a point of one is forbidden by the other under one mapping says nothing of others. What the
    verdict's own mapping does is found out without the verdict.
    """
    over = verdict.correspondence
    if pair.label.holds_for_any_mapping or not verdict.is_equivalent or over is None:
        return False
    there, back = over.affine, over.reversed.affine
    if there is None or back is None:
        return all(
            agrees(*each) for each in ((pair.a, pair.b, over), (pair.b, pair.a, over.reversed))
        )
    label = certified(pair.a, Transformed(pair.b, there, back))
    return label is not None and label.is_equivalent


def agrees(a: Program, b: Program, over: Correspondence) -> bool:
    """Whether points of the one are points of the other, with objectives to match."""
    values = set()
    for column in range(min(20, a.size)):
        for sign in (1, -1):
            goal = a.with_objective({column: Fraction(sign)})
            point = search(goal, SECONDS_OF_OTHERS).point
            if point is not None:
                image = over.to_b(point)
                if not b.is_feasible(image):
                    return False
                values.add((a.sign * a.value(point), b.sign * b.value(image)))
    (x0, y0), (x1, y1) = min(values), max(values)
    slopes = {(y - y0) * (x1 - x0) - (y1 - y0) * (x - x0) for x, y in values}
    return slopes == {0} and (y1 > y0 or len(values) == 1)


def answers(file: Path, rows: tuple[int, int], seed: int) -> Iterator[dict[str, Any]]:
    """Give what is known of each pair, and find out the rest."""
    known = {}
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines()
        known = {told["pair"]: told for told in map(json.loads, lines)}
    for number in range(*rows):
        name = f"{number + 1:04d}"
        if name not in known:
            (pair,) = generate(1, seed, first=number)
            known[name] = answer(pair)
            with file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(known[name]) + "\n")
        yield known[name]


def counted(told: Iterable[tuple[bool | None, bool]]) -> str:
    pairs = list(told)
    none = sum(one is None for one, _ in pairs)
    right = sum(one == label for one, label in pairs)
    return f"{right} / {len(pairs) - right - none} / {none}"


def said(told: dict[str, Any]) -> bool | None:
    """Give our verdict; one that is true of another mapping agrees with the label."""
    verdict: bool | None = told["label"] if told["is_another"] else told["said"]
    return verdict


def row(name: str, found: list[dict[str, Any]]) -> list[object]:
    unknown = sum(each["conclusion"] == "unknown" for each in found)
    here = sum(each["conclusion"] == "not equivalent under this mapping" for each in found)
    return [
        name,
        sum(each["label"] for each in found),
        sum(not each["label"] for each in found),
        counted((said(each), each["label"]) for each in found),
        percent(here / len(found)),
        percent(unknown / len(found)),
        f"{1000 * statistics.median(each['seconds'] for each in found):.0f}",
        counted((each["quasi_karp"], each["label"]) for each in found),
        counted((each["same_optimum"], each["label"]) for each in found),
    ]


def page(found: list[dict[str, Any]]) -> list[str]:
    classes = list(dict.fromkeys(each["class"] for each in found))
    head = [
        *("class", "equivalent", "different", "ours", "under the mapping", "unknown", "median ms"),
        *("quasi-Karp", "equal optima"),
    ]
    rows = [row(name, [each for each in found if each["class"] == name]) for name in classes]
    wrong = sum(said(each) not in (None, each["label"]) for each in found)
    others = sum(each["is_another"] for each in found)
    return [
        f"{len(found):,} pairs; {wrong} verdicts of ours are wrong. {others} say equivalent where "
        "the label rules out one mapping only: there the mapping of the verdict was proved apart "
        "from it, and it counts as right. Three numbers are right / wrong / not decided.",
        "",
        *table(head, iter([*rows, row("all", found)])),
        "",
        "Time of a verdict, on one processor, by the columns of the larger program:",
        "",
        *table(["columns", "pairs", "median ms", "90 % within ms", "longest s"], times(found)),
    ]


def times(found: list[dict[str, Any]]) -> Iterator[list[object]]:
    for least, most in pairwise(SIZES):
        spent = sorted(each["seconds"] for each in found if least <= each["columns"] < most)
        if spent:
            late = spent[int(0.9 * len(spent))]
            yield [
                f"{max(1, least)} to {most - 1}" if most < SIZES[-1] else f"{least} and more",
                len(spent),
                f"{1000 * statistics.median(spent):.0f}",
                f"{1000 * late:.0f}",
                f"{spent[-1]:.1f}",
            ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rows", help="only these, as 0:500; tells of all that is known")
    parser.add_argument("--answers", type=Path, required=True, help="JSONL of what is known")
    parser.add_argument("--docs", type=Path, help="the page that the tables go into")
    given = parser.parse_args()
    begin, _, end = (given.rows or f"0:{given.pairs}").partition(":")
    found = []
    for told in answers(given.answers, (int(begin), int(end)), given.seed):
        found.append(told)
        if said(told) not in (None, told["label"]):
            print("WRONG", json.dumps(told), flush=True)
    write_section(given.docs, "generated", page(found))


if __name__ == "__main__":
    main()
