"""What a trivial job costs in a sandbox, cold and warm, beside a fresh Python that imports numpy.

The ways take turns, round after round, so that whatever else the machine does falls on all of them
alike. Wall time is what a caller waits. Processor time is what a job costs in all: in this process,
in every process that it is run by and in those that they waited for (which the processes inside a
cold bubblewrap are not); it is the figure to trust on a machine that has other work.

    python benchmarks/sandbox_overhead.py --rounds 50
"""

import argparse
import functools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from solvitur.runs.worker import used
from solvitur.sandbox import Job, Sandbox, connect, sandboxes
from solvitur.sandbox.watching import tree

JOB = Job("def double(x): return 2 * x", "double", 21)
WITH_NUMPY = Job("import numpy\ndef double(x): return 2 * numpy.int64(x)", "double", 21)
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Way:
    """One way to run something, and what it has cost."""

    name: str
    work: Callable[[], object]
    times: int = 1
    """How often in a round."""
    walls: list[float] = field(default_factory=list)
    spent: float = 0.0
    kept: set[int] = field(default_factory=set)
    """Processes that stay from job to job."""

    def prepare(self) -> None:
        self.work()
        self.spent = -self._kept_seconds()

    def take_turn(self) -> None:
        for _ in range(self.times):
            before, start = used(), time.perf_counter()
            self.work()
            self.walls.append(time.perf_counter() - start)
            self.spent += used() - before

    def row(self) -> str:
        late = statistics.quantiles(self.walls, n=10)[-1]
        walls = (statistics.median(self.walls), late, min(self.walls))
        cpu = (self.spent + self._kept_seconds()) / len(self.walls)
        figures = " | ".join(f"{1000 * each:.1f}" for each in (*walls, cpu))
        return f"| {self.name} | {len(self.walls)} | {figures} |"

    def _kept_seconds(self) -> float:
        """Processor time of what stays, and of all that it has waited for."""
        told = (Path(f"/proc/{process}/stat").read_text() for process in self.kept)
        ticks = (map(int, text.rpartition(")")[2].split()[11:15]) for text in told)
        return sum(map(sum, ticks)) / TICK


def run(sandbox: Sandbox, job: Job) -> None:
    outcome = sandbox.run(job)
    assert outcome.value == 42, outcome


def fresh() -> None:
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)


def ways(warm_times: int) -> list[Way]:
    found = [Way("python -c 'import numpy'", fresh)]
    for cold in sandboxes():
        before = {*tree(os.getpid())}
        warm = connect(cold.name, warm=True)
        kept = {*tree(os.getpid())} - before
        for name, sandbox, job in (
            ("cold", cold, JOB),
            ("cold, numpy", cold, WITH_NUMPY),
            ("warm, numpy", warm, WITH_NUMPY),
        ):
            work = functools.partial(run, sandbox, job)
            is_warm = sandbox is warm
            way = Way(f"{cold.name}, {name}", work, warm_times if is_warm else 1)
            way.kept = kept if is_warm else set()
            found.append(way)
    return found


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asking.add_argument("--rounds", type=int, default=50)
    asking.add_argument("--warm-times", type=int, default=10, help="warm jobs a round")
    asked = asking.parse_args()
    found = ways(asked.warm_times)
    for way in found:
        way.prepare()
    for _ in range(asked.rounds):
        for way in found:
            way.take_turn()
    print(f"{os.cpu_count()} processors, load {' '.join(map(str, os.getloadavg()))}")
    print("| way | jobs | wall ms, median | 90 % | least | processor ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    for way in found:
        print(way.row())


if __name__ == "__main__":
    main()
