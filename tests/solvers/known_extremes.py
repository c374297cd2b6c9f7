"""The optima of the files with `abs`, `min`, `max` and products of binaries: enumeration mostly."""

import math
from itertools import permutations, product

from scipy.optimize import linprog

from tests.solvers.roads import Row, at_least_zero, best_vertex, dot, subsets, unit


def extreme_makespan() -> float:
    time, slow = (7, 5, 9, 4, 6, 8, 3), (1, 1.5, 2)
    best = math.inf
    for machines in product(range(3), repeat=7):
        loads = [0.0] * 3
        for machine, hours in zip(machines, time, strict=True):
            loads[machine] += slow[machine] * hours
        best = min(best, max(loads))
    return best


def extreme_fair_shares() -> float:
    joy = [(8, 5, 6), (3, 7, 4), (6, 6, 9), (5, 2, 4), (4, 4, 1), (7, 3, 5)]
    best = 0
    for owners in product(range(3), repeat=6):
        sums = [sum(j[k] for j, o in zip(joy, owners, strict=True) if o == k) for k in range(3)]
        best = max(best, min(sums))
    return best


def extreme_road_levels() -> float:
    """Go from station to station over whole metres: rows of differences have whole corners."""
    ground, weight = (12, 15, 11, 19, 22, 17), (1, 2, 1, 3, 2, 1)
    costs = {12: 0.0}
    for height, earth in zip(ground[1:], weight[1:], strict=True):
        costs = {
            h: min(costs[b] for b in costs if abs(b - h) <= 2) + earth * abs(h - height)
            for h in range(max(0, min(costs) - 2), max(costs) + 3)
        }
    return min(costs.values())


def extreme_far_apart() -> float:
    villages = [(2, 4), (9, 3), (11, 6), (19, 2)]
    pull = [sum(people * abs(x - at) for at, people in villages) for x in range(21)]
    return max(
        pull[x] + pull[y] + pull[z] + 2 * abs(x - y) + 3 * abs(y - z)
        for x, y, z in product(range(21), repeat=3)
        if x + y + z <= 28 and abs(x - z) <= 6
    )


def extreme_best_season() -> float:
    """Solve for each season and for each of the two that may be planted in earnest."""
    cost = (1, 2, 3)
    best = -math.inf
    for season in ((5, 1, -2), (4, 7, 3), (1, 4, 9)):
        for earnest in (1, 2):
            rows: list[Row] = [([1, 1, 1], 30), ([-1, 0, 0], -3), ([0, -1, 0], -3)]
            rows += [(unit(3, earnest, -1), -12), *((unit(3, k), 14) for k in range(3))]
            loss = [c - g for c, g in zip(cost, season, strict=True)]
            best = max(best, -best_vertex(loss, rows + at_least_zero(3)))
    return best


def extreme_two_roads() -> float:
    """One road is gone, so crews on another are worth nothing."""
    return min(
        max(first - 1.5 * a, second - 1.5 * b) + 0.7 * (a + b)
        for first, second, most in ((6, 9, 3), (8, 5, 7), (4, 13, 7))
        for a, b in product(range(5), repeat=2)
        if a + b <= most
    )


def extreme_quadratic_assignment() -> float:
    flow = [[0, 7, 2, 1], [0, 0, 6, 3], [1, 0, 0, 8], [4, 2, 0, 0]]
    far = [[0, 3, 6, 8], [3, 0, 4, 5], [6, 4, 0, 2], [8, 5, 2, 0]]
    pairs = list(product(range(4), repeat=2))
    return min(
        sum(flow[a][b] * far[site[a]][site[b]] for a, b in pairs) for site in permutations(range(4))
    )


def extreme_rented_machines() -> float:
    """With the binaries fixed it is linear."""
    best = -math.inf
    for drill, lathe, press, bonus in subsets(4):
        if bonus and lathe:
            continue
        gain = [9 * drill + 2 * bonus, 14 * lathe, 6 * press + bonus]
        found = linprog([-g for g in gain], [[3, 5, 1]], [95], bounds=[(0, 20), (0, 16), (0, 30)])
        fixed = 70 * drill + 190 * lathe + 20 * press + 45 * bonus
        best = max(best, -float(found.fun) - fixed)
    return best


def extreme_complete_sets() -> float:
    price, worth = (4, 6, 3, 5, 7, 4, 6, 2), (3, 5, 2, 3, 6, 2, 4, 3)
    sets = {(1, 2, 5): 9, (2, 3, 7, 8): 11, (4, 6): 7}
    best = -math.inf
    for bought in subsets(8):
        if dot(price, bought) <= 26:
            total = dot(worth, bought) - dot(price, bought)
            total += sum(extra for s, extra in sets.items() if all(bought[a - 1] for a in s))
            best = max(best, total)
    return best


def extreme_even_work() -> float:
    """Add what is to be small as variables; order: w, ahead, most, least, changes."""
    size = 4 + 4 + 2 + 3
    cost = [0.0] * 4 + [0.2] * 4 + [3, -3] + [1.0] * 3
    rows, equal = [], []
    for t in range(4):
        rows += [[0.0] * size, [0.0] * size]
        rows[-2][t], rows[-2][8] = 1, -1
        rows[-1][t], rows[-1][9] = -1, 1
        equal.append([0.0] * size)
        equal[-1][t], equal[-1][4 + t] = 1, -1
        if t:
            equal[-1][3 + t] = 1
            for sign in (1, -1):
                rows.append([0.0] * size)
                rows[-1][t], rows[-1][t - 1], rows[-1][9 + t] = sign, -sign, -1
    ends = [(0, 35)] * 4 + [(0, 12)] * 4 + [(0, None)] * 5
    due = [10, 24, 15, 40]
    return float(linprog(cost, rows, [0] * len(rows), equal, due, bounds=ends).fun)


def extreme_min_of_three() -> float:
    return max(
        2 * min(x + y, 3 * x - y, 7 - x) - max(abs(x), abs(y - 1)) - abs(x - y)
        for x, y in product(range(-3, 7), repeat=2)
        if max(abs(x - 2), abs(y - 2)) >= 1 and min(x, y, 4) <= 3
    )


def extreme_squares_of_binaries() -> float:
    weights = {"12": 5, "13": 3, "23": 4, "24": 6, "35": 2, "45": 7, "46": 3, "56": 4, "16": 6}
    return max(
        sum(w for (i, j), w in weights.items() if side[int(i) - 1] != side[int(j) - 1])
        for side in subsets(6)
        if 2 <= sum(side) <= 3 and not (side[1] and side[4])
    )
