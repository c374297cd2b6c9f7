import asyncio
import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.runs import Interruption, Journal, spread


class Gates:
    """Work that ends when it is told to, and is watched."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.cancelled: list[int] = []
        self.at_once = 0
        self.most_at_once = 0
        self._open: dict[int, asyncio.Event] = {}

    def open(self, *numbers: int) -> None:
        for number in numbers:
            self._open.setdefault(number, asyncio.Event()).set()

    async def work(self, number: int) -> str:
        self.begun.append(number)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._open.setdefault(number, asyncio.Event()).wait()
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        finally:
            self.at_once -= 1
        return f"result {number}"


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def collected(**how: Any) -> tuple[list[int], asyncio.Task[None], Gates]:
    """Spread in a task; give what has come so far, the task, and the gates."""
    gates = Gates()
    came: list[int] = []
    items = how.pop("items", range(6))

    async def collect() -> None:
        async for done in spread(gates.work, items, **how):
            assert done.value == f"result {done.item}"
            assert done.ticket == done.item
            came.append(done.item)

    return came, asyncio.create_task(collect()), gates


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def test_results_come_as_they_are_there() -> None:
    async def test() -> None:
        came, task, gates = collected(at_once=3)
        await settle()
        assert gates.begun == [0, 1, 2]
        gates.open(2)
        await settle()
        assert (came, gates.begun) == ([2], [0, 1, 2, 3])
        gates.open(0, 1, 3, 4, 5)
        await task
        assert sorted(came) == list(range(6))
        assert gates.most_at_once == 3

    run(test)


def test_results_in_order_wait_for_the_ones_before() -> None:
    async def test() -> None:
        came, task, gates = collected(at_once=4, in_order=True)
        await settle()
        gates.open(1, 2)
        await settle()
        assert came == []
        assert len(gates.begun) == 6
        gates.open(0)
        await settle()
        assert came == [0, 1, 2]
        gates.open(5, 4, 3)
        await task
        assert came == [0, 1, 2, 3, 4, 5]

    run(test)


def test_items_are_taken_when_there_is_room() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    async def test() -> None:
        _, task, gates = collected(at_once=2, items=items())
        await settle()
        assert taken == [0, 1]
        gates.open(*range(100))
        await task
        assert len(taken) == 100

    run(test)


def test_nothing_to_do_is_done_at_once() -> None:
    async def test() -> None:
        came, task, _ = collected(at_once=2, items=[])
        await task
        assert came == []

    run(test)


@pytest.mark.parametrize("in_order", [False, True])
def test_what_is_in_flight_is_given_before_an_error_is_raised(in_order: bool) -> None:
    async def work(number: int) -> int:
        await asyncio.sleep(0.001 * number)
        if number in (1, 2):
            raise ValueError(f"no {number}")
        return number

    async def test() -> None:
        came: list[int] = []

        async def collect() -> None:
            async for done in spread(work, range(100), at_once=5, in_order=in_order):
                came.append(done.value)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(ValueError, match="no 1"):
            await collect()
        assert 0 in came
        assert {3, 4} <= set(came) <= {0, 3, 4, 5, 6}

    run(test)


def test_who_is_cancelled_leaves_no_task_behind() -> None:
    async def test() -> None:
        _, task, gates = collected(at_once=3)
        await settle()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sorted(gates.cancelled) == [0, 1, 2]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(test)


def test_who_has_enough_leaves_no_task_behind() -> None:
    async def test() -> None:
        gates = Gates()
        gates.open(1)
        async with contextlib.aclosing(spread(gates.work, range(9), at_once=3)) as results:
            async for done in results:
                assert done.item == 1
                break
        assert sorted(gates.cancelled) == [0, 2, 3] or sorted(gates.cancelled) == [0, 2]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(test)


def test_the_first_interruption_lets_what_is_in_flight_end() -> None:
    async def test() -> None:
        interruption = Interruption()
        came, task, gates = collected(at_once=3, interruption=interruption)
        await settle()
        interruption.ask()
        gates.open(*range(6))
        await task
        assert (sorted(came), gates.begun) == ([0, 1, 2], [0, 1, 2])

    run(test)


def test_the_second_interruption_drops_what_is_in_flight() -> None:
    async def test() -> None:
        interruption = Interruption()
        came, task, gates = collected(at_once=3, interruption=interruption)
        gates.open(1)
        await settle()
        await asyncio.to_thread(interruption.ask)
        await settle()
        assert not task.done()
        await asyncio.to_thread(interruption.ask)
        await task
        assert came == [1]
        assert sorted(gates.cancelled) == [0, 2, 3]

    run(test)


def test_work_within_work_is_spread_as_well() -> None:
    async def inner(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def outer(number: int) -> int:
        return sum([done.value async for done in spread(inner, range(number), at_once=2)])

    async def test() -> None:
        found = [done.value async for done in spread(outer, range(5), at_once=3, in_order=True)]
        assert found == [0, 0, 1, 3, 6]

    run(test)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=12),
    st.lists(st.integers(0, 3), min_size=1, max_size=9),
    st.integers(1, 5),
)
def test_a_journal_is_the_same_however_many_are_at_work(
    sizes: list[int], pauses: list[int], at_once: int
) -> None:
    async def main(journal: Journal, at_once: int, pauses: list[int]) -> None:
        async def part(key: str) -> str:
            await asyncio.sleep(pauses[len(key) % len(pauses)] / 10_000)
            return await journal.step(key, lambda: asyncio.sleep(0, key))  # type: ignore[no-any-return]

        async def whole(number: int) -> None:
            keys = [f"{'x' * part}{number}" for part in range(sizes[number])]
            await journal.step(f"begin {number}", lambda: asyncio.sleep(0))
            async for _ in spread(part, keys, at_once=2):
                pass

        journal.note("settings", 1)
        for generation in range(2):
            async for done in spread(whole, range(len(sizes)), at_once=at_once):
                journal.note(f"{generation} had {done.item}", done.value)
            journal.note(f"end of {generation}", 1)

    def events(at_once: int, pauses: list[int]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "j")) as journal:
            asyncio.run(main(journal, at_once, pauses))
            notes = [event.key for event in journal.events("note") if "had" not in event.key]
            assert notes == ["settings", "end of 0", "end of 1"]
            return [event.key for event in journal.events("step")]

    assert events(at_once, pauses) == events(1, [0])
