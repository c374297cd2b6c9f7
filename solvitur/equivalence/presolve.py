"""Exact steps that make a program smaller, and lead its points down and back up.

Each step keeps the feasible points and the objective: every point of the program goes to one of the
smaller one with the same objective, and every point of the smaller one comes from one of these.
Nothing here looks at the objective to leave points out.
"""

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import (
    Program,
    Row,
    at_most,
    nonzero,
    ratio,
    scaled_sides,
)
from solvitur.equivalence.reduction import Fixed, Joined, Reduced, Step, Substituted

_ZERO, _ONE = Fraction(0), Fraction(1)
_ROUNDS = 20
_MOST_ROWS = 8
"""Rows that a column may be in to be replaced by what defines it."""
_MOST_COLUMNS = 300
"""Columns of an equation that may define one of them."""
_LONGEST = 12
"""Columns of an equation that is looked at for whether it keeps one of them within its bounds."""


def presolve(
    program: Program, *, keep_columns: bool = False, use_equations: bool = False
) -> Reduced:
    """Make a program smaller by steps that are exact both ways.

    Args:
        program: The program.
        keep_columns: Whether to leave the columns alone and only tidy rows and bounds.
        use_equations: Whether every equation is used to leave out a column, so that nothing is left
            of how often equations were added to other rows.

    Example:
        >>> from solvitur.equivalence.program import Column
        >>> slack = Program(
        ...     (Column("x"), Column("slack")),
        ...     (Row("room", {0: Fraction(2), 1: Fraction(1)}, Fraction(8), Fraction(8)),),
        ...     {0: Fraction(-1)})
        >>> found = presolve(slack)
        >>> [column.name for column in found.program.columns], found.program.columns[0].upper
        (['x'], Fraction(4, 1))
        >>> found.up([Fraction(1)])
        (Fraction(1, 1), Fraction(6, 1))
    """
    work = _Work(program, use_equations=use_equations)
    work.settle(keep_columns=keep_columns)
    return work.reduced()


def eliminations(reduced: Reduced) -> Iterator[Reduced]:
    """Give the program with one more column put into what an equation makes of it, in every way.

    That is exact as well, but no way is better than another: which one leads to the structure of
    another program can only be tried.
    """
    program = reduced.program
    for place, row in enumerate(program.rows):
        if not row.is_equality:
            continue
        for column in row.coefficients:
            work = _Work(program)
            if work.is_defined(column, row):
                work.define(column, place)
                work.settle()
                yield reduced.then(work.reduced())


def without_implied_rows(reduced: Reduced, deadline: float) -> Reduced:
    """Leave out the rows that follow from the others, as far as time goes; each by a proof."""
    from solvitur.equivalence.relaxation import Claim, Relaxation

    rows, implied = list(reduced.program.rows), []
    for row in sorted(rows, key=lambda each: -len(each.coefficients)):
        if time.perf_counter() > deadline:
            break
        others = [each for each in rows if each is not row]
        claims = [Claim(*each) for each in at_most(row)]
        without = replace(reduced.program, rows=tuple(others))
        proofs = [each.certificate for each in Relaxation(without, deadline).prove(claims)]
        if all(proof is not None and proof.is_exact for proof in proofs):
            rows = others
            implied.append(row.name)
    program = replace(reduced.program, rows=tuple(rows))
    return replace(reduced, program=program, implied=(*reduced.implied, *implied))


@dataclass
class _Work:
    """A program that is being made smaller; columns and rows keep their numbers."""

    program: Program
    use_equations: bool = False
    changes: int = 0
    is_contradictory: bool = False
    steps: list[Step] = field(default_factory=list)
    is_new: bool = True
    """Whether there are coefficients that were not looked at for rows and columns alike."""

    def __post_init__(self) -> None:
        self.columns = dict(enumerate(self.program.columns))
        self.rows = dict(enumerate(self.program.rows))
        self.rows = {n: _tidied(row) for n, row in self.rows.items()}
        self.touched = set(self.rows)
        self.members: dict[int, set[int]] = defaultdict(set)
        for number, row in self.rows.items():
            for column in row.coefficients:
                self.members[column].add(number)
        related = (row.coefficients for row in self.rows.values() if len(row.coefficients) > 1)
        self.unused = set(self.columns).difference(*related)
        """Columns that no row relates to others: those alone are idle, whatever the steps leave."""
        self.objective = nonzero(self.program.objective)
        self.constant = self.program.constant
        self.down = {n: {n: _ONE} for n in self.columns}
        for number in self.columns:
            self.bound(number, None, None)
        self.is_contradictory |= any(_cross(row.lower, row.upper) for row in self.rows.values())

    def settle(self, *, keep_columns: bool = False) -> None:
        """Take all steps, until none is left."""
        for _ in range(_ROUNDS):
            before = self.changes
            self.tidy_rows()
            if not keep_columns:
                self.fix()
                self.join()
                self.substitute()
            if self.changes == before or self.is_contradictory:
                break

    # --- rows ---

    def tidy_rows(self) -> None:
        """Turn rows of one column into bounds, and leave out those that say nothing more."""
        waiting, self.touched = sorted(self.touched), set()
        for number in waiting:
            row = self.rows.get(number)
            if row is None:
                continue
            if not row.coefficients:
                self.check_empty(row)
                self.drop(number)
            elif len(row.coefficients) == 1:
                ((column, value),) = row.coefficients.items()
                self.bound(column, *scaled_sides(row, 1 / value))
                self.drop(number)
            else:
                self.relax(number)
        if self.is_new:
            self.merge_rows()

    def check_empty(self, row: Row) -> None:
        if (row.lower is not None and row.lower > 0) or (row.upper is not None and row.upper < 0):
            self.is_contradictory = True

    def relax(self, number: int) -> None:
        """Leave out the sides of a row that the bounds keep by themselves."""
        row = self.rows[number]
        low, high = self.reach(row.coefficients.items())
        lower = None if row.lower is None or (low is not None and low >= row.lower) else row.lower
        upper = None if row.upper is None or (high is not None and high <= row.upper) else row.upper
        if lower is None and upper is None:
            self.drop(number)
        elif (lower, upper) != (row.lower, row.upper) and row.lower != row.upper:
            self.rows[number] = Row(row.name, row.coefficients, lower, upper)
            self.changes += 1

    def reach(
        self, terms: Iterable[tuple[int, Fraction]]
    ) -> tuple[Fraction | None, Fraction | None]:
        """Give the least and the greatest value within the bounds."""
        low: Fraction | None = _ZERO
        high: Fraction | None = _ZERO
        for number, value in terms:
            column = self.columns[number]
            near, far = (column.lower, column.upper) if value > 0 else (column.upper, column.lower)
            low = None if low is None or near is None else low + value * near
            high = None if high is None or far is None else high + value * far
            if low is None and high is None:
                break
        return low, high

    def merge_rows(self) -> None:
        """Put rows of the same direction into one."""
        for group in _grouped((n, sorted(row.coefficients)) for n, row in self.rows.items()):
            kept: list[int] = []
            for number in group:
                row = self.rows[number]
                for home in kept:
                    other = self.rows[home]
                    factor = ratio(other.coefficients, row.coefficients)
                    if factor is not None:
                        low, high = scaled_sides(row, factor)
                        lower, upper = _larger(other.lower, low), _smaller(other.upper, high)
                        self.is_contradictory |= _cross(lower, upper)
                        self.rows[home] = Row(other.name, other.coefficients, lower, upper)
                        self.touched.add(home)
                        self.drop(number)
                        break
                else:
                    kept.append(number)

    def drop(self, number: int) -> None:
        for column in self.rows.pop(number).coefficients:
            self.members[column].discard(number)
        self.is_new = True
        self.changes += 1

    # --- columns ---

    def bound(self, number: int, low: Fraction | None, high: Fraction | None) -> None:
        """Tighten the bounds of a column."""
        old = self.columns[number]
        lower, upper = _larger(old.lower, low), _smaller(old.upper, high)
        if old.is_integer:
            lower = None if lower is None else Fraction(math.ceil(lower))
            upper = None if upper is None else Fraction(math.floor(upper))
        self.is_contradictory |= _cross(lower, upper)
        if (lower, upper) != (old.lower, old.upper):
            self.columns[number] = replace(old, lower=lower, upper=upper)
            self.touched |= self.members[number]
            self.changes += 1

    def fix(self) -> None:
        """Leave out the columns that can have one value only, or that nothing depends on."""
        for number, column in list(self.columns.items()):
            is_idle = number in self.unused and number not in self.objective
            is_fixed = column.lower is not None and column.lower == column.upper
            if is_idle or is_fixed:
                value = column.lower if column.lower is not None else column.upper or _ZERO
                self.steps.append(Fixed(number, value, not is_fixed))
                self.put(number, Image({}, value))

    def put(self, number: int, image: Image) -> None:
        """Put an expression in the place of a column, everywhere."""
        for place in sorted(self.members[number]):
            row = self.rows[place]
            left = dict(row.coefficients)
            factor = left.pop(number)
            for column, value in image.coefficients.items():
                left[column] = left.get(column, _ZERO) + factor * value
            shift = factor * image.constant
            self.replace_row(
                place, Row(row.name, left, _less(row.lower, shift), _less(row.upper, shift))
            )
        factor = self.objective.pop(number, _ZERO)
        if factor:
            self.constant += factor * image.constant
            for column, value in image.coefficients.items():
                total = self.objective.pop(column, _ZERO) + factor * value
                if total:
                    self.objective[column] = total
        del self.columns[number], self.down[number]
        self.changes += 1

    def replace_row(self, place: int, row: Row) -> None:
        for column in self.rows[place].coefficients:
            self.members[column].discard(place)
        self.rows[place] = _tidied(row)
        self.touched.add(place)
        self.is_new = True
        for column in self.rows[place].coefficients:
            self.members[column].add(place)

    def substitute(self) -> None:
        """Leave out columns that an equation defines: slacks, totals, parts of sums.

        Of those that it may define, the one that decides least, by what scales do not change.
        """
        equations = (n for n, row in self.rows.items() if row.is_equality)
        for place in sorted(equations, key=lambda n: len(self.rows[n].coefficients)):
            row = self.rows[place]
            if len(row.coefficients) > _MOST_COLUMNS:
                break
            defined = [c for c in row.coefficients if self.is_defined(c, row)]
            for number in sorted(defined, key=lambda c: self.weight(c, row)):
                if self.use_equations or self.is_loose(number, row):
                    self.define(number, place)
                    break

    def weight(self, number: int, row: Row) -> tuple[bool, bool, int, Fraction]:
        """Say how much a column of an equation decides: one without bounds and cost, little."""
        column, cost = self.columns[number], self.objective.get(number, _ZERO)
        is_bounded = column.lower is not None or column.upper is not None
        worth = abs(cost / row.coefficients[number])
        rows = 0 if self.use_equations else len(self.members[number])
        return is_bounded, bool(cost), rows, worth

    def is_loose(self, number: int, row: Row) -> bool:
        """Whether a column is nowhere else, or the equation keeps it within its bounds anyway."""
        if not 1 < len(self.members[number]) <= _MOST_ROWS:
            return len(self.members[number]) == 1
        column, factor = self.columns[number], row.coefficients[number]
        if column.lower is None and column.upper is None:
            return True
        if len(row.coefficients) > _LONGEST:
            return False
        rest = {c: v / -factor for c, v in row.coefficients.items() if c != number}
        side = (row.lower or _ZERO) / factor
        low, high = self.reach(rest.items())
        return (column.lower is None or (low is not None and low + side >= column.lower)) and (
            column.upper is None or (high is not None and high + side <= column.upper)
        )

    def is_defined(self, number: int, row: Row) -> bool:
        """Whether the column is whole by itself, where it has to be, when the others are."""
        if not self.columns[number].is_integer:
            return len(row.coefficients) > 1
        factor = row.coefficients[number]
        return (
            len(row.coefficients) > 1
            and row.lower is not None
            and (row.lower / factor).denominator == 1
            and all(
                self.columns[c].is_integer and (v / factor).denominator == 1
                for c, v in row.coefficients.items()
            )
        )

    def define(self, number: int, place: int) -> None:
        row, column = self.rows[place], self.columns[number]
        assert row.lower is not None
        factor = row.coefficients[number]
        rest = {c: v for c, v in row.coefficients.items() if c != number}
        image = Image({c: -v / factor for c, v in rest.items()}, row.lower / factor)
        self.steps.append(Substituted(number, image))
        sides = [
            None if s is None else row.lower - factor * s for s in (column.lower, column.upper)
        ]
        low, high = reversed(sides) if factor > 0 else sides
        self.replace_row(place, Row(row.name, rest, low, high))
        self.put(number, image)

    def join(self) -> None:
        """Put one column in the place of two that only matter as a sum."""
        if not self.is_new:
            return
        self.is_new = False
        places = ((n, [-1] * (n in self.objective) + sorted(self.members[n])) for n in self.columns)
        for group in _grouped(places):
            entries = {number: self.entries(number) for number in group}
            kept: list[int] = []
            for number in sorted(group, key=lambda n: abs(next(iter(entries[n].values())))):
                for home in kept:
                    factor = ratio(entries[number], entries[home])
                    if factor is not None and self.can_join(home, number, factor):
                        self.join_two(home, number, factor)
                        break
                else:
                    kept.append(number)

    def entries(self, number: int) -> dict[int, Fraction]:
        """Give the column's coefficients by row; that of the objective is at -1."""
        found = {place: self.rows[place].coefficients[number] for place in self.members[number]}
        if number in self.objective:
            found[-1] = self.objective[number]
        return dict(sorted(found.items()))

    def can_join(self, first: int, second: int, factor: Fraction) -> bool:
        """Whether the sum of the two takes all values between its least and its greatest."""
        one, two = self.columns[first], self.columns[second]
        if one.is_integer and not (two.is_integer and factor.denominator == 1):
            return False
        if one.lower is None:
            near = two.lower if factor > 0 else two.upper
            return one.upper is None and near is not None
        if one.upper is None or not two.is_integer:
            return True
        return one.upper - one.lower >= abs(factor) - (1 if one.is_integer else 0)

    def join_two(self, first: int, second: int, factor: Fraction) -> None:
        one, two = self.columns[first], self.columns[second]
        self.steps.append(Joined(first, second, factor, (one, two)))
        near, far = (two.lower, two.upper) if factor > 0 else (two.upper, two.lower)
        lower = None if one.lower is None or near is None else one.lower + factor * near
        upper = None if one.upper is None or far is None else one.upper + factor * far
        self.columns[first] = replace(one, lower=lower, upper=upper)
        self.touched |= self.members[first]
        down = dict(self.down[first])
        for column, value in self.down[second].items():
            down[column] = down.get(column, _ZERO) + factor * value
        self.put(second, Image({}))
        self.down[first] = down

    # --- what is left ---

    def reduced(self) -> Reduced:
        kept = tuple(sorted(self.columns))
        place = {number: position for position, number in enumerate(kept)}
        program = Program(
            tuple(self.columns[number] for number in kept),
            tuple(
                Row(
                    r.name,
                    {place[c]: v for c, v in sorted(r.coefficients.items())},
                    r.lower,
                    r.upper,
                )
                for _, r in sorted(self.rows.items())
            ),
            {place[c]: v for c, v in sorted(self.objective.items())},
            self.constant,
            self.program.minimise,
        )
        down = Mapping(self.program.size, tuple(Image(self.down[number]) for number in kept))
        return Reduced(self.program, program, down, kept, tuple(self.steps), self.is_contradictory)


def _tidied(row: Row) -> Row:
    is_tidy = all(row.coefficients.values())
    return row if is_tidy else replace(row, coefficients=nonzero(row.coefficients))


def _grouped(keyed: Iterable[tuple[int, Iterable[int]]]) -> list[list[int]]:
    """Gather the numbers that have the same key, where several have it and it is not empty."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, key in keyed:
        groups[tuple(key)].append(number)
    return [group for key, group in groups.items() if len(group) > 1 and key]


def _cross(lower: Fraction | None, upper: Fraction | None) -> bool:
    return lower is not None and upper is not None and lower > upper


def _larger(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else max(a, b)


def _smaller(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else min(a, b)


def _less(side: Fraction | None, shift: Fraction) -> Fraction | None:
    return None if side is None else side - shift
