"""Random small formulations out of what is linearised, in every context, on boxes of integers."""

import random
from typing import Any


class Maker:
    """Makes one random formulation.

    Args:
        seed: Of all that is random.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used = 0

    def formulation(self) -> dict[str, Any]:
        """Three integers in small boxes and three binaries, under one to three constraints."""
        low = {i: self.random.randint(-3, 0) for i in "12"}
        return {
            "sets": [
                {"name": "I", "range": [1, 2]},
                {"name": "A", "elements": [[1, 2], [2, 1], [2, 2]]},
            ],
            "parameters": [
                {"name": "low", "index": ["I"], "values": low},
                {"name": "p", "index": ["I"],
                 "values": {i: self.random.randint(-3, 3) for i in "12"}},
                {"name": "q", "value": self.random.randint(1, 3)},
            ],
            "variables": [
                {"name": "x", "index": ["I"], "domain": "integer", "over": "i in I",
                 "lower": "low[i]", "upper": "low[i] + 3"},
                {"name": "y", "domain": "integer", "lower": self.random.randint(-2, 1), "upper": 3},
                {"name": "b", "index": ["I"], "domain": "binary"},
                {"name": "c", "domain": "binary"},
            ],
            "objective": {
                "sense": self.random.choice(["minimize", "maximize"]),
                "expression": self.objective(),
            },
            "constraints": [
                {"name": f"row{n}", **self.constraint()} for n in range(self.random.randint(1, 3))
            ],
        }  # fmt: skip

    def objective(self) -> str:
        affine = f"{self.weight()} * x[1] + {self.weight()} * x[2] + {self.weight()} * y"
        affine += f" + {self.weight()} * b[1] + {self.weight()} * b[2] + {self.weight()} * c"
        return f"{affine} + {self.number((), 2)}" if self.random.random() < 0.7 else affine

    def constraint(self) -> dict[str, str]:
        loops: tuple[str, ...] = ()
        forall = ""
        if self.random.random() < 0.6:
            forall, loops = self.random.choice(
                [
                    ("i in I", ("i",)),
                    ("i in I if i > 1", ("i",)),
                    ("(i, j) in A", ("i", "j")),
                    ("i in I, j in I if i != j", ("i", "j")),
                ]
            )
        relation = self.relation(loops)
        if self.random.random() < 0.4:
            relation = f"implies({self.condition(loops, 2)}, {relation})"
        return {"forall": forall, "expression": relation}

    def relation(self, loops: tuple[str, ...]) -> str:
        left, right = self.number(loops, 2), self.random.choice([self.affine(loops), self.bound()])
        kind = self.random.random()
        if kind < 0.2:
            return f"{self.bound(-4, 0)} <= {left} <= {self.bound(0, 4)}"
        return f"{left} {self.random.choice(['<=', '>=', '<=', '>=', '=='])} {right}"

    def condition(self, loops: tuple[str, ...], depth: int) -> str:
        kind = self.random.random()
        if depth and kind < 0.15:
            return f"not ({self.condition(loops, depth - 1)})"
        if depth and kind < 0.4:
            word = self.random.choice(["and", "or"])
            return f"({self.condition(loops, depth - 1)} {word} {self.condition(loops, depth - 1)})"
        if kind < 0.5 and loops:
            return f"{self.random.choice(loops)} {self.random.choice(['==', '!=', '>'])} 1"
        if kind < 0.7:
            return f"{self.binary(loops)} {self.random.choice(['== 1', '== 0', '>= 1', '<= 0'])}"
        sign = self.random.choice(["<", ">", "<=", ">=", "==", "!="])
        left = self.random.choice([self.affine(loops), f"abs({self.affine(loops)})"])
        return f"{left} {sign} {self.bound()}"

    def number(self, loops: tuple[str, ...], depth: int) -> str:
        """An expression with something in it that is not linear."""
        if depth == 0:
            return self.affine(loops)
        inner = lambda: self.number(loops, self.random.randint(0, depth - 1))  # noqa: E731
        kind = self.random.randrange(11)
        if kind == 0:
            return f"{self.weight()} * abs({inner()})"
        if kind == 1:
            return f"max({inner()}, {self.affine(loops)})"
        if kind == 2:
            return f"min({inner()}, {self.affine(loops)}, {self.bound()})"
        if kind == 3:
            index = self.index(loops)
            function = self.random.choice(["max", "min", "sum", "sum"])
            test = self.random.choice(["", f" if {index} > 1"])
            body = self.number((*loops, index), depth - 1)
            return f"{self.weight()} * {function}({body} for {index} in I{test})"
        if kind == 4:
            return f"{self.weight()} * {self.binary(loops)} * ({inner()})"
        if kind == 5:
            return f"({self.affine(loops)}) * {self.binary(loops)}"
        if kind == 6:
            return f"{self.binary(loops)} * {self.binary(loops)} * ({self.affine(loops)})"
        if kind == 7:
            return f"piecewise({inner()}, {self.points(loops)})"
        if kind == 8:
            index = self.index(loops)
            return f"{self.weight()} * prod(b[{index}] for {index} in I)"
        if kind == 9:
            return f"({self.binary(loops)} + {self.weight()} * {self.binary(loops)}) ** 2"
        return f"({inner()}) - ({inner()})"

    def points(self, loops: tuple[str, ...]) -> str:
        at = self.random.randint(-6, -1)
        points = []
        for _ in range(self.random.randint(2, 4)):
            shift = f" + p[{self.random.choice(loops)}]" if loops else ""
            points.append(f"({at}{shift}, {self.random.randint(-3, 3)})")
            at += self.random.randint(1, 5)
        return f"({', '.join(points)})"

    def index(self, loops: tuple[str, ...]) -> str:
        return next(name for name in ("i", "j", "k", "l", "m") if name not in loops)

    def entry(self, loops: tuple[str, ...]) -> str:
        return self.random.choice([*loops, "1", "2"])

    def affine(self, loops: tuple[str, ...]) -> str:
        terms = [
            f"x[{self.entry(loops)}]",
            "y",
            f"b[{self.entry(loops)}]",
            f"p[{self.entry(loops)}]",
        ]
        chosen = self.random.sample(terms, self.random.randint(1, 3))
        text = f"{self.weight()} * {chosen[0]}"
        for term in chosen[1:]:
            text += f" {self.random.choice('+-')} {term}"
        return text

    def binary(self, loops: tuple[str, ...]) -> str:
        return self.random.choice([f"b[{self.entry(loops)}]", "c", f"(1 - b[{self.entry(loops)}])"])

    def bound(self, low: int = -3, high: int = 4) -> str:
        return self.random.choice(["q", str(self.random.randint(low, high))])

    def weight(self) -> str:
        return self.random.choice(["2", "3", "1", "-1", "-2", "0.5", "q"])
