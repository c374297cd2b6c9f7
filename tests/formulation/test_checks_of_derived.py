"""What is said against sets and parameters that are derived, and against conditions and lines."""

from typing import Any

import pytest

from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, check

SPARE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a set in another's elements": (
        {
            "sets": [
                {"name": "spare", "elements": ["a"]},
                {"name": "P", "expression": "s for s in spare"},
            ]
        },
        [],
    ),
    "a set around another": (
        {
            "sets": [
                {"name": "spare", "elements": ["a"]},
                {"name": "P", "elements": ["a"], "within": "spare"},
            ]
        },
        [],
    ),
    "a parameter in a set's elements": (
        {
            "sets": [
                {"name": "P", "expression": "'a' for t in T if spare > t"},
                {"name": "T", "range": [1, 2]},
            ],
            "parameters": [{"name": "spare", "value": 3}],
        },
        [],
    ),
    "a parameter in a derived one": (
        {
            "sets": [{"name": "P", "elements": ["a"]}],
            "parameters": [
                {"name": "spare", "value": 3},
                {"name": "top", "index": ["P"], "over": "p in P", "expression": "2 * spare"},
            ],
            "variables": [{"name": "x", "index": ["P"], "over": "p in P", "upper": "top[p]"}],
        },
        [],
    ),
    "a variable in a condition": (
        {
            "sets": [{"name": "P", "elements": ["a"]}],
            "variables": [
                {"name": "x", "index": ["P"], "upper": 3},
                {"name": "spare", "domain": "binary"},
            ],
            "constraints": [{"name": "c", "expression": "implies(spare == 1, x['a'] <= 2)"}],
        },
        [],
    ),
    "points of a line": (
        {
            "sets": [{"name": "P", "elements": ["a"]}, {"name": "K", "range": [1, 3]}],
            "parameters": [{"name": "spare", "index": ["K"], "default": 4}],
            "constraints": [
                {"name": "c", "expression": "piecewise(x['a'], ((k, spare[k]) for k in K)) <= 2"}
            ],
        },
        [],
    ),
    "a derived set and parameter": (
        {
            "sets": [{"name": "P", "elements": ["a"]}, {"name": "Q", "expression": "p for p in P"}],
            "parameters": [{"name": "spare", "expression": "2 * 3"}],
        },
        ["set 'Q'", "parameter 'spare'"],
    ),
}


@pytest.mark.parametrize("name", SPARE)
def test_what_is_derived_uses_what_it_is_derived_from(name: str) -> None:
    changes, unused = SPARE[name]
    made = Formulation.model_validate(
        {
            "variables": [{"name": "x", "index": ["P"], "upper": 3}],
            "objective": {"sense": "maximize", "expression": "sum(x[p] for p in P)"},
            **changes,
        }
    )
    assert [finding.element for finding in check(made)] == unused


STATED: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "an amount in a derived parameter": (
        {
            "parameters": [{"name": "w", "expression": "40 * 7"}],
            "constraints": [{"name": "c", "expression": "x <= w"}],
        },
        "There are 40 boxes of 7 kg.",
        [],
        [],
    ),
    "an amount in a derived parameter that no text states": (
        {
            "parameters": [{"name": "w", "expression": "40 * 7"}],
            "constraints": [{"name": "c", "expression": "x <= w"}],
        },
        "There are 40 boxes.",
        [],
        ["7"],
    ),
    "a step in a derived set": (
        {
            "sets": [
                {"name": "T", "range": [1, 9]},
                {"name": "L", "expression": "t + 2 for t in T"},
            ],
            "constraints": [{"name": "c", "forall": "l in L", "expression": "x <= 40"}],
        },
        "Nine weeks, 40 kg.",
        [],
        [],
    ),
    "what a derived set comes to": (
        {
            "sets": [
                {"name": "T", "elements": [4, 8]},
                {"name": "L", "expression": "t * t for t in T"},
            ],
            "constraints": [{"name": "c", "forall": "l in L", "expression": "x <= 40 + l"}],
        },
        "Shifts of 4 or 8 hours, 40 kg.",
        [],
        [],
    ),
    "points of a line": (
        {
            "constraints": [
                {"name": "c", "expression": "piecewise(x, ((0, 0), (30, 55), (70, 95))) <= 80"}
            ]
        },
        "Up to 30 kg it costs $55, 70 kg cost $95, and there are $80.",
        [],
        [],
    ),
    "points of a line that no text states": (
        {"constraints": [{"name": "c", "expression": "piecewise(x, ((0, 0), (30, 55))) <= 80"}]},
        "Up to 30 kg, and there are $80.",
        [],
        ["55"],
    ),
    "an amount in a condition": (
        {"constraints": [{"name": "c", "expression": "implies(x >= 60, x >= 80)"}]},
        "From 60 kg on it is 80 kg.",
        [],
        [],
    ),
    "an amount in a condition that no text states": (
        {"constraints": [{"name": "c", "expression": "implies(x >= 60, x >= 80)"}]},
        "It is 80 kg.",
        [],
        ["60"],
    ),
    "the element after another": (
        {
            "sets": [{"name": "T", "range": [1, 9]}],
            "constraints": [{"name": "c", "expression": "x <= 40 + next(T, 3)"}],
        },
        "There are 40 kg in 9 weeks.",
        [],
        [],
    ),
}


@pytest.mark.parametrize("name", STATED)
def test_numbers_of_what_is_derived_are_compared_where_they_are_stated(name: str) -> None:
    changes, text, forgotten, invented = STATED[name]
    made = Formulation.model_validate(
        {
            "variables": [{"name": "x", "upper": 70}],
            "objective": {"sense": "maximize", "expression": "x"},
            **changes,
        }
    )
    text += " 70 kg at most."
    said = {
        code: [each.message.split()[2] for each in check(made, text) if each.code is code]
        for code in (Code.forgotten_number, Code.invented_number)
    }
    assert said == {Code.forgotten_number: forgotten, Code.invented_number: invented}


def unlimited(row: str) -> list[str | None]:
    made = Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y", "upper": 1}],
            "objective": {"sense": "maximize", "expression": "x + y"},
            "constraints": [{"name": "row", "expression": row}],
        }
    )
    return [finding.element for finding in check(made) if finding.code is Code.unlimited]


def test_a_row_under_a_condition_that_fails_limits_nothing() -> None:
    assert unlimited("implies(1 > 2, x <= 5)") == ["variable 'x'"]
    assert unlimited("implies(1 < 2, x <= 5)") == []
    assert unlimited("implies(y >= 1, x <= 5)") == []
    assert unlimited("implies(x >= 1, y <= 5)") == []
