"""``/set``, ``/edit`` and ``/undo``: the five elements changed by hand, all or nothing."""

from pathlib import Path

import pytest

from solvitur.formulation import Formulation, diff
from tests.cli.chat.commands.conftest import SHOP, Typed

FIVE = Formulation.model_validate(SHOP)


# --- /set ----------------------------------------------------------------------------------------


def test_a_number_is_set_shown_and_solved(typed: Typed) -> None:
    desk = typed("/set labour 30", "/set x[chair] <= 1 profit += 10")

    assert desk.kinds == ["answer", "answer"]
    assert desk.replies[0].difference == ("parameter 'labour': 40 -> 30 [h]",)
    assert [reply.answer.objective for reply in desk.replies] == [360, 400]
    assert desk.session.talk.turns[-1].message.words == "/set x[chair] <= 1 profit += 10"


def test_a_bound_is_taken_away_again(typed: Typed) -> None:
    assert typed("/set x <= 3", "/set x <= none").objective == 450


def test_what_cannot_be_set_is_said_in_a_line_and_changes_nothing(typed: Typed) -> None:
    desk = typed("/set labor 30", "/set labour many")

    assert desk.shown == [
        "Error: there is no labor; did you mean labour?",
        "Error: 'many' is no number",
    ]
    assert desk.five == FIVE


def test_two_numbers_are_set_together_or_not_at_all(typed: Typed) -> None:
    desk = typed("/set labour=30 lumber=5")

    assert desk.shown[0].startswith("Error: there is no lumber; ")
    assert desk.five == FIVE


def test_a_name_may_be_spelt_with_blanks_hyphens_and_capitals(typed: Typed) -> None:
    desk = typed(
        "/set Labour 30", "/set profit[Chair] 31", "/set time limit 60", "/set Max-rounds 2"
    )

    assert [reply.difference for reply in desk.replies if reply is not None] == [
        ("parameter 'labour': 40 -> 30 [h]",),
        ("parameter 'profit': [chair] 30 -> 31 [USD]",),
    ]
    assert desk.shown[-2:] == ["time_limit = 60", "max_rounds = 2"]


def test_an_option_is_set_and_holds_for_the_next_solve(typed: Typed) -> None:
    desk = typed("/set time_limit 60", "/set gap=0.5", "/set time_limit none", "/set")

    assert desk.shown[:3] == ["time_limit = 60", "gap = 0.5", "time_limit = none"]
    assert [line.split() for line in desk.shown[3].splitlines()] == [
        ["time_limit", "none"],
        ["gap", "0.5"],
        ["threads", "none"],
        ["seed", "0"],
        ["max_rounds", "3"],
    ]
    effort = desk.session.talk.effort
    assert (effort.options.gap, effort.options.time_limit) == (0.5, None)
    assert effort.options.log_file is not None


def test_an_option_needs_no_formulation(typed: Typed) -> None:
    assert typed("/set seed 7", five=None).session.talk.effort.options.seed == 7


def test_an_option_with_a_wrong_value_stays_as_it_was(typed: Typed) -> None:
    desk = typed("/set time_limit -1")

    assert desk.shown[0].startswith("Error: time_limit: '-1': should be greater than 0. ")
    assert desk.session.talk.effort.options.time_limit is None


def test_a_name_of_the_formulation_goes_before_an_option(typed: Typed) -> None:
    five = {
        "parameters": [{"name": "gap", "value": 3}],
        "variables": [{"name": "y", "upper": 9}],
        "objective": {"sense": "maximize", "expression": "y - gap"},
    }

    desk = typed("/set gap 5", five=five)

    assert desk.objective == 4
    assert desk.session.settings.gap == 1e-6


def test_what_may_be_typed_behind_set_is_completed(typed: Typed) -> None:
    from solvitur.cli.chat.commands.registry import complete

    desk = typed("/show")

    def offered(line: str) -> list[str]:
        return complete(line, desk.session)

    assert offered("/set la") == ["labour"]
    assert offered("/set pro") == ["profit["]
    assert offered("/set profit[") == ["profit[chair]", "profit[table]"]
    assert offered("/set labour=30 profit[ch") == ["labour=30 profit[chair]"]
    assert offered("/set time") == ["time_limit"]
    assert "hours" in offered("/set ")
    assert offered("/whatif x[t") == ["x[table]"]


# --- /edit ---------------------------------------------------------------------------------------


@pytest.fixture
def editor(home: Path, monkeypatch: pytest.MonkeyPatch) -> "Editor":
    return Editor(home, monkeypatch)


BREAK = "sed -i 's/<= labour/<= labor/' \"$2\""
MEND = "sed -i 's/<= labor\\b/<= 30/' \"$2\""
EMPTY = ': > "$2"'


class Editor:
    """A small editor that does what a person would, once a time it is opened; and keeps a copy."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._home = home
        self._program = home / "small editor"
        monkeypatch.setenv("VISUAL", f"'{self._program}' -w")

    def does(self, *commands: str) -> None:
        """Do one of these shell commands each time; the file is ``$2``."""
        cases = "\n".join(f"{n}) {command} ;;" for n, command in enumerate(commands, 1))
        self._program.write_text(
            "#!/bin/sh\n"
            f"echo x >> '{self._home}/opened'\n"
            f"n=$(wc -l < '{self._home}/opened')\n"
            f'cp "$2" "{self._home}/seen-$n"\n'
            f"case $n in\n{cases}\n*) exit 3 ;;\nesac\n"
        )
        self._program.chmod(0o700)

    def saw(self, number: int) -> str:
        return (self._home / f"seen-{number}").read_text()

    @property
    def times(self) -> int:
        return len((self._home / "opened").read_text().splitlines())


def test_five_elements_are_edited_as_markdown_and_solved(typed: Typed, editor: Editor) -> None:
    editor.does("sed -i 's/`labour` = 40/`labour` = 30/' \"$2\"")

    desk = typed("/edit", is_terminal=True)

    assert desk.kinds == ["answer"]
    assert editor.saw(1) == FIVE.to_markdown()
    assert list(diff(FIVE, desk.five).lines) == ["parameter 'labour': 40 -> 30 [h]"]
    assert desk.objective == 360


def test_five_elements_are_edited_as_json(typed: Typed, editor: Editor) -> None:
    editor.does('sed -i \'s/"value": 40.0/"value": 30/\' "$2"')

    desk = typed("/edit json", is_terminal=True)

    assert Formulation.from_json(editor.saw(1)) == FIVE
    assert desk.objective == 360


@pytest.mark.parametrize("form", ["md", "json"])
def test_what_does_not_check_comes_back_with_the_reason_on_top(
    typed: Typed, editor: Editor, form: str
) -> None:
    editor.does(
        BREAK,
        "sed -i 's/<= labor\\b/<= work[1]/' \"$2\"",
        "sed -i 's/<= work.1./<= 30/' \"$2\"",
    )

    desk = typed(f"/edit {form}", is_terminal=True)

    first, second, third = (editor.saw(n) for n in (1, 2, 3))
    assert "labor" in second.partition("Mend it")[0]
    assert second.endswith(first.replace("<= labour", "<= labor"))
    assert third.endswith(first.replace("<= labour", "<= work[1]"))
    assert third.count("This does not check") == 1
    assert desk.objective == 360


def test_the_reason_names_the_line_where_it_stands(typed: Typed, editor: Editor) -> None:
    editor.does("sed -i 's/^- `room`.*/- `room`: ???/' \"$2\"", EMPTY)

    typed("/edit", is_terminal=True)

    lines = editor.saw(2).splitlines()
    (reason,) = (line for line in lines if line.startswith("- section "))
    number = lines.index("- `room`: ???") + 1
    assert f"line {number}:" in reason


def test_a_text_that_still_does_not_check_is_kept_for_the_next_time(
    typed: Typed, editor: Editor
) -> None:
    editor.does(BREAK, "true", "sed -i 's/<= labor`/<= 30`/' \"$2\"")

    desk = typed("/edit", "/edit", is_terminal=True)

    assert desk.shown[0].startswith("It does not check, so nothing is changed; your text is kept ")
    assert "<= labor`" in editor.saw(3)
    assert desk.kinds == [None, "answer"]
    assert desk.objective == 360


def test_a_kept_text_is_gone_on_with_after_leaving_and_coming_back(
    typed: Typed, editor: Editor
) -> None:
    editor.does(BREAK, "true", "sed -i 's/<= labor`/<= 30`/' \"$2\"")

    first = typed("/edit", is_terminal=True)
    folder = first.session.talk.folder
    desk = typed("/edit", five=None, is_terminal=True, folder=folder)

    assert desk.objective == 360
    assert not list(desk.session.talk.folder.glob("edited.*"))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("true", "Nothing is changed."),
        (EMPTY, "The text is empty, so nothing is changed."),
        ('rm "$2"', "The text is empty, so nothing is changed."),
    ],
)
def test_an_edit_that_changes_nothing_says_so(
    typed: Typed, editor: Editor, command: str, words: str
) -> None:
    editor.does(command)

    desk = typed("/edit", is_terminal=True)

    assert desk.shown == [words]
    assert desk.five == FIVE
    assert not list(desk.session.talk.folder.glob("edited.*"))


def test_an_editor_that_fails_changes_nothing(typed: Typed, editor: Editor) -> None:
    editor.does()

    desk = typed("/edit", is_terminal=True)

    assert desk.shown[0].startswith("Error: the editor ")
    assert desk.shown[0].endswith(" ended with exit code 3")
    assert desk.five == FIVE


def test_an_editor_that_is_not_there_is_named(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor")

    (shown,) = typed("/edit", is_terminal=True).shown

    assert shown == (
        "Error: the editor 'no-such-editor' cannot be started: No such file or directory"
    )


def test_without_an_editor_it_is_said_how_to_name_one(
    typed: Typed, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(home))

    (shown,) = typed("/edit", is_terminal=True).shown

    assert shown == "Error: there is no editor; name one: export EDITOR=nano"


def test_bytes_that_are_no_text_come_back_with_a_reason(typed: Typed, editor: Editor) -> None:
    editor.does('head -c 100 /dev/urandom > "$2"; printf \'\\377\\000\' >> "$2"', EMPTY)

    typed("/edit json", is_terminal=True)

    assert editor.saw(2).startswith("// This does not check:\n// - ")


def test_there_is_no_editor_without_a_terminal(typed: Typed, editor: Editor) -> None:
    (shown,) = typed("/edit").shown

    assert shown == "Error: an editor needs a terminal; use /set NAME VALUE, or /load FILE"


# --- /undo ---------------------------------------------------------------------------------------


def test_undo_takes_changes_back_one_by_one_to_the_end(typed: Typed) -> None:
    desk = typed(
        "/set labour 30", "/set labour 20", "/whatif labour=10", "/undo", "/undo", "/undo", "/undo"
    )

    assert desk.kinds[3:] == ["words"] * 4
    values = ["The highest value is 360.", "The highest value is 450."]
    for value, reply in zip(values, desk.replies[3:5], strict=True):
        assert value in reply.text
    assert desk.session.talk.turns == ()
    assert desk.replies[6].text == "There is nothing to take back."


def test_undo_brings_back_the_five_elements_that_there_were(typed: Typed) -> None:
    desk = typed("/set labour 30", "/undo")

    assert desk.five == FIVE
    assert desk.objective == 450
