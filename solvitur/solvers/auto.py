"""The solver that a problem needs: HiGHS for what it can solve, and SCIP for the rest."""

import time
from dataclasses import dataclass, replace

from solvitur.errors import Unsupported
from solvitur.formulation.instance import Instance
from solvitur.solvers.highs.solver import Highs
from solvitur.solvers.scip.solver import Scip
from solvitur.solvers.solution import Options, Solution, Stop
from solvitur.solvers.solver import Feature, Solver


@dataclass(frozen=True)
class Auto(Solver):
    """HiGHS for what it can solve, and SCIP, where it is installed, for the rest."""

    name: str = "auto"
    title: str = "HiGHS, or SCIP for what HiGHS cannot solve"
    how_to_install: str = ""

    @property
    def features(self) -> frozenset[Feature]:
        """What the two can do that are on this machine."""
        return Highs().features | (Scip().features if Scip().is_installed() else frozenset())

    def is_installed(self) -> bool:
        """Whether HiGHS is there."""
        return Highs().is_installed()

    def is_licensed(self) -> bool:
        """Whether they may be used: their licences are free."""
        return self.is_installed()

    def version(self) -> str:
        """Give the version of HiGHS."""
        return Highs().version()

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Let HiGHS solve, and SCIP what HiGHS refuses or fails at.

        Raises:
            Unsupported: HiGHS cannot solve it and SCIP is not installed, or cannot either.
            SolverError: A solver failed.
        """
        started = time.perf_counter()
        found = None
        try:
            found = Highs().solve(instance, options)
        except Unsupported:
            if not Scip().is_installed():
                raise
        if found is not None and (found.stop is not Stop.failed or not Scip().is_installed()):
            return found
        if options.time_limit is not None:
            left = options.time_limit - (time.perf_counter() - started)
            options = replace(options, time_limit=max(left, 0.0))
        other = Scip().solve(instance, options)
        return other if found is None or other.stop is Stop.proved else found
