"""Takes the bin that was opened first."""

import numpy as np


def score(item: int, bins: np.ndarray) -> np.ndarray:
    """Give all bins the same score, so that the first one is taken."""
    return np.zeros(len(bins))
