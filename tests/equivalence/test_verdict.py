"""What a verdict says, and what a profile follows."""

from dataclasses import replace
from fractions import Fraction

import pytest

from solvitur.equivalence import Column, Conclusion, Mapping, Program, Row, Way, check
from solvitur.equivalence.values import Values
from solvitur.equivalence.verdict import Profile
from solvitur.solvers.solution import Holding

ONE, TWO = Fraction(1), Fraction(2)


def whole(name: str, upper: int = 9) -> Column:
    return Column(name, Fraction(0), Fraction(upper), is_integer=True)


def plan(*rows: Row, names: str = "xy", cost: int = 1) -> Program:
    return Program(
        tuple(map(whole, names)), rows, {0: Fraction(3 * cost), 1: Fraction(2 * cost)}, ONE, False
    )


WOOD = Row("wood", {0: TWO, 1: ONE}, None, Fraction(7))
TIME = Row("time", {0: ONE, 1: Fraction(3)}, None, Fraction(10))
ROOM = Row("room", {0: ONE, 1: ONE}, None, Fraction(4))


def test_equal_structure_is_equivalent_with_no_word_of_the_instance() -> None:
    verdict = check(plan(WOOD, TIME), plan(TIME, WOOD, names="ab", cost=2))
    assert verdict.conclusion is Conclusion.proved
    assert verdict.is_equivalent
    assert not verdict.rests_on_numbers
    assert str(verdict).startswith("equivalent (proved exactly): by the same structure")
    assert verdict.profile.scale is not None
    assert verdict.profile.scale.factor == 2
    assert verdict.profile.quasi_karp == (True, True)
    assert verdict.profile.same_optimum
    assert verdict.profile.same_status


def test_a_row_that_follows_by_the_numbers_is_equivalent_on_this_instance() -> None:
    for names in ("xy", "ab"):
        verdict = check(plan(WOOD, TIME), plan(WOOD, TIME, ROOM, names=names))
        assert verdict.conclusion is Conclusion.proved
        assert verdict.rests_on_numbers
        assert "equivalent (proved exactly), on this instance: " in str(verdict)


def test_a_dropped_row_is_told_by_a_point_that_only_one_allows() -> None:
    verdict = check(plan(WOOD, TIME), plan(WOOD))
    assert verdict.conclusion is Conclusion.different
    assert verdict.is_equivalent is False
    example = verdict.counter_example
    assert example is not None
    assert not example.from_a
    assert [each.name for each in example.violations] == ["time"]
    assert verdict.profile.a_into_b is not None
    assert verdict.profile.a_into_b.holds


def test_a_mapping_that_fails_decides_nothing_by_itself() -> None:
    other = plan(Row("wood", {0: TWO, 1: ONE}, None, Fraction(6)), TIME, names="ab")
    verdict = check(plan(WOOD, TIME), other)
    if verdict.conclusion is Conclusion.different_here:
        assert verdict.is_equivalent is None
        assert verdict.counter_example is not None
    else:
        assert verdict.profile.values is not None


def test_what_contradicts_itself_alike_is_not_equivalent_for_that() -> None:
    """Everything follows from a contradiction, also the rows that tell the two apart."""
    most = Row("most", {0: ONE, 1: TWO}, None, TWO)
    least = Row("least", {0: ONE, 1: ONE}, Fraction(3), None)
    verdict = check(plan(most, least, WOOD), plan(most, least, TIME, names="ab"))
    assert verdict.conclusion is Conclusion.unknown
    assert verdict.agrees


def test_another_objective_is_told_by_two_points_in_another_order() -> None:
    other = replace(plan(WOOD, TIME), objective={0: ONE, 1: Fraction(4)})
    verdict = check(plan(WOOD, TIME), other)
    assert verdict.is_equivalent is not True
    assert verdict.profile.disorder is not None
    one, two = verdict.profile.disorder
    gains = [each.value(one) - each.value(two) for each in (plan(WOOD, TIME), other)]
    assert min(gains) < 0 < max(gains)


def test_a_given_mapping_is_tried_first_and_reported() -> None:
    swapped = Mapping.renaming(2, [1, 0])
    a = Program((whole("x"), whole("y")), (ROOM,), {0: ONE, 1: ONE}, minimise=False)
    verdict = check(a, a, mappings=[(swapped, swapped)])
    assert verdict.conclusion is Conclusion.proved
    assert verdict.correspondence is not None
    assert verdict.correspondence.way is Way.given
    assert verdict.correspondence.in_words() == "x = y\ny = x"


def test_without_an_objective_a_map_of_all_onto_one_point_is_no_equivalence() -> None:
    a = Program((whole("x"), whole("y")), (ROOM,), {})
    b = Program((whole("x"), whole("y"), whole("z")), (TIME,), {})
    there = Mapping.by_name(a, b, {}, dict.fromkeys("xyz", 0))
    back = Mapping.by_name(b, a, {}, dict.fromkeys("xy", 0))
    verdict = check(a, b, mappings=[(there, back)])
    assert verdict.is_equivalent is not True


def test_digits_that_reach_just_far_enough_hold_on_this_instance_only() -> None:
    tall = Program((whole("x", 99), whole("y")), (WOOD,), {0: -ONE, 1: -ONE})
    endless = Program(
        (Column("x", Fraction(0), None, is_integer=True), whole("y")), (WOOD,), tall.objective
    )
    digits = Program(
        (whole("ones"), whole("tens"), whole("y")),
        (Row("wood", {0: TWO, 1: Fraction(20), 2: ONE}, None, Fraction(7)),),
        {0: -ONE, 1: Fraction(-10), 2: -ONE},
    )
    verdict = check(endless, digits)
    assert verdict.conclusion is Conclusion.on_instances
    assert not verdict.is_proved
    assert str(verdict).startswith(
        "equivalent on the instances tried: ones and tens reach far enough"
    )
    assert verdict.correspondence is not None
    assert verdict.correspondence.affine is None
    assert verdict.correspondence.in_words() == "ones + 10 tens = x\ny = y"
    assert list(verdict.correspondence.to_b([Fraction(3), ONE])) == [3, 0, 1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Holding.optimal, Holding.optimal, True),
        (Holding.unbounded, Holding.optimal, False),
        (Holding.nothing, Holding.optimal, None),
    ],
)
def test_a_status_is_the_same_another_or_not_known(
    one: Holding, other: Holding, same: bool | None
) -> None:
    assert Profile(values=(Values(one), Values(other))).same_status is same


def test_two_boxes_without_an_objective_are_told_apart_by_nothing_and_not_called_equivalent() -> (
    None
):
    small = Program((whole("x", 1), whole("y", 1)), (), {})
    large = Program((whole("x", 5), whole("y", 9)), (), {})
    assert check(small, large).is_equivalent is not True
    assert check(small, small).is_equivalent


def test_columns_that_only_lost_their_rows_are_no_idle_ones() -> None:
    """What a row asks of variables without cost is a part of the model, if a part by itself."""
    both = Row("both", {1: ONE, 2: ONE}, None, Fraction(4))
    with_row = Program((whole("x"), whole("y"), whole("z")), (both,), {0: ONE})
    without = Program((whole("x"),), (), {0: ONE})
    assert check(with_row, without).is_equivalent is not True
    unused = Program((whole("x"), whole("y")), (), {0: ONE})
    assert check(unused, without).conclusion is Conclusion.proved
