"""A problem with its label, and files of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation, describe


class OtherReading(BaseModel):
    """A second way to read an ambiguous text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    formulation: Formulation
    objective: float | None


class Row(BaseModel):
    """A word problem, the formulation that it was made from, and what that comes to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    family: str
    seed: str
    """What this one was drawn from."""
    text: str
    formulation: Formulation
    status: Literal["solved", "infeasible", "ambiguous"]
    """"ambiguous" where the text may be read in a second way, which has another answer."""
    objective: float | None
    """Of the formulation; None where it is infeasible."""
    other: OtherReading | None = None
    language: tuple[str, ...] = ()
    """The kinds of language that the text uses, such as "percents" or "table"."""


def write_rows(rows: Iterable[Row]) -> str:
    """Write rows as a file, one a line."""
    return "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows)


def read_rows(path: Path) -> tuple[Row, ...]:
    """Read a file of rows.

    Raises:
        ConfigError: It cannot be read, or a line is no row.
    """
    lines = read_text(path).splitlines()
    return tuple(_row(line, path, number) for number, line in enumerate(lines, 1))


def _row(line: str, path: Path, number: int) -> Row:
    try:
        return Row.model_validate_json(line)
    except ValidationError as error:
        raise ConfigError(
            f"{path}, line {number} is no problem with a label: {describe(error)}; make such a "
            "file with: solvitur train synthesize"
        ) from None


def read_text(path: Path) -> str:
    """Read a file of text.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"cannot read {path}: it is not text") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from None
