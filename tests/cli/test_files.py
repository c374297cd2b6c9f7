"""Everything that can be wrong with a text or a file: one clear line, never a traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solvitur.cli.files import check_writable, write_whole
from solvitur.errors import Error
from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS, TEXT, reply

File = Callable[[str, Any], str]
Scripted = Callable[..., str]

# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_a_problem_may_be_piped_in(run: Run, scripted: Scripted, arguments: list[str]) -> None:
    done = run("solve", *arguments, "--json", "--model", scripted(reply(CHAIRS)), stdin=TEXT)

    assert done.envelope["objective"] == 180


def test_a_problem_may_stand_in_a_file(run: Run, scripted: Scripted, file: File) -> None:
    name = file("problem.txt", b"\xef\xbb\xbf" + TEXT.encode())

    done = run("solve", name, "--json", "--model", scripted(reply(CHAIRS)))

    assert done.envelope["objective"] == 180


@pytest.mark.parametrize(
    ("stdin", "complaint"),
    [
        ("", "the problem is empty"),
        (" \n\t\n", "the problem is empty"),
        ("a" * 1_000_000, "the problem has more than 60,000 characters"),
        ("at most 3 chairs. " * 4_000, "the problem has 72,000 characters"),
        (b"\x7fELF\x02\x01" + bytes(64), "this is not text but binary data"),
        (bytes(range(256)) * 4, "the text on stdin is not UTF-8 (byte 129 is 0x80)"),
        (bytes(range(128, 256)) * 10_000, "the text on stdin is not UTF-8 (byte 1 is 0x80)"),
        ("Stühle: 3".encode("utf-16"), "the text on stdin is not UTF-8 (byte 1 is 0xff)"),
        ("drei Stühle".encode("latin-1"), "the text on stdin is not UTF-8 (byte 8 is 0xfc)"),
    ],
    ids=str.split("empty blank megabyte long elf bytes megabytes utf16 latin1"),
)
def test_what_is_no_problem_is_refused(run: Run, stdin: str | bytes, complaint: str) -> None:
    done = run("solve", "--model", "scripted:unread.json", stdin=stdin)

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(f"Error: {complaint}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the problem is empty"),
        (".", "cannot read .: Is a directory"),
        ("missing.txt", "there is no file 'missing.txt'"),
        ("/dev/urandom", "the text is not UTF-8"),
        ("/proc/self/mem", "cannot read /proc/self/mem: Input/output error"),
        ("/no/such/file", "there is no file '/no/such/file'"),
        ("x" * 100_000 + ".txt", "there is no file 'xxx"),
        ("x" * 100_000, "the problem has 100,000 characters"),
        ("\udcff\udcfe 3 chairs", "the text is not UTF-8"),
    ],
)
def test_what_is_neither_a_problem_nor_a_file_is_refused(
    run: Run, text: str, complaint: str
) -> None:
    done = run("solve", text, "--model", "scripted:unread.json")

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(f"Error: {complaint}")
    assert len(done.err) < 400


def test_the_longest_text_cut_within_a_character_is_too_long_and_not_broken(run: Run) -> None:
    done = run("solve", stdin="x" + "€" * 90_000)

    assert done.err.startswith("Error: the problem has more than 60,000 characters")


def test_a_language_without_spaces_is_no_file_name(run: Run, scripted: Scripted) -> None:
    text = "每把椅子赚30元/把,用7平方米木材;共有42平方米。做几把?"

    done = run("solve", text, "--json", "--model", scripted(reply(CHAIRS)))

    assert done.envelope["objective"] == 180


# --- five elements -------------------------------------------------------------------------------


def test_five_elements_may_be_piped_in(run: Run) -> None:
    done = run("solve", "--formulation", "-", "--json", stdin=reply(CHAIRS))

    assert done.envelope["objective"] == 180


def test_five_elements_may_be_markdown(run: Run, file: File) -> None:
    as_json = run("solve", "--formulation", file("chairs.json", CHAIRS))
    five, _ = as_json.out.split("\nAnswer\n")

    done = run("solve", "--formulation", file("chairs.md", five), "--json")

    assert done.envelope["objective"] == 180
    piped = run("solve", "--formulation", "-", "--json", stdin=five)
    assert piped.envelope["formulation"] == done.envelope["formulation"]


def test_words_and_five_elements_together_are_refused(run: Run, file: File) -> None:
    done = run("solve", TEXT, "--formulation", file("chairs.json", CHAIRS))

    assert done.code == 2
    assert done.err == "Error: give a problem in words or --formulation, not both\n"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("missing.json", "cannot read missing.json: No such file or directory"),
        (".", "cannot read .: Is a directory"),
        ("x" * 5_000, "cannot read xxx"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(run: Run, name: str, complaint: str) -> None:
    done = run("solve", "--formulation", name)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: {complaint}")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        b"\xff\xfe\x00",
        "{}",
        CHAIRS | {"variables": []},
        CHAIRS | {"colour": "red"},
        CHAIRS | {"parameters": [{"name": "wood", "value": float("nan")}]},
        CHAIRS | {"parameters": [{"name": "wood", "value": float("inf")}]},
        CHAIRS | {"objective": {"sense": "maximize", "expression": "x.__class__"}},
        CHAIRS | {"objective": {"sense": "maximize", "expression": "9**9**9 * x"}},
        CHAIRS | {"objective": {"sense": "maximize", "expression": "(" * 9_000 + "x"}},
        CHAIRS | {"sets": [{"name": "I", "range": [1, 10**12]}]},
    ],
    ids=lambda content: repr(content)[-40:],
)
def test_what_is_no_five_elements_is_refused(run: Run, file: File, content: Any) -> None:
    done = run("solve", "--formulation", file("five.json", content))

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: ")
    assert "bug" not in done.err
    assert len(done.err) < 600


def test_a_file_without_end_is_refused(run: Run) -> None:
    done = run("solve", "--formulation", "/dev/zero")

    assert done.code == 1
    assert done.err == "Error: /dev/zero has more than 64 MB\n"


# --- writing -------------------------------------------------------------------------------------


def test_a_file_is_replaced_and_keeps_its_permissions(home: Path) -> None:
    path = home / "answer.json"
    path.write_text("old")
    path.chmod(0o600)

    write_whole(path, "new")

    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [*home.iterdir()] == [path]


def test_a_link_stays_a_link(home: Path) -> None:
    link = home / "link.json"
    link.symlink_to(home / "answer.json")

    write_whole(link, "new")

    assert link.is_symlink()
    assert (home / "answer.json").read_text() == "new"


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / "answer.json"
    path.write_text("old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(Error, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [*home.iterdir()] == [path]


def test_looking_whether_a_file_can_be_written_leaves_no_trace(home: Path) -> None:
    check_writable(home / "answer.json")

    assert [*home.iterdir()] == []


# --- what was saved with five elements -----------------------------------------------------------


def test_five_elements_are_read_out_of_a_saved_answer(run: Run, file: File, home: Path) -> None:
    run("solve", "--formulation", file("chairs.json", CHAIRS), "--save", "answer.json")

    assert run("solve", "--formulation", "answer.json", "--json").envelope["objective"] == 180
    assert run("diff", "chairs.json", "answer.json").code == 0


@pytest.mark.parametrize(
    "saved", ['{"formulation": null}', '["formulation"]', '{"formulation": 3}']
)
def test_what_was_saved_without_five_elements_is_said_to_have_none(
    run: Run, file: File, saved: str
) -> None:
    done = run("solve", "--formulation", file("answer.json", saved))

    assert done.code == 1
    assert "answer.json" in done.err
    assert len(done.err.splitlines()) == 1
