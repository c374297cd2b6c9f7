"""What is found out beside a solution never makes an answer fail, and keeps to the time."""

import pytest

from solvitur.agents import solve_formulation
from solvitur.agents.diagnosis import Diagnosis, Diagnostician
from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass
from solvitur.formulation.instance import Instance
from solvitur.solvers import Holding, Options, Outcome, Solution, Stop, solve


def made(*rows: str, **more: object) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y", "upper": 9}],
            "objective": {"sense": "maximize", "expression": "x + y"},
            "constraints": [{"name": f"row{n}", "expression": row} for n, row in enumerate(rows)],
            **more,
        }
    )


def found(
    formulation: Formulation, solution: Solution | None = None, left: float | None = None
) -> Diagnosis:
    solution = solution or solve(formulation)
    diagnostician = Diagnostician(Instance(formulation), Options(), lambda: left)
    return diagnostician.more(solution, diagnostician.reason(solution), worth=True)


def test_each_outcome_has_its_own_findings() -> None:
    solved, infeasible = found(made("x <= 3")), found(made("x <= 3", "x >= 4"))
    unbounded = found(made())
    assert told(solved) == ["sensitivity"]
    assert told(infeasible) == ["conflict", "relaxation"]
    assert told(unbounded) == ["ray"]


def told(diagnosis: Diagnosis) -> list[str]:
    return [name for name, part in vars(diagnosis).items() if part is not None]


def test_why_it_cannot_be_told_what_contradicts_itself_is_said() -> None:
    curved = made("x * y >= 200", "x <= 3")
    infeasible = Solution(Stop.proved, Holding.infeasible, ProblemClass.NLP, "by hand", 0.0)
    head, rest = str(found(curved, infeasible)).splitlines()
    assert head.startswith("What contradicts itself cannot be told: constraint 'row0' is not lin")
    assert rest.startswith("The least change that gives an answer cannot be told: constraint 'row")


def test_why_it_cannot_be_told_what_has_no_end_is_said() -> None:
    curved = made("x * y >= 20")
    unbounded = Solution(Stop.proved, Holding.unbounded, ProblemClass.NLP, "by hand", 0.0)
    said = str(found(curved, unbounded))
    assert said.startswith("What grows without end cannot be told: constraint 'row0' is not")


def test_an_answer_to_an_infeasible_nonlinear_model_says_why_there_is_no_conflict() -> None:
    pytest.importorskip("pyscipopt")
    answer = solve_formulation(made("x * y >= 200", "x <= 3", "y <= 9"))
    assert answer.outcome is Outcome.infeasible
    assert answer.conflict is not None
    assert "constraint 'row0' is not linear" in answer.answer


def test_why_what_was_asked_for_cannot_be_told_is_said() -> None:
    curved = made("x * y >= 20", "x <= 3")
    found_ = found(curved, Solution(Stop.proved, Holding.optimal, ProblemClass.NLP, "by hand", 0.0))
    assert "constraint 'row0' is not linear" in str(found_.sensitivity)


def test_without_time_left_it_is_said_that_nothing_was_found() -> None:
    for formulation in (made("x <= 3", "x >= 4"), made(), made("x <= 3")):
        assert found(formulation, left=0.0) != Diagnosis()
