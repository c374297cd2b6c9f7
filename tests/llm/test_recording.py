import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import BadReply, ConfigError
from solvitur.llm.recording import UNREADABLE, Recording, Replies, read_recording
from solvitur.runs import Journal

ENDLESS = """
import asyncio, sys
from pathlib import Path
from solvitur.llm.recording import Recording

async def main():
    recording = Recording(Path(sys.argv[1]))
    for number in range(1_000_000):
        async def work():
            return {"number": number, "text": "x" * 1000}
        await recording.step(str(number), work)
        print(number, flush=True)

asyncio.run(main())
"""


def step(recording: Recording, key: str, value: Any) -> Any:
    async def work() -> Any:
        return value

    return asyncio.run(recording.step(key, work))


def test_work_is_done_once_for_a_key(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "r.jsonl")
    assert [step(recording, "a", 1), step(recording, "a", 2)] == [1, 1]


def test_work_that_is_asked_for_twice_at_once_is_done_once(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "r.jsonl")
    done = []

    async def work() -> int:
        await asyncio.sleep(0)
        done.append(1)
        return len(done)

    async def both() -> Any:
        return await asyncio.gather(recording.step("a", work), recording.step("a", work))

    assert asyncio.run(both()) == [1, 1]


def test_another_recording_of_the_same_file_knows_the_results(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "r.jsonl"
    step(Recording(path), "a", {"b": [1, None, "ü\ud800\n"]})
    assert step(Recording(path), "a", 2) == {"b": [1, None, "ü\ud800\n"]}


def test_the_first_line_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    step(Recording(path), "a", 1)
    header, line = path.read_text().splitlines()
    assert json.loads(header) == {"solvitur": "recording", "format": 1}
    assert json.loads(line) == {"key": "a", "value": 1}


def test_nothing_is_written_before_the_first_result(tmp_path: Path) -> None:
    Recording(tmp_path / "r.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [0, 5, -1, -9])
def test_a_torn_last_line_is_dropped_and_the_rest_holds(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "r.jsonl"
    step(Recording(path), "a", 1)
    whole = path.read_bytes()
    step(Recording(path), "b", 2)
    last = path.read_bytes()[len(whole) :]
    path.write_bytes(whole + last[:kept])
    recording = Recording(path)
    assert [step(recording, "a", 0), step(recording, "b", 3)] == [1, 3]
    assert read_recording(path) == {"a": 1, "b": 3}


def test_a_torn_header_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"solvit')
    step(Recording(path), "a", 1)
    assert read_recording(path) == {"a": 1}


def test_a_kill_loses_nothing_that_was_given_back(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    command = [sys.executable, "-c", ENDLESS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        given_back = [int(process.stdout.readline()) for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
    values = read_recording(path)
    assert [values[str(number)]["number"] for number in given_back] == given_back


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"key": "a"}', '{"value": 1}', "\udcff", '{"key": [], "value": 1}']
)
def test_damage_before_the_end_is_an_error_that_names_the_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "r.jsonl"
    step(Recording(path), "a", 1)
    with path.open("ab") as file:
        file.write(line.encode(errors="surrogateescape") + b"\n")
    step_after = json.dumps({"key": "b", "value": 2})
    with path.open("a") as file:
        file.write(step_after + "\n")
    with pytest.raises(ConfigError, match=r"r\.jsonl.*line 3"):
        Recording(path)


@pytest.mark.parametrize("content", ["hello\n", '{"solvitur": "recording", "format": 2}\n'])
def test_another_kind_of_file_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(content)
    with pytest.raises(ConfigError, match="is not a recording"):
        Recording(path)


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the recording"):
        Recording(tmp_path)


def test_the_results_come_in_the_order_in_which_they_were_recorded(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "r.jsonl")

    async def fill() -> None:
        for key in ("b", "a"):
            await recording.step(key, lambda key=key: answer(f"value of {key}"))

    async def answer(value: str) -> str:
        return value

    asyncio.run(fill())

    assert recording.values() == ("value of b", "value of a")
    assert Recording(tmp_path / "r.jsonl").values() == recording.values()


def test_a_reply_that_cannot_be_read_is_not_asked_for_again(tmp_path: Path) -> None:
    asked = 0

    async def work() -> Any:
        nonlocal asked
        asked += 1
        raise BadReply("it is cut off")

    for _ in range(2):
        with Journal(tmp_path / "run.journal") as journal:
            with pytest.raises(BadReply, match="it is cut off"):
                asyncio.run(Replies(journal).step("question", work))
            assert [event.key for event in journal.events(UNREADABLE)] == ["question"]
    assert asked == 1
