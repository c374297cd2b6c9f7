"""HiGHS answers, refuses and stops as it should; each optimum is known by hand."""

import subprocess
import sys
from typing import Any

import pytest

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.solvers import Options, Outcome, Solution, Stop, solve


def answer(
    variables: list[dict[str, Any]], sense: str, expression: str, *rows: str, **options: Any
) -> Solution:
    formulation = Formulation.model_validate(
        {
            "variables": variables,
            "objective": {"sense": sense, "expression": expression},
            "constraints": [{"name": f"row{n}", "expression": row} for n, row in enumerate(rows)],
        }
    )
    return solve(formulation, "highs", Options(**options))


X, Y = {"name": "x"}, {"name": "y"}
FREE_X, FREE_Y = {"name": "x", "lower": None}, {"name": "y", "lower": None}


def test_a_quadratic_objective_without_end_is_unbounded() -> None:
    found = answer([FREE_X, FREE_Y], "minimize", "(x - y) ** 2 - x - y", "x - y <= 3")
    assert found.outcome is Outcome.unbounded


def test_a_quadratic_objective_of_small_numbers_is_solved() -> None:
    found = answer([X, Y], "minimize", "0.0003 * x ** 2 + 0.0003 * y ** 2", "x + y == 1")
    assert found.objective == pytest.approx(0.00015)
    assert found.variables() == pytest.approx({"x": 0.5, "y": 0.5})


def test_an_objective_without_variables_is_solved() -> None:
    found = answer([X], "maximize", "3")
    assert (found.outcome, found.objective) == (Outcome.solved, 3)


def test_a_free_whole_number_without_rows_is_unbounded() -> None:
    found = answer([FREE_X | {"domain": "integer"}], "minimize", "x")
    assert found.outcome is Outcome.unbounded


def test_a_variable_may_be_called_objective() -> None:
    found = answer([{"name": "objective"}], "minimize", "(objective - 1) ** 2")
    assert found.variables() == pytest.approx({"objective": 1})


def test_a_concave_minimum_is_refused_by_name() -> None:
    with pytest.raises(Unsupported, match=r"needs a convex quadratic objective.*SCIP can"):
        answer([{"name": "x", "upper": 4}], "minimize", "-(x ** 2)")


@pytest.mark.parametrize(
    ("domain", "expression", "named"),
    [
        ("integer", "x ** 2", "MIQP"),
        ("continuous", "exp(x)", "NLP"),
        ("integer", "exp(x)", "MINLP"),
    ],
)
def test_a_class_beyond_highs_is_refused_with_the_mend(
    domain: str, expression: str, named: str
) -> None:
    words = rf"(?s)this is {named}.*SCIP can.*make it linear:\n- objective: "
    with pytest.raises(Unsupported, match=words):
        answer([X | {"domain": domain}], "minimize", expression)


def test_no_time_at_all_is_a_limit_and_not_an_error() -> None:
    items = [{"name": f"x{n}", "domain": "binary"} for n in range(30)]
    weights = " + ".join(f"{37 + n * n % 23} * x{n}" for n in range(30))
    found = answer(items, "maximize", weights, f"{weights} <= 701", time_limit=1e-9)
    assert found.stop in (Stop.time_limit, Stop.proved)
    assert found.outcome in (Outcome.no_answer, Outcome.limit, Outcome.solved)


def test_nothing_but_our_own_output_reaches_stdout() -> None:
    code = (
        "from solvitur import Formulation, solve\n"
        "solve(Formulation.model_validate({'variables': [{'name': 'x', 'upper': 1}],"
        "'objective': {'sense': 'maximize', 'expression': 'x'}}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b""


def test_an_optimum_comes_with_its_proof_bound_and_second_opinion() -> None:
    found = answer([X, Y], "maximize", "2 * x + y", "x + y <= 4", "x <= 3")
    assert (found.outcome, found.stop) == (Outcome.solved, Stop.proved)
    assert (found.objective, found.bound, found.gap) == (7, 7, 0)
    assert found.variables() == {"x": 3, "y": 1}
    assert found.verification is not None
    assert found.verification.ok


@pytest.mark.parametrize("domain", ["continuous", "integer"])
def test_rows_that_contradict_each_other_are_infeasible(domain: str) -> None:
    found = answer([X | {"domain": domain}], "minimize", "x", "x >= 3", "x <= 2")
    assert (found.outcome, found.stop) == (Outcome.infeasible, Stop.proved)
    assert (found.objective, found.bound, found.values, found.verification) == (
        None,
        None,
        {},
        None,
    )


def test_what_is_infeasible_only_in_whole_numbers_is_infeasible() -> None:
    found = answer([X | {"domain": "integer"}], "minimize", "x", "0.2 <= x <= 0.8")
    assert found.outcome is Outcome.infeasible


def test_a_row_that_can_never_hold_is_infeasible() -> None:
    assert answer([X], "minimize", "x", "2 <= 1").outcome is Outcome.infeasible


@pytest.mark.parametrize("domain", ["continuous", "integer"])
def test_an_objective_without_end_is_unbounded(domain: str) -> None:
    found = answer([X | {"domain": domain}, Y], "maximize", "x - y", "x >= y + 1")
    assert (found.outcome, found.objective) == (Outcome.unbounded, None)


@pytest.mark.parametrize("domain", ["continuous", "integer"])
def test_a_ray_of_an_infeasible_problem_does_not_make_it_unbounded(domain: str) -> None:
    variables = [X | {"domain": domain}, Y | {"domain": domain}, {"name": "z"}]
    found = answer(variables, "maximize", "z", "x + y <= 1", "x + y >= 2")
    assert found.outcome is Outcome.infeasible


def test_the_pyomo_model_is_left_as_it_was_for_the_user_to_go_on_with() -> None:
    found = answer([X | {"domain": "integer"}], "maximize", "x")
    model = found.pyomo_model
    assert model is not None
    assert (model.objective.active, model.x.fixed) == (True, False)


def test_whole_numbers_are_whole() -> None:
    items = [X | {"domain": "integer"}, {"name": "b", "domain": "binary"}, Y]
    found = answer(items, "maximize", "3 * x + 5 * b + y", "2 * x + 4 * b + y <= 7.5", "y <= 0.6")
    assert {type(found.variables()[name]) for name in "xb"} == {int}
    assert found.objective == pytest.approx(3 * 3 + 0.6)


def test_each_search_may_have_another_number_of_threads() -> None:
    for threads in (None, 1, 2, 1):
        whole = [{"name": "x", "domain": "integer"}]
        solution = answer(whole, "maximize", "x", "2 * x <= 7", threads=threads)
        assert (solution.outcome, solution.objective) == (Outcome.solved, 3), solution.message
