"""On how many instances a candidate is tried before it is given up.

Candidates come one by one, so that each is compared with those before it: on one whole instance
first, which ranks almost like all of them, while a part of an instance does not.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Scores = Mapping[str, float]
"""By instance; smaller is better."""


class Racing(Protocol):
    """Decides how far a candidate is tried."""

    def rungs(self, count: int) -> tuple[int, ...]:
        """Say after how many of all instances it is decided whether to go on; the last is all."""
        ...

    def goes_on(self, scores: Scores, rivals: Sequence[Scores]) -> bool:
        """Decide whether a candidate is tried on more.

        Args:
            scores: Its own so far.
            rivals: Those of others, of whom each was tried on these instances at least, best first.
        """
        ...


@dataclass(frozen=True)
class Whole:
    """Tries everyone on everything."""

    def rungs(self, count: int) -> tuple[int, ...]:
        """There is one rung, the last."""
        return (count,)

    def goes_on(self, scores: Scores, rivals: Sequence[Scores]) -> bool:
        """Never give up."""
        return True


@dataclass(frozen=True)
class Halving:
    """Goes on with those that are among the best so far (successive halving, as they come).

    Example:
        >>> racing = Halving(keep=0.5)
        >>> racing.rungs(8)
        (1, 2, 4, 8)
        >>> racing.goes_on({"a": 3.0}, [{"a": 1.0}, {"a": 2.0}, {"a": 2.5}, {"a": 4.0}])
        False
    """

    keep: float = 0.5
    """The share that goes on from each rung."""
    first: int = 1
    """Whole instances of the first rung."""
    factor: int = 2
    """How many times as many the next one has."""
    fewest: int = 4
    """Rivals that there have to be, before anyone is given up."""

    def rungs(self, count: int) -> tuple[int, ...]:
        """Begin with few, and multiply."""
        found, reached = [], self.first
        while reached < count:
            found.append(reached)
            reached *= max(2, self.factor)
        return (*found, count)

    def goes_on(self, scores: Scores, rivals: Sequence[Scores]) -> bool:
        """Go on with whom fewer than the share of all are better than."""
        if len(rivals) < self.fewest:
            return True
        own = math.fsum(scores.values())
        better = sum(math.fsum(rival[name] for name in scores) < own for rival in rivals)
        return better < self.keep * (len(rivals) + 1)


@dataclass(frozen=True)
class RankTest:
    """Gives up only who is worse for sure: by a signed-rank test against the best rival.

    It takes five instances at least to be sure, and spares less than `Halving`; it errs as seldom
    as it says.

    Example:
        >>> worse = {name: 2.0 for name in "abcdef"}
        >>> RankTest().goes_on(worse, [{name: 1.0 for name in "abcdef"}])
        False
        >>> RankTest().goes_on({"a": 2.0}, [{"a": 1.0}])
        True
    """

    level: float = 0.05
    """How often one that is as good is given up."""
    first: int = 5
    """Instances of the first rung."""

    def rungs(self, count: int) -> tuple[int, ...]:
        """Begin with as many as can decide anything, and double."""
        return Halving(first=self.first).rungs(count)

    def goes_on(self, scores: Scores, rivals: Sequence[Scores]) -> bool:
        """Go on unless the best rival is better beyond doubt."""
        if not rivals:
            return True
        behind = [own - rivals[0][name] for name, own in scores.items()]
        return signed_rank(behind) > self.level


def signed_rank(differences: Sequence[float]) -> float:
    """Give how likely differences as positive as these are, where there is none (Wilcoxon, 1945).

    Exact, with equal sizes sharing their ranks; what is zero says nothing and is left out.

    Example:
        >>> signed_rank([1.0, 2.0, 3.0, 4.0, 5.0]), signed_rank([1.0, -1.0])
        (0.03125, 0.75)
    """
    told = [each for each in differences if each]
    ranks = _double_ranks([abs(each) for each in told])
    reached = sum(rank for rank, each in zip(ranks, told, strict=True) if each > 0)
    ways = [1] + [0] * sum(ranks)  # for each sum of positive ranks, how many choices of signs
    top = 0
    for rank in ranks:
        top += rank
        for total in range(top, rank - 1, -1):
            ways[total] += ways[total - rank]
    return sum(ways[reached:]) / float(2 ** len(ranks))


def _double_ranks(sizes: Sequence[float]) -> list[int]:
    """Rank from the smallest, twice the rank: equals share a mean that may be a half."""
    return [
        2 * sum(other < size for other in sizes) + sum(other == size for other in sizes) + 1
        for size in sizes
    ]
