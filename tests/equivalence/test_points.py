"""Points in fractions."""

from fractions import Fraction

from solvitur.equivalence import Column, Program, Row
from solvitur.equivalence.points import exact_point, feasible_point, search
from solvitur.solvers.solution import Holding

ONE = Fraction(1)


def test_a_vertex_of_awkward_fractions_is_found_exactly() -> None:
    rows = (
        Row("a", {0: Fraction(7919), 1: Fraction(3)}, None, Fraction(104729)),
        Row("b", {0: Fraction(5), 1: Fraction(7907)}, None, Fraction(1299709)),
    )
    program = Program((Column("x"), Column("y")), rows, {0: -ONE, 1: -ONE})
    found = search(program, 10)
    assert found.holding is Holding.optimal
    assert found.point is not None
    assert [row.value(found.point) for row in rows] == [104729, 1299709]


def test_equations_beyond_the_reach_of_rounding_are_solved() -> None:
    rows = (
        Row("a", {0: Fraction(1, 3), 1: Fraction(1, 7919)}, ONE, ONE),
        Row("b", {0: Fraction(2, 7), 1: Fraction(-3, 104729)}, Fraction(1, 2), Fraction(1, 2)),
    )
    found = feasible_point(Program((Column("x"), Column("y", None)), rows, {}), 10)
    assert found.point is not None
    assert all(row.value(found.point) == row.lower for row in rows)


def test_a_point_that_is_feasible_only_up_to_rounding_is_none() -> None:
    tiny = Fraction(1, 10**12)
    rows = (Row("up", {0: ONE}, ONE + tiny, None), Row("down", {0: ONE}, None, ONE))
    program = Program((Column("x", None, None),), rows, {})
    assert exact_point(program, [1.0]) is None
    assert feasible_point(program, 10).point is None


def test_what_a_solver_says_of_no_solution_and_of_no_end_is_kept_apart() -> None:
    none = Program((Column("x", Fraction(0), ONE),), (Row("r", {0: ONE}, Fraction(2), None),), {})
    assert search(none, 10).is_infeasible
    endless = Program((Column("x", Fraction(0), None),), (), {0: -ONE})
    assert search(endless, 10).holding is Holding.unbounded


def test_what_a_solver_says_of_numbers_it_does_not_see_is_not_held() -> None:
    unseen = {0: Fraction(1, 10**13), 1: ONE}
    columns = (Column("x"), Column("y", Fraction(0), ONE))
    needed = Program(columns, (Row("r", unseen, Fraction(2), None),), {0: ONE})
    assert needed.is_feasible((Fraction(10**13), ONE))
    assert search(needed, 10).holding is Holding.nothing
    far = Program((Column("x", Fraction(0), Fraction(10**21)),), (), {0: -ONE})
    assert search(far, 10).holding is Holding.nothing


def test_a_program_without_columns_has_one_point_or_none() -> None:
    assert search(Program((), (), {}), 1).point == ()
    assert search(Program((), (Row("r", {}, ONE, None),), {}), 1).is_infeasible
