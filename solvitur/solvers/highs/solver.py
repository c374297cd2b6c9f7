"""HiGHS: linear, mixed-integer linear, and convex quadratic objectives."""

import importlib.metadata
import importlib.util
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from solvitur.errors import SolverUnavailable, Unsupported
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import Linearised
from solvitur.solvers.answering import GRACE, Found, is_as_good
from solvitur.solvers.highs.exclusion import as_array, at_most, without
from solvitur.solvers.highs.quadratic import (
    Balanced,
    balance,
    is_convex,
    is_ray,
    largest_gap,
    linearized,
    proven_gap,
    proximal,
    steepest_ray,
)
from solvitur.solvers.linear import Linear
from solvitur.solvers.points import start_of
from solvitur.solvers.program import Flags, Floats, Program, lifted
from solvitur.solvers.rewriting import in_rows
from solvitur.solvers.solution import Holding, Incumbent, Options, Point, Solution, Stop
from solvitur.solvers.solver import Capability, Feature, Solver
from solvitur.solvers.verify import TOLERANCE, verify
from solvitur.solvers.words import listed

if TYPE_CHECKING:
    from solvitur.solvers.highs.run import LoadedProgram, Run


@dataclass(frozen=True)
class Highs(Solver):
    """HiGHS: linear, mixed-integer linear, and convex quadratic objectives."""

    name: str = "highs"
    title: str = "HiGHS"
    features: frozenset[Feature] = frozenset(
        (
            ProblemClass.LP,
            ProblemClass.MILP,
            ProblemClass.QP,
            Capability.warm_start,
            Capability.incumbents,
            Capability.exclusion,
        )
    )
    how_to_install: str = "pip install highspy"

    def is_installed(self) -> bool:
        """Whether the solver can be used on this machine."""
        return importlib.util.find_spec("highspy") is not None

    def is_licensed(self) -> bool:
        """Whether it may be used: its licence is free."""
        return self.is_installed()

    def version(self) -> str:
        """Give the version of the installed solver."""
        return _version()

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Solve; infeasible, unbounded and out of time are results, and so is Ctrl-C.

        Raises:
            Unsupported: The problem is of a class, or a shape, that HiGHS cannot solve.
            SolverUnavailable: highspy is not installed.
            SolverError: HiGHS refuses the numbers or an option.
        """
        started = time.perf_counter()
        rewritten = in_rows(self, instance)
        problem_class = classify(rewritten.instance)
        if not self.supports(problem_class):
            raise Unsupported(_unsupported(problem_class, rewritten))
        if not self.is_installed():
            raise SolverUnavailable(
                f"HiGHS is not installed; install it with: {self.how_to_install}"
            )
        linear = Linear(rewritten.instance)
        program = linear.program
        if problem_class is ProblemClass.QP:
            from solvitur.solvers.curvature import quadratic  # where Pyomo is imported

            program = quadratic(linear)
        start, note = start_of(instance, options)
        watch = None if options.on_incumbent is None else Watch(options.on_incumbent, started)
        effort = Effort(options, started, watch=watch)
        aim = _narrowed(program, linear, effort)
        if start and program.is_mixed:
            effort = replace(effort, start=_started_at(start, rewritten.instance, aim))
        finding = minimize(aim, effort)
        point = None if finding.point is None else finding.point[: program.size]
        held = None if point is None else linear.values(point)
        values = {} if held is None else rewritten.without_additions(held)
        claimed = None if point is None else program.sign * program.value(point)
        check = None
        if point is not None:
            check = verify(instance, values, claimed, may_be_better=rewritten.is_changed)
        bound = None if finding.bound is None else program.sign * finding.bound
        message = "; ".join(filter(None, (finding.message, note)))
        additions = {} if held is None else rewritten.only_additions(held)
        found = Found(finding.stop, finding.holding, values, check, bound, message, additions)
        return found.solution(f"HiGHS {self.version()}", rewritten.instance, started)


@cache
def _version() -> str:
    """Look the version up, which takes as long as a small problem does, and does not change."""
    return importlib.metadata.version("highspy")


_STOPS = {
    "kOptimal": Stop.proved,
    "kInfeasible": Stop.proved,
    "kTimeLimit": Stop.time_limit,
    "kIterationLimit": Stop.iteration_limit,
    "kInterrupt": Stop.interrupted,
    "kHighsInterrupt": Stop.interrupted,
}
"""What HiGHS's status says about why it stopped; any other is a failure."""
_UNSURE = ("kUnbounded", "kUnboundedOrInfeasible")
EXACT = {
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_feasibility_tolerance": 1e-9,
}
_CURVATURES = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
"""What is added to a quadratic objective where HiGHS fails without, attempt by attempt.

The curvature of the objective itself is about 1.
"""


@dataclass(frozen=True)
class Finding:
    """Why HiGHS stopped and what it holds, of a program that minimizes."""

    stop: Stop
    holding: Holding
    point: Floats | None = None
    bound: float | None = None
    message: str = ""


_INFEASIBLE = Finding(Stop.proved, Holding.infeasible)
_UNBOUNDED = Finding(Stop.proved, Holding.unbounded)


@dataclass(frozen=True)
class Effort:
    """What HiGHS is told, and when its time is up."""

    options: Options
    started: float
    start: Floats | None = None
    """Whole numbers to begin a search with; not a number where none is known."""
    watch: "Watch | None" = None
    """Who is told of better points."""

    def run(
        self,
        program: Program,
        *,
        least: float = 0.0,
        factor: float | None = None,
        **settings: float | str,
    ) -> "Run":
        """Run HiGHS in the time that is left, or in the least that it is to get.

        Args:
            program: What to minimize.
            least: Seconds that HiGHS gets in any case.
            factor: What 1 in the objective turned into, in the search for the answer itself.
            settings: HiGHS's options by name.
        """
        from solvitur.solvers.highs.run import Aside, run  # where highspy is imported

        aside = Aside(log_file=self.options.log_file)
        if factor is not None and program.is_mixed:
            aside = replace(aside, start=self.start, tell=self._tell(program, factor))
        return run(program, self._told(least, settings), aside)

    def is_late(self) -> bool:
        """Whether the time is up."""
        limit = self.options.time_limit
        return limit is not None and time.perf_counter() - self.started > limit

    def loaded(self, program: Program, **settings: float) -> "LoadedProgram":
        """Prepare a linear program to be solved again and again, in the time that is left."""
        from solvitur.solvers.highs.run import LoadedProgram

        return LoadedProgram(program, self._told(0.0, settings))

    def infeasible_part(self, program: Program) -> "tuple[Flags, Flags, Flags] | None":
        """Ask HiGHS which rows, lower and upper bounds of a linear program cannot hold together."""
        from solvitur.solvers.highs.run import infeasible_part

        return infeasible_part(program, self._told(0.0, {}))

    def _told(self, least: float, settings: Mapping[str, float | str]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "random_seed": self.options.seed,
            "mip_rel_gap": self.options.gap,
            # Anything smaller is left out of rows; HiGHS's default is 1e-9.
            "small_matrix_value": 1e-12,
            **settings,
        }
        if self.options.threads is not None:
            told["threads"] = self.options.threads
        if self.options.time_limit is not None:
            left = self.started + self.options.time_limit - time.perf_counter()
            told["time_limit"] = max(left, least)
        return told

    def _tell(self, program: Program, factor: float) -> "Callable[..., None] | None":
        if self.watch is None:
            return None
        # HiGHS completes a point in a search of its own, whose bound says nothing of the problem.
        knows = self.start is None or bool(np.isfinite(self.start[program.whole]).all())
        return partial(self.watch, program.sign / factor, knows)


class Watch:
    """Tells of each point that is better than all before it.

    Args:
        tell: Who is told.
        started: When the search began.
    """

    def __init__(self, tell: Callable[[Incumbent], None], started: float) -> None:
        self._tell = tell
        self._started = started
        self._best = math.inf

    def __call__(self, factor: float, knows: bool, objective: float, bound: float | None) -> None:
        """Hear of a point.

        Args:
            factor: What turns figures into those of the formulation.
            knows: Whether the bound is one.
            objective: To be minimized.
            bound: Of the same kind.
        """
        if objective >= self._best:
            return
        self._best = objective
        bound = bound * factor if knows and bound is not None else None
        seconds = time.perf_counter() - self._started
        self._tell(Incumbent(objective * factor, bound, seconds))


def _started_at(start: Point, instance: Instance, program: Program) -> Floats:
    """Give the whole numbers of a point as an array; HiGHS finds the rest."""
    known = as_array(instance, start)
    known = np.append(known, np.full(program.size - len(known), np.nan))
    return np.where(program.whole, known, np.nan)


def _narrowed(program: Program, linear: Linear, effort: Effort) -> Program:
    """Leave out what the options exclude."""
    excluded, cutoff = effort.options.excluded, effort.options.cutoff
    if (excluded or cutoff is not None) and program.is_quadratic:
        raise Unsupported("HiGHS passes over points only where the objective is linear")
    if cutoff is not None:
        program = at_most(program, program.sign * cutoff)
    if not excluded:
        return program

    def reach(program: Program, place: int, side: int) -> float:
        unit = np.zeros(program.size)
        unit[place] = -side
        alone = replace(program.with_linear(unit), whole=np.zeros(program.size, dtype=bool))
        found = _solve_linear(alone, effort)
        if found.holding is not Holding.optimal or found.point is None:
            raise Unsupported(
                f"to pass over points, HiGHS needs a bound of every whole number, and "
                f"{linear.columns[place]} has none"
            )
        end = float(found.point[place])
        return math.floor(end + TOLERANCE) if side > 0 else math.ceil(end - TOLERANCE)

    return without(program, [as_array(linear.instance, point) for point in excluded], reach)


def minimize(program: Program, effort: Effort) -> Finding:
    """Solve a linear, mixed-integer linear or convex quadratic program.

    Raises:
        Unsupported: The objective is quadratic and not convex.
        SolverError: HiGHS refuses the numbers or an option.
    """
    if program.is_contradictory():
        return _INFEASIBLE
    if program.is_quadratic:
        if not is_convex(program.hessian):
            raise Unsupported(_not_convex(program.sign))
        return _solve_quadratic(program, effort)
    if program.is_mixed:
        return _solve_mixed(program, effort)
    return _solve_linear(program, effort)


def _solve_linear(program: Program, effort: Effort, **settings: float) -> Finding:
    """Solve a linear or mixed-integer program as HiGHS does."""
    scaled, factor = lifted(program)
    found = effort.run(scaled, factor=factor, **settings)
    if found.status in _UNSURE:
        return _tell_unbounded(program, effort)
    if found.status == "kInfeasible":
        return _INFEASIBLE
    stop, message = _stop(found)
    if found.point is None:
        return Finding(stop, Holding.nothing, message=message)
    bound = None if found.bound is None else found.bound / factor
    if found.status != "kOptimal":
        return Finding(stop, Holding.feasible, found.point, bound, message)
    if not program.is_mixed:
        bound = program.value(found.point)
    return Finding(Stop.proved, Holding.optimal, found.point, bound)


def _tell_unbounded(program: Program, effort: Effort) -> Finding:
    """Tell unbounded from infeasible: without an objective there is a point, or there is none.

    An integer program with a point and rational numbers is unbounded exactly when its relaxation
    is (Meyer, "On the existence of optimal solutions to integer programs", 1974).
    """
    found = effort.run(program.without_objective(), least=GRACE)
    if found.point is not None:
        return _UNBOUNDED
    if found.status == "kInfeasible":
        return _INFEASIBLE
    stop, message = _stop(found)
    return Finding(stop, Holding.nothing, message=message)


def _solve_mixed(program: Program, effort: Effort) -> Finding:
    """Solve with whole numbers that are whole.

    In integer programs HiGHS calls 0.999999 whole and forgives rows as much; times a large
    coefficient that is another answer. So the rest is settled anew around the whole numbers, and
    when that does not do, HiGHS is told to be more exact.
    """
    found = _solve_linear(program, effort)
    for exact in (False, True):
        if found.point is None:
            break
        point = _settled(program, found.point, effort)
        if point is not None:
            settled = replace(found, point=point)
            if found.holding is not Holding.optimal or _is_confirmed(program, settled, effort):
                return settled
        if exact or found.stop is not Stop.proved:
            stop = Stop.failed if found.stop is Stop.proved else found.stop
            return replace(found, stop=stop, holding=Holding.feasible, message=_NOT_WHOLE)
        found = _solve_linear(program, effort, **EXACT)
    return found


def _settled(program: Program, point: Floats, effort: Effort) -> Floats | None:
    """Round what is to be whole and solve for the rest, if there is a point like that."""
    whole = program.whole
    rounded = np.where(whole, np.round(point), point) + 0.0
    if whole.all():
        return rounded
    scaled, _ = lifted(program.with_fixed(whole, rounded))
    found = effort.run(scaled, least=GRACE)
    if found.status != "kOptimal" or found.point is None:
        return None
    return np.where(whole, rounded, found.point)


def _is_confirmed(program: Program, finding: Finding, effort: Effort) -> bool:
    """Whether the rounded point satisfies the rows and is as good as HiGHS claims."""
    assert finding.point is not None
    value = program.value(finding.point)
    return program.violation(finding.point) <= TOLERANCE and (
        finding.bound is None or is_as_good(value, finding.bound, effort.options.gap)
    )


def _solve_quadratic(program: Program, effort: Effort) -> Finding:
    """Solve with a convex quadratic objective, and believe only what is proved."""
    balanced = balance(program)
    best = _attempt(balanced.program, balanced, effort)
    if best.stop is Stop.failed:
        best = _unless_endless(balanced.program, best, effort)
    for n, curvature in enumerate(_CURVATURES):
        if best.stop is not Stop.failed or best.point is None:
            break
        aim = proximal(balanced.program, best.point, curvature)
        # Turning the order of the variables around leads HiGHS past most of what it fails at.
        found = _attempt(aim, balanced, effort, backwards=n % 2 == 0)
        best = _better(balanced, best, found)
    return replace(
        best,
        point=None if best.point is None else best.point * balanced.units,
        bound=None if best.bound is None else best.bound / balanced.factor,
    )


def _attempt(
    aim: Program, balanced: Balanced, effort: Effort, *, backwards: bool = False
) -> Finding:
    """Let HiGHS work on a quadratic program once, and judge its answer on the balanced one."""
    found = effort.run(
        aim.backwards() if backwards else aim,
        qp_regularization_value=0.0,
        # An active-set method takes about as many steps as there are rows and bounds.
        qp_iteration_limit=1000 + 20 * (aim.size + aim.matrix.rows),
    )
    stop = _STOPS.get(found.status, Stop.failed)
    if stop in (Stop.time_limit, Stop.interrupted):
        nothing = Finding(stop, Holding.nothing)
    else:
        nothing = Finding(Stop.failed, Holding.nothing, message=_UNPROVED)
    if found.point is None:
        return nothing
    point = np.clip(found.point[::-1] if backwards else found.point, aim.lower, aim.upper)
    if balanced.original.violation(point * balanced.units) > TOLERANCE:
        return nothing
    held = replace(nothing, holding=Holding.feasible, point=point)
    return held if stop is Stop.interrupted else _judge(balanced, held, point, effort)


def _judge(balanced: Balanced, held: Finding, point: Floats, effort: Effort) -> Finding:
    """Prove by one linear program that a point is optimal, or say how far that got."""
    program = balanced.program
    linear = linearized(program, point)
    steepest = max(1.0, float(np.abs(linear.cost).max(initial=0.0)))
    found = effort.run(linear.with_objective_times(1 / steepest), least=GRACE, **EXACT)
    if found.prices is None:
        return held
    value = program.value(point)
    gap = proven_gap(linear, point, found.prices * steepest)
    if gap <= largest_gap(balanced, value):
        return Finding(Stop.proved, Holding.optimal, point, value - gap)
    whole = np.array_equal(linear.lower, program.lower)
    whole = whole and np.array_equal(linear.upper, program.upper)
    return replace(held, bound=value - gap) if whole else held


def _better(balanced: Balanced, old: Finding, new: Finding) -> Finding:
    """Keep the new point unless it is clearly worse, and why the last attempt stopped."""
    if new.holding is Holding.optimal or old.point is None:
        return new
    before = balanced.program.value(old.point)
    if new.point is None or (
        balanced.program.value(new.point) > before + largest_gap(balanced, before)
    ):
        return replace(old, stop=new.stop, message=new.message)
    return new


def _unless_endless(program: Program, best: Finding, effort: Effort) -> Finding:
    """Find out whether there is no point at all, or no end; else give the best point so far."""
    if best.point is None:
        found = effort.run(program.without_objective(), least=GRACE)
        if found.status == "kInfeasible":
            return _INFEASIBLE
        if found.point is None:
            stop, message = _stop(found)
            return Finding(stop, Holding.nothing, message=message)
        best = replace(best, holding=Holding.feasible, point=found.point)
    cone = steepest_ray(program)
    ray = effort.run(cone, least=GRACE, **EXACT)
    if ray.point is not None and is_ray(cone, program, ray.point):
        return _UNBOUNDED
    return best


def _stop(found: "Run") -> tuple[Stop, str]:
    if found.status in _STOPS and found.status != "kOptimal":
        return _STOPS[found.status], ""
    return Stop.failed, (
        f"HiGHS stopped without a proof ({found.status}); the numbers may be badly scaled"
    )


_NOT_WHOLE = (
    "with whole numbers made whole, the answer is not what HiGHS claims; coefficients of very "
    "different size (a large 'big M') do that"
)
_UNPROVED = (
    "HiGHS's quadratic solver ended at a point that could not be proved to be the best; "
    "coefficients of very different size do that"
)


def _not_convex(sign: int) -> str:
    sense, wanted = ("minimize", "convex") if sign > 0 else ("maximize", "concave")
    return (
        f"to {sense}, HiGHS needs a {wanted} quadratic objective, and this one is not. "
        f"{_scip_can()}"
    )


def _unsupported(problem_class: ProblemClass, rewritten: Linearised) -> str:
    reason = {
        ProblemClass.MIQP: "a quadratic objective together with integer variables",
        ProblemClass.NLP: "a product of variables or a nonlinear function",
        ProblemClass.MINLP: "integer variables and a product of variables or a nonlinear function",
    }[problem_class]
    return (
        f"HiGHS solves LP, MILP and convex QP; this is {problem_class.value} ({reason}). "
        f"{_scip_can()}. Or make it linear:\n{listed(rewritten.reasons)}"
    )


def _scip_can() -> str:
    from solvitur.solvers.scip.solver import Scip

    scip = Scip()
    if scip.is_installed():
        return "SCIP can: choose the solver scip, or auto"
    return f"SCIP can; install it with: {scip.how_to_install}"
