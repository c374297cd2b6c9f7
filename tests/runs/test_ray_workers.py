"""The same tasks on a cluster of two machines, as far as one machine can play two."""

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from solvitur.evolution.heuristics import Evaluator
from solvitur.runs import Pool, RayWorkers, TaskEnd, TaskResult, lent_workers
from solvitur.sandbox import Job, Outcome, connect, run_here
from tests.evolution.heuristics.toy import PROBLEM
from tests.runs import tasks
from tests.runs.processes import is_there, wait_until

ray = pytest.importorskip("ray", reason="needs Ray (the extra 'ray')")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of two nodes with a processor each."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    cluster.add_node(**{**node, "include_dashboard": None})
    try:
        yield cluster.address
    finally:
        ray.shutdown()
        cluster.shutdown()


def done(address: str, work: Callable[[RayWorkers], Awaitable[Any]], **how: Any) -> Any:
    async def main() -> Any:
        async with RayWorkers(address=address, **how) as workers:
            return await work(workers)

    return asyncio.run(main())


def test_tasks_are_done_on_both_machines(address: str) -> None:
    async def work(workers: Pool) -> set[Any]:
        found = await asyncio.gather(*(workers.run(tasks.node, 0.5) for _ in range(4)))
        return {each.value for each in found}

    assert len(done(address, work)) == 2


def test_every_way_to_end_is_named(address: str) -> None:
    async def work(workers: Pool) -> list[TaskResult]:
        return [
            await workers.run(tasks.node, 0.0),
            await workers.run(int, "no number"),
            await workers.run(time.sleep, 600, seconds=1.0),
            await workers.run(os._exit, 3),
            await workers.run(bytearray, 64 * 2**30),
            await workers.run(max, 1, 2),
        ]

    value, raised, late, crashed, memory, again = done(address, work, memory=16 * 2**30)
    assert value.end is TaskEnd.value
    assert (raised.end, raised.message.split(":")[0]) == (TaskEnd.raised, "ValueError")
    assert (late.end, late.message) == (TaskEnd.timed_out, "it took more than 1 s")
    assert crashed.end is TaskEnd.crashed
    assert memory.end is TaskEnd.out_of_memory
    assert (again.end, again.value) == (TaskEnd.value, 2)


def test_a_task_that_nobody_awaits_any_more_is_ended(address: str, tmp_path: Path) -> None:
    note = tmp_path / "pid"

    async def work(workers: Pool) -> None:
        task = asyncio.create_task(workers.run(tasks.note_and_sleep, str(note), 600))
        while not note.exists() or not note.read_text():
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    done(address, work)
    wait_until(lambda: not is_there(int(note.read_text())))


def test_what_cannot_be_sent_is_a_type_error(address: str) -> None:
    async def work(workers: Pool) -> None:
        with pytest.raises(TypeError, match="cannot be sent"):
            await workers.run(len, threading.Lock())
        unsent = await workers.run(threading.Lock)
        assert (unsent.end, unsent.value) == (TaskEnd.raised, None)
        assert "lock" in unsent.message

    done(address, work)


def test_jobs_run_in_the_sandbox_of_whoever_is_sent_them(address: str) -> None:
    async def work(workers: Pool) -> Outcome:
        job = Job("import os\ndef f(x): return [x, sorted(os.environ)]", "f", 3)
        outcome: Outcome = (await workers.run(run_here, job)).value
        return outcome

    outcome = done(address, work)
    assert outcome.rung == connect().name
    assert outcome.value[0] == 3
    assert not [name for name in outcome.value[1] if "RAY" in name]


def test_heuristics_are_evaluated_where_workers_are_lent(address: str) -> None:
    async def work(workers: Pool) -> Any:
        with workers.lent():
            assert lent_workers() is workers
            evaluator = Evaluator(PROBLEM)
            codes = [f"def guess(numbers): return {n}" for n in range(4)]
            return await asyncio.gather(
                *(evaluator.evaluate(code, PROBLEM.instances) for code in codes)
            )

    there = done(address, work)
    code = "def guess(numbers): return 2"
    here = asyncio.run(Evaluator(PROBLEM).evaluate(code, PROBLEM.instances))
    assert there[2].scores == here.scores
    assert all(each.failure is None for each in there)
