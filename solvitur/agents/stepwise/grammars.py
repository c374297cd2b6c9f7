"""What a model may answer at each step: schemas and grammars closed over what is known."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from solvitur.agents.stepwise.limits import Choices
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.quantities import Quantity

MOST_DECISIONS = 12
MOST_ROWS = 8

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,30}$"}


def variables() -> dict[str, Any]:
    """Hold the decisions to a list of named, described, whole or continuous ones."""
    decision = _object(
        name=_NAME,
        doc={"type": "string", "maxLength": 80},
        domain={"enum": ["integer", "continuous"]},
    )
    listed = {"type": "array", "minItems": 1, "maxItems": MOST_DECISIONS, "items": decision}
    return _object(variables=listed)


def one_variable(name: str) -> dict[str, Any]:
    """Hold the decisions to one whose name is known."""
    decision = _object(
        name={"enum": [name]},
        doc={"type": "string", "maxLength": 80},
        domain={"enum": ["integer", "continuous"]},
    )
    return _object(variables={"type": "array", "minItems": 1, "maxItems": 1, "items": decision})


def table(entries: Mapping[str, Sequence[Quantity]]) -> dict[str, Any]:
    """Hold the table to the decisions as columns, each with 0 and its numbers as entries."""
    rows = {"type": "array", "maxItems": MOST_ROWS, "items": _row(entries)}
    return _object(rows=rows)


def row(entries: Mapping[str, Sequence[Quantity]], must: bool) -> dict[str, Any]:
    """Hold one more row alike; one that must be there may not be null."""
    shape = _row(entries)
    return _object(row=shape if must else {"anyOf": [shape, {"type": "null"}]})


def goal(names: Sequence[str], sense: Sense | None, first: Sequence[str]) -> str:
    """Hold the goal to one or two known names, and to the sense that the words say.

    Args:
        names: Every known name.
        sense: The direction, where it is known.
        first: The names that the goal may start with.
    """
    senses = [sense.value] if sense else [each.value for each in Sense]
    root = f'root ::= ({_choice(senses)}) " " ({_choice(first)})'
    if tuple(first) != tuple(names):
        return root
    return "\n".join((f'{root} ((" + " | " - ") name)?', _names(names)))


def limit(choices: Choices) -> str:
    """Hold a limit to the number it is about, and to what its words leave open."""
    root = 'limit "; " limit' if choices.is_twofold else "limit"
    sides = [_choice(side) for side in (choices.left, choices.relations, choices.right)]
    return "\n".join(
        (
            f"root ::= {root}" + (' | "none"' if choices.may_be_none else ""),
            "limit ::= " + ' " " '.join(f"({side})" for side in sides),
        )
    )


def bound(left: Sequence[str], relations: Sequence[str], right: str) -> str:
    """Hold a limit to the sums and relations that are left, and to its number."""
    return f'root ::= ({_choice(left)}) " " ({_choice(relations)}) " " {_quoted(right)}'


def only(choices: Choices) -> str | None:
    """Give the one answer that is left to give, if it is one."""
    sides = (choices.relations, choices.right)
    if choices.may_be_none or any(len(side) != 1 for side in sides):
        return None
    if len(choices.left) != 1 and not choices.is_twofold:
        return None
    ((relation,), (right,)) = sides
    return "; ".join(f"{left} {relation} {right}" for left in choices.left)


def comparison(names: Sequence[str]) -> str:
    """Hold a comparison without a number to two known names."""
    return "\n".join(('root ::= "none" | name (" <= " | " >= " | " == ") name', _names(names)))


def _row(entries: Mapping[str, Sequence[Quantity]]) -> dict[str, Any]:
    columns = {name: _entry(numbers) for name, numbers in entries.items()}
    return _object(name=_NAME, values=_object(**columns))


def _entry(numbers: Sequence[Quantity]) -> dict[str, Any]:
    values = dict.fromkeys([0.0, *(number.value for number in numbers)])
    return {"enum": [int(v) if v.is_integer() else v for v in values]}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _names(names: Sequence[str]) -> str:
    return f"name ::= {_choice(names)}"


def _choice(words: Sequence[str]) -> str:
    return " | ".join(map(_quoted, words))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
