"""How long a table of 100,000 rows takes, from the file to the entries of a parameter.

    python benchmarks/table_reading.py [--nodes 317]

Beside each kind of file stands the same table read by hand: Python's csv module, `float`, and a
dictionary, with no check of anything.
"""

import argparse
import csv
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook
from pyarrow import parquet, table

from solvitur import Data
from solvitur.formulation import Source

Row = tuple[str, str, float]


def write(folder: Path, rows: list[Row]) -> None:
    """Write the table in every kind of file."""
    names = ("from", "to", "km")
    lines = (",".join(map(str, row)) for row in rows)
    (folder / "d.csv").write_text("\n".join([",".join(names), *lines]))
    (folder / "d.json").write_text(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    parquet.write_table(
        table({name: list(cells) for name, cells in columns.items()}), folder / "d.parquet"
    )
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (names, *rows):
        sheet.append(row)
    book.save(folder / "d.xlsx")


def best(work: Callable[[], int], times: int = 3) -> float:
    """Give the quickest of some runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def by_hand(path: Path) -> int:
    with path.open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return len({(tail, head): float(km) for tail, head, km in reader})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=317, help="rows are its square")
    nodes = parser.parse_args().nodes
    random.seed(1)
    names = [f"node {n}" for n in range(nodes)]
    rows = [(a, b, round(random.uniform(1, 99), 3)) for a in names for b in names]
    index = [("N", [(name,) for name in names])] * 2
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, rows)
        base = best(lambda: by_hand(folder / "d.csv"))
        print(f"{len(rows):,} rows; CSV by hand, unchecked: {base:.3f} s")
        for kind in ("csv", "json", "parquet", "xlsx"):
            source = Source(file=f"d.{kind}", keys=("from", "to"), column="km")
            taken = best(lambda source=source: len(Data(folder).values(source, index)))
            print(f"{kind:8} {taken:.3f} s, {taken / base:.1f} times as long")


if __name__ == "__main__":
    main()
