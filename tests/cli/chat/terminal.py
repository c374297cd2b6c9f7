"""A terminal to type at: a real one for the command, a screen in memory for the test."""

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import pexpect
import pyte

CTRL_C, CTRL_D, CTRL_R = "\x03", "\x04", "\x12"
ENTER, TAB, UP, DOWN, ALT_ENTER = "\r", "\t", "\x1b[A", "\x1b[B", "\x1b\r"
SOLVITUR = (
    "import signal, sys;"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"  # ignored in what runs behind
    "from solvitur.cli import main;"
    "main()"
)


class _Screen(pyte.Screen):
    """A screen that answers where its cursor is."""

    answer: Callable[[str], None]

    def write_process_input(self, data: str) -> None:
        self.answer(data)


class Terminal:
    """The command line on a terminal of its own.

    Args:
        arguments: What is typed behind ``solvitur``.
        columns: How wide the terminal is.
        rows: How high it is.
        patience: Seconds to wait for what should be shown.
        environment: Variables that are set beside those of the test.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        patience: float = 300.0,
        **environment: str,
    ) -> None:
        self._patience = patience
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(
            sys.executable,
            ["-c", SOLVITUR, *arguments],
            dimensions=(rows, columns),
            env={**os.environ, "TERM": "xterm-256color", **environment},
            timeout=None,
        )
        self._child.delaybeforesend = None
        self._screen.answer = self._child.send
        self.raw = b""
        """Everything that was written to the terminal."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.close(force=True)

    @property
    def text(self) -> str:
        """What the screen shows, without the spaces at the ends and the lines below."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def process(self) -> int:
        """The number of the process."""
        return int(self._child.pid)

    def type(self, *keys: str) -> None:
        """Type keys; a text is as many of them as it has characters."""
        for each in keys:
            self._child.send(each)

    def paste(self, text: str) -> None:
        """Put in a text at once, as a terminal does it."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def wait_until(self, is_so: Callable[[str], bool]) -> str:
        """Wait until the screen is as it should be; give what it shows."""
        until = time.monotonic() + self._patience
        while not is_so(self.text):
            assert time.monotonic() < until, f"it never came; the screen shows:\n{self.text}"
            self._read()
        return self.text

    def wait_for(self, words: str) -> str:
        """Wait until the screen shows some words; give all that it shows."""
        return self.wait_until(lambda text: words in text)

    def wait_for_end(self) -> int:
        """Wait until the process leaves; give its exit code."""
        until = time.monotonic() + self._patience
        while self._read():
            assert time.monotonic() < until, f"it never left; the screen shows:\n{self.text}"
        self._child.wait()
        code: int = self._child.exitstatus
        return code

    def _read(self) -> bool:
        """Read what comes in a moment; say whether more may come."""
        try:
            piece = self._child.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += piece
        self._stream.feed(piece)
        return True
