"""Exact steps that make programs smaller, against lists of all points."""

import time
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from solvitur.equivalence import Column, Program, Row
from solvitur.equivalence.presolve import eliminations, presolve, without_implied_rows
from solvitur.equivalence.reduction import Reduced
from tests.equivalence.enumerated import changed, points, programs

HALF = Fraction(1, 2)


def free(name: str) -> Column:
    return Column(name, None, None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.data(), some.sampled_from([{}, {"keep_columns": True}, {"use_equations": True}]))
def test_points_and_objective_go_down_and_come_back_up(
    data: some.DataObject, steps: dict[str, bool]
) -> None:
    program = data.draw(changed(data.draw(programs())))
    is_exact(presolve(program, **steps))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.data())
def test_every_elimination_is_as_exact(data: some.DataObject) -> None:
    found = presolve(data.draw(changed(data.draw(programs()))))
    for fewer in eliminations(found):
        assert fewer.program.size < found.program.size
        is_exact(fewer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.data())
def test_leaving_out_implied_rows_keeps_every_point_and_no_other(data: some.DataObject) -> None:
    found = presolve(data.draw(changed(data.draw(programs()))))
    fewer = without_implied_rows(found, time.perf_counter() + 20)
    assert points(fewer.program) == points(found.program)


def test_a_sum_of_rows_is_left_out() -> None:
    rows = tuple(
        Row(name, {0: Fraction(x), 1: Fraction(y)}, None, Fraction(side))
        for name, x, y, side in (("a", 2, 1, 4), ("b", 1, 2, 5), ("sum", 3, 3, 9), ("c", 3, 4, 9))
    )
    found = presolve(Program((free("x"), free("y")), rows, {0: Fraction(-1)}))
    fewer = without_implied_rows(found, time.perf_counter() + 20)
    assert [row.name for row in fewer.program.rows] == ["a", "b", "c"]


def is_exact(found: Reduced) -> None:
    """Check with all points that none is lost, none is made up and the objective is kept."""
    program = found.original
    listed = points(program)
    if found.is_contradictory:
        assert listed == []
        return
    small = {found.down.apply(point) for point in listed}
    assert small == set(points(found.program))
    for point in listed:
        assert found.program.value(found.down.apply(point)) == program.value(point)
    for point in small:
        above = found.up(point)
        assert program.is_feasible(above)
        assert found.down.apply(above) == point
        assert found.section is None or found.section.apply(point) == above


def test_a_slack_and_a_total_are_left_out() -> None:
    rows = (
        Row("room", {0: Fraction(2), 1: Fraction(1)}, Fraction(8), Fraction(8)),
        Row("total", {0: Fraction(3), 2: Fraction(-1)}, Fraction(0), Fraction(0)),
    )
    program = Program((Column("x"), Column("slack"), free("total")), rows, {2: Fraction(1)})
    found = presolve(program)
    assert [column.name for column in found.program.columns] == ["x"]
    assert found.program.columns[0].upper == 4
    assert found.program.objective == {0: 3}
    assert found.program.rows == ()
    assert list(found.up([Fraction(1)])) == [1, 6, 3]


def test_an_integer_slack_stays_where_it_has_to_make_a_row_whole() -> None:
    whole = Column("slack", is_integer=True)
    half = Row("half", {0: HALF, 1: Fraction(1)}, Fraction(8), Fraction(8))
    other = Row("other", {0: Fraction(1), 2: Fraction(1)}, None, Fraction(9))
    columns = (Column("x", is_integer=True), whole, Column("y"))
    found = presolve(Program(columns, (half, other), {0: Fraction(1), 2: Fraction(-1)}))
    assert found.program.size == 3


def test_the_parts_of_a_split_variable_are_joined_and_parted_again() -> None:
    rows = tuple(
        Row(f"r{n}", {0: Fraction(v), 1: Fraction(-v), 2: Fraction(1)}, None, Fraction(5))
        for n, v in enumerate((1, 2))
    )
    columns = (Column("plus"), Column("minus"), Column("y"))
    found = presolve(Program(columns, rows, {0: Fraction(1), 1: Fraction(-1), 2: Fraction(4)}))
    assert found.program.size == 2
    assert found.program.columns[0].lower is None
    for total in (Fraction(-3), Fraction(7)):
        plus, minus, _ = found.up([total, Fraction(0)])
        assert plus - minus == total
        assert min(plus, minus) >= 0


def test_digits_are_joined_where_they_make_every_number_and_not_where_they_leave_gaps() -> None:
    def of(last: int) -> Program:
        ones = Column("ones", Fraction(0), Fraction(last), is_integer=True)
        tens = Column("tens", Fraction(0), Fraction(9), is_integer=True)
        other = Column("y", Fraction(0), Fraction(9), is_integer=True)
        row = Row("r", {0: Fraction(3), 1: Fraction(30), 2: Fraction(1)}, None, Fraction(200))
        return Program((ones, tens, other), (row,), {0: Fraction(1), 1: Fraction(10)})

    found = presolve(of(9))
    assert found.program.size == 2
    assert found.section is None
    assert list(found.up([Fraction(47), Fraction(0)])[:2]) == [7, 4]
    assert presolve(of(8)).program.size == 3


def test_what_cannot_hold_is_found_without_a_solver() -> None:
    rows = (Row("r", {0: Fraction(2)}, Fraction(3), Fraction(3)),)
    assert presolve(Program((Column("x", is_integer=True),), rows, {})).is_contradictory
    empty = (Row("r", {}, Fraction(1), None),)
    assert presolve(Program((Column("x"),), empty, {})).is_contradictory
