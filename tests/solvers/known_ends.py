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


def infeasible_two_discs() -> str:
    assert 1 + 2 < 4
    return INFEASIBLE


def infeasible_beyond_points() -> str:
    last_point, need = 10, 12
    assert need > last_point
    return INFEASIBLE


def infeasible_circle_of_rules() -> str:
    assert not [
        go
        for go in product((False, True), repeat=3)
        if any(go) and go[0] <= go[1] <= go[2] <= go[0] and not (go[0] and go[1] and go[2])
    ]
    return INFEASIBLE


def infeasible_far_and_near() -> str:
    """Only 0 and 10 and beyond are far from all but the last, and these are at the ends."""
    far = [x / 100 for x in range(1001) if min(abs(x / 100 - v) for v in (2, 5, 8)) >= 2]
    assert not [x for x in far if 1 <= x <= 9]
    return INFEASIBLE


def infeasible_table() -> str:
    assert 31 + 24 + 18 < 1.1 * (14 + 9 + 21 + 11 + 13)
    return INFEASIBLE


def infeasible_hours() -> str:
    assert 3 * 8 + 10 < 38
    return INFEASIBLE


def infeasible_derived_due() -> str:
    days = 3, 5, 2, 6
    assert sum(days) > sum(days) - min(days)
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


def unbounded_root() -> str:
    gains = [n * n - n for n in (1e2, 1e4, 1e6)]
    assert gains == sorted(gains)
    assert gains[-1] > 1e11
    return UNBOUNDED


def unbounded_unless_agreed() -> str:
    """Order of the variables: sold, kept; without an agreement."""
    rows: list[Row] = [([-1, 2], 0), ([0, 1], 9)]
    assert has_ray([0, 0], [1, 0], [1, -3], rows + at_least_zero(2))
    return UNBOUNDED


def unbounded_distance() -> str:
    """Order of the variables: one end, other end; the larger of them is the other one."""
    rows: list[Row] = [([0, 1], 5), ([0, -1], -1), ([1, -1], 0)]
    assert has_ray([0, 3], [-1, 0], [-2, -1], rows + at_least_zero(2)[1:])
    return UNBOUNDED
