"""Whole arrays say what the evaluation key by key says, and leave its faults to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import FormulationError
from solvitur.formulation.arrays.frame import ONCE, NotInArrays
from solvitur.formulation.evaluate import Binding
from solvitur.formulation.expression import Node, parse, parse_forall
from solvitur.formulation.instance import Instance
from tests.formulation.closed import POINT, Loops, closed, formulation
from tests.formulation.strategies import no_clock

INSTANCE = Instance(formulation())
ARRAYS = INSTANCE.arrays(INSTANCE.point(POINT))
SCALAR = INSTANCE.evaluator(POINT)
FORALL = parse_forall("i0 in P, i1 in T, i2 in A if i1 < 3 or i0 == 'a'")
LOOPS = Loops({"P": ("i0",), "T": ("i1",), "A": ("i2",)})


def bindings(forall: str = "") -> list[Binding]:
    return list(SCALAR.bindings(parse_forall(forall) if forall else FORALL, {}))


def one_by_one(node: Node, forall: str = "") -> list[float] | None:
    try:
        return [SCALAR.number(node, binding) for binding in bindings(forall)]
    except FormulationError:
        return None


@no_clock
@given(closed(LOOPS))
def test_arrays_hold_what_is_computed_key_by_key(text: str) -> None:
    node, expected = parse(text), one_by_one(parse(text))
    frame, _ = ARRAYS.expand(FORALL)
    if expected is None:
        with pytest.raises(NotInArrays):
            ARRAYS.number(node, frame)
    else:
        assert ARRAYS.number(node, frame).tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    "forall",
    [
        "t in T",
        "(i, j) in A",
        "a in A",
        "e in E",
        "p in P, t in T",
        "p in P, (i, j) in A if i == p",
        "p in P, (i, j) in A if j == p and i != 'a'",
        "p in P, a in A if (p, 'b') == a or p == 'c'",
        "t in T, s in T if s == t + 1",
        "t in T, s in T if s > t",
        "t in T, p in P if t == 2 or p in ('a', 'c')",
        "t in T, s in T if t > 1 and d['a', t - 1] < s",
        "e in E, p in P if e == p",
        "t in T if t != last(T), p in P if d[p, next(T, t)] > 1",
        "p in P if not (p == first(P) or (p, 'c') in A)",
        "p in P, q in P if p in (next(P, 'a'), q)",
    ],
)
def test_loops_give_the_same_bindings_in_the_same_order(forall: str) -> None:
    frame, parents = ARRAYS.expand(parse_forall(forall))
    assert [frame.binding(row) for row in range(frame.size)] == bindings(forall)
    assert parents.tolist() == [0] * frame.size


def test_every_binding_knows_the_one_around_it() -> None:
    outer, _ = ARRAYS.expand(parse_forall("p in P"))
    inner, parents = ARRAYS.expand(parse_forall("(i, j) in A if j == p"), outer)
    assert parents.tolist() == [1, 2]
    assert [inner.binding(row)["p"] for row in range(2)] == ["b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "piecewise(t, ((0, 0), (2, 10), (3, 4)))",
        "piecewise(t, ((d['a', k] + 1, w * k) for k in T))",
        "piecewise(1.5 * t, ((k * t, k + t) for k in T))",
        "piecewise(3.0000001, ((0, 0), (3, 1)))",
        "min(t, w, 2) + max(1, t)",
        "d['a', prev(T, next(T, 1))] + d[first(P), last(T)]",
        "sum(l[a] for a in A if a != ('a', 'b')) * t",
    ],
)
def test_every_function_of_the_language_goes_over_arrays(text: str) -> None:
    frame, _ = ARRAYS.expand(parse_forall("t in T"))
    found = ARRAYS.number(parse(text), frame).tolist()
    assert found == pytest.approx(one_by_one(parse(text), "t in T"), rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "d['a', t + 1]",
        "d['a', t / 2]",
        "1 / (t - 2)",
        "log(t - 1)",
        "(t - 2) ** 0.5",
        "10 ** (300 * t) * 10 ** 300",
        "min(c[p] for p in P if p == 'z')",
        "d['a', next(T, t)]",
        "piecewise(t, ((0, 0), (2, 1)))",
        "piecewise(t, ((t, 0), (2, 1)))",
    ],
)
def test_what_has_no_value_in_some_binding_is_left_to_the_evaluation_by_key(text: str) -> None:
    frame, _ = ARRAYS.expand(parse_forall("t in T"))
    with pytest.raises(NotInArrays):
        ARRAYS.number(parse(text), frame)
    assert one_by_one(parse(text), "t in T") is None


def test_where_a_row_has_no_value_the_others_keep_theirs() -> None:
    frame, _ = ARRAYS.expand(parse_forall("t in T"))
    found = ARRAYS.number_or_nan(parse("1 / (t - 2)"), frame)
    assert found.tolist() == pytest.approx([-1, float("nan"), 1], nan_ok=True)


def test_a_sum_is_rounded_once() -> None:
    assert ARRAYS.number(parse("sum(0.1 for p in P for t in T if t < 4) + 0.1"), ONCE)[0] == 1.0


def test_conditions_look_no_further_than_they_must() -> None:
    frame, _ = ARRAYS.expand(parse_forall("t in T"))
    held = ARRAYS.holds(parse("t > 1 and d['a', t - 1] > 0 or t == 1"), frame)
    assert held.tolist() == [True, False, True]


@st.composite
def _conjunctions(draw: st.DrawFn) -> str:
    tests = ["i == p", "j != p", "i in P", "t > 1", "i == 'a'", "c[i] > 0", "d[j, t] >= 1"]
    return " and ".join(draw(st.lists(st.sampled_from(tests), min_size=1, max_size=4)))


@no_clock
@given(_conjunctions())
def test_a_join_finds_what_trying_all_finds(condition: str) -> None:
    forall = f"t in T, p in P, (i, j) in A if {condition}"
    frame, _ = ARRAYS.expand(parse_forall(forall))
    assert [frame.binding(row) for row in range(frame.size)] == bindings(forall)


def test_more_combinations_than_a_machine_holds_are_refused() -> None:
    large = Instance(formulation().model_copy(update={"sets": (
        *formulation().sets,
        formulation().sets[0].model_validate({"name": "R", "range": [1, 10_000]}),
    )}))  # fmt: skip
    with pytest.raises(FormulationError, match="100,000,000 combinations"):
        large.arrays().expand(parse_forall("r in R, s in R"))
