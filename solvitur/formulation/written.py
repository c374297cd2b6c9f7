"""Numbers by key, as a formulation has them written."""

from collections.abc import Iterator
from typing import Any

from solvitur.errors import FormulationError

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


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormulationError(f"the value for [{key}] is not a number: {str(value)[:60]!r}")
    if not -LARGEST < value < LARGEST:
        raise FormulationError(f"the value for [{key}] is not finite; leave a bound out instead")
    return value
