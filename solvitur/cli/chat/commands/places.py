"""Files that are named behind a command: read with care, never written over without a yes."""

import os
import shlex
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.cli.chat.session import Session
    from solvitur.formulation import Formulation

FORCE = "!"
"""The word with which a file that is there already is written over."""
_MOST_OFFERED = 50


def words(rest: str) -> list[str]:
    """Take apart what stands behind a command; quotes keep words together.

    Raises:
        ConfigError: A quote is open.

    >>> words("lp 'my plan.lp' !")
    ['lp', 'my plan.lp', '!']
    """
    try:
        return shlex.split(rest)
    except ValueError:
        raise ConfigError(f"a quote is open in {rest!r}; close it, or write \\ before it") from None


def path_of(name: str) -> Path:
    """Give the path of a file that a person named; ``~`` is the home folder.

    Raises:
        ConfigError: No file can have that name.
    """
    try:
        path = Path(name).expanduser()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:  # too long, no such home, a zero byte
        raise ConfigError(f"{name[:200]!r} is no name of a file: {error}") from error
    return path


def read_five_elements(path: Path) -> "Formulation":
    """Read five elements: a file of them, an LP or MPS file, or an answer or conversation saved.

    Raises:
        ConfigError: There is no such file, or it cannot be read.
        FormulationError: It holds no five elements.
    """
    from solvitur.cli import files

    if not path.exists():
        raise ConfigError(f"there is no file {path}")
    if not path.is_file():
        raise ConfigError(f"{path} is no plain file")
    return files.read_formulation(str(path))


async def write(path: Path, text: str, session: "Session", *, is_forced: bool) -> bool:
    """Write a file; where there is one already, only with a yes or by force.

    Returns:
        Whether it was written.

    Raises:
        ConfigError: It cannot be written, or it is there and nobody can be asked.
    """
    from solvitur.cli import files

    if path.exists() and not path.is_file():
        raise ConfigError(f"{path} is no plain file")
    question = f"{path} is there already; write over it?"
    if path.exists() and not is_forced and not await session.agrees(question):
        return False
    files.check_writable(path)
    files.write_whole(path, text)
    return True


def offered(typed: str, *, endings: tuple[str, ...] = ()) -> list[str]:
    """Give the files and folders whose names begin with what is typed, perhaps behind a quote.

    Args:
        typed: The beginning of a name; ``~`` is the home folder.
        endings: What the names of files may end in, in small letters; any, when empty.
    """
    quote = typed[:1] if typed[:1] in ("'", '"') else ""
    head, slash, begun = typed.removeprefix(quote).rpartition("/")
    try:
        with os.scandir(path_of(head + slash or ".")) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except (OSError, ConfigError):
        return []
    names = (
        f"{quote}{head}{slash}{name}" + ("/" if is_folder else quote)
        for name, is_folder in found
        if name.startswith(begun) and (begun.startswith(".") or not name.startswith("."))
        if is_folder or not endings or name.lower().endswith(endings)
        if quote or shlex.quote(name) == name  # without a quote it would be several words
    )
    return list(islice(names, _MOST_OFFERED))
