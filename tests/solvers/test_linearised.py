"""What is solved by linear rows, against every point, closed forms and other roads."""

import itertools
import json
import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import linearise
from solvitur.solvers import (
    Kind,
    Options,
    Outcome,
    Solution,
    conflict,
    connect,
    ray,
    solve,
    solve_all,
)
from tests.solvers.enumerated import best, holds, points
from tests.solvers.logical_models import Maker

LINEAR = (ProblemClass.LP, ProblemClass.MILP)


def read(**content: Any) -> Formulation:
    return Formulation.model_validate_json(json.dumps(content))


def one(
    objective: str, *constraints: str, sense: str = "minimize", variables: Any = None
) -> Formulation:
    """A formulation in an integer x, a continuous y and a binary b, if nothing else is said."""
    return read(
        variables=variables
        or [
            {"name": "x", "domain": "integer", "lower": -4, "upper": 4},
            {"name": "y", "lower": -5, "upper": 6},
            {"name": "b", "domain": "binary"},
        ],
        objective={"sense": sense, "expression": objective},
        constraints=[{"name": f"row{n}", "expression": text} for n, text in enumerate(constraints)],
    )


def highs(formulation: Formulation) -> Solution:
    solution = connect("highs").solve(Instance(formulation), Options())
    assert solution.verification is None or solution.verification.ok, solution
    return solution


# --- every point of a box ------------------------------------------------------------------------


def well_posed(seeds: range) -> list[int]:
    """Seeds whose formulation says a model that can be linearised."""
    kept = []
    for seed in seeds:
        try:
            instance = Instance(Formulation.model_validate(Maker(seed).formulation()))
        except ValueError:
            continue
        if not linearise(instance).reasons:
            kept.append(seed)
    return kept


@pytest.mark.parametrize("start", range(0, 120, 10))
def test_the_optimum_is_the_best_of_all_points(start: int) -> None:
    for seed in well_posed(range(start, start + 10)):
        formulation = Formulation.model_validate(Maker(seed).formulation())
        wanted, solution = best(Instance(formulation)), highs(formulation)
        assert solution.problem_class in LINEAR
        if wanted is None:
            assert solution.outcome is Outcome.infeasible, seed
        else:
            assert solution.objective == pytest.approx(wanted, abs=1e-6), seed


def test_most_random_models_can_be_linearised() -> None:
    assert len(well_posed(range(60))) >= 45


CASES = [
    one("x + 2 * b", "abs(x) - max(x, 1 - b) + x * b >= -1"),
    one("x - b", "implies(x >= 2 or b == 1, abs(x - 1) <= 2)", "min(x, 2 * b) + b * b * x <= 3"),
    one("piecewise(x, ((-3, 2), (0, 0), (1, 5), (3, 4))) - b * abs(x)"),
    one("x", "implies(not (x == 1), x == 3 * b)", sense="maximize"),
]


@pytest.mark.parametrize("formulation", CASES)
def test_no_point_is_cut_off_and_none_is_let_in(formulation: Formulation) -> None:
    """Each point of the original is completed by the auxiliary variables exactly where it holds."""
    instance = Instance(formulation)
    found = linearise(instance)
    rows = list(instance.rows())
    for point in points_of(instance):
        evaluator = instance.evaluator(point)
        try:
            value = evaluator.number(instance.objective, {})
        except ValueError:
            value = None
        wanted = value is not None and all(holds(row, evaluator) for row in rows)
        solution = connect("highs").solve(Instance(fixed(found.formulation, point)), Options())
        assert (solution.outcome is Outcome.solved) == wanted, point
        if wanted:
            assert solution.objective == pytest.approx(value)


def points_of(instance: Instance) -> Any:
    """Every point with y at one of a few places."""
    for point in points(instance):
        if point["y"][()] in (-5, 0, 2):
            yield point


def fixed(formulation: Formulation, point: Any) -> Formulation:
    variables = [
        variable.model_copy(update={"lower": value[()], "upper": value[()]})
        if (value := point.get(variable.name))
        else variable
        for variable in formulation.variables
    ]
    return formulation.model_copy(update={"variables": tuple(variables)})


# --- nested, in both senses ----------------------------------------------------------------------

TERMS = [
    "abs(x)",
    "abs(x - 1) + b",
    "max(x, 2 * b, -1)",
    "min(x, 1)",
    "max(abs(x), 3 * b)",
    "abs(max(x, 0) - 2)",
    "abs(b * x - 1)",
    "b * abs(x)",
    "(1 - b) * x",
    "x * b / 2",
    "(x + 3) * (2 * b + 1)",
    "b ** 3 * x",
    "piecewise(x, ((-4, 8), (0, 0), (4, 8)))",
    "piecewise(x, ((-3, 0), (0, 3), (2, 3), (3, -2)))",
    "piecewise(abs(x), ((0, 1), (1, 4), (4, 2)))",
    "max(piecewise(x, ((-4, 0), (4, 4))), b)",
    "x ** 2",
    "(x - 2 * b) ** 2",
    "2 * x * x * b",
    "x ** 3 / 8",
    "exp(x / 4 * 4)",
    "sqrt(x + 4) - sin(2 * x)",
    "log(x + 5)",
    "1.5 ** x",
    "(x + 4) ** 0.5 * b",
    "12 / (x + 6)",
]


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("shape", ["{}", "-({})", "x - 2 * ({})", "({}) / 3 - ({})"])
def test_a_term_is_exact_in_the_objective_in_both_senses(term: str, shape: str) -> None:
    for sense in ("minimize", "maximize"):
        formulation = one(shape.format(term, term), sense=sense, variables=[
            {"name": "x", "domain": "integer", "lower": -4, "upper": 4},
            {"name": "b", "domain": "binary"},
        ])  # fmt: skip
        solution = highs(formulation)
        assert solution.objective == pytest.approx(best(Instance(formulation)))


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize(
    "row", ["{} <= 1", "{} >= 1", "{} == 1", "1 <= {} <= 2", "2 - ({}) >= x", "0 >= {} - x"]
)
def test_a_term_is_exact_in_a_row_of_either_side(term: str, row: str) -> None:
    for sense in ("minimize", "maximize"):
        formulation = one("x + 0.5 * b", row.format(term), sense=sense, variables=[
            {"name": "x", "domain": "integer", "lower": -4, "upper": 4},
            {"name": "b", "domain": "binary"},
        ])  # fmt: skip
        solution, wanted = highs(formulation), best(Instance(formulation))
        if wanted is None:
            assert solution.outcome is Outcome.infeasible
        else:
            assert solution.objective == pytest.approx(wanted)


CONDITIONS = [
    "b == 1", "b == 0", "b >= 1", "b <= 0", "b != 1", "b < 1", "x >= 2", "x > 2", "x <= -1",
    "x < 1.5", "x == 1", "x != 1", "x == 4", "x == -4", "x == 1.5", "x + 3 * b >= 2.5",
    "not (x >= 2)", "not (b == 1 and x >= 0)", "b == 1 or x == 0", "0 <= x <= 2", "x >= -9",
    "x >= 9", "not (x == 2 or b == 1)", "abs(x) >= 2", "abs(x) <= 1", "max(x, 0) == 2",
    "b * x >= 1", "x > 2 * b", "1 == 1 and b == 1", "1 == 2 or x >= 1", "2 * x == 6",
]  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("relation", ["x <= 0", "x >= 3", "x == 2 * b", "-1 <= x <= 1", "x >= -7"])
def test_an_implication_is_exact(condition: str, relation: str) -> None:
    for sense in ("minimize", "maximize"):
        formulation = one("x + 0.5 * b", f"implies({condition}, {relation})", sense=sense,
                          variables=[
            {"name": "x", "domain": "integer", "lower": -4, "upper": 4},
            {"name": "b", "domain": "binary"},
        ])  # fmt: skip
        wanted = best(Instance(formulation))
        assert wanted is not None
        assert highs(formulation).objective == pytest.approx(wanted)


# --- continuous problems, by other roads ---------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_rows_give_the_optimum_that_scip_finds_in_what_was_written(start: int) -> None:
    pytest.importorskip("pyscipopt")
    for seed in range(start, start + 10):
        content = Maker(seed).formulation()
        if "implies" in str(content["constraints"]):
            continue  # SCIP is given rows for those
        for variable in content["variables"][:2]:
            variable["domain"] = "continuous"
        formulation = Formulation.model_validate(content)
        try:
            instance = Instance(formulation)
        except ValueError:
            continue
        if linearise(instance).reasons:
            continue
        ours, theirs = highs(formulation), connect("scip").solve(instance, Options())
        assert ours.outcome is theirs.outcome, seed
        if theirs.objective is not None:
            assert ours.objective == pytest.approx(theirs.objective, rel=2e-5, abs=2e-5), seed


def test_least_absolute_deviations_are_those_of_the_textbook_program() -> None:
    random_numbers = np.random.default_rng(7)
    a, b = random_numbers.normal(size=(12, 3)), random_numbers.normal(size=12)
    rows = [{"name": "R", "range": [1, 12]}, {"name": "C", "range": [1, 3]}]
    table = {str(i + 1): {str(j + 1): a[i, j] for j in range(3)} for i in range(12)}
    formulation = read(
        sets=rows,
        parameters=[
            {"name": "a", "index": ["R", "C"], "values": table},
            {"name": "b", "index": ["R"], "values": {str(i + 1): b[i] for i in range(12)}},
        ],
        variables=[{"name": "w", "index": ["C"], "lower": None}],
        objective={
            "sense": "minimize",
            "expression": "sum(abs(sum(a[i, j] * w[j] for j in C) - b[i]) for i in R)",
        },
    )
    apart = np.block([[a, -np.eye(12)], [-a, -np.eye(12)]])
    oracle = linprog(
        np.concatenate([np.zeros(3), np.ones(12)]), apart, np.concatenate([b, -b]),
        bounds=[(None, None)] * 3 + [(0, None)] * 12,
    )  # fmt: skip
    solution = highs(formulation)
    assert solution.problem_class is ProblemClass.LP
    assert solution.objective == pytest.approx(oracle.fun)


def test_a_farthest_point_of_a_box_is_a_corner() -> None:
    formulation = read(
        sets=[{"name": "D", "elements": ["a", "b"]}],
        parameters=[{"name": "at", "index": ["D"], "values": {"a": 1, "b": 4}}],
        variables=[{"name": "z", "index": ["D"], "upper": 6}],
        objective={"sense": "maximize", "expression": "sum(abs(z[d] - at[d]) for d in D)"},
        constraints=[{"name": "plane", "expression": "z['a'] + z['b'] <= 7"}],
    )
    corners = ((0, 0), (6, 0), (6, 1), (1, 6), (0, 6))
    solution = highs(formulation)
    assert solution.objective == pytest.approx(max(abs(a - 1) + abs(b - 4) for a, b in corners))


def test_switched_flows_cost_what_the_best_choice_of_switches_costs() -> None:
    """Each choice of the binaries leaves a linear program."""
    numbers = random.Random(3)
    price = [numbers.randint(1, 9) for _ in range(4)]
    fixed_cost = [numbers.randint(1, 30) for _ in range(4)]
    room = [numbers.randint(3, 9) for _ in range(4)]
    keys = [str(i + 1) for i in range(4)]
    formulation = read(
        sets=[{"name": "I", "range": [1, 4]}],
        parameters=[
            {"name": "price", "index": ["I"], "values": dict(zip(keys, price, strict=True))},
            {"name": "fixed", "index": ["I"], "values": dict(zip(keys, fixed_cost, strict=True))},
            {"name": "room", "index": ["I"], "values": dict(zip(keys, room, strict=True))},
        ],
        variables=[
            {"name": "flow", "index": ["I"], "over": "i in I", "upper": "room[i]"},
            {"name": "on", "index": ["I"], "domain": "binary"},
        ],
        objective={
            "sense": "minimize",
            "expression": "sum(on[i] * (fixed[i] + price[i] * flow[i]) for i in I)",
        },
        constraints=[{"name": "need", "expression": "sum(on[i] * flow[i] for i in I) >= 12.5"}],
    )
    costs = []
    for on in itertools.product((0, 1), repeat=4):
        left = linprog(
            [p * o for p, o in zip(price, on, strict=True)],
            [[-o for o in on]], [-12.5], bounds=[(0, r) for r in room],
        )  # fmt: skip
        if left.success:
            costs.append(left.fun + sum(f * o for f, o in zip(fixed_cost, on, strict=True)))
    assert highs(formulation).objective == pytest.approx(min(costs))


@pytest.mark.parametrize("sense", ["minimize", "maximize"])
def test_a_piecewise_function_has_its_extremes_at_its_points(sense: str) -> None:
    heights = {"-2": 3, "-0.5": -1, "1": 4, "2.5": 4, "6": 0}
    points_text = ", ".join(f"({at}, {to})" for at, to in heights.items())
    variables = [{"name": "x", "lower": -10, "upper": 10}]
    formulation = one(f"piecewise(x, ({points_text}))", sense=sense, variables=variables)
    wanted = min(heights.values()) if sense == "minimize" else max(heights.values())
    assert highs(formulation).objective == pytest.approx(wanted)


def test_points_may_differ_by_index_and_in_number() -> None:
    formulation = read(
        sets=[
            {"name": "P", "elements": ["a", "b"]},
            {"name": "K", "elements": [["a", 1], ["a", 2], ["b", 1], ["b", 2], ["b", 3]]},
        ],
        parameters=[
            {"name": "at", "index": ["K"], "values": [
                [["a", 1], 0], [["a", 2], 4], [["b", 1], 1], [["b", 2], 2], [["b", 3], 9]]},
            {"name": "to", "index": ["K"], "values": [
                [["a", 1], 2], [["a", 2], 0], [["b", 1], 5], [["b", 2], 1], [["b", 3], 8]]},
        ],
        variables=[{"name": "x", "index": ["P"], "upper": 20}],
        objective={
            "sense": "maximize",
            "expression": "sum(piecewise(x[p], ((at[q, k], to[q, k]) for (q, k) in K if q == p)) "
            "for p in P)",
        },
        constraints=[{"name": "all", "expression": "x['a'] + x['b'] <= 8"}],
    )  # fmt: skip
    # a is best at 0 (2); b alone goes up to 8, where the last line is at 7.
    assert highs(formulation).objective == pytest.approx(2 + 7)


# --- what is promised of a solution --------------------------------------------------------------


def test_a_solution_has_the_original_variables_only_and_is_checked_on_the_original() -> None:
    solution = highs(one("abs(x - 3) + y", "abs(y) <= 2"))
    assert set(solution.values) == {"x", "y", "b"}
    assert solution.verification is not None
    assert solution.verification.rows == 1 + 3 * 2
    assert solution.problem_class is ProblemClass.MILP


def test_the_class_is_that_of_what_was_solved() -> None:
    free = [{"name": "y", "lower": None}]
    assert highs(one("abs(y - 3)", variables=free)).problem_class is ProblemClass.LP
    both = one("(y - 3) ** 2 + abs(y)", variables=free)
    assert highs(both).problem_class is ProblemClass.QP
    assert highs(both).objective == pytest.approx(0.25 + 2.5)


def test_where_bounds_are_missing_highs_says_which() -> None:
    formulation = one("y", "abs(y - x) >= 2", variables=[
        {"name": "x", "lower": None}, {"name": "y"}])  # fmt: skip
    with pytest.raises(Unsupported, match=r"y has no upper bound, so y - x has no limit"):
        connect("highs").solve(Instance(formulation), Options())


def test_bounds_that_rows_imply_are_found() -> None:
    formulation = one("x * b + y", "2 * x + y <= 9", sense="maximize", variables=[
        {"name": "x"}, {"name": "y"}, {"name": "b", "domain": "binary"}])  # fmt: skip
    assert highs(formulation).objective == pytest.approx(9)


@pytest.mark.parametrize("solver", ["highs", "scip", "auto"])
def test_an_implication_beyond_any_solver_is_refused_with_the_mend(solver: str) -> None:
    pytest.importorskip("pyscipopt")
    with pytest.raises(Unsupported, match=r"constraint 'row0': y >= 1 .* or write > for >="):
        solve(one("x", "implies(y >= 1, x >= 2)"), solver)


def test_what_need_not_be_whole_may_be_asked_to_be_more() -> None:
    formulation = one("x - 0.01 * y", "implies(y > 1, x >= 2)", sense="minimize")
    solution = highs(formulation)
    assert solution.objective == pytest.approx(-4 - 0.01)


def test_scip_takes_implications_beside_what_is_not_linear() -> None:
    pytest.importorskip("pyscipopt")
    formulation = one("x + exp(y)", "implies(b == 0, y >= 1)", "x * y + 9 * b <= 8")
    solution = solve(formulation, "scip")
    assert solution.verification is not None
    assert solution.verification.ok
    assert set(solution.values) == {"x", "y", "b"}
    # With b at 1, x * y <= -1 and x at -4 lets y go down to 1/4.
    assert solution.objective == pytest.approx(-4 + np.exp(0.25), rel=1e-5)


def test_integers_that_are_multiplied_stay_for_scip() -> None:
    whole = {"name": "x", "domain": "integer", "lower": 1, "upper": 3}
    formulation = one("x * y", variables=[whole, {"name": "y", "lower": 2}])
    assert classify(linearise(Instance(formulation)).instance) is ProblemClass.MIQP


# --- why there is no answer ----------------------------------------------------------------------

CONFLICTS = [
    ("abs(x) >= 3", "x >= -1", "x <= 2", "b == 1"),
    ("implies(b == 1, x == 4)", "b >= 1", "max(x, 0) <= 3", "x >= -2"),
    ("b * x >= 3", "implies(x >= 1, b == 0)", "x <= 4"),
    ("piecewise(x, ((-4, 2), (0, 0), (4, 2))) >= 1.5", "abs(x) <= 2", "x + b <= 3"),
    ("min(x, 3 * b) >= 1", "x <= 3", "x + 2 * b <= 2"),
]


@pytest.mark.parametrize("rows", CONFLICTS)
def test_a_conflict_is_told_in_the_rows_that_were_written(rows: tuple[str, ...]) -> None:
    variables = [
        {"name": "x", "domain": "integer", "lower": -4, "upper": 4},
        {"name": "b", "domain": "binary"},
    ]
    found = conflict(one("x", *rows, variables=variables))
    names = {member.name for member in found.members if member.kind is Kind.row}
    assert names <= {f"row{n}" for n in range(len(rows))}
    told = {f"row{n}": text for n, text in enumerate(rows) if f"row{n}" in names}

    def is_feasible(texts: Iterable[str]) -> bool:
        return best(Instance(one("x", *texts, variables=variables))) is not None

    assert not is_feasible(told.values())
    assert all(is_feasible(told[name] for name in told.keys() - {left}) for left in told)
    for member in found.members:
        if member.kind is Kind.row:
            assert member.text.replace(" ", "") == told[member.name].replace(" ", "")


def test_a_ray_moves_only_what_was_written() -> None:
    formulation = one("-x - y", "max(x - y, 2 * y - x) <= 40 + y", variables=[
        {"name": "x", "lower": None}, {"name": "y"}])  # fmt: skip
    found = ray(formulation)
    assert {move.name for move in found.moves} == {"x", "y"}


def test_all_optimal_points_are_told_apart_by_what_was_written() -> None:
    formulation = one("abs(x)", "implies(b == 1, x >= 1)", "abs(x) >= 2", variables=[
        {"name": "x", "domain": "integer", "lower": -3, "upper": 3},
        {"name": "b", "domain": "binary"},
    ])  # fmt: skip
    found = solve_all(formulation, 9)
    assert found.is_complete
    points = {(s.values["x"][()], s.values["b"][()]) for s in found.solutions}
    assert points == {(-2, 0), (2, 0), (2, 1)}


def test_corners_are_not_listed_of_what_was_not_written() -> None:
    formulation = one("max(x, y)", "x + y >= 2", variables=[{"name": "x"}, {"name": "y"}])
    found = solve_all(formulation, 9)
    assert (len(found.solutions), found.is_complete) == (1, False)


def test_a_search_begins_at_a_point_of_what_was_written() -> None:
    formulation = one("b * y - abs(x)", "implies(b == 1, x >= 1)", "y >= -3")
    start = {"x": {(): -4}, "y": {(): 0}, "b": {(): 0}}
    solution = solve(formulation, "highs", Options(warm_start=start))
    assert solution.objective == pytest.approx(-3 - 4)
    assert solution.message == ""
