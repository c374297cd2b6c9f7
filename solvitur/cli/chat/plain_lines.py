"""Messages where there is no terminal that could show an editor: a pipe, or a dumb terminal."""

import asyncio
import sys
from collections.abc import Iterator
from typing import TextIO

from solvitur.cli.chat.typing import messages


class PlainLines:
    """Messages as they stand in the lines of a stream.

    Args:
        lines: The stream.
        prompt: Where to write that the next message is waited for; nowhere for a pipe.
    """

    def __init__(self, lines: TextIO, prompt: TextIO | None = None) -> None:
        self._prompt = prompt
        self._lines = lines
        self._messages = messages(self._prompted())

    async def read(self, hint: str = "", *, is_leaving: bool = False) -> str | None:
        """Give the next message; ``None`` at the end."""
        if hint and self._prompt is not None:
            self._prompt.write(f"({hint})\n")
        return await asyncio.to_thread(next, self._messages, None)

    async def ask(self, question: str) -> str:
        """Ask for a line that is no message."""
        return await asyncio.to_thread(self._line, question)

    def leave(self) -> None:
        """Nothing ends a line that is being read but its own end."""

    def refresh(self) -> None:
        """There is no toolbar."""

    def _line(self, prompt: str) -> str:
        if self._prompt is not None:
            self._prompt.write(prompt)
            self._prompt.flush()
        return self._lines.readline()

    def _prompted(self) -> Iterator[str]:
        while line := self._line("> "):
            yield line


def piped() -> PlainLines:
    """Give the messages that are piped in, in UTF-8."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    return PlainLines(sys.stdin)
