"""Loops over whole arrays: every binding of the loop names at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from solvitur.errors import FormulationError
from solvitur.formulation.arrays.members import Floats, Members, Places
from solvitur.formulation.evaluate import Atom, Binding, Key, unwrap
from solvitur.formulation.expression import Comparison, Logic, Loop, Name, Node

Flags = npt.NDArray[np.bool_]

BLOCK = 4_000_000
"""How many bindings are looked at at once where a condition thins them out."""


MOST = 60_000_000
"""Most loop names times bindings that are kept at once, and, times 25, that are looked at."""


class NotInArrays(Exception):
    """Something that the key-by-key evaluation has to say, most often a fault."""


@dataclass(frozen=True)
class Column:
    """What a name, or an index, stands for in each binding: an element of `members`."""

    members: Members
    codes: Places

    @property
    def width(self) -> int:
        """How many indices it makes."""
        return self.members.dimension

    def take(self, rows: Places | Flags) -> "Column":
        """Keep some bindings, in the order given."""
        return Column(self.members, self.codes[rows])

    def split(self) -> Iterator["Column"]:
        """Take tuples apart."""
        for n in range(self.width):
            members, codes = self.members.place(n)
            yield Column(members, codes[self.codes])

    def numbers(self) -> Floats:
        """Give the elements as numbers."""
        if self.members.numbers is None:
            raise NotInArrays
        return self.members.numbers[self.codes]


@dataclass(frozen=True)
class Frame:
    """Bindings of loop names: one column a name, one row a binding."""

    size: int
    columns: Mapping[str, Column]

    def take(self, rows: Places | Flags) -> "Frame":
        """Keep some bindings, in the order given."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        size = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
        return Frame(size, columns)

    def binding(self, row: int) -> Binding:
        """Give one binding as the key-by-key evaluation has it."""
        found: dict[str, Atom | Key] = {}
        for name, column in self.columns.items():
            found[name] = unwrap(column.members[column.codes[row]])
        return found


ONCE = Frame(1, {})
"""The one binding of no loop at all."""


class Conditions(Protocol):
    """Who decides conditions and computes columns: `solvitur.formulation.arrays.evaluate`."""

    def holds(self, node: Node, frame: Frame) -> Flags:
        """Decide a condition in each binding."""

    def column(self, node: Node, frame: Frame, like: Members) -> Places:
        """Find where the value of a node stands in a set, in each binding."""


def expand(
    frame: Frame, loops: tuple[Loop, ...], sets: Mapping[str, Members], conditions: Conditions
) -> tuple[Frame, Places]:
    """Go through loops: give the bindings inside, and the binding outside that each is of.

    They come in the order of the sets, the last loop turning fastest.
    """
    parents = np.arange(frame.size)
    for loop in loops:
        frame, rows = _loop(frame, loop, sets[loop.domain.name], conditions)
        parents = parents[rows]
    return frame, parents


def _loop(
    frame: Frame, loop: Loop, members: Members, conditions: Conditions
) -> tuple[Frame, Places]:
    tests = [part for condition in loop.conditions for part in _conjuncts(condition)]
    join = next((found for test in tests if (found := _join(test, loop)) is not None), None)
    if join is not None:
        test, target, outside = join
        tests.remove(test)
        rows, codes = _matches(frame, loop, members, target, outside, conditions)
        return _filtered(frame, loop, members, (rows, codes), tests, conditions)
    looked_at = frame.size * len(members)
    names = len(frame.columns) + len(loop.targets)
    if looked_at * names > MOST * (25 if tests else 1):
        raise FormulationError(
            f"this goes through {looked_at:,} combinations; declare a set of the tuples that are "
            "needed, and go through that",
            column=loop.column,
        )
    step = max(1, BLOCK // max(1, len(members))) if tests else max(1, frame.size)
    blocks = []
    for start in range(0, max(1, frame.size), step):
        outer = np.arange(start, min(start + step, frame.size))
        rows = np.repeat(outer, len(members))
        codes = np.tile(np.arange(len(members)), len(outer))
        blocks.append(_filtered(frame, loop, members, (rows, codes), tests, conditions))
    return blocks[0] if len(blocks) == 1 else _joined(blocks)


def _filtered(
    frame: Frame,
    loop: Loop,
    members: Members,
    pairs: tuple[Places, Places],
    tests: list[Node],
    conditions: Conditions,
) -> tuple[Frame, Places]:
    rows, codes = pairs
    inner = Frame(len(rows), {**frame.take(rows).columns, **_bound(loop, members, codes)})
    for test in tests:
        kept = np.flatnonzero(conditions.holds(test, inner))
        inner, rows = inner.take(kept), rows[kept]
    return inner, rows


def _bound(loop: Loop, members: Members, codes: Places) -> dict[str, Column]:
    whole = Column(members, codes)
    if len(loop.targets) == 1:
        return {loop.targets[0]: whole}
    return dict(zip(loop.targets, whole.split(), strict=True))


def _conjuncts(condition: Node) -> Iterator[Node]:
    if isinstance(condition, Logic) and condition.operator == "and":
        for item in condition.items:
            yield from _conjuncts(item)
    else:
        yield condition


def _join(test: Node, loop: Loop) -> tuple[Node, str, Node] | None:
    """Find ``i == n``, one of the loop's names and something that does not depend on it."""
    if not isinstance(test, Comparison) or test.operators != ("==",):
        return None
    for own, other in (test.operands, test.operands[::-1]):
        is_own = isinstance(own, Name) and own.name in loop.targets
        if is_own and other.names.isdisjoint(loop.targets):
            assert isinstance(own, Name)
            return test, own.name, other
    return None


def _matches(
    frame: Frame, loop: Loop, members: Members, target: str, outside: Node, conditions: Conditions
) -> tuple[Places, Places]:
    """Pair each binding with the elements whose one place is what the binding says.

    Sorted once, so that a network costs what its arcs cost and not nodes times arcs.
    """
    all_codes = np.arange(len(members))
    own = _bound(loop, members, all_codes)[target]
    wanted = conditions.column(outside, frame, own.members)
    order = np.argsort(own.codes, kind="stable")
    ends = np.searchsorted(own.codes[order], np.arange(len(own.members) + 1))
    counts = np.where(wanted < 0, 0, (ends[1:] - ends[:-1])[wanted] if len(own.members) else 0)
    rows = np.repeat(np.arange(frame.size), counts)
    first = np.repeat(ends[wanted.clip(min=0)] - (np.cumsum(counts) - counts), counts)
    return rows, order[first + np.arange(len(rows))]


def _joined(blocks: list[tuple[Frame, Places]]) -> tuple[Frame, Places]:
    frames = [frame for frame, _ in blocks]
    columns = {
        name: Column(column.members, np.concatenate([f.columns[name].codes for f in frames]))
        for name, column in frames[0].columns.items()
    }
    rows = np.concatenate([rows for _, rows in blocks])
    return Frame(len(rows), columns), rows
