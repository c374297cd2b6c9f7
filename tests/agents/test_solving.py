"""Solving beside other work: in a thread, and in processes that are lent."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from solvitur.agents import Effort, solve_problem
from solvitur.agents.diagnosis import Diagnosis
from solvitur.agents.solving import Solved, Task, diagnosed, solved
from solvitur.formulation import Data, Formulation
from solvitur.llm import Scripted
from solvitur.runs import Workers
from solvitur.solvers import Incumbent, Options, Outcome, Stop
from tests.cli.problems import market_split
from tests.eval.runs import chairs, question
from tests.runs.processes import children, crashing


def with_parts(**parts: Any) -> Formulation:
    return Formulation.model_validate({**chairs().model_dump(mode="json"), **parts})


STOCK = {"name": "stock", "expression": "7 * x <= wood"}
NARROW = with_parts(constraints=[STOCK, {"name": "ordered", "expression": "x >= 10"}])
ENDLESS = with_parts(constraints=[])
HARD = Formulation.model_validate(market_split())


def task(formulation: Formulation, **how: Any) -> Task:
    return Task(formulation, Data({}), options=Options(threads=1, **how))


async def lending(work: Any) -> Any:
    """Do something to which a process is lent."""
    async with Workers(1) as workers:
        with workers.lent():
            return await work


def timeless(found: Solved, diagnosis: Diagnosis) -> tuple[Any, ...]:
    """Give what was found, but not how long it took."""
    parts = diagnosis.conflict, diagnosis.relaxation, diagnosis.ray, diagnosis.sensitivity
    solution = found.solution and replace(found.solution, seconds=0.0)
    return solution, found.trouble, str(found.diagnosis), *map(str, parts)


def test_a_solver_is_told_what_is_left_of_the_time() -> None:
    now = time.monotonic()
    limits = [
        replace(task(chairs(), time_limit=own), deadline=deadline).told().time_limit
        for deadline, own in ((None, None), (None, 7.0), (now + 900, 7.0), (now + 5, 700.0))
    ]
    assert limits[:3] == [None, 7.0, 7.0]
    assert limits[3] is not None
    assert 0 < limits[3] <= 5.0


def test_another_process_finds_what_is_found_here() -> None:
    cubic = {"sense": "maximize", "expression": "x ** 3"}
    curved = with_parts(variables=[{"name": "x"}], objective=cubic)
    tasks = [*map(task, (chairs(), NARROW, ENDLESS)), replace(task(curved), solver="highs")]

    async def found() -> list[tuple[Any, ...]]:
        everything = []
        for each in tasks:
            first = await solved(each)
            everything.append(timeless(first, await diagnosed(each, first, worth=True)))
        return everything

    here, there = asyncio.run(found()), asyncio.run(lending(found()))
    assert there == here
    outcomes = [solution and solution.outcome.value for solution, *_ in here]
    assert outcomes == ["solved", "infeasible", "unbounded", None]
    assert "cubic" in here[3][1] or "nonlinear" in here[3][1], here[3][1]


def test_the_time_runs_there_as_well() -> None:
    asked = replace(task(HARD), deadline=time.monotonic() + 2.0)
    found = asyncio.run(lending(solved(asked))).solution
    assert found is not None
    assert (found.stop, found.outcome) == (Stop.time_limit, Outcome.no_answer)


def test_who_hears_of_better_points_hears_them_here() -> None:
    heard: list[Incumbent] = []
    found = asyncio.run(lending(solved(task(chairs(), on_incumbent=heard.append))))
    assert found.solution is not None
    assert [each.objective for each in heard] == [180.0]


def test_a_solver_that_crashes_is_trouble_of_what_it_solved_alone(tmp_path: Path) -> None:
    async def found() -> tuple[Solved, Solved]:
        return await solved(task(HARD, log_file=log)), await solved(task(chairs()))

    log = tmp_path / "log"
    thread = crashing(log.name)
    crashed, fine = asyncio.run(lending(found()))
    thread.join()
    assert crashed.solution is None
    assert crashed.trouble == "the solver broke down: its process was ended by the signal SIGSEGV"
    assert fine.solution is not None
    assert fine.solution.objective == 180.0


def test_an_agent_whose_solver_crashes_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log"
    thread = crashing(log.name)
    effort = Effort(rounds=1, options=Options(threads=1, log_file=log))
    model = Scripted([HARD.to_json()])
    answer = asyncio.run(lending(solve_problem(question(42), model, effort)))
    thread.join()
    assert answer.outcome is Outcome.error
    assert "the solver broke down: its process was ended by the signal SIGSEGV" in answer.message
    assert answer.formulation == HARD


def test_a_single_problem_begins_no_process() -> None:
    before = children()
    seen: list[set[int]] = []
    model = Scripted([chairs().to_json()])
    steps = solve_problem(question(42), model, on_step=lambda *_: seen.append(children()))
    assert asyncio.run(steps).objective == 180
    assert seen
    assert all(each == before for each in seen)
