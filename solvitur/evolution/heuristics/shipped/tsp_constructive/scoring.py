"""Instances of the travelling salesman problem, and the length of a tour."""

from typing import Any

import numpy as np

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics.problem import Instance


def instance(name: str, cities: np.ndarray) -> Instance:
    """Give an instance by where its cities are: one row a city."""
    return Instance(name, {"cities": cities.tolist()})


def uniform(count: int, cities: int, seed: int) -> tuple[Instance, ...]:
    """Draw instances of so many cities, each uniform in the unit square."""
    drawn = np.random.RandomState(seed).rand(count, cities, 2)
    return tuple(
        instance(f"{cities} cities, seed {seed}, number {number}", each)
        for number, each in enumerate(drawn, start=1)
    )


def instances() -> tuple[Instance, ...]:
    """Give what the search sees: 8 instances of 50 cities."""
    return uniform(8, 50, seed=2024)


def held_out() -> dict[str, tuple[Instance, ...]]:
    """Give fresh instances of 50 cities, and others of fewer and more."""
    return {
        "50 cities": uniform(16, 50, seed=50),
        "20 cities": uniform(32, 20, seed=20),
        "100 cities": uniform(8, 100, seed=100),
        "200 cities": uniform(4, 200, seed=200),
    }


def score(data: dict[str, Any], tour: Any) -> float:
    """Give the length of a tour that visits each city once."""
    cities = np.array(data["cities"])
    if not isinstance(tour, list):
        raise InvalidSolution("the tour is not a list of cities")
    visited = [False] * len(cities)
    for city in tour:
        if type(city) is not int or not 0 <= city < len(cities):
            raise InvalidSolution(f"there is no city {city!r:.40}: they are 0 to {len(cities) - 1}")
        if visited[city]:
            raise InvalidSolution(f"the tour visits city {city} twice")
        visited[city] = True
    if not all(visited):
        raise InvalidSolution(f"the tour does not visit city {visited.index(False)}")
    path = cities[tour]
    return float(np.linalg.norm(path - np.roll(path, -1, axis=0), axis=1).sum())
