"""Solvers that Pyomo finds on this machine, from GLPK to Gurobi."""

import shutil
import time
from dataclasses import dataclass
from importlib.util import find_spec

from solvitur.errors import SolverUnavailable, Unsupported
from solvitur.formulation.instance import Instance
from solvitur.solvers.pyomo_solvers.known import KNOWN, PREFIX
from solvitur.solvers.rewriting import rewritten_for
from solvitur.solvers.solution import Options, Solution
from solvitur.solvers.solver import Capability, Feature, Solver


@dataclass(frozen=True)
class PyomoSolver(Solver):
    """A solver that Pyomo finds on this machine.

    Args:
        key: What Pyomo calls it.
    """

    key: str

    @property
    def name(self) -> str:
        """What `connect` calls it, such as ``pyomo:glpk``."""
        return f"{PREFIX}{self.key}"

    @property
    def title(self) -> str:
        """What people call it."""
        return KNOWN[self.key].title

    @property
    def features(self) -> frozenset[Feature]:
        """The classes of problem it solves, and whether also what is not convex."""
        known = KNOWN[self.key]
        return frozenset((*known.classes, *([Capability.nonconvex] if known.is_global else ())))

    @property
    def how_to_install(self) -> str:
        """Where it is from."""
        return f"see {KNOWN[self.key].about}"

    def is_installed(self) -> bool:
        """Whether its program or its Python module is here."""
        needs = KNOWN[self.key].needs
        return any(shutil.which(need) or find_spec(need) is not None for need in needs)

    def is_licensed(self) -> bool:
        """Whether it may be used here, as it says itself."""
        from solvitur.solvers.pyomo_solvers.search import factory_of  # where Pyomo is imported

        factory = factory_of(self.key)
        return bool(factory.available(exception_flag=False)) and bool(factory.license_is_valid())

    def version(self) -> str:
        """Give the version that is installed."""
        from solvitur.solvers.pyomo_solvers.search import factory_of  # where Pyomo is imported

        numbers: tuple[int, ...] = factory_of(self.key).version() or ()
        while len(numbers) > 2 and not numbers[-1]:
            numbers = numbers[:-1]
        return ".".join(map(str, numbers)) or "of unknown version"

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Solve; infeasible, unbounded and out of time are results, and so is Ctrl-C.

        Raises:
            Unsupported: The problem is of a class that it cannot solve, or an option asks for
                what it cannot do.
            SolverUnavailable: It is not installed, or not licensed.
            SolverError: It failed.
        """
        from solvitur.solvers.pyomo_solvers.search import Search  # where Pyomo is imported

        started = time.perf_counter()
        rewritten = rewritten_for(self, instance)
        self._refuse(options)
        if not self.is_installed() or not self.is_licensed():
            raise SolverUnavailable(
                f"{self.title} is not installed, or has no licence here; {self.how_to_install}"
            )
        found = Search(self.key, rewritten.instance, options, started).answer()
        found = found.without_additions(rewritten, instance)
        return found.solution(f"{self.title} {self.version()}", rewritten.instance, started)

    def _refuse(self, options: Options) -> None:
        asked = {
            Capability.warm_start: options.warm_start is not None,
            Capability.exclusion: bool(options.excluded) or options.cutoff is not None,
        }
        for capability, is_asked in asked.items():
            if is_asked:
                words = capability.replace("_", " ")
                raise Unsupported(f"{self.title} has no {words} here; HiGHS and SCIP have")


def known_solvers() -> tuple[PyomoSolver, ...]:
    """Give all that Pyomo may find, here or not."""
    return tuple(PyomoSolver(key) for key in KNOWN)
