"""``solvitur config``: which settings hold, and why."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_every_setting_is_shown_as_it_could_stand_in_the_file(run: Run) -> None:
    done = run("config", "show")

    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == """\
model = "local:qwen2.5-coder-1.5b"
max_rounds = 3
samples = 1
# max_cost is not set
# time_limit is not set
route = "formulation"
sandbox = "auto"
# threads is not set
# cache is not set
# sessions is not set
# data is not set
# record is not set
solver = "auto"
gap = 1e-06
seed = 0
timeout = 600.0
attempts = 5
"""
    )


def test_what_is_shown_can_be_the_file(run: Run, home: Path) -> None:
    before = run("config", "show").out
    (home / "config" / "solvitur").mkdir(parents=True)
    (home / "config" / "solvitur" / "config.toml").write_text(before)

    assert run("config", "show").out == before


def test_each_setting_says_who_decided_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "mine.toml").write_text("threads = 2\nmax_rounds = 9\n")
    monkeypatch.setenv("SOLVITUR_CONFIG", "mine.toml")
    monkeypatch.setenv("SOLVITUR_MAX_ROUNDS", "5")

    shown = run("config", "show", "--origin").out.splitlines()

    assert "threads = 2  # file mine.toml" in shown
    assert "max_rounds = 5  # environment SOLVITUR_MAX_ROUNDS" in shown
    assert 'solver = "auto"  # default' in shown
    assert "# record is not set  # default" in shown


def test_the_path_of_the_file_is_shown_whether_it_exists_or_not(run: Run, home: Path) -> None:
    done = run("config", "path")

    assert (done.code, done.out) == (0, f"{home / 'config' / 'solvitur' / 'config.toml'}\n")


def test_a_file_that_is_wrong_is_a_wrong_call(run: Run, home: Path) -> None:
    (home / "config" / "solvitur").mkdir(parents=True)
    path = home / "config" / "solvitur" / "config.toml"
    path.write_text("max_round = 5\n")

    for command in (["config", "show"], ["models", "list"], ["solve", "at most 3"]):
        done = run(*command)
        assert (done.code, done.out) == (2, "")
        assert done.err == (
            f"Error: {path}: there is no setting 'max_round'; did you mean 'max_rounds'?\n"
        )
