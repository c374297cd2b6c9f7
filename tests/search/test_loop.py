"""The loop: the same questions in the same order, however fast the answers are."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from solvitur.runs import Interruption, Journal, Width
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


async def climb(climber: Climber, seed: int, **options: Any) -> list[int]:
    steps = pursue(climber, sleeping(seed), sleeping(seed + 50), Width(2, 2), **options)
    return [step.item // 1000 async for step in steps]


def test_what_is_asked_depends_on_no_speed() -> None:
    climbers = [Climber() for _ in range(5)]
    for seed, climber in enumerate(climbers):
        assert asyncio.run(climb(climber, seed)) == list(range(12))
    assert len({tuple(climber.asked) for climber in climbers}) == 1
    assert [asked % 1000 for asked in climbers[0].asked] == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_a_run_that_is_gone_on_with_tells_in_the_order_of_the_first_time(tmp_path: Path) -> None:
    def run(climber: Climber, seed: int) -> list[int]:
        with Journal(tmp_path / "run.journal") as journal:
            return asyncio.run(climb(climber, seed, deterministic=False, journal=journal))

    first, again = Climber(), Climber()
    order = run(first, seed=1)
    assert run(again, seed=2) == order != sorted(order)
    assert (again.asked, again.told) == (first.asked, first.told)


def test_a_searcher_may_wait_for_what_is_in_flight() -> None:
    class Generations(Climber):
        def ask(self, number: int) -> int | None:
            is_complete = len(self.told) == number // 3 * 3
            return super().ask(number) if number % 3 or is_complete else None

    climber = Generations()
    assert asyncio.run(climb(climber, 1)) == list(range(12))
    assert [asked % 1000 for asked in climber.asked if asked // 1000 % 3 == 0] == [0, 3, 6, 9]


def test_one_that_asks_for_nothing_is_done_at_once() -> None:
    assert asyncio.run(climb(Climber(0), 1)) == []


def test_work_that_raises_ends_the_search_when_the_rest_is_told() -> None:
    climber = Climber()

    async def work(plan: int) -> int:
        await asyncio.sleep(0.01)
        if plan == 1000:
            raise RuntimeError("no")
        return plan

    async def run() -> None:
        async for _ in pursue(climber, work, sleeping(1), Width(4)):
            pass

    with pytest.raises(RuntimeError, match="no"):
        asyncio.run(run())
    assert [plan for plan, _ in climber.told][:3] == [0, 2000, 3000]


def test_after_an_interruption_nothing_new_is_asked_for() -> None:
    interruption, climber = Interruption(), Climber()

    async def run() -> list[int]:
        tickets = []
        steps = pursue(
            climber, sleeping(1), sleeping(2), Width(4, in_flight=4), interruption=interruption
        )
        async for step in steps:
            tickets.append(step.ticket)
            if not interruption.was_asked:
                interruption.ask()
        return tickets

    assert asyncio.run(run()) == [0, 1, 2, 3]
    assert len(climber.asked) == 4
