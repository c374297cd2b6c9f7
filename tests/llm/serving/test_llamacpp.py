"""A small model served by llama.cpp: what it keeps to, for how many, and how it ends."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.errors import ConfigError, MissingExtra, ModelUnavailable
from solvitur.llm import Message, Model, Reply, Request, Sampling, connect
from solvitur.llm.catalog import CATALOG, find_entry
from solvitur.llm.serving import LlamaCpp, Serving, serve
from solvitur.llm.store import installed
from tests.llm.conformance import ModelConformance

SMALL = installed(find_entry("smollm2-135m"))
IN_FLIGHT = 64
INTEGER = {
    "type": "object",
    "properties": {"chairs": {"type": "integer", "minimum": 0, "maximum": 99}},
    "required": ["chairs"],
    "additionalProperties": False,
}

needs_model = pytest.mark.skipif(
    SMALL is None, reason="needs a model: solvitur models pull smollm2-135m"
)


@pytest.fixture(autouse=True, scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def start(name: object = SMALL) -> Serving:
    return serve(str(name), LlamaCpp(), threads=1)


@pytest.fixture(scope="module")
def serving(state: None) -> Iterator[Serving]:
    with start() as serving:
        assert serving.wait_until_ready()
        yield serving


@pytest.fixture
def model(serving: Serving) -> Model:
    return connect(serving.served.model)


def request(text: str, *before: str, tokens: int = 8, **fields: object) -> Request:
    messages = (*map(Message.system, before), Message.user(text))
    return Request(messages=messages, sampling=Sampling(max_tokens=tokens), **fields)


def ask(model: Model, text: str, *before: str, **fields: object) -> Reply:
    return asyncio.run(model.reply(request(text, *before, **fields)))  # type: ignore[arg-type]


@needs_model
class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self, serving: Serving) -> Model:
        return connect(serving.served.model)


@needs_model
def test_a_schema_is_followed(model: Model) -> None:
    reply = ask(model, "How many chairs?", json_schema=INTEGER, tokens=30)
    assert 0 <= json.loads(reply.text)["chairs"] <= 99


@needs_model
def test_a_grammar_is_followed(model: Model) -> None:
    assert ask(model, "Is it?", grammar='root ::= "no, not"').text == "no, not"


@needs_model
def test_a_beginning_that_was_read_is_not_read_again(model: Model) -> None:
    long = " ".join(f"Rule {number}: be brief." for number in range(20))
    ask(model, "One?", long)
    usage = ask(model, "Two?", long).usage
    assert usage.cached_tokens is not None
    assert usage.cached_tokens > 100


@needs_model
def test_sixty_four_requests_in_flight_are_all_answered(model: Model) -> None:
    async def all_at_once() -> list[Reply]:
        asked = (
            model.reply(request(f"What is {number} and one?", tokens=2))
            for number in range(IN_FLIGHT)
        )
        return await asyncio.gather(*asked)

    replies = asyncio.run(all_at_once())
    assert [reply.usage.completion_tokens for reply in replies] == [2] * IN_FLIGHT


@needs_model
def test_it_listens_on_loopback_alone(serving: Serving) -> None:
    port = int(serving.served.url.removesuffix("/v1").rpartition(":")[2])
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    assert [where for where in listening if where.endswith(f":{port:04X}")] == [
        f"0100007F:{port:04X}"
    ]


@needs_model
def test_a_server_that_is_killed_while_it_is_asked_is_an_error_on_both_sides() -> None:
    async def killed(serving: Serving) -> None:
        asked = asyncio.ensure_future(
            connect(serving.served.model).reply(request("Tell a long story.", tokens=5000))
        )
        await asyncio.sleep(0.3)
        os.kill(server_of(serving), signal.SIGKILL)
        await asked

    with start() as serving:
        assert serving.wait_until_ready()
        with pytest.raises(ModelUnavailable, match=r"^vllm:SmolLM2.* cannot be reached"):
            asyncio.run(killed(serving))
        assert serving.wait(30)
        assert "killed by signal 9" in str(serving.failure("in a test"))


def server_of(serving: Serving) -> int:
    """The process that listens at the server's port."""
    port = f":{int(serving.served.url.removesuffix('/v1').rpartition(':')[2]):04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    (number,) = (row[9] for row in rows if row[1].endswith(port) and row[3] == "0A")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{number}]":
                return int(link.parts[2])
        except OSError:  # it is gone, or not ours
            continue
    raise AssertionError(f"nobody listens at {serving.served.url}")


@needs_model
def test_its_port_is_free_as_soon_as_it_is_left() -> None:
    with start() as serving:
        assert serving.wait_until_ready()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", int(serving.served.url.removesuffix("/v1").rpartition(":")[2])))


def test_a_file_that_is_no_model_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    (tmp_path / "odd.gguf").write_bytes(b"GGUF, or not")
    with (
        start(tmp_path / "odd.gguf") as serving,
        pytest.raises(ModelUnavailable, match=r"llama\.cpp cannot load .*odd\.gguf: the file is"),
    ):
        serving.wait_until_ready()


def test_an_end_that_was_asked_for_before_it_was_ready_is_no_error(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    (tmp_path / "odd.gguf").write_bytes(b"GGUF, or not")
    with start(tmp_path / "odd.gguf") as serving:
        serving.ask_to_end()
        assert not serving.wait_until_ready()


# --- what is wrong before anything is started ----------------------------------------------------


def test_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"no model file or folder at no\.gguf, .*smollm2-135m"):
        start("no.gguf")


def test_a_model_of_the_catalog_that_is_not_there_says_how_to_fetch_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    name = next(iter(CATALOG))
    with pytest.raises(ModelUnavailable, match=rf"solvitur models pull {name}"):
        start(name)


def test_an_adapter_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").touch()
    with pytest.raises(ConfigError, match=r"there is no adapter at b\.gguf"):
        start(f"{tmp_path / 'a.gguf'}+b.gguf")


def test_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"port {port} cannot be had \(Address already in"):
            serve(str(tmp_path / "a.gguf"), LlamaCpp(), port=port)


def test_a_folder_is_for_vllm(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    with pytest.raises(ConfigError, match=r"is a folder; llama\.cpp serves \.gguf files"):
        start(tmp_path)


def test_options_are_for_vllm(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    (tmp_path / "a.gguf").touch()
    with pytest.raises(ConfigError, match=r"llama\.cpp takes no --odd"):
        serve(str(tmp_path / "a.gguf"), LlamaCpp(), options=("--odd",))


def test_without_its_package_it_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.gguf").touch()
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtra, match=r"pip install 'solvitur\[local\]'"):
        start(tmp_path / "a.gguf")
