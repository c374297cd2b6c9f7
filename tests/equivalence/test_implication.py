"""What is carried over by a map, why, and what is against it."""

import time
from fractions import Fraction

from solvitur.equivalence import Column, Image, Mapping, Program, Row
from solvitur.equivalence.implication import Carried, Source, carry
from solvitur.equivalence.ordering import Scale, ordering
from solvitur.equivalence.relaxation import Ground

ONE, TWO = Fraction(1), Fraction(2)
X, Y = Column("x", Fraction(0), Fraction(4), is_integer=True), Column("y", Fraction(0), Fraction(4))
ROOM = Row("room", {0: TWO, 1: ONE}, None, Fraction(6))


def program(*rows: Row, columns: tuple[Column, ...] = (X, Y), cost: int = 1) -> Program:
    return Program(columns, rows, {0: Fraction(cost)})


def source(program: Program) -> Source:
    return Source(program, time.perf_counter() + 20)


def carried(a: Program, b: Program, mapping: Mapping | None = None) -> Carried:
    return carry(source(a), b, mapping or Mapping.identity(a.size))


def grounds(found: Carried) -> dict[str, Ground]:
    return {each.name: each.certificate.ground for each in found.implied}


def test_rows_that_are_there_under_another_scale_are_the_same() -> None:
    found = carried(
        program(ROOM), program(Row("r", {0: Fraction(-4), 1: -TWO}, Fraction(-12), None))
    )
    assert found.holds
    assert found.is_plain
    assert grounds(found) == {"r": Ground.same}


def test_a_looser_row_is_the_same_and_a_tighter_one_has_a_witness() -> None:
    def limited(limit: int) -> Program:
        return program(Row("room", {0: TWO, 1: ONE}, None, Fraction(limit)))

    assert carried(limited(6), limited(7)).is_plain
    found = carried(limited(7), limited(6))
    assert found.holds is False
    assert found.witness is not None
    assert found.witness.violation.name == "room"
    assert 6 < ROOM.value(found.witness.point) <= 7


def test_a_side_that_numbers_imply_is_told_from_one_that_is_stated() -> None:
    narrow = Column("y", Fraction(0), Fraction(6))
    found = carried(program(ROOM, columns=(X, Column("y"))), program(columns=(X, narrow)))
    assert found.holds
    assert not found.is_plain
    assert [each.certificate.ground for each in found.implied] == [
        Ground.propagation,
        Ground.bounds,
    ]


def test_a_map_that_leaves_the_whole_numbers_has_a_witness() -> None:
    halved = Mapping(2, (Image({0: ONE / 2}), Image({1: ONE})))
    found = carried(program(), program(), halved)
    assert found.holds is False
    assert found.witness is not None
    assert found.witness.violation.limit is None
    assert found.witness.image[0].denominator == 2


def test_a_map_is_whole_where_rows_make_it_so() -> None:
    even = Row("even", {0: ONE, 2: -TWO}, Fraction(0), Fraction(0))
    half = Column("half", Fraction(0), TWO, is_integer=True)
    a = program(even, columns=(X, Y, half))
    found = carried(a, program(), Mapping(3, (Image({0: ONE / 2}), Image({1: ONE}))))
    assert found.holds
    assert not found.is_exact


def test_a_number_that_is_nearly_whole_everywhere_is_not_taken_for_whole() -> None:
    small = Row("small", {0: ONE, 1: ONE}, None, Fraction(9, 10_000))
    loose = program(small, columns=(Column("x"), Y))
    found = carried(loose, program(small))
    assert found.holds is False
    assert found.witness is not None
    assert 0 < found.witness.image[0] <= Fraction(9, 10_000)


def test_rows_of_small_numbers_are_looked_at_as_those_of_large_ones() -> None:
    columns = (X, Y, Column("z", Fraction(0), Fraction(4), is_integer=True))
    for size in (ONE, Fraction(1, 10**9)):
        tight = Row("tight", {0: size, 2: size}, None, 3 * size)
        found = carried(program(columns=columns), program(tight, columns=columns))
        assert found.holds is False, size


def test_without_time_what_is_not_stated_stays_open() -> None:
    late = Source(program(ROOM), time.perf_counter() - 1)
    sum_of_both = Row("sum", {0: Fraction(3), 1: ONE}, None, Fraction(9))
    found = carry(late, program(sum_of_both), Mapping.identity(2))
    assert found.holds is None
    assert found.open == ("sum",)


def test_objectives_are_scaled_and_shifted() -> None:
    doubled = Program((X, Y), (), {0: Fraction(-2)}, Fraction(5), minimise=False)
    scale = ordering(source(program()), doubled, Mapping.identity(2), lambda: None)
    assert scale == Scale(TWO, Fraction(-5))
    back = ordering(source(doubled), program(), Mapping.identity(2), lambda: None)
    assert back is not None
    assert scale.undoes(back)


def test_objectives_that_agree_because_of_an_equation_do_so_by_proof() -> None:
    same = Row("same", {0: ONE, 1: -ONE}, ONE, ONE)
    other = Program((X, Y), (same,), {1: Fraction(3)})
    point = (TWO, ONE)
    scale = ordering(source(program(same)), other, Mapping.identity(2), lambda: point)
    assert scale is None or scale.factor == 3
    mixed = Program((X, Y), (same,), {0: TWO, 1: -ONE})
    scale = ordering(source(program(same)), mixed, Mapping.identity(2), lambda: point)
    assert scale is None or scale.is_exact


def test_objectives_that_run_against_each_other_have_no_scale() -> None:
    for cost in (-1, 0):
        other = Program((X, Y), (), {0: Fraction(cost)} if cost else {})
        scale = ordering(source(program()), other, Mapping.identity(2), lambda: (ONE, ONE))
        assert scale is None
