"""Ways to an optimum that share no code with solvitur."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Any

import numpy as np
from scipy.optimize import linprog


@dataclass(frozen=True)
class Result:
    """What an oracle finds; ``readings`` has one objective for each reading of the text."""

    outcome: str
    objective: float | None = None
    readings: tuple[float, ...] = ()


INFEASIBLE = Result("infeasible")
UNBOUNDED = Result("unbounded")


def solved(objective: Any, *readings: Any) -> Result:
    return Result("solved", float(objective), tuple(float(r) for r in readings))


def lowest(
    ranges: Sequence[Iterable[int]], cost: Callable[..., float], allowed: Callable[..., bool]
) -> Result:
    """Try every point of a grid."""
    best = min((cost(*point) for point in product(*ranges) if allowed(*point)), default=None)
    return INFEASIBLE if best is None else solved(best)


def highest(
    ranges: Sequence[Iterable[int]], gain: Callable[..., float], allowed: Callable[..., bool]
) -> Result:
    """Try every point of a grid."""
    best = max((gain(*point) for point in product(*ranges) if allowed(*point)), default=None)
    return INFEASIBLE if best is None else solved(best)


def subsets(items: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    listed = list(items)
    return chain.from_iterable(combinations(listed, size) for size in range(len(listed) + 1))


# --- the corners of a small polyhedron, in exact fractions ---------------------------------------

Row = tuple[Sequence[Any], str, Any]


def corner(sense: str, gains: Sequence[Any], *rows: Row) -> Result:
    """Optimize over x >= 0 by looking at every corner; the optimum must be known to be finite.

    It is when the costs to minimize are not negative, or when one "<=" row holds every variable.
    """
    n = len(gains)
    weights = [_exact(gain) for gain in gains]
    exact = [([_exact(a) for a in left], sign, _exact(right)) for left, sign, right in rows]
    finite = sense == "min" and min(weights) >= 0
    assert finite or any(sign != ">=" and min(left) > 0 for left, sign, _ in exact)
    exact += [([Fraction(i == j) for j in range(n)], ">=", Fraction(0)) for i in range(n)]
    values = []
    for tight in combinations(exact, n):
        x = _meet([[*left, right] for left, _, right in tight])
        if x is not None and all(_holds(row, x) for row in exact):
            values.append(_dot(weights, x))
    if not values:
        return INFEASIBLE
    return solved(min(values) if sense == "min" else max(values))


def _exact(number: Any) -> Fraction:
    return Fraction(str(number))


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def _holds(row: tuple[Sequence[Fraction], str, Fraction], x: Sequence[Fraction]) -> bool:
    left, sign, right = row
    value = _dot(left, x)
    return {"<=": value <= right, ">=": value >= right, "==": value == right}[sign]


def _meet(table: list[list[Fraction]]) -> list[Fraction] | None:
    """Solve n equations in n unknowns, or give None where there is no single solution."""
    n = len(table)
    for i in range(n):
        pivot = next((k for k in range(i, n) if table[k][i] != 0), None)
        if pivot is None:
            return None
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [entry / table[i][i] for entry in table[i]]
        for k in range(n):
            if k != i and table[k][i] != 0:
                factor = table[k][i]
                table[k] = [a - factor * b for a, b in zip(table[k], table[i], strict=True)]
    return [line[n] for line in table]


# --- a linear program whose value is proved by its dual ------------------------------------------


def proved_minimum(cost: Any, upper: Any, at_most: Any, equal: Any = None, to: Any = None) -> float:
    """Minimize cost @ x with upper @ x <= at_most, equal @ x == to and x >= 0.

    What the solver says is not believed: the point and the dual are checked by plain arithmetic,
    and a feasible pair of equal value is optimal.
    """
    cost, upper, at_most = (
        np.asarray(cost, float),
        np.asarray(upper, float),
        np.array(at_most, float),
    )
    equal = np.zeros((0, len(cost))) if equal is None else np.asarray(equal, float)
    to = np.zeros(0) if to is None else np.asarray(to, float)
    found = linprog(cost, A_ub=upper, b_ub=at_most, A_eq=equal, b_eq=to)
    assert found.status == 0, found.message
    x, push, pull = found.x, found.ineqlin.marginals, found.eqlin.marginals
    small = 1e-7 * max(1.0, abs(found.fun))
    assert x.min() >= -1e-9
    assert (upper @ x - at_most).max(initial=0) <= 1e-7 * max(1, np.abs(at_most).max(initial=1))
    assert np.abs(equal @ x - to).max(initial=0) <= 1e-7 * max(1, np.abs(to).max(initial=1))
    assert push.max(initial=0) <= 1e-9
    assert (cost - upper.T @ push - equal.T @ pull).min() >= -1e-7 * max(1, np.abs(cost).max())
    assert abs(at_most @ push + to @ pull - cost @ x) <= small
    return float(cost @ x)


def proved_maximum(gain: Any, upper: Any, at_most: Any, equal: Any = None, to: Any = None) -> float:
    return -proved_minimum(-np.asarray(gain, float), upper, at_most, equal, to)


def least_excess(upper: Any, at_most: Any) -> float:
    """The smallest total by which x >= 0 must break the rows; above 0, no x keeps them all."""
    upper = np.asarray(upper, float)
    rows, columns = upper.shape
    cost = np.concatenate([np.zeros(columns), np.ones(rows)])
    return proved_minimum(cost, np.hstack([upper, -np.eye(rows)]), at_most)


# --- a convex quadratic program, by its optimality conditions ------------------------------------


def quadratic_minimum(
    square: Any, linear: Any, upper: Any, at_most: Any, equal: Any, to: Any
) -> float:
    """Minimize x @ square @ x + linear @ x by trying which rows of upper @ x <= at_most are tight.

    ``square`` is positive semidefinite, so a point that fits all conditions is a global optimum.
    """
    square, linear = np.asarray(square, float), np.asarray(linear, float)
    upper, at_most = np.asarray(upper, float), np.asarray(at_most, float)
    equal, to = np.atleast_2d(np.asarray(equal, float)), np.asarray(to, float)
    n = len(linear)
    assert np.linalg.eigvalsh(square).min() >= -1e-9
    for tight in subsets(range(len(at_most))):
        rows = np.vstack([equal, upper[list(tight)]])
        if len(rows) > n:
            break
        system = np.block([[2 * square, rows.T], [rows, np.zeros((len(rows), len(rows)))]])
        right = np.concatenate([-linear, to, at_most[list(tight)]])
        if np.linalg.matrix_rank(system) < len(right):
            continue
        answer = np.linalg.solve(system, right)
        x, prices = answer[:n], answer[n + len(to) :]
        if (upper @ x - at_most).max() <= 1e-9 and prices.min(initial=0) >= -1e-9:
            return float(x @ square @ x + linear @ x)
    raise AssertionError("no point fits the optimality conditions")
