"""Work for the processor, in processes of its own that may hang, die or be killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection
from types import TracebackType
from typing import Any, Self

from solvitur.runs.pool import Pool, TaskEnd, TaskResult, check_sendable

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from solvitur.runs.worker import serve; serve(*json.loads(sys.argv[2]))"
)
_PATIENCE = 300.0
"""Seconds for a process to start and to import what it is to do."""
_LONG = 2.0
"""Seconds after which a task takes long."""
_TAIL = 2_000
"""Bytes of a dead worker's last words."""


class Workers(Pool):
    """A number of processes that do one task after the other, begun when they are needed.

    A task that takes too long is ended with its process, and so is one that nobody awaits any more;
    one whose process dies has a result that says so. The other tasks do not notice. Ctrl-C reaches
    no worker, and none outlives this process, however it ends.

    Args:
        count: How many processes at most.
        most: How many at most where some take long: those that have been at one task for two
            seconds do not count any more, so that what is quick waits for what is quick. By default
            as many as `count`.
        memory: Bytes of address space that each may have; no limit by default.

    Example:
        >>> import math
        >>> async def main():
        ...     async with Workers(2) as workers:
        ...         found = await asyncio.gather(
        ...             workers.run(math.factorial, 5), workers.run(math.sqrt, -1),
        ...             workers.run(time.sleep, 3600, seconds=0.1))
        ...     return [(result.end.value, result.value, result.message) for result in found]
        >>> for line in asyncio.run(main()):
        ...     print(line)
        ('value', 120, '')
        ('raised', None, 'ValueError: math domain error')
        ('timed_out', None, 'it took more than 0.1 s')
    """

    def __init__(self, count: int, *, most: int | None = None, memory: int | None = None) -> None:
        self._count = count
        self._most = count if most is None else max(count, most)
        self._quick = asyncio.Semaphore(count)
        self._free = asyncio.Semaphore(self._most)
        self._memory = memory
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._threads = ThreadPoolExecutor(self._most, "worker")

    async def run(
        self, function: Callable[..., Any], *arguments: Any, seconds: float | None = None
    ) -> TaskResult:
        """Call a function in a worker; wait for one that is free. See `Pool.run`."""
        check_sendable(function)
        async with self._free, self._turn() as begun:
            worker = self._taken()
            task = _Task((function, arguments), seconds, begun)
            result = await self._done_by(worker, task)
            if result.end is TaskEnd.crashed and not worker.has_begun:
                # It was killed while idle, which shows late, or by Ctrl-C before it was in a
                # session of its own; nothing of the task was done.
                worker = self._new()
                result = await self._done_by(worker, task)
            return result

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn; give what to call when the task begins, which may end its turn early."""
        await self._quick.acquire()
        timer: asyncio.TimerHandle | None = None
        is_counted = True

        def end() -> None:
            nonlocal is_counted
            if is_counted:
                is_counted = False
                self._quick.release()

        def begun() -> None:
            nonlocal timer
            if self._most > self._count:
                timer = asyncio.get_running_loop().call_later(_LONG, end)

        try:
            yield begun
        finally:
            if timer is not None:
                timer.cancel()
            end()

    async def _done_by(self, worker: "_Worker", task: "_Task") -> TaskResult:
        try:
            return await worker.run(self._threads, task)
        except BaseException:
            worker.end()
            raise
        finally:
            if len(self._idle) >= self._count:
                worker.end()  # it was one more than there usually are
            if worker.has_ended:
                self._all.discard(worker)
            else:
                self._idle.append(worker)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._all:
            worker.end()
        self._threads.shutdown()

    def _taken(self) -> "_Worker":
        """Give a worker: an idle one, or another."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.has_died():
                return worker
            worker.end()
            self._all.discard(worker)
        return self._new()

    def _new(self) -> "_Worker":
        worker = _Worker(self._memory)
        self._all.add(worker)
        return worker


@dataclass(frozen=True)
class _Task:
    """What a process is to do."""

    work: tuple[Any, ...]
    """A function and its arguments."""
    seconds: float | None
    begun: Callable[[], None]
    """Called in the event loop's thread when it begins."""


class _Worker:
    """One process, seen from outside."""

    def __init__(self, memory: int | None) -> None:
        self._channel, theirs = connection.Pipe()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `reap`
        given = [json.dumps(sys.path), json.dumps([theirs.fileno(), memory])]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, *given],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except BaseException:
            self._channel.close()
            self._said.close()
            raise
        finally:
            theirs.close()
        # Both are closed when nobody knows them any more: a thread may be waiting for them.
        self._exit = connection.Connection(os.pidfd_open(self._process.pid), writable=False)
        self._lock = threading.Lock()
        self.has_begun = False
        self._last_words = ""
        self._late = ""
        self._started = time.monotonic()
        self._cpu_before = 0.0
        self._cpu = 0.0

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left of it."""
        return self._process.returncode is not None

    def has_died(self) -> bool:
        """Look whether an idle one is gone."""
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT  # its number stays its own until `end`
        return os.waitid(os.P_PID, self._process.pid, how) is not None

    def end(self) -> None:
        """End the process, and all that it started; may be called twice, in any thread."""
        with self._lock:
            if self.has_ended:
                return
            with suppress(ProcessLookupError):  # killed before it led a group
                os.killpg(self._process.pid, signal.SIGKILL)
            _, status, used = os.wait4(self._process.pid, 0)
            self._process.returncode = os.waitstatus_to_exitcode(status)
            self._cpu = used.ru_utime + used.ru_stime
            with self._said as said:
                said.seek(max(0, said.seek(0, os.SEEK_END) - _TAIL))
                self._last_words = said.read().decode("utf-8", errors="replace").strip()

    async def run(self, threads: ThreadPoolExecutor, task: _Task) -> TaskResult:
        """Have a task done."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(_PATIENCE, self._stop, "it could not be started in time")

        def begin() -> None:
            nonlocal timer
            timer.cancel()
            if (seconds := task.seconds) is not None:
                timer = loop.call_later(seconds, self._stop, f"it took more than {seconds:g} s")
            task.begun()

        try:
            return await loop.run_in_executor(
                threads, self._converse, task.work, lambda: loop.call_soon_threadsafe(begin)
            )
        finally:
            timer.cancel()

    def _stop(self, late: str) -> None:
        self._late = late
        self.end()

    def _converse(self, work: tuple[Any, ...], begin: Callable[[], object]) -> TaskResult:
        """Send a task and wait for what comes of it: in a thread, since both may take long."""
        self._started, self.has_begun = time.monotonic(), False
        self._said.truncate(0)
        self._said.seek(0)
        try:
            self._send(work)
            said = self._hear()
            if said[0] == "begun":
                self._started, self._cpu_before = time.monotonic(), said[1]
                self.has_begun = True
                begin()
                said = self._hear()
        except (EOFError, ConnectionError):
            self.end()
            return self._death()
        end, told, trace, cpu = said
        seconds = time.monotonic() - self._started
        cpu_seconds = cpu - self._cpu_before
        if end == TaskEnd.value:
            return TaskResult(TaskEnd.value, told, "", "", seconds, cpu_seconds)
        return TaskResult(TaskEnd(end), None, told, trace, seconds, cpu_seconds)

    def _send(self, work: tuple[Any, ...]) -> None:
        try:
            self._channel.send(work)
        except OSError:
            raise
        except Exception as error:  # pickle raises whatever it likes
            raise TypeError(f"a task cannot be sent to another process: {error}") from error

    def _hear(self) -> tuple[Any, ...]:
        """Receive what the worker says; it may die, and something it started hold the line."""
        if self._channel not in connection.wait([self._channel, self._exit]):
            raise EOFError
        try:
            said: tuple[Any, ...] = self._channel.recv()
        except (EOFError, OSError):
            raise
        except Exception as error:  # its module cannot be imported here, for example
            return ("raised", f"its value cannot be read: {error}", "", self._cpu_before)
        return said

    def _death(self) -> TaskResult:
        """Say why a process is gone."""
        code = self._process.returncode or 0
        end, message = TaskEnd.crashed, f"its process ended with exit code {code}"
        if self._late:
            end, message = TaskEnd.timed_out, self._late
        elif "bad_alloc" in self._last_words or "MemoryError" in self._last_words:
            end, message = TaskEnd.out_of_memory, "it needs more memory than it may have"
        elif code < 0:
            message = f"its process was ended by the signal {signal.Signals(-code).name}"
        seconds = time.monotonic() - self._started
        return TaskResult(
            end, None, message, self._last_words, seconds, self._cpu - self._cpu_before
        )
