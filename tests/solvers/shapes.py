"""Formulations written in one line, for the tests of the solvers."""

from typing import Any

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
