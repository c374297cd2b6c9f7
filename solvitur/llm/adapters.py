"""What an adapter says of itself: what it learned to be asked, and on which model.

`solvitur train` writes it into the file, in front of the weights, so that nobody has to say it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solvitur.errors import ConfigError
from solvitur.llm.model import TUNED, Feature
from solvitur.llm.store import content_sha256

TASKS = "solvitur.tasks"
"""The key under which the tasks of its lessons stand."""
BASE = "solvitur.base"
"""That of the name of the model that it was trained on."""
BASE_SHA256 = "solvitur.base.sha256"
"""That of the hash of this model's file."""

_HEAD = 1 << 20
"""Bytes in which what a file says of itself has to stand."""
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"}
_NUMBERS[12] = "d"
_TEXT, _LIST = 8, 9


@dataclass(frozen=True)
class Note:
    """What an adapter says of itself; nothing where it was made by others."""

    tasks: tuple[str, ...] = ()
    """What it learned to be asked."""
    base: str = ""
    """The name of the model that it was trained on."""
    base_sha256: str = ""
    """The hash of this model's file; empty where that was no one file."""

    @property
    def features(self) -> frozenset[Feature]:
        """What a model can do with it.

        >>> sorted(Note(("code", "markdown")).features)
        [<Feature.tuned_code: 'tuned_code'>]
        """
        return frozenset(each for each in TUNED if each.removeprefix("tuned_") in self.tasks)


def read_note(adapter: Path) -> Note:
    """Read what an adapter says of itself.

    Raises:
        ConfigError: There is no such file, or it is none in the form GGUF.
    """
    try:
        with adapter.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        raise ConfigError(f"there is no adapter at {adapter}") from None
    told: dict[str, Any] = {}
    try:
        told.update(_Reader(head).entries())  # what was read before an error is kept
    except (struct.error, ValueError) as error:
        if len(head) < _HEAD or not told:
            raise ConfigError(f"{adapter} is no adapter: it is not a whole GGUF file") from error
    tasks, base, base_sha256 = told.get(TASKS), told.get(BASE), told.get(BASE_SHA256)
    return Note(
        tuple(each for each in tasks if isinstance(each, str)) if isinstance(tasks, list) else (),
        base if isinstance(base, str) else "",
        base_sha256 if isinstance(base_sha256, str) else "",
    )


def check_base(adapter: Path, base: Path) -> None:
    """See that an adapter is laid on the model that it was trained on, if it says on which.

    Raises:
        ConfigError: It was trained on another one.
    """
    note = read_note(adapter)
    if note.base_sha256 and note.base_sha256 != content_sha256(base):
        raise ConfigError(
            f"the adapter {adapter} was trained on {note.base} (SHA-256 {note.base_sha256[:12]}"
            f"...), and {base} is another file: name the model that it belongs to"
        )


class _Reader:
    """Reads the head of a GGUF file; whatever it holds, no more than there is."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._at = 0

    def entries(self) -> Iterator[tuple[str, Any]]:
        magic, version, _, count = self._take("4sIQQ")
        if magic != b"GGUF" or version not in (2, 3):
            raise ValueError("no GGUF file")
        for _ in range(count):
            yield self._text(), self._value(*self._take("I"))

    def _take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._head, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def _text(self) -> str:
        (size,) = self._take("Q")
        (found,) = self._take(f"{min(size, _HEAD)}s")
        return str(found, "utf-8", "replace")

    def _value(self, kind: int) -> Any:
        if kind == _TEXT:
            return self._text()
        if kind == _LIST:
            of, count = self._take("IQ")
            if of == _LIST:
                raise ValueError("a list of lists")
            return [self._value(of) for _ in range(count)]
        if kind not in _NUMBERS:
            raise ValueError(f"no kind {kind}")
        return self._take(_NUMBERS[kind])[0]
