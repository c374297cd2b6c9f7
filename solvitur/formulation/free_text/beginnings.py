"""What is before the first element: ``I[t - 1]`` in the first month is the parameter ``I_0``.

Texts write one balance for all periods and give the state before the first apart, as a number, a
parameter, or a row ``s[0] == s0``. As a formulation these are two rows: one for the first period,
with what was given, and one for the others.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Element = dict[str, Any]

_OVER = re.compile(r"(\w+) in (\w+)")


def with_beginnings(
    rows: Mapping[str, Element],
    sets: Mapping[str, Element],
    parameters: Mapping[str, Element],
    variables: Mapping[str, Element],
) -> dict[str, Element]:
    """Split every row that reaches before the first element, where it is said what is there.

    Args:
        rows: Constraints by name, as read from free text.
        sets: The sets by name; only those of consecutive whole numbers have a place before.
        parameters: The parameters by name.
        variables: The variables by name.

    Returns:
        The constraints by name, in their order; rows that only say a beginning are gone.

    Example:
        >>> split = with_beginnings(
        ...     {"stock": {"forall": "t in T", "expression": "I[t] == I[t - 1] + x[t]"}},
        ...     {"T": {"range": [1, 3]}},
        ...     {"I_0": {"value": 20}},
        ...     {"I": {"index": ["T"]}, "x": {"index": ["T"]}})
        >>> for name, row in split.items():
        ...     print(name, row["forall"], row["expression"])
        stock_first t in T if t == first(T) I[t] == (I_0) + x[t]
        stock t in T if t > first(T) I[t] == I[t - 1] + x[t]
    """
    said = dict(_said(rows, variables, sets))
    kept: dict[str, Element] = {}
    used: set[str] = set()
    for name, row in rows.items():
        before = _reached(row, sets, variables)
        given = {
            v: said[v][1] if v in said else _named(v, n, parameters) for v, n in before.items()
        }
        over = _OVER.fullmatch(row.get("forall") or "")
        if not given or over is None or not all(given.values()):
            kept[name] = row
            continue
        used |= {said[variable][0] for variable in given if variable in said}
        letter, index = over.groups()
        expression = row["expression"]
        for variable, beginning in given.items():
            reach = re.compile(rf"\b{variable}\[{letter} - 1\]")
            expression = reach.sub(f"({beginning})", expression)
        first = {"forall": f"{letter} in {index} if {letter} == first({index})"}
        others = {"forall": f"{letter} in {index} if {letter} > first({index})"}
        kept[_free(f"{name}_first", rows)] = {**row, **first, "expression": expression}
        kept[name] = {**row, **others}
    return {name: row for name, row in kept.items() if name not in used}


def _reached(
    row: Element, sets: Mapping[str, Element], variables: Mapping[str, Element]
) -> dict[str, int]:
    """Find the variables that a row takes one before its index, and the number that is."""
    over = _OVER.fullmatch(row.get("forall") or "")
    first = None if over is None else _first(sets.get(over[2], {}))
    if over is None or first is None:
        return {}
    taken = re.findall(rf"\b(\w+)\[{over[1]} - 1\]", row["expression"])
    owned = [name for name in taken if variables.get(name, {}).get("index") == [over[2]]]
    return dict.fromkeys(owned, first - 1)


def _said(
    rows: Mapping[str, Element], variables: Mapping[str, Element], sets: Mapping[str, Element]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Find the rows that only say what is before: ``s[0] == s0``."""
    for name, row in rows.items():
        found = re.fullmatch(r"(\w+)\[(-?\d+)\] == ([\w.]+)", row["expression"])
        index = list(variables.get(found[1], {}).get("index", [])) if found else []
        if found and len(index) == 1:
            first = _first(sets.get(index[0], {}))
            if first is not None and int(found[2]) == first - 1:
                yield found[1], (name, found[3])


def _named(variable: str, number: int, parameters: Mapping[str, Element]) -> str | None:
    """Find the parameter that is named for a variable and the number before the first."""
    names = (f"{variable}_{number}", f"{variable}{number}")
    return next((n for n in names if n in parameters and not parameters[n].get("index")), None)


def _first(element: Element) -> int | None:
    """Give the first of consecutive whole numbers."""
    if "range" in element:
        return int(element["range"][0])
    elements = list(element.get("elements", []))
    if not elements or not all(isinstance(number, int) for number in elements):
        return None
    first = int(elements[0])
    return first if elements == list(range(first, first + len(elements))) else None


def _free(name: str, taken: Mapping[str, Element]) -> str:
    while name in taken:
        name += "_"
    return name
