"""Every file in `tests/formulations` is solved to the optimum that another road found."""

import json
from collections import Counter

import pytest

from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, check
from solvitur.formulation.classify import ProblemClass
from solvitur.formulation.instance import Instance
from solvitur.solvers import Outcome, Stop, solve
from tests.solvers.known_files import FILES, FOLDER, read, tables_of
from tests.solvers.known_optima import ORACLES, nearly, sudoku_grids

LINEAR = (ProblemClass.LP, ProblemClass.MILP)
CLASSES = {
    "lp": (ProblemClass.LP,),
    "milp": (ProblemClass.MILP,),
    "qp": (ProblemClass.QP,),
    "miqp": (ProblemClass.MIQP,),
    "nlp": (ProblemClass.NLP,),
    "minlp": (ProblemClass.MINLP,),
    **dict.fromkeys(("network", "piecewise", "logical", "extreme", "derived", "large"), LINEAR),
}
"""What the files of each kind are, when `abs`, `implies` and their like are said by rows."""
LARGE = [name for name in ORACLES if name.startswith("large_")]
UNITS = [name for name in ORACLES if name.startswith("units_")]


def test_every_file_has_an_oracle_and_every_oracle_a_file() -> None:
    assert set(FILES) == set(ORACLES)


def test_there_are_many_files_of_each_kind() -> None:
    kinds = Counter(name.split("_")[0] for name in FILES)
    curved = kinds["nlp"] + kinds["minlp"] + kinds["miqp"]
    assert min(curved, kinds["piecewise"], kinds["logical"]) >= 12
    assert min(kinds["extreme"], kinds["table"]) >= 8
    assert min(kinds["derived"], kinds["large"]) >= 6
    assert min(kinds["units"], kinds["infeasible"], kinds["unbounded"]) >= 4


@pytest.mark.parametrize("name", ORACLES)
def test_the_outcome_and_the_optimum_are_as_known(name: str) -> None:
    known = ORACLES[name]()
    solution = solve(read(name), data=tables_of(name))
    if isinstance(known, str):
        assert (solution.outcome, solution.objective) == (Outcome(known), None)
        return
    assert solution.outcome is Outcome.solved
    assert solution.objective == nearly(name)
    assert solution.verification is not None
    assert solution.verification.ok, str(solution.verification)
    assert solution.verification.objective == nearly(name)
    assert solution.problem_class in CLASSES.get(name.split("_")[0], tuple(ProblemClass))


@pytest.mark.parametrize("name", [name for name in ORACLES if name not in LARGE])
def test_scip_comes_to_the_same(name: str) -> None:
    pytest.importorskip("pyscipopt")
    known = ORACLES[name]()
    solution = solve(read(name), "scip", data=tables_of(name))
    if isinstance(known, str):
        assert (solution.outcome, solution.stop) == (Outcome(known), Stop.proved)
        return
    assert solution.outcome is Outcome.solved, solution.message
    assert solution.objective == pytest.approx(known, rel=2e-6, abs=2e-6)
    assert solution.verification is not None
    assert solution.verification.ok, str(solution.verification)


@pytest.mark.parametrize("name", ORACLES)
def test_writing_and_reading_a_file_again_changes_nothing(name: str) -> None:
    formulation = read(name)
    assert Formulation.from_json(formulation.to_json()) == formulation


@pytest.mark.parametrize("name", ORACLES)
def test_every_element_of_a_file_says_what_it_is(name: str) -> None:
    content = json.loads(FILES[name].read_text())
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


@pytest.mark.parametrize("name", [name for name in ORACLES if name not in LARGE])
def test_the_units_of_a_file_fit_together(name: str) -> None:
    pytest.importorskip("pint")
    found = check(read(name), data=tables_of(name))
    assert not [str(each) for each in found if each.code is Code.units]


@pytest.mark.parametrize("name", UNITS)
def test_all_numbers_of_a_file_of_units_have_one(name: str) -> None:
    five = read(name)
    assert all(each.unit for each in (*five.parameters, *five.variables))


WRONG = [
    ("units_bakery", "work", "h/item"),
    ("units_bakery", "price", "USD/kg"),
    ("units_bakery", "per_hour", "h/min"),
    ("units_power", "load", "MWh"),
    ("units_power", "room", "kWh"),
    ("units_power", "carbon", "kg/MWh"),
    ("units_deliveries", "drivers", "min"),
    ("units_deliveries", "wage", "USD/d"),
    ("units_alloy", "tin_price", "USD/t"),
    ("units_alloy", "melting", "h"),
    ("units_insulation", "per_kw", "kW/W"),
]


@pytest.mark.parametrize(("name", "parameter", "unit"), WRONG)
def test_a_wrong_unit_is_found(name: str, parameter: str, unit: str) -> None:
    pytest.importorskip("pint")
    five = read(name)
    wrong = [
        each.model_copy(update={"unit": unit}) if each.name == parameter else each
        for each in five.parameters
    ]
    found = check(five.model_copy(update={"parameters": tuple(wrong)}))
    assert Code.units in {each.code for each in found}


def test_the_large_file_has_two_thousand_variables_in_a_few_lines() -> None:
    path = FILES["lp_two_thousand_variables"]
    assert len(solve(read(path.stem)).values["x"]) == 2000
    assert path.stat().st_size < 1500


@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_is_small_and_has_ten_thousand_variables(name: str) -> None:
    instance = Instance(read(name), tables_of(name))
    added = 5200 if name == "large_road" else 0  # for its absolute values
    assert sum(map(len, instance.bounds.values())) + added >= 10_000
    assert FILES[name].stat().st_size < 2000
    assert all(path.stat().st_size < 50_000 for path in (FOLDER / "data").iterdir())
