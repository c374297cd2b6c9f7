"""The command that a run was begun with, kept in its journal so that it can be given again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path

from solvitur.runs.journal import Journal, read_journal

COMMAND = "command"
"""The kind of event."""


@dataclass(frozen=True)
class Command:
    """What was typed after ``solvitur``, and where."""

    arguments: tuple[str, ...]
    folder: str


_command: ContextVar[Command | None] = ContextVar("command", default=None)


@contextmanager
def begun_by(command: Command) -> Iterator[None]:
    """Let a run that is begun or gone on with in here keep this command."""
    token = _command.set(command)
    try:
        yield
    finally:
        _command.reset(token)


def note_command(journal: Journal) -> None:
    """Keep the command that surrounds this, if one does; the last one counts.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, Journal(f"{folder}/j") as journal:
        ...     with begun_by(Command(("eval", "run", "mine.csv"), "/home/me")):
        ...         note_command(journal)
        ...     last_command(journal.path).arguments
        ('eval', 'run', 'mine.csv')
    """
    command = _command.get()
    if command is not None:
        number = sum(1 for _ in journal.events(COMMAND))
        journal.note(f"{COMMAND} {number:06}", asdict(command), kind=COMMAND)


def last_command(path: Path) -> Command | None:
    """Give the last command that a journal keeps, if it keeps one."""
    last = None
    for event in read_journal(path, COMMAND):
        told = event.value
        if isinstance(told, dict) and isinstance(told.get("arguments"), list):
            last = Command(tuple(map(str, told["arguments"])), str(told.get("folder", "")))
    return last
