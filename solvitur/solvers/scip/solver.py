"""SCIP: everything the language can say, also nonlinear and nonconvex, to a proven optimum."""

import importlib.metadata
import importlib.util
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solvitur.errors import SolverUnavailable
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.instance import Instance
from solvitur.solvers.answering import GRACE, INFEASIBLE, Found, is_as_good, settled
from solvitur.solvers.points import onto_bounds, start_of
from solvitur.solvers.rewriting import rewritten_for
from solvitur.solvers.solution import Holding, Options, Point, Solution, Stop, Verification
from solvitur.solvers.solver import Capability, Feature, Solver
from solvitur.solvers.verify import TOLERANCE

if TYPE_CHECKING:
    from solvitur.solvers.scip.run import Run


@dataclass(frozen=True)
class Scip(Solver):
    """SCIP: everything the language can say, also nonlinear and nonconvex, to a proven optimum."""

    name: str = "scip"
    title: str = "SCIP"
    features: frozenset[Feature] = frozenset((*ProblemClass, *Capability))
    how_to_install: str = "pip install 'solvitur[scip]'"

    def is_installed(self) -> bool:
        """Whether the solver can be used on this machine."""
        return importlib.util.find_spec("pyscipopt") is not None

    def is_licensed(self) -> bool:
        """Whether it may be used: its licence is free."""
        return self.is_installed()

    def version(self) -> str:
        """Give the version of the installed solver."""
        from pyscipopt import Model

        model = Model()
        return f"{model.getMajorVersion()}.{model.getMinorVersion()}.{model.getTechVersion()}"

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Solve; infeasible, unbounded and out of time are results, and so is Ctrl-C.

        Raises:
            Unsupported: A power whose base may be negative is raised to a variable, or an
                implication cannot be said by rows.
            SolverUnavailable: pyscipopt is not installed.
        """
        started = time.perf_counter()
        if not self.is_installed():
            raise SolverUnavailable(
                f"SCIP is not installed; install it with: {self.how_to_install}"
            )
        linear = rewritten_for(self, instance)
        search = _Search(linear.instance, options, started)
        found = search.answer()
        message = "; ".join(filter(None, (found.message, search.note)))
        found = replace(found, bound=search.bound(found), message=message)
        found = found.without_additions(linear, instance)
        return found.solution(f"SCIP {self.version()}", linear.instance, started)


_STOPS = {
    "optimal": Stop.proved,
    "gaplimit": Stop.proved,
    "timelimit": Stop.time_limit,
    "userinterrupt": Stop.interrupted,
    "nodelimit": Stop.iteration_limit,
    "totalnodelimit": Stop.iteration_limit,
    "stallnodelimit": Stop.iteration_limit,
    "restartlimit": Stop.iteration_limit,
}
"""What SCIP's status says about why it stopped; any other is a failure."""
_UNSURE = ("unbounded", "inforunbd")
_FEASIBLE = 1e-7
"""SCIP's tolerance, absolute: a tenth of what the second opinion forgives."""
_EXACT = 1e-9
"""For a second try at what is linear; with what is not, SCIP's simplex method takes no less."""
_OUT_OF_REACH = 1e9
"""A value of this size, in what is not linear, is where SCIP ended and not the problem."""
_ENDLESS = 1e10
"""An objective beyond this, at a point that was checked, is taken for one without an end."""


class _Search:
    """One problem on its way to an answer that holds."""

    def __init__(self, instance: Instance, options: Options, started: float) -> None:
        self.instance = instance
        self.options = options
        self.started = started
        self.problem_class = classify(instance)
        self.start, self.note = start_of(instance, options)
        self.sign = instance.formulation.objective.sense.sign

    def answer(self) -> Found:
        """Solve, settle whole numbers, and believe what the second opinion confirms."""
        found = Found(Stop.failed, Holding.nothing)
        for tolerance in (_FEASIBLE, _EXACT) if self.problem_class.is_linear else (_FEASIBLE,):
            ended = self._run(tolerance, start=self.start)
            if ended is None or ended.status == "infeasible":
                return INFEASIBLE
            if ended.status in _UNSURE:
                return self._tell_unbounded(ended)
            found = self._judge(ended, tolerance)
            if found.stop is not Stop.failed or found.point is None:
                break
        return found

    def bound(self, found: Found) -> float | None:
        """Give what no point is better than; by rounding, SCIP's may be worse than the answer."""
        if found.bound is None or found.check is None:
            return None
        return self.sign * min(self.sign * found.bound, self.sign * found.check.objective)

    def _run(
        self,
        tolerance: float,
        *,
        fixed: Point | None = None,
        start: Point | None = None,
        aimless: bool = False,
    ) -> "Run | None":
        """Run SCIP in the time that is left; ``None`` where a row can never hold."""
        from solvitur.solvers.scip.model import ScipModel  # where pyscipopt is imported
        from solvitur.solvers.scip.run import run

        built = ScipModel(self.instance, fixed, self.options.excluded)
        if self.options.cutoff is not None:
            built.stay_at(self.options.cutoff)
        if built.is_contradictory:
            return None
        if aimless:
            built.forget_objective()
        if start:
            built.start_at(start)
        settings: dict[str, Any] = {
            "limits/gap": self.options.gap,
            "limits/absgap": self.options.gap,
            "numerics/feastol": tolerance,
            "randomization/randomseedshift": self.options.seed % 2**31,
            # Multiplied out, a power of a sum can hardly be bounded.
            "expr/pow/expandmaxexponent": 1,
        }
        is_main = fixed is None and not aimless
        if self.options.time_limit is not None:
            left = self.started + self.options.time_limit - time.perf_counter()
            settings["limits/time"] = max(left, 0.0 if is_main else GRACE)
        told = self.options.on_incumbent if is_main else None
        return run(built, settings, self.options.log_file, told)

    def _judge(self, ended: "Run", tolerance: float) -> Found:
        """Make whole numbers whole, and ask for the second opinion."""
        stop = _STOPS.get(ended.status, Stop.failed)
        message = (
            "" if stop is not Stop.failed else f"SCIP stopped without a proof ({ended.status})"
        )
        if ended.point is None:
            return Found(stop, Holding.nothing, message=message)
        point, check = self._settled(ended, tolerance)
        held = Found(stop, Holding.feasible, point, check, ended.bound, message)
        if self._is_out_of_reach(point, check):
            stop = Stop.failed if stop is Stop.proved else stop
            return replace(held, stop=stop, bound=None, message=_FAR_AWAY)
        if stop is not Stop.proved:
            return held
        if not check.ok or not self._is_as_good(check, ended.bound):
            return replace(held, stop=Stop.failed, message=_UNPROVED)
        return replace(held, holding=Holding.optimal)

    def _settled(self, ended: "Run", tolerance: float) -> tuple[Point, Verification]:
        def anew(whole: Point) -> "Run | None":
            return self._run(tolerance, fixed=whole)

        return settled(self.instance, ended, anew, self._within_bounds)

    def _within_bounds(self, point: Point) -> Point:
        """Move what is over a bound by SCIP's tolerance onto it."""
        return {
            name: {key: onto_bounds(value, bounds[key]) for key, value in point[name].items()}
            for name, bounds in self.instance.bounds.items()
        }

    def _is_as_good(self, check: Verification, bound: float | None) -> bool:
        if bound is None:
            return False
        return is_as_good(self.sign * check.objective, self.sign * bound, self.options.gap)

    def _is_out_of_reach(self, point: Point, check: Verification) -> bool:
        """Whether a value may be so large only because SCIP looks no further."""
        if self.problem_class.is_linear:
            return False
        if abs(check.objective) > _OUT_OF_REACH**2:
            return True
        for name, entries in point.items():
            for key, value in entries.items():
                bounds = self.instance.bounds[name][key]
                end = bounds.upper if value > 0 else bounds.lower
                if abs(value) > _OUT_OF_REACH and (end is None or abs(end) > abs(value)):
                    return True
        return False

    def _tell_unbounded(self, ended: "Run") -> Found:
        """Tell unbounded from infeasible, and from what SCIP takes for unbounded.

        A linear program, also an integer one with rational numbers, is unbounded where its
        relaxation is and there is a point (Meyer 1974). Beyond that SCIP's word is not enough: a
        point is asked for whose objective is out of all proportion.
        """
        if ended.point is None:
            anything = self._run(_FEASIBLE, aimless=True)
            if anything is None or anything.status == "infeasible":
                return INFEASIBLE
            if anything.point is None:
                stop = _STOPS.get(anything.status, Stop.failed)
                return Found(stop, Holding.nothing, message=_PERHAPS_ENDLESS)
            ended = replace(anything, objective=None)
        if self.problem_class.is_linear:
            return Found(Stop.proved, Holding.unbounded)
        point, check = self._settled(ended, _FEASIBLE)
        if check.max_violation <= TOLERANCE and self.sign * check.objective < -_ENDLESS:
            return Found(Stop.proved, Holding.unbounded, message=_ENDLESSLY)
        return Found(Stop.failed, Holding.feasible, point, check, message=_PERHAPS_ENDLESS)


_UNPROVED = (
    "checked again, SCIP's answer is not what it claims; coefficients or bounds of very different "
    "size do that"
)
_FAR_AWAY = (
    "SCIP is at values beyond 1e9, which may be as far as it looks: the objective may have no "
    "limit; give every variable the bounds that it has in truth"
)
_PERHAPS_ENDLESS = (
    "SCIP holds the objective for unlimited, and no proof of that was found; give every variable "
    "the bounds that it has in truth"
)
_ENDLESSLY = "a point whose objective is beyond 1e10 was checked, and SCIP finds no end to it"
