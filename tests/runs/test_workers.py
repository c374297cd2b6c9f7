import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from solvitur.runs import Interruption, TaskEnd, TaskResult, Workers, lent_workers, spread
from tests.runs import tasks
from tests.runs.processes import children, is_there, wait_until


def run_all(*calls: tuple[Any, ...], count: int = 1, **how: Any) -> list[TaskResult]:
    async def main() -> list[TaskResult]:
        async with Workers(count, memory=how.pop("memory", None)) as workers:
            return await asyncio.gather(*(workers.run(*call, **how) for call in calls))

    return asyncio.run(main())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_results_belong_to_their_calls() -> None:
    results = run_all(*((tasks.double, number) for number in range(100)), count=2)
    assert [result.value for result in results] == [2 * number for number in range(100)]
    assert {result.end for result in results} == {TaskEnd.value}


def test_a_process_is_used_again_and_there_are_no_more_than_asked_for() -> None:
    results = run_all(*[(tasks.process,)] * 20, count=2)
    assert len({result.value for result in results}) <= 2
    assert os.getpid() not in {result.value for result in results}


def test_what_is_large_goes_there_and_back() -> None:
    text = "ab" * 5_000_000
    (result,) = run_all((tasks.sized, text))
    assert result.value == text[::-1]


def test_what_a_task_raises_is_a_result() -> None:
    failed, left, unsent, fine = run_all(
        (tasks.fail, "no luck"), (tasks.leave, 3), (tasks.unsendable,), (tasks.double, 1)
    )
    assert (failed.end, failed.message) == (TaskEnd.raised, "RuntimeError: no luck")
    assert "raise RuntimeError(words)\nRuntimeError: no luck\n" in failed.traceback
    assert (left.end, left.message) == (TaskEnd.raised, "SystemExit: 3")
    assert unsent.end is TaskEnd.raised
    assert "pickle" in unsent.message
    assert fine.value == 2


def test_a_task_that_hangs_is_ended_and_others_go_on() -> None:
    hung, fine = run_all((tasks.spin,), (tasks.double, 4), seconds=0.5)
    assert (hung.end, hung.message) == (TaskEnd.timed_out, "it took more than 0.5 s")
    assert fine.value == 8


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ((tasks.drop_dead, 3), "its process ended with exit code 3"),
        ((tasks.drop_dead, 0), "its process ended with exit code 0"),
        ((tasks.fault,), "its process was ended by the signal SIGSEGV"),
        ((tasks.kill_itself,), "its process was ended by the signal SIGKILL"),
        ((tasks.fork_and_die,), "its process ended with exit code 1"),
    ],
)
def test_a_process_that_dies_is_the_result_of_its_task_alone(
    task: tuple[Any, ...], message: str
) -> None:
    died, fine = run_all(task, (tasks.double, 4))
    assert (died.end, died.message) == (TaskEnd.crashed, message)
    assert fine.value == 8


def test_the_last_words_of_a_process_are_kept() -> None:
    (died,) = run_all((tasks.kill_itself,))
    assert died.traceback == "these are my last words"


def test_a_worker_that_is_killed_from_outside_is_replaced() -> None:
    async def main() -> tuple[TaskResult, TaskResult, TaskResult]:
        async with Workers(1) as workers:
            idle = (await workers.run(tasks.process)).value
            os.kill(idle, signal.SIGKILL)
            wait_until(lambda: not is_there(idle))
            next_one = await workers.run(tasks.process)
            hanging = asyncio.create_task(workers.run(tasks.spin))
            await asyncio.sleep(0.1)
            os.kill(next_one.value, signal.SIGKILL)
            return next_one, await hanging, await workers.run(tasks.double, 1)

    next_one, killed, fine = asyncio.run(main())
    assert next_one.end is TaskEnd.value
    assert killed.message == "its process was ended by the signal SIGKILL"
    assert fine.value == 2


def test_memory_is_bounded() -> None:
    too_much, fine = run_all((tasks.hoard, 2**31), (tasks.hoard, 2**20), memory=2**30)
    assert too_much.end is TaskEnd.out_of_memory
    assert fine.value == 2**20


def test_what_takes_long_holds_up_nothing_that_is_quick(tmp_path: Path) -> None:
    async def main() -> tuple[TaskResult, set[int], set[int]]:
        async with Workers(1, most=2) as workers:
            long = asyncio.create_task(workers.run(tasks.wait_for, str(tmp_path / "note")))
            await asyncio.sleep(0)
            quick = {(await workers.run(tasks.process)).value for _ in range(2)}
            (tmp_path / "note").touch()
            return await long, quick, children() - before

    before = children()
    long, quick, left = asyncio.run(main())
    assert long.end is TaskEnd.value
    assert len(quick) == 1
    assert left == quick  # one more than usual ends when it is idle
    assert children() == before


def test_there_are_no_more_than_at_most_however_long_it_takes() -> None:
    async def main() -> list[Any]:
        async with Workers(1, most=2) as workers:
            hanging = [asyncio.create_task(workers.run(tasks.spin, seconds=2.5)) for _ in range(2)]
            third = asyncio.create_task(workers.run(tasks.double, 1))
            await asyncio.wait(hanging, return_when=asyncio.FIRST_COMPLETED)
            assert not third.done()
            return [*[(await each).end for each in hanging], (await third).value]

    assert asyncio.run(main()) == [TaskEnd.timed_out, TaskEnd.timed_out, 2]


def test_workers_are_lent_to_what_goes_on_within_and_to_nothing_else() -> None:
    async def main() -> list[bool]:
        async with Workers(1) as workers:

            async def is_lent() -> bool:
                return lent_workers() is workers

            with workers.lent():
                task = asyncio.create_task(is_lent())
            return [await task, await asyncio.create_task(is_lent())]

    assert asyncio.run(main()) == [True, False]


def test_workers_are_not_lent_to_another_event_loop() -> None:
    async def is_lent() -> bool:
        return lent_workers() is not None

    async def main() -> list[bool]:
        async with Workers(1) as workers:
            with workers.lent():
                within = await asyncio.to_thread(lambda: lent_workers() is not None)
                return [await is_lent(), within, await asyncio.to_thread(asyncio.run, is_lent())]

    assert asyncio.run(main()) == [True, False, False]


def test_what_is_written_in_a_worker_reaches_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    (result,) = run_all((tasks.shout, 1000))
    assert result.value == 1000
    assert capfd.readouterr() == ("", "")


def test_processor_time_is_counted_also_of_what_is_ended() -> None:
    (fine,) = run_all((tasks.burn, 1.0))
    (hung,) = run_all((tasks.spin,), seconds=0.5)
    assert fine.end is TaskEnd.value
    assert 0 < fine.cpu_seconds <= 1.1
    assert hung.end is TaskEnd.timed_out
    assert hung.cpu_seconds > 0
    assert hung.seconds >= 0.5


def test_a_function_of_the_script_that_runs_cannot_be_sent() -> None:
    script = "import asyncio\nfrom solvitur.runs import Workers\ndef mine(): pass\n"
    script += "async def main():\n  async with Workers(1) as w: await w.run(mine)\n"
    script += "asyncio.run(main())\n"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "TypeError: mine cannot be sent to another process" in done.stderr
    assert "put it into a module of its own" in done.stderr


def test_what_cannot_be_sent_is_an_error_and_the_next_task_is_done() -> None:
    async def main() -> Any:
        async with Workers(1) as workers:
            with pytest.raises(TypeError, match="cannot be sent to another process"):
                await workers.run(tasks.double, lambda: 1)
            return (await workers.run(tasks.double, 1)).value

    assert asyncio.run(main()) == 2


def test_a_task_that_nobody_awaits_any_more_is_ended() -> None:
    async def main() -> int:
        async with Workers(1) as workers:
            process = (await workers.run(tasks.process)).value
            task = asyncio.create_task(workers.run(tasks.spin))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not is_there(process)
            return (await workers.run(tasks.double, 1)).value  # type: ignore[no-any-return]

    assert asyncio.run(main()) == 2


def test_nothing_is_left_behind() -> None:
    before = (children(), threading.active_count(), open_files())
    run_all((tasks.spin,), (tasks.drop_dead, 1), (tasks.double, 1), count=2, seconds=0.3)
    run_all((tasks.double, 1), (tasks.double, 1), count=2)
    assert (children(), threading.active_count()) == before[:2]
    assert open_files() == before[2]


def test_what_a_worker_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "note"
    (result,) = run_all((tasks.begin_another, str(note)), seconds=2)
    assert result.end is TaskEnd.timed_out
    for process in map(int, note.read_text().split()):
        wait_until(lambda process=process: not is_there(process))  # type: ignore[misc]


PARENT = """
import asyncio, sys
from solvitur.runs import Workers
from tests.runs import tasks

async def main():
    async with Workers(2) as workers:
        await workers.run(tasks.double, 1)
        first = asyncio.create_task(workers.run(tasks.begin_another, sys.argv[1]))
        await asyncio.gather(first, workers.run(tasks.begin_another, sys.argv[2]))

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    notes = [tmp_path / "first", tmp_path / "second"]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *map(str, notes)],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    wait_until(lambda: all(note.exists() for note in notes))
    processes = [int(process) for note in notes for process in note.read_text().split()]
    assert all(is_there(process) for process in processes)
    parent.send_signal(how)
    parent.wait()
    wait_until(lambda: not any(is_there(process) for process in processes))


def test_an_interrupt_is_not_a_workers_to_hear() -> None:
    (result,) = run_all((tasks.ignore_interrupts,))
    assert result.value is True


def test_the_second_interruption_ends_the_processes() -> None:
    async def main() -> list[Any]:
        interruption = Interruption()
        async with Workers(2) as workers:

            async def work(number: int) -> Any:
                if number < 2:
                    return (await workers.run(tasks.double, number)).value
                return await workers.run(tasks.spin)

            came = []
            async for done in spread(work, range(9), at_once=2, interruption=interruption):
                came.append(done.value)
                if len(came) == 2:
                    interruption.ask()
                    interruption.ask()
            return came

    assert sorted(asyncio.run(main())) == [0, 2]
