"""Packings of many instances at once by rules that are known, to compare with published ones.

A heuristic that a model wrote is run item by item in the sandbox; these rules are our own code, and
look at each bin for itself.
"""

from collections.abc import Callable

import numpy as np

Rule = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Of the item of each instance and the room in its bins, a score for each bin."""


def first_fit(item: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Take the bin that was opened first."""
    return np.zeros(room.shape)


def best_fit(item: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Take the bin with the least room."""
    left: np.ndarray = room - item
    return -left


def published_by_funsearch(item: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Score by the room that will be left, as FunSearch found it for OR-Library (Nature 625)."""
    scores: np.ndarray = _SCORES[np.searchsorted(_ROOM_LEFT, room - item)]
    return scores


_ROOM_LEFT = np.array([2, 3, 5, 7, 9, 12, 15, 18, 20, 21])
_SCORES = np.array([4, 3, 2, 1, 0.9, 0.95, 0.97, 0.98, 0.98, 0.98, 0.99])
"""The score where no more room is left than this, and where there is."""


def packings(items: np.ndarray, capacity: int, rule: Rule) -> np.ndarray:
    """Give the bin of each item, by the highest score, the first of them: one row an instance.

    Example:
        >>> packings(np.array([[6, 5, 4, 5]]), 10, best_fit).tolist()
        [[0, 1, 0, 1]]
    """
    count, size = items.shape
    rows = np.arange(count)
    room = np.full((count, size), capacity)
    chosen = np.empty((count, size), dtype=int)
    for number in range(size):
        item = items[:, number, None]
        used = min(number + 1, size)
        listed = room[:, :used]
        scores = np.where(listed >= item, rule(item, listed), -np.inf)
        chosen[:, number] = scores.argmax(axis=1)
        room[rows, chosen[:, number]] -= items[:, number]
    return chosen


def excess(items: np.ndarray, capacity: int, chosen: np.ndarray) -> float:
    """Give by how many percent more bins are used than the total size needs.

    Example:
        >>> excess(np.array([[6, 5, 4, 5]]), 10, np.array([[0, 1, 0, 2]]))
        50.0
    """
    used = sum(len(np.unique(each)) for each in chosen)
    needed = int((-(-items.sum(axis=1) // capacity)).sum())
    return 100 * (used - needed) / needed
