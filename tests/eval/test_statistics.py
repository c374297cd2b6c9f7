"""Every figure agrees with another implementation of it, on random data."""

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
import scipy.stats
import statsmodels.regression.linear_model
import statsmodels.stats.contingency_tables
import statsmodels.stats.proportion
from hypothesis import given
from hypothesis import strategies as st

from solvitur.eval.statistics import (
    Values,
    bootstrap,
    difference,
    flips,
    mcnemar,
    mean,
    paired,
    share,
    standard_error,
    wilson,
)

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
truths = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def drawn(seed: int, *, problems: int = 40, uneven: bool = False, binary: bool = True) -> Values:
    """Answers to problems of which some are hard and others easy."""
    draw = random.Random(seed)
    made = {}
    for problem in range(problems):
        chance = draw.betavariate(0.7, 0.7)
        epochs = draw.randint(1, 6) if uneven else 4
        values = [draw.random() for _ in range(epochs)]
        made[f"p{problem}"] = [float(v < chance) if binary else v + chance for v in values]
    return made


def flat(values: Values) -> tuple[list[float], list[int]]:
    pairs = [(v, n) for n, each in enumerate(values.values()) for v in each]
    return [v for v, _ in pairs], [n for _, n in pairs]


# --- shares --------------------------------------------------------------------------------------


@given(counts)
def test_a_shares_interval_is_scipys_and_statsmodels_wilson(count: tuple[int, int]) -> None:
    right, total = count
    theirs = scipy.stats.binomtest(right, total).proportion_ci(method="wilson")
    other = statsmodels.stats.proportion.proportion_confint(right, total, method="wilson")
    assert wilson(right, total) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert wilson(right, total) == pytest.approx(other, abs=1e-9)


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_with_one_answer_a_problem_a_share_has_wilsons_interval(answers: list[bool]) -> None:
    found = share({str(n): [float(answer)] for n, answer in enumerate(answers)})
    assert (found.low, found.high) == wilson(sum(answers), len(answers))
    assert found.problems == found.values == len(answers)


@given(st.lists(st.booleans(), min_size=2, max_size=40), st.integers(2, 5))
def test_the_same_answer_again_and_again_says_nothing_more(answers: list[bool], times: int) -> None:
    once = share({str(n): [float(answer)] for n, answer in enumerate(answers)})
    often = share({str(n): [float(answer)] * times for n, answer in enumerate(answers)})
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-9)


def test_answers_that_do_not_depend_on_the_problem_count_about_as_many() -> None:
    draw = random.Random(3)
    values = {str(n): [float(draw.random() < 0.6) for _ in range(5)] for n in range(200)}
    found = share(values)
    assert found.high - found.low == pytest.approx(
        np.diff(wilson(found.value * 1000, 1000))[0], rel=0.15
    )


def test_the_interval_of_a_share_holds_the_truth_nineteen_times_of_twenty() -> None:
    """Twenty problems, four answers each; a problem's answers are alike."""
    held = [share(drawn(seed, problems=20)) for seed in range(600)]
    assert sum(found.low <= 0.5 <= found.high for found in held) / 600 == pytest.approx(
        0.95, abs=0.03
    )


# --- means ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_an_error_clustered_by_problem_is_statsmodels(seed: int, uneven: bool) -> None:
    values = drawn(seed, uneven=uneven, binary=False)
    flatly, groups = flat(values)
    fitted = statsmodels.regression.linear_model.OLS(flatly, np.ones(len(flatly))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(groups)}
    )
    found = mean(values)
    assert found.value == pytest.approx(fitted.params[0])
    assert standard_error(values) == pytest.approx(fitted.bse[0])
    assert (found.low, found.high) == pytest.approx(tuple(fitted.conf_int()[0]))


def test_with_one_answer_a_problem_the_error_is_the_ordinary_one() -> None:
    values = {str(n): [v] for n, v in enumerate([1.0, 4.0, 2.5, 7.0])}
    assert standard_error(values) == pytest.approx(scipy.stats.sem([1.0, 4.0, 2.5, 7.0]))


def test_one_problem_says_nothing_of_others() -> None:
    found = mean({"only": [1.0, 2.0, 3.0]})
    assert (found.low, found.value, found.high) == (2.0, 2.0, 2.0)


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="there are no values"):
        mean({"a": []})


# --- differences ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_a_difference_clustered_by_problem_is_statsmodels(seed: int) -> None:
    one, other = drawn(seed), drawn(seed + 100)
    (first, groups), (second, groups_other) = flat(one), flat(other)
    outcome = [*first, *second]
    which = np.array([[1.0, 1.0]] * len(first) + [[1.0, 0.0]] * len(second))
    fitted = statsmodels.regression.linear_model.OLS(outcome, which).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.array(groups + groups_other), "use_correction": False},
    )
    found = difference(one, other)
    assert found.value == pytest.approx(fitted.params[1])
    reach = 1.959963985 * fitted.bse[1] * math.sqrt(40 / 39)
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 4), st.integers(1, 4))
def test_a_difference_of_unrelated_answers_is_statsmodels_newcombe(
    right: int, wrong: int, times: int, times_other: int
) -> None:
    """Where every answer of one goes with every answer of the other, nothing is correlated."""
    first = [True] * right + [False] * wrong
    second = [True] * times + [False] * times_other
    pairs = [(a, b) for a in first for b in second]
    count = len(pairs)
    hits = [sum(pair[place] for pair in pairs) for place in (0, 1)]
    theirs = statsmodels.stats.proportion.confint_proportions_2indep(
        hits[0], count, hits[1], count, method="newcomb", compare="diff", correction=False
    )
    ours = paired([a for a, _ in pairs], [b for _, b in pairs])
    assert ours[1:] == pytest.approx(theirs, abs=1e-6)


@given(truths)
def test_a_difference_turned_round_is_the_same_turned_round(pairs: list[tuple[bool, bool]]) -> None:
    one, other = zip(*pairs, strict=True)
    gain, low, high = paired(one, other)
    assert paired(other, one) == pytest.approx((-gain, -high, -low), abs=1e-12)
    assert low <= gain <= high


@given(truths)
def test_single_answers_have_newcombes_difference(pairs: list[tuple[bool, bool]]) -> None:
    one, other = ({str(n): [float(p[k])] for n, p in enumerate(pairs)} for k in (0, 1))
    found = difference(one, other)
    expected = paired(*zip(*pairs, strict=True))
    assert (found.value, found.low, found.high) == expected


def test_problems_that_one_run_has_not_are_left_out() -> None:
    found = difference({"a": [1], "b": [0], "c": []}, {"b": [0], "a": [0], "c": [1], "d": [1]})
    assert (found.value, found.problems) == (0.5, 2)
    with pytest.raises(ValueError, match="no problem in common"):
        difference({"a": [1]}, {"b": [1]})


# --- flips ---------------------------------------------------------------------------------------


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_statsmodels_and_scipys(better: int, worse: int) -> None:
    table = [[3, better], [worse, 5]]
    theirs = statsmodels.stats.contingency_tables.mcnemar(table, exact=True).pvalue
    assert mcnemar(better, worse) == pytest.approx(theirs)
    if better + worse:
        binomial = scipy.stats.binomtest(better, better + worse).pvalue
        assert mcnemar(better, worse) == pytest.approx(binomial)


def test_flips_are_counted_once_for_each_problem() -> None:
    one = {"a": [1, 1, 0], "b": [0, 0, 0], "c": [1, 0, 1], "d": [1]}
    other = {"a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 1, 1], "e": [1]}
    found = flips(one, other)
    assert (found.better, found.worse, found.same) == (1, 1, 1)


# --- bootstrap -----------------------------------------------------------------------------------


def middle(drawn: Sequence[Sequence[float]]) -> float:
    return float(np.median([value for each in drawn for value in each]))


def test_the_bootstrap_of_single_values_is_about_scipys() -> None:
    draw = np.random.default_rng(5)
    sample = draw.exponential(size=60)
    theirs = scipy.stats.bootstrap(
        (sample,), np.median, method="percentile", rng=draw, n_resamples=4000
    ).confidence_interval
    found = bootstrap({str(n): [v] for n, v in enumerate(sample)}, middle, draws=1500)
    assert found.value == np.median(sample)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.06)


def test_the_bootstrap_draws_problems_and_not_answers() -> None:
    values = drawn(7)
    wide = bootstrap(values, lambda drawn: float(np.mean([v for each in drawn for v in each])))
    error = standard_error(values)
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = drawn(8)
    one, again = (bootstrap(values, middle, seed=4, draws=200) for _ in range(2))
    assert one == again
    assert bootstrap(values, lambda d: float(len(d[0])), seed=4, draws=50).values == 160
