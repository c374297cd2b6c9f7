"""What a transformation that is meant to keep a program says of its points, point by point."""

import random
from fractions import Fraction

import pytest

from solvitur.equivalence.program import Program
from solvitur.equivalence.transform.bases import STRUCTURES, random_program
from solvitur.equivalence.transform.draft import Transformed
from solvitur.equivalence.transform.enumeration import Point, points
from solvitur.equivalence.transform.keeping import KEEPING, renamed, several
from tests.equivalence.transform.programs import relaxed, small

each_class = pytest.mark.parametrize("name", [*KEEPING, "several"])
TRANSFORMATIONS = {**KEEPING, "several": several}


def made_of(name: str, count: int = 12) -> list[tuple[Program, Transformed]]:
    """Apply it to small programs as often as it can be."""
    found = []
    for seed in range(200):
        program = relaxed(seed) if name in ("columns scaled", "column substituted") else small(seed)
        made = TRANSFORMATIONS[name](program, random.Random(seed))
        if made is not None:
            found.append((program, made))
        if len(found) == count:
            return found
    raise AssertionError(f"{name} is hardly ever applied: {len(found)} times")


def counted(program: Program) -> list[Point]:
    """All points; of a program with a continuous column those where it is whole."""
    whole = [
        type(column)(column.name, column.lower, column.upper, True) for column in program.columns
    ]
    found = points(Program(tuple(whole), program.rows, {}))
    assert found is not None
    return found


def is_increasing(pairs: set[tuple[Fraction, Fraction]]) -> bool:
    """Whether the second is a positive multiple of the first plus a constant."""
    (x0, y0), (x1, y1) = min(pairs), max(pairs)
    if x0 == x1:
        return len(pairs) == 1
    return y1 > y0 and all((y - y0) * (x1 - x0) == (y1 - y0) * (x - x0) for x, y in pairs)


@each_class
def test_each_point_has_one_there_with_an_objective_to_match(name: str) -> None:
    checked = 0
    for program, made in made_of(name):
        if made.there is None:
            continue
        found = counted(program)
        images = [made.there.apply(point) for point in found]
        other = made.program
        assert all(map(other.is_feasible, images))
        signed = {
            (program.sign * program.value(p), other.sign * other.value(q))
            for p, q in zip(found, images, strict=True)
        }
        assert is_increasing(signed)
        checked += len(found)
    assert checked or name == "digits"


@each_class
def test_each_point_leads_back(name: str) -> None:
    for program, made in made_of(name):
        assert made.back is not None
        for point in points(made.program) or ():
            image = made.back.apply(point)
            assert program.is_feasible(image)


@each_class
def test_there_and_back_is_where_it_began(name: str) -> None:
    for program, made in made_of(name):
        assert made.back is not None
        if made.there is not None:
            both = made.there.then(made.back)
            assert all(both.apply(point) == point for point in counted(program))


@pytest.mark.parametrize("name", ["digits", "split"])
def test_every_value_can_be_written_in_parts(name: str) -> None:
    for program, made in made_of(name):
        assert made.back is not None
        joined, ours = points(made.program), points(program)
        if joined is not None and ours is not None:
            assert {made.back.apply(point) for point in joined} == set(ours)


@pytest.mark.parametrize("name", [*KEEPING, "several"])
def test_numbers_stay_decimals_and_names_stay_apart(name: str) -> None:
    for seed in range(30):
        program = random_program(random.Random(seed))
        made = TRANSFORMATIONS[name](program, random.Random(seed))
        if made is None:
            continue
        columns, rows = made.program.columns, made.program.rows
        assert len({column.name for column in columns}) == len(columns)
        assert len({row.name for row in rows}) == len(rows)
        ends = [(each.lower, each.upper) for each in (*columns, *rows)]
        numbers = [end for pair in ends for end in pair if end is not None]
        numbers += [value for row in rows for value in row.coefficients.values()]
        assert all(10**12 % number.denominator == 0 for number in numbers)


def test_a_renamed_program_is_the_same_in_another_order() -> None:
    program = small(3)
    made = renamed(program, random.Random(1))
    assert made.there is not None
    assert made.back is not None
    assert sorted(map(len, (row.coefficients for row in made.program.rows))) == sorted(
        map(len, (row.coefficients for row in program.rows))
    )
    assert made.there.then(made.back).is_identity
    assert not {column.name for column in made.program.columns} & {
        column.name for column in program.columns
    }


@pytest.mark.parametrize("structure", sorted(STRUCTURES))
def test_every_structure_has_a_size_near_what_is_asked(structure: str) -> None:
    for size in (2, 17, 200):
        program = STRUCTURES[structure](random.Random(5), size).program()
        assert 1 <= program.size <= 200
        assert program.size >= size / 2
        assert program.rows
        assert program.objective
