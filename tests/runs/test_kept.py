import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import ConfigError
from solvitur.runs import (
    Command,
    Difference,
    Journal,
    Reached,
    Verification,
    begun_by,
    find_run,
    kept_in,
    kept_runs,
    note_command,
    read_journal,
    runs_folder,
)


class Sums:
    """Runs that add numbers up; what they were told are the numbers."""

    name = "sums"
    command = ("sum",)
    given = frozenset(("number",))

    def reads(self, facts: Mapping[str, Any]) -> bool:
        return facts.get("sums") is True

    def about(self, facts: Mapping[str, Any]) -> str:
        return "a sum"

    def reached(self, facts: Mapping[str, Any], counts: Mapping[str, int]) -> Reached:
        return Reached(counts.get("number", 0), facts["wanted"], "numbers")

    async def derive(self, folder: Path, again: Path) -> Verification:
        kinds = {event.kind for event in read_journal(again / "run.journal")}
        assert kinds == {"number"}
        old, new = (
            [event.value for event in read_journal(path / "run.journal", kind)]
            for path, kind in ((folder, "sum"), (again, "number"))
        )
        apart = [] if sum(new) == old[-1] else [Difference("the sum", str(old[-1]), str(sum(new)))]
        return Verification("1 sum", tuple(apart))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def made(name: str, *numbers: int, told: int | None = None, facts: Any = None) -> Path:
    """Make a run; its journal says of its sum what it is told to say."""
    folder = runs_folder() / name
    with Journal(folder / "run.journal") as journal:
        note_command(journal)
        journal.note("run", {"sums": True, "wanted": 3} if facts is None else facts, kind="run")
        for place, number in enumerate(numbers):
            journal.note(f"number {place}", number, kind="number")
        journal.note("sum", sum(numbers) if told is None else told, kind="sum")
    return folder


def test_runs_are_listed_with_how_far_they_have_come() -> None:
    made("alpha", 1, 2)
    made("beta", 1, 2, 3)
    made("gamma", facts={"of": "another kind"})
    (runs_folder() / "no run").mkdir()
    found = {each.name: each for each in kept_runs([Sums()])}
    assert sorted(found) == ["alpha", "beta", "gamma"]
    assert found["alpha"].reached == Reached(2, 3, "numbers")
    assert found["beta"].about == "a sum"
    assert found["gamma"].kind is None
    assert found["gamma"].reached is None
    assert found["beta"].counts == {"number": 3, "run": 1, "sum": 1}


def test_a_run_is_found_by_its_name_a_beginning_or_its_folder() -> None:
    folder = made("alpha", 1)
    made("alphabet", 1)
    made("beta", 1)
    assert find_run("alpha", [Sums()]).folder == folder
    assert find_run("be", [Sums()]).name == "beta"
    assert find_run(str(folder), [Sums()]).name == "alpha"
    with pytest.raises(ConfigError, match="several runs begin with 'al': alpha, alphabet"):
        find_run("al", [])
    with pytest.raises(ConfigError, match="did you mean 'alphabet'"):
        find_run("alphabett", [])
    with pytest.raises(ConfigError, match="holds no run"):
        kept_in(folder.parent, [])


def test_a_run_that_is_not_what_it_was_given_is_told() -> None:
    made("right", 1, 2)
    made("wrong", 1, 2, told=4)
    made("other", facts=[])
    right, wrong, other = (find_run(name, [Sums()]) for name in ("right", "wrong", "other"))
    assert asyncio.run(right.verify()).differences == ()
    assert asyncio.run(wrong.verify()).differences == (Difference("the sum", "4", "3"),)
    with pytest.raises(ConfigError, match="not a run of a kind"):
        asyncio.run(other.verify())


def test_the_last_command_goes_on_with_a_run_if_it_is_one_of_its_kind() -> None:
    assert find_run(made("none", 1).name, [Sums()]).command is None
    for arguments in (("sum", "1"), ("sum", "1", "--more")):
        with begun_by(Command(arguments, "/somewhere")):
            made("alpha", 1)
    assert find_run("alpha", [Sums()]).command == Command(("sum", "1", "--more"), "/somewhere")
    with begun_by(Command(("rm", "-rf", "/"), "/")):
        made("beta", 1)
    assert find_run("beta", [Sums()]).command is None


def test_a_run_that_goes_on_is_seen_to() -> None:
    folder = made("alpha", 1)
    kept = kept_in(folder, [Sums()])
    assert not kept.is_going_on
    with Journal(folder / "run.journal"):
        assert kept.is_going_on
        assert kept.counts["number"] == 1
    assert not kept.is_going_on


def test_every_event_is_a_line_of_json() -> None:
    made("alpha", 5)
    lines = [json.loads(line) for line in find_run("alpha", []).lines()]
    assert [(line["number"], line["kind"], line["key"]) for line in lines] == [
        (1, "run", "run"),
        (2, "number", "number 0"),
        (3, "sum", "sum"),
    ]
    assert lines[1]["value"] == 5


def test_what_is_no_journal_is_a_run_that_nobody_knows() -> None:
    folder = runs_folder() / "broken"
    folder.mkdir(parents=True)
    (folder / "run.journal").write_text("no journal at all, but long enough to be read as one")
    (kept,) = kept_runs([Sums()])
    assert kept.kind is None
    assert kept.about == ""
    with pytest.raises(ConfigError, match="is not a journal"):
        list(kept.lines())
