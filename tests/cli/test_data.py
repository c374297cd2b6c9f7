"""``--data``: tables for a formulation or a word problem."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_solve import File, Scripted

PLAN: dict[str, Any] = {
    "sets": [{"name": "W", "source": {"file": "wares", "keys": ["ware"]}}],
    "parameters": [
        {
            "name": name,
            "index": ["W"],
            "source": {"file": "wares", "keys": ["ware"], "column": name},
        }
        for name in ("price", "hours")
    ],
    "variables": [{"name": "x", "index": ["W"], "domain": "integer"}],
    "objective": {"sense": "maximize", "expression": "sum(price[w] * x[w] for w in W)"},
    "constraints": [{"name": "work", "expression": "sum(hours[w] * x[w] for w in W) <= 41"}],
}
WARES = "ware,price,hours\nchair,30,2\ndesk,80,5\n"


@pytest.fixture
def tables(home: Path) -> Path:
    folder = home / "tables"
    folder.mkdir()
    (folder / "wares.csv").write_text(WARES)
    return folder


def test_a_formulation_takes_its_numbers_from_a_folder(run: Run, file: File, tables: Path) -> None:
    done = run("solve", "--formulation", file("plan.json", PLAN), "--data", str(tables))
    assert (done.code, done.err) == (0, "")
    assert "The highest value is 650." in done.out
    assert "- `W` = column `ware` of `wares`" in done.out


@pytest.mark.parametrize(
    "given",
    [
        ["tables/wares.csv"],
        ["wares=tables/wares.csv"],
        ["tables", "more=tables/wares.csv"],
    ],
)
def test_a_table_may_be_given_by_file_or_by_name(
    run: Run, file: File, tables: Path, given: list[str]
) -> None:
    flags = [word for each in given for word in ("--data", each)]
    done = run("solve", "--json", "--formulation", file("plan.json", PLAN), *flags)
    assert (done.code, done.envelope["objective"]) == (0, 650)


def test_a_word_problem_comes_with_tables(
    run: Run, scripted: Scripted, tables: Path, file: File
) -> None:
    text = "At most 41 hours can be worked. What earns the most?"
    model = scripted(json.dumps(PLAN))
    done = run("solve", "--json", text, "--model", model, "--data", str(tables))
    assert (done.code, done.envelope["objective"]) == (0, 650)
    assert done.envelope["checks"] == []


def test_without_its_table_a_formulation_says_what_to_give(run: Run, file: File) -> None:
    done = run("solve", "--formulation", file("plan.json", PLAN))
    assert done.code == 1
    assert "there is no table 'wares', because no data is given; give it with --data" in done.err


def test_a_cell_at_fault_is_named(run: Run, file: File, tables: Path) -> None:
    (tables / "wares.csv").write_text(WARES.replace("80", "80 USD"))
    done = run("solve", "--formulation", file("plan.json", PLAN), "--data", str(tables))
    assert done.code == 1
    assert "wares.csv, line 3, column 'price': '80 USD' is not a number" in done.err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["nowhere"], "--data nowhere: there is no folder or file 'nowhere'"),
        (["plan.json.txt"], "'plan.json.txt' is no table; its name ends in one of .csv"),
        (["t=nowhere.csv"], "there is no file 'nowhere.csv'"),
        (["tables", "wares.csv=tables/wares.csv"], "there is a table 'wares.csv' already"),
    ],
)
def test_data_that_is_not_there_is_a_wrong_call(
    run: Run, file: File, tables: Path, given: list[str], words: str
) -> None:
    flags = [word for each in given for word in ("--data", each)]
    file("plan.json.txt", "no table")
    done = run("solve", "--formulation", file("plan.json", PLAN), *flags)
    assert done.code == 2
    assert words in done.err
