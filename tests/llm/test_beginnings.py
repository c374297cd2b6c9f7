"""Shared beginnings: what a model read of them is kept from process to process."""

import asyncio
import os
from pathlib import Path

import pytest

from solvitur.errors import ModelUnavailable, RequestRejected
from solvitur.llm import Local, Message, Reply, Request, Sampling
from solvitur.llm.beginnings import Beginnings
from solvitur.llm.catalog import find_entry
from solvitur.llm.engine import _load, worker
from solvitur.llm.store import installed

SMALL = installed(find_entry("smollm2-135m"))
MESSAGES = [{"role": "system", "content": "Be brief."}]

needs_model = pytest.mark.skipif(
    SMALL is None, reason="needs a model: solvitur models pull smollm2-135m"
)


@pytest.fixture
def kept(tmp_path: Path) -> Beginnings:
    model = tmp_path / "any.gguf"
    model.write_bytes(b"a model")
    return Beginnings(model, "engine 1", tmp_path / "beginnings")


def put(kept: Beginnings, key: str) -> Path:
    partial = kept.partial(key)
    assert partial is not None
    (kept.folder / partial).write_bytes(b"state")
    kept.keep(key, partial)
    name = kept.find(key)
    assert name is not None
    return kept.folder / name


def test_a_file_is_there_only_when_it_is_whole(kept: Beginnings) -> None:
    key = kept.key(MESSAGES)
    partial = kept.partial(key)
    assert partial is not None
    (kept.folder / partial).write_bytes(b"sta")
    assert kept.find(key) is None
    kept.keep(key, partial)
    assert [path.name for path in kept.folder.iterdir()] == [kept.find(key)]


def test_a_file_whose_content_is_not_what_its_name_says_is_removed(kept: Beginnings) -> None:
    file = put(kept, "one")
    file.write_bytes(b"sta")
    assert kept.find("one") is None
    assert not file.exists()


def test_other_messages_another_engine_and_a_changed_model_have_other_files(
    kept: Beginnings,
) -> None:
    keys = {kept.key(MESSAGES), kept.key([*MESSAGES, *MESSAGES])}
    model = kept.folder.parent / "any.gguf"
    keys.add(Beginnings(model, "engine 2", kept.folder).key(MESSAGES))
    model.write_bytes(b"another model")
    keys.add(kept.key(MESSAGES))
    assert len(keys) == 4


def test_the_files_not_used_for_longest_make_room(kept: Beginnings) -> None:
    files = [put(kept, f"{number:02d}") for number in range(12)]
    for age, file in enumerate(files):
        os.utime(file, (age, age))
    assert kept.find("00") is not None  # used just now
    last = put(kept, "12")
    assert sorted(kept.folder.iterdir()) == [files[0], *files[2:], last]


def test_what_a_killed_process_left_half_written_is_removed(kept: Beginnings) -> None:
    put(kept, kept.key(MESSAGES))
    for name, age in (("old.4711", 7200), ("new.4712", 0)):
        path = kept.folder / name
        path.write_bytes(b"sta")
        os.utime(path, (path.stat().st_atime - age, path.stat().st_mtime - age))

    kept.partial("another")

    left = sorted(path.suffix for path in kept.folder.iterdir())
    assert left == [".4712", ".state"]


def test_nobody_else_may_read_them(kept: Beginnings) -> None:
    put(kept, "one")
    assert kept.folder.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Beginnings(tmp_path / "file", "engine 1", tmp_path / "file" / "in").partial("x") is None


# With a model

INTRODUCTION = (
    Message.system(
        "You count things. " + " ".join(f"{n} comes before {n + 1}." for n in range(12))
    ),
    Message.user("What comes after 3?"),
    Message.assistant("4"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOLVITUR_CACHE", str(tmp_path))
    return tmp_path / "beginnings"


def fresh() -> Local:
    """A model as a new process would have it: loaded anew."""
    assert SMALL is not None
    _load.cache_clear()
    return Local(SMALL, threads=1, context=2048)


def ask(model: Local, text: str, shared: int = len(INTRODUCTION)) -> Reply:
    messages = (*INTRODUCTION, Message.user(text))
    sampling = Sampling(max_tokens=4)
    return asyncio.run(model.reply(Request(messages=messages, shared=shared, sampling=sampling)))


def unread(reply: Reply) -> int:
    assert reply.usage.cached_tokens is not None
    return reply.usage.prompt_tokens - reply.usage.cached_tokens


@needs_model
def test_a_new_process_need_not_read_a_shared_beginning_again(folder: Path) -> None:
    first = ask(fresh(), "What comes after 7?")
    assert len(list(folder.iterdir())) == 1
    again = ask(fresh(), "What comes after 8?")
    assert unread(again) < 30 < first.usage.prompt_tokens
    assert ask(fresh(), "What comes after 7?").text == first.text


@needs_model
def test_no_word_that_is_not_shared_gets_into_a_file(folder: Path) -> None:
    model = fresh()
    ask(model, "xylophone", shared=0)
    assert not folder.exists()
    ask(model, "xylophone")
    (file,) = folder.iterdir()
    before = file.read_bytes()
    ask(model, "zeppelin")
    assert file.read_bytes() == before


@needs_model
@pytest.mark.parametrize("damage", ["torn", "strange"])
def test_a_damaged_file_is_read_anew(folder: Path, damage: str) -> None:
    expected = ask(fresh(), "What comes after 7?").text
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage == "torn" else b"no state at all")
    assert ask(fresh(), "What comes after 7?").text == expected
    (again,) = folder.iterdir()
    assert again.stat().st_size == len(whole)


@needs_model
def test_what_was_read_before_stays_known_when_a_beginning_is_fetched(folder: Path) -> None:
    ask(fresh(), "What comes after 7?")
    model = fresh()
    story = " ".join(f"Then came day {n}." for n in range(25))

    def tell() -> Reply:
        return asyncio.run(
            model.reply(Request(messages=(Message.user(story),), sampling=Sampling(max_tokens=2)))
        )

    tell()
    assert unread(ask(model, "What comes after 7?")) < 30
    assert unread(tell()) < 5


@needs_model
def test_a_beginning_longer_than_the_context_is_refused_as_ever(folder: Path) -> None:
    messages = (Message.system("many " * 3000), Message.user("Say hi."))
    with pytest.raises(RequestRejected, match="context holds 2048"):
        asyncio.run(fresh().reply(Request(messages=messages, shared=1)))
    assert not folder.exists()


@needs_model
def test_begun_in_the_background_it_is_loaded_and_has_fetched_the_beginning(folder: Path) -> None:
    ask(fresh(), "What comes after 7?")
    model = fresh()
    model.begin(INTRODUCTION)
    worker().submit(lambda: None).result()
    assert _load.cache_info().currsize == 1
    assert unread(ask(model, "What comes after 7?", shared=0)) < 30


def test_a_file_that_cannot_be_loaded_is_said_by_the_first_reply(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF but not really")
    model = Local(path)
    model.begin()
    with pytest.raises(ModelUnavailable, match="the file is damaged"):
        ask(model, "Say hi.")
