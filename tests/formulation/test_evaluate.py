from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation.evaluate import Evaluator, interpolate
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show
from solvitur.solvers.pyomo_solvers.model import Lowering
from tests.formulation.closed import POINT, by_python, closed, formulation
from tests.formulation.strategies import no_clock

INSTANCE = Instance(formulation())


def value_of(text: str) -> float:
    return INSTANCE.evaluator(POINT).number(parse(text), {})


def value_or_none(text: str) -> float | None:
    try:
        return value_of(text)
    except FormulationError:
        return None


def fault_of(text: str) -> FormulationError:
    with pytest.raises(FormulationError) as caught:
        value_of(text)
    return caught.value


@no_clock
@given(closed())
def test_a_value_is_what_python_computes(text: str) -> None:
    expected = by_python(show(parse(text)))
    assert value_or_none(text) == (
        None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9)
    )


@no_clock
@given(closed())
def test_a_value_is_what_pyomo_computes_from_the_lowered_expression(text: str) -> None:
    expected = value_or_none(text)
    assume(expected is not None)
    try:
        lowering = Lowering(Instance(formulation(text)))
    except InvalidFormulation:
        assume(False)  # a part that is never reached at this point has no value
        raise
    for name, entries in lowering.variables.items():
        for key, entry in entries.items():
            entry.set_value(POINT[name][key])
    assert pyo.value(lowering.objective.expr) == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum(y[p] for p in P)", 4.75),
        ("sum(y[p] for p in E)", 0),
        ("prod(y[p] for p in E)", 1),
        ("sum(z[p, t] for p in P for t in T if t > first(T))", 5.25 + 2.75 - 1.25),
        ("sum(l[a] * f[a] for a in A)", 28.25),
        ("sum(l[i, j] * f[i, j] for (i, j) in A)", 28.25),
        ("sum(d[i, t] for (i, j) in A for t in T if j == 'c')", 6),
        ("max(c[p] for p in P if p != 'a')", 0.5),
        ("min(c['a'], 2, w)", 2),
        ("last(T) - first(T) + len(A)", 4),
        ("d['b', 4 / 2]", 2),
        ("2 ** 3 ** 2 - (-2) ** 3", 520),
        ("10 - 4 - 3", 3),
        ("0 * 1e308 * 1e308", 0),
        ("next(T, 1) * 10 + prev(T, 3)", 22),
        ("c[next(P, 'a')] - c[prev(P, 'b')]", -4),
        ("l[next(A, ('a', 'b'))]", 2),
        ("sum(d[p, next(T, t)] for p in P for t in T if t != last(T))", 6 + 9),
        ("piecewise(w, ((0, 0), (2, 4), (3, 10)))", 7),
        ("piecewise(x, ((t, c['a'] * t ** 2) for t in T if t <= 2))", 7.5),
    ],
)
def test_a_value_is_as_computed_by_hand(text: str, value: float) -> None:
    assert value_of(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("'a' in P and not 'z' in P", True),
        ("('a', 'b') in A or 1 > 2", True),
        ("('b', 'a') not in A", True),
        ("first(P) == 'a'", True),
        ("first(A) == ('a', 'b')", True),
        ("1 in ('a', 1)", True),
        ("('a', 'b') in (('a', 'b'), ('c', 'd'))", True),
        ("2 == 2.0", True),
        ("'1' == 1", False),
        ("next(P, 'a') == 'b' and prev(A, ('b', 'c')) == ('a', 'b')", True),
        ("1 <= w < x", False),
    ],
)
def test_a_condition_is_decided(text: str, holds: bool) -> None:
    assert INSTANCE.evaluator(POINT).holds(parse(text), {}) is holds


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("1 + w / 0", 5, "a division by zero"),
        ("w / (2 - 2)", 1, "a division by zero"),
        ("0 ** -1", 1, "a division by zero"),
        ("log(0 - 1)", 1, "this has no real value"),
        ("log(0)", 1, "this has no real value"),
        ("sqrt(-w)", 1, "this has no real value"),
        ("(-8) ** (1 / 3)", 1, "this has no real value"),
        ("9 ** 9 ** 9", 1, "a number grows too large"),
        ("exp(1000)", 1, "a number grows too large"),
        ("1e200 * 1e200", 1, "a number grows too large"),
        ("prod(1e200 for p in P)", 1, "a number grows too large"),
        ("1 + min(c[p] for p in E)", 5, "min of nothing"),
        ("max(c[p] for p in P if p == 'z')", 1, "max of nothing"),
        ("first(E)", 1, "'E' is empty and has no first element"),
        ("d['a', 1.5]", 8, "an index must be a whole number, this is 1.5"),
        ("c['z']", 1, "'c' has no entry [z]; limit the loop with a condition, or extend the set"),
        ("sum(d[p, t - 1] for p in P for t in T)", 5, "'d' has no entry [a, 0]"),
        ("first(P)", 1, "this has no finite value"),
        (
            "1 + next(T, 3)",
            13,
            "'T' has no element after 3; limit the loop with a condition: if ... != last(T)",
        ),
        ("c[prev(P, 'a')]", 11, "has no element before 'a'; limit the loop with a condition: if"),
        ("l[next(A, ('b', 'c'))]", 11, "'A' has no element after ('b', 'c')"),
        ("c[next(P, 'z')]", 11, "'z' is not an element of 'P'"),
        ("next(E, 1)", 9, "1 is not an element of 'E'"),
        (
            "1 + piecewise(w, ((0, 0), (2, 4)))",
            5,
            "2.5 is outside of the points of piecewise, which go from 0 to 2",
        ),
        (
            "piecewise(1, ((0, 0), (2, 4), (1, 3)))",
            1,
            "the points of piecewise go from left to right, but 1 follows 2",
        ),
        ("piecewise(1, ((0, 0), (1, 2), (1, 3)))", 1, "but 1 follows 1"),
        ("piecewise(1, ((t, t) for t in T if t > 2))", 1, "piecewise needs two points at least"),
        ("piecewise(1, ((t, t) for t in E))", 1, "piecewise needs two points at least"),
        ("piecewise(1, ((0, 1 / 0), (2, 3)))", 19, "a division by zero"),
    ],
)
def test_what_has_no_value_is_named_with_its_column(text: str, column: int, message: str) -> None:
    fault = fault_of(text)
    assert message in fault.message
    assert fault.column == column


def test_no_chain_of_products_makes_a_number_of_a_million_digits() -> None:
    assert fault_of(" * ".join(["999999999"] * 100)).message == "a number grows too large"


def test_entries_are_every_entry_that_an_expression_touches() -> None:
    touched = INSTANCE.evaluator().entries(
        parse("x + sum(y[p] * c[p] for p in P if p != 'b') - 3"), {}, INSTANCE.bounds
    )
    assert list(touched) == [("x", ()), ("y", ("a",)), ("y", ("c",))]


@pytest.mark.parametrize(
    "text", ["x / 0", "x / (w - 2.5)", "y['z']", "x * log(0)", "x * d['a', 9]"]
)
def test_entries_refuse_what_cannot_be_computed(text: str) -> None:
    evaluator: Evaluator = INSTANCE.evaluator()
    with pytest.raises(FormulationError):
        list(evaluator.entries(parse(text), {}, INSTANCE.bounds))


def test_entries_of_a_condition_are_those_of_all_its_parts() -> None:
    condition = parse("x >= 2 and not (sum(y[p] for p in P) == w or 'a' in P)")
    touched = INSTANCE.evaluator().entries(condition, {}, INSTANCE.bounds)
    assert list(touched) == [("x", ()), *(("y", (p,)) for p in "abc")]


def test_entries_of_a_piecewise_function_are_those_of_its_argument() -> None:
    node = parse("piecewise(x + y['b'], ((t, t ** 2) for t in T))")
    touched = INSTANCE.evaluator().entries(node, {}, INSTANCE.bounds)
    assert list(touched) == [("x", ()), ("y", ("b",))]


@pytest.mark.parametrize(
    ("condition", "relation", "holds"),
    [("x > 1", "x <= 2", True), ("x >= 1.5", "y['a'] == 2", True), ("not x == 2", "x >= 2", False)],
)
def test_conditions_on_variables_are_decided_at_a_point(
    condition: str, relation: str, holds: bool
) -> None:
    evaluator = INSTANCE.evaluator(POINT)
    assert evaluator.holds(parse(condition), {})
    assert evaluator.holds(parse(relation), {}) is holds


def test_a_chain_computes_each_side_once() -> None:
    text = "1"
    for level in range(60):
        text = f"sum(1 for i{level} in A if i{level} == first(A) if 0 < {text} <= 1)"
    assert value_of(text) == 1


@no_clock
@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=6, unique=True).map(sorted),
    st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6),
    st.floats(0, 1),
)
def test_a_height_between_points_is_what_numpy_interpolates(
    places: list[int], heights: list[float], share: float
) -> None:
    heights = heights[: len(places)]
    at = places[0] + share * (places[-1] - places[0])
    expected = float(np.interp(at, places, heights))
    points = list(zip(places, heights, strict=True))
    assert interpolate(at, points) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("at", [-1, -1e-5, 10.001, 11])
def test_there_is_no_height_beyond_the_points(at: float) -> None:
    with pytest.raises(ValueError, match="outside of the points"):
        interpolate(at, [(0, 0), (10, 5)])


def test_a_hair_beyond_the_last_point_counts_as_on_it() -> None:
    assert interpolate(10.000001, [(0, 0), (10, 5)]) == pytest.approx(5)
    assert interpolate(-1e-7, [(0, 0), (10, 5)]) == pytest.approx(0, abs=1e-6)


def test_bindings_come_in_the_order_of_the_sets() -> None:
    loops: Any = parse("sum(1 for p in P for t in T if t != 2)")
    found = [
        f"{binding['p']}{binding['t']}"
        for binding in INSTANCE.evaluator().bindings(loops.loops, {})
    ]
    assert found == ["a1", "a3", "b1", "b3", "c1", "c3"]
