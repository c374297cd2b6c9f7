"""What the values of objectives tell apart, whatever the mapping."""

import time
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from solvitur.equivalence import Column, Program, Row
from solvitur.equivalence.values import Values, difference, values
from solvitur.solvers.solution import Holding
from tests.equivalence.enumerated import are_proportional, costs, points, programs

ONE = Fraction(1)


def found(program: Program) -> Values:
    return values(program, time.perf_counter() + 20)


def whole(upper: int | None, cost: int, *rows: Row) -> Program:
    limit = None if upper is None else Fraction(upper)
    column = Column("x", Fraction(0), limit, is_integer=True)
    return Program((column,), rows, {0: Fraction(cost)} if cost else {})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs(), programs())
def test_programs_that_differ_in_their_values_have_values_that_do_not_match(
    a: Program, b: Program
) -> None:
    of_a, of_b = found(a), found(b)
    listed = costs(a, points(a)), costs(b, points(b))
    assert list(of_a.least) == listed[0][:3]
    assert list(of_a.greatest) == listed[0][::-1][: len(of_a.greatest)]
    if difference(of_a, of_b) is not None:
        assert not are_proportional(*listed) or bool(listed[0]) != bool(listed[1])


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        (whole(3, 1), whole(None, -1), "one is solved to an optimum and the other unbounded"),
        (whole(3, 1), whole(None, 1), "the objective has a worst value in one of them only"),
        (whole(3, 1), whole(3, 0), "the objective takes one value in one and more in the other"),
        (whole(1, 1), whole(3, 1), "the objective takes 2 values in one and more in the other"),
        (whole(3, 1), whole(5, 1), "another proportion: 3 in one and 5 in the other"),
        (
            whole(3, 1),
            Program((Column("x", Fraction(0), ONE),), (), {0: ONE}),
            "the objective takes all values of an interval in one of them only",
        ),
    ],
)
def test_what_tells_two_programs_apart_is_said(a: Program, b: Program, why: str) -> None:
    told = difference(found(a), found(b))
    assert told is not None
    assert why in told
    assert difference(found(b), found(a)) is not None


def test_values_in_the_same_proportion_tell_nothing_apart() -> None:
    assert difference(found(whole(3, 2)), found(whole(3, 5))) is None


def test_what_was_not_found_out_tells_nothing_apart() -> None:
    late = values(whole(3, 1), time.perf_counter() - 1)
    assert late.holding is Holding.nothing
    assert difference(late, found(whole(None, -1))) is None
