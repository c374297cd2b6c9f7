"""Bounds that are proved in fractions, against lists of all points."""

import time
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from solvitur.equivalence import Column, Program, Row
from solvitur.equivalence.products import with_products
from solvitur.equivalence.program import dot
from solvitur.equivalence.relaxation import Claim, Ground, Relaxation, tightened
from tests.equivalence.enumerated import points, programs

ONE = Fraction(1)
SLOW = [HealthCheck.too_slow]


def relaxation(program: Program, seconds: float = 20) -> Relaxation:
    return Relaxation(program, time.perf_counter() + seconds)


def binary(name: str) -> Column:
    return Column(name, Fraction(0), ONE, is_integer=True)


def claims(size: int) -> some.SearchStrategy[Claim]:
    entries = some.dictionaries(
        some.integers(0, size - 1), some.integers(-3, 3).filter(bool).map(Fraction), max_size=size
    )
    return some.builds(Claim, entries, some.fractions(-6, 9, max_denominator=2))


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(some.data())
def test_what_is_proved_holds_at_every_point_and_what_is_refuted_fails_at_the_witness(
    data: some.DataObject,
) -> None:
    program = data.draw(programs())
    drawn = data.draw(some.lists(claims(program.size), min_size=1, max_size=4))
    listed = points(program)
    for claim, tried in zip(drawn, relaxation(program).prove(drawn, 30), strict=True):
        if tried.certificate is not None:
            assert tried.certificate.is_exact
            assert all(dot(claim.coefficients, point) <= claim.limit for point in listed)
        if tried.witness is not None:
            assert tried.witness in listed
            assert dot(claim.coefficients, tried.witness) > claim.limit


@settings(max_examples=100, deadline=None)
@given(programs())
def test_bounds_that_follow_from_rows_hold_at_every_point(program: Program) -> None:
    lower, upper = tightened(program)
    for point in points(program):
        for value, low, high in zip(point, lower, upper, strict=True):
            assert low is None or low <= value
            assert high is None or value <= high


def test_a_sum_of_rows_is_found_and_named() -> None:
    rows = (
        Row("a", {0: Fraction(2), 1: ONE}, None, Fraction(4)),
        Row("b", {0: ONE, 1: Fraction(2)}, None, Fraction(5)),
        Row("c", {0: ONE, 1: Fraction(-1)}, None, Fraction(7)),
    )
    free = Column("x", None, None), Column("y", None, None)
    (tried,) = relaxation(Program(free, rows, {})).prove([Claim({0: ONE, 1: ONE}, Fraction(3))])
    assert tried.certificate is not None
    assert tried.certificate.ground is Ground.linear
    assert tried.certificate.rows == ("a", "b")


def test_multipliers_of_thirds_are_found_exactly() -> None:
    row = Row("thirds", {0: Fraction(3), 1: Fraction(7)}, None, Fraction(1))
    free = Column("x", None, None), Column("y", None, None)
    claim = Claim({0: ONE, 1: Fraction(7, 3)}, Fraction(1, 3))
    (tried,) = relaxation(Program(free, (row,), {})).prove([claim])
    assert tried.certificate is not None
    assert tried.certificate.is_exact


def test_whole_numbers_round_a_sum_of_rows() -> None:
    row = Row("pair", {0: Fraction(2), 1: Fraction(2)}, None, Fraction(3))
    program = Program((binary("x"), binary("y")), (row,), {})
    (tried,) = relaxation(program).prove([Claim({0: ONE, 1: ONE}, ONE)])
    assert tried.certificate is not None
    assert tried.certificate.ground is Ground.rounding


def test_what_no_sum_of_rows_proves_is_proved_by_cases() -> None:
    columns = (*(binary(f"x{n}") for n in range(3)), Column("y", Fraction(0), None))
    rows = tuple(Row(f"r{n}", {n: ONE, (n + 1) % 3: ONE, 3: -ONE}, None, ONE) for n in range(3))
    claim = Claim({0: ONE, 1: ONE, 2: ONE, 3: Fraction(-2)}, ONE)
    (tried,) = relaxation(Program(columns, rows, {})).prove([claim])
    assert tried.certificate is None
    (tried,) = relaxation(Program(columns, rows, {})).prove([claim], 30)
    assert tried.certificate is not None
    assert tried.certificate.ground is Ground.branching
    assert tried.certificate.cases > 1


def test_where_rows_contradict_each_other_everything_is_proved() -> None:
    rows = (
        Row("a", {0: ONE, 1: ONE}, Fraction(3), None),
        Row("b", {0: ONE, 1: ONE}, None, Fraction(2)),
    )
    free = Column("x", None, None), Column("y", None, None)
    (tried,) = relaxation(Program(free, rows, {})).prove([Claim({0: ONE}, -ONE)])
    assert tried.certificate is not None


def test_without_time_nothing_is_proved_but_what_bounds_say() -> None:
    row = Row("r", {0: ONE, 1: ONE}, None, Fraction(4))
    program = Program((Column("x"), Column("y")), (row,), {})
    tried = relaxation(program, -1).prove(
        [Claim({0: -ONE}, Fraction(0)), Claim({0: ONE, 1: ONE}, Fraction(4))]
    )
    assert [each.certificate is None for each in tried] == [False, True]


@settings(max_examples=120, deadline=None)
@given(programs())
def test_every_point_goes_on_with_its_products(program: Program) -> None:
    more = with_products(program)
    if more is None:
        return
    names = {column.name: place for place, column in enumerate(program.columns)}
    factors = [
        tuple(names[part] for part in column.name.split(" * "))
        for column in more.columns[program.size :]
    ]
    for point in points(program):
        assert more.is_feasible((*point, *(point[a] * point[b] for a, b in factors)))


def test_products_prove_what_a_big_m_hides() -> None:
    """The position of who comes first in a round trip, in Miller, Tucker and Zemlin's rows."""
    count = 4
    arcs = [(i, j) for i in range(count) for j in range(count) if i != j]
    place = {arc: n for n, arc in enumerate(arcs)}
    u = {i: len(arcs) + i - 1 for i in range(1, count)}
    columns = (
        *(binary(f"x{i}{j}") for i, j in arcs),
        *(Column(f"u{i}", Fraction(2), Fraction(count)) for i in u),
    )
    rows = [
        Row(f"{kind}{i}", {place[a]: ONE for a in arcs if a[end] == i}, ONE, ONE)
        for kind, end in (("out", 0), ("into", 1))
        for i in range(count)
    ]
    rows += [
        Row(f"m{i}{j}", {u[i]: ONE, u[j]: -ONE, place[i, j]: Fraction(count)}, None,
            Fraction(count - 1))
        for i, j in arcs if i and j
    ]  # fmt: skip
    program = Program(columns, tuple(rows), {})
    claim = Claim({u[1]: ONE, place[0, 1]: Fraction(count - 2)}, Fraction(count))
    (tried,) = relaxation(program).prove([claim])
    assert tried.certificate is None
    more = with_products(program)
    assert more is not None
    (tried,) = relaxation(more).prove([claim])
    assert tried.certificate is not None
    assert tried.certificate.ground is Ground.linear
