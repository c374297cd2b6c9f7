"""Transformations of programs, and pairs of programs whose labels are proved."""

from solvitur.equivalence.transform.draft import Transformed
from solvitur.equivalence.transform.labels import Basis, Label, certified
from solvitur.equivalence.transform.pairs import TRANSFORMATIONS, Pair, generate, write_pairs

__all__ = [
    "TRANSFORMATIONS",
    "Basis",
    "Label",
    "Pair",
    "Transformed",
    "certified",
    "generate",
    "write_pairs",
]
