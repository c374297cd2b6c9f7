"""``solvitur train sft`` from the outside."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.training.tuning.tiny import write_lessons, write_model

TOY = 'base = "tiny.gguf"\nlessons = ["lessons.jsonl"]\nout = "toy"\npack = 160\nthreads = 1\n'


def written(home: Path, more: str = "") -> str:
    write_lessons(home / "lessons.jsonl")
    (home / "toy.toml").write_text(TOY + more)
    return str(home / "toy.toml")


def test_a_run_says_what_it_reads_what_came_of_it_and_how_to_use_it(run: Run, home: Path) -> None:
    for library in ("torch", "peft", "gguf"):
        pytest.importorskip(library)
    write_model(home / "tiny.gguf")
    done = run("train", "sft", written(home))
    assert (done.code, done.out) == (0, "")
    reads, steps, *_, loss, files, use = done.err.splitlines()
    assert reads == "lessons: 6"
    assert steps == "steps: 2, 132 tokens each on average"
    assert loss.startswith("loss: ")
    assert all((home / "toy" / name).exists() for name in ("adapter.gguf", "adapter", "loss.svg"))
    assert files.startswith(f"written: {home / 'toy' / 'adapter.gguf'}, ")
    assert use.endswith(f"--model local:{home / 'tiny.gguf'}+{home / 'toy' / 'adapter.gguf'}")

    again = run("train", "sft", written(home))
    assert (again.code, "goes on after step 2" in again.err) == (0, True)
    assert again.err.splitlines()[-3:] == [loss, files, use]


def test_ctrl_c_ends_after_a_step_that_is_kept(home: Path) -> None:
    for library in ("torch", "peft", "gguf"):
        pytest.importorskip(library)
    write_model(home / "tiny.gguf")
    process = subprocess.Popen(
        [sys.executable, "-m", "solvitur", "train", "sft", written(home, "epochs = 2000\n")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (home / "toy" / "loss.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopping after this step; Ctrl-C again ends at once" in said
    (step,) = re.findall(r"stopped after step (\d+), which is kept; the same command goes on", said)
    assert len((home / "toy" / "loss.jsonl").read_text().splitlines()) == int(step)


def test_without_the_extra_its_command_is_told(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("torch", "peft", "gguf"):
        monkeypatch.setitem(sys.modules, library, None)
    done = run("train", "sft", written(home))
    assert done.code == 1
    assert "install it with: pip install 'solvitur[train]'" in done.err


def test_a_wrong_setting_is_a_wrong_call(run: Run, home: Path) -> None:
    done = run("train", "sft", written(home, "rnak = 4\n"))
    assert done.code == 2
    assert "toy.toml: there is no setting 'rnak'; did you mean 'rank'?" in done.err
