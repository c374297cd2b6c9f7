"""Numbers by key, as a formulation has them written."""

from collections.abc import Iterator, Mapping
from typing import Any

from solvitur.errors import FormulationError
from solvitur.formulation.evaluate import Key

LARGEST = 1e300
"""Numbers from here on are taken for an infinity that somebody wrote down."""


def flatten(values: dict[str, Any] | list[Any]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Give (key, number) from nested dictionaries or from pairs."""
    if isinstance(values, dict):
        for name, inner in values.items():
            if isinstance(inner, dict):
                yield from ((((name, *rest)), number) for rest, number in flatten(inner))
            else:
                yield (name,), _number(inner, name)
        return
    for pair in values:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise FormulationError(
                "'values' is a dictionary by key, or a list of pairs [key, number] such as "
                f'[["a", "b"], 4]; this is neither: {str(pair)[:60]}'
            )
        key, value = pair
        words = tuple(str(part) for part in key) if isinstance(key, list | tuple) else (str(key),)
        yield words, _number(value, ", ".join(words))


def nested(values: Mapping[Key, Any]) -> dict[str, Any]:
    """Give values by key as nested dictionaries, as JSON has them.

    Example:
        >>> nested({("a", 1): 3, ("a", 2): 4, ("b", 1): 5})
        {'a': {'1': 3, '2': 4}, 'b': {'1': 5}}
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        place = found
        for part in key[:-1]:
            place = place.setdefault(str(part), {})
        place[str(key[-1])] = value
    return found


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormulationError(f"the value for [{key}] is not a number: {str(value)[:60]!r}")
    if not -LARGEST < value < LARGEST:
        raise FormulationError(f"the value for [{key}] is not finite; leave a bound out instead")
    return value
