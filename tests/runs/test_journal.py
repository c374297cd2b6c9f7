import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.errors import ConfigError, JournalError
from solvitur.runs import Event, Journal, read_journal, ticket
from solvitur.runs.journal import ERROR


def step(journal: Journal, key: str, value: Any, **more: Any) -> Any:
    async def work() -> Any:
        return value

    return asyncio.run(journal.step(key, work, **more))


def told(events: Any) -> list[tuple[int, str, str, Any]]:
    """Everything but the time."""
    return [(event.number, event.kind, event.key, event.value) for event in events]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "run.journal"


# --- steps ---------------------------------------------------------------------------------------


def test_work_is_done_once_for_a_key(path: Path) -> None:
    with Journal(path) as journal:
        assert [step(journal, "a", 1), step(journal, "a", 2)] == [1, 1]
    with Journal(path) as journal:
        assert step(journal, "a", 3) == 1


def test_a_result_is_the_same_the_first_time_and_later(path: Path) -> None:
    value = {"b": (1, None, "ü\ud800\n"), "long": "x" * 100_000}
    with Journal(path) as journal:
        first = step(journal, "a", value)
        first["b"].append("changed by who got it")
        assert step(journal, "a", 0) == {**value, "b": [1, None, "ü\ud800\n"]}


def test_none_is_a_result(path: Path) -> None:
    with Journal(path) as journal:
        assert [step(journal, "a", None), step(journal, "a", 2)] == [None, None]


def test_steps_of_one_key_at_the_same_time_do_the_work_once(path: Path) -> None:
    done = []

    async def work() -> int:
        await asyncio.sleep(0)
        done.append(1)
        return len(done)

    async def both(journal: Journal) -> list[int]:
        return await asyncio.gather(*(journal.step("a", work) for _ in range(10)))

    with Journal(path) as journal:
        assert asyncio.run(both(journal)) == [1] * 10
        assert len(list(journal.events())) == 1


def test_a_step_that_raised_is_recorded_and_taken_again(path: Path) -> None:
    async def fails() -> int:
        raise ValueError("no luck")

    with Journal(path) as journal, pytest.raises(ValueError, match="no luck"):
        asyncio.run(journal.step("a", fails, kind="try"))
    error = {"kind": "try", "error": "ValueError", "message": "no luck"}
    with Journal(path) as journal:
        assert step(journal, "a", 1, kind="try") == 1
        assert told(journal.events()) == [(1, ERROR, "a", error), (2, "try", "a", 1)]


def test_who_waits_for_a_step_that_is_cancelled_takes_it_over(path: Path) -> None:
    async def both(journal: Journal) -> int:
        async def never() -> int:
            await asyncio.sleep(3600)
            return 1

        async def at_once() -> int:
            return 2

        first = asyncio.create_task(journal.step("a", never))
        await asyncio.sleep(0)
        second = asyncio.create_task(journal.step("a", at_once))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    with Journal(path) as journal:
        assert asyncio.run(both(journal)) == 2
        assert [event.kind for event in journal.events()] == ["step"]


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
def test_what_json_cannot_say_is_no_result(path: Path, value: object) -> None:
    with Journal(path) as journal:
        with pytest.raises((TypeError, ValueError)):
            step(journal, "a", value)
        assert [event.kind for event in journal.events()] == [ERROR]


def test_a_note_holds_from_the_first_time_on(path: Path) -> None:
    with Journal(path) as journal:
        assert journal.note("settings", {"model": "a"}) == {"model": "a"}
        assert journal.note("settings", {"model": "b"}) == {"model": "a"}
        assert told(journal.events("note")) == [(1, "note", "settings", {"model": "a"})]


def test_events_of_one_kind_keep_their_numbers(path: Path) -> None:
    with Journal(path) as journal:
        for number in range(6):
            step(journal, str(number), number, kind="even" if number % 2 == 0 else "odd")
        assert [event.number for event in journal.events("odd")] == [2, 4, 6]
        assert list(journal.events("none")) == []


# --- order ---------------------------------------------------------------------------------------


async def run_tree(journal: Journal, tree: Any, pause: Callable[[], float]) -> None:
    """Take a step for each name in a tree of names: branches at once, a branch in order."""

    async def branch(number: int, names: list[Any]) -> None:
        with ticket(number):
            for name, inner in names:

                async def work(name: str = name, inner: Any = inner) -> str:
                    await asyncio.sleep(pause())
                    await run_tree(journal, inner, pause)
                    return f"did {name}"

                await journal.step(name, work)

    await asyncio.gather(*(branch(number, names) for number, names in enumerate(tree)))


names = st.sampled_from([f"step {number}" for number in range(30)])
trees = st.recursive(
    st.just([]),
    lambda inner: st.lists(st.lists(st.tuples(names, inner), max_size=3), max_size=4),
    max_leaves=12,
)


def renamed(tree: Any, used: list[int]) -> Any:
    """Give each name of a tree once."""
    return [
        [(f"{name} {(used.append(1), len(used))[1]}", renamed(inner, used)) for name, inner in row]
        for row in tree
    ]


@settings(max_examples=25, deadline=None)
@given(trees, st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(0, 10))
def test_events_stand_in_the_same_order_whatever_was_done_first(
    tree: Any, pauses: list[int], stop: int
) -> None:
    tree = renamed(tree, [])
    with tempfile.TemporaryDirectory() as folder:
        plain, mixed = Path(folder, "plain"), Path(folder, "mixed")
        with Journal(plain) as journal:
            asyncio.run(run_tree(journal, tree, lambda: 0))
        left = stop

        def pause() -> float:
            nonlocal left
            left -= 1
            if left == 0:
                raise asyncio.CancelledError
            return pauses[left % len(pauses)] / 10_000

        try:
            with Journal(mixed) as journal:
                asyncio.run(run_tree(journal, tree, pause))
        except asyncio.CancelledError:
            with Journal(mixed) as journal:
                asyncio.run(run_tree(journal, tree, pause))
        assert told(read_journal(mixed)) == told(read_journal(plain))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(names, max_size=3), max_size=6),
    st.lists(st.integers(0, 3), min_size=1, max_size=20),
)
def test_a_step_of_several_tasks_stands_where_the_first_of_them_has_it(
    branches: list[list[str]], pauses: list[int]
) -> None:
    tree = [[(name, []) for name in branch] for branch in branches]
    first_seen = list(dict.fromkeys(name for branch in branches for name in branch))
    chance = random.Random(str(pauses))
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "j")) as journal:
        asyncio.run(run_tree(journal, tree, lambda: chance.choice(pauses) / 10_000))
        assert [event.key for event in journal.events()] == first_seen


def test_what_a_step_is_made_of_stands_before_it_and_moves_with_it(path: Path) -> None:
    async def shared(journal: Journal) -> int:
        await step_in(journal, "part 1")
        await step_in(journal, "part 2")
        return 3

    async def step_in(journal: Journal, key: str) -> Any:
        return await journal.step(key, lambda: asyncio.sleep(0, key))

    async def late_then_early(journal: Journal) -> None:
        with ticket(5):
            await step_in(journal, "before")
            await journal.step("whole", lambda: shared(journal))
        with ticket(2):
            await journal.step("whole", lambda: shared(journal))

    with Journal(path) as journal:
        asyncio.run(late_then_early(journal))
        found = [event.key for event in journal.events()]
    assert found == ["part 1", "part 2", "whole", "before"]


# --- ends ----------------------------------------------------------------------------------------

ENDLESS = """
import asyncio, sys
from solvitur.runs import Journal, ticket

async def task(journal, number):
    with ticket(number):
        for part in range(20):
            key = f"{number}/{part}"
            async def work():
                print("asked", key, flush=True)
                await asyncio.sleep((number * 7 + part * 3) % 5 / 1000)
                return {"text": key * 300}
            await journal.step(key, work)
            print("done", key, flush=True)

async def main():
    with Journal(sys.argv[1]) as journal:
        gate = asyncio.Semaphore(8)
        async def gated(number):
            async with gate:
                await task(journal, number)
        await asyncio.gather(*(gated(number) for number in range(25)))

asyncio.run(main())
"""


def go_on(path: Path, kill_after: int | None) -> tuple[set[str], set[str]]:
    """Run until so many steps are done; give back what work was begun, and what was done."""
    told: dict[str, set[str]] = {"asked": set(), "done": set()}
    command = [sys.executable, "-c", ENDLESS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.endswith("\n"):
                break  # it was killed in the middle of a line
            what, key = line.split()
            told[what].add(key)
            if len(told["done"]) == kill_after:
                process.kill()
    assert process.returncode == (0 if kill_after is None else -signal.SIGKILL)
    return told["asked"], told["done"]


def test_a_run_that_is_killed_again_and_again_loses_and_repeats_nothing(path: Path) -> None:
    recorded: set[str] = set()
    for kill_after in (20, 130, 210, 300, 370, None):
        asked, done = go_on(path, kill_after)
        assert not asked & recorded
        recorded = {event.key for event in read_journal(path)}
        assert done <= recorded
        assert len(asked - recorded) <= 8  # what was in flight
    expected = [f"{number}/{part}" for number in range(25) for part in range(20)]
    assert [event.key for event in read_journal(path)] == expected


def test_a_thousand_steps_at_once_are_all_there(path: Path) -> None:
    async def task(journal: Journal, number: int, gate: asyncio.Semaphore) -> None:
        async with gate:
            with ticket(number):
                await journal.step(str(number), lambda: asyncio.sleep(0.001, {"n": number}))

    async def main(journal: Journal) -> None:
        gate = asyncio.Semaphore(32)
        await asyncio.gather(*(task(journal, number, gate) for number in range(1000)))

    with Journal(path) as journal:
        asyncio.run(main(journal))
        assert [event.value["n"] for event in journal.events()] == list(range(1000))


FILL = """
import asyncio, resource, sys
from solvitur.errors import JournalError
from solvitur.runs import Journal

resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
asked = 0

async def work():
    global asked
    asked += 1
    return list(range(asked * 1000, asked * 1000 + 5000))

with Journal(sys.argv[1]) as journal:
    kept = []
    for number in range(1000):
        try:
            kept.append(asyncio.run(journal.step(str(number), work)))
        except JournalError as error:
            print(len(kept), asked, error)
            break
    try:
        asyncio.run(journal.step("another", work))
    except JournalError:
        print(asked)
    print(asyncio.run(journal.step("0", work)) == kept[0], len(list(journal.events())))
"""


def test_a_full_disk_is_said_and_takes_nothing_away(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True
    )
    failed, asked_after, still = done.stdout.splitlines()
    kept, asked, message = failed.split(" ", 2)
    assert int(kept) > 0
    assert int(asked) == int(asked_after) == int(kept) + 1  # nobody pays for what cannot be kept
    assert str(path) in message
    assert "make room" in message
    assert still == f"True {kept}"
    assert len(list(read_journal(path))) == int(kept)
    with Journal(path) as journal:
        step(journal, "after", 1)


def test_a_full_disk_at_the_beginning_is_said(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from solvitur.runs import Journal; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); Journal(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "j")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "JournalError: no journal can be kept in" in done.stderr


# --- others --------------------------------------------------------------------------------------


def hold(path: str, ready: Any, over: Any) -> None:
    with Journal(path) as journal:
        step(journal, "theirs", 1)
        ready.set()
        over.wait()
        step(journal, "theirs too", 2)


def test_one_process_writes_and_others_read(path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    ready, over = spawning.Event(), spawning.Event()
    process = spawning.Process(target=hold, args=(str(path), ready, over))
    process.start()
    ready.wait()
    with pytest.raises(JournalError, match=f"is open already, in the process {process.pid};"):
        Journal(path)
    assert [event.key for event in read_journal(path)] == ["theirs"]
    reading = read_journal(path)
    assert next(reading).key == "theirs"
    over.set()
    process.join()
    assert list(reading) == []  # what was there when reading began
    with Journal(path) as journal:
        assert [event.key for event in journal.events()] == ["theirs", "theirs too"]


def test_a_journal_is_open_once_in_a_process_too(path: Path) -> None:
    with Journal(path), pytest.raises(JournalError, match=str(os.getpid())):
        Journal(path)
    with Journal(path):
        pass


def test_a_journal_that_is_closed_leaves_one_file(path: Path) -> None:
    with Journal(path) as journal:
        step(journal, "a", 1)
    journal.close()
    assert [file.name for file in path.parent.iterdir()] == ["run.journal"]


def test_events_can_be_read_while_steps_are_taken(path: Path) -> None:
    with Journal(path) as journal:
        for number in range(3):
            step(journal, str(number), number)
        for event in journal.events():
            step(journal, f"about {event.key}", event.number)
            assert step(journal, f"about {event.key}", 0) == event.number
        assert len(list(journal.events())) == 6


def test_a_journal_can_be_read_where_nothing_may_be_written() -> None:
    code = (
        "import os, sys; from solvitur.runs import read_journal; os.geteuid() or os.setuid(65534); "
        "print([event.key for event in read_journal(sys.argv[1])])"
    )
    with tempfile.TemporaryDirectory() as folder:  # others may look into this one
        file = Path(folder, "j")
        with Journal(file) as journal:
            step(journal, "a", 1)
        file.chmod(0o444)
        file.parent.chmod(0o555)
        command = [sys.executable, "-c", code, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        file.parent.chmod(0o755)
    assert (done.stdout, done.stderr) == ("['a']\n", "")


# --- what is no journal --------------------------------------------------------------------------


def test_a_file_that_is_no_journal_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes\n" * 100)
    with pytest.raises(ConfigError, match="is not a journal"):
        Journal(file)
    with pytest.raises(ConfigError, match="is not a journal"):
        list(read_journal(file))
    assert file.read_text() == "my notes\n" * 100
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_another_database_is_left_as_it_is(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE mine (a)")
    other.close()
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(ConfigError, match="another SQLite database"):
        Journal(tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == before


def test_a_later_format_is_said(path: Path) -> None:
    Journal(path).close()
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version = 2")
    later.close()
    for opening in (Journal, lambda path: list(read_journal(path))):
        with pytest.raises(ConfigError, match="format 2; this solvitur knows format 1"):
            opening(path)


def test_a_journal_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no journal"):
        list(read_journal(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_file_can_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="no journal can be kept in"):
        Journal(tmp_path / "file" / "j")
    with pytest.raises(ConfigError, match="no journal can be kept in"):
        Journal(tmp_path)


@pytest.mark.parametrize("payload", [b"x\x9c damaged", "{damaged"])
def test_an_event_that_is_damaged_is_said(path: Path, payload: object) -> None:
    with Journal(path) as journal:
        step(journal, "a", 1)
    rows = sqlite3.connect(path)
    with rows:
        rows.execute("UPDATE events SET payload = ?", (payload,))
    rows.close()
    with pytest.raises(ConfigError, match="damaged"):
        list(read_journal(path))


def test_an_event_shows_what_it_is() -> None:
    event = Event(1, "reply", "key", {"a": 1}, 0.0)
    assert repr(event) == "Event(number=1, kind='reply', key='key', value={'a': 1}, time=0.0)"
