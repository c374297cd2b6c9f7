"""What a run may use up, in each currency, and how much of it is gone."""

import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from solvitur.errors import BudgetExceeded


class Limits(BaseModel):
    """The most that a run may use; None is no limit.

    >>> Limits(calls=20, cost=0.5).cost
    0.5
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int | None = Field(default=None, ge=0)
    """Replies asked of models."""
    tokens: int | None = Field(default=None, ge=0)
    """Prompt and completion tokens together."""
    cost: float | None = Field(default=None, ge=0.0)
    """US dollars."""
    evaluations: int | None = Field(default=None, ge=0)
    """Candidates or answers that are evaluated."""
    cpu_seconds: float | None = Field(default=None, ge=0.0)
    """Processor time of the work that is charged."""
    seconds: float | None = Field(default=None, ge=0.0)
    """Wall time since the budget was made, and of earlier processes of the run."""


class Used(BaseModel):
    """What a run has used, for the next process of it.

    >>> Used(calls=3).model_dump_json()
    '{"calls":3,"tokens":0,"cost":0.0,"evaluations":0,"cpu_seconds":0.0,"seconds":0.0}'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int = 0
    tokens: int = 0
    cost: float | None = 0.0
    """US dollars; None once a call came without a price."""
    evaluations: int = 0
    cpu_seconds: float = 0.0
    seconds: float = 0.0


class Budget:
    """The one owner of what a run has used up.

    A limit is checked before anything is begun, and a result that was paid for is never thrown
    away. What is begun counts at once: however many tasks share a budget, there are no more calls
    and evaluations than it allows. Tokens, money and processor time are known afterwards, so that
    what is in flight when such a limit is reached may go over it by what it uses.

    Args:
        limits: The most that may be used.
        used: What earlier processes of the run have used, unless the run does it all again from
            what it recorded, which charges it again.
        clock: Seconds that only ever grow.

    >>> budget = Budget(Limits(calls=1))
    >>> budget.begin()
    >>> budget.spend(tokens=120, cost=None)
    >>> budget.begin()
    Traceback (most recent call last):
    ...
    solvitur.errors.BudgetExceeded: the limit of 1 calls is reached; to go on, raise it
    """

    def __init__(
        self,
        limits: Limits,
        used: Used | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        before = used or Used()
        self.calls = before.calls
        self.tokens = before.tokens
        self.cost = before.cost
        """US dollars; None once a call came without a price."""
        self.evaluations = before.evaluations
        self.cpu_seconds = before.cpu_seconds
        self._clock = clock
        self._start = clock() - before.seconds

    @property
    def seconds(self) -> float:
        """Wall time since the budget was made, and of earlier processes of the run."""
        return self._clock() - self._start

    @property
    def used(self) -> Used:
        """What is used up to now."""
        return Used.model_validate({name: getattr(self, name) for name in Used.model_fields})

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
        self._check_time()
        self.calls += 1

    def spend(self, tokens: int, cost: float | None) -> None:
        """Note what a call used.

        Args:
            tokens: Prompt and completion together.
            cost: US dollars, or None where nobody knows.
        """
        self.tokens += tokens
        self.cost = None if self.cost is None or cost is None else self.cost + cost

    def begin_evaluation(self) -> None:
        """Take up one evaluation.

        Raises:
            BudgetExceeded: A limit is reached; the message names it.
        """
        _check(self.evaluations, self.limits.evaluations, "evaluations")
        self._check_time()
        self.evaluations += 1

    def spend_cpu(self, seconds: float) -> None:
        """Note processor time that some work used."""
        self.cpu_seconds += seconds

    def _check_time(self) -> None:
        _check(self.cpu_seconds, self.limits.cpu_seconds, "seconds of processor time")
        _check(self.seconds, self.limits.seconds, "seconds")


def _check(used: float, limit: float | None, unit: str) -> None:
    if limit is not None and used >= limit:
        raise BudgetExceeded(f"the limit of {limit:,} {unit} is reached; to go on, raise it")
