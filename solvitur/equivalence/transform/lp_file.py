"""A program as an LP file that says each of its numbers exactly."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from solvitur.equivalence.program import Coefficients, Column, Program, Row

_TERMS_IN_A_LINE = 8


def to_lp(program: Program, comment: str = "") -> str:
    r"""Write a program whose numbers are decimals of at most 15 digits.

    A row with two sides is written as two; one without a variable is left out.

    Example:
        >>> row = Row("room", {0: Fraction(2)}, None, Fraction(5, 2))
        >>> print(to_lp(Program((Column("x"),), (row,), {0: Fraction(3)}, Fraction(1)), "a chair"))
        \ a chair
        minimize
         obj: +3 x +1
        subject to
         room: +2 x <= 2.5
        bounds
         0 <= x <= +inf
        end
        <BLANKLINE>
    """
    goal = {column: program.objective.get(column, Fraction(0)) for column in range(program.size)}
    lines = [
        *(f"\\ {line}" for line in comment.splitlines()),
        "minimize" if program.minimise else "maximize",
        f" obj: {_sum(goal, program)}{_signed(program.constant) if program.constant else ''}",
        "subject to",
        *(line for row in program.rows if row.coefficients for line in _sides(row, program)),
        "bounds",
        *(_bounds(column) for column in program.columns),
    ]
    whole = [column.name for column in program.columns if column.is_integer]
    if whole:
        lines += ["general", *(f" {name}" for name in whole)]
    return "\n".join([*lines, "end", ""])


def _sides(row: Row, program: Program) -> Iterator[str]:
    text = _sum(row.coefficients, program)
    if row.lower is not None and row.lower == row.upper:
        yield f" {row.name}: {text}= {_number(row.lower)}"
        return
    is_double = row.lower is not None and row.upper is not None
    for side, sign, ending in ((row.lower, ">=", "_least"), (row.upper, "<=", "_most")):
        if side is not None:
            yield f" {row.name}{ending if is_double else ''}: {text}{sign} {_number(side)}"


def _sum(coefficients: Coefficients, program: Program) -> str:
    terms = [f"{_signed(v)} {program.columns[c].name} " for c, v in coefficients.items()]
    return "\n  ".join("".join(each) for each in _parts(terms))


def _parts(terms: list[str]) -> Iterable[list[str]]:
    return (terms[n : n + _TERMS_IN_A_LINE] for n in range(0, len(terms), _TERMS_IN_A_LINE))


def _bounds(column: Column) -> str:
    lower = "-inf" if column.lower is None else _number(column.lower)
    upper = "+inf" if column.upper is None else _number(column.upper)
    return f" {lower} <= {column.name} <= {upper}"


def _signed(number: Fraction) -> str:
    return f"{'-' if number < 0 else '+'}{_number(abs(number))}"


def _number(number: Fraction) -> str:
    """Write a decimal in full."""
    if number.denominator == 1:
        return str(number.numerator)
    text = repr(float(number))
    if Fraction(text) != number:
        raise ValueError(f"{number} is no decimal that a file can hold")
    return text
