"""What a rung runs, and what it claims."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import solvitur
from solvitur.errors import SandboxUnavailable
from solvitur.sandbox import Limits, Threat, sandboxes
from solvitur.sandbox.rungs import Rung, candidates, lent_user

SOMEBODY = 61_184


def test_a_rung_runs_the_same_programs_whatever_path_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = candidates()
    assert found
    user = {rung: SOMEBODY if rung.own_user else None for rung in found}
    before = [rung.command(user[rung], Limits()) for rung in found]
    monkeypatch.setenv("PATH", "/nowhere")
    assert [rung.command(user[rung], Limits()) for rung in found] == before
    for command in filter(None, before):
        assert command[0].startswith("/")


@pytest.mark.parametrize("name", ["bubblewrap", "namespaces", "limits"])
def test_everything_of_a_lent_user_is_ended_as_that_user(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    command = Rung(name, own_user=True, setpriv="/usr/bin/setpriv").ending(SOMEBODY)
    assert command[:2] == ["/usr/bin/setpriv", f"--reuid={SOMEBODY}"]
    assert command[-3:] == ["/bin/sh", "-c", "kill -KILL -1"]


@pytest.mark.parametrize("name", ["bubblewrap", "namespaces", "limits"])
@pytest.mark.parametrize(("setpriv", "user"), [(None, SOMEBODY), ("/usr/bin/setpriv", 0)])
def test_nothing_is_run_where_the_lent_user_cannot_be_taken(
    name: str, setpriv: str | None, user: int
) -> None:
    rung = Rung(name, own_user=True, tool="/usr/bin/true", setpriv=setpriv)
    with pytest.raises(SandboxUnavailable, match=f"cannot run code as the user {user}: .* setpriv"):
        rung.command(user, Limits())
    with pytest.raises(SandboxUnavailable):
        rung.ending(user)


@pytest.mark.parametrize(
    ("home", "claimed"),
    [
        (Path("/nowhere/of/ours"), True),
        (Path(sys.prefix), False),
        (Path(sys.prefix) / "lib" / "deeper", False),
        (Path("/usr/share/service"), False),
    ],
    ids=["elsewhere", "the home folder is Python's", "Python's holds it", "the system's holds it"],
)
def test_reading_is_only_contained_where_the_home_folder_is_out_of_sight(
    home: Path, claimed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home))
    assert (Threat.reading in Rung("bubblewrap").contains) is claimed


TRIED = """
import sys
tried = []
sys.addaudithook(lambda event, told: event == "subprocess.Popen" and tried.append(told[1]))
from solvitur.sandbox import connect
from solvitur.sandbox.rungs import candidates
strongest = connect()
assert connect() is strongest
interpreters = [command for command in tried if sys.executable in command]
print(len(interpreters), candidates().index(strongest.rung) + 1)
"""


def test_no_rung_is_tried_that_is_weaker_than_one_that_works() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRIED], cwd=_root(), capture_output=True, check=True, text=True
    )
    tried, needed = done.stdout.split()
    assert tried == needed


AT_HOME = """
import json, sys
from solvitur.sandbox import Job, connect
code = "import os\\ndef f(place): return [os.listdir(place), os.path.exists(place + '/diary')]"
sandbox = connect("bubblewrap")
print(json.dumps([sorted(sandbox.contains), sandbox.run(Job(code, "f", sys.prefix)).value]))
"""


@pytest.mark.skipif("bubblewrap" not in {s.name for s in sandboxes()}, reason="needs bubblewrap")
@pytest.mark.parametrize("inside", ["", ".local"])
def test_of_a_home_folder_with_python_in_it_only_python_is_seen(lane: Path, inside: str) -> None:
    home = lane / "home"
    prefix = home / inside
    venv.create(prefix, symlinks=True, with_pip=False)
    (prefix / "diary").write_text("dear diary")
    try:
        done = subprocess.run(
            [prefix / "bin" / "python", "-c", AT_HOME],
            env={**os.environ, "HOME": str(home), "PYTHONPATH": str(_root())},
            capture_output=True,
            check=True,
        )
    finally:
        shutil.rmtree(home)
    contains, (seen, has_diary) = json.loads(done.stdout)
    assert Threat.reading not in contains
    assert Threat.network in contains
    assert not has_diary
    assert {"bin", "lib"} <= set(seen) <= {"bin", "lib", "lib64", "pyvenv.cfg"}


def _root() -> Path:
    return Path(solvitur.__file__).parent.parent


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_a_user_is_lent_to_one_at_a_time_and_never_one_who_runs_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("solvitur.sandbox.rungs._USERS", range(SOMEBODY, SOMEBODY + 3))
    with (
        subprocess.Popen(["/bin/sleep", "60"], user=SOMEBODY) as runs,
        lent_user() as first,
        lent_user() as second,
    ):
        assert {first, second} == {SOMEBODY + 1, SOMEBODY + 2}
        with pytest.raises(SandboxUnavailable, match="no user number is free"), lent_user():
            pass
        runs.kill()
