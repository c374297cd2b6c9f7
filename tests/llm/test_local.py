"""The embedded model, tried on SmolLM2-135M: enough to see that everything is connected."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import ConfigError, MissingExtra, ModelUnavailable, RequestRejected
from solvitur.llm import Finish, Local, Message, Model, Reply, Request, Sampling, connect
from solvitur.llm.catalog import find_entry
from solvitur.llm.store import installed
from tests.llm.conformance import ModelConformance

SMALL = installed(find_entry("smollm2-135m"))
BRIEF = Sampling(max_tokens=8)
INTEGER = {
    "type": "object",
    "properties": {"chairs": {"type": "integer", "minimum": 0, "maximum": 99}},
    "required": ["chairs"],
    "additionalProperties": False,
}

needs_model = pytest.mark.skipif(
    SMALL is None, reason="needs a model: solvitur models pull smollm2-135m"
)


@pytest.fixture
def model() -> Model:
    assert SMALL is not None
    return Local(SMALL, name="local:smollm2-135m", threads=1, context=2048)


def request(text: str, *before: str, **fields: Any) -> Request:
    messages = (*map(Message.system, before), Message.user(text))
    return Request(messages=messages, **({"sampling": BRIEF} | fields))


def ask(model: Model, text: str, *before: str, **fields: Any) -> Reply:
    return asyncio.run(model.reply(request(text, *before, **fields)))


@needs_model
class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self) -> Model:
        assert SMALL is not None
        return Local(SMALL, name="local:smollm2-135m", threads=1, context=2048)


@needs_model
def test_a_grammar_is_followed(model: Model) -> None:
    reply = ask(model, "Is it?", grammar='root ::= "no, not"')
    assert reply.text == "no, not"


@needs_model
def test_a_schema_is_followed(model: Model) -> None:
    reply = ask(model, "How many?", json_schema=INTEGER, sampling=Sampling(max_tokens=40))
    assert set(json.loads(reply.text)) == {"chairs"}


@needs_model
@pytest.mark.parametrize("bad", [{"grammar": "root ::= ("}, {"json_schema": {"type": "frob"}}])
def test_an_impossible_constraint_is_rejected(model: Model, bad: dict[str, Any]) -> None:
    with pytest.raises(RequestRejected, match=r"grammar|frob"):
        ask(model, "Is it?", **bad)


@needs_model
def test_a_reply_is_cut_at_max_tokens(model: Model) -> None:
    reply = ask(model, "Tell a long story.", sampling=Sampling(max_tokens=4))
    assert reply.finish is Finish.length
    assert reply.usage.completion_tokens == 4


@needs_model
def test_a_reply_ends_before_a_stop_text(model: Model) -> None:
    grammar = 'root ::= "one two three"'
    reply = ask(model, "Count.", grammar=grammar, sampling=Sampling(stop=("two",)))
    assert reply.text == "one "
    assert reply.finish is Finish.stop


@needs_model
def test_log_probabilities_are_given_best_first(model: Model) -> None:
    reply = ask(model, "Say hi.", logprobs=3)
    assert reply.logprobs is not None
    assert "".join(token.text for token in reply.logprobs) == reply.text
    for token in reply.logprobs:
        chances = [chance for _, chance in token.top]
        assert chances == sorted(chances, reverse=True)
        assert token.logprob == chances[0] <= 0.0


@needs_model
def test_the_seed_decides_what_is_drawn(model: Model) -> None:
    def story(seed: int) -> str:
        sampling = Sampling(temperature=1.0, seed=seed, max_tokens=12)
        return ask(model, "Tell a story.", sampling=sampling).text

    story(1)  # from here on the prompt is known, and rounding the same
    assert story(1) == story(1) != story(2)


@needs_model
def test_several_beginnings_stay_known_at_once(model: Model) -> None:
    beginnings = [
        " ".join(f"Example {i} of {kind}: {i} is {i + 1}." for i in range(15))
        for kind in ("chairs", "roads", "mines")
    ]
    for beginning in beginnings:
        ask(model, "How many?", beginning)
    for beginning in beginnings:
        usage = ask(model, "How much?", beginning).usage
        assert usage.cached_tokens is not None
        assert usage.cached_tokens > 0.9 * usage.prompt_tokens


@needs_model
def test_it_costs_nothing(model: Model) -> None:
    assert ask(model, "Say hi.").usage.cost == 0.0


@needs_model
def test_a_prompt_longer_than_the_context_is_rejected_with_both_numbers(model: Model) -> None:
    with pytest.raises(RequestRejected, match=r"prompt has \d+ tokens .* context holds 2048"):
        ask(model, "many " * 2100)


@needs_model
@pytest.mark.parametrize("text", ["Tell a very long story.", "chairs and tables " * 600])
def test_a_cancelled_request_makes_way_for_the_next(model: Model, text: str) -> None:
    async def main() -> Reply:
        endless = request(text, sampling=Sampling(max_tokens=100_000, stop=("\0",)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(model.reply(endless), 0.1)
        return await model.reply(request("Say hi."))

    assert asyncio.run(main()).text


@needs_model
def test_a_file_is_loaded_once() -> None:
    from solvitur.llm.engine import engine

    assert SMALL is not None
    assert engine(SMALL, 1, 2048) is engine(SMALL, 1, 2048)


def test_a_file_that_is_not_there_is_an_error_that_lists_the_catalog(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no model file at .*qwen2\.5-coder-1\.5b"):
        Local(tmp_path / "none.gguf")


def test_a_damaged_file_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF but not really")
    with pytest.raises(ModelUnavailable, match=r"cannot load .*bad\.gguf: the file is damaged"):
        ask(Local(path), "Say hi.")


def test_without_xllamacpp_the_error_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    path = tmp_path / "any.gguf"
    path.touch()
    with pytest.raises(MissingExtra, match=r"pip install 'solvitur\[local\]'"):
        ask(Local(path), "Say hi.")


# In a process of its own

START = """
import asyncio, multiprocessing, os, signal, sys, urllib.request
from pathlib import Path
from solvitur.llm import Local, Message, Request, Sampling

model = Local(Path(sys.argv[1]), threads=1, context=512)

def request(text, tokens=4):
    return Request(messages=(Message.user(text),), sampling=Sampling(max_tokens=tokens))

def ask():
    return asyncio.run(model.reply(request("Say hi.")))
"""


def run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", START + script, str(SMALL)],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@needs_model
def test_loading_and_answering_write_nothing() -> None:
    done = run("ask()")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@needs_model
def test_a_process_ends_though_a_reply_is_under_way() -> None:
    done = run("""
async def main():
    task = asyncio.create_task(model.reply(request("Tell a long story.", 100_000)))
    await asyncio.sleep(0.5)

asyncio.run(main())
print("ended")
""")
    assert (done.stdout, done.stderr, done.returncode) == ("ended\n", "", 0)


@needs_model
def test_control_c_still_interrupts_python() -> None:
    done = run("""
async def main():
    await model.reply(request("Say hi."))
    asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGINT)
    await model.reply(request("Tell a long story.", 100_000))

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
""")
    assert (done.stdout, done.stderr, done.returncode) == ("interrupted\n", "", 0)


@needs_model
def test_a_forked_worker_loads_its_own() -> None:
    done = run("""
ask()
worker = multiprocessing.get_context("fork").Process(target=ask)
worker.start()
worker.join(30)
print(worker.exitcode)
""")
    assert (done.stdout, done.returncode) == ("0\n", 0), done.stderr


@needs_model
def test_nobody_else_can_talk_to_it() -> None:
    done = run("""
from solvitur.llm.engine import engine
address = engine(Path(sys.argv[1]).resolve(), 1, 512)._server.listening_address
print(address.rpartition(":")[0])
try:
    urllib.request.urlopen(address + "/v1/chat/completions", data=b"{}")
except urllib.error.HTTPError as error:
    print(error.code)
    error.close()
""")
    assert (done.stdout, done.stderr) == ("http://127.0.0.1\n401\n", "")


# The model that people use


@pytest.mark.model
def test_the_default_model_knows_a_sum() -> None:
    if installed(find_entry("qwen2.5-coder-1.5b")) is None:
        pytest.skip("needs a model: solvitur models pull qwen2.5-coder-1.5b")
    script = """
from solvitur.llm import connect
model = connect("local:qwen2.5-coder-1.5b", threads=1)
question = request("What is 2 + 3? Answer with the number alone.")
print(asyncio.run(model.reply(question)).text)
"""
    assert run(script).stdout.strip() == "5"


@needs_model
def test_the_catalog_name_finds_the_file() -> None:
    assert connect("local:smollm2-135m").name == "local:smollm2-135m"
