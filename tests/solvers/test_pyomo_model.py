"""The Pyomo model carries the formulation's own names, and says exactly what it says."""

from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from solvitur.formulation import Formulation
from solvitur.solvers import to_pyomo


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


def test_the_largest_of_twice_as_many_terms_takes_twice_as_much(tmp_path: Path) -> None:
    sizes = []
    for n in (32, 64):
        path = tmp_path / f"{n}.nl"
        model_of(f"max((x[i] - i) ** 2 for i in I if i <= {n})").write(str(path))
        sizes.append(path.stat().st_size)
    assert sizes[1] < 2.2 * sizes[0]


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_extreme_of_many_terms_is_that_of_numpy(name: str) -> None:
    random = np.random.default_rng(3)
    for n in (1, 2, 8, 9, 33, 64):
        model = model_of(f"{name}((x[i] - i) ** 2 for i in I if i <= {n})")
        values = random.uniform(0, 60, 64)
        for entry, value in zip(model.x.values(), values, strict=True):
            entry.set_value(value)
        expected = getattr(np, name)((values - np.arange(1, 65))[:n] ** 2)
        assert pyo.value(model.objective) == pytest.approx(expected)


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


def test_a_constraint_called_objective_leaves_the_objective_its_name() -> None:
    model = model_of("x[1]", {"name": "objective", "expression": "x[1] >= 1"})
    assert isinstance(model.objective, pyo.Objective)
    assert isinstance(model.component("objective_"), pyo.Constraint)


def test_a_name_that_pyomo_keeps_for_itself_gets_an_underscore() -> None:
    model = model_of("x[1]", {"name": "display", "expression": "x[1] >= 1"})
    assert isinstance(model.component("display_"), pyo.Constraint)


def test_the_sense_and_the_docs_are_carried_over() -> None:
    formulation = Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["a"], "doc": "products"}],
            "variables": [{"name": "x", "doc": "made"}],
            "objective": {"sense": "maximize", "expression": "-x", "doc": "little"},
            "constraints": [{"name": "c", "expression": "x >= 1", "doc": "some"}],
        }
    )
    model = to_pyomo(formulation)
    assert model.objective.sense == pyo.maximize
    assert [part.doc for part in (model.P, model.x, model.objective, model.c)] == [
        "products",
        "made",
        "little",
        "some",
    ]


def test_a_set_of_tuples_indexes_by_its_parts() -> None:
    formulation = Formulation.model_validate(
        {
            "sets": [
                {"name": "A", "elements": [["a", 1], ["b", 2]]},
                {"name": "E", "elements": []},
            ],
            "variables": [{"name": "f", "index": ["A"]}, {"name": "g", "index": ["E"]}],
            "objective": {"sense": "minimize", "expression": "sum(f[a] for a in A)"},
            "constraints": [{"name": "c", "forall": "a in A", "expression": "f[a] >= 1"}],
        }
    )
    model = to_pyomo(formulation)
    assert list(model.f) == list(model.c) == [("a", 1), ("b", 2)]
    assert len(model.g) == 0


def test_tables_are_read_as_everywhere() -> None:
    import solvitur

    formulation = Formulation.model_validate(
        {
            "sets": [{"name": "W", "source": {"file": "wares", "keys": ["ware"]}}],
            "parameters": [
                {
                    "name": "price",
                    "index": ["W"],
                    "source": {"file": "wares", "keys": ["ware"], "column": "price"},
                }
            ],
            "variables": [{"name": "x", "index": ["W"], "upper": 2}],
            "objective": {"sense": "maximize", "expression": "sum(price[w] * x[w] for w in W)"},
        }
    )
    wares = [{"ware": "bread", "price": 4}, {"ware": "cake", "price": 7}]
    model = solvitur.to_pyomo(formulation, {"wares": wares})
    model.x["bread"].set_value(1)
    model.x["cake"].set_value(2)
    assert pyo.value(model.objective) == 18


def test_a_row_whose_variables_are_all_filtered_out_is_decided_at_once() -> None:
    rows = (
        {"name": "true", "expression": "sum(x[i] for i in I if i > 99) <= 1"},
        {"name": "false", "expression": "sum(x[i] for i in I if i > 99) >= 1"},
    )
    model = model_of("x[1]", *rows)
    assert (len(model.true), len(model.false)) == (0, 1)


def test_rounding_does_not_make_a_row_of_numbers_false() -> None:
    model = model_of("x[1]", {"name": "c", "expression": "0.1 + 0.2 <= 0.3"})
    assert len(model.c) == 0


def test_every_function_is_lowered() -> None:
    parts = [
        f"{name}(x[1])" for name in ("abs", "exp", "log", "log10", "sqrt", "sin", "cos", "tan")
    ]
    model = model_of(
        " + ".join([*parts, "prod(x[i] for i in I if i < 3)", "-min(x[1], 2) ** 2 / 4"])
    )
    for entry in model.x.values():
        entry.set_value(1)
    assert pyo.value(model.objective) == pytest.approx(
        1 + 2.718281828 + 0 + 0 + 1 + 0.841470985 + 0.540302306 + 1.557407725 + 1 - 0.25
    )
