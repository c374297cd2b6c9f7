"""Maps that are found by colours."""

import random
import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from solvitur.equivalence import Column, Conclusion, Image, Mapping, Program, Row, Way, check
from solvitur.equivalence.isomorphism import inverse, isomorphism, likeness
from solvitur.equivalence.refinement import View, graph_of
from solvitur.formulation import Formulation

ONE = Fraction(1)
SAME, UNITS = View(), View(scales=True)


def soon() -> float:
    return time.perf_counter() + 20


def sparse(size: int, seed: int, *, whole: float = 0.5) -> Program:
    """Draw a program with rows of a few columns each."""
    rng = random.Random(seed)
    columns = tuple(
        Column(
            f"x{n}",
            Fraction(rng.choice((0, 0, -2))),
            Fraction(rng.choice((1, 5, 9))) if rng.random() < 0.7 else None,
            rng.random() < whole,
        )
        for n in range(size)
    )
    rows: list[Row] = []
    for number in range(size):
        entries = {rng.randrange(size): Fraction(rng.choice((-3, -1, 1, 1, 2))) for _ in range(4)}
        side, kind = Fraction(rng.randint(1, 30)), rng.random()
        rows.append(
            Row(f"r{number}", entries, side if kind < 0.3 else None, side if kind > 0.15 else None)
        )
    objective = {n: Fraction(rng.randint(-9, 9) or 1) for n in range(size) if rng.random() < 0.8}
    return Program(columns, tuple(rows), objective)


def disguised(program: Program, seed: int, *, units: bool = False) -> Program:
    """Permute and rename all, turn and scale rows, turn columns around and give them units."""
    rng = random.Random(seed)
    order = rng.sample(range(program.size), program.size)
    images: list[Image] = []
    columns: list[Column] = [Column("")] * program.size
    for old, new in enumerate(order):
        column = program.columns[old]
        factor = Fraction(rng.choice((1, 1, -1)))
        if units and not column.is_integer:
            factor *= Fraction(rng.choice((3, 10)), rng.choice((1, 7)))
        shift = Fraction(rng.randint(-3, 3))
        ends = [None if e is None else factor * e + shift for e in (column.lower, column.upper)]
        low, high = ends if factor > 0 else reversed(ends)
        columns[new] = Column(f"v{new}", low, high, column.is_integer)
        images.append(Image({new: 1 / factor}, -shift / factor))
    back = Mapping(program.size, tuple(images))
    rows: list[Row] = []
    for row in rng.sample(program.rows, len(program.rows)):
        pulled, scale = back.pull(row.coefficients), Fraction(rng.choice((1, -1, 4)), 3)
        sides = [
            None if side is None else (side - pulled.constant) * scale
            for side in (row.lower, row.upper)
        ]
        low, high = sides if scale > 0 else reversed(sides)
        entries = {column: value * scale for column, value in pulled.coefficients.items()}
        rows.append(Row(f"q{len(rows)}", entries, low, high))
    goal = back.pull(program.objective)
    return Program(
        tuple(columns), tuple(rows), {c: 4 * v for c, v in goal.coefficients.items()}, ONE
    )


@pytest.mark.parametrize("size", [2, 5, 20, 60])
@pytest.mark.parametrize("units", [False, True])
def test_a_disguised_program_is_recognised(size: int, units: bool) -> None:
    for seed in range(4):
        program = sparse(size, seed)
        verdict = check(program, disguised(program, seed + 1, units=units), seconds=20)
        assert verdict.conclusion is Conclusion.proved, (seed, verdict)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.integers(2, 12), some.integers(0, 10**6))
def test_colours_do_not_depend_on_order_names_or_sides(size: int, seed: int) -> None:
    program = sparse(size, seed)
    other = disguised(program, seed + 1)
    assert graph_of(program, SAME).refined().looks_like(graph_of(other, SAME).refined())


def test_one_coefficient_more_is_seen() -> None:
    program = sparse(20, 3)
    row = program.rows[4]
    first = min(row.coefficients)
    changed = replace(row, coefficients={**row.coefficients, first: Fraction(5)})
    other = replace(program, rows=(*program.rows[:4], changed, *program.rows[5:]))
    assert isomorphism(program, disguised(other, 1), SAME, soon()) is None
    found = likeness(program, other, SAME)
    assert found is not None
    copies = sum(image.is_copy and n in image.coefficients for n, image in enumerate(found.images))
    assert copies >= 18


def test_columns_that_colours_do_not_part_are_tried_one_by_one() -> None:
    """Two triangles and a hexagon: every column is in two rows, and colours see no difference."""

    def ring(*cycles: tuple[int, ...]) -> Program:
        rows = [
            Row("", {a: ONE, b: ONE}, None, ONE)
            for cycle in cycles
            for a, b in zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        ]
        binary = Column("x", Fraction(0), ONE, is_integer=True)
        return Program((binary,) * 6, tuple(rows), dict.fromkeys(range(6), -ONE))

    hexagon, triangles = ring(tuple(range(6))), ring((0, 1, 2), (3, 4, 5))
    assert graph_of(hexagon, SAME).refined().looks_like(graph_of(triangles, SAME).refined())
    assert isomorphism(hexagon, triangles, SAME, soon()) is None
    assert isomorphism(hexagon, ring((0, 2, 4, 1, 3, 5)), SAME, soon()) is not None
    assert check(hexagon, triangles).is_equivalent is False


def test_units_are_found_along_the_coefficients() -> None:
    row = Row("r", {0: ONE, 1: Fraction(2)}, None, Fraction(6))
    goal = {0: Fraction(-1), 1: Fraction(-3)}
    metres = Program((Column("x"), Column("y")), (row,), goal)
    inches = Program(
        (Column("y"), Column("x")),
        (Row("r", {0: Fraction(1, 50), 1: Fraction(1, 10)}, None, Fraction(6)),),
        {0: Fraction(-3, 100), 1: Fraction(-1, 10)},
    )
    verdict = check(metres, inches)
    assert verdict.conclusion is Conclusion.proved
    assert verdict.correspondence is not None
    assert verdict.correspondence.way is Way.units
    assert verdict.correspondence.in_words() == "y = 100 y\nx = 10 x"


def test_only_a_map_of_single_columns_is_turned_around() -> None:
    assert inverse(Mapping(2, (Image({0: ONE, 1: ONE}), Image({1: ONE})))) is None
    assert inverse(Mapping(2, (Image({0: ONE}), Image({0: ONE})))) is None
    swapped = Mapping.renaming(2, [1, 0])
    assert inverse(swapped) == swapped


def alike(*words: str, names: str = "xy") -> Program:
    """Make a program whose columns nothing but their words tells apart."""
    columns = tuple(Column(n, words=said) for n, said in zip(names, words, strict=True))
    every = dict.fromkeys(range(2), ONE)
    room = Row("room", every, None, Fraction(9))
    level = Row("level", {0: ONE, 1: -ONE}, Fraction(-3), Fraction(3))
    return Program(columns, (room, level), every, minimise=False)


def test_columns_that_look_alike_are_matched_by_what_they_stand_for() -> None:
    one, two = alike("chairs made item", "tables made item"), alike("tables", "chairs", names="ab")
    over = check(one, two).correspondence
    assert over is not None
    assert over.in_words() == "a = y\nb = x"


def test_words_match_columns_too_where_the_structures_differ() -> None:
    one, two = alike("chairs made", "tables made"), alike("tables", "chairs", names="ab")
    few = Row("few", {0: ONE}, None, Fraction(2))
    wider = replace(two, rows=(*two.rows, few, replace(few, name="none", coefficients={1: ONE})))
    found = likeness(one, wider, View(bounds=False))
    assert found is not None
    assert [list(image.coefficients) for image in found.images] == [[1], [0]]


def test_a_formulation_gives_its_columns_the_words_of_its_variables() -> None:
    program = Program.of(
        Formulation.model_validate(
            {
                "sets": [{"name": "P", "elements": ["oak", "ash"]}],
                "variables": [{"name": "x", "index": ["P"], "doc": "chairs", "unit": "item"}],
                "objective": {"sense": "minimize", "expression": "sum(abs(x[p] - 1) for p in P)"},
            }
        )
    )
    assert [column.words for column in program.columns[:2]] == ["chairs item"] * 2
    assert {column.words for column in program.columns[2:]} == {""}
