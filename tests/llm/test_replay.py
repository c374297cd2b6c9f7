import asyncio
import sqlite3
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, RequestRejected
from solvitur.llm import (
    UNTUNED,
    Feature,
    Message,
    Model,
    Recorded,
    Recording,
    Replay,
    Reply,
    Request,
    Scripted,
    connect,
)
from solvitur.llm.recording import as_recording, read_replies
from solvitur.runs import Journal
from tests.llm.conformance import ModelConformance

ASK = Request(messages=(Message.user("How many?"),))


def record(path: Path, text: str, *requests: Request, name: str = "scripted:a") -> Reply:
    model = Recorded(Scripted(lambda request: text, name=name), Recording(path))
    return [asyncio.run(model.reply(request)) for request in requests][-1]


class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self, tmp_path: Path) -> Model:
        path = tmp_path / "r.jsonl"
        grammar = self.request_.model_copy(update={"grammar": 'root ::= "yes" | "no"'})
        record(path, "yes", self.request_, grammar)
        return Replay(path)


def test_it_gives_the_recorded_reply(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    reply = record(path, "3", ASK)
    assert asyncio.run(Replay(path).reply(ASK)) == reply


def test_a_request_that_was_not_recorded_is_rejected_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "3", ASK)
    other = Request(messages=(Message.user("How much?"),))
    with pytest.raises(RequestRejected, match=r"no reply .* 'How much\?' .* it holds 1 others"):
        asyncio.run(Replay(path).reply(other))


def test_two_models_replies_to_one_request_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record(path, "3", ASK, name="scripted:a")
    record(path, "4", ASK, name="scripted:b")
    with pytest.raises(ConfigError, match="scripted:a and scripted:b"):
        Replay(path)


def test_a_recording_of_other_things_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"

    async def work() -> int:
        return 3

    asyncio.run(Recording(path).step("a", work))
    with pytest.raises(ConfigError, match="something other than replies"):
        Replay(path)


def test_the_journal_of_a_run_is_replayed_too(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    with Journal(path) as journal:
        journal.note("settings", {"model": "scripted:a"})
        model = Recorded(Scripted(["3"], name="scripted:a"), journal)
        reply = asyncio.run(model.reply(ASK))
        assert asyncio.run(Replay(path).reply(ASK)) == reply  # also while it is written
        journal.note("end", True)
    assert asyncio.run(Replay(path).reply(ASK)) == reply
    assert connect(f"replay:{path}").name == f"replay:{path}"


def test_a_recording_and_a_journal_hold_a_reply_under_the_same_key(tmp_path: Path) -> None:
    record(tmp_path / "r.jsonl", "3", ASK)
    with Journal(tmp_path / "run.journal") as journal:
        model = Recorded(Scripted(["3"], name="scripted:a"), journal)
        asyncio.run(model.reply(ASK))
        exported = as_recording(read_replies(journal.path))
    assert exported == (tmp_path / "r.jsonl").read_text()


def test_another_database_is_no_recording(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE mine (a)")
    other.close()
    with pytest.raises(ConfigError, match="not a journal, but another SQLite database"):
        Replay(tmp_path / "other.db")


def test_a_journal_is_not_recorded_into(tmp_path: Path) -> None:
    Journal(tmp_path / "run.journal").close()
    before = (tmp_path / "run.journal").read_bytes()
    with pytest.raises(ConfigError, match="is not a recording"):
        Recording(tmp_path / "run.journal")
    assert (tmp_path / "run.journal").read_bytes() == before


def test_a_recording_of_a_tuned_model_is_asked_as_that_was(tmp_path: Path) -> None:
    tuned = Scripted(["yes"], features=UNTUNED | {Feature.tuned_code})
    asyncio.run(Recorded(tuned, Recording(tmp_path / "t.jsonl")).reply(ASK))
    assert Replay(tmp_path / "t.jsonl").features == tuned.features
    record(tmp_path / "r.jsonl", "3", ASK)
    assert Replay(tmp_path / "r.jsonl").features == UNTUNED
