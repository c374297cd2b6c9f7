"""``solvitur sessions``: list, show, export and delete, on conversations that were really had."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from solvitur.agents.chat.conversation import Conversation
from solvitur.agents.chat.sessions import Sessions
from solvitur.cli.app import app
from solvitur.cli.files import read_formulation
from solvitur.formulation import Formulation
from solvitur.llm import Scripted
from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS, TEXT, reply

Had = Callable[..., str]
FIVE = Formulation.model_validate(CHAIRS)
FEWER = FIVE.model_copy(
    update={"parameters": (FIVE.parameters[0].model_copy(update={"value": 21.0}),)}
)


@pytest.fixture
def sessions(home: Path) -> Sessions:
    return Sessions(home / "data" / "solvitur" / "sessions")


@pytest.fixture(scope="module")
def talked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Have a conversation: a problem, a yes, a change; give back its folder."""
    folder = tmp_path_factory.mktemp("talked")

    async def talk() -> None:
        async with Conversation(folder, Scripted([reply(CHAIRS)])) as talk:
            await talk.say(TEXT)
            await talk.solve()
            await talk.change(FEWER, "/set wood 21")

    asyncio.run(talk())
    return folder


@pytest.fixture
def had(sessions: Sessions, talked: Path) -> Had:
    """Keep such a conversation under a title; give back its id."""

    def keep(title: str = TEXT, *, hours_ago: float = 0) -> str:
        folder = sessions.create(model="scripted")
        shutil.copytree(talked, folder, dirs_exist_ok=True)
        sessions.note(folder, title=title)
        for file in (*folder.iterdir(), folder):
            then = folder.stat().st_ctime - 3600 * hours_ago
            os.utime(file, (then, then))
        return folder.name

    return keep


def lines(shown: str) -> list[list[str]]:
    return [line.split() for line in shown.splitlines()]


# --- list ----------------------------------------------------------------------------------------


def test_without_a_conversation_it_is_said_how_to_begin(run: Run) -> None:
    done = run("sessions", "list")

    assert (done.code, done.out) == (0, "")
    assert done.err == "There is no conversation yet; begin one: solvitur chat\n"
    assert run("sessions", "list", "--json").envelope == {"sessions": []}


def test_the_list_begins_with_the_one_that_was_used_last(
    run: Run, had: Had, sessions: Sessions
) -> None:
    old, new = had("Old chairs", hours_ago=2), had("New chairs")
    (sessions.folder / "20200101-0000-dead").mkdir()

    done = run("sessions", "list")

    assert (done.code, done.err) == (0, "")
    shown = lines(done.out)
    assert shown[0] == ["id", "last", "used", "model", "about"]
    assert {(row[0], *row[3:]) for row in shown[1:]} == {
        (new, "scripted", "New", "chairs"),
        (old, "scripted", "Old", "chairs"),
        ("20200101-0000-dead", "(damaged)"),
    }
    assert [row[0] for row in shown].index(new) < [row[0] for row in shown].index(old)
    listed = run("sessions", "list", "--json").envelope["sessions"]
    assert {each["id"]: each["is_damaged"] for each in listed} == {
        new: False,
        old: False,
        "20200101-0000-dead": True,
    }
    assert [each["title"] for each in listed if each["id"] == new] == ["New chairs"]


@pytest.mark.parametrize("name", ["session.json", "conversation.sqlite"])
def test_a_conversation_that_is_damaged_is_listed_as_that(
    run: Run, had: Had, sessions: Sessions, name: str
) -> None:
    one = had()
    (sessions.folder / one / name).write_bytes(b"\x00 no such thing")

    done = run("sessions", "list")

    assert (done.code, done.err) == (0, "")
    assert lines(done.out)[1][-1] == "(damaged)"
    assert run("sessions", "list", "--json").envelope["sessions"][0]["is_damaged"] is True


def test_a_title_that_would_act_on_the_terminal_is_shown_by_its_codes(run: Run, had: Had) -> None:
    had("chairs \x1b[2J\u202e")

    assert "chairs \\x1b[2J\\u202e" in run("sessions", "list").out


# --- show and export -----------------------------------------------------------------------------


def test_a_conversation_is_shown_as_it_went(run: Run, had: Had) -> None:
    done = run("sessions", "show", had())

    assert (done.code, done.err) == (0, "")
    assert [line for line in done.out.splitlines() if line.startswith("> ")] == [
        f"> {TEXT}",
        "> /solve",
        "> /set wood 21",
    ]
    assert "The highest value is 180" in done.out


def test_several_are_shown_one_after_the_other_each_once(run: Run, had: Had) -> None:
    one, other = had("one"), had("other")

    shown = run("sessions", "show", one, other, one).out.splitlines()

    assert [line for line in shown if line.startswith("# ")] == [f"# {one}", f"# {other}"]


def test_a_beginning_is_enough_where_it_is_the_only_one(
    run: Run, had: Had, sessions: Sessions
) -> None:
    one = had()
    (sessions.folder / "19991231-2359-aaaa").mkdir()

    assert run("sessions", "show", one[:2]).code == 0
    done = run("sessions", "show", "")
    assert (done.code, done.out) == (2, "")


def test_json_holds_everything(run: Run, had: Had) -> None:
    name = had("Chairs")

    whole = run("sessions", "export", name, "--to", "json").envelope

    assert whole["format"] == 1
    assert (whole["id"], whole["title"], whole["model"]) == (name, "Chairs", "scripted")
    assert Formulation.model_validate(whole["formulation"]) == FEWER
    assert whole["answer"]["objective"] == 90
    assert [turn["message"]["kind"] for turn in whole["turns"]] == ["said", "solve", "changed"]
    assert Formulation.model_validate(whole["turns"][0]["reply"]["formulation"]) == FIVE
    assert whole["turns"][1]["reply"]["answer"]["objective"] == 180
    assert [each["reply"]["text"] for each in whole["replies"]] == [reply(CHAIRS)]
    assert whole["usage"]["completion_tokens"] > 0
    assert run("sessions", "show", name, "--json").envelope == whole


def test_an_exported_conversation_can_be_solved_again(run: Run, had: Had, home: Path) -> None:
    name = had()

    done = run("sessions", "export", name, "-o", "talk.json")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert read_formulation("talk.json") == FEWER
    assert run("solve", "--formulation", "talk.json", "--json").envelope["objective"] == 90


def test_markdown_is_for_a_person(run: Run, had: Had, home: Path) -> None:
    name = had("Chairs")

    shown = run("sessions", "export", name).out

    assert shown.startswith(f"# Chairs\n\n## 1\n\n> {TEXT}\n")
    assert FEWER.to_markdown().rstrip() in shown
    assert run("sessions", "export", name, "-o", "talk.md").code == 0
    assert (home / "talk.md").read_text() == shown


def test_looking_at_a_conversation_leaves_no_trace(run: Run, had: Had, sessions: Sessions) -> None:
    old, new = had("old", hours_ago=5), had("new")
    before = {path: path.stat().st_mtime_ns for path in sessions.folder.rglob("*")}

    run("sessions", "show", old)
    run("sessions", "export", old)

    assert {path: path.stat().st_mtime_ns for path in sessions.folder.rglob("*")} == before
    assert sessions.latest().id == new


def test_a_conversation_that_is_open_is_shown_but_not_deleted(
    run: Run, had: Had, sessions: Sessions
) -> None:
    name = had()

    async def meanwhile() -> None:
        async with Conversation(sessions.folder / name, Scripted([])):
            shown = await asyncio.to_thread(run, "sessions", "show", name)
            gone = await asyncio.to_thread(run, "sessions", "delete", name, "--yes")
            assert (shown.code, gone.code) == (0, 2)
            assert gone.err == f"Error: the conversation {name} is open in another window\n"

    asyncio.run(meanwhile())
    assert sessions.find(name)


def test_a_conversation_in_which_nothing_was_said_is_shown_as_that(
    run: Run, sessions: Sessions
) -> None:
    name = sessions.create(model="scripted").name

    assert run("sessions", "show", name).out == "Nothing was said.\n"
    assert "(nothing was said)" in run("sessions", "list").out


@pytest.mark.parametrize("command", ["show", "export"])
def test_a_database_that_is_damaged_is_an_error_in_one_line(
    run: Run, had: Had, sessions: Sessions, command: str
) -> None:
    name = had()
    (sessions.folder / name / "conversation.sqlite").write_bytes(b"\x00 no such thing")

    done = run("sessions", command, name)

    assert (done.code, done.out) == (2, "")
    assert done.err == (f"Error: the conversation {name} cannot be read: file is not a database\n")


def test_a_checkpoint_that_is_torn_is_an_error_in_one_line(
    run: Run, had: Had, sessions: Sessions
) -> None:
    name = had()
    with sqlite3.connect(sessions.folder / name / "conversation.sqlite") as database:
        database.execute("UPDATE checkpoints SET checkpoint = x'ff00ff'")
    database.close()

    done = run("sessions", "show", name)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: the conversation {name} cannot be read: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["show", "export", "delete"])
def test_an_id_that_is_not_there_leads_to_those_that_are(run: Run, had: Had, command: str) -> None:
    name = had()

    done = run("sessions", command, "nope")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"Error: there is no conversation 'nope'; the last ones are {name} "
        "(solvitur sessions list)\n"
    )


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["-o", "talk.doc"], "talk.doc ends in no form there is (md, json); say which with --to"),
        (["-o", "no/such/talk.md"], "cannot write no/such/talk.md: No such file or directory"),
    ],
)
def test_what_cannot_be_exported_is_a_wrong_call(
    run: Run, flags: list[str], complaint: str
) -> None:
    done = run("sessions", "export", "any", *flags)

    assert (done.code, done.out, done.err) == (2, "", f"Error: {complaint}\n")


# --- delete --------------------------------------------------------------------------------------


def test_several_are_deleted_without_asking(run: Run, had: Had, sessions: Sessions) -> None:
    one, other, third = had("one"), had("other"), had("third")

    done = run("sessions", "delete", one, other, one, "--yes")

    assert (done.code, done.out) == (0, "")
    assert done.err == f"{one}  one\n{other}  other\n2 conversations deleted.\n"
    assert [each.id for each in sessions] == [third]


def test_nothing_is_deleted_where_one_is_not_there(run: Run, had: Had, sessions: Sessions) -> None:
    one = had()

    assert run("sessions", "delete", one, "nope", "--yes").code == 2
    assert sessions.find(one)


def test_where_nobody_can_be_asked_nothing_is_deleted(
    run: Run, had: Had, sessions: Sessions
) -> None:
    one = had()

    done = run("sessions", "delete", one)

    assert done.code == 2
    assert done.err.endswith("Error: nobody can be asked; --yes deletes without asking\n")
    assert sessions.find(one)


def test_a_damaged_conversation_can_be_deleted(run: Run, sessions: Sessions) -> None:
    (sessions.folder / "20200101-0000-dead").mkdir(parents=True)

    assert run("sessions", "delete", "2020", "-y").code == 0
    assert list(sessions) == []


def test_the_folder_is_the_one_that_is_set(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_SESSIONS", str(home / "mine"))
    name = Sessions(home / "mine").create().name

    assert name in run("sessions", "list").out
    assert json.loads(run("sessions", "list", "--json").out)["sessions"][0]["folder"] == str(
        home / "mine" / name
    )


def test_a_shell_completes_the_ids(had: Had) -> None:
    one, other = had("one"), had("other")

    for command in ("show", "export", "delete"):
        words = {"COMP_WORDS": f"solvitur sessions {command} ", "COMP_CWORD": "3"}
        done = CliRunner().invoke(
            app, prog_name="solvitur", env={**words, "_SOLVITUR_COMPLETE": "complete_bash"}
        )
        assert sorted(done.output.split()) == sorted([one, other])


def test_a_conversation_that_began_with_a_file_is_known_by_its_title(
    run: Run, file: Callable[[str, object], str], scripted: Callable[..., str]
) -> None:
    file("chairs.json", CHAIRS)

    done = run("chat", "--model", scripted(), stdin="/load chairs.json\n/set wood 21\n")

    assert done.code == 0
    (listed,) = run("sessions", "list", "--json").envelope["sessions"]
    assert listed["title"] == "Chairs"
    shown = run("sessions", "show", listed["id"]).out
    assert "> /load chairs.json" in shown
    assert "> /set wood 21" in shown
