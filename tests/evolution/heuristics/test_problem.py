import ast
from dataclasses import replace

import pytest

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics import Argument, Function, Instance, Problem, excess, mean

FUNCTION = Function(
    "priority",
    (Argument("value", "float", "what it is worth"), Argument("weight", "float", "its load")),
    "float",
    "higher is packed first",
)
PROBLEM = Problem(
    name="knapsack",
    description="pack",
    function=FUNCTION,
    driver="def solve(heuristic, instance): return heuristic(*instance)",
    score=lambda data, solution: -solution,
    instances=(Instance("one", [1, 2]),),
)


@pytest.mark.parametrize(
    "code",
    [
        "def priority(value, weight): return value",
        "def priority(a, b, /): return a",
        "def priority(a, b, scale=2): return a",
        "def priority(*both): return both[0]",
        "def priority(a, *rest, **more): return a",
        "def priority(a, b, *, scale=2): return a",
        "import numpy as np\ndef helper(): pass\ndef priority(value, weight): return helper()",
        "def priority(): pass\ndef priority(value, weight): return 1",
    ],
)
def test_code_that_can_be_called_as_the_function_has_no_fault(code: str) -> None:
    assert FUNCTION.fault(ast.parse(code)) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("x = 1", "the code defines no function 'priority'"),
        ("def score(a, b): pass", "the code defines no function 'priority'; it defines score"),
        ("class priority: pass", "'priority' on line 1 is not a plain function"),
        ("async def priority(a, b): pass", "'priority' on line 1 is not a plain function"),
        ("def priority(a): pass", "cannot be called with 2 arguments: (value, weight)"),
        ("def priority(a, b, c): pass", "cannot be called with 2 arguments"),
        ("def priority(a, b, *, c): pass", "cannot be called with 2 arguments"),
        ("def outer():\n    def priority(a, b): pass", "it defines outer"),
        ("def priority(a, b): pass\ndef priority(a): pass", "'priority' on line 2"),
    ],
)
def test_code_that_cannot_be_called_as_the_function_is_told_why(code: str, fault: str) -> None:
    assert fault in (FUNCTION.fault(ast.parse(code)) or "")


def test_the_stub_of_a_function_defines_it_and_tells_what_is_what() -> None:
    assert FUNCTION.fault(ast.parse(FUNCTION.stub)) is None
    assert FUNCTION.stub.startswith("def priority(value: float, weight: float) -> float:\n")
    for meaning in ("what it is worth", "its load", "higher is packed first"):
        assert meaning in FUNCTION.stub


def test_the_score_of_a_set_is_the_mean_unless_the_problem_says_otherwise() -> None:
    instances = [Instance("a", None, 10.0), Instance("b", None, 30.0)]
    assert PROBLEM.aggregate(instances, [11.0, 33.0]) == 22.0
    assert mean(instances, [11.0, 33.0]) == 22.0
    assert excess(instances, [11.0, 33.0]) == pytest.approx(10.0)


def test_an_excess_over_a_reference_that_is_not_known_names_the_instance() -> None:
    with pytest.raises(ValueError, match="'b' has no reference"):
        excess([Instance("a", None, 10.0), Instance("b", None)], [11.0, 33.0])


def test_a_problem_without_instances_is_refused() -> None:
    with pytest.raises(ConfigError, match="problem 'knapsack' has no instances"):
        replace(PROBLEM, instances=())


def test_two_instances_of_one_name_in_a_set_are_refused() -> None:
    twice = (Instance("a", 1), Instance("a", 2))
    with pytest.raises(ConfigError, match="two instances 'a' in the set 'large'"):
        replace(PROBLEM, held_out={"large": twice})


def test_a_seed_that_is_not_the_function_is_refused() -> None:
    with pytest.raises(ConfigError, match="seed 'ratio': the code defines no function"):
        replace(PROBLEM, seeds={"ratio": "def ratio(value, weight): return value / weight"})


def test_a_problem_with_a_driver_that_has_the_last_word_gives_itself_with_that_one() -> None:
    assert PROBLEM.exact() is PROBLEM
    fast = replace(
        PROBLEM, driver="def solve(heuristic, instance): pass", exact_driver=PROBLEM.driver
    )
    assert fast.exact() == PROBLEM
