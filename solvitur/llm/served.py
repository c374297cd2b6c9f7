"""What is being served on this machine, as each server wrote it down.

No server says what its model was tuned for, so whoever asks one on this machine reads it here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_state_path

from solvitur.llm.model import TUNED, Feature
from solvitur.writing import write_at_once

_FORMAT = 1
_PATIENCE = 2.0
"""Seconds for a server to answer."""


@dataclass(frozen=True)
class Served:
    """A model at an address."""

    name: str
    """What clients ask for."""
    url: str
    """Up to ``/v1``."""
    title: str
    """What people call the program that serves it."""
    tuned: frozenset[Feature] = frozenset()
    """What its adapter learned to be asked."""

    @property
    def model(self) -> str:
        """The name by which `connect` finds it.

        It takes grammars as vLLM does, whatever serves it.
        """
        return f"vllm:{self.name}@{self.url}"

    def is_there(self, patience: float) -> bool:
        """Ask for its name: another program may have taken the address since."""
        _, said = get(self.url, "/v1/models", patience)
        try:
            return any(each["id"] == self.name for each in json.loads(said)["data"])
        except (ValueError, LookupError, TypeError):
            return False


def served() -> list[Served]:
    """List what is being served now, by name; what a killed server left is cleared away."""
    found = []
    for note, each in _notes():
        if each.is_there(_PATIENCE):
            found.append(each)
        else:
            note.unlink(missing_ok=True)
    return sorted(found, key=lambda each: (each.name, each.url))


def tuned_for(name: str, url: str) -> frozenset[Feature]:
    """What the model of this name and address learned to be asked, if that was written down."""
    for _, each in _notes():
        if (each.name, each.url) == (name, url.rstrip("/")):
            return each.tuned
    return frozenset()


def write_down(each: Served, note: Path) -> None:
    """Let others know of it."""
    told = {"name": each.name, "url": each.url, "title": each.title, "tuned": sorted(each.tuned)}
    write_at_once(note, json.dumps({"format": _FORMAT, **told}).encode())


def served_directory() -> Path:
    """The folder of these notes, and of the logs of servers."""
    return user_state_path("solvitur") / "served"


def get(url: str, path: str, patience: float) -> tuple[int, bytes]:
    """Give the status and what a server says at a path; 0 if nobody does within so many seconds."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=patience)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def _notes() -> Iterator[tuple[Path, Served]]:
    for note in sorted(served_directory().glob("*.json")):
        try:
            told = json.loads(note.read_text(encoding="utf-8"))
            tuned = frozenset(each for each in TUNED if each in told["tuned"])
            yield note, Served(told["name"], told["url"], told["title"], tuned)
        except (OSError, ValueError, LookupError, TypeError):
            continue  # it is gone, or of another version
