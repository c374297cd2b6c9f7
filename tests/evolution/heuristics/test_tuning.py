import asyncio
from dataclasses import replace
from typing import Any

import pytest

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics import Evaluator, Instance, Problem, load_problem
from solvitur.evolution.heuristics.problem import Argument, Function
from solvitur.evolution.heuristics.tuning import Tuned, guarded, tune
from solvitur.search import Whole

LINE = Problem(
    name="line",
    description="Hit a line.",
    function=Function("height", (Argument("x", "float", "where"),), "float", "how high"),
    driver="def solve(heuristic, instance): return heuristic(instance)",
    score=lambda x, found: abs(found - (3 * x + 2)),
    instances=tuple(Instance(f"at {x}", x) for x in (0.0, 1.0, 2.0, 5.0)),
    held_out={"far": (Instance("at 100", 100.0),), "near": (Instance("at 0.1", 0.1),)},
)
GUESS = "def height(x):\n    return 2.5 * x + 1.5\n"


def tuned(code: str, problem: Problem = LINE, **how: Any) -> Tuned:
    return asyncio.run(tune(Evaluator(problem), code, **{"evaluations": 60, **how}))


def test_constants_come_nearer_to_the_best_and_the_score_is_that_of_the_code() -> None:
    found = tuned(GUESS)
    assert found.before == 1.5
    assert found.score < 0.3
    assert found.evaluations == 60
    again = asyncio.run(Evaluator(LINE).evaluate(found.code, LINE.instances))
    assert sum(again.scores.values()) / 4 == found.score
    counts, scores = zip(*found.history, strict=True)
    assert list(counts) == sorted(counts)
    assert list(scores) == sorted(scores, reverse=True)
    assert scores[-1] == found.score


def test_the_same_seed_finds_the_same_and_another_one_another() -> None:
    first, second = tuned(GUESS, evaluations=12), tuned(GUESS, evaluations=12)
    assert first == second
    assert tuned(GUESS, evaluations=12, seed=1).code != first.code


def test_only_marked_lines_are_changed() -> None:
    lines = "slope = 2.5", "shift = 1.5  # tunable", "return slope * x + shift"
    code = "\n    ".join(("def height(x):", *lines))
    found = tuned(code, evaluations=20)
    assert "slope = 2.5\n" in found.code
    assert "shift = 1.5 " not in found.code
    assert found.score < found.before


def test_a_formula_without_numbers_is_tuned_where_that_is_asked_for() -> None:
    code = "def height(x):\n    return x + x"
    with pytest.raises(ConfigError, match="there are no constants to tune"):
        tuned(code)
    assert tuned(code, evaluations=24, implicit=True).score < 2.5


def test_settings_that_fail_are_passed_over() -> None:
    code = "def height(x):\n    return [2.5 * x + 1.5][0 if 1.0 > 0.99 else 5]\n"
    found = tuned(code, evaluations=24)
    assert found.score <= found.before == 1.5


def test_a_heuristic_that_fails_as_it_is_is_refused_with_the_reason() -> None:
    with pytest.raises(ConfigError, match="fails as it is: ZeroDivisionError"):
        tuned("def height(x):\n    return 2.5 * x / 0")


def test_racing_tries_fewer_instances() -> None:
    class Counting(Evaluator):
        tried = 0

        async def evaluate(self, code: str, instances: Any, **of: Any) -> Any:
            self.tried += len(instances)
            return await super().evaluate(code, instances, **of)

    raced, whole = Counting(LINE), Counting(LINE)
    asyncio.run(tune(raced, GUESS, evaluations=24))
    asyncio.run(tune(whole, GUESS, evaluations=24, racing=Whole()))
    assert whole.tried == 24 * 4
    assert raced.tried < 24 * 4


def test_what_is_worse_than_a_limit_elsewhere_is_added_to_the_score() -> None:
    both = guarded(LINE, {"far": 10.0})
    assert [each.name for each in both.instances] == [
        "at 0.0",
        "at 1.0",
        "at 2.0",
        "at 5.0",
        "at 100",
    ]
    assert list(both.held_out) == ["near"]
    assert both.aggregate(both.instances, [1.0, 2.0, 3.0, 2.0, 9.0]) == 2.0
    assert both.aggregate(both.instances, [1.0, 2.0, 3.0, 2.0, 15.0]) == 7.0


def test_a_guard_on_a_set_that_is_not_held_out_is_refused() -> None:
    with pytest.raises(ConfigError, match="'line' holds no set 'nowhere' out"):
        guarded(LINE, {"nowhere": 1.0})


def test_a_guard_keeps_tuning_from_what_is_bad_elsewhere() -> None:
    bent = replace(LINE, score=lambda x, found: abs(found - (3 * x + 2 if x < 50 else 250)))
    free = tuned(GUESS, bent, evaluations=24)
    held = tuned(GUESS, guarded(bent, {"far": 1.0}), evaluations=24)
    (far,) = bent.held_out["far"]

    def there(code: str) -> float:
        return asyncio.run(Evaluator(bent).evaluate(code, [far])).scores["at 100"]

    assert there(held.code) < there(free.code)


def test_a_heuristic_of_a_problem_that_ships_gets_better() -> None:
    problem = load_problem("tsp-constructive")
    small = replace(problem, instances=problem.instances[:2])
    code = (
        "import numpy as np\n"
        "def select_next_node(current, destination, unvisited, distance):\n"
        "    scores = distance[current, unvisited] - 0.2 * distance[destination, unvisited]\n"
        "    return unvisited[np.argmin(scores)]\n"
    )
    found = tuned(code, small, evaluations=16)
    assert found.score < found.before
