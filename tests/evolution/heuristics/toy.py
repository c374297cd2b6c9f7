"""A problem that takes milliseconds, and a model that writes heuristics for it by its seed."""

import random
from typing import Any

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics import Argument, Function, Instance, Problem
from solvitur.llm import Request, Scripted

DRIVER = "def solve(heuristic, instance):\n    return heuristic(instance)\n"


def score(data: list[float], solution: Any) -> float:
    """How far a guess is from the mean."""
    if isinstance(solution, bool) or not isinstance(solution, int | float):
        raise InvalidSolution(f"{solution!r:.40} is no number")
    return abs(solution - sum(data) / len(data))


PROBLEM = Problem(
    name="middle",
    description="Guess the mean of some numbers.",
    function=Function("guess", (Argument("numbers", "list", "some numbers"),), "float", "a guess"),
    driver=DRIVER,
    score=score,
    instances=tuple(
        Instance(name, data, 0.0)
        for name, data in {"a": [1, 2, 6], "b": [4, 4, 7], "c": [0, 9, 9]}.items()
    ),
    held_out={"long": (Instance("long", list(range(20)), 0.0),)},
    seeds={"the first": "def guess(numbers):\n    return numbers[0]\n"},
    measure="mean distance",
)


def reply(code: str, idea: str = "Mix what there is.") -> str:
    return f"{{{idea}}}\n```python\n{code}\n```"


def heuristic(request: Request) -> str:
    """Write a heuristic that depends on the seed; some fail, and all are mended when asked to."""
    chance = random.Random(request.sampling.seed)
    low, high = (round(chance.random(), 1) for _ in range(2))
    kind = chance.random()
    body = f"    return {low} * min(numbers) + {high} * max(numbers)"
    if "That does not work" not in request.messages[-1].content:
        if kind < 0.1:
            return "I have no idea."
        if kind < 0.2:
            body = "    return numbers[99]"
    return reply(f"def guess(numbers):\n{body}")


def model() -> Scripted:
    return Scripted(heuristic, name="toy")
