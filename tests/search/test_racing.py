"""Racing: who is tried further, against scipy and brute force."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from solvitur.search import Halving, RankTest, Whole, signed_rank


@given(st.permutations(range(1, 13)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_the_signed_rank_test_agrees_with_scipy(sizes: list[int], signs: list[bool]) -> None:
    differences = [float(s if positive else -s) for s, positive in zip(sizes, signs, strict=True)]
    expected = wilcoxon(differences, alternative="greater", method="exact").pvalue
    assert signed_rank(differences) == pytest.approx(expected)


@given(st.lists(st.sampled_from([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]), max_size=8))
def test_with_ties_it_counts_all_choices_of_signs(differences: list[float]) -> None:
    sizes = [abs(each) for each in differences if each]

    def rank(size: float) -> float:
        return sum(s < size for s in sizes) + (sum(s == size for s in sizes) + 1) / 2

    def statistic(signs: tuple[bool, ...]) -> float:
        return sum(rank(size) for size, sign in zip(sizes, signs, strict=True) if sign)

    own = statistic(tuple(each > 0 for each in differences if each))
    every = [statistic(each) for each in itertools.product([False, True], repeat=len(sizes))]
    expected = sum(each >= own for each in every) / len(every)
    assert signed_rank(differences) == pytest.approx(expected)


@given(st.integers(1, 6), st.integers(2, 4), st.integers(1, 200))
def test_the_first_rung_is_whole_instances_and_the_last_is_all(
    first: int, factor: int, count: int
) -> None:
    rungs = Halving(first=first, factor=factor).rungs(count)
    assert rungs[-1] == count
    assert rungs[0] == min(first, count)
    assert list(rungs) == sorted(set(rungs))


@given(st.lists(st.floats(0, 100), min_size=20, max_size=60), st.sampled_from([0.25, 0.5, 1.0]))
def test_halving_lets_about_the_share_go_on_and_never_gives_up_the_best(
    scores: list[float], keep: float
) -> None:
    racing = Halving(keep=keep)
    rivals: list[dict[str, float]] = []
    for score in scores:
        if racing.goes_on({"a": score}, rivals):
            pass
        else:
            assert score > min(rival["a"] for rival in rivals)
        rivals.append({"a": score})
    best = min(scores)
    assert racing.goes_on({"a": best}, rivals)


def test_among_four_rivals_at_least_halving_drops_the_worst() -> None:
    rivals = [{"a": float(score)} for score in range(4)]
    assert not Halving().goes_on({"a": 9.0}, rivals)
    assert Halving().goes_on({"a": 9.0}, rivals[:3])


def test_only_instances_that_both_were_tried_on_are_compared() -> None:
    rivals = [{"a": 1.0, "b": 100.0}] * 5
    assert Halving().goes_on({"a": 0.5}, rivals)


def test_the_rank_test_gives_up_one_as_good_no_more_often_than_it_says() -> None:
    random = Random(3)
    names = [str(number) for number in range(12)]
    trials = 2000
    given_up = 0
    for _ in range(trials):
        own, rival = ({name: random.random() for name in names} for _ in range(2))
        given_up += not RankTest(level=0.05).goes_on(own, [rival])
    assert 0.03 < given_up / trials <= 0.06


def test_without_racing_everyone_is_tried_on_everything() -> None:
    assert Whole().rungs(7) == (7,)
    assert Whole().goes_on({"a": 9.0}, [{"a": 0.0}] * 9)
