"""What a solver is: what it can do, whether it is there, and one method."""

from enum import StrEnum
from typing import Protocol

from solvitur.formulation.classify import ProblemClass
from solvitur.formulation.instance import Instance
from solvitur.solvers.solution import Options, Solution


class Capability(StrEnum):
    """What some solvers can do beside solving a class of problem."""

    nonconvex = "nonconvex"
    """Proves what it says also where the objective or a row is not convex."""
    warm_start = "warm_start"
    """Starts at a point: `Options.warm_start`."""
    incumbents = "incumbents"
    """Tells of every better point while it searches: `Options.on_incumbent`."""
    exclusion = "exclusion"
    """Passes over given points, and over worse ones: `Options.excluded` and `cutoff`."""


Feature = ProblemClass | Capability


class Solver(Protocol):
    """A solver. What it can do is data; installed, licensed and version are three questions.

    A class that names this one as its base has `supports` from it.
    """

    @property
    def name(self) -> str:
        """The name that `connect` knows it by."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def features(self) -> frozenset[Feature]:
        """The classes of problem it solves, and what else it can do."""

    @property
    def how_to_install(self) -> str:
        """What to do to have it."""

    def supports(self, feature: Feature) -> bool:
        """Whether it solves a class of problem, or can do what a capability says."""
        return feature in self.features

    def is_installed(self) -> bool:
        """Whether it is on this machine; cheap."""

    def is_licensed(self) -> bool:
        """Whether it may be used here; asks the solver where it needs a licence."""

    def version(self) -> str:
        """The version installed."""

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Solve and verify; infeasible, unbounded and out of time are results.

        Raises:
            Unsupported: The problem is of a class, or an option asks, what it cannot do.
            SolverUnavailable: It is not installed or not licensed.
            SolverError: It failed.
        """
