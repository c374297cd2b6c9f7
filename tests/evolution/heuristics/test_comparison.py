import asyncio
from dataclasses import replace

import pytest

from solvitur.evolution.heuristics import Comparison, Instance, Problem, compare
from solvitur.evolution.heuristics.problem import Argument, Function

GUESS = Problem(
    name="guess",
    description="Guess a number.",
    function=Function("guess", (Argument("hint", "int", "near it"),), "int", "the number"),
    driver="def solve(heuristic, instance): return heuristic(instance)",
    score=lambda hint, found: abs(found - 2 * hint),
    instances=(Instance("one", 1), Instance("two", 2)),
    held_out={"large": (Instance("one", 30),)},
    seeds={"the hint": "def guess(hint): return hint"},
    measure="distance",
)
NEW = {
    "small": "def guess(hint): return min(2 * hint, 10)",
    "fragile": "def guess(hint): return 2 * hint // (hint < 10)",
    "good": "def guess(hint): return 2 * hint",
}


@pytest.fixture(scope="module")
def found() -> Comparison:
    return asyncio.run(compare(GUESS, NEW))


def test_each_heuristic_stands_beside_the_known_ones_on_every_set(found: Comparison) -> None:
    assert {each.name: each.scores for each in found.standings} == {
        "small": {"training": 0.0, "large": 50.0},
        "fragile": {"training": 0.0, "large": None},
        "good": {"training": 0.0, "large": 0.0},
        "the hint": {"training": 1.5, "large": 30.0},
    }


def test_as_a_text_it_is_a_table(found: Comparison) -> None:
    assert str(found).splitlines() == [
        "| distance | training | large |",
        "| --- | ---: | ---: |",
        "| small | 0.0000 | 50.0000 |",
        "| fragile | 0.0000 | failed |",
        "| good | 0.0000 | 0.0000 |",
        "| the hint | 1.5000 | 30.0000 |",
    ]


def test_it_says_where_a_heuristic_is_worse_than_a_known_one(found: Comparison) -> None:
    assert found.worse == (
        "small is worse than the hint on large: 50.0000, not 30.0000",
        "fragile is worse than the hint on large: failed, not 30.0000",
    )


def test_where_nothing_is_known_nothing_is_worse() -> None:
    alone = asyncio.run(compare(replace(GUESS, seeds={}), {"small": NEW["small"]}))
    assert [each.name for each in alone.standings] == ["small"]
    assert alone.worse == ()
    assert asyncio.run(compare(GUESS, {})).worse == ()


def test_the_driver_with_the_last_word_has_it() -> None:
    twice = "def solve(heuristic, instance): return 2 * heuristic(instance)"
    fast = replace(GUESS, exact_driver=twice, seeds={})
    (standing,) = asyncio.run(compare(fast, {"good": NEW["good"]})).standings
    assert standing.scores == {"training": 3.0, "large": 60.0}
