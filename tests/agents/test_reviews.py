"""Reviews within the whole loop; what each reviewer finds is tested in `reviewing`."""

import asyncio
import json
from typing import Any

from solvitur.agents.answer import Answer
from solvitur.agents.graph import Agent, Effort, State, solve_problem
from solvitur.agents.problem import read_problem
from solvitur.agents.reviewing import Review
from solvitur.agents.script import ScriptRun
from solvitur.llm import Budgeted, Request, Scripted
from solvitur.runs.budget import Budget, Limits
from solvitur.solvers import Outcome
from tests.agents.players import CHAIRS, FIVE

RIGHT = json.dumps(FIVE)
OTHER = json.dumps({**FIVE, "objective": {"sense": "maximize", "expression": '30 * x["chair"]'}})
SCRIPT = """```python
import pyomo.environ as pyo

oak, hours, earned = {"chair": 3, "desk": 7}, {"chair": 2, "desk": 5}, {"chair": 30, "desk": 80}
model = pyo.ConcreteModel()
model.x = pyo.Var(["chair", "desk"], domain=pyo.NonNegativeIntegers)
model.earned = pyo.Objective(expr=sum(earned[p] * model.x[p] for p in earned), sense=pyo.maximize)
model.wood = pyo.Constraint(expr=sum(oak[p] * model.x[p] for p in oak) <= 420)
model.work = pyo.Constraint(expr=sum(hours[p] * model.x[p] for p in hours) <= 290)
model.order = pyo.Constraint(expr=model.x["chair"] >= 15)
pyo.SolverFactory("highs").solve(model)
```"""


def playing(*formulations: str, script: str = SCRIPT, believes: str = "yes") -> Scripted:
    """Give the formulations in turn, and to each reviewer what it asks for."""
    left = list(formulations)

    def answer(request: Request) -> str:
        system = request.messages[0].content
        if "Pyomo program" in system:
            return script
        return believes if "compare a statement" in system else left.pop(0)

    return Scripted(answer)


def solved(model: Scripted, *techniques: str, **parts: Any) -> Answer:
    effort = Effort(techniques=techniques, **parts)
    return asyncio.run(solve_problem(CHAIRS, model, effort))


def test_without_a_technique_nobody_reviews() -> None:
    model = playing(RIGHT)
    assert solved(model).objective == 4610
    assert len(model.requests) == 1


def test_a_script_that_agrees_settles_it_in_one_round() -> None:
    model = playing(RIGHT)
    answer = solved(model, "code")
    assert (answer.objective, len(answer.rounds), len(model.requests)) == (4610, 1, 2)
    assert answer.usage.completion_tokens > len(RIGHT) // 8


def test_a_script_that_disagrees_asks_for_one_more_and_is_written_once() -> None:
    model = playing(OTHER, RIGHT)
    answer = solved(model, "code")
    assert [each.objective for each in answer.rounds] == [4200, 4610]
    assert "comes to something else: solved with objective 4610" in answer.rounds[0].evidence[-1]
    assert answer.objective == 4610
    assert len(model.requests) == 3


def test_the_repair_is_told_what_a_reviewer_found() -> None:
    model = playing(OTHER, RIGHT)
    solved(model, "code")
    assert "objective 4610" in model.requests[-1].messages[-1].content


def test_a_review_that_finds_nothing_lets_the_answer_stand() -> None:
    answer = solved(playing(RIGHT), "second-reading", "back-translation")
    assert (answer.objective, len(answer.rounds)) == (4610, 1)


def test_what_cannot_be_solved_is_not_reviewed() -> None:
    rows = [{"name": "r", "expression": 'x["chair"] >= 1 + x["chair"]'}]
    model = playing(json.dumps({**FIVE, "constraints": rows}), RIGHT)
    solved(model, "code", rounds=1)
    assert len(model.requests) == 1


def test_the_code_route_does_not_compare_a_script_with_itself() -> None:
    model = playing()
    answer = solved(model, "code", route="code")
    assert (answer.objective, len(model.requests)) == (4610, 1)


def test_a_budget_that_a_review_spends_leaves_the_answer() -> None:
    model = Budgeted(playing(OTHER, RIGHT), Budget(Limits(calls=1)))
    answer = asyncio.run(solve_problem(CHAIRS, model, Effort(techniques=("code",))))
    assert (answer.outcome, answer.objective) == (Outcome.solved, 4200)
    assert "limit of 1 calls" in answer.message


def test_a_reply_that_a_reviewer_cannot_use_is_no_evidence() -> None:
    answer = solved(playing(RIGHT, believes="perhaps"), "back-translation")
    assert (answer.objective, answer.rounds[0].evidence) == (4610, ())


def reviews(model: Scripted, *techniques: str) -> tuple[Review, ...]:
    agent = Agent(read_problem(CHAIRS), model, Effort(techniques=techniques))
    state: State = {"attempts": []}
    state = {**state, **asyncio.run(agent.formulate(state))}
    for node in (agent.check, agent.solve):
        state = {**state, **asyncio.run(node(state))}
    state = {**state, **asyncio.run(agent.verify(state))}
    state = {**state, **asyncio.run(agent.review(state))}
    assert state["attempt"] is state["attempts"][-1]
    return state["attempt"].reviews


def test_reviews_stand_at_the_attempt_by_the_names_of_their_techniques() -> None:
    found = reviews(playing(RIGHT), "back-translation", "second-reading", "code")
    assert [review.reviewer for review in found] == ["code", "second-reading", "back-translation"]
    assert found[0].agrees is True
    assert [name for name, _ in found[2].probabilities] == ["wood", "work", "order"]


# --- samples -------------------------------------------------------------------------------------


def test_samples_are_drawn_independently_and_most_votes_win() -> None:
    model = playing(RIGHT, OTHER, RIGHT)
    answer = solved(model, samples=3)
    assert [each.objective for each in answer.rounds] == [4610, 4200, 4610]
    assert answer.objective == 4610
    asked = {request.messages for request in model.requests}
    assert len(asked) == 1
    assert [request.sampling.temperature for request in model.requests] == [0.0, 0.5, 0.7]


def test_more_than_half_of_the_votes_ends_the_drawing() -> None:
    model = playing(RIGHT, RIGHT)
    assert solved(model, samples=3).objective == 4610
    assert len(model.requests) == 2


def test_more_samples_than_rounds_may_be_drawn() -> None:
    made = [OTHER, RIGHT, "I cannot say.", RIGHT, RIGHT]
    answer = solved(playing(*made), samples=5, rounds=1)
    assert (answer.objective, len(answer.rounds)) == (4610, 5)


def test_a_script_that_runs_holds_nobody_up() -> None:
    script = SCRIPT.strip("`").removeprefix("python")

    async def main() -> tuple[ScriptRun, int]:
        agent = Agent(read_problem(CHAIRS), Scripted([]), Effort(techniques=("code",)))
        running, ticks = asyncio.create_task(agent._run(script)), 0
        while not running.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return await running, ticks

    run, ticks = asyncio.run(main())
    assert run.is_conclusive
    assert ticks > 5
