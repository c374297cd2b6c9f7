"""Formulations that end in each way, and replies of a model that lead to them."""

import json
import random
from typing import Any

TEXT = "A chair earns 30 and takes 7 m2 of wood; there are 42 m2. How many chairs?"

CHAIRS: dict[str, Any] = {
    "title": "Chairs",
    "parameters": [{"name": "wood", "value": 42, "unit": "m2"}],
    "variables": [{"name": "x", "domain": "integer", "doc": "chairs built"}],
    "objective": {"sense": "maximize", "expression": "30 * x"},
    "constraints": [{"name": "stock", "expression": "7 * x <= wood"}],
}
UNKNOWN_NAME = CHAIRS | {"objective": {"sense": "maximize", "expression": "30 * y"}}
INFEASIBLE = CHAIRS | {"constraints": [{"name": "stock", "expression": "7 * x <= -wood"}]}
UNBOUNDED = CHAIRS | {"constraints": [{"name": "stock", "expression": "7 * x >= wood"}]}
NONLINEAR = CHAIRS | {
    "variables": [{"name": "x"}],
    "objective": {"sense": "maximize", "expression": "sin(x)"},
}


def subset_sum(sums: int = 5, items: int = 60) -> dict[str, Any]:
    """Hit several sums at once with the same items: points are easy to find, a proof is not."""
    data = _market_split(sums, items)
    data["variables"].append({"name": "miss", "index": ["J"]})
    data["objective"] = {"sense": "minimize", "expression": "sum(miss[j] for j in J)"}
    total = "sum(w[j, i] * x[i] for i in I)"
    data["constraints"] = [
        {"name": "over", "forall": "j in J", "expression": f"miss[j] >= {total} - half[j]"},
        {"name": "under", "forall": "j in J", "expression": f"miss[j] >= half[j] - {total}"},
    ]
    return data


def market_split(sums: int = 5, items: int = 60) -> dict[str, Any]:
    """The same, to be hit exactly: not even a point is easy to find."""
    data = _market_split(sums, items)
    data["objective"] = {"sense": "minimize", "expression": "sum(x[i] for i in I)"}
    total = "sum(w[j, i] * x[i] for i in I)"
    data["constraints"] = [
        {"name": "exact", "forall": "j in J", "expression": f"{total} == half[j]"}
    ]
    return data


def _market_split(sums: int, items: int) -> dict[str, Any]:
    chance = random.Random(1)
    weights = [[chance.randint(10, 1000) for _ in range(items)] for _ in range(sums)]
    return {
        "sets": [{"name": "I", "range": [1, items]}, {"name": "J", "range": [1, sums]}],
        "parameters": [
            {
                "name": "w",
                "index": ["J", "I"],
                "values": {
                    str(j): {str(i): w for i, w in enumerate(row, 1)}
                    for j, row in enumerate(weights, 1)
                },
            },
            {
                "name": "half",
                "index": ["J"],
                "values": {str(j): sum(row) // 2 for j, row in enumerate(weights, 1)},
            },
        ],
        "variables": [{"name": "x", "index": ["I"], "domain": "binary"}],
    }


def reply(formulation: dict[str, Any]) -> str:
    """What a model writes."""
    return json.dumps(formulation)
