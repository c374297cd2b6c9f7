"""Builds a sequence of jobs by insertion, in the order of a heuristic; runs in the sandbox."""

from collections.abc import Callable
from typing import Any

import numpy as np


def solve(heuristic: Callable[..., Any], instance: dict[str, Any]) -> list[int]:
    """Give the jobs in the order in which they go through the machines."""
    times = np.array(instance["times"])
    priorities = np.asarray(heuristic(times.copy()), dtype=float)
    if priorities.shape != (len(times),):
        raise ValueError(f"{priorities.shape} priorities for {len(times)} jobs")
    sequence: list[int] = []
    for job in np.argsort(-priorities, kind="stable").tolist():
        sequence.insert(_best_place(times, sequence, job), job)
    return sequence


def _best_place(times: np.ndarray, sequence: list[int], job: int) -> int:
    """Give the first place where inserting the job gives the least makespan (Taillard, 1990)."""
    heads = _finished(times[sequence])
    tails = _finished(times[sequence][::-1, ::-1])[::-1, ::-1]
    inserted = np.zeros(len(heads), dtype=times.dtype)
    reached = np.empty_like(heads)
    for machine, time in enumerate(times[job]):
        inserted = np.maximum(inserted, heads[:, machine]) + time
        reached[:, machine] = inserted
    return int(np.argmin((reached + tails).max(axis=1)))


def _finished(times: np.ndarray) -> np.ndarray:
    """Give when each machine is free: before any job (zeros), and after each of them."""
    free = np.zeros((len(times) + 1, times.shape[1]), dtype=times.dtype)
    for place, job in enumerate(times, start=1):
        ready = 0
        for machine, time in enumerate(job.tolist()):
            ready = max(ready, int(free[place - 1, machine])) + time
            free[place, machine] = ready
    return free
