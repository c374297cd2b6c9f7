"""A sandbox that starts a process for each job."""

import functools
import json
import math
import os
import secrets
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from solvitur.sandbox.job import Job, Kind, Limits, Outcome, Threat, Usage
from solvitur.sandbox.rungs import INSIDE, Rung, lent_user
from solvitur.sandbox.screen import refusal

_LOOK = 0.1
"""Seconds between two looks at how much memory a job holds."""
_GRACE = 2.0
"""Seconds for the rest of what a job that ended has written."""
_CHUNK = 2**16


@dataclass(frozen=True)
class ProcessSandbox:
    """Runs each job in a process of its own, shut in by a rung of isolation.

    Example:
        >>> from solvitur.sandbox import Job, connect
        >>> connect().run(Job("def double(x): return 2 * x", "double", 21)).value
        42
    """

    rung: Rung

    @property
    def name(self) -> str:
        """The rung of isolation."""
        return self.rung.name

    @property
    def contains(self) -> frozenset[Threat]:
        """What it keeps code from doing."""
        return self.rung.contains

    def run(self, job: Job) -> Outcome:
        """Run a job to its end; safe to call from several threads."""
        refused = refusal(job.code)
        if refused is not None:
            return Outcome(refused.kind, self.name, message=refused.message)
        started = time.monotonic()
        lent = lent_user() if self.rung.own_user else nullcontext()
        with lent as user, _folder(self.rung, user) as folder:
            process = _Process(job, self.rung, user, folder)
            try:
                process.follow(started + job.limits.seconds)
            finally:
                process.end()
        return process.outcome(time.monotonic() - started)


class _Tail:
    """The last bytes of a stream."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._bytes = bytearray()
        self._seen = 0

    def add(self, chunk: bytes) -> None:
        self._seen += len(chunk)
        self._bytes += chunk
        if len(self._bytes) > 2 * self._size + _CHUNK:
            del self._bytes[: -self._size]

    @property
    def text(self) -> str:
        kept = bytes(self._bytes[-self._size :])
        dropped = self._seen - len(kept)
        words = kept.decode("utf-8", errors="replace")
        return f"[{dropped:,} bytes are left out here]\n{words}" if dropped else words


@dataclass
class _Head:
    """The first bytes of a stream."""

    size: int
    content: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> None:
        self.content += chunk[: self.size + 1 - len(self.content)]


class _Process:
    """One job at work: what it is told, what it says, and that nothing of it is left."""

    def __init__(self, job: Job, rung: Rung, user: int | None, folder: str) -> None:
        self._job, self._rung, self._user = job, rung, user
        self._nonce = secrets.token_hex(16)
        self._ended: Kind | None = None
        self._status, self._usage = 0, Usage()
        self._stdout, self._stderr = _Tail(job.limits.output), _Tail(job.limits.output)
        self._said = _Head(job.limits.value + 20_000)
        channel, theirs = os.pipe()
        self._channel = os.fdopen(channel, "rb", buffering=0)
        python = [sys.executable, "-s", "-P", "-c", _cell()]
        try:
            self._told = memoryview(_told(job, self._nonce, theirs))
            self._popen = subprocess.Popen(
                [*rung.command(user, job.limits), *python],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=[theirs],
                env=_environment(folder),
                cwd=folder if not rung.has_folder else "/",
                start_new_session=True,
            )
        except BaseException:
            self._channel.close()
            raise
        finally:
            os.close(theirs)
        try:
            self._exit = os.pidfd_open(self._popen.pid)
        except BaseException:
            self._channel.close()
            with self._popen:  # which closes what it has open, and waits for its end
                self._kill()
            raise

    def follow(self, deadline: float) -> None:
        """Feed it and read what it says until it ends, or has to be ended."""
        with selectors.DefaultSelector() as selector:
            self._listen(selector)
            next_look = 0.0
            while True:
                now = time.monotonic()
                if now >= deadline:
                    self._ended = Kind.timed_out
                    return
                if now >= next_look:
                    next_look = now + _LOOK
                    if self._look() > self._job.limits.memory:
                        self._ended = Kind.out_of_memory
                        return
                events = selector.select(min(_LOOK, deadline - now))
                for key, _ in events:
                    if key.fileobj == self._exit:
                        return
                    self._attend(selector, key)

    def _look(self) -> int:
        """Note the most memory that a process of it had; give what all of them have now."""
        held, most = _memory(self._popen.pid)
        self._usage = replace(self._usage, peak_memory=max(most, self._usage.peak_memory))
        return held

    def _listen(self, selector: selectors.BaseSelector) -> None:
        stdin, stdout, stderr = self._popen.stdin, self._popen.stdout, self._popen.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        os.set_blocking(stdin.fileno(), False)
        selector.register(self._exit, selectors.EVENT_READ)
        selector.register(stdin, selectors.EVENT_WRITE)
        streams: list[tuple[IO[bytes], _Tail | _Head]] = [
            (stdout, self._stdout),
            (stderr, self._stderr),
            (self._channel, self._said),
        ]
        for stream, sink in streams:
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ, sink)

    def _attend(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        """Move some bytes, and close what has no more."""
        stream: Any = key.fileobj
        try:
            if key.data is None:
                sent = os.write(stream.fileno(), self._told[:_CHUNK])
                self._told = self._told[sent:]
                has_more = bool(self._told)
            else:
                chunk = os.read(stream.fileno(), _CHUNK)
                key.data.add(chunk)
                has_more = bool(chunk)
        except BlockingIOError:
            return
        except BrokenPipeError:
            has_more = False
        if not has_more:
            selector.unregister(stream)
            stream.close()

    def end(self) -> None:
        """Leave nothing of it running, and read the rest of what it said."""
        self._look()
        self._kill()
        _, self._status, used = os.wait4(self._popen.pid, 0)
        self._popen.returncode = os.waitstatus_to_exitcode(self._status)
        os.close(self._exit)
        self._usage = replace(self._usage, cpu_seconds=used.ru_utime + used.ru_stime)
        deadline = time.monotonic() + _GRACE
        rest: list[tuple[Any, _Tail | _Head]] = [
            (self._popen.stdout, self._stdout),
            (self._popen.stderr, self._stderr),
            (self._channel, self._said),
        ]
        for stream, sink in rest:
            while not stream.closed and time.monotonic() < deadline:
                try:
                    chunk = os.read(stream.fileno(), _CHUNK)
                except BlockingIOError:
                    break
                if not chunk:
                    break
                sink.add(chunk)
            stream.close()
        if self._popen.stdin is not None:
            self._popen.stdin.close()

    def _kill(self) -> None:
        for process in [*_tree(self._popen.pid)][::-1]:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        if self._user is not None:  # those that fled from the group are still the same user's
            ending = self._rung.ending(self._user)
            subprocess.run(ending, env={}, capture_output=True, check=False)

    def outcome(self, seconds: float) -> Outcome:
        """Say what came of it."""
        kind, value, message, trace = self._verdict()
        return Outcome(
            kind,
            self._rung.name,
            value,
            message,
            trace,
            self._stdout.text,
            self._stderr.text,
            replace(self._usage, seconds=round(seconds, 4)),
        )

    def _verdict(self) -> tuple[Kind, Any, str, str]:
        limits = self._job.limits
        if self._ended is Kind.timed_out:
            return Kind.timed_out, None, f"it took more than {limits.seconds:g} s", ""
        if self._ended is Kind.out_of_memory:
            return Kind.out_of_memory, None, _too_much(limits), ""
        said = self._said.content.decode("utf-8", errors="replace")
        mark, _, rest = said.partition(" ")
        if mark == self._nonce and rest.endswith("\n"):
            try:
                return self._read(json.loads(rest))
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
                pass  # it has found out how the cell answers, and answered otherwise
        if said:
            return Kind.forbidden, None, "it wrote on the channel of its value", ""
        return self._death()

    def _read(self, reply: dict[str, Any]) -> tuple[Kind, Any, str, str]:
        cpu, memory = (float(reply["usage"][part]) for part in ("cpu_seconds", "peak_memory"))
        if not (math.isfinite(cpu) and math.isfinite(memory)):
            raise ValueError("nothing takes that much")
        self._usage = Usage(0.0, cpu, max(int(memory), self._usage.peak_memory))
        kind = Kind(reply["kind"])
        if kind is Kind.value:
            return kind, reply["value"], "", ""
        if kind is Kind.out_of_memory:
            return kind, None, _too_much(self._job.limits), str(reply["traceback"])
        return Kind.raised, None, str(reply["message"]), str(reply["traceback"])

    def _death(self) -> tuple[Kind, Any, str, str]:
        code = self._popen.returncode
        number = -code if code < 0 else code - 128
        if number == signal.SIGXCPU:
            return Kind.timed_out, None, "it took too much processor time", ""
        if number == signal.SIGKILL or "bad_alloc" in self._stderr.text[-2000:]:
            return Kind.out_of_memory, None, _too_much(self._job.limits), ""
        if number > 0:
            with suppress(ValueError):
                name = signal.Signals(number).name
                return Kind.crashed, None, f"it was ended by the signal {name}", ""
        return Kind.crashed, None, f"it ended with exit code {code} and gave no value", ""


def _too_much(limits: Limits) -> str:
    return f"it needs more than {limits.memory / 2**20:,.0f} MiB of memory"


def _told(job: Job, nonce: str, channel: int) -> bytes:
    told = {
        "nonce": nonce,
        "channel": channel,
        "code": job.code,
        "entry": job.entry,
        "payload": job.payload,
        "limits": asdict(job.limits),
    }
    return json.dumps(told).encode()


@functools.cache
def _cell() -> str:
    return files("solvitur.sandbox").joinpath("cell.py").read_text(encoding="utf-8")


def _environment(folder: str) -> dict[str, str]:
    """Give all variables that a job sees: nothing of ours."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # `python -I` would ignore it, so its other two flags are given
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


@contextmanager
def _folder(rung: Rung, user: int | None) -> Iterator[str]:
    """Make an empty folder for a job, and leave nothing of it."""
    if rung.has_folder:
        yield INSIDE
        return
    folder = tempfile.mkdtemp(prefix="solvitur-job-")
    try:
        if user is not None:
            os.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tree(root: int) -> Iterator[int]:
    """Give a process and all that descend from it, parents first."""
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            with suppress(OSError):
                waiting += map(int, task.read_text().split())


def _memory(root: int) -> tuple[int, int]:
    """Look at a process and its descendants.

    Returns:
        The bytes that all of them have for themselves, and the most that one of them ever had. What
        the kernel tells of a process that has ended is of no use: it counts what we had ourselves.
    """
    held, most = 0, 0
    for process in _tree(root):
        with suppress(OSError):
            text = Path(f"/proc/{process}/status").read_text(errors="replace")
            told = dict(line.partition(":")[::2] for line in text.splitlines())
            held += _bytes(told.get("RssAnon") or told.get("VmRSS"))
            most = max(most, _bytes(told.get("VmHWM")))
    return held, most


def _bytes(told: str | None) -> int:
    """Read a size as the kernel tells it: nothing of a process that has ended."""
    return 1024 * int(told.split()[0]) if told else 0
