"""The optima of the files whose numbers stand in tables, from the numbers typed anew."""

import math
from itertools import combinations, permutations, product

import numpy as np

from tests.solvers.known_piecewise import all_but_one_at_a_point, cost_of
from tests.solvers.roads import cheapest_units, dot, subsets


def table_transport() -> float:
    """What is left at the mills goes to a town that costs nothing."""
    cost = np.array([[7, 12, 5, 9, 14, 0], [10, 4, 8, 13, 6, 0], [6, 9, 11, 3, 8, 0]])
    return cheapest_units((31, 24, 18), (14, 9, 21, 11, 13, 5), cost)


def table_knapsack() -> float:
    value, weight = (14, 11, 6, 9, 22, 17, 3, 8), (9, 7, 4, 3, 14, 8, 1, 6)
    return max(dot(value, x) for x in subsets(8) if dot(weight, x) <= 25)


def table_months() -> float:
    """Go from month to month over whole items."""
    best = {0: 0.0}
    plan = zip((30, 45, 20, 60, 55, 10, 70, 40), (5, 6, 5, 7, 8, 5, 9, 6), strict=True)
    for demand, price in plan:
        after: dict[int, float] = {}
        for stock, spent in best.items():
            for make in range(59):
                left = stock + make - demand
                if 0 <= left <= 50:
                    cost = spent + price * make + 0.75 * left
                    after[left] = min(after.get(left, math.inf), cost)
        best = after
    return min(best.values())


def table_staff() -> float:
    """Early covers 6 to 13, day 9 to 16, late 14 to 21, night 22 to 5."""
    need = [3] * 6 + [5, 8, 9, 12, 12, 11, 10, 10, 12, 11, 13, 14, 9, 8, 6, 5, 3, 2]
    night = max(need[22:] + need[:6])
    early = max(need[6:9])
    best = math.inf
    for more, late in product(range(13), range(15)):
        day = max(0, max(need[9:14]) - early - more, max(need[14:17]) - late)
        if late >= max(need[17:22]):
            best = min(best, 100 * (early + more) + 90 * day + 115 * late + 140 * night)
    return best


def table_pipes() -> float:
    """Four pipes settle the other five; whole litres suffice in a network."""
    best = math.inf
    for ab, bc, cd, de in product(range(10), range(1, 5), range(6), range(5)):
        ac, bd, ce = 11 - ab, ab - bc, 11 - ab + bc - cd
        dz = bd + cd - de
        ez = ce + de
        others = (ac, 0, 7), (bd, 0, 6), (ce, 2, 6), (dz, 0, 7), (ez, 0, 8)
        if all(low <= flow <= high for flow, low, high in others):
            assert dz + ez == 11
            flows = ab, ac, bc, bd, cd, ce, de, dz, ez
            best = min(best, dot((4, 2, 1, 5, 8, 10, 2, 6, 3), flows))
    return best


def table_wishes() -> float:
    """Order of the courses: logic, maps, verse, stars."""
    wish = [(9, 0, 4, 0), (6, 8, 0, 0), (0, 7, 6, 5), (8, 0, 0, 9), (0, 3, 7, 0)]
    return max(sum(wish[w][c] for c, w in enumerate(who)) for who in permutations(range(5), 4))


def table_clinics() -> float:
    far = [(0, 7, 9, 14, 20, 11), (7, 0, 10, 15, 5, 8), (9, 10, 0, 11, 17, 2)]
    far += [(14, 15, 11, 0, 6, 9), (20, 5, 17, 6, 0, 12), (11, 8, 2, 9, 12, 0)]
    people, cost = (4, 2, 7, 3, 5, 6), (60, 45, 80, 50, 55, 75)
    return min(
        sum(cost[j] for j in chosen)
        + 1.5 * dot(people, [min(row[j] for j in chosen) for row in far])
        for chosen in [*combinations(range(6), 1), *combinations(range(6), 2)]
    )


def table_tariffs() -> float:
    north = [(0, 0), (10, 80), (25, 140), (60, 210)]
    south = [(0, 0), (20, 130), (40, 220), (60, 330)]
    curves = north, south
    return min(cost_of(curves, parts) for parts in all_but_one_at_a_point(curves, 75))


def table_regression() -> float:
    heat, light = [1, 2, 3.5, 4, 5.5, 6, 7.5], [2.5, 1.5, 4, 0.5, 3, 5.5, 2]
    growth = np.array([4.1, 5.2, 9.9, 8.4, 13.1, 17.9, 16.0])
    matrix = np.column_stack([np.ones(7), heat, light])
    best = np.linalg.lstsq(matrix, growth)[0]
    return float(np.sum((matrix @ best - growth) ** 2))
