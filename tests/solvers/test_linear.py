"""What is lowered to arrays directly is what Pyomo makes of the same formulation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from solvitur.errors import SolverError
from solvitur.eval import word_problems
from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import linearise
from solvitur.solvers.linear import Linear, RowName
from solvitur.solvers.pyomo_solvers.model import Lowering

FOLDER = Path(__file__).parents[1] / "formulations"
Row = tuple[str, tuple[float, ...], float, float]
"""The name of a constraint, a coefficient for each variable, the lower and the upper side."""


def known() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        if path.stem == "infeasible_constant_row":
            continue  # Pyomo's compiler raises an error for what is a result here
        yield pytest.param(Formulation.from_file(path), id=path.stem)
    for problem in word_problems():
        yield pytest.param(problem.formulation, id=problem.id)


def is_linear(instance: Instance) -> bool:
    return classify(instance) in (ProblemClass.LP, ProblemClass.MILP)


def by_pyomo(instance: Instance) -> tuple[list[Row], npt.NDArray[np.float64], float]:
    """Let Pyomo's own compiler read the Pyomo model; give rows, costs and constant."""
    lowering = Lowering(instance)
    variables = [entry for entries in lowering.variables.values() for entry in entries.values()]
    form = LinearStandardFormCompiler().write(
        lowering.model,
        mixed_form=True,
        set_sense=None,
        column_order=variables,
        row_order=list(lowering.model.component_data_objects(pyo.Constraint)),
    )
    place = {id(variable): n for n, variable in enumerate(variables)}
    columns = [place[id(variable)] for variable in form.columns]
    matrix = np.zeros((form.A.shape[0], len(variables)))
    matrix[:, columns] = form.A.toarray()
    cost = np.zeros(len(variables))
    cost[columns] = form.c.toarray()[0]
    rows = []
    for (constraint, bound), slopes, limit in zip(form.rows, matrix, form.rhs, strict=True):
        lower, upper = {-1: (limit, np.inf), 1: (-np.inf, limit), 0: (limit, limit)}[bound]
        rows.append((constraint.parent_component().local_name, tuple(slopes), lower, upper))
    return rows, cost, float(form.c_offset[0])


def directly(instance: Instance) -> tuple[list[Row], npt.NDArray[np.float64], float]:
    linear = Linear(instance)
    program = linear.program
    dense = np.zeros((program.matrix.rows, program.size))
    dense[program.matrix.row, program.matrix.column] = program.matrix.value
    sides = zip(dense, program.row_lower.tolist(), program.row_upper.tolist(), strict=True)
    rows = [
        (name.constraint, tuple(slopes), lower, upper)
        for name, (slopes, lower, upper) in zip(linear.rows, sides, strict=True)
    ]
    return rows, program.sign * program.cost, program.sign * program.offset


def upright(row: Row) -> Row:
    """Turn a row so that its first coefficient is positive: x <= y and y >= x are one."""
    name, slopes, lower, upper = row
    first = next((slope for slope in slopes if slope), 0.0)
    if first >= 0:
        return row
    return name, tuple(-slope for slope in slopes), -upper, -lower


@pytest.mark.parametrize("formulation", list(known()))
def test_the_matrix_is_pyomos_row_by_row(formulation: Formulation) -> None:
    instance = linearise(Instance(formulation)).instance
    if not is_linear(instance):
        pytest.skip("it is not linear")
    ours, cost, offset = directly(instance)
    theirs, their_cost, their_offset = by_pyomo(instance)
    # Pyomo leaves rows out in which every coefficient is zero; ours hold, or are a contradiction.
    ours = [row for row in ours if any(row[1])]
    theirs = [row for row in theirs if any(row[1])]
    assert offset == pytest.approx(their_offset, abs=1e-9)
    assert cost == pytest.approx(their_cost, abs=1e-12)
    assert len(ours) == len(theirs)
    for mine, other in zip(map(upright, ours), map(upright, theirs), strict=True):
        assert mine[0] == other[0].rstrip("_") or mine[0] == other[0]
        assert mine[1] == pytest.approx(other[1], rel=1e-12, abs=1e-12)
        assert mine[2:] == pytest.approx(other[2:], rel=1e-12, abs=1e-9)


def formulation(constraint: str, **more: Any) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [
                {"name": "T", "range": [1, 3]},
                {"name": "A", "elements": [["a", 1], ["b", 3]]},
                {"name": "E", "elements": []},
            ],
            "parameters": [{"name": "d", "index": ["T"], "values": {"1": 5, "2": 0, "3": 6}}],
            "variables": [{"name": "x", "index": ["T"]}, {"name": "f", "index": ["A"]}],
            "objective": {"sense": "maximize", "expression": "sum(x[t] for t in T) - 7"},
            "constraints": [{"name": "c", "expression": constraint, **more}],
        }
    )


def rows_of(constraint: str, **more: Any) -> list[tuple[Key, int, dict[str, float], float, float]]:
    linear = Linear(Instance(formulation(constraint, **more)))
    program, found = linear.program, []
    for n, name in enumerate(linear.rows):
        inside = program.matrix.row == n
        terms = {
            str(linear.columns[column]): value
            for column, value in zip(
                program.matrix.column[inside].tolist(),
                program.matrix.value[inside].tolist(),
                strict=True,
            )
        }
        sides = float(program.row_lower[n]), float(program.row_upper[n])
        found.append((name.key, name.link, terms, *sides))
    return found


INF = float("inf")


@pytest.mark.parametrize(
    ("constraint", "forall", "rows"),
    [
        ("x[1] + 2 * x[1] <= 5", "", [((), 0, {"x[1]": 3}, -INF, 5)]),
        ("2 <= x[t] <= d[t]", "t in T if t == 1", [
            ((1,), 0, {"x[1]": 1}, 2, INF), ((1,), 1, {"x[1]": 1}, -INF, 5)]),
        ("x[t] / 4 - 1 >= 2 * (x[1] - 3)", "t in T if t == 2",
            [((2,), 0, {"x[2]": 0.25, "x[1]": -2}, -5, INF)]),
        ("sum(d[t] * x[t] for t in T) == 0", "", [((), 0, {"x[1]": 5, "x[3]": 6}, 0, 0)]),
        ("sum(f[a] for a in A) - f['a', 1] <= 3", "", [((), 0, {"f[b, 3]": 1}, -INF, 3)]),
        ("f[i, t] <= x[t] ** 1", "(i, t) in A",
            [(("a", 1), 0, {"f[a, 1]": 1, "x[1]": -1}, -INF, 0),
             (("b", 3), 0, {"f[b, 3]": 1, "x[3]": -1}, -INF, 0)]),
        ("sum(x[t] for e in E for t in T) <= 3", "", []),
        ("sum(x[t] for e in E for t in T) >= 3", "", [((), 0, {}, 3, INF)]),
        ("d[t] <= 5", "t in T", [((3,), 0, {}, -INF, -1)]),
        ("x[1] ** 0 + x[2] <= 3", "", [((), 0, {"x[2]": 1}, -INF, 2)]),
    ],
)  # fmt: skip
def test_a_row_is_as_written_by_hand(constraint: str, forall: str, rows: list[Any]) -> None:
    assert rows_of(constraint, forall=forall) == [
        (key, link, terms, pytest.approx(lower), pytest.approx(upper))
        for key, link, terms, lower, upper in rows
    ]


def test_a_maximum_is_turned_into_a_minimum_with_its_constant() -> None:
    program = Linear(Instance(formulation("x[1] <= 1"))).program
    assert (program.sign, program.offset, program.cost.tolist()) == (-1, 7, [-1, -1, -1, 0, 0])


def test_rows_and_columns_are_named_as_the_formulation_names_them() -> None:
    linear = Linear(Instance(formulation("0 <= x[t] <= 4", forall="t in T")))
    assert linear.rows[3] == RowName("c", (2,), 1)
    assert str(linear.rows[3]) == "c[2]"
    assert [str(column) for column in linear.columns][2:4] == ["x[3]", "f[a, 1]"]


def test_a_point_goes_back_and_forth() -> None:
    linear = Linear(Instance(formulation("x[1] <= 1")))
    values = linear.values(np.arange(5.0))
    assert (values["x"][3,], values["f"]["b", 3]) == (2, 4)
    assert linear.point(values).tolist() == [0, 1, 2, 3, 4]


def test_a_coefficient_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(SolverError, match="larger units"):
        Linear(Instance(formulation("x[1] * 1e200 * 1e200 <= 1")))


def test_the_pyomo_model_of_a_solution_holds_its_point() -> None:
    from solvitur.solvers import solve

    solution = solve(formulation("sum(x[t] for t in T) + sum(f[a] for a in A) <= 4"))
    assert solution.objective == -3
    assert pyo.value(solution.pyomo_model.objective) == -3
