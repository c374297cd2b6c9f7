"""Packs items with a heuristic that sees all bins with room; runs in the sandbox."""

from collections.abc import Callable
from typing import Any

import numpy as np


def solve(heuristic: Callable[..., Any], instance: dict[str, Any]) -> list[int]:
    """Give for each item the bin that it goes into, as a number from 0 on."""
    room = np.full(len(instance["items"]), instance["capacity"])
    packing = []
    for item in instance["items"]:
        fitting = np.flatnonzero(room >= item)
        scores = heuristic(item, room[fitting])
        chosen = int(fitting[np.argmax(scores)])
        room[chosen] -= item
        packing.append(chosen)
    return packing
