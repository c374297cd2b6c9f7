"""Builds a tour with a heuristic; runs in the sandbox."""

from collections.abc import Callable
from typing import Any

import numpy as np

_LISTED = 50
"""How many cities a heuristic sees at most."""


def solve(heuristic: Callable[..., Any], instance: dict[str, Any]) -> list[int]:
    """Give the cities in the order in which the heuristic visits them, from city 0 on."""
    cities = np.array(instance["cities"])
    distance = np.linalg.norm(cities[:, None] - cities, axis=2)
    nearest_first = np.argsort(distance, axis=1, kind="stable")
    distance.setflags(write=False)
    left = np.ones(len(cities), dtype=bool)
    left[0] = False
    tour = [0]
    while len(tour) < len(cities):
        order = nearest_first[tour[-1]]
        unvisited = order[left[order]][:_LISTED]
        chosen = int(heuristic(tour[-1], 0, unvisited.copy(), distance))
        if chosen not in unvisited:
            raise ValueError(f"step {len(tour)}: {chosen} is none of the unvisited cities listed")
        left[chosen] = False
        tour.append(chosen)
    return tour
