"""Second looks at a solved attempt: does the formulation say what the words say?

The wrong models of a small model solve cleanly, so neither the checks nor the solver speak against
them. A reviewer is an independent witness: it reads the problem again, or goes another way to it.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from solvitur.llm import Usage

if TYPE_CHECKING:
    from solvitur.agents.draft import Asking, Attempt

__all__ = ["Review", "Reviewer"]


@dataclass(frozen=True)
class Review:
    """What one reviewer found out about one attempt."""

    reviewer: str
    """The name of its technique."""
    gaps: tuple[str, ...] = ()
    """What speaks against the attempt, one line each."""
    agrees: bool | None = None
    """Whether an independent route came to the same verdict; ``None`` without one to compare."""
    verdict: tuple[str, str] | None = None
    """What that route came to; see `Attempt.verdict`."""
    probabilities: tuple[tuple[str, float], ...] = ()
    """By constraint: how likely it says what its sentence says, as the model judges."""
    usage: Usage = field(default_factory=Usage)


class Reviewer(Protocol):
    """Who looks at an attempt that is solved."""

    @property
    def name(self) -> str:
        """The name of its technique."""

    async def review(self, attempt: "Attempt", asking: "Asking") -> Review:
        """Look at an attempt.

        Args:
            attempt: One that a solver solved.
            asking: The problem, the model, and the attempts before this one with their reviews.

        What the model cannot answer is no evidence; only a model that fails is an error.
        """
