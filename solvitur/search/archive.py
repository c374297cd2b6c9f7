"""What is remembered of a search besides one population: islands, and the best of each kind."""

from collections.abc import Callable, Hashable
from typing import Generic, Protocol

from solvitur.errors import ConfigError
from solvitur.search.member import Content, Member, best_first
from solvitur.search.novelty import ByBehaviour, Novelty
from solvitur.search.population import Admission, Population


class Archive(Protocol[Content]):
    """Keeps candidates, and says of whom the next is made. A `Population` is one."""

    @property
    def members(self) -> tuple[Member[Content], ...]:
        """All that are kept, best first."""
        ...

    def add(self, member: Member[Content]) -> Admission:
        """Let a candidate join, or not."""
        ...

    def pool(self, number: int) -> tuple[Member[Content], ...]:
        """Give those of which the parents of the candidate with this number are taken."""
        ...


class Islands(Generic[Content]):
    """Populations that go their own ways, and now and then hear of a neighbour's best.

    A candidate belongs to the island of its number: 0, 1, 2 and from the front again. After each
    ``every`` candidates that joined, the best of every island goes to the next one as well.

    Args:
        count: How many islands.
        size: How many survive on each.
        every: How many join between two voyages.
        novelty: Says who is new on an island.

    Example:
        >>> islands = Islands(2, size=1, every=3)
        >>> for number, score in enumerate([5.0, 3.0, 4.0]):
        ...     _ = islands.add(Member(number, "", {"a": score}, score))
        >>> [[member.number for member in islands.pool(island)] for island in (0, 1)]
        [[1], [1]]
    """

    def __init__(
        self, count: int, size: int, *, every: int = 20, novelty: Novelty | None = None
    ) -> None:
        if count < 1 or every < 1:
            raise ConfigError("there is one island at least, and a voyage after one at least")
        self._islands = tuple(Population[Content](size, novelty) for _ in range(count))
        self._every = every
        self._joined = 0

    @property
    def members(self) -> tuple[Member[Content], ...]:
        """All that live anywhere, best first; who lives on several islands is there once."""
        everyone = {each.number: each for island in self._islands for each in island.members}
        return best_first(list(everyone.values()))

    def add(self, member: Member[Content]) -> Admission:
        """Let a candidate join its island."""
        admission = self._home(member.number).add(member)
        self._joined += 1
        if self._joined % self._every == 0:
            self._voyage()
        return admission

    def pool(self, number: int) -> tuple[Member[Content], ...]:
        """Give the island that the candidate with this number will be born on, if anyone is there.

        While nobody is, its parents come from anywhere.
        """
        return self._home(number).members or self.members

    def _home(self, number: int) -> Population[Content]:
        return self._islands[number % len(self._islands)]

    def _voyage(self) -> None:
        bests = [island.members[:1] for island in self._islands]
        for island, arriving in zip(self._islands[1:] + self._islands[:1], bests, strict=True):
            for member in arriving:
                island.add(member)


class Elites(Generic[Content]):
    """The best of each kind (MAP-Elites): what is good in its own way stays.

    Args:
        kind: Says of what kind a candidate is, such as how long it is and where it does well.
        novelty: Says who is new; the same in two kinds is only one.

    Example:
        >>> elites = Elites(lambda member: len(member.content) // 10)
        >>> for number, (text, score) in enumerate([("short", 2.0), ("quite a long one", 3.0),
        ...                                         ("brief", 1.0)]):
        ...     _ = elites.add(Member(number, text, {"a": score}, score))
        >>> [member.content for member in elites.members]
        ['brief', 'quite a long one']
    """

    def __init__(
        self, kind: Callable[[Member[Content]], Hashable], novelty: Novelty | None = None
    ) -> None:
        self._kind = kind
        self._novelty = novelty or ByBehaviour()
        self._best: dict[Hashable, Member[Content]] = {}

    @property
    def members(self) -> tuple[Member[Content], ...]:
        """The best of every kind, best first."""
        return best_first(list(self._best.values()))

    def add(self, member: Member[Content]) -> Admission:
        """Let a candidate take the place of its kind, if it is better than who has it."""
        if self._novelty.twin(member, self.members) is not None:
            return Admission.twin
        kind = self._kind(member)
        holder = self._best.get(kind)
        if holder is not None and holder.score <= member.score:
            return Admission.worse
        self._best[kind] = member
        return Admission.kept

    def pool(self, number: int) -> tuple[Member[Content], ...]:
        """Give the best of every kind."""
        return self.members
