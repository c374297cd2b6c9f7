"""Labels, beside what counting all points says."""

import random
from fractions import Fraction

import pytest

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row
from solvitur.equivalence.transform.draft import Transformed, unmoved
from solvitur.equivalence.transform.enumeration import points
from solvitur.equivalence.transform.labels import Basis, Label, certified
from solvitur.equivalence.transform.pairs import TRANSFORMATIONS
from tests.equivalence.transform.programs import ONE, small
from tests.equivalence.transform.test_keeping import is_increasing

BOX = (Column("x", Fraction(0), Fraction(4)), Column("y", Fraction(0), Fraction(4)))
SUM = {0: ONE, 1: ONE}
MOST = Row("most", SUM, None, Fraction(5))
LOOSE = Row("loose", SUM, None, Fraction(9))
SHOP = Program(BOX, (MOST, LOOSE), {0: Fraction(2), 1: Fraction(3)}, minimise=False)


def label(program: Program, other: Program) -> Label:
    found = certified(program, unmoved(other))
    assert found is not None
    return found


def with_rows(*rows: Row) -> Program:
    return Program(BOX, rows, SHOP.objective, minimise=False)


def test_a_redundant_row_that_is_dropped_makes_no_difference() -> None:
    assert label(SHOP, with_rows(MOST)).is_equivalent
    assert label(SHOP, with_rows(MOST)).basis is Basis.proof


def test_a_row_that_binds_is_missed() -> None:
    found = label(SHOP, with_rows(LOOSE))
    assert not found.is_equivalent
    assert found.basis is Basis.witness
    assert not found.holds_for_any_mapping
    assert found.reason == "most of the first forbids a point of the second"


@pytest.mark.parametrize(
    "least",
    [
        Row("least", SUM, Fraction(9), None),
        Row("least", {0: ONE, 1: Fraction(2)}, Fraction(11), None),
    ],
)
def test_what_has_no_point_is_equivalent_to_nothing_that_has_one(least: Row) -> None:
    empty = with_rows(MOST, least)
    assert label(SHOP, empty) == Label(False, Basis.status, "only the second is infeasible")
    assert label(empty, SHOP).reason == "only the first is infeasible"
    assert label(empty, with_rows(Row("never", SUM, Fraction(20), None))).is_equivalent


def test_an_objective_that_is_lost_is_a_difference_under_any_mapping() -> None:
    found = label(SHOP, Program(BOX, SHOP.rows, {}))
    assert not found.is_equivalent
    assert found.basis is Basis.order
    assert found.holds_for_any_mapping


def test_an_objective_that_is_turned_is_a_difference() -> None:
    assert label(SHOP, Program(BOX, SHOP.rows, SHOP.objective)).basis is Basis.order


def test_other_values_of_the_objective_are_a_difference_under_any_mapping() -> None:
    x = Column("x", Fraction(0), Fraction(3), True)
    one = Program((x, x), (), {0: ONE, 1: Fraction(10)})
    other = Program((x, x), (), {0: ONE, 1: Fraction(11)})
    found = label(one, other)
    assert found == Label(False, Basis.counting, "the gaps between objective values are others")


def test_without_any_map_only_counting_can_tell() -> None:
    made = Transformed(with_rows(MOST), None, None)
    assert certified(SHOP, made) is None


def test_a_value_that_is_lost_with_a_digit_is_found() -> None:
    dozen = Program((Column("n", Fraction(0), Fraction(12), True), *BOX), (), {0: ONE, 1: ONE})
    made = TRANSFORMATIONS["too few digits"](dozen, random.Random(0))
    assert made is not None

    found = certified(dozen, made)

    assert found is not None
    assert found.reason == "n = 12 cannot be written"
    assert not found.is_equivalent


def test_a_map_of_everything_onto_a_line_is_no_equivalence() -> None:
    line = Program((Column("x", Fraction(0), Fraction(4)),), (), {0: ONE})
    wide = Program(BOX, (), {0: ONE})
    along = Transformed(line, Mapping.renaming(2, [0]), Mapping(1, (Image({0: ONE}), Image({}))))
    across = Transformed(wide, along.then(Transformed(wide, along.back, along.there)).there, None)
    onto = across.there
    assert onto is not None

    assert certified(wide, along) == Label(True, Basis.proof, "each asks only what the other does")
    assert certified(wide, Transformed(wide, onto, onto)) is None


WITHOUT_END = {
    "columns scaled",
    "column substituted",
    "integrality added",
    "integrality dropped",
    "objective variable",
    "slacks",
    "partial sums",
    "bounds as rows",
}
"""Classes whose programs, or what becomes of them, have no end of points."""
COUNTED = sorted(set(TRANSFORMATIONS) - WITHOUT_END - {"unrelated", "too few digits"})


@pytest.mark.parametrize("name", COUNTED)
def test_labels_agree_with_going_through_all_points(name: str) -> None:
    decided = 0
    for seed in range(30):
        program = small(seed)
        made = TRANSFORMATIONS[name](program, random.Random(seed))
        found = made and certified(program, made)
        ours, theirs = points(program), made and points(made.program)
        if not (made and found and ours is not None and theirs is not None):
            continue
        decided += 1
        if found.is_equivalent:
            assert bool(ours) == bool(theirs)
            assert_equivalent(program, made, ours, theirs)
        elif not found.holds_for_any_mapping:
            assert is_violated(program, made, ours, theirs)
        if decided == 4:
            break
    assert decided


Points = list[tuple[Fraction, ...]]


def assert_equivalent(program: Program, made: Transformed, ours: Points, theirs: Points) -> None:
    other, back = made.program, made.back
    assert back is not None
    assert {back.apply(point) for point in theirs} <= set(ours)
    if made.there is None:
        assert {back.apply(point) for point in theirs} == set(ours)
    else:
        assert {made.there.apply(point) for point in ours} <= set(theirs)
    values = {
        (program.sign * program.value(back.apply(p)), other.sign * other.value(p)) for p in theirs
    }
    assert not values or is_increasing(values)


def is_violated(program: Program, made: Transformed, ours: Points, theirs: Points) -> bool:
    other, there, back = made.program, made.there, made.back
    assert back is not None
    images = {back.apply(point) for point in theirs}
    if not images <= set(ours) or (there is None and images != set(ours)):
        return True
    if there is not None and not {there.apply(point) for point in ours} <= set(theirs):
        return True
    return not is_increasing(
        {(program.sign * program.value(back.apply(p)), other.sign * other.value(p)) for p in theirs}
    )
