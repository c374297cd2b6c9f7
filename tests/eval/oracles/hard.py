"""Hard problems: every sequence, subset or path is tried; QPs by their optimality conditions."""

from itertools import pairwise, permutations, product

import numpy as np

from tests.eval.oracles.routes import (
    INFEASIBLE,
    Result,
    corner,
    lowest,
    proved_minimum,
    quadratic_minimum,
    solved,
    subsets,
)


def hard_01() -> Result:
    """The constraints are differences of dates, so saving whole days is as good as parts."""
    best = None
    saved_days = [range(s + 1) for s in (1, 3, 2, 2, 2, 2, 2, 3)]
    for strip, wire, plumb, plaster, floor, light, paint, show in product(*saved_days):
        stripped = 5 - strip
        wired = stripped + 8 - wire
        plastered = max(wired, stripped + 6 - plumb) + 7 - plaster
        shown = max(plastered + 6 - floor, plastered + 5 - paint) + 9 - show
        if max(shown, wired + 4 - light) + 3 <= 31:
            paid = 400 * strip + 600 * wire + 350 * plumb + 500 * plaster
            paid += 450 * floor + 300 * light + 250 * paint + 700 * show
            best = paid if best is None else min(best, paid)
    return solved(best)


def hard_02() -> Result:
    """Try every sequence on every machine, and start each step as early as it can."""
    routes = (
        (("L", 4), ("M", 3), ("G", 5)),
        (("M", 6), ("L", 2), ("G", 3)),
        (("G", 3), ("M", 5), ("L", 4)),
    )
    best = 99
    for orders in product(permutations(range(3)), repeat=3):
        queue = dict(zip("LMG", map(list, orders), strict=True))
        free, ready, step = dict.fromkeys("LMG", 0), [0, 0, 0], [0, 0, 0]
        moved = True
        while moved:
            moved = False
            for job, route in enumerate(routes):
                if step[job] < 3 and queue[route[step[job]][0]][0] == job:
                    machine, hours = route[step[job]]
                    ready[job] = free[machine] = max(ready[job], free[machine]) + hours
                    queue[machine].append(queue[machine].pop(0))
                    step[job] += 1
                    moved = True
        if step == [3, 3, 3]:  # else the sequences block one another
            best = min(best, max(ready))
    return solved(best)


def hard_03() -> Result:
    paintings = [(6, 9, 300), (3, 5, 200), (4, 7, 350), (2, 12, 150), (5, 14, 250)]

    def loss(order: tuple[tuple[int, int, int], ...]) -> int:
        week = total = 0
        for work, due, rate in order:
            week += work
            total += rate * max(0, week - due)
        return total

    return solved(min(map(loss, permutations(paintings))))


def hard_04() -> Result:
    minutes = {
        "LA": 24, "LB": 37, "LD": 31, "LF": 18, "LH": 42, "AB": 19, "AD": 40, "AF": 33, "AH": 27,
        "BD": 22, "BF": 45, "BH": 16, "DF": 29, "DH": 25, "FH": 38,
    }  # fmt: skip
    both = minutes | {b + a: time for (a, b), time in minutes.items()}
    tours = (("L", *inner, "L") for inner in permutations("ABDFH"))
    return solved(min(sum(both[a + b] for a, b in pairwise(tour)) for tour in tours))


def hard_05() -> Result:
    clean = {  # now, yellow, orange, blue, green, grey (s for silver)
        "ny": 15, "no": 25, "nb": 40, "ng": 30, "ns": 20, "yo": 20, "yb": 55, "yg": 45, "ys": 30,
        "oy": 35, "ob": 50, "og": 25, "os": 30, "by": 60, "bo": 45, "bg": 20, "bs": 35,
        "gy": 40, "go": 50, "gb": 15, "gs": 45, "sy": 30, "so": 35, "sb": 25, "sg": 40,
    }  # fmt: skip
    orders = (order for order in permutations("yobgs") if order.index("b") < order.index("y"))
    return solved(min(sum(clean[a + b] for a, b in pairwise(("n", *order))) for order in orders))


def hard_06() -> Result:
    """Demands and kettle are tens of cartons, so some best plan is: walk over the stock in tens."""
    cheapest = {0: 0}
    for demand in (8, 6, 11, 3, 14, 9):
        after: dict[int, int] = {}
        for stock, paid in cheapest.items():
            for made in range(26):
                kept = stock + made - demand
                if 0 <= kept <= 51:
                    total = paid + (1150 if made else 0) + 120 * made + 40 * kept
                    after[kept] = min(total, after.get(kept, total))
        cheapest = after
    return solved(min(cheapest.values()))


def hard_07() -> Result:
    masts = [
        (7, {1, 2, 3}), (5, {2, 4}), (9, {1, 4, 5, 6}), (6, {3, 7, 8}), (4, {5, 9}),
        (8, {6, 7, 10}), (5, {8, 9}), (7, {4, 9, 10}), (3, {10}),
    ]  # fmt: skip
    costs = []
    for chosen in subsets(masts):
        reached = [hamlet for _, hamlets in chosen for hamlet in hamlets]
        if set(reached) == set(range(1, 11)) and reached.count(7) >= 2:
            costs.append(sum(cost for cost, _ in chosen))
    return solved(min(costs))


def hard_08() -> Result:
    offered = {
        "spectrometer": (14, 30, 70), "camera": (9, 12, 46), "lidar": (17, 38, 75),
        "hygrometer": (4, 5, 18), "sampler": (11, 16, 47), "magnetometer": (7, 6, 29),
        "radiometer": (8, 14, 38), "sounder": (13, 26, 55), "beacon": (3, 8, 12),
        "microphone": (5, 7, 24),
    }  # fmt: skip
    enemies = [
        {"lidar", "camera"}, {"lidar", "spectrometer"}, {"beacon", "magnetometer"},
        {"sounder", "microphone"}, {"sampler", "hygrometer"},
    ]  # fmt: skip
    scores = []
    for chosen in subsets(offered):
        weight, power, score = (sum(offered[name][k] for name in chosen) for k in range(3))
        if weight <= 58 and power <= 95 and not any(pair <= set(chosen) for pair in enemies):
            scores.append(score)
    return solved(max(scores))


def hard_09() -> Result:
    hours = [7, 5, 9, 4, 6, 8, 3, 5]
    best = 99.0
    for crews in product("NEW", repeat=8):
        if crews[0] == crews[5]:
            load = {
                crew: sum(h for h, by in zip(hours, crews, strict=True) if by == crew)
                for crew in "NEW"
            }
            best = min(best, max(load["N"] * 4 / 3, load["E"], load["W"]))
    return solved(best)


def hard_10() -> Result:
    # hips, eyes, hearts, then dollars and patients missed and nurse hours too many
    points = [0, 0, 0, 2 / 1000, 3, 1 / 5]
    upper = [
        [1, 1, 1, 0, 0, 0],
        [0, -1, 0, 0, 0, 0],
        [0, 0, -1, 0, 0, 0],
        [-1400, -900, -2600, -1, 0, 0],
        [-0.4, -1.5, -0.2, 0, -1, 0],
        [5, 2, 9, 0, 0, -1],
    ]
    return solved(proved_minimum(points, upper, [200, -20, -20, -340_000, -190, 900]))


def hard_11() -> Result:
    weeks = {
        "maps": 10, "offline": 5, "chat": 8, "video": 10,
        "translate": 10, "payments": 7, "loyalty": 6, "voice": 6,
    }  # fmt: skip
    value = {
        "maps": 15, "offline": 10, "chat": 8, "video": 19,
        "translate": 16, "payments": 9, "loyalty": 7, "voice": 13,
    }  # fmt: skip
    best = 0
    for chosen in map(set, subsets(weeks)):
        sane = (
            sum(weeks[f] for f in chosen) <= 38
            and ("maps" in chosen or "offline" not in chosen)
            and ("chat" in chosen or "video" not in chosen)
            and ("payments" in chosen or "loyalty" not in chosen)
            and ("voice" in chosen or not {"maps", "translate"} <= chosen)
            and not {"video", "voice"} <= chosen
            and len(chosen & {"chat", "payments", "loyalty"}) >= 2
        )
        if sane:
            best = max(best, sum(value[f] for f in chosen))
    return solved(best)


def hard_12() -> Result:
    """With the price step of each mill fixed, fill up from the cheapest mill."""
    prices = ((318, 301, 289, 550, 9), (312, 306, 282, 450, 14), (305, 299, 296, 600, 6))
    start, need = (0, 200, 400), 760
    ceiling = 0.55 * need
    costs = []
    for steps in product((None, 0, 1, 2), repeat=3):
        used = [(*mill, step) for mill, step in zip(prices, steps, strict=True) if step is not None]
        floors = [start[mill[5]] for mill in used]
        caps = [min(mill[3], ceiling) for mill in used]
        if sum(caps) < need or any(f > c for f, c in zip(floors, caps, strict=True)):
            continue
        rates = [mill[mill[5]] + mill[4] for mill in used]
        missing = max(0, need - sum(floors))
        cost = sum(rate * floor for rate, floor in zip(rates, floors, strict=True))
        for rate, floor, cap in sorted(zip(rates, floors, caps, strict=True)):
            more = min(missing, cap - floor)
            cost, missing = cost + rate * more, missing - more
        costs.append(cost)
    return solved(min(costs))


def hard_13() -> Result:
    """Prices fall in steps, so some best purchase stands at limits that are tens of MWh."""

    def price(amount: int, *blocks: tuple[int, int]) -> int:
        total = 800 if amount else 0
        for width, rate in blocks:
            total += rate * min(amount, width)
            amount -= min(amount, width)
        return total

    costs = []
    for north, south in product(range(0, 701, 10), (0, *range(150, 751, 10))):
        west = max(0, 1000 - north - south)
        if west <= 200:
            cost = price(north, (200, 52), (300, 47), (200, 41))
            cost += price(south, (400, 49), (350, 46)) + price(west, (120, 42), (80, 40))
            costs.append(cost)
    return solved(min(costs))


def hard_14() -> Result:
    """Walk over which generators are on; for a given set, fill up from the cheapest."""
    generators = {
        "biogas": (20, 70, 300, 38, 500),
        "diesel": (10, 60, 150, 62, 120),
        "gas": (30, 90, 420, 45, 700),
    }
    cheapest: dict[tuple[str, ...], float] = {(): 0}
    for block, demand in enumerate((40, 70, 120, 150, 135, 80)):
        after: dict[tuple[str, ...], float] = {}
        for on in subsets(generators):
            missing = demand - sum(generators[g][0] for g in on)
            if missing < 0 or (block > 0 and len(on) < 2):
                continue
            cost = sum(generators[g][2] + generators[g][0] * generators[g][3] for g in on)
            for low, high, _, rate, _ in sorted((generators[g] for g in on), key=lambda g: g[3]):
                more = min(missing, high - low)
                cost, missing = cost + rate * more, missing - more
            if missing == 0:
                after[on] = cost + min(
                    paid + sum(generators[g][4] for g in on if g not in before)
                    for before, paid in cheapest.items()
                )
        cheapest = after
    return solved(min(cheapest.values()))


def hard_15() -> Result:
    covariance = [
        [16, 8, 5, 4, 2],
        [8, 90, 60, 55, -6],
        [5, 60, 180, 150, -10],
        [4, 55, 150, 320, -18],
        [2, -6, -10, -18, 130],
    ]
    upper = np.vstack([-np.eye(5), np.eye(5), [-3, -5.5, -7.5, -9.5, -4]])
    at_most = [0] * 5 + [0.25] * 5 + [-6]
    return solved(quadratic_minimum(covariance, np.zeros(5), upper, at_most, np.ones(5), [1]))


def hard_16() -> Result:
    """Pool neighbours that fall until the means rise (the pool-adjacent-violators rule)."""
    pools: list[list[float]] = []
    for reading in (12.1, 13.4, 12.9, 14.0, 15.8, 15.1, 14.9, 16.6, 17.0, 16.7):
        pools.append([reading])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return solved(sum(float(np.var(pool)) * len(pool) for pool in pools))


def hard_17() -> Result:
    tracks = {
        "PQ": (60, 4), "PR": (45, 6), "QR": (30, 2), "QS": (40, 7),
        "RS": (50, 3), "RT": (45, 8), "ST": (55, 2),
    }  # fmt: skip
    incidence = np.array([[(a == n) - (b == n) for a, b in tracks] for n in "PQRST"])
    grain, ore = [55, 0, 0, 0, -55], [0, 35, 0, -20, -15]
    cost = [rate for _, rate in tracks.values()] * 2
    upper = np.hstack([np.eye(7), np.eye(7)])
    at_most = [size for size, _ in tracks.values()]
    return solved(
        proved_minimum(cost, upper, at_most, np.kron(np.eye(2), incidence), [*grain, *ore])
    )


def hard_18() -> Result:
    """In every order some firing ends too late, even when each begins as early as it can."""
    firings = [(9, 0, 18), (4, 5, 11), (4, 6, 25), (3, 10, 25), (4, 12, 28)]
    ends = []
    for order in permutations(firings):
        hour, in_time = 0, True
        for takes, dry, by in order:
            hour = max(hour, dry) + takes
            in_time = in_time and hour <= by
        if in_time:
            ends.append(hour)
    return solved(min(ends)) if ends else INFEASIBLE


def hard_19() -> Result:
    committees = "abchpst"  # audit, budget, culture, housing, parks, schools, traffic
    shared = ["bc", "bh", "bp", "bs", "bt", "ch", "hp", "ps", "st", "tc", "ap", "ab"]
    evenings = []
    for slots in product(range(3), repeat=7):
        slot = dict(zip(committees, slots, strict=True))
        if all(slot[x] != slot[y] for x, y in shared):
            evenings.append(slots.count(2))
    return solved(min(evenings)) if evenings else INFEASIBLE


def hard_20() -> Result:
    whole = lowest(
        [range(26), range(6, 66), range(5)],
        lambda breaker, saw, crusher: 620 * breaker + 450 * saw + 980 * crusher,
        lambda breaker, saw, crusher: (
            310 * breaker + 190 * saw + 520 * crusher >= 8600
            and 90 * breaker + 35 * saw + 160 * crusher <= 2300
        ),
    )
    parts = corner(
        "min",
        [620, 450, 980],
        ([310, 190, 520], ">=", 8600),
        ([90, 35, 160], "<=", 2300),
        ([0, 0, 1], "<=", 4),
        ([0, 1, 0], ">=", 6),
    )
    return solved(whole.objective, whole.objective, parts.objective)


def hard_21() -> Result:
    """For each district and number of vans and bikes, scooters take the rest."""
    districts = [(640, 110, 90, 60), (820, 140, 70, 65), (900, 150, 40, 70)]

    def cheapest(most_vans: int) -> int:
        paid = {(0, 0): 0}
        for parcels, van, bike, scooter in districts:
            after: dict[tuple[int, int], int] = {}
            for (vans, bikes), before in paid.items():
                for v, b in product(range(most_vans - vans + 1), range(16 - bikes)):
                    left = max(0, parcels - van * v - bike * b)
                    total = before + 185 * v + 110 * b + 99 * -(-left // scooter)
                    key = (vans + v, bikes + b)
                    after[key] = min(total, after.get(key, total))
            paid = after
        return min(paid.values())

    return solved(cheapest(11), cheapest(11), cheapest(12))


def hard_22() -> Result:
    orders, pace, stock = np.array([90, 130, 170, 120, 100, 150]), 110, 20
    # The cellar is what was there and made, less the orders: only production is free.
    content = np.tril(np.ones((6, 6)))
    owed = np.cumsum(orders) - stock
    change = np.eye(6) - np.eye(6, k=-1)
    first = np.array([pace, 0, 0, 0, 0, 0])
    square = 3 * change.T @ change
    linear = -6 * change.T @ first + 25 * content.sum(axis=0)
    constant = 3 * pace**2 - 25 * owed.sum()
    upper, at_most = np.vstack([-content, content]), np.concatenate([-owed, owed + 40])
    free = quadratic_minimum(square, linear, upper, at_most, np.zeros((0, 6)), [])
    return solved(free + constant)  # production stays far above zero
