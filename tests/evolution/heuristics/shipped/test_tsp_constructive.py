import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics.shipped.tsp_constructive import driver, scoring, vectorised
from solvitur.evolution.heuristics.shipped.tsp_constructive.seeds.nearest_neighbour import (
    select_next_node,
)

Choice = Callable[[int, int, np.ndarray, np.ndarray], int]
SQUARE = {"cities": [[0, 0], [1, 1], [0, 1], [1, 0]]}


def spread(unvisited: np.ndarray, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    among = distance[np.ix_(unvisited, unvisited)]
    others = among[~np.eye(len(unvisited), dtype=bool)].reshape(len(unvisited), -1)
    return others.mean(axis=1), others.std(axis=1)


def ael(current: int, destination: int, unvisited: np.ndarray, distance: np.ndarray) -> int:
    if len(unvisited) == 1:
        return int(unvisited[0])
    mean, deviation = spread(unvisited, distance)
    near = distance[current, unvisited]
    scores = 0.4 * near - 0.3 * mean + 0.2 * deviation - 0.1 * distance[destination, unvisited]
    return int(unvisited[np.argmin(near if scores.min() > 0.7 else scores)])


def reevo(current: int, destination: int, unvisited: np.ndarray, distance: np.ndarray) -> int:
    if len(unvisited) == 1:
        return int(unvisited[0])
    mean, deviation = spread(unvisited, distance)
    near, home = distance[current, unvisited], distance[destination, unvisited]
    return int(unvisited[np.argmin(0.4 * near - 0.25 * mean + 0.25 * deviation - 0.1 * home)])


RULES: list[tuple[Choice, vectorised.Rule]] = [
    (select_next_node, vectorised.nearest_neighbour),
    (ael, vectorised.published_by_ael),
    (reevo, vectorised.published_by_reevo),
]


def stacked(instances: tuple[Any, ...]) -> np.ndarray:
    return np.array([each.data["cities"] for each in instances])


@pytest.mark.parametrize(("choice", "rule"), RULES)
def test_tours_built_city_by_city_are_those_built_all_at_once(
    choice: Choice, rule: vectorised.Rule
) -> None:
    instances = scoring.instances()
    cities = stacked(instances)
    built = [driver.solve(choice, each.data) for each in instances]
    assert built == vectorised.tours(cities, rule).tolist()
    scores = [scoring.score(each.data, tour) for each, tour in zip(instances, built, strict=True)]
    assert scores == pytest.approx(vectorised.lengths(cities, np.array(built)).tolist())


def test_published_heuristics_have_their_published_lengths_on_the_training_set() -> None:
    cities = np.random.RandomState(2024).rand(8, 50, 2)
    rules = [rule for _, rule in RULES]
    tours = [*(vectorised.tours(cities, rule) for rule in rules), vectorised.greedy_edges(cities)]
    found = [f"{vectorised.lengths(cities, each).mean():.4f}" for each in tours]
    assert found == ["6.6079", "6.2218", "6.1433", "6.4327"]
    assert (stacked(scoring.instances()) == cities).all()


def test_published_heuristics_have_their_published_lengths_on_64_instances_of_each_size() -> None:
    stream = np.random.RandomState(1234)
    for size in (50, 20, 50, 100, 200):  # the sets for training and validation come first
        stream.rand(64, size, 2)
    found = {}
    for size in (20, 50, 100, 200):
        cities = stream.rand(64, size, 2)
        tours = [vectorised.tours(cities, rule) for _, rule in RULES]
        found[size] = [f"{vectorised.lengths(cities, each).mean():.4f}" for each in tours]
    assert found == {
        20: ["4.4466", "4.0787", "4.0906"],
        50: ["6.8919", "6.2331", "6.2269"],
        100: ["9.6508", "8.6010", "8.5676"],
        200: ["13.4248", "12.3072", "12.0927"],
    }


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 7))
def test_no_tour_is_shorter_than_the_best_of_all_orders(seed: int, size: int) -> None:
    cities = np.random.RandomState(seed).rand(1, size, 2)
    data = {"cities": cities[0].tolist()}
    shortest = min(
        scoring.score(data, [0, *rest]) for rest in itertools.permutations(range(1, size))
    )
    for choice, rule in RULES:
        tour = driver.solve(choice, data)
        assert scoring.score(data, tour) >= shortest - 1e-12
        assert tour == vectorised.tours(cities, rule)[0].tolist()
    greedy = vectorised.greedy_edges(cities)[0].tolist()
    assert scoring.score(data, greedy) >= shortest - 1e-12


def test_the_length_of_a_tour_is_that_of_its_edges_and_of_the_way_back() -> None:
    assert scoring.score(SQUARE, [0, 2, 1, 3]) == pytest.approx(4)
    assert scoring.score(SQUARE, [0, 1, 2, 3]) == pytest.approx(2 + 2 * 2**0.5)
    assert scoring.score(SQUARE, [1, 2, 3, 0]) == pytest.approx(2 + 2 * 2**0.5)


@pytest.mark.parametrize(
    ("tour", "fault"),
    [
        ([0, 1, 2], "does not visit city 3"),
        ([0, 1, 2, 2], "visits city 2 twice"),
        ([0, 1, 2, 3, 0], "visits city 0 twice"),
        ([0, 1, 2, 4], "there is no city 4: they are 0 to 3"),
        ([0, 1, 2, -1], "there is no city -1"),
        ([0, 1, 2, 3.0], "there is no city 3.0"),
        ([0, 1, 2, True], "there is no city True"),
        ([0, 1, 2, "3" * 1000], "there is no city '3"),
        (4.0, "is not a list"),
        (None, "is not a list"),
    ],
)
def test_what_is_no_tour_is_refused_with_the_reason(tour: Any, fault: str) -> None:
    with pytest.raises(InvalidSolution, match=fault) as caught:
        scoring.score(SQUARE, tour)
    assert len(str(caught.value)) < 120


def test_a_heuristic_sees_the_nearest_fifty_cities_in_order_and_can_change_nothing() -> None:
    calls: list[tuple[int, list[int]]] = []

    def watch(current: int, destination: int, unvisited: np.ndarray, distance: np.ndarray) -> int:
        far = distance[current, unvisited]
        assert destination == 0
        assert (np.diff(far) >= 0).all()
        assert not distance.flags.writeable
        calls.append((current, unvisited.tolist()))
        chosen = int(unvisited[-1])
        unvisited[:] = 0  # its own copy
        return chosen

    (instance,) = scoring.uniform(1, 60, seed=1)
    tour = driver.solve(watch, instance.data)
    assert [len(listed) for _, listed in calls] == [50] * 10 + list(range(49, 0, -1))
    assert [current for current, _ in calls] == tour[:-1]
    for step, (_, listed) in enumerate(calls):
        assert not set(listed) & set(tour[: step + 1])
    assert scoring.score(instance.data, tour) > 0


@pytest.mark.parametrize("chosen", [0, 4, -1])
def test_a_city_that_is_not_listed_ends_the_tour(chosen: int) -> None:
    with pytest.raises(ValueError, match=f"step 1: {chosen} is none of the unvisited cities"):
        driver.solve(lambda *_: chosen, SQUARE)


def test_instances_are_the_same_whenever_they_are_drawn() -> None:
    assert scoring.instances() == scoring.instances()
    names = [each.name for instances in scoring.held_out().values() for each in instances]
    assert len(set(names)) == len(names)
