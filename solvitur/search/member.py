"""What is searched among: something that was tried, with how well it did on each instance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Content = TypeVar("Content")


@dataclass(frozen=True)
class Member(Generic[Content]):
    """A candidate that was evaluated on all that counts.

    Example:
        >>> Member(3, "take the nearest", {"a": 2.0, "b": 4.0}, 3.0, parents=(1,)).score
        3.0
    """

    number: int
    """When it was proposed, from 0; no other has the same."""
    content: Content
    """What it is: a text, a function, values."""
    scores: Mapping[str, float]
    """By instance; smaller is better."""
    score: float
    """All of them as one number; smaller is better."""
    parents: tuple[int, ...] = ()
    """The numbers of those that it was made from."""
    origin: str = ""
    """By what it was made, such as an operator's name."""


def best_first(members: Sequence[Member[Content]]) -> tuple[Member[Content], ...]:
    """Sort by score; of equals the older comes first.

    >>> [m.number for m in best_first([Member(2, "", {}, 1.0), Member(1, "", {}, 1.0)])]
    [1, 2]
    """
    return tuple(sorted(members, key=lambda member: (member.score, member.number)))
