"""A run that is killed in the middle: the same command again goes on, and pays nothing twice."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.problems import CHAIRS, TEXT, UNKNOWN_NAME, reply, subset_sum
from tests.cli.test_routes import SCRIPT, fenced
from tests.llm.servers import Answer, ChatServer, chat_server, completion, stream

SLOW_SCRIPT = SCRIPT.replace("model = ", "for _ in range(20_000_000):\n    pass\nmodel = ", 1)


class Replies:
    """A model's replies in order, each to be paid for; where one is ``None`` it never comes."""

    def __init__(self) -> None:
        self.left: list[str | None] = []

    def __call__(self, body: dict[str, Any]) -> Answer:
        text = self.left.pop(0)
        if text is None:
            return Answer(b"", hang=True)
        return stream([text]) if body.get("stream") else completion(text)


@pytest.fixture
def replies() -> Replies:
    return Replies()


@pytest.fixture
def model(replies: Replies) -> Iterator[ChatServer]:
    with chat_server(script=replies) as server:
        yield server


class Runs:
    """The same command, as often as it takes."""

    def __init__(self, model: ChatServer, recording: Path, *flags: str) -> None:
        command = (sys.executable, "-m", "solvitur", "solve", TEXT, "--json")
        self.command = [*command, "--model", f"openai:m@{model.url}", *flags]
        self.environment = {
            **os.environ,
            "SOLVITUR_RECORD": str(recording),
            "OPENAI_API_KEY": "none",
        }

    def killed_after(self, line: str) -> None:
        """Run it, and kill it as hard as can be after a line in which it says what it is at."""
        with self._started() as process:
            assert process.stderr is not None
            while not process.stderr.readline().startswith(line.encode()):
                assert process.poll() is None
            os.kill(process.pid, signal.SIGKILL)

    def killed_when(self, model: ChatServer, asked: int) -> None:
        """Run it, and kill it while it waits for the reply to its n-th request."""
        with self._started() as process:
            while len(model.bodies) < asked:
                assert process.poll() is None
            os.kill(process.pid, signal.SIGKILL)

    def finished(self, *flags: str) -> dict[str, Any]:
        with self._started(*flags) as process:
            out, _ = process.communicate(timeout=60)
        answer: dict[str, Any] = json.loads(out)
        return answer

    def _started(self, *flags: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self.command, *flags],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def test_a_kill_while_the_model_is_asked_loses_only_that_reply(
    model: ChatServer, replies: Replies, tmp_path: Path
) -> None:
    runs = Runs(model, tmp_path / "replies.jsonl")
    replies.left = [reply(UNKNOWN_NAME), None]
    runs.killed_when(model, asked=2)

    replies.left = [reply(CHAIRS)]
    answer = runs.finished()

    assert answer["objective"] == 180
    assert [part["outcome"] for part in answer["rounds"]] == ["not solved", "solved"]
    assert len(model.bodies) == 3


def test_a_kill_while_the_solver_works_pays_for_no_reply_again(
    model: ChatServer, replies: Replies, tmp_path: Path
) -> None:
    runs = Runs(model, tmp_path / "replies.jsonl", "--max-rounds", "1")
    hard = subset_sum()
    hard["objective"]["expression"] += " + 10000"
    replies.left = [reply(hard)]
    runs.killed_after("round 1, check")

    answer = runs.finished("--gap", "0.9")

    assert answer["outcome"] == "solved"
    assert len(answer["rounds"]) == len(model.bodies) == 1


def test_a_kill_while_a_script_runs_pays_for_no_reply_again(
    model: ChatServer, replies: Replies, tmp_path: Path
) -> None:
    runs = Runs(model, tmp_path / "replies.jsonl", "--route", "code")
    replies.left = [fenced(SLOW_SCRIPT)]
    runs.killed_after("round 1, check")

    answer = runs.finished()

    assert answer["objective"] == 180
    assert len(model.bodies) == 1
