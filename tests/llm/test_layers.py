import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from solvitur.errors import BadReply, BudgetExceeded, ModelError, ModelUnavailable, RateLimited
from solvitur.llm import (
    Budgeted,
    Feature,
    Finish,
    Message,
    Model,
    OpenAI,
    Overheard,
    Patience,
    Patient,
    Recorded,
    Recording,
    Reply,
    Request,
    Scripted,
    SlowDown,
    Usage,
    layered,
)
from solvitur.runs import Budget, Journal, Limits, Throttle
from tests.llm.conformance import ModelConformance
from tests.llm.servers import Answer, chat_server

ASK = Request(messages=(Message.user("How many?"),))
BUSY = RateLimited("slow down")
DOWN = ModelUnavailable("down")


class Waits:
    """A sleep that only remembers."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def after(*failures: Exception, then: str | Reply = "3") -> Scripted:
    """A model that fails in these ways and then answers."""
    left = list(failures)

    def script(request: Request) -> str | Reply:
        if left:
            raise left.pop(0)
        return then

    return Scripted(script)


def patient(model: Model, sleep: Waits | None = None, **patience: float) -> Patient:
    return Patient(model, Patience(**patience), sleep=sleep or Waits())  # type: ignore[arg-type]


def ask(model: Model, on_text: Callable[[str], None] | None = None) -> Reply:
    return asyncio.run(model.reply(ASK, on_text))


class TestConformance(ModelConformance):
    @pytest.fixture
    def model(self, tmp_path: Path) -> Model:
        return layered(
            Scripted(lambda request: "yes, indeed", name="scripted:yes"),
            budget=Budget(Limits(calls=100)),
            memory=Recording(tmp_path / "r.jsonl"),
        )


# Patience


@pytest.mark.parametrize("failure", [BUSY, DOWN, SlowDown("wait", 2.0)])
def test_a_passing_failure_is_tried_again(failure: Exception) -> None:
    assert ask(patient(after(failure))).text == "3"


@pytest.mark.parametrize("failure", [BadReply("garbage"), ModelError("odd"), ValueError("bug")])
def test_any_other_failure_is_not(failure: Exception) -> None:
    with pytest.raises(type(failure)):
        ask(patient(after(failure)))


def test_after_all_attempts_the_last_failure_is_raised() -> None:
    model = after(BUSY, BUSY, DOWN)
    with pytest.raises(ModelUnavailable, match="down"):
        ask(patient(model, attempts=3))
    assert len(model.requests) == 3


def test_waits_grow_and_stay_below_the_longest() -> None:
    waits = Waits()
    ask(patient(after(*[DOWN] * 6), waits, attempts=7, first_wait=1.0, longest_wait=8.0))
    bounds = [(0.5, 1), (1, 2), (2, 4), (4, 8), (4, 8), (4, 8)]
    assert len(waits.seconds) == len(bounds)
    assert all(low <= wait <= high for wait, (low, high) in zip(waits.seconds, bounds, strict=True))


def test_waits_depend_on_the_seed_alone() -> None:
    waits = [Waits(), Waits(), Waits()]
    for sleep, seed in zip(waits, (1, 1, 2), strict=True):
        ask(patient(after(DOWN, DOWN), sleep, seed=seed))
    assert waits[0].seconds == waits[1].seconds != waits[2].seconds


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    waits = Waits()
    ask(patient(after(SlowDown("wait", 30.0)), waits))
    assert waits.seconds == [30.0]


def test_a_server_that_asks_for_too_long_a_wait_is_given_up() -> None:
    waits = Waits()
    with pytest.raises(RateLimited):
        ask(patient(after(SlowDown("wait", 3600.0)), waits))
    assert waits.seconds == []


def test_an_empty_reply_is_asked_for_again() -> None:
    assert ask(patient(Scripted([" \n", "3"]))).text == "3"


def test_what_an_empty_reply_cost_is_not_forgotten() -> None:
    usage = Usage(prompt_tokens=5, completion_tokens=1, cost=0.5)
    empty = Reply(text="", model="m", usage=usage)
    full = Reply(text="3", model="m", usage=usage)
    assert ask(patient(Scripted([empty, full]))).usage == usage + usage


def test_a_second_empty_reply_is_given_as_it_is() -> None:
    model = Scripted(["", "", "3"])
    assert ask(patient(model)).text == ""
    assert len(model.requests) == 2


def test_an_empty_reply_that_was_cut_or_refused_is_not_asked_for_again() -> None:
    model = Scripted([Reply(text="", finish=Finish.refused, model="m"), "3"])
    assert ask(patient(model)).finish is Finish.refused


def test_a_server_that_hangs_is_unavailable() -> None:
    with chat_server(Answer(b"", hang=True)) as server:
        model = patient(OpenAI("m", base_url=server.url), timeout=0.05, attempts=1)
        with pytest.raises(ModelUnavailable, match=r"openai:m did not answer within 0\.05 s"):
            ask(model)


def test_text_that_was_shown_is_not_shown_again() -> None:
    class Breaks(Scripted):
        async def reply(
            self, request: Request, on_text: Callable[[str], None] | None = None
        ) -> Reply:
            if on_text is not None:
                on_text("thr")
            await super().reply(request)
            raise DOWN

    model = Breaks(["3"] * 5)
    pieces: list[str] = []
    with pytest.raises(ModelUnavailable):
        ask(patient(model), pieces.append)
    assert pieces == ["thr"]


def test_a_failure_before_any_text_is_tried_again_while_streaming() -> None:
    pieces: list[str] = []
    ask(patient(after(DOWN)), pieces.append)
    assert pieces == ["3"]


# Recording


def test_the_same_request_is_asked_once(tmp_path: Path) -> None:
    model = Scripted(["3"])
    recorded = Recorded(model, Recording(tmp_path / "r.jsonl"))
    assert ask(recorded) == ask(recorded)
    assert len(model.requests) == 1


def test_another_process_finds_the_reply(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    first = ask(Recorded(Scripted(["3"]), Recording(path)))
    assert ask(Recorded(Scripted([]), Recording(path))) == first


def test_two_models_do_not_share_replies(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "r.jsonl")
    ask(Recorded(Scripted(["3"], name="scripted:a"), recording))
    assert ask(Recorded(Scripted(["4"], name="scripted:b"), recording)).text == "4"


def test_a_failure_is_not_recorded(tmp_path: Path) -> None:
    recorded = Recorded(after(DOWN), Recording(tmp_path / "r.jsonl"))
    with pytest.raises(ModelUnavailable):
        ask(recorded)
    assert ask(recorded).text == "3"


def test_a_remembered_reply_is_streamed_too(tmp_path: Path) -> None:
    recorded = Recorded(Scripted(["3 or 4"]), Recording(tmp_path / "r.jsonl"))
    ask(recorded)
    pieces: list[str] = []
    ask(recorded, pieces.append)
    assert "".join(pieces) == "3 or 4"


def test_a_recording_holds_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    path = tmp_path / "r.jsonl"
    with chat_server() as server:
        ask(Recorded(OpenAI("m", base_url=server.url), Recording(path)))
        content = path.read_text()
        assert "sk-very-secret" not in content
        assert server.url not in content


# Budget


def test_a_reply_is_charged() -> None:
    budget = Budget(Limits())
    usage = Usage(prompt_tokens=5, completion_tokens=1, cost=0.5)
    ask(Budgeted(Scripted([Reply(text="3", model="m", usage=usage)]), budget))
    assert (budget.calls, budget.tokens, budget.cost) == (1, 6, 0.5)


def test_beyond_the_limit_nothing_is_asked() -> None:
    model = Scripted(["3", "4"])
    budgeted = Budgeted(model, Budget(Limits(calls=1)))
    ask(budgeted)
    with pytest.raises(BudgetExceeded):
        ask(budgeted)
    assert len(model.requests) == 1


def test_the_reply_that_goes_over_the_limit_is_kept() -> None:
    usage = Usage(prompt_tokens=1000)
    model = Scripted([Reply(text="3", model="m", usage=usage)])
    assert ask(Budgeted(model, Budget(Limits(tokens=10)))).text == "3"


# Throttle


class Crowded:
    """A server that takes few calls at a time, and refuses the others."""

    name = "crowded"
    features: frozenset[Feature] = frozenset()

    def __init__(self, room: int) -> None:
        self.room = room
        self.now = self.most = self.refused = self.given = 0

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            if self.now > self.room:
                self.refused += 1
                raise SlowDown("too many", retry_after=0.0)
            await asyncio.sleep(0.001)
        finally:
            self.now -= 1
        self.given += 1
        return Reply(text="3", model=self.name)


def ask_all(model: Model, count: int) -> list[Reply]:
    async def main() -> list[Reply]:
        requests = (Request(messages=(Message.user(f"Question {n}"),)) for n in range(count))
        return await asyncio.gather(*(model.reply(request) for request in requests))

    return asyncio.run(main())


def test_calls_that_wait_for_room_are_not_made() -> None:
    server = Crowded(room=1000)
    ask_all(layered(server, throttle=Throttle(8)), 100)
    assert (server.most, server.given) == (8, 100)


def test_a_server_that_is_crowded_is_asked_less_and_answers_everything() -> None:
    server, throttle = Crowded(room=4), Throttle(64)
    patience = Patience(attempts=20, first_wait=0.001)
    replies = ask_all(layered(server, throttle=throttle, patience=patience), 300)
    assert len(replies) == server.given == 300
    assert throttle.limit < 16
    assert server.refused < 300  # without a throttle most calls are refused, again and again


def test_the_time_of_a_call_does_not_count_the_wait_for_room() -> None:
    class Slow(Crowded):
        async def reply(
            self, request: Request, on_text: Callable[[str], None] | None = None
        ) -> Reply:
            await asyncio.sleep(0.05)
            return Reply(text="3", model=self.name)

    patience = Patience(attempts=1, timeout=1.2)
    model = layered(Slow(1), throttle=Throttle(1), patience=patience)
    assert len(ask_all(model, 30)) == 30


# All together


@pytest.mark.parametrize("kind", [Recording, Journal])
def test_a_resumed_run_ends_where_it_would_have_ended(
    tmp_path: Path, kind: type[Recording] | type[Journal]
) -> None:
    def run(model: Model) -> int:
        """Ask until the budget is spent; the number of replies."""
        with contextlib.ExitStack() as stack:
            memory = kind(tmp_path / "memory")
            if isinstance(memory, Journal):
                stack.enter_context(memory)
            return asked(layered(model, budget=Budget(Limits(calls=3)), memory=memory))

    def asked(stack: Model) -> int:
        for count in range(100):
            request = Request(messages=(Message.user(f"Question {count}"),))
            try:
                asyncio.run(stack.reply(request))
            except BudgetExceeded:
                return count
        return 100

    assert run(Scripted(["1", "2", "3"])) == 3
    assert run(Scripted([])) == 3


def test_a_stack_keeps_the_models_name_and_features() -> None:
    model = OpenAI("m", base_url="http://127.0.0.1:1/v1")
    stack = layered(model)
    assert stack.name == "openai:m"
    assert stack.features == model.features


def test_what_is_written_is_heard_unless_somebody_else_listens() -> None:
    heard: list[str] = []
    other: list[str] = []
    model = Overheard(Scripted(["3", "4"]), heard.append)

    asyncio.run(model.reply(ASK))
    asyncio.run(model.reply(ASK, other.append))

    assert "".join(heard) == "\n3"
    assert "".join(other) == "4"
