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
    from solvitur.agents import Effort
    from solvitur.cli.chat.screen import Screen
    from solvitur.cli.chat.session import Session
    from solvitur.cli.flags import GoingOn
    from solvitur.config import Settings
    from solvitur.formulation import Data
    from solvitur.llm import Model

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
        await asyncio.wait([opening])  # its thread cannot be stopped, and what it made is to go
        if loop.session is None:
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
    """Open the conversation; the prompt is there already, so all that takes long is done aside."""
    found = await asyncio.to_thread(_prepared, start)
    try:
        return await _begun(start, found, lines, working, stack)
    except BaseException:
        if found.is_new:
            shutil.rmtree(found.folder, ignore_errors=True)
        raise


async def _begun(
    start: Start, found: "_Found", lines: Lines, working: Working, stack: AsyncExitStack
) -> "Session":
    from solvitur.agents.chat.conversation import Conversation
    from solvitur.cli.chat.session import Session

    if found.earlier is not None:
        async with Conversation(found.earlier, found.model) as earlier:
            await earlier.fork(found.folder)
    screen = working.screen
    talk = Conversation(
        found.folder,
        found.model,
        found.effort,
        data=found.data,
        asks=start.asks and screen.is_terminal,
        listener=working,
    )
    await talk.__aenter__()
    ask = lines.ask if screen.is_terminal else None
    session = Session(talk, screen, start.settings, ask=ask)
    stack.push_async_callback(session.close)
    return session


@dataclass(frozen=True)
class _Found:
    """What a conversation is opened with."""

    model: "Model"
    effort: "Effort"
    folder: Path
    data: "Data"
    is_new: bool
    """Whether the folder was made for it."""
    earlier: Path | None
    """The conversation that it is forked from."""


def _prepared(start: Start) -> _Found:
    """Import what takes long, begin to load the model, and find or make the folder."""
    from solvitur.agents.chat.conversation import preload
    from solvitur.cli import files, wiring

    settings, going_on, tables = start.settings, start.going_on, list(start.data)
    kept, earlier, used = wiring.kept(settings), None, None
    if going_on.is_wanted:
        name = going_on.resume or going_on.fork
        found = kept.find(name) if name else kept.latest()
        tables = [*(found.record.data if found.record is not None else ()), *tables]
        earlier, used = found.folder, found.usage
    model = wiring.connected(settings, at_once=True, used=used)
    preload()
    data = files.read_data(tables)
    is_new = earlier is None or going_on.fork is not None
    folder = kept.create(model=model.name, data=tables) if is_new else earlier
    assert folder is not None
    effort = wiring.effort(settings, folder / _LOG)
    return _Found(model, effort, folder, data, is_new, earlier if going_on.fork else None)


def _forget(start: Start, loop: Loop) -> None:
    """Keep no new conversation in which nothing was said."""
    if loop.session is not None and not (loop.was_used or start.going_on.is_wanted):
        shutil.rmtree(loop.session.talk.folder, ignore_errors=True)


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
