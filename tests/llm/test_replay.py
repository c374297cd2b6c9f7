import asyncio
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, RequestRejected
from solvitur.llm import Message, Model, Recorded, Recording, Replay, Reply, Request, Scripted
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
