"""Work for the processors of a cluster, for who has outgrown one machine."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from solvitur.errors import MissingExtra
from solvitur.runs.pool import Pool, TaskEnd, TaskResult, check_sendable

_PATIENCE = 300.0
"""Seconds for the cluster to give a process, and for that to import what it is to do."""


class RayWorkers(Pool):
    """Processes of a Ray cluster that do one task after the other, begun when they are needed.

    They do as `Workers` do: a task that takes too long is ended with its process, wherever that is,
    and one whose process or machine is lost has a result that says so. solvitur is installed on
    every machine of the cluster, and what is sent is trusted there: it is no sandbox.

    Args:
        count: How many processes at most; by default one for each processor of the cluster.
        address: Of the cluster, as `ray.init` takes it; by default the one that ``RAY_ADDRESS``
            names, or one on this machine that ends with the workers.
        memory: Bytes of address space that each process may have; no limit by default.

    Raises:
        MissingExtra: Ray is not installed.
    """

    def __init__(
        self, count: int | None = None, *, address: str | None = None, memory: int | None = None
    ) -> None:
        try:
            import ray
        except ImportError as error:
            raise MissingExtra("Ray", "ray") from error
        self._ray: Any = ray
        self._count, self._address, self._memory = count, address, memory
        self._is_ours = False
        self._all: list[Any] = []
        self._idle: list[Any] = []
        self._free = asyncio.Semaphore(count or 1)

    async def run(
        self, function: Callable[..., Any], *arguments: Any, seconds: float | None = None
    ) -> TaskResult:
        """Call a function in the cluster; wait for a process that is free. See `Pool.run`."""
        check_sendable(function)
        async with self._free:
            worker = await self._taken()
            if worker is None:
                return TaskResult(TaskEnd.timed_out, message="the cluster gave no process in time")
            started = time.monotonic()
            try:
                ref = worker.do.remote(function, arguments)
            except Exception as error:  # it raises whatever pickle does
                self._idle.append(worker)
                raise TypeError(f"a task cannot be sent to another process: {error}") from error
            try:
                result = await self._result(ref, seconds)
            except BaseException:
                self._end(worker)
                raise
            if result.end in (TaskEnd.timed_out, TaskEnd.crashed):
                self._end(worker)
            else:
                self._idle.append(worker)
            return replace(result, seconds=time.monotonic() - started)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._connect)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in [*self._all]:
            self._end(worker)
        if self._is_ours:
            await asyncio.to_thread(self._ray.shutdown)

    async def _result(self, ref: Any, seconds: float | None) -> TaskResult:
        try:
            end, told, trace, cpu = await asyncio.wait_for(_awaited(ref), seconds)
        except TimeoutError:
            return TaskResult(TaskEnd.timed_out, message=f"it took more than {seconds:g} s")
        except self._ray.exceptions.RayActorError as error:
            why = str(error).strip().splitlines()[0]
            return TaskResult(TaskEnd.crashed, message=f"its process is lost: {why}")
        except self._ray.exceptions.RayError as error:
            why = str(error).strip().splitlines()[-1]
            return TaskResult(TaskEnd.raised, message=why, traceback=str(error))
        if end == TaskEnd.value:
            return TaskResult(TaskEnd.value, told, cpu_seconds=cpu)
        return TaskResult(TaskEnd(end), None, told, trace, cpu_seconds=cpu)

    def _connect(self) -> None:
        if not self._ray.is_initialized():
            self._ray.init(
                address=self._address,
                include_dashboard=None if self._address else False,
                log_to_driver=False,
                logging_level="error",
            )
            self._is_ours = True
        if self._count is None:
            self._count = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self._free = asyncio.Semaphore(self._count)

    async def _taken(self) -> Any | None:
        """Give a process that is free: an idle one that is still there, or another."""
        while self._idle:
            worker = self._idle.pop()
            try:
                await _awaited(worker.ready.remote())
            except self._ray.exceptions.RayError:  # its machine may have left the cluster
                self._end(worker)
            else:
                return worker
        return await self._new()

    async def _new(self) -> Any | None:
        """Give another process of the cluster; None where it has none to give."""
        made = self._ray.remote(num_cpus=1, max_restarts=0)(RayWorker).remote(self._memory)
        self._all.append(made)
        try:
            await asyncio.wait_for(_awaited(made.ready.remote()), _PATIENCE)
        except BaseException as error:
            self._end(made)
            if isinstance(error, TimeoutError):
                return None
            raise
        return made

    def _end(self, worker: Any) -> None:
        self._all.remove(worker)
        with suppress(self._ray.exceptions.RayError):
            self._ray.kill(worker)


class RayWorker:
    """One process of a cluster, from inside."""

    def __init__(self, memory: int | None) -> None:
        if memory is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    def ready(self) -> bool:
        """Say that it is there."""
        return True

    def do(
        self, function: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> tuple[str, Any, str, float]:
        """Do a task; say how it ended, what came of it, the traceback and the processor time."""
        from solvitur.runs.worker import done, used

        before = used()
        end, told, trace, after = done(function, arguments)
        return end, told, trace, after - before


async def _awaited(ref: Any) -> Any:
    return await asyncio.wrap_future(ref.future())
