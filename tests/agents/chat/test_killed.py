"""What is left of a conversation whose process was killed: everything but the step it was in."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DRIVER = """
import asyncio, json, os, signal, sys
from pathlib import Path

from solvitur.agents.chat.conversation import Conversation
from solvitur.agents.chat.graph import Steps
from solvitur.formulation import Formulation
from solvitur.llm import Scripted

folder, fatal, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
PROBLEM = "We earn 30 on a chair. A chair takes 7 planks and 42 are there. Earn the most."
CHAIRS = {
    "parameters": [{"name": "planks", "value": 42}],
    "variables": [{"name": "x", "domain": "integer", "doc": "chairs built"}],
    "objective": {"sense": "maximize", "expression": "30 * x"},
    "constraints": [{"name": "stock", "expression": "7 * x <= planks"}],
}
MORE = Formulation.model_validate({**CHAIRS, "parameters": [{"name": "planks", "value": 49}]})
WORK = [
    lambda talk: talk.say(PROBLEM),
    lambda talk: talk.say("yes"),
    lambda talk: talk.say("why?"),
    lambda talk: talk.say("What is a shadow price?"),
    lambda talk: talk.change(MORE, "/set planks 49"),
]


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dying(step):
    async def step_of_an_event_loop(self, state):
        if when == "before":
            die()
        result = step(self, state)
        if asyncio.iscoroutine(result):
            await result
        die()

    return step_of_an_event_loop


def reply(request):
    with (folder.parent / "asked.jsonl").open("a") as file:
        file.write(json.dumps(request.key) + "\\n")
    if fatal == "model":
        die()
    is_problem = request.json_schema is not None
    return json.dumps(CHAIRS) if is_problem else "What one more plank brings."


if hasattr(Steps, fatal):
    setattr(Steps, fatal, dying(getattr(Steps, fatal)))


async def main():
    async with Conversation(folder, Scripted(reply)) as talk:
        await talk.resume()
        for do in WORK[len(talk.turns):]:
            await do(talk)
        said = [(turn.message.words, turn.response) for turn in talk.turns]
        turns = [(words, response.kind, response.text) for words, response in said]
        print(json.dumps({"turns": turns, "objective": talk.state.answer.objective}))


asyncio.run(main())
"""


def run(folder: Path, fatal: str = "nothing", when: str = "before") -> Any:
    """Give what the conversation comes to, or ``None`` where its process was killed."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(folder), fatal, when],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return json.loads(done.stdout) if done.returncode == 0 else None


def asked(folder: Path) -> list[str]:
    return (folder.parent / "asked.jsonl").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[str]]:
    folder = tmp_path_factory.mktemp("undisturbed") / "conversation"
    return run(folder), asked(folder)


@pytest.mark.parametrize(
    ("step", "when"),
    [
        ("hear", "after"),
        ("ask", "before"),
        ("formulate", "after"),
        ("doubt", "after"),
        ("wait", "before"),
        ("solve", "after"),
        ("tell", "after"),
        ("why", "before"),
        ("discuss", "after"),
    ],
)
def test_a_kill_in_a_step_loses_nothing_and_pays_nothing_twice(
    step: str, when: str, tmp_path: Path, undisturbed: tuple[Any, list[str]]
) -> None:
    folder = tmp_path / "conversation"

    assert run(folder, step, when) is None

    assert (run(folder), asked(folder)) == undisturbed


def test_a_kill_during_a_call_asks_for_that_one_reply_again(
    tmp_path: Path, undisturbed: tuple[Any, list[str]]
) -> None:
    folder = tmp_path / "conversation"
    result, requests = undisturbed

    assert run(folder, "model") is None

    assert run(folder) == result
    assert asked(folder) == [requests[0], *requests]
