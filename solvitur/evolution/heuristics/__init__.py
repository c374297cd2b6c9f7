"""Heuristics evolved by a language model: each an idea in a sentence and a Python function."""

from solvitur.evolution.heuristics.candidate import (
    Failure,
    Fault,
    Heuristic,
    check_code,
    read_reply,
)
from solvitur.evolution.heuristics.comparison import Comparison, compare
from solvitur.evolution.heuristics.evaluation import Evaluation, Evaluator
from solvitur.evolution.heuristics.evolve import Listener, evolve
from solvitur.evolution.heuristics.history import Candidate, Fate
from solvitur.evolution.heuristics.method import Method
from solvitur.evolution.heuristics.operators import OPERATORS, Operator
from solvitur.evolution.heuristics.output import to_json, to_python
from solvitur.evolution.heuristics.page import to_html
from solvitur.evolution.heuristics.peers import read_population
from solvitur.evolution.heuristics.problem import (
    Argument,
    Function,
    Instance,
    Problem,
    excess,
    mean,
)
from solvitur.evolution.heuristics.reading import load_problem, problems, read_problem
from solvitur.evolution.heuristics.result import Facts, Result, Standing
from solvitur.evolution.heuristics.tuning import Tuned, guarded, tune
from solvitur.evolution.heuristics.verifying import Evolution
from solvitur.runs import runs_folder

__all__ = [
    "OPERATORS",
    "Argument",
    "Candidate",
    "Comparison",
    "Evaluation",
    "Evaluator",
    "Evolution",
    "Facts",
    "Failure",
    "Fate",
    "Fault",
    "Function",
    "Heuristic",
    "Instance",
    "Listener",
    "Method",
    "Operator",
    "Problem",
    "Result",
    "Standing",
    "Tuned",
    "check_code",
    "compare",
    "evolve",
    "excess",
    "guarded",
    "load_problem",
    "mean",
    "problems",
    "read_population",
    "read_problem",
    "read_reply",
    "runs_folder",
    "to_html",
    "to_json",
    "to_python",
    "tune",
]
