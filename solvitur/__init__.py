"""LLM-driven optimization agents: from a word problem to a certified optimum.

    from solvitur import Formulation, solve

    solution = solve(Formulation.from_file("plan.json"))

The names below are imported when they are first used, so that ``import solvitur`` stays quick.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solvitur.agents import Answer, Effort, solve_formulation, solve_problem
    from solvitur.agents.chat.conversation import Conversation
    from solvitur.formulation import Data, Difference, Formulation, diff
    from solvitur.formulation.checks import check
    from solvitur.llm import connect, layered
    from solvitur.solvers import (
        Options,
        Outcome,
        Solution,
        read_program_file,
        solve,
        solve_all,
        to_lp,
        to_mps,
        to_pyomo,
    )

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Conversation",
    "Data",
    "Difference",
    "Effort",
    "Formulation",
    "Options",
    "Outcome",
    "Solution",
    "check",
    "connect",
    "diff",
    "layered",
    "read_program_file",
    "solve",
    "solve_all",
    "solve_formulation",
    "solve_problem",
    "to_lp",
    "to_mps",
    "to_pyomo",
]

_HOMES = {
    "Answer": "agents",
    "Conversation": "agents.chat.conversation",
    "Data": "formulation",
    "Difference": "formulation",
    "Effort": "agents",
    "Formulation": "formulation",
    "Options": "solvers",
    "Outcome": "solvers",
    "Solution": "solvers",
    "check": "formulation.checks",
    "connect": "llm",
    "diff": "formulation",
    "layered": "llm",
    "read_program_file": "solvers",
    "solve": "solvers",
    "solve_all": "solvers",
    "solve_formulation": "agents",
    "solve_problem": "agents",
    "to_lp": "solvers",
    "to_mps": "solvers",
    "to_pyomo": "solvers",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'solvitur' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"solvitur.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
