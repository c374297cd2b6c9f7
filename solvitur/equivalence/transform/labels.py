"""Whether two programs are equivalent, by what can be proved: a label for a pair.

Equivalent are two programs where each point of the one has a point of the other whose objective is
a positive multiple of its own plus a constant, and the other way round. A label is not taken from
how the pair was made. It rests on proofs in fractions, on points that are checked in fractions, or
on all points of both; where there are none of these there is no label.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from solvitur.equivalence.implication import Source, carry, undoes
from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.points import exact_point
from solvitur.equivalence.program import Coefficients, Column, Program, dot
from solvitur.equivalence.relaxation import Claim, tightened
from solvitur.equivalence.transform.draft import ONE, ZERO, Transformed, summed
from solvitur.equivalence.transform.enumeration import Point, points
from solvitur.equivalence.transform.lifting import covers
from solvitur.solvers.solution import Options

_CASES = 40
_GAP = 0.3
"""How far from the best a point may be, which only has to differ from others."""
_NEVER = Claim({}, -ONE)
"""What holds only where there is no point at all."""


class Basis(StrEnum):
    """What a label rests on."""

    proof = "proof"
    """All that each asks follows from the other, proved in fractions."""
    counting = "counting"
    """All points of both were listed."""
    witness = "witness"
    """A point of one that the other forbids under the mapping; another mapping is not ruled out."""
    status = "status"
    """One has a point, and the other is proved to have none; or neither has one."""
    order = "order"
    """Points whose objective values no positive multiple and constant take to each other."""


@dataclass(frozen=True)
class Label:
    """Whether two programs are equivalent, and why that is known."""

    is_equivalent: bool
    basis: Basis
    reason: str
    holds_for_any_mapping: bool = True
    """Whether no mapping at all makes the two equivalent, of a label that says so."""


def certified(program: Program, made: Transformed, seconds: float = 10.0) -> Label | None:
    """Find out whether a program and what was made of it are equivalent; None where it stays open.

    Example:
        >>> from solvitur.equivalence.program import Row
        >>> from solvitur.equivalence.transform.draft import unmoved
        >>> x = Column("x", ZERO, Fraction(3), is_integer=True)
        >>> most = Row("most", {0: Fraction(2)}, None, Fraction(5))
        >>> program = Program((x,), (most,), {0: ONE}, minimise=False)
        >>> certified(program, unmoved(Program((x,), (), {0: ONE}, minimise=False))).reason
        'the objective takes 3 values and 4 values'
    """
    deadline = time.perf_counter() + seconds
    lists = points(program), points(made.program)
    if lists[0] is not None and lists[1] is not None:
        label = _by_counting((program, made.program), lists[0], lists[1])
        if label is not None:
            return label
    pair = _Pair(program, made, deadline)
    for step in (pair.by_status, pair.by_constant, pair.by_points, pair.by_order, pair.by_proof):
        label = step()
        if label is not None:
            return label
    return None


def _by_counting(
    programs: tuple[Program, Program], ours: list[Point], theirs: list[Point]
) -> Label | None:
    """Compare the values that the objectives take, up to a positive multiple and a constant."""
    if not ours or not theirs:
        is_equal = not ours and not theirs
        counts = f"{len(ours)} and {len(theirs)} feasible points"
        return Label(is_equal, Basis.counting, f"there are {counts}")
    values = [
        sorted({program.sign * program.value(point) for point in found})
        for program, found in zip(programs, (ours, theirs), strict=True)
    ]
    if len(values[0]) != len(values[1]):
        counts = f"{len(values[0])} values and {len(values[1])} values"
        return Label(False, Basis.counting, f"the objective takes {counts}")
    if _scaled(values[0]) != _scaled(values[1]):
        return Label(False, Basis.counting, "the gaps between objective values are others")
    return None


def _scaled(values: list[Fraction]) -> list[Fraction]:
    width = values[-1] - values[0]
    return [(value - values[0]) / width for value in values] if width else [ZERO]


class _Pair:
    """Two programs and the maps between them, looked at from all sides."""

    def __init__(self, program: Program, made: Transformed, deadline: float) -> None:
        self.programs = program, made.program
        self.maps = made.there, made.back
        self.sources = tuple(Source(each, deadline) for each in self.programs)
        self.deadline = deadline
        self.found: tuple[list[Point], list[Point]] = (
            list(self._points(self.programs[0])),
            list(self._points(self.programs[1])),
        )

    def by_status(self) -> Label | None:
        """Find that one of them, or both, have no point."""
        empty = [not found and self._is_empty(n) for n, found in enumerate(self.found)]
        if all(empty):
            return Label(True, Basis.status, "both are infeasible")
        if any(empty) and (self.found[0] or self.found[1]):
            side = "first" if empty[0] else "second"
            return Label(False, Basis.status, f"only the {side} is infeasible")
        return None

    def by_constant(self) -> Label | None:
        """Find that only one of the objectives is constant."""
        constant = [not program.objective for program in self.programs]
        varied = [
            len({program.value(point) for point in found}) > 1
            for program, found in zip(self.programs, self.found, strict=True)
        ]
        if (constant[0] and varied[1]) or (constant[1] and varied[0]):
            return Label(False, Basis.order, "only one of the objectives is constant")
        return None

    def by_points(self) -> Label | None:
        """Find a point that the other program forbids."""
        for here, mapping in enumerate(self.maps):
            target = self.programs[1 - here]
            for point in self.found[here] if mapping else ():
                wrong = target.violations(mapping.apply(point)) if mapping else ()
                if wrong:
                    return _witnessed(here, wrong[0].name)
            if mapping:
                carried = carry(self.sources[here], target, mapping)
                witness = carried.witness
                if witness and self.programs[here].is_feasible(witness.point):
                    return _witnessed(here, witness.violation.name)
        missed = self._missed()
        if missed is None:
            return None
        return Label(False, Basis.witness, missed, holds_for_any_mapping=False)

    def by_order(self) -> Label | None:
        """Find points whose objective values do not go together."""
        for here, mapping in enumerate(self.maps):
            if mapping and self.found[here] and not self._is_in_order(here, mapping):
                reason = "points have objective values in another order or at other distances"
                return Label(False, Basis.order, reason, holds_for_any_mapping=False)
        return None

    def by_proof(self) -> Label | None:
        """Prove that each takes the other's points, and that the objectives agree."""
        if not all(self.found) or not self._keeps_apart():
            return None
        for here, mapping in enumerate(self.maps):
            is_proved = self._is_carried(here, mapping) if mapping else self._is_covered(here)
            if not is_proved:
                return None
        return Label(True, Basis.proof, "each asks only what the other does")

    def _keeps_apart(self) -> bool:
        """Whether one map undoes the other, so that no two points become one for good."""
        (there, back), (first, second) = self.maps, self.sources
        if there is None or back is None:
            return True  # what `covers` finds out
        return undoes(first, there, back) or undoes(second, back, there)

    def _points(self, program: Program) -> Iterator[Point]:
        """Give some exact points: good ones, bad ones, and any."""
        whole = program.objective
        half = dict.fromkeys(range(0, program.size, 2), ONE)
        for goal in (whole, {c: -v for c, v in whole.items()}, half, {}):
            found = self._search(program.with_objective(goal))
            if found is not None:
                yield found

    def _is_empty(self, number: int) -> bool:
        for lower, upper in zip(*tightened(self.programs[number]), strict=True):
            if lower is not None and upper is not None and lower > upper:
                return True
        tried = self.sources[number].relaxation.prove([_NEVER], _CASES)[0]
        return tried.certificate is not None and tried.certificate.is_exact

    def _is_in_order(self, here: int, mapping: Mapping) -> bool:
        """Whether a positive multiple and a constant take the values at the known points over."""
        values = sorted(set(self._values(here, mapping)))
        (x0, y0), (x1, y1) = values[0], values[-1]
        if x0 == x1:
            return len(values) == 1
        return y1 > y0 and all((y - y0) * (x1 - x0) == (y1 - y0) * (x - x0) for x, y in values)

    def _values(self, here: int, mapping: Mapping) -> list[tuple[Fraction, Fraction]]:
        """Give the objectives, as minima, at each known point and at its image."""
        a, b = self.programs[here], self.programs[1 - here]
        return [(a.sign * a.value(p), b.sign * b.value(mapping.apply(p))) for p in self.found[here]]

    def _is_carried(self, here: int, mapping: Mapping) -> bool:
        carried = carry(self.sources[here], self.programs[1 - here], mapping)
        return bool(carried.holds) and carried.is_exact and self._agrees(here, mapping)

    def _agrees(self, here: int, mapping: Mapping) -> bool:
        """Whether the objective at the image is a positive multiple of that here and a constant."""
        a, b = self.programs[here], self.programs[1 - here]
        pulled = mapping.pull(b.cost).coefficients
        factor = self._factor(here, mapping)
        if factor is None:
            return False
        rest = summed([(pulled, ONE), (a.cost, -factor)])
        return not rest or self._is_constant(here, rest)

    def _factor(self, here: int, mapping: Mapping) -> Fraction | None:
        """Find the multiple by two points, or by the coefficients where all known are alike."""
        known = self._values(here, mapping)
        for x, y in known:
            if x != known[0][0]:
                factor = (y - known[0][1]) / (x - known[0][0])
                return factor if factor > 0 else None
        return ONE  # the objective is constant on what is known: any multiple will do

    def _is_constant(self, here: int, terms: Coefficients) -> bool:
        value = dot(terms, self.found[here][0])
        turned = {column: -factor for column, factor in terms.items()}
        claims = [Claim(terms, value), Claim(turned, -value)]
        tried = self.sources[here].relaxation.prove(claims, _CASES)
        return all(each.certificate and each.certificate.is_exact for each in tried)

    def _is_covered(self, here: int) -> bool:
        """Whether the map from the other side, alone, reaches every point of this one."""
        mapping = self.maps[1 - here]
        return mapping is not None and covers(self.programs[1 - here], self.programs[here], mapping)

    def _missed(self) -> str | None:
        """Find a point of the first that the second's columns are too short for."""
        program, other = self.programs
        back = self.maps[1]
        if self.maps[0] is not None or back is None:
            return None
        for number, image in enumerate(back.images):
            most, upper = _most(image, other.columns), program.columns[number].upper
            if most is not None and (upper is None or most < upper):
                found = self._search(program.with_objective({number: -ONE}))
                if found and found[number] > most:
                    return f"{program.columns[number].name} = {found[number]} cannot be written"
        return None

    def _search(self, program: Program) -> Point | None:
        """Give a point that is good, and exactly feasible; the best of a large program is dear."""
        from solvitur.solvers.highs.solver import Effort, minimize

        left = max(0.01, self.deadline - time.perf_counter())
        options = Options(time_limit=left, gap=_GAP, threads=1)
        found = minimize(program.to_arrays(), Effort(options, time.perf_counter())).point
        return None if found is None else exact_point(program, found.tolist())


def _witnessed(here: int, name: str) -> Label:
    side, other = ("first", "second") if here == 0 else ("second", "first")
    reason = f"{name} of the {other} forbids a point of the {side}"
    return Label(False, Basis.witness, reason, holds_for_any_mapping=False)


def _most(image: Image, columns: tuple[Column, ...]) -> Fraction | None:
    """Give what an expression comes to at most within the bounds of the columns."""
    total = image.constant
    for column, factor in image.coefficients.items():
        side = columns[column].upper if factor > 0 else columns[column].lower
        if side is None:
            return None
        total += factor * side
    return total
