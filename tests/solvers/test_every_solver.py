"""What holds for every solver: the same problems, the same answers, the same words.

A new solver is held against this by being known to `solvitur.solvers.connect`.
"""

import math
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.instance import Instance
from solvitur.solvers import (
    Capability,
    Holding,
    Incumbent,
    Options,
    Outcome,
    Solution,
    Solver,
    Stop,
    connect,
    registered,
)
from solvitur.solvers.pyomo_solvers.solver import known_solvers
from tests.solvers.shapes import FREE_X, FREE_Y, X, Y, knapsacks, model

WHOLE_X, WHOLE_Y = X | {"domain": "integer"}, Y | {"domain": "integer"}
NAMES = ("auto", "highs", "scip", *(solver.name for solver in known_solvers()))
HERE = [name for name in NAMES if connect(name).is_installed() and connect(name).is_licensed()]


@pytest.fixture(params=HERE)
def solver(request: pytest.FixtureRequest) -> Solver:
    return connect(request.param)


def answer(solver: Solver, formulation: Formulation, options: Options | None = None) -> Solution:
    return solver.solve(Instance(formulation), options or Options())


def kind_of(formulation: Formulation) -> ProblemClass:
    return classify(Instance(formulation))


def supported(*, wanted: bool) -> list[tuple[str, str]]:
    """Give each solver that is here with each problem that it does, or does not, solve."""
    return [
        (solver, name)
        for solver in HERE
        for name, (formulation, _) in SOLVED.items()
        if connect(solver).supports(kind_of(formulation)) == wanted
    ]


SOLVED: dict[str, tuple[Formulation, float]] = {
    "lp": (model([X, Y], "maximize", "2 * x + y", "x + y <= 4", "x <= 3"), 7),
    "lp with chains": (
        model([FREE_X, FREE_Y], "minimize", "x - y", "1 <= x + y <= 5", "y <= 7"),
        -13,
    ),
    "lp with equations": (model([X, Y], "minimize", "x + 3", "x + y == 4", "y <= 2.5"), 4.5),
    "lp with an unused variable": (model([X | {"upper": 2}, Y], "maximize", "x"), 2),
    "lp without an objective": (model([X, Y], "minimize", "7", "x + y >= 2"), 7),
    "lp of nothing": (
        model([{"name": "x", "index": ["I"]}, Y | {"upper": 1}], "maximize",
              "y + sum(x[i] for i in I)", sets=[{"name": "I", "elements": []}]),
        1,
    ),
    "milp": (model([WHOLE_X, Y], "maximize", "3 * x + 2 * y", "2 * x + y <= 7.5"), 15),
    "milp of negative numbers": (
        model([WHOLE_X | {"lower": -5}], "minimize", "x", "2 * x >= -7"),
        -3,
    ),
    "qp": (model([X, Y], "minimize", "(x - 3) ** 2 + y ** 2", "x + y <= 2"), 1),
    "miqp": (model([WHOLE_X, WHOLE_Y], "minimize", "(x - 2.6) ** 2 + (y - 1.2) ** 2"), 0.2),
    "nlp": (model([X | {"lower": 0.1, "upper": 9}], "minimize", "x + 4 / x"), 4),
    "nlp in pieces": (
        model([X | {"upper": 20}], "maximize",
              "piecewise(x, ((0, 0), (10, 50), (20, 40))) * exp(-x / 30)"),
        50 * math.exp(-1 / 3),
    ),
    "minlp": (model([WHOLE_X], "minimize", "exp(x) - 9 * x"), math.exp(2) - 18),
}  # fmt: skip


@pytest.mark.parametrize(("solver", "name"), supported(wanted=True), indirect=["solver"])
def test_an_optimum_is_found_proved_and_confirmed(solver: Solver, name: str) -> None:
    formulation, known = SOLVED[name]
    found = answer(solver, formulation)
    assert found.objective == pytest.approx(known, rel=1e-5, abs=1e-5)
    assert found.verification is not None
    assert found.verification.ok, str(found.verification)
    convex = kind_of(formulation) not in (ProblemClass.NLP, ProblemClass.MINLP)
    if convex or solver.supports(Capability.nonconvex):
        assert (found.stop, found.holding) == (Stop.proved, Holding.optimal), found.message
    assert found.bound is None or found.bound == pytest.approx(known, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(("solver", "name"), supported(wanted=True), indirect=["solver"])
def test_the_pyomo_model_of_an_answer_is_at_the_point_it_holds(solver: Solver, name: str) -> None:
    formulation, _ = SOLVED[name]
    found = answer(solver, formulation)
    model = found.pyomo_model
    (objective,) = model.component_data_objects(pyo.Objective, active=True)
    assert pyo.value(objective) == pytest.approx(found.objective, rel=1e-6, abs=1e-6)


def test_a_large_sum_of_distances_is_handed_over_as_linear_rows(solver: Solver) -> None:
    """As curves, thousands of them take SCIP down with the whole process."""
    if not solver.supports(ProblemClass.LP):
        pytest.skip(f"{solver.title} takes no linear program")
    random = np.random.default_rng(5)
    places = random.integers(-50, 50, (20, 101))
    sums = {
        "sets": [{"name": "J", "range": [1, 20]}, {"name": "K", "range": [1, 101]}],
        "parameters": [
            {
                "name": "d",
                "index": ["J", "K"],
                "values": {
                    str(j): {str(k): int(place) for k, place in enumerate(row, start=1)}
                    for j, row in enumerate(places, start=1)
                },
            }
        ],
        "variables": [{"name": "x", "index": ["J"], "lower": None}],
        "objective": {
            "sense": "minimize",
            "expression": "sum(abs(x[j] - d[j, k]) for j in J for k in K)",
        },
    }
    found = answer(solver, Formulation.model_validate(sums))
    assert found.problem_class is ProblemClass.LP
    medians = np.median(places, axis=1, keepdims=True)
    assert found.objective == pytest.approx(np.abs(places - medians).sum())


def test_the_pyomo_model_of_what_linear_rows_say_has_values_everywhere(solver: Solver) -> None:
    if not solver.supports(ProblemClass.MILP):
        pytest.skip(f"{solver.title} takes no whole numbers")
    found = answer(solver, model([X, WHOLE_Y], "minimize", "abs(x - 3.5) + 2 * y", "x + y >= 4"))
    assert set(found.values) == {"x", "y"}
    written = found.pyomo_model
    assert pyo.value(written.objective) == pytest.approx(0.5) == pytest.approx(found.objective)
    for row in written.component_data_objects(pyo.Constraint, active=True):
        assert row.slack() >= -1e-6


@pytest.mark.parametrize(("solver", "name"), supported(wanted=True), indirect=["solver"])
def test_every_entry_has_a_value_within_its_bounds_and_whole_where_it_should(
    solver: Solver, name: str
) -> None:
    formulation, _ = SOLVED[name]
    found = answer(solver, formulation)
    instance = Instance(formulation)
    assert {n: list(e) for n, e in found.values.items()} == {
        n: list(e) for n, e in instance.bounds.items()
    }
    for variable in formulation.variables:
        for key, value in found.values[variable.name].items():
            bounds = instance.bounds[variable.name][key]
            assert bounds.lower is None or value >= bounds.lower - 1e-6
            assert bounds.upper is None or value <= bounds.upper + 1e-6
            assert variable.domain == "continuous" or value.is_integer()


INFEASIBLE = {
    "rows": model([X, Y], "minimize", "x", "x + y >= 3", "x + y <= 2"),
    "bounds": model([X | {"lower": 3, "upper": 2}], "minimize", "x"),
    "a row of numbers": model([X], "minimize", "x", "2 <= 1"),
    "whole numbers": model([WHOLE_X, WHOLE_Y], "minimize", "x", "2 * x + 2 * y == 5", "x + y <= 9"),
    "no limit and no point": model([X, Y], "maximize", "y", "x >= 3", "x <= 2"),
}


@pytest.mark.parametrize("name", INFEASIBLE)
def test_what_cannot_hold_is_proved_infeasible(solver: Solver, name: str) -> None:
    found = answer(solver, INFEASIBLE[name])
    assert (found.outcome, found.stop) == (Outcome.infeasible, Stop.proved), found.message
    assert (found.objective, found.bound, found.values, found.verification) == (
        None,
        None,
        {},
        None,
    )


@pytest.mark.parametrize("variable", [X, WHOLE_X])
def test_what_has_no_limit_is_told_from_what_cannot_hold(solver: Solver, variable: dict) -> None:  # type: ignore[type-arg]
    found = answer(solver, model([variable, Y], "maximize", "x - y", "x - 2 * y <= 4"))
    assert (found.outcome, found.stop) == (Outcome.unbounded, Stop.proved), found.message
    assert found.values == {}


@pytest.mark.parametrize(("solver", "name"), supported(wanted=False), indirect=["solver"])
def test_a_class_that_is_not_among_the_features_is_refused(solver: Solver, name: str) -> None:
    formulation, _ = SOLVED[name]
    # Saying some of it by linear rows may have made it a mixed-integer one.
    with pytest.raises(Unsupported, match=f"this is .*{kind_of(formulation).value}"):
        answer(solver, formulation)


NONCONVEX = model([X | {"upper": 4}], "minimize", "x - x ** 2")


def test_what_is_not_convex_is_proved_or_refused_or_not_called_optimal(solver: Solver) -> None:
    if solver.supports(Capability.nonconvex):
        found = answer(solver, NONCONVEX)
        assert (found.outcome, found.objective) == (Outcome.solved, pytest.approx(-12))
        return
    try:
        holding = answer(solver, NONCONVEX).holding
    except Unsupported:
        holding = Holding.nothing
    assert holding is not Holding.optimal


@pytest.mark.parametrize(
    ("capability", "options"),
    [
        (Capability.warm_start, Options(warm_start={"x": {(): 1.0}})),
        (Capability.exclusion, Options(excluded=({"x": {(): 3.0}, "y": {(): 1.5}},))),
        (Capability.exclusion, Options(cutoff=1.0)),
    ],
)
def test_an_option_that_is_no_capability_is_refused_and_any_other_taken(
    solver: Solver, capability: Capability, options: Options
) -> None:
    formulation, known = SOLVED["milp"]
    if solver.supports(capability):
        assert answer(solver, formulation, options).objective in (known, pytest.approx(14))
        return
    with pytest.raises(Unsupported, match=f"has no {capability.replace('_', ' ')} here"):
        answer(solver, formulation, options)


def test_limits_seeds_and_listeners_are_taken_by_all(solver: Solver, tmp_path: Path) -> None:
    formulation, known = SOLVED["milp"]
    told: list[Incumbent] = []
    log = tmp_path / "solver.log"
    options = Options(
        time_limit=60, gap=1e-4, threads=1, seed=7, log_file=log, on_incumbent=told.append
    )
    found = answer(solver, formulation, options)
    assert found.objective == known
    assert log.stat().st_size > 0
    assert all(incumbent.objective <= known + 1e-6 for incumbent in told)


def test_out_of_time_is_a_limit_with_what_there_is_in_hand(solver: Solver) -> None:
    found = answer(solver, knapsacks(150, 40), Options(time_limit=1))
    assert found.stop is Stop.time_limit, found.message
    assert found.outcome in (Outcome.limit, Outcome.no_answer)
    if found.has_point:
        assert found.verification is not None
        assert found.verification.ok
        assert found.bound is None or found.bound >= found.objective


def test_the_same_problem_has_the_same_answer_twice(solver: Solver) -> None:
    formulation, _ = SOLVED["milp"]
    first, again = answer(solver, formulation), answer(solver, formulation)
    assert (first.values, first.objective, first.bound) == (
        again.values,
        again.objective,
        again.bound,
    )


def test_the_answer_names_the_solver_and_its_version(solver: Solver) -> None:
    name, version = answer(solver, SOLVED["lp"][0]).solver.rsplit(" ", 1)
    assert name in solver.title
    assert version[0].isdigit()


def test_the_solvers_that_are_registered_are_those_that_are_known() -> None:
    assert {solver.name for solver in registered()} <= set(NAMES)
