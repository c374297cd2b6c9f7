"""Every file in `tests/formulations` is solved to the optimum that another road found."""

import json
from pathlib import Path

import pytest

from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass
from solvitur.solvers import Outcome, solve
from tests.solvers.known_optima import ORACLES, sudoku_grids

FORMULATIONS = Path(__file__).parents[1] / "formulations"
CLASSES = {"lp": ProblemClass.LP, "milp": ProblemClass.MILP, "qp": ProblemClass.QP}


def read(name: str) -> Formulation:
    return Formulation.from_json((FORMULATIONS / f"{name}.json").read_text())


def test_every_file_has_an_oracle_and_every_oracle_a_file() -> None:
    assert {path.stem for path in FORMULATIONS.glob("*.json")} == set(ORACLES)


@pytest.mark.parametrize("name", ORACLES)
def test_the_outcome_and_the_optimum_are_as_known(name: str) -> None:
    known = ORACLES[name]()
    solution = solve(read(name))
    if isinstance(known, str):
        assert (solution.outcome, solution.objective) == (Outcome(known), None)
        return
    assert solution.outcome is Outcome.solved
    assert solution.objective == pytest.approx(known, rel=1e-6, abs=1e-9)
    assert solution.verification is not None
    assert solution.verification.ok, str(solution.verification)
    assert solution.verification.objective == pytest.approx(known, rel=1e-6, abs=1e-9)
    expected_class = CLASSES.get(name.split("_")[0], solution.problem_class)
    assert solution.problem_class is expected_class


@pytest.mark.parametrize("name", ORACLES)
def test_writing_and_reading_a_file_again_changes_nothing(name: str) -> None:
    formulation = read(name)
    assert Formulation.from_json(formulation.to_json()) == formulation


@pytest.mark.parametrize("name", ORACLES)
def test_every_element_of_a_file_says_what_it_is(name: str) -> None:
    content = json.loads((FORMULATIONS / f"{name}.json").read_text())
    elements = [content["objective"]]
    for kind in ("sets", "parameters", "variables", "constraints"):
        elements += content[kind]
    assert content["title"]
    assert all(element["doc"] for element in elements)


def test_the_sudoku_is_filled_in_the_only_way() -> None:
    cells = solve(read("milp_sudoku_4x4")).values["x"]
    grid = tuple(
        tuple(sum(d * cells[r, c, d] for d in range(1, 5)) for c in range(1, 5))
        for r in range(1, 5)
    )
    assert [grid] == sudoku_grids()


def test_the_large_file_has_two_thousand_variables_in_a_few_lines() -> None:
    path = FORMULATIONS / "lp_two_thousand_variables.json"
    assert len(solve(read(path.stem)).values["x"]) == 2000
    assert path.stat().st_size < 1500
