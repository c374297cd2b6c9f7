"""Whole runs: with agents of one's own, with models on loopback, and with all that goes wrong."""

import asyncio
import re
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from solvitur.agents import Answer, Effort, solve_formulation, solve_problem
from solvitur.errors import ConfigError, JournalError
from solvitur.eval import (
    Answered,
    InRun,
    Problem,
    Question,
    Report,
    RunLimits,
    Score,
    agent_of,
    evaluate,
    failed,
    rescore,
    score,
)
from solvitur.formulation import Formulation
from solvitur.llm import Message, OpenAI, Patience, Reply, Request, Scripted, Usage
from solvitur.runs import Interruption, Journal, Used, read_journal
from solvitur.solvers import Outcome
from tests.cli.problems import market_split
from tests.eval.runs import careless, formulating, joiner, problems, run
from tests.llm.servers import Answer as Sent
from tests.llm.servers import ChatServer, chat_server, completion, error
from tests.runs.processes import children, crashing

HASTY = Patience(attempts=2, timeout=5.0, first_wait=0.001, longest_wait=0.01)
WOODS = (42, 50, 93, 14)


def objectives(report: Report) -> list[float | None]:
    return [each.answer.objective for each in report.samples]


def verdicts(report: Report) -> list[str]:
    return [each.score.verdict.value for each in report.samples]


def on(server: ChatServer, patience: Patience = HASTY, **how: Any) -> Any:
    return agent_of(OpenAI("m", base_url=server.url), Effort(**how), patience=patience)


def serving(body: dict[str, Any]) -> Sent:
    """Answer every question rightly."""
    return completion(formulating(" ".join(each["content"] for each in body["messages"])))


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


# --- agents of one's own -------------------------------------------------------------------------


def test_an_agent_sees_the_question_and_no_label(tmp_path: Path) -> None:
    seen: list[Question] = []

    async def curious(question: Question) -> float:
        seen.append(question)
        return 180.0

    run(tmp_path, curious, WOODS[:2], epochs=2)
    assert [(each.id, each.epoch) for each in seen] == [("0", 0), ("0", 1), ("1", 0), ("1", 1)]
    assert seen[0].startswith("A chair earns 30")
    assert {name for name in dir(seen[0]) if "label" in name} == set()


def test_what_the_solver_wrote_down_of_each_answer_is_in_the_report(tmp_path: Path) -> None:
    with chat_server(script=serving) as server:
        report = run(tmp_path, on(server, techniques=frozenset()), WOODS)
    for sample in report.samples:
        assert sample.log.startswith("MIP has 1 row; 1 col")
        assert re.search(rf"Primal bound +-{sample.answer.objective:g}$", sample.log, re.MULTILINE)


def test_of_a_long_log_the_end_is_kept(tmp_path: Path) -> None:
    async def chatty(question: Question) -> float:
        assert question.log_file is not None
        question.log_file.write_text(9_000 * "x" + "the end\n")
        return 180.0

    (sample,) = run(tmp_path, chatty, WOODS[:1]).samples
    assert sample.log.startswith("(1,008 characters before)\nxxx")
    assert sample.log.endswith("xthe end\n")


def test_what_an_agent_gives_is_read_as_an_answer(tmp_path: Path) -> None:
    given = {"0": 180, "1": None, "2": float("nan"), "3": "60"}

    async def odd(question: Question) -> Any:
        return given[question.id]

    report = run(tmp_path, odd, WOODS)
    outcomes = [each.answer.outcome for each in report.samples]
    assert outcomes == [Outcome.solved, Outcome.not_formulated, Outcome.error, Outcome.error]
    assert verdicts(report) == ["right", "error", "error", "error"]
    assert report.samples[2].answer.message == "the agent's answer is nan"
    assert report.samples[3].trouble == (
        "TypeError: an agent gives an Answer, a number or None, and not '60'"
    )


def test_an_agent_that_raises_stops_nothing_and_is_tried_again(tmp_path: Path) -> None:
    calls: list[str] = []

    async def fragile(question: Question) -> float:
        calls.append(question.id)
        if question.id == "1" and len(calls) <= 3:
            raise RuntimeError("out of luck")
        return 180.0

    first = run(tmp_path, fragile)
    assert first.samples[1].trouble == "RuntimeError: out of luck"
    assert first.samples[1].score.reason == "error: RuntimeError: out of luck"
    assert first.missing == (("1", 0),)
    second = run(tmp_path, fragile)
    assert calls == ["0", "1", "2", "1"]
    assert second.missing == ()
    assert second.samples[1].tried == 1


def test_an_agent_that_hangs_is_given_up_and_tried_again_with_more_time(tmp_path: Path) -> None:
    calls: list[str] = []

    async def slow(question: Question) -> float:
        calls.append(question.id)
        if question.id == "0":
            await asyncio.sleep(3600)
        return 210.0

    short = RunLimits(sample_seconds=0.05)
    first = run(tmp_path, slow, limits=short)
    assert first.samples[0].answer.outcome is Outcome.no_answer
    assert first.samples[0].timed_out == 0.05
    assert verdicts(first) == ["error", "right", "wrong"]
    run(tmp_path, slow, limits=short)
    assert len(calls) == 3
    run(tmp_path, slow, limits=RunLimits(sample_seconds=0.1))
    assert calls[3:] == ["0"]


def test_a_solver_goes_on_with_nothing_that_nobody_waits_for(tmp_path: Path) -> None:
    hard = Formulation.model_validate(market_split())
    ended: list[float] = []

    def solving() -> Answer:
        try:
            return solve_formulation(hard, Effort(seconds=60.0))
        finally:
            ended.append(time.monotonic())

    async def agent(question: Question) -> Answer:
        return await asyncio.to_thread(solving)

    started = time.monotonic()
    report = run(tmp_path, agent, WOODS[:1], limits=RunLimits(sample_seconds=0.5))
    assert report.samples[0].timed_out == 0.5
    assert len(ended) == 1
    assert time.monotonic() - started < 40


def test_a_solver_that_crashes_ends_its_own_answer_and_nothing_else(tmp_path: Path) -> None:
    hard = Formulation.model_validate(market_split())
    asked: list[str] = []

    def replies(request: Request) -> str:
        text = " ".join(str(message.content) for message in request.messages)
        if "there are 50 m2" not in text:
            return formulating(text)
        asked.append(text)
        return hard.to_json()

    thread = crashing("solver.log", when=lambda: bool(asked))
    agent = agent_of(Scripted(replies), Effort(rounds=1))
    report = run(tmp_path / "run", agent, WOODS, limits=RunLimits(concurrency=1))
    thread.join()
    assert objectives(report) == [180, None, 390, 60]
    assert report.samples[1].score.reason.startswith(
        "error: the solver broke down: its process was ended by the signal SIGSEGV"
    )
    assert report.missing == ()


def test_an_answer_that_takes_too_long_ends_its_solver(tmp_path: Path) -> None:
    agent = agent_of(Scripted([Formulation.model_validate(market_split()).to_json()] * 3))
    ours = agent.effort

    async def patient(question: Question) -> Answer:
        return await solve_problem(str(question), agent.model, ours)

    started, before = time.monotonic(), children()
    report = run(tmp_path, patient, WOODS[:1], limits=RunLimits(sample_seconds=2.0))
    assert report.samples[0].timed_out == 2.0
    assert time.monotonic() - started < 60
    assert children() == before


def test_a_model_of_ones_own_agent_is_recorded_and_counted(tmp_path: Path) -> None:
    usage = Usage(prompt_tokens=5, completion_tokens=2, cost=0.25)
    model = Scripted(lambda _: Reply(text="180", usage=usage, model="m"))

    async def asking(question: Question) -> float:
        request = Request(messages=(Message.user(str(question)),))
        return float((await InRun(model).reply(request)).text)

    report = run(tmp_path, asking, epochs=2)
    assert len(model.requests) == 6
    assert report.used.model_dump(exclude={"seconds"}) == {
        "calls": 6,
        "tokens": 42,
        "cost": 1.5,
        "evaluations": 6,
        "cpu_seconds": 0.0,
    }
    assert (report.samples[0].cost, report.samples[0].prompt_tokens) == (0.25, 5)


def test_what_an_agent_says_that_it_cost_is_kept(tmp_path: Path) -> None:
    said = {"0": 0.25, "1": None, "2": 0.0}

    async def paid(question: Question) -> Answer:
        return Answer(outcome=Outcome.solved, objective=180.0, cost=said[question.id])

    report = run(tmp_path, paid)
    assert [each.cost for each in report.samples] == [0.25, None, 0.0]


def test_a_model_outside_a_run_is_just_a_model() -> None:
    request = Request(messages=(Message.user("2 + 2?"),))
    assert asyncio.run(InRun(Scripted(["4"])).reply(request)).text == "4"


# --- scorers -------------------------------------------------------------------------------------


def test_a_scorer_of_ones_own_judges_and_may_fail(tmp_path: Path) -> None:
    def harsh(problem: Problem, answer: Answer) -> Score:
        if problem.id == "2":
            raise ZeroDivisionError("too much wood")
        return failed("nothing is good enough")

    report = run(tmp_path, joiner, scorer=harsh)
    assert verdicts(report) == ["error", "error", "unscored"]
    assert report.samples[2].score.reason == (
        "it could not be scored: ZeroDivisionError: too much wood"
    )


def test_answers_are_judged_anew_without_asking(tmp_path: Path) -> None:
    async def near(question: Question) -> float:
        return {"0": 180.1, "1": 211.0, "2": 390.0}[question.id]

    first = run(tmp_path, near)
    assert verdicts(first) == ["wrong", "wrong", "right"]
    again = asyncio.run(rescore(tmp_path, partial(score, tolerance=1e-3)))
    assert verdicts(again) == ["right", "wrong", "right"]
    assert "tolerance=0.001" in again.scorer
    assert verdicts(asyncio.run(rescore(tmp_path, partial(score, tolerance=0.05)))) == ["right"] * 3
    assert verdicts(asyncio.run(rescore(tmp_path))) == verdicts(first)
    assert Report.load(tmp_path).samples == first.samples


def test_a_run_that_goes_on_with_another_scorer_has_one_scorer(tmp_path: Path) -> None:
    async def near(question: Question) -> float:
        return 180.1

    first = interrupted(tmp_path, near, 1)
    assert verdicts(first) == ["wrong"] * 2  # the next is begun before the listener hears
    report = run(tmp_path, near, scorer=partial(score, tolerance=0.2))
    assert verdicts(report) == ["right", "right", "wrong"]
    assert len(list(read_journal(tmp_path / "run.journal", "scoring"))) == 1


# --- going on ------------------------------------------------------------------------------------


class Counting:
    """Hears a run, and asks it to end after some answers."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.interruption = Interruption()
        self.kept: Sequence[Answered] = ()
        self.came: list[str] = []
        self.total = 0
        self.used = Used()

    def began(self, kept: Sequence[Answered], total: int) -> None:
        self.kept, self.total = kept, total

    def ended(self, sample: Answered, used: Used) -> None:
        self.came.append(sample.problem)
        self.used = used
        if len(self.came) == self.most:
            self.interruption.ask()


def interrupted(folder: Path, agent: Any, after: int, **how: Any) -> Report:
    """Run, and be asked to end after some answers, one at a time."""
    heard = Counting(after)
    limits = RunLimits(concurrency=1)
    told = {"listener": heard, "interruption": heard.interruption, "limits": limits}
    return run(folder, agent, **told, **how)


def test_a_listener_hears_what_is_kept_and_what_comes(tmp_path: Path) -> None:
    heard = Counting()
    run(tmp_path, joiner, listener=heard)
    assert (len(heard.kept), heard.total, sorted(heard.came)) == (0, 3, ["0", "1", "2"])
    assert heard.used.evaluations == 3
    again = Counting()
    run(tmp_path, joiner, listener=again)
    assert (len(again.kept), again.total, again.came) == (3, 3, [])


def test_an_interruption_finishes_what_is_in_flight(tmp_path: Path) -> None:
    heard = Counting(1)
    begun: list[str] = []

    async def agent(question: Question) -> float:
        begun.append(question.id)
        await asyncio.sleep(0.01 * (1 + int(question.id)))
        return 180.0

    limits = RunLimits(concurrency=2)
    told: dict[str, Any] = {"listener": heard, "interruption": heard.interruption}
    report = run(tmp_path, agent, (42,) * 5, limits=limits, **told)
    assert report.stopped == "interrupted"
    assert sorted(heard.came) == begun == [each.problem for each in report.samples]
    assert len(begun) in (2, 3)  # the next may be begun before the listener hears


def test_an_abandoned_run_ends_at_once_and_goes_on(tmp_path: Path) -> None:
    heard = Counting()

    async def hanging(question: Question) -> float:
        heard.interruption.ask()
        heard.interruption.ask()
        await asyncio.sleep(3600)
        return 0.0

    told: dict[str, Any] = {"listener": heard, "interruption": heard.interruption}
    report = run(tmp_path, hanging, **told)
    assert (report.stopped, report.samples, report.metrics) == ("interrupted", (), None)
    assert len(report.missing) == 3


@pytest.mark.parametrize("after", [1, 5])
def test_a_run_that_is_gone_on_with_is_the_run_that_was_never_ended(
    tmp_path: Path, after: int
) -> None:
    woods = (42, 93, 50, 14)
    whole = run(tmp_path / "whole", careless, woods, epochs=2)
    interrupted(tmp_path / "parts", careless, after, woods=woods, epochs=2)
    parts = run(tmp_path / "parts", careless, woods, epochs=2)
    assert timeless(parts) == timeless(whole)
    keys = [
        [event.key for event in read_journal(tmp_path / name / "run.journal", "sample")]
        for name in ("whole", "parts")
    ]
    assert keys[0] == keys[1]


def timeless(report: Report) -> list[Any]:
    """All of a run but how long it took."""
    assert report.metrics is not None
    samples = [
        each.model_copy(
            update={
                "seconds": 0.0,
                "solver_seconds": None,
                "answer": each.answer.model_copy(update={"seconds": 0, "solver_seconds": None}),
            }
        )
        for each in report.samples
    ]
    times = {"seconds", "solver_seconds"}
    return [samples, report.metrics.model_dump(exclude=times), report.used.calls]


def test_a_run_goes_on_whatever_the_settings_of_its_agent_are_made_of(tmp_path: Path) -> None:
    class Odd:
        def __init__(self, **settings: Any) -> None:
            self.settings = settings

        async def __call__(self, question: Question) -> float:
            return 180.0

    odd = {"pair": (1, 2), "at": {1: 2}, "most": float("inf"), "signs": "\ud800 \ud83d\ude00"}
    first, second = (run(tmp_path, Odd(**odd), WOODS[:1]) for _ in range(2))
    assert first.facts == second.facts
    assert len(second.processes) == 2
    with pytest.raises(ConfigError, match="an agent's settings are what JSON can say"):
        run(tmp_path, Odd(kind=Odd), WOODS[:1])


def test_a_folder_holds_one_run(tmp_path: Path) -> None:
    run(tmp_path, joiner)
    with pytest.raises(ConfigError, match="holds another run, which differs in: agent; give"):
        run(tmp_path, careless)
    with pytest.raises(ConfigError, match="which differs in: epochs"):
        run(tmp_path, joiner, epochs=2)


def test_a_run_that_goes_on_elsewhere_is_left_alone(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.journal"), pytest.raises(JournalError, match="is open already"):
        run(tmp_path, joiner)


def test_a_data_set_in_which_an_id_is_there_twice_is_said(tmp_path: Path) -> None:
    twice = problems((42, 50))
    double = type(twice)(twice.facts, (*twice.problems, twice.problems[0]))
    with pytest.raises(ConfigError, match="chairs has more than one problem '0'"):
        asyncio.run(evaluate(joiner, double, run=tmp_path))


# --- a model on a server -------------------------------------------------------------------------


def test_a_model_on_a_server_is_asked_once_and_its_answers_are_scored(tmp_path: Path) -> None:
    with chat_server(script=serving) as server:
        report = run(tmp_path, on(server), WOODS)
        run(tmp_path, on(server), WOODS)
        assert len(server.bodies) == 4
    assert objectives(report) == pytest.approx([180, 210, 390, 60])
    assert verdicts(report) == ["right"] * 4
    assert report.name == "chairs, openai:m"
    first = report.samples[0]
    assert first.score.as_continuous is not None
    assert (first.score.feasible, first.attempts, first.prompt_tokens) == (True, 1, 11)
    assert report.metrics is not None
    assert report.metrics.cost is None


def test_each_epoch_is_asked_for_itself(tmp_path: Path) -> None:
    with chat_server(script=serving) as server:
        report = run(tmp_path, on(server), WOODS, epochs=3)
        assert len(server.bodies) == 12
        assert len({str(body["messages"]) for body in server.bodies}) == 4
    assert report.metrics is not None
    assert (report.metrics.samples, report.metrics.problems) == (12, 4)
    assert report.metrics.sa.problems == 4  # type: ignore[union-attr]


class Faulty:
    """Serves rightly, but for some requests by their number, from 0."""

    def __init__(self, **instead: Sent) -> None:
        self._instead = {int(name[1:]): sent for name, sent in instead.items()}
        self._count = -1

    def __call__(self, body: dict[str, Any]) -> Sent:
        self._count += 1
        return self._instead.get(self._count) or serving(body)


def test_replies_that_cannot_be_read_are_repaired_and_not_asked_for_again(tmp_path: Path) -> None:
    faulty = Faulty(
        _0=completion("I would rather not."),
        _1=Sent(b"<html>", headers={"Content-Type": "text/html"}),
    )
    with chat_server(script=faulty) as server:
        report = run(tmp_path, on(server), WOODS[:1], limits=RunLimits(concurrency=1))
        assert verdicts(report) == ["right"]
        assert report.samples[0].attempts == 3
        assert len(server.bodies) == 3
        forget_samples(tmp_path)
        again = run(tmp_path, on(server), WOODS[:1])
        assert len(server.bodies) == 3
    assert timeless(again)[:2] == timeless(report)[:2]


def forget_samples(folder: Path) -> None:
    """Leave a run as a kill does after the last reply."""
    import sqlite3

    with sqlite3.connect(folder / "run.journal") as rows:
        rows.execute("DELETE FROM events WHERE kind IN ('sample', 'failed')")
    rows.close()


def test_a_server_that_hangs_holds_only_its_own_answer_up(tmp_path: Path) -> None:
    patience = Patience(attempts=1, timeout=5.0)
    with chat_server(script=Faulty(_1=Sent(b"", hang=True))) as server:
        report = run(tmp_path, on(server, patience), WOODS, limits=RunLimits(concurrency=1))
        assert verdicts(report) == ["right", "error", "right", "right"]
        assert report.samples[1].trouble == "openai:m did not answer within 5 s"
        assert run(tmp_path, on(server, patience), WOODS).missing == ()
        assert len(server.bodies) == 5


def test_a_problem_that_takes_too_long_has_no_answer(tmp_path: Path) -> None:
    with chat_server(script=Faulty(_0=Sent(b"", hang=True))) as server:
        limits = RunLimits(concurrency=1, sample_seconds=3.0)
        report = run(tmp_path, on(server), WOODS[:2], limits=limits)
    assert verdicts(report) == ["error", "right"]
    assert report.samples[0].answer.message == "the time limit of 3 s is reached"
    assert report.samples[0].timed_out == 3.0


def test_errors_of_a_server_are_tried_again_and_then_told(tmp_path: Path) -> None:
    with chat_server(script=Faulty(_0=error(503, "busy"), _1=error(401, "who?"))) as server:
        report = run(tmp_path, on(server), WOODS[:2], limits=RunLimits(concurrency=1))
    assert verdicts(report) == ["error", "right"]
    assert "answered 401" in report.samples[0].trouble


class Crowded:
    """A server that takes so many at once, and says 429 to the others."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.within = 0
        self.refused = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, body: dict[str, Any]) -> Sent:
        with self._lock:
            if self.within >= self.room:
                self.refused += 1
                return error(429, "slow down")
            self.within += 1
            self.most = max(self.most, self.within)
        time.sleep(0.05)
        with self._lock:
            self.within -= 1
        return serving(body)


def test_a_crowded_server_is_asked_less_and_answers_everything(tmp_path: Path) -> None:
    crowded = Crowded(room=4)
    patience = Patience(attempts=20, first_wait=0.01, longest_wait=0.05)
    woods = [42 + n for n in range(60)]
    with chat_server(script=crowded) as server:
        report = run(tmp_path, light(server, patience), woods, limits=RunLimits(concurrency=32))
    assert verdicts(report) == ["right"] * 60
    assert report.used.calls == 60
    assert 0 < crowded.refused < 60  # without a throttle most calls are refused several times


def light(server: ChatServer, patience: Patience = HASTY) -> Any:
    """An agent that asks once and takes the number of chairs from the formulation."""
    model = InRun(OpenAI("m", base_url=server.url), patience)

    async def agent(question: Question) -> float:
        reply = await model.reply(Request(messages=(Message.user(str(question)),)))
        assert reply.text.startswith("{")
        return 30.0 * (float(question.split("there are ")[1].split(" m2")[0]) // 7)

    return agent


# --- budgets -------------------------------------------------------------------------------------


def test_a_budget_that_is_spent_leaves_the_rest_unanswered(tmp_path: Path) -> None:
    with chat_server(script=serving) as server:
        limits = RunLimits(calls=2, concurrency=1)
        report = run(tmp_path, on(server), WOODS, limits=limits)
        assert report.stopped == "the limit of 2 calls is reached; to go on, raise it"
        assert verdicts(report) == ["right", "right"]
        assert report.missing == (("2", 0), ("3", 0))
        same = run(tmp_path, on(server), WOODS, limits=limits)
        assert (len(same.samples), same.stopped, len(server.bodies)) == (2, report.stopped, 2)
        more = run(tmp_path, on(server), WOODS, limits=RunLimits(calls=4))
        assert (verdicts(more), more.stopped, len(server.bodies)) == (["right"] * 4, "", 4)


def test_an_answer_that_a_budget_cut_short_is_made_whole_later(tmp_path: Path) -> None:
    faulty = Faulty(_0=completion("Hm."))
    with chat_server(script=faulty) as server:
        report = run(tmp_path, on(server), WOODS[:1], limits=RunLimits(tokens=10))
        assert (report.samples, report.used.tokens) == ((), 14)
        assert "limit of 10 tokens" in report.stopped
        more = run(tmp_path, on(server), WOODS[:1], limits=RunLimits(tokens=100))
        assert verdicts(more) == ["right"]
        assert more.samples[0].attempts == 2
        assert len(server.bodies) == 2


def test_so_many_answers_may_be_the_limit(tmp_path: Path) -> None:
    report = run(tmp_path, joiner, limits=RunLimits(evaluations=2))
    assert len(report.samples) == 2
    assert "2 evaluations" in report.stopped
