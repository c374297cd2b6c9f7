"""``solvitur eval datasets``: list, show and fetch."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.llm.servers import file_server

ROWS = b'{"question": "How\\u001b[2J many?", "answer": 12}\n{"question": "B?", "answer": "35%"}\n'
AT = "/mine.jsonl"


def lines(shown: str) -> list[str]:
    return [" ".join(line.split()) for line in shown.splitlines()]


def know(folder: Path, download: str) -> None:
    facts = {"name": "mine", "title": "Mine", "rows": 2, "licence": "CC0", "download": download}
    (folder / "datasets.json").write_text(json.dumps({"format": 1, "datasets": [facts]}))


def test_the_list_says_what_there_is_and_what_is_here(run: Run, home: Path) -> None:
    done = run("eval", "datasets", "list")
    assert done.code == 0
    assert done.err == f"Files are looked for in {home}/data/solvitur/datasets\n"
    shown = lines(done.out)
    assert shown[:2] == [
        "data set problems here licence what it is",
        "word-problems 66 yes MIT Our own word problems",
    ]
    assert "logior 92 no MIT (repository); ORThought states none LogiOR" in shown


def test_the_list_is_json_for_programs(run: Run) -> None:
    found = run("eval", "datasets", "list", "--json").envelope["datasets"]
    assert [each["name"] for each in found][:2] == ["word-problems", "nl4opt-llm4or"]
    assert found[1]["rows"] == 214
    assert found[1]["file"] is None


def test_a_part_of_a_set_is_told_as_a_part(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_DATA", str(home))
    (home / "nl4opt_sirl.jsonl").write_bytes(ROWS)
    done = run("eval", "datasets", "list")
    assert any(line.startswith("nl4opt-sirl 245 123 of them") for line in lines(done.out))


def test_a_set_is_shown_with_facts_and_problems(run: Run) -> None:
    done = run("eval", "datasets", "show", "word-problems", "--limit", "1")
    assert (done.code, done.err) == (0, "")
    shown = done.out.splitlines()
    assert shown[:5] == [
        "data set: word-problems: Our own word problems",
        "version: 1",
        "published: 66 problems",
        "licence: MIT",
        "labels: Every label was found twice: by solving the reference formulation, and by a route "
        "that never reads it. Three are ambiguous on purpose, with the label of every reading.",
    ]
    assert shown[5] == "here: inside the package, 66 problems"
    assert shown[-1] == "label: 398"
    assert sum(line.startswith("label:") for line in shown) == 1


def test_a_file_of_ones_own_is_shown_with_what_is_odd_and_nothing_moves(
    run: Run, home: Path
) -> None:
    (home / "mine.jsonl").write_bytes(ROWS)
    done = run("eval", "datasets", "show", "mine.jsonl")
    assert done.code == 0
    assert "note: 2: no label: '35%' is no number, and none of: infeasible" in done.out
    assert "How\\x1b[2J many?\nlabel: 12\n" in done.out
    assert "B?\nlabel: none: '35%' is no number" in done.out


def test_a_set_is_shown_as_json(run: Run, home: Path) -> None:
    (home / "mine.jsonl").write_bytes(ROWS)
    found = run("eval", "datasets", "show", "mine.jsonl", "--json", "--limit", "1").envelope
    assert (found["name"], found["problems_here"], len(found["problems"])) == ("mine", 2, 1)
    assert found["problems"][0]["label"] == {"outcome": "solved", "objective": 12, "written": None}
    assert found["licence"] == "not stated"


def test_of_a_set_that_is_not_here_the_facts_are_shown(run: Run) -> None:
    done = run("eval", "datasets", "show", "bwor")
    assert done.code == 1
    assert done.out.startswith("data set: bwor: BWOR\n")
    assert done.err.startswith("Error: the data set 'bwor' is not here: there is no bwor.json or ")


def test_an_unknown_set_is_a_wrong_call(run: Run) -> None:
    done = run("eval", "datasets", "show", "wordproblems")
    assert done.code == 2
    assert "did you mean 'word-problems'?" in done.err
    assert run("eval", "datasets", "fetch", "wordproblems").code == 2


def test_a_set_is_fetched_into_the_folder_and_is_there(run: Run, home: Path) -> None:
    with file_server({AT: ROWS}) as server:
        know(home, server.url + AT)
        done = run("eval", "datasets", "fetch", "mine", "--data", str(home))
    assert done.code == 0
    assert done.out == f"{home}/mine.jsonl\n"
    assert done.err.startswith("mine: 2 problems under licence CC0; SHA-256 ")
    assert done.err.endswith(
        ", NOT verified: no hash of the published file is known to verify it by\n"
    )
    listed = run("eval", "datasets", "list", "--data", str(home))
    assert "mine 2 yes CC0 Mine" in lines(listed.out)


def test_a_set_that_cannot_be_fetched_is_an_error(run: Run, home: Path) -> None:
    with file_server({}) as server:
        know(home, server.url + AT)
        done = run("eval", "datasets", "fetch", "mine", "--data", str(home))
    assert done.code == 1
    assert done.err.startswith("Error: cannot fetch 'mine': ")
    assert not (home / "mine.jsonl").exists()
