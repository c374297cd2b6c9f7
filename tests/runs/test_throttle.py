import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from solvitur.errors import RateLimited
from solvitur.runs import Throttle


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def overload(throttle: Throttle) -> None:
    with contextlib.suppress(RateLimited):
        async with throttle.slot():
            await asyncio.sleep(0)
            raise RateLimited("slow down")


def test_no_more_calls_are_in_flight_than_the_ceiling() -> None:
    async def test() -> None:
        throttle, most = Throttle(3), 0

        async def call() -> None:
            nonlocal most
            async with throttle.slot():
                most = max(most, throttle.in_flight)
                await asyncio.sleep(0)

        await asyncio.gather(*(call() for _ in range(20)))
        assert (most, throttle.in_flight) == (3, 0)

    run(test)


def test_calls_that_are_refused_together_halve_the_number_once() -> None:
    async def test() -> None:
        throttle = Throttle(16)
        await asyncio.gather(*(overload(throttle) for _ in range(16)))
        assert throttle.limit == 8
        await asyncio.gather(*(overload(throttle) for _ in range(8)))
        assert throttle.limit == 4

    run(test)


def test_one_call_is_always_let_through() -> None:
    async def test() -> None:
        throttle = Throttle(4)
        for _ in range(10):
            await overload(throttle)
        assert throttle.limit == 1
        async with throttle.slot():
            assert throttle.in_flight == 1

    run(test)


def test_success_creeps_up_to_the_ceiling() -> None:
    async def test() -> None:
        throttle = Throttle(8)
        await overload(throttle)
        limits = []
        for _ in range(40):
            async with throttle.slot():
                limits.append(throttle.limit)
        assert limits[0] == 4
        assert limits[4:6] == [4, 5]  # about one more for each round of calls
        assert limits[-1] == 8
        assert throttle.limit == 8

    run(test)


def test_another_failure_changes_nothing() -> None:
    async def test() -> None:
        throttle = Throttle(8)
        with pytest.raises(ValueError, match="odd"):
            async with throttle.slot():
                raise ValueError("odd")
        assert (throttle.limit, throttle.in_flight) == (8, 0)

    run(test)


def test_who_waits_is_let_in_in_turn_and_may_go_away() -> None:
    async def test() -> None:
        throttle, order, gate = Throttle(1), [], asyncio.Event()

        async def call(number: int) -> None:
            async with throttle.slot():
                order.append(number)
                await gate.wait()

        tasks = [asyncio.create_task(call(number)) for number in range(5)]
        await settle()
        tasks[2].cancel()
        tasks[0].cancel()  # which lets in 1, that goes away at the same moment
        await asyncio.sleep(0)
        tasks[1].cancel()
        gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [number for number in order if number != 1] == [0, 3, 4]
        assert throttle.in_flight == 0

    run(test)


def test_nothing_at_all_is_no_ceiling() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Throttle(0)
