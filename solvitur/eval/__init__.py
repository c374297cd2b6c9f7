"""Evaluating on benchmarks, with statistics one can trust."""

from solvitur.eval.own import Answer, Reading, WordProblem, word_problems
from solvitur.eval.statistics import (
    Estimate,
    Flips,
    bootstrap,
    difference,
    flips,
    mcnemar,
    mean,
    paired,
    share,
    wilson,
)

__all__ = [
    "Answer",
    "Estimate",
    "Flips",
    "Reading",
    "WordProblem",
    "bootstrap",
    "difference",
    "flips",
    "mcnemar",
    "mean",
    "paired",
    "share",
    "wilson",
    "word_problems",
]
