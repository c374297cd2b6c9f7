"""Goes to the nearest city."""

import numpy as np


def select_next_node(
    current_node: int,
    destination_node: int,
    unvisited_nodes: np.ndarray,
    distance_matrix: np.ndarray,
) -> int:
    """Give the unvisited city that is nearest to the current one."""
    return int(unvisited_nodes[np.argmin(distance_matrix[current_node, unvisited_nodes])])
