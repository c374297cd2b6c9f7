"""The optima of the files with `implies`: every case is gone through, as Python's `if` reads it."""

import math
from itertools import permutations, product

from tests.solvers.roads import dot, subsets


def logical_either_or() -> float:
    jobs = [(5, 0, 2), (3, 4, 5), (8, 1, 3), (2, 7, 4)]

    def waiting(order: tuple[tuple[int, ...], ...]) -> int:
        clock = total = 0
        for time, release, weight in order:
            clock = max(clock, release) + time
            total += weight * clock
        return total

    return min(map(waiting, permutations(jobs)))


def logical_fixed_charge() -> float:
    """Of what is set up the least is made, and the rest where it is cheapest."""
    machines = [(120, 3, 20, 60), (45, 5, 10, 50), (200, 2, 40, 90), (70, 4, 15, 40)]
    best = math.inf
    for on in subsets(4):
        used = [m for m, is_on in zip(machines, on, strict=True) if is_on]
        left = 105 - sum(least for _, _, least, _ in used)
        if left < 0 or sum(most for *_, most in used) < 105:
            continue
        total = sum(setup + cost * least for setup, cost, least, _ in used)
        for _, cost, least, most in sorted(used, key=lambda machine: machine[1]):
            more = min(left, most - least)
            total, left = total + cost * more, left - more
        best = min(best, total)
    return best


def logical_integer_conditions() -> float:
    best = -math.inf
    for rooms, cooks, guards, lifts in product(range(31), range(7), range(5), range(4)):
        is_kept = (
            (rooms < 9 or cooks >= 1)
            and (rooms <= 18 or cooks + guards >= 4)
            and (rooms < 25 or lifts == 2)
            and (guards > 1 or rooms <= 16)
            and (cooks != 3 or guards >= 1)
        )
        if is_kept:
            best = max(best, 11 * rooms - 40 * cooks - 25 * guards - 60 * lifts)
    return best


def logical_and_or_not() -> float:
    best = -math.inf
    for go in subsets(7):
        a, b, c, d, e, f, g = map(bool, go)
        is_kept = (
            (not (a and b) or c)
            and (not (d or f) or c or g)
            and (a or e or not f)
            and (not (b and (e or d)) or not f)
        )
        if is_kept and dot((6, 4, 1, 5, 3, 7, 2), go) <= 19:
            best = max(best, dot((14, 9, -3, 11, 7, 12, -2), go))
    return best


def logical_conditional_precedence() -> float:
    """What is bought takes no time; then every step starts as early as can be."""
    best = math.inf
    for cut, drill, paint, pack, ship in subsets(5):
        if not cut and not pack:
            continue
        after_cut = 4 * cut
        to_pack = after_cut + max(6 * drill, 5 * paint)
        end = to_pack + 3 * pack + 2 * ship
        bought = 9 * (1 - cut) + 5 * (1 - drill) + 8 * (1 - paint) + 7 * (1 - pack)
        best = min(best, 2 * end + bought + 12 * (1 - ship))
    return best


def logical_modes() -> float:
    """In each mode the rate goes to its limit, since a tonne earns more than its scrap costs."""
    low, middle = 5 * 8 - 0.06 * 420, 5 * 14 - 0.06 * 610
    high = max(5 * rate - 0.06 * 780 - 4 * max(0, 0.2 * rate - 1) for rate in (0, 5, 17))
    return max(low, middle, high)


def logical_open_pit() -> float:
    names = ("a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1", "c2")
    worth = (-2, -3, 1, -4, 2, -1, 3, 6, 4)
    above = {"b1": {"a1", "a2"}, "b2": {"a2", "a3"}, "b3": {"a3", "a4"}}
    above |= {"c1": {"b1", "b2"}, "c2": {"b2", "b3"}}
    best = -math.inf
    for dig in subsets(9):
        taken = {name for name, is_dug in zip(names, dig, strict=True) if is_dug}
        if all(above.get(block, set()) <= taken for block in taken):
            best = max(best, dot(worth, dig))
    return best


def logical_semicontinuous() -> float:
    """Every hour is alone: of each choice of units the cheapest fill up."""
    units = [(30, 90, 12, 150), (20, 50, 17, 60), (10, 40, 25, 30)]
    total = 0.0
    for demand in (25, 104, 58):
        best = math.inf
        for on in subsets(3):
            used = [unit for unit, is_on in zip(units, on, strict=True) if is_on]
            left = demand - sum(least for least, *_ in used)
            if left < 0 or sum(most for _, most, *_ in used) < demand:
                continue
            cost = sum(least * rate + idle for least, _, rate, idle in used)
            for least, most, rate, _ in used:
                more = min(left, most - least)
                cost, left = cost + rate * more, left - more
            best = min(best, cost)
        total += best
    return total


def logical_equal_number() -> float:
    best = math.inf
    for small, large in product(range(7), range(6)):
        fee = 20 if large == 2 else 0
        fee = max(fee, 9 if small == large else 0, 11 if large == 3 and small >= 2 else 0)
        if 3 * small + 7 * large >= 27 and (large == 3 or small <= 4):
            best = min(best, 9 * small + 16 * large + fee)
    return best


def logical_different_neighbours() -> float:
    near = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2)]
    return min(
        dot((5, 1, 4, 2, 3), f)
        for f in product(range(1, 8), repeat=5)
        if all(abs(f[i] - f[j]) >= 2 for i, j in near) and (f[0] != 3 or f[3] == 5)
    )


def logical_heavy_load() -> float:
    """Each day is at one of its limits, or where the first two come to 80."""
    want, gain = (38, 55, 47, 30), (4, 3, 5, 2)
    best = 0.0
    for x in product((38, 25, 40), (55, 40, 42), (47, 40, 35), (30,)):
        if all(a <= b for a, b in zip(x, want, strict=True)) and (x[0] + x[1] <= 80 or x[2] <= 35):
            best = max(best, dot(gain, x) - 60 * sum(load > 40 for load in x))
    return best


def logical_minimum_run() -> float:
    price = (9, 7, 3, 8, 4, 6, 2, 5, 9, 3)
    best = math.inf
    for on in subsets(10):
        starts = [t for t in range(10) if on[t] and (t == 0 or not on[t - 1])]
        if sum(on) >= 5 and all(t <= 7 and on[t + 1] and on[t + 2] for t in starts):
            best = min(best, dot(price, on) + 4 * len(starts))
    return best


def logical_sum_condition() -> float:
    best = -math.inf
    for *go, finn, gus in subsets(5):
        if (sum(go) >= 2 and not finn + gus) or (sum(go) == 3 and not finn):
            continue
        load = dot((12, 7, 10), go)
        load = load if gus else min(load, 19)
        best = max(best, dot((7, 6, 8), go) - 5 * finn - 4 * gus + 0.5 * load)
    return best


def logical_warehouses() -> float:
    cost = [(2, 4, 5, 2, 1), (3, 1, 3, 2, 4), (4, 2, 1, 3, 3)]
    demand, room, opening = (8, 5, 9, 4, 7), (18, 15, 21), (30, 22, 26)
    best = math.inf
    for served in product(range(3), repeat=5):
        loads = [sum(d for d, w in zip(demand, served, strict=True) if w == k) for k in range(3)]
        if all(load <= r for load, r in zip(loads, room, strict=True)) and len(set(served)) < 3:
            total = sum(cost[w][c] * demand[c] for c, w in enumerate(served))
            best = min(best, total + sum(opening[w] for w in set(served)))
    return best
