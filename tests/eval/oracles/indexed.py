"""Indexed problems: search and recursion where the numbers are whole, proved duals elsewhere."""

from itertools import permutations, product

import numpy as np

from tests.eval.oracles.routes import (
    INFEASIBLE,
    UNBOUNDED,
    Result,
    least_excess,
    lowest,
    proved_maximum,
    proved_minimum,
    solved,
    subsets,
)


def indexed_01() -> Result:
    per_litre = np.array(
        [
            [180, 220, 300, 380, 450],
            [90, 160, 140, 120, 20],
            [20, 25, 35, 45, 30],
            [15, 15, 18, 20, 24],
        ]
    )
    upper = np.vstack([per_litre, np.eye(5), [[-1, 0, 0, 0, 0]]])
    at_most = [900_000, 380_000, 108_000, 60_000, 1500, 1800, 900, 800, 700, -400]
    return solved(proved_maximum([0.85, 1.30, 1.75, 2.10, 1.95], upper, at_most))


def indexed_02() -> Result:
    best = 0
    for bench, case, wardrobe in product(range(6, 111), range(4, 19), range(2, 17)):
        if case + wardrobe > 20:
            continue
        # In halves of an hour, the room that is left for bedside tables.
        cutting = 330 - 3 * bench - 5 * case - 8 * wardrobe
        assembly = 454 - 4 * bench - 6 * case - 13 * wardrobe
        finishing = 352 - 2 * bench - 5 * case - 10 * wardrobe
        tables = min(cutting // 2, assembly // 3, finishing // 3)
        if tables >= 0:
            best = max(best, 95 * bench + 170 * case + 330 * wardrobe + 77 * tables)
    return solved(best)


def indexed_03() -> Result:
    energy = [3.8, 3.4, 4.9, 6.4, 2.7, 8.9]  # for a gram, and so on below
    protein = [0.13, 0.24, 0.25, 0.15, 0.03, 0]
    carbohydrate = [0.62, 0.55, 0.39, 0.10, 0.60, 0]
    price = [0.0030, 0.0055, 0.0110, 0.0160, 0.0090, 0.0120]
    upper = [*(-np.array([energy, protein, carbohydrate])), price]
    upper += [[0, 0, 0, 0, 0, 1], [0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, -1, 0]]
    return solved(proved_minimum(np.ones(6), upper, [-4200, -110, -420, 6, 120, 300, 150, -100]))


def indexed_04() -> Result:
    nitrogen = [46, 18, 0, 3]
    phosphate = [0, 46, 0, 2]
    potash = [0, 0, 60, 2]
    upper = np.vstack([np.negative([nitrogen, phosphate, potash]), potash, np.eye(4)])
    at_most = [-16 * 50, -8 * 50, -10 * 50, 14 * 50, 12, 12, 15, min(30, 0.40 * 50)]
    return solved(proved_minimum([410, 560, 390, 60], upper, at_most, [[1, 1, 1, 1]], [50]))


def indexed_05() -> Result:
    freight = np.array([[7, 11, 6, 14, 9], [12, 5, 10, 8, 13], [9, 8, 12, 6, 7]])
    upper = np.vstack([np.kron(np.eye(3), np.ones(5)), -np.kron(np.ones(3), np.eye(5))])
    bridge = np.zeros(15)
    bridge[2 * 5 + 3] = 1
    at_most = [620, 480, 550, -310, -270, -390, -240, -350, 90]
    return solved(proved_minimum(freight.ravel(), np.vstack([upper, bridge]), at_most))


def indexed_06() -> Result:
    never = 1000
    hours = [
        [14, 9, 17, 12, 20],
        [11, never, 15, 16, 13],
        [18, 10, never, 13, 15],
        [12, 8, 13, never, 16],
        [16, 12, 14, 10, never],
    ]
    totals = (sum(hours[i][j] for i, j in enumerate(order)) for order in permutations(range(5)))
    return solved(min(totals))


def indexed_07() -> Result:
    # All figures are whole kilolitres, so some best plan is too: walk over the tank's content.
    demand, cost = [40, 55, 70, 95, 110, 80], [310, 320, 345, 380, 420, 400]
    cheapest = {10: 0}
    for month in range(6):
        after: dict[int, int] = {}
        for tank, paid in cheapest.items():
            for pressed in range(86):
                left = tank + pressed - demand[month]
                if 0 <= left <= 60:
                    total = paid + cost[month] * pressed + 14 * left
                    after[left] = min(total, after.get(left, total))
        cheapest = after
    return solved(cheapest[15])


def indexed_08() -> Result:
    need, price = [5, 4, 13, 16, 18, 11], [235, 180, 180, 180, 180, 235]
    best = None
    for night in range(19):  # shifts that begin with the last block and run into the first
        cheapest = {night: night * price[5]}
        for block in range(5):
            after: dict[int, int] = {}
            for before, paid in cheapest.items():
                start = max(0, need[block] - before)
                for begun in range(start, 19):
                    total = paid + price[block] * begun
                    after[begun] = min(total, after.get(begun, total))
            cheapest = after
        for before, paid in cheapest.items():
            if before + night >= need[5] and (best is None or paid < best):
                best = paid
    return solved(best)


def indexed_09() -> Result:
    cheapest = {15: 0}
    for need in (12, 18, 27, 21, 14):
        after: dict[int, int] = {}
        for before, paid in cheapest.items():
            for staff in range(need, min(before + 8, 40) + 1):
                change = 900 * max(0, staff - before) + 600 * max(0, before - staff)
                total = paid + change + 2400 * staff
                after[staff] = min(total, after.get(staff, total))
        cheapest = after
    return solved(min(paid for staff, paid in cheapest.items() if staff >= 12))


def indexed_10() -> Result:
    """The greatest flow is the smallest cut."""
    pipes = {
        "HP": 420, "HQ": 350, "PQ": 100, "PM": 230, "PD": 90, "QM": 160,
        "QT": 210, "TD": 120, "MD": 210, "MS": 170, "TS": 150, "DS": 480,
    }  # fmt: skip
    cuts = (
        sum(size for (a, b), size in pipes.items() if a in near and b not in near)
        for near in ({"H", *inner} for inner in subsets("PQMTD"))
    )
    return solved(min(cuts))


def indexed_11() -> Result:
    # EK EL WK WL, then KB KC KD KE, LB LC LD LE
    cost = [8, 11, 12, 6, 9, 15, 7, 13, 14, 8, 12, 10]
    upper = np.zeros((8, 12))
    upper[0, [0, 1]] = upper[1, [2, 3]] = upper[2, [0, 2]] = upper[3, [1, 3]] = 1
    for k in range(4):
        upper[4 + k, [4 + k, 8 + k]] = -1
    equal = np.zeros((2, 12))
    equal[0, [0, 2]] = equal[1, [1, 3]] = 1
    equal[0, 4:8] = equal[1, 8:12] = -1
    at_most = [240, 280, 280, 250, -120, -140, -90, -150]
    return solved(proved_minimum(cost, upper, at_most, equal, [0, 0]))


def indexed_12() -> Result:
    upper = np.vstack(
        [np.eye(6), [-1, -1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 3, 5, 7, 9, 6]]
    )  # in parts of the money
    at_most = [0.30] * 6 + [-0.35, 0.45, 5.2]
    percent = proved_maximum([2.9, 4.1, 5.2, 6.8, 8.3, 7.4], upper, at_most, np.ones((1, 6)), [1])
    return solved(percent / 100 * 500_000)


def indexed_13() -> Result:
    """No plan beats the rounded-up bound of the dual, and one plan attains it."""
    gives = np.array(
        [
            [2, 0, 0, 0],
            [1, 1, 1, 0],
            [1, 0, 1, 2],
            [0, 3, 0, 0],
            [0, 1, 0, 4],
            [0, 0, 4, 0],
            [0, 1, 2, 1],
        ]
    )
    assert (gives @ [50, 36, 27, 21] <= 120).all()
    order = np.array([44, 61, 75, 83])
    bound = int(np.ceil(proved_minimum(np.ones(7), -gives.T, -order) - 1e-6))
    plan = np.array([2, 40, 0, 0, 21, 9, 0])
    assert (plan @ gives >= order).all()
    assert plan.sum() == bound
    return solved(bound)


def indexed_14() -> Result:
    rent, room = np.array([4200, 3100, 3600, 2500]), np.array([160, 110, 140, 90])
    need = np.array([45, 38, 52, 29, 41, 35])
    cost = np.array(
        [
            [22, 35, 48, 30, 55, 41],
            [40, 18, 26, 44, 33, 52],
            [51, 39, 20, 27, 24, 30],
            [33, 42, 37, 19, 46, 25],
        ]
    )
    totals = []
    for stores in subsets(range(4)):
        chosen = list(stores)
        if room[chosen].sum() < need.sum():
            continue
        count = len(chosen)
        upper = [*np.kron(np.eye(count), np.ones(6)), *-np.kron(np.ones(count), np.eye(6))]
        at_most = [*room[chosen], *-need]
        totals.append(rent[chosen].sum() + proved_minimum(cost[chosen].ravel(), upper, at_most))
    return solved(min(totals))


def indexed_15() -> Result:
    crane, quay, north, south = (12, 4, 91), (18, 11, 146), (7, 9, 90), (9, 6, 94)
    dredging, power, gate = (6, 14, 88), (5, 3, 37), (3, 2, 26)
    values = [
        sum(project[2] for project in chosen)
        for chosen in subsets([crane, quay, north, south, dredging, power, gate])
        if len(chosen) <= 4
        and sum(project[0] for project in chosen) <= 42
        and sum(project[1] for project in chosen) <= 36
        and not (north in chosen and south in chosen)
    ]
    return solved(max(values) / 10)


def indexed_16() -> Result:
    """Gale's condition: some towns need more than depots and roads can bring to them."""
    stock, need = [80, 95, 70], [60, 75, 50, 45]
    road = [[30, 25, 20, 40], [40, 20, 35, 15], [15, 25, 30, 20]]
    for towns in subsets(range(4)):
        bring = sum(min(stock[d], sum(road[d][t] for t in towns)) for d in range(3))
        if bring < sum(need[t] for t in towns):
            return INFEASIBLE
    raise AssertionError("every group of towns can be supplied")


def indexed_17() -> Result:
    """Servers alone keep every promise, and each further tonne of them earns money."""
    servers = 20.0
    assert 310 * servers >= 5000
    earned = 160 * 6.80 + 310 * 2.10 + 150 * 0.25 - 980 - 520
    assert earned > 0
    return UNBOUNDED


def indexed_18() -> Result:
    protein, potassium = [6, 7, 9, 3, 20], [180, 70, 260, 45, 420]
    energy = [240, 90, 110, 130, 150]
    upper = [np.negative(protein), np.negative(energy), potassium, [0, 1, 0, 0, 0], [0, 0, 0, 1, 0]]
    assert least_excess(upper, [-75, -1800, 900, 4, 8]) > 1
    return INFEASIBLE


def indexed_19() -> Result:
    harvest = np.array([[6.5, 7.2, 3.8], [24, 31, 27], [4.8, 5.6, 5.1], [20, 34, 38]])
    price = np.array([190, 62, 165, 55])
    tonnes = np.zeros((4, 12))
    for crop in range(4):
        tonnes[crop, 3 * crop : 3 * crop + 3] = harvest[crop]
    land = np.kron(np.ones(4), np.eye(3))
    roots = np.zeros(12)
    roots[[4, 10]] = 1
    upper = np.vstack([land, tonnes, -tonnes, roots])
    at_most = [90, 140, 60, 900, 1600, 400, 1200, -300, -400, -150, 0, 42]  # 30% of 140
    return solved(proved_maximum((price[:, None] * harvest).ravel(), upper, at_most))


def indexed_20() -> Result:
    price = np.array([9, 7, 6, 12, 21, 26, 18, 11])
    content = np.tril(np.ones((8, 8)))  # of what was taken or given up to each hour
    level = np.hstack([0.9 * content, -content])
    upper = np.vstack([level, -level, -level[-1:], np.eye(16)])
    at_most = [60 - 15] * 8 + [15] * 8 + [0] + [20] * 8 + [25] * 8
    return solved(proved_maximum(np.concatenate([-price, price]), upper, at_most))


def indexed_21() -> Result:
    return lowest(
        [range(6)] * 5,
        lambda radio, tram, hospital, hotel, paper: (
            350 * radio + 800 * tram + 240 * hospital + 410 * hotel + 620 * paper
        ),
        lambda radio, tram, hospital, hotel, paper: (
            9 * radio + 6 * tram + hotel + 2 * paper >= 75
            and radio + 8 * tram + 5 * hospital + 4 * paper >= 55
            and 5 * tram + 9 * hotel + paper >= 30
            and 4 * tram + 2 * hospital + 11 * paper >= 40
        ),
    )


def indexed_22() -> Result:
    """Even at full speed from the first day, the boats due by May cannot be built."""
    built = due = 0
    for boats in (20, 30, 65, 55, 25):
        built, due = built + 36 + 6, due + boats
        if built < due:
            return INFEASIBLE
    raise AssertionError("building at full speed is fast enough")
