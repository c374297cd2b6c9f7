"""Maps between two programs that have the same structure, found by their colours."""

import re
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program
from solvitur.equivalence.refinement import Graph, View, graph_of

_TRIES = 200
"""Nodes that are singled out in vain before one gives up."""
_DEEPEST = 4
"""Rounds of colours by which unlike programs are matched."""
_MOST_ALIKE = 30
"""Columns of a class that are told apart by their words; of more, that would take too long."""
_WORD = re.compile(r"[^\W\d_]+")


def isomorphism(a: Program, b: Program, view: View, deadline: float) -> Mapping | None:
    """Find a map of columns onto columns under which the programs have the same colours.

    Columns may be permuted, counted from their other side, and, where the view lets them, measured
    in another unit. It is a proposal: nothing is proved here.
    """
    if a.size != b.size or not a.size:
        return None
    one, two = graph_of(a, view).refined(), graph_of(b, view).refined()
    if not one.looks_like(two):
        return None
    matched = _discrete(one, two, a, b, deadline)
    return None if matched is None else _as_mapping(*matched, a, b, view)


def likeness(a: Program, b: Program, view: View) -> Mapping | None:
    """Match columns by the finest colours that they still share, where structures differ.

    So most columns are matched rightly where rows were added, left out or changed.
    """
    if a.size != b.size or not a.size:
        return None
    taken: dict[int, tuple[int, int]] = {}
    free = set(range(a.size))
    one, two = graph_of(a, view), graph_of(b, view)
    for rounds in reversed(range(_DEEPEST + 1)):
        for here, there in _classes(one.refined(rounds), two.refined(rounds), a, b):
            if here // 2 in taken or there // 2 not in free:
                continue
            taken[here // 2] = (there, here)
            free.discard(there // 2)
    if len(taken) < b.size:
        return None
    images = []
    for column in range(b.size):
        there, here = taken[column]
        start, end = one.literals[there], two.literals[here]
        factor = Fraction(start.sign * end.sign)
        images.append(Image({start.column: factor}, end.base - factor * start.base))
    return Mapping(a.size, tuple(images))


def _classes(one: Graph, two: Graph, a: Program, b: Program) -> Iterator[tuple[int, int]]:
    """Pair the literals of the second and of the first that have a colour equally often."""
    by_colour: dict[int, tuple[list[int], list[int]]] = {}
    for side, graph in enumerate((two, one)):
        for node, colour in enumerate(graph.colours[: len(graph.literals)].tolist()):
            by_colour.setdefault(colour, ([], []))[side].append(node)
    for here, there in by_colour.values():
        if len(here) == len(there):
            yield from _by_words(here, there, a, b)
            yield from zip(here, there, strict=True)


def _by_words(
    here: Sequence[int], there: Sequence[int], a: Program, b: Program
) -> Iterator[tuple[int, int]]:
    """Pair literals of the second and of the first by names, then by how many words they share."""
    names = {(a.columns[node // 2].name, node % 2): node for node in there}
    for node in here:
        namesake = names.get((b.columns[node // 2].name, node % 2))
        if namesake is not None:
            yield node, namesake
    if len(here) > _MOST_ALIKE:
        return
    shares = [
        (-shared_words(a.columns[other // 2], b.columns[node // 2]), node, other)
        for node in here
        for other in there
        if node % 2 == other % 2
    ]
    yield from ((node, other) for share, node, other in sorted(shares) if share)


def shared_words(one: Column, other: Column) -> float:
    """Give the share of words that two columns have in common, of their names and what they say.

    Numbers are none: they are counted anew in every formulation.

    >>> shared_words(Column("x[oak, 2]", words="oak chairs made"), Column("chairs_2"))
    0.25
    """
    first, second = _words_of(one.name, one.words), _words_of(other.name, other.words)
    both = len(first | second)
    return len(first & second) / both if both else 0.0


@lru_cache(maxsize=4096)
def _words_of(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text.lower()))


def _discrete(
    one: Graph, two: Graph, a: Program, b: Program, deadline: float
) -> tuple[Graph, Graph] | None:
    """Single out nodes until every column has a colour of its own; go back where that fails."""
    open_: list[tuple[Graph, Graph, Iterator[tuple[int, int]] | None]] = [(one, two, None)]
    tries = 0
    while open_ and tries < _TRIES and time.perf_counter() < deadline:
        one, two, choices = open_.pop()
        if choices is None:
            found = _choices(one, two, a, b)
            if found is None:
                return one, two
            choices = found
        pair = next(choices, None)
        if pair is None:
            tries += 1
            continue
        open_.append((one, two, choices))
        mark = len(open_)
        left = one.singled_out(pair[0], mark).refined()
        right = two.singled_out(pair[1], mark).refined()
        if left.looks_like(right):
            open_.append((left, right, None))
        else:
            tries += 1
    return None


def _choices(one: Graph, two: Graph, a: Program, b: Program) -> Iterator[tuple[int, int]] | None:
    """Give a node of the first, of the smallest class, with each that may be it in the second.

    One of the same name comes first, then those that share words. ``None`` where all nodes differ.
    """
    size = len(one.literals)
    colours, first, counts = np.unique(one.colours[:size], return_index=True, return_counts=True)
    several = np.flatnonzero(counts > 1)
    if not len(several):
        return None
    least = several[counts[several] == counts[several].min()]
    chosen = least[np.argmin(first[least])]
    node = int(first[chosen])
    alike = np.flatnonzero(two.colours[:size] == colours[chosen]).tolist()
    column, sign = a.columns[one.literals[node].column], one.literals[node].sign
    is_few = len(alike) <= _MOST_ALIKE

    def rank(other: int) -> tuple[bool, float, bool, int]:
        literal = two.literals[other]
        candidate = b.columns[literal.column]
        share = shared_words(column, candidate) if is_few else 0.0
        return candidate.name != column.name, -share, literal.sign != sign, other

    alike.sort(key=rank)
    return ((node, other) for other in alike)


def _as_mapping(one: Graph, two: Graph, a: Program, b: Program, view: View) -> Mapping | None:
    size = len(one.literals)
    left, right = np.argsort(one.colours[:size]), np.argsort(two.colours[:size])
    partner = dict(zip(right.tolist(), left.tolist(), strict=True))
    units = _units(one, two, b) if view.scales else {}
    images = []
    for column in range(b.size):
        here = two.literals[2 * column]
        there = one.literals[partner[2 * column]]
        if partner[2 * column + 1] != partner[2 * column] ^ 1:
            return None
        factor = units.get(column, Fraction(1)) * there.sign
        images.append(Image({there.column: factor}, here.base - factor * there.base))
    return Mapping(a.size, tuple(images))


def inverse(mapping: Mapping) -> Mapping | None:
    """Turn a map around in which each column of the target is one of the source, in its unit.

    >>> inverse(Mapping(1, (Image({0: Fraction(-2)}, Fraction(3)),))).images
    (Image(coefficients={0: Fraction(-1, 2)}, constant=Fraction(3, 2)),)
    """
    images: dict[int, Image] = {}
    for number, image in enumerate(mapping.images):
        if len(image.coefficients) != 1:
            return None
        ((column, factor),) = image.coefficients.items()
        images[column] = Image({number: 1 / factor}, -image.constant / factor)
    if len(images) != mapping.size or len(mapping.images) != mapping.size:
        return None
    return Mapping(mapping.size, tuple(images[column] for column in range(mapping.size)))


def _units(one: Graph, two: Graph, b: Program) -> dict[int, Fraction]:
    """Find by how much each continuous column of the second is a multiple of its partner.

    From what is known, whole numbers and constant sides, along the coefficients to the rest.
    """
    size = len(one.literals)
    order = np.argsort(one.colours), np.argsort(two.colours)
    partner = dict(zip(order[1].tolist(), order[0].tolist(), strict=True))
    units = _Units()
    for (literal, side), here in two.weights.items():
        at = None if literal is None else partner[literal]
        there = one.weights.get((at, partner[size + side] - size))
        if there and literal is not None:
            units.tie(literal // 2, side, here / there)
        elif there and here / there > 0:
            units.learn_scale(side, here / there)
    for number, column in enumerate(b.columns):
        if column.is_integer:
            units.learn_unit(number, Fraction(1))
    units.spread()
    for side in range(len(two.sides)):  # what nothing fixes may have any unit
        units.learn_scale(side, Fraction(1))
        units.spread()
    return units.units


class _Units:
    """Units of columns and scales of rows, each of which makes others known.

    Where a column is in a row, the scale of the row is the unit times a factor.
    """

    def __init__(self) -> None:
        self.units: dict[int, Fraction] = {}
        self.scales: dict[int, Fraction] = {}
        self._sides: dict[int, list[tuple[int, Fraction]]] = defaultdict(list)
        self._columns: dict[int, list[tuple[int, Fraction]]] = defaultdict(list)
        self._news = deque[tuple[bool, int]]()

    def tie(self, column: int, side: int, factor: Fraction) -> None:
        """Say how a scale and a unit hang together."""
        self._sides[column].append((side, factor))
        self._columns[side].append((column, factor))

    def learn_unit(self, column: int, unit: Fraction) -> None:
        """Take a unit for known, unless one is."""
        if column not in self.units:
            self.units[column] = unit
            self._news.append((True, column))

    def learn_scale(self, side: int, scale: Fraction) -> None:
        """Take a scale for known, unless one is."""
        if side not in self.scales:
            self.scales[side] = scale
            self._news.append((False, side))

    def spread(self) -> None:
        """Find all that follows from what is known."""
        while self._news:
            is_column, number = self._news.popleft()
            if is_column:
                for side, factor in self._sides[number]:
                    self.learn_scale(side, self.units[number] * factor)
            else:
                for column, factor in self._columns[number]:
                    self.learn_unit(column, self.scales[number] / factor)
