"""Small programs whose points can be counted, and checks that count them."""

import random
from fractions import Fraction

from solvitur.equivalence.program import Column, Program, Row
from solvitur.equivalence.transform.draft import Draft

ONE = Fraction(1)


def small(seed: int) -> Program:
    """Two to four bounded integers, rows of every kind, a point that keeps them all."""
    rng = random.Random(seed)
    size = rng.randint(2, 4)
    point = [rng.randint(-2, 3) for _ in range(size)]
    draft = Draft(minimise=rng.random() < 0.5)
    for number, value in enumerate(point):
        lower, upper = value - rng.randint(0, 2), value + rng.randint(0, 3)
        if number == 0:
            upper = lower + 12  # which takes two digits
        draft.columns.append(Column(f"x{number}", Fraction(lower), Fraction(upper), True))
    for number, kind in enumerate(rng.sample(("<=", "<=", ">=", "==", "both"), rng.randint(2, 4))):
        terms = {c: Fraction(rng.choice((-2, -1, 1, 2, 3))) for c in range(size)}
        reached = sum((value * point[c] for c, value in terms.items()), Fraction(0))
        lower = None if kind == "<=" else reached - (0 if kind == "==" else 1)
        upper = None if kind == ">=" else reached + (0 if kind == "==" else 1)
        draft.add_row(Row(f"r{number}", terms, lower, upper))
    draft.objective = {c: Fraction(rng.randint(1, 5), rng.choice((1, 2))) for c in range(size)}
    return draft.program()


def relaxed(seed: int) -> Program:
    """The same with its last variable continuous."""
    program = small(seed)
    draft = Draft.of(program)
    last = draft.columns[-1]
    draft.columns[-1] = Column(last.name, last.lower, last.upper)
    return draft.program()
