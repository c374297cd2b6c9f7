"""Evaluation: in the sandbox, scored here, and every failure said as what it is."""

import asyncio
from pathlib import Path

import pytest

from solvitur.evolution.heuristics import Evaluation, Evaluator, Fault
from solvitur.evolution.heuristics.evaluation import judge
from solvitur.runs import Journal
from solvitur.sandbox import Kind as Ending
from solvitur.sandbox import Limits, Outcome, Usage, connect
from tests.evolution.heuristics.toy import PROBLEM

LIMITS = Limits(seconds=5.0)


def evaluated(body: str, before: str = "") -> Evaluation:
    code = f"{before}\ndef guess(numbers):\n    {body}\n"
    return asyncio.run(Evaluator(PROBLEM, LIMITS).evaluate(code, PROBLEM.instances))


def test_every_instance_has_its_score() -> None:
    found = evaluated("return max(numbers)")
    assert (found.scores, found.failure) == ({"a": 3.0, "b": 2.0, "c": 3.0}, None)


@pytest.mark.parametrize(
    ("body", "fault", "words"),
    [
        ("return 1 / 0", Fault.raised, "ZeroDivisionError"),
        ("return 'much'", Fault.invalid, "instance 'a': 'much' is no number"),
        ("return {}[numbers[0]]", Fault.raised, "KeyError"),
        ("return float('inf')", Fault.raised, ""),
        ("import socket", Fault.forbidden, "no network"),
        ("import os; os._exit(0)", Fault.crashed, ""),
        ("import sys; sys.exit(3)", Fault.raised, "SystemExit"),
        ("return undefined", Fault.raised, "undefined"),
    ],
)
def test_a_failure_says_what_it_is(body: str, fault: Fault, words: str) -> None:
    found = evaluated(body)
    assert found.scores == {}
    assert found.failure is not None
    if body != "return float('inf')":
        assert found.failure.fault is fault
    assert words in found.failure.message


def test_the_traceback_shows_the_lines_of_the_heuristic_and_no_other() -> None:
    failure = evaluated("return helper(numbers)", "def helper(x):\n    return x[99]").failure
    assert failure is not None
    assert "return x[99]" in failure.traceback
    assert "harness" not in failure.traceback
    assert "<job>" not in failure.traceback


def test_a_heuristic_cannot_reach_the_names_of_the_driver() -> None:
    assert evaluated("return solve", "solve = 5.0").scores == {"a": 2.0, "b": 0.0, "c": 1.0}


def test_a_score_is_computed_from_the_solution_whatever_the_heuristic_does() -> None:
    before = "import builtins\nbuiltins.sum = lambda x: 0\nbuiltins.abs = lambda x: 0"
    assert evaluated("return 5.0", before).scores == {"a": 2.0, "b": 0.0, "c": 1.0}


def test_an_endless_heuristic_is_ended() -> None:
    evaluator = Evaluator(PROBLEM, Limits(seconds=1.5))
    code = "def guess(numbers):\n    while True: pass"
    failure = asyncio.run(evaluator.evaluate(code, PROBLEM.instances)).failure
    assert failure is not None
    assert failure.fault is Fault.timed_out


@pytest.mark.parametrize("value", [None, 5, [], [1.0], {"a": 1.0}, [[1.0], 2.0, 3.0], [1.0] * 4])
def test_a_forged_value_is_no_score(value: object) -> None:
    outcome = Outcome(Ending.value, "none", value, usage=Usage())
    failure = judge(PROBLEM, PROBLEM.instances, outcome).failure
    assert failure is not None
    assert failure.fault is Fault.invalid


def test_the_same_program_is_run_once_however_it_is_written(tmp_path: Path) -> None:
    async def both() -> list[str]:
        with Journal(tmp_path / "run.journal") as journal:
            evaluator = Evaluator(PROBLEM, LIMITS, memory=journal)
            for code in (
                "def guess(numbers):\n    return 1.0",
                "def guess(numbers):  # one\n    '''One.'''\n    return (1.0)",
                "def guess(numbers):\n    return 2.0",
            ):
                found = await evaluator.evaluate(code, PROBLEM.instances[:2])
                assert set(found.scores) == {"a", "b"}
            return [event.key for event in journal.events("evaluation")]

    assert len(asyncio.run(both())) == 2


def test_what_is_remembered_is_what_was_found(tmp_path: Path) -> None:
    code = "def guess(numbers):\n    return numbers[99]"

    async def twice() -> list[Evaluation]:
        with Journal(tmp_path / "run.journal") as journal:
            evaluator = Evaluator(PROBLEM, LIMITS, memory=journal, sandbox=connect())
            return [await evaluator.evaluate(code, PROBLEM.instances) for _ in range(2)]

    first, again = asyncio.run(twice())
    assert first == again
    assert first.failure is not None
