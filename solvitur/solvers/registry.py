"""The solvers that there are, and which one a name is."""

from collections.abc import Iterable
from difflib import get_close_matches

from solvitur.errors import ConfigError
from solvitur.solvers.solver import Solver


def registered() -> tuple[Solver, ...]:
    """Give the solvers that there are, best first.

    HiGHS and SCIP, here or to be installed, and those that Pyomo finds on this machine.
    """
    from solvitur.solvers.highs.solver import Highs
    from solvitur.solvers.pyomo_solvers.solver import known_solvers
    from solvitur.solvers.scip.solver import Scip

    return (Highs(), Scip(), *(solver for solver in known_solvers() if solver.is_installed()))


def connect(name: str) -> Solver:
    """Find a solver by name.

    ``auto`` is HiGHS, and SCIP for what HiGHS cannot solve; ``pyomo:NAME`` is a solver that Pyomo
    knows, such as ``pyomo:glpk``.

    Raises:
        ConfigError: There is none of that name; the message lists those there are.

    Example:
        >>> from solvitur.solvers.solver import Capability
        >>> connect("highs").supports(Capability.nonconvex)
        False
    """
    from solvitur.solvers.auto import Auto
    from solvitur.solvers.highs.solver import Highs
    from solvitur.solvers.pyomo_solvers.solver import known_solvers
    from solvitur.solvers.scip.solver import Scip

    solvers = {solver.name: solver for solver in (Auto(), Highs(), Scip(), *known_solvers())}
    if name not in solvers:
        meant = _meant(name, solvers)
        raise ConfigError(f"unknown solver {name!r}{meant}; there are: {', '.join(solvers)}")
    return solvers[name]


def _meant(name: str, known: Iterable[str]) -> str:
    """Say which solver is the nearest, whether Pyomo is named with it or not."""
    by_last_part = {each.rpartition(":")[2]: each for each in known}
    found = get_close_matches(name.rpartition(":")[2][:200], by_last_part, n=1)
    return f" (did you mean {by_last_part[found[0]]!r}?)" if found else ""
