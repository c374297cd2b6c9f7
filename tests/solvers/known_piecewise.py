"""The optima of the files with piecewise-linear functions: walks through whole numbers, greed.

Where flows and points are whole, so is some optimum: on each choice of pieces it is a flow in a
network. Where one sum joins the curves, all but one are at a point of theirs.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np
from scipy.optimize import linprog

from tests.solvers.roads import dot

Curve = Sequence[tuple[float, float]]


def at(curve: Curve, x: float) -> float:
    """Give the height of a curve."""
    return float(np.interp(x, [p[0] for p in curve], [p[1] for p in curve]))


def pieces(curve: Curve) -> list[tuple[float, float]]:
    """Give how long and how steep each piece is."""
    return [(b[0] - a[0], (b[1] - a[1]) / (b[0] - a[0])) for a, b in pairwise(curve)]


def all_but_one_at_a_point(curves: Sequence[Curve], total: float) -> Iterator[list[float]]:
    """Give the ways to share a total of which all parts but one are at points of their curves."""
    for free in range(len(curves)):
        others = [curve for n, curve in enumerate(curves) if n != free]
        for chosen in product(*others):
            parts = [x for x, _ in chosen]
            left = total - math.fsum(parts)
            if curves[free][0][0] <= left <= curves[free][-1][0]:
                yield [*parts[:free], left, *parts[free:]]


def cost_of(curves: Sequence[Curve], parts: Sequence[float]) -> float:
    return math.fsum(map(at, curves, parts))


def piecewise_overtime() -> float:
    """Make each item in the cheapest week that still has room, the scarcest rooms of each alike."""
    rooms = [[[40, 10], [15, 14], [15, 18]] for _ in range(4)]
    total = 0.0
    for week, orders in enumerate((38, 61, 72, 45)):
        for _ in range(orders):
            options = [
                (room[1] + 1.5 * (week - made), -made, room)
                for made in range(week + 1)
                for room in rooms[made]
                if room[0] > 0
            ]
            price, _, room = min(options, key=lambda option: option[:2])
            room[0] -= 1
            total += price
    return total


def piecewise_discounts() -> float:
    near = [(0, 0), (20, 200), (50, 440), (80, 620)]
    middle = [(0, 0), (10, 115), (60, 565), (90, 775)]
    far = [(0, 0), (40, 440), (70, 650), (120, 900)]
    curves = near, middle, far
    return min(cost_of(curves, parts) for parts in all_but_one_at_a_point(curves, 145))


def piecewise_markets() -> float:
    """Sell each tonne where it still earns the most."""
    curves = [
        ([(0, 0), (10, 120), (30, 260)], 1),
        ([(0, 0), (15, 150), (25, 200)], 2),
        ([(0, 0), (8, 72), (40, 360)], 0.5),
        ([(0, 0), (20, 180), (35, 225)], 4),
    ]
    offers = [(slope - freight, room) for c, freight in curves for room, slope in pieces(c)]
    total, left = 0.0, 60.0
    for price, room in sorted(offers, reverse=True):
        sold = min(room, left) if price > 0 else 0
        total, left = total + price * sold, left - sold
    return total


def piecewise_pumps() -> float:
    a = [(0, 0), (5, 12), (12, 16), (20, 30), (30, 37)]
    b = [(0, 0), (8, 9), (14, 20), (22, 23), (26, 35)]
    c = [(0, 0), (3, 8), (10, 11), (15, 21), (24, 25)]
    curves = a, b, c
    return min(cost_of(curves, parts) for parts in all_but_one_at_a_point(curves, 53))


def piecewise_subsidies() -> float:
    """On each choice of pieces it is linear."""
    curves = [
        [(0, 0), (30, 90), (50, 70), (100, 220)],
        [(0, 10), (20, 0), (60, 200), (100, 240)],
        [(0, 0), (10, 0), (40, 300), (60, 280), (100, 290)],
    ]
    best = -math.inf
    for chosen in product(*(pairwise(curve) for curve in curves)):
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in chosen]
        fixed = sum(a[1] - slope * a[0] for (a, _), slope in zip(chosen, slopes, strict=True))
        ends = [(a[0], b[0]) for a, b in chosen]
        found = linprog([-s for s in slopes], [[1, 1, 1], [2, 3, 5]], [100, 270], bounds=ends)
        if found.status == 0:
            best = max(best, fixed - float(found.fun))
    return best


def piecewise_phone_plans() -> float:
    basic = [(0, 0), (50, 0), (150, 30), (200, 30), (400, 110)]
    flat = [(0, 20), (300, 20), (400, 60)]
    pro = [(0, 0), (1, 45), (400, 45)]
    curves = basic, flat, pro
    return min(cost_of(curves, parts) for parts in all_but_one_at_a_point(curves, 640))


def piecewise_emissions() -> float:
    """Take the pieces that earn the most for their soot first."""
    old = pieces([(0, 0), (20, 30), (40, 90), (60, 190)])
    new = pieces([(0, 0), (30, 20), (45, 50), (60, 110)])
    offers = [(9 / soot, length * soot) for length, soot in old]
    offers += [(7 / soot, length * soot) for length, soot in new]
    total, left = 0.0, 150.0
    for gain, soot in sorted(offers, reverse=True):
        taken = min(soot, left)
        total, left = total + gain * taken, left - taken
    return total


def piecewise_learning() -> float:
    first, second = (
        [(0, 0), (2, 220), (6, 500), (14, 900)],
        [(0, 0), (3, 330), (8, 600), (14, 840)],
    )
    return min(
        21 * at(first, x) + 18 * at(second, y)
        for x, y in product(range(15), repeat=2)
        if x + y >= 16 and at(first, x) <= 900 and at(second, y) <= 700
    )


def piecewise_reservoir() -> float:
    """Go from season to season over whole units of water."""
    curve = [(0, 0), (2, 1), (7, 12), (10, 15), (14, 23)]
    best = {6: 0.0}
    for inflow, price in zip((9, 14, 5, 3), (30, 22, 35, 41), strict=True):
        after: dict[int, float] = {}
        for level, earned in best.items():
            for out in range(min(14, level + inflow) + 1):
                gain = earned + price * at(curve, out)
                for left in range(min(15, level + inflow - out) + 1):
                    after[left] = max(after.get(left, 0.0), gain)
        best = after
    return max(earned for level, earned in best.items() if level >= 4)


def piecewise_lane_economies() -> float:
    """What comes from the hill decides what comes from the lake."""
    hill, lake, demand = (8, 5, 9), (6, 7, 6), (6, 4, 7)

    def cost(rate: float, tonnes: float) -> float:
        return rate * (min(tonnes, 3) + 0.4 * max(0, tonnes - 3))

    best = math.inf
    for from_hill in product(range(7), range(5), range(8)):
        from_lake = [d - x for d, x in zip(demand, from_hill, strict=True)]
        if sum(from_hill) <= 9 and sum(from_lake) <= 8:
            best = min(best, sum(map(cost, (*hill, *lake), (*from_hill, *from_lake))))
    return best


def piecewise_plant_sizes() -> float:
    """On each choice of pieces it is linear; order: sizes, then each plant to the regions."""
    points = [(0, 0), (10, 150), (40, 300), (100, 450)]
    haul = [1, 4, 9, 4, 1, 4, 9, 4, 1]
    room = np.hstack([-np.eye(3), np.kron(np.eye(3), [1, 1, 1])])
    served = np.hstack([np.zeros((3, 3)), np.tile(np.eye(3), 3)])
    best = math.inf
    for chosen in product(pairwise(points), repeat=3):
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in chosen]
        fixed = sum(a[1] - slope * a[0] for (a, _), slope in zip(chosen, slopes, strict=True))
        ends: list[tuple[float, float]] = [(a[0], b[0]) for a, b in chosen]
        ends += [(0, 100)] * 9
        found = linprog([*slopes, *haul], room, [0] * 3, served, [30, 45, 25], bounds=ends)
        if found.status == 0:
            best = min(best, fixed + float(found.fun))
    return best


def piecewise_income_tax() -> float:
    """Earn each thousand where the least of it goes; he earns his twenty first."""
    hers, his = [(12, 0), (28, 0.2), (40, 0.4), (120, 0.5)], [(30, 0.25), (150, 0.5)]
    taxes, left = 10 * 0 + 10 * 0.25, 75.0
    for rate, room in sorted((rate, room) for room, rate in hers + his):
        earned = min(room, left)
        taxes, left = taxes + rate * earned, left - earned
    return 95 - taxes


def piecewise_battery() -> float:
    """Go from hour to hour over tenths of units."""
    best = {20: 0.0}
    for price in (20, 12, 35, 18, 50, 28):
        after: dict[int, float] = {}
        for level, paid in best.items():
            for flow in range(max(-40, -level), min(30, 70 - level) + 1):
                cost = paid + price * flow / 10 * (1.1 if flow > 0 else 0.9)
                after[level + flow] = min(after.get(level + flow, math.inf), cost)
        best = after
    return min(paid for level, paid in best.items() if level >= 20)


def piecewise_of_a_sum() -> float:
    price = [(0, 0), (20, 70), (50, 115), (90, 255)]
    boxes = (x for x in product(range(31), repeat=3) if dot((2, 3, 1), x) <= 130)
    return max(dot((3, 5, 4), x) - at(price, sum(x)) for x in boxes)


def piecewise_tank_gauge() -> float:
    """Everything follows from the height, and is straight between the points."""
    gauge = [(0, 0), (1, 4), (3, 30), (4, 60), (6, 84)]
    push = [(0, 0), (2, 50), (3, 55), (6, 145)]
    heights = {x for x, _ in gauge + push}
    return max(
        3 * (90 - at(gauge, height)) + at(push, height)
        for height in heights
        if at(gauge, height) >= 30 and 0 <= 90 - at(gauge, height) <= 80
    )
