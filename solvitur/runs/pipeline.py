"""Search in two stages: much is asked for at once, less is evaluated at once, all is committed.

Committed is, with ``deterministic=True``, in the order of the tickets: item n is taken when
exactly ``n - in_flight + 1`` others have been committed, so that a run with a seed is the same
however fast each part of it is, and a slow one holds back those behind it. Otherwise what is
there first is committed first; with a journal the run is still the same when it is resumed,
since the journal says when each was begun and committed.

>>> async def propose(number):
...     await asyncio.sleep(0.01 * (3 - number))
...     return f"candidate {number}"
>>> async def evaluate(candidate):
...     return len(candidate)
>>> async def main(in_order):
...     commits = pipeline(propose, evaluate, range(3), Width(3), deterministic=in_order)
...     return [(commit.ticket, commit.staleness) async for commit in commits]
>>> asyncio.run(main(True))
[(0, 0), (1, 1), (2, 2)]
>>> asyncio.run(main(False))
[(2, 0), (1, 1), (0, 2)]
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from solvitur.runs import tickets
from solvitur.runs.interruption import Interruption
from solvitur.runs.journal import Journal

Item = TypeVar("Item")
Proposal = TypeVar("Proposal")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Width:
    """How much of a search goes on at once.

    >>> Width(proposals=8, evaluations=2).most_in_flight
    10
    """

    proposals: int = 1
    """Asked for at once, of a model as a rule."""
    evaluations: int = 1
    """Evaluated at once; a proposal that waits for its evaluation makes room for no other."""
    in_flight: int | None = None
    """Begun and not yet committed; both stages together by default."""

    @property
    def most_in_flight(self) -> int:
        """How many are begun and not yet committed at most."""
        return self.in_flight or self.proposals + self.evaluations


@dataclass(frozen=True)
class Commit(Generic[Item, Proposal, Value]):
    """One item of a search that has been proposed for and evaluated."""

    ticket: int
    """Which it was, counted from 0 as they were begun."""
    number: int
    """As what it is committed, counted from 0."""
    staleness: int
    """How many others were committed since it was begun: what it was made from did not know of
    them."""
    item: Item
    proposal: Proposal
    value: Value


async def pipeline(
    propose: Callable[[Item], Awaitable[Proposal]],
    evaluate: Callable[[Proposal], Awaitable[Value]],
    items: Iterable[Item],
    width: Width,
    *,
    deterministic: bool = False,
    journal: Journal | None = None,
    interruption: Interruption | None = None,
) -> AsyncGenerator[Commit[Item, Proposal, Value], None]:
    """Propose for each item and evaluate what is proposed, and give each when it is committed.

    An item is taken when there is room, and after all that was committed before has been dealt
    with by whoever iterates: an iterator that looks at the population sees what was put into it.
    Each item has a `solvitur.runs.ticket`, in which both stages record their steps.

    Work that raises is for what ends the whole search: nothing new is begun, what is in flight is
    finished and committed, and then it is raised here. A failure of one candidate is a value.

    Args:
        propose: Called with each item.
        evaluate: Called with each proposal.
        items: Taken one by one. For generations, run one pipeline each.
        width: How much goes on at once.
        deterministic: Whether to commit in the order of the tickets, or what is there first.
        journal: Where the order is kept in which things were committed as they were completed.
        interruption: Once it was asked, nothing new is begun; once it is abandoned, what is in
            flight is cancelled. The commits end there, and nothing is raised.
    """
    place = tickets.current(tickets.Line()).take()
    order = _InOrder(width) if deterministic else _AsCompleted(width, place, journal)
    flight = _Flight(propose, evaluate, width, order, place, interruption or Interruption())
    try:
        with flight.hearing():
            waiting = enumerate(items)
            while True:
                flight.begin(waiting)
                if (commit := flight.commit()) is not None:
                    yield commit
                elif flight.is_over:
                    break
                else:
                    await flight.change()
        flight.raise_failure()
    finally:
        await flight.end()


@dataclass
class _Trip:
    """One item on its way."""

    ticket: int
    item: Any
    begun_after: int
    """How many were committed before."""
    line: tickets.Line
    is_proposing: bool = True
    end: tuple[Any, Any] | None = None
    """The proposal and its value, once they are there."""


class _Order(Protocol):
    """Says when a ticket is begun, and which is committed next."""

    def has_room(self, ticket: int, committed: int, trips: Mapping[int, _Trip]) -> bool:
        """Whether the next ticket is begun now."""

    def first(self, committed: int, trips: Mapping[int, _Trip]) -> _Trip | None:
        """Give what is committed now, if anything is."""

    def begun(self, trip: _Trip) -> None:
        """Hear that one was begun."""

    def completed(self, trip: _Trip) -> None:
        """Hear that one is there."""

    def committed(self, trip: _Trip, number: int) -> None:
        """Hear that one was committed."""


class _InOrder:
    """Commits the tickets in their order, and begins each when a given other is committed."""

    def __init__(self, width: Width) -> None:
        self._width = width

    def has_room(self, ticket: int, committed: int, trips: Mapping[int, _Trip]) -> bool:
        return ticket < committed + self._width.most_in_flight

    def first(self, committed: int, trips: Mapping[int, _Trip]) -> _Trip | None:
        trip = trips[min(trips)] if trips else None
        return trip if trip is not None and trip.end is not None else None

    def begun(self, trip: _Trip) -> None:
        """Begin it at the same point of every run, so that there is nothing to keep."""

    def completed(self, trip: _Trip) -> None:
        """Wait for its turn."""

    def committed(self, trip: _Trip, number: int) -> None:
        """Commit it as the same number in every run."""


class _AsCompleted:
    """Commits what is there first; in a run that is resumed, what was there first the last time."""

    def __init__(self, width: Width, place: str, journal: Journal | None) -> None:
        self._width, self._place, self._journal = width, place, journal
        self._there: list[int] = []
        """Tickets, as they were completed."""
        self._begun_after = self._recorded("begun")
        self._committed = {n: ticket for ticket, n in self._recorded("committed").items()}

    def has_room(self, ticket: int, committed: int, trips: Mapping[int, _Trip]) -> bool:
        if ticket in self._begun_after:
            return self._begun_after[ticket] <= committed
        if committed in self._committed:
            return False  # the last process was past this point before it began another
        proposing = sum(trip.is_proposing for trip in trips.values())
        return proposing < self._width.proposals and len(trips) < self._width.most_in_flight

    def first(self, committed: int, trips: Mapping[int, _Trip]) -> _Trip | None:
        recorded = self._committed.get(committed)
        if recorded in trips:
            return trips[recorded] if recorded in self._there else None
        return trips[self._there[0]] if self._there else None

    def begun(self, trip: _Trip) -> None:
        self._note(trip, "begun", trip.begun_after)

    def completed(self, trip: _Trip) -> None:
        self._there.append(trip.ticket)

    def committed(self, trip: _Trip, number: int) -> None:
        self._there.remove(trip.ticket)
        self._note(trip, "committed", number)

    def _recorded(self, kind: str) -> dict[int, int]:
        events = self._journal.events(kind) if self._journal is not None else ()
        start = f"{kind} {self._place} "
        ours = (event for event in events if event.key.startswith(start))
        return {int(event.key.removeprefix(start)): event.value for event in ours}

    def _note(self, trip: _Trip, kind: str, number: int) -> None:
        if self._journal is not None:
            with tickets.along(trip.line):
                self._journal.note(f"{kind} {self._place} {trip.ticket}", number, kind=kind)


class _Flight:
    """All that is on its way in one `pipeline`."""

    def __init__(
        self,
        propose: Callable[[Any], Awaitable[Any]],
        evaluate: Callable[[Any], Awaitable[Any]],
        width: Width,
        order: _Order,
        place: str,
        interruption: Interruption,
    ) -> None:
        self._propose, self._evaluate = propose, evaluate
        self._order, self._interruption = order, interruption
        self._proposing = asyncio.Semaphore(width.proposals)
        self._evaluating = asyncio.Semaphore(width.evaluations)
        self._line = tickets.Line(place)
        self._trips: dict[int, _Trip] = {}
        self._tasks: dict[asyncio.Task[tuple[Any, Any] | None], int] = {}
        self._changed = asyncio.Event()
        self._failures: dict[int, BaseException] = {}
        self._committed = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is in flight."""
        return not self._trips

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Hear of an interruption within."""
        loop = asyncio.get_running_loop()
        with self._interruption.waking(lambda: loop.call_soon_threadsafe(self._changed.set)):
            yield

    def begin(self, waiting: Iterator[tuple[int, Any]]) -> None:
        """Begin as much as there is room for."""
        ticket = self._committed + len(self._trips)
        while not self._is_ending and self._order.has_room(ticket, self._committed, self._trips):
            taken = next(waiting, None)
            if taken is None:
                return
            ticket, item = taken
            trip = _Trip(ticket, item, self._committed, tickets.Line(self._line.place(ticket)))
            self._order.begun(trip)
            self._trips[ticket] = trip
            task = asyncio.ensure_future(self._go(trip))
            self._tasks[task] = ticket
            task.add_done_callback(self._arrived)
            ticket += 1

    def commit(self) -> Commit[Any, Any, Any] | None:
        """Commit what is next, if it is there."""
        trip = self._order.first(self._committed, self._trips)
        if trip is None or trip.end is None:
            return None
        number = self._committed
        self._order.committed(trip, number)
        self._committed += 1
        del self._trips[trip.ticket]
        staleness = number - trip.begun_after
        return Commit(trip.ticket, number, staleness, trip.item, *trip.end)

    async def change(self) -> None:
        """Wait until there may be something to begin or to commit."""
        await self._changed.wait()
        self._changed.clear()
        if self._interruption.is_abandoned:
            for task in self._tasks:
                task.cancel()

    def raise_failure(self) -> None:
        """Raise what the first item raised that raised anything."""
        if self._failures:
            raise self._failures[min(self._failures)]

    async def end(self) -> None:
        """Leave no task behind."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _is_ending(self) -> bool:
        return bool(self._failures) or self._interruption.was_asked

    async def _go(self, trip: _Trip) -> tuple[Any, Any] | None:
        with tickets.along(trip.line):
            async with self._proposing:
                if self._is_ending:
                    return None  # nothing of it was done
                proposal = await self._propose(trip.item)
            trip.is_proposing = False
            self._changed.set()
            async with self._evaluating:
                return proposal, await self._evaluate(proposal)

    def _arrived(self, task: asyncio.Task[tuple[Any, Any] | None]) -> None:
        trip = self._trips[self._tasks.pop(task)]
        self._changed.set()
        if task.cancelled():
            if not self._interruption.is_abandoned:
                self._failures[trip.ticket] = asyncio.CancelledError()
        elif (error := task.exception()) is not None:
            self._failures[trip.ticket] = error
        elif (end := task.result()) is not None:
            trip.end = end
            self._order.completed(trip)
            return
        del self._trips[trip.ticket]
