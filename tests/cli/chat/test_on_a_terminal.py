"""A conversation on a terminal: what is typed, and what the screen shows then, line by line."""

import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.chat.terminal import (
    ALT_ENTER,
    CTRL_C,
    CTRL_D,
    ENTER,
    TAB,
    UP,
    Terminal,
)
from tests.cli.problems import CHAIRS, TEXT, reply, subset_sum
from tests.llm.servers import Answer, chat_server, completion, stream

Scripted = Callable[..., str]
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

READY = "0 tokens"
"""What the toolbar says once the conversation is open."""
TOOLBAR = re.compile(r"\n+([^\n]* tokens · [^\n]*|Ctrl-C again leaves)\Z")
BANNER = "solvitur with replies.jsonl; /help says what can be typed."
PROPOSAL = """\
Chairs

You decide:
- chairs built: a whole number, 0 or more

The goal is to make this as large as possible:
- 30 for each chair built

Limits:
- stock: 7 for each chair built is at most 42 m2

Is this what you mean?
"""


WHY = """\
The highest value is 180: no plan is better.
What holds it back:
- stock: all of the 42 m2; one m2 more changes nothing; one m2 less costs 30
"""
ANSWER = """\
The highest value is 180.
- chairs built: 6
Fully used: stock.
Certificate: proved optimal, and checked again on the formulation
Confidence: C
Assumed:
- x takes whole numbers only
- x is not negative
"""


def masked(text: str) -> str:
    """Hide what is different every time: the name, the version, the confidence."""
    text = re.sub(r"\d{8}-\d{4}-\w{4}", "ID", text)
    text = re.sub(r"HiGHS [\d.]+", "HiGHS V", text)
    return re.sub(r"Confidence: .*?(?=\nAssumed)", "Confidence: C", text, flags=re.DOTALL)


def at_prompt(terminal: Terminal, words: str) -> str:
    """Wait for words and for the next prompt below; give the screen without its toolbar."""
    shown = terminal.wait_until(lambda text: words in text and TOOLBAR.search(text) is not None)
    return masked(TOOLBAR.sub("", shown).rstrip())


# --- from a problem to an answer -----------------------------------------------------------------


def test_a_problem_is_proposed_solved_explained_and_kept(scripted: Scripted) -> None:
    with Terminal("chat", "--model", scripted(reply(CHAIRS)), rows=50) as terminal:
        terminal.wait_for(READY)
        terminal.type(TEXT, ENTER)
        proposed = at_prompt(terminal, "> Enter says yes")
        terminal.type(ENTER)
        solved = at_prompt(terminal, "Assumed:")
        terminal.type("why?", ENTER)
        explained = at_prompt(terminal, "> why?\nThe highest")
        terminal.type("/quit", ENTER)
        assert terminal.wait_for_end() == 0
        left = masked(terminal.text)

    assert proposed == f"{BANNER}\n> {TEXT}\n{PROPOSAL}\n> Enter says yes"
    assert solved == f"{BANNER}\n> {TEXT}\n{PROPOSAL}\n>\n{ANSWER}\n>"
    assert explained == f"{solved} why?\n{WHY}\n>"
    assert left == f"{explained} /quit\nCome back with: solvitur chat --continue"


def test_a_narrow_terminal_breaks_lines_between_words(scripted: Scripted) -> None:
    model = scripted(reply(CHAIRS))
    with Terminal("chat", TEXT, "--model", model, columns=40, rows=40) as terminal:
        shown = at_prompt(terminal, "> Enter says yes")
        terminal.resize(60, 40)
        terminal.type("x")
        terminal.wait_until(lambda text: len(text.splitlines()[-1]) > 40)
        terminal.type(CTRL_D, CTRL_C, CTRL_D)
        assert terminal.wait_for_end() == 0

    assert (
        shown
        == """\
solvitur with replies.jsonl; /help says
what can be typed.
> A chair earns 30 and takes 7 m2 of
wood; there are 42 m2. How many chairs?
Chairs

You decide:
- chairs built: a whole number, 0 or
  more

The goal is to make this as large as
possible:
- 30 for each chair built

Limits:
- stock: 7 for each chair built is at
  most 42 m2

Is this what you mean?

> Enter says yes"""
    )


# --- stopping ------------------------------------------------------------------------------------


def hanging_once(asked: threading.Event) -> Callable[[dict[str, Any]], Answer]:
    """A server's answers: none to the first request, then the chairs."""
    hangs = iter([True])

    def answer(body: dict[str, Any]) -> Answer:
        asked.set()
        if next(hangs, False):
            return Answer(b"", hang=True)
        return stream([reply(CHAIRS)]) if body.get("stream") else completion(reply(CHAIRS))

    return answer


def test_ctrl_c_stops_the_model_and_what_was_stopped_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    asked = threading.Event()

    with chat_server(script=hanging_once(asked)) as server:
        model = f"openai:m@{server.url}"
        with Terminal("chat", TEXT, "--model", model, rows=30) as terminal:
            assert asked.wait(120)
            working = terminal.wait_for("formulating")
            terminal.type(CTRL_C)
            stopped = at_prompt(terminal, "> Enter goes on with it")
            terminal.type(ENTER)
            proposed = at_prompt(terminal, "> Enter says yes")
            terminal.type(CTRL_C)
            terminal.wait_for("Ctrl-C again leaves")
            terminal.type(CTRL_C)
            assert terminal.wait_for_end() == 0

        with Terminal("chat", "--continue", "--model", model, rows=30) as terminal:
            again = at_prompt(terminal, "> Enter says yes")
            terminal.type(CTRL_D)
            assert terminal.wait_for_end() == 0

    banner = BANNER.replace("replies.jsonl", "m")
    head = f"{banner}\n> {TEXT}\n"
    assert re.fullmatch(re.escape(head) + r"\S formulating \d+ s", working)
    assert stopped == (
        f"{head}Stopped; nothing is lost. Ctrl-C again leaves.\n> Enter goes on with it"
    )
    assert (
        proposed
        == f"{stopped.removesuffix(' Enter goes on with it')}\n{PROPOSAL}\n> Enter says yes"
    )
    assert again == f"{head}{PROPOSAL}\n> Enter says yes"
    assert len(server.bodies) == 2


def test_a_turn_that_a_kill_cut_off_is_shown_and_gone_on_with_after_an_enter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    asked = threading.Event()

    with chat_server(script=hanging_once(asked)) as server:
        model = f"openai:m@{server.url}"
        with Terminal("chat", TEXT, "--model", model, rows=30) as terminal:
            assert asked.wait(120)
            os.kill(terminal.process, signal.SIGKILL)
        with Terminal("chat", "--continue", "--model", model, rows=30) as terminal:
            waiting = at_prompt(terminal, "> Enter goes on with it")
            terminal.type(ENTER)
            at_prompt(terminal, "> Enter says yes")
            terminal.type(CTRL_D)
            assert terminal.wait_for_end() == 0

    banner = BANNER.replace("replies.jsonl", "m")
    assert waiting == (
        f"{banner}\n> {TEXT}\nThis was cut off; nothing is lost.\n> Enter goes on with it"
    )


def test_ctrl_c_stops_the_solver_and_shows_the_best_point_so_far(
    home: Path, scripted: Scripted
) -> None:
    model = scripted(reply(subset_sum()))
    words = "Choose from 60 numbers so that 5 sums come near to their goals."
    with Terminal("chat", words, "--yes", "--model", model, rows=60) as terminal:
        terminal.wait_for("objective ")
        terminal.type(CTRL_C)
        shown = at_prompt(terminal, "Certificate: ")
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0

    assert "stopped: interrupted" in " ".join(shown.split())


# --- typing --------------------------------------------------------------------------------------


def test_messages_are_typed_over_lines_pasted_recalled_and_completed(scripted: Scripted) -> None:
    with Terminal("chat", "--model", scripted(), rows=20) as terminal:
        terminal.wait_for(READY)
        terminal.type("one \\", ENTER, "two", ALT_ENTER, "three")
        in_lines = at_prompt(terminal, "three")
        terminal.type(CTRL_C)
        terminal.type('"""four', ENTER, "five")
        in_a_block = at_prompt(terminal, "five")
        terminal.type(CTRL_C)
        terminal.paste("A chair earns 30.\nThere are 42 m2.\n")
        pasted = at_prompt(terminal, "There are 42 m2.")
        terminal.type(CTRL_C)
        terminal.type("/hel")
        terminal.wait_for(" /help\n")
        terminal.type(TAB)
        completed = at_prompt(terminal, "> /help")
        terminal.type(" quit", ENTER)
        helped = at_prompt(terminal, "Leave; the conversation is kept.")
        terminal.type(UP)
        recalled = at_prompt(terminal, "\n> /help quit\n\n")
        terminal.type(CTRL_C, CTRL_C)
        terminal.wait_for("Ctrl-C again leaves")
        terminal.type(CTRL_C)
        assert terminal.wait_for_end() == 0
        left = terminal.text

    assert in_lines == f"{BANNER}\n> one \\\n  two\n  three"
    assert in_a_block == f'{BANNER}\n> """four\n  five'
    assert pasted == f"{BANNER}\n> A chair earns 30.\n  There are 42 m2."
    assert completed == f"{BANNER}\n> /help\n       /help"
    assert helped == f"{BANNER}\n> /help quit\nLeave; the conversation is kept.\n\n/quit\n>"
    assert recalled == f"{helped} /help quit"
    assert left == helped


def test_history_is_kept_for_the_next_time_and_no_empty_conversation_is(
    home: Path, scripted: Scripted
) -> None:
    with Terminal("chat", "--model", scripted(), rows=20) as terminal:
        terminal.wait_for(READY)
        terminal.type("/help quit", ENTER)
        at_prompt(terminal, "is kept")
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0
    with Terminal("chat", "--model", scripted(), rows=20) as terminal:
        terminal.wait_for(">")
        terminal.type(UP)
        terminal.wait_for("> /help quit")
        terminal.type(CTRL_C, CTRL_D)
        assert terminal.wait_for_end() == 0

    (history,) = home.rglob("history")
    assert history.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in history.parent.iterdir()] == ["history"]


# --- plain terminals -----------------------------------------------------------------------------


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_wants_none_gets_no_colours(
    scripted: Scripted, variables: dict[str, str]
) -> None:
    with Terminal("chat", "--model", scripted(reply(CHAIRS)), rows=40, **variables) as terminal:
        terminal.wait_for("\n>")
        terminal.type(TEXT, ENTER)
        terminal.wait_for("Is this what you mean?")
        terminal.wait_for("says yes")
        terminal.type("yes", ENTER)
        terminal.wait_for("Assumed:")
        terminal.type("/quit", ENTER)
        assert terminal.wait_for_end() == 0

    assert (
        re.search(rb"\x1b\[(?:\d+;)*(?:[349][0-7]|10[0-7]|[34]8)(?:;\d+)*m", terminal.raw) is None
    )
    assert (b"\x1b" in terminal.raw) is ("NO_COLOR" in variables)
