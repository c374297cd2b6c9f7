"""``solvitur eval report``: one file of runs."""

from pathlib import Path

import pytest

from solvitur.eval import Report, to_html
from tests.cli.conftest import Run
from tests.eval import runs
from tests.eval.runs import careless, here, joiner


@pytest.fixture
def both(home: Path) -> tuple[Report, Report]:
    one = runs.run(home / "one", joiner, scorer=here)
    return one, runs.run(home / "other", careless, scorer=here)


def test_a_page_is_written_where_it_is_told(
    run: Run, home: Path, both: tuple[Report, Report]
) -> None:
    done = run("eval", "report", "one", "other", "--output", "both.html")
    assert (done.code, done.err, done.out) == (0, "", "both.html\n")
    assert (home / "both.html").read_text("utf-8") == to_html(*both)


def test_a_page_is_called_like_its_run(run: Run, home: Path, both: tuple[Report, Report]) -> None:
    done = run("eval", "report", f"{both[0].folder}/")
    assert done.out == "one.html\n"
    assert (home / "one.html").read_text("utf-8").startswith("<!doctype html>\n")


def test_what_cannot_be_written_is_said_and_nothing_is_lost(
    run: Run, home: Path, both: tuple[Report, Report]
) -> None:
    assert both
    done = run("eval", "report", "one", "--output", "nowhere/page.html")
    assert done.code == 2
    assert "cannot write nowhere/page.html" in done.err
    (home / "page.html").write_text("mine")
    done = run("eval", "report", "one", "elsewhere", "--output", "page.html")
    assert done.code == 2
    assert "there is no run 'elsewhere'" in done.err
    assert (home / "page.html").read_text() == "mine"
