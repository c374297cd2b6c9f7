"""The command as a whole: help, version, and what nobody foresaw."""

import re
from pathlib import Path

import pytest

import solvitur
from solvitur.cli import solve as command
from solvitur.cli.failures import EXIT_CODES
from solvitur.solvers import Outcome
from tests.cli.conftest import Run


def test_the_version_is_shown(run: Run) -> None:
    assert run("--version").out == f"solvitur {solvitur.__version__}\n"


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    done = run()

    assert done.code == 2
    assert "Usage: solvitur [OPTIONS] COMMAND [ARGS]..." in done.out + done.err


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help_begins_with_examples(run: Run, flag: str) -> None:
    done = run("solve", flag)

    assert done.code == 0
    assert '\n  solvitur solve "A carpenter has 40 hours; a chair takes 3, ..."\n' in done.out
    assert "5 limit reached with an answer" in done.out


def test_a_command_that_does_not_exist_is_a_wrong_call(run: Run) -> None:
    done = run("sovle")

    assert done.code == 2
    assert "solve" in done.err


def test_every_outcome_has_an_exit_code_of_its_own() -> None:
    assert sorted(EXIT_CODES) == sorted(outcome.value for outcome in Outcome)
    assert len({*EXIT_CODES.values(), 2, 130}) == len(EXIT_CODES) + 2


def test_a_bug_is_one_line_and_its_traceback_a_file(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("of all things")

    monkeypatch.setattr(command, "_answer", broken)

    done = run("solve", "at most 3", "--json")

    assert done.code == 1
    found = re.fullmatch(
        r"Error: this is a bug in solvitur \(KeyError\); the details are in (\S+): "
        r"please send them to the authors\n",
        done.err,
    )
    assert found
    path = Path(found[1])
    assert path.parent == home / "state" / "solvitur"
    assert "KeyError: 'of all things'" in path.read_text()
    assert done.envelope["outcome"] == "error"


def test_a_bug_that_cannot_be_written_down_is_said_all_the_same(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("of all things")

    monkeypatch.setattr(command, "_answer", broken)
    monkeypatch.setattr("tempfile.tempdir", "/proc/nowhere")
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")

    done = run("solve", "at most 3")

    assert done.code == 1
    assert done.err == (
        "Error: this is a bug in solvitur (KeyError); "
        "and its details cannot be written anywhere: 'of all things'\n"
    )


GROUPS = ("", "sessions", "models", "solvers", "config", "runs", "train", "eval", "eval datasets")


@pytest.mark.parametrize("group", GROUPS)
def test_what_a_command_does_is_said_in_a_whole_line(run: Run, group: str) -> None:
    shown = run(*group.split(), "--help").out.partition("Commands:")[2]

    assert shown
    assert "..." not in shown
