"""Roads to an optimum that are not solvitur's: enumeration and linear algebra."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
from scipy.optimize import linear_sum_assignment

Row = tuple[Sequence[float], float]
"""``(coefficients, right-hand side)``, to be read ``coefficients @ x <= right-hand side``."""


def unit(size: int, place: int, value: float = 1.0) -> list[float]:
    return [value if k == place else 0.0 for k in range(size)]


def at_least_zero(size: int) -> list[Row]:
    return [(unit(size, k, -1), 0) for k in range(size)]


def inside(point: np.ndarray, rows: Sequence[Row]) -> bool:
    return all(np.dot(a, point) <= b + 1e-9 * max(1, abs(b)) for a, b in rows)


def best_vertex(cost: Sequence[float], rows: Sequence[Row], equal: Sequence[Row] = ()) -> float:
    """Find the least cost over all vertices, each the meeting point of as many rows as needed."""
    best = math.inf
    for chosen in combinations(rows, len(cost) - len(equal)):
        tight = [*equal, *chosen]
        matrix = np.array([a for a, _ in tight], dtype=float)
        if np.linalg.matrix_rank(matrix) == len(cost):
            point = np.linalg.solve(matrix, [b for _, b in tight])
            if inside(point, rows):
                best = min(best, float(np.dot(cost, point)))
    return best


def best_active_set(
    square: np.ndarray, linear: Sequence[float], rows: Sequence[Row], equal: Sequence[Row] = ()
) -> float:
    """Minimize ``x @ square @ x + linear @ x`` by trying every set of active rows (KKT)."""
    size, best = len(linear), math.inf
    for count in range(size - len(equal) + 1):
        for chosen in combinations(rows, count):
            tight = [*equal, *chosen]
            matrix = np.array([a for a, _ in tight], dtype=float).reshape(len(tight), size)
            zeros = np.zeros((len(tight), len(tight)))
            system = np.block([[2 * square, matrix.T], [matrix, zeros]])
            if np.linalg.matrix_rank(system) < len(system):
                continue
            right = np.concatenate([-np.asarray(linear, dtype=float), [b for _, b in tight]])
            point = np.linalg.solve(system, right)[:size]
            if inside(point, rows):
                best = min(best, float(point @ square @ point + np.dot(linear, point)))
    return best


def cheapest_units(supply: Sequence[int], demand: Sequence[int], cost: np.ndarray) -> float:
    """Solve a transport problem as an assignment of single units."""
    units = np.repeat(np.repeat(cost, supply, axis=0), demand, axis=1)
    places = linear_sum_assignment(units)
    return float(units[places].sum())


def subsets(size: int) -> Iterator[tuple[int, ...]]:
    return product((0, 1), repeat=size)


def dot(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(left, right, strict=True))


def has_ray(
    point: Sequence[float], ray: Sequence[float], gain: Sequence[float], rows: list[Row]
) -> bool:
    """Decide whether going on from the point along the ray stays inside and always gains."""
    stays = inside(np.array(point), rows) and inside(np.array(ray), [(a, 0) for a, _ in rows])
    return stays and dot(gain, ray) > 0
