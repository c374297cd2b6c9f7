import asyncio
from pathlib import Path

import pytest

from solvitur.evolution.heuristics import Evaluator, Problem
from solvitur.evolution.heuristics.spec import read_spec

EXAMPLES = Path(__file__).parents[3] / "examples"


def of_example(name: str) -> Problem:
    return read_spec(EXAMPLES / name)[1]


@pytest.mark.parametrize("name", ["tsp.toml", "knapsack/run.toml"])
def test_a_run_among_the_examples_can_begin(name: str) -> None:
    problem = of_example(name)
    (instance, *_) = problem.instances
    (known, *_) = problem.seeds.values()

    found = asyncio.run(Evaluator(problem).evaluate(known, [instance]))

    assert found.failure is None
    assert found.scores[instance.name] > 0


def test_what_a_problem_of_ones_own_calls_the_least_is_what_nothing_is_better_than() -> None:
    problem = of_example("knapsack/run.toml")
    rules = ("value / weight", "value", "-weight", "value / weight ** 0.8")
    for rule in rules:
        code = f"def priority(value, weight):\n    return {rule}\n"
        found = asyncio.run(Evaluator(problem).evaluate(code, problem.instances))
        for instance in problem.instances:
            assert instance.reference is not None
            assert found.scores[instance.name] >= instance.reference > 0
