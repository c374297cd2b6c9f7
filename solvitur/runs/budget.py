"""What a run may use up, in each currency, and how much of it is gone."""

import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from solvitur.errors import BudgetExceeded


class Limits(BaseModel):
    """The most that a run may use; None is no limit.

    >>> Limits(calls=20, cost=0.5)
    Limits(calls=20, tokens=None, cost=0.5, seconds=None)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int | None = Field(default=None, ge=0)
    """Replies asked of models."""
    tokens: int | None = Field(default=None, ge=0)
    """Prompt and completion tokens together."""
    cost: float | None = Field(default=None, ge=0.0)
    """US dollars."""
    seconds: float | None = Field(default=None, ge=0.0)
    """Wall time since the budget was made."""


class Budget:
    """The one owner of what a run has used up.

    A limit is checked before each call, so the last call may go over it by its own
    tokens and cost; a result that was paid for is never thrown away.

    Args:
        limits: The most that may be used.
        clock: Seconds that only ever grow.

    >>> budget = Budget(Limits(calls=1))
    >>> budget.begin()
    >>> budget.spend(tokens=120, cost=None)
    >>> budget.begin()
    Traceback (most recent call last):
    ...
    solvitur.errors.BudgetExceeded: the limit of 1 calls is reached; to go on, raise it
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.calls = 0
        self.tokens = 0
        self.cost: float | None = 0.0
        """US dollars; None once a call came without a price."""
        self._clock = clock
        self._start = clock()

    @property
    def seconds(self) -> float:
        """Wall time since the budget was made."""
        return self._clock() - self._start

    def begin(self) -> None:
        """Take up one call.

        Raises:
            BudgetExceeded: A limit is reached; the message names it.
        """
        if self.limits.cost is not None and self.cost is None:
            raise BudgetExceeded(
                f"the limit of {self.limits.cost:,} US dollars cannot be kept: the model does not "
                f"say what a reply costs; to go on, leave that limit out"
            )
        _check(self.calls, self.limits.calls, "calls")
        _check(self.tokens, self.limits.tokens, "tokens")
        if self.cost:  # a free model may be asked with no money at all
            _check(self.cost, self.limits.cost, "US dollars")
        _check(self.seconds, self.limits.seconds, "seconds")
        self.calls += 1

    def spend(self, tokens: int, cost: float | None) -> None:
        """Note what a call used.

        Args:
            tokens: Prompt and completion together.
            cost: US dollars, or None where nobody knows.
        """
        self.tokens += tokens
        self.cost = None if self.cost is None or cost is None else self.cost + cost


def _check(used: float, limit: float | None, unit: str) -> None:
    if limit is not None and used >= limit:
        raise BudgetExceeded(f"the limit of {limit:,} {unit} is reached; to go on, raise it")
