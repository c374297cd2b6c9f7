"""Colours of the columns and rows of a program, by which two programs are matched.

Weisfeiler and Lehman's refinement on the graph of a program: columns and rows are its nodes and
coefficients its edges; a colour is a hash of what a node is and of the colours around it. A column
is two nodes, its value counted from its lower side up and from its upper side down, so that
``x`` and ``1 - x`` are matched like any others. Rows are taken up to their scale, an equation as
both its sides, and the objective as one more row. Colours are a hint only: whatever is matched by
them is proved elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from solvitur.equivalence.program import Column, Program

if TYPE_CHECKING:
    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]
    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

_ZERO = Fraction(0)
_FINENESS = 1e6
"""Logarithms of coefficients are alike when they agree to as many parts."""
_FITTING = 400
"""Rounds of fitting the scales of rows and columns."""


@dataclass(frozen=True)
class View:
    """What of a program its colours show."""

    bounds: bool = True
    """Whether columns with other bounds are others."""
    scales: bool = False
    """Whether a continuous column is the same in another unit."""


@dataclass(frozen=True)
class Literal:
    """A column counted from one of its sides: ``sign * (x - base)``."""

    column: int
    sign: int
    base: Fraction


@dataclass(frozen=True)
class Graph:
    """A program as nodes with colours and edges with weights."""

    literals: tuple[Literal, ...]
    sides: tuple[int, ...]
    """The row that each of the other nodes is a side of; -1 is the objective."""
    node: "Places"
    """By edge: the literal."""
    side: "Places"
    """By edge: the side, counted from 0."""
    label: "Hashes"
    """By edge: its weight, hashed."""
    weights: Mapping[tuple[int | None, int], Fraction]
    """By literal and side, in fractions; without a literal, the constant of the side."""
    colours: "Hashes"
    """By literal and then by side."""

    @property
    def count(self) -> int:
        """How many colours there are."""
        return len(np.unique(self.colours))

    def refined(self, rounds: int | None = None) -> "Graph":
        """Let colours spread until they part no more nodes, or for so many rounds."""
        graph = self
        if rounds is not None:
            for _ in range(rounds):
                graph = graph._spread()
            return graph
        count, before = self.count, 0
        while count != before:
            graph = graph._spread()
            count, before = graph.count, count
        return graph

    def _spread(self) -> "Graph":
        size = len(self.literals)
        literals, sides = self.colours[:size], self.colours[size:]
        partner = literals.reshape(-1, 2)[:, ::-1].reshape(-1)
        told = np.zeros_like(literals)
        np.add.at(told, self.node, _mixed(sides[self.side], self.label))
        heard = np.zeros_like(sides)
        np.add.at(heard, self.side, _mixed(literals[self.node], self.label))
        new = _mixed(_mixed(literals, told), partner)
        return replace(self, colours=np.concatenate([new, _mixed(sides, heard)]))

    def singled_out(self, node: int, mark: int) -> "Graph":
        """Give one node a colour of its own."""
        colours = self.colours.copy()
        colours[node] = _mixed(colours[node : node + 1], _hashed(np.array([mark + 0.5])))[0]
        return replace(self, colours=colours)

    def looks_like(self, other: "Graph") -> bool:
        """Whether both have the same colours as often."""
        return len(self.colours) == len(other.colours) and bool(
            np.array_equal(np.sort(self.colours), np.sort(other.colours))
        )


def graph_of(program: Program, view: View) -> Graph:
    """Build the graph of a program and colour each node by what it is by itself."""
    literals = tuple(_literals(program, view))
    entries = list(_entries(program, literals, view))
    sides = tuple(dict.fromkeys(entry.key for entry in entries))
    place = {key: number for number, key in enumerate(sides)}
    edges = [entry for entry in entries if entry.literal is not None]
    side = np.array([place[entry.key] for entry in edges], dtype=np.intp)
    node = np.array([entry.literal for entry in edges], dtype=np.intp)
    size = np.log(np.abs(np.array([float(entry.value) for entry in edges])))
    constants = {place[entry.key]: entry.value for entry in entries if entry.literal is None}
    rhs = np.array([float(constants.get(number, 0)) for number in range(len(sides))])
    free = np.array([not column.is_integer and view.scales for column in program.columns])
    rows, columns = _scales(side, node // 2, size, rhs, free)
    weights = size - rows[side] - columns[node // 2]
    kinds = [_kind(program, literal, view) for literal in literals]
    with np.errstate(divide="ignore"):
        sizes = np.where(rhs != 0, np.log(np.abs(np.where(rhs, rhs, 1))) - rows, 0.0)
    ends = _mixed(_hashed(np.sign(rhs)), _hashed(np.rint(sizes * _FINENESS)))
    goal = np.array([key[0] == -1 for key in sides], dtype=bool)
    ends = np.where(goal, _hashed(np.full(len(sides), -7.0)), ends)
    colours = np.concatenate([_hashed(np.array(kinds, dtype=np.float64)), ends])
    return Graph(
        literals,
        tuple(key[0] for key in sides),
        node,
        side,
        _hashed(np.rint(weights * _FINENESS)),
        {(entry.literal, place[entry.key]): entry.value for entry in entries},
        colours,
    )


def _literals(program: Program, view: View) -> Iterator[Literal]:
    for number, column in enumerate(program.columns):
        low, high = (column.lower, column.upper) if view.bounds else (None, None)
        up = low if low is not None else high if high is not None else _ZERO
        down = high if high is not None else low if low is not None else _ZERO
        yield Literal(number, 1, up)
        yield Literal(number, -1, down)


@dataclass(frozen=True, slots=True)
class _Entry:
    key: tuple[int, int]
    """The row, -1 for the objective and less for bounds; and which side of it."""
    literal: int | None
    """``None`` for the constant side."""
    value: Fraction


def _entries(program: Program, literals: tuple[Literal, ...], view: View) -> Iterator[_Entry]:
    """Write every side as ``positive weights @ literals <= constant``."""
    for column, value in program.cost.items():
        if value:
            yield _Entry((-1, 0), 2 * column + (value < 0), abs(value))
    for number, row in enumerate(program.rows):
        for sign, limit in ((1, row.upper), (-1, row.lower)):
            if limit is None:
                continue
            key, rest = (number, sign), sign * limit
            for column, factor in row.coefficients.items():
                value = sign * factor
                at = 2 * column + (value < 0)
                rest -= value * literals[at].base
                yield _Entry(key, at, abs(value))
            yield _Entry(key, None, rest)
    if view.scales and view.bounds:
        for number, variable in enumerate(program.columns):
            if None not in (variable.lower, variable.upper) and not variable.is_integer:
                for at in (2 * number, 2 * number + 1):
                    yield _Entry((-2 - number, at), at, Fraction(1))
                    yield _Entry((-2 - number, at), None, _span(variable))


def _span(column: Column) -> Fraction:
    return (column.upper or _ZERO) - (column.lower or _ZERO)


def _kind(program: Program, literal: Literal, view: View) -> float:
    """Number what a literal is by itself."""
    column = program.columns[literal.column]
    kind = float(column.is_integer)
    if view.bounds:
        low, high = column.lower is not None, column.upper is not None
        if literal.sign < 0:
            low, high = high, low
        kind += 2 * low + 4 * high
        ends = column.lower, column.upper
        if None not in ends and (column.is_integer or not view.scales):
            kind += 8 * (1 + float(f"{float(_span(column)):.9g}"))
    return kind


def _scales(
    side: "Places", column: "Places", size: "Floats", rhs: "Floats", free: "npt.NDArray[np.bool_]"
) -> tuple["Floats", "Floats"]:
    """Fit logarithms of scales of rows, and of the columns that may have one, by least squares.

    What is left of the coefficients then does not depend on the scales they had.
    """
    count, is_there = len(rhs), (rhs != 0) & free.any()
    ends = np.where(is_there, np.log(np.abs(np.where(is_there, rhs, 1))), 0.0)
    in_row = np.maximum(1.0, np.bincount(side, minlength=count) + is_there)
    in_column = np.maximum(1.0, np.bincount(column, minlength=len(free)))

    def sums(by_edge: "Floats", by_row: "Floats") -> "Floats":
        rows = np.bincount(side, by_edge, count) + np.where(is_there, by_row, 0.0)
        columns = np.where(free, np.bincount(column, by_edge, len(free)), 0.0)
        return np.concatenate([rows, columns])

    def applied(scales: "Floats") -> "Floats":
        return sums(scales[:count][side] + scales[count:][column], scales[:count])

    if not free.any():
        return sums(size, ends)[:count] / in_row, np.zeros(len(free))
    found = _conjugate(applied, sums(size, ends), np.concatenate([in_row, in_column]))
    return found[:count], found[count:]


def _conjugate(
    applied: Callable[["Floats"], "Floats"], right: "Floats", diagonal: "Floats"
) -> "Floats":
    """Solve equations of a positive semidefinite matrix by conjugate gradients."""
    found, rest = np.zeros_like(right), right
    step = scaled = rest / diagonal
    size = first = float(rest @ scaled)
    for _ in range(_FITTING):
        if size <= 1e-26 * max(1.0, first):
            break
        turned = applied(step)
        length = size / float(step @ turned)
        found, rest = found + length * step, rest - length * turned
        scaled = rest / diagonal
        before, size = size, float(rest @ scaled)
        step = scaled + size / before * step
    return found


def _hashed(numbers: "Floats") -> "Hashes":
    return _scrambled((numbers + 0.0).view(np.uint64))


def _mixed(a: "Hashes", b: "Hashes") -> "Hashes":
    return _scrambled(a * np.uint64(0x9E3779B97F4A7C15) + b)


def _scrambled(bits: "Hashes") -> "Hashes":
    """Spread bits over the whole word (the finaliser of SplitMix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
