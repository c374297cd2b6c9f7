"""Bringing the published file of a data set onto this machine: the right one, or none."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from solvitur.errors import DatasetUnavailable
from solvitur.eval.layouts import read_problems
from solvitur.eval.registry import Facts, data_folder
from solvitur.llm.catalog import SourceError
from solvitur.llm.hub import fetch_small
from solvitur.writing import write_at_once

_MOST_BYTES = 256 * 10**6


@dataclass(frozen=True)
class Fetched:
    """What came, and whether it is what was published."""

    file: Path
    sha256: str
    rows: int
    remarks: tuple[str, ...] = ()
    """Why it may not be what was published; empty where its hash was known, and is that."""


def fetch_dataset(facts: Facts, folder: Path | None = None) -> Fetched:
    """Fetch the published file into the folder of data sets, in place of an older one.

    A file whose hash is known has to have it. Of another it can only be told that nobody knows, and
    whether it holds as many problems as were published.

    Raises:
        DatasetUnavailable: It is not published as one file, cannot be had, or is not the right one.
        ConfigError: It came, and has no column for the question or for the answer.
    """
    if not facts.download:
        where = facts.url or facts.source
        reason = f"look at {where}" if where else "it is inside the package"
        raise DatasetUnavailable(f"{facts.name} is not published as one file to fetch; {reason}")
    path = data_folder(folder) / facts.file
    content = _content(facts, path)
    found = hashlib.sha256(content).hexdigest()
    if facts.sha256 not in (None, found):
        raise DatasetUnavailable(
            f"{facts.download} gave another file than {facts.name}: its SHA-256 is {found}, "
            f"not {facts.sha256}; nothing is kept"
        )
    rows = len(read_problems(content, path, facts.columns).problems)
    _keep(content, path)
    return Fetched(path, found, rows, tuple(_doubts(facts, rows)))


def _doubts(facts: Facts, rows: int) -> Iterator[str]:
    if facts.sha256 is not None:
        return
    yield "no hash of the published file is known to verify it by"
    if facts.rows is not None and rows != facts.rows:
        yield f"it has {rows} problems, not {facts.rows}"


def _content(facts: Facts, path: Path) -> bytes:
    try:
        return fetch_small(facts.download, _MOST_BYTES)
    except SourceError as error:
        raise DatasetUnavailable(
            f"cannot fetch {facts.name!r}: {error}; try again, or get it from "
            f"{facts.url or facts.download} yourself and put it at {path}"
        ) from error


def _keep(content: bytes, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_at_once(path, content)
    except OSError as error:
        raise DatasetUnavailable(
            f"cannot write {path}: {error.strerror}; name another folder with --data DIR"
        ) from error
