"""Random programs of the structures that are met in practice, to be transformed.

Each is built around a point, so that most are feasible; their numbers are integers or decimals of
few digits.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from solvitur.equivalence.program import Column, Program, Row, nonzero
from solvitur.equivalence.transform.draft import ONE, ZERO, Draft

LEAST, MOST = 2, 200
"""Variables of a program."""
_MOST_TERMS = 12
"""Terms of a row of a random sparse program."""


def mix(rng: random.Random, size: int) -> Draft:
    """How much to make of each product, with what is in stock."""
    draft = Draft(minimise=False)
    is_integer = rng.random() < 0.5
    for n in range(size):
        most = _whole(rng, 5, 400) if is_integer or rng.random() < 0.3 else None
        draft.columns.append(Column(f"make_{n}", ZERO, most, is_integer))
    for n in range(rng.randint(2, 3 + size // 8)):
        terms = {c: _whole(rng, 1, 20) for c in _part(rng, size, 0.6)}
        draft.add_row(Row(f"stock_{n}", terms, None, _whole(rng, 20, 60) * size))
    bounded = {c for row in draft.rows for c in row.coefficients}
    for column in set(range(size)) - bounded:
        draft.columns[column] = Column(f"make_{column}", ZERO, _whole(rng, 5, 40), is_integer)
    draft.objective = {c: _decimal(rng, 1, 30) for c in range(size)}
    return draft


def blend(rng: random.Random, size: int) -> Draft:
    """Which shares to blend, so that qualities are within their limits."""
    draft = Draft([Column(f"share_{n}") for n in range(size)])
    point = [_whole(rng, 0, 10) for _ in range(size)]
    draft.add_row(Row("total", dict.fromkeys(range(size), ONE), *[sum(point, ZERO)] * 2))
    for n in range(rng.randint(1, 2 + size // 10)):
        terms = {c: _decimal(rng, 1, 20) for c in _part(rng, size, 0.8)}
        reached = sum((value * point[c] for c, value in terms.items()), ZERO)
        draft.add_row(Row(f"quality_{n}", terms, reached - _whole(rng, 1, 20), reached + 15))
    draft.objective = {c: _decimal(rng, 1, 30) for c in range(size)}
    return draft


def knapsack(rng: random.Random, size: int) -> Draft:
    """What to pack, by several measures."""
    most = rng.choice((ONE, ONE, Fraction(5), Fraction(120)))
    draft = Draft([Column(f"pack_{n}", ZERO, most, True) for n in range(size)], minimise=False)
    for n in range(rng.randint(1, 3)):
        terms = {c: _whole(rng, 1, 40) for c in range(size)}
        share = Fraction(rng.randint(20, 60), 100)
        limit = sum(terms.values(), ZERO) * most * share
        draft.add_row(Row(f"room_{n}", terms, None, Fraction(int(limit))))
    draft.objective = {c: _whole(rng, 1, 60) for c in range(size)}
    return draft


def cover(rng: random.Random, size: int) -> Draft:
    """Which sets to open so that everything is covered."""
    draft = Draft([Column(f"open_{n}", ZERO, ONE, True) for n in range(size)])
    for n in range(max(2, size // 2)):
        terms = dict.fromkeys(_part(rng, size, min(0.5, 4 / size)), ONE)
        draft.add_row(Row(f"cover_{n}", terms, ONE, None))
    draft.objective = {c: _whole(rng, 1, 20) for c in range(size)}
    return draft


def transport(rng: random.Random, size: int) -> Draft:
    """What to ship from where to where."""
    sources, sinks = _sides(rng, size)
    is_integer = rng.random() < 0.4
    shipped = [[_whole(rng, 0, 9) for _ in range(sinks)] for _ in range(sources)]
    draft = Draft()
    for i in range(sources):
        for j in range(sinks):
            most = Fraction(50) if is_integer else None
            draft.columns.append(Column(f"ship_{i}_{j}", ZERO, most, is_integer))
    for i in range(sources):
        terms = dict.fromkeys(range(i * sinks, (i + 1) * sinks), ONE)
        draft.add_row(Row(f"supply_{i}", terms, None, sum(shipped[i], ZERO) + rng.randint(0, 5)))
    for j in range(sinks):
        terms = dict.fromkeys(range(j, sources * sinks, sinks), ONE)
        wanted = sum((row[j] for row in shipped), ZERO)
        draft.add_row(Row(f"demand_{j}", terms, wanted, None))
    draft.objective = {c: _decimal(rng, 1, 20) for c in range(sources * sinks)}
    return draft


def assignment(rng: random.Random, size: int) -> Draft:
    """Who does what."""
    count = max(2, round(size**0.5))
    columns = [Column(f"give_{i}_{j}", ZERO, ONE, True) for i in range(count) for j in range(count)]
    draft = Draft(columns)
    for i in range(count):
        row = dict.fromkeys(range(i * count, (i + 1) * count), ONE)
        draft.add_row(Row(f"person_{i}", row, ONE, ONE))
    for j in range(count):
        column = dict.fromkeys(range(j, count * count, count), ONE)
        draft.add_row(Row(f"task_{j}", column, ONE, ONE))
    draft.objective = {c: _whole(rng, 1, 40) for c in range(count * count)}
    return draft


def flow(rng: random.Random, size: int) -> Draft:
    """What flows on each arc of a network from its first node to its last."""
    nodes = max(2, size // 3)
    arcs = [(n, n + 1) for n in range(nodes - 1)][:size]
    while len(arcs) < size:
        arcs.append((rng.randrange(nodes), rng.randrange(nodes)))
        if arcs[-1][0] == arcs[-1][1]:
            arcs[-1] = (0, nodes - 1)
    amount = _whole(rng, 1, 10)
    columns = [Column(f"arc_{n}", ZERO, amount + rng.randint(0, 20)) for n in range(size)]
    draft = Draft(columns, objective={c: _decimal(rng, 1, 20) for c in range(size)})
    for node in range(nodes):
        terms = {n: Fraction((a == node) - (b == node)) for n, (a, b) in enumerate(arcs)}
        sent = amount * ((node == 0) - (node == nodes - 1))
        terms = nonzero(terms)
        draft.add_row(Row(f"node_{node}", terms, sent, sent))
    return draft


def lots(rng: random.Random, size: int) -> Draft:
    """When to make lots and how large, with a cost for each and one for storing."""
    periods = max(1, size // 3)
    draft = Draft()
    for t in range(periods):
        draft.columns += [
            Column(f"make_{t}", ZERO, None),
            Column(f"store_{t}", ZERO, None),
            Column(f"begin_{t}", ZERO, ONE, True),
        ]
        wanted, most = _whole(rng, 5, 40), _whole(rng, 40, 120)
        terms = {3 * t: ONE, 3 * t + 1: -ONE} | ({3 * t - 2: ONE} if t else {})
        draft.add_row(Row(f"balance_{t}", terms, wanted, wanted))
        draft.add_row(Row(f"lot_{t}", {3 * t: ONE, 3 * t + 2: -most}, None, ZERO))
        costs = {0: _decimal(rng, 1, 5), 1: _decimal(rng, 1, 3), 2: _whole(rng, 20, 90)}
        draft.objective = {**draft.objective, **{3 * t + n: cost for n, cost in costs.items()}}
    return draft


def facilities(rng: random.Random, size: int) -> Draft:
    """Which facilities to open, and from which to serve each customer."""
    places, customers = _sides(rng, max(4, size - round(size**0.5)))
    draft = Draft([Column(f"open_{i}", ZERO, ONE, True) for i in range(places)])
    number = {}
    for i in range(places):
        for j in range(customers):
            number[i, j] = draft.add_column(Column(f"serve_{i}_{j}", ZERO, None))
    for j in range(customers):
        terms = {number[i, j]: ONE for i in range(places)}
        draft.add_row(Row(f"customer_{j}", terms, ONE, ONE))
    for (i, j), column in number.items():
        draft.add_row(Row(f"link_{i}_{j}", {i: -ONE, column: ONE}, None, ZERO))
    draft.objective = {i: _whole(rng, 20, 99) for i in range(places)}
    draft.objective |= {column: _decimal(rng, 1, 20) for column in number.values()}
    return draft


def staff(rng: random.Random, size: int) -> Draft:
    """How many begin a shift in each hour, so that there are enough in every hour."""
    length = rng.randint(1, max(1, size // 2))
    columns = [Column(f"begin_{n}", ZERO, _whole(rng, 20, 300), True) for n in range(size)]
    draft = Draft(columns, objective={c: _decimal(rng, 10, 20) for c in range(size)})
    for n in range(size):
        terms = {(n - back) % size: ONE for back in range(min(length, _MOST_TERMS))}
        draft.add_row(Row(f"hour_{n}", terms, _whole(rng, 1, 15), None))
    return draft


def sparse(rng: random.Random, size: int) -> Draft:
    """Whatever can be in a program: free columns, negative bounds, rows of every kind."""
    draft, point = Draft(minimise=rng.random() < 0.5), [_whole(rng, -9, 9) for _ in range(size)]
    for n, value in enumerate(point):
        is_integer = rng.random() < 0.4
        lower = value - rng.randint(0, 12) if is_integer or rng.random() < 0.9 else None
        upper = value + rng.randint(1, 30) if is_integer or rng.random() < 0.7 else None
        draft.columns.append(Column(f"x_{n}", lower, upper, is_integer))
    for n in range(max(1, size * 2 // 3)):
        chosen = _part(rng, size, min(0.7, _MOST_TERMS / (2 * size)))
        terms = {c: _decimal(rng, 1, 9) * rng.choice((1, -1)) for c in chosen}
        reached = sum((value * point[c] for c, value in terms.items()), ZERO)
        draft.add_row(Row(f"row_{n}", terms, *_ends(rng, reached)))
    draft.objective = {c: _decimal(rng, 1, 9) * rng.choice((1, 1, -1)) for c in range(size)}
    return draft


STRUCTURES: dict[str, Callable[[random.Random, int], Draft]] = {
    "mix": mix,
    "blend": blend,
    "knapsack": knapsack,
    "cover": cover,
    "transport": transport,
    "assignment": assignment,
    "flow": flow,
    "lots": lots,
    "facilities": facilities,
    "staff": staff,
    "sparse": sparse,
}


def random_program(rng: random.Random, most: int = MOST) -> Program:
    """Draw a structure and a size, up to so many variables; small ones are as likely as large ones.

    >>> LEAST <= random_program(random.Random(1)).size <= MOST
    True
    """
    size = round(LEAST * (most / LEAST) ** rng.random())
    return rng.choice(list(STRUCTURES.values()))(rng, size).program()


def _whole(rng: random.Random, least: int, most: int) -> Fraction:
    return Fraction(rng.randint(least, most))


def _decimal(rng: random.Random, least: int, most: int) -> Fraction:
    """Draw an integer, or as often a number of one or two decimals."""
    digits = rng.choice((1, 1, 10, 100))
    return Fraction(rng.randint(least * digits, most * digits), digits)


def _part(rng: random.Random, size: int, share: float) -> Sequence[int]:
    found = [column for column in range(size) if rng.random() < share]
    return found or [rng.randrange(size)]


def _sides(rng: random.Random, size: int) -> tuple[int, int]:
    """Give two numbers whose product is about the size."""
    first = rng.randint(2, max(2, round(size**0.5)))
    return first, max(1, size // first)


def _ends(rng: random.Random, reached: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """Give the sides of a row that a point keeps."""
    slack = _whole(rng, 0, 12)
    return rng.choice(
        (
            (None, reached + slack),
            (reached - slack, None),
            (reached, reached),
            (reached - slack, reached + rng.randint(1, 12)),
        )
    )
