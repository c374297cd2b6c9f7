"""All points of a small program, beside going through its box."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from solvitur.equivalence.program import Column, Program
from solvitur.equivalence.transform.enumeration import points
from tests.equivalence.transform.programs import small


@pytest.mark.parametrize("seed", range(25))
def test_the_points_are_those_of_the_box_that_keep_the_rows(seed: int) -> None:
    program = small(seed)
    ends = [(int(c.lower or 0), int(c.upper or 0)) for c in program.columns]
    box = product(*(range(low, high + 1) for low, high in ends))
    expected = [p for p in (tuple(map(Fraction, q)) for q in box) if program.is_feasible(p)]

    assert points(program) == expected
    assert expected


@pytest.mark.parametrize(
    "column",
    [
        Column("x", Fraction(0), Fraction(3)),
        Column("x", Fraction(0), None, True),
        Column("x", None, Fraction(3), True),
        Column("x", Fraction(0), Fraction(10**9), True),
    ],
)
def test_what_cannot_be_listed_is_not_begun(column: Column) -> None:
    assert points(Program((column,), (), {})) is None


def test_an_empty_range_has_no_point() -> None:
    assert points(Program((Column("x", Fraction(2), Fraction(1), True),), (), {})) == []
    narrow = Column("x", Fraction(1, 3), Fraction(2, 3), True)
    assert points(Program((narrow, narrow), (), {})) == []


def test_a_long_search_is_given_up() -> None:
    wide = Column("x", Fraction(0), Fraction(9), True)
    program = Program(tuple(replace(wide, name=f"x{n}") for n in range(6)), (), {})
    assert points(program) is None
