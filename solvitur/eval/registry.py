"""The data sets that are known: where they come from, under what licence, and what is wrong there.

Our own problems are inside the package. Of the others only the facts are (`registry.json`), and
their files are looked for in a folder: the one that is given, that of ``SOLVITUR_DATA``, or the
user's own. A file ``datasets.json`` there, of the same form, adds sets of one's own.
"""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from solvitur.errors import ConfigError

VARIABLE = "SOLVITUR_DATA"
"""The variable that names the folder of data sets."""
OWN_REGISTRY = "datasets.json"
OWN = "word-problems"
"""The set that is inside the package."""

_HASH = "^[0-9a-f]{64}$"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edition(_Record):
    """A file that is known to hold a data set, or a part of it."""

    file: str = Field(pattern=r"^\w[\w.-]*$")
    rows: int = Field(ge=1)
    sha256: str = Field(pattern=_HASH)
    about: str = ""


class Facts(_Record):
    """What is known of a data set. What is not known is empty or ``None``, and never made up."""

    name: str = Field(pattern="^[a-z0-9][a-z0-9.-]*$")
    title: str
    version: str = ""
    rows: int | None = None
    """How many problems were published."""
    licence: str = "not stated"
    citation: str = ""
    source: str = ""
    """Where it is published: repository, commit and path."""
    url: str = ""
    """A page where a person can look at it."""
    download: str = ""
    """Where the published file can be fetched; empty where it is not one file."""
    sha256: str | None = Field(None, pattern=_HASH)
    """Of the published file."""
    label_notes: str = ""
    """What is known of its labels."""
    columns: dict[str, str] = {}
    """Columns that have other names than usual."""
    editions: tuple[Edition, ...] = ()
    """Other files that are known to hold it."""

    @field_validator("download", "url")
    @classmethod
    def _is_a_web_address(cls, address: str) -> str:
        if address and not address.startswith(("https://", "http://")):
            raise ValueError("should start with https:// or http://")
        return address

    @property
    def file(self) -> str:
        """What the published file is called on this machine; empty where it cannot be fetched."""
        if not self.download:
            return ""
        return f"{self.name}{Path(urlsplit(self.download).path).suffix.lower()}"

    @property
    def files(self) -> tuple[str, ...]:
        """What its files may be called, the whole set first."""
        return tuple(filter(None, (self.file, *(edition.file for edition in self.editions))))


class _Registry(_Record):
    format: Literal[1]
    datasets: tuple[Facts, ...]


def data_folder(folder: Path | None = None) -> Path:
    """Give the folder of data sets: this one, that of ``SOLVITUR_DATA``, or the user's own."""
    if folder is not None:
        return folder
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("solvitur") / "datasets"


def registered_datasets(folder: Path | None = None) -> dict[str, Facts]:
    """Give what is known of each data set, by name, in the order of the registry.

    Raises:
        ConfigError: The folder's own registry cannot be read.

    Example:
        >>> registered_datasets()["word-problems"].licence
        'MIT'
    """
    shipped = files("solvitur.eval").joinpath("registry.json").read_text("utf-8")
    known = list(_Registry.model_validate_json(shipped).datasets)
    path = data_folder(folder) / OWN_REGISTRY
    if path.is_file():
        known += _read(path).datasets
    return {facts.name: facts for facts in known}


def _read(path: Path) -> _Registry:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return _Registry.model_validate(found)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{path}: {place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not JSON: {error}") from error
