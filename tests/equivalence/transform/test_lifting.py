"""Whether columns that are joined into one take every value that it may have."""

from fractions import Fraction

import pytest

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row
from solvitur.equivalence.transform.lifting import covers
from tests.equivalence.transform.programs import ONE

DIGITS = tuple(Column(f"d{n}", Fraction(0), Fraction(9), True) for n in range(2))
JOINED = Mapping(2, (Image({0: ONE, 1: Fraction(10)}),))


def number(upper: int, *rows: Row) -> Program:
    return Program((Column("n", Fraction(0), Fraction(upper), True),), rows, {})


def limit(side: int) -> Row:
    return Row("limit", {0: ONE, 1: Fraction(10)}, None, Fraction(side))


@pytest.mark.parametrize(("side", "reaches"), [(57, True), (56, False)])
def test_a_limit_of_the_digits_must_leave_all_values(side: int, reaches: bool) -> None:
    assert covers(Program(DIGITS, (limit(side),), {}), number(57), JOINED) is reaches


def test_rows_of_the_smaller_program_limit_the_larger_one() -> None:
    row = Row("wood", {0: Fraction(2)}, None, Fraction(30))
    same = Row("wood", {0: Fraction(2), 1: Fraction(20)}, None, Fraction(30))
    other = Row("wood", {0: Fraction(2), 1: Fraction(20)}, None, Fraction(29))

    assert covers(Program(DIGITS, (same,), {}), number(99, row), JOINED)
    assert not covers(Program(DIGITS, (other,), {}), number(99, row), JOINED)


def test_a_difference_of_two_reaches_every_number() -> None:
    def parts(upper: Fraction | None) -> Program:
        return Program((Column("p", Fraction(0), upper), Column("q", Fraction(0), upper)), (), {})

    free = Program((Column("x", None, None),), (), {})
    less = Mapping(2, (Image({0: ONE, 1: -ONE}),))

    assert covers(parts(None), free, less)
    assert not covers(parts(Fraction(5)), free, less)
    assert covers(
        parts(Fraction(5)), Program((Column("x", Fraction(-5), Fraction(5)),), (), {}), less
    )


def test_columns_that_are_joined_twice_are_not_seen_through() -> None:
    two = Program((Column("x"), Column("y")), (), {})
    shared = Mapping(2, (Image({0: ONE}), Image({0: ONE, 1: ONE})))
    assert not covers(Program((Column("p"), Column("q")), (), {}), two, shared)


def test_whole_parts_do_not_reach_what_is_between() -> None:
    between = Program((Column("x", Fraction(0), Fraction(99)),), (), {})
    assert not covers(Program(DIGITS, (), {}), between, JOINED)
