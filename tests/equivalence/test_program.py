"""A formulation as an exact program."""

import itertools
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from solvitur.equivalence import Column, Conclusion, Program, Row, Way, check, exact
from solvitur.errors import (
    ConfigError,
    FormulationError,
    InvalidFormulation,
    SolverError,
    Unsupported,
)
from solvitur.formulation import Formulation
from solvitur.solvers import to_lp, to_mps

PLAN = Formulation.model_validate(
    {
        "sets": [{"name": "P", "elements": ["chair", "table"]}],
        "parameters": [
            {"name": "use", "index": ["P"], "values": {"chair": 0.1, "table": 0.7}},
            {"name": "share", "value": 1 / 3},
        ],
        "variables": [
            {"name": "x", "index": ["P"], "domain": "integer", "upper": 9},
            {"name": "y", "lower": None},
        ],
        "objective": {"sense": "maximize", "expression": "3 * x['chair'] + share * y + 5"},
        "constraints": [
            {"name": "wood", "expression": "sum(use[p] * x[p] for p in P) <= 40"},
            {"name": "least", "forall": "p in P", "expression": "1 <= x[p] + y <= 7"},
        ],
    }
)


def test_the_columns_and_rows_of_a_formulation_are_in_order_with_their_names() -> None:
    program = Program.of(PLAN)
    assert [column.name for column in program.columns] == ["x[chair]", "x[table]", "y"]
    assert program.columns[0] == Column("x[chair]", Fraction(0), Fraction(9), is_integer=True)
    assert program.columns[2] == Column("y", None, None)
    wood, *rest = program.rows
    assert wood == Row("wood", {0: Fraction(1, 10), 1: Fraction(7, 10)}, None, Fraction(40))
    assert {row.name for row in rest} == {"least[chair]", "least[table]"}


def test_a_maximum_stays_one_and_its_cost_is_what_is_minimised() -> None:
    program = Program.of(PLAN)
    assert not program.minimise
    assert program.objective == {0: 3, 2: Fraction(1, 3)}
    assert program.cost == {0: -3, 2: Fraction(-1, 3)}
    assert program.value([Fraction(2), Fraction(0), Fraction(3)]) == 12


@given(some.decimals(-1000, 1000, places=6))
def test_a_decimal_is_taken_for_what_was_written(number: object) -> None:
    assert exact(float(str(number))) == Fraction(str(number))


def test_a_computed_quotient_is_taken_for_the_simple_fraction_it_rounds() -> None:
    for a, b, c in itertools.product((1, 2, 73), range(3, 200), (1, 7, 146)):
        assert exact((a / b) * c) == Fraction(a * c, b)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_refused(number: float) -> None:
    with pytest.raises(FormulationError, match="no number"):
        exact(number)


def test_a_point_is_told_every_row_bound_and_integrality_it_violates_exactly() -> None:
    program = Program.of(PLAN)
    tiny = Fraction(1, 10**30)
    assert program.is_feasible([Fraction(9), Fraction(9), Fraction(-2)])
    found = program.violations([Fraction(9) + tiny, Fraction(7, 2), Fraction(-2)])
    assert [(each.name, each.is_row, each.amount) for each in found] == [
        ("x[chair]", False, tiny),
        ("x[chair]", False, tiny),
        ("x[table]", False, Fraction(1, 2)),
        ("least[chair]", True, tiny),
    ]


def test_the_arrays_are_those_of_the_formulation_itself() -> None:
    program = Program.of(PLAN)
    arrays = program.to_arrays()
    assert (arrays.sign, arrays.offset) == (-1, -5)
    assert arrays.lower.tolist() == [0, 0, -math.inf]
    assert arrays.upper.tolist() == [9, 9, math.inf]
    assert arrays.whole.tolist() == [True, True, False]
    assert list(arrays.matrix.triples())[:2] == [(0, 0, 0.1), (0, 1, 0.7)]


def test_what_is_not_linear_is_said_by_added_columns_where_that_is_exact() -> None:
    program = Program.of(
        Formulation.model_validate(
            {
                "variables": [{"name": "x", "lower": None}],
                "objective": {"sense": "minimize", "expression": "abs(x - 3)"},
            }
        )
    )
    assert [c.name for c in program.columns if c.name not in program.added] == ["x"]
    assert len(program.added) == 1


def test_what_no_linear_row_can_say_is_refused_with_the_reason() -> None:
    curved = Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y"}],
            "objective": {"sense": "minimize", "expression": "x * y"},
        }
    )
    with pytest.raises(Unsupported, match="only linear formulations can be compared; this one is"):
        Program.of(curved)


def test_faults_of_the_formulation_are_told_as_such() -> None:
    broken = Formulation.model_validate(
        {
            "variables": [{"name": "x"}],
            "objective": {"sense": "minimize", "expression": "x + z"},
        }
    )
    with pytest.raises(InvalidFormulation, match="z"):
        Program.of(broken)


def test_a_number_beyond_all_floats_is_a_solvers_error_and_no_traceback() -> None:
    program = Program((Column("x"),), (Row("r", {0: Fraction(10) ** 400}, None, None),), {})
    with pytest.raises(SolverError, match="larger units"):
        program.to_arrays()


def test_a_coefficient_of_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="not among"):
        Program((Column("x"),), (), {1: Fraction(1)})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.json", PLAN.to_json()),
        ("plan.md", PLAN.to_markdown()),
        ("plan.lp", to_lp(PLAN)),
        ("plan.mps", to_mps(PLAN)),
    ],
    ids=["json", "md", "lp", "mps"],
)
def test_a_file_of_any_kind_is_read_as_the_same_program(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    program, original = Program.of(path), Program.of(PLAN)
    assert Counter((c.lower, c.upper) for c in program.columns) == Counter(
        (c.lower, c.upper) for c in original.columns
    )
    assert sorted(program.cost.values()) == sorted(original.cost.values())
    assert check(path, PLAN).conclusion is Conclusion.proved


def test_a_file_that_is_not_there_or_holds_something_else_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*none.json"):
        Program.of(tmp_path / "none.json")
    other = tmp_path / "other.json"
    other.write_text('{"x": 1}', encoding="utf-8")
    with pytest.raises(FormulationError, match=r"other\.json"):
        Program.of(other)


def test_names_are_recognised_in_a_file_that_writes_them_otherwise(tmp_path: Path) -> None:
    wood, least = PLAN.constraints
    scarce = wood.model_copy(update={"expression": "sum(use[p] * x[p] for p in P) <= 4"})
    path = tmp_path / "without.lp"
    path.write_text(to_lp(PLAN.model_copy(update={"constraints": (least,)})), encoding="utf-8")
    verdict = check(PLAN.model_copy(update={"constraints": (scarce, least)}), path)
    assert verdict.conclusion is Conclusion.different
    assert verdict.correspondence is not None
    assert verdict.correspondence.way is Way.names
