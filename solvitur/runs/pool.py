"""What does work elsewhere: a task is sent, and what came of it comes back."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class TaskEnd(StrEnum):
    """How a task ended."""

    value = "value"
    """The function returned."""
    raised = "raised"
    """An exception left the function, or its value cannot be sent."""
    timed_out = "timed_out"
    out_of_memory = "out_of_memory"
    crashed = "crashed"
    """The process died, whoever killed it."""


@dataclass(frozen=True)
class TaskResult:
    """What came of a task."""

    end: TaskEnd
    value: Any = None
    """What the function returned."""
    message: str = ""
    """What went wrong, in one line."""
    traceback: str = ""
    seconds: float = 0.0
    """Wall time of the task, the start of a process not included."""
    cpu_seconds: float = 0.0


class Pool(ABC):
    """Somewhere to have tasks done, as many at once as there is room for.

    `Workers` are processes on this machine, `RayWorkers` those of a cluster.
    """

    @abstractmethod
    async def run(
        self, function: Callable[..., Any], *arguments: Any, seconds: float | None = None
    ) -> TaskResult:
        """Call a function elsewhere; wait until there is room.

        Args:
            function: It stands at the top of a module that can be imported there.
            arguments: Sent along, as what the function returns is sent back.
            seconds: Wall time that the task may take, from when the function is called.

        Raises:
            TypeError: The function or an argument cannot be sent.
        """

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Lend them to what goes on within, in this event loop; `lent_workers` gives them there.

        Example:
            >>> from solvitur.runs import Workers
            >>> async def main():
            ...     async with Workers(1) as workers:
            ...         with workers.lent():
            ...             return lent_workers() is workers
            >>> asyncio.run(main()), lent_workers()
            (True, None)
        """
        token = _lent.set((self, asyncio.get_running_loop()))
        try:
            yield
        finally:
            _lent.reset(token)


_lent: ContextVar[tuple[Pool, asyncio.AbstractEventLoop] | None]
_lent = ContextVar("workers", default=None)


def lent_workers() -> Pool | None:
    """Give what is lent to what goes on here, if anything is; see `Pool.lent`."""
    lent = _lent.get()
    if lent is None:
        return None
    workers, loop = lent
    with suppress(RuntimeError):  # no loop runs in this thread
        if asyncio.get_running_loop() is loop:
            return workers
    return None


def check_sendable(function: Callable[..., Any]) -> None:
    """See that another process can import a function.

    Raises:
        TypeError: It cannot.
    """
    if getattr(function, "__module__", None) == "__main__":
        raise TypeError(
            f"{function.__qualname__} cannot be sent to another process: it is part of the "
            "script that runs; put it into a module of its own, and import it from there"
        )
