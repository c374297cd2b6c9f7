"""Ask, try, tell: the loop of every search, with many trials in flight."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from solvitur.runs import Done, Interruption, ticket

Plan = TypeVar("Plan")
Result = TypeVar("Result")
Heard = TypeVar("Heard", contravariant=True)


class Searcher(Protocol[Plan, Heard]):
    """Knows what to try next. Who wants a loop of their own calls these two themselves."""

    def ask(self, number: int) -> Plan | None:
        """Say what to try, or None where that depends on what is still in flight, or nothing is.

        Args:
            number: How many were asked for before.
        """
        ...

    def tell(self, plan: Plan, result: Heard) -> None:
        """Hear what came of a plan."""
        ...


Settle = Callable[[int, int], int]
"""From how many results were told and a ticket that has come to its end: whose turn it is."""


async def pursue(
    searcher: Searcher[Plan, Result],
    work: Callable[[Plan], Awaitable[Result]],
    *,
    window: int,
    settle: Settle | None = None,
    interruption: Interruption | None = None,
) -> AsyncGenerator[Done[Plan, Result], None]:
    """Try what a searcher asks for, until it asks for nothing more.

    Each plan has a `solvitur.runs.ticket`. By default results are told in the order of the tickets,
    and a plan is asked for once all but the last ``window`` are told: so what is asked depends on
    nothing that happens to be fast or slow. Work that raises ends the search: what is in flight
    comes to its end, and then it is raised here.

    Args:
        searcher: Asked for plans, and told what came of them.
        work: Tries a plan.
        window: How many plans may be asked for and not told.
        settle: Tell results as they come instead. It says whose turn it is, so that a run that is
            gone on with can tell them in the order of the first time.
        interruption: Once it was asked, nothing new is begun; once it is abandoned, what is in
            flight is cancelled.

    Example:
        >>> class Countdown:
        ...     def ask(self, number):
        ...         return 3 - number if number < 3 else None
        ...     def tell(self, plan, result):
        ...         print(plan, result)
        >>> async def square(number):
        ...     await asyncio.sleep(0.01 * number)
        ...     return number**2
        >>> async def main():
        ...     return [done.ticket async for done in pursue(Countdown(), square, window=3)]
        >>> asyncio.run(main())
        3 9
        2 4
        1 1
        [0, 1, 2]
    """
    pursuit = _Pursuit(searcher, work, window, settle, interruption or Interruption())
    try:
        async for done in pursuit.results():
            yield done
    finally:
        await pursuit.end()


class _Pursuit(Generic[Plan, Result]):
    """One search, while it goes on."""

    def __init__(
        self,
        searcher: Searcher[Plan, Result],
        work: Callable[[Plan], Awaitable[Result]],
        window: int,
        settle: Settle | None,
        interruption: Interruption,
    ) -> None:
        self._searcher, self._work = searcher, work
        self._window, self._settle = window, settle
        self._interruption = interruption
        self._asked = self._told = 0
        self._failed = False
        self._flight: dict[int, tuple[Plan, asyncio.Task[Result]]] = {}

    async def results(self) -> AsyncGenerator[Done[Plan, Result], None]:
        """Give what came of each plan, once the searcher was told."""
        loop, stirred = asyncio.get_running_loop(), asyncio.Event()
        with self._interruption.waking(lambda: loop.call_soon_threadsafe(stirred.set)):
            while True:
                self._begin(stirred)
                turn = await self._turn(stirred)
                if turn is None:
                    return
                plan, task = self._flight.pop(turn)
                self._searcher.tell(plan, task.result())
                self._told += 1
                yield Done(turn, plan, task.result())

    async def end(self) -> None:
        """Leave no task behind."""
        tasks = [task for _, task in self._flight.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, stirred: asyncio.Event) -> None:
        while len(self._flight) < self._window and not self._is_over:
            plan = self._searcher.ask(self._asked)
            if plan is None:
                return
            with ticket(self._asked):
                task = asyncio.ensure_future(self._work(plan))
            task.add_done_callback(lambda _: stirred.set())
            self._flight[self._asked] = (plan, task)
            self._asked += 1

    @property
    def _is_over(self) -> bool:
        return self._interruption.was_asked or self._failed

    async def _turn(self, stirred: asyncio.Event) -> int | None:
        """Wait for whose turn it is; ``None`` at the end."""
        while self._flight:
            if self._interruption.is_abandoned:
                return None
            stirred.clear()
            await self._heed_failures()
            turn = self._next()
            if turn is not None and self._flight[turn][1].done():
                return turn
            await stirred.wait()
        return None

    def _next(self) -> int | None:
        if self._settle is None:
            return min(self._flight)
        ended = [number for number, (_, task) in self._flight.items() if task.done()]
        return self._settle(self._told, min(ended)) if ended else None

    async def _heed_failures(self) -> None:
        """Where work raised, let the rest come to its end, and raise."""
        tasks = [task for _, task in self._flight.values()]
        if any(task.done() and (task.cancelled() or task.exception()) for task in tasks):
            self._failed = True
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            raise next(each for each in outcomes if isinstance(each, BaseException))
