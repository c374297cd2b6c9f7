"""The solvers that there are, and which one a name is."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from solvitur.errors import ConfigError
from solvitur.solvers.pyomo_solvers.known import KNOWN, PREFIX
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
    check_name(name)
    if name in _OWN:
        return _OWN[name]()
    from solvitur.solvers.pyomo_solvers.solver import PyomoSolver

    return PyomoSolver(name.removeprefix(PREFIX))


def check_name(name: str) -> None:
    """See that there is a solver of that name, without loading any.

    Raises:
        ConfigError: There is none; the message lists those there are.

    Example:
        >>> check_name("highs")
        >>> check_name("hihgs")
        Traceback (most recent call last):
        ...
        solvitur.errors.ConfigError: unknown solver 'hihgs' (did you mean 'highs'?); there are: ...
    """
    known = (*_OWN, *(f"{PREFIX}{key}" for key in KNOWN))
    if name not in known:
        meant = _meant(name, known)
        raise ConfigError(f"unknown solver {name!r}{meant}; there are: {', '.join(known)}")


def _auto() -> Solver:
    from solvitur.solvers.auto import Auto

    return Auto()


def _highs() -> Solver:
    from solvitur.solvers.highs.solver import Highs

    return Highs()


def _scip() -> Solver:
    from solvitur.solvers.scip.solver import Scip

    return Scip()


_OWN: dict[str, Callable[[], Solver]] = {"auto": _auto, "highs": _highs, "scip": _scip}
"""By name, what loads each solver that Pyomo has no part in."""


def _meant(name: str, known: Iterable[str]) -> str:
    """Say which solver is the nearest, whether Pyomo is named with it or not."""
    by_last_part = {each.rpartition(":")[2]: each for each in known}
    found = get_close_matches(name.rpartition(":")[2][:200], by_last_part, n=1)
    return f" (did you mean {by_last_part[found[0]]!r}?)" if found else ""
