"""The survivors: the best that differ, as many as there is room for."""

from enum import StrEnum
from typing import Generic

from solvitur.errors import ConfigError
from solvitur.search.member import Content, Member, best_first
from solvitur.search.novelty import ByBehaviour, Novelty


class Admission(StrEnum):
    """What became of a candidate that was to join others."""

    kept = "kept"
    twin = "twin"
    """One that does the same is there already."""
    worse = "worse"
    """There is no room for one that is not better."""


class Population(Generic[Content]):
    """The best candidates that differ from each other.

    Whoever is added in whatever order, the survivors are the same but for which of two twins stays:
    that is the better one, and of equals the first.

    Args:
        size: How many survive.
        novelty: Says who is new.

    Example:
        >>> survivors = Population(2)
        >>> [str(survivors.add(Member(number, "", {"a": score}, score)))
        ...  for number, score in enumerate([3.0, 2.0, 2.0, 1.0])]
        ['kept', 'kept', 'twin', 'kept']
        >>> [member.score for member in survivors.members]
        [1.0, 2.0]
    """

    def __init__(self, size: int, novelty: Novelty | None = None) -> None:
        if size < 1:
            raise ConfigError("a population has room for one at least")
        self.size = size
        self._novelty = novelty or ByBehaviour()
        self.members: tuple[Member[Content], ...] = ()
        """Best first."""

    def add(self, member: Member[Content]) -> Admission:
        """Let a candidate join, unless it is nothing new or there is no room for it."""
        twin = self._novelty.twin(member, self.members)
        if twin is not None and twin.score <= member.score:
            return Admission.twin
        others = [each for each in self.members if each is not twin]
        self.members = best_first([*others, member])[: self.size]
        return Admission.kept if member in self.members else Admission.worse

    def pool(self, number: int) -> tuple[Member[Content], ...]:
        """Give those of which the parents of the candidate with this number are taken."""
        return self.members
