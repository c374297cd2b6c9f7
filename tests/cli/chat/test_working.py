"""The line that moves while a step is at work."""

import io

from rich.console import Console

from solvitur.cli.chat.screen import Screen
from solvitur.cli.chat.working import Working


def test_only_the_last_line_of_the_last_request_is_shown_and_of_json_its_words() -> None:
    console = Console(file=io.StringIO(), width=80)
    working = Working(Screen(console, console))
    working.doing("formulating")

    def shown() -> str:
        *_, (line, _) = working.lines(80, 24)
        return line.strip()

    for piece in ("\n", '{"row": {"name": "hours", ', '"values": {"chairs": 40}}}'):
        working.writes(piece)
    assert shown() == "row name hours values chairs 40"
    for piece in ("\n", "maximize profit\n", "hours <= 40"):
        working.writes(piece)
    assert shown() == "hours <= 40"
