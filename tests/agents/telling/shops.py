"""A joinery that is easy to change, and answers to it."""

from typing import Any

from solvitur.agents.answer import Answer
from solvitur.agents.graph import solve_formulation
from solvitur.formulation import Formulation

GAINS = {"chair": 30, "table": 50, "desk": 20}


def shop(
    *others: dict[str, Any],
    wood: float = 40,
    labour: float = 60,
    gains: dict[str, float] | None = None,
    domain: str = "continuous",
) -> Formulation:
    """Three products of wood and of hours; further constraints follow."""
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": list(GAINS), "doc": "products"}],
            "parameters": [
                {"name": "gain", "index": ["P"], "values": gains or GAINS, "unit": "USD/item"},
                {
                    "name": "use",
                    "index": ["P"],
                    "values": {"chair": 4, "table": 2, "desk": 3},
                    "unit": "m2/item",
                },
                {
                    "name": "work",
                    "index": ["P"],
                    "values": {"chair": 2, "table": 6, "desk": 5},
                    "unit": "h/item",
                },
                {"name": "wood", "value": wood, "unit": "m2"},
                {"name": "labour", "value": labour, "unit": "h"},
            ],
            "variables": [{"name": "x", "index": ["P"], "domain": domain, "unit": "item"}],
            "objective": {
                "sense": "maximize",
                "expression": "sum(gain[p] * x[p] for p in P)",
                "doc": "profit",
            },
            "constraints": [
                {"name": "timber", "expression": "sum(use[p] * x[p] for p in P) <= wood"},
                {"name": "hours", "expression": "sum(work[p] * x[p] for p in P) <= labour"},
                *others,
            ],
        }
    )


def answer(formulation: Formulation) -> Answer:
    """Solve it; there is no model."""
    return solve_formulation(formulation)


def order(product: str, number: float, operator: str = ">=") -> dict[str, Any]:
    """Ask for so many of a product."""
    return {"name": "order", "expression": f"x['{product}'] {operator} {number}"}
