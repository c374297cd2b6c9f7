"""As many calls at once as the other side takes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from solvitur.errors import RateLimited


class Throttle:
    """Lets a number of calls be in flight: fewer once they are too many, then slowly more again.

    A call that raises `RateLimited` halves the number, once for all that were in flight together;
    each that succeeds raises it by a part of one, up to the ceiling. Who waits is let in in turn.

    Args:
        ceiling: How many at most, and how many at first.

    Example:
        >>> async def main():
        ...     throttle = Throttle(8)
        ...     try:
        ...         async with throttle.slot():
        ...             raise RateLimited("too many requests")
        ...     except RateLimited:
        ...         return throttle.limit
        >>> asyncio.run(main())
        4
    """

    def __init__(self, ceiling: int) -> None:
        if ceiling < 1:
            raise ValueError("at least one call has to be let through")
        self.ceiling = ceiling
        self.in_flight = 0
        """How many calls there are now."""
        self._allowed = float(ceiling)
        self._begun = 0
        self._halved_at = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many calls may be in flight now."""
        return int(self._allowed)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for room for one call, which is made within."""
        await self._enter()
        self._begun += 1
        number = self._begun
        try:
            yield
        except RateLimited:
            if number > self._halved_at:  # those that were in flight with it say nothing new
                self._halved_at = self._begun
                self._allowed = max(1.0, self._allowed / 2)
            raise
        else:
            self._allowed = min(float(self.ceiling), self._allowed + 1 / self._allowed)
        finally:
            self._leave()

    async def _enter(self) -> None:
        if self.in_flight < self.limit and not self._waiting:
            self.in_flight += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was let in at the same moment
                self._leave()
            raise

    def _leave(self) -> None:
        self.in_flight -= 1
        while self._waiting and self.in_flight < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self.in_flight += 1
                turn.set_result(None)
