"""How a conversation looks: rich on a terminal, plain text everywhere else."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO, cast

from solvitur.cli import console
from solvitur.cli.console import safe

if TYPE_CHECKING:
    from rich.console import Console

    from solvitur.agents import Answer
    from solvitur.agents.chat.state import Response

_MARK_OF_THE_MODEL = "(These are the model's words; nothing confirms them.)"


class Screen:
    """Where a conversation is shown; what a model or a file says is made safe here.

    Args:
        data: Where answers go, and what a command was asked for.
        talk: Where everything else goes.
        is_terminal: Whether a person is there, who types and looks.
    """

    def __init__(self, data: "Console", talk: "Console", *, is_terminal: bool = False) -> None:
        self.data = data
        # What moves on a terminal has to know of all that is written there.
        self.talk = data if data.is_terminal and talk.is_terminal else talk
        self.is_terminal = is_terminal
        self._before: Answer | None = None
        """The answer that was shown last."""

    @property
    def terminal(self) -> TextIO:
        """Where a person looks."""
        found = self.data if self.data.file.isatty() else self.talk
        return cast(TextIO, found.file)

    @classmethod
    def of_process(cls) -> "Screen":
        """Give the screen on the streams of this process."""
        is_terminal = sys.stdin is not None and sys.stdin.isatty()
        is_terminal = is_terminal and (sys.stdout.isatty() or sys.stderr.isatty())
        return cls(console.data(), console.talk(), is_terminal=is_terminal)

    def say(self, text: str, style: str = "") -> None:
        """Show what was asked for."""
        console.show(self.data, text, style)

    def note(self, text: str, style: str = "dim") -> None:
        """Show what there is to say beside it."""
        console.show(self.talk, text, style)

    def error(self, text: str) -> None:
        """Say what went wrong and what to do next."""
        console.show(self.talk, f"Error: {text}", "bold red")

    def code(self, text: str, language: str) -> None:
        """Show code as it is, in colours where there are any."""
        if self.data.color_system is None:
            self.data.print(safe(text))
            return
        from rich.syntax import Syntax

        theme = "ansi_dark"
        self.data.print(Syntax(safe(text), language, theme=theme, background_color="default"))

    def markdown(self, text: str) -> None:
        """Show what a model wrote, as the Markdown that it is on a terminal."""
        if not self.data.is_terminal:
            self.say(text)
            return
        from rich.markdown import Markdown

        self.data.print(Markdown(safe(text), hyperlinks=False), soft_wrap=False)

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show rows under titles, which may be empty."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=any(titles), pad_edge=False, padding=(0, 2, 0, 0))
        for title in titles:
            table.add_column(safe(title), overflow="fold")
        for row in rows:
            table.add_row(*(Text(safe(cell)) for cell in row))
        if self.data.is_terminal:
            self.data.print(table, soft_wrap=False)
            return
        with self.data.capture() as capture:
            self.data.print(table)
        for line in capture.get().splitlines():
            self.data.print(line.rstrip())

    def response(self, response: "Response", already: str = "") -> None:
        """Show what the conversation replies.

        Args:
            response: The response.
            already: What of it was shown while it was written.
        """
        if response.is_from_model:
            if already.strip() != response.text.strip():
                self.markdown(response.text)
            self.note(_MARK_OF_THE_MODEL)
        else:
            head, _, rest = response.text.partition("\n")
            self.say(head, "bold" if rest else "")
            if rest:
                self.say(rest)
        if not all(choice in response.text for choice in response.choices):
            self.say("\n".join(f"- {choice}" for choice in response.choices))
        if response.kind == "proposal" and not response.difference:
            self._before = None  # it is another problem
        if response.answer is not None:
            self._judgement(response.answer)
        if self.is_terminal:
            self.data.print()

    def _judgement(self, answer: "Answer") -> None:
        """Show what is proved; and what was assumed, as far as the last answer did not say it."""
        from solvitur.cli.report import reservations, short_certificate

        short_certificate(answer, self.data)
        before, self._before = self._before, answer
        if before is not None:
            new = {
                name: tuple(
                    each for each in getattr(answer, name) if each not in getattr(before, name)
                )
                for name in ("assumptions", "checks")
            }
            is_same = answer.confidence == before.confidence
            confidence = None if is_same else answer.confidence
            answer = answer.model_copy(update={**new, "confidence": confidence})
        reservations(answer, self.data)
