"""Packs items with a heuristic that sees few of the empty bins; runs in the sandbox.

A heuristic whose scores depend on how many empty bins are listed would pack otherwise with all of
them. So both lists are tried for the first items, and for some of the others; at the first
difference the packing is begun anew with all bins listed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

_EMPTY = 64
"""Bins listed after the last that is in use; were the last of them chosen, all have to be seen."""
_BEGINNING = 100
"""Items at the beginning that are tried both ways."""
_EVERY = 100
"""Of the others each so many-th one is tried both ways."""


def solve(heuristic: Callable[..., Any], instance: dict[str, Any]) -> list[int]:
    """Give for each item the bin that it goes into, as a number from 0 on."""
    packing = _packed(heuristic, instance, all_listed=False)
    if packing is None:
        packing = _packed(heuristic, instance, all_listed=True)
    assert packing is not None
    return packing


def _packed(
    heuristic: Callable[..., Any], instance: dict[str, Any], *, all_listed: bool
) -> list[int] | None:
    """Pack all items, or give None where a short list is seen to make a difference."""
    room = np.full(len(instance["items"]), instance["capacity"])
    packing: list[int] = []
    end = len(room) if all_listed else _EMPTY
    for number, item in enumerate(instance["items"]):
        chosen = _choice(heuristic, item, room[:end])
        if end < len(room):
            tried = number < _BEGINNING or number % _EVERY == 0
            if chosen == end - 1 or (tried and chosen != _choice(heuristic, item, room)):
                return None
            end = max(end, chosen + 1 + _EMPTY)
        room[chosen] -= item
        packing.append(chosen)
    return packing


def _choice(heuristic: Callable[..., Any], item: int, room: np.ndarray) -> int:
    fitting = np.flatnonzero(room >= item)
    return int(fitting[np.argmax(heuristic(item, room[fitting]))])
