"""The optima of the files whose every number has a unit, computed in one unit of each kind."""

import math
from itertools import product

import numpy as np
from scipy.optimize import linprog

from tests.solvers.roads import Row, at_least_zero, best_vertex, unit


def units_bakery() -> float:
    """Go from day to day over the flour that is left, in hundreds of grams."""
    best = {0: 0.0}
    for day, (delivery, breads, cakes) in enumerate(((25, 30, 6), (18, 24, 9), (30, 40, 5))):
        after: dict[int, float] = {}
        for bread, cake in product(range(breads + 1), range(cakes + 1)):
            hours = (12 * bread + 45 * cake) / 60
            if hours > 16:
                continue
            gain = 4 * bread + 19 * cake - 18 * hours - 0.9 * delivery + 2 * bread * (day == 0)
            for flour, earned in best.items():
                left = flour + 10 * delivery - 6 * bread - 4 * cake
                if left >= 0:
                    after[left] = max(after.get(left, -math.inf), earned + gain)
        best = after
    return max(best.values())


def units_power() -> float:
    """Energies instead of powers; order: coal, gas, in, out of each period."""
    length, load = np.array([6, 4, 8, 6]), np.array([60, 95, 110, 70])
    each = np.eye(4)
    balance = np.hstack([each, each, -each, each])
    so_far = np.tril(np.ones((4, 4)))
    level = np.hstack([np.zeros((4, 8)), so_far, -so_far])
    carbon = [[0.9] * 4 + [0.4] * 4 + [0] * 8]
    found = linprog(
        [31] * 4 + [58] * 4 + [2] * 4 + [0] * 4,
        np.vstack([level, -level, carbon]),
        [120] * 4 + [0] * 4 + [1650],
        balance,
        length * load,
        bounds=[(0, top * hours) for top in (80, 50, 20, 20) for hours in length],
    )
    return float(found.fun)


def units_deliveries() -> float:
    """The rounds meet only in the hours of the drivers; no truck goes that is not needed."""
    rounds = ((140, 9), (210, 22), (60, 14))
    choices = [
        [(van * km / 55, max(0, math.ceil((goods - 1.5 * van) / 6)) * km / 42) for van in range(17)]
        for km, goods in rounds
    ]
    best = math.inf
    for chosen in product(*choices):
        van_hours, truck_hours = sum(c[0] for c in chosen), sum(c[1] for c in chosen)
        if van_hours <= 90 and truck_hours <= 48:
            litres = 0.11 * 55 * van_hours + 0.28 * 42 * truck_hours
            best = min(best, 1.7 * litres + 24 * (van_hours + truck_hours))
    return best


def units_alloy() -> float:
    """Tin is fixed, at 1.2 t; the rest is scrap."""
    rows: list[Row] = [([-0.92, -0.71, -0.45], -66), ([1.2, 0.8, 1.9], 130)]
    rows += [(unit(3, k), most) for k, most in enumerate((40, 55, 70))]
    cost = [5200 + 85 * 1.2, 3900 + 85 * 0.8, 2100 + 85 * 1.9]
    scrap = best_vertex(cost, rows + at_least_zero(3), [([1, 1, 1], 98.8)])
    return scrap + 24 * 1200


def units_insulation() -> float:
    """The root of what falls over what grows, if it is within the room."""
    falls = 0.12 * 5200 * 0.9 / 1000
    assert 0.005 < math.sqrt(falls / 36) < 0.2
    return 2 * math.sqrt(falls * 36)
