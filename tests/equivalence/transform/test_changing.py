"""What a transformation that is meant to change a program changes."""

import random
from fractions import Fraction

import pytest

from solvitur.equivalence.program import Column, Program, Row
from solvitur.equivalence.transform.bases import random_program
from solvitur.equivalence.transform.changing import CHANGING
from tests.equivalence.transform.programs import ONE

ROWS = (
    Row("wood", {0: Fraction(2), 1: Fraction(3)}, None, Fraction(20)),
    Row("work", {0: ONE, 1: Fraction(4)}, None, Fraction(10)),
    Row("total", {0: ONE, 1: ONE}, Fraction(4), Fraction(4)),
)
SHOP = Program(
    (Column("x", Fraction(0), Fraction(12), True), Column("y", Fraction(0), None)),
    ROWS,
    {0: Fraction(3), 1: Fraction(5)},
    minimise=False,
)


def made(name: str, program: Program = SHOP, seed: int = 0) -> Program:
    found = CHANGING[name](program, random.Random(seed))
    assert found is not None
    return found.program


def kept(name: str) -> list[str]:
    """The rows of the shop that are still as they were."""
    return [row.name for row in made(name).rows if row in SHOP.rows]


@pytest.mark.parametrize("name", sorted(CHANGING))
def test_something_is_another_afterwards(name: str) -> None:
    assert made(name) != SHOP


@pytest.mark.parametrize("name", sorted(CHANGING))
def test_maps_are_of_the_right_size(name: str) -> None:
    for seed in range(40):
        program = random_program(random.Random(seed))
        found = CHANGING[name](program, random.Random(seed))
        if found is not None:
            assert found.back is not None
            assert len(found.back.images) == program.size
            assert found.back.size == found.program.size
            assert found.there is None or found.there.size == program.size


def test_a_row_is_lost() -> None:
    assert len(kept("row dropped")) == 2


def test_two_rows_become_their_sum() -> None:
    rows = made("rows summed").rows
    assert rows[0].coefficients == {0: 3, 1: 7}
    assert (rows[0].upper, rows[1].name) == (30, "total")


@pytest.mark.parametrize("name", ["coefficient changed", "coefficients swapped", "side changed"])
def test_one_row_has_other_numbers(name: str) -> None:
    assert len(kept(name)) == 2


def test_a_sense_is_turned() -> None:
    (row,) = (row for row in made("sense flipped").rows if row not in SHOP.rows)
    assert row.lower in (20, 10)
    assert row.upper is None


def test_an_equality_becomes_an_inequality() -> None:
    (row,) = (row for row in made("equality loosened").rows if row not in SHOP.rows)
    assert {row.lower, row.upper} == {None, 4}


def test_integrality_comes_and_goes() -> None:
    assert [c.is_integer for c in made("integrality dropped").columns] == [False, False]
    assert [c.is_integer for c in made("integrality added").columns] == [True, True]


def test_the_objective_is_lost_turned_or_changed() -> None:
    assert made("constant objective").objective == {}
    assert made("objective flipped").minimise
    assert made("objective flipped").objective == SHOP.objective
    assert len(set(made("cost changed").objective.items()) & set(SHOP.objective.items())) == 1


def test_one_digit_is_too_little_for_twelve() -> None:
    few = made("too few digits")
    assert few.columns[0] == Column("x_d0", Fraction(0), Fraction(9), True)
    assert few.size == 2


def test_pairs_leave_only_even_values() -> None:
    double = made("steps of two")
    assert double.columns[0].upper == 6
    assert double.rows[0].coefficients[0] == 4


def test_a_cut_takes_away_what_the_rows_allow() -> None:
    found = 0
    for seed in range(20):
        changed = CHANGING["invalid cut"](SHOP, random.Random(seed))
        if changed is None:  # the two sides of the equality add up to nothing
            continue
        (cut,) = changed.program.rows[3:]
        assert (cut.name, cut.lower) == ("cut", None)
        assert cut.upper is not None
        points = [(Fraction(x), Fraction(4 - x)) for x in range(5)]
        found += any(SHOP.is_feasible(p) and cut.value(p) > cut.upper for p in points)
    assert found > 5
