import asyncio
from pathlib import Path

import pytest

from solvitur.errors import BadReply, ConfigError, RateLimited
from solvitur.llm import Finish, Message, Model, Reply, Request, Scripted
from tests.llm.conformance import ModelConformance

ASK = Request(messages=(Message.user("How many?"),))


class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self) -> Model:
        return Scripted(lambda request: "yes, indeed", name="scripted:yes")


def ask(model: Model, request: Request = ASK) -> Reply:
    return asyncio.run(model.reply(request))


def test_replies_come_in_order() -> None:
    model = Scripted(["one", "two"])
    assert [ask(model).text, ask(model).text] == ["one", "two"]


def test_a_function_answers_what_it_is_asked() -> None:
    model = Scripted(lambda request: request.messages[-1].content.upper())
    assert ask(model).text == "HOW MANY?"


def test_a_whole_reply_is_given_as_it_is() -> None:
    reply = Reply(text="thr", finish=Finish.length, model="m")
    assert ask(Scripted([reply])) is reply


def test_it_remembers_every_request() -> None:
    model = Scripted(["one"])
    ask(model)
    assert model.requests == [ASK]


def test_running_out_of_replies_says_so_and_quotes_the_request() -> None:
    model = Scripted(["one"])
    ask(model)
    with pytest.raises(BadReply, match=r"scripted has 1 replies and all are used.*How many"):
        ask(model)


def test_a_function_may_fail_like_a_server() -> None:
    def busy(request: Request) -> str:
        raise RateLimited("slow down")

    with pytest.raises(RateLimited):
        ask(Scripted(busy))


@pytest.mark.parametrize(
    "content", ['["one", {"text": "two", "model": "m"}]', '"one"\n{"text": "two", "model": "m"}\n']
)
def test_a_file_is_a_list_or_one_value_a_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "replies.json"
    path.write_text(content)
    model = Scripted.from_file(path)
    assert [ask(model).text, ask(model).text] == ["one", "two"]


@pytest.mark.parametrize("content", ["[1]", "{", '["one"', '{"text": "no model"}'])
def test_a_file_of_something_else_is_an_error_that_names_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "replies.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"replies\.json"):
        Scripted.from_file(path)
