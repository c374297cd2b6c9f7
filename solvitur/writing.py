"""Putting a file in its place in one step."""

import contextlib
import os
import shutil
import threading
from pathlib import Path


def write_at_once(path: Path, content: bytes) -> None:
    """Write a file so that it is there in full or, whatever happens meanwhile, as it was before.

    A file that was there keeps its mode; a link in its place is replaced.

    Raises:
        OSError: It cannot be written; nothing of it is left behind.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_at_once(Path(folder, "answer.json"), b"{}")
        ...     [file.name for file in Path(folder).iterdir()]
        ['answer.json']
    """
    writer = f"{os.getpid()}-{threading.get_native_id()}"
    partial = path.with_name(f".{path.name}.{writer}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, partial)
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
