"""What the values of the objective say without any mapping.

Under an equivalence, whatever the mapping, the values that the objectives take correspond: those of
one program are those of the other times a positive factor, plus a constant. So where one takes
finitely many values and the other all of an interval, or where the gaps between their least values
are in another proportion, the programs are not equivalent.
"""

import time
from dataclasses import dataclass
from fractions import Fraction

from solvitur.equivalence.points import Searched, search, with_row
from solvitur.equivalence.program import Coefficients, Program, Row
from solvitur.equivalence.relaxation import step
from solvitur.solvers.solution import Holding

_LEAST = 3
"""How many of the least and greatest values are compared."""


@dataclass(frozen=True)
class Values:
    """What is known of the values that an objective takes, as something to minimise."""

    holding: Holding
    """What minimising holds: infeasible, unbounded, optimal, or nothing for sure."""
    least: tuple[Fraction, ...] = ()
    """The least values, in order, as far as they were found; each is taken at an exact point."""
    greatest: tuple[Fraction, ...] = ()
    opposite: Holding = Holding.nothing
    """What maximising holds."""
    is_complete: bool = False
    """Whether `least` holds all values there are."""
    is_interval: bool = False
    """Whether all values between two of them are taken too."""
    is_discrete: bool = False
    """Whether all values are multiples of one number, up to a constant."""

    @property
    def seen(self) -> frozenset[Fraction]:
        """The values that were found."""
        return frozenset((*self.least, *self.greatest))


def values(program: Program, deadline: float) -> Values:
    """Find out about the values of an objective, as far as time goes."""
    if not any(program.cost.values()):
        return _of_constant(program, deadline)
    unit = step(program.cost, program)
    low = _in_order(program, program.cost, unit, deadline)
    if low.holding in (Holding.infeasible, Holding.nothing):
        return low
    high = _in_order(program, {c: -v for c, v in program.cost.items()}, unit, deadline)
    base = program.sign * program.constant
    return Values(
        low.holding,
        tuple(base + value for value in low.least),
        tuple(base - value for value in high.least),
        high.holding,
        low.is_complete,
        is_interval=not program.is_mixed,
        is_discrete=unit is not None,
    )


def _of_constant(program: Program, deadline: float) -> Values:
    found = search(program, deadline - time.perf_counter())
    if found.point is None:
        return Values(found.holding)
    value = program.sign * program.value(found.point)
    return Values(Holding.optimal, (value,), (value,), Holding.optimal, True, True, True)


def _in_order(
    program: Program, cost: Coefficients, unit: Fraction | None, deadline: float
) -> Values:
    """Give the least values of a cost in order."""
    aim, found, holding = program.with_objective(cost), list[Fraction](), Holding.nothing
    while len(found) < _LEAST and time.perf_counter() < deadline:
        searched = search(aim, deadline - time.perf_counter())
        if not found:
            holding = _certain(searched)
        if _certain(searched) is not Holding.optimal or searched.point is None:
            is_complete = bool(found) and searched.is_infeasible
            return Values(holding, tuple(found), is_complete=is_complete)
        value = aim.value(searched.point)
        found.append(value)
        if unit is None:
            break
        aim = with_row(program.with_objective(cost), Row("next", cost, value + unit, None))
    return Values(holding, tuple(found))


def _certain(searched: Searched) -> Holding:
    return Holding.nothing if searched.holding is Holding.feasible else searched.holding


def difference(a: Values, b: Values) -> str | None:
    """Say why programs with such values are not equivalent under any mapping, if they are not."""
    if Holding.nothing in (a.holding, b.holding):
        return None
    if a.holding is not b.holding:
        return f"one is {_state(a.holding)} and the other {_state(b.holding)}"
    if a.holding is Holding.infeasible:
        return None
    for x, y in ((a, b), (b, a)):
        if x.is_complete and len(y.seen) > len(x.least):
            return f"the objective takes {_count(len(x.least))} in one and more in the other"
    if Holding.nothing not in (a.opposite, b.opposite) and a.opposite is not b.opposite:
        return "the objective has a worst value in one of them only"
    for x, y in ((a, b), (b, a)):
        if x.is_interval and len(x.seen) > 1 and y.is_discrete:
            return "the objective takes all values of an interval in one of them only"
    if not (a.is_discrete and b.is_discrete):
        return None
    return _by_gaps(a, b)


def _count(values: int) -> str:
    return "one value" if values == 1 else f"{values} values"


def _by_gaps(a: Values, b: Values) -> str | None:
    for one, other in zip(_proportions(a), _proportions(b), strict=True):
        if one is not None and other is not None and one != other:
            return (
                "the values next to the best are in another proportion: "
                f"{_show(one)} in one and {_show(other)} in the other"
            )
    return None


def _proportions(values: Values) -> tuple[Fraction | None, ...]:
    """Give what a positive factor and a constant do not change."""
    least, greatest = values.least, values.greatest
    gap = least[1] - least[0] if len(least) > 1 else None
    if gap is None:
        return None, None, None
    whole = (greatest[0] - least[0]) / gap if greatest else None
    third = (least[2] - least[1]) / gap if len(least) > 2 else None
    last = (greatest[0] - greatest[1]) / gap if len(greatest) > 1 else None
    return third, whole, last


def _show(number: Fraction) -> str:
    return str(number) if number.denominator < 1000 else f"{float(number):g}"


def _state(holding: Holding) -> str:
    return {
        Holding.infeasible: "infeasible",
        Holding.unbounded: "unbounded",
    }.get(holding, "solved to an optimum")
