"""Inserts the job with the most work first, as Nawaz, Enscore and Ham do."""

import numpy as np


def priority(times: np.ndarray) -> np.ndarray:
    """Give for each job how long it takes on all machines together."""
    total: np.ndarray = times.sum(axis=1)
    return total
