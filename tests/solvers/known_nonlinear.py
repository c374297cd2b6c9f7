"""The optima of the files that are not linear: closed forms, duals, fine grids with a polish."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations, product

import numpy as np
from scipy.optimize import brentq, linprog, minimize, minimize_scalar

from tests.solvers.roads import Row, at_least_zero, best_active_set, dot, subsets, unit


def least_on_a_line(cost: Callable[[float], float], low: float, high: float, steps: int) -> float:
    """Find the least of a function of many valleys: a fine grid, then a polish in the best cell."""
    grid = np.linspace(low, high, steps + 1)
    best = int(np.argmin([cost(float(x)) for x in grid]))
    ends = grid[max(0, best - 1)], grid[min(steps, best + 1)]
    polished = minimize_scalar(cost, bounds=ends, method="bounded", options={"xatol": 1e-11})
    return min(float(polished.fun), cost(float(grid[best])))


def nlp_tallest_parcel() -> float:
    """The cube would be longer than 4; then the other two sides are alike."""
    assert math.sqrt(150 / 6) > 4
    side = -4 + math.sqrt(16 + 75)
    return 4 * side**2


def nlp_tin_cans() -> float:
    """With lids k times as thick, the height is 2k radii."""
    total = 0.0
    for volume, lid in ((330, 1.5), (850, 1.2)):
        radius = (volume / (2 * lid * math.pi)) ** (1 / 3)
        total += 2 * math.pi * radius**2 * lid + 2 * volume / radius
    return total


def nlp_water_filling() -> float:
    """Raise all channels to one level, which is found from the quietest on."""
    noise = sorted((1.2, 0.4, 2.5, 0.9, 3.1, 0.7))
    for count in range(1, 7):
        level = (4.2 + sum(noise[:count])) / count
        if count == 6 or level <= noise[count]:
            return sum(math.log(level / n) for n in noise[:count])
    raise AssertionError


def nlp_trip_table() -> float:
    """Scale rows and columns in turn (Furness)."""
    guess = np.array([[2, 6, 4], [5, 3, 7.0]])
    trips = guess.copy()
    for _ in range(200):
        trips *= (np.array([17, 14]) / trips.sum(axis=1))[:, None]
        trips *= np.array([8, 13, 10]) / trips.sum(axis=0)
    return float(np.sum(trips * np.log(trips / guess) - trips))


def nlp_heaviest_pull() -> float:
    """Go to the mean, weighted by trips over distance, again and again (Weiszfeld)."""
    shops, trips = np.array([(0, 1), (9, 2), (4, 8), (7, 6), (1, 5)]), np.array([3, 2, 2, 4, 1])
    depot = np.array([5.0, 5.0])
    for _ in range(2000):
        weights = trips / np.hypot(*(shops - depot).T)
        depot = weights @ shops / weights.sum()
    return float(trips @ np.hypot(*(shops - depot).T))


def nlp_pooling() -> float:
    """With the sulphur of the tank fixed it is linear; order: sour, sweet, x, y, u, v."""

    def loss(q: float) -> float:
        gains = [-6, -15, 9, 16, 9 - 10, 16 - 10]
        rows = [[0, 0, q - 2.5, 0, -0.5, 0], [0, 0, 0, q - 1.5, 0, 0.5]]
        rows += [[0, 0, 1, 0, 1, 0], [0, 0, 0, 1, 0, 1]]
        equal = [[1, 1, -1, -1, 0, 0], [3, 1, -q, -q, 0, 0]]
        found = linprog([-g for g in gains], rows, [0, 0, 100, 200], equal, [0, 0])
        return float(found.fun)

    return -least_on_a_line(loss, 1, 3, 200)


def nlp_six_valleys() -> float:
    def height(x: Sequence[float]) -> float:
        east, north = x[0] ** 2, x[1] ** 2
        return float((4 - 2.1 * east + east**2 / 3) * east + x[0] * x[1] + (4 * north - 4) * north)

    grid = [(x, y) for x in np.linspace(-2, 2, 81) for y in np.linspace(-1, 1, 41) if x - y <= 0.5]
    fence = {"type": "ineq", "fun": lambda x: 0.5 - x[0] + x[1]}
    starts = sorted(grid, key=height)[:5]
    ends = [(-2, 2), (-1, 1)]
    polished = [minimize(height, s, bounds=ends, constraints=[fence], tol=1e-13) for s in starts]
    return min(float(found.fun) for found in polished)


def nlp_valve_points() -> float:
    """One output is what the other leaves."""

    def cost(p: float) -> float:
        q = 560 - p
        first = 240 + 7 * p + 0.007 * p**2 + abs(90 * math.sin(0.035 * (p - 100)))
        second = 200 + 9.5 * q + 0.0095 * q**2 + abs(70 * math.sin(0.042 * (q - 50)))
        return first + second

    return least_on_a_line(cost, 560 - 300, 500, 20000)


def nlp_open_box() -> float:
    """The dual of a geometric program of as many terms as this is one point."""
    costs, powers = [40, 30, 20, 40], [[-1, 1, 1, 0], [-1, 1, 0, 1], [-1, 0, 1, 1]]
    shares = np.linalg.solve([[1, 1, 1, 1], *powers], [1, 0, 0, 0])
    return math.prod((c / s) ** s for c, s in zip(costs, shares, strict=True))


def nlp_trust_region() -> float:
    """The step is on the border, and its multiplier is beyond the lowest eigenvalue."""
    bend = np.array([[2, -1, 0.5], [-1, -3, 1], [0.5, 1, 1]])
    slope = np.array([1, 0.5, -2])

    def step(multiplier: float) -> np.ndarray:
        return np.linalg.solve(2 * (bend + multiplier * np.eye(3)), -slope)

    lowest = float(np.linalg.eigvalsh(bend)[0])
    multiplier = brentq(
        lambda m: float(np.linalg.norm(step(m))) - 1.5, 1e-6 - lowest, 100 - lowest, xtol=1e-14
    )
    x = step(multiplier)
    return float(x @ bend @ x + slope @ x)


def nlp_two_lighthouses() -> float:
    """Either the far end of one disc, if the other reaches it, or where the circles cross."""
    length = math.sqrt(5)
    points = [(5 * 2 / length, -5 / length), (6 + 4 * 2 / length, 3 - 4 / length)]
    # The chord is where 12 x + 6 y is 25 - 16 + 45.
    near = np.array([12, 6]) * (54 / 180)
    along = np.array([6, -12]) / math.sqrt(180) * math.sqrt(25 - near @ near)
    points += [tuple(near + along), tuple(near - along)]
    return max(
        2 * x - y
        for x, y in points
        if math.hypot(x, y) <= 5 + 1e-9 and math.hypot(x - 6, y - 3) <= 4 + 1e-9
    )


def nlp_chance_of_shortage() -> float:
    """Along a mix of crops food is in proportion to fields, so the mix decides alone."""

    def cost(mix: Sequence[float]) -> float:
        total = math.fsum(mix)
        share = [m / total for m in mix]
        sure = dot((4, 3.2, 4.5), share) - 1.645 * math.hypot(
            *(s * d for s, d in zip(share, (0.9, 1.4, 0.5), strict=True))
        )
        fields = 100 / sure
        return dot((5, 3.5, 7), share) * fields if fields * max(share) <= 60 else math.inf

    shares = np.linspace(0, 1, 101)
    grid = [(a, b, 1 - a - b) for a in shares for b in shares if a + b <= 1]
    best = min(grid, key=cost)
    ends = [(1e-12, 1.0)] * 3
    return float(minimize(cost, [max(b, 1e-3) for b in best], bounds=ends, tol=1e-14).fun)


def minlp_spare_parts() -> float:
    fail = (0.3, 0.15, 0.2, 0.4)
    return max(
        math.prod(1 - f**n for f, n in zip(fail, counts, strict=True))
        for counts in product(range(1, 6), repeat=4)
        if dot((7, 4, 9, 2), counts) <= 52
    )


def minlp_advertising() -> float:
    """Of the media that are used, each gets money by the square of its pull."""
    best = 0.0
    for used in subsets(4):
        pull = sum(use * p**2 for use, p in zip(used, (60, 48, 75, 90), strict=True))
        best = max(best, math.sqrt(24 * pull) - dot((45, 20, 60, 140), used))
    return best


def minlp_joint_orders() -> float:
    """With the multiples fixed, the time is the root of what falls over what grows."""
    best = math.inf
    minor, demand, holding = (15, 30, 50, 20), (90, 30, 12, 60), (2, 1.5, 1, 3)
    for every in product(range(1, 5), repeat=4):
        falls = 40 + sum(m / n for m, n in zip(minor, every, strict=True))
        grows = sum(h * d * n / 2 for h, d, n in zip(holding, demand, every, strict=True))
        assert 0.1 <= math.sqrt(falls / grows) <= 4
        best = min(best, 2 * math.sqrt(falls * grows))
    return best


def minlp_gear_train() -> float:
    teeth = product(range(12, 25), range(12, 25), range(40, 61), range(40, 61))
    return min((1e5 * (0.144279 - a * b / (c * d))) ** 2 for a, b, c, d in teeth)


def miqp_few_assets() -> float:
    cov = np.array([[25, 10, -5, 8], [10, 400, -60, 120], [-5, -60, 225, 20], [8, 120, 20, 196.0]])
    best = math.inf
    for held in [*combinations(range(4), 1), *combinations(range(4), 2)]:
        size, mean = len(held), [(3, 9, 5, 7)[k] for k in held]
        rows: list[Row] = [([-m for m in mean], -5)]
        rows += [(unit(size, k, -1), -0.1) for k in range(size)]
        part = cov[np.ix_(held, held)]
        best = min(best, best_active_set(part, [0] * size, rows, [([1] * size, 1)]))
    return best


def miqp_closest_lattice_point() -> float:
    mix = ((1.2, -0.7, 0.4), (0.3, 0.9, -1.1), (-0.5, 0.8, 1.3))
    return min(
        sum((h - dot(row, z)) ** 2 for h, row in zip((3.4, -5.2, 1.9), mix, strict=True))
        for z in product(range(-7, 8), repeat=3)
    )


def qp_nonconvex_box() -> float:
    bend = np.array([[1, -2, 0.5, 0], [-2, -1.5, 1, -1], [0.5, 1, -2, 0.5], [0, -1, 0.5, 3]])
    rows: list[Row] = [([1] * 4, 5), ([-1, 2, -1, 0], 2), *((unit(4, k), 2) for k in range(4))]
    return best_active_set(bend, [-1, 2, 0.5, -3], rows + at_least_zero(4))


def qp_bilinear_game() -> float:
    """Order of the variables: first price, second price."""
    rows: list[Row] = [([3, -4], 40), ([-4, 3], 30), ([1, 1], 15), ([1, 0], 10), ([0, 1], 10)]
    square = np.array([[3, -4], [-4, 3.0]])
    return -best_active_set(square, [-40, -30], rows + at_least_zero(2))
