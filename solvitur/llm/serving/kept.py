"""A program of which nothing is left when this process is gone, however it goes."""

import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from solvitur.llm.serving.backend import Command

_MORE = 10.0
"""Seconds that the keeper has for itself."""


class Kept:
    """A program at work, seen from outside; leaving it ends the program.

    Args:
        command: What to start.
        out: Where what it says goes.
        err: Where its complaints go.
        patience: Seconds for it to end when it is told to; then it is killed.

    Example:
        >>> from subprocess import DEVNULL
        >>> with Kept(Command(("sh", "-c", "exit 3")), out=DEVNULL, err=DEVNULL) as kept:
        ...     kept.wait(), kept.code
        (True, 3)
    """

    def __init__(
        self,
        command: Command,
        *,
        out: IO[bytes] | int,
        err: IO[bytes] | int,
        patience: float = 10.0,
    ) -> None:
        self.code: int | None = None
        """The program's exit code once it has ended; below 0, the signal that killed it."""
        self.complaint = ""
        """Why it could not be started."""
        self._has_ended = False
        self._patience = patience
        keeper = [sys.executable, "-I", str(Path(__file__).with_name("keeper.py"))]
        self._channel, theirs = socket.socketpair()
        try:
            self._keeper = subprocess.Popen(
                [*keeper, str(theirs.fileno()), str(patience), *command.arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=[theirs.fileno()],
                env={**command.environment, **os.environ},
                start_new_session=True,
            )
        except BaseException:
            self._channel.close()
            raise
        finally:
            theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ask_to_end()
        if not self.wait(self._patience + _MORE):
            self._clear()
        self._channel.close()

    def ask_to_end(self) -> None:
        """Have it end; may be called in any thread, and does not wait."""
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_WR)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end, so long at most; tell whether it came."""
        if not self._has_ended and select.select([self._channel], [], [], seconds)[0]:
            self._hear()
        return self._has_ended

    def _hear(self) -> None:
        """Take in how it ended, up to the end of the keeper."""
        told = b""
        while piece := self._channel.recv(1024):
            told += piece
        try:
            self.code = int(told)
        except ValueError:
            self.complaint = told.decode("utf-8", errors="replace")
        self._clear()

    def _clear(self) -> None:
        """Leave nothing, also where the keeper was killed before it could see to that."""
        with suppress(ProcessLookupError):
            os.killpg(self._keeper.pid, signal.SIGKILL)
        self._keeper.wait()
        self._has_ended = True
