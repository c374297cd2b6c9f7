"""Shares, means and differences, with intervals that answers to one problem do not make narrow.

Values come by problem: one value for each time (epoch) that the problem was answered, such as
``{"easy-01": [1, 1, 0], "easy-02": [0, 0, 0]}``. Answers to one problem are alike, so more epochs
say more of the problems there are, and nothing of others: everything here counts problems as what
was drawn (Miller 2024, *Adding error bars to evals*). Intervals are at 95 %.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

Values = Mapping[str, Sequence[float]]
"""Values by problem; each problem has one or more."""

LEVEL = 0.95
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval."""

    value: float
    low: float
    """The lower end; equal to `value` where one problem says nothing of others."""
    high: float
    values: int
    """How many values it is made of."""
    problems: int
    """How many problems those are of."""

    def __str__(self) -> str:
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True)
class Flips:
    """How often two runs differ on the same problem, and whether chance would do as much."""

    better: int
    """Problems on which the first is better."""
    worse: int
    same: int
    p_value: float
    """Of the exact two-sided test that a flip goes either way alike (McNemar 1947)."""


# --- one run -------------------------------------------------------------------------------------


def wilson(right: float, count: float) -> tuple[float, float]:
    """Give the interval of a share (Wilson 1927).

    Args:
        right: How many have it.
        count: Of how many, above 0; need not be whole where answers depend on each other.

    Example:
        >>> [round(end, 4) for end in wilson(81, 263)]
        [0.2553, 0.3662]
    """
    share, square = right / count, _Z * _Z
    middle = share + square / (2 * count)
    spread = _Z * math.sqrt(max(0.0, share * (1 - share) / count + square / (4 * count * count)))
    low, high = (middle - spread) / (1 + square / count), (middle + spread) / (1 + square / count)
    return max(0.0, low), min(1.0, high)


def share(values: Values) -> Estimate:
    """Estimate how often something is so; values are 0 or 1.

    With one answer a problem it is Wilson's interval. With more it is that of fewer answers: as
    many as would be worth the same if they were independent (Korn and Graubard 1998), never more
    than there are, and where all are alike no more than there are problems.

    Example:
        >>> print(share({"a": [1], "b": [1], "c": [0], "d": [1]}))
        0.75 (0.3006 to 0.9544)
        >>> print(share({"a": [1, 1], "b": [1, 1], "c": [0, 0], "d": [1, 1]}))
        0.75 (0.3006 to 0.9544)
    """
    found = mean(values)
    low, high = wilson(found.value * (worth := _worth(values, found)), worth)
    return Estimate(found.value, low, high, found.values, found.problems)


def mean(values: Values) -> Estimate:
    """Estimate a mean over all values, with the interval of errors clustered by problem.

    The interval is a normal one; of fewer than some thirty problems, take `bootstrap`.

    Example:
        >>> print(mean({"a": [1.0, 3.0], "b": [4.0, 4.0]}))
        3 (1.04 to 4.96)
    """
    values = _some(values)
    found = fmean(value for each in values.values() for value in each)
    reach = _Z * standard_error(values)
    return Estimate(found, found - reach, found + reach, _count(values), len(values))


def standard_error(values: Values) -> float:
    """Give the standard error of the mean over all values, clustered by problem.

    It is the sandwich estimator with the factor G / (G - 1) of G problems, and 0 of a single one,
    of which nothing can be said.
    """
    values = _some(values)
    return _clustered(_pulls(values))


def bootstrap(
    values: Values,
    figure: Callable[[Sequence[Sequence[float]]], float],
    *,
    seed: int = 0,
    draws: int = 2000,
) -> Estimate:
    """Estimate any figure of the values, by drawing problems again with all their values.

    Args:
        values: The values.
        figure: Computes the figure from the values of each problem.
        seed: Where the draws begin; the same seed gives the same interval.
        draws: How many; the interval is between their percentiles.

    Example:
        >>> costs = {"a": [1.0], "b": [2.0], "c": [9.0]}
        >>> bootstrap(costs, lambda drawn: max(each[0] for each in drawn)).value
        9.0
    """
    listed = list(_some(values).values())
    draw = random.Random(seed)
    found = sorted(figure(draw.choices(listed, k=len(listed))) for _ in range(draws))
    low, high = (_percentile(found, part) for part in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(figure(listed), low, high, _count(values), len(listed))


# --- two runs ------------------------------------------------------------------------------------


def difference(one: Values, other: Values) -> Estimate:
    """Estimate how much larger the mean of one run is than that of another, on the same problems.

    Where each problem has one answer that is 0 or 1 in both, the interval is Newcombe's
    (`paired`); else a normal one, of errors clustered by problem. Problems that only one of the two
    has are left out.

    Example:
        >>> print(difference({"a": [1], "b": [1], "c": [1]}, {"a": [1], "b": [0], "c": [0]}))
        0.6667 (-0.05857 to 0.9385)
    """
    one, other = _common(one, other)
    if all(_is_single(each) for each in (*one.values(), *other.values())):
        found = paired(*([bool(each[0]) for each in run.values()] for run in (one, other)))
        return Estimate(*found, len(one), len(one))
    return mean_difference(one, other)


def mean_difference(one: Values, other: Values) -> Estimate:
    """Estimate the same of values that are no shares, such as seconds; the interval is normal.

    Example:
        >>> print(mean_difference({"a": [1], "b": [1]}, {"a": [1], "b": [1]}))
        0 (0 to 0)
    """
    one, other = _common(one, other)
    value = mean(one).value - mean(other).value
    pulls, pulls_other = _pulls(one), _pulls(other)
    reach = _Z * _clustered([a - b for a, b in zip(pulls, pulls_other, strict=True)])
    count = _count(one) + _count(other)
    return Estimate(value, value - reach, value + reach, count, len(one))


def paired(one: Sequence[bool], other: Sequence[bool]) -> tuple[float, float, float]:
    """Give how much larger the first share is than the other of the same problems.

    With its interval (Newcombe 1998, method 10), which goes by how often the two differ.

    Example:
        >>> one = [True] * 48 + [False] * 2
        >>> other = [True] * 36 + [False] * 14
        >>> [round(part, 3) for part in paired(one, other)]
        [0.24, 0.114, 0.373]
    """
    count = len(one)
    pairs = list(zip(one, other, strict=True))
    both, first, second, neither = (
        pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))
    )
    shares = (both + first) / count, (both + second) / count
    (low, high), (low_other, high_other) = (wilson(n, count) for n in (both + first, both + second))
    phi = _phi(both, first, second, neither)
    gain = shares[0] - shares[1]
    down, down_other = shares[0] - low, high_other - shares[1]
    up, up_other = high - shares[0], shares[1] - low_other
    below = math.sqrt(max(0.0, down**2 - 2 * phi * down * down_other + down_other**2))
    above = math.sqrt(max(0.0, up**2 - 2 * phi * up * up_other + up_other**2))
    return gain, gain - below, gain + above


def flips(one: Values, other: Values) -> Flips:
    """Count the problems on which two runs differ, with McNemar's exact test.

    A problem that was answered several times counts once, for the run that has the larger mean on
    it. Problems that only one of the two has are left out.

    Example:
        >>> flips({"a": [1], "b": [1], "c": [0]}, {"a": [0], "b": [1], "c": [0]})
        Flips(better=1, worse=0, same=2, p_value=1.0)
    """
    one, other = _common(one, other)
    gains = [fmean(one[problem]) - fmean(other[problem]) for problem in one]
    better, worse = sum(gain > 1e-12 for gain in gains), sum(gain < -1e-12 for gain in gains)
    return Flips(better, worse, len(gains) - better - worse, mcnemar(better, worse))


def mcnemar(better: int, worse: int) -> float:
    """Give the p-value of McNemar's exact test, of the pairs that differ either way.

    Example:
        >>> mcnemar(1, 8)
        0.0390625
    """
    count = better + worse
    tail = sum(math.comb(count, n) for n in range(min(better, worse) + 1))
    return min(1.0, tail / (1 << count) * 2)


# --- the parts -----------------------------------------------------------------------------------


def _some(values: Values) -> Values:
    """Leave out problems without values; refuse when none are left."""
    found = {problem: each for problem, each in values.items() if each}
    if not found:
        raise ValueError("there are no values to estimate anything from")
    return found


def _common(one: Values, other: Values) -> tuple[Values, Values]:
    shared = [problem for problem in one if one[problem] and other.get(problem)]
    if not shared:
        raise ValueError("the two have no problem in common, so there is nothing to compare")
    return {p: one[p] for p in shared}, {p: other[p] for p in shared}


def _is_single(values: Sequence[float]) -> bool:
    return len(values) == 1 and values[0] in (0, 1)


def _count(values: Values) -> int:
    return sum(map(len, values.values()))


def _pulls(values: Values) -> list[float]:
    """How far each problem pulls the mean over all values from what it is."""
    count = _count(values)
    middle = fmean(value for each in values.values() for value in each)
    return [math.fsum(value - middle for value in each) / count for each in values.values()]


def _clustered(pulls: Sequence[float]) -> float:
    problems = len(pulls)
    if problems < 2:
        return 0.0
    return math.sqrt(problems / (problems - 1) * math.fsum(pull * pull for pull in pulls))


def _worth(values: Values, found: Estimate) -> float:
    """How many independent answers would tell as much of the share."""
    if found.values == found.problems:
        return found.values
    spread = found.value * (1 - found.value)
    variance = standard_error(values) ** 2
    if found.problems < 2 or spread <= 1e-12 or variance <= 0:
        return found.problems
    # without G / (G - 1), which Wilson's interval of single answers has not either
    variance *= (found.problems - 1) / found.problems
    return min(found.values, spread / variance)


def _phi(both: int, first: int, second: int, neither: int) -> float:
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    excess: float = both * neither - first * second
    if excess > 0:
        excess = max(excess - (both + first + second + neither) / 2, 0)
    return excess / math.sqrt(product) if product else 0.0


def _percentile(ordered: Sequence[float], part: float) -> float:
    place = part * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
