"""A conversation from its beginning to its end: opened in the background, kept when it is left."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from solvitur.cli import process
from solvitur.cli.chat.loop import Lines, Loop
from solvitur.cli.chat.working import Working

if TYPE_CHECKING:
    from solvitur.cli.chat.screen import Screen
    from solvitur.cli.chat.session import Session
    from solvitur.cli.flags import GoingOn
    from solvitur.config import Settings

_LOG = "solver.log"
_HISTORY = "history"


@dataclass(frozen=True)
class Start:
    """How a conversation begins."""

    settings: "Settings"
    data: tuple[str, ...]
    """The tables, as they are named."""
    going_on: "GoingOn"
    """Which conversation is gone on with."""
    first: str | None
    """What is said first."""
    asks: bool
    """Whether the person may be asked something."""


async def talk(start: Start, screen: "Screen") -> int:
    """Talk until somebody leaves; give back the exit code.

    Raises:
        Error: The conversation cannot be opened.
    """
    working = Working(screen)
    async with AsyncExitStack() as stack:
        lines = _lines(start, screen, lambda: loop)
        opening = asyncio.create_task(_opened(start, lines, working, stack))
        stack.callback(lambda: _forget(start, loop))
        loop = Loop(opening, lines, working)
        with process.heeding(loop.stop):
            await _talk(start, screen, loop, opening)
        if not opening.done():
            opening.cancel()
            await asyncio.wait([opening])
        elif loop.session is None:
            await opening  # raises what went wrong
    return 0 if screen.is_terminal else loop.exit_code


async def _talk(
    start: Start, screen: "Screen", loop: Loop, opening: "asyncio.Task[Session]"
) -> None:
    if screen.is_terminal:
        screen.note(f"solvitur with {_short(start.settings.model)}; /help says what can be typed.")
    if start.going_on.is_wanted or not screen.is_terminal:
        await loop.open()
    if opening.done() and loop.session is None:
        return
    if start.first is not None and screen.is_terminal:
        screen.note(f"> {start.first}")
    await loop.run(start.first)
    loop.leave()


async def _opened(start: Start, lines: Lines, working: Working, stack: AsyncExitStack) -> "Session":
    """Open the conversation; the prompt is there already."""
    screen = working.screen
    await asyncio.to_thread(_preload)
    from solvitur.agents.chat.conversation import Conversation
    from solvitur.cli import files, wiring
    from solvitur.cli.chat.session import Session

    model = await asyncio.to_thread(wiring.connected, start.settings, at_once=True)
    folder, tables = await _folder(start)
    effort = wiring.effort(start.settings, folder / _LOG)
    talk = Conversation(
        folder,
        model,
        effort,
        data=files.read_data(tables),
        asks=start.asks and screen.is_terminal,
        listener=working,
    )
    await talk.__aenter__()
    ask = lines.ask if screen.is_terminal else None
    session = Session(talk, screen, start.settings, ask=ask)
    stack.push_async_callback(session.close)
    return session


def _forget(start: Start, loop: Loop) -> None:
    """Keep no new conversation in which nothing was said."""
    if loop.session is not None and not (loop.was_used or start.going_on.is_wanted):
        shutil.rmtree(loop.session.talk.folder, ignore_errors=True)


def _preload() -> None:
    """Import what takes long, while the person types."""
    import solvitur.cli.wiring  # noqa: F401
    from solvitur.agents.chat.conversation import preload

    preload()


async def _folder(start: Start) -> tuple[Path, list[str]]:
    """Find or make the folder of the conversation; give its tables, too."""
    from solvitur.agents.chat.conversation import Conversation
    from solvitur.cli import wiring
    from solvitur.llm import Scripted

    kept, tables, going_on = wiring.kept(start.settings), list(start.data), start.going_on
    if not going_on.is_wanted:
        folder = kept.create(model=start.settings.model, data=tables)
        return folder, tables
    name = going_on.resume or going_on.fork
    found = kept.find(name) if name else kept.latest()
    tables = [*(found.record.data if found.record is not None else ()), *tables]
    if not going_on.fork:
        return found.folder, tables
    folder = kept.create(model=start.settings.model, data=tables)
    async with Conversation(found.folder, Scripted([])) as before:
        await before.fork(folder)
    return folder, tables


def _lines(start: Start, screen: "Screen", loop: Callable[[], Loop]) -> Lines:
    """Give where messages come from: an editor, a dumb terminal, or a pipe."""
    if not screen.is_terminal:
        from solvitur.cli.chat.plain_lines import piped

        return piped()
    terminal = screen.terminal
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        from solvitur.cli.chat.plain_lines import PlainLines

        return PlainLines(sys.stdin, terminal)
    from solvitur.cli.chat.completion import offered
    from solvitur.cli.chat.line_editor import LineEditor
    from solvitur.cli.wiring import folder_of_conversations

    return LineEditor(
        terminal,
        folder_of_conversations(start.settings) / _HISTORY,
        lambda typed: offered(typed, loop().session),
        lambda: _toolbar(start.settings, loop()),
    )


def _toolbar(settings: "Settings", loop: Loop) -> Iterator[str]:
    """Say where one is: the model, the conversation, and what it has used up."""
    session, usage = loop.session, loop.usage
    yield _short((settings if session is None else session.settings).model)
    if session is None or usage is None:
        yield "opening"
        return
    yield f"{usage.tokens:,} tokens"
    yield "cost unknown" if usage.cost is None else f"{usage.cost:.4g} USD"
    yield session.talk.id


def _short(model: str) -> str:
    """Give the name of a model without how it is reached.

    >>> _short("openai:org/qwen3@http://localhost:8000/v1"), _short("local:qwen2.5-coder-1.5b")
    ('qwen3', 'qwen2.5-coder-1.5b')
    """
    return model.partition(":")[2].partition("@")[0].rpartition("/")[2]
