"""Points of a program in fractions: found by the solver, and believed only when checked."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from solvitur.equivalence.program import Column, Program, Row, nonzero
from solvitur.solvers.solution import Holding, Options

_DENOMINATORS = (1, 1000, 10**6, 10**9)
"""What a value of a vertex is taken to be a fraction of, the simplest first."""
_COARSE = (1, 1000)
_ROUNDING = 1e-9
"""Of a value, at least of 1: how far a solver's number may be from what it stands for."""
_ACTIVE = 1e-6
"""How near to a side, relative to its size, a value is taken to be on it."""
_LEAST_COEFFICIENT = Fraction(1, 10**12)
_INFINITE = 10**20
"""What HiGHS takes for zero, and for no side at all."""
_LARGEST_SYSTEM = 400
"""Columns for which the equations of a vertex are solved in fractions."""


@dataclass(frozen=True)
class Searched:
    """What the solver says of a program, and the point it found, in fractions."""

    holding: Holding
    """What is proved to the solver's tolerance; `Holding.feasible` only with an exact point."""
    point: tuple[Fraction, ...] | None = None
    """Exactly feasible."""

    @property
    def is_infeasible(self) -> bool:
        """Whether the solver holds that there is no point."""
        return self.holding is Holding.infeasible


def search(program: Program, seconds: float) -> Searched:
    """Minimise, for so many seconds at most.

    Where the solver's point is not feasible in exact arithmetic, and no exact one is near, nothing
    is held.
    """
    from solvitur.solvers.highs.solver import Effort, minimize

    options = Options(time_limit=max(seconds, 0.01), gap=0.0, threads=1)
    if not program.size:
        holding = Holding.optimal if program.is_feasible(()) else Holding.infeasible
        return Searched(holding, () if holding is Holding.optimal else None)
    found = minimize(program.to_arrays(), Effort(options, time.perf_counter()))
    if found.holding in (Holding.infeasible, Holding.unbounded):
        return Searched(Holding.nothing if _is_beyond_floats(program) else found.holding)
    if found.point is None:
        return Searched(Holding.nothing)
    point = exact_point(program, found.point.tolist())
    return Searched(Holding.nothing if point is None else found.holding, point)


def _is_beyond_floats(program: Program) -> bool:
    """Whether the solver takes a coefficient for zero, or a side for none."""
    sides = [side for column in program.columns for side in (column.lower, column.upper)]
    sides += [side for row in program.rows for side in (row.lower, row.upper)]
    factors = (value for row in program.rows for value in row.coefficients.values())
    return any(side is not None and abs(side) >= _INFINITE for side in sides) or any(
        0 < abs(value) <= _LEAST_COEFFICIENT for value in factors
    )


def feasible_point(program: Program, seconds: float) -> Searched:
    """Look for any point at all."""
    return search(program.with_objective({}), seconds)


def exact_point(program: Program, values: Sequence[float]) -> tuple[Fraction, ...] | None:
    """Find a point that is feasible in exact arithmetic where a solver says that one is.

    >>> third = Program(
    ...     (Column("x"),), (Row("r", {0: Fraction(3)}, Fraction(1), Fraction(1)),), {}
    ... )
    >>> exact_point(third, [0.333333333])
    (Fraction(1, 3),)
    """
    seen = None
    for point in _candidates(program, values):
        if point != seen and program.is_feasible(point):
            return point
        seen = point
    return None


def _candidates(program: Program, values: Sequence[float]) -> Iterator[tuple[Fraction, ...]]:
    yield tuple(
        Fraction(round(value)) if column.is_integer else _within(column, _simplest(value))
        for column, value in zip(program.columns, values, strict=True)
    )
    vertex = _vertex(program, values)
    if vertex is not None:
        yield vertex
    if not program.objective:  # any point will do, also one that is farther away
        for denominator in _COARSE:
            yield tuple(
                _within(column, Fraction(value).limit_denominator(denominator))
                if not column.is_integer
                else Fraction(round(value))
                for column, value in zip(program.columns, values, strict=True)
            )


def _simplest(value: float) -> Fraction:
    """Give the simplest fraction that is as near as a solver's rounding."""
    near = _ROUNDING * max(1.0, abs(value))
    for denominator in _DENOMINATORS:
        found = Fraction(value).limit_denominator(denominator)
        if abs(float(found) - value) <= near:
            return found
    return Fraction(value)


def _within(column: Column, value: Fraction) -> Fraction:
    if column.lower is not None and value < column.lower:
        return column.lower
    return column.upper if column.upper is not None and value > column.upper else value


def _vertex(program: Program, values: Sequence[float]) -> tuple[Fraction, ...] | None:
    """Solve the equations that hold at the point: whole numbers, bounds and rows at their sides."""
    known: dict[int, Fraction] = {}
    for number, (column, value) in enumerate(zip(program.columns, values, strict=True)):
        if column.is_integer:
            known[number] = Fraction(round(value))
        else:
            side = _side(value, column.lower, column.upper)
            if side is not None:
                known[number] = side
    unknown = [number for number in range(program.size) if number not in known]
    if len(unknown) > _LARGEST_SYSTEM:
        return None
    equations = list(_equations(program, values, known))
    solved = _solve(equations, {c: Fraction(values[c]).limit_denominator(10**6) for c in unknown})
    return (
        None
        if solved is None
        else tuple(
            known[number] if number in known else solved[number] for number in range(program.size)
        )
    )


def _equations(
    program: Program, values: Sequence[float], known: dict[int, Fraction]
) -> Iterator[tuple[dict[int, Fraction], Fraction]]:
    for row in program.rows:
        free = {c: a for c, a in row.coefficients.items() if c not in known}
        if not free:
            continue
        reached = sum(float(a) * values[c] for c, a in row.coefficients.items())
        side = _side(reached, row.lower, row.upper)
        if side is not None:
            rest = sum(
                (a * known[c] for c, a in row.coefficients.items() if c in known), Fraction(0)
            )
            yield free, side - rest


def _side(value: float, lower: Fraction | None, upper: Fraction | None) -> Fraction | None:
    for side in (lower, upper):
        if side is not None and abs(value - float(side)) <= _ACTIVE * max(1.0, abs(float(side))):
            return side
    return None


def _solve(
    equations: list[tuple[dict[int, Fraction], Fraction]], guess: dict[int, Fraction]
) -> dict[int, Fraction] | None:
    """Solve by elimination; what the equations leave open stays as it was guessed."""
    solved: list[tuple[int, dict[int, Fraction], Fraction]] = []
    for left, right in equations:
        row, side = dict(left), right
        for pivot, other, value in solved:
            factor = row.pop(pivot, None)
            if factor:
                side -= factor * value
                for column, entry in other.items():
                    row[column] = row.get(column, Fraction(0)) - factor * entry
        row = nonzero(row)
        if not row:
            if side:
                return None
            continue
        pivot = max(row, key=lambda column: abs(row[column]))
        scale = row.pop(pivot)
        solved.append((pivot, {c: e / scale for c, e in row.items()}, side / scale))
    found = dict(guess)
    for pivot, other, value in reversed(solved):
        found[pivot] = value - sum((e * found[c] for c, e in other.items()), Fraction(0))
    return found


def with_row(program: Program, row: Row) -> Program:
    """Give the program with one more row."""
    return replace(program, rows=(*program.rows, row))
