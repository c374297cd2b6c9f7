import asyncio
from collections.abc import Iterator

import pytest

from solvitur.errors import ModelUnavailable, RateLimited, RequestRejected
from solvitur.llm import LiteLLM, Message, Model, Request
from tests.llm.conformance import ModelConformance
from tests.llm.servers import Answer, chat_server, error

pytest.importorskip("litellm")
pytestmark = pytest.mark.filterwarnings("default")  # litellm itself warns, at import and later

ASK = Request(messages=(Message.user("Is it?"),))


@pytest.fixture(autouse=True)
def a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-0123456789")


class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self) -> Iterator[Model]:
        with chat_server() as server:
            yield LiteLLM("openai/some-model", base_url=server.url)


def ask(*answers: Answer, model: str = "openai/some-model") -> float | None:
    with chat_server(*answers) as server:
        return asyncio.run(LiteLLM(model, base_url=server.url).reply(ASK)).usage.cost


def test_a_model_without_a_price_has_an_unknown_cost() -> None:
    assert ask() is None


def test_a_model_with_a_price_has_a_cost() -> None:
    cost = ask(model="openai/gpt-4o-mini")
    assert cost is not None
    assert cost > 0.0


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(429, "slow down"), RateLimited),
        (error(500, "oops"), ModelUnavailable),
        (error(401, "who are you?"), RequestRejected),
        (error(400, "no such thing"), RequestRejected),
    ],
)
def test_a_failure_is_told_in_our_terms(answer: Answer, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        ask(answer)


def test_it_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RequestRejected):
        ask(error(400, "no such thing"))
    assert capfd.readouterr().out == ""
