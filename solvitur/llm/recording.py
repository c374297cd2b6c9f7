"""A file that remembers what was paid for: a header, then one JSON line a result."""

import asyncio
import fcntl
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from weakref import WeakValueDictionary

from solvitur.errors import BadReply, ConfigError

if TYPE_CHECKING:
    from solvitur.runs import Journal

REPLY, UNREADABLE = "reply", "unreadable"
"""The kinds of events that are a model's reply, and one that cannot be read."""
_HEADER = {"solvitur": "recording", "format": 1}


class Recording:
    """Results by key, kept in a file that survives a kill at any moment.

    The file is created with its first result. A last line torn by a kill is
    dropped, and everything before it holds. Several processes may append.

    Args:
        path: The JSONL file; read at once if it is there.

    Raises:
        ConfigError: The file is not a recording, or is damaged before its end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._values = read_recording(path) if path.exists() else {}
        self._unwritten: list[dict[str, Any]] = []
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def step(self, key: str, work: Callable[[], Awaitable[Any]], *, kind: str = REPLY) -> Any:
        """Give back the recorded result, or do the work and record it.

        Args:
            key: What the result depends on, all of it.
            work: Gives a JSON value. Awaited at most once at a time for a key;
                what it raises is not recorded.
            kind: For memories that keep several kinds of results apart; this one does not.

        Raises:
            OSError: It cannot be written; the result is in hand, and is written with the next.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            if key not in self._values:
                self._values[key] = await work()
                self._unwritten.append({"key": key, "value": self._values[key]})
            self._write()
            return self._values[key]

    def values(self) -> tuple[Any, ...]:
        """Give all results, in the order in which they were recorded."""
        return tuple(self._values.values())

    def _write(self) -> None:
        """Append what is not in the file; it stays in hand while there is no room for it."""
        if not self._unwritten:
            return
        lines = "".join(map(_line, self._unwritten))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _drop_torn_line(file) == 0:
                lines = json.dumps(_HEADER) + "\n" + lines
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
        self._unwritten.clear()


class Replies:
    """The replies in the journal of a run; one that cannot be read is not asked for again.

    Args:
        journal: Where they are recorded, and looked up.
    """

    def __init__(self, journal: "Journal") -> None:
        self._journal = journal

    async def step(self, key: str, work: Callable[[], Awaitable[Any]], *, kind: str = REPLY) -> Any:
        """Give the recorded reply, or ask and record what comes.

        Raises:
            BadReply: It cannot be read, now or when it came.
        """
        try:
            entry = await self._journal.step(key, work, kind=kind)
        except BadReply as error:
            self._journal.note(key, {"message": str(error)}, kind=UNREADABLE)
            raise
        if "reply" not in entry:
            raise BadReply(entry["message"])
        return entry


def read_recording(path: Path) -> dict[str, Any]:
    """All results of a recording, by key.

    Raises:
        ConfigError: The file cannot be read, is not a recording, or is damaged
            before its last line.
    """
    try:
        lines = _whole_lines(path.read_bytes()).splitlines()
    except OSError as error:
        raise ConfigError(f"cannot read the recording {path}: {error.strerror}") from error
    values: dict[str, Any] = {}
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            if number > 1:
                values[entry["key"]] = entry["value"]
            elif entry != _HEADER:
                raise ConfigError(f"{path} is not a recording of format 1")
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise ConfigError(f"{path} is not a recording: line {number} is damaged") from error
    return values


def read_replies(path: Path) -> dict[str, Any]:
    """Give the replies in a file by their keys: in a recording, or in the journal of a run.

    Raises:
        ConfigError: It is neither, or cannot be read.
    """
    from solvitur.runs import is_journal, read_journal

    if not is_journal(path):
        return read_recording(path)
    return {event.key: event.value for event in read_journal(path, REPLY)}


def as_recording(replies: Mapping[str, Any]) -> str:
    """Write replies as the text of a recording.

    >>> print(as_recording({"a": 1}), end="")
    {"solvitur": "recording", "format": 1}
    {"key":"a","value":1}
    """
    lines = (_line({"key": key, "value": value}) for key, value in replies.items())
    return "".join([json.dumps(_HEADER) + "\n", *lines])


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, separators=(",", ":"), allow_nan=False) + "\n"


def _whole_lines(content: bytes) -> bytes:
    """Everything up to the last line end: what follows it was torn by a kill."""
    return content[: content.rfind(b"\n") + 1]


def _drop_torn_line(file: BinaryIO) -> int:
    """Cut off what follows the last line end; give back the size that is left."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return 0
    file.seek(size - 1)
    if file.read(1) != b"\n":
        file.seek(0)
        size = file.truncate(len(_whole_lines(file.read())))
    return size
