"""``solvitur models serve`` as a process: what it says, and that nothing is left of it."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from solvitur.llm.catalog import find_entry
from solvitur.llm.store import installed
from tests.cli.conftest import Run
from tests.llm.serving import stand_in

SERVE = (sys.executable, "-m", "solvitur", "models", "serve")
SMALL = installed(find_entry("smollm2-135m"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stand-in for vLLM is, and a model for it."""
    stand_in.install(tmp_path, monkeypatch)
    stand_in.model(tmp_path / "small")
    return tmp_path


class Served:
    """The command at work."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*SERVE, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline() for _ in range(5)]
        assert self.said[4], self.process.communicate()
        self.pids = descendants(self.process.pid)

    @property
    def url(self) -> str:
        return re.search(r"http://127\.0\.0\.1:\d+/v1", self.said[0])[0]  # type: ignore[index]

    def end(self, number: int, pid: int | None = None) -> tuple[int, str]:
        """Send a signal; give back the code and what was said on stderr, once nothing is left."""
        os.kill(pid or self.process.pid, number)
        _, err = self.process.communicate(timeout=60)
        deadline = time.monotonic() + 30
        while any(map(is_there, self.pids)):
            assert time.monotonic() < deadline, "something is left"
            time.sleep(0.01)
        return self.process.returncode, err


def descendants(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(each) for task in listed.parents[1].iterdir() for each in read(task / "children")]
    return [found for child in own for found in (child, *descendants(child))]


def read(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def is_there(pid: int) -> bool:
    return read(Path(f"/proc/{pid}/stat"))[2:3] not in ([], ["Z"])


def serve(folder: Path, *more: str) -> Served:
    return Served(str(folder / "small"), "--backend", "vllm", *more)


def test_it_says_what_was_started_and_how_it_is_used(folder: Path, home: Path, run: Run) -> None:
    served = serve(folder)
    model = f"vllm:small@{served.url}"
    tried = run("models", "test", model)
    listed = run("models", "list")
    code, err = served.end(signal.SIGINT)

    assert served.said == [
        f"vLLM serves small at {served.url}, to this machine alone\n",
        "in another terminal:\n",
        f"  solvitur solve problem.txt --model {model}\n",
        f"  solvitur eval run word-problems --concurrency 64 --model {model}\n",
        "Ctrl-C stops it\n",
    ]
    assert (tried.code, code) == (0, 0)
    assert [line.split() for line in listed.out.splitlines()[-2:]] == [
        ["served", "now", "by"],
        [model, "vLLM"],
    ]
    assert "served now" not in run("models", "list").out
    assert list((home / "state" / "solvitur" / "served").iterdir()) == []
    assert [line for line in err.splitlines() if "starting vLLM:" not in line] == [
        "looking what vLLM can run on",
        "starting vLLM",
        "stopping vLLM",
        "vLLM has stopped",
    ]


def test_sigterm_stops_it_as_ctrl_c_does(folder: Path) -> None:
    code, err = serve(folder).end(signal.SIGTERM)
    assert code == 0
    assert err.endswith("stopping vLLM\nvLLM has stopped\n")


def test_nothing_is_left_when_the_command_is_killed(folder: Path, home: Path, run: Run) -> None:
    served = serve(folder)
    assert len(served.pids) == 3  # the keeper, the server, and its worker
    assert served.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert "served now" not in run("models", "list").out
    assert list((home / "state" / "solvitur" / "served").glob("*.json")) == []


def test_a_server_that_is_killed_is_an_error(folder: Path) -> None:
    served = serve(folder)
    code, err = served.end(signal.SIGKILL, served.pids[1])
    assert code == 1
    assert "Error: vLLM ended though nobody stopped it: it was killed by signal 9" in err


def test_a_terminal_shows_what_it_is_at_while_it_starts(folder: Path) -> None:
    script = (folder / "vllm/entrypoints/cli/main.py").read_text()
    slow = "import time; print('loading weights \\x1b[2J', flush=True); time.sleep(1)\n" + script
    (folder / "vllm/entrypoints/cli/main.py").write_text(slow)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*SERVE, str(folder / "small"), "--backend", "vllm"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "120"},
    )
    os.close(theirs)
    shown = b""
    while b"Ctrl-C stops it" not in shown:
        shown += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    with suppress(OSError):  # Linux: the other side is closed
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert process.wait(60) == 0
    assert b"loading weights \\x1b[2J" in shown
    assert b"vLLM has stopped" in shown


def test_options_after_a_dash_are_for_vllm(folder: Path) -> None:
    serve(folder, "--", "--dtype", "float16").end(signal.SIGTERM)
    assert stand_in.told(folder)[0][-2:] == ["--dtype", "float16"]


def test_a_python_of_another_environment_is_used(folder: Path) -> None:
    other = folder / "python"
    other.write_text(f'#!/bin/sh\necho used >> {folder / "used"}\nexec {sys.executable} "$@"\n')
    other.chmod(0o755)
    serve(folder, "--python", str(other)).end(signal.SIGTERM)
    assert (folder / "used").read_text() == "used\nused\n"


def test_ctrl_c_stops_it_while_it_starts(folder: Path) -> None:
    (folder / "vllm/entrypoints/cli/main.py").write_text("import time; time.sleep(600)")
    process = subprocess.Popen(
        [*SERVE, str(folder / "small"), "--backend", "vllm"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "starting vLLM" not in process.stderr.readline():
        pass
    while len(pids := descendants(process.pid)) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.splitlines()[-1]) == (130, "vLLM has stopped")
    assert not any(map(is_there, pids))


@pytest.mark.skipif(SMALL is None, reason="needs a model: solvitur models pull smollm2-135m")
def test_llama_cpp_serves_a_file_at_the_port_that_is_named(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    served = Served(str(SMALL), "--port", port)
    name = f"SmolLM2-135M-Instruct.Q4_1 at http://127.0.0.1:{port}/v1"
    assert served.said[0] == f"llama.cpp serves {name}, to this machine alone\n"
    assert served.end(signal.SIGINT)[0] == 0


# --- what is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("no.gguf",), 2, "Error: there is no model file or folder at no.gguf, and no embedded"),
        (("smollm2-135m",), 1, "fetch it with: solvitur models pull smollm2-135m"),
        (("no", "--backend", "vllm"), 2, "there is no model file or folder at no"),
        (("a.gguf", "--python", "python"), 2, "add --backend vllm"),
        (("a.gguf", "--port", "0"), 2, "greater than or equal to 1"),
    ],
)
def test_a_call_that_is_wrong_is_an_error(
    run: Run, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = run("models", "serve", *arguments)
    assert (done.code, done.out) == (code, "")
    assert told in " ".join(done.err.split())


def test_a_machine_without_a_gpu_is_told_so(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_DEVICE", "")
    done = run("models", "serve", str(folder / "small"), "--backend", "vllm")
    assert done.code == 1
    assert "Error: vLLM 0.32.0 finds no GPU here; this build needs a GPU" in done.err
