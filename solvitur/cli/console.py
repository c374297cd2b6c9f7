"""Words on the terminal: data on stdout, talk on stderr, and nothing that a text could abuse."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import (
    AbstractContextManager,
    contextmanager,
    nullcontext,
    redirect_stderr,
    redirect_stdout,
)
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What could move the cursor, colour the screen, or turn the direction of writing."""
_DASH = re.compile(r"\s*(?:- )?")
_NARROWEST = 20
"""Columns that words get in any case."""


def data() -> "Console":
    """Where results go."""
    return _console(sys.stdout)


def talk() -> "Console":
    """Where everything else goes."""
    return _console(sys.stderr)


@contextmanager
def lent() -> Iterator[None]:
    """Let libraries talk to the process's stderr, and keep our own streams from them."""
    theirs = sys.__stderr__ or sys.stderr  # there is none where the caller closed it
    with redirect_stdout(theirs), redirect_stderr(theirs):
        yield


def working(console: "Console", words: str) -> "AbstractContextManager[Status | None]":
    """Turn a spinner beside the words, where the terminal can."""
    return console.status(words) if console.is_terminal else nullcontext()


def safe(text: str) -> str:
    r"""Show what is no plain text by its code.

    >>> safe("cost:\t3\x1b[2J")
    'cost:\t3\\x1b[2J'
    """
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def cut(text: str, longest: int) -> str:
    """Leave out the end of what is too long to be read.

    >>> cut("abcdef", 3)
    'abc ... (3 characters more)'
    """
    rest = len(text) - longest
    return text if rest <= 0 else f"{text[:longest]} ... ({rest:,} characters more)"


def show(console: "Console", text: str, style: str = "") -> None:
    """Show text that may come from anywhere; broken between words wherever a person looks.

    What stands behind the dash of a list stays behind it.
    """
    from rich.text import Text

    for line in safe(text).split("\n"):
        if not (console.is_terminal or console.file.isatty()):  # a terminal may want no colours
            console.print(Text(line, style))
            continue
        dash = _DASH.match(line)[0]  # type: ignore[index]
        width = max(_NARROWEST, console.width - len(dash))
        for part in Text(line[len(dash) :], style).wrap(console, width):
            part.rstrip()
            console.print(Text(dash, style) + part, soft_wrap=True)
            dash = " " * len(dash)


def write_json(text: str) -> None:
    """Write to stdout in UTF-8, whatever the terminal's encoding is."""
    write_text(f"{text}\n")


def write_text(text: str) -> None:
    """Write a whole file to stdout, in UTF-8."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    is_plain = (
        not stream.isatty()
        or bool(os.environ.get("NO_COLOR"))
        or os.environ.get("TERM", "dumb") in ("dumb", "unknown")
    )
    return Console(
        file=stream,
        force_terminal=not is_plain,
        color_system=None if is_plain else "auto",
        width=None if stream.isatty() else 1000,  # who reads a file has no right margin
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
    )
