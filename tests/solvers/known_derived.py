"""The optima of the files with derived sets and parameters: dynamic programs and enumeration."""

import math
from functools import cache
from itertools import permutations, product

from scipy.optimize import linprog

from tests.solvers.roads import dot, subsets


def derived_job_shop() -> float:
    """Schedule the steps as early as can be, in every order that there is."""
    jobs = ("S4", "D2", "P5"), ("D6", "S3", "P2"), ("S2", "P3", "D4")
    best = math.inf
    for order in set(permutations((0, 0, 0, 1, 1, 1, 2, 2, 2))):
        done, ready, free = [0, 0, 0], [0, 0, 0], dict.fromkeys("SDP", 0)
        for job in order:
            machine, time = jobs[job][done[job]]
            ready[job] = free[machine] = max(ready[job], free[machine]) + int(time)
            done[job] += 1
        best = min(best, max(ready))
    return best


def derived_salesman() -> float:
    """Best way through each set of cities to each of its members (Held and Karp)."""
    cities = [(3, 4), (20, 1), (14, 9), (6, 15), (22, 13), (11, 2), (1, 11)]

    @cache
    def way(through: frozenset[int], end: int) -> float:
        if not through:
            return math.dist(cities[0], cities[end])
        return min(
            way(through - {last}, last) + math.dist(cities[last], cities[end]) for last in through
        )

    return way(frozenset(range(1, 7)), 0)


def derived_round_the_clock() -> float:
    """Fix the first shift, then go round: only the shift before matters, and who came by day.

    Of the night are the blocks 5, 0 and 1; the shifts from 5 and from 0 have two of them.
    """
    need, pay = (4, 3, 11, 14, 15, 9), (125, 90, 90, 90, 90, 125)
    best = math.inf
    for first in range(16):
        states = {(first, 0): 125.0 * first}
        for block in range(1, 6):
            after: dict[tuple[int, int], float] = {}
            for (before, by_day), cost in states.items():
                for now in range(max(0, need[block] - before), 16):
                    day = by_day + now * (block < 5)
                    if day <= 28:
                        spent = min(cost + pay[block] * now, after.get((now, day), math.inf))
                        after[now, day] = spent
            states = after
        best = min([best, *(c for (last, _), c in states.items() if last + first >= need[0])])
    return best


def derived_days_by_name() -> float:
    """Go from day to day over whole items, which suffice as each row is of days in a row.

    On a market day 55 more are sold than on the day before.
    """
    demand, cost = (20, 25, 80, 30, 45, 100), (1.1, 0.9, 1.4, 1, 1.2, 1.6)
    best = {(0, 0): 0.0}
    for sold, price in zip(demand, cost, strict=True):
        after: dict[tuple[int, int], float] = {}
        for (kept, before), spent in best.items():
            for bake in range(max(0, sold - kept), min(60, 114 - before) + 1):
                left = kept + bake - sold
                if left <= sum(demand):
                    key = left, bake
                    total = spent + price * bake + 0.15 * left
                    after[key] = min(after.get(key, math.inf), total)
        best = after
    return min(best.values())


def derived_hubs() -> float:
    """With the hubs chosen it is linear; the ways, in order: ayr to bonn and to dax, and so on."""
    ways = [(0, 0, 5), (0, 1, 7), (1, 0, 6), (1, 1, 4), (2, 2, 3)]
    mail, room, rent = (12, 9, 7), (15, 12, 14), (40, 35, 20)
    sent = [[float(v == n) for v, _, _ in ways] for n in range(3)]
    taken = [[float(h == g) for _, h, _ in ways] for g in range(3)]
    best = math.inf
    for on in subsets(3):
        most = [r * o for r, o in zip(room, on, strict=True)]
        found = linprog([km for *_, km in ways], taken, most, sent, mail)
        if found.status == 0:
            best = min(best, float(found.fun) + dot(rent, on))
    return best


def derived_crashing() -> float:
    """Whole days suffice, since the rows are of differences."""
    days, price = (5, 7, 6, 9, 4, 6), (70, 50, 20, 65, 90, 40)
    best = math.inf
    for less in product(range(3), range(4), range(2), range(5), range(2), range(4)):
        dig, lay, wire, wall, roof, paint = (d - n for d, n in zip(days, less, strict=True))
        walls = dig + lay + wall
        if max(walls, dig + wire) + roof <= 21 and walls + paint <= 21:
            best = min(best, dot(price, less))
    return best


def derived_knights() -> float:
    cells = [(i, j) for i, j in product(range(1, 5), repeat=2) if (i, j) != (1, 2)]
    worth = [abs(i - 2) + abs(j - 3) + 1 / (i + j) for i, j in cells]
    attacked = [
        sum(1 << m for m, (k, n) in enumerate(cells) if {abs(i - k), abs(j - n)} == {1, 2})
        for i, j in cells
    ]

    def most(place: int, banned: int, left: int) -> float:
        if place == len(cells) or not left:
            return 0.0
        best = most(place + 1, banned, left)
        if not banned >> place & 1:
            best = max(best, worth[place] + most(place + 1, banned | attacked[place], left - 1))
        return best

    return most(0, 0, 7)
