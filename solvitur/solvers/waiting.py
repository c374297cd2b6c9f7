"""Waiting for a solver that works in a thread of its own, so that it can be stopped."""

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from solvitur.solvers.solution import Stop

GRACE = 2.0
"""Seconds that a solver gets to stop when it should; some listen badly."""
_LOOK = 0.05
"""Seconds between two looks at whether the answer is still wanted."""


class Abandoned(BaseException):
    """Nobody wants the answer any more; no failure, so that no handler of failures takes it."""


_unwanted: ContextVar[threading.Event | None] = ContextVar("unwanted", default=None)


@contextmanager
def wanted_until(unwanted: threading.Event) -> Iterator[None]:
    """Let all that is solved in here end as soon as an event is set.

    It holds for threads that are started in here with a copy of the context, as
    `asyncio.to_thread` and LangGraph do. A solver then stops, and none begins; what called it gets
    `Abandoned` in place of an answer.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> from solvitur.solvers import solve
        >>> chairs = Formulation.model_validate({
        ...     "variables": [{"name": "x", "upper": 3}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"}})
        >>> unwanted = threading.Event()
        >>> with wanted_until(unwanted):
        ...     before = solve(chairs).objective
        ...     unwanted.set()
        ...     solve(chairs)
        Traceback (most recent call last):
        ...
        solvitur.solvers.waiting.Abandoned
        >>> before
        90.0
    """
    token = _unwanted.set(unwanted)
    try:
        yield
    finally:
        _unwanted.reset(token)


def wait_for(work: Callable[[], object], cancel: Callable[[], object], limit: float) -> Stop | None:
    """Do the work in a thread; say why it was left alone, or ``None`` when it came to its end.

    The first Ctrl-C asks the solver to stop and to say what it holds; the next is Python's own.
    Where it hears neither that nor its time limit, its thread is left behind, to end when it may.

    Args:
        work: What to do; what it raises is raised here.
        cancel: Asks the work to stop.
        limit: Seconds after which the work should have ended by itself.

    Raises:
        Abandoned: The answer is not wanted any more; see `wanted_until`.
    """
    unwanted = _unwanted.get()
    if unwanted is not None and unwanted.is_set():
        raise Abandoned
    ended = threading.Event()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # whatever it is, the caller is to have it
            raised.append(error)
        finally:
            ended.set()

    _idle_or_new().do(run)
    reason = Stop.time_limit
    try:
        in_time = _wait(ended, min(limit + GRACE, threading.TIMEOUT_MAX), unwanted)
    except KeyboardInterrupt:
        reason, in_time = Stop.interrupted, False
    if not in_time:
        cancel()
        in_time = ended.wait(GRACE)
    if unwanted is not None and unwanted.is_set():
        raise Abandoned
    if not in_time:
        return reason
    if raised:
        raise raised[0]
    return None


def _wait(ended: threading.Event, seconds: float, unwanted: threading.Event | None) -> bool:
    """Say whether it ended in time, and while somebody wanted it."""
    if unwanted is None:
        return ended.wait(seconds)
    last = time.monotonic() + seconds
    while not ended.wait(min(_LOOK, max(0.0, last - time.monotonic()))):
        if unwanted.is_set() or time.monotonic() >= last:
            return False
    return True


class _Worker:
    """A thread that works whenever it is asked to.

    Threads are used again, since what solvers are built with may hold memory for every thread that
    ever called it, and fails when there were too many.
    """

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._go_on, name="solver", daemon=True).start()

    def do(self, work: Callable[[], None]) -> None:
        """Begin with some work, which raises nothing."""
        self._asked.put(work)

    def _go_on(self) -> None:
        while True:
            self._asked.get()()
            _idle.append(self)


_idle: list[_Worker] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # where no thread goes along


def _idle_or_new() -> _Worker:
    try:
        return _idle.pop()
    except IndexError:
        return _Worker()


class Guard:
    """A function that a solver calls while it works; what it raises ends the work.

    Args:
        tell: The function.
        cancel: Asks the work to stop.
    """

    def __init__(self, tell: Callable[..., object], cancel: Callable[[], object]) -> None:
        self._tell = tell
        self._cancel = cancel
        self._raised: BaseException | None = None

    def __call__(self, *said: Any) -> None:
        """Call the function, unless it has raised."""
        if self._raised is not None:
            return
        try:
            self._tell(*said)
        except BaseException as error:  # no solver lets it through: `release` raises it
            self._raised = error
            self._cancel()

    def release(self) -> None:
        """Raise what the function raised."""
        if self._raised is not None:
            raise self._raised
