"""Beginnings that many prompts share, as a model has read them, kept in files.

Instructions and examples are the same for every problem, and reading them is most of what an
embedded model does before its first word: 1,800 tokens are half a minute on one core. What the
model made of them is 50 MB that load in a hundredth of a second. Only messages that were said to be
shared get here, so no word of a problem does.
"""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solvitur.llm.store import models_directory, sha256

_FORMAT = 1
_AN_HOUR = 3600.0
"""Seconds after which nobody is still writing a file."""
_KEPT = 12
"""Files in the folder; when there are more, those not used for longest go."""


class Beginnings:
    """The files of one model, in a folder that all models share.

    A file's name ends with the hash of its content, for llama.cpp ends the process when it is given
    a file that is torn.

    Args:
        model: The model's file; another one, or a changed one, has other states.
        engine: What reads the model: its name and version, and settings that a state depends on.
        folder: Where the files are; it is made with the first of them.
    """

    def __init__(self, model: Path, engine: str, folder: Path) -> None:
        self.folder = folder
        self._model = model
        self._engine = engine

    def key(self, messages: Sequence[dict[str, Any]]) -> str:
        """What tells these messages, read by this model, from all others."""
        found = self._model.stat()
        made_by = [_FORMAT, self._engine, str(self._model), found.st_size, found.st_mtime_ns]
        content = json.dumps([made_by, list(messages)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def find(self, key: str) -> str | None:
        """The name of the file with this key, if it is there and whole; it counts as used now."""
        for path in sorted(self.folder.glob(f"{key}-*.state")):
            try:
                os.utime(path)
                if path.name == _name(key, path):
                    return path.name
                path.unlink()
            except OSError:  # it is gone, or not ours to use
                continue
        return None

    def partial(self, key: str) -> str | None:
        """A name to write a file under before it is whole; ``None`` where none can be written."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in self.folder.iterdir():
                if path.suffix != ".state" and time.time() - path.stat().st_mtime > _AN_HOUR:
                    path.unlink()  # whoever wrote it was killed
        except OSError:
            return None
        return f"{key}.{os.getpid()}" if os.access(self.folder, os.W_OK) else None

    def keep(self, key: str, partial: str) -> None:
        """Give a file that is whole its name, and make room."""
        path = self.folder / partial
        path.replace(self.folder / _name(key, path))
        dated = [(path.stat().st_mtime, path) for path in self.folder.glob("*.state")]
        for _, path in sorted(dated, reverse=True)[_KEPT:]:
            path.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """Remove a file."""
        (self.folder / name).unlink(missing_ok=True)


def _name(key: str, path: Path) -> str:
    return f"{key}-{sha256(path)[:32]}.state"


def beginnings_directory() -> Path:
    """The folder of these files, beside that of the models."""
    return models_directory().parent / "beginnings"
