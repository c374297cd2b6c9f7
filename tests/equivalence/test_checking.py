"""Verdicts against lists of all points, and what each kind of them says."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from solvitur.equivalence import Column, Conclusion, Image, Mapping, Program, Row, check
from solvitur.equivalence.transform import generate
from tests.equivalence.enumerated import (
    are_proportional,
    carries,
    changed,
    costs,
    points,
    programs,
)

QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def agrees_with_lists(a: Program, b: Program) -> Conclusion:
    """Check a verdict against all points of both, and give it."""
    verdict = check(a, b, seconds=10)
    event(verdict.conclusion.name)
    listed = points(a), points(b)
    if verdict.is_equivalent:
        over = verdict.correspondence
        assert over is not None
        there, back = carries(a, b, over.to_b), carries(b, a, over.to_a)
        assert there is not None, verdict
        assert back is not None, verdict
        assert all(back[became] == cost for cost, became in there.items())
        assert are_proportional(costs(a, listed[0]), costs(b, listed[1]))
        assert listed[0] or not verdict.rests_on_numbers
    example = verdict.counter_example
    if example is not None:
        one, other = (a, b) if example.from_a else (b, a)
        assert one.is_feasible(example.point)
        if example.image:
            assert other.violations(example.image) == example.violations != ()
    if verdict.conclusion is Conclusion.different:
        values = costs(a, listed[0]), costs(b, listed[1])
        assert listed[0] != listed[1] or not are_proportional(*values)
    return verdict.conclusion


@QUICK
@given(programs(size=2), programs(size=2))
def test_a_verdict_on_any_two_programs_is_true_of_their_points(a: Program, b: Program) -> None:
    agrees_with_lists(a, b)


@QUICK
@given(some.data())
def test_a_verdict_on_a_program_and_one_made_from_it_is_true_of_their_points(
    data: some.DataObject,
) -> None:
    a = data.draw(programs())
    agrees_with_lists(a, data.draw(changed(a)))


def test_a_map_of_everything_onto_a_line_makes_nothing_equivalent() -> None:
    def square(*rows: tuple[int, int, int], goal: tuple[int, int]) -> Program:
        made = (
            Row(f"r{n}", {0: Fraction(p), 1: Fraction(q)}, None, Fraction(side))
            for n, (p, q, side) in enumerate(rows)
        )
        columns = (Column("x"), Column("y"))
        costs = {n: Fraction(each) for n, each in enumerate(goal)}
        return Program(columns, tuple(made), costs, minimise=False)

    def onto(*slopes: tuple[Fraction, Fraction]) -> Mapping:
        return Mapping(2, tuple(Image({0: p, 1: q}) for p, q in slopes))

    quarter, half, one = Fraction(1, 4), Fraction(1, 2), Fraction(1)
    a = square((1, 1, 4), (1, 0, 3), (-1, 1, 2), goal=(1, 1))
    b = square((1, 3, 7), (1, 0, 1), (1, 2, 5), goal=(2, 1))
    # The objective of either goes up to 4, from a corner along a line inside.
    there, back = onto((quarter, quarter), (half, half)), onto((one, half), (one, half))

    assert not check(a, b, mappings=[(there, back)]).is_equivalent


def test_programs_without_a_solution_are_equivalent_only_where_they_are_the_same() -> None:
    columns = Column("x"), Column("y", Fraction(0), Fraction(3))
    few = Row("few", {0: Fraction(1), 1: Fraction(2)}, None, Fraction(4))
    many = Row("many", {0: Fraction(1), 1: Fraction(2)}, Fraction(5), None)
    goal = {1: Fraction(1)}
    contradiction = Program(columns, (few, many), goal)
    turned = Program(columns[::-1], tuple(_swapped(row) for row in (many, few)), {0: Fraction(1)})
    other = Program(columns, (few, replace(many, lower=Fraction(6))), goal)

    same = check(contradiction, turned)
    assert same.conclusion is Conclusion.proved
    assert same.profile.has_solution == (False, False)
    assert check(contradiction, other).conclusion is Conclusion.unknown


def _swapped(row: Row) -> Row:
    return replace(row, coefficients={1 - column: n for column, n in row.coefficients.items()})


def test_rows_that_contradict_each_other_are_no_wider_row() -> None:
    columns = tuple(Column(name, Fraction(0), Fraction(9)) for name in "xyz")
    terms = {0: Fraction(1), 1: Fraction(-1), 2: Fraction(1)}
    level = Row("level", terms, Fraction(0), Fraction(0))
    turned = {column: -value for column, value in terms.items()}
    goal = {0: Fraction(1)}
    plain = Program(columns, (level,), goal)

    for cut in (Row("cut", terms, None, Fraction(-1)), Row("cut", turned, Fraction(1), None)):
        assert check(plain, Program(columns, (level, cut), goal)).is_equivalent is False
    crossed = Row("crossed", terms, Fraction(1), Fraction(0))
    assert check(plain, Program(columns, (crossed,), goal)).is_equivalent is False
    (flow,) = generate(1, 7, first=59)  # whose cut contradicts an equation that is left out later
    assert flow.label.reason == "only the second is infeasible"
    assert check(flow.a, flow.b).is_equivalent is False
