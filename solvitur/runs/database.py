"""The file of a journal: one table in SQLite, one writer, any number of readers."""

import fcntl
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from solvitur.errors import ConfigError, JournalError

Payload = str | bytes
"""JSON, compressed where it is long."""

_APPLICATION = 0x736F6C76
"""Marks the file as ours: "solv"."""
_VERSION = 1
_LONG = 2_000
"""Characters of JSON that are worth compressing."""
_LONGEST = 2**30
"""Bytes that are unpacked: who made the file may be no friend."""
_PATIENCE = 30.0
"""Seconds to wait for a reader that is in the way."""

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE events (
    row INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload NOT NULL,
    time REAL NOT NULL
);
CREATE UNIQUE INDEX results ON events (key) WHERE kind <> 'error';
CREATE INDEX places ON events (place, key);
PRAGMA application_id = {application};
PRAGMA user_version = {version};
COMMIT;
"""
_EVENTS = """
SELECT number, kind, key, payload, time
FROM (SELECT row, ROW_NUMBER() OVER (ORDER BY place, key, row) AS number FROM events)
JOIN events USING (row)
WHERE kind = coalesce(?, kind)
ORDER BY number
"""


class Lock:
    """Says that one process writes a journal.

    Args:
        path: The journal's file; the lock lies beside it, and goes away with its release.

    Raises:
        JournalError: Another has it.
        ConfigError: There can be no file in that place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}-lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: int | None = self._taken()
        except BlockingIOError as error:
            raise JournalError(
                f"the journal {path} is open already, in the process {self._owner()}; "
                "wait for its end, or end it"
            ) from error
        except OSError as error:
            raise ConfigError(f"no journal can be kept in {path}: {error.strerror}") from error

    def release(self) -> None:
        """Let others write; may be called twice."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def _taken(self) -> int:
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_current(file):
                    os.pwrite(file, f"{os.getpid():<20}".encode(), 0)
                    return file
            except BaseException:
                os.close(file)
                raise
            os.close(file)  # who had it took the file away meanwhile

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False

    def _owner(self) -> str:
        try:
            return self._path.read_text(encoding="ascii").strip() or "of somebody else"
        except (OSError, ValueError):
            return "of somebody else"


def is_locked(path: Path) -> bool:
    """Whether a process writes a journal."""
    try:
        file = os.open(path.with_name(f"{path.name}-lock"), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open a journal, or begin one; each statement is a transaction of its own.

    Raises:
        JournalError: It cannot be written.
        ConfigError: It is no journal, or one of a later version.
    """
    try:
        rows = sqlite3.connect(
            path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise ConfigError(f"no journal can be kept in {path}: {error}") from error
    try:
        is_new = _checked(rows, path)
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = NORMAL")
        if is_new:
            rows.executescript(_SCHEMA.format(application=_APPLICATION, version=_VERSION))
    except sqlite3.Error as error:
        rows.close()
        raise JournalError(f"no journal can be kept in {path}: {error}") from error
    except BaseException:
        rows.close()
        raise
    return rows


def find(rows: sqlite3.Connection, key: str) -> tuple[Payload, str] | None:
    """Give the result that is recorded for a key, and its place."""
    found: tuple[Payload, str] | None = rows.execute(
        "SELECT payload, place FROM events WHERE key = ? AND kind <> 'error'", (key,)
    ).fetchone()
    return found


def append(rows: sqlite3.Connection, row: tuple[str, str, str, Payload, float]) -> None:
    """Record an event: place, kind, key, payload and time."""
    rows.execute("INSERT INTO events (place, kind, key, payload, time) VALUES (?, ?, ?, ?, ?)", row)


def move(rows: sqlite3.Connection, key: str, old: str, new: str) -> None:
    """Let a result, and what it is made of, stand at another place."""
    inner = old[:-1]
    rows.execute(
        "UPDATE events SET place = ? || substr(place, ?) "
        "WHERE (place = ? AND key = ?) OR (place >= ? AND place < ?)",
        (new[:-1], len(inner) + 1, old, key, inner, old),
    )


def is_database(path: Path) -> bool:
    """Whether a file is a database, of whatever kind."""
    if not path.is_file():
        return False
    # Not by opening it ourselves: to close it would take away the locks of who writes it here.
    with closing(_open_to_read(path)) as reading:
        try:
            reading.execute("PRAGMA user_version")
        except sqlite3.DatabaseError:
            return False
    return True


def rows(path: Path, kind: str | None) -> Iterator[tuple[int, str, str, Payload, float]]:
    """Give all events in their order: number, kind, key, payload and time.

    Raises:
        ConfigError: There is no such journal, or it is damaged.
    """
    with _reading(path) as reading:
        if not _checked(reading, path):
            yield from reading.execute(_EVENTS, (kind,))


def counts(path: Path) -> dict[str, int]:
    """Give how many events there are of each kind, without reading them.

    Raises:
        ConfigError: There is no such journal, or it is damaged.
    """
    with _reading(path) as reading:
        if _checked(reading, path):
            return {}
        return dict(
            reading.execute("SELECT kind, count(*) FROM events GROUP BY kind ORDER BY kind")
        )


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Have a journal open to read, and say what is wrong with it.

    Raises:
        ConfigError: There is no such journal, or it is damaged.
    """
    if not path.is_file():
        raise ConfigError(f"there is no journal {path}")
    with closing(_open_to_read(path)) as reading:
        try:
            yield reading
        except sqlite3.Error as error:
            raise ConfigError(f"the journal {path} cannot be read: {error}") from error


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open it without changing it, also where nothing at all may be written."""
    beside = path.with_name(f"{path.name}-wal")
    is_still = not beside.exists() and not os.access(path.parent, os.W_OK)
    how = "immutable=1" if is_still else "mode=ro"
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_PATIENCE)
    except sqlite3.Error as error:
        raise ConfigError(f"the journal {path} cannot be read: {error}") from error


def _checked(rows: sqlite3.Connection, path: Path) -> bool:
    """Say whether nothing is in it yet.

    Raises:
        ConfigError: It is something else than a journal of this version.
    """
    try:
        rows.execute("PRAGMA trusted_schema = OFF")
        (application,) = rows.execute("PRAGMA application_id").fetchone()
        (version,) = rows.execute("PRAGMA user_version").fetchone()
        (tables,) = rows.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        raise ConfigError(f"{path} is not a journal: {error}") from error
    if not (application or version or tables):
        return True
    if application != _APPLICATION:
        raise ConfigError(f"{path} is not a journal, but another SQLite database")
    if version != _VERSION:
        raise ConfigError(
            f"{path} is a journal of format {version}; this solvitur knows format {_VERSION}"
        )
    return False


def dumped(value: Any) -> Payload:
    """Write what JSON can say.

    Raises:
        TypeError: It is something else.
        ValueError: It holds an infinite number, or none.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text if len(text) < _LONG else zlib.compress(text.encode("ascii"))


def loaded(payload: Payload) -> Any:
    """Read what `dumped` wrote.

    Raises:
        ConfigError: It is damaged.

    >>> loaded(dumped({"a": "x" * 10_000})) == {"a": "x" * 10_000}
    True
    """
    try:
        return json.loads(payload if isinstance(payload, str) else _unpacked(payload))
    except (ValueError, zlib.error, TypeError) as error:
        raise ConfigError(f"the journal is damaged: {error}") from error


def _unpacked(payload: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(payload, _LONGEST)
    if not unpacking.eof:
        raise ValueError("an event is cut off, or too long to be one")
    return text
