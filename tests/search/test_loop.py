"""The loop: the same questions in the same order, however fast the answers are."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from solvitur.runs import Interruption, Journal
from solvitur.search import pursue


class Climber:
    """Asks for steps that depend on everything that it was told."""

    def __init__(self, total: int = 12) -> None:
        self.total = total
        self.told: list[tuple[int, int]] = []
        self.asked: list[int] = []

    def ask(self, number: int) -> int | None:
        if number >= self.total:
            return None
        self.asked.append(number * 1000 + len(self.told))
        return self.asked[-1]

    def tell(self, plan: int, result: int) -> None:
        self.told.append((plan, result))


def sleeping(seed: int) -> Callable[[int], Awaitable[int]]:
    random = Random(seed)

    async def work(plan: int) -> int:
        await asyncio.sleep(random.uniform(0, 0.004))
        return plan + 1

    return work


async def climb(climber: Climber, seed: int, **options: object) -> list[int]:
    found = pursue(climber, sleeping(seed), window=4, **options)  # type: ignore[arg-type]
    return [done.ticket async for done in found]


def test_what_is_asked_depends_on_no_speed() -> None:
    climbers = [Climber() for _ in range(5)]
    for seed, climber in enumerate(climbers):
        assert asyncio.run(climb(climber, seed)) == list(range(12))
    assert len({tuple(climber.asked) for climber in climbers}) == 1
    assert [asked % 1000 for asked in climbers[0].asked] == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_as_they_come_the_first_that_is_there_is_told_first() -> None:
    async def work(plan: int) -> int:
        await asyncio.sleep(0.02 if plan == 0 else 0)
        return plan

    async def told() -> list[int]:
        steps = pursue(Climber(3), work, window=3, settle=lambda told, ended: ended)
        return [done.ticket async for done in steps]

    assert asyncio.run(told()) == [1, 2, 0]


def test_a_run_that_is_gone_on_with_tells_in_the_order_of_the_first_time(tmp_path: Path) -> None:
    def run(climber: Climber, seed: int) -> list[int]:
        with Journal(tmp_path / "run.journal") as journal:

            def settle(told: int, ended: int) -> int:
                turn: int = journal.note(f"turn {told}", ended)
                return turn

            return asyncio.run(climb(climber, seed, settle=settle))

    first, again = Climber(), Climber()
    order = run(first, seed=1)
    assert run(again, seed=2) == order
    assert (again.asked, again.told) == (first.asked, first.told)


def test_a_searcher_may_wait_for_what_is_in_flight() -> None:
    class Generations(Climber):
        def ask(self, number: int) -> int | None:
            is_complete = len(self.told) == number // 3 * 3
            return super().ask(number) if number % 3 or is_complete else None

    climber = Generations()
    asyncio.run(climb(climber, 1))
    assert [asked % 1000 for asked in climber.asked if asked // 1000 % 3 == 0] == [0, 3, 6, 9]


def test_work_that_raises_ends_the_search_when_the_rest_is_done() -> None:
    ended: list[int] = []

    async def work(plan: int) -> int:
        await asyncio.sleep(0.01 * (plan // 1000))
        if plan == 1000:
            raise RuntimeError("no")
        ended.append(plan)
        return plan

    async def run() -> None:
        async for _ in pursue(Climber(), work, window=4):
            pass

    with pytest.raises(RuntimeError, match="no"):
        asyncio.run(run())
    assert ended[:4] == [0, 2000, 3000, 4001]


def test_after_an_interruption_what_is_in_flight_is_finished_and_nothing_new_begun() -> None:
    interruption, climber = Interruption(), Climber()

    async def run() -> list[int]:
        tickets = []
        steps = pursue(climber, sleeping(1), window=4, interruption=interruption)
        async for done in steps:
            tickets.append(done.ticket)
            interruption.was_asked or interruption.ask()
        return tickets

    assert asyncio.run(run()) == [0, 1, 2, 3]
    assert len(climber.asked) == 4


def test_a_second_interruption_stops_at_once() -> None:
    interruption = Interruption()

    async def forever(plan: int) -> int:
        await asyncio.sleep(60)
        return plan

    async def run() -> list[int]:
        asyncio.get_running_loop().call_later(0.01, interruption.ask)
        asyncio.get_running_loop().call_later(0.02, interruption.ask)
        steps = pursue(Climber(), forever, window=4, interruption=interruption)
        return [done.ticket async for done in steps]

    assert asyncio.run(run()) == []
