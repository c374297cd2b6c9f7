"""What went wrong, in one line and as an exit code; never a traceback."""

import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from solvitur.errors import ConfigError, Error, ProblemError

EXIT_CODES = {
    "solved": 0,
    "error": 1,
    "infeasible": 3,
    "unbounded": 4,
    "limit": 5,
    "no_answer": 6,
    "budget": 7,
    "not_formulated": 8,
}
"""By outcome. 2 is a wrong call, as for any command; 130 is Ctrl-C."""
USAGE = 2
_LONGEST_LINE = 500


@dataclass(frozen=True)
class Failure:
    """An error as a person and a shell see it."""

    message: str
    code: int

    def leave(self) -> NoReturn:
        """Say it on stderr and leave."""
        from solvitur.cli.console import cut, safe

        lines = (cut(safe(line), _LONGEST_LINE) + "\n" for line in self.message.splitlines())
        sys.stderr.write("Error: " + "".join(lines))
        raise SystemExit(self.code)


def describe(error: Exception) -> Failure:
    """Put an error into words; the traceback of one that nobody foresaw goes into a file."""
    if isinstance(error, (ConfigError, ProblemError)):
        return Failure(str(error), USAGE)
    if isinstance(error, Error):
        return Failure(str(error), EXIT_CODES["error"])
    if isinstance(error, OSError):  # a full disk, a file that went away
        return Failure(_os_words(error), EXIT_CODES["error"])
    return Failure(
        f"this is a bug in solvitur ({type(error).__name__}); {_kept(error)}", EXIT_CODES["error"]
    )


@contextmanager
def as_exit() -> Iterator[None]:
    """Leave with a line on stderr and an exit code where an error is raised."""
    import typer

    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
        raise  # typer knows what to do
    except Exception as error:
        describe(error).leave()


def _os_words(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename is not None else ""
    return f"{place}{error.strerror or error}"


def _kept(error: Exception) -> str:
    """Write the traceback down; say where."""
    import platform

    from platformdirs import user_state_path

    from solvitur import __version__

    python = f"Python {platform.python_version()}, {platform.platform()}"
    report = f"solvitur {__version__}, {python}\n{''.join(traceback.format_exception(error))}"
    for folder in (user_state_path("solvitur"), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w",
                dir=folder,
                prefix="bug-",
                suffix=".txt",
                delete=False,
                encoding="utf-8",
                errors="backslashreplace",
            ) as file:
                file.write(report)
        except OSError:
            continue
        return f"the details are in {file.name}: please send them to the authors"
    return f"and its details cannot be written anywhere: {error}"
