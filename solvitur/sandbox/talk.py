"""What is said to a job and what it says, and the verdict on that."""

import json
import math
import os
import secrets
import select
import selectors
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from solvitur.sandbox.framing import unpacked
from solvitur.sandbox.inside import told
from solvitur.sandbox.job import Job, Kind, Limits, Outcome, Usage

_LOOK = 0.1
"""Seconds between two looks at how much memory a job holds."""
_GRACE = 2.0
"""Seconds for the rest of what a job that ended has written."""
_CHUNK = 2**16
_LONGEST_REPLY = 20_000
"""Bytes of a reply beside its value."""


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


class Talk:
    """One job as it is heard: its pipes, what it may use up, and what came of it.

    Args:
        job: What is run.

    Raises:
        TypeError: The payload is something that cannot be sent.
    """

    def __init__(self, job: Job) -> None:
        self._limits = job.limits
        self._nonce = secrets.token_hex(16)
        self._ended: Kind | None = None
        self._usage = Usage()
        self._stdout, self._stderr = _Tail(job.limits.output), _Tail(job.limits.output)
        self._said = _Head(job.limits.value + _LONGEST_REPLY)
        pipes = [os.pipe() for _ in range(4)]
        (stdin, self._stdin), *heard = pipes
        self.theirs = (stdin, *(theirs for _, theirs in heard))
        """Their ends: stdin, stdout, stderr and the channel of the value; see `handed_over`."""
        sinks: list[_Tail | _Head] = [self._stdout, self._stderr, self._said]
        self._heard = {ours: sink for (ours, _), sink in zip(heard, sinks, strict=True)}
        try:
            self._told = memoryview(told(job, self._nonce, self.theirs[-1]))
        except BaseException:
            self.handed_over()
            self.close()
            raise
        for ours in (self._stdin, *self._heard):
            os.set_blocking(ours, False)

    def handed_over(self) -> None:
        """Close their ends: somebody else has them now."""
        for theirs in self.theirs:
            os.close(theirs)
        self.theirs = ()

    def follow(self, end: int, deadline: float, look: Callable[[], tuple[int, int]]) -> bool:
        """Feed it and read what it says until it ends, or has to be ended.

        Args:
            end: A descriptor that can be read once it has ended.
            deadline: When it has to have ended.
            look: Gives the bytes that it holds, and the most that one process of it held.

        Returns:
            Whether it ended by itself.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(end, selectors.EVENT_READ)
            selector.register(self._stdin, selectors.EVENT_WRITE)
            for ours in self._heard:
                selector.register(ours, selectors.EVENT_READ)
            next_look = time.monotonic() + _LOOK
            while True:
                now = time.monotonic()
                if now >= deadline:
                    self._ended = Kind.timed_out
                    return False
                if now >= next_look:
                    next_look = now + _LOOK
                    if self.looked(look()) > self._limits.memory:
                        self._ended = Kind.out_of_memory
                        return False
                for key, _ in selector.select(min(_LOOK, deadline - now)):
                    if key.fd == end:
                        return True
                    if not self._attend(key.fd):
                        selector.unregister(key.fd)

    def looked(self, seen: tuple[int, int]) -> int:
        """Note the most memory that a process of it had; give what all of them have now."""
        held, most = seen
        self._usage = replace(self._usage, peak_memory=max(most, self._usage.peak_memory))
        return held

    def drain(self) -> None:
        """Read the rest of what it said: nothing of it runs any more."""
        deadline = time.monotonic() + _GRACE
        for ours in [*self._heard]:
            while time.monotonic() < deadline and self._attend(ours):
                if not select.select([ours], [], [], 0)[0]:
                    break

    def close(self) -> None:
        """Close our ends."""
        for ours in [self._stdin, *self._heard]:
            self._drop(ours)

    def outcome(self, rung: str, code: int, cpu_seconds: float, seconds: float) -> Outcome:
        """Say what came of it.

        Args:
            rung: The isolation that was in force.
            code: How it ended, as `subprocess` has it.
            cpu_seconds: What it used, as far as it did not say itself.
            seconds: How long it took.
        """
        self._usage = replace(self._usage, cpu_seconds=cpu_seconds)
        kind, value, message, trace = self._verdict(code)
        return Outcome(
            kind,
            rung,
            value,
            message,
            trace,
            self._stdout.text,
            self._stderr.text,
            replace(self._usage, seconds=round(seconds, 4)),
        )

    def _attend(self, ours: int) -> bool:
        """Move some bytes; say whether there may be more, and close what has none."""
        try:
            if ours == self._stdin:
                self._told = self._told[os.write(ours, self._told[:_CHUNK]) :]
                has_more = bool(self._told)
            else:
                chunk = os.read(ours, _CHUNK)
                self._heard[ours].add(chunk)
                has_more = bool(chunk)
        except BlockingIOError:
            return True
        except BrokenPipeError:
            has_more = False
        if not has_more:
            self._drop(ours)
        return has_more

    def _drop(self, ours: int) -> None:
        if ours == self._stdin:
            self._stdin = -1
        else:
            self._heard.pop(ours, None)
        if ours >= 0:
            os.close(ours)

    def _verdict(self, code: int) -> tuple[Kind, Any, str, str]:
        limits = self._limits
        if self._ended is Kind.timed_out:
            return Kind.timed_out, None, f"it took more than {limits.seconds:g} s", ""
        if self._ended is Kind.out_of_memory:
            return Kind.out_of_memory, None, _too_much(limits), ""
        said = self._said.content
        mark, _, rest = said.partition(b" ")
        if mark == self._nonce.encode():
            try:
                return self._read(rest)
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
                pass  # it has found out how the cell answers, and answered otherwise
        if said:
            return Kind.forbidden, None, "it wrote on the channel of its value", ""
        return self._death(code)

    def _read(self, said: bytearray) -> tuple[Kind, Any, str, str]:
        line, end, frame = said.partition(b"\n")
        reply = json.loads(line)
        cpu, memory = (float(reply["usage"][part]) for part in ("cpu_seconds", "peak_memory"))
        if not (end and math.isfinite(cpu) and math.isfinite(memory)):
            raise ValueError("it is cut off, or nothing takes that much")
        kind = Kind(reply["kind"])
        value = unpacked(frame) if kind is Kind.value else None
        self._usage = Usage(0.0, cpu, max(int(memory), self._usage.peak_memory))
        if kind is Kind.value:
            return kind, value, "", ""
        if kind is Kind.out_of_memory:
            return kind, None, _too_much(self._limits), str(reply["traceback"])
        return Kind.raised, None, str(reply["message"]), str(reply["traceback"])

    def _death(self, code: int) -> tuple[Kind, Any, str, str]:
        number = -code if code < 0 else code - 128
        if number == signal.SIGXCPU:
            return Kind.timed_out, None, "it took too much processor time", ""
        if number == signal.SIGKILL or "bad_alloc" in self._stderr.text[-2000:]:
            return Kind.out_of_memory, None, _too_much(self._limits), ""
        if number > 0:
            with suppress(ValueError):
                name = signal.Signals(number).name
                return Kind.crashed, None, f"it was ended by the signal {name}", ""
        return Kind.crashed, None, f"it ended with exit code {code} and gave no value", ""


def _too_much(limits: Limits) -> str:
    return f"it needs more than {limits.memory / 2**20:,.0f} MiB of memory"
