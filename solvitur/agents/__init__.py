"""From a word problem to an answer: formulate, check, solve, verify, repair, explain."""

from solvitur.agents.answer import Answer
from solvitur.agents.graph import Effort, solve_formulation, solve_problem
from solvitur.agents.optima import list_optima

__all__ = ["Answer", "Effort", "list_optima", "solve_formulation", "solve_problem"]
