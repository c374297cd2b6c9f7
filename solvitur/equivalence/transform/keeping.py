"""Transformations that are meant to keep a program what it is; whether they do is for `labels`.

Each takes a program and a source of randomness, and gives None where there is nothing to transform.
Factors are such that every number stays a decimal of few digits, which a file can hold exactly.
"""

import random
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import TypeVar

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Coefficients, Column, Program, Row, at_most
from solvitur.equivalence.transform.draft import (
    ONE,
    ZERO,
    Draft,
    Transformed,
    rewritten,
    summed,
    times,
    unmoved,
    widened,
)

Transformation = Callable[[Program, random.Random], Transformed | None]

FACTORS = tuple(map(Fraction, ("2", "3", "4", "5", "10", "100", "0.5", "0.25", "0.2", "0.1")))
INVERTIBLE = tuple(map(Fraction, ("2", "4", "5", "10", "100", "0.5", "0.25", "0.2", "0.1")))
"""Factors by which a decimal can be divided as well."""
MOST_DIGITS = 4
"""Decimal digits of a variable that is written in digits."""

_Item = TypeVar("_Item")


def renamed(program: Program, rng: random.Random) -> Transformed:
    """Give columns and rows other names and another order."""
    columns = rng.sample(range(program.size), program.size)
    rows = rng.sample(program.rows, len(program.rows))
    place = {old: new for new, old in enumerate(columns)}
    letter, other = rng.sample(string.ascii_lowercase.replace("e", ""), 2)
    back = Mapping.renaming(program.size, [place[old] for old in range(program.size)])
    draft = rewritten(
        replace(program, rows=tuple(rows)),
        (replace(program.columns[old], name=f"{letter}{n}") for n, old in enumerate(columns, 1)),
        back,
    )
    draft.rows = [replace(row, name=f"{other}{n}") for n, row in enumerate(draft.rows, 1)]
    return Transformed(draft.program(), Mapping.renaming(program.size, columns), back)


def rows_scaled(program: Program, rng: random.Random) -> Transformed | None:
    """Multiply every row by a factor of its own; a negative one turns its sense around."""
    if not program.rows:
        return None
    draft = Draft.of(program)
    draft.rows = [times(row, rng.choice(FACTORS) * rng.choice((1, -1))) for row in draft.rows]
    return unmoved(draft.program())


def columns_scaled(program: Program, rng: random.Random) -> Transformed | None:
    """Measure continuous variables in other units."""
    chosen = _some(rng, [c for c, each in enumerate(program.columns) if not each.is_integer])
    units = {column: rng.choice(INVERTIBLE) for column in chosen}
    return _changed(program, {c: Image({c: unit}) for c, unit in units.items()}) if units else None


def objective_scaled(program: Program, rng: random.Random) -> Transformed:
    """Multiply the objective by a positive factor, and add a constant."""
    factor, added = rng.choice(FACTORS), Fraction(rng.randint(-20, 20))
    goal = {column: factor * value for column, value in program.objective.items()}
    constant = factor * program.constant + added
    return unmoved(replace(program, objective=goal, constant=constant))


def goal_turned(program: Program, rng: random.Random) -> Transformed:
    """Maximise in place of minimising what is negated, or the other way round."""
    goal = {column: -value for column, value in program.objective.items()}
    minimise = not program.minimise
    return unmoved(replace(program, objective=goal, constant=-program.constant, minimise=minimise))


def complemented(program: Program, rng: random.Random) -> Transformed | None:
    """Count what is left to the upper bound in place of what is used: ``x = upper - y``."""
    bounded = [c for c, each in enumerate(program.columns) if each.upper is not None]
    chosen = _some(rng, bounded)
    images = {c: Image({c: -ONE}, program.columns[c].upper or ZERO) for c in chosen}
    return _changed(program, images) if chosen else None


def shifted(program: Program, rng: random.Random) -> Transformed:
    """Count from another origin: ``x = y + k``."""
    images = {
        column: Image({column: ONE}, Fraction(rng.choice((-1, 1)) * rng.randint(1, 9)))
        for column in _some(rng, range(program.size))
    }
    return _changed(program, images)


def in_digits(program: Program, rng: random.Random) -> Transformed | None:
    """Write bounded integers in base-10 digits, as many as their bounds ask for."""
    digits = {
        column: len(str(width))
        for column, each in enumerate(program.columns)
        if (width := span(each)) is not None and 9 < width < 10**MOST_DIGITS
    }
    chosen = _some(rng, sorted(digits), most=3)
    return written_in_digits(program, {c: digits[c] for c in chosen}) if chosen else None


def split(program: Program, rng: random.Random) -> Transformed | None:
    """Write variables as the sum of two; free ones as the difference."""
    chosen = _some(rng, range(program.size), most=3)
    columns, images = list(program.columns), list(Mapping.identity(program.size).images)
    there = list(images)
    is_affine, bounds = True, []
    for column in chosen:
        old = columns[column]
        if old.lower is None and old.upper is not None:
            continue
        second = Column(f"{old.name}_more", ZERO, None, old.is_integer)
        sign = ONE
        if old.lower is None:
            sign, is_affine = -ONE, False
            columns[column] = replace(old, lower=ZERO)
        elif old.upper is not None:
            second = replace(second, upper=old.upper - old.lower)
            bounds.append(Row(f"{old.name}_all", {}, None, old.upper))
        images[column] = Image({column: ONE, len(columns): sign})
        if old.upper is not None:
            bounds[-1] = replace(bounds[-1], coefficients=images[column].coefficients)
        columns.append(second)
        there.append(Image({}))
    back = Mapping(len(columns), tuple(images))
    draft = rewritten(program, columns, back)
    for row in bounds:
        draft.add_row(row)
    if len(columns) == program.size:
        return None
    forth = Mapping(program.size, tuple(there)) if is_affine else None
    return Transformed(draft.program(), forth, back)


def with_valid_cut(program: Program, rng: random.Random) -> Transformed | None:
    """Add what follows from the rows: their sum, rounded where all in it is whole."""
    parts = chosen_sides(program, rng)
    if not parts:
        return None
    coefficients, side = combined(parts)
    rounded = _rounded(program, coefficients, side)
    coefficients, side = rounded if rounded else (coefficients, side + rng.choice((0, 0, 1, 5)))
    draft = Draft.of(program)
    draft.add_row(Row("cut", coefficients, None, side))
    return unmoved(draft.program()) if coefficients else None


def with_redundant_rows(program: Program, rng: random.Random) -> Transformed | None:
    """Say rows once more: as they are, in other units, or loosened."""
    draft = Draft.of(program)
    for row in _some(rng, program.rows, most=5):
        again, slack = times(row, rng.choice(FACTORS)), Fraction(rng.choice((0, 0, 1, 7)))
        lower = None if again.lower is None else again.lower - slack
        upper = None if again.upper is None else again.upper + slack
        draft.add_row(replace(again, lower=lower, upper=upper))
    return unmoved(draft.program()) if program.rows else None


def with_objective_variable(program: Program, rng: random.Random) -> Transformed:
    """Let a variable of its own stand for the objective."""
    draft = Draft.of(program)
    column = draft.add_column(Column("zed", None, None))
    draft.add_row(Row("goal", {**program.objective, column: -ONE}, ZERO, ZERO))
    draft.objective = {column: ONE}
    return widened(draft, [Image(program.objective)])


def with_slacks(program: Program, rng: random.Random) -> Transformed | None:
    """Turn inequalities into equalities, each with a variable for what is left."""
    draft, added = Draft.of(program), []
    inequalities = [n for n, row in enumerate(program.rows) if not row.is_equality]
    for number in _some(rng, inequalities):
        row = program.rows[number]
        sign = ONE if row.upper is not None else -ONE
        side = row.upper if row.upper is not None else row.lower
        width = None if row.lower is None or row.upper is None else row.upper - row.lower
        slack = draft.add_column(Column(f"slack_{number + 1}", ZERO, width))
        draft.rows[number] = replace(
            row, coefficients={**row.coefficients, slack: sign}, lower=side, upper=side
        )
        used = {column: -sign * value for column, value in row.coefficients.items()}
        added.append(Image(used, sign * (side or ZERO)))
    return widened(draft, added) if added else None


def with_partial_sums(program: Program, rng: random.Random) -> Transformed | None:
    """Give a part of a row a variable of its own."""
    long = [n for n, row in enumerate(program.rows) if len(row.coefficients) >= 3]
    draft, added = Draft.of(program), []
    for number in _some(rng, long, most=3):
        row = program.rows[number]
        terms = list(row.coefficients.items())
        kept = rng.randint(1, len(terms) - 2)
        part = dict(terms[kept:])
        column = draft.add_column(Column(f"part_{number + 1}", None, None))
        draft.rows[number] = replace(row, coefficients={**dict(terms[:kept]), column: ONE})
        draft.add_row(Row(f"sum_{number + 1}", {**part, column: -ONE}, ZERO, ZERO))
        added.append(Image(part))
    return widened(draft, added) if added else None


def with_idle_column(program: Program, rng: random.Random) -> Transformed:
    """Add a variable that nothing depends on."""
    draft = Draft.of(program)
    draft.add_column(Column("idle", ZERO, ONE, rng.random() < 0.5))
    return widened(draft, [Image({})])


def in_two_inequalities(program: Program, rng: random.Random) -> Transformed | None:
    """Write rows with two sides, equalities among them, as two inequalities each."""
    draft, has_two = Draft.of(program), False
    draft.rows = []
    for row in program.rows:
        if row.lower is None or row.upper is None:
            draft.add_row(row)
        else:
            has_two = True
            draft.add_row(replace(row, lower=None))
            draft.add_row(replace(row, upper=None))
    return unmoved(draft.program()) if has_two else None


def with_equalities_added(program: Program, rng: random.Random) -> Transformed | None:
    """Add multiples of an equality to other rows."""
    equalities = [n for n, row in enumerate(program.rows) if row.is_equality]
    if not equalities or len(program.rows) < 2:
        return None
    chosen = rng.choice(equalities)
    given, draft = program.rows[chosen], Draft.of(program)
    for number in _some(rng, [n for n in range(len(program.rows)) if n != chosen], most=3):
        factor = Fraction(rng.choice((-2, -1, 1, 2)))
        row, added = program.rows[number], factor * (given.upper or ZERO)
        draft.rows[number] = Row(
            row.name,
            summed([(row.coefficients, ONE), (given.coefficients, factor)]),
            None if row.lower is None else row.lower + added,
            None if row.upper is None else row.upper + added,
        )
    return unmoved(draft.program())


def with_bounds_as_rows(program: Program, rng: random.Random) -> Transformed | None:
    """Say bounds by rows; the columns are free then."""
    bounded = [
        c for c, each in enumerate(program.columns) if (each.lower, each.upper) != (None,) * 2
    ]
    draft = Draft.of(program)
    for column in _some(rng, bounded):
        old = program.columns[column]
        draft.columns[column] = replace(old, lower=None, upper=None)
        draft.add_row(Row(f"range_{old.name}", {column: ONE}, old.lower, old.upper))
    return unmoved(draft.program()) if bounded else None


def with_implied_bounds(program: Program, rng: random.Random) -> Transformed | None:
    """Bound variables by what the rows leave them, up to a hundredth."""
    draft, is_new = Draft.of(program), False
    for row in _some(rng, program.rows, most=5):
        for coefficients, side in at_most(row):
            column = rng.choice(sorted(coefficients)) if coefficients else -1
            found = implied_upper(program, coefficients, side, column) if coefficients else None
            upper = draft.columns[column].upper
            if found is not None and (upper is None or found < upper):
                draft.columns[column] = replace(draft.columns[column], upper=found)
                is_new = True
    return unmoved(draft.program()) if is_new else None


def without_column(program: Program, rng: random.Random) -> Transformed | None:
    """Substitute a continuous variable that an equality defines; its bounds become a row."""
    found = [
        (number, column)
        for number, row in enumerate(program.rows)
        if row.is_equality
        for column, value in row.coefficients.items()
        if abs(value) == 1 and not program.columns[column].is_integer and len(row.coefficients) > 1
    ]
    if not found:
        return None
    number, gone = rng.choice(found)
    row, old = program.rows[number], program.columns[gone]
    sign = row.coefficients[gone]
    place = {c: c - (c > gone) for c in range(program.size) if c != gone}
    rest = {place[c]: -sign * v for c, v in row.coefficients.items() if c != gone}
    whole = Image(rest, sign * (row.upper or ZERO))
    images = [whole if c == gone else Image({place[c]: ONE}) for c in range(program.size)]
    back = Mapping(program.size - 1, tuple(images))
    kept = [c for c in range(program.size) if c != gone]
    others = replace(program, rows=(*program.rows[:number], *program.rows[number + 1 :]))
    draft = rewritten(others, [program.columns[c] for c in kept], back)
    if (old.lower, old.upper) != (None, None):
        lower, upper = (None if b is None else b - whole.constant for b in (old.lower, old.upper))
        draft.add_row(Row(f"range_{old.name}", rest, lower, upper))
    return Transformed(draft.program(), Mapping.renaming(program.size, kept), back)


KEEPING: dict[str, Transformation] = {
    "renamed": renamed,
    "rows scaled": rows_scaled,
    "columns scaled": columns_scaled,
    "objective scaled": objective_scaled,
    "goal turned": goal_turned,
    "complemented": complemented,
    "shifted": shifted,
    "digits": in_digits,
    "split": split,
    "valid cut": with_valid_cut,
    "redundant rows": with_redundant_rows,
    "objective variable": with_objective_variable,
    "slacks": with_slacks,
    "partial sums": with_partial_sums,
    "idle column": with_idle_column,
    "two inequalities": in_two_inequalities,
    "equalities added": with_equalities_added,
    "bounds as rows": with_bounds_as_rows,
    "implied bounds": with_implied_bounds,
    "column substituted": without_column,
}
"""By the name of their class."""


def several(program: Program, rng: random.Random) -> Transformed:
    """Apply two to four of them, one after the other."""
    found = renamed(program, rng)
    for transformation in rng.sample(list(KEEPING.values()), rng.randint(1, 3)):
        later = transformation(found.program, rng)
        found = found if later is None else found.then(later)
    return found


def chosen_sides(program: Program, rng: random.Random) -> list[tuple[Coefficients, Fraction]]:
    """Draw one to three sides of rows, as ``coefficients @ x <= side``."""
    sides = [each for row in program.rows for each in at_most(row)]
    return rng.sample(sides, min(len(sides), rng.randint(1, 3)))


def combined(
    parts: Iterable[tuple[Coefficients, Fraction]],
) -> tuple[dict[int, Fraction], Fraction]:
    """Add up sides of rows."""
    given = list(parts)
    return summed((terms, ONE) for terms, _ in given), sum((side for _, side in given), ZERO)


def implied_upper(
    program: Program, coefficients: Coefficients, side: Fraction, column: int
) -> Fraction | None:
    """Find what ``coefficients @ x <= side`` leaves a column at most, if the others are bounded.

    Whole for a whole column, and up to a hundredth else.
    """
    factor, rest = coefficients[column], side
    for other, value in coefficients.items():
        bound = program.columns[other].lower if value > 0 else program.columns[other].upper
        if other != column:
            if bound is None:
                return None
            rest -= value * bound
    if factor <= 0:
        return None
    most = rest / factor
    if program.columns[column].is_integer:
        return Fraction(floor(most))
    return Fraction(-floor(-100 * most), 100)


def written_in_digits(program: Program, digits: dict[int, int]) -> Transformed:
    """Write columns in base-10 digits: what is over the lower bound, in so many of them.

    With fewer digits than the bounds ask for, large values are lost.
    """
    columns, images = list(program.columns), list(Mapping.identity(program.size).images)
    bounds = []
    for column, count in digits.items():
        old = program.columns[column]
        first = len(columns)
        # The lowest digit takes the place of the column; the others go behind all.
        places = [column, *range(first, first + count - 1)]
        columns[column] = Column(f"{old.name}_d0", ZERO, Fraction(9), is_integer=True)
        columns += [
            Column(f"{old.name}_d{power}", ZERO, Fraction(9), is_integer=True)
            for power in range(1, count)
        ]
        terms = {place: Fraction(10**power) for power, place in enumerate(places)}
        images[column] = Image(terms, old.lower or ZERO)
        width = span(old)
        if width is not None and width < 10**count - 1:
            bounds.append(Row(f"range_{old.name}", terms, None, width))
    back = Mapping(len(columns), tuple(images))
    draft = rewritten(program, columns, back)
    for row in bounds:
        draft.add_row(row)
    return Transformed(draft.program(), None, back)


def span(column: Column) -> Fraction | None:
    """How many steps a whole column has between its bounds."""
    if not column.is_integer or column.lower is None or column.upper is None:
        return None
    is_whole = column.lower.denominator == column.upper.denominator == 1
    return column.upper - column.lower if is_whole else None


def _rounded(
    program: Program, coefficients: Coefficients, side: Fraction
) -> tuple[dict[int, Fraction], Fraction] | None:
    """Halve what is said of whole variables and round it down, as Chvatal and Gomory do."""
    columns = [program.columns[column] for column in coefficients]
    if not all(each.is_integer and each.lower is not None for each in columns):
        return None
    halves = {column: value / 2 for column, value in coefficients.items()}
    least = {column: program.columns[column].lower or ZERO for column in coefficients}
    left = side / 2 - sum((value * least[column] for column, value in halves.items()), ZERO)
    down = {column: Fraction(floor(value)) for column, value in halves.items() if floor(value)}
    moved = sum((value * least[column] for column, value in down.items()), ZERO)
    return down, floor(left) + moved


def _changed(program: Program, images: dict[int, Image]) -> Transformed:
    """Change some columns to ``x = factor * y + constant``, each in its place."""
    columns, there, back = [], [], []
    for column, old in enumerate(program.columns):
        image = images.get(column, Image({column: ONE}))
        factor, constant = image.coefficients[column], image.constant
        lower, upper = (
            None if b is None else (b - constant) / factor for b in (old.lower, old.upper)
        )
        if factor < 0:
            lower, upper = upper, lower
        columns.append(replace(old, lower=lower, upper=upper))
        there.append(Image({column: 1 / factor}, -constant / factor))
        back.append(image)
    backwards = Mapping(program.size, tuple(back))
    draft = rewritten(program, columns, backwards)
    return Transformed(draft.program(), Mapping(program.size, tuple(there)), backwards)


def _some(rng: random.Random, items: Sequence[_Item], most: int = 10**9) -> list[_Item]:
    """Draw at least one of the items, where there is any."""
    if not items:
        return []
    count = rng.randint(1, min(most, len(items)))
    return [items[place] for place in sorted(rng.sample(range(len(items)), count))]
