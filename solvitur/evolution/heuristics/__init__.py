"""Heuristics evolved by a language model: each an idea in a sentence and a Python function."""

from solvitur.evolution.heuristics.problem import (
    Argument,
    Function,
    Instance,
    Problem,
    excess,
    mean,
)
from solvitur.evolution.heuristics.reading import load_problem, problems, read_problem

__all__ = [
    "Argument",
    "Function",
    "Instance",
    "Problem",
    "excess",
    "load_problem",
    "mean",
    "problems",
    "read_problem",
]
