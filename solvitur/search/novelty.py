"""Which candidates do the same, however they are written."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from solvitur.search.member import Member


class Novelty(Protocol):
    """Decides whether a candidate is one that is there already."""

    def twin(self, member: Member[Any], among: Iterable[Member[Any]]) -> Member[Any] | None:
        """Give the one that it is the same as, or None where it is new."""
        ...


@dataclass(frozen=True)
class ByBehaviour:
    """Takes for the same what scores the same on every instance.

    Two that are equally good on the whole and differ on any instance are two.

    Example:
        >>> one, other = Member(1, "x", {"a": 1.0, "b": 3.0}, 2.0), Member(2, "y", {"a": 2.0,
        ...                                                                         "b": 2.0}, 2.0)
        >>> ByBehaviour().twin(other, [one]) is None
        True
    """

    tolerance: float = 1e-9
    """How far apart, relative to their size, scores are still the same."""

    def twin(self, member: Member[Any], among: Iterable[Member[Any]]) -> Member[Any] | None:
        """Give the first that behaves the same."""
        return next((other for other in among if self._is_same(member, other)), None)

    def _is_same(self, one: Member[Any], other: Member[Any]) -> bool:
        return one.scores.keys() == other.scores.keys() and all(
            math.isclose(score, other.scores[name], rel_tol=self.tolerance, abs_tol=self.tolerance)
            for name, score in one.scores.items()
        )
