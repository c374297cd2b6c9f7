"""Tours of many instances at once by rules that are known, to compare with published lengths.

A heuristic that a model wrote is run city by city in the sandbox; these rules are our own code, so
that they need neither, and 64 instances of 200 cities take a part of a second.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass
class State:
    """How far the tours of some instances have come: one row an instance, one column a city."""

    distance: np.ndarray
    """Between each two cities of each instance."""
    current: np.ndarray
    """The city where each tour has come to; all began at city 0."""
    left: np.ndarray
    """Which cities are not yet visited."""
    total: np.ndarray
    """For each city, the sum of its distances to those not yet visited."""
    squares: np.ndarray
    """The same of the squares of the distances."""

    @property
    def from_current(self) -> np.ndarray:
        """The distance of each city from where the tour has come to."""
        near: np.ndarray = self.distance[np.arange(len(self.distance)), self.current]
        return near

    @property
    def spread(self) -> tuple[np.ndarray, np.ndarray]:
        """For each city not yet visited, mean and deviation of its distances to the others."""
        others = max(int(self.left[0].sum()) - 1, 1)
        mean = self.total / others
        return mean, np.sqrt(np.maximum(self.squares / others - mean**2, 0))


Rule = Callable[[State], np.ndarray]
"""Gives a number for each city; of those not yet visited, the one with the least comes next."""


def nearest_neighbour(state: State) -> np.ndarray:
    """Go to the nearest city."""
    return state.from_current


def published_by_ael(state: State) -> np.ndarray:
    """Go by the heuristic that AEL found with GPT-4 (arXiv 2311.15249)."""
    mean, deviation = state.spread
    near = state.from_current
    scores = 0.4 * near - 0.3 * mean + 0.2 * deviation - 0.1 * state.distance[:, 0]
    none_is_good = np.where(state.left, scores, np.inf).min(axis=1, keepdims=True) > 0.7
    return np.where(none_is_good, near, scores)


def published_by_reevo(state: State) -> np.ndarray:
    """Go by the heuristic that ReEvo found (arXiv 2402.01145)."""
    mean, deviation = state.spread
    return 0.4 * state.from_current - 0.25 * mean + 0.25 * deviation - 0.1 * state.distance[:, 0]


def tours(cities: np.ndarray, rule: Rule) -> np.ndarray:
    """Give the cities in the order in which a rule visits them: one row an instance.

    Args:
        cities: Where the cities are: instance, city, coordinate.
        rule: Says which city comes next.

    Example:
        >>> square = np.array([[[0, 0], [1, 1], [0, 1], [1, 0.0]]])
        >>> tours(square, nearest_neighbour).tolist()
        [[0, 2, 1, 3]]
    """
    distance = np.linalg.norm(cities[:, :, None] - cities[:, None], axis=3)
    count, size = distance.shape[:2]
    rows = np.arange(count)
    state = State(
        distance,
        current=np.zeros(count, dtype=int),
        left=np.ones((count, size), dtype=bool),
        total=distance.sum(axis=2),
        squares=(distance**2).sum(axis=2),
    )
    visited = [state.current]
    for step in range(size):
        state.left[rows, state.current] = False
        state.total -= distance[rows, state.current]
        state.squares -= distance[rows, state.current] ** 2
        if step == size - 1:
            break
        state.current = np.where(state.left, rule(state), np.inf).argmin(axis=1)
        visited.append(state.current)
    return np.stack(visited, axis=1)


def greedy_edges(cities: np.ndarray) -> np.ndarray:
    """Give tours of the shortest edges that close no circle and meet no city a third time.

    Example:
        >>> square = np.array([[[0, 0], [1, 1], [0, 1], [1, 0.0]]])
        >>> greedy_edges(square).tolist()
        [[0, 3, 1, 2]]
    """
    return np.array([_greedy_edges(each) for each in cities])


def _greedy_edges(cities: np.ndarray) -> list[int]:
    size = len(cities)
    distance = np.linalg.norm(cities[:, None] - cities, axis=2)
    first, second = np.triu_indices(size, 1)
    shortest = np.argsort(distance[first, second], kind="stable")
    part = list(range(size))
    """The other end of the path that a city is the end of."""
    met: list[list[int]] = [[] for _ in range(size)]
    for one, other in zip(first[shortest].tolist(), second[shortest].tolist(), strict=True):
        if len(met[one]) < 2 and len(met[other]) < 2 and part[one] != other:
            met[one].append(other)
            met[other].append(one)
            ends = part[one], part[other]
            part[ends[0]], part[ends[1]] = ends[1], ends[0]
    return _walked(met)


def _walked(met: list[list[int]]) -> list[int]:
    """Follow the one path that was built, and begin the tour at city 0."""
    start = next((city for city, others in enumerate(met) if len(others) < 2), 0)
    path, before = [start], -1
    while len(path) < len(met):
        here = path[-1]
        onward = next(city for city in met[here] if city != before)
        path.append(onward)
        before = here
    at = path.index(0)
    return path[at:] + path[:at]


def lengths(cities: np.ndarray, visited: np.ndarray) -> np.ndarray:
    """Give the length of each tour.

    Example:
        >>> square = np.array([[[0, 0], [1, 1], [0, 1], [1, 0.0]]])
        >>> lengths(square, np.array([[0, 2, 1, 3]])).tolist()
        [4.0]
    """
    path = np.take_along_axis(cities, visited[:, :, None], axis=1)
    edges = np.linalg.norm(path - np.roll(path, -1, axis=1), axis=2)
    total: np.ndarray = edges.sum(axis=1)
    return total
