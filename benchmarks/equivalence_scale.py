"""The time that a proof takes against the size of the programs.

    python benchmarks/equivalence_scale.py --docs docs/equivalence.md

Sparse mixed-integer programs are drawn, and each is compared with a copy whose columns and rows are
in another order and under other names, whose rows are scaled and whose goal is turned. The figures
go into the page of `--docs`, between their marks, and a plot beside it; without it, to stdout.
"""

import argparse
import math
import random
import statistics
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from measuring import table, write_section

from solvitur.equivalence import Column, Conclusion, Program, Row, check
from solvitur.equivalence.transform.keeping import goal_turned, renamed, rows_scaled

SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000)
"""Columns; of rows there are three to five columns."""
SEEDS = (1, 2, 3)
IN_A_ROW = 8
SECONDS = 300.0
"""For a verdict."""


def sparse(size: int, seed: int) -> Program:
    """Draw a program with a few columns in each row, three in five of them whole numbers."""
    rng = random.Random(seed)
    columns = tuple(
        Column(
            f"x{number}",
            Fraction(0),
            Fraction(rng.choice((1, 1, 1, 10, 20))) if rng.random() < 0.8 else None,
            rng.random() < 0.6,
        )
        for number in range(size)
    )
    rows = []
    for number in range(size * 3 // 5):
        entries = {
            rng.randrange(size): Fraction(rng.choice((-9, -5, -2, -1, 1, 1, 2, 3, 4, 8)))
            for _ in range(IN_A_ROW)
        }
        side, kind = Fraction(rng.randrange(1, 60)), rng.random()
        lower, upper = side if kind < 0.25 else None, side if kind > 0.15 else None
        rows.append(Row(f"r{number}", entries, lower, upper))
    objective = {number: Fraction(rng.randrange(1, 20)) for number in range(size)}
    return Program(columns, tuple(rows), objective, minimise=False)


def disguised(program: Program, seed: int) -> Program:
    """Give it other names and another order, scale its rows and turn its goal."""
    rng = random.Random(seed)
    for step in (renamed, rows_scaled, goal_turned):
        made = step(program, rng)
        assert made is not None
        program = made.program
    return program


def seconds(size: int, seed: int) -> float:
    """Measure the processor time of one proof."""
    one = sparse(size, seed)
    other = disguised(one, seed)
    begun = time.process_time()
    verdict = check(one, other, seconds=SECONDS)
    spent = time.process_time() - begun
    if verdict.conclusion is not Conclusion.proved:
        raise SystemExit(f"{size} columns, seed {seed}: {verdict}")
    return spent


def lines(times: dict[int, list[float]]) -> list[str]:
    """Tell the figures."""
    shown = (
        (f"{size:,}", f"{size * 3 // 5:,}", f"{statistics.median(spent):.2f}", f"{max(spent):.2f}")
        for size, spent in times.items()
    )
    return table(["columns", "rows", "median s", "longest s"], shown)


def plot(times: dict[int, list[float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "solvitur", "font.size": 9}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.2, 3.4))
    sizes = list(times)
    middle = [statistics.median(spent) for spent in times.values()]
    ends = [[m - min(t) for m, t in zip(middle, times.values(), strict=True)],
            [max(t) - m for m, t in zip(middle, times.values(), strict=True)]]  # fmt: skip
    axes.errorbar(sizes, middle, ends, fmt="o-", color="C0", capsize=2, lw=1)
    axes.set(xscale="log", yscale="log", xlabel="columns", ylabel="processor seconds for a proof")
    axes.set_title(f"growing like n^{slope(sizes, middle):.2f}", fontsize=9)
    axes.grid(color="0.92")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def slope(sizes: Sequence[int], spent: Sequence[float]) -> float:
    """Fit the exponent with which the time grows."""
    logs = [math.log(size) for size in sizes], [math.log(each) for each in spent]
    return statistics.linear_regression(*logs).slope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="columns")
    parser.add_argument(
        "--docs", type=Path, help="page whose figures are written, its plot beside it"
    )
    given = parser.parse_args()
    times = {size: [seconds(size, seed) for seed in SEEDS] for size in given.sizes}
    shown = lines(times)
    if given.docs is not None:
        picture = given.docs.with_name(f"{given.docs.stem}_time.svg")
        plot(times, picture)
        shown += ["", f"![Time against size]({picture.name})"]
    write_section(given.docs, "scale", shown)


if __name__ == "__main__":
    main()
