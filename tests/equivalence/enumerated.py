"""Small integer programs of which every point is listed, and what follows from the lists."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as some

from solvitur.equivalence import Column, Program, Row
from solvitur.equivalence.program import Coefficients

Point = tuple[Fraction, ...]
COEFFICIENTS = some.integers(-3, 3)


@some.composite
def programs(draw: some.DrawFn, size: int | None = None) -> Program:
    """Draw a program of a few bounded whole numbers."""
    size = size or draw(some.integers(1, 3))
    columns = tuple(
        Column(f"x{n}", Fraction(low), Fraction(low + draw(some.integers(1, 3))), is_integer=True)
        for n in range(size)
        for low in [draw(some.integers(-1, 1))]
    )
    rows = []
    for number in range(draw(some.integers(0, 3))):
        entries = {c: Fraction(v) for c in range(size) if (v := draw(COEFFICIENTS))}
        limit = Fraction(draw(some.integers(-2, 6)))
        kind = draw(some.sampled_from(["<=", ">=", "=="]))
        rows.append(
            Row(
                f"r{number}",
                entries,
                None if kind == "<=" else limit,
                None if kind == ">=" else limit,
            )
        )
    objective = {c: Fraction(v) for c in range(size) if (v := draw(COEFFICIENTS))}
    return Program(
        columns, tuple(rows), objective, Fraction(draw(some.integers(-2, 2))), draw(some.booleans())
    )


def points(program: Program) -> list[Point]:
    """List every feasible point of a program of bounded whole numbers."""
    ranges = []
    for column in program.columns:
        assert column.is_integer
        assert column.lower is not None
        assert column.upper is not None
        ranges.append(range(-(-column.lower // 1), column.upper // 1 + 1))
    every = (tuple(map(Fraction, values)) for values in itertools.product(*ranges))
    return [point for point in every if program.is_feasible(point)]


def costs(program: Program, feasible: list[Point]) -> list[Fraction]:
    """List the values of the objective, as something to minimise."""
    return sorted({program.sign * program.value(point) for point in feasible})


def are_proportional(a: list[Fraction], b: list[Fraction]) -> bool:
    """Whether one list of values is the other times a positive factor, plus a constant."""
    if len(a) != len(b):
        return False
    if len(a) < 2:
        return True
    factor = (b[1] - b[0]) / (a[1] - a[0])
    return all(y - b[0] == factor * (x - a[0]) for x, y in zip(a, b, strict=True))


def carries(
    source: Program, target: Program, over: Callable[[Point], Point]
) -> dict[Fraction, Fraction] | None:
    """Carry every point over; give what each cost becomes, or ``None`` where a point is lost."""
    found: dict[Fraction, Fraction] = {}
    for point in points(source):
        image = over(point)
        if not target.is_feasible(image):
            return None
        cost = source.sign * source.value(point)
        became = target.sign * target.value(image)
        if found.setdefault(cost, became) != became:
            return None
    return found


@some.composite
def changed(draw: some.DrawFn, program: Program) -> Program:
    """Draw a program that is like another: rewritten by exact steps, or changed a little."""
    for _ in range(draw(some.integers(1, 3))):
        program = draw(some.sampled_from(_CHANGES))(draw, program)
    return program


def _permuted(draw: some.DrawFn, program: Program) -> Program:
    order = draw(some.permutations(range(program.size)))
    place = {old: new for new, old in enumerate(order)}
    return Program(
        tuple(replace(program.columns[old], name=f"v{new}") for new, old in enumerate(order)),
        tuple(
            replace(row, coefficients={place[c]: v for c, v in row.coefficients.items()})
            for row in draw(some.permutations(program.rows))
        ),
        {place[c]: v for c, v in program.objective.items()},
        program.constant,
        program.minimise,
    )


def _complemented(draw: some.DrawFn, program: Program) -> Program:
    """Put ``by - x`` in the place of a column."""
    at, by = draw(some.integers(0, program.size - 1)), Fraction(draw(some.integers(-2, 2)))
    column = program.columns[at]
    low, high = column.upper, column.lower
    assert low is not None
    assert high is not None
    columns = list(program.columns)
    columns[at] = replace(column, lower=by - low, upper=by - high)

    def turned(entries: Coefficients) -> dict[int, Fraction]:
        return {c: -v if c == at else v for c, v in entries.items()}

    def moved(row: Row) -> Row:
        shift = row.coefficients.get(at, Fraction(0)) * by
        lower = None if row.lower is None else row.lower - shift
        upper = None if row.upper is None else row.upper - shift
        return Row(row.name, turned(row.coefficients), lower, upper)

    constant = program.constant + program.objective.get(at, Fraction(0)) * by
    rows = tuple(map(moved, program.rows))
    return Program(tuple(columns), rows, turned(program.objective), constant, program.minimise)


def _scaled(draw: some.DrawFn, program: Program) -> Program:
    """Multiply the objective, and turn its sense around where that makes it the same."""
    factor = Fraction(draw(some.sampled_from([-3, -1, 2])), 2)
    objective = {c: v * factor for c, v in program.objective.items()}
    minimise = program.minimise if factor > 0 else not program.minimise
    return replace(program, objective=objective, minimise=minimise)


def _with_sum_of_rows(draw: some.DrawFn, program: Program) -> Program:
    """Add a row that follows from two others."""
    upper = [row for row in program.rows if row.upper is not None]
    if len(upper) < 2:
        return program
    one, two = draw(some.permutations(upper))[:2]
    entries = {
        c: one.coefficients.get(c, Fraction(0)) + two.coefficients.get(c, Fraction(0))
        for c in {*one.coefficients, *two.coefficients}
    }
    assert one.upper is not None
    assert two.upper is not None
    kept = {c: v for c, v in entries.items() if v}
    return replace(program, rows=(*program.rows, Row("sum", kept, None, one.upper + two.upper)))


def _with_slack(draw: some.DrawFn, program: Program) -> Program:
    """Turn an inequality into an equation; the slack is whole, as all numbers are."""
    for number, row in enumerate(program.rows):
        if row.lower is None and row.upper is not None:
            rows = list(program.rows)
            entries = {**row.coefficients, program.size: Fraction(1)}
            rows[number] = Row(row.name, entries, row.upper, row.upper)
            slack = Column("slack", Fraction(0), Fraction(30), is_integer=True)
            return replace(program, columns=(*program.columns, slack), rows=tuple(rows))
    return program


def _split(draw: some.DrawFn, program: Program) -> Program:
    """Put two columns in the place of one: a sum, or digits."""
    at, base = draw(some.integers(0, program.size - 1)), draw(some.integers(1, 2))
    column = program.columns[at]
    assert column.lower is not None
    assert column.upper is not None
    high = max(base - 1, draw(some.integers(0, 2)))
    first = Column("low", column.lower, column.lower + high, is_integer=True)
    rest = max(Fraction(0), (column.upper - column.lower - high) / base)
    second = Column("high", Fraction(0), Fraction(-(-rest // 1)), is_integer=True)

    def shared(entries: Coefficients) -> dict[int, Fraction]:
        return {**entries, program.size: entries[at] * base} if at in entries else dict(entries)

    columns = [*program.columns, second]
    columns[at] = first
    rows = [replace(row, coefficients=shared(row.coefficients)) for row in program.rows]
    if draw(some.booleans()):
        both = {at: Fraction(1), program.size: Fraction(base)}
        rows.append(Row("both", both, None, column.upper))
    return replace(
        program, columns=tuple(columns), rows=tuple(rows), objective=shared(program.objective)
    )


def _without_row(draw: some.DrawFn, program: Program) -> Program:
    at = draw(some.integers(0, max(0, len(program.rows) - 1)))
    return replace(program, rows=program.rows[:at] + program.rows[at + 1 :])


def _with_other_side(draw: some.DrawFn, program: Program) -> Program:
    rows = list(program.rows)
    if rows:
        at = draw(some.integers(0, len(rows) - 1))
        upper = rows[at].upper
        if upper is not None and rows[at].lower is None:
            by = Fraction(draw(some.sampled_from([-1, 1])))
            rows[at] = replace(rows[at], upper=upper + by)
    return replace(program, rows=tuple(rows))


def _with_other_coefficient(draw: some.DrawFn, program: Program) -> Program:
    rows = list(program.rows)
    if rows:
        at = draw(some.integers(0, len(rows) - 1))
        column = draw(some.integers(0, program.size - 1))
        entries = {**rows[at].coefficients, column: Fraction(draw(some.integers(1, 3)))}
        rows[at] = replace(rows[at], coefficients=entries)
    return replace(program, rows=tuple(rows))


_REWRITINGS = (_permuted, _complemented, _scaled, _with_sum_of_rows, _with_slack, _split)
_CHANGES = (*_REWRITINGS, _without_row, _with_other_side, _with_other_coefficient)
