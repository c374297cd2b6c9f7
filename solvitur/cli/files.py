"""What comes in from the shell and from files, and what goes into one."""

import codecs
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solvitur.cli.console import write_text
from solvitur.errors import ConfigError, DataError, Error, FormulationError, ProblemError
from solvitur.writing import write_at_once

if TYPE_CHECKING:
    from solvitur.formulation import Data, Formulation

STDIN = "-"
_FILE_NAME = re.compile(r"[./~]\S*|\S*\.[A-Za-z]{1,8}")
"""One word with a path or a suffix; not every language puts spaces between words."""
_MOST_BYTES = 64 * 2**20
"""Of a five-element file."""


def read_problem_text(argument: str | None) -> str:
    """Find the words of the problem: given as they are, in a file, or on stdin.

    Args:
        argument: The text, the name of a file, ``-`` for stdin, or None for stdin unless it is
            a terminal.

    Raises:
        ProblemError: There is no text, or it is too long or not UTF-8.
    """
    from solvitur.agents.problem import MAX_LENGTH

    if argument is None and (sys.stdin is None or sys.stdin.isatty()):
        raise ProblemError(
            'no problem is given: write it as solvitur solve "TEXT", name a file, or pipe it in'
        )
    if argument is None or argument == STDIN:
        content = _read(STDIN, 4 * MAX_LENGTH)
    elif _exists(argument):
        content = _read(argument, 4 * MAX_LENGTH)
    elif _FILE_NAME.fullmatch(argument):
        raise ProblemError(f"there is no file {argument[:200]!r}, and one word is no problem")
    else:
        content = os.fsencode(argument)
    words = _decoded(content, argument)
    if len(content) > 4 * MAX_LENGTH:  # UTF-8 takes at most four bytes for a character
        raise ProblemError(
            f"the problem has more than {MAX_LENGTH:,} characters, and no more are read; "
            "shorten it, or put the data into a five-element file (--formulation)"
        )
    return words


def read_formulation(name: str) -> "Formulation":
    """Read a five-element file, JSON or Markdown, or an LP or MPS file; ``-`` is stdin.

    Of an answer or a conversation that was saved as JSON, it is the formulation in it.

    Raises:
        ConfigError: There is no such file, or it cannot be read.
        FormulationError: The content is not five elements.
    """
    from solvitur.formulation import Formulation
    from solvitur.formulation.markdown import from_markdown
    from solvitur.solvers.files.names import is_program_file

    if is_program_file(name):
        return _read_program(Path(name))
    try:
        content = _read(name, _MOST_BYTES)
    except ProblemError as error:
        raise ConfigError(str(error)) from error
    if len(content) > _MOST_BYTES:
        raise FormulationError(f"{name} has more than {_MOST_BYTES // 2**20} MB")
    is_json = content.lstrip()[:1] == b"{" if name == STDIN else Path(name).suffix != ".md"
    if is_json and not content.lstrip().startswith(b"{"):
        raise FormulationError(
            f"{name} holds no five elements: it is no JSON object, and neither Markdown (.md) nor "
            "an LP or MPS file by its name"
        )
    try:
        if is_json:
            return Formulation.from_json(_formulation_in(content))
        return from_markdown(_decoded(content, name))
    except FormulationError as error:
        raise FormulationError(f"{name}: {error}") from error


def holds_five_elements(name: str) -> bool:
    """Whether a file is one of five elements, and no problem in words; whatever is in them.

    >>> holds_five_elements("A chair earns 30.")
    False
    """
    from solvitur.formulation.markdown import from_markdown
    from solvitur.solvers.files.names import is_program_file

    if not _exists(name) or not Path(name).is_file():
        return False
    if is_program_file(name):
        return True
    content = _read(name, _MOST_BYTES).lstrip()
    if Path(name).suffix != ".md":
        return content.startswith(b"{")
    try:
        from_markdown(_decoded(content, name))
    except (FormulationError, ProblemError):
        return False
    return True


def _formulation_in(content: bytes) -> bytes:
    """Give the five elements in what was saved with them; any other content as it is."""
    if b'"formulation"' not in content:
        return content
    try:
        saved = json.loads(content)
    except (ValueError, RecursionError):
        return content
    inner = saved.get("formulation") if isinstance(saved, dict) else None
    return json.dumps(inner).encode() if isinstance(inner, dict) else content


def _read_program(path: Path) -> "Formulation":
    from solvitur.cli.console import lent
    from solvitur.solvers import read_program_file

    try:
        with lent():
            return read_program_file(path)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from error
    except FormulationError as error:
        raise FormulationError(f"{path}: {error}") from error


def read_data(given: list[str]) -> "Data":
    """Find the tables that are given: ``FOLDER``, ``FILE`` or ``NAME=FILE``, several times.

    Raises:
        ConfigError: One of them is not there or no table, or two have one name.
    """
    from solvitur.formulation import Data

    tables: dict[str, object] = {}
    for argument in given:
        name, sign, file = argument.partition("=")
        try:
            is_named = sign and not Path(argument).exists()
            found = Data({name.strip(): file} if is_named else argument)
        except DataError as error:
            raise ConfigError(f"--data {argument}: {error}") from error
        twice = sorted(tables.keys() & set(found.names))
        if twice:
            raise ConfigError(f"--data {argument}: there is a table {twice[0]!r} already")
        tables |= found.tables
    return Data(tables)


def read_values(path: Path) -> dict[str, Any]:
    """Read the values of the variables in a saved answer.

    Raises:
        ConfigError: There is no such file, or no values in it.
    """
    try:
        content = _read(str(path), _MOST_BYTES)
    except ProblemError as error:
        raise ConfigError(str(error)) from error
    try:
        values = json.loads(content)["variables"]
    except (ValueError, RecursionError, TypeError, KeyError):
        values = None
    if not isinstance(values, dict) or not values:
        raise ConfigError("this is no answer with values, as --save writes it")
    return values


def check_writable(path: Path, *, make_folder: bool = False) -> None:
    """Find out that a file cannot be written before anything is spent on its content.

    Args:
        path: The file; it may be there or not.
        make_folder: Whether its folder is to be made where there is none.

    Raises:
        ConfigError: It cannot.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if _is_device(path):
            return
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot write {path}: {reason}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there in full or not at all.

    Raises:
        Error: It cannot be written.
    """
    content = text.encode("utf-8", "backslashreplace")
    try:
        if _is_device(path):
            path.write_bytes(content)
        else:
            write_at_once(path.resolve(), content)  # a link stays a link
    except OSError as error:
        raise Error(f"cannot write {path}: {error.strerror or error}") from error


def write_out(out: Path | None, text: str) -> None:
    """Write a whole text to a file, or to stdout where none is named.

    Raises:
        Error: The file cannot be written.
    """
    if out is None:
        write_text(text)
    else:
        write_whole(out, text)


def _exists(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):  # too long for a name
        return False


def _read(name: str, limit: int) -> bytes:
    """Read at most one byte more than the limit."""
    try:
        if name == STDIN:
            return sys.stdin.buffer.read(limit + 1) if sys.stdin else b""
        with Path(name).open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProblemError(f"cannot read {name}: {reason}") from error


def _decoded(content: bytes, name: str | None) -> str:
    source = "the text on stdin" if name in (None, STDIN) else "the text"
    try:
        # What was cut off at a limit may end within a character: final is left False.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(content)
    except UnicodeDecodeError as error:
        raise ProblemError(
            f"{source} is not UTF-8 (byte {error.start + 1} is {content[error.start]:#04x}); "
            "is it text at all? If it is, save it as UTF-8"
        ) from error


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()
