"""Whether published heuristics come out here as they were published.

    python benchmarks/evolution_fidelity.py --data DIR --docs docs/evolution.md

`--data` is described in evolution_data.py. Rules that are formulas run vectorised, in this process;
recorded code runs in the sandbox, with all empty bins listed. What is equal is equal to the digits
that are printed. The tables go into the page of `--docs`, between its marks; without it, to stdout.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from evolution_data import cities, individuals, packings, score
from measuring import table, write_section

from solvitur.evolution.heuristics import load_problem
from solvitur.evolution.heuristics.shipped.flow_shop import scoring as flow_shop
from solvitur.evolution.heuristics.shipped.online_bin_packing import vectorised as bins
from solvitur.evolution.heuristics.shipped.tsp_constructive import vectorised as tsp

RULES: dict[str, tsp.Rule] = {
    "nearest neighbour": tsp.nearest_neighbour,
    "AEL (GPT-4)": tsp.published_by_ael,
    "ReEvo": tsp.published_by_reevo,
}
REEVO = (20, 50, 100, 200)
TOURS = {
    "nearest neighbour": "4.4466 6.8919 9.6508 13.4248 6.6079 7.0066",
    "AEL (GPT-4)": "4.0787 6.2331 8.6010 12.3072 6.2218 6.2836",
    "ReEvo": "4.0906 6.2269 8.5676 12.0927 6.1433 6.3372",
    "greedy edge": "4.2317 6.5437 9.1882 12.6520 6.4327 6.6958",
}
"""Published, or measured with the code of its authors: on `tour_sets`, in their order."""

PACKED: dict[str, bins.Rule] = {
    "first fit": bins.first_fit,
    "best fit": bins.best_fit,
    "FunSearch, for OR-Library": bins.published_by_funsearch,
}
RECORDED = {
    "FunSearch, for Weibull": ("Ablation_EoH_UseExpertHeuristic_Run1", 0),
    "EoH, run 1": ("Prob1_OnlineBinPacking_run1", None),
    "EoH, run 2": ("Prob1_OnlineBinPacking_run2", None),
    "EoH, run 3": ("Prob1_OnlineBinPacking_run3", None),
    "EoH from FunSearch's": ("Ablation_EoH_UseExpertHeuristic_Run3", None),
}
"""The run, and the number of the individual: by default its best."""
SETS = ("Weibull 5k", "OR3", "test 1k", "test 5k")
EXCESS = {
    "first fit": "4.226 5.741 5.321 4.396",
    "best fit": "3.984 5.368 4.873 4.077",
    "FunSearch, for OR-Library": "3.028 3.106 3.232 3.031",
    "FunSearch, for Weibull": "0.684 12.77 3.779 0.798",
    "EoH, run 1": "0.624 6.59 2.138 0.778",
    "EoH, run 2": "0.674 8.92 3.531 0.867",
    "EoH, run 3": "0.684 7.98 2.238 0.798",
    "EoH from FunSearch's": "0.523 13.37 - 0.827",
}
NEH = (1286, 1365, 1159, 1325, 1305, 1228, 1278, 1223, 1291, 1151)
"""Makespans of the rule of Nawaz, Enscore and Ham on Taillard's first ten instances."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--docs", type=Path, metavar="PAGE")
    given = parser.parse_args()
    lines = [
        *tours(given.data),
        "",
        *excesses(given.data),
        "",
        *generators(given.data),
    ]
    write_section(given.docs, "fidelity", lines)


def compared(found: float, published: str) -> str:
    """Write a value beside the published one, unless they are equal in its digits."""
    digits = len(published.partition(".")[2])
    written = f"{found:.{digits}f}"
    return written if written == published else f"**{written}**, not {published}"


def tour_sets(data: Path) -> Iterator[tuple[str, np.ndarray]]:
    for size in REEVO:
        yield f"64 x {size}", cities(data, f"reevo_hsevo_test{size}")
    yield "8 x 50, for training", cities(data, "eoh_train8_tsp50_seed2024")
    yield "64 x 50, of EoH", cities(data, "eoh_ael_instance_data_50")[:64]


def tours(data: Path) -> list[str]:
    """Mean lengths of constructive tours."""
    sets = dict(tour_sets(data))
    rows = []
    for name, published in TOURS.items():
        found = (
            tsp.lengths(
                each, tsp.tours(each, RULES[name]) if name in RULES else tsp.greedy_edges(each)
            ).mean()
            for each in sets.values()
        )
        rows.append([name, *map(compared, found, published.split())])
    return table(["mean length of the tour", *sets], iter(rows))


def excesses(data: Path) -> list[str]:
    """Bins above the lower bound, in percent."""
    sets = [packings(data, name) for name in SETS]
    rows = []
    for name, published in EXCESS.items():
        found: Iterator[float]
        if name in PACKED:
            found = (
                bins.excess(s.items, s.capacity, bins.packings(s.items, s.capacity, PACKED[name]))
                for s in sets
            )
        else:
            run, number = RECORDED[name]
            own = individuals(data, run)
            code = next(each.code for each in own if number in (None, each.number))
            problem = load_problem("online-bin-packing")
            found = (score(problem, code, each.instances) for each in sets)
        rows.append([name, *cells(found, published.split())])
    return table(["bins above the lower bound, %", *SETS], iter(rows))


def cells(found: Iterator[float], published: Sequence[str]) -> Iterator[str]:
    for value, other in zip(found, published, strict=True):
        yield f"{value:.3f} (none published)" if other == "-" else compared(value, other)


def generators(data: Path) -> list[str]:
    """Whether our own generators give the published instances again, and a published rule."""
    stream = np.random.RandomState(1234)
    reevo = all(
        (stream.rand(64, size, 2) == cities(data, f"reevo_hsevo_{name}{size}")).all()
        for name, sizes in (("train", (50,)), ("val", REEVO), ("test", (*REEVO, 500, 1000)))
        for size in sizes
    )
    training = np.random.RandomState(2024).rand(8, 50, 2)
    eoh = bool((training == cities(data, "eoh_train8_tsp50_seed2024")).all())
    problem = load_problem("flow-shop")
    code = problem.seeds["longest first (NEH)"]
    neh = all(
        score(problem, code, [each]) == 100 * (makespan - each.reference) / each.reference
        for each, makespan in zip(flow_shop.taillard(20, 5), NEH, strict=True)
        if each.reference is not None
    )
    rows = [
        ["tours: all 11 sets of ReEvo, from one seed", reevo],
        ["tours: the set that EoH trains on", eoh],
        ["flow shop: Taillard's first ten, with the published makespans of NEH", neh],
    ]
    return table(["drawn again by our own generators", "equal"], ([n, _word(e)] for n, e in rows))


def _word(equal: object) -> str:
    return "yes" if equal else "**no**"


if __name__ == "__main__":
    main()
