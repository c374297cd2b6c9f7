"""Whole runs against a real HTTP server on loopback that speaks the OpenAI protocol and fails."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from solvitur.agents import Answer, Effort, solve_problem
from solvitur.llm import OpenAI, Patience, layered
from solvitur.runs.budget import Budget, Limits
from solvitur.solvers import Outcome
from tests.agents.players import CHAIRS, FIVE
from tests.llm.servers import Answer as Reply
from tests.llm.servers import ChatServer, chat_server, completion, error

RIGHT = completion(json.dumps(FIVE))
SUSPICIOUS = completion(json.dumps({**FIVE, "constraints": FIVE["constraints"][:2]}))
"""Forgets that 15 chairs are ordered."""
NONSENSE = completion("I would rather not.")
HASTY = Patience(attempts=3, timeout=20.0, first_wait=0.001, longest_wait=0.01)


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def asked(
    *replies: Reply, effort: Effort | None = None, patience: Patience = HASTY, **limits: Any
) -> Iterator[tuple[Answer, ChatServer]]:
    """Solve `CHAIRS` with a server that gives these replies, the last one for ever."""
    with chat_server(*replies) as server:
        budget = Budget(Limits(**limits)) if limits else None
        model = layered(OpenAI("m", base_url=server.url), budget=budget, patience=patience)
        yield asyncio.run(solve_problem(CHAIRS, model, effort)), server


def test_a_problem_is_solved_over_http() -> None:
    with asked(RIGHT) as (answer, server):
        assert (answer.outcome, answer.objective) == (Outcome.solved, 4610)
        assert answer.model == "openai:m"
        assert answer.usage.tokens == 14
        (body,) = server.bodies
        assert CHAIRS in body["messages"][-1]["content"]
        assert body["response_format"]["type"] == "json_schema"


def test_the_evidence_goes_back_over_http() -> None:
    with asked(SUSPICIOUS, RIGHT) as (answer, server):
        assert answer.objective == 4610
        assert answer.usage.tokens == 28
        first, second = server.bodies
        assert second["messages"][: len(first["messages"])] == first["messages"]
        assert all(line in second["messages"][-1]["content"] for line in answer.rounds[0].evidence)
        assert (first["temperature"], first["seed"]) != (second["temperature"], second["seed"])


FAULTS: dict[str, Callable[[], Reply]] = {
    "an overloaded server": lambda: error(503, "overloaded"),
    "a server that fails": lambda: error(500, "it broke"),
    "too many requests": lambda: error(429, "slow down", {"Retry-After": "0"}),
    "a connection that breaks": lambda: Reply(RIGHT.body, cut=True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_that_passes_costs_no_round(fault: Callable[[], Reply]) -> None:
    with asked(fault(), RIGHT) as (answer, server):
        assert (answer.outcome, answer.objective) == (Outcome.solved, 4610)
        assert (len(answer.rounds), len(server.bodies)) == (1, 2)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_that_stays_is_an_error_in_words(fault: Callable[[], Reply]) -> None:
    with asked(fault()) as (answer, server):
        assert answer.outcome is Outcome.error
        assert answer.message
        assert answer.rounds == ()
        assert len(server.bodies) == HASTY.attempts


@pytest.mark.parametrize(("status", "words"), [(401, "bad key"), (404, "no such model")])
def test_a_request_that_can_never_work_is_not_asked_again(status: int, words: str) -> None:
    with asked(error(status, words)) as (answer, server):
        assert answer.outcome is Outcome.error
        assert words in answer.message
        assert len(server.bodies) == 1


@pytest.mark.parametrize(
    "reply",
    [
        NONSENSE,
        completion(json.dumps(FIVE)[:200], "length"),
        completion("", "content_filter"),
        completion(None, refusal="I may not."),
        completion("[1, 2, 3]"),
    ],
    ids=["nonsense", "cut", "filtered", "refused", "other JSON"],
)
def test_a_reply_that_says_nothing_is_repaired_in_the_next_round(reply: Reply) -> None:
    with asked(reply, RIGHT) as (answer, _):
        assert (answer.outcome, answer.objective) == (Outcome.solved, 4610)
        assert [each.outcome for each in answer.rounds] == ["not solved", "solved"]


@pytest.mark.parametrize(
    "body", [b"", b"<html>busy</html>", b"{", b"[]", b"null", b'{"choices": []}', b"\xff\xfe"]
)
def test_an_answer_that_is_not_of_the_protocol_ends_in_words(body: bytes) -> None:
    with asked(Reply(body)) as (answer, _):
        assert answer.outcome in (Outcome.error, Outcome.not_formulated)
        assert answer.message


def test_nonsense_without_end_is_not_formulated() -> None:
    with asked(NONSENSE, effort=Effort(rounds=4)) as (answer, server):
        assert answer.outcome is Outcome.not_formulated
        assert len(server.bodies) == len(answer.rounds) == 4
        assert len({json.dumps(body, sort_keys=True) for body in server.bodies}) == 4


def test_a_server_that_hangs_ends_at_the_time_limit() -> None:
    with asked(Reply(b"", hang=True), effort=Effort(seconds=0.3)) as (answer, _):
        assert answer.outcome is Outcome.no_answer
        assert "time limit" in answer.message


def test_a_server_that_hangs_is_given_up_after_the_patience() -> None:
    patience = Patience(attempts=1, timeout=0.2)
    with asked(Reply(b"", hang=True), patience=patience) as (answer, _):
        assert answer.outcome is Outcome.error
        assert "did not answer within" in answer.message


def test_nobody_at_the_address_is_an_error_in_words() -> None:
    with chat_server(RIGHT) as server:
        address = server.url
    model = layered(OpenAI("m", base_url=address), patience=HASTY)
    answer = asyncio.run(solve_problem(CHAIRS, model))
    assert answer.outcome is Outcome.error
    assert answer.message


def test_a_budget_of_tokens_ends_the_search_with_the_answer_in_hand() -> None:
    with asked(SUSPICIOUS, RIGHT, tokens=10) as (answer, server):
        assert answer.outcome is Outcome.solved
        assert "tokens" in answer.message
        assert len(server.bodies) == 1


def test_every_answer_of_a_server_is_json() -> None:
    for reply in (RIGHT, NONSENSE, error(500, "it broke")):
        with asked(reply) as (answer, _):
            assert Answer.model_validate_json(answer.to_json()) == answer
