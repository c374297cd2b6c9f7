"""What a run did, kept so that it can go on from there: nothing is done or paid for twice."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

from solvitur.errors import JournalError
from solvitur.runs import database, tickets

ERROR = "error"
"""The kind of event that says what a step raised."""


@dataclass(frozen=True)
class Event:
    """Something that a run did."""

    number: int
    """Its place among all events, from 1: by the tickets, not by the clock."""
    kind: str
    key: str
    value: Any
    """What JSON can say."""
    time: float
    """When it was recorded, in seconds since 1970."""


class Journal:
    """The events of one run, in a file that survives the end of the process at any moment.

    A step is named by a key that says everything its result depends on. The next process that opens
    the journal and takes the same steps gets the recorded results, and goes on where the last one
    was ended: a kill costs what was in flight. (A power cut may cost the last seconds as well.)

    Events stand in the order in which steps were begun, whenever they ended, and what a step is
    made of stands before it. Tasks that go on at the same time get a `ticket` each. So a run with a
    seed leaves the same events however fast each part of it is. Who goes on with something new,
    instead of taking the same steps again, gives a `ticket` for that as well.

    One process at a time may write; any number may read, with `read_journal`. Use it from one event
    loop at a time.

    Args:
        path: The file; made if it is not there, with its folder.

    Raises:
        JournalError: It is open elsewhere, or cannot be written.
        ConfigError: It is something else, or of a later version of solvitur.

    Example:
        >>> import tempfile
        >>> async def ask():
        ...     print("asked")
        ...     return {"answer": 42}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for _ in range(2):
        ...         with Journal(f"{folder}/run.journal") as journal:
        ...             asyncio.run(journal.step("the question", ask, kind="reply"))
        ...     [(event.number, event.kind, event.value) for event in journal.events()]
        asked
        {'answer': 42}
        {'answer': 42}
        [(1, 'reply', {'answer': 42})]
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = database.Lock(self.path)
        try:
            self._rows = database.open_to_write(self.path)
        except BaseException:
            self._lock.release()
            raise
        self._failure: JournalError | None = None
        self._line = tickets.Line()
        self._surrounding = ExitStack()
        self._at_work: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def step(
        self, key: str, work: Callable[[], Awaitable[Any]], *, kind: str = "step"
    ) -> Any:
        """Give the recorded result, or do the work and record it.

        Args:
            key: What the result depends on, all of it.
            work: Gives what JSON can say. Awaited at most once at a time for a key. What it raises
                is recorded as an event of the kind `ERROR`, and raised: a step that is taken again
                does the work again.
            kind: What sort of event it is.

        Returns:
            The result as JSON gives it back, the first time as well: lists for tuples.

        Raises:
            JournalError: The result cannot be written. No work is begun after that.
        """
        place = tickets.current(self._line).take()
        async with self._at_work.setdefault(key, asyncio.Lock()):
            recorded = self._recall(key, place)
            if recorded is None:
                recorded = await self._do(key, work, kind, place)
        return database.loaded(recorded)

    def note(self, key: str, value: Any, *, kind: str = "note") -> Any:
        """Record a value that is there already; if the key has one, that one holds.

        Returns:
            The value that is recorded, as JSON gives it back.

        Raises:
            JournalError: It cannot be written.
        """
        place = tickets.current(self._line).take()
        recorded = self._recall(key, place)
        if recorded is None:
            recorded = database.dumped(value)
            self._write(key, kind, recorded, place)
        return database.loaded(recorded)

    def events(self, kind: str | None = None) -> Iterator[Event]:
        """Give the events so far in their order, of one kind or all; see `read_journal`."""
        return read_journal(self.path, kind)

    def close(self) -> None:
        """Let others write; may be called twice."""
        self._rows.close()
        self._lock.release()

    def __enter__(self) -> Self:
        self._surrounding.enter_context(tickets.along(self._line))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._surrounding.close()
        finally:
            self.close()

    async def _do(
        self, key: str, work: Callable[[], Awaitable[Any]], kind: str, place: str
    ) -> database.Payload:
        if self._failure is not None:  # who cannot keep a result is not to pay for it
            raise self._failure
        try:
            with tickets.within(place):
                result = database.dumped(await work())
        except JournalError:
            raise
        except Exception as error:
            told = {"kind": kind, "error": type(error).__name__, "message": str(error)}
            self._write(key, ERROR, database.dumped(told), place)
            raise
        self._write(key, kind, result, place)
        return result

    def _recall(self, key: str, place: str) -> database.Payload | None:
        """Look up a result; one that is wanted at an earlier place as well moves there."""
        try:
            found = database.find(self._rows, key)
            if found is None:
                return None
            payload, last = found
            if tickets.at_the_end_of(place) < last:
                database.move(self._rows, key, last, tickets.at_the_end_of(place))
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return payload

    def _write(self, key: str, kind: str, payload: database.Payload, place: str) -> None:
        if self._failure is not None:
            raise self._failure
        row = (tickets.at_the_end_of(place), kind, key, payload, time.time())
        try:
            database.append(self._rows, row)
        except sqlite3.Error as error:
            self._failure = self._failed(error)
            raise self._failure from error

    def _failed(self, error: sqlite3.Error) -> JournalError:
        return JournalError(
            f"the journal {self.path} cannot be written ({error}); what it holds so far is safe: "
            "make room, or mend what is wrong, and run the same again"
        )


def read_journal(path: Path | str, kind: str | None = None) -> Iterator[Event]:
    """Give the events of a journal, also while another process writes it.

    Args:
        path: The file; it is not changed.
        kind: Only events of this kind.

    Raises:
        ConfigError: It is not there, is something else, or is damaged.
    """
    for number, found, key, payload, when in database.rows(Path(path), kind):
        yield Event(number, found, key, database.loaded(payload), when)


def is_journal(path: Path | str) -> bool:
    """Whether `read_journal` is the one to read a file, or to say why it cannot be read."""
    return database.is_database(Path(path))
