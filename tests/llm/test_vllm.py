import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from solvitur.llm import VLLM, Feature, Message, Model, Request, supports
from tests.llm.conformance import ModelConformance
from tests.llm.servers import chat_server

ASK = Request(messages=(Message.user("Is it?"),))


class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self) -> Iterator[Model]:
        with chat_server() as server:
            yield VLLM("m", base_url=server.url)


def sent(request: Request) -> dict[str, Any]:
    with chat_server() as server:
        asyncio.run(VLLM("m", base_url=server.url).reply(request))
    return server.bodies[0]


def test_it_needs_no_key_and_no_address() -> None:
    assert VLLM("m").name == "vllm:m"


def test_it_supports_grammars() -> None:
    assert supports(VLLM("m"), Feature.grammar)


def test_a_schema_is_sent_as_the_format_of_the_reply() -> None:
    body = sent(ASK.model_copy(update={"json_schema": {"type": "object"}}))
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert "structured_outputs" not in body


def test_a_grammar_is_sent_as_vllm_and_as_llama_cpp_want_it() -> None:
    body = sent(ASK.model_copy(update={"grammar": 'root ::= "yes"'}))
    assert body["structured_outputs"] == {"grammar": 'root ::= "yes"'}
    assert body["grammar"] == 'root ::= "yes"'


def test_a_plain_request_has_no_structured_output() -> None:
    assert "structured_outputs" not in sent(ASK)
