import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from solvitur.agents.chat.sessions import Sessions
from solvitur.errors import ConfigError


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions")


def used(folder: Path, hour: int) -> None:
    moment = datetime(2026, 11, 28, hour, tzinfo=UTC).timestamp()
    for each in (*folder.iterdir(), folder):
        os.utime(each, (moment, moment))


def test_a_new_conversation_has_a_folder_that_nobody_else_can_read(sessions: Sessions) -> None:
    folder = sessions.create(model="scripted", data=("fares.csv",))

    (kept,) = sessions
    assert kept.folder == folder
    assert kept.record is not None
    assert (kept.record.model, kept.record.data) == ("scripted", ("fares.csv",))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sessions.folder.stat().st_mode & 0o777 == 0o700


def test_the_one_used_last_comes_first(sessions: Sessions) -> None:
    first, second, third = (sessions.create() for _ in range(3))
    for folder, hour in ((first, 9), (second, 11), (third, 10)):
        used(folder, hour)

    assert [each.folder for each in sessions] == [second, third, first]
    assert sessions.latest().folder == second


def test_the_first_words_are_its_title_and_stay_it(sessions: Sessions) -> None:
    folder = sessions.create()

    sessions.note(folder, title="How  many\nchairs? " + "x" * 100)
    sessions.note(folder, title="something else")

    record = sessions.find(folder.name).record
    assert record is not None
    assert record.title.startswith("How many chairs? xxx")
    assert len(record.title) == 72


def test_an_id_is_found_by_its_beginning(sessions: Sessions) -> None:
    folder = sessions.create()

    assert sessions.find(folder.name[:-1]).folder == folder


def test_a_beginning_that_several_share_names_them(sessions: Sessions) -> None:
    names = sorted(sessions.create().name for _ in range(2))

    with pytest.raises(ConfigError, match=f"several .*: {names[0]}, {names[1]}"):
        sessions.find(names[0][:4])


def test_of_many_that_share_a_beginning_the_first_are_named(sessions: Sessions) -> None:
    names = sorted(sessions.create().name for _ in range(7))

    with pytest.raises(ConfigError, match=f"{names[4]}, ") as raised:
        sessions.find(names[0][:4])
    assert names[5] not in str(raised.value)


def test_one_in_which_something_was_said_is_gone_on_with_rather_than_an_empty_one(
    sessions: Sessions,
) -> None:
    said, empty = sessions.create(), sessions.create()
    sessions.note(said, title="How many chairs?")
    used(said, 9)
    used(empty, 10)

    assert sessions.latest().folder == said


def test_an_unknown_id_names_those_there_are(sessions: Sessions) -> None:
    with pytest.raises(ConfigError, match="there is none yet"):
        sessions.find("nope")
    folder = sessions.create()

    with pytest.raises(ConfigError, match=folder.name):
        sessions.find("nope")
    with pytest.raises(ConfigError, match=folder.name):
        sessions.find("")


def test_a_damaged_one_is_listed_and_is_not_gone_on_with(sessions: Sessions) -> None:
    whole, damaged = sessions.create(), sessions.create()
    (damaged / "session.json").write_text("{", encoding="utf-8")
    used(whole, 9)
    used(damaged, 10)

    assert [(each.folder, each.record is None) for each in sessions] == [
        (damaged, True),
        (whole, False),
    ]
    assert sessions.latest().folder == whole


def test_without_any_there_is_no_latest(sessions: Sessions) -> None:
    assert list(sessions) == []
    with pytest.raises(ConfigError, match="solvitur chat"):
        sessions.latest()


def test_a_deleted_one_is_gone(sessions: Sessions) -> None:
    gone, kept = sessions.create(), sessions.create()

    sessions.delete(sessions.find(gone.name))

    assert [each.folder for each in sessions] == [kept]
    assert not gone.exists()


def test_a_folder_that_cannot_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(ConfigError, match="SOLVITUR_SESSIONS"):
        Sessions(tmp_path / "file" / "sessions").create()
