import asyncio
from collections.abc import Awaitable, Callable

import pytest

from solvitur.agents.draft import Asking, Attempt, Draft
from solvitur.agents.problem import read_problem
from solvitur.agents.reviewing import Review
from solvitur.agents.reviewing.cross_check import CrossCheck
from solvitur.agents.script import Ending, ScriptRun
from solvitur.formulation import Data, Formulation
from solvitur.llm import Scripted
from solvitur.solvers import solve
from tests.agents.players import CHAIRS, FIVE

SCRIPT = "```python\nimport pyomo.environ as pyo\nmodel = pyo.ConcreteModel()\n```"
MADE = Formulation.model_validate(FIVE)


def attempt(number: int = 1, *reviews: Review) -> Attempt:
    return Attempt(number, Draft("staged", MADE), solution=solve(MADE), reviews=reviews)


def ran(
    objective: float | None, ending: Ending = Ending.solved
) -> Callable[[str], Awaitable[ScriptRun]]:
    async def run(script: str) -> ScriptRun:
        assert script.startswith("import pyomo")
        return ScriptRun(ending=ending, rung="limits", objective=objective, trouble="it broke")

    return run


def reviewed(
    run: Callable[[str], Awaitable[ScriptRun]],
    scripts: tuple[str, ...] = (SCRIPT,),
    earlier: tuple[Attempt, ...] = (),
    data: Data | None = None,
) -> tuple[Review, Scripted]:
    model = Scripted(list(scripts))
    asking = Asking(read_problem(CHAIRS), model, list(earlier), data or Data({}))
    return asyncio.run(CrossCheck(run).review(attempt(), asking)), model


def test_a_script_that_comes_to_the_same_agrees() -> None:
    review, _ = reviewed(ran(4610.0))
    assert (review.agrees, review.gaps) == (True, ())
    assert review.verdict == attempt().verdict
    assert review.usage.completion_tokens > 0


def test_one_that_comes_to_something_else_is_evidence() -> None:
    review, _ = reviewed(ran(4800.0))
    assert review.agrees is False
    assert review.gaps == (
        "a script that was written for the same problem comes to something else: "
        "solved with objective 4800",
    )


def test_one_that_finds_no_answer_is_evidence_too() -> None:
    (gap,) = reviewed(ran(None, Ending.infeasible))[0].gaps
    assert gap.endswith("comes to something else: infeasible")


@pytest.mark.parametrize("ending", [Ending.python_error, Ending.no_model, Ending.timed_out])
def test_one_that_comes_to_nothing_says_nothing(ending: Ending) -> None:
    review, _ = reviewed(ran(None, ending), (SCRIPT, SCRIPT))
    assert (review.agrees, review.verdict, review.gaps) == (None, None, ())


def test_a_reply_without_a_script_says_nothing() -> None:
    review, _ = reviewed(ran(1.0), ("I cannot write it.", "I really cannot."))
    assert (review.agrees, review.gaps) == (None, ())


def test_a_script_that_fails_is_repaired_once_and_more_freely() -> None:
    runs = [ran(None, Ending.python_error), ran(4610.0)]
    review, model = reviewed(lambda script: runs.pop(0)(script), (SCRIPT, SCRIPT))
    assert review.agrees is True
    assert [request.sampling.temperature for request in model.requests] == [0.0, 0.5]
    assert "it broke" in model.requests[1].messages[-1].content
    assert review.usage.completion_tokens == 2 * reviewed(ran(4610.0))[0].usage.completion_tokens


def test_the_script_is_written_once_for_all_attempts() -> None:
    other = ("solved", "4.80000e+03")
    earlier = attempt(1, Review("code", agrees=False, verdict=other))
    review, model = reviewed(ran(0.0), earlier=(earlier,))
    assert (review.agrees, review.verdict) == (False, other)
    assert model.requests == []


def test_the_script_does_not_see_what_it_is_compared_with() -> None:
    _, model = reviewed(ran(4610.0), earlier=(attempt(),))
    assert model.requests[0].messages[-1].content.endswith(CHAIRS)


def test_with_tables_there_is_no_script() -> None:
    review, model = reviewed(ran(0.0), data=Data({"hours": [{"job": "a", "hours": 3}]}))
    assert review == Review("code")
    assert model.requests == []
