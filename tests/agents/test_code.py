import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.agents import Answer, Effort, solve_problem
from solvitur.agents.code import read_script
from solvitur.agents.script import run_script
from solvitur.errors import ConfigError, SandboxUnavailable
from solvitur.llm import Request, Scripted
from solvitur.prompts.library import examples
from solvitur.sandbox.rungs import candidates
from solvitur.solvers import Outcome
from tests.agents.players import CHAIRS, FIVE

RIGHT = """
import pyomo.environ as pyo

oak, hours, earned = {"chair": 3, "desk": 7}, {"chair": 2, "desk": 5}, {"chair": 30, "desk": 80}
model = pyo.ConcreteModel()
model.x = pyo.Var(["chair", "desk"], domain=pyo.NonNegativeIntegers)
model.earned = pyo.Objective(expr=sum(earned[p] * model.x[p] for p in earned), sense=pyo.maximize)
model.wood = pyo.Constraint(expr=sum(oak[p] * model.x[p] for p in oak) <= 420)
model.work = pyo.Constraint(expr=sum(hours[p] * model.x[p] for p in hours) <= 290)
model.order = pyo.Constraint(expr=model.x["chair"] >= 15)
pyo.SolverFactory("glpk").solve(model)
"""
BROKEN = RIGHT.replace("oak[p] * model.x[p] for p in oak", "oak[p] * model.x[q] for p in oak")
NARROW = RIGHT.replace('model.x["chair"] >= 15', 'model.x["chair"] >= 1500')
FORGETFUL = RIGHT.replace(
    "model.work = pyo.Constraint(expr=sum(hours[p] * model.x[p] for p in hours) <= 290)\n", ""
)


def fenced(script: str) -> str:
    return f"This is the program:\n```python\n{script}```\nIt prints nothing."


def solved(*replies: str, route: str = "code", **parts: object) -> tuple[Answer, Scripted]:
    model = Scripted(list(replies))
    effort = Effort(route=route, **parts)  # type: ignore[arg-type]
    return asyncio.run(solve_problem(CHAIRS, model, effort)), model


def said(request: Request) -> str:
    return request.messages[-1].content


def test_a_right_script_is_the_answer_after_one_round() -> None:
    answer, _ = solved(fenced(RIGHT))
    assert answer.outcome is Outcome.solved
    assert (answer.route, answer.formulation, answer.objective) == ("code", None, 4610)
    assert answer.variables == {"x": {"chair": 15, "desk": 52}}
    assert answer.script == RIGHT.strip("\n")
    assert answer.answer.splitlines() == [
        "The highest value is 4610.",
        "- x[chair] = 15",
        "- x[desk] = 52",
    ]
    assert answer.verification is not None
    assert (answer.verification.problem_class, answer.verification.bound) == ("MILP", 4610)
    assert answer.verification.max_violation == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (RIGHT, Outcome.solved),
        (NARROW, Outcome.infeasible),
        (re.sub("model.w.*\n", "", RIGHT), Outcome.unbounded),
    ],
)
def test_what_only_the_run_of_a_script_says_is_not_called_proved(
    script: str, outcome: Outcome
) -> None:
    answer, _ = solved(*[fenced(script)] * 2, rounds=2)
    assert answer.outcome is outcome
    assert answer.verification is not None
    assert (answer.verification.stopped, answer.verification.confirmed) == ("claimed", None)


def test_a_figure_that_a_script_forged_is_told_as_its_own_claim() -> None:
    forged = (
        RIGHT
        + """
import sys
frame = sys._getframe()
while "bench" not in frame.f_locals:
    frame = frame.f_back
frame.f_locals["bench"].last["objective"] = frame.f_locals["bench"].last["bound"] = 9999.0
"""
    )
    answer, _ = solved(fenced(forged))
    assert (answer.objective, answer.verification and answer.verification.stopped) == (
        9999,
        "claimed",
    )
    both, _ = solved(json.dumps(FIVE), *[fenced(forged)] * 3, route="both")
    assert (both.objective, both.verification and both.verification.stopped) == (4610, "proved")


def test_an_exception_goes_back_with_its_line_and_is_mended() -> None:
    answer, model = solved(fenced(BROKEN), fenced(RIGHT))
    assert answer.objective == 4610
    assert [entry.outcome for entry in answer.rounds] == ["not solved", "solved"]
    told = said(model.requests[1])
    assert "line 7: NameError: name 'q' is not defined" in told
    assert 'File "<script>", line 7, in <module>' in told


def test_an_infeasible_script_gets_the_constraints_that_contradict_each_other() -> None:
    answer, model = solved(fenced(NARROW), fenced(RIGHT))
    assert answer.objective == 4610
    told = said(model.requests[1])
    assert "the solver says that the model is infeasible" in told
    assert "order: 1500  <=  x[chair]" in told
    assert "work:" not in told or "wood:" not in told  # one of them is enough


def test_a_number_that_the_script_leaves_out_is_evidence() -> None:
    answer, model = solved(fenced(FORGETFUL), fenced(RIGHT))
    assert answer.objective == 4610
    assert "the number 290 of the text" in said(model.requests[1])


def test_a_reply_without_a_program_is_told_so() -> None:
    answer, model = solved("I would build as many desks as I can.", fenced(RIGHT))
    assert answer.objective == 4610
    assert "the reply holds no Python program" in said(model.requests[1])


def test_where_no_script_runs_the_answer_says_why() -> None:
    answer, _ = solved(*[fenced(BROKEN)] * 2, rounds=2)
    assert answer.outcome is Outcome.not_formulated
    assert answer.message.startswith("line 7: NameError")
    assert answer.script is not None


def test_a_script_that_never_ends_has_only_what_is_left_of_the_time() -> None:
    endless = "import pyomo.environ\nwhile True: pass\n"
    answer, model = solved(*[fenced(endless)] * 2, seconds=3.0, rounds=2)
    assert answer.outcome is Outcome.no_answer
    assert "the time limit of 3 s is reached" in answer.message
    assert len(model.requests) == len(answer.rounds) == 1
    assert answer.rounds[0].evidence[-1].startswith("it took more than ")
    assert answer.seconds < 20  # less than scripts have beside solving, on a busy machine too


def test_the_routes_agree_and_that_is_said() -> None:
    answer, _ = solved(json.dumps(FIVE), fenced(RIGHT), route="both")
    assert answer.route == "formulation"
    assert answer.comparison is not None
    assert answer.comparison.agree is True
    assert answer.message == "both routes agree: 4610"
    assert answer.verification is not None
    assert (answer.verification.stopped, answer.verification.confirmed) == ("proved", True)
    assert answer.script is not None
    assert [entry.route for entry in answer.rounds] == ["direct", "code"]


def test_the_routes_disagree_and_the_confirmed_formulation_is_kept() -> None:
    other = RIGHT.replace("<= 290", "<= 260").replace("260)", "260)  # not 290")
    answer, _ = solved(json.dumps(FIVE), *[fenced(other)] * 3, route="both")
    assert answer.comparison is not None
    assert answer.comparison.agree is False
    assert answer.objective == answer.comparison.formulation.objective == 4610
    assert answer.comparison.code.objective != 4610
    assert answer.message.startswith("the routes DISAGREE: the five elements gave 4610")


def test_the_script_answers_where_no_formulation_comes() -> None:
    answer, _ = solved(*["nonsense"] * 3, fenced(RIGHT), route="both")
    assert answer.outcome is Outcome.solved
    assert (answer.route, answer.objective) == ("code", 4610)
    assert answer.comparison is not None
    assert answer.comparison.agree is None
    assert "only one route came to an answer" in answer.message


@pytest.fixture
def weak(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Stand on a machine without the programs that shut a job in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    candidates.cache_clear()
    yield
    candidates.cache_clear()


@pytest.mark.usefixtures("weak")
@pytest.mark.parametrize(
    "effort", [Effort(route="code"), Effort(route="both"), Effort(techniques=("code",))]
)
def test_without_a_sandbox_that_shuts_a_script_in_no_model_is_asked(effort: Effort) -> None:
    model = Scripted([json.dumps(FIVE), fenced(RIGHT)])
    with pytest.raises(SandboxUnavailable, match="apt install bubblewrap") as raised:
        asyncio.run(solve_problem(CHAIRS, model, effort))
    assert "reading the keys in the environment or writing your files" in str(raised.value)
    assert "SOLVITUR_SANDBOX=limits" in str(raised.value)
    assert model.requests == []


@pytest.mark.usefixtures("weak")
def test_a_script_runs_in_a_weak_sandbox_where_that_is_named() -> None:
    with pytest.raises(SandboxUnavailable):
        run_script(RIGHT, 10)
    assert run_script(RIGHT, 10, "limits").objective == 4610
    answer, _ = solved(fenced(RIGHT), sandbox="limits")
    assert answer.objective == 4610


@pytest.mark.usefixtures("weak")
def test_five_elements_need_no_sandbox() -> None:
    answer, _ = solved(json.dumps(FIVE), route="formulation")
    assert answer.objective == 4610


def test_a_script_is_not_asked_for_where_there_are_tables() -> None:
    with pytest.raises(ConfigError, match="takes no tables"):
        asyncio.run(
            solve_problem(CHAIRS, Scripted([]), Effort(route="code"), data={"t": [{"a": 1}]})
        )


@pytest.mark.parametrize("number", range(len(examples("code_examples"))))
def test_the_worked_examples_of_the_prompt_solve(number: int) -> None:
    earnings = (
        25 * stools + 60 * benches
        for stools in range(10, 61)
        for benches in range(stools + 1)
        if 2 * stools + 3 * benches <= 120 and stools + 4 * benches <= 100
    )
    best = [max(earnings), 25 * 4 + 35 * 3]  # each shop has a depot that is nearest and has enough
    run = run_script("\n".join(examples("code_examples")[number]["script"]))
    assert run.objective == pytest.approx(best[number])
    assert run.evidence == ()


def test_an_open_fence_is_read_to_the_end_of_the_reply() -> None:
    assert read_script("```python\nx = 1\ny = 2\n") == "x = 1\ny = 2"
    assert read_script("```\na = 1\n```\nand\n```py\na = 1\nb = 2\n```") == "a = 1\nb = 2"
