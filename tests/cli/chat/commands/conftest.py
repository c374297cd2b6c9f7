"""A conversation to type commands at: a real one, in a folder of its own, with a scripted model."""

import asyncio
import io
import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from solvitur.agents import Effort
from solvitur.agents.chat.conversation import Conversation
from solvitur.cli.chat.commands import registry
from solvitur.cli.chat.screen import Screen
from solvitur.cli.chat.session import Session
from solvitur.config import Settings
from solvitur.errors import Error
from solvitur.formulation import Formulation
from solvitur.llm import Scripted
from solvitur.solvers import Options

SHOP: dict[str, Any] = {
    "title": "Shop",
    "sets": [{"name": "P", "elements": ["chair", "table"]}],
    "parameters": [
        {"name": "profit", "index": ["P"], "values": {"chair": 30, "table": 50}, "unit": "USD"},
        {"name": "work", "index": ["P"], "values": {"chair": 3, "table": 4}},
        {"name": "labour", "value": 40, "unit": "h"},
    ],
    "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
    "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
    "constraints": [
        {"name": "hours", "expression": "sum(work[p] * x[p] for p in P) <= labour"},
        {"name": "room", "expression": "x['table'] <= 6"},
    ],
}
"""At its best 450: 6 tables and 5 chairs."""


@dataclass
class Desk:
    """What came of everything that was typed."""

    session: Session
    shown: list[str] = field(default_factory=list)
    """By line: what was asked for, what was said beside it, and what went wrong."""
    replies: list[Any] = field(default_factory=list)
    """By line: the reply of the conversation, or ``None``."""

    @property
    def kinds(self) -> list[str | None]:
        return [None if reply is None else reply.kind.value for reply in self.replies]

    @property
    def five(self) -> Formulation:
        assert self.session.talk.state.formulation is not None
        return self.session.talk.state.formulation  # type: ignore[no-any-return]

    @property
    def objective(self) -> float | None:
        return self.session.talk.state.answer.objective  # type: ignore[no-any-return]


Typed = Callable[..., Desk]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a conversation in which the shop was solved."""
    folder = tmp_path_factory.mktemp("shop")

    async def talk() -> None:
        async with Conversation(folder, Scripted([]), _effort(folder)) as talk:
            await talk.change(Formulation.model_validate(SHOP), "/load shop.json")

    asyncio.run(talk())
    return folder


def _effort(folder: Path) -> Effort:
    return Effort(options=Options(log_file=folder / "solver.log"))


@pytest.fixture
def typed(home: Path, shop: Path) -> Typed:
    """Type lines at a conversation about `five`, which is solved already; a new one each time."""

    numbers = itertools.count(1)

    def type_in(
        *lines: str,
        five: dict[str, Any] | None = SHOP,
        yes: Sequence[str] | None = None,
        is_terminal: bool = False,
        replies: Sequence[str] = (),
        folder: Path | None = None,
    ) -> Desk:
        where = folder or home / "talks" / f"talk-{next(numbers)}"
        if five is SHOP:
            shutil.copytree(shop, where, dirs_exist_ok=True)
            five = None
        return asyncio.run(_typed(lines, where, five, yes, is_terminal, replies))

    return type_in


async def _typed(
    lines: Sequence[str],
    folder: Path,
    five: dict[str, Any] | None,
    yes: Sequence[str] | None,
    is_terminal: bool,
    replies: Sequence[str],
) -> Desk:
    out = io.StringIO()
    console = Console(
        file=out, width=200, color_system=None, markup=False, emoji=False, highlight=False
    )
    first = Conversation(folder, Scripted(replies), _effort(folder))
    await first.__aenter__()
    session = Session(first, Screen(console, console, is_terminal=is_terminal), Settings())
    answers = iter(yes or ())

    async def ask(question: str) -> str:
        out.write(f"{question}\n")
        return next(answers)

    session.ask = None if yes is None else ask
    desk = Desk(session)
    try:
        if five is not None:
            await first.change(Formulation.model_validate(five), "/load shop.json")
        for line in lines:
            start = out.tell()
            reply = await _done(line, session, out)
            desk.replies.append(reply)
            desk.shown.append(out.getvalue()[start:].rstrip("\n"))
    finally:
        await session.close()
    return desk


async def _done(line: str, session: Session, out: io.StringIO) -> Any:
    try:
        if not registry.is_command(line):
            return await session.talk.say(line)
        return await registry.run(line, session)
    except Error as error:
        out.write(f"Error: {error}\n")
        return None
