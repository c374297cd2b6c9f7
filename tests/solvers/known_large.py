"""The optima of the files of 10,000 variables and more, from matrices built here, or without."""

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array, csr_array, diags_array, eye_array, hstack, kron, vstack


def large_transport() -> float:
    m = t = np.arange(1, 101)
    cost = (37 * m[:, None] ** 2 + 91 * t**2 + 53 * m[:, None] * t) % 97 + 3
    ones, each = np.ones((1, 100)), eye_array(100)
    rows = vstack([kron(each, ones), -kron(ones, each)])
    right = np.concatenate([60 + 3 * m, -(150 + np.abs(t - 50))])
    return float(linprog(cost.ravel(), rows, right).fun)


def large_assignment() -> float:
    w = j = np.arange(1, 101)
    angle = 12.9898 * w[:, None] + 78.233 * j + 0.731 * w[:, None] * j
    cost = 100 * np.sin(angle) ** 2
    return float(cost[linear_sum_assignment(cost)].sum())


def large_grid_flow() -> float:
    """Number the places row by row; each pipe leaves one and comes to another."""
    size = 71
    r, c = (each.ravel() for each in np.meshgrid(*[np.arange(1, size + 1)] * 2, indexing="ij"))
    place = (r - 1) * size + c - 1
    east, south = c < size, r < size
    start = np.concatenate([place[east], place[south]])
    end = np.concatenate([place[east] + 1, place[south] + size])
    to_east = 1 + 9 * np.sin(3.7 * r + 1.3 * c) ** 2
    to_south = 1 + 9 * np.cos(2.9 * r + 4.1 * c) ** 2
    cost = np.concatenate([to_east[east], to_south[south]])
    most = np.concatenate([np.where(r[east] == 1, 6, 2.5), np.where(c[south] == size, 6, 2.5)])
    pipes = np.arange(len(start))
    signs = np.repeat([1.0, -1.0], len(pipes))
    where = np.concatenate([start, end]), np.concatenate([pipes, pipes])
    flows = coo_array((signs, where), shape=(size**2, len(pipes)))
    source = np.zeros(size**2)
    source[0], source[-1] = 8, -8
    return float(linprog(cost, A_eq=flows, b_eq=source, bounds=np.c_[0 * most, most]).fun)


def large_inventory() -> float:
    """Keep account of what was made so far instead of what is kept."""
    g, t = np.arange(1, 51)[:, None], np.arange(1, 101)
    demand = 10 + 8 * np.sin(0.7 * g + 1.1 * t)
    keeping = 0.1 + 0.01 * g
    # A thing made in a week is kept in all that follow, and one that is sold is not.
    cost = 4 + np.sin(0.3 * g * t) + keeping * (101 - t)
    sold = np.cumsum(demand, axis=1)
    so_far = eye_array(100) - diags_array([np.ones(99)], offsets=[-1], shape=(100, 100))
    # Variables: made up to each week; what is made in a week is a difference.
    made = kron(eye_array(50), so_far, format="csr")
    line = kron(np.ones((1, 50)), eye_array(100)) @ made
    found = linprog(
        made.T @ cost.ravel(),
        vstack([-made, line]),
        np.concatenate([np.zeros(5000), np.full(100, 560.0)]),
        bounds=np.c_[sold.ravel(), sold.ravel() + 25],
    )
    return float(found.fun - (keeping * sold).sum())


def large_knapsack() -> float:
    """Load by value for weight, and cut the last good."""
    i = np.arange(1, 12001)
    value, weight = 20 + 15 * np.sin(1.7 * i) + i / 1000, 10 + 8 * np.cos(2.3 * i)
    order = np.argsort(-value / weight)
    value, weight = value[order], weight[order]
    left = 0.3 * weight.sum() - np.concatenate([[0], np.cumsum(weight)[:-1]])
    return float(np.sum(value * np.clip(left / weight, 0, 1)))


def large_shortest_path() -> float:
    """Go from layer to layer."""
    i, j = np.arange(1, 17)[:, None], np.arange(1, 17)
    shortest = np.full(16, np.inf)
    shortest[0] = 0
    for layer in range(1, 41):
        far = 2 + np.sin(1.9 * layer + 5.3 * i + 3.1 * j + 0.37 * i * j * layer)
        shortest = (shortest[:, None] + far).min(axis=0)
    return float(shortest.min())


def large_road() -> float:
    """Split each miss into above and below; order: heights, above, below."""
    s = np.arange(1, 5201)
    ground = 30 + 12 * np.sin(0.013 * s) + 4 * np.sin(1.7 * s * s)
    each = eye_array(5200)
    steps = csr_array(diags_array([-np.ones(5200), np.ones(5199)], offsets=[0, 1]))[:-1]
    none = csr_array((5199, 10400))
    rows = vstack([hstack([steps, none]), hstack([-steps, none])])
    found = linprog(
        np.concatenate([np.zeros(5200), np.ones(10400)]),
        rows,
        np.full(2 * 5199, 0.02),
        hstack([each, -each, each]),
        ground,
        bounds=[(0, 60)] * 5200 + [(0, None)] * 10400,
    )
    return float(found.fun)
