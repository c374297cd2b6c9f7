"""Limits and comparisons in formulations with conditions, yes or no, and names of loops."""

import asyncio
from typing import Any

import pytest

from solvitur.agents.chat.hearing.hear import Context, hear
from solvitur.agents.chat.hearing.intents import Revise
from solvitur.agents.telling.why import told_why
from solvitur.formulation import Formulation
from solvitur.solvers import solve
from tests.agents.telling.shops import answer

CHAIRS = {"name": "chairs", "domain": "integer", "upper": 90, "doc": "chairs made"}
TABLES = {"name": "tables", "domain": "integer", "upper": 90, "doc": "tables made"}
USE = {"name": "use", "domain": "binary", "doc": "whether the machine is used"}
CONDITIONAL = {"name": "machine", "expression": "implies(use == 1, chairs <= cap)"}


def shop(*constraints: dict[str, Any], others: tuple[dict[str, Any], ...] = ()) -> Formulation:
    return Formulation.model_validate(
        {
            "parameters": [{"name": "cap", "value": 8, "doc": "what the machine makes"}],
            "variables": [CHAIRS, TABLES, *others],
            "objective": {"sense": "maximize", "expression": "chairs + 2 * tables"},
            "constraints": [
                {"name": "space", "expression": "chairs + tables <= 70"},
                *constraints,
            ],
        }
    )


def heard(words: str, formulation: Formulation) -> Revise:
    intent = asyncio.run(hear(words, Context(formulation), None))
    assert isinstance(intent, Revise), intent
    return intent


def test_a_limit_under_a_condition_is_no_plain_limit() -> None:
    (edit,) = heard("at most 3 chairs", shop(CONDITIONAL, others=(USE,))).edits

    assert edit.kind == "set_bound"


def test_a_total_is_understood_beside_a_limit_under_a_condition() -> None:
    after = heard("at most 20 altogether", shop(CONDITIONAL, others=(USE,))).formulation

    assert after is not None
    assert after.constraints[0].expression == "chairs + tables <= 20"
    assert after.constraints[1:] == shop(CONDITIONAL, others=(USE,)).constraints[1:]


def test_a_yes_or_no_is_not_added_to_what_is_counted() -> None:
    five = shop(others=(USE,))
    five = five.model_copy(update={"constraints": ()})

    after = heard("at most 20 altogether", five).formulation

    assert after is not None
    assert after.constraints[-1].expression == "(chairs + tables) <= 20"


@pytest.mark.parametrize("name", ["i", "j", "k", "k0"])
def test_a_total_goes_over_a_name_that_nothing_else_has(name: str) -> None:
    five = Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "table"]}],
            "parameters": [{"name": name, "value": 5}],
            "variables": [{"name": "x", "index": ["P"], "domain": "integer", "upper": 50}],
            "objective": {"sense": "maximize", "expression": f"{name} * sum(x[p] for p in P)"},
        }
    )

    after = heard("at most 20 altogether", five).formulation

    assert after is not None
    assert solve(after).objective == 100
    assert "x in all at most 99" in told_why(answer(five), "why not fewer x?")


def test_names_that_begin_alike_are_told_apart_in_a_ratio() -> None:
    five = Formulation.model_validate(
        {
            "variables": [{"name": "x", "doc": "rye"}, {"name": "xx", "doc": "oats"}],
            "objective": {"sense": "maximize", "expression": "x"},
            "constraints": [{"name": "most", "expression": "xx <= 3 * xx - 40"}],
        }
    )

    (edit,) = heard("at most twice as much rye as oats", five).edits

    assert edit.kind == "add_constraint"
