"""The conversations that are kept: a folder each, named so that the names sort by time."""

import fcntl
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from solvitur.errors import ConfigError
from solvitur.formulation.printing import first
from solvitur.llm import Recording, Reply, Usage
from solvitur.writing import write_at_once

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""What an id ends with: letters and digits that nobody takes for one another."""
_RECORD = "session.json"
DATABASE = "conversation.sqlite"
"""What every step of a conversation left."""
REPLIES = "replies.jsonl"
"""What language models replied in it."""
LOCK = "lock"
"""Held while it is open."""
_SQLITE = b"SQLite format 3\0"
"""What a database begins with."""
_LONGEST_TITLE = 72
_MOST_LISTED = 5


class Record(BaseModel):
    """What is noted of a conversation beside it."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    created: datetime
    title: str = ""
    """The first words that were said."""
    model: str = ""
    """The language model's name."""
    data: tuple[str, ...] = ()
    """The tables that belong to it, as they were named."""


@dataclass(frozen=True)
class Kept:
    """A conversation that is kept."""

    folder: Path
    record: Record | None
    """``None`` where it is damaged."""
    used: datetime
    """When it was last written to."""

    @property
    def id(self) -> str:
        """Its name."""
        return self.folder.name

    @property
    def usage(self) -> Usage:
        """What all replies that were paid for in it used up.

        Raises:
            ConfigError: What was replied cannot be read.
        """
        return usage_of(Recording(self.folder / REPLIES).values())

    @property
    def is_damaged(self) -> bool:
        """Whether what is noted of it, or what was said in it, cannot be read."""
        file = self.folder / DATABASE
        if self.record is None or not file.exists():
            return self.record is None
        try:
            with file.open("rb") as database:
                start = database.read(len(_SQLITE))
        except OSError:
            return True
        return bool(start) and start != _SQLITE

    @property
    def is_open(self) -> bool:
        """Whether it is open in some window."""
        try:
            with (self.folder / LOCK).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # it was never open
            return False
        return False


class Sessions:
    """The folder of conversations.

    Args:
        folder: Where they are; made with the first.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sessions = Sessions(Path(folder))
        ...     new = sessions.create(model="scripted")
        ...     sessions.note(new, title="How many chairs?")
        ...     [kept.record.title for kept in sessions]
        ['How many chairs?']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __iter__(self) -> Iterator[Kept]:
        """Give all, the one that was used last first."""
        found = [_session(each) for each in self._folders()]
        return iter(sorted(found, key=lambda each: (each.used, each.id), reverse=True))

    def create(self, *, model: str = "", data: Sequence[str] = ()) -> Path:
        """Make the folder of a new conversation.

        Raises:
            ConfigError: It cannot be made.
        """
        now = datetime.now(UTC)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder = self._new(now)
            _write(folder, Record(created=now, model=model, data=tuple(data)))
        except OSError as error:
            raise ConfigError(
                f"no conversation can be kept in {self.folder}: {error.strerror}; "
                "set another folder with SOLVITUR_SESSIONS"
            ) from error
        return folder

    def note(self, folder: Path, *, title: str) -> None:
        """Name a conversation that has no title yet by the first words of it."""
        record = _session(folder).record
        if record is not None and not record.title:
            words = " ".join(title.split())
            short = words if len(words) <= _LONGEST_TITLE else f"{words[: _LONGEST_TITLE - 1]}…"
            _write(folder, record.model_copy(update={"title": short}))

    def latest(self) -> Kept:
        """Give the one that was used last, and rather one in which something was said.

        Raises:
            ConfigError: There is none.
        """
        whole = [(session, session.record) for session in self if session.record is not None]
        for session, record in whole:
            if record.title:
                return session
        for session, _ in whole:
            return session
        raise ConfigError("there is no conversation to go on with; begin one: solvitur chat")

    def find(self, name: str) -> Kept:
        """Give the one with this id, or with the only id that begins so.

        Raises:
            ConfigError: None has, or several have.
        """
        found = [each for each in self if each.id.startswith(name)] if name else []
        exact = [each for each in found if each.id == name]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found:
            listed = ", ".join(first(sorted(each.id for each in found), _MOST_LISTED))
            raise ConfigError(f"several conversations begin with {name!r}: {listed}")
        known = [each.id for each in self][:_MOST_LISTED]
        hint = f"the last ones are {', '.join(known)}" if known else "there is none yet"
        raise ConfigError(f"there is no conversation {name!r}; {hint} (solvitur sessions list)")

    def delete(self, session: Kept) -> None:
        """Take a conversation away, with everything in it.

        Raises:
            ConfigError: It cannot be taken away, or it is open.
        """
        if session.is_open:
            raise ConfigError(f"the conversation {session.id} is open in another window")
        try:
            shutil.rmtree(session.folder)
        except OSError as error:
            raise ConfigError(f"{session.id} cannot be deleted: {error.strerror}") from error

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [each for each in self.folder.iterdir() if each.is_dir() and not each.is_symlink()]

    def _new(self, now: datetime) -> Path:
        while True:
            end = "".join(secrets.choice(_ALPHABET) for _ in range(4))
            folder = self.folder / f"{now:%Y%m%d-%H%M}-{end}"
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return folder


def usage_of(recorded: Iterable[Any]) -> Usage:
    """Add up what replies used up that were recorded."""
    return sum((Reply.model_validate(each["reply"]).usage for each in recorded), Usage())


def _session(folder: Path) -> Kept:
    file = folder / _RECORD
    try:
        record = Record.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        record = None
    written = [each.stat().st_mtime for each in (folder, *folder.glob("*")) if each.exists()]
    return Kept(folder, record, datetime.fromtimestamp(max(written), UTC))


def _write(folder: Path, record: Record) -> None:
    """Write the record whole or not at all."""
    write_at_once(folder / _RECORD, f"{record.model_dump_json(indent=2)}\n".encode())
