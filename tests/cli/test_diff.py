"""``solvitur diff``: words on stdout, and an exit code that says whether there are any."""

from collections.abc import Callable
from typing import Any

from tests.cli.conftest import Run
from tests.cli.problems import CHAIRS

File = Callable[[str, Any], str]


def test_two_forms_of_the_same_have_no_difference(run: Run, file: File) -> None:
    name = file("chairs.json", CHAIRS)
    run("export", name, "-o", "chairs.md")

    done = run("diff", name, "chairs.md")

    assert (done.code, done.out, done.err) == (0, "no difference\n", "")


def test_a_difference_is_said_and_has_an_exit_code(run: Run, file: File) -> None:
    goal = {**CHAIRS["objective"], "sense": "minimize", "doc": "a\x1b[31m"}
    other = {**CHAIRS, "objective": goal}

    done = run("diff", file("a.json", CHAIRS), file("b.json", other))

    assert done.code == 9
    assert done.out.startswith("objective: maximize -> minimize; doc ")
    assert "\x1b" not in done.out


def test_a_file_that_is_no_formulation_is_an_error(run: Run, file: File) -> None:
    done = run("diff", file("a.json", CHAIRS), file("b.json", "{"))

    assert (done.code, done.out) == (1, "")
    assert "b.json" in done.err
    assert run("diff", "missing.json", "b.json").code == 2
