"""The five elements in the person's own editor: what does not check comes back with the reason.

The text lies in a file of the session until it is taken, so that neither a slip nor a crash loses
what was typed: the next ``/edit`` goes on with it.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from solvitur.cli.process import heeding
from solvitur.errors import ConfigError, FormulationError

if TYPE_CHECKING:
    from solvitur.formulation import Formulation
    from solvitur.formulation.tables.data import Given

Form = Literal["json", "md"]
FORMS: tuple[Form, ...] = ("json", "md")
Open = Callable[[Path], None]
"""Opens a file for the person, and comes back when it is closed."""

_VARIABLES = ("VISUAL", "EDITOR")
_USUAL = ("editor", "nano", "vi")
_MOST_REASONS = 10
_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Edited:
    """What came of an edit."""

    formulation: "Formulation | None"
    """``None`` where nothing is to be changed."""
    words: str
    """What there is to say of it."""


class Draft:
    """Five elements as a text that a person changes.

    Args:
        folder: Where the text lies meanwhile.
        form: What it is written as.
        data: The tables that the formulation names.
    """

    def __init__(self, folder: Path, form: Form, data: "Given" = None) -> None:
        self.path = folder / f"edited.{form}"
        self._form = form
        self._data = data

    def edit(self, formulation: "Formulation", open_editor: Open) -> Edited:
        """Let a person change the five elements, until they check or the person gives up.

        An empty file drops the change. A text that comes back with the same fault is kept for
        later.

        Raises:
            ConfigError: There is no editor, or the file cannot be read or written.
        """
        written = self._write(formulation)
        if not self.path.exists():
            self._save(written)
        tried = None
        while True:
            open_editor(self.path)
            text = without_head(self._read(), self._form)
            if not text.strip():
                self.path.unlink(missing_ok=True)
                return Edited(None, "The text is empty, so nothing is changed.")
            if text.strip() == written.strip():
                self.path.unlink(missing_ok=True)
                return Edited(None, "Nothing is changed.")
            changed, reasons = self._judged(text)
            if changed is not None:
                return Edited(changed, "")
            self._save(self._head(text, reasons) + text)
            if text == tried:
                lines = "\n".join(f"- {reason}" for reason in reasons)
                return Edited(
                    None,
                    f"It does not check, so nothing is changed; your text is kept for the next "
                    f"/edit:\n{lines}",
                )
            tried = text

    def done(self) -> None:
        """Remove the text: it was taken."""
        self.path.unlink(missing_ok=True)

    def _write(self, formulation: "Formulation") -> str:
        return formulation.to_markdown() if self._form == "md" else formulation.to_json() + "\n"

    def _judged(self, text: str) -> "tuple[Formulation | None, tuple[str, ...]]":
        """Read the text; without five elements that say a model, give the reasons."""
        from solvitur.formulation import Formulation, from_markdown
        from solvitur.formulation.checks import Severity, check
        from solvitur.formulation.printing import first

        try:
            found = from_markdown(text) if self._form == "md" else Formulation.from_json(text)
        except FormulationError as error:
            reasons = str(error).splitlines()
        else:
            findings = check(found, data=self._data)
            reasons = [str(f) for f in findings if f.severity is Severity.error]
            if not reasons:
                return found, ()
        return None, tuple(first(reasons, _MOST_REASONS, "and {} more"))

    def _head(self, text: str, reasons: tuple[str, ...]) -> str:
        """Write the reasons as a comment, with the lines numbered as they will stand under it."""
        lines = len(_comment(reasons, self._form).splitlines())
        _, numbered = self._judged("\n" * lines + text)
        return _comment(numbered, self._form)

    def _save(self, text: str) -> None:
        from solvitur.cli.files import write_whole

        write_whole(self.path, text)
        self.path.chmod(0o600)

    def _read(self) -> str:
        try:
            with self.path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            return ""  # removed in the editor: dropped
        except OSError as error:
            raise ConfigError(f"cannot read {self.path}: {error.strerror or error}") from error
        if len(content) > _MOST_BYTES:
            raise ConfigError(f"{self.path} has more than {_MOST_BYTES // 2**20} MB")
        return content.decode("utf-8-sig", "backslashreplace")


def without_head(text: str, form: Form) -> str:
    r"""Take off the comment that a text came back with.

    >>> without_head("// it has no objective\n{}", "json")
    '{}'
    >>> without_head("<!--\nno objective\n-->\n# Chairs", "md")
    '# Chairs'
    """
    if form == "md":
        start = text.lstrip()
        is_closed = start.startswith(_OPEN) and _CLOSE in start
        return start.partition(_CLOSE)[2].lstrip("\n") if is_closed else text
    lines = text.splitlines(keepends=True)
    while lines and (lines[0].startswith("//") or not lines[0].strip()):
        lines.pop(0)
    return "".join(lines)


_OPEN, _CLOSE = "<!--", "-->"
_ADVICE = "Mend it, or leave an empty file to change nothing."


def _comment(reasons: tuple[str, ...], form: Form) -> str:
    lines = ["This does not check:", *(f"- {reason}" for reason in reasons), _ADVICE]
    if form == "md":
        inside = "\n".join(line.replace(_CLOSE, "-- >") for line in lines)
        return f"{_OPEN}\n{inside}\n{_CLOSE}\n\n"
    return "".join(f"// {line}\n" for line in lines)


def open_in_editor(path: Path) -> None:
    """Open a file in the person's editor and wait until it is closed.

    Raises:
        ConfigError: There is no editor, or it failed.
    """
    command = _editor()
    with ExitStack() as stack:
        stack.enter_context(heeding(lambda: True))  # Ctrl-C is the editor's, as long as it runs
        terminal = None  # what is ours, where none is in charge of us
        with suppress(OSError):
            # Our own output may be piped on, and stdout is not what it was: see `cli.process`.
            terminal = stack.enter_context(Path("/dev/tty").open("r+b", buffering=0))
        try:
            done = subprocess.run(
                [*command, str(path)], stdin=terminal, stdout=terminal, check=False
            )
        except OSError as error:
            reason = error.strerror or error
            raise ConfigError(f"the editor {command[0]!r} cannot be started: {reason}") from error
    if done.returncode != 0:
        raise ConfigError(f"the editor {command[0]!r} ended with exit code {done.returncode}")


def _editor() -> list[str]:
    for variable in _VARIABLES:
        try:
            if command := shlex.split(os.environ.get(variable, "")):
                return command
        except ValueError as error:
            raise ConfigError(f"{variable} cannot be read: {error}") from error
    for name in _USUAL:
        if found := shutil.which(name):
            return [found]
    raise ConfigError("there is no editor; name one: export EDITOR=nano")
