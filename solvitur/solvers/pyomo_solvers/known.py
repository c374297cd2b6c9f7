"""The solvers that Pyomo may find on a machine, and what each of them can do."""

from collections.abc import Mapping
from dataclasses import dataclass

from solvitur.formulation.classify import ProblemClass

PREFIX = "pyomo:"
"""What the names of these solvers start with."""


@dataclass(frozen=True)
class Known:
    """One solver, as Pyomo knows it."""

    title: str
    about: str
    """Where it is from."""
    classes: tuple[ProblemClass, ...]
    needs: tuple[str, ...]
    """An executable or a Python module, any one of which brings it."""
    options: Mapping[str, str]
    """What it calls ``gap``, ``threads`` and ``seed``."""
    is_global: bool = False
    """Whether what it says is proved where the problem is not convex."""
    plainly: str = ""
    """A switch with which it decides what it leaves open without."""


_LINEAR = (ProblemClass.LP, ProblemClass.MILP)
_QUADRATIC = (*_LINEAR, ProblemClass.QP, ProblemClass.MIQP)
_CONTINUOUS = (ProblemClass.LP, ProblemClass.QP, ProblemClass.NLP)
_ALL = tuple(ProblemClass)
KNOWN = {
    "glpk": Known("GLPK", "gnu.org/software/glpk", _LINEAR, ("glpsol",),
                   {"gap": "mipgap", "seed": "seed"}, plainly="nopresol"),
    "cbc": Known("CBC", "github.com/coin-or/Cbc", _LINEAR, ("cbc",),
                  {"gap": "ratioGap", "threads": "threads", "seed": "randomCbcSeed"}),
    "gurobi": Known("Gurobi", "gurobi.com", _QUADRATIC, ("gurobipy", "gurobi_cl"),
                     {"gap": "MIPGap", "threads": "Threads", "seed": "Seed"}, is_global=True),
    "cplex": Known("CPLEX", "ibm.com/products/ilog-cplex-optimization-studio", _QUADRATIC,
                    ("cplex",), {"gap": "mip_tolerances_mipgap", "threads": "threads",
                                 "seed": "randomseed"}),
    "xpress": Known("Xpress", "fico.com/xpress", _QUADRATIC, ("xpress",),
                     {"gap": "miprelstop", "threads": "threads", "seed": "randomseed"}),
    "ipopt": Known("Ipopt", "github.com/coin-or/Ipopt", _CONTINUOUS, ("ipopt",), {}),
    "bonmin": Known("Bonmin", "github.com/coin-or/Bonmin", _ALL, ("bonmin",), {}),
    "couenne": Known("Couenne", "github.com/coin-or/Couenne", _ALL, ("couenne",), {},
                      is_global=True),
    "baron": Known("BARON", "minlp.com", _ALL, ("baron",),
                    {"gap": "EpsR", "threads": "threads"}, is_global=True),
    "knitroampl": Known("Knitro", "artelys.com/solvers/knitro", _ALL, ("knitroampl",), {}),
}  # fmt: skip
"""By the name that Pyomo calls it."""
