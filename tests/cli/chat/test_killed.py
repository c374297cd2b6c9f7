"""A conversation that is killed while the solver is at work, and gone on with."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.problems import CHAIRS, TEXT, reply, subset_sum
from tests.llm.servers import chat_server, stream


def chat(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "solvitur", "chat", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_kill_while_the_solver_works_loses_nothing_and_pays_nothing_twice(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    plan = home / "hard.json"
    plan.write_text(json.dumps(subset_sum()))

    with chat_server(script=lambda _: stream([reply(CHAIRS)])) as server:
        model = ("--model", f"openai:m@{server.url}")
        with chat(*model) as talk:
            assert talk.stdin is not None
            assert talk.stderr is not None
            talk.stdin.write(f"{TEXT}\n/load {plan}\n")
            talk.stdin.flush()
            begun = any(line.startswith("objective ") for line in talk.stderr)
            talk.kill()
        assert begun, "the solver told of no point"
        with chat("--continue", *model, "--time-limit", "1") as again:
            said, _ = again.communicate("/history\n")

        assert len(server.bodies) == 1
    assert re.search(rf"1  {re.escape(TEXT[:40])}.*solved, 180", said)
    assert re.search(r"2  /load .*limit, \d", said)
    assert not re.search(r"^3  ", said, re.MULTILINE)
