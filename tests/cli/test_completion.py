"""What a shell completes: commands, names of models, ids of conversations; and files by itself."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from solvitur.cli.app import app


def completed(words: str, shell: str = "bash") -> list[str]:
    given = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    given |= {"_SOLVITUR_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": words}
    return CliRunner().invoke(app, prog_name="solvitur", env=given).output.split()


def test_commands_are_completed() -> None:
    assert completed("solvitur s") == ["solve", "sessions", "solvers"]


@pytest.mark.parametrize("command", ["solve", "chat"])
def test_names_of_models_are_completed(command: str) -> None:
    assert "local:qwen2.5-coder-1.5b" in completed(f"solvitur {command} --model loc")


@pytest.mark.parametrize("flag", ["--resume", "--fork"])
def test_where_no_conversation_is_kept_there_is_nothing_to_complete(flag: str) -> None:
    assert completed(f"solvitur chat {flag} ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_told_how_to_ask(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")

    shown = CliRunner().invoke(app, ["--show-completion", shell], prog_name="solvitur")

    assert shown.exit_code == 0
    assert "_SOLVITUR_COMPLETE=complete_" in shown.output


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".bash_completions/solvitur.sh"),
        ("zsh", ".zfunc/_solvitur"),
        ("fish", ".config/fish/completions/solvitur.fish"),
    ],
)
def test_completion_is_installed_for_a_shell(
    shell: str, file: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")

    done = CliRunner().invoke(app, ["--install-completion", shell], prog_name="solvitur")

    assert done.exit_code == 0
    assert "solvitur" in (home / file).read_text(encoding="utf-8")
