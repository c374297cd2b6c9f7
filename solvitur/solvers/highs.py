"""HiGHS, through Pyomo."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import Results, SolutionStatus, TerminationCondition
from pyomo.repn import generate_standard_repn

from solvitur.errors import SolverError, SolverUnavailable, Unsupported
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.elements import Sense
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance
from solvitur.solvers.pyomo_model import Lowering
from solvitur.solvers.solution import Holding, Options, Solution, Stop
from solvitur.solvers.verify import verify

Point = Mapping[str, Mapping[Key, float]]

_STOPS = {
    TerminationCondition.convergenceCriteriaSatisfied: Stop.proved,
    TerminationCondition.provenInfeasible: Stop.proved,
    TerminationCondition.unbounded: Stop.proved,
    TerminationCondition.infeasibleOrUnbounded: Stop.proved,
    TerminationCondition.maxTimeLimit: Stop.time_limit,
    TerminationCondition.iterationLimit: Stop.iteration_limit,
    TerminationCondition.interrupted: Stop.interrupted,
}
_UNSURE = (TerminationCondition.unbounded, TerminationCondition.infeasibleOrUnbounded)


@dataclass(frozen=True)
class Highs:
    """HiGHS: linear, mixed-integer linear, and convex quadratic objectives."""

    name: str = "highs"
    features: frozenset[ProblemClass] = frozenset(
        (ProblemClass.LP, ProblemClass.MILP, ProblemClass.QP)
    )

    def is_installed(self) -> bool:
        """Whether the solver can be used on this machine."""
        return bool(SolverFactory("highs").available())

    def version(self) -> str:
        """Give the version of the installed solver."""
        return ".".join(map(str, SolverFactory("highs").version() or ()))

    def solve(self, instance: Instance, options: Options) -> Solution:
        """Solve; infeasible, unbounded and out of time are results.

        Raises:
            Unsupported: The problem is of a class, or a shape, that HiGHS cannot solve.
            SolverUnavailable: highspy is not installed.
            SolverError: HiGHS failed.
        """
        started = time.perf_counter()
        problem_class = classify(instance)
        if problem_class not in self.features:
            raise Unsupported(_unsupported(problem_class))
        if not self.is_installed():
            raise SolverUnavailable("HiGHS is not installed; install it with: pip install highspy")
        lowering = Lowering(instance)
        if problem_class is ProblemClass.QP:
            _refuse_nonconvex(lowering.model, instance.formulation.objective.sense)
        results = _run(lowering.model, options)
        condition = results.termination_condition
        if condition in _UNSURE and (
            condition is not TerminationCondition.unbounded or instance.formulation.is_integer
        ):
            condition = _decide(lowering.model, options)
        holding = _holding(condition, results)
        values = _read(lowering, results) if holding in _POINTS else {}
        if values and instance.formulation.is_integer:
            values = _with_whole_numbers(values, lowering, options)
        check = verify(instance, values, results.incumbent_objective) if values else None
        return Solution(
            stop=_STOPS.get(condition, Stop.failed),
            holding=holding,
            problem_class=problem_class,
            solver=f"HiGHS {self.version()}",
            seconds=time.perf_counter() - started,
            objective=check.objective if check else None,
            bound=_finite(results.objective_bound) if check else None,
            values=values,
            verification=check,
            message=_message(condition),
            pyomo_model=lowering.model,
        )


_POINTS = (Holding.optimal, Holding.feasible)


def _run(model: pyo.ConcreteModel, options: Options) -> Results:
    """Let HiGHS solve. Pyomo keeps HiGHS's banner, printed at C level, off stdout."""
    settings: dict[str, Any] = {
        "load_solutions": False,
        "raise_exception_on_nonoptimal_result": False,
        "rel_gap": options.gap,
        "solver_options": {"random_seed": options.seed},
    }
    if options.time_limit is not None:
        settings["time_limit"] = options.time_limit
    if options.threads is not None:
        settings["threads"] = options.threads
    try:
        return SolverFactory("highs").solve(model, **settings)
    except (RuntimeError, ValueError, AttributeError) as error:
        raise SolverError(f"HiGHS could not work on this model: {error}") from error


def _decide(model: pyo.ConcreteModel, options: Options) -> TerminationCondition:
    """Tell unbounded from infeasible: without an objective there is a point, or there is none."""
    model.objective.deactivate()
    model.add_component("nothing_to_optimize_", pyo.Objective(expr=0))
    try:
        found = _run(model, options).termination_condition
    finally:
        model.del_component("nothing_to_optimize_")
        model.objective.activate()
    if found is TerminationCondition.convergenceCriteriaSatisfied:
        return TerminationCondition.unbounded
    return found


def _holding(condition: TerminationCondition, results: Results) -> Holding:
    if condition is TerminationCondition.provenInfeasible:
        return Holding.infeasible
    if condition is TerminationCondition.unbounded:
        return Holding.unbounded
    if results.solution_status is SolutionStatus.optimal:
        return Holding.optimal
    if results.solution_status is SolutionStatus.feasible:
        return Holding.feasible
    return Holding.nothing


def _read(lowering: Lowering, results: Results) -> Point:
    found = results.solution_loader.get_vars()
    return {
        name: {key: float(found.get(entry, 0.0)) for key, entry in entries.items()}
        for name, entries in lowering.variables.items()
    }


def _with_whole_numbers(values: Point, lowering: Lowering, options: Options) -> Point:
    """Round what HiGHS holds to be whole, and settle the continuous variables anew around it.

    In integer problems HiGHS calls 0.999999 whole and forgives rows as much. Times a large
    coefficient that is an answer slightly off, so the rest is solved again with the whole numbers
    fixed. When that fails the point stays as it was, and the verification says what is wrong.
    """
    whole = [v.name for v in lowering.instance.formulation.variables if v.domain != "continuous"]
    targets = {(name, key): round(v) for name in whole for key, v in values[name].items()}
    if len(whole) == len(values):
        return _rounded(values, whole)
    entries = {place: lowering.variables[place[0]][place[1]] for place in targets}
    for place, entry in entries.items():
        entry.fix(targets[place])
    try:
        results = _run(lowering.model, options)
        if results.solution_status is not SolutionStatus.optimal:
            return values
        settled = _read(lowering, results)
    finally:
        for entry in entries.values():
            entry.unfix()
    return _rounded({**settled, **{name: values[name] for name in whole}}, whole)


def _rounded(values: Point, whole: Collection[str]) -> Point:
    return {
        name: {key: round(v) + 0.0 for key, v in entries.items()} if name in whole else entries
        for name, entries in values.items()
    }


def _refuse_nonconvex(model: pyo.ConcreteModel, sense: Sense) -> None:
    """HiGHS does not check convexity thoroughly and would return a point that is not optimal."""
    form = generate_standard_repn(model.objective.expr, quadratic=True, compute_values=True)
    places: dict[int, int] = {}
    for pair in form.quadratic_vars:
        for variable in pair:
            places.setdefault(id(variable), len(places))
    hessian = np.zeros((len(places), len(places)))
    for (left, right), coefficient in zip(form.quadratic_vars, form.quadratic_coefs, strict=True):
        i, j = places[id(left)], places[id(right)]
        hessian[i, j] += coefficient
        hessian[j, i] += coefficient
    curvature = np.linalg.eigvalsh(hessian) * (1 if sense is Sense.minimize else -1)
    if curvature.size and curvature.min() < -1e-9 * max(1.0, float(abs(curvature).max())):
        wanted = "convex" if sense is Sense.minimize else "concave"
        raise Unsupported(
            f"to {sense.value}, HiGHS needs a {wanted} quadratic objective, and this one is not; "
            "a global solver for nonconvex problems is needed"
        )


def _unsupported(problem_class: ProblemClass) -> str:
    reason = {
        ProblemClass.MIQP: "a quadratic objective together with integer variables",
        ProblemClass.NLP: "a product of variables or a nonlinear function",
        ProblemClass.MINLP: "integer variables and a product of variables or a nonlinear function",
    }[problem_class]
    return (
        f"HiGHS solves LP, MILP and convex QP; this is {problem_class.value} ({reason}). "
        "Write it linearly: for max(a, b) or abs(a) to be minimized, use a variable t with "
        "t >= a and t >= b (or -a)"
    )


def _message(condition: TerminationCondition) -> str:
    if condition in _STOPS:
        return ""
    return f"HiGHS stopped without a proof ({condition.name}); the numbers may be badly scaled"


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None
