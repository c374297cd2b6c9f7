"""Who becomes a parent."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from solvitur.search.member import Content, Member


class Selection(Protocol):
    """Chooses parents."""

    def pick(
        self, members: Sequence[Member[Content]], count: int, random: Random
    ) -> tuple[Member[Content], ...]:
        """Choose different members; all of them where there are no more than asked for.

        Args:
            members: Best first.
            count: How many.
            random: All chance comes from here.
        """
        ...


@dataclass(frozen=True)
class RankWeighted:
    """The better the likelier: one of rank r among n has the weight 1 / (r + n), from 1.

    Example:
        >>> members = [Member(number, "", {}, float(number)) for number in range(5)]
        >>> chosen = RankWeighted().pick(members, 2, Random(1))
        >>> len({member.number for member in chosen})
        2
    """

    def pick(
        self, members: Sequence[Member[Content]], count: int, random: Random
    ) -> tuple[Member[Content], ...]:
        """Choose by rank, nobody twice."""
        left = [(1 / (rank + len(members)), each) for rank, each in enumerate(members, 1)]
        chosen: list[Member[Content]] = []
        while left and len(chosen) < count:
            (taken,) = random.choices(range(len(left)), [weight for weight, _ in left])
            chosen.append(left.pop(taken)[1])
        return tuple(chosen)


@dataclass(frozen=True)
class Tournament:
    """The best of some that are drawn alike."""

    size: int = 3
    """How many are drawn for each parent."""

    def pick(
        self, members: Sequence[Member[Content]], count: int, random: Random
    ) -> tuple[Member[Content], ...]:
        """Hold a tournament for each, nobody wins twice."""
        left = list(members)
        chosen: list[Member[Content]] = []
        while left and len(chosen) < count:
            drawn = random.sample(range(len(left)), min(self.size, len(left)))
            chosen.append(left.pop(min(drawn)))
        return tuple(chosen)
