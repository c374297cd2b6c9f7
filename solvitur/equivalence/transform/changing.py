"""Transformations that are meant to make another program; whether they do is for `labels`.

They go wrong as people and models do: a constraint is lost, a number or a sense is another, a
variable need not be whole any more. The map that goes with each is the one that takes the two
programs for one: each variable is what it was.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Program, Row, nonzero
from solvitur.equivalence.transform.draft import (
    ONE,
    ZERO,
    Draft,
    Transformed,
    rewritten,
    unmoved,
)
from solvitur.equivalence.transform.keeping import (
    MOST_DIGITS,
    Transformation,
    chosen_sides,
    combined,
    span,
    written_in_digits,
)

CHANGES = tuple(map(Fraction, ("0.5", "0.8", "0.9", "1.1", "1.25", "1.5", "2")))


def with_invalid_cut(program: Program, rng: random.Random) -> Transformed | None:
    """Add a sum of rows whose side is a little too small."""
    coefficients, side = combined(chosen_sides(program, rng))
    less = max(ONE, abs(side) * rng.choice((Fraction("0.05"), Fraction("0.1"), Fraction("0.2"))))
    draft = Draft.of(program)
    draft.add_row(Row("cut", coefficients, None, side - less))
    return unmoved(draft.program()) if coefficients else None


def without_row(program: Program, rng: random.Random) -> Transformed | None:
    """Leave out a row."""
    if not program.rows:
        return None
    gone = rng.randrange(len(program.rows))
    return unmoved(replace(program, rows=program.rows[:gone] + program.rows[gone + 1 :]))


def with_rows_summed(program: Program, rng: random.Random) -> Transformed | None:
    """Say only the sum of two rows."""
    same = [n for n, row in enumerate(program.rows) if row.lower is None and row.upper is not None]
    if len(same) < 2:
        return None
    first, second = sorted(rng.sample(same, 2))
    parts = [(program.rows[n].coefficients, program.rows[n].upper or ZERO) for n in (first, second)]
    coefficients, side = combined(parts)
    draft = Draft.of(program)
    draft.rows[first] = replace(draft.rows[first], coefficients=coefficients, upper=side)
    del draft.rows[second]
    return unmoved(draft.program())


def with_coefficient_changed(program: Program, rng: random.Random) -> Transformed | None:
    """Change a coefficient by 10 % or more."""
    return _with_coefficients(program, rng, 1)


def with_coefficients_swapped(program: Program, rng: random.Random) -> Transformed | None:
    """Swap two coefficients of a row, as a wrong index does."""
    return _with_coefficients(program, rng, 2)


def with_side_changed(program: Program, rng: random.Random) -> Transformed | None:
    """Change the side of a row by 10 % or more; of an equality both of its sides."""
    if not program.rows:
        return None
    number = rng.randrange(len(program.rows))
    row, factor = program.rows[number], rng.choice(CHANGES)
    lower, upper = (None if s is None else s * factor or ONE for s in (row.lower, row.upper))
    return _with_row(program, number, replace(row, lower=lower, upper=upper))


def with_sense_flipped(program: Program, rng: random.Random) -> Transformed | None:
    """Take at most for at least, or the other way round."""
    found = [n for n, row in enumerate(program.rows) if row.lower is None or row.upper is None]
    if not found:
        return None
    number = rng.choice(found)
    row = program.rows[number]
    return _with_row(program, number, replace(row, lower=row.upper, upper=row.lower))


def with_equality_loosened(program: Program, rng: random.Random) -> Transformed | None:
    """Take an equality for an inequality."""
    found = [n for n, row in enumerate(program.rows) if row.is_equality]
    if not found:
        return None
    number = rng.choice(found)
    row = program.rows[number]
    loose = replace(row, lower=None) if rng.random() < 0.5 else replace(row, upper=None)
    return _with_row(program, number, loose)


def without_integrality(program: Program, rng: random.Random) -> Transformed | None:
    """Let whole variables be continuous."""
    return _with_whole(program, rng, is_integer=False)


def with_integrality(program: Program, rng: random.Random) -> Transformed | None:
    """Let continuous variables be whole."""
    return _with_whole(program, rng, is_integer=True)


def with_wrong_bound(program: Program, rng: random.Random) -> Transformed | None:
    """Bound a variable by another number, or no more."""
    column = rng.randrange(program.size)
    old, draft = program.columns[column], Draft.of(program)
    lower, upper = old.lower, old.upper
    if upper is None:
        upper = (lower or ZERO) + rng.randint(1, 10)
    else:
        upper = rng.choice((None, upper + 1, upper - 1))
    if upper is not None and lower is not None and upper < lower:
        lower = None
    draft.columns[column] = replace(old, lower=lower, upper=upper)
    return unmoved(draft.program())


def with_constant_objective(program: Program, rng: random.Random) -> Transformed:
    """Optimise nothing."""
    return unmoved(replace(program, objective={}, constant=Fraction(rng.randint(0, 100))))


def with_objective_flipped(program: Program, rng: random.Random) -> Transformed:
    """Minimise what is to be maximised, or the other way round."""
    return unmoved(replace(program, minimise=not program.minimise))


def with_cost_changed(program: Program, rng: random.Random) -> Transformed:
    """Change a coefficient of the objective."""
    goal = dict(program.objective)
    column = rng.randrange(program.size)
    goal[column] = goal.get(column, ZERO) * rng.choice(CHANGES) + rng.choice((0, 1, 2))
    return unmoved(replace(program, objective=nonzero(goal)))


def in_too_few_digits(program: Program, rng: random.Random) -> Transformed | None:
    """Write an integer in one base-10 digit less than its bounds ask for."""
    found = {
        column: len(str(width)) - 1
        for column, each in enumerate(program.columns)
        if (width := span(each)) is not None and 9 < width < 10**MOST_DIGITS
    }
    if not found:
        return None
    column = rng.choice(sorted(found))
    return written_in_digits(program, {column: found[column]})


def in_steps_of_two(program: Program, rng: random.Random) -> Transformed | None:
    """Measure an integer in pairs, which leaves only its even values."""
    found = [
        column
        for column, each in enumerate(program.columns)
        if (width := span(each)) is None or width > 1
        if each.is_integer
    ]
    if not found:
        return None
    column = rng.choice(found)
    old, images = program.columns[column], list(Mapping.identity(program.size).images)
    images[column] = Image({column: Fraction(2)})
    back = Mapping(program.size, tuple(images))
    columns = list(program.columns)
    lower = None if old.lower is None else Fraction(ceil(old.lower / 2))
    upper = None if old.upper is None else Fraction(floor(old.upper / 2))
    columns[column] = replace(old, lower=lower, upper=upper)
    images[column] = Image({column: Fraction(1, 2)})
    draft = rewritten(program, columns, back)
    return Transformed(draft.program(), Mapping(program.size, tuple(images)), back)


CHANGING: dict[str, Transformation] = {
    "invalid cut": with_invalid_cut,
    "row dropped": without_row,
    "rows summed": with_rows_summed,
    "coefficient changed": with_coefficient_changed,
    "coefficients swapped": with_coefficients_swapped,
    "side changed": with_side_changed,
    "sense flipped": with_sense_flipped,
    "equality loosened": with_equality_loosened,
    "integrality dropped": without_integrality,
    "integrality added": with_integrality,
    "wrong bound": with_wrong_bound,
    "constant objective": with_constant_objective,
    "objective flipped": with_objective_flipped,
    "cost changed": with_cost_changed,
    "too few digits": in_too_few_digits,
    "steps of two": in_steps_of_two,
}
"""By the name of their class."""


def _with_row(program: Program, number: int, row: Row) -> Transformed:
    draft = Draft.of(program)
    draft.rows[number] = row
    return unmoved(draft.program())


def _with_coefficients(program: Program, rng: random.Random, count: int) -> Transformed | None:
    """Change one coefficient of a row, or swap two that are different."""
    found = [
        n for n, row in enumerate(program.rows) if len(set(row.coefficients.values())) >= count
    ]
    if not found:
        return None
    number = rng.choice(found)
    row = program.rows[number]
    coefficients = dict(row.coefficients)
    column = rng.choice(sorted(coefficients))
    if count == 1:
        coefficients[column] *= rng.choice(CHANGES)
    else:
        others = [c for c, value in coefficients.items() if value != coefficients[column]]
        other = rng.choice(sorted(others))
        swapped = {column: coefficients[other], other: coefficients[column]}
        coefficients |= swapped
    return _with_row(program, number, replace(row, coefficients=coefficients))


def _with_whole(program: Program, rng: random.Random, *, is_integer: bool) -> Transformed | None:
    found = [c for c, each in enumerate(program.columns) if each.is_integer is not is_integer]
    if not found:
        return None
    chosen = set(_share(found, rng))
    draft = Draft.of(program)
    draft.columns = [
        replace(each, is_integer=is_integer) if column in chosen else each
        for column, each in enumerate(program.columns)
    ]
    return unmoved(draft.program())


def _share(found: Sequence[int], rng: random.Random) -> Sequence[int]:
    """Take all of them, or one."""
    return found if rng.random() < 0.5 else [rng.choice(found)]
