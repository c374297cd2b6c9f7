"""Which way of making candidates is used next: the one that improves most for what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol


class Bandit(Protocol):
    """Chooses among ways, and learns from what they bring."""

    def choose(self, arms: Sequence[str], random: Random) -> str:
        """Choose one."""
        ...

    def learn(self, arm: str, gain: float, cost: float) -> None:
        """Hear what one brought.

        Args:
            arm: Which it was.
            gain: How much better it became, 0 or more.
            cost: What that took, such as tokens; above 0.
        """
        ...


@dataclass
class ByYield:
    """Chooses in proportion to gain per cost, and everyone at times.

    What nobody tried yet is taken to yield as much as the best. What is long ago counts less.

    Example:
        >>> bandit = ByYield()
        >>> for _ in range(20):
        ...     bandit.learn("tune", 0.1, 100.0)
        ...     bandit.learn("dream", 0.0, 100.0)
        >>> random = Random(1)
        >>> drawn = [bandit.choose(["tune", "dream"], random) for _ in range(1000)]
        >>> 800 < drawn.count("tune") < 980
        True
    """

    floor: float = 0.2
    """The share of choices that is made alike among all."""
    memory: float = 0.95
    """What a gain counts one trial of the same way later."""
    _gains: dict[str, float] = field(default_factory=dict)
    _costs: dict[str, float] = field(default_factory=dict)

    def choose(self, arms: Sequence[str], random: Random) -> str:
        """Choose one."""
        known = {arm: self._gains[arm] / self._costs[arm] for arm in arms if arm in self._costs}
        most = max(known.values(), default=0.0)
        rates = [known.get(arm, most) for arm in arms]
        total = sum(rates)
        even = 1 / len(arms)
        weights = [
            even if total <= 0 else self.floor * even + (1 - self.floor) * rate / total
            for rate in rates
        ]
        return random.choices(list(arms), weights)[0]

    def learn(self, arm: str, gain: float, cost: float) -> None:
        """Hear what one brought."""
        self._gains[arm] = self.memory * self._gains.get(arm, 0.0) + max(0.0, gain)
        self._costs[arm] = self.memory * self._costs.get(arm, 0.0) + cost
