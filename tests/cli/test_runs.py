"""``solvitur runs``, on runs that were made by the commands that make them."""

import json
from pathlib import Path

from solvitur.runs import Journal, runs_folder
from tests.cli.conftest import Run
from tests.cli.test_eval_run import chairs, server, serving
from tests.llm.servers import ChatServer

__all__ = ["chairs", "server", "serving"]


def begun(run: Run, server: ChatServer, chairs: str, *flags: str) -> str:
    """Begin a run by its command; give its name."""
    command = ("eval", "run", chairs, "--model", f"openai:m@{server.url}", "--json", *flags)
    return Path(run(*command).envelope["run"]).name


def test_there_is_no_run_at_first(run: Run) -> None:
    assert "There is no run yet" in run("runs", "list").err
    assert run("runs", "list", "--json").envelope == {"runs": []}


def test_runs_are_listed_and_shown(run: Run, server: ChatServer, chairs: str, home: Path) -> None:
    name = begun(run, server, chairs, "--limit", "2")
    listed = run("runs", "list")
    assert listed.code == 0
    assert name in listed.out
    assert "2 of 2 answers" in listed.out
    (told,) = run("runs", "list", "--json").envelope["runs"]
    assert (told["name"], told["kind"], told["done"]) == (name, "evaluation", 2)
    shown = run("runs", "show", name[:9])
    assert f"cd {home} && solvitur eval run chairs.jsonl --model openai:m@" in shown.out
    assert run("runs", "show", name, "--json").envelope["events"]["sample"] == 2
    assert run("runs", "show", "nobody").code == 2


def test_a_run_is_gone_on_with_by_its_command_and_what_is_added(
    run: Run, server: ChatServer, chairs: str
) -> None:
    name = begun(run, server, chairs)
    server.bodies.clear()
    gone_on = run("runs", "resume", name, "--concurrency", "2")
    assert gone_on.code == 0
    assert "--json --concurrency 2" in gone_on.err
    assert json.loads(gone_on.out)["metrics"]["sa"]["value"] == 0.75
    assert server.bodies == []


def test_a_run_from_elsewhere_runs_no_command_unasked(
    run: Run, server: ChatServer, chairs: str, home: Path
) -> None:
    name = begun(run, server, chairs, "--limit", "1")
    (runs_folder() / name).rename(home / "moved")
    refused = run("runs", "resume", "moved")
    assert refused.code == 2
    assert "its command may be anybody's" in refused.err
    assert run("runs", "resume", "moved", "--yes").code == 0


def test_a_run_that_keeps_no_command_says_how_to_go_on(run: Run) -> None:
    with Journal(runs_folder() / "mine" / "run.journal") as journal:
        journal.note("run", {"what": "else"}, kind="run")
    assert "not a run of a kind that is known" in run("runs", "show", "mine").out
    refused = run("runs", "resume", "mine")
    assert refused.code == 2
    assert "keeps no command that goes on with it" in refused.err


def test_a_run_is_derived_again_and_what_differs_is_told(
    run: Run, server: ChatServer, chairs: str, home: Path
) -> None:
    name = begun(run, server, chairs)
    server.bodies.clear()
    same = run("runs", "verify", name)
    assert (same.code, same.out.splitlines()[-1]) == (0, "4 answers derived again: no difference")
    lines = run("runs", "export", name).out.splitlines()
    with Journal(home / "altered" / "run.journal") as journal:
        for event in map(json.loads, lines):
            if event["key"] == "sample 0 1":
                event["value"]["answer"]["objective"] = 181.0
            journal.note(event["key"], event["value"], kind=event["kind"])
    altered = run("runs", "verify", "altered")
    assert altered.code == 1
    assert "problem 1, epoch 0: the answer: recorded solved 181, derived solved 180" in altered.out
    assert altered.out.splitlines()[-1] == "4 answers derived again: 1 difference"
    told = run("runs", "verify", "altered", "--json")
    assert [each["recorded"] for each in told.envelope["differences"]] == ["solved 181"]
    assert server.bodies == []


def test_every_event_is_written_as_a_line(run: Run, server: ChatServer, chairs: str) -> None:
    name = begun(run, server, chairs, "--limit", "1")
    assert run("runs", "export", name, "-o", "events.jsonl").code == 0
    events = [json.loads(line) for line in Path("events.jsonl").read_text().splitlines()]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    kinds = {event["kind"] for event in events}
    assert {"run", "problem", "process", "command", "reply", "sample"} <= kinds
