"""How a conversation looks: rich on a terminal, plain text everywhere else."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from solvitur.cli.console import safe

if TYPE_CHECKING:
    from rich.console import Console


class Screen:
    """Where a conversation is shown; what a model or a file says is made safe here.

    Args:
        data: Where answers go, and what a command was asked for.
        talk: Where everything else goes.
    """

    def __init__(self, data: "Console", talk: "Console") -> None:
        self._data = data
        self._talk = talk

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is looking."""
        return self._data.is_terminal

    def say(self, text: str, style: str = "") -> None:
        """Show what was asked for."""
        _write(self._data, text, style)

    def note(self, text: str, style: str = "dim") -> None:
        """Show what there is to say beside it."""
        _write(self._talk, text, style)

    def error(self, text: str) -> None:
        """Say what went wrong and what to do next."""
        _write(self._talk, f"Error: {text}", "bold red")

    def code(self, text: str, language: str) -> None:
        """Show code as it is, in colours where there are any."""
        if not self._data.is_terminal or self._data.color_system is None:
            self.say(text)
            return
        from rich.syntax import Syntax

        self._data.print(Syntax(safe(text), language, theme="ansi_dark", word_wrap=True))

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show rows under titles, which may be empty."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=any(titles), pad_edge=False, padding=(0, 2, 0, 0))
        for title in titles:
            table.add_column(safe(title), overflow="fold")
        for row in rows:
            table.add_row(*(Text(safe(cell)) for cell in row))
        self._data.print(table)


def _write(console: "Console", text: str, style: str) -> None:
    from rich.text import Text

    console.print(Text(safe(text), style))
