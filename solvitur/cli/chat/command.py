"""``solvitur chat``: talk a problem through."""

import asyncio
import shlex
from dataclasses import asdict
from typing import Annotated

import typer

from solvitur.cli import console, files
from solvitur.cli.flags import Asking, GoingOn, Solving, Tables, grouped
from solvitur.errors import ConfigError

EPILOG = """\b
Type /help for what else can be typed. Enter sends; Alt-Enter, a backslash at
the end, or an open triple quote goes on in a new line. Ctrl-C stops the step,
twice leaves. A conversation that is piped in has one message a line; the exit
code is that of the first message of which nothing came, else that of the last
answer, as of: solvitur solve."""

_Text = Annotated[
    str | None,
    typer.Argument(
        metavar="TEXT|FILE", help="The first message: a problem, a file of it, or five elements."
    ),
]
_Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Ask nothing: solve at once, list what was assumed.")
]


@grouped
def chat(
    text: _Text = None,
    data: Tables = None,
    *,
    going_on: GoingOn,
    yes: _Yes = False,
    asking: Asking,
    solving: Solving,
) -> None:
    """Talk a problem through: say it, change it, ask why.

    \b
    solvitur chat
    solvitur chat problem.txt --model openai:qwen3@http://localhost:8000/v1
    solvitur chat --continue
    printf '%s\\n' "A chair earns 30, ..." "Why?" | solvitur chat
    """  # noqa: D301
    from solvitur.cli.chat.screen import Screen
    from solvitur.cli.chat.talk import Start, talk
    from solvitur.config import load

    settings = load({**asdict(asking), **asdict(solving)})
    if settings.route != "formulation":
        raise ConfigError(f"chat goes by the route 'formulation', not {settings.route!r}")
    start = Start(settings, tuple(data or ()), going_on, _first(text), asks=not yes)
    screen = Screen.of_process()
    with console.lent():
        code = asyncio.run(talk(start, screen))
    raise typer.Exit(code)


def _first(text: str | None) -> str | None:
    """Give the first message: the words, or the command that loads five elements."""
    if text is None or text == files.STDIN:
        return None
    if files.holds_five_elements(text):
        return f"/load {shlex.quote(text)}"
    return files.read_problem_text(text)
