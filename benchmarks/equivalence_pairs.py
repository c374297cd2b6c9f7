"""Labelled pairs of formulations: our verdicts, the published method, and equal optima.

    python benchmarks/equivalence_pairs.py --data DIR --docs docs/equivalence.md

`--data` is a folder with pairs.jsonl (a, b, is_reformulation, b_metadata) and lp/*.json, the
programs as numbers: the layout of the benchmark FormulationBench, one instance of each formulation.
No language model is asked. The published method gets the best mapping there is: by the names of the
variables where these are the same, else the one that was proved here, else by their order. The
table goes into the page of `--docs`, between its marks; without it, to stdout.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from measuring import percent, table, write_section

from solvitur.equivalence import (
    Column,
    Conclusion,
    Mapping,
    Program,
    QuasiKarp,
    Row,
    Verdict,
    check,
    exact,
)
from solvitur.equivalence import quasi_karp as published
from solvitur.equivalence.points import search
from solvitur.equivalence.quasi_karp import TOLERANCE
from solvitur.solvers.solution import Holding

SECONDS = 20.0
"""For a verdict."""
SECONDS_OF_OTHERS = 5.0
"""For each run of the solver of the other ways."""
CLASSES = {
    "c": "other names",
    "d": "base-10 digits",
    "f": "objective variable",
    "g": "slack variables",
    "h": "variables split",
    "i": "objective rescaled",
    "j": "unrelated",
    "k": "unrelated, same optimum",
    "l": "constraints dropped",
}
"""By the letter that EquivaFormulation gives them."""


@dataclass(frozen=True)
class Case:
    """A pair, and what its publishers say of it."""

    name: str
    kind: str
    is_equivalent: bool
    a: Program
    b: Program
    same_optimum: bool | None


@dataclass(frozen=True)
class Outcome:
    """What the three ways say; None where a way does not decide."""

    case: Case
    verdict: Verdict
    seconds: float
    quasi_karp: QuasiKarp | None


def program(content: dict[str, Any]) -> Program:
    """Read a program of numbers: variables, rows and objective by number of the variable."""
    ends = {"<=": (False, True), ">=": (True, False), "==": (True, True)}
    columns = tuple(
        Column(
            name,
            end(lower if kind != "B" else 0),
            end(upper if kind != "B" else 1),
            kind != "C",
        )
        for name, kind, lower, upper in content["vars"]
    )
    rows = []
    for number, (relation, terms, side) in enumerate(content["rows"]):
        lower, upper = (exact(side) if has else None for has in ends[relation])
        rows.append(Row(f"row_{number}", coefficients(terms), lower, upper))
    return Program(
        columns,
        tuple(rows),
        coefficients(content["obj"]),
        exact(content["obj_const"]),
        content["sense"] == "min",
    )


def coefficients(terms: dict[str, float]) -> dict[int, Fraction]:
    return {int(column): exact(value) for column, value in terms.items() if value}


def end(number: float | None) -> Fraction | None:
    """Give a bound; none where it is as far off as what solvers write for none."""
    return None if number is None or abs(number) >= 1e20 else exact(number)


def cases(folder: Path) -> Iterator[Case]:
    programs: dict[str, Program] = {}
    optima: dict[str, Fraction | None] = {}
    for line in (folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        for name in (pair["a"], pair["b"]):
            if name not in programs:
                text = (folder / "lp" / f"{name}.json").read_text(encoding="utf-8")
                programs[name] = program(json.loads(text))
                optima[name] = optimum(programs[name])
        kind = kind_of(pair)
        a, b = pair["a"], pair["b"]
        same = is_same(optima[a], optima[b])
        yield Case(pair["pair"], kind, pair["is_reformulation"], programs[a], programs[b], same)


def kind_of(pair: dict[str, Any]) -> str:
    metadata = pair["b_metadata"]
    letter = (metadata.get("source") or {}).get("variation_id")
    if letter in CLASSES:
        return f"{letter}: {CLASSES[letter]}"
    if "cut" in str(metadata.get("notes")) or "bound" in str(metadata.get("notes")):
        return "valid cut" if pair["is_reformulation"] else "invalid cut"
    return "another model"


def outcome(case: Case, seconds: float) -> Outcome:
    begun = time.process_time()
    verdict = check(case.a, case.b, seconds=seconds)
    spent = time.process_time() - begun
    mapping = best_mapping(case, verdict)
    found = mapping and published(case.a, case.b, mapping, seconds=SECONDS_OF_OTHERS)
    return Outcome(case, verdict, spent, found)


def best_mapping(case: Case, verdict: Verdict) -> Mapping | None:
    """Give what the published method is to verify, from the columns of B to those of A."""
    places = {column.name: place for place, column in enumerate(case.b.columns)}
    names = [column.name for column in case.a.columns]
    if all(name in places for name in names):
        return Mapping.renaming(case.b.size, [places[name] for name in names])
    if verdict.is_equivalent and verdict.correspondence:
        return verdict.correspondence.reversed.affine
    return Mapping.identity(case.a.size) if case.a.size == case.b.size else None


def optimum(program: Program) -> Fraction | None:
    """Give the optimal value, if the solver finds it in time."""
    found = search(program, SECONDS_OF_OTHERS)
    if found.holding is not Holding.optimal or found.point is None:
        return None
    return program.value(found.point)


def is_same(one: Fraction | None, other: Fraction | None) -> bool | None:
    """Whether two optimal values are the same: execution accuracy, as most benchmarks have it."""
    return None if one is None or other is None else abs(one - other) <= TOLERANCE


def is_only_here(found: Outcome) -> bool:
    """Whether a pair labelled different is said to be equivalent with these numbers, and no more.

    The label speaks of all instances of a formulation, so neither is wrong.
    """
    verdict = found.verdict
    rests = verdict.conclusion is Conclusion.on_instances or verdict.rests_on_numbers
    return rests and not found.case.is_equivalent and bool(verdict.is_equivalent)


def row(kind: str, found: list[Outcome]) -> list[object]:
    labels = {each.case.is_equivalent for each in found}
    here = sum(map(is_only_here, found))
    sure = [(None if is_only_here(e) else e.verdict.is_equivalent, e.case) for e in found]
    return [
        kind,
        "" if len(labels) > 1 else "yes" if labels == {True} else "no",
        len(found),
        counted(sure, here),
        counted((each.quasi_karp and each.quasi_karp.is_equivalent, each.case) for each in found),
        counted((each.case.same_optimum, each.case) for each in found),
        f"{sum(each.seconds for each in found):.1f}",
    ]


def counted(said: Iterable[tuple[bool | None, Case]], here: int = 0) -> str:
    """Write how often something said is right, wrong, and nothing at all."""
    right = wrong = none = 0
    for one, case in said:
        right += one is not None and one == case.is_equivalent
        wrong += one is not None and one != case.is_equivalent
        none += one is None
    return f"{right} / {wrong} / {none - here}" + (f" ({here} only here)" if here else "")


def page(found: list[Outcome]) -> list[str]:
    kinds = list(dict.fromkeys(each.case.kind for each in found))
    head = ["pairs", "equivalent", "number", "ours", "quasi-Karp", "equal optima", "seconds"]
    rows = [row(kind, [each for each in found if each.case.kind == kind]) for kind in kinds]
    rows.append(row("all", found))
    yes = [each.verdict.is_equivalent for each in found if each.case.is_equivalent]
    no = [each for each in found if not each.case.is_equivalent]
    refuted = [each.verdict.is_equivalent for each in no].count(False)
    here = sum(map(is_only_here, no))
    return [
        "Right / wrong / not decided, by the labels of the publishers; seconds are ours, of one "
        "processor, for all pairs of a row.",
        "",
        *table(head, iter(rows)),
        "",
        f"Of the {len(yes)} pairs labelled equivalent {percent(yes.count(True) / len(yes))} are "
        f"proved. Of the {len(no)} labelled different {refuted} are refuted; {here} are said to be "
        "equivalent with the numbers of this instance and no more (digits that are just enough, "
        "cuts that are invalid for other sizes), which their label does not speak of.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the pairs")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each verdict")
    parser.add_argument("--docs", type=Path, help="the page that the table goes into")
    given = parser.parse_args()
    found = []
    for case in cases(given.data):
        found.append(outcome(case, given.seconds))
        last = found[-1]
        print(f"{case.name} {case.is_equivalent} {last.seconds:.1f} s: {last.verdict}", flush=True)
    write_section(given.docs, "pairs", page(found))


if __name__ == "__main__":
    main()
