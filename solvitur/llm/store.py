"""Where model files lie on this machine, and whether they are whole."""

import hashlib
import json
import os
from pathlib import Path

from platformdirs import user_cache_dir

from solvitur.errors import ConfigError, ModelUnavailable
from solvitur.llm.catalog import CATALOG, CatalogEntry
from solvitur.writing import write_at_once


def models_directory() -> Path:
    """The folder of model files: below ``SOLVITUR_CACHE``, or the user's cache."""
    cache = os.environ.get("SOLVITUR_CACHE") or user_cache_dir("solvitur")
    return Path(cache) / "models"


def installed(entry: CatalogEntry, directory: Path | None = None) -> Path | None:
    """The entry's file, verified, or None where it is absent.

    The file is hashed once; a stamp beside it remembers its size and time, so
    that a gigabyte is not read again at each start.

    Raises:
        ModelUnavailable: There is a file, but it is not the entry's.
    """
    path = (directory or models_directory()) / entry.file
    if not path.is_file():
        return None
    if _read_stamp(path) != _stamp(entry.sha256, path):
        if path.stat().st_size != entry.size or sha256(path) != entry.sha256:
            raise ModelUnavailable(
                f"{path} is damaged: it is not the file that the catalog describes; "
                f"delete it and fetch it again with: solvitur models pull {entry.name}"
            )
        write_stamp(entry, path)
    return path


def locate(entry: CatalogEntry) -> Path:
    """The entry's file, verified.

    Raises:
        ModelUnavailable: It is absent or damaged; the message says what to do.
    """
    path = installed(entry)
    if path is None:
        raise ModelUnavailable(
            f"the model {entry.name!r} ({entry.size / 1e6:,.0f} MB) is not on this machine; "
            f"fetch it with: solvitur models pull {entry.name}"
        )
    return path


def model_files(name: str) -> tuple[Path, Path | None]:
    """Find a model by its name, and the adapter on it; what is no name of the catalog is a path.

    Args:
        name: A name of the catalog or a path, alone or as ``MODEL+ADAPTER``.

    Raises:
        ConfigError: An adapter is laid on a model that has one.
        ModelUnavailable: A model of the catalog is absent or damaged.
    """
    if name in CATALOG:
        entry = CATALOG[name]
        if entry.base:
            return locate(CATALOG[entry.base]), locate(entry)
        return locate(entry), None
    base, plus, adapter = name.partition("+")
    if plus and not Path(name).exists():
        path, laid = model_files(base)
        if laid:
            raise ConfigError(
                f"{base} has an adapter already; name its base, {CATALOG[base].base}, for another"
            )
        return path, Path(adapter)
    return Path(name), None


def write_stamp(entry: CatalogEntry, path: Path) -> None:
    """Remember that this file was verified."""
    write_at_once(_stamp_path(path), json.dumps(_stamp(entry.sha256, path)).encode())


def sha256(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_sha256(path: Path) -> str:
    """The hash of a file's content, from its stamp where that still holds."""
    stamp = _read_stamp(path)
    told = stamp.get("sha256") if isinstance(stamp, dict) else None
    return told if isinstance(told, str) and stamp == _stamp(told, path) else sha256(path)


def _stamp(told: str, path: Path) -> dict[str, object]:
    found = path.stat()
    return {
        "format": 1,
        "sha256": told,
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
    }


def _read_stamp(path: Path) -> object:
    try:
        return json.loads(_stamp_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _stamp_path(path: Path) -> Path:
    return path.with_name(path.name + ".verified")
