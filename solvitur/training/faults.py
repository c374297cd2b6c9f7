"""Mistakes that models make, planted into a formulation that is right.

Each takes the five elements as JSON data and gives them back with one mistake, or ``None`` where
they leave no room for it.
"""

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from solvitur.training.synthesis.draw import Draw, plain

Data = dict[str, Any]
Fault = Callable[[Data, Draw], Data | None]

_TURNED = {"<=": ">=", ">=": "<="}
_INDEXED = re.compile(r"\b(\w+)\[(\w+)\] \* ")


def parameter_named_like_variable(data: Data, draw: Draw) -> Data | None:
    """Give a parameter the name of a variable, wherever it is used."""
    if not data.get("parameters"):
        return None
    old = draw.one(data["parameters"])["name"]
    new = draw.one(data["variables"])["name"]
    changed = copy.deepcopy(data)
    for element in (*changed["parameters"], changed["objective"], *changed.get("constraints", ())):
        for key in ("name", "expression"):
            if key in element and (key == "expression" or element["name"] == old):
                element[key] = re.sub(rf"\b{old}\b", new, element[key])
    return changed


def direction_reversed(data: Data, draw: Draw) -> Data | None:
    """Turn one relation round."""
    places = [
        at
        for at, row in enumerate(data.get("constraints", ()))
        if any(sign in row["expression"] for sign in _TURNED)
    ]
    if not places:
        return None
    changed = copy.deepcopy(data)
    row = changed["constraints"][draw.one(places)]
    row["expression"] = re.sub("<=|>=", lambda sign: _TURNED[sign[0]], row["expression"])
    return changed


def wrong_domain(data: Data, draw: Draw) -> Data | None:
    """Let what is counted be split, or count what is measured."""
    other = {"integer": "continuous", "continuous": "integer"}
    places = [at for at, v in enumerate(data["variables"]) if v.get("domain") in other]
    if not places:
        return None
    changed = copy.deepcopy(data)
    variable = changed["variables"][draw.one(places)]
    variable["domain"] = other[variable["domain"]]
    return changed


def constraint_dropped(data: Data, draw: Draw) -> Data | None:
    """Leave out one constraint, and its number where nothing else needs it."""
    rows = data.get("constraints", [])
    if not rows:
        return None
    changed = copy.deepcopy(data)
    dropped = changed["constraints"].pop(draw.whole(0, len(rows) - 1))
    left = " ".join(each["expression"] for each in (changed["objective"], *changed["constraints"]))
    if draw.chance(0.6):
        changed["parameters"] = [
            each
            for each in changed.get("parameters", [])
            if not re.search(rf"\b{each['name']}\b", dropped["expression"])
            or re.search(rf"\b{each['name']}\b", left)
        ]
    return changed


def coefficient_of_another_row(data: Data, draw: Draw) -> Data | None:
    """Multiply the variables of a constraint by the numbers that belong to another one."""
    tables = [p["name"] for p in data.get("parameters", ()) if len(p.get("index", ())) == 1]
    places = [
        at
        for at, row in enumerate(data.get("constraints", ()))
        if (found := _INDEXED.search(row["expression"])) and found[1] in tables
    ]
    if len(tables) < 2 or not places:
        return None
    changed = copy.deepcopy(data)
    row = changed["constraints"][draw.one(places)]
    found = _INDEXED.search(row["expression"])
    assert found is not None
    other = draw.one([name for name in tables if name != found[1]])
    row["expression"] = _INDEXED.sub(rf"{other}[\2] * ", row["expression"], count=1)
    return changed


def wrong_number(data: Data, draw: Draw) -> Data | None:
    """Slip in the digits of a number."""
    places = [at for at, p in enumerate(data.get("parameters", ())) if p.get("value")]
    if not places:
        return None
    changed = copy.deepcopy(data)
    parameter = changed["parameters"][draw.one(places)]
    parameter["value"] = plain(parameter["value"] * draw.one((10, 0.1, 2, 0.5)))
    return changed


FAULTS: Mapping[str, Fault] = {
    fault.__name__.replace("_", " "): fault
    for fault in (
        parameter_named_like_variable,
        direction_reversed,
        wrong_domain,
        constraint_dropped,
        coefficient_of_another_row,
        wrong_number,
    )
}
"""Every kind of mistake by its name."""
