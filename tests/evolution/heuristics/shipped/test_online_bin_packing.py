import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics.shipped.online_bin_packing import (
    driver,
    fast_driver,
    scoring,
    vectorised,
)
from solvitur.evolution.heuristics.shipped.online_bin_packing.seeds import best_fit, first_fit

Score = Callable[[int, np.ndarray], np.ndarray]
DATA = {"items": [6, 5, 4, 5], "capacity": 10}
ITEMS = st.lists(st.integers(1, 10), min_size=1, max_size=60)


def differences(item: int, bins: np.ndarray) -> np.ndarray:
    """Scores that depend on the bin listed before, as some that FunSearch found."""
    widest = bins.max()
    scores = (bins - widest) ** 2 / item + bins**2 / item**2 + bins**2 / item**3
    scores[bins > item] = -scores[bins > item]
    scores[1:] -= scores[:-1]
    return scores


def by_the_mean(item: int, bins: np.ndarray) -> np.ndarray:
    """Scores that depend on how many empty bins are listed."""
    return -np.abs(bins - 0.9 * bins.mean())


def last(item: int, bins: np.ndarray) -> np.ndarray:
    return np.arange(len(bins))


def by_the_place(item: int, bins: np.ndarray) -> np.ndarray:
    """The tenth bin listed, unless the item fits one exactly."""
    return 9 * (bins == item) - np.abs(np.arange(len(bins)) - 9)


def later_by_the_count(item: int, bins: np.ndarray) -> np.ndarray:
    """Best fit, until there is a bin with room for exactly this item."""
    return -bins if (bins == item).any() and len(bins) > 40 else item - bins


SCORES: list[Score] = [
    first_fit.score,
    best_fit.score,
    differences,
    by_the_mean,
    last,
    by_the_place,
    later_by_the_count,
]


@pytest.mark.parametrize("heuristic", SCORES)
@pytest.mark.parametrize("instances", [scoring.weibull(1, 600, 1), scoring.uniform(2, 300, 2)])
def test_the_fast_driver_packs_as_the_one_that_lists_all_bins(
    heuristic: Score, instances: tuple[Any, ...]
) -> None:
    for each in instances:
        assert fast_driver.solve(heuristic, each.data) == driver.solve(heuristic, each.data)


@settings(max_examples=60, deadline=None)
@given(ITEMS, st.integers(0, 10_000))
def test_the_fast_driver_packs_alike_whatever_the_score_of_a_bin_by_its_room(
    items: list[int], seed: int
) -> None:
    table = np.random.RandomState(seed).randint(0, 5, (11, 11))
    data = {"items": items, "capacity": 10}
    assert fast_driver.solve(lambda item, bins: table[item, bins], data) == driver.solve(
        lambda item, bins: table[item, bins], data
    )


@pytest.mark.parametrize("heuristic", [best_fit.score, differences, by_the_place])
def test_the_fast_driver_shows_fewer_bins(heuristic: Score) -> None:
    seen: list[int] = []

    def watch(item: int, bins: np.ndarray) -> np.ndarray:
        seen.append(len(bins))
        return heuristic(item, bins)

    (instance,) = scoring.weibull(1, 2_000, 1)
    driver.solve(watch, instance.data)
    listed = sum(seen)
    seen.clear()
    fast_driver.solve(watch, instance.data)
    assert sum(seen) < listed / 3


@settings(max_examples=40, deadline=None)
@given(ITEMS)
def test_packings_made_all_at_once_are_those_made_item_by_item(items: list[int]) -> None:
    data = {"items": items, "capacity": 10}
    rules = [(first_fit.score, vectorised.first_fit), (best_fit.score, vectorised.best_fit)]
    for heuristic, rule in rules:
        packing = driver.solve(heuristic, data)
        assert packing == vectorised.packings(np.array([items]), 10, rule)[0].tolist()
        assert scoring.score(data, packing) == len(set(packing))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 10), min_size=1, max_size=5))
def test_no_packing_has_fewer_bins_than_the_best_of_all(items: list[int]) -> None:
    instance = scoring.instance("small", items, 10)

    def loads(packing: tuple[int, ...]) -> list[int]:
        return [
            sum(size for size, into in zip(items, packing, strict=True) if into == each)
            for each in set(packing)
        ]

    fewest = min(
        len(set(packing))
        for packing in itertools.product(range(len(items)), repeat=len(items))
        if max(loads(packing)) <= 10
    )
    assert instance.reference is not None
    assert instance.reference <= fewest
    for heuristic in SCORES:
        assert scoring.score(instance.data, driver.solve(heuristic, instance.data)) >= fewest


def test_a_heuristic_sees_all_bins_with_room_in_the_order_in_which_they_were_opened() -> None:
    seen: list[list[int]] = []

    def watch(item: int, bins: np.ndarray) -> np.ndarray:
        seen.append(bins.tolist())
        scores = item - bins
        bins[:] = 0  # its own copy
        return scores

    packing = driver.solve(watch, DATA)
    assert seen == [[10, 10, 10, 10], [10, 10, 10], [4, 5, 10, 10], [5, 10, 10]]
    assert packing == [0, 1, 0, 1]
    assert scoring.score(DATA, packing) == 2


def test_the_excess_is_that_of_all_bins_over_all_lower_bounds() -> None:
    instances = [scoring.instance("a", [6, 6], 10), scoring.instance("b", [5, 5, 5], 10)]
    assert [each.reference for each in instances] == [2, 2]
    assert scoring.aggregate(instances, [2.0, 3.0]) == 25.0
    items = np.array([[6, 6, 6, 6], [5, 5, 5, 5]])
    chosen = vectorised.packings(items, 10, vectorised.first_fit)
    assert vectorised.excess(items, 10, chosen) == pytest.approx(100 * 1 / 5)


@pytest.mark.parametrize(
    ("packing", "fault"),
    [
        ([0, 1, 0], "is not a list of 4 bins"),
        ([0, 0, 1, 1], "item 1 does not fit into bin 0"),
        ([0, 1, 0, 4], "item 3 is put into 4, which is no bin"),
        ([0, 1, 0, -1], "item 3 is put into -1"),
        ([0, 1, 0, 1.0], "item 3 is put into 1.0"),
        ([0, 1, 0, True], "item 3 is put into True"),
        ({"0": 1}, "is not a list"),
        (2, "is not a list"),
    ],
)
def test_what_is_no_packing_is_refused_with_the_reason(packing: Any, fault: str) -> None:
    with pytest.raises(InvalidSolution, match=fault):
        scoring.score(DATA, packing)


def test_drawn_sizes_are_those_of_their_distribution() -> None:
    weibull = np.array([each.data["items"] for each in scoring.instances()])
    assert weibull.shape == (5, 5_000)
    assert (weibull.min(), weibull.max() <= 100) == (1, True)
    assert weibull.mean() == pytest.approx(45 * 0.8930 - 0.5, abs=0.3)
    uniform = np.array([each.data["items"] for each in scoring.uniform(20, 500, 3)])
    assert (uniform.min(), uniform.max()) == (20, 100)
    assert uniform.mean() == pytest.approx(60, abs=0.7)
