"""What is going on while a step is at work: a line that moves on a terminal, else plain lines."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from solvitur.cli.console import cut, safe

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

    from solvitur.agents.graph import State
    from solvitur.cli.chat.screen import Screen
    from solvitur.solvers import Incumbent

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PER_SECOND = 8
_LONGEST_LINE = 300
_A_WHILE = 1.0
"""Seconds of search from which on it is worth telling of, where nothing moves."""
_FENCE = "```"
_JSON = re.compile(r'[{\[]\s*["{\[]|["}\]]\s*[:,}\]]')
_OF_JSON = re.compile(r'[][{}":,]+')


class Working:
    """Hears what a conversation is doing (its `Listener`), and shows it.

    On a terminal that can move its cursor: what is being done, for how long, and what the model is
    writing just now. A free answer is written out as it comes, a paragraph at a time in its final
    form. Elsewhere each step is a line.

    Args:
        screen: Where to show it.
    """

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self._keys = _Keys(screen.is_terminal)
        self._console = screen.data if screen.data.is_terminal else screen.talk
        self._live: Live | None = None
        self._started = 0.0
        self._doing = ""
        self._writing = ""
        self._answer = ""
        self._shown = 0

    @contextmanager
    def on(self, doing: str = "") -> Iterator[None]:
        """Show what is heard in here; at once, where it is said what is being done."""
        self._started = time.monotonic()
        self._doing, self._writing, self._answer, self._shown = doing, "", "", 0
        try:
            if doing:
                self._move()
            yield
        finally:
            self._show_paragraphs(to_the_end=True)
            self.end()

    def end(self) -> None:
        """Leave the terminal as it was, from any thread."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()
        self._keys.show()

    @property
    def answer(self) -> str:
        """What was written out of a free answer."""
        return self._answer

    # --- what is heard ---------------------------------------------------------------------------

    def doing(self, words: str) -> None:
        """Take note of what is being done now."""
        self._doing, self._writing = words, ""
        self._move()

    def step(self, name: str, state: "State") -> None:
        """Take note of a step towards a formulation."""
        from solvitur.agents.steps import step_lines

        for line in step_lines(name, state):
            words = cut(line.replace("\n", "; "), _LONGEST_LINE)
            if self._console.is_terminal:
                self._writing = f"{words}\n"
            else:
                self.screen.note(words)
        self._move()

    def writes(self, piece: str) -> None:
        """Take note of what the model writes for itself; a request begins with a new line."""
        self._writing = (self._writing + piece)[-_LONGEST_LINE:]
        self._move()

    def text(self, piece: str) -> None:
        """Take note of a piece of a free answer."""
        self._answer += piece
        self._writing = ""
        if self._console.is_terminal:
            self._move()
            self._show_paragraphs()

    def incumbent(self, incumbent: "Incumbent") -> None:
        """Take note of a better point."""
        from solvitur.agents.steps import incumbent_line

        self._writing = incumbent_line(incumbent)
        self._move()
        if not self._console.is_terminal and incumbent.seconds >= _A_WHILE:
            self.screen.note(self._writing)

    # --- what is shown ---------------------------------------------------------------------------

    def _move(self) -> None:
        if self._live is not None or not self._console.is_terminal:
            return
        from rich.live import Live

        self._keys.hide()
        self._live = Live(
            _Line(self),
            console=self._console,
            transient=True,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _show_paragraphs(self, *, to_the_end: bool = False) -> None:
        """Write out for good the paragraphs that are complete."""
        if not self._console.is_terminal:
            return
        end = len(self._answer) if to_the_end else _last_break(self._answer)
        if end > self._shown:
            paragraph, self._shown = self._answer[self._shown : end], end
            if paragraph.strip():
                self.screen.markdown(paragraph.strip("\n"))

    def lines(self, width: int, height: int) -> Iterator[tuple[str, str]]:
        """Give the lines that move, each with its style."""
        seconds = time.monotonic() - self._started
        rest = safe(self._answer[self._shown :]).strip("\n")
        if rest:
            most = width * max(1, height - 4)
            yield rest[-most:], ""
        frame = _FRAMES[int(seconds * _PER_SECOND) % len(_FRAMES)]
        yield f"{frame} {safe(self._doing) or 'working'} {seconds:.0f} s", "cyan"
        writing = safe(_last_line(self._writing))
        if writing:
            yield f"  {writing[-(width - 3) :]}", "dim"


class _Keys:
    """Whether the terminal writes what is typed; while something moves there, it does not.

    What is typed in the meantime is kept by the terminal, for the next message.
    """

    def __init__(self, is_terminal: bool) -> None:
        self._terminal = sys.stdin.fileno() if is_terminal else None
        self._before: list[Any] | None = None

    def hide(self) -> None:
        """Write nothing from now on."""
        if self._terminal is None or self._before is not None:
            return
        import termios

        now = termios.tcgetattr(self._terminal)
        self._before = [*now]
        now[3] &= ~termios.ECHO
        termios.tcsetattr(self._terminal, termios.TCSANOW, now)

    def show(self) -> None:
        """Do as before."""
        before, self._before = self._before, None
        if self._terminal is None or before is None:
            return
        import termios

        termios.tcsetattr(self._terminal, termios.TCSANOW, before)


class _Line:
    """The part of the screen that moves."""

    def __init__(self, working: Working) -> None:
        self._working = working

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.text import Text

        for line, style in self._working.lines(options.max_width, console.height):
            is_answer = style == ""
            yield Text(line, style, no_wrap=not is_answer, overflow="fold" if is_answer else "crop")


def _last_line(text: str) -> str:
    r"""Give the last line of a text that says something, of JSON the words in it.

    >>> _last_line('round 1, check: no findings\n\n')
    'round 1, check: no findings'
    >>> _last_line('x <= 40\n]}{"row": {"name": "wood", "values": {"chair": -40')
    'row name wood values chair -40'
    """
    line = next((each for each in reversed(text.splitlines()) if each.strip()), "")
    if _JSON.search(line):
        line = _OF_JSON.sub(" ", line)
    return " ".join(line.split())


def _last_break(text: str) -> int:
    r"""Find where the last complete paragraph ends; one break inside of code is none.

    >>> _last_break("One.\n\nTwo"), _last_break("```\na\n\nb")
    (6, 0)
    """
    end = text.rfind("\n\n")
    while end >= 0 and text[:end].count(_FENCE) % 2:
        end = text.rfind("\n\n", 0, end)
    return end + 2 if end >= 0 else 0
