"""Spreading work over many tasks, as many at once as is asked for."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from solvitur.runs import tickets
from solvitur.runs.interruption import Interruption

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Done(Generic[Item, Result]):
    """One piece of work that came to its end."""

    ticket: int
    """Which it was, counted from 0."""
    item: Item
    value: Result


async def spread(
    work: Callable[[Item], Awaitable[Result]],
    items: Iterable[Item],
    *,
    at_once: int,
    in_order: bool = False,
    interruption: Interruption | None = None,
) -> AsyncGenerator[Done[Item, Result], None]:
    """Do the work for each item, many at once, and give each result as soon as it is there.

    Each item has a `solvitur.runs.ticket`, so that what the work records in a `Journal` stands in
    the order of the items. Work that raises is for what ends the whole run: nothing new is begun,
    what is in flight comes to its end and is given, and then it is raised here. A failure that
    concerns one item is a value.

    Args:
        work: Called with each item.
        items: Taken one by one, when there is room.
        at_once: How many are in flight at most.
        in_order: Give results in the order of the items, which holds back those that are early.
        interruption: Once it was asked, nothing new is begun; once it is abandoned, what is in
            flight is cancelled. The results end there, and nothing is raised.

    Example:
        >>> async def double(number):
        ...     await asyncio.sleep(0.01 * (3 - number))
        ...     return 2 * number
        >>> async def main():
        ...     return [done.value async for done in spread(double, range(3), at_once=3)]
        >>> asyncio.run(main())
        [4, 2, 0]
    """
    flight = _Flight(work, items, at_once, interruption or Interruption())
    early: dict[int, Done[Item, Result]] = {}
    try:
        with flight.hearing():
            while (done := await flight.next()) is not None:
                early[done.ticket] = done
                for ticket in sorted(early):
                    if in_order and ticket > flight.oldest:
                        break
                    yield early.pop(ticket)
        flight.raise_failure()
    finally:
        await flight.end()


class _Flight(Generic[Item, Result]):
    """The tasks of one `spread`."""

    def __init__(
        self,
        work: Callable[[Item], Awaitable[Result]],
        items: Iterable[Item],
        at_once: int,
        interruption: Interruption,
    ) -> None:
        self._work = work
        self._items: Iterator[tuple[int, Item]] = enumerate(items)
        self._at_once = at_once
        self._interruption = interruption
        self._line = tickets.Line(tickets.current(tickets.Line()).take())
        self._running: dict[asyncio.Task[Result], tuple[int, Item]] = {}
        self._ended: asyncio.Queue[asyncio.Task[Result] | None] = asyncio.Queue()
        self._failures: dict[int, BaseException] = {}

    @property
    def oldest(self) -> int | float:
        """The lowest ticket that is in flight."""
        return min((ticket for ticket, _ in self._running.values()), default=float("inf"))

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Hear of an interruption within."""
        loop = asyncio.get_running_loop()
        with self._interruption.waking(
            lambda: loop.call_soon_threadsafe(self._ended.put_nowait, None)
        ):
            yield

    async def next(self) -> Done[Item, Result] | None:
        """Wait for the next result; ``None`` when there is no other."""
        self._begin()
        while self._running:
            task = await self._ended.get()
            if self._interruption.is_abandoned:
                for each in self._running:
                    each.cancel()
            if task is None:
                continue
            ticket, item = self._running.pop(task)
            result = self._result(task, ticket)
            self._begin()
            if result is not None:
                return Done(ticket, item, result[0])
        return None

    def raise_failure(self) -> None:
        """Raise what the first item raised that raised anything."""
        if self._failures:
            raise self._failures[min(self._failures)]

    async def end(self) -> None:
        """Leave no task behind."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _begin(self) -> None:
        """Begin as much as there is room for."""
        while len(self._running) < self._at_once:
            if self._failures or self._interruption.was_asked:
                return
            taken = next(self._items, None)
            if taken is None:
                return
            task = asyncio.ensure_future(self._one(*taken))
            self._running[task] = taken
            task.add_done_callback(self._ended.put_nowait)

    async def _one(self, ticket: int, item: Item) -> Result:
        with tickets.within(self._line.place(ticket)):
            return await self._work(item)

    def _result(self, task: asyncio.Task[Result], ticket: int) -> tuple[Result] | None:
        """Give what a task came to, or keep what it raised."""
        if task.cancelled():
            if not self._interruption.is_abandoned:
                self._failures[ticket] = asyncio.CancelledError()
            return None
        if (error := task.exception()) is not None:
            self._failures[ticket] = error
            return None
        return (task.result(),)
