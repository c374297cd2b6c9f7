"""Commands that need a terminal: an editor that takes it over, a file that is written over."""

import json
from pathlib import Path

import pytest

from solvitur.agents.chat.sessions import Sessions
from solvitur.formulation import Formulation
from tests.cli.chat.commands.conftest import SHOP
from tests.cli.chat.terminal import CTRL_C, ENTER, TAB, Terminal

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
READY = "0 tokens"
EDITOR = """\
#!/bin/sh
trap 'echo pressed Ctrl-C' INT
echo "the editor has $1"
line=
while [ -z "$line" ]; do read line; done
sed -i "$line" "$1"
"""


@pytest.fixture
def editor(home: Path) -> str:
    """An editor that reads one command from the terminal."""
    path = home / "ed"
    path.write_text(EDITOR)
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def plan(home: Path) -> None:
    (home / "shop.json").write_text(json.dumps(SHOP))


@pytest.fixture
def model(home: Path) -> str:
    (home / "no.jsonl").write_text("")
    return f"scripted:{home / 'no.jsonl'}"


def test_an_editor_takes_the_terminal_over_and_gives_it_back(
    plan: None, model: str, editor: str
) -> None:
    with Terminal("chat", "--model", model, rows=60, VISUAL=editor) as terminal:
        terminal.wait_for(READY)
        terminal.type("/load shop.json", ENTER)
        terminal.wait_for("450")
        terminal.type("/edit", ENTER)
        terminal.wait_for("the editor has ")
        terminal.type(CTRL_C)
        terminal.wait_for("pressed Ctrl-C")
        terminal.type("s/`labour` = 40/`labour` = 30/", ENTER)
        terminal.wait_for("parameter 'labour': 40 -> 30 [h]")
        terminal.wait_for("360")
        terminal.wait_for(READY)
        terminal.type("/show data", ENTER)
        terminal.wait_for("labour = 30 h")
        terminal.type("/quit", ENTER)
        assert terminal.wait_for_end() == 0


def test_a_file_is_written_over_after_a_yes(plan: None, model: str, home: Path) -> None:
    (home / "plan.json").write_text("mine")
    with Terminal("chat", "--model", model, rows=60) as terminal:
        terminal.wait_for(READY)
        terminal.type("/load shop.json", ENTER)
        terminal.wait_for("450")
        for reply, words in (("", "Nothing is written."), ("y", "plan.json is written.")):
            terminal.type("/export plan.json", ENTER)
            terminal.wait_until(lambda text: text.rstrip().endswith("write over it? [y/N]"))
            assert (home / "plan.json").read_text() == "mine"
            terminal.type(reply, ENTER)
            terminal.wait_for(words)
        terminal.type("/quit", ENTER)
        terminal.wait_for_end()
    assert Formulation.from_file(home / "plan.json") == Formulation.model_validate(SHOP)


def test_a_fork_goes_on_and_both_are_kept(plan: None, model: str, home: Path) -> None:
    sessions = Sessions(home / "data" / "solvitur" / "sessions")
    with Terminal("chat", "--model", model, rows=60) as terminal:
        terminal.wait_for(READY)
        terminal.type("/load shop.json", ENTER)
        terminal.wait_for("450")
        terminal.type("/fork", ENTER)
        terminal.wait_for("stays as it is")
        terminal.type("/set lab")
        terminal.wait_for(" labour")
        terminal.type(TAB)
        terminal.wait_for("> /set labour")
        terminal.type(" 30", ENTER)
        terminal.wait_for("360")
        terminal.type("/quit", ENTER)
        assert terminal.wait_for_end() == 0
    assert len(list(sessions)) == 2
    assert not any(each.is_open or each.is_damaged for each in sessions)
