import asyncio
import contextlib
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.runs import Commit, Interruption, Journal, Width, pipeline

Seen = list[Commit[int, int, int]]


class Stage:
    """One stage whose pauses are told, and which is watched."""

    def __init__(self, pauses: list[int] | None = None) -> None:
        self.begun: list[int] = []
        self.now = 0
        self.most = 0
        self._pauses = pauses or [0]

    async def __call__(self, item: int) -> int:
        self.begun.append(item)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            for _ in range(self._pauses[item % len(self._pauses)]):
                await asyncio.sleep(0)
        finally:
            self.now -= 1
        return item


async def gathered(*given: Any, **how: Any) -> Seen:
    return [commit async for commit in pipeline(*given, **how)]


@pytest.mark.parametrize("deterministic", [False, True])
def test_much_is_proposed_at_once_and_less_is_evaluated(deterministic: bool) -> None:
    propose, evaluate = Stage([9]), Stage([3])
    commits = asyncio.run(
        gathered(propose, evaluate, range(30), Width(8, 2), deterministic=deterministic)
    )
    assert sorted(commit.item for commit in commits) == list(range(30))
    assert [commit.number for commit in commits] == list(range(30))
    assert (propose.most, evaluate.most) == (8, 2)


def test_no_more_is_in_flight_than_may_be() -> None:
    committed = 0
    most = 0

    def items() -> Iterator[int]:
        nonlocal most
        for number in range(20):
            most = max(most, number + 1 - committed)
            yield number

    async def main() -> None:
        nonlocal committed
        async for _ in pipeline(Stage(), Stage([20]), items(), Width(9, 1, in_flight=4)):
            committed += 1

    asyncio.run(main())
    assert (committed, most) == (20, 4)


def test_in_order_each_item_knows_of_the_same_commits_in_every_run() -> None:
    def run(pauses: list[int]) -> list[tuple[int, int]]:
        known: list[int] = []
        told: list[tuple[int, int]] = []

        def items() -> Iterator[int]:
            for number in range(12):
                told.append((number, len(known)))
                yield number

        async def main() -> None:
            width = Width(3, 1)
            stages = Stage(pauses), Stage(pauses[::-1])
            async for commit in pipeline(*stages, items(), width, deterministic=True):
                assert commit.ticket == commit.number == commit.item
                assert commit.staleness == min(commit.number, 3)
                known.append(commit.item)

        asyncio.run(main())
        return told

    expected = [(number, max(0, number - 3)) for number in range(12)]
    assert run([0]) == run([7, 0, 3]) == run([0, 30, 1, 2]) == expected


def test_as_completed_says_how_stale_each_is() -> None:
    commits: Seen = []
    known: list[int] = []

    def items() -> Iterator[int]:
        for number in range(9):
            known.append(len(commits))
            yield number

    async def main() -> None:
        slow_first = Stage([90, *[0] * 9])
        async for commit in pipeline(slow_first, Stage(), items(), Width(2, 2)):
            commits.append(commit)

    asyncio.run(main())
    assert commits[-1].ticket == 0
    assert commits[-1].staleness == 8
    for commit in commits:
        assert commit.staleness == commit.number - known[commit.ticket]


class Search:
    """A search whose every proposal hangs on what was committed before, as a population's does."""

    def __init__(self, pauses: list[int], count: int, width: Width, deterministic: bool) -> None:
        self._pauses, self._count, self._width = pauses, count, width
        self._deterministic = deterministic
        self.population: list[int] = []
        self.asked: list[int] = []

    async def run(self, path: Path, stop_after: int | None = None) -> None:
        with Journal(path) as journal:
            journal.note("seed", 7)

            async def propose(parent: int) -> int:
                async def ask() -> int:
                    self.asked.append(parent)
                    await self._pause(len(self.asked))
                    return (31 * parent + 7) % 1009

                return int(await journal.step(f"ask {parent}", ask, kind="reply"))

            async def evaluate(child: int) -> int:
                await self._pause(child)
                return child

            commits = pipeline(
                propose,
                evaluate,
                self._parents(),
                self._width,
                deterministic=self._deterministic,
                journal=journal,
            )
            async with contextlib.aclosing(commits):
                async for commit in commits:
                    self.population.append(commit.value)
                    if len(self.population) == stop_after:
                        return

    def _parents(self) -> Iterator[int]:
        generator = random.Random(7)
        for number in range(self._count):
            chosen = generator.choice(self.population) if self.population else 0
            yield 1000 * number + chosen

    async def _pause(self, number: int) -> None:
        for _ in range(self._pauses[number % len(self._pauses)]):
            await asyncio.sleep(0)


pauses = st.lists(st.integers(0, 9), min_size=1, max_size=9)


@settings(max_examples=12, deadline=None)
@given(pauses, st.integers(1, 5), st.integers(1, 3))
def test_in_order_the_events_hang_on_no_pause(
    pauses: list[int], proposals: int, evaluations: int
) -> None:
    def events(pauses: list[int]) -> list[tuple[str, str, Any]]:
        search = Search(pauses, 15, Width(proposals, evaluations), deterministic=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "j")
            asyncio.run(search.run(path))
            with Journal(path) as journal:
                return [(event.kind, event.key, event.value) for event in journal.events()]

    assert events(pauses) == events([0])


@settings(max_examples=12, deadline=None)
@given(pauses, pauses, st.integers(1, 11), st.booleans())
def test_a_search_that_is_resumed_is_the_same_and_asks_nothing_twice(
    before: list[int], after: list[int], stop_after: int, deterministic: bool
) -> None:
    width = Width(3, 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "j")
        ended = Search(before, 12, width, deterministic)
        asyncio.run(ended.run(path, stop_after))
        with Journal(path) as journal:
            replies = {event.key for event in journal.events("reply")}
        resumed = Search(after, 12, width, deterministic)
        asyncio.run(resumed.run(path))
        assert resumed.population[:stop_after] == ended.population
        assert len(resumed.population) == 12
        assert not {f"ask {parent}" for parent in resumed.asked} & replies
        again = Search([0], 12, width, deterministic)
        asyncio.run(again.run(path))
        assert again.population == resumed.population
        assert again.asked == []


@pytest.mark.parametrize("deterministic", [False, True])
def test_what_is_in_flight_is_committed_before_an_error_is_raised(deterministic: bool) -> None:
    async def evaluate(number: int) -> int:
        await asyncio.sleep(0)
        if number in (1, 2):
            raise ValueError(f"no {number}")
        return number

    async def main() -> None:
        came: list[int] = []

        async def collect() -> None:
            width = Width(1, 4)
            async for commit in pipeline(
                Stage(), evaluate, range(100), width, deterministic=deterministic
            ):
                came.append(commit.value)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(ValueError, match="no 1"):
            await collect()
        assert 0 in came
        assert len(came) < 10

    asyncio.run(main())


@pytest.mark.parametrize("deterministic", [False, True])
def test_the_first_interruption_asks_for_nothing_more_and_commits_what_is_in_flight(
    deterministic: bool,
) -> None:
    interruption = Interruption()
    propose = Stage([5])

    async def main() -> Seen:
        task = asyncio.create_task(
            gathered(
                propose,
                Stage(),
                range(100),
                Width(3, 4),
                deterministic=deterministic,
                interruption=interruption,
            )
        )
        while propose.now < 3:
            await asyncio.sleep(0)
        interruption.ask()
        return await task

    commits = asyncio.run(main())
    assert [commit.item for commit in commits] == propose.begun == [0, 1, 2]


def test_the_second_interruption_drops_what_is_in_flight_and_keeps_what_is_done() -> None:
    interruption = Interruption()
    stuck = asyncio.Event()

    async def evaluate(number: int) -> int:
        if number == 0:
            await stuck.wait()
        return number

    async def main() -> Seen:
        task = asyncio.create_task(
            gathered(
                Stage(),
                evaluate,
                range(4),
                Width(2, 2),
                deterministic=True,
                interruption=interruption,
            )
        )
        for _ in range(30):
            await asyncio.sleep(0)
        interruption.ask()
        await asyncio.to_thread(interruption.ask)
        return await task

    assert [commit.item for commit in asyncio.run(main())] == [1, 2, 3]


def test_who_has_enough_leaves_no_task_behind() -> None:
    async def main() -> None:
        commits = pipeline(Stage([3]), Stage(), range(50), Width(4, 2))
        async with contextlib.aclosing(commits):
            async for _ in commits:
                break
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_nothing_to_do_is_done_at_once() -> None:
    assert asyncio.run(gathered(Stage(), Stage(), [], Width())) == []


def test_one_that_ends_just_as_another_is_committed_is_no_surprise() -> None:
    complaints: list[Any] = []

    async def run() -> list[int]:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
        found = []
        for pauses in range(1, 8):
            propose, evaluate = Stage([0]), Stage([pauses, 0, 1, 2])
            steps = gathered(propose, evaluate, range(8), Width(4, 4), deterministic=True)
            found.append(len(await steps))
        return found

    assert asyncio.run(run()) == [8] * 7
    assert complaints == []
