"""What is written down of servers on this machine, and what of that still holds."""

import json
from pathlib import Path

import pytest

from solvitur.llm import TUNED, UNTUNED, VLLM, Feature
from solvitur.llm.served import Served, served, served_directory, tuned_for, write_down
from tests.llm.servers import file_server

MODELS = json.dumps({"data": [{"id": "small"}]}).encode()
STEPS = frozenset({Feature.tuned_steps})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    served_directory().mkdir(parents=True)
    return served_directory()


def test_nothing_is_served_where_nothing_was_written_down(folder: Path) -> None:
    folder.rmdir()
    assert served() == []
    assert tuned_for("small", "http://127.0.0.1:1/v1") == frozenset()


def test_what_answers_by_its_name_is_served(folder: Path) -> None:
    with file_server({"/v1/models": MODELS}) as server:
        here = Served("small", f"{server.url}/v1", "vLLM", STEPS)
        write_down(here, folder / "1.json")
        write_down(Served("other", f"{server.url}/v1", "vLLM"), folder / "2.json")
        assert served() == [here]
    assert [path.name for path in folder.iterdir()] == ["1.json"]


def test_what_does_not_answer_is_cleared_away(folder: Path) -> None:
    with file_server({}) as server:
        write_down(Served("small", f"{server.url}/v1", "vLLM"), folder / "1.json")
        assert served() == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("odd", ["", "[]", "{broken", "{}", '{"name": 1}'])
def test_a_note_that_cannot_be_read_is_passed_over(folder: Path, odd: str) -> None:
    (folder / "1.json").write_text(odd)
    assert served() == []


def test_a_model_at_its_address_is_asked_as_it_learned(folder: Path) -> None:
    write_down(Served("small", "http://127.0.0.1:1/v1", "vLLM", STEPS), folder / "1.json")
    assert VLLM("small", base_url="http://127.0.0.1:1/v1/").features == UNTUNED | STEPS
    assert not VLLM("small", base_url="http://127.0.0.1:2/v1").features & TUNED
    assert not VLLM("base", base_url="http://127.0.0.1:1/v1").features & TUNED
