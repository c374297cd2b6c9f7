"""A run of evolution killed at random moments and gone on with, beside one that nobody killed.

    python benchmarks/evolution_resumed.py --kills 20

Both are runs on constructive TSP with a model that writes heuristics by the seed of the request,
after some time. The killed one gets SIGKILL after a random part of the time that the other took,
again and again, and is gone on with each time. Compared are all events but for measured times. A
request may be heard twice only where the kill came before its reply was recorded.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from solvitur.evolution.heuristics import Method, Problem, evolve, load_problem
from solvitur.llm import Reply, Request, Scripted
from solvitur.runs import read_journal
from solvitur.sandbox import sandboxes

METHOD = Method(population=4, generations=4, in_flight=4, reflection=True)
LATENCY = 0.2
MOMENTS = (0.1, 0.4)
"""Parts of the time of a whole run."""
ASKED = "asked"
TIMED = ("cpu_seconds", "seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    sandboxes()  # looked for once, before the processes are forked
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder, "whole"), Path(folder, "killed")
        began = time.monotonic()
        in_a_child(whole, None)
        took = time.monotonic() - began
        reached = []
        for _ in range(given.kills):
            in_a_child(killed, chance.uniform(*MOMENTS) * took)
            reached.append(len(events(killed)))
        in_a_child(killed, None)
        one, other = events(whole), events(killed)
        asked = Counter((killed / ASKED).read_text().split())
        once = len((whole / ASKED).read_text().split())
    twice = sum(count - 1 for count in asked.values())
    print(f"events after each kill: {', '.join(map(str, reached))}; at the end {len(other)}")
    print(f"equal to the run that nobody killed: {'yes' if one == other else 'NO'}")
    print(f"requests: {len(asked)}, without kills {once}")
    print(f"heard again, as a kill came before the reply was recorded: {twice}")
    sys.exit(one != other or len(asked) != once)


def in_a_child(folder: Path, seconds: float | None) -> None:
    """Run in a process of its own, which is killed after some time."""
    child = os.fork()
    if child == 0:
        if seconds is not None:
            timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
            timer.daemon = True
            timer.start()
        asyncio.run(run(folder))
        os._exit(0)
    os.waitpid(child, 0)


async def run(folder: Path) -> None:
    folder.mkdir(exist_ok=True)

    await evolve(problem(), Writing(folder / ASKED), METHOD, seed=3, run=folder)


class Writing(Scripted):
    """Writes by the seed of a request, and writes down what it hears before it answers."""

    def __init__(self, heard: Path) -> None:
        super().__init__(written, name="by seed")
        self._heard = heard

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        with self._heard.open("a") as file:
            file.write(f"{request.key}\n")
        await asyncio.sleep(LATENCY)
        return await super().reply(request, on_text)


def problem() -> Problem:
    whole = load_problem("tsp-constructive")
    held_out = {name: each[:1] for name, each in whole.held_out.items()}
    return replace(whole, instances=whole.instances[:2], held_out=held_out)


def written(request: Request) -> str:
    """Write a heuristic with weights drawn by the seed; one in five fails."""
    chance = random.Random(request.sampling.seed)
    to_next, to_others, to_start = (round(chance.random(), 2) for _ in range(3))
    if chance.random() < 0.1:
        return "Let me think about that."
    if chance.random() < 0.1:
        to_next = 0
    return (
        "{Weigh three distances.}\n```python\nimport numpy as np\n\n"
        "def select_next_node(current_node, destination_node, unvisited_nodes, distance_matrix):\n"
        "    d = distance_matrix\n"
        f"    s = {to_next} * d[current_node][unvisited_nodes] / {to_next}\n"
        f"    s = s - {to_others} * d[unvisited_nodes].mean(axis=1)\n"
        f"    s = s - {to_start} * d[destination_node][unvisited_nodes]\n"
        "    return int(unvisited_nodes[np.argmin(s)])\n```"
    )


def events(folder: Path) -> list[tuple[str, str, Any]]:
    if not (folder / "run.journal").exists():
        return []
    found = read_journal(folder / "run.journal")
    return [
        (e.kind, e.key, untimed(e.value)) for e in found if e.kind not in ("process", "command")
    ]


def untimed(value: Any) -> Any:
    """Leave out what was measured with a clock."""
    if isinstance(value, dict):
        return {name: untimed(each) for name, each in value.items() if name not in TIMED}
    return value


if __name__ == "__main__":
    main()
