"""``solvitur models``: list, pull and test, on real files and a real server."""

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from solvitur.llm import catalog
from solvitur.llm.catalog import CatalogEntry, HubFile
from tests.cli.conftest import Run
from tests.llm.servers import FileServer, chat_server, completion, error, file_server

CONTENT = bytes(range(256)) * 4_000
TINY = CatalogEntry(
    name="tiny",
    file="tiny.gguf",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    licence="MIT",
    about="a few bytes",
    sources=(HubFile("us/tiny", "tiny.gguf"),),
)
AT = "/us/tiny/resolve/main/tiny.gguf"


@pytest.fixture(autouse=True)
def one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in reversed([*catalog.CATALOG]):  # put back in their old order
        monkeypatch.delitem(catalog.CATALOG, name)
    monkeypatch.setitem(catalog.CATALOG, "tiny", TINY)


def serve(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.url)


def lines(shown: str) -> list[str]:
    return [" ".join(line.split()) for line in shown.splitlines()]


def folder(home: Path) -> Path:
    return home / "cache" / "solvitur" / "models"


# --- list ----------------------------------------------------------------------------------------


def test_the_list_shows_what_there_is_and_what_is_here(run: Run) -> None:
    done = run("models", "list")

    assert (done.code, done.err) == (0, "")
    assert lines(done.out)[:3] == [
        "embedded model size licence here what it is",
        "tiny 1 MB MIT no a few bytes",
        "",
    ]
    assert "scripted:FILE yes replies from a JSON file, for tests" in lines(done.out)


def test_the_list_knows_a_model_that_is_here_and_one_that_is_damaged(run: Run, home: Path) -> None:
    folder(home).mkdir(parents=True)
    (folder(home) / "tiny.gguf").write_bytes(CONTENT)
    assert "tiny 1 MB MIT yes a few bytes" in lines(run("models", "list").out)

    (folder(home) / "tiny.gguf").write_bytes(CONTENT[1:])
    assert "tiny 1 MB MIT damaged a few bytes" in lines(run("models", "list").out)


def test_an_extra_that_is_missing_is_named_with_its_command(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    shown = lines(run("models", "list").out)

    assert any(line.startswith("local:NAME no: pip install 'solvitur[local]' ") for line in shown)


# --- pull ----------------------------------------------------------------------------------------


def test_a_pull_tells_each_tenth_and_shows_where_the_file_is(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server({AT: CONTENT}) as server:
        serve(server, monkeypatch)
        done = run("models", "pull", "tiny")

    assert done.code == 0
    assert done.out == f"{folder(home) / 'tiny.gguf'}\n"
    assert done.err.splitlines()[-1] == "tiny: downloading, 100 % of 1 MB"
    assert (folder(home) / "tiny.gguf").read_bytes() == CONTENT


def test_a_pull_of_an_adapter_fetches_what_it_is_laid_on(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned = replace(TINY, name="tuned", file="tuned.gguf", base="tiny")
    monkeypatch.setitem(catalog.CATALOG, "tuned", tuned)
    with file_server({AT: CONTENT}) as server:
        serve(server, monkeypatch)
        done = run("models", "pull", "tuned")

    assert done.code == 0
    assert done.out.split() == [str(folder(home) / name) for name in ("tiny.gguf", "tuned.gguf")]


def test_a_pull_on_a_terminal_draws_a_bar(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr("solvitur.cli.console.talk", lambda: terminal)
    with file_server({AT: CONTENT}) as server:
        serve(server, monkeypatch)
        done = run("models", "pull", "tiny")

    assert done.code == 0
    assert isinstance(terminal.file, io.StringIO)
    assert "tiny: downloading" in terminal.file.getvalue()
    assert "1.0/1.0 MB" in terminal.file.getvalue()


def test_a_pull_goes_on_where_an_earlier_one_stopped(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(home).mkdir(parents=True)
    (folder(home) / "tiny.gguf.part").write_bytes(CONTENT[:600_000])
    with file_server({AT: CONTENT}) as server:
        serve(server, monkeypatch)
        done = run("models", "pull", "local:tiny")

    assert done.code == 0
    assert server.ranges == ["bytes=600000-"]


def test_a_model_that_is_here_is_not_fetched_again(run: Run, home: Path) -> None:
    folder(home).mkdir(parents=True)
    (folder(home) / "tiny.gguf").write_bytes(CONTENT)

    done = run("models", "pull", "tiny")

    assert (done.code, done.err) == (0, "")


def test_a_pull_that_fails_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with file_server({}) as server:
        serve(server, monkeypatch)
        done = run("models", "pull", "tiny")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: cannot fetch 'tiny':\n  - http://127.0.0.1:")


def test_a_model_that_nobody_knows_cannot_be_pulled(run: Run) -> None:
    done = run("models", "pull", "huge")

    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: there is no embedded model 'huge'; there are: tiny\n"


def test_a_folder_that_the_file_sets_is_used(run: Run, home: Path) -> None:
    (home / "config" / "solvitur").mkdir(parents=True)
    (home / "config" / "solvitur" / "config.toml").write_text('cache = "elsewhere"\n')
    (home / "elsewhere" / "models").mkdir(parents=True)
    (home / "elsewhere" / "models" / "tiny.gguf").write_bytes(CONTENT)

    assert run("models", "pull", "tiny").out == "elsewhere/models/tiny.gguf\n"


# --- test ----------------------------------------------------------------------------------------


def test_a_test_shows_what_a_model_answers_and_can_do(run: Run) -> None:
    with chat_server(completion("ready")) as server:
        done = run("models", "test", f"openai:m@{server.url}")

    model, reply, latency, *rest = lines(done.out)
    assert done.code == 0
    assert (model, reply) == ("model openai:m", "reply ready")
    assert latency.startswith("latency ")
    assert rest == [
        "features json_schema, logprobs, seed, streaming",
        "tokens 11 prompt, 3 completion",
        "cost unknown",
    ]
    assert len(server.bodies) == 1


def test_a_test_asks_the_model_that_is_set_and_not_its_recording(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "replies.json").write_text(json.dumps(["[bold]ready[/bold] \x1b[31m"]))
    monkeypatch.setenv("SOLVITUR_MODEL", "scripted:replies.json")
    monkeypatch.setenv("SOLVITUR_RECORD", "calls.jsonl")

    done = run("models", "test")

    assert r"reply [bold]ready[/bold] \x1b[31m" in lines(done.out)
    assert not (home / "calls.jsonl").exists()


def test_a_model_that_fails_its_test_is_an_error(run: Run) -> None:
    with chat_server(error(401, "wrong key")) as server:
        done = run("models", "test", f"openai:m@{server.url}")

    assert (done.code, done.out) == (1, "")
    assert "answered 401: wrong key" in done.err
