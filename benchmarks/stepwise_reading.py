"""How far the stepwise way gets with a model that is never wrong, on problems that are made here.

    python benchmarks/stepwise_reading.py [--n 600] [--seed 1] [--show 5]

Whatever words alone settle is never asked, so what is missed with a teacher that knows the label
was read wrongly by solvitur itself, and no better model would mend it.
"""

import argparse
from collections import Counter

from solvitur.training import Row, synthesize
from solvitur.training.synthesis.families.mixes import MIXES
from solvitur.training.teaching import is_teachable, steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=600, help="problems to draw")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="how many misread problems to show")
    told = parser.parse_args()
    drawn = synthesize(told.n, told.seed, only=MIXES).rows
    plain = (row for row in drawn if "ambiguous" not in row.language)
    rows = [row for row in plain if is_teachable(row)]
    misread = [row for row in rows if steps(row) is None]
    report(rows, misread)
    for row in misread[: told.show]:
        print(f"\n{row.id}: {row.status} {row.objective}\n{row.text}")


def report(rows: list[Row], misread: list[Row]) -> None:
    """Print how many of each family were misread."""
    drawn, missed = (Counter(row.family for row in part) for part in (rows, misread))
    for family, count in sorted(drawn.items()):
        print(f"{family:18} {count - missed[family]:4} of {count}")
    reached = len(rows) - len(misread)
    print(f"{'all':18} {reached:4} of {len(rows)} ({reached / len(rows):.1%})")


if __name__ == "__main__":
    main()
