"""How good recorded heuristics become when only their constants are tuned: no model is asked.

    python benchmarks/evolution_quality.py --data DIR --docs docs/evolution.md

`--data` is described in evolution_data.py. The candidates were written by other people's models
years ago and published with their scores; what is done here is `tune` of our package, with all
factors and exponents of one. Packing is tuned on the published Weibull 5k and guarded by our own
uniform instances, where it must not be worse than best fit; OR3 and the test sets of EoH are never
seen. Tours are tuned on the 8 x TSP50 that EoH trained on. The tables go into the page of `--docs`,
between its marks; without it, to stdout.
"""

import argparse
import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from evolution_data import Individual, cities, individuals, packings, samples
from measuring import table, write_section

from solvitur.evolution.heuristics import (
    Evaluator,
    Instance,
    Problem,
    Tuned,
    compare,
    guarded,
    load_problem,
    tune,
)
from solvitur.evolution.heuristics.shipped.online_bin_packing import scoring as bins
from solvitur.evolution.heuristics.shipped.online_bin_packing import vectorised
from solvitur.evolution.heuristics.shipped.tsp_constructive import scoring as tsp
from solvitur.sandbox import Limits

PACKER = ("Ablation_EoH_LLMs_TC2T2Cgemini_codellama34b_Run1", 96)
"""Of the recorded ones below 0.7 % on Weibull 5k, one of the two that are best on OR3."""
EOH = ("Prob1_OnlineBinPacking_run1", None)
GUARD = "uniform, 40 x 500 items"
TOURS = ("tsp_construct_multifunction", "tsp_construct_class")
FROM_EACH = 2
"""Recorded candidates of each run that are tuned, the best ones."""
AS_FUNCTION = """

def select_next_node(current_node, destination_node, unvisited_nodes, distance_matrix):
    return TSPConstructor().select_next_node(
        current_node, destination_node, unvisited_nodes, distance_matrix
    )
"""


@dataclass(frozen=True)
class Budget:
    """How many settings are tried, and from which seed."""

    packing: int
    tours: int
    seed: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--docs", type=Path, metavar="PAGE")
    parser.add_argument("--packing", type=int, default=600, metavar="N", help="settings tried")
    parser.add_argument("--tours", type=int, default=300, metavar="N", help="for each candidate")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    budget = Budget(given.packing, given.tours, given.seed)
    lines = [*packing(given.data, budget), "", *tours(given.data, budget)]
    write_section(given.docs, "quality", lines)


def recorded(data: Path, run: str, number: int | None) -> Individual:
    """Give one individual of a run, by default its best."""
    return next(each for each in individuals(data, run) if number in (None, each.number))


def evaluator(problem: Problem) -> Evaluator:
    return Evaluator(problem, Limits(seconds=1800))


# --- packing -------------------------------------------------------------------------------------


def packing(data: Path, budget: Budget) -> list[str]:
    """Tune a recorded packer, guarded by what is of another kind."""
    start, eoh = recorded(data, *PACKER), recorded(data, *EOH)
    seen = bins.uniform(40, 500, seed=3)
    sets = {name: packings(data, name).instances for name in ("OR3", "test 1k", "test 5k")}
    problem = replace(
        load_problem("online-bin-packing-fast"),
        instances=packings(data, "Weibull 5k").instances,
        held_out={GUARD: seen, **sets},
    )
    began = time.monotonic()
    found = asyncio.run(
        tune(
            evaluator(guarded(problem, {GUARD: best_fit(seen)})),
            start.code,
            evaluations=budget.packing,
            seed=budget.seed,
            implicit=True,
        )
    )
    names = {"tuned": found.code, "as recorded": start.code, "best of EoH, run 1": eoh.code}
    return [
        *compared(problem, names),
        "",
        told(found, start, time.monotonic() - began),
        *shown(found),
    ]


def best_fit(instances: tuple[Instance, ...]) -> float:
    items = np.array([each.data["items"] for each in instances])
    capacity = instances[0].data["capacity"]
    chosen = vectorised.packings(items, capacity, vectorised.best_fit)
    return vectorised.excess(items, capacity, chosen)


# --- tours ---------------------------------------------------------------------------------------


def tours(data: Path, budget: Budget) -> list[str]:
    """Tune the best recorded builders of tours, and keep the best of what comes out."""
    problem = replace(
        load_problem("tsp-constructive"),
        instances=placed("training", cities(data, "eoh_train8_tsp50_seed2024")),
        held_out={
            f"64 x {size}": placed(f"{size}", cities(data, f"reevo_hsevo_test{size}"))
            for size in (20, 50, 100, 200)
        },
    )
    began = time.monotonic()
    tried = []
    for run in TOURS:
        for each in samples(data, run)[:FROM_EACH]:
            code = each.code + (AS_FUNCTION if "def select_next_node(self" in each.code else "")
            own = tune(
                evaluator(problem),
                code,
                evaluations=budget.tours,
                seed=budget.seed,
                implicit=True,
            )
            tried.append((asyncio.run(own), replace(each, code=code)))
    found, start = min(tried, key=lambda pair: pair[0].score)
    best = min((each for _, each in tried), key=lambda each: each.objective)
    names = {"tuned": found.code, "the same, as recorded": start.code}
    if best.code != start.code:
        names["best of EoH"] = best.code
    rows = ([f"{s.run} {s.number}", f"{f.before:.4f}", f"{f.score:.4f}"] for f, s in tried)
    return [
        *table(["mean length on 8 x 50", "as recorded", "tuned"], rows),
        "",
        *compared(problem, names),
        "",
        told(found, start, time.monotonic() - began),
        *shown(found),
    ]


def placed(name: str, coordinates: np.ndarray) -> tuple[Instance, ...]:
    return tuple(
        tsp.instance(f"{name} {number}", each) for number, each in enumerate(coordinates, start=1)
    )


# --- what is told --------------------------------------------------------------------------------


def compared(problem: Problem, heuristics: Mapping[str, str]) -> list[str]:
    exact = problem.exact()
    found = asyncio.run(compare(exact, heuristics, evaluator=evaluator(exact)))
    return [*str(found).splitlines(), *(f"\n{each[:1].upper()}{each[1:]}." for each in found.worse)]


def told(found: Tuned, start: Individual, seconds: float) -> str:
    return (
        f"Tuned: {start.run}, individual {start.number}, recorded with {start.objective:g}; "
        f"{found.evaluations:,} settings tried in {seconds / 60:.0f} minutes:"
    )


def shown(found: Tuned) -> list[str]:
    return ["", "```py", found.code.strip(), "```"]


if __name__ == "__main__":
    main()
