"""A sandbox that is kept warm: a process that stays in it forks one for each job."""

import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from solvitur.errors import SandboxUnavailable
from solvitur.sandbox import inside, watching
from solvitur.sandbox.job import Job, Kind, Outcome, Threat
from solvitur.sandbox.rungs import INSIDE, Rung, lent_user
from solvitur.sandbox.screen import refusal
from solvitur.sandbox.talk import Talk

_IMPORTED = (
    *("bisect", "collections", "copy", "dataclasses", "functools", "heapq", "itertools"),
    *("math", "operator", "resource", "random", "re", "statistics", "string", "time", "typing"),
    *("numpy", "numpy.linalg", "numpy.random"),
)
"""What a job finds imported, where it is installed."""
_PATIENCE = 60.0
"""Seconds for such a process to start."""
_GRACE = 10.0
"""Seconds for it to end a job."""
_LONGEST = 2**16


class WarmSandbox:
    """Runs each job in a process that a warm one forks; shut in by a rung as without.

    There is a warm process for each job that runs at a time, and none is shared: what harms it
    harms no other job's. One that is lost is replaced. Its job is run again while no other runs;
    if that is lost as well, it did it, and is told to have crashed. The warm processes end with
    this one, or when the sandbox is no longer used.

    Args:
        rung: How the warm processes, and with them the jobs, are shut in.

    Example:
        >>> from solvitur.sandbox import Job, connect
        >>> connect(warm=True).run(Job("def double(x): return 2 * x", "double", 21)).value
        42
    """

    def __init__(self, rung: Rung) -> None:
        self.rung = rung
        self._gate = _Gate()
        self._idle: list[_Warm] = []
        self._owner = os.getpid()
        weakref.finalize(self, _end_all, self._idle, self._owner)

    @property
    def name(self) -> str:
        """The rung of isolation."""
        return self.rung.name

    @property
    def contains(self) -> frozenset[Threat]:
        """What it keeps code from doing."""
        return self.rung.contains

    def run(self, job: Job) -> Outcome:
        """Run a job to its end; safe to call from several threads.

        Raises:
            SandboxUnavailable: No warm process can be started, or none can start a job.
        """
        refused = refusal(job.code)
        if refused is not None:
            return Outcome(refused.kind, self.name, message=refused.message)
        try:
            with self._gate.among_others():
                return self._attempt(job)
        except _Lost:
            pass
        try:
            with self._gate.alone():
                return self._attempt(job)
        except _Lost:
            return Outcome(Kind.crashed, self.name, message="it ended the process that started it")

    def _attempt(self, job: Job) -> Outcome:
        warm = self._taken()
        try:
            outcome = warm.run(job)
        except TypeError:  # of the payload: nothing was begun
            self._idle.append(warm)
            raise
        except BaseException:
            warm.end()
            raise
        self._idle.append(warm)
        return outcome

    def _taken(self) -> "_Warm":
        if self._owner != os.getpid():  # forked, and those belong to whoever forked us
            for warm in self._idle:
                warm.forget()
            self._owner, self._idle = os.getpid(), []
            weakref.finalize(self, _end_all, self._idle, self._owner)
        while self._idle:
            try:
                warm = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if warm.is_there:
                return warm
            warm.end()
        return _Warm(self.rung)


class _Lost(Exception):
    """The warm process is gone, or does what nobody asked of it."""


class _Warm:
    """One warm process, which does one job at a time."""

    def __init__(self, rung: Rung) -> None:
        self._rung = rung
        self._user: int | None = None
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        given = {
            "socket": theirs.fileno(),
            "modules": _IMPORTED,
            "folder": INSIDE if rung.has_folder else None,
            "is_apart": rung.name != "limits",
            "is_nested": rung.is_nested,
            "reads_all": rung.reads_all,
        }
        python = inside.interpreter("framing", "cell", "kernel", "zygote", given=given)
        with theirs:
            self._popen = subprocess.Popen(
                [*rung.standing(), *python],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=inside.environment(INSIDE),
                cwd="/",
                start_new_session=True,
            )
        self._pid = self._greeted()

    @property
    def is_there(self) -> bool:
        """Whether it waits for a job."""
        return self._popen.poll() is None

    def run(self, job: Job) -> Outcome:
        """Run a job to its end; it has its time for itself, however long this took to start.

        Raises:
            TypeError: The payload is something that cannot be sent.
            _Lost: This process is not to be used again, and what came of the job is not known.
            SandboxUnavailable: No job can be started.
        """
        started = time.monotonic()
        talk = Talk(job)
        try:
            lent = lent_user() if self._rung.own_user else nullcontext()
            with lent as self._user, watching.folder(self._rung, self._user) as folder:
                answer = self._conversed(job, folder, talk, started + job.limits.seconds)
            talk.drain()
            seconds = time.monotonic() - started
            return talk.outcome(self._rung.name, answer["code"], answer["cpu_seconds"], seconds)
        finally:
            self._user = None
            talk.close()

    def _conversed(self, job: Job, folder: str, talk: Talk, deadline: float) -> dict[str, Any]:
        """Have it run, and give how it ended."""
        is_ended = True
        try:
            self._start(job, folder, talk)
            is_ended = talk.follow(self._line.fileno(), deadline, self._look)
            if not is_ended:
                self._send(b"end")
            return self._heard()
        except _Lost:
            self.end()  # and with it what the job started, while the user is still lent
            if is_ended:
                raise
            return {"code": -signal.SIGKILL, "cpu_seconds": 0.0}

    def end(self) -> None:
        """End it, and with it all that it started; may be called twice."""
        if self._popen.returncode is None:
            watching.end(self._popen.pid, self._rung, self._user)
            self._popen.wait()
        self._line.close()

    def forget(self) -> None:
        """Leave it to the process that this one was forked from."""
        self._line.close()
        self._popen.returncode = 0

    def _start(self, job: Job, folder: str, talk: Talk) -> None:
        told = {
            "user": self._user,
            "folder": folder,
            "folder_size": job.limits.folder_size,
            "tasks": None if self._user is None and not self._rung.is_nested else 2,
        }
        try:
            socket.send_fds(self._line, [json.dumps(told).encode()], talk.theirs)
        except OSError as error:
            raise _Lost from error
        finally:
            talk.handed_over()

    def _send(self, what: bytes) -> None:
        try:
            self._line.send(what)
        except OSError as error:
            raise _Lost from error

    def _heard(self) -> dict[str, Any]:
        """Hear how a job ended.

        Raises:
            _Lost: Nothing is heard.
            SandboxUnavailable: It could not be started.
        """
        self._line.settimeout(_GRACE)
        try:
            said = self._line.recv(_LONGEST)
        except OSError as error:
            raise _Lost from error
        if not said:
            raise _Lost
        answer: dict[str, Any] = json.loads(said)
        if "lost" in answer:
            raise _Lost
        if "fault" in answer:
            raise SandboxUnavailable(f"the warm sandbox {self._rung.name}: {answer['fault']}")
        return answer

    def _look(self) -> tuple[int, int]:
        return watching.memory(self._pid, itself=False)

    def _greeted(self) -> int:
        """Wait until it is ready, and give its number as we see it.

        Raises:
            SandboxUnavailable: It does not come.
        """
        self._line.settimeout(_PATIENCE)
        try:
            said, (credentials, *_), _, _ = self._line.recvmsg(_LONGEST, 64)
        except (OSError, ValueError):
            said = b""
        if said != b"ready":
            self.end()
            raise SandboxUnavailable(f"the sandbox {self._rung.name} cannot be kept warm here")
        number: int = struct.unpack("iII", credentials[2])[0]
        return number


class _Gate:
    """Lets many in at a time, or one alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone = 0

    @contextmanager
    def among_others(self) -> Iterator[None]:
        """Be inside together with others."""
        with self._entered(lambda: not self._alone):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be inside with nobody else."""
        with self._changed:
            self._alone += 1  # nobody else enters from now on
        try:
            with self._entered(lambda: not self._inside):
                yield
        finally:
            with self._changed:
                self._alone -= 1
                self._changed.notify_all()

    @contextmanager
    def _entered(self, is_open: Callable[[], bool]) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(is_open)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()


def _end_all(idle: list[_Warm], owner: int) -> None:
    if os.getpid() == owner:
        for warm in idle:
            warm.end()
