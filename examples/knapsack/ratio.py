"""The known heuristic: what is worth most for its weight comes first."""


def priority(value: float, weight: float) -> float:
    """Give the value of each unit of weight."""
    return value / weight
