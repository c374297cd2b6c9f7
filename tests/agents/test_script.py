"""Scripts as language models write them: found, solved and classified, whatever they do."""

import json
import math

import pytest

from solvitur.agents.answer import Answer, from_attempt
from solvitur.agents.draft import Attempt, Draft
from solvitur.agents.script import Ending, ScriptRun, run_script
from solvitur.solvers import Outcome

HEAD = "from pyomo.environ import *\n"


def ran(script: str) -> ScriptRun:
    return run_script(HEAD + script, 10)


MODEL = """
def build():
    m = ConcreteModel()
    m.x = Var(["a", "b"], [1, 2], within=NonNegativeIntegers)
    m.goal = Objective(expr=sum(m.x[i, j] for i in "ab" for j in (1, 2)), sense=maximize)
    m.room = Constraint(expr=2 * m.x["a", 1] + m.x["a", 2] + m.x["b", 1] + m.x["b", 2] <= 7.5)
    return m
"""


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "build()",
        "model = build()\nSolverFactory('glpk').solve(model)",
        "if __name__ == '__main__':\n    SolverFactory('cbc').solve(build(), tee=True)",
        "def main():\n    m = build()\n    SolverFactory('ipopt', executable='/x').solve(m)",
        "def main(verbose=False):\n    build()",
        "opt = SolverFactory('gurobi_persistent')\nopt.set_instance(build())\nopt.solve(tee=True)",
        "with SolverManagerFactory('neos') as m:\n    m.solve(build(), opt='cplex')",
        "class App:\n    def __init__(self): self.m = build()\n    def run(self):\n"
        "        SolverFactory('appsi_highs').solve(self.m, options={'mip_gap': 0.1})\nApp().run()",
        "m = build()\nr = SolverFactory('scip').solve(m, load_solutions=False)\n"
        "assert r.solver.status == SolverStatus.ok\nm.solutions.load_from(r)\nprint(value(m.goal))",
        "m = build()\ns = SolverFactory('glpk')\ns.options['tmlim'] = 5\nassert s.available()\n"
        "assert_optimal_termination(s.solve(m))\nassert value(m.goal) == 7",
    ],
)  # fmt: skip
def test_the_model_is_found_and_solved_wherever_it_is_built(rest: str) -> None:
    run = ran(MODEL + rest)
    assert run.ending is Ending.solved, run
    assert (run.objective, run.sense, run.problem_class) == (7, "maximize", "MILP")
    assert sum(v for by in run.variables["x"].values() for v in by.values()) == 7
    assert run.violation == pytest.approx(0, abs=1e-9)
    assert run.evidence == ()


def test_an_abstract_model_with_its_data_is_found() -> None:
    run = ran("""
m = AbstractModel()
m.I = Set()
m.p = Param(m.I)
m.x = Var(m.I, bounds=(0, 1))
m.goal = Objective(rule=lambda m: sum(m.p[i] * m.x[i] for i in m.I), sense=maximize)
data = {None: {"I": {None: [1, 2]}, "p": {1: 3, 2: 4}}}
instance = m.create_instance(data)
result = SolverFactory("glpk").solve(instance)
""")
    assert (run.objective, run.variables) == (7, {"x": {"1": 1, "2": 1}})


def test_what_a_script_prints_is_not_read() -> None:
    run = ran(MODEL + "SolverFactory('glpk').solve(build())\nprint('Objective value: 999')")
    assert run.objective == 7
    assert run.stdout == "Objective value: 999\n"


def test_the_last_model_that_was_solved_counts() -> None:
    run = ran("""
for most in (3, 5):
    m = ConcreteModel()
    m.x = Var(bounds=(0, most))
    m.goal = Objective(expr=m.x, sense=maximize)
    SolverFactory("glpk").solve(m)
later = ConcreteModel()
""")
    assert run.objective == 5


def test_a_failure_after_solving_is_told_beside_the_optimum() -> None:
    run = ran(MODEL + "m = build()\nSolverFactory('glpk').solve(m)\nprint(m.y)")
    assert (run.ending, run.objective) == (Ending.solved, 7)
    assert run.evidence[0].startswith("after solving, line 11: AttributeError")


ONE = """
m = ConcreteModel()
m.x = Var(bounds=(0, 5))
m.y = Var(domain=Integers)
m.goal = Objective(expr=m.x + m.y)
"""


def test_an_infeasible_model_tells_constraints_none_of_which_can_be_spared() -> None:
    run = ran(
        ONE + "m.a = Constraint(expr=m.x + m.y >= 9)\nm.b = Constraint(expr=m.y <= 3)\n"
        "m.c = Constraint(expr=m.x <= 100)\nm.d = Constraint(expr=m.y >= -4)\n"
        "r = SolverFactory('cbc').solve(m)\n"
        "assert r.solver.termination_condition == TerminationCondition.infeasible\nvalue(m.goal)"
    )
    assert run.ending is Ending.infeasible
    assert run.conflict == ("a: 9  <=  x + y", "b: y  <=  3")
    assert run.outcome is Outcome.infeasible


def test_a_conflict_by_integrality_is_found() -> None:
    run = ran(ONE + "m.a = Constraint(expr=(0.2, m.y, 0.8))\nm.b = Constraint(expr=m.x >= 1)")
    assert run.ending is Ending.infeasible
    assert run.conflict == ("a: 0.2  <=  y  <=  0.8",)


def test_bounds_that_contradict_each_other_are_named() -> None:
    run = ran("m = ConcreteModel()\nm.x = Var(bounds=(3, 1))\nm.goal = Objective(expr=m.x)")
    assert (run.ending, run.conflict) == (Ending.infeasible, ("the bounds of the variables alone",))


def test_no_limit_is_told() -> None:
    run = ran(ONE)
    assert run.ending is Ending.unbounded
    assert run.objective is None
    assert run.evidence == (
        "the solver says that the objective has no limit: a constraint is missing",
    )


NONLINEAR = """
m = ConcreteModel()
m.x = Var(bounds=(-5, 5))
m.y = Var(bounds=(-5, 5), domain=Integers)
m.goal = Objective(expr=(m.x - 1) ** 2 + abs(m.y) + m.x * m.y)
m.cap = Constraint(expr=exp(m.x) <= 9)
SolverFactory("ipopt").solve(m)
"""


def test_a_nonlinear_model_is_solved_by_scip() -> None:
    pytest.importorskip("pyscipopt")
    run = ran(NONLINEAR)
    grid = (
        (x - 1) ** 2 + abs(y) + x * y
        for y in range(-5, 6)
        for x in (max(-5.0, min(math.log(9), 1 - y / 2)),)
    )
    assert run.objective == pytest.approx(min(grid), abs=1e-6)
    assert run.problem_class == "MINLP"


def test_a_nonlinear_model_without_scip_is_told_what_to_install() -> None:
    without = (
        "from pyomo.contrib.solver.solvers.scip.scip_direct import ScipDirect\n"
        "ScipDirect.available = lambda self: False\n"
    )
    run = ran(without + NONLINEAR)
    assert run.ending is Ending.nonlinear
    assert "pip install 'solvitur[scip]'" in run.evidence[0]
    assert run.evidence[0].startswith("line 10: the model is nonlinear")


def test_a_convex_quadratic_objective_is_solved_by_highs() -> None:
    run = ran("m = ConcreteModel()\nm.x = Var()\nm.goal = Objective(expr=(m.x - 3) ** 2 + 1)")
    assert run.objective == pytest.approx(1, abs=1e-6)
    assert run.problem_class == "QP"
    assert (run.solver or "").startswith("HiGHS")


@pytest.mark.parametrize(
    ("script", "ending", "evidence"),
    [
        ("x = 1", Ending.no_model, "the script builds no Pyomo ConcreteModel"),
        ("m = ConcreteModel()\nm.x = Var()", Ending.no_objective, "the model has no objective"),
        ("x = {}['y']", Ending.python_error, "line 2: KeyError: 'y'"),
        ("def f(:", Ending.python_error, "line 2: SyntaxError: invalid syntax (<script>, line 2)"),
        (
            "import pandas_of_another_world",
            Ending.python_error,
            "line 2: ModuleNotFoundError: No module named 'pandas_of_another_world'",
        ),
        (
            "open('data.csv')",
            Ending.python_error,
            "line 2: FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'",
        ),
        (
            "import subprocess",
            Ending.forbidden,
            "line 2 imports 'subprocess': no other programs are started in here",
        ),
        ("import os\nos._exit(0)", Ending.crashed, "it ended with exit code 0 and gave no value"),
        (
            "import os\nwhile True: os.fork()",
            Ending.python_error,
            "line 3: BlockingIOError: [Errno 11] Resource temporarily unavailable; the limit on "
            "processes and threads in here is reached",
        ),
        ("x = bytearray(2**40)", Ending.out_of_memory, "it needs more than 2,048 MiB of memory"),
    ],
)
def test_every_other_ending_has_its_reason(script: str, ending: Ending, evidence: str) -> None:
    run = ran(script)
    assert (run.ending, run.evidence[0]) == (ending, evidence)
    assert run.objective is None


def test_a_script_that_tampers_with_its_runner_gives_no_answer() -> None:
    run = ran("""
import sys
frame = sys._getframe()
while "bench" not in frame.f_locals:
    frame = frame.f_back
frame.f_locals["bench"].last = {"ending": "solved", "objective": "a lot"}
""")
    assert (run.ending, run.outcome) == (Ending.forbidden, Outcome.error)
    assert run.evidence == ("the script meddled with its runner",)


def test_made_up_data_is_the_same_in_every_run() -> None:
    script = """
import random, numpy
m = ConcreteModel()
m.x = Var(bounds=(0, random.random() + numpy.random.rand()))
m.goal = Objective(expr=m.x, sense=maximize)
"""
    assert ran(script).objective == ran(script).objective


# --- figures that do not fit together ------------------------------------------------------------


def test_keys_of_several_lengths_are_all_told() -> None:
    run = ran("""
m = ConcreteModel()
m.x = Var(Any, dense=False, bounds=(0, 1))
m.y = Var(bounds=(0, 3))
m.goal = Objective(expr=m.x["a"] + 2 * m.x["a", "b"] + m.y, sense=maximize)
""")
    assert run.variables == {"x": {'["a"]': 1, '["a", "b"]': 1}, "y": 3}


def test_keys_that_read_alike_are_told_apart() -> None:
    run = ran("""
m = ConcreteModel()
m.x = Var([1, "1", 2], dense=False, bounds=(0, 9))
m.room = Constraint(expr=m.x["1"] <= 4)
m.goal = Objective(expr=m.x[1] + m.x["1"] + m.x[2], sense=maximize)
""")
    assert run.variables == {"x": {"1": 9, "'1'": 4, "2": 9}}


def tampered(told: str) -> ScriptRun:
    """Let a script put its own words into the place of what its model says."""
    return ran(f"""
import sys
frame = sys._getframe()
while "bench" not in frame.f_locals:
    frame = frame.f_back
frame.f_locals["bench"].last = {told}
""")


def test_a_key_of_thousands_of_parts_can_be_written_down() -> None:
    run = tampered("{'ending': 'solved', 'objective': 1, 'values': [('x', ['a'] * 3000, 1)]}")
    attempt = Attempt(1, Draft("code", None, script="x"), run=run)
    (key,) = json.loads(from_attempt(attempt, None).to_json())["variables"]["x"]
    assert json.loads(key) == ["a"] * 3000


@pytest.mark.parametrize(
    "told",
    [
        "{'ending': 'solved'}",
        "{'ending': 'solved', 'objective': 1, 'values': [('x', [], 1), ('x', [], 2)]}",
    ],
)
def test_figures_that_cannot_be_are_no_answer(told: str) -> None:
    assert tampered(told).evidence == ("the script meddled with its runner",)


@pytest.mark.parametrize("ending", Ending)
def test_every_ending_without_a_word_has_one_in_the_answer(ending: Ending) -> None:
    run = tampered(f"{{'ending': '{ending}'}}")
    answer = from_attempt(Attempt(1, Draft("code", None, script="x"), run=run), None)
    assert answer.message or answer.answer
    assert Answer.model_validate_json(answer.to_json()) == answer


def test_half_a_character_in_an_exception_can_be_written_down() -> None:
    run = ran("raise ValueError('not \\ud800 here')")
    assert run.trouble == "ValueError: not ? here"
    assert ScriptRun.model_validate_json(run.model_dump_json()) == run


def test_an_objective_that_is_no_number_is_a_failure_in_words() -> None:
    run = ran("""
m = ConcreteModel()
m.x = Var(bounds=(0, 100))
m.goal = Objective(expr=m.x + float("inf"))
""")
    assert (run.ending, run.outcome) == (Ending.failed, Outcome.error)
    assert run.evidence == ("the objective is no finite number at the point that the solver found",)
