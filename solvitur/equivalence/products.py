"""Products of a binary and a bounded variable as columns, to prove more by sums of rows.

With a big M in it, a row says little in the relaxation. Multiplied by the binary that switches it,
it says what it means; and an equation between binaries, multiplied by a variable, ties the products
together (the reformulation-linearisation technique of Sherali and Adams). Every row that is added
holds at every point of the program, once a product is what its name says.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from solvitur.equivalence.program import Coefficients, Column, Program, Row, nonzero
from solvitur.equivalence.relaxation import tightened

_MOST = 600
"""Products beyond which the program becomes too large to be of use."""
_ZERO, _ONE = Fraction(0), Fraction(1)
_Pair = tuple[int, int]
"""A binary and what it is multiplied with."""


def with_products(program: Program) -> Program | None:
    """Add columns for products, behind those there are; ``None`` where there are none to add.

    Example:
        >>> x = Column("x", Fraction(0), Fraction(9))
        >>> on = Column("on", Fraction(0), Fraction(1), is_integer=True)
        >>> switch = Row("switch", {0: Fraction(1), 1: Fraction(-9)}, None, Fraction(0))
        >>> more = with_products(Program((x, on), (switch,), {}))
        >>> [column.name for column in more.columns]
        ['x', 'on', 'on * x']
    """
    products = _Products(program)
    if not products.place or len(products.place) > _MOST:
        return None
    rows = chain(
        *map(products.envelope, products.place),
        *map(products.switched, program.rows),
        *map(products.multiplied, program.rows),
    )
    return replace(
        program, columns=(*program.columns, *products.columns()), rows=(*program.rows, *rows)
    )


class _Products:
    """The products of a program: what is multiplied, and the rows that say so.

    Attributes:
        ends: Both bounds of each column that has two.
        place: The number of the column that each product becomes.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.ends: dict[int, tuple[Fraction, Fraction]] = {}
        for number, (low, high) in enumerate(zip(*tightened(program), strict=True)):
            if low is not None and high is not None:
                self.ends[number] = low, high
        pairs = dict.fromkeys(self.in_rows())
        pairs |= dict.fromkeys(self.lacking(pairs))
        self.place = {pair: program.size + number for number, pair in enumerate(pairs)}

    def in_rows(self) -> Iterator[_Pair]:
        """Give a row's one binary with its others."""
        for row in self.program.rows:
            binary = self.switch(row)
            if binary is not None:
                yield from ((binary, other) for other in row.coefficients if other != binary)

    def lacking(self, pairs: dict[_Pair, None]) -> Iterator[_Pair]:
        """Give the few products that an equation between binaries lacks to be multiplied."""
        partners: dict[int, set[int]] = defaultdict(set)
        for binary, other in pairs:
            partners[other].add(binary)
        for row in filter(self.is_choice, self.program.rows):
            for other, present in partners.items():
                absent = [binary for binary in row.coefficients if binary not in present]
                if 2 * len(absent) < len(row.coefficients):
                    yield from ((binary, other) for binary in absent)

    def columns(self) -> Iterator[Column]:
        """Give the columns of the products."""
        for binary, other in self.place:
            low, high = self.ends[other]
            name = f"{self.program.columns[binary].name} * {self.program.columns[other].name}"
            yield Column(name, min(low, _ZERO), max(high, _ZERO))

    def is_binary(self, number: int) -> bool:
        """Whether a column is 0 or 1."""
        return self.program.columns[number].is_integer and self.ends.get(number) == (_ZERO, _ONE)

    def switch(self, row: Row) -> int | None:
        """Give the one binary of a row whose other columns are all bounded."""
        binaries = [column for column in row.coefficients if self.is_binary(column)]
        is_one = len(binaries) == 1 and len(row.coefficients) > 1
        return binaries[0] if is_one and row.coefficients.keys() <= self.ends.keys() else None

    def is_choice(self, row: Row) -> bool:
        """Whether a row is an equation between binaries."""
        is_long = len(row.coefficients) > 2
        return row.is_equality and is_long and all(map(self.is_binary, row.coefficients))

    def envelope(self, pair: _Pair) -> Iterator[Row]:
        """Say by rows that a product is one, wherever the binary is 0 or 1."""
        binary, other = pair
        (low, high), at, name = self.ends[other], self.place[pair], f"product {self.place[pair]}"
        yield Row(name, nonzero({at: _ONE, binary: -high}), None, _ZERO)
        yield Row(name, nonzero({at: _ONE, binary: -low}), _ZERO, None)
        yield Row(name, nonzero({at: _ONE, other: -_ONE, binary: -low}), None, -low)
        yield Row(name, nonzero({at: _ONE, other: -_ONE, binary: -high}), -high, None)

    def switched(self, row: Row) -> Iterator[Row]:
        """Multiply a row by its binary, and by one less it."""
        binary = self.switch(row)
        if binary is None:
            return
        rest = {c: v for c, v in row.coefficients.items() if c != binary}
        times = {self.place[binary, column]: value for column, value in rest.items()}
        for side, is_upper in ((row.lower, False), (row.upper, True)):
            if side is not None:
                on = nonzero({**times, binary: row.coefficients[binary] - side})
                off = nonzero({**rest, **{at: -v for at, v in times.items()}, binary: side})
                yield _sided(f"{row.name} where it is on", on, _ZERO, is_upper)
                yield _sided(f"{row.name} where it is off", off, side, is_upper)

    def multiplied(self, row: Row) -> Iterator[Row]:
        """Multiply an equation between binaries by every variable that has all the products."""
        if not self.is_choice(row) or row.lower is None:
            return
        first = next(iter(row.coefficients))
        for other in [other for binary, other in self.place if binary == first]:
            if all((column, other) in self.place for column in row.coefficients):
                times = {self.place[c, other]: v for c, v in row.coefficients.items()}
                name = f"{row.name} times {self.program.columns[other].name}"
                yield Row(name, nonzero({**times, other: -row.lower}), _ZERO, _ZERO)


def _sided(name: str, coefficients: Coefficients, side: Fraction, is_upper: bool) -> Row:
    return Row(name, coefficients, None if is_upper else side, side if is_upper else None)
