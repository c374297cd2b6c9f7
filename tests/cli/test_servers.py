"""``solvitur solve`` against a real server on loopback that fails in every way."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS, TEXT, reply
from tests.llm.servers import Answer, chat_server, completion, error

File = Callable[[str, Any], str]


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVITUR_ATTEMPTS", "1")


def test_a_server_formulates_and_the_solver_solves(run: Run) -> None:
    with chat_server(completion(reply(CHAIRS))) as server:
        done = run("solve", TEXT, "--json", "--model", f"openai:m@{server.url}")

    assert done.code == 0
    assert done.envelope["objective"] == 180
    assert (done.envelope["model"], done.envelope["cost"]) == ("openai:m", None)
    assert done.envelope["usage"]["prompt_tokens"] == 11


def test_a_server_without_prices_is_shown_as_of_unknown_cost(run: Run) -> None:
    with chat_server(completion(reply(CHAIRS))) as server:
        done = run("solve", TEXT, "--model", f"openai:m@{server.url}")

    assert "openai:m, 1 round, 14 tokens, cost unknown, " in done.out


def test_a_server_that_is_down_is_an_error(run: Run) -> None:
    with socket.socket() as taken:  # bound but not listening: refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        done = run("solve", TEXT, "--model", f"openai:m@{url}")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Error: openai:m at {url} cannot be reached: ")


def test_a_server_that_hangs_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVITUR_TIMEOUT", "0.2")
    with chat_server(Answer(b"", hang=True)) as server:
        done = run("solve", TEXT, "--model", f"openai:m@{server.url}")

    assert (done.code, done.out) == (1, "")
    assert done.err == "Error: openai:m did not answer within 0.2 s\n"


def test_a_server_that_hangs_beyond_the_time_limit_ends_without_an_answer(run: Run) -> None:
    with chat_server(Answer(b"", hang=True)) as server:
        done = run(
            "solve", TEXT, "--json", "--time-limit", "0.2", "--model", f"openai:m@{server.url}"
        )

    assert (done.code, done.envelope["outcome"]) == (6, "no_answer")
    assert done.envelope["message"] == "the time limit of 0.2 s is reached"


@pytest.mark.parametrize(
    ("answer", "code", "complaint"),
    [
        (error(401, "Incorrect API key"), 1, "answered 401: "),
        (error(404, "no model m"), 1, "answered 404: "),
        (error(500, "out of order"), 1, "answered 500: "),
        (error(429, "slow down", {"Retry-After": "9999"}), 1, "answered 429: "),
        (Answer(b"<html>hello</html>", headers={"Content-Type": "text/html"}), 8, "not JSON"),
        (Answer(b'{"choices": []}'), 8, ""),
        (Answer(b"{broken"), 8, ""),
        (completion("Buy low, sell high."), 8, ""),
        (completion("", "length"), 8, ""),
        (completion(None, refusal="I will not."), 8, ""),
    ],
    ids=str.split("401 404 500 429 html empty broken chatter truncated refused"),
)
def test_a_server_that_answers_nonsense_is_no_traceback(
    run: Run, answer: Answer, code: int, complaint: str
) -> None:
    with chat_server(answer) as server:
        done = run("solve", TEXT, "--json", "--model", f"openai:m@{server.url}")

    assert done.code == code
    assert done.envelope["outcome"] == {1: "error", 8: "not_formulated"}[code]
    assert complaint in done.envelope["message"]
    assert "bug" not in done.err


def test_a_key_is_never_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with chat_server(error(401, "sk-secret is wrong")) as server:
        done = run("solve", TEXT, "--json", "--model", f"openai:m@{server.url}")

    assert "sk-secret" not in done.out + done.err


def test_a_cost_limit_that_cannot_be_kept_ends_with_the_budget(run: Run) -> None:
    with chat_server(completion("Hm.")) as server:
        done = run("solve", TEXT, "--json", "--max-cost", "1", "--model", f"openai:m@{server.url}")

    assert (done.code, done.envelope["outcome"]) == (7, "budget")
    assert "does not say what a reply costs" in done.envelope["message"]
    assert len(server.bodies) == 1
