"""A program that is kept, and that nothing of it is left whoever is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import DEVNULL

import pytest

from solvitur.llm.serving.backend import Command
from solvitur.llm.serving.kept import Kept

STARTS_ANOTHER = "sleep 600 & echo $! > pids; echo $$ >> pids; wait"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(script: str, **more: float) -> Kept:
    return Kept(Command(("sh", "-c", script)), out=DEVNULL, err=DEVNULL, **more)


def pids(folder: Path) -> list[int]:
    """The processes that the script and what it started are, once they are."""
    file = folder / "pids"
    while not file.exists() or len(file.read_text().split()) < 2:
        time.sleep(0.01)
    return [int(pid) for pid in file.read_text().split()]


def assert_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while left := [pid for pid in pids if is_there(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.01)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_program_that_ends_tells_its_code() -> None:
    with kept("exit 3") as program:
        assert program.wait()
    assert (program.code, program.complaint) == (3, "")


def test_a_program_that_is_killed_tells_the_signal() -> None:
    with kept("kill -9 $$") as program:
        assert program.wait()
    assert program.code == -9


def test_a_program_that_is_not_there_is_a_complaint() -> None:
    with Kept(Command(("/no/such/program",)), out=DEVNULL, err=DEVNULL) as program:
        assert program.wait()
    assert (program.code, program.complaint) == (None, "No such file or directory")


def test_waiting_has_an_end() -> None:
    with kept("sleep 600") as program:
        assert not program.wait(0.01)


def test_leaving_ends_it_and_what_it_started(folder: Path) -> None:
    with kept(STARTS_ANOTHER):
        started = pids(folder)
        assert all(map(is_there, started))
    assert_gone(started)


def test_one_that_does_not_listen_is_killed(folder: Path) -> None:
    with kept(f"trap '' TERM; {STARTS_ANOTHER}", patience=0.1) as program:
        started = pids(folder)
    assert program.code == -9
    assert_gone(started)


def test_variables_of_the_caller_come_before_those_of_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", "kept")
    script = "echo $MINE $THEIRS > said"
    command = Command(("sh", "-c", script), {"MINE": "lost", "THEIRS": "added"})
    with Kept(command, out=DEVNULL, err=DEVNULL) as program:
        program.wait()
    assert (folder / "said").read_text() == "kept added\n"


def test_nothing_is_left_when_the_keeper_is_killed(folder: Path) -> None:
    with kept(STARTS_ANOTHER) as program:
        started = pids(folder)
        keeper = int(Path(f"/proc/{started[1]}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(keeper, signal.SIGKILL)
        assert program.wait(30)
    assert program.code is None
    assert_gone(started)


def test_nothing_is_left_when_whoever_wanted_it_is_killed(folder: Path) -> None:
    script = (
        "from subprocess import DEVNULL; from solvitur.llm.serving.kept import *;"
        f"Kept(Command(('sh', '-c', {STARTS_ANOTHER!r})), out=DEVNULL, err=DEVNULL).wait()"
    )
    path = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path}
    )
    started = pids(folder)
    process.kill()
    process.wait()
    assert_gone(started)
