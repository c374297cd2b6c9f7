"""GGUF files that say something of themselves and hold no weights."""

import struct
from pathlib import Path

from solvitur.llm.adapters import BASE, BASE_SHA256, TASKS

TEXT, LIST = 8, 9


def write_gguf(path: Path, **told: object) -> Path:
    """Write a file that says this: whole numbers, texts and lists of texts."""
    content = b"GGUF" + struct.pack("<IQQ", 3, 0, len(told))
    path.write_bytes(content + b"".join(text(key) + value(each) for key, each in told.items()))
    return path


def write_adapter(path: Path, *tasks: str, base: str = "some", base_sha256: str = "") -> Path:
    """Write one with a note as `solvitur train` leaves it."""
    told: dict[str, object] = {"general.type": "adapter", TASKS: list(tasks), BASE: base}
    return write_gguf(path, **told, **({BASE_SHA256: base_sha256} if base_sha256 else {}))


def text(words: str) -> bytes:
    return struct.pack("<Q", len(words.encode())) + words.encode()


def value(each: object) -> bytes:
    if isinstance(each, int):
        return struct.pack("<Iq", 11, each)
    if isinstance(each, str):
        return struct.pack("<I", TEXT) + text(each)
    assert isinstance(each, list)
    return struct.pack("<IIQ", LIST, TEXT, len(each)) + b"".join(map(text, each))
