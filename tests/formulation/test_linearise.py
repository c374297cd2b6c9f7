"""What linearisation writes: names, rows, reasons, and that it stays a formulation."""

import itertools
import json
import random
from typing import Any

import pytest

from solvitur.formulation import Formulation, from_markdown
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import Linearised, linearise
from solvitur.formulation.linearise.ranges import Ranges
from tests.solvers.enumerated import Point
from tests.solvers.logical_models import Maker

T = {"name": "T", "range": [1, 4]}
ROAD = {"name": "ROAD", "elements": [["a", "b"], ["b", "c"], ["c", "a"]]}
D = {"name": "d", "index": ["T"], "values": {"1": 5, "2": -7, "3": 6, "4": 0}}
X = {"name": "x", "index": ["T"], "lower": -2, "upper": 9}
B = {"name": "b", "index": ["T"], "domain": "binary"}
FLOW = {"name": "flow", "index": ["ROAD"], "upper": 8}
FREE = {"name": "free", "lower": None}


def linearised(objective: str, *constraints: Any, sense: str = "minimize") -> Linearised:
    rows = [row if isinstance(row, dict) else {"expression": row} for row in constraints]
    content = {
        "sets": [T, ROAD],
        "parameters": [D],
        "variables": [X, B, FLOW, FREE],
        "objective": {"sense": sense, "expression": objective},
        "constraints": [{"name": f"row{n}", **row} for n, row in enumerate(rows)],
    }
    return linearise(Instance(Formulation.model_validate_json(json.dumps(content))))


def added(found: Linearised) -> list[str]:
    """The variables that are added, with their domains where they are not continuous."""
    return [
        v.name if v.domain == "continuous" else f"{v.name}: {v.domain.value}"
        for v in found.formulation.variables[4:]
    ]


def rows(found: Linearised) -> list[str]:
    return [
        f"{c.forall}: {c.expression}" if c.forall else c.expression
        for c in found.formulation.constraints
    ]


def numbers(found: Linearised) -> dict[str, Any]:
    return {p.name: p.values or p.value for p in found.formulation.parameters[1:]}


# --- what is left alone --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "objective",
    ["sum(d[t] * x[t] for t in T)", "max(d[t] for t in T) * free", "abs(d[2]) + free / 2"],
)
def test_a_linear_formulation_is_given_back_itself(objective: str) -> None:
    found = linearised(objective, {"forall": "t in T", "expression": "x[t] <= max(d[t], 3)"})
    assert found.formulation is found.original.formulation
    assert found.instance is found.original
    assert not found.is_changed


@pytest.mark.parametrize("objective", ["(free - 3) ** 2", "free * free", "sum(x[t]**2 for t in T)"])
def test_a_quadratic_objective_is_left_alone(objective: str) -> None:
    assert not linearised(objective).is_changed


def test_linearising_again_changes_nothing() -> None:
    found = linearised("sum(abs(x[t] - d[t]) for t in T)", "abs(x[1] - d[1]) >= 2")
    assert not linearise(found.instance).is_changed


# --- rows without binaries where the context presses the right way -------------------------------


@pytest.mark.parametrize(
    ("objective", "constraint"),
    [
        ("abs(free - 3)", "free <= 1"),
        ("free", "abs(free) <= 4"),
        ("free", "4 >= 2 * abs(free) + 1"),
        ("free", "-abs(free) >= -4"),
        ("max(free, x[1], 0)", "free >= -9"),
        ("-min(free, x[1])", "free >= -9"),
        ("max(free + x[t] for t in T)", "free >= -9"),
        ("max(abs(free), 3 * abs(free - 1))", "free >= -9"),
        ("abs(max(free, 3))", "free >= -9"),
        ("free", "max(free, abs(x[1])) + abs(x[2]) <= 9"),
        ("free", "min(free, x[1]) >= x[2]"),
        ("piecewise(free, ((-1, 3), (0, 0), (2, 9)))", "free >= -9"),
        ("-piecewise(free, ((-1, -3), (0, 0), (2, 1)))", "free >= -9"),
        ("piecewise(free, ((0, 0), (4, 2)))", "piecewise(free, ((0, 0), (4, 2))) >= 1"),
    ],
)
def test_no_binary_and_no_bound_is_needed_where_the_context_presses(
    objective: str, constraint: str
) -> None:
    found = linearised(objective, constraint)
    assert classify(found.instance) is ProblemClass.MILP  # for b
    assert not any("binary" in name for name in added(found))
    assert not found.reasons


def test_maximizing_a_smallest_share_takes_one_variable() -> None:
    found = linearised("min(x[t] for t in T)", sense="maximize")
    assert added(found) == ["min_of_x"]
    assert rows(found) == ["t in T: min_of_x <= x[t]"]


def test_an_absolute_value_whose_sign_is_known_is_its_argument() -> None:
    found = linearised("-abs(x[1] + 2)", "abs(x[1] - 9) >= 1")
    assert found.formulation.objective.expression == "-(x[1] + 2)"
    assert rows(found) == ["9 - x[1] >= 1"]


def test_an_argument_that_the_bounds_rule_out_is_left_out() -> None:
    found = linearised("max(x[1], -2, x[2] - 20)", "max(x[1], 9) <= 9", sense="maximize")
    assert found.formulation.objective.expression == "x[1]"


# --- binaries and their numbers ------------------------------------------------------------------


def test_a_pressed_out_absolute_value_takes_its_numbers_from_the_bounds() -> None:
    found = linearised("sum(abs(x[t] - d[t]) for t in T)", sense="maximize")
    assert added(found) == ["abs_of_objective", "abs_of_objective_sign: binary"]
    assert numbers(found) == {
        "abs_of_objective_low": {"1": -7, "2": 5, "3": -8, "4": -2},
        "abs_of_objective_high": {"1": 4, "2": 16, "3": 3, "4": 9},
    }


def test_a_product_is_the_four_rows_of_mccormick() -> None:
    found = linearised("free", {"forall": "t in T", "expression": "b[t] * x[t] == d[t]"})
    assert rows(found) == [
        "t in T: b_times_x[t] == d[t]",
        "t in T: b_times_x[t] >= b_times_x_low * b[t]",
        "t in T: b_times_x[t] >= x[t] - b_times_x_high * (1 - b[t])",
        "t in T: b_times_x[t] <= b_times_x_high * b[t]",
        "t in T: b_times_x[t] <= x[t] - b_times_x_low * (1 - b[t])",
    ]
    assert numbers(found) == {"b_times_x_low": -2, "b_times_x_high": 9}


def test_what_a_bound_says_is_not_said_by_a_row_again() -> None:
    found = linearised("free", "b[1] * flow['a', 'b'] >= 2")
    assert rows(found) == [
        "b_times_flow >= 2",
        "b_times_flow <= b_times_flow_high * b[1]",
        'b_times_flow <= flow["a", "b"]',
    ]
    assert rows(linearised("free", "b[1] * flow['a', 'b'] <= 2")) == [
        "b_times_flow <= 2",
        'b_times_flow >= flow["a", "b"] - b_times_flow_high * (1 - b[1])',
    ]


def test_a_product_with_a_sum_is_one_variable() -> None:
    found = linearised("b[1] * sum(x[t] for t in T)")
    assert added(found) == ["product_of_objective"]


def test_a_sum_of_binaries_times_a_variable_is_multiplied_out() -> None:
    found = linearised("sum(2 * b[t] for t in T) * x[1]")
    assert added(found) == ["b_times_x"]
    assert found.formulation.objective.expression == "sum(2 * b_times_x[t] for t in T)"


def test_two_sums_over_the_same_set_are_multiplied_out_under_names_of_their_own() -> None:
    found = linearised("sum(b[t] for t in T) * sum(x[t] for t in T)")
    assert not found.reasons
    assert found.formulation.objective.expression == "sum(product_of_objective[t_2] for t_2 in T)"


def sums_of_three(factors: int) -> Formulation:
    """A short product, which has very many terms when it is multiplied out."""
    names = [[f"{letter}{n}" for letter in "abc"] for n in range(factors)]
    each = [variable for three in names for variable in three]
    product = "*".join(f"({'+'.join(three)})" for three in names)
    return Formulation.model_validate(
        {
            "variables": [{"name": variable, "domain": "binary"} for variable in each],
            "objective": {"sense": "maximize", "expression": product},
            "constraints": [{"name": "few", "expression": f"{'+'.join(each)} <= {factors + 2}"}],
        }
    )


@pytest.mark.parametrize(
    ("product", "reason"),
    [
        (sums_of_three(8), "is 2,187 products, and at most 1,000 are made; multiply fewer sums"),
        (sums_of_three(20), "products, and at most 1,000 are made"),
        (sums_of_three(7), "said by linear rows, the expression has 20,336 characters"),
    ],
)
def test_a_product_of_many_sums_is_left_as_it_is(product: Formulation, reason: str) -> None:
    instance = Instance(product)
    found = linearise(instance)
    assert not found.is_changed
    assert found.instance is instance
    (why,) = found.reasons
    assert str(why).startswith("objective: ")
    assert reason in str(why)
    assert not found.obstacles


def test_products_of_loops_are_counted_before_they_are_made() -> None:
    content = {
        "sets": [{"name": "I", "range": [1, 400]}],
        "variables": [{"name": n, "index": ["I"], "domain": "binary"} for n in "abc"],
        "objective": {
            "sense": "maximize",
            "expression": "sum(a[i] for i in I) * sum(b[i] for i in I) * sum(c[i] for i in I)",
        },
    }
    (why,) = linearise(Instance(Formulation.model_validate(content))).reasons
    assert "is 160,000 products, and at most 100,000 are made; multiply fewer sums" in str(why)


@pytest.mark.parametrize("power", ["b[1] ** 2", "b[1] * b[1]", "b[1] ** 3", "(2 * b[1]) ** 2 / 4"])
def test_a_power_of_a_binary_is_the_binary(power: str) -> None:
    found = linearised(power)
    assert added(found) == []
    assert "**" not in found.formulation.objective.expression


def test_the_square_of_a_sum_of_binaries_is_linear() -> None:
    found = linearised("(sum(b[t] for t in T) - 1) ** 2")
    assert classify(found.instance) is ProblemClass.MILP


def test_a_condition_that_is_a_binary_takes_no_other_one() -> None:
    found = linearised("free", {"forall": "t in T", "expression": "implies(b[t] == 1, x[t] <= 3)"})
    assert rows(found) == ["t in T: x[t] <= 3 + row0_room * (1 - b[t])"]
    assert numbers(found) == {"row0_room": 6}


def test_what_is_known_of_a_condition_goes_to_the_loop() -> None:
    found = linearised(
        "free", {"forall": "t in T", "expression": "implies(b[t] == 0 and d[t] > 0, x[t] <= d[t])"}
    )
    assert rows(found) == ["t in T if d[t] > 0: x[t] <= d[t] + row0_room[t] * b[t]"]


def test_a_condition_known_altogether_leaves_the_relation_or_nothing() -> None:
    assert rows(linearised("free", "implies(d[1] == 5, free >= 1)")) == ["free >= 1"]
    assert rows(linearised("free", "implies(d[1] != 5, free >= 1)")) == []


def test_an_equality_that_is_implied_has_numbers_for_each_side() -> None:
    found = linearised("free", "implies(b[1] == 1, x[1] == 2)")
    assert rows(found) == [
        "x[1] <= 2 + row0_room_most * (1 - b[1])",
        "x[1] >= 2 - row0_room_least * (1 - b[1])",
    ]
    assert numbers(found) == {"row0_room_most": 7, "row0_room_least": 4}


def test_the_square_of_a_whole_number_is_lines_through_whole_numbers() -> None:
    whole = {"name": "n", "index": ["T"], "domain": "integer", "lower": -2, "upper": 2}
    content = {
        "sets": [T],
        "variables": [whole],
        "objective": {"sense": "minimize", "expression": "sum((n[t] - 1) ** 2 for t in T)"},
    }
    found = linearise(Instance(Formulation.model_validate(content)))
    assert [s.name for s in found.formulation.sets] == ["T", "lines_of_objective_pieces"]
    assert classify(found.instance) is ProblemClass.MILP
    assert [v.name for v in found.formulation.variables] == ["n", "lines_of_objective"]
    slopes = next(p for p in found.formulation.parameters if p.name.endswith("_slope"))
    assert slopes.values == {"1": -5, "2": -3, "3": -1, "4": 1}


# --- indices -------------------------------------------------------------------------------------


def test_the_same_term_in_several_places_is_one_variable() -> None:
    found = linearised(
        "sum(abs(x[t] - d[t]) for t in T)",
        {"forall": "s in T", "expression": "abs(x[s] - d[s]) >= 1"},
        "sum(2 * abs(x[k] - d[k]) for k in T) <= 30",
    )
    assert added(found) == ["abs_of_objective", "abs_of_objective_sign: binary"]


def test_a_condition_of_the_loop_derives_the_set_of_the_variable() -> None:
    found = linearised(
        "free", {"forall": "t in T if t > 1", "expression": "abs(x[t] - x[t - 1]) <= 2"}
    )
    (derived,) = found.formulation.sets[2:]
    assert (derived.name, derived.expression) == ("row0_index", "t for t in T if t > 1")
    assert rows(found)[0] == "t in T if t > 1: abs_of_row0[t] <= 2"
    assert rows(found)[1] == "t in row0_index: abs_of_row0[t] >= x[t] - x[t - 1]"


def test_a_term_has_no_more_indices_than_it_depends_on() -> None:
    found = linearised("sum(d[s] * abs(x[t]) for s in T for t in T if s > 1)")
    assert found.formulation.variables[4].index == ("T",)


@pytest.mark.parametrize("loop", ["(i, j) in ROAD", "r in ROAD"])
def test_tuples_are_taken_apart_or_as_a_whole(loop: str) -> None:
    key = "i, j" if "i" in loop.split(" in ")[0] else "r"
    found = linearised(f"sum(abs(flow[{key}] - 3) for {loop})", f"max(flow[{key}] for {loop}) >= 2")
    assert found.formulation.variables[4].index == ("ROAD",)
    assert not found.reasons


def test_whole_tuples_beside_other_indices_stay_whole() -> None:
    found = linearised(
        "sum(abs(flow[r] - x[t]) for r in ROAD for t in T if t > 1) + "
        "sum(abs(flow[i, j] - x[t]) for (i, j) in ROAD for t in T if i != 'a')"
    )
    assert len(found.instance.bounds["abs_of_objective"]) == 9
    assert len(found.instance.bounds["abs_of_objective_2"]) == 8


def test_a_term_in_a_loop_over_nothing_is_nothing() -> None:
    found = linearised("free + sum(abs(x[t]) for t in T if t > 9)")
    assert added(found) == []


# --- names and docs ------------------------------------------------------------------------------


def test_names_say_what_they_are_and_never_collide() -> None:
    found = linearised("max(x[1], free)", "max(x[2], free) <= 9", "abs(free) <= 4")
    assert added(found) == ["max_of_objective", "max_of_row0", "abs_of_free"]


def elements_of(five: Formulation) -> list[Any]:
    return [*five.sets, *five.parameters, *five.variables]


def test_every_addition_is_explained_and_says_where_it_comes_from() -> None:
    found = linearised(
        "sum(piecewise(x[t], ((-2, 0), (1, 5), (9, 6))) for t in T) + b[1] * free",
        "max(x[1], x[2]) >= 3",
        "implies(b[2] == 1, x[3] == 4)",
        "free <= 8",
        "free >= -8",
    )
    five, old = found.formulation, found.original.formulation
    known = {e.name for e in elements_of(old)}
    for element in elements_of(five):
        if element.name not in known:
            assert element.doc
            assert found.origins[element.name] in ("objective", "constraint 'row0'",
                                                   "constraint 'row1'")  # fmt: skip
    names = {row.name for row in old.constraints}
    for constraint in five.constraints:
        assert constraint.name in names or constraint.name in found.origins
    assert five.variables[4].doc == "the lines through the points at x[t], from objective"


# --- reasons -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "reason", "is_fatal"),
    [
        (
            "abs(free) >= 2",
            "free has no lower and no upper bound; give 'free' both at column 1",
            False,
        ),
        (
            "x[1] + b[1] * (free - 3) <= 4",
            "free has no lower and no upper bound, so free - 3 has no limit; give 'free' both",
            False,
        ),
        ("abs(free) * b[1] >= 2", "free has no lower and no upper bound, so abs(free) has", False),
        ("b[1] * max(free - t for t in T) >= 2", "free has no lower and no upper bound", False),
        ("x[1] * x[2] <= 4", "x[1] and x[2] are multiplied, and none of them is binary", False),
        ("x[1] ** 2 <= 4", "x[1] ** 2 is a power of what is not binary", False),
        ("exp(x[1]) <= 4", "exp(x[1]) is not linear; piecewise(...)", False),
        ("implies(x[1] >= 2, free <= 1)", "or write > for >=", True),
        ("implies(x[1] == 2, free <= 1)", "or decide it by a binary variable", True),
        ("implies(b[1] == 1, free <= 1)", "upper bound, so free - 1 has no limit", True),
        (
            "implies(b[1] == 1, piecewise(x[1], ((0, 0), (2, 1))) <= 1)",
            "the points do not cover all that x[1] can be",
            True,
        ),
        ("implies(piecewise(x[1], ((-2, 0), (9, 1))) > 0, x[1] >= 3)", "piecewise(...) stands in",
         True),
        ("max(x[t] for t in T if t > 8) <= 3", "max of nothing", True),
    ],
)  # fmt: skip
def test_what_is_not_exact_says_why_and_what_to_do(
    constraint: str, reason: str, is_fatal: bool
) -> None:
    found = linearised("x[3]", constraint)
    first, *_ = found.reasons
    assert str(first).startswith("constraint 'row0': ")
    assert reason in str(first)
    assert first.is_fatal is is_fatal
    assert (found.obstacles == (first,)) is is_fatal


# --- it stays a formulation ----------------------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 100, 25))
def test_what_is_linearised_is_a_valid_formulation_that_can_be_written_and_read(start: int) -> None:
    for seed in range(start, start + 25):
        try:
            instance = Instance(Formulation.model_validate(Maker(seed).formulation()))
        except ValueError:
            continue
        found = linearise(instance)
        again = found.instance
        assert Formulation.from_json(found.formulation.to_json()) == found.formulation
        assert from_markdown(found.formulation.to_markdown()) == found.formulation
        assert list(again.bounds)[: len(instance.bounds)] == list(instance.bounds)
        assert found.reasons or classify(again) in (ProblemClass.LP, ProblemClass.MILP)


# --- ranges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_the_range_of_an_affine_expression_is_the_true_one(seed: int) -> None:
    chance = random.Random(seed)
    names = ("u", "v", "w")
    boxes = {name: sorted(chance.sample(range(-5, 6), 2)) for name in names}
    terms = [f"{chance.randint(-3, 3)} * {chance.choice(names)}" for _ in range(5)]
    text = f"({' - '.join(terms)}) / 2 + sum(k * u for k in K if k > 1) - 1.5"
    content = {
        "sets": [{"name": "K", "range": [1, 3]}],
        "variables": [{"name": n, "lower": a, "upper": b} for n, (a, b) in boxes.items()],
        "objective": {"sense": "minimize", "expression": text},
    }
    instance = Instance(Formulation.model_validate(content))
    values = []
    for corner in itertools.product(*(boxes[name] for name in names)):
        point: Point = {name: {(): at} for name, at in zip(names, corner, strict=True)}
        values.append(instance.evaluator(point).number(parse(text), {}))
    low, high = Ranges(instance).of(parse(text), {})
    assert low == pytest.approx(min(values))
    assert high == pytest.approx(max(values))


NONLINEAR = [
    "abs(u)", "max(u, v, 1)", "min(u, 2 * v)", "u * v", "u ** 2", "u ** 3", "abs(u - v) * w",
    "piecewise(u, ((-6, 1), (0, -2), (6, 5)))", "exp(u / 4)", "sqrt(abs(u))", "max(abs(u), v) - w",
    "prod(u + k for k in K)",
]  # fmt: skip


@pytest.mark.parametrize("text", NONLINEAR)
def test_no_value_is_outside_of_the_range(text: str) -> None:
    content = {
        "sets": [{"name": "K", "range": [1, 3]}],
        "variables": [{"name": n, "lower": -3, "upper": 2} for n in "uvw"],
        "objective": {"sense": "minimize", "expression": text},
    }
    instance = Instance(Formulation.model_validate(content))
    low, high = Ranges(instance).of(parse(text), {})
    for corner in itertools.product(range(-3, 3), repeat=3):
        point: Point = {name: {(): at} for name, at in zip("uvw", corner, strict=True)}
        value = instance.evaluator(point).number(parse(text), {})
        assert low - 1e-9 <= value <= high + 1e-9


def test_rows_of_one_variable_tighten_and_whole_numbers_are_rounded() -> None:
    content = {
        "variables": [{"name": "n", "domain": "integer", "upper": 8.5}, {"name": "y"}],
        "objective": {"sense": "minimize", "expression": "n"},
        "constraints": [
            {"name": "a", "expression": "2 * n + 1 >= 4"},
            {"name": "b", "expression": "-3 <= -y <= 5"},
        ],
    }
    ranges = Ranges(Instance(Formulation.model_validate(content)))
    assert ranges.of(parse("n"), {}) == (2, 8)
    assert ranges.of(parse("y"), {}) == (0, 3)
