"""A program that is being written, and what a transformation gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Self

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Coefficients, Column, Program, Row, nonzero, scaled_sides

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass
class Draft:
    """A program whose columns and rows can still be changed.

    Example:
        >>> draft = Draft([Column("x", upper=Fraction(4))], objective={0: Fraction(3)})
        >>> draft.rows.append(Row("most", {0: Fraction(2)}, None, Fraction(5)))
        >>> Draft.of(draft.program()) == draft
        True
    """

    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    objective: Coefficients = field(default_factory=dict)
    constant: Fraction = ZERO
    minimise: bool = True

    @classmethod
    def of(cls, program: Program) -> Self:
        """Begin with a program."""
        return cls(
            list(program.columns),
            list(program.rows),
            dict(program.objective),
            program.constant,
            program.minimise,
        )

    def add_column(self, column: Column) -> int:
        """Put a column behind the others, under a name that is not taken; give its number."""
        self.columns.append(replace(column, name=_free(column.name, self.columns)))
        return len(self.columns) - 1

    def add_row(self, row: Row) -> None:
        """Put a row behind the others, under a name that is not taken."""
        self.rows.append(replace(row, name=_free(row.name, self.rows)))

    def program(self) -> Program:
        """Give the program as it is now."""
        rows = tuple(replace(row, coefficients=_in_order(row.coefficients)) for row in self.rows)
        goal = _in_order(self.objective)
        return Program(tuple(self.columns), rows, goal, self.constant, self.minimise)


@dataclass(frozen=True)
class Transformed:
    """A program made from another, and how the points of the two go together."""

    program: Program
    there: Mapping | None
    """From the program it was made from; None where no affine map is known."""
    back: Mapping | None
    """To the program it was made from."""

    def then(self, later: "Transformed") -> "Transformed":
        """Give what comes of transforming it once more."""
        return Transformed(
            later.program, _composed(self.there, later.there), _composed(later.back, self.back)
        )


def unmoved(program: Program) -> Transformed:
    """Give a program whose columns are those of the one it was made from."""
    same = Mapping.identity(program.size)
    return Transformed(program, same, same)


def widened(draft: Draft, added: Sequence[Image]) -> Transformed:
    """Give a program with more columns than before, each an expression of the others."""
    size = len(draft.columns) - len(added)
    same = Mapping.identity(size).images
    return Transformed(
        draft.program(),
        Mapping(size, (*same, *added)),
        Mapping.renaming(len(draft.columns), range(size)),
    )


def rewritten(program: Program, columns: Iterable[Column], back: Mapping) -> Draft:
    """Write the rows and the objective of a program in other columns.

    Args:
        program: What to write.
        columns: The new columns.
        back: What each old column is in the new ones; its bounds are the caller's to keep.
    """
    goal = back.pull(program.objective)
    return Draft(
        list(columns),
        list(map(back.pull_row, program.rows)),
        dict(goal.coefficients),
        program.constant + goal.constant,
        program.minimise,
    )


def times(row: Row, factor: Fraction) -> Row:
    """Multiply a row; a negative factor turns it around.

    >>> times(Row("r", {0: Fraction(2)}, None, Fraction(3)), Fraction(-1)).lower
    Fraction(-3, 1)
    """
    scaled = {column: value * factor for column, value in row.coefficients.items()}
    return Row(row.name, scaled, *scaled_sides(row, factor))


def summed(parts: Iterable[tuple[Coefficients, Fraction]]) -> dict[int, Fraction]:
    """Add up expressions, each times a factor; what cancels is left out.

    >>> summed([({0: Fraction(1), 1: Fraction(2)}, ONE), ({0: Fraction(1)}, -ONE)])
    {1: Fraction(2, 1)}
    """
    total: dict[int, Fraction] = {}
    for coefficients, factor in parts:
        for column, value in coefficients.items():
            total[column] = total.get(column, ZERO) + factor * value
    return _in_order(total)


def _in_order(coefficients: Coefficients) -> dict[int, Fraction]:
    return nonzero(dict(sorted(coefficients.items())))


def _composed(first: Mapping | None, second: Mapping | None) -> Mapping | None:
    return None if first is None or second is None else first.then(second)


def _free(name: str, taken: Iterable[Column | Row]) -> str:
    names = {each.name for each in taken}
    found, number = name, 2
    while found in names:
        found, number = f"{name}_{number}", number + 1
    return found
