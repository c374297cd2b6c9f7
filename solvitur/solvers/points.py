"""Points that a user gives: read, and checked against the formulation."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from solvitur.errors import ConfigError, FormulationError
from solvitur.formulation.bounds import Bounds
from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Key, show_entry
from solvitur.formulation.instance import Instance
from solvitur.solvers.solution import Options, Point
from solvitur.solvers.verify import TOLERANCE, verify


def read_point(instance: Instance, nested: Mapping[str, Any]) -> Point:
    """Read values by variable as `Solution.variables` gives them and JSON keeps them.

    Raises:
        ConfigError: A variable or a key is not in the formulation, or a value is no number.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> five = Formulation.model_validate({
        ...     "sets": [{"name": "T", "range": [1, 3]}],
        ...     "variables": [{"name": "x", "index": ["T"]}],
        ...     "objective": {"sense": "minimize", "expression": "x[1]"}})
        >>> read_point(Instance(five), {"x": {"1": 4, "3": 2.5}})
        {'x': {(1,): 4, (3,): 2.5}}
    """
    point: dict[str, dict[Key, float]] = {}
    for name, values in nested.items():
        wanted = {tuple(map(str, key)): key for key in _entries(instance, name)}
        point[name] = {}
        for words, value in _leaves(values):
            if words not in wanted:
                raise ConfigError(_strange(show_entry(name, words)))
            point[name][wanted[words]] = value
    return checked(instance, point)


def checked(instance: Instance, point: Point) -> Point:
    """Check a point, whole or in part, and make whole numbers whole.

    Raises:
        ConfigError: A variable or a key is not in the formulation, or a value is no number.
    """
    whole = {v.name for v in instance.formulation.variables if v.domain is not Domain.continuous}
    good: dict[str, dict[Key, float]] = {}
    for name, values in point.items():
        entries = _entries(instance, name)
        good[name] = {}
        for key, value in values.items():
            if key not in entries:
                raise ConfigError(_strange(show_entry(name, key)))
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ConfigError(_no_number(name, key, value))
            if not math.isfinite(value):
                raise ConfigError(_no_number(name, key, value))
            good[name][key] = round(value) if name in whole else value
    return good


def start_of(instance: Instance, options: Options) -> tuple[Point, str]:
    """Give the point to begin with, and what there is to say of it.

    Raises:
        ConfigError: It is not a point of this formulation.
    """
    if options.warm_start is None:
        return {}, ""
    point = checked(instance, options.warm_start)
    entries = ((name, key) for name, keys in instance.bounds.items() for key in keys)
    if any(key not in point.get(name, {}) for name, key in entries):
        return point, ""
    try:
        found = verify(instance, point, None)
    except FormulationError as error:
        return point, f"the point to begin with is none: {error}"
    if found.worst is None:
        return point, ""
    return point, f"the point to begin with is only a hint, as it violates {found.worst}"


def onto_bounds(value: float, bounds: Bounds) -> float:
    """Move a value that is over a bound by a solver's tolerance onto it; leave any other.

    Example:
        >>> onto_bounds(-1e-9, Bounds(0, 1)), onto_bounds(-0.5, Bounds(0, 1))
        (0.0, -0.5)
    """
    lower, upper = bounds.lower, bounds.upper
    if lower is not None and lower - _slack(lower) <= value < lower:
        return float(lower)
    if upper is not None and upper < value <= upper + _slack(upper):
        return float(upper)
    return value


def _slack(bound: float) -> float:
    return TOLERANCE * max(1.0, abs(bound))


def _entries(instance: Instance, name: str) -> Mapping[Key, Any]:
    if name not in instance.bounds:
        names = ", ".join(instance.bounds)
        raise ConfigError(f"there is no variable '{name}' to begin with; there are: {names}")
    return instance.bounds[name]


def _leaves(values: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(values, Mapping):
        yield (), values
        return
    for word, inner in values.items():
        yield from (((str(word), *rest), value) for rest, value in _leaves(inner))


def _strange(entry: str) -> str:
    return f"there is no {entry} to begin with; the point is of another formulation or other data"


def _no_number(name: str, key: Key, value: object) -> str:
    return f"{show_entry(name, key)} cannot begin at {str(value)[:40]!r}, which is no finite number"
