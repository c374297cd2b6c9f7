"""Formulations written in one line, for the tests of the solvers."""

from typing import Any

import numpy as np

from solvitur.formulation import Formulation

X, Y = {"name": "x"}, {"name": "y"}
FREE_X, FREE_Y = {"name": "x", "lower": None}, {"name": "y", "lower": None}


def model(
    variables: list[dict[str, Any]], sense: str, expression: str, *rows: str, **more: Any
) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": variables,
            "objective": {"sense": sense, "expression": expression},
            "constraints": [{"name": f"row{n}", "expression": row} for n, row in enumerate(rows)],
            **more,
        }
    )


def knapsacks(items: int, sacks: int, seed: int = 1) -> Formulation:
    """Write a packing problem, the harder the more of both."""
    rng = np.random.default_rng(seed)
    weights, profits = rng.integers(5, 50, (sacks, items)), rng.integers(5, 60, items)
    variables = [{"name": f"x{n}", "domain": "binary"} for n in range(items)]
    rows = [
        " + ".join(f"{w} * x{n}" for n, w in enumerate(row)) + f" <= {sum(row) // 3}"
        for row in weights.tolist()
    ]
    goal = " + ".join(f"{p} * x{n}" for n, p in enumerate(profits.tolist()))
    return model(variables, "maximize", goal, *rows)
