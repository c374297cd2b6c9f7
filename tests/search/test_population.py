"""Who survives, who is new, who becomes a parent."""

from collections import Counter
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import ConfigError
from solvitur.search import (
    Admission,
    Archive,
    ByBehaviour,
    Elites,
    Islands,
    Member,
    Population,
    RankWeighted,
    Selection,
    Tournament,
)

Found = Member[str]


def member(number: int, *scores: float, content: str = "") -> Found:
    named = {f"i{place}": score for place, score in enumerate(scores)}
    return Member(number, content, named, sum(scores) / len(scores))


some_scores = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=25)


@given(some_scores, st.integers(1, 6))
def test_the_survivors_are_the_best_that_differ(scores: list[float], size: int) -> None:
    population = Population[str](size)
    for number, score in enumerate(scores):
        population.add(member(number, score))
    assert [each.score for each in population.members] == sorted(set(scores))[:size]


@given(some_scores, st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_in_which_they_join_decides_no_score(
    scores: list[float], size: int, random: Random
) -> None:
    one, other = Population[str](size), Population[str](size)
    members = [member(number, score) for number, score in enumerate(scores)]
    for each in members:
        one.add(each)
    random.shuffle(members)
    for each in members:
        other.add(each)
    assert [each.score for each in one.members] == [each.score for each in other.members]


def test_equal_means_of_different_scores_are_two() -> None:
    population = Population[str](3)
    assert population.add(member(0, 1.0, 3.0)) is Admission.kept
    assert population.add(member(1, 3.0, 1.0)) is Admission.kept
    assert population.add(member(2, 1.0, 3.0 + 1e-12)) is Admission.twin


def test_what_was_tried_on_other_instances_is_no_twin() -> None:
    assert ByBehaviour().twin(member(0, 1.0), [member(1, 1.0, 1.0)]) is None


def test_of_two_that_are_equally_good_the_older_stays() -> None:
    for order in permutations([member(0, 1.0, 3.0), member(1, 3.0, 1.0), member(2, 2.0, 2.0)]):
        population = Population[str](1)
        for each in order:
            population.add(each)
        assert [each.number for each in population.members] == [0]


def test_a_population_of_nobody_is_refused() -> None:
    with pytest.raises(ConfigError, match="one at least"):
        Population[str](0)


@pytest.mark.parametrize("selection", [RankWeighted(), Tournament()])
@given(count=st.integers(1, 5), there=st.integers(0, 8), seed=st.integers(0, 99))
def test_nobody_is_chosen_twice(selection: Selection, count: int, there: int, seed: int) -> None:
    members = [member(number, float(number)) for number in range(there)]
    chosen = selection.pick(members, count, Random(seed))
    assert len(chosen) == len({each.number for each in chosen}) == min(count, there)
    assert chosen == selection.pick(members, count, Random(seed))


def test_parents_are_drawn_by_their_rank() -> None:
    members = [member(number, float(number)) for number in range(4)]
    random = Random(5)
    drawn = Counter(RankWeighted().pick(members, 1, random)[0].number for _ in range(20_000))
    weights = [1 / (rank + 4) for rank in (1, 2, 3, 4)]
    for number, weight in enumerate(weights):
        assert drawn[number] / 20_000 == pytest.approx(weight / sum(weights), abs=0.015)


def test_a_tournament_prefers_the_best() -> None:
    members = [member(number, float(number)) for number in range(6)]
    random = Random(5)
    drawn = Counter(Tournament(3).pick(members, 1, random)[0].number for _ in range(2000))
    assert drawn[0] == pytest.approx(1000, abs=80)
    assert drawn[4] == drawn[5] == 0


@pytest.mark.parametrize(
    "archive", [Population[str](4), Islands[str](3, 4), Elites[str](lambda each: each.number % 3)]
)
def test_every_archive_keeps_the_best_of_all(archive: Archive[str]) -> None:
    random = Random(2)
    scores = [random.uniform(1, 2) for _ in range(60)]
    for number, score in enumerate(scores):
        archive.add(member(number, score))
        assert archive.members[0].score == min(scores[: number + 1])
        assert archive.pool(number + 1)
    assert list(archive.members) == sorted(archive.members, key=lambda each: each.score)


def test_the_best_of_an_island_travels_to_the_next_one_only() -> None:
    islands = Islands[str](3, size=2, every=3)
    for number, score in enumerate([1.0, 5.0, 9.0]):
        islands.add(member(number, score))
    homes = [[each.number for each in islands.pool(number)] for number in range(3)]
    assert homes == [[0, 2], [0, 1], [1, 2]]


def test_elites_keep_what_is_good_in_its_own_way() -> None:
    elites = Elites[str](lambda each: len(each.content))
    for number, (content, score) in enumerate([("a", 1.0), ("bb", 9.0), ("cc", 8.0), ("d", 2.0)]):
        elites.add(member(number, score, content=content))
    assert [each.content for each in elites.members] == ["a", "cc"]
