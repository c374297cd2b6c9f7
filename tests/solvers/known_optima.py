"""What is known of each file in `tests/formulations`, found without solvitur.

One function a file, of the same name, here or in a module for its kind. Each types the numbers of
the problem anew and takes a road of its own: enumeration, dynamic programming, a closed form, a
dual, or scipy on another shape of the problem. It returns the optimum, or a word of `known_ends`.
"""

import math
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse.csgraph import dijkstra

from tests.solvers import (
    known_derived,
    known_ends,
    known_extremes,
    known_large,
    known_logical,
    known_nonlinear,
    known_piecewise,
    known_tables,
    known_units,
)
from tests.solvers.roads import (
    Row,
    at_least_zero,
    best_active_set,
    best_vertex,
    cheapest_units,
    dot,
    subsets,
    unit,
)


def lp_product_mix() -> float:
    rows: list[Row] = [([5, 20, 24, 7], 400), ([10, 15, 22, 5], 450), ([1, 3, 4, 2], 90)]
    rows += [(unit(4, k), most) for k, most in enumerate((60, 14, 60, 18))]
    return -best_vertex([-45, -80, -110, -38], rows + at_least_zero(4))


def lp_diet() -> float:
    """Solve the dual: prices of nutrients below (y), above (z), and of the limit of 5 (w)."""
    energy, protein = [150, 120, 140, 230, 20, 205], [5, 8, 12, 18, 3, 4]
    iron, vitamin = [1.5, 0, 1.8, 6.6, 2.7, 0.4], [0, 2, 0, 3, 28, 0]
    content = np.array([energy, protein, iron, vitamin])
    gain = np.array([2000, 70, 15, 60, -2400, -1000, -30, -1000, *[-5] * 6])
    matrix = np.hstack([content.T, -content.T, -np.eye(6)])
    return -float(linprog(-gain, matrix, [0.3, 0.55, 0.8, 0.45, 0.9, 0.25]).fun)


def lp_blending() -> float:
    """Order of the variables: light, medium, heavy in regular, then in premium."""
    margin = [68 - 62, 68 - 51, 68 - 40, 81 - 62, 81 - 51, 81 - 40]
    above_octane = [-10, -2, 7, 0, 0, 0], [0, 0, 0, -4, 4, 13]
    above_sulphur = [-0.7, 0, 1.3, 0, 0, 0], [0, 0, 0, -0.5, 0.2, 1.5]
    crude = [1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]
    orders = [-1, -1, -1, 0, 0, 0], [0, 0, 0, -1, -1, -1]
    matrix = [*above_octane, *above_sulphur, *crude, *orders]
    right = [0, 0, 0, 0, 3500, 4200, 5000, -3000, -2000]
    return -float(linprog([-m for m in margin], matrix, right).fun)


def lp_degenerate_vertex() -> float:
    slopes = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)]
    rows: list[Row] = [((dx, dy, 1), 6 + 3 * dx + 2 * dy) for dx, dy in slopes]
    return -best_vertex([-0.5, 0, -2], [*rows, ([0, 0, -1], 0)])


def lp_many_optima() -> float:
    rows: list[Row] = [([1, 1, 0], 10), ([1, 1, 1], 14)]
    rows += [(unit(3, k), most) for k, most in enumerate((7, 6, 5))]
    return -best_vertex([-3, -3, -1], rows + at_least_zero(3))


def lp_free_variables() -> float:
    """Some best line goes through two of the points."""
    points = list(enumerate((-2.1, -2.9, -4.4, -4.8, 1.5, -6.9, -8.2), start=1))
    best = math.inf
    for (s, a), (t, b) in combinations(points, 2):
        slope = (b - a) / (t - s)
        best = min(best, math.fsum(abs(a + slope * (u - s) - y) for u, y in points))
    return best


def lp_equalities_only() -> float:
    lead, zinc = [10, 10, 40, 60, 30, 30], [10, 30, 50, 30, 30, 40]
    cost = [4.1, 4.3, 5.8, 6, 7.6, 7.5]
    return best_vertex(cost, at_least_zero(6), [(lead, 30), (zinc, 30), ([1] * 6, 1)])


def lp_negative_lower_bounds() -> float:
    """Buy all that can be bought, then sell it back in the dearest hours first."""
    prices = sorted((32, 18, -4, 25, 61, 47, 12), reverse=True)
    income, left = -3.0 * sum(prices), 3.0 * len(prices)
    for price in prices:
        sold = min(left, 7)
        income, left = income + price * sold, left - sold
    return income


def lp_box_only() -> float:
    return sum(min(-2 * i, 3 * i) for i in range(-3, 5)) + 2 * -5.5 + 1


def lp_constant_objective() -> float:
    a, b, c = 2, 5, 10
    assert a + b + c == 17
    assert min(a - 1, b - 2, c - 3, 10 - c, b - 1 - a) >= 0
    return 12.5


def lp_no_rows_at_all() -> float:
    return 3


def lp_unused_variables() -> float:
    """Only one variable counts, and it may be as large as its bound."""
    return 2 * 4


def lp_minimax() -> float:
    """Only two villages matter: the two that pull hardest against each other."""
    villages = [(-4, 1), (3, 2), (11, 1), (17.5, 3), (26, 1.5)]
    return max(v * w * (b - a) / (v + w) for (a, v), (b, w) in combinations(villages, 2))


def lp_production_inventory() -> float:
    """Run through whole tonnes, which suffice because this is a flow in a network."""
    best = {15: 0.0}
    costs = (20, 22, 25, 21, 28, 24)
    for demand, cost in zip((40, 55, 90, 30, 110, 60), costs, strict=True):
        after: dict[int, float] = {}
        for stock, spent in best.items():
            for made in range(69):
                left = stock + made - demand
                price = cost * made + 9 * max(0, made - 60) + 2 * left
                if left >= 0:
                    after[left] = min(after.get(left, math.inf), spent + price)
        best = after
    return min(spent for left, spent in best.items() if left >= 10)


def lp_goal_programming() -> float:
    """The penalty bends only along lines, so it is least where two of them cross."""
    lines: list[Row] = [([7, 12], 400), ([2, 5], 110), ([1, 0], 40), ([3, 2], 96)]
    best = math.inf
    for (a, p), (b, q) in combinations([*lines, *at_least_zero(2)], 2):
        if np.linalg.matrix_rank([a, b]) < 2:
            continue
        x, y = np.linalg.solve([a, b], [p, q])
        if min(x, y) >= -1e-9 and 3 * x + 2 * y <= 96 + 1e-9:
            misses = 400 - 7 * x - 12 * y, 110 - 2 * x - 5 * y, 40 - x
            penalties = zip(misses, (5, 2, 3), (0, 4, 1), strict=True)
            best = min(best, sum(max(u * m, -o * m) for m, u, o in penalties))
    return float(best)


def lp_wide_magnitudes() -> float:
    rows: list[Row] = [([-4e-4, -0.35, -12500], -1e5), ([0, 5e-5, 5.5], 24)]
    rows += [([1, 0, 0], 9e7), ([0, 1, 0], 85000)]
    return best_vertex([8e-4, 1.6, 31000], rows + at_least_zero(3))


def lp_comparison_chains() -> float:
    """Two numbers are left: hours of each of the equal machines, and of the fourth."""
    first, second = (2 + 1 + 0.5, 3), (1 + 3 + 2, 1.5)
    rows: list[Row] = [(first, 45), ([-c for c in first], -20)]
    rows += [(second, 70), ([-c for c in second], -30)]
    rows += [([0, -1], -1), ([-2, 1], 3), ([2, 0], 22), ([1, 0], 24), ([0, 1], 24), ([-1, 0], 0)]
    income = [8 * (p + q) for p, q in zip(first, second, strict=True)]
    return -best_vertex([6 + 9 + 4 - income[0], 10 - income[1]], rows)


def lp_two_thousand_variables() -> float:
    """A convex cost of the distance on a line: serve in order (the north-west corner)."""
    supply, demand = [2 * w + 9 for w in range(1, 41)], [40] * 50
    cost, w, f = 0.0, 0, 0
    while w < 40 and f < 50:
        moved = min(supply[w], demand[f])
        cost += (5 * (w + 1) - 4 * (f + 1)) ** 2 / 100 * moved
        supply[w], demand[f] = supply[w] - moved, demand[f] - moved
        w, f = w + (supply[w] == 0), f + (demand[f] == 0)
    assert sum(supply) == sum(demand) == 0
    return cost


def lp_parameter_functions() -> float:
    """One budget: buy the best value for money first."""
    size, reach = (2, 3, 5, 1.5, 4), (30, 10, 60, 80, 20)
    angle, shift = (0.1, 0.4, 0.8, 1.2, 0.6), (-3, 2, -1, 4, -2.5)
    offers = []
    for i in range(5):
        value = math.log(size[i] + 1) + math.log10(reach[i]) + math.exp(-size[i] / 5)
        value += math.sin(angle[i]) * math.cos(angle[i]) + math.tan(angle[i] / 2)
        most = abs(shift[i]) + max(shift[:i] + shift[i + 1 :]) / 10
        offers.append((value, max(size[i], reach[i] / 20, 2), most))
    budget = 5 * 1.5 + math.hypot(*shift) + 1.1 * 1.2 * 1.3 * 1.4
    total = 0.0
    for value, price, most in sorted(offers, key=lambda offer: offer[0] / offer[1], reverse=True):
        bought = min(most, budget / price)
        total, budget = total + value * bought, budget - price * bought
    return total


def lp_critical_path() -> float:
    days = {"survey": 3, "design": 10, "permit": 14, "dig": 5, "pour": 4}
    days |= {"frame": 12, "roof": 7, "wire": 9, "finish": 6}
    after = {"design": {"survey": 0}, "permit": {"survey": 0, "design": 0}, "dig": {"permit": 2}}
    after |= {"pour": {"dig": 0}, "frame": {"pour": 7, "design": 0}, "roof": {"frame": 0}}
    after |= {"wire": {"frame": 0}, "finish": {"roof": 0, "wire": 0}}

    def end(activity: str) -> int:
        before = after.get(activity, {}).items()
        return days[activity] + max((end(other) + wait for other, wait in before), default=0)

    return max(map(end, days))


def lp_multi_commodity_flow() -> float:
    """Choose tonnes on whole paths instead of tonnes on tracks."""
    tracks = {(1, 2): (12, 2), (1, 3): (8, 4), (2, 3): (6, 1), (2, 4): (7, 6)}
    tracks |= {(3, 4): (5, 2), (3, 5): (9, 7), (4, 5): (10, 3), (2, 5): (3, 9)}
    trade = {"coal": (1, {1: 9}, {5: 9}), "grain": (1.5, {1: 4, 2: 3}, {4: 3, 5: 4})}

    def paths(start: int, end: int) -> Iterator[tuple[tuple[int, int], ...]]:
        if start == end:
            yield ()
        for track in tracks:
            if track[0] == start:
                yield from ((track, *rest) for rest in paths(track[1], end))

    columns, costs = [], []
    ends = [(kind, place) for kind, (_, *sides) in trade.items() for s in sides for place in s]
    tonnes = [t for _, *sides in trade.values() for side in sides for t in side.values()]
    for kind, (weight, sources, sinks) in trade.items():
        for source, sink in product(sources, sinks):
            for path in paths(source, sink):
                costs.append(weight * sum(tracks[track][1] for track in path))
                load = [weight * (track in path) for track in tracks]
                columns.append((load, [e in ((kind, source), (kind, sink)) for e in ends]))
    capacity = np.array([load for load, _ in columns]).T
    balance = np.array([touched for _, touched in columns], dtype=float).T
    return float(linprog(costs, capacity, [c for c, _ in tracks.values()], balance, tonnes).fun)


def network_transport() -> float:
    cost = np.array([[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]])
    return cheapest_units((20, 25, 15), (12, 18, 9, 16), cost)


def network_transshipment() -> float:
    """Without capacities every tonne takes the cheapest road."""
    names = ("p1", "p2", "d1", "d2", "d3", "c1", "c2", "c3")
    roads = {"p1d1": 3, "p1d2": 5, "p2d2": 4, "p2d3": 2, "d1d2": 1, "d2d3": 2, "d1c1": 6}
    roads |= {"d1c2": 7, "d2c2": 4, "d2c3": 8, "d3c3": 5, "d3c1": 3, "p2c3": 9}
    cost = np.zeros((8, 8))
    for road, price in roads.items():
        cost[names.index(road[:2]), names.index(road[2:])] = price
    cheapest = dijkstra(cost, indices=[0, 1])[:, 5:]
    return cheapest_units((14, 11), (8, 10, 7), cheapest)


def network_shortest_path() -> float:
    length = np.zeros((8, 8))
    roads = {12: 7, 13: 9, 14: 14, 23: 10, 25: 15, 35: 11, 36: 2, 46: 9, 47: 3, 58: 6}
    roads |= {65: 7, 67: 4, 68: 17, 78: 8, 32: 1}
    for road, km in roads.items():
        length[road // 10 - 1, road % 10 - 1] = km
    return float(dijkstra(length, indices=0)[7])


def network_max_flow() -> float:
    """The largest flow is the smallest cut."""
    pipes = {"sa": 16, "sb": 13, "ab": 4, "ac": 11, "bd": 14, "bc": 3, "cd": 5, "dc": 7}
    pipes |= {"ct": 18, "dt": 6}
    cuts = []
    for chosen in subsets(4):
        near = {"s", *(name for name, is_near in zip("abcd", chosen, strict=True) if is_near)}
        cuts.append(sum(c for (i, j), c in pipes.items() if i in near and j not in near))
    return min(cuts)


def network_min_cost_flow() -> float:
    """Four arcs settle the other five; whole units suffice in a network."""
    best = math.inf
    for f12, f23, f35, f54 in product(range(11), range(5), range(8), range(4)):
        f13, f24, f56 = 14 - f12, f12 - f23, f35 - f54
        f34 = f13 + f23 - f35
        f46 = f24 + f34 + f54 - 2
        others = (f13, 2, 8), (f24, 0, 5), (f56, 1, 6), (f34, 0, 6), (f46, 0, 11)
        if all(low <= flow <= high for flow, low, high in others):
            assert f46 + f56 == 12
            cost = 3 * f12 + 5 * f13 + f23 + 7 * f24 + 4 * f34 + 2 * f35 + 2 * f46 + f54 + 6 * f56
            best = min(best, cost)
    return best


def network_assignment() -> float:
    no = math.inf
    hours = [[no, 9, 7, 8, 6], [6, 4, 3, no, 8], [5, 8, 1, 8, 9], [7, 6, 9, 4, 4], [3, 7, no, 6, 5]]
    return min(sum(hours[w][j] for w, j in enumerate(order)) for order in permutations(range(5)))


def milp_cyclic_staffing() -> float:
    """Fix the first shift, then go round: only the shift before matters."""
    need, pay = (5, 9, 8, 7, 11, 4), (11, 10, 10, 10, 11, 13)
    best = math.inf
    for first in range(12):
        costs = {first: pay[0] * first}
        for block in range(1, 6):
            after = dict.fromkeys(range(12), math.inf)
            for (before, cost), now in product(costs.items(), range(12)):
                if before + now >= need[block]:
                    after[now] = min(after[now], cost + pay[block] * now)
            costs = after
        best = min(best, min(cost for last, cost in costs.items() if last + first >= need[0]))
    return best


def milp_knapsack_binary() -> float:
    """Best use for each weight, tool by tool."""
    value = (24, 13, 23, 15, 16, 33, 11, 27, 9, 21, 30, 5)
    weight = (12, 7, 11, 8, 9, 17, 6, 14, 5, 11, 16, 2)
    best = [0] * 54
    for v, w in zip(value, weight, strict=True):
        best = [max(best[k], best[k - w] + v if k >= w else 0) for k in range(54)]
    return best[53]


def milp_knapsack_bounded() -> float:
    counts = product(range(4), range(5), range(3), range(6), range(3))
    fitting = (n for n in counts if dot((7, 5, 12, 3, 19), n) <= 61)
    return max(dot((17, 11, 29, 8, 41), n) for n in fitting)


def milp_knapsack_multidimensional() -> float:
    use = [((10, 8, 20, 9, 4, 16, 15, 7, 12, 5), 55)]
    use += [((5, 4, 6, 7, 3, 9, 4, 6, 5, 2), 26), ((3, 6, 8, 2, 5, 4, 7, 3, 6, 4), 27)]
    gain = (40, 25, 60, 33, 18, 52, 47, 29, 38, 21)
    return max(
        dot(gain, go)
        for go in subsets(10)
        if all(dot(row, go) <= budget for row, budget in use)
        and go[6] <= go[1]
        and go[2] + go[5] <= 1
    )


def milp_bin_packing() -> float:
    """Put box after box into any van that has room, or into a new one."""

    def least(boxes: tuple[int, ...], vans: tuple[int, ...]) -> int:
        if not boxes:
            return len(vans)
        box, rest = boxes[0], boxes[1:]
        fits = [k for k, van in enumerate(vans) if van + box <= 11]
        choices = [(*vans[:k], vans[k] + box, *vans[k + 1 :]) for k in fits]
        return min(least(rest, choice) for choice in [*choices, (*vans, box)])

    return least((6, 5, 5, 4, 4, 3, 3, 2), ())


def milp_set_covering() -> float:
    near = [{1, 2, 5}, {2, 3, 8}, {3, 4, 6}, {4, 7, 8}, {1, 5, 6}, {2, 6, 7}, {1, 4, 7, 8}]
    costs = (7, 6, 8, 7, 5, 6, 11)
    return min(
        dot(costs, chosen)
        for chosen in subsets(7)
        if len(set().union(*(near[s] for s in range(7) if chosen[s]))) == 8
    )


def milp_set_packing() -> float:
    wants = ["12", "234", "45", "16", "567", "37", "7", "135", "26"]
    prices = (13, 20, 11, 12, 19, 12, 6, 17, 11)
    best = 0.0
    for chosen in subsets(9):
        sold = "".join(want for want, wins in zip(wants, chosen, strict=True) if wins)
        if len(sold) == len(set(sold)):
            best = max(best, dot(prices, chosen))
    return best


def milp_facility_location_uncapacitated() -> float:
    """For each choice of sites every customer goes to the nearest."""
    sites = [(2, 3, 30), (8, 7, 42), (5, 5, 25), (1, 9, 38), (9, 1, 33)]
    customers = [(1, 1), (3, 8), (6, 6), (7, 2), (9, 9), (2, 5), (4, 4), (10, 3)]
    best = math.inf
    for chosen in subsets(5):
        used = [site for site, is_open in zip(sites, chosen, strict=True) if is_open]
        if used:
            streets = sum(min(abs(x - a) + abs(y - b) for x, y, _ in used) for a, b in customers)
            best = min(best, sum(fixed for _, _, fixed in used) + 4 * streets)
    return best


def milp_facility_location_capacitated() -> float:
    cost = [(12, 30, 9, 25, 14, 33, 8), (20, 14, 22, 18, 9, 16, 21), (17, 26, 12, 11, 20, 13, 15)]
    fixed, room, need = (100, 80, 70), (24, 18, 15), (5, 8, 4, 6, 3, 7, 2)
    best = math.inf
    for served in product(range(3), repeat=7):
        loads = [sum(n for n, f in zip(need, served, strict=True) if f == w) for w in range(3)]
        if all(load <= r for load, r in zip(loads, room, strict=True)):
            served_for = sum(cost[f][c] for c, f in enumerate(served))
            best = min(best, served_for + sum(fixed[f] for f in set(served)))
    return best


def milp_lot_sizing() -> float:
    """Follow Wagner and Whitin: a set-up makes all that is sold until the next one."""
    demand, setup = (20, 35, 10, 60, 5, 40, 25, 30), (90, 70, 110, 80, 95, 60, 100, 75)
    unit_cost = (3, 3, 4, 3, 4, 3, 3, 5)

    @cache
    def least(week: int) -> float:
        if week == 8:
            return 0.0
        choices = []
        for following in range(week + 1, 9):
            sold = [(u - week, demand[u]) for u in range(week, following)]
            made = sum(tonnes * (unit_cost[week] + 1.5 * weeks) for weeks, tonnes in sold)
            choices.append(setup[week] + made + least(following))
        return min(choices)

    return least(0)


def milp_unit_commitment() -> float:
    """Hour by hour over which units are on; the cheapest of them fill up first."""
    units = [(50, 150, 20, 300, 900), (20, 80, 31, 120, 250), (10, 60, 45, 40, 60)]

    def hour(on: tuple[int, ...], demand: float) -> float:
        running = [u for u, is_on in zip(units, on, strict=True) if is_on]
        left = demand - sum(least for least, *_ in running)
        if left < 0 or sum(most for _, most, *_ in running) < demand + 30:
            return math.inf
        total = sum(least * cost + idle for least, _, cost, idle, _ in running)
        for least, most, cost, _, _ in running:
            extra = min(left, most - least)
            total, left = total + cost * extra, left - extra
        return total

    def starts(before: tuple[int, ...], on: tuple[int, ...]) -> float:
        return sum(u[4] for u, a, b in zip(units, before, on, strict=True) if b > a)

    costs = {(0, 1, 0): 0.0}
    for demand in (70, 130, 215, 160, 45):
        cheapest = {on: min(c + starts(b, on) for b, c in costs.items()) for on in subsets(3)}
        costs = {on: cost + hour(on, demand) for on, cost in cheapest.items()}
    return min(costs.values())


def milp_one_machine_scheduling() -> float:
    jobs = [(4, 0, 6, 2), (3, 2, 7, 5), (7, 1, 15, 3), (2, 9, 11, 4), (5, 0, 12, 1)]

    def lateness(order: tuple[tuple[int, ...], ...]) -> int:
        clock = total = 0
        for time, release, due, weight in order:
            clock = max(clock, release) + time
            total += weight * max(0, clock - due)
        return total

    return min(map(lateness, permutations(jobs)))


def milp_job_shop() -> float:
    """Schedule the operations as early as can be, in every order that there is."""
    jobs = ("A3", "B2", "C2"), ("B2", "A4", "C1"), ("A4", "C1", "B3")
    best = math.inf
    for order in set(permutations((0, 0, 0, 1, 1, 1, 2, 2, 2))):
        done, ready, free = [0, 0, 0], [0, 0, 0], dict.fromkeys("ABC", 0)
        for job in order:
            machine, time = jobs[job][done[job]]
            ready[job] = free[machine] = max(ready[job], free[machine]) + int(time)
            done[job] += 1
        best = min(best, max(ready))
    return best


def milp_travelling_salesman() -> float:
    cities = [(0, 0), (5, 1), (9, 4), (7, 9), (2, 7), (4, 4)]
    return min(
        math.fsum(map(math.dist, (cities[0], *tour), (*tour, cities[0])))
        for tour in permutations(cities[1:])
    )


def milp_graph_colouring() -> float:
    pairs = "01 02 03 04 05 12 23 34 45 51 56 61"
    edges = [(int(i), int(j)) for i, j in pairs.split()]
    return next(
        count
        for count in range(1, 6)
        if any(all(c[i] != c[j] for i, j in edges) for c in product(range(count), repeat=7))
    )


def milp_independent_set() -> float:
    pairs = "12 23 34 45 56 67 78 89 91 15 26 83 94 73"
    edges = [(int(i) - 1, int(j) - 1) for i, j in pairs.split()]
    invited = (g for g in subsets(9) if not any(g[i] and g[j] for i, j in edges))
    return max(dot((5, 6, 7, 4, 6, 5, 8, 3, 4), g) for g in invited)


def milp_cutting_stock() -> float:
    """Cut roll after roll of 100, by any pattern that wastes no whole piece."""
    widths = (45, 36, 31, 14)
    patterns = [
        cuts
        for cuts in product(range(3), range(3), range(4), range(8))
        if 100 - min(widths) < dot(widths, cuts) <= 100
    ]

    @cache
    def least(order: tuple[int, ...]) -> float:
        if not any(order):
            return 0
        first = next(k for k, pieces in enumerate(order) if pieces)
        return 1 + min(
            least(tuple(max(0, o - c) for o, c in zip(order, cuts, strict=True)))
            for cuts in patterns
            if cuts[first]
        )

    return least((6, 7, 9, 10))


def sudoku_grids() -> list[tuple[tuple[int, ...], ...]]:
    """Give every way to fill in the sudoku of four by four."""
    grids = product(permutations((1, 2, 3, 4)), repeat=4)
    given = ((0, 0, 1), (0, 3, 4), (1, 1, 4), (2, 3, 3), (3, 0, 3))
    blocks = [((r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1)) for r in (0, 2) for c in (0, 2)]
    columns = [tuple((r, c) for r in range(4)) for c in range(4)]
    return [
        grid
        for grid in grids
        if all(grid[r][c] == digit for r, c, digit in given)
        and all(len({grid[r][c] for r, c in group}) == 4 for group in blocks + columns)
    ]


def milp_sudoku_4x4() -> float:
    assert len(sudoku_grids()) == 1
    return 0


def milp_queens_5() -> float:
    boards = [list(enumerate(board)) for board in permutations(range(5))]
    peaceful = [b for b in boards if len({i + j for i, j in b}) == len({i - j for i, j in b}) == 5]
    return max(sum((i - 2) ** 2 * (j - 1) ** 2 + (i + 1) * (j + 1) for i, j in b) for b in peaceful)


def milp_negative_integers() -> float:
    best = math.inf
    for a, b in product(range(-9, 7), repeat=2):
        c = -4 - a - b
        if -9 <= c <= 6 and b - 2 * c <= 7.5:
            m = math.ceil(max((-39 - 3 * a - 3 * b) / 7, (b - 2 * c - 17.5) / 3))
            best = min(best, 3 * a - 5 * b + 2 * c + 4 * m)
    return best


def milp_small_costs() -> float:
    rates, powers = [3e-9, 8e-9, 5e-9, 2e-8, 1.1e-8], [2, 7, 4, 15, 9]
    return min(dot(rates, n) for n in product(range(4), repeat=5) if dot(powers, n) >= 52)


def milp_huge_big_m() -> float:
    """Open some depots; each customer is then served by the cheapest."""
    best = math.inf
    for count in (1, 2, 3):
        for opened in combinations((1, 2, 3), count):
            cost = sum(100 + 10 * i for i in opened)
            for j in (1, 2, 3, 4):
                cost += (10 * j + 0.5) * min((3 * i * j + j * j) / 7 for i in opened)
            best = min(best, cost)
    return best


def qp_daily_variances() -> float:
    """In percent, where the numbers are of common size."""
    cov = np.array([[100, 40, -20, 30], [40, 16000, -2400, 4800], [-20, -2400, 9000, 800]])
    cov = np.vstack([cov, [30, 4800, 800, 7800]]) * 1e-4
    rows: list[Row] = [([-1, -6, -2, -4], -3), *((unit(4, k), 0.6) for k in range(4))]
    return 1e-4 * best_active_set(cov, [0] * 4, rows + at_least_zero(4), [([1] * 4, 1)])


def qp_mixed_units() -> float:
    """Spread the miss of the batch by Lagrange; nothing becomes negative."""
    weight, part, wish = [1e-4, 1, 1e6], [1e-3, 1, 1e3], [800, 900, 1.7]
    give = sum(a * a / w for a, w in zip(part, weight, strict=True))
    price = (dot(part, wish) - 2500) / give
    assert all(t > price * a / w for t, a, w in zip(wish, part, weight, strict=True))
    return price**2 * give


def qp_flat_direction() -> float:
    """Order of the variables: objective, eyepiece."""
    rows: list[Row] = [([1, -1], -4), ([1, 0], 20), ([-1, 0], 5)]
    least = best_active_set(np.full((2, 2), 0.001), [-0.06, -0.06 + 0.002], rows)
    return 12 - (least + 0.001 * 900)


def qp_portfolio() -> float:
    cov = np.array([[25, 10, -5, 8], [10, 400, -60, 120], [-5, -60, 225, 20], [8, 120, 20, 196.0]])
    rows: list[Row] = [([-3, -9, -5, -7], -6.5), *((unit(4, k), 0.5) for k in range(4))]
    return best_active_set(cov, [0] * 4, rows + at_least_zero(4), [([1] * 4, 1)])


def qp_least_squares() -> float:
    measured = [14.2, 5.9, 1.8, -0.6, 0.9, 4.1, 12.7, 22.5]
    powers = np.vander(np.arange(-3.0, 5.0), 3)
    best = np.linalg.lstsq(powers, measured)[0]
    return float(np.sum((powers @ best - measured) ** 2))


def qp_projection() -> float:
    target = np.array([6, -2, 5])
    rows: list[Row] = [([1, 1, 1], 7), ([2, -1, 0], 6), ([0, 1, 3], 9), ([1, 0, -2], 1)]
    rows += [(unit(3, k), 8) for k in range(3)] + [(unit(3, k, -1), 1) for k in range(3)]
    return best_active_set(np.eye(3), -2.0 * target, rows) + float(target @ target)


def qp_concave_maximum() -> float:
    rows: list[Row] = [([1, 1, 1], 40), ([0, 0, 1], 9), *at_least_zero(3)]
    return -best_active_set(np.diag([2.0, 1, 4]), [18 - 90, 18 - 70, 18 - 120], rows) - 50


def qp_smoothing() -> float:
    changes = np.diff(np.eye(8), axis=0)
    rows: list[Row] = [(unit(8, t, -1), -n) for t, n in enumerate((5, 4, 9, 5, 12, 12, 5, 3)) if t]
    wages = [1, 1, 1, 3, 1, 1, 2, 1]
    return best_active_set(changes.T @ changes, wages, rows, [(unit(8, 0), 6)])


KINDS = ("lp_", "network_", "milp_", "qp_", "nlp_", "minlp_", "miqp_", "piecewise_", "logical_")
KINDS += ("extreme_", "table_", "units_", "derived_", "large_", "infeasible_", "unbounded_")
CURVED = ("nlp_", "minlp_", "miqp_", "qp_nonconvex", "qp_bilinear", "units_insulation")
MODULES = (known_nonlinear, known_piecewise, known_logical, known_extremes, known_tables)
MODULES += (known_units, known_derived, known_large, known_ends)
ORACLES: dict[str, Callable[[], float | str]] = {
    name: cache(function)
    for names in (globals().copy(), *map(vars, MODULES))
    for name, function in names.items()
    if name.startswith(KINDS)
}
"""The functions above and those of the other modules, by name; each goes its road once."""


def nearly(name: str) -> Any:
    """Give what equals the optimum of a file; where SCIP bounds what is curved, it is less near."""
    near = 2e-6 if name.startswith(CURVED) else 1e-9
    return pytest.approx(ORACLES[name](), rel=max(1e-6, near), abs=near)
