"""A run that is killed at random moments and gone on with; started by a test.

Each request that the model hears is written down, before it answers.
"""

import asyncio
import os
import random
import signal
import sys
import threading
from pathlib import Path

from solvitur.evolution.heuristics import Method, evolve
from solvitur.llm import Request, Scripted
from solvitur.sandbox import connect
from tests.evolution.heuristics.toy import PROBLEM, heuristic

METHOD = Method(population=3, generations=3, in_flight=3, reflection=True)
AS_THEY_COME = METHOD.model_copy(update={"deterministic": False, "steady": True, "bandit": True})


async def run(folder: Path, method: Method) -> None:
    def script(request: Request) -> str:
        with (folder / "asked").open("a") as file:
            file.write(f"{request.key}\n")
        return heuristic(request)

    await evolve(PROBLEM, Scripted(script, name="toy"), method, seed=4, run=folder)


def kill_in(seconds: float) -> None:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()


def main(folder: Path, method: Method, moments: int) -> None:
    connect()
    chance = random.Random(7)
    for left in range(moments, -1, -1):
        child = os.fork()
        if child == 0:
            if left:
                kill_in(chance.uniform(0.05, 0.9))
            asyncio.run(run(folder, method))
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        METHOD if sys.argv[2] == "deterministic" else AS_THEY_COME,
        int(sys.argv[3]),
    )
