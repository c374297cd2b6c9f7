"""Models of our own with a planted conflict, and a judge of sets of requirements that is scipy.

A model is numbers, from which both the formulation and what scipy gets are written. A requirement
is called ``a`` (a row), ``x.lower``, ``x.upper`` or ``x.whole``.
"""

import math
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from solvitur.formulation import Formulation

Row = tuple[Mapping[str, float], str, float]
"""``({"x": 2, "y": -1}, "<=", 3)``"""


@dataclass(frozen=True)
class Var:
    """A variable; `None` is no bound."""

    lower: float | None = 0
    upper: float | None = None
    whole: bool = False


@dataclass(frozen=True)
class Planted:
    """A model with a conflict in it."""

    variables: Mapping[str, Var]
    rows: Mapping[str, Row]
    core: frozenset[str]
    """What every conflict in the model contains."""

    @property
    def requirements(self) -> frozenset[str]:
        bounds = {
            f"{name}.{kind}"
            for name, var in self.variables.items()
            for kind, there in (
                ("lower", var.lower is not None),
                ("upper", var.upper is not None),
                ("whole", var.whole),
            )
            if there
        }
        return frozenset(bounds | set(self.rows))

    def formulation(self, objective: str = "0") -> Formulation:
        return Formulation.model_validate(
            {
                "variables": [
                    {
                        "name": name,
                        "lower": var.lower,
                        "upper": var.upper,
                        "domain": "integer" if var.whole else "continuous",
                    }
                    for name, var in self.variables.items()
                ],
                "objective": {"sense": "minimize", "expression": objective},
                "constraints": [
                    {"name": name, "expression": _written(row)} for name, row in self.rows.items()
                ],
            }
        )

    def is_feasible(self, kept: Collection[str]) -> bool:
        """Decide by scipy whether some of the requirements can hold together."""
        names = list(self.variables)
        rows = [row for name, row in self.rows.items() if name in kept]
        for terms, operator, right in rows:
            if not terms and not holds(0, operator, right):
                return False
        variables = self.variables
        low = [_end(variables[n].lower, f"{n}.lower" in kept, -math.inf) for n in names]
        high = [_end(variables[n].upper, f"{n}.upper" in kept, math.inf) for n in names]
        whole = [f"{n}.whole" in kept for n in names]
        # The HiGHS in scipy takes points away where bounds of whole numbers are not whole.
        low, high = np.where(whole, np.ceil(low), low), np.where(whole, np.floor(high), high)
        if any(a > b for a, b in zip(low, high, strict=True)):
            return False
        full = [row for row in rows if row[0]]
        matrix = np.array([[t.get(n, 0.0) for n in names] for t, _, _ in full])
        sides = [(-np.inf if o == "<=" else r, np.inf if o == ">=" else r) for _, o, r in full]
        found = milp(
            np.zeros(len(names)),
            constraints=LinearConstraint(matrix, *zip(*sides, strict=True)) if full else (),
            bounds=Bounds(low, high),
            integrality=np.array(whole, dtype=int),
            options={"time_limit": 5},
        )
        assert found.status in (0, 2, 4), found.message
        return found.status == 0


def holds(left: float, operator: str, right: float) -> bool:
    return {"<=": left <= right, ">=": left >= right, "==": left == right}[operator]


def _written(row: Row) -> str:
    terms, operator, right = row
    left = " + ".join(f"({value!r}) * {name}" for name, value in terms.items()) or "0"
    return f"{left} {operator} {right!r}"


def _end(value: float | None, is_kept: bool, absent: float) -> float:
    return value if is_kept and value is not None else absent


def planted(variables: Mapping[str, Var], core: str, **rows: Row) -> Planted:
    return Planted(variables, rows, frozenset(core.split()))


def hidden(model: Planted, count: int, seed: int) -> Planted:
    """Put rows around a conflict that take no part in it: each has a free variable to itself."""
    random_ = random.Random(seed)
    names = list(model.variables)
    variables = {**model.variables, **{f"n{k}": Var(lower=None) for k in range(count)}}
    rows = dict(model.rows)
    for k in range(count):
        terms = {f"n{k}": random_.choice([-1.0, 1.0])}
        for name in random_.sample(names, min(len(names), 2)):
            terms[name] = random_.choice([-3.0, -1.0, 2.0, 5.0])
        if k:
            terms[f"n{k - 1}"] = random_.choice([-1.0, 1.0])
        rows[f"noise{k}"] = (
            terms,
            random_.choice(["<=", ">=", "=="]),
            float(random_.randint(-9, 9)),
        )
    mixed = list(rows)
    random_.shuffle(mixed)
    return replace(model, variables=variables, rows={name: rows[name] for name in mixed})


FREE = Var(lower=None)
WHOLE = Var(whole=True)
FREE_WHOLE = Var(lower=None, whole=True)
BINARY = Var(0, 1, whole=True)


def more(**coefficients: float) -> Mapping[str, float]:
    return coefficients


def two_rows() -> Planted:
    return planted({"x": FREE}, "a b", a=(more(x=1), ">=", 3), b=(more(x=1), "<=", 2))


def row_and_default_bounds() -> Planted:
    return planted({"x": Var(), "y": Var()}, "a x.lower y.lower", a=(more(x=1, y=2), "<=", -1))


def row_and_upper_bounds() -> Planted:
    variables = {"x": Var(0, 3), "y": Var(0, 2), "z": Var(0, 9)}
    return planted(
        variables,
        "demand x.upper y.upper",
        demand=(more(x=1, y=1), ">=", 6),
        z=(more(z=1), "<=", 5),
    )


def three_pairs() -> Planted:
    """Half the sum of the pairs is less than what was promised."""
    return planted(
        dict.fromkeys("xyz", FREE),
        "xy yz xz all",
        xy=(more(x=1, y=1), "<=", 18),
        yz=(more(y=1, z=1), "<=", 17),
        xz=(more(x=1, z=1), "<=", 20),
        all=(more(x=1, y=1, z=1), ">=", 30),
        loose=(more(x=1, y=-1), "<=", 5),
    )


def cycle_of_differences(size: int) -> Planted:
    names = [f"t{k}" for k in range(size)]
    rows: dict[str, Row] = {
        f"after{k}": ({names[k]: 1.0, names[k - 1]: -1.0}, ">=", 1.0) for k in range(size)
    }
    return Planted(dict.fromkeys(names, FREE), rows, frozenset(rows))


def cycle_of_equalities() -> Planted:
    return planted(
        dict.fromkeys("xyz", FREE),
        "xy yz zx",
        xy=(more(x=1, y=-1), "==", 1),
        yz=(more(y=1, z=-1), "==", 1),
        zx=(more(z=1, x=-1), "==", 1),
    )


def parallel_equalities() -> Planted:
    return planted(
        {"x": FREE, "y": FREE}, "a b", a=(more(x=1, y=1), "==", 3), b=(more(x=2, y=2), "==", 7)
    )


def transport() -> Planted:
    """Three plants of 10, 8, 7 are to serve three shops of 9, 9, 9."""
    variables = {f"f{i}{j}": Var() for i in range(3) for j in range(3)}
    rows: dict[str, Row] = {}
    for i, supply in enumerate((10.0, 8.0, 7.0)):
        rows[f"plant{i}"] = ({f"f{i}{j}": 1.0 for j in range(3)}, "<=", supply)
    for j in range(3):
        rows[f"shop{j}"] = ({f"f{i}{j}": 1.0 for i in range(3)}, ">=", 9.0)
    return Planted(variables, rows, frozenset(rows))


def narrow_cut() -> Planted:
    """Two pipes of 4 and 3 carry what is to arrive, 8; the pipes before them are wide."""
    variables = {"sa": Var(0, 50), "sb": Var(0, 50), "at": Var(0, 4), "bt": Var(0, 3)}
    return planted(
        variables,
        "arrive at.upper bt.upper",
        a=(more(sa=1, at=-1), "==", 0),
        b=(more(sb=1, bt=-1), "==", 0),
        arrive=(more(at=1, bt=1), ">=", 8),
    )


def crossed_bounds() -> Planted:
    variables = {"x": Var(8, 5), "y": Var(0, 5)}
    return planted(variables, "x.lower x.upper", a=(more(x=1, y=1), "<=", 20))


def upper_bound_below_zero() -> Planted:
    return planted({"x": Var(0, -1), "y": Var()}, "x.lower x.upper", a=(more(x=1, y=1), "<=", 20))


def constant_row() -> Planted:
    return planted({"x": Var()}, "a", a=({}, ">=", 5), b=(more(x=1), "<=", 3))


def constant_equality() -> Planted:
    return planted({"x": Var()}, "a", a=({}, "==", -2), b=(more(x=1), "<=", 3))


def inventory() -> Planted:
    """Nothing in store at first, 10 made a day at most, 12 and 11 wanted."""
    variables = {"m1": Var(0, 10), "m2": Var(0, 10), "m3": Var(0, 10), "s1": Var(), "s2": Var()}
    return planted(
        variables,
        "day1 day2 m1.upper m2.upper s2.lower",
        day1=(more(m1=1, s1=-1), "==", 9),
        day2=(more(s1=1, m2=1, s2=-1), "==", 12),
        day3=(more(s2=1, m3=1), "==", 8),
    )


def blend() -> Planted:
    """At least 30 % of the rich one, which is 20 % sulphur, and at most 5 % sulphur."""
    return planted(
        {"rich": Var(), "poor": Var()},
        "share sulphur total",
        share=(more(rich=0.7, poor=-0.3), ">=", 0),
        sulphur=(more(rich=0.15, poor=-0.05), "<=", 0),
        total=(more(rich=1, poor=1), ">=", 100),
    )


def small_units() -> Planted:
    return planted(
        {"x": FREE, "y": FREE},
        "a b",
        a=(more(x=0.001, y=0.002), "<=", 0.004),
        b=(more(x=1000, y=2000), ">=", 9000),
    )


def coins() -> Planted:
    return planted(
        {"a": WHOLE, "b": WHOLE, "c": WHOLE},
        "pay a.lower b.lower c.lower a.whole b.whole c.whole",
        pay=(more(a=6, b=10, c=15), "==", 29),
        few=(more(a=1, b=1, c=1), "<=", 90),
    )


def parity() -> Planted:
    return planted({"x": WHOLE, "y": WHOLE}, "a x.whole y.whole", a=(more(x=2, y=2), "==", 7))


def parity_of_free_numbers() -> Planted:
    return planted(
        {"x": FREE_WHOLE, "y": FREE_WHOLE}, "a x.whole y.whole", a=(more(x=2, y=-2), "==", 1)
    )


def no_whole_number_between() -> Planted:
    variables = {"x": Var(0.2, 0.8, whole=True), "y": Var()}
    return planted(variables, "x.lower x.upper x.whole", a=(more(x=1, y=1), "<=", 3))


def no_whole_number_between_rows() -> Planted:
    return planted(
        {"x": FREE_WHOLE}, "a b x.whole", a=(more(x=10), ">=", 2), b=(more(x=10), "<=", 8)
    )


def whole_number_row_and_bound() -> Planted:
    variables = {"x": Var(None, 3.5, whole=True)}
    return planted(variables, "a x.upper x.whole", a=(more(x=3), ">=", 10))


def even_weights() -> Planted:
    names = ("a", "b", "c", "d")
    return planted(
        dict.fromkeys(names, BINARY),
        "total a.whole b.whole c.whole d.whole",
        total=(more(a=2, b=4, c=6, d=8), "==", 11),
    )


def odd_ring() -> Planted:
    """Five in a ring, each unlike its neighbours, with two colours."""
    variables = {f"v{k}": BINARY for k in range(5)}
    rows: dict[str, Row] = {
        f"edge{k}": ({f"v{k}": 1.0, f"v{(k + 1) % 5}": 1.0}, "==", 1.0) for k in range(5)
    }
    return Planted(variables, rows, frozenset(rows))


def one_setup_for_two() -> Planted:
    variables = {"p": Var(), "q": Var(), "b": BINARY, "c": BINARY}
    return planted(
        variables,
        "need_p need_q run_p run_q one",
        need_p=(more(p=1), ">=", 3),
        need_q=(more(q=1), ">=", 3),
        run_p=(more(p=1, b=-10), "<=", 0),
        run_q=(more(q=1, c=-10), "<=", 0),
        one=(more(b=1, c=1), "<=", 1),
    )


def pigeons() -> Planted:
    """Three in two holes; there is none of it that needs whole numbers."""
    variables = {f"p{i}{h}": BINARY for i in range(3) for h in range(2)}
    rows: dict[str, Row] = {
        f"pigeon{i}": ({f"p{i}{h}": 1.0 for h in range(2)}, "==", 1.0) for i in range(3)
    }
    rows |= {f"hole{h}": ({f"p{i}{h}": 1.0 for i in range(3)}, "<=", 1.0) for h in range(2)}
    return Planted(variables, rows, frozenset(rows))


def shifts() -> Planted:
    """Ten whole shifts of 8 hours at most, 85 hours of work and half an hour lost each day."""
    return planted(
        {"n": Var(0, 10, whole=True), "h": Var()},
        "work hours n.upper",
        work=(more(h=1), ">=", 85),
        hours=(more(h=1, n=-8), "<=", 0),
    )


def whole_boxes() -> Planted:
    """Boxes of 12 have to be full, 40 are wanted and there is room for 45."""
    return planted(
        {"boxes": WHOLE, "n": Var()},
        "full want room boxes.whole",
        full=(more(n=1, boxes=-12), "==", 0),
        want=(more(n=1), ">=", 40),
        room=(more(n=1), "<=", 45),
    )


PLANTED: dict[str, Callable[[], Planted]] = {
    "two rows": two_rows,
    "row and default bounds": row_and_default_bounds,
    "row and upper bounds": row_and_upper_bounds,
    "three pairs": three_pairs,
    "cycle of 3 differences": lambda: cycle_of_differences(3),
    "cycle of 12 differences": lambda: cycle_of_differences(12),
    "cycle of equalities": cycle_of_equalities,
    "parallel equalities": parallel_equalities,
    "transport": transport,
    "narrow cut": narrow_cut,
    "crossed bounds": crossed_bounds,
    "upper bound below zero": upper_bound_below_zero,
    "constant row": constant_row,
    "constant equality": constant_equality,
    "inventory": inventory,
    "blend": blend,
    "small units": small_units,
    "coins": coins,
    "parity": parity,
    "parity of free numbers": parity_of_free_numbers,
    "no whole number between": no_whole_number_between,
    "no whole number between rows": no_whole_number_between_rows,
    "whole number, row and bound": whole_number_row_and_bound,
    "even weights": even_weights,
    "odd ring": odd_ring,
    "one setup for two": one_setup_for_two,
    "pigeons": pigeons,
    "shifts": shifts,
    "whole boxes": whole_boxes,
    "three pairs among 60 rows": lambda: hidden(three_pairs(), 60, 1),
    "transport among 40 rows": lambda: hidden(transport(), 40, 2),
    "coins among 30 rows": lambda: hidden(coins(), 30, 3),
    "one setup among 50 rows": lambda: hidden(one_setup_for_two(), 50, 4),
    "whole boxes among 30 rows": lambda: hidden(whole_boxes(), 30, 5),
}


def least_change(model: Planted) -> float:
    """Find by scipy the least sum of changes, each as a share of the number it changes.

    Every end is written as ``a @ x <= b``, with a slack where it may give way: where b is not 0.
    """
    names, ends = list(model.variables), []
    for terms, operator, right in model.rows.values():
        row = [terms.get(n, 0.0) for n in names]
        share = 1 / abs(right) if right else 0.0
        if operator != ">=":
            ends.append((row, right, share))
        if operator != "<=":
            ends.append(([-v for v in row], -right, share))
    for n, var in enumerate(model.variables.values()):
        for bound, turn in ((var.lower, -1.0), (var.upper, 1.0)):
            if bound is not None:
                row = [turn if k == n else 0.0 for k in range(len(names))]
                ends.append((row, turn * bound, 1 / abs(bound) if bound else 0.0))
    slacks = np.diag([-1.0 if share else 0.0 for _, _, share in ends])
    matrix = np.hstack([np.array([row for row, _, _ in ends]), slacks])
    free = len(names)
    found = milp(
        [0.0] * free + [share for _, _, share in ends],
        constraints=LinearConstraint(matrix, -np.inf, [right for _, right, _ in ends]),
        bounds=Bounds([-np.inf] * free + [0.0] * len(ends), np.inf),
        integrality=[int(v.whole) for v in model.variables.values()] + [0] * len(ends),
    )
    assert found.status == 0
    return float(found.fun)


def best(model: Planted, objective: Mapping[str, float]) -> float | None:
    """Find by scipy the least value of an objective; `None` where it has no end."""
    names = list(model.variables)
    full = [row for row in model.rows.values() if row[0]]
    found = milp(
        [objective.get(n, 0.0) for n in names],
        constraints=LinearConstraint(
            np.array([[t.get(n, 0.0) for n in names] for t, _, _ in full]).reshape(-1, len(names)),
            [-np.inf if o == "<=" else r for _, o, r in full],
            [np.inf if o == ">=" else r for _, o, r in full],
        ),
        bounds=Bounds(*_ends(model.variables.values())),
        integrality=[int(v.whole) for v in model.variables.values()],
    )
    assert found.status in (0, 3, 4), found.message
    return float(found.fun) if found.status == 0 else None


def _ends(variables: Iterable[Var]) -> tuple[list[float], list[float]]:
    low, high = [], []
    for var in variables:
        lower = -math.inf if var.lower is None else var.lower
        upper = math.inf if var.upper is None else var.upper
        low.append(math.ceil(lower) if var.whole and var.lower is not None else lower)
        high.append(math.floor(upper) if var.whole and var.upper is not None else upper)
    return low, high


def drawn(seed: int) -> Planted:
    """Draw a small model that is infeasible more often than not."""
    random_ = random.Random(seed)
    variables = {
        name: Var(
            random_.choice([None, 0.0, 0.0, 1.5]),
            random_.choice([None, 2.5, 4.0]),
            random_.random() < 0.5,
        )
        for name in "uvwxy"
    }
    rows: dict[str, Row] = {}
    for n in range(7):
        chosen = random_.sample("uvwxy", 3)
        terms = {name: float(random_.choice([-3, -2, 1, 2, 4])) for name in chosen}
        rows[f"r{n}"] = terms, random_.choice(["<=", ">=", "=="]), float(random_.randint(-8, 8))
    return Planted(variables, rows, frozenset())


RANDOM = [seed for seed in range(80) if not drawn(seed).is_feasible(drawn(seed).requirements)]
"""Seeds of models that are infeasible."""
