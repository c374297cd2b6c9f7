"""Instances of online bin packing, and the number of bins that a packing uses."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics.problem import Instance, excess

aggregate = excess


def instance(name: str, items: Iterable[int], capacity: int) -> Instance:
    """Give an instance whose reference is the least number of bins that the total size needs."""
    sizes = [int(size) for size in items]
    return Instance(name, {"items": sizes, "capacity": capacity}, math.ceil(sum(sizes) / capacity))


def weibull(count: int, items: int, seed: int) -> tuple[Instance, ...]:
    """Draw sizes for bins of 100: integers, of the Weibull distribution of scale 45, shape 3."""
    drawn = np.random.RandomState(seed).weibull(3, (count, items))
    sizes = np.clip(45 * drawn, 1, 100)
    return tuple(
        instance(f"Weibull, {items} items, seed {seed}, number {number}", each, 100)
        for number, each in enumerate(sizes.astype(int), start=1)
    )


def uniform(count: int, items: int, seed: int) -> tuple[Instance, ...]:
    """Draw sizes from 20 to 100, each as likely, for bins of 150, as the sets of OR-Library do."""
    sizes = np.random.RandomState(seed).randint(20, 101, (count, items))
    return tuple(
        instance(f"uniform, {items} items, seed {seed}, number {number}", each, 150)
        for number, each in enumerate(sizes, start=1)
    )


def instances() -> tuple[Instance, ...]:
    """Give what the search sees: 5 instances of 5,000 items, Weibull."""
    return weibull(5, 5_000, seed=2024)


def held_out() -> dict[str, tuple[Instance, ...]]:
    """Give fresh instances of the same kind, others of fewer and more items, and another kind."""
    return {
        "Weibull, 5,000 items": weibull(2, 5_000, seed=5),
        "Weibull, 1,000 items": weibull(5, 1_000, seed=1),
        "Weibull, 10,000 items": weibull(1, 10_000, seed=10),
        "uniform, 500 items": uniform(20, 500, seed=3),
    }


def score(data: dict[str, Any], packing: Any) -> float:
    """Give the number of bins used by a packing that puts no more into a bin than it holds."""
    items, capacity = data["items"], data["capacity"]
    if not isinstance(packing, list) or len(packing) != len(items):
        raise InvalidSolution(f"the packing is not a list of {len(items)} bins, one for each item")
    filled: dict[int, int] = {}
    for number, (size, chosen) in enumerate(zip(items, packing, strict=True)):
        if type(chosen) is not int or not 0 <= chosen < len(items):
            raise InvalidSolution(f"item {number} is put into {chosen!r:.40}, which is no bin")
        filled[chosen] = filled.get(chosen, 0) + size
        if filled[chosen] > capacity:
            raise InvalidSolution(f"item {number} does not fit into bin {chosen}: it is full")
    return len(filled)
