"""A command line to type at, in a home of its own."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from solvitur.cli.app import app


@dataclass(frozen=True)
class Transcript:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Transcript]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand in an empty folder, with no settings, keys or colours of this machine."""
    ours = ("SOLVITUR_", "OPENAI_")
    for variable in [*os.environ]:
        if variable.startswith(ours) or variable in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(variable)
    # Set and unset, so that what a command leaves in the environment is taken back afterwards.
    monkeypatch.setenv("SOLVITUR_CACHE", "")
    monkeypatch.delenv("SOLVITUR_CACHE")
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run() -> Run:
    """Type a command; `stdin` is piped in."""

    def type_in(*arguments: str, stdin: str | bytes | None = None) -> Transcript:
        result = CliRunner().invoke(app, list(arguments), input=stdin, prog_name="solvitur")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Transcript(result.exit_code, result.stdout, result.stderr)

    return type_in


@pytest.fixture
def file(home: Path) -> Callable[[str, Any], str]:
    """Write a file, an object as JSON; give back its name."""

    def write(name: str, content: Any) -> str:
        path = home / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def scripted(file: Callable[[str, Any], str]) -> Callable[..., str]:
    """Name a model that gives these replies: texts, or whole replies as objects."""

    def write(*replies: Any) -> str:
        return "scripted:" + file("replies.jsonl", "\n".join(map(json.dumps, replies)))

    return write
