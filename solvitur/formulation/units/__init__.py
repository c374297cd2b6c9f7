"""Units: what they measure, and whether those of a formulation fit together."""
