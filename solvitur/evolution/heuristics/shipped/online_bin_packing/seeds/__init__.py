"""Known heuristics, as a candidate would write them."""
