"""One instance as an exact mixed-integer linear program: every number is a fraction.

Whoever proves something must not compute with rounded numbers. A float stands for the number that
was written: ``0.1`` is one tenth, not the binary fraction next to it.
"""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from solvitur.errors import ConfigError, FormulationError, SolverError, Unsupported
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance

if TYPE_CHECKING:
    from solvitur.formulation.arrays.members import Floats
    from solvitur.formulation.linearise import Linearised
    from solvitur.solvers.program import Program as Arrays

Coefficients = Mapping[int, Fraction]
"""By the number of the column; what is zero is left out."""
ExactPoint = Sequence[Fraction]
"""A value for each column, in order."""

_WRITTEN_DIGITS = 12
"""A decimal of no more digits was written like that; a longer one may have been computed."""
_SIMPLE = 10**6
"""Largest denominator of a fraction that a computed float is taken for."""


@dataclass(frozen=True, slots=True)
class Column:
    """A variable: one entry of one variable of a formulation."""

    name: str
    lower: Fraction | None = Fraction(0)
    """``None`` where nothing bounds it."""
    upper: Fraction | None = None
    is_integer: bool = False
    words: str = field(default="", compare=False)
    """What it stands for, in words, and its unit; they decide between columns that look alike."""

    def allows(self, value: Fraction) -> bool:
        """Whether the value is within the bounds, and whole where it has to be.

        >>> Column("x", Fraction(0), Fraction(3), is_integer=True).allows(Fraction(5, 2))
        False
        """
        return (
            (self.lower is None or value >= self.lower)
            and (self.upper is None or value <= self.upper)
            and not (self.is_integer and value.denominator != 1)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A constraint ``lower <= coefficients @ x <= upper``; ``None`` where a side is missing."""

    name: str
    coefficients: Coefficients
    lower: Fraction | None
    upper: Fraction | None

    @property
    def is_equality(self) -> bool:
        """Whether both sides are one number."""
        return self.lower is not None and self.lower == self.upper

    def value(self, point: ExactPoint) -> Fraction:
        """Compute what is between the sides."""
        return dot(self.coefficients, point)


@dataclass(frozen=True, slots=True)
class Violation:
    """What a point does wrong: which row or column, and by how much."""

    name: str
    value: Fraction
    """What the row or the variable comes to."""
    limit: Fraction | None
    """The side that it passes; ``None`` where the value should have been whole."""
    is_row: bool = False
    """Whether it is a row that is violated, and not what a column may be."""

    @property
    def amount(self) -> Fraction:
        """How far it is beyond the side, or away from a whole number."""
        limit = round(self.value) if self.limit is None else self.limit
        return abs(self.value - limit)

    @property
    def relative(self) -> Fraction:
        """The amount as a share of the side, where that is more than 1."""
        return self.amount / max(Fraction(1), abs(self.limit or Fraction(0)))


@dataclass(frozen=True)
class Program:
    """A mixed-integer linear program with columns and rows in order, all in fractions.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "0.1 * x"},
        ...     "constraints": [{"name": "wood", "expression": "2 * x <= 7"}]})
        >>> program = Program.of(formulation)
        >>> program.objective[0], program.rows[0].upper
        (Fraction(1, 10), Fraction(7, 1))
        >>> [each.name for each in program.violations([Fraction(4)])]
        ['wood']
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    objective: Coefficients
    constant: Fraction = Fraction(0)
    minimise: bool = True
    added: frozenset[str] = field(default=frozenset())
    """Names of variables that are only there to say by linear rows what was not linear."""

    def __post_init__(self) -> None:
        size = len(self.columns)
        for coefficients in (self.objective, *(row.coefficients for row in self.rows)):
            if any(not 0 <= column < size for column in coefficients):
                raise ValueError(f"a coefficient of a column that is not among the {size}")

    @classmethod
    def of(cls, source: "Program | Formulation | Instance | Path") -> "Program":
        """Give a formulation as a program; one that is a program already as it is.

        Args:
            source: What is to be one; a path is that of a file with five elements, in JSON or in
                Markdown, or of an LP or MPS file.

        Raises:
            ConfigError: The file cannot be read.
            FormulationError: It does not say a model.
            Unsupported: It is not linear, and cannot be said by linear rows.
        """
        if isinstance(source, Program):
            return source
        if isinstance(source, Path):
            source = read_formulation(source)
        instance = source if isinstance(source, Instance) else Instance(source)
        return _lowered(_linear_form(instance))

    @property
    def size(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    @property
    def is_mixed(self) -> bool:
        """Whether any column has to be whole."""
        return any(column.is_integer for column in self.columns)

    @property
    def sign(self) -> int:
        """What the objective is multiplied with to be minimised: 1 or -1."""
        return 1 if self.minimise else -1

    @cached_property
    def cost(self) -> dict[int, Fraction]:
        """The objective as something to minimise."""
        return {column: self.sign * value for column, value in self.objective.items()}

    @cached_property
    def rows_of_column(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the rows that each column is in."""
        found: list[list[int]] = [[] for _ in self.columns]
        for number, row in enumerate(self.rows):
            for column in row.coefficients:
                found[column].append(number)
        return tuple(map(tuple, found))

    def value(self, point: ExactPoint) -> Fraction:
        """Compute the objective, as it is written."""
        return self.constant + dot(self.objective, point)

    def violations(self, point: ExactPoint) -> tuple[Violation, ...]:
        """Find all that the point does wrong, in exact arithmetic; nothing where it is feasible."""
        return tuple(self._violations(point))

    def is_feasible(self, point: ExactPoint) -> bool:
        """Whether the point keeps every row, every bound and every integrality, exactly."""
        return next(self._violations(point), None) is None

    def _violations(self, point: ExactPoint) -> Iterator[Violation]:
        if len(point) != self.size:
            raise ValueError(f"a point of {len(point)} values for {self.size} columns")
        for column, value in zip(self.columns, point, strict=True):
            yield from _beyond(column.name, value, column.lower, column.upper)
            if column.is_integer and value.denominator != 1:
                yield Violation(column.name, value, None)
        for row in self.rows:
            for violation in _beyond(row.name, row.value(point), row.lower, row.upper):
                yield replace(violation, is_row=True)

    def with_objective(self, objective: Coefficients) -> "Program":
        """Give the same columns and rows with something else to minimise."""
        return replace(self, objective=objective, constant=Fraction(0), minimise=True)

    def to_arrays(self) -> "Arrays":
        """Give it in floats, as HiGHS takes it: a minimum.

        Raises:
            SolverError: A number is too large for a float.
        """
        import numpy as np

        from solvitur.solvers.program import Matrix
        from solvitur.solvers.program import Program as Arrays

        try:
            return Arrays(
                sign=self.sign,
                offset=self.sign * float(self.constant),
                cost=_dense(self.cost, self.size),
                hessian=Matrix.of(self.size, self.size, ()),
                matrix=Matrix.of(
                    len(self.rows),
                    self.size,
                    (
                        (number, column, float(value))
                        for number, row in enumerate(self.rows)
                        for column, value in row.coefficients.items()
                    ),
                ),
                row_lower=_sides([row.lower for row in self.rows], -math.inf),
                row_upper=_sides([row.upper for row in self.rows], math.inf),
                lower=_sides([column.lower for column in self.columns], -math.inf),
                upper=_sides([column.upper for column in self.columns], math.inf),
                whole=np.array([column.is_integer for column in self.columns], dtype=bool),
            )
        except OverflowError:
            raise SolverError(
                "a number is too large for the solver; write the problem in larger units"
            ) from None


def dot(coefficients: Coefficients, point: ExactPoint) -> Fraction:
    """Add up coefficients times values.

    >>> dot({0: Fraction(2), 2: Fraction(1, 3)}, [Fraction(1), Fraction(9), Fraction(3)])
    Fraction(3, 1)
    """
    return sum((value * point[column] for column, value in coefficients.items()), Fraction(0))


def nonzero(coefficients: Coefficients) -> dict[int, Fraction]:
    """Leave out what is zero.

    >>> nonzero({0: Fraction(0), 4: Fraction(2)})
    {4: Fraction(2, 1)}
    """
    return {column: value for column, value in coefficients.items() if value}


def ratio(a: Coefficients, b: Coefficients) -> Fraction | None:
    """Give the factor by which the first is a multiple of the second, if it is one.

    >>> ratio({0: Fraction(4), 3: Fraction(-2)}, {0: Fraction(-2), 3: Fraction(1)})
    Fraction(-2, 1)
    """
    if a.keys() != b.keys() or not a:
        return None
    first = next(iter(a))
    one, other = a[first], b[first]
    if any(value * other != b[column] * one for column, value in a.items()):
        return None
    return one / other


def at_most(row: Row) -> list[tuple[Coefficients, Fraction]]:
    """Give what a row says as ``coefficients @ x <= side``: once, or for each of its two sides.

    >>> at_most(Row("r", {0: Fraction(2)}, Fraction(1), None))
    [({0: Fraction(-2, 1)}, Fraction(-1, 1))]
    """
    found = [] if row.upper is None else [(row.coefficients, row.upper)]
    if row.lower is not None:
        found.append(({c: -v for c, v in row.coefficients.items()}, -row.lower))
    return found


def scaled_sides(row: Row, factor: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """Give the sides of a row times a factor, the lower one first.

    >>> scaled_sides(Row("r", {}, None, Fraction(3)), Fraction(-2))
    (Fraction(-6, 1), None)
    """
    lower = None if row.lower is None else row.lower * factor
    upper = None if row.upper is None else row.upper * factor
    return (lower, upper) if factor > 0 else (upper, lower)


@lru_cache(maxsize=4096)
def exact(number: float) -> Fraction:
    """Give the number that a float stands for.

    That is the decimal it is written as. Where that takes more digits than people write, it may
    have been computed, and stands for the simple fraction that rounding hid, if there is one.

    Raises:
        FormulationError: It is not a finite number.

    Example:
        >>> exact(0.1), exact(0.1 + 0.2), exact(1 / 3)
        (Fraction(1, 10), Fraction(3, 10), Fraction(1, 3))
    """
    if not math.isfinite(number):
        raise FormulationError(f"{number} is no number that can be computed with")
    if isinstance(number, int) or number == int(number):
        return Fraction(int(number))
    digits = repr(float(number)).partition("e")[0].replace(".", "").lstrip("-0")
    written = Fraction(repr(float(number)))
    if len(digits) <= _WRITTEN_DIGITS:
        return written
    simple = written.limit_denominator(_SIMPLE)
    near = 8 * sys.float_info.epsilon * abs(written)
    return simple if abs(simple - written) <= near else written


def exact_side(number: float) -> Fraction | None:
    """Give a bound as a fraction; ``None`` where it is infinite.

    >>> exact_side(2.5), exact_side(float("inf"))
    (Fraction(5, 2), None)
    """
    return None if math.isinf(number) else exact(number)


def _beyond(
    name: str, value: Fraction, lower: Fraction | None, upper: Fraction | None
) -> Iterator[Violation]:
    for limit, is_passed in (
        (lower, lower is not None and value < lower),
        (upper, upper is not None and value > upper),
    ):
        if is_passed:
            yield Violation(name, value, limit)


def read_formulation(path: Path) -> Formulation:
    """Read a file of five elements, in JSON or in Markdown, or an LP or MPS file.

    Raises:
        ConfigError: It cannot be read.
        FormulationError: It does not say a model.
    """
    from solvitur.solvers.files.names import is_program_file

    try:
        if is_program_file(path.name):
            from solvitur.solvers.files.reader import read_program_file

            return read_program_file(path)
        return Formulation.from_file(path)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from None
    except FormulationError as error:
        raise FormulationError(f"{path}: {error}") from error


def _linear_form(instance: Instance) -> "Linearised":
    from solvitur.formulation.classify import classify
    from solvitur.formulation.linearise import linearise
    from solvitur.solvers.words import listed

    found = linearise(instance)
    kind = classify(found.instance)
    if found.obstacles or not kind.is_linear:
        why = f"\n{listed(found.reasons)}" if found.reasons else ""
        raise Unsupported(f"only linear formulations can be compared; this one is {kind}{why}")
    return found


def _lowered(form: "Linearised") -> Program:
    from solvitur.formulation.elements import Sense
    from solvitur.solvers.linear import Linear

    linear = Linear(form.instance)
    arrays = linear.program
    words = {v.name: f"{v.doc} {v.unit}".strip() for v in form.original.formulation.variables}
    columns = tuple(
        Column(
            str(name),
            exact_side(lower),
            exact_side(upper),
            is_integer,
            words.get(name.variable, ""),
        )
        for name, lower, upper, is_integer in zip(
            linear.columns,
            arrays.lower.tolist(),
            arrays.upper.tolist(),
            arrays.whole.tolist(),
            strict=True,
        )
    )
    coefficients: list[dict[int, Fraction]] = [{} for _ in range(arrays.matrix.rows)]
    for row, column, value in arrays.matrix.triples():
        coefficients[row][column] = exact(value)
    rows = tuple(
        Row(str(name), found, exact_side(lower), exact_side(upper))
        for name, found, lower, upper in zip(
            linear.rows,
            coefficients,
            arrays.row_lower.tolist(),
            arrays.row_upper.tolist(),
            strict=True,
        )
    )
    goal = {
        column: exact(arrays.sign * value)
        for column, value in enumerate(arrays.cost.tolist())
        if value
    }
    return Program(
        columns,
        rows,
        goal,
        exact(arrays.sign * arrays.offset),
        form.instance.formulation.objective.sense is Sense.minimize,
        frozenset(
            str(name) for name in linear.columns if name.variable not in form.original.bounds
        ),
    )


def _dense(coefficients: Coefficients, size: int) -> "Floats":
    import numpy as np

    found = np.zeros(size)
    for column, value in coefficients.items():
        found[column] = float(value)
    return found


def _sides(sides: list[Fraction | None], missing: float) -> "Floats":
    import numpy as np

    return np.array([missing if side is None else float(side) for side in sides], dtype=np.float64)


def show(number: Fraction) -> str:
    """Write a fraction: as a decimal where that is exact and short.

    >>> show(Fraction(7, 2)), show(Fraction(1, 3)), show(Fraction(-4))
    ('3.5', '1/3', '-4')
    """
    if 10**6 % number.denominator == 0 and abs(number) < 10**9:
        return f"{float(number):.6f}".rstrip("0").rstrip(".")
    return str(number)
