"""The runs that are kept, whatever they are: each a folder with a journal that says of what kind.

A kind of run is an object that can read its journals; see `Kind`. Whoever has several kinds, such
as the command line, hands them in, and finds, lists and verifies runs of all of them alike.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from solvitur.errors import ConfigError
from solvitur.runs import database
from solvitur.runs.command import Command, last_command
from solvitur.runs.journal import Journal, read_journal

JOURNAL = "run.journal"
"""The file in a run's folder."""
RUN = "run"
"""The kind of the event that says what decides a run."""


@dataclass(frozen=True)
class Reached:
    """How far a run has come."""

    done: int
    wanted: int | None
    """How many there are to be, where that is known."""
    unit: str
    """What is counted: ``answers``."""


@dataclass(frozen=True)
class Difference:
    """Something that a run has recorded and that comes out otherwise when it is derived again."""

    where: str
    recorded: str
    derived: str


@dataclass(frozen=True)
class Verification:
    """What came of deriving a run again from what it was given."""

    checked: str
    """What was compared: ``24 answers and their scores``."""
    differences: tuple[Difference, ...]
    remarks: tuple[str, ...] = ()
    """What could not be checked, and why."""


class Kind(Protocol):
    """A kind of run."""

    @property
    def name(self) -> str:
        """What it is called: ``evaluation``."""
        ...

    @property
    def command(self) -> tuple[str, ...]:
        """The command that begins one, and goes on with it: ``eval run``."""
        ...

    @property
    def given(self) -> frozenset[str]:
        """The kinds of events that came from outside; all else in a journal is derived of them."""
        ...

    def reads(self, facts: Mapping[str, Any]) -> bool:
        """Whether a run that is decided by these facts is of this kind."""
        ...

    def about(self, facts: Mapping[str, Any]) -> str:
        """Say what a run is about, in one line."""
        ...

    def reached(self, facts: Mapping[str, Any], counts: Mapping[str, int]) -> Reached:
        """Say how far a run has come, by the number of its events of each kind."""
        ...

    async def derive(self, folder: Path, again: Path) -> Verification:
        """Derive a run again, and compare.

        Args:
            folder: The run's folder.
            again: A folder with a journal that holds nothing but what was given; the run is made
                there anew. Nobody is to be asked for more.
        """
        ...


@dataclass(frozen=True)
class Kept:
    """A run that is kept."""

    folder: Path
    kind: Kind | None
    """None where nobody knows it, or where it is damaged."""

    @property
    def name(self) -> str:
        """What the run is called: its folder."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """The file of its journal."""
        return self.folder / JOURNAL

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What decides it."""
        return _facts(self.folder)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many events there are of each kind."""
        return database.counts(self.path)

    @property
    def last_used(self) -> float:
        """When its journal was last written, in seconds since 1970."""
        return max(
            each.stat().st_mtime
            for each in (self.path, self.path.with_name(f"{JOURNAL}-wal"))
            if each.exists()
        )

    @property
    def is_going_on(self) -> bool:
        """Whether a process is at it."""
        return database.is_locked(self.path)

    @property
    def about(self) -> str:
        """What it is about, in one line; empty where its kind is not known."""
        return "" if self.kind is None else self.kind.about(self.facts)

    @property
    def reached(self) -> Reached | None:
        """How far it has come; None where its kind is not known."""
        return None if self.kind is None else self.kind.reached(self.facts, self.counts)

    @property
    def command(self) -> Command | None:
        """The command that goes on with it; None where none is kept that does."""
        command = last_command(self.path)
        if command is None or self.kind is None:
            return None
        begins = command.arguments[: len(self.kind.command)]
        return command if begins == self.kind.command else None

    async def verify(self) -> Verification:
        """Derive it again from what it was given, and compare.

        Raises:
            ConfigError: Its kind is not known, or the run cannot be read.
        """
        if self.kind is None:
            raise ConfigError(f"{self.folder} is not a run of a kind that can be derived again")
        with TemporaryDirectory(prefix="solvitur-run-") as again:
            with Journal(Path(again) / JOURNAL) as journal:
                for event in read_journal(self.path):
                    if event.kind in self.kind.given:
                        journal.note(event.key, event.value, kind=event.kind)
            return await self.kind.derive(self.folder, Path(again))

    def lines(self) -> Iterator[str]:
        """Give every event as a line of JSON, in their order."""
        for event in read_journal(self.path):
            told = {
                "number": event.number,
                "kind": event.kind,
                "key": event.key,
                "time": event.time,
                "value": event.value,
            }
            yield json.dumps(told, ensure_ascii=False)


def kept_in(folder: Path, kinds: Sequence[Kind]) -> Kept:
    """Give the run in a folder.

    Raises:
        ConfigError: There is none.
    """
    if not (folder / JOURNAL).is_file():
        raise ConfigError(f"{folder} holds no run: there is no {JOURNAL} in it")
    try:
        facts = _facts(folder)
    except ConfigError:
        return Kept(folder, None)
    return Kept(folder, next((kind for kind in kinds if kind.reads(facts)), None))


def kept_runs(kinds: Sequence[Kind], folder: Path | None = None) -> list[Kept]:
    """Give all runs among the user's, or in another folder, the one used last first."""
    folder = folder or runs_folder()
    found = [kept_in(path.parent, kinds) for path in folder.glob(f"*/{JOURNAL}")]
    return sorted(found, key=lambda kept: (-kept.last_used, kept.name))


def find_run(name: str, kinds: Sequence[Kind]) -> Kept:
    """Find a run: by its folder, its name among the user's, or a beginning that no other has.

    Raises:
        ConfigError: There is none, or several begin so.
    """
    if (Path(name) / JOURNAL).is_file():
        return kept_in(Path(name), kinds)
    folder = runs_folder()
    known = sorted(path.parent.name for path in folder.glob(f"*/{JOURNAL}"))
    begun = [each for each in known if each.startswith(name)] if name else []
    if name in known or len(begun) == 1:
        return kept_in(folder / (name if name in known else begun[0]), kinds)
    if begun:
        raise ConfigError(f"several runs begin with {name!r}: {', '.join(begun[:5])}")
    raise ConfigError(f"there is no run {name!r}; {_hint(name, known, folder)}")


def runs_folder() -> Path:
    """Give the folder where runs are kept by default."""
    import platformdirs

    return platformdirs.user_data_path("solvitur") / "runs"


def _hint(name: str, known: Iterable[str], folder: Path) -> str:
    from solvitur.config import nearest

    near = nearest(name, known)
    return f"did you mean {near!r}?" if near else f"your runs are in {folder}"


def _facts(folder: Path) -> Mapping[str, Any]:
    for event in read_journal(folder / JOURNAL, RUN):
        if isinstance(event.value, dict):
            return event.value
    raise ConfigError(f"{folder / JOURNAL} does not say of what it is the journal")
