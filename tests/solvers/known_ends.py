"""The files in `tests/formulations` that have no optimum, and why; see `known_optima`."""

import math
from itertools import product

from tests.solvers.roads import Row, at_least_zero, dot, has_ray

INFEASIBLE = "infeasible"
UNBOUNDED = "unbounded"


def infeasible_rows() -> str:
    """Half the sum of the three pairs is less than what was promised."""
    assert (18 + 17 + 20) / 2 < 30
    return INFEASIBLE


def infeasible_bounds() -> str:
    assert 2 + 3 + 5 + 1 < 11.5
    return INFEASIBLE


def infeasible_crossed_bounds() -> str:
    least, most = 8, 5
    assert least > most
    return INFEASIBLE


def infeasible_by_integrality() -> str:
    """No whole coins make 29, while parts of coins would."""
    assert 29 not in {dot((6, 10, 15), n) for n in product(range(6), range(4), range(3))}
    return INFEASIBLE


def infeasible_constant_row() -> str:
    assert 30 + 25 < 20 + 18 + 22
    return INFEASIBLE


def infeasible_with_ray() -> str:
    """Half the sum of the three pairs is at least 6."""
    assert 3 * 4 / 2 > 5.9
    return INFEASIBLE


def infeasible_qp() -> str:
    assert 4 * 0.24 < 1
    return INFEASIBLE


def infeasible_unused_variable() -> str:
    assert math.ceil(0.3) > math.floor(0.8)
    return INFEASIBLE


def unbounded_lp() -> str:
    """Order of the variables: buy, sell, waste."""
    rows: list[Row] = [([-0.8, 1, 0], 0), ([0.2, 0, 1], 10), ([0, -1, 0], -5), ([0, 0, 1], 0)]
    assert has_ray([10, 8, 0], [1, 0.8, -0.2], [-200, 330, 1], rows + at_least_zero(3)[:2])
    return UNBOUNDED


def unbounded_milp() -> str:
    """Order of the variables: the three loads; not at night. The ray is whole, as is the point."""
    rows: list[Row] = [([1, -1, 0], 4), ([-1, 1, -2], -1)]
    assert has_ray([0, 0, 1], [1, 1, 0], [3, -1, -2], rows + at_least_zero(3))
    return UNBOUNDED


def unbounded_qp() -> str:
    """Along the ray both forces grow alike, so that the square stays what it is."""
    ray = (1, 1)
    assert ray[0] - ray[1] == 0
    assert has_ray([0, 0], ray, [1, 1], [([1, -1], 3)])
    return UNBOUNDED


def unbounded_without_rows() -> str:
    assert has_ray([0], [-1], [-1], [])
    return UNBOUNDED
