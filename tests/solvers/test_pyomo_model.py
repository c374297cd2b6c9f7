"""The Pyomo model carries the formulation's own names, and says exactly what it says."""

from typing import Any

import pyomo.environ as pyo
import pytest

from solvitur.formulation import Formulation
from solvitur.solvers.pyomo_model import to_pyomo


def model_of(expression: str, *constraints: dict[str, str], **variable: Any) -> pyo.ConcreteModel:
    return to_pyomo(
        Formulation.model_validate(
            {
                "sets": [{"name": "I", "range": [1, 64]}],
                "variables": [{"name": "x", "index": ["I"], **variable}],
                "objective": {"sense": "minimize", "expression": expression},
                "constraints": list(constraints),
            }
        )
    )


def test_the_largest_of_many_variables_stays_small_enough_to_compute() -> None:
    model = model_of("max(i * x[i] for i in I)")
    for entry in model.x.values():
        entry.set_value(2)
    assert pyo.value(model.objective.expr) == pytest.approx(128)


def test_variables_keep_their_names_keys_domains_and_bounds() -> None:
    model = model_of("sum(x[i] for i in I)", domain="integer", lower=-2, upper=5)
    assert list(model.x) == list(range(1, 65))
    assert (model.x[3].lb, model.x[3].ub, model.x[3].is_integer()) == (-2, 5, True)


def test_a_row_is_found_by_what_its_loops_stand_for() -> None:
    row = {"name": "step", "forall": "i in I if i > 1", "expression": "x[i] >= x[i - 1] + 1"}
    model = model_of("x[64]", row)
    assert list(model.step) == list(range(2, 65))


def test_a_chain_gives_a_row_for_each_link() -> None:
    model = model_of("x[1]", {"name": "band", "expression": "2 <= x[1] + x[2] <= 9"})
    assert len(model.band) == 2


def test_a_row_that_always_holds_is_left_out_and_one_that_never_does_stays() -> None:
    rows = (
        {"name": "true", "expression": "0 * 3 <= 1"},
        {"name": "false", "expression": "len(I) <= 3"},
    )
    model = model_of("x[1]", *rows)
    assert (len(model.true), len(model.false)) == (0, 1)


def test_a_constraint_with_the_name_of_a_variable_gets_an_underscore() -> None:
    model = model_of("x[1]", {"name": "x", "expression": "x[1] >= 1"})
    assert isinstance(model.component("x_"), pyo.Constraint)
