"""From a formulation to a certified answer: `solve` lowers, solves and verifies."""

from typing import Protocol

from solvitur.errors import ConfigError
from solvitur.formulation.classify import ProblemClass
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables import Given
from solvitur.solvers.solution import Holding, Options, Outcome, Solution, Stop, Verification

__all__ = [
    "Holding",
    "Options",
    "Outcome",
    "Solution",
    "Solver",
    "Stop",
    "Verification",
    "connect",
    "solve",
]


class Solver(Protocol):
    """What a solver is: which classes it solves, whether it is there, and one method."""

    @property
    def name(self) -> str:
        """The name that `solve` knows it by."""

    @property
    def features(self) -> frozenset[ProblemClass]:
        """The classes of problem it solves to proven optimality."""

    def is_installed(self) -> bool:
        """Whether it can be used on this machine."""

    def version(self) -> str:
        """The version installed."""

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Solve and verify; infeasible, unbounded and out of time are results."""


def connect(name: str) -> Solver:
    """Find a solver by name.

    Raises:
        ConfigError: There is none of that name; the message lists those there are.
    """
    if name != "highs":
        raise ConfigError(f"unknown solver {name!r}; these are available: highs")
    from solvitur.solvers.highs import Highs

    return Highs()


def solve(
    formulation: Formulation,
    solver: str = "highs",
    options: Options | None = None,
    data: Given = None,
) -> Solution:
    """Solve a formulation and check the answer again on the formulation itself.

    Args:
        formulation: The five elements.
        solver: Who solves, by the name that `connect` knows.
        options: What the solver is told.
        data: The tables that the formulation names: a folder, tables by name, or `Data`.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: The solver cannot solve this class of problem.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x"},
        ...     "constraints": [{"name": "room", "expression": "2 * x <= 7"}]})
        >>> solution = solve(formulation)
        >>> solution.outcome.value, solution.objective, solution.verification.ok
        ('solved', 9.0, True)
    """
    return connect(solver).solve(Instance(formulation, data), options or Options())
