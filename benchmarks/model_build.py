"""From data to a certified optimum, beside hand-written arrays, Pyomo and linopy.

    python benchmarks/model_build.py --docs docs/speed.md

A transport problem: every source can supply every customer at a cost of its own. Each library runs
in a fresh process, in turns, with the same numbers in memory, and has to give back the optimum;
solvitur also checks it again on the formulation. A library that is not installed is left out.

"Total" is from the data to the answer; "with import" adds the imports. Memory is the most that the
process held, less what an interpreter with numpy and the data holds.
"""

import argparse
import importlib.metadata
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SIZES = ((100, 100), (200, 500), (500, 1000))
"""Sources and customers; each pair is a variable, with two entries in the matrix."""

Numbers = dict[str, Any]


def data(sources: int, customers: int) -> Numbers:
    rng = np.random.default_rng(sources * customers)
    return {
        "cost": rng.uniform(1, 10, (sources, customers)).round(3),
        "supply": rng.uniform(1.0, 2.0, sources).round(3) * 12.5 * customers / sources,
        "demand": rng.uniform(5, 15, customers).round(3),
    }


# --- the routes; each gives the optimum ----------------------------------------------------------


def by_hand(numbers: Numbers, clock: Callable[[str], None]) -> float:
    import highspy

    clock("import")
    sources, customers = numbers["cost"].shape
    size, inf = sources * customers, math.inf
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    model = highspy.HighsModel()
    lp = model.lp_
    lp.num_col_, lp.num_row_ = size, sources + customers
    lp.col_cost_ = numbers["cost"].ravel()
    lp.col_lower_, lp.col_upper_ = np.zeros(size), np.full(size, inf)
    lp.row_lower_ = np.concatenate([np.full(sources, -inf), numbers["demand"]])
    lp.row_upper_ = np.concatenate([numbers["supply"], np.full(customers, inf)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    places = np.arange(size)
    starts = [np.arange(0, size, customers), size + np.arange(0, size + 1, sources)]
    lp.a_matrix_.start_ = np.concatenate(starts).astype(np.int32)
    by_customer = places.reshape(sources, customers).T.ravel()
    lp.a_matrix_.index_ = np.concatenate([places, by_customer]).astype(np.int32)
    lp.a_matrix_.value_ = np.ones(2 * size)
    highs.passModel(model)
    clock("build")
    highs.run()
    values = np.array(highs.getSolution().col_value)
    clock("solve")
    return float(numbers["cost"].ravel() @ values)


def by_solvitur(numbers: Numbers, clock: Callable[[str], None]) -> float:
    from solvitur import Formulation, solve

    clock("import")
    sources, customers = numbers["cost"].shape
    solution = solve(Formulation.model_validate(five_elements(sources, customers)), data=numbers)
    clock("solve")
    assert solution.verification is not None
    assert solution.verification.ok
    return solution.objective or math.nan


def five_elements(sources: int, customers: int) -> dict[str, Any]:
    return {
        "sets": [{"name": "S", "range": [1, sources]}, {"name": "C", "range": [1, customers]}],
        "parameters": [
            {"name": name, "index": index, "source": {"file": name, "column": "*"}}
            for name, index in (("cost", ["S", "C"]), ("supply", ["S"]), ("demand", ["C"]))
        ],
        "variables": [{"name": "ship", "index": ["S", "C"]}],
        "objective": {
            "sense": "minimize",
            "expression": "sum(cost[s, c] * ship[s, c] for s in S for c in C)",
        },
        "constraints": [
            {
                "name": "at_hand",
                "forall": "s in S",
                "expression": "sum(ship[s, c] for c in C) <= supply[s]",
            },
            {
                "name": "asked_for",
                "forall": "c in C",
                "expression": "sum(ship[s, c] for s in S) >= demand[c]",
            },
        ],
    }


def by_pyomo(numbers: Numbers, clock: Callable[[str], None]) -> float:
    import pyomo.environ as pyo

    clock("import")
    cost, supply, demand = (numbers[name] for name in ("cost", "supply", "demand"))
    sources, customers = range(len(supply)), range(len(demand))
    costs = cost.tolist()
    model = pyo.ConcreteModel()
    model.ship = pyo.Var(sources, customers, domain=pyo.NonNegativeReals)
    ship = model.ship
    model.total = pyo.Objective(
        expr=pyo.quicksum(costs[s][c] * ship[s, c] for s in sources for c in customers)
    )
    model.at_hand = pyo.Constraint(
        sources, rule=lambda _, s: pyo.quicksum(ship[s, c] for c in customers) <= supply[s]
    )
    model.asked_for = pyo.Constraint(
        customers, rule=lambda _, c: pyo.quicksum(ship[s, c] for s in sources) >= demand[c]
    )
    clock("build")
    pyo.SolverFactory("highs").solve(model)
    total = pyo.value(model.total)
    clock("solve")
    return float(total)


def by_linopy(numbers: Numbers, clock: Callable[[str], None]) -> float:
    import linopy
    import xarray

    clock("import")
    cost = xarray.DataArray(numbers["cost"], dims=("s", "c"))
    supply = xarray.DataArray(numbers["supply"], dims="s")
    demand = xarray.DataArray(numbers["demand"], dims="c")
    model = linopy.Model()
    places = [range(len(supply)), range(len(demand))]
    ship = model.add_variables(lower=0, dims=("s", "c"), coords=places, name="ship")
    model.add_constraints(ship.sum("c") <= supply)
    model.add_constraints(ship.sum("s") >= demand)
    model.add_objective((cost * ship).sum())
    clock("build")
    model.solve(solver_name="highs", io_api="direct", output_flag=False, log_to_console=False)
    values = model.solution["ship"].to_numpy()
    clock("solve")
    return float((numbers["cost"] * values).sum())


ROUTES = {
    "arrays by hand": by_hand,
    "solvitur": by_solvitur,
    "linopy": by_linopy,
    "Pyomo": by_pyomo,
}
PACKAGES = {"linopy": "linopy", "Pyomo": "pyomo"}


# --- one route in a process of its own -----------------------------------------------------------


def run(route: str, sources: int, customers: int) -> None:
    """Run a route and print its figures as JSON."""
    numbers = data(sources, customers)
    before = peak()
    seconds: dict[str, float] = {}
    last = time.perf_counter()

    def clock(step: str) -> None:
        nonlocal last
        now = time.perf_counter()
        seconds[step] = seconds.get(step, 0.0) + now - last
        last = now

    objective = ROUTES[route](numbers, clock)
    total = sum(seconds.values())
    figures = {"import": seconds["import"], "total": total - seconds["import"], "whole": total}
    print(json.dumps({"objective": objective, "memory": peak() - before, **figures}))


def peak() -> float:
    """The most memory this process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- all routes, in turns ------------------------------------------------------------------------


def measured(route: str, size: tuple[int, int]) -> dict[str, float]:
    command = [sys.executable, __file__, "--route", route, "--size", *map(str, size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def is_there(route: str) -> bool:
    try:
        importlib.metadata.version(PACKAGES.get(route, "numpy"))
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def compare(size: tuple[int, int], turns: int) -> dict[str, dict[str, float]]:
    """The median of each figure of each route; all have the same optimum."""
    routes = list(filter(is_there, ROUTES))
    runs = [{route: measured(route, size) for route in routes} for _ in range(turns)]
    optima = {round(found["objective"], 4) for run in runs for found in run.values()}
    assert len(optima) == 1, optima
    return {
        route: {
            figure: statistics.median(run[route][figure] for run in runs)
            for figure in ("total", "whole", "memory")
        }
        for route in routes
    }


def table(sizes: tuple[tuple[int, int], ...], turns: int) -> list[str]:
    lines = [
        "| variables | nonzeros | route | total, s | times arrays by hand | with import, s "
        "| times arrays by hand | memory, MB |",
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size in sizes:
        found = compare(size, turns)
        count = size[0] * size[1]
        base = found["arrays by hand"]
        for route, figures in found.items():
            ratios = [figures[name] / base[name] for name in ("total", "whole")]
            lines.append(
                f"| {count:,} | {2 * count:,} | {route} | {figures['total']:.2f} | {ratios[0]:.1f} "
                f"| {figures['whole']:.2f} | {ratios[1]:.1f} | {figures['memory']:.0f} |"
            )
            print(lines[-1], file=sys.stderr)
    return lines


def page(lines: list[str], turns: int) -> str:
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("highspy", "numpy", *(PACKAGES[r] for r in PACKAGES if is_there(r)))
    )
    body = "\n".join(lines)
    return f"""# Speed, measured

{__doc__.strip().partition(chr(10))[2].split("docs/speed.md", 1)[1].strip()}

{body}

The median of {turns} turns on {os.cpu_count()} cores, Python {platform.python_version()},
{versions}.
Written by `python benchmarks/model_build.py --turns {turns} --docs docs/speed.md`.
"""


def sections(docs: Path) -> str:
    """What other scripts wrote behind this one's part of a page."""
    old = docs.read_text(encoding="utf-8") if docs.exists() else ""
    _, mark, rest = old.partition("\n## ")
    return mark + rest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=5, help="fresh processes per route and size")
    parser.add_argument("--docs", type=Path, help="write the page to this file")
    parser.add_argument("--route", choices=ROUTES, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.route:
        return run(given.route, *given.size)
    lines = table(SIZES, given.turns)
    if given.docs:
        given.docs.write_text(page(lines, given.turns) + sections(given.docs), encoding="utf-8")
    return print("\n".join(lines))


if __name__ == "__main__":
    main()
