"""What goes around any model: budget, recording, retries; each is a model again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from solvitur.errors import ModelUnavailable, RateLimited
from solvitur.llm.model import TUNED, Feature, Finish, Model, Reply, Request, SlowDown
from solvitur.llm.recording import REPLY

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from solvitur.runs import Throttle


class Account(Protocol):
    """What calls are charged to, for example `solvitur.runs.budget.Budget`."""

    def begin(self) -> None:
        """Take up one call, or raise `BudgetExceeded`."""
        ...

    def spend(self, tokens: int, cost: float | None) -> None:
        """Note what a call used; never raises, for it is paid."""
        ...


class Memory(Protocol):
    """What remembers results: `solvitur.runs.Journal`, or `solvitur.llm.recording.Recording`."""

    async def step(self, key: str, work: Callable[[], Awaitable[Any]], *, kind: str) -> Any:
        """Give back the remembered JSON value, or do the work and remember it as of this kind."""
        ...


@dataclass(frozen=True)
class Patience:
    """How long to insist on an answer."""

    attempts: int = 5
    """Calls altogether, the first one included."""
    timeout: float = 600.0
    """Seconds that one call may take."""
    first_wait: float = 1.0
    """Seconds before the second call; doubled each time, less up to a half by chance."""
    longest_wait: float = 60.0
    """Seconds; a server that asks for more than this is given up."""
    seed: int = 0
    """Of the chance in the waits."""


def layered(
    model: Model,
    *,
    budget: Account | None = None,
    memory: Memory | None = None,
    patience: Patience | None = None,
    throttle: "Throttle | None" = None,
) -> Model:
    """Put a model behind a throttle, then retries, then a memory, then a budget, as given.

    In this order a reply that is remembered is charged as it was the first time, so
    a run that is resumed ends where it would have ended; and who waits to ask again
    is in nobody's way.

    Args:
        model: The model.
        budget: Checked before each reply and charged after it.
        memory: Looked up before asking.
        patience: When and how often to ask again.
        throttle: How many calls may be in flight, less when the server asks to slow down;
            may be shared by several models of one server.
    """
    model = Patient(model, patience or Patience(), throttle=throttle)
    if memory is not None:
        model = Recorded(model, memory)
    if budget is not None:
        model = Budgeted(model, budget)
    return model


class _Layer:
    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def features(self) -> frozenset[Feature]:
        return self._model.features


class Budgeted(_Layer):
    """A model whose replies are charged to a budget."""

    def __init__(self, model: Model, budget: Account) -> None:
        super().__init__(model)
        self._budget = budget

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer if the budget allows it.

        Raises:
            BudgetExceeded: A limit is reached; nothing was asked.
        """
        self._budget.begin()
        reply = await self._model.reply(request, on_text)
        self._budget.spend(reply.usage.tokens, reply.usage.cost)
        return reply


class Recorded(_Layer):
    """A model whose replies are remembered: the same request is asked once."""

    def __init__(self, model: Model, memory: Memory) -> None:
        super().__init__(model)
        self._memory = memory

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer from memory, else ask and remember."""
        asked = False

        async def ask() -> Any:
            nonlocal asked
            asked = True
            reply = await self._model.reply(request, on_text)
            entry: dict[str, Any] = {
                "request": request.model_dump(mode="json", exclude_none=True),
                "reply": reply.model_dump(mode="json"),
            }
            tuned = sorted(self.features & TUNED)
            return {**entry, "tuned": tuned} if tuned else entry

        entry = await self._memory.step(f"{self.name} {request.key}", ask, kind=REPLY)
        reply = Reply.model_validate(entry["reply"])
        if on_text is not None and not asked and reply.text:
            on_text(reply.text)
        return reply


class Overheard(_Layer):
    """A model whose text somebody hears while it is written.

    Args:
        model: The model.
        hear: Receives the text of every request that nobody else listens to; each begins with a
            new line.
    """

    def __init__(self, model: Model, hear: Callable[[str], None]) -> None:
        super().__init__(model)
        self._hear = hear

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer, and let the text be heard."""
        if on_text is None:
            self._hear("\n")
        return await self._model.reply(request, on_text or self._hear)


class Patient(_Layer):
    """A model that is asked again where that may help.

    Asked again: a model that is unreachable, hangs or asks to slow down, as often
    as `Patience` says, and one that answers with nothing, once. What went into
    an empty reply is counted in the usage of the next. Once a piece of text
    was passed on there is no second try, for it cannot be taken back.

    Args:
        model: The model.
        patience: When to give up.
        throttle: Lets each call through when there is room for it.
        sleep: Waits some seconds.
    """

    def __init__(
        self,
        model: Model,
        patience: Patience,
        *,
        throttle: "Throttle | None" = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(model)
        self._patience = patience
        self._throttle = throttle
        self._sleep = sleep
        self._random = random.Random(patience.seed)

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer, sooner or later."""
        reply = await self._insist(request, on_text)
        if reply.finish is Finish.stop and not reply.text.strip():
            again = await self._insist(request, on_text)
            return again.model_copy(update={"usage": reply.usage + again.usage})
        return reply

    async def _insist(self, request: Request, on_text: Callable[[str], None] | None) -> Reply:
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        shown = False

        def show(piece: str) -> None:
            nonlocal shown
            shown = True
            if on_text is not None:
                on_text(piece)

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._patience.attempts),
            retry=retry_if_exception(lambda error: not shown and self._may_pass(error)),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._once, request, on_text and show)

    async def _once(self, request: Request, on_text: Callable[[str], None] | None) -> Reply:
        async with self._throttle.slot() if self._throttle is not None else nullcontext():
            return await self._call(request, on_text)

    async def _call(self, request: Request, on_text: Callable[[str], None] | None) -> Reply:
        try:
            async with asyncio.timeout(self._patience.timeout):
                return await self._model.reply(request, on_text)
        except TimeoutError as error:
            raise ModelUnavailable(
                f"{self.name} did not answer within {self._patience.timeout:g} s"
            ) from error

    def _may_pass(self, error: BaseException) -> bool:
        if isinstance(error, SlowDown):
            return error.retry_after <= self._patience.longest_wait
        return isinstance(error, (ModelUnavailable, RateLimited))

    def _wait(self, state: "RetryCallState") -> float:
        longest = self._patience.longest_wait
        backoff = min(self._patience.first_wait * 2.0 ** (state.attempt_number - 1), longest)
        backoff *= self._random.uniform(0.5, 1.0)
        error = state.outcome.exception() if state.outcome else None
        return max(backoff, error.retry_after) if isinstance(error, SlowDown) else backoff
