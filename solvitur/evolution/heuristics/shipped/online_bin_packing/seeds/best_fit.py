"""Takes the bin with the least room."""

import numpy as np


def score(item: int, bins: np.ndarray) -> np.ndarray:
    """Give a bin a higher score the less room it will have left."""
    return item - bins
