"""The bandit prefers what improves most for what it costs."""

from collections import Counter
from random import Random

import pytest

from solvitur.search import ByYield

ARMS = ("cheap", "dear", "idle")


def test_it_prefers_gain_per_cost_and_forgets_nobody() -> None:
    bandit, random = ByYield(), Random(1)
    gains = {"cheap": (0.1, 100.0), "dear": (0.2, 1000.0), "idle": (0.0, 100.0)}
    drawn: Counter[str] = Counter()
    for _ in range(600):
        arm = bandit.choose(ARMS, random)
        drawn[arm] += 1
        bandit.learn(arm, *gains[arm])
    assert drawn["cheap"] > drawn["dear"] > drawn["idle"] > 10


def test_what_nobody_tried_is_tried_as_the_best() -> None:
    bandit, random = ByYield(), Random(1)
    bandit.learn("cheap", 1.0, 1.0)
    drawn = Counter(bandit.choose(ARMS, random) for _ in range(3000))
    assert all(count == pytest.approx(1000, abs=100) for count in drawn.values())


def test_without_any_gain_all_are_drawn_alike() -> None:
    bandit, random = ByYield(), Random(1)
    for arm in ARMS:
        bandit.learn(arm, 0.0, 10.0)
    drawn = Counter(bandit.choose(ARMS, random) for _ in range(3000))
    assert all(count == pytest.approx(1000, abs=100) for count in drawn.values())


def test_it_notices_when_a_way_is_used_up() -> None:
    bandit, random = ByYield(), Random(1)
    for _ in range(50):
        bandit.learn("cheap", 1.0, 1.0)
        bandit.learn("dear", 0.1, 1.0)
    for _ in range(100):
        bandit.learn("cheap", 0.0, 1.0)
    drawn = Counter(bandit.choose(("cheap", "dear"), random) for _ in range(1000))
    assert drawn["dear"] > 800


def test_to_lose_is_to_gain_nothing() -> None:
    bandit = ByYield()
    bandit.learn("cheap", -5.0, 1.0)
    assert bandit.choose(("cheap",), Random(1)) == "cheap"
