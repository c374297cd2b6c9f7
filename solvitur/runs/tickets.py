"""Where in a run something stands, whenever it happens."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

_DIGITS = 8
_LAST = "~"
"""After every digit: what a step is made of comes before the step itself."""


class Line:
    """Gives out places, one behind the other.

    >>> line = Line("00000002")
    >>> line.take(), line.take()
    ('0000000200000000', '0000000200000001')
    """

    def __init__(self, start: str = "") -> None:
        self._start = start
        self._next = 0

    def take(self) -> str:
        """Give the next place."""
        self._next += 1
        return self.place(self._next - 1)

    def place(self, number: int) -> str:
        """Give the place with this number; as text it sorts as the numbers do."""
        return f"{self._start}{number:0{_DIGITS}x}"


_line: ContextVar[Line | None] = ContextVar("line", default=None)


def current(default: Line) -> Line:
    """Give the line of what is done here, or the default where nothing surrounds it."""
    return _line.get() or default


@contextmanager
def along(line: Line) -> Iterator[None]:
    """Let what is done in here stand in a line."""
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)


def within(place: str) -> AbstractContextManager[None]:
    """Let what is done in here stand in a line of its own, at a place of the line around it."""
    return along(Line(place))


@contextmanager
def ticket(number: int) -> Iterator[None]:
    """Let what is recorded in here stand at a place that is known before it is done.

    Tasks that go on at the same time need one each where the order of what they record is to be the
    same in every run. Tickets are taken within tickets, and steps within steps, to any depth.

    Args:
        number: From 0; what has the lower number comes first.

    Example:
        >>> import asyncio, tempfile
        >>> from solvitur.runs import Journal
        >>> async def slow(journal, number, seconds):
        ...     with ticket(number):
        ...         await journal.step(f"sleep {number}", lambda: asyncio.sleep(seconds))
        >>> async def both(journal):
        ...     await asyncio.gather(slow(journal, 0, 0.02), slow(journal, 1, 0.0))
        >>> with tempfile.TemporaryDirectory() as folder, Journal(f"{folder}/j") as journal:
        ...     asyncio.run(both(journal))
        ...     [event.key for event in journal.events()]
        ['sleep 0', 'sleep 1']
    """
    with within(current(Line()).place(number)):
        yield


def at_the_end_of(place: str) -> str:
    """Give the place behind everything that is done within one.

    >>> Line("00000002").take() < at_the_end_of("00000002") < "00000003"
    True
    """
    return place + _LAST
