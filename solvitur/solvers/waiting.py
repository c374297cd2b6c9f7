"""Waiting for a solver that works in a thread of its own, so that it can be stopped."""

import os
import queue
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Self

from solvitur.runs.waking import Waking
from solvitur.solvers.solution import Stop

GRACE = 2.0
"""Seconds that a solver gets to stop when it should; some listen badly."""
_LOOK = 0.05
"""Seconds between two looks at whether a solver stopped."""


class Abandoned(BaseException):
    """Nobody wants the answer any more; no failure, so that no handler of failures takes it."""


class Interrupt(Waking):
    """Stops solvers from another thread, as Ctrl-C does: each says what it holds.

    It is heard by whatever is solved within ``with interrupt:``, also in threads that go on in the
    same context, as those of `asyncio.to_thread` and of LangGraph do. Once it was asked, whatever
    is still solved in there to settle an answer gets `GRACE` seconds at a time. Where nobody wants
    an answer any more, `abandon` ends that as well.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> from solvitur.solvers import solve
        >>> interrupt = Interrupt()
        >>> button = threading.Timer(60, interrupt.ask)  # or whatever a person presses
        >>> with interrupt:
        ...     solution = solve(Formulation.model_validate({
        ...         "variables": [{"name": "x", "upper": 4}],
        ...         "objective": {"sense": "maximize", "expression": "x"}}))
        >>> solution.stop.value, interrupt.was_asked
        ('proved', False)
    """

    def __init__(self) -> None:
        super().__init__()
        self.was_asked = False
        self.is_abandoned = False
        self._tokens: list[Token[Interrupt | None]] = []

    def ask(self) -> bool:
        """Ask every solver at work to stop; say whether there was any."""
        with self._lock:
            self.was_asked = True
            return self._wake()

    def abandon(self) -> None:
        """Stop every solver at work, and let none begin: who called it gets `Abandoned`."""
        self.is_abandoned = True
        self.ask()

    def __enter__(self) -> Self:
        self._tokens.append(_heard.set(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _heard.reset(self._tokens.pop())


_heard: ContextVar[Interrupt | None] = ContextVar("interrupt", default=None)


def is_interrupted() -> bool:
    """Whether somebody asked, with an `Interrupt`, to stop what is solved here."""
    interrupt = _heard.get()
    return interrupt is not None and interrupt.was_asked


def wait_for(work: Callable[[], object], cancel: Callable[[], object], limit: float) -> Stop | None:
    """Do the work in a thread; say why it was left alone, or ``None`` when it came to its end.

    The first Ctrl-C, or an `Interrupt`, asks the solver to stop and to say what it holds; the next
    Ctrl-C is Python's own. Where it hears neither that nor its time limit, its thread is left
    behind, to end when it may.

    Args:
        work: What to do; what it raises is raised here.
        cancel: Asks the work to stop.
        limit: Seconds after which the work should have ended by itself.

    Raises:
        Abandoned: The answer is not wanted any more; see `Interrupt.abandon`.
    """
    interrupt = _heard.get() or Interrupt()
    if interrupt.is_abandoned:
        raise Abandoned
    ended = threading.Event()
    woken = threading.Event()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # whatever it is, the caller is to have it
            raised.append(error)
        finally:
            ended.set()
            woken.set()

    _idle_or_new().do(run)
    reason = _wait(woken, interrupt, limit)
    in_time = ended.is_set() or _stops(cancel, ended)
    if interrupt.is_abandoned:
        raise Abandoned
    if not in_time:
        return reason
    if raised:
        raise raised[0]
    return None


def _wait(woken: threading.Event, interrupt: Interrupt, limit: float) -> Stop:
    """Wait for the end, or for who asks for it; say why one should not wait longer."""
    try:
        with interrupt.waking(woken.set):
            seconds = GRACE if interrupt.was_asked else limit + GRACE
            woken.wait(min(seconds, threading.TIMEOUT_MAX))
    except KeyboardInterrupt:
        return Stop.interrupted
    return Stop.interrupted if interrupt.was_asked else Stop.time_limit


def _stops(cancel: Callable[[], object], ended: threading.Event) -> bool:
    """Ask the work to stop until it does; say whether it did in time.

    Once is not enough: it may not have begun yet, and hear nothing.
    """
    last = time.monotonic() + GRACE
    while time.monotonic() < last:
        cancel()
        if ended.wait(min(_LOOK, GRACE)):
            return True
    return ended.is_set()


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
