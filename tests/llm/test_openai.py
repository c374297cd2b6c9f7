import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from solvitur.errors import (
    BadReply,
    ConfigError,
    ModelError,
    ModelUnavailable,
    RateLimited,
    RequestRejected,
)
from solvitur.llm import (
    Feature,
    Finish,
    Message,
    Model,
    OpenAI,
    Reply,
    Request,
    Sampling,
    SlowDown,
    Token,
    Usage,
)
from tests.llm.conformance import ModelConformance
from tests.llm.servers import (
    Answer,
    ChatServer,
    as_json,
    chat_server,
    completion,
    error,
    stream,
)

ASK = Request(messages=(Message.system("Be brief."), Message.user("Is it?")))
KEY = "sk-very-secret-0123456789"
CLOSED = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self) -> Iterator[Model]:
        with chat_server() as server:
            yield OpenAI("m", base_url=server.url)


def ask(*answers: Answer, request: Request = ASK) -> tuple[Reply, ChatServer]:
    with chat_server(*answers) as server:
        return asyncio.run(OpenAI("m", base_url=server.url).reply(request)), server


def ask_streaming(*answers: Answer) -> tuple[Reply, list[str]]:
    pieces: list[str] = []
    with chat_server(*answers) as server:
        reply = asyncio.run(OpenAI("m", base_url=server.url).reply(ASK, pieces.append))
    return reply, pieces


def failure(*answers: Answer, streaming: bool = False) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask_streaming(*answers) if streaming else ask(*answers)
    return caught.value


def sent(request: Request) -> dict[str, Any]:
    return ask(request=request)[1].bodies[0]


# What is sent


def test_a_plain_request_says_no_more_than_it_must() -> None:
    assert sent(ASK) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Is it?"},
        ],
        "max_tokens": 1024,
        "temperature": 0.0,
        "seed": 0,
    }


def test_sampling_settings_are_sent() -> None:
    sampling = Sampling(temperature=0.7, top_p=0.9, max_tokens=5, seed=3, stop=("\n",))
    body = sent(ASK.model_copy(update={"sampling": sampling}))
    assert body["temperature"] == 0.7
    assert body["top_p"] == 0.9
    assert body["max_tokens"] == 5
    assert body["seed"] == 3
    assert body["stop"] == ["\n"]


def test_the_servers_own_temperature_is_not_mentioned() -> None:
    assert "temperature" not in sent(ASK.model_copy(update={"sampling": Sampling(temperature=1.0)}))


def test_a_schema_is_sent_as_the_response_format() -> None:
    body = sent(ASK.model_copy(update={"json_schema": {"type": "object"}}))
    schema = {"name": "reply", "schema": {"type": "object"}}
    assert body["response_format"] == {"type": "json_schema", "json_schema": schema}


def test_a_schema_that_lists_all_its_keys_is_strict() -> None:
    body = sent(ASK.model_copy(update={"json_schema": CLOSED}))
    assert body["response_format"]["json_schema"]["strict"] is True


def test_the_key_is_sent_as_a_bearer_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    _, server = ask()
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_the_address_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with chat_server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert asyncio.run(OpenAI("m").reply(ASK)).text == "yes."


def test_without_address_and_key_the_error_says_what_to_set() -> None:
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY, or name a server"):
        OpenAI("gpt-5")


# What comes back


def test_the_usage_is_read() -> None:
    reply, _ = ask()
    assert reply.usage == Usage(prompt_tokens=11, completion_tokens=3, cached_tokens=8, cost=None)


def test_log_probabilities_are_read() -> None:
    reply, server = ask(request=ASK.model_copy(update={"logprobs": 2}))
    assert server.bodies[0]["top_logprobs"] == 2
    assert reply.logprobs == (Token(text="yes", logprob=-0.5, top=(("yes", -0.5), ("no", -1.5))),)


def test_a_stream_is_passed_on_piece_by_piece() -> None:
    reply, pieces = ask_streaming(stream(["ye", "s"]))
    assert pieces == ["ye", "s"]
    assert reply.text == "yes"


def test_the_usage_of_a_stream_is_read() -> None:
    reply, _ = ask_streaming(stream(["yes"]))
    assert reply.usage.prompt_tokens == 11


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", Finish.stop),
        ("length", Finish.length),
        ("content_filter", Finish.refused),
        ("eos", Finish.stop),
    ],
)
def test_the_reason_to_end_is_read(reason: str, finish: Finish) -> None:
    assert ask(completion("ye", reason))[0].finish is finish


def test_a_refusal_is_a_reply_with_the_models_words() -> None:
    reply, _ = ask(completion(None, refusal="I would rather not."))
    assert reply.finish is Finish.refused
    assert reply.text == "I would rather not."


def test_an_empty_reply_is_a_reply() -> None:
    assert ask(completion(""))[0].text == ""


def test_a_server_that_counts_nothing_leaves_the_cached_tokens_unknown() -> None:
    body = json.loads(completion("yes").body)
    del body["usage"]
    assert ask(as_json(body))[0].usage.cached_tokens is None


# What goes wrong


def test_too_many_requests_is_rate_limited() -> None:
    error_ = failure(error(429, "slow down"))
    assert isinstance(error_, RateLimited)
    assert "slow down" in str(error_)


def test_the_wait_that_the_server_asks_for_is_carried() -> None:
    error_ = failure(error(429, "slow down", {"Retry-After": "7"}))
    assert isinstance(error_, SlowDown)
    assert error_.retry_after == 7.0


def test_a_wait_until_a_date_is_left_to_the_caller() -> None:
    error_ = failure(error(429, "x", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}))
    assert type(error_) is RateLimited


def test_an_empty_purse_is_not_a_rate_limit() -> None:
    error_ = failure(error(429, "no credit", code="insufficient_quota"))
    assert isinstance(error_, RequestRejected)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_request_is_rejected_in_the_servers_words(status: int) -> None:
    error_ = failure(error(status, "the model m does not exist"))
    assert isinstance(error_, RequestRejected)
    assert f"answered {status}: the model m does not exist" in str(error_)


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_a_failing_server_is_unavailable(status: int) -> None:
    assert isinstance(failure(error(status, "oops")), ModelUnavailable)


def test_a_page_from_a_proxy_is_unavailable() -> None:
    page = Answer(b"<html>Bad gateway</html>", 502, {"Content-Type": "text/html"})
    assert isinstance(failure(page), ModelUnavailable)


def test_an_unreachable_server_is_unavailable_and_named() -> None:
    with chat_server() as server:
        url = server.url
    with pytest.raises(ModelUnavailable, match=r"openai:m at http://127\.0\.0\.1:\d+/v1"):
        asyncio.run(OpenAI("m", base_url=url).reply(ASK))


@pytest.mark.parametrize("streaming", [False, True])
def test_a_connection_cut_in_the_middle_is_unavailable(streaming: bool) -> None:
    answer = stream(["yes"]) if streaming else completion("yes")
    answer.body, answer.cut = answer.body[:-40], True
    assert isinstance(failure(answer, streaming=streaming), ModelUnavailable)


def test_a_stream_that_stops_without_a_reason_is_a_bad_reply() -> None:
    error_ = failure(stream(["ye"], finish=None), streaming=True)
    assert isinstance(error_, BadReply)
    assert "in the middle" in str(error_)


def test_an_error_inside_a_stream_is_unavailable_in_the_servers_words() -> None:
    body = b'data: {"error": {"message": "out of memory"}}\n\n'
    error_ = failure(Answer(body, headers={"Content-Type": "text/event-stream"}), streaming=True)
    assert isinstance(error_, ModelUnavailable)
    assert "out of memory" in str(error_)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"{not json"),
        Answer(b"hello", headers={"Content-Type": "text/plain"}),
        Answer(b""),
        as_json([]),
        as_json({}),
        as_json({"choices": []}),
        as_json({"choices": None}),
        as_json({"choices": [{}]}),
        as_json({"choices": [1]}),
        as_json({"choices": [{"finish_reason": "stop", "message": {"content": 5}}]}),
        as_json({"choices": [{"finish_reason": "stop", "message": "hi"}]}),
        as_json({"choices": [], "usage": {"prompt_tokens": "many"}}),
    ],
)
def test_garbage_is_a_bad_reply(answer: Answer) -> None:
    assert isinstance(failure(answer), BadReply)


def test_garbage_in_a_stream_is_a_bad_reply() -> None:
    answer = Answer(b"data: {not json\n\n", headers={"Content-Type": "text/event-stream"})
    assert isinstance(failure(answer, streaming=True), BadReply)


def test_calls_of_one_loop_share_a_connection_that_is_closed_with_it() -> None:
    with chat_server(keeps_connections=True) as server:
        model = OpenAI("m", base_url=server.url)

        async def ask_in_turn() -> None:
            for _ in range(5):
                await model.reply(ASK)

        for loops in (1, 2):
            asyncio.run(ask_in_turn())
            assert server.ended.acquire(timeout=60)
            assert (server.connections, len(server.bodies)) == (loops, 5 * loops)


def test_the_key_is_in_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    error_ = failure(error(401, f"Incorrect API key provided: {KEY}"))
    assert KEY not in str(error_)
    assert error_.__cause__ is None


def test_a_password_in_the_address_is_in_no_error() -> None:
    model = OpenAI("m", base_url="http://me:hunter2@127.0.0.1:1/v1")
    with pytest.raises(ModelUnavailable) as caught:
        asyncio.run(model.reply(ASK))
    assert "hunter2" not in str(caught.value)


# Servers that do not know every field


def test_a_server_that_objects_to_the_seed_gets_none() -> None:
    objection = error(400, "Unrecognized request argument supplied: seed")
    with chat_server(objection, completion("yes")) as server:
        model = OpenAI("m", base_url=server.url)
        assert asyncio.run(model.reply(ASK)).text == "yes"
        asyncio.run(model.reply(ASK))
    assert ["seed" in body for body in server.bodies] == [True, False, False]
    assert Feature.seed not in model.features


def test_a_server_that_asks_for_max_completion_tokens_gets_it() -> None:
    objection = error(
        400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    )
    _, server = ask(objection, completion("yes"))
    assert "max_tokens" not in server.bodies[1]
    assert server.bodies[1]["max_completion_tokens"] == 1024


def test_an_objection_that_goes_on_is_an_error() -> None:
    assert isinstance(failure(error(400, "bad seed")), RequestRejected)


def test_an_objection_to_the_schema_is_the_callers_to_mend() -> None:
    objection = error(400, "response_format json_schema is not supported")
    with pytest.raises(RequestRejected, match="json_schema is not supported"):
        ask(objection, request=ASK.model_copy(update={"json_schema": CLOSED}))
