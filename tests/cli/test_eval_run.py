"""``solvitur eval run`` and ``eval score``, against a real server on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solvitur.eval import Report
from tests.cli.chat.terminal import CTRL_C, Terminal
from tests.cli.conftest import Run
from tests.cli.problems import market_split
from tests.eval.runs import formulating, question
from tests.llm.servers import Answer, ChatServer, chat_server, completion, error
from tests.llm.servers import Answer as Sent
from tests.runs.processes import children, holding, is_there, wait_until


class Serving:
    """Serves rightly after some seconds; counts how often each question was answered."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.answered: dict[str, int] = {}
        self.instead: dict[str, Answer] = {}
        """By a part of the question."""
        self._lock = threading.Lock()

    def __call__(self, body: dict[str, Any]) -> Answer:
        text = body["messages"][-1]["content"]
        for part, answer in self.instead.items():
            if part in text:
                return answer
        time.sleep(self.seconds)
        with self._lock:
            self.answered[text] = self.answered.get(text, 0) + 1
        return completion(formulating(text))


@pytest.fixture
def serving() -> Serving:
    return Serving()


@pytest.fixture
def server(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("SOLVITUR_ATTEMPTS", "1")
    with chat_server(script=serving) as running:
        yield running


@pytest.fixture
def chairs(home: Path) -> str:
    """A file of four problems; the label of the last is wrong."""
    rows = [
        {"question": question(w), "answer": 30 * (w // 7), "tags": "small"} for w in (42, 50, 93)
    ]
    rows.append({"question": question(99), "answer": 421})
    path = home / "chairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return "chairs.jsonl"


@pytest.fixture
def many(home: Path) -> int:
    """Write a file of many problems; give how many."""
    rows = [{"question": question(42 + n), "answer": 30 * ((42 + n) // 7)} for n in range(40)]
    (home / "many.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return len(rows)


def lines(shown: str) -> list[str]:
    return [" ".join(line.split()) for line in shown.splitlines()]


def test_a_served_model_has_as_many_requests_in_flight_as_are_asked_for(
    run: Run, home: Path
) -> None:
    rows = [{"question": question(42 + n), "answer": 30 * ((42 + n) // 7)} for n in range(64)]
    (home / "most.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    all_are_there = threading.Barrier(64)

    def answer(body: dict[str, Any]) -> Answer:
        all_are_there.wait(120)  # nobody is answered before everybody has asked
        return completion(formulating(body["messages"][-1]["content"]))

    with chat_server(script=answer) as server:
        model = f"vllm:m@{server.url}"
        done = run("eval", "run", "most.jsonl", "--model", model, "--concurrency", "64")
    assert done.code == 0
    assert "64 answers: 64 right, 0 wrong" in done.out


def test_a_run_ends_with_its_figures_and_its_folder(
    run: Run, home: Path, server: ChatServer, chairs: str
) -> None:
    done = run("eval", "run", chairs, "--model", f"openai:m@{server.url}")
    assert done.code == 0
    shown = lines(done.out)
    assert shown[:5] == [
        "chairs, openai:m: 4 problems",
        "4 answers: 3 right, 1 wrong, 0 error, 0 unscored",
        "",
        "SA, solving accuracy 75.0 % (30.1 to 95.4) of 4",
        "within 1e-6 75.0 % (30.1 to 95.4) of 4",
    ]
    assert "with continuous numbers 25.0 % (4.6 to 69.9) of 4" in shown
    assert "ER, execution rate 100.0 % (51.0 to 100.0) of 4" in shown
    assert "AST, average solving times 1.00 (1.00 to 1.00) of 4" in shown
    assert "tokens 14 14 56" in shown
    assert "US dollars not known" in shown
    assert lines(done.err)[-1].startswith("4 of 4: 3 right, 1 wrong, 0 error; ")
    folder = Path(shown[-1].removeprefix("run: "))
    assert folder.parent == home / "data" / "solvitur" / "runs"
    assert verdicts(Report.load(folder)) == ["right", "right", "right", "wrong"]


def verdicts(report: Report) -> list[str]:
    return [each.score.verdict.value for each in report.samples]


def test_the_same_command_asks_nothing_again(run: Run, server: ChatServer, chairs: str) -> None:
    command = ("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--json")
    first, second = run(*command).envelope, run(*command).envelope
    assert len(server.bodies) == 4
    assert first["metrics"] == second["metrics"]
    assert first["run"] == second["run"]
    assert (first["metrics"]["sa"]["value"], first["used"]["calls"]) == (0.75, 4)
    assert run(*command, "--epochs", "2").envelope["run"] != first["run"]
    assert len(server.bodies) == 12


def test_problems_are_chosen_by_id_tag_and_number(
    run: Run, server: ChatServer, chairs: str
) -> None:
    def ids(*flags: str) -> list[str]:
        done = run("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--json", *flags)
        found: list[str] = done.envelope["facts"]["ids"]
        return found

    everything = ids()
    assert ids("--limit", "2") == everything[:2]
    assert ids("--ids", f"{everything[2]}, {everything[0]}") == [everything[2], everything[0]]
    shuffled = ids("--shuffle", "--seed", "3")
    assert (shuffled != everything, sorted(shuffled)) == (True, sorted(everything))
    assert len(server.bodies) == 4 + 2 + 2 + 4
    nobody = run("eval", "run", chairs, "--filter", "large")
    assert nobody.code == 2
    assert "--filter: no problem has the tag 'large'; " in nobody.err


def test_an_unknown_set_id_or_model_is_a_wrong_call(run: Run, chairs: str) -> None:
    assert run("eval", "run", "wordproblems").code == 2
    assert "has no problem '9'" in run("eval", "run", chairs, "--ids", "9").err
    assert run("eval", "run", chairs, "--model", "nobody").code == 2


def test_what_failed_is_told_and_tried_again(
    run: Run, server: ChatServer, serving: Serving, chairs: str
) -> None:
    serving.instead = {"there are 50 m2": error(500, "out of order")}
    command = ("eval", "run", chairs, "--model", f"openai:m@{server.url}")
    done = run(*command)
    assert done.code == 1
    assert "4 answers: 2 right, 1 wrong, 1 error, 0 unscored" in done.out
    assert "1 failed, and is tried again by the same command:\n- 2: openai:m at " in done.err
    serving.instead = {}
    assert run(*command).code == 0
    assert len(server.bodies) == 5


def test_a_problem_that_takes_too_long_is_told(
    run: Run, server: ChatServer, serving: Serving, chairs: str
) -> None:
    serving.instead = {"there are 50 m2": Sent(b"", hang=True)}
    command = ("eval", "run", chairs, "--model", f"openai:m@{server.url}")
    done = run(*command, "--time-limit", "3")
    assert done.code == 0
    assert "1 ran out of time, and is tried again with a longer --time-limit." in done.err


def test_a_budget_that_is_spent_ends_the_run_and_is_told(
    run: Run, server: ChatServer, chairs: str
) -> None:
    command = ("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--concurrency", "1")
    done = run(*command, "--max-cost", "1")
    assert done.code == 7
    assert "1 answer: 1 right" in done.out
    assert "3 are not answered: the limit of 1.0 US dollars cannot be kept" in done.err
    assert run(*command).code == 0
    assert len(server.bodies) == 4


def test_a_run_is_scored_anew_by_its_name(run: Run, server: ChatServer, chairs: str) -> None:
    made = run("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--json").envelope
    name = Path(made["run"]).name
    again = run("eval", "score", name, "--tolerance", "0.01", "--json").envelope
    assert again["metrics"]["sa"]["value"] == 1.0
    assert again["metrics"]["sa_strict"]["value"] == 0.75
    assert "tolerance=0.01" in again["scorer"]
    assert len(server.bodies) == 4
    assert (
        "4 answers: 4 right, 0 wrong"
        in run("eval", "score", made["run"], "--tolerance", "0.01").out
    )
    nobody = run("eval", "score", f"{name[:-1]}-")
    assert (nobody.code, f"did you mean {name!r}?" in nobody.err) == (2, True)


def test_a_run_of_one_problem_is_told_as_one(run: Run, server: ChatServer, chairs: str) -> None:
    done = run("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--limit", "1")
    assert lines(done.out)[:2] == [
        "chairs, openai:m: 1 problem",
        "1 answer: 1 right, 0 wrong, 0 error, 0 unscored",
    ]


def test_answers_are_judged_by_the_labels_of_others_as_well(
    run: Run, home: Path, server: ChatServer, chairs: str
) -> None:
    rows = [{"question": question(w), "answer": 30 * (w // 7)} for w in (50, 99)]
    (home / "mended.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    made = run("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--json").envelope
    assert made["metrics"]["sa_by_label"] == {}
    command = ("eval", "score", made["run"], "--labels", "mended.jsonl")
    shown = lines(run(*command).out)
    assert "SA, solving accuracy 75.0 % (30.1 to 95.4) of 4" in shown
    assert "by the label: mended 100.0 % (34.2 to 100.0) of 2" in shown
    assert len(server.bodies) == 4
    assert run("eval", "score", made["run"], "--json").envelope["metrics"]["sa_by_label"] == {}
    other = {"question": "How many desks?", "answer": 3}
    (home / "other.jsonl").write_text(json.dumps(other), encoding="utf-8")
    strange = run("eval", "score", made["run"], "--labels", "other.jsonl")
    assert (
        strange.code,
        "other has no question of this run that both have a label of" in strange.err,
    ) == (2, True)


# --- on a terminal -------------------------------------------------------------------------------


def typed(server: ChatServer, *flags: str) -> Terminal:
    named = ("--model", f"openai:m@{server.url}", "--run", "kept", "--concurrency", "4")
    return Terminal("eval", "run", "many.jsonl", *named, *flags, columns=100, rows=40)


def test_a_terminal_shows_how_a_run_goes_on_and_then_only_what_it_came_to(
    server: ChatServer, serving: Serving, many: int
) -> None:
    serving.seconds = 0.1
    with typed(server) as terminal:
        shown = terminal.wait_until(lambda text: " left" in text)
        view = rf"━[━╸╺]* +\d+ of {many}: \d+ right, 0 wrong, 0 error; [\d.]+/(s|min), [\d:]+ left"
        assert re.fullmatch(view, shown)
        early = int(re.findall(rf"(\d+) of {many}", shown)[-1])
        terminal.wait_until(lambda text: f"{early} of {many}" not in text)
        assert terminal.wait_for_end() == 0
    shown = terminal.text
    assert re.match(rf"{many} of {many}: {many} right, 0 wrong, 0 error; [\d:]+\n", shown)
    assert f"{many} answers: {many} right, 0 wrong, 0 error, 0 unscored" in shown
    assert "━" not in shown
    assert " left" not in shown


def test_ctrl_c_on_a_terminal_leaves_the_view_until_what_is_in_flight_is_done(
    server: ChatServer, serving: Serving, many: int
) -> None:
    serving.seconds = 0.5
    with typed(server) as terminal:
        terminal.wait_until(lambda text: " left" in text)
        terminal.type(CTRL_C)
        shown = terminal.wait_for("Finishing what is in flight; Ctrl-C again stops at once")
        terminal.wait_until(lambda text: text.find("Finishing") < text.rfind(f" of {many}: "))
        assert terminal.wait_for_end() == 130
    shown = terminal.text
    assert "━" not in shown
    assert "are not answered: interrupted; the same command goes on there." in shown


# --- killed, and interrupted ---------------------------------------------------------------------


class Command:
    """The same command as processes of their own."""

    def __init__(self, home: Path, server: ChatServer, *flags: str) -> None:
        named = ["--model", f"openai:m@{server.url}", "--run", "kept"]
        command = [sys.executable, "-m", "solvitur", "eval", "run", "many.jsonl"]
        self._command = [*command, *named, *flags]
        self._home = home

    def begun(self) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command, stdout=pipe, stderr=pipe, text=True, cwd=self._home)


def wait_for(serving: Serving, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(serving.answered) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_run_that_is_killed_again_and_again_pays_nothing_twice(
    home: Path, server: ChatServer, serving: Serving, many: int
) -> None:
    serving.seconds = 0.05
    command = Command(home, server, "--concurrency", "4")
    for count in (5, 20):
        with command.begun() as process:
            wait_for(serving, count)
            os.kill(process.pid, signal.SIGKILL)
    with command.begun() as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert f"{many} answers: {many} right, 0 wrong" in out
    assert sum(serving.answered.values()) <= many + 2 * 4  # what was in flight at each kill
    report = Report.load(home / "kept")
    assert report.used.calls == many
    assert len(report.processes) == 3


def test_the_first_interruption_finishes_what_is_in_flight(
    home: Path, server: ChatServer, serving: Serving, many: int
) -> None:
    serving.seconds = 0.3
    command = Command(home, server, "--concurrency", "4")
    with command.begun() as process:
        wait_for(serving, 2)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert "Finishing what is in flight; Ctrl-C again stops at once" in err
    report = Report.load(home / "kept")
    assert 4 <= len(report.samples) < many
    assert report.used.calls == len(server.bodies) == len(report.samples)
    assert f"{len(report.samples)} answers: " in out
    assert "are not answered: interrupted; the same command goes on there." in err


def test_the_second_interruption_stops_at_once(
    home: Path, server: ChatServer, serving: Serving, many: int
) -> None:
    serving.instead = {"there are 43 m2": Answer(b"", hang=True)}
    with Command(home, server, "--concurrency", "4").begun() as process:
        wait_for(serving, 8)
        os.kill(process.pid, signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "answers: " in out


def test_the_second_interruption_ends_a_solver_that_is_at_work(
    home: Path, server: ChatServer, serving: Serving, many: int
) -> None:
    serving.instead = {"there are 43 m2": completion(json.dumps(market_split()))}
    with Command(home, server, "--concurrency", "4").begun() as process:
        wait_for(serving, many - 1)
        wait_until(lambda: len(Report.load(home / "kept").samples) == many - 1)
        wait_until(lambda: bool(holding("solver.log", process.pid)))
        workers = children(process.pid)
        os.kill(process.pid, signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f"{many - 1} answers: {many - 1} right" in out
    assert "1 is not answered: interrupted; the same command goes on there." in err
    assert not any(map(is_there, workers))
