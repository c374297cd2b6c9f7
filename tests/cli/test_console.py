"""Words on the terminal: where lines break."""

import io

import pytest

from solvitur.cli import console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "variables", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}, {"TERM": "xterm"}]
)
def test_lines_break_between_words_wherever_a_person_looks(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in {"COLUMNS": "40", "NO_COLOR": "", **variables}.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()

    console.show(console._console(stream), "- the plan before is no longer possible, by 110 less")

    assert stream.getvalue() == "- the plan before is no longer possible,\n  by 110 less\n"


def test_no_line_of_a_file_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = io.StringIO()

    console.show(console._console(stream), "word " * 30)

    assert stream.getvalue().count("\n") == 1
