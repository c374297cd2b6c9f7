"""Upper bounds of linear expressions over a program, proved in fractions.

HiGHS only suggests the multipliers. What they prove is computed here without rounding, so that a
wrong number of HiGHS costs a proof and never makes one.
"""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from solvitur.equivalence.points import exact_point
from solvitur.equivalence.program import Coefficients, Program, Row, at_most, dot

if TYPE_CHECKING:
    from solvitur.solvers.highs.run import LoadedProgram, Run
    from solvitur.solvers.program import Floats

Sides = tuple[list[Fraction | None], list[Fraction | None]]
"""Lower and upper bounds by column."""

_DENOMINATORS = (10**6, 10**3, 10**9)
"""What HiGHS's multipliers are taken to be fractions of, one after the other."""
_SETTINGS = {"presolve": "off", "threads": 1, "random_seed": 0, "small_matrix_value": 1e-12}
_FRACTIONAL = 1e-6
_TOGETHER = 32
"""Claims that are looked at in one go."""
_PATIENCE = 6
"""Claims on end for which cases are tried in vain."""
_NEARLY = Fraction(1, 10**9)
"""Of the limit, at least of 1: what numbers that were rounded may be off by."""


class Ground(StrEnum):
    """What a proof rests on."""

    same = "the same row"
    bounds = "bounds alone"
    propagation = "bounds that follow from rows"
    linear = "a sum of rows"
    rounding = "a sum of rows, rounded"
    branching = "cases, each a sum of rows"
    nearly = "a sum of rows, up to rounding"
    search = "the solver's search"


@dataclass(frozen=True)
class Claim:
    """``coefficients @ x <= limit`` for all points of a program."""

    coefficients: Coefficients
    limit: Fraction


@dataclass(frozen=True)
class Certificate:
    """Why a claim holds."""

    ground: Ground
    rows: tuple[str, ...] = ()
    """The rows that it follows from."""
    cases: int = 1

    @property
    def is_exact(self) -> bool:
        """Whether it was checked in fractions, and rests on no solver's word."""
        return self.ground not in (Ground.nearly, Ground.search)


@dataclass(frozen=True)
class Tried:
    """What came of a claim: proved, refuted by a point, or neither."""

    certificate: Certificate | None = None
    witness: tuple[Fraction, ...] | None = None
    """An exactly feasible point at which it does not hold."""


class Relaxation:
    """The linear relaxation of a program, loaded once to prove many claims.

    Args:
        program: The program.
        deadline: When to give up, as `time.perf_counter` counts.
    """

    def __init__(self, program: Program, deadline: float) -> None:
        self.program = program
        self._deadline = deadline
        columns = program.columns
        self._stated = [column.lower for column in columns], [column.upper for column in columns]
        self._sides = tightened(program)
        self._loaded: LoadedProgram | None = None
        self._whole = [_WholeRow.of(row) for row in program.rows]

    def prove(self, claims: Sequence[Claim], cases: int = 1) -> list[Tried]:
        """Try to prove each claim, with so many cases each at most.

        The first point that is against one of them ends it, and so does the deadline; what was not
        tried by then is neither proved nor refuted. Where cases were in vain several times on end,
        the others are not split into any.
        """
        tried, in_vain = [self._at_once(claim) for claim in claims], 0
        open_ = [number for number, each in enumerate(tried) if each.certificate is None]
        for first in range(0, len(open_), _TOGETHER):
            if self._is_late():
                break
            some = open_[first : first + _TOGETHER]
            runs = self._load().run_each(self._cost(claims[number]) for number in some)
            for number, run in zip(some, runs, strict=False):
                tried[number] = each = self._read(claims[number], run)
                if each == Tried() and in_vain < _PATIENCE and cases > 1:
                    tried[number] = each = self._by_cases(claims[number], cases)
                    in_vain = in_vain + 1 if each == Tried() else 0
                if each.witness is not None:
                    return tried
        return tried

    def _at_once(self, claim: Claim) -> Tried:
        cost = _negative(claim.coefficients)
        for ground, sides in ((Ground.bounds, self._stated), (Ground.propagation, self._sides)):
            bound = least(cost, sides)
            if bound is not None and -bound <= claim.limit:
                return Tried(Certificate(ground))
        return Tried()

    def _read(self, claim: Claim, run: "Run") -> Tried:
        proof = self._closed(claim, run, self._sides)
        return Tried(proof) if proof else Tried(witness=self._witness(claim, run))

    def _witness(self, claim: Claim, run: "Run") -> tuple[Fraction, ...] | None:
        if run.point is None or self._fractional(claim, run.point.tolist()) is not None:
            return None
        point = exact_point(self.program, run.point.tolist())
        return point if point and dot(claim.coefficients, point) > claim.limit else None

    def _proof(self, claim: Claim, prices: list[float], sides: Sides) -> Certificate | None:
        """Turn multipliers of rows into a proof, if they are one."""
        unit = step(claim.coefficients, self.program)
        nearly = None
        margin = _NEARLY * max(Fraction(1), abs(claim.limit))
        for denominator in _DENOMINATORS:
            exact = _rational(prices, denominator)
            bound = self._bound(_negative(claim.coefficients), exact, sides)
            if bound is None:
                continue
            rows = tuple(self.program.rows[number].name for number in exact)
            if -bound <= claim.limit:
                return Certificate(Ground.linear, rows)
            if unit is not None and math.floor(-bound / unit) * unit <= claim.limit:
                return Certificate(Ground.rounding, rows)
            if -bound <= claim.limit + margin:
                nearly = Certificate(Ground.nearly, rows)
        return nearly

    def _is_hopeless(self, claim: Claim, point: "Floats") -> bool:
        """Whether the greatest value is too great by far, so that no rounding helps."""
        value = sum(float(v) * float(point[c]) for c, v in claim.coefficients.items())
        limit, unit = float(claim.limit), step(claim.coefficients, self.program)
        slack = _FRACTIONAL * max(1.0, abs(limit))
        return value > limit + slack and (unit is None or value >= limit + float(unit) + slack)

    def _bound(
        self, cost: Coefficients, prices: Mapping[int, Fraction], sides: Sides
    ) -> Fraction | None:
        """Compute what the cost is at least: a safe bound after Neumaier and Shcherbina.

        All of it is brought to one denominator, since whole numbers are faster than fractions.
        """
        rows = {number: self._whole[number] for number in prices}
        common = math.lcm(
            *(price.denominator * rows[number].factor for number, price in prices.items()),
            *(value.denominator for value in cost.values()),
        )
        total = Fraction(0)
        left = {column: int(value * common) for column, value in cost.items()}
        for number, price in prices.items():
            row = rows[number]
            side = row.lower if price > 0 else row.upper
            if side is None:
                continue
            times = int(price * common) // row.factor
            total += times * side
            for column, value in row.entries:
                left[column] = left.get(column, 0) - times * value
        rest = least(left, sides)
        return None if rest is None else (total + rest) / common

    def _by_cases(self, claim: Claim, most: int) -> Tried:
        """Split by whole numbers until each case is proved, or one has a point against it."""
        loaded, sides = self._load(), self._sides
        cost, rows, count = self._cost(claim), dict[str, None](), 0
        ground = Ground.branching
        open_: list[Mapping[int, tuple[Fraction | None, Fraction | None]]] = [{}]
        moved: set[int] = set()
        try:
            while open_:
                if count == most or self._is_late():
                    return Tried()
                case, count = open_.pop(), count + 1
                here = (list(sides[0]), list(sides[1]))
                for column, (low, high) in case.items():
                    here[0][column], here[1][column] = low, high
                for column in moved | set(case):
                    loaded.move_column(column, *_floats(here, column))
                moved |= set(case)
                run = loaded.run() if case else next(iter(loaded.run_each([cost])), None)
                if run is None:
                    return Tried()
                proof = self._closed(claim, run, here)
                if proof is not None:
                    rows |= dict.fromkeys(proof.rows)
                    ground = ground if proof.is_exact else Ground.nearly
                    continue
                if run.point is None:
                    return Tried()
                split = self._fractional(claim, run.point.tolist())
                if split is None:
                    return Tried(witness=self._witness(claim, run))
                open_ += _split(case, here, *split)
        finally:
            for column in moved:
                loaded.move_column(column, *_floats(sides, column))
        return Tried(Certificate(ground, tuple(rows), count))

    def _closed(self, claim: Claim, run: "Run", sides: Sides) -> Certificate | None:
        if run.status == "kInfeasible":
            ray = self._load().infeasible_prices()
            return None if ray is None else self._contradiction(ray.tolist(), sides)
        if run.prices is None or (run.point is not None and self._is_hopeless(claim, run.point)):
            return None
        return self._proof(claim, run.prices.tolist(), sides)

    def _contradiction(self, ray: list[float], sides: Sides) -> Certificate | None:
        """Check that multipliers of rows prove that there is no point (Farkas)."""
        for sign in (1, -1):
            for denominator in _DENOMINATORS:
                exact = {n: sign * p for n, p in _rational(ray, denominator).items()}
                bound = self._bound({}, exact, sides)
                if bound is not None and bound > 0:
                    rows = tuple(self.program.rows[number].name for number in exact)
                    return Certificate(Ground.linear, rows)
        return None

    def _fractional(self, claim: Claim, point: list[float]) -> tuple[int, float] | None:
        """Find the column to split by: the one farthest from whole, of the claim's if any."""
        best, found = (False, _FRACTIONAL), None
        for number, column in enumerate(self.program.columns):
            if column.is_integer:
                away = abs(point[number] - round(point[number]))
                rank = (number in claim.coefficients, away)
                if away > _FRACTIONAL and rank > best:
                    best, found = rank, (number, point[number])
        return found

    def _load(self) -> "LoadedProgram":
        import numpy as np

        from solvitur.solvers.highs.run import LoadedProgram

        if self._loaded is None:
            lower, upper = self._sides
            columns = tuple(
                replace(column, lower=low, upper=high)
                for column, low, high in zip(self.program.columns, lower, upper, strict=True)
            )
            arrays = replace(self.program, columns=columns, objective={}).to_arrays()
            arrays = replace(arrays, whole=np.zeros(arrays.size, dtype=bool))
            left = max(0.01, self._deadline - time.perf_counter())
            self._loaded = LoadedProgram(arrays, {**_SETTINGS, "time_limit": left})
        return self._loaded

    def _cost(self, claim: Claim) -> "Floats":
        import numpy as np

        cost = np.zeros(self.program.size)
        for column, value in claim.coefficients.items():
            cost[column] = -float(value)
        return cost

    def _is_late(self) -> bool:
        return time.perf_counter() > self._deadline


@dataclass(frozen=True, slots=True)
class _WholeRow:
    """A row times a factor that makes all coefficients whole."""

    factor: int
    entries: tuple[tuple[int, int], ...]
    lower: Fraction | None
    upper: Fraction | None

    @classmethod
    def of(cls, row: Row) -> "_WholeRow":
        factor = math.lcm(*(value.denominator for value in row.coefficients.values()))
        return cls(
            factor,
            tuple((column, int(value * factor)) for column, value in row.coefficients.items()),
            None if row.lower is None else row.lower * factor,
            None if row.upper is None else row.upper * factor,
        )


def least(cost: Mapping[int, Fraction | int], sides: Sides) -> Fraction | None:
    """Give the least value within bounds alone; ``None`` where there is none."""
    total = Fraction(0)
    for column, value in cost.items():
        if value:
            side = sides[0 if value > 0 else 1][column]
            if side is None:
                return None
            total += value * side
    return total


def step(coefficients: Coefficients, program: Program) -> Fraction | None:
    """Give the number that all values of an expression are multiples of, if there is one."""
    if not all(program.columns[column].is_integer for column in coefficients):
        return None
    denominator = math.lcm(*(value.denominator for value in coefficients.values()))
    whole = [int(value * denominator) for value in coefficients.values()]
    return Fraction(math.gcd(*whole), denominator) if whole else None


def _rational(prices: Iterable[float], denominator: int) -> dict[int, Fraction]:
    found = {}
    for number, price in enumerate(prices):
        if abs(price) > 1e-11:
            value = Fraction(price).limit_denominator(denominator)
            if value:
                found[number] = value
    return found


def _negative(coefficients: Coefficients) -> dict[int, Fraction]:
    return {column: -value for column, value in coefficients.items()}


def _floats(sides: Sides, column: int) -> tuple[float, float]:
    low, high = sides[0][column], sides[1][column]
    return -math.inf if low is None else float(low), math.inf if high is None else float(high)


def _split(
    case: Mapping[int, tuple[Fraction | None, Fraction | None]],
    sides: Sides,
    column: int,
    value: float,
) -> Iterator[Mapping[int, tuple[Fraction | None, Fraction | None]]]:
    low, high = sides[0][column], sides[1][column]
    below = Fraction(math.floor(value))
    yield {**case, column: (low, below)}
    yield {**case, column: (below + 1, high)}


_ROUNDS = 5
_FINEST = 10**6


def tightened(program: Program) -> Sides:
    """Give bounds of the columns that follow from the rows too, rounded outwards where not whole.

    >>> from solvitur.equivalence.program import Column, Row
    >>> whole = Column("x", Fraction(0), None, is_integer=True)
    >>> tightened(Program((whole,), (Row("r", {0: Fraction(2)}, None, Fraction(7)),), {}))
    ([Fraction(0, 1)], [Fraction(3, 1)])
    """
    lower = [column.lower for column in program.columns]
    upper = [column.upper for column in program.columns]
    sides = lower, upper
    waiting = list(range(len(program.rows)))
    for _ in range(_ROUNDS):
        changed: set[int] = set()
        for number in waiting:
            for coefficients, limit in at_most(program.rows[number]):
                changed |= _propagated(program, coefficients, limit, sides)
        waiting = sorted({n for column in changed for n in program.rows_of_column[column]})
        if not waiting:
            break
    return sides


def _propagated(
    program: Program, coefficients: Coefficients, limit: Fraction, sides: Sides
) -> set[int]:
    """Tighten bounds by one row ``coefficients @ x <= limit``; say of which columns."""
    total, missing = Fraction(0), []
    for column, value in coefficients.items():
        side = sides[0 if value > 0 else 1][column]
        if side is None:
            missing.append(column)
        else:
            total += value * side
    if len(missing) > 1:
        return set()
    changed = set()
    for column in missing or list(coefficients):
        value = coefficients[column]
        near, far = (sides[0], sides[1]) if value > 0 else (sides[1], sides[0])
        rest = total if missing else total - value * (near[column] or 0)
        bound = _outwards((limit - rest) / value, value > 0, program.columns[column].is_integer)
        old = far[column]
        better = old is None or (bound < old if value > 0 else bound > old)
        if better and (old is None or abs(bound - old) > max(Fraction(1), abs(old)) / 1000):
            far[column] = bound
            changed.add(column)
    return changed


def _outwards(bound: Fraction, is_upper: bool, is_integer: bool) -> Fraction:
    if is_integer:
        return Fraction(math.floor(bound) if is_upper else math.ceil(bound))
    if bound.denominator <= _FINEST:
        return bound
    scaled = bound * _FINEST
    return Fraction(math.ceil(scaled) if is_upper else math.floor(scaled), _FINEST)
