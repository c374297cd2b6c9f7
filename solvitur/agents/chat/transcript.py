"""A whole conversation as one record: for a file, for another program, for a person to read."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solvitur.agents.chat.sessions import DATABASE, REPLIES, Kept, Record
from solvitur.agents.chat.state import Snapshot, Turn
from solvitur.errors import ConfigError
from solvitur.llm import Recording, Usage

if TYPE_CHECKING:
    from solvitur.agents.chat.conversation import Conversation

FORMAT = 1


@dataclass(frozen=True)
class Transcript:
    """Everything that a conversation holds."""

    id: str
    record: Record | None
    """What is noted of it; ``None`` where that is damaged."""
    state: Snapshot
    turns: tuple[Turn, ...]
    usage: Usage
    replies: tuple[Any, ...]
    """What language models replied, as it was recorded."""

    @classmethod
    def of(cls, talk: "Conversation", record: Record | None) -> "Transcript":
        """Take it from a conversation that is open."""
        replies = Recording(talk.folder / REPLIES).values()
        return cls(talk.id, record, talk.state, talk.turns, talk.usage, replies)

    def to_json(self) -> str:
        """Write everything as JSON; the formulation and the answer it ends with stand on top."""
        record, answer = self.record, self.state.answer
        data: dict[str, Any] = {
            "format": FORMAT,
            "id": self.id,
            "created": None if record is None else record.created.isoformat(),
            "title": "" if record is None else record.title,
            "model": "" if record is None else record.model,
            "problem": self.state.problem,
            "formulation": _five(self.state.formulation),
            "proposal": _five(self.state.proposal),
            "answer": None if answer is None else json.loads(answer.to_json()),
            "turns": [_turn(turn) for turn in self.turns],
            "usage": self.usage.model_dump(mode="json"),
            "replies": list(self.replies),
        }
        return json.dumps(data, indent=2, ensure_ascii=False)

    def to_markdown(self) -> str:
        """Write what was said, and the formulation it ends with, for a person to read."""
        title = self.record.title if self.record is not None and self.record.title else self.id
        blocks = [f"# {title}", *self._said()]
        five = self.state.formulation
        if five is not None:
            blocks += ["## The formulation", _fenced(five.to_markdown())]
        return "\n\n".join(blocks) + "\n"

    def to_text(self) -> str:
        """Write what was said as it stood on the screen."""
        return "\n\n".join(
            part
            for turn in self.turns
            for part in ("\n".join(f"> {line}" for line in _lines(turn)), _told(turn))
        )

    def _said(self) -> Iterator[str]:
        for number, turn in enumerate(self.turns, 1):
            yield f"## {number}"
            yield "\n".join(f"> {line}" for line in _lines(turn))
            yield _fenced(_told(turn))


async def read_transcript(session: Kept) -> Transcript:
    """Read a conversation that is kept, without a trace: it may be open elsewhere.

    Raises:
        ConfigError: It is damaged.
    """
    from solvitur.agents.chat.conversation import Conversation
    from solvitur.llm import Scripted

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / session.id
        _copy(session, folder)
        async with Conversation(folder, Scripted([])) as talk:
            return Transcript.of(talk, session.record)


def _copy(session: Kept, to: Path) -> None:
    """Copy a conversation as it is at this moment; what is open is not copied file by file."""
    to.mkdir()
    source = session.folder
    names = (REPLIES,) if session.is_open else (REPLIES, DATABASE, f"{DATABASE}-wal")
    try:
        for name in names:
            if (source / name).exists():
                shutil.copyfile(source / name, to / name)
        if session.is_open:
            uri = f"{(source / DATABASE).resolve().as_uri()}?mode=ro"
            with (
                closing(sqlite3.connect(uri, uri=True)) as there,
                closing(sqlite3.connect(to / DATABASE)) as copy,
            ):
                there.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"the conversation {session.id} cannot be read: {error}") from error


def _turn(turn: Turn) -> dict[str, Any]:
    """Write a turn; the formulation of an answer is its own, so that none stands twice."""
    data = turn.model_dump(mode="json", by_alias=True, exclude={"response": {"answer"}})
    if turn.response.answer is not None:
        data["reply"]["answer"] = json.loads(turn.response.answer.to_json())
    for place, five in (
        ("message", turn.message.formulation),
        ("reply", turn.response.formulation),
    ):
        data[place]["formulation"] = _five(five)
    return data


def _five(formulation: Any) -> Any:
    if formulation is None:
        return None
    return formulation.model_dump(mode="json", exclude_defaults=True)


def _told(turn: Turn) -> str:
    """Give the reply, with what its answer takes for granted."""
    answer, text = turn.response.answer, turn.response.text.rstrip()
    if answer is None or not answer.assumptions:
        return text
    return "\n".join([text, "Assumed:", *(f"- {each}" for each in answer.assumptions)])


def _lines(turn: Turn) -> list[str]:
    return turn.message.words.splitlines() or [""]


def _fenced(text: str) -> str:
    """Put a text into a fence that it cannot close."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text.rstrip()}\n{fence}"
