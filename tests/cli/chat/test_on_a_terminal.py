"""A conversation on a terminal: what is typed, and what the screen shows then, line by line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.chat.terminal import (
    CTRL_C,
    CTRL_D,
    ENTER,
    UP,
    Terminal,
)
from tests.cli.problems import CHAIRS, TEXT, reply

Scripted = Callable[..., str]
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

READY = "0 tokens"
"""What the toolbar says once the conversation is open."""
TOOLBAR = re.compile(r"\n+[^\n]* tokens · [^\n]*\Z")
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
- x = 6 (chairs built)
Fully used: stock.
Certificate: MILP, HiGHS V, proved optimal; bound 180; gap 0; checked again
on the formulation: all 2 rows and bounds hold (largest violation 0.0e+00)
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


# --- typing --------------------------------------------------------------------------------------


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
