"""From a formulation to a certified answer: `solve` lowers, solves and verifies."""

from typing import TYPE_CHECKING, Any

from solvitur.solvers.api import (
    conflict,
    ray,
    relaxation,
    sensitivity,
    solve,
    solve_all,
    what_if,
)
from solvitur.solvers.diagnosis.findings import (
    Change,
    Conflict,
    Kind,
    Move,
    Ray,
    Relaxation,
    Requirement,
)
from solvitur.solvers.optima.listing import Optima
from solvitur.solvers.registry import check_name, connect, registered
from solvitur.solvers.sensitivity_analysis.comparison import Comparison, Shift
from solvitur.solvers.sensitivity_analysis.prices import Entry, Method, Price, Sensitivity, Step
from solvitur.solvers.solution import (
    Holding,
    Incumbent,
    Options,
    Outcome,
    Point,
    Solution,
    Stop,
    Verification,
)
from solvitur.solvers.solver import Capability, Feature, Solver
from solvitur.solvers.waiting import Interrupt

if TYPE_CHECKING:
    from solvitur.solvers.files.reader import read_program_file
    from solvitur.solvers.files.writer import to_lp, to_mps
    from solvitur.solvers.pyomo_solvers.model import to_pyomo

__all__ = [
    "Capability",
    "Change",
    "Comparison",
    "Conflict",
    "Entry",
    "Feature",
    "Holding",
    "Incumbent",
    "Interrupt",
    "Kind",
    "Method",
    "Move",
    "Optima",
    "Options",
    "Outcome",
    "Point",
    "Price",
    "Ray",
    "Relaxation",
    "Requirement",
    "Sensitivity",
    "Shift",
    "Solution",
    "Solver",
    "Step",
    "Stop",
    "Verification",
    "check_name",
    "conflict",
    "connect",
    "ray",
    "read_program_file",
    "registered",
    "relaxation",
    "sensitivity",
    "solve",
    "solve_all",
    "to_lp",
    "to_mps",
    "to_pyomo",
    "what_if",
]

_HOMES = {
    "read_program_file": "files.reader",
    "to_lp": "files.writer",
    "to_mps": "files.writer",
    "to_pyomo": "pyomo_solvers.model",
}
"""Where the names are that load HiGHS or Pyomo."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'solvitur.solvers' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"solvitur.solvers.{_HOMES[name]}"), name)
