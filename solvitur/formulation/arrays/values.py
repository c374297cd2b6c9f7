"""The numbers of a parameter, from what is written in the formulation."""

from typing import Any

import numpy as np

from solvitur.errors import FormulationError
from solvitur.formulation.arrays.entries import Entries
from solvitur.formulation.arrays.members import Floats, Members
from solvitur.formulation.elements import Parameter
from solvitur.formulation.evaluate import Key, keys_over, show_entry
from solvitur.formulation.written import LARGEST, flatten


def read_values(parameter: Parameter, axes: tuple[Members, ...]) -> Entries:
    """Give each key its number.

    Raises:
        FormulationError: A key is strange, twice there, or without a number; or one is no number.
    """
    if not axes:
        return Entries((), np.array(parameter.value, dtype=np.float64))
    if isinstance(parameter.values, dict) and all(axis.dimension == 1 for axis in axes):
        rows: list[list[Any]] = []
        if _gather(parameter.values, axes, rows):
            table = _table(rows)
            if table is not None:
                return Entries(axes, table)
    return _by_key(parameter, axes)


def _gather(values: Any, axes: tuple[Members, ...], rows: list[list[Any]]) -> bool:
    """Collect nested dictionaries whose keys are all there and in the sets' order."""
    if not isinstance(values, dict) or tuple(values) != axes[0].words:
        return False
    if len(axes) == 1:
        rows.append(list(values.values()))
        return True
    return all(_gather(inner, axes[1:], rows) for inner in values.values())


def _table(rows: list[list[Any]]) -> Floats | None:
    """Make an array of numbers; ``None`` where one of them is not."""
    if not {kind for row in rows for kind in set(map(type, row))} <= {int, float}:
        return None
    try:
        table = np.array(rows, dtype=np.float64)
    except OverflowError:
        return None
    return table if np.all(np.abs(table) < LARGEST) else None


def _by_key(parameter: Parameter, axes: tuple[Members, ...]) -> Entries:
    wanted = {tuple(map(str, key)): key for key in keys_over(axes)}
    found: dict[Key, float] = {}
    for words, value in flatten(parameter.values or {}):
        key = wanted.get(words)
        if key is None:
            raise _strange_key(words, parameter, axes)
        if key in found:
            raise FormulationError(f"the key [{', '.join(words)}] is given twice")
        found[key] = value
    values = [found.get(key, parameter.default) for key in wanted.values()]
    for key, value_or_none in zip(wanted.values(), values, strict=True):
        if value_or_none is None:
            raise FormulationError(
                f"no value for {show_entry(parameter.name, key)}; add it, or give a 'default'"
            )
    return Entries(axes, np.array(values, dtype=np.float64))


def _strange_key(
    words: tuple[str, ...], parameter: Parameter, axes: tuple[Members, ...]
) -> FormulationError:
    key, dimension = f"[{', '.join(words)}]", sum(axis.dimension for axis in axes)
    sets = ", ".join(parameter.index)
    if len(words) != dimension:
        return FormulationError(
            f"the key {key} has length {len(words)}, but it is indexed by {sets}: "
            f"keys have length {dimension}"
        )
    return FormulationError(f"the key {key} is not in {sets}; correct it or extend the set")
