"""``/export``, ``/save``, ``/load`` and ``/fork``: what goes into files and comes from them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from solvitur.agents.chat.sessions import Sessions
from solvitur.cli.files import read_formulation
from solvitur.formulation import Formulation
from solvitur.solvers import solve
from tests.cli.chat.commands.conftest import SHOP, Typed
from tests.cli.conftest import Run

FIVE = Formulation.model_validate(SHOP)


# --- /export -------------------------------------------------------------------------------------


def test_every_form_that_can_be_read_again_has_the_same_optimum(typed: Typed, home: Path) -> None:
    forms = ("lp", "mps", "json", "md")

    desk = typed(*(f"/export {form} plan.{form}" for form in forms), "/export plan.LP !")

    assert desk.shown == [*(f"plan.{form} is written." for form in forms), "plan.LP is written."]
    for form in (*forms, "LP"):
        assert solve(read_formulation(f"plan.{form}")).objective == 450


def test_the_script_runs_on_its_own_to_the_same_optimum(typed: Typed, home: Path) -> None:
    typed("/export py plan.py")

    done = subprocess.run(
        [sys.executable, "plan.py"], cwd=home, capture_output=True, text=True, check=True
    )

    assert "450" in done.stdout


def test_the_latex_is_the_document(typed: Typed, home: Path) -> None:
    typed("/export tex plan.tex")

    assert (home / "plan.tex").read_text() == FIVE.to_latex()


def test_without_a_file_it_is_shown(typed: Typed) -> None:
    (shown,) = typed("/export json").shown

    assert Formulation.from_json(shown) == FIVE


def test_a_name_may_have_spaces_in_quotes_and_begin_at_home(typed: Typed, home: Path) -> None:
    desk = typed("/export json 'my plan.txt'", "/export ~/other.json")

    assert desk.shown == ["my plan.txt is written.", f"{home}/other.json is written."]
    assert (home / "my plan.txt").exists()
    assert (home / "other.json").exists()


def test_a_file_that_is_there_is_written_over_only_with_a_yes(typed: Typed, home: Path) -> None:
    (home / "plan.json").write_text("mine")

    desk = typed("/export plan.json", "/export plan.json", yes=["no", "y"])

    assert desk.shown == [
        "plan.json is there already; write over it? [y/N] \nNothing is written.",
        "plan.json is there already; write over it? [y/N] \nplan.json is written.",
    ]
    assert Formulation.from_file(home / "plan.json") == FIVE


def test_where_nobody_can_be_asked_it_takes_a_mark(typed: Typed, home: Path) -> None:
    (home / "plan.json").write_text("mine")

    desk = typed("/export plan.json")

    assert desk.shown == [
        "Error: plan.json is there already; write over it? "
        "Nobody can be asked; write ! behind it for a yes"
    ]
    assert (home / "plan.json").read_text() == "mine"


def test_a_link_stays_a_link_and_a_mode_stays_as_it_is(typed: Typed, home: Path) -> None:
    (home / "real.json").write_text("mine")
    (home / "real.json").chmod(0o640)
    (home / "plan.json").symlink_to("real.json")

    typed("/export plan.json !")

    assert (home / "plan.json").is_symlink()
    assert (home / "real.json").stat().st_mode & 0o777 == 0o640
    assert Formulation.from_file(home / "real.json") == FIVE


EXPORTS = {
    "/export": "write /export FORM FILE; the forms are py, lp, mps, tex, json, md",
    "/export lp a b": "write /export FORM FILE; the forms are py, lp, mps, tex, json, md",
    "/export plan.doc": "plan.doc ends in no form there is (py, lp, mps, tex, json, md); say which "
    "first",
    "/export lp 'plan": 'a quote is open in "lp \'plan"; close it, or write \\ before it',
    "/export lp no/such/plan.lp": "cannot write no/such/plan.lp: No such file or directory",
    "/export lp folder": "folder is no plain file",
    "/export lp /dev/null": "/dev/null is no plain file",
    "/export lp ~nobody-here/plan.lp": "'~nobody-here/plan.lp' is no name of a file: Could not "
    "determine home directory.",
}


def test_what_cannot_be_exported_is_said_in_a_line(typed: Typed, home: Path) -> None:
    (home / "folder").mkdir()

    desk = typed(*EXPORTS)

    assert desk.shown == [f"Error: {complaint}" for complaint in EXPORTS.values()]
    assert sorted(p.name for p in home.iterdir()) == ["folder", "talks"]


def test_what_is_not_linear_is_no_lp_file(typed: Typed, home: Path) -> None:
    curved = {
        "variables": [{"name": "x", "lower": 1, "upper": 2}],
        "objective": {"sense": "minimize", "expression": "exp(x)"},
    }

    (shown,) = typed("/export plan.lp", five=curved).shown

    assert shown.startswith("Error: ")
    assert "write a Pyomo script instead" in shown
    assert not (home / "plan.lp").exists()


# --- /load ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "md", "lp", "mps"])
def test_what_was_exported_is_loaded_and_solved(typed: Typed, home: Path, form: str) -> None:
    typed(f"/export plan.{form}")

    desk = typed(f"/load plan.{form}", five=None)

    assert desk.kinds == ["answer"]
    assert desk.objective == 450


def test_a_saved_answer_is_loaded(typed: Typed, home: Path) -> None:
    desk = typed("/solve")
    (home / "answer.json").write_text(desk.session.talk.state.answer.to_json())

    assert typed("/load answer.json", five=None).five == FIVE


def test_what_cannot_be_loaded_is_said_in_a_line_and_changes_nothing(
    typed: Typed, home: Path
) -> None:
    (home / "bytes.json").write_bytes(b"\x00\xff" * 100)
    (home / "bytes.md").write_bytes(b"\x00\xff" * 100)
    (home / "other.json").write_text('{"answer": 42}')
    with (home / "huge.json").open("wb") as file:
        file.truncate(65 * 2**20)
    os.mkfifo(home / "pipe.json")

    desk = typed(
        "/load",
        "/load a b",
        "/load no.json",
        "/load .",
        "/load pipe.json",
        "/load bytes.json",
        "/load bytes.md",
        "/load other.json",
        "/load huge.json",
        "/load a.json !",
    )

    assert desk.shown[:5] == [
        "Error: write /load FILE; a name with spaces in quotes",
        "Error: write /load FILE; a name with spaces in quotes",
        "Error: there is no file no.json",
        "Error: . is no plain file",
        "Error: pipe.json is no plain file",
    ]
    assert desk.shown[5].startswith("Error: bytes.json holds no five elements")
    assert "not UTF-8" in desk.shown[6]
    assert "'variables'" in desk.shown[7]
    assert desk.shown[8] == "Error: huge.json has more than 64 MB"
    assert desk.shown[9].startswith("Error: nothing is written over by /load")
    assert desk.replies == [None] * 10
    assert desk.five == FIVE


def test_files_are_completed(typed: Typed, home: Path) -> None:
    from solvitur.cli.chat.commands.registry import complete

    for name in ("plan.json", "plan.lp", "plan.txt", ".hidden.json", "my plan.json"):
        (home / name).write_text("")
    (home / "plans").mkdir()
    (home / "plans" / "a.json").write_text("")
    desk = typed("/show")

    def offered(line: str) -> list[str]:
        return complete(line, desk.session)

    assert offered("/load pl") == ["plan.json", "plan.lp", "plans/"]
    assert offered("/load plans/") == ["plans/a.json"]
    assert offered("/load ~/pl") == ["~/plan.json", "~/plan.lp", "~/plans/"]
    assert offered("/load .h") == [".hidden.json"]
    assert offered("/load 'my") == ["'my plan.json'"]
    assert offered("/export lp plan.t") == ["lp plan.txt"]
    assert offered("/export m") == ["mps", "md"]
    assert offered("/load no/such/") == []


# --- /save and /fork -----------------------------------------------------------------------------


@pytest.fixture
def kept(home: Path) -> Path:
    """The folder of a conversation among those that are kept."""
    return Sessions(home / "sessions").create(model="scripted", data=["tables/"])


def test_the_whole_conversation_is_saved_and_loaded_again(
    typed: Typed, home: Path, kept: Path
) -> None:
    desk = typed("/set labour 30", "/save talk.json", folder=kept)

    saved = json.loads((home / "talk.json").read_text())
    assert desk.shown[-1] == "talk.json is written."
    assert saved["id"] == kept.name
    assert [turn["message"]["words"] for turn in saved["turns"]] == [
        "/load shop.json",
        "/set labour 30",
    ]
    assert [turn["reply"]["answer"]["objective"] for turn in saved["turns"]] == [450, 360]
    assert typed("/load talk.json", five=None).objective == 360


def test_what_is_saved_is_what_the_shell_exports(
    typed: Typed, home: Path, kept: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_SESSIONS", str(kept.parent))

    typed("/save talk.md", "/save talk.json", folder=kept)

    for form in ("md", "json"):
        shown = run("sessions", "export", kept.name, "--to", form).out
        assert (home / f"talk.{form}").read_text() == shown


def test_what_is_saved_ends_in_md_or_json(typed: Typed, kept: Path) -> None:
    desk = typed("/save", "/save talk.txt", folder=kept)

    assert desk.shown == [
        "Error: write /save FILE; a name with spaces in quotes",
        "Error: talk.txt ends in neither .json nor .md",
    ]


def test_a_fork_goes_another_way_and_what_it_came_from_stays(typed: Typed, kept: Path) -> None:
    Sessions(kept.parent).note(kept, title="Shop")

    desk = typed("/fork", "/set labour 30", folder=kept)

    new = desk.session.talk.folder
    assert new != kept
    assert desk.shown[0] == (
        f"This is {new.name} now; {kept.name} stays as it is: solvitur chat --resume {kept.name}"
    )
    assert desk.objective == 360
    assert desk.session.log_file == new / "solver.log"
    assert typed(folder=kept, five=None).objective == 450
    records = [each.record for each in Sessions(kept.parent)]
    assert [(r.title, r.data) for r in records if r] == [("Shop", ("tables/",))] * 2
