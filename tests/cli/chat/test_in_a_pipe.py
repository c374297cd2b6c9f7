"""A conversation through a pipe: answers on stdout, the rest on stderr, and an exit code."""

import fcntl
import json
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.chat.terminal import SOLVITUR
from tests.cli.problems import CHAIRS, INFEASIBLE, TEXT, reply
from tests.llm.servers import Answer, chat_server

Scripted = Callable[..., str]


def piped(
    words: str, *arguments: str, preexec_fn: Callable[[], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "solvitur", "chat", *arguments],
        input=words,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=preexec_fn,
    )


def test_a_conversation_is_one_message_a_line(scripted: Scripted, home: Path) -> None:
    done = piped(f"{TEXT}\n\nwhy?\n/help quit\n", "--model", scripted(reply(CHAIRS)))

    assert done.returncode == 0
    answer, _, rest = done.stdout.partition("The highest value is 180: no plan is better.\n")
    assert answer.startswith("The highest value is 180.\n- chairs built: 6\n")
    assert "Assumed:\n- x takes whole numbers only\n" in answer
    assert rest == (
        "What holds it back:\n"
        "- stock: all of the 42 m2; one m2 more changes nothing; one m2 less costs 30\n"
        "Leave; the conversation is kept.\n\n/quit\n"
    )
    assert done.stderr == (
        f"> {TEXT}\n"
        "round 1, formulate (direct): 1 variable, 1 constraint\n"
        "round 1, check: no findings\n"
        "round 1, solve: solved, objective 180\n"
        "round 1, verify: confirmed\n"
        "> why?\n"
        "> /help quit\n"
        "Come back with: solvitur chat --continue\n"
    )


@pytest.mark.parametrize("words", [f'"""\n{TEXT}\n"""\n', f"{TEXT} \\\n\\\n"])
def test_a_message_may_have_several_lines_and_the_last_answer_is_the_exit_code(
    scripted: Scripted, words: str
) -> None:
    done = piped(words, "--model", scripted(reply(INFEASIBLE)))

    assert done.returncode == 3
    assert "There is no answer" in done.stdout or "contradict" in done.stdout


def test_what_is_wrong_is_said_and_the_next_line_is_read(scripted: Scripted) -> None:
    done = piped("/nonsense\n/help quit\n", "--model", scripted())

    assert done.returncode == 2
    assert done.stdout == "Leave; the conversation is kept.\n\n/quit\n"
    assert "Error: there is no command /nonsense; see /help\n" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("/set labour 5\n/solve\n", 2),  # there is no labour
        ("what if 5?\n/solve\n", 2),  # it says of nothing, and nobody can be asked
        ("/solve\n/set wood -1\n", 3),  # infeasible, which is an answer
        ("/set wood -1\n/solve\n/set wood 42\n", 0),
    ],
)
def test_what_was_not_done_is_the_exit_code_whatever_is_answered_later(
    home: Path, scripted: Scripted, words: str, code: int
) -> None:
    plan = home / "plan.json"
    plan.write_text(json.dumps(CHAIRS))

    done = piped(words, str(plan), "--model", scripted())

    assert done.returncode == code


def test_on_a_full_disk_every_line_says_what_the_matter_is(home: Path, scripted: Scripted) -> None:
    plan = home / "plan.json"
    plan.write_text(json.dumps(CHAIRS))
    words = f"/load {plan}\n/set wood 41\nwood is 40\n/why\n/show\n/history\n"

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (56_000, 56_000))

    done = piped(words, "--model", scripted(), preexec_fn=bounded)

    assert done.returncode == 2
    complaints = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert all("cannot be kept in" in line for line in complaints[:3])
    assert [line.partition(", as this is not done: /load /")[0] for line in complaints[3:]] == [
        "Error: there is no answer yet",
        "Error: there is no formulation yet",
    ]
    assert "not done yet" in done.stdout


def test_a_problem_that_no_formulation_came_of_is_no_success(scripted: Scripted) -> None:
    done = piped(f"{TEXT}\n/cost\n", "--model", scripted())

    assert "No formulation came of it" in done.stdout
    assert done.returncode == 8


def test_what_was_stopped_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    asked = threading.Event()

    def hang(body: dict[str, Any]) -> Answer:
        asked.set()
        return Answer(b"", hang=True)

    with chat_server(script=hang) as server:
        chat = ("chat", "--model", f"openai:m@{server.url}")
        with subprocess.Popen(
            [sys.executable, "-c", SOLVITUR, *chat],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stderr is not None
            process.stdin.write(f"{TEXT}\n")
            process.stdin.flush()
            assert asked.wait(120)
            process.send_signal(signal.SIGINT)
            process.stdin.close()
            said = process.stderr.read()

    assert process.returncode == 130
    assert "Stopped; nothing is lost." in said


def test_what_could_not_be_opened_leaves_no_conversation_behind(
    home: Path, scripted: Scripted
) -> None:
    model = scripted()
    (home / "plan.json").write_text(json.dumps(CHAIRS))
    piped("", "plan.json", "--model", model)
    (record,) = home.rglob("session.json")
    with (record.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = piped("", "--fork", record.parent.name, "--model", model)

    assert (done.returncode, done.stdout) == (2, "")
    assert "is open in another window" in done.stderr
    assert [*home.rglob("session.json")] == [record]


def test_five_elements_are_loaded_and_give_the_conversation_its_name(
    scripted: Scripted, home: Path
) -> None:
    (home / "my plan.json").write_text(json.dumps(CHAIRS))

    done = piped("", str(home / "my plan.json"), "--model", scripted())

    assert done.returncode == 0
    assert "180" in done.stdout
    (record,) = home.rglob("session.json")
    assert json.loads(record.read_text())["title"] == "Chairs"


def test_a_conversation_in_which_nothing_came_about_is_not_kept(
    scripted: Scripted, home: Path
) -> None:
    (home / "m1").write_text("no five elements")

    done = piped("/load nosuch.json\n/load m1\n/\n", "--model", scripted())

    assert "there is no file nosuch.json" in done.stderr
    assert "m1 holds no five elements: it is no JSON object, and neither Markdown" in done.stderr
    assert "there is no command /; see /help" in done.stderr
    assert "Come back" not in done.stderr
    assert list(home.rglob("session.json")) == []


def test_quit_leaves_without_its_slash_too(scripted: Scripted) -> None:
    done = piped("Exit.\n/help quit\n", "--model", scripted())

    assert (done.returncode, done.stdout) == (0, "")


def test_what_cannot_be_opened_is_said_in_a_line(scripted: Scripted) -> None:
    done = piped("", "--model", scripted(), "--resume", "nothing")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: there is no conversation 'nothing'; there is none yet (solvitur sessions list)\n"
    )
