"""Convex quadratic objectives: what prepares them for HiGHS, and proofs that do not trust it.

HiGHS's active-set method for quadratic objectives adds a curvature of its own, can go round in
circles, and can end at a point that is not optimal (HiGHS issues 2383, 2489 and 2894). So it is
given scaled programs, and its answer counts only once the functions here have proved it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from solvitur.solvers.program import ROUNDING, Floats, Matrix, Program

TOLERANCE = 1e-6
"""Largest gap that counts as none, relative to the objective."""
REACH = 100.0
"""How far around a point a proof looks, in multiples of its largest entry (at least 1)."""


def is_convex(hessian: Matrix) -> bool:
    """Decide whether ``x @ hessian @ x`` is never negative.

    Block by block, and with ones on the diagonal, so that a small negative curvature does not
    hide behind a large positive one. By Sylvester's law of inertia that changes no sign.
    """
    diagonal = hessian.diagonal()
    if np.any(diagonal < 0) or np.any(hessian.largest_by_row()[diagonal == 0] > 0):
        return False
    units = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1))
    try:
        for block in _blocks(hessian.scaled(units, units)):
            np.linalg.cholesky(block + ROUNDING * np.eye(len(block)))
    except np.linalg.LinAlgError:
        return False
    return True


@dataclass(frozen=True)
class Balanced:
    """A program in units that suit its curvature; scaling by powers of two rounds nothing."""

    original: Program
    program: Program
    units: Floats
    """What 1 in each variable of `program` stands for."""
    factor: float
    """What 1 in the objective turned into."""


def balance(program: Program) -> Balanced:
    """Give every variable the same curvature and every row the same size, about 1 each.

    This is symmetric diagonal (Jacobi) scaling. The units are 1 on average, so that tolerances
    of bounds keep their meaning. Rows of one variable become its bounds, which HiGHS takes much
    better, as it stumbles over empty rows.
    """
    lean = program.with_rows_as_bounds()
    curvature = lean.hessian.diagonal()
    curved = curvature > 0
    units = 1 / np.sqrt(np.where(curved, curvature, 1))
    units[curved] /= np.exp(np.log(units[curved]).mean())
    rows = _power_of_two(1 / lean.matrix.scaled(np.ones(lean.matrix.rows), units).largest_by_row())
    columns = lean.matrix.scaled(rows, units).largest_by_column()
    flat = ~curved & (columns > 0)
    units[flat] /= columns[flat]
    units = _power_of_two(units)
    scaled = lean.with_units(rows, units)
    largest = np.array([np.abs(scaled.hessian.value).max()])
    factor = float(_power_of_two(1 / largest)[0])
    return Balanced(program, scaled.with_objective_times(factor), units, factor)


def proximal(program: Program, near: Floats, curvature: float) -> Program:
    """Add a little curvature around a point, for HiGHS to have some in every direction.

    Solved again around its own answer, the addition fades away: the proximal point method of
    Rockafellar (1976), the faster the smaller the curvature.
    """
    size = program.size
    added = [(n, n, curvature) for n in range(size)]
    return replace(
        program,
        cost=program.cost - curvature * near,
        hessian=Matrix.of(size, size, [*program.hessian.triples(), *added]),
    )


def linearized(program: Program, point: Floats) -> Program:
    """Give the linear program whose optimum tells how much a point can be bettered at most.

    For convex f, ``f(y) >= f(x) + gradient(x) @ (y - x)``: the gap of Frank and Wolfe (1956), by
    Jaggi (2013) a certificate of optimality. The box around the point keeps rounding errors in the
    gradient from making the linear program unbounded, and proves no less: a convex function that
    is least at a point of a box, in its inside, is least there among all.
    """
    reach = REACH * max(1.0, float(np.abs(point).max(initial=0.0)))
    return replace(
        program.with_linear(program.cost + program.hessian @ point),
        lower=np.maximum(program.lower, point - reach),
        upper=np.minimum(program.upper, point + reach),
    )


def proven_gap(linear: Program, point: Floats, prices: Floats) -> float:
    """Bound how much a point can be bettered in a linear program with finite bounds.

    Valid for any prices of the rows, so it trusts no tolerance of the solver they come from:
    weak duality as in Neumaier and Shcherbina, "Safe bounds in linear and mixed-integer linear
    programming" (2004), here without directed rounding.
    """
    wrong = ((prices > 0) & np.isinf(linear.row_lower)) | (
        (prices < 0) & np.isinf(linear.row_upper)
    )
    prices = np.where(wrong, 0.0, prices)
    slopes = linear.cost - linear.matrix.transposed_times(prices)
    reached = linear.matrix @ point
    used = prices != 0
    side = np.where(prices > 0, linear.row_lower, linear.row_upper)[used]
    from_rows = prices[used] @ (reached[used] - side)
    from_bounds = slopes @ (point - np.where(slopes > 0, linear.lower, linear.upper))
    return max(0.0, float(from_rows + from_bounds))


def largest_gap(balanced: Balanced, value: float) -> float:
    """Give the gap that still counts as none, in the balanced objective.

    Relative to the objective, at least 1; where every coefficient of the original is smaller than
    that, at least the largest of them.
    """
    original = balanced.original
    sizes = np.abs(np.concatenate([original.cost, original.hessian.value]))
    least = min(1.0, float(sizes.max(initial=0.0)))
    return TOLERANCE * max(abs(value), least * balanced.factor)


def steepest_ray(program: Program) -> Program:
    """Give the linear program of the direction that stays inside for ever and falls most.

    A convex quadratic objective is unbounded over rows that hold somewhere exactly when there is a
    direction d with ``hessian @ d = 0`` and ``cost @ d < 0`` that leaves no row and no bound
    (Frank and Wolfe 1956; Eaves, "On quadratic programming", 1971).
    """
    flat = program.hessian
    steepest = max(float(np.abs(program.cost).max(initial=0.0)), np.finfo(float).tiny)
    zeros = np.zeros(flat.rows)
    return replace(
        program.with_linear(program.cost / steepest),
        matrix=Matrix(
            program.matrix.rows + flat.rows,
            program.size,
            np.concatenate([program.matrix.row, program.matrix.rows + flat.row]),
            np.concatenate([program.matrix.column, flat.column]),
            np.concatenate([program.matrix.value, flat.value]),
        ),
        row_lower=np.concatenate([_cone(program.row_lower, -np.inf), zeros]),
        row_upper=np.concatenate([_cone(program.row_upper, np.inf), zeros]),
        lower=_cone(program.lower, -1.0),
        upper=_cone(program.upper, 1.0),
    )


def is_ray(cone: Program, program: Program, direction: Floats) -> bool:
    """Decide whether a solution of `steepest_ray` is what it should be, rounding aside.

    Going on along it for ever has to pay: any curvature left would stop it only after a trillion
    steps.
    """
    fall = -float(cone.cost @ direction)
    curvature = float(direction @ (program.hessian @ direction))
    steepest = float(np.abs(program.cost).max(initial=0.0))
    return (
        fall > TOLERANCE
        and curvature <= 1e-12 * fall * steepest
        and cone.violation(direction) <= ROUNDING
    )


def _blocks(hessian: Matrix) -> Iterator[Floats]:
    """Give the blocks of variables that products tie together, each as a dense matrix."""
    first = np.arange(hessian.rows)  # the first variable that each is known to be tied to
    while True:
        nearer = first.copy()
        np.minimum.at(nearer, hessian.row, first[hessian.column])
        nearer = nearer[nearer]
        if np.array_equal(nearer, first):
            break
        first = nearer
    block_of = first[hessian.row]
    order = np.argsort(block_of, kind="stable")
    ends = np.flatnonzero(np.diff(block_of[order])) + 1
    for entries in np.split(order, ends):
        members, row = np.unique(hessian.row[entries], return_inverse=True)
        block = np.zeros((len(members), len(members)))
        block[row, np.searchsorted(members, hessian.column[entries])] = hessian.value[entries]
        yield block


def _cone(bounds: Floats, absent: float) -> Floats:
    return np.where(np.isfinite(bounds), 0.0, absent)


def _power_of_two(values: Floats) -> Floats:
    return np.exp2(np.round(np.log2(values))).astype(np.float64)
