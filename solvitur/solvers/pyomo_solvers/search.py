"""One problem on its way through a solver that Pyomo finds, and what is to be believed of it."""

import math
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
from pyomo.common.errors import ApplicationError

from solvitur.errors import SolverError
from solvitur.formulation.bounds import Bounds
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.elements import Domain
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance
from solvitur.solvers.answering import GRACE, INFEASIBLE, Found, is_as_good, settled
from solvitur.solvers.curvature import quadratic
from solvitur.solvers.highs.quadratic import is_convex
from solvitur.solvers.linear import Linear
from solvitur.solvers.points import onto_bounds
from solvitur.solvers.program import lifted
from solvitur.solvers.pyomo_solvers.known import KNOWN
from solvitur.solvers.pyomo_solvers.model import Lowering
from solvitur.solvers.solution import Holding, Options, Point, Stop, Verification
from solvitur.solvers.verify import TOLERANCE, verify
from solvitur.solvers.waiting import is_interrupted, wait_for

_STOPS = {
    "optimal": Stop.proved,
    "globallyOptimal": Stop.proved,
    "locallyOptimal": Stop.local,
    "feasible": Stop.iteration_limit,
    "maxTimeLimit": Stop.time_limit,
    "maxIterations": Stop.iteration_limit,
    "maxEvaluations": Stop.iteration_limit,
    "userInterrupt": Stop.interrupted,
}
"""What Pyomo's word says about why it stopped; any other is a failure."""
_UNSURE = ("unbounded", "infeasibleOrUnbounded", "noSolution")


@dataclass(frozen=True)
class _Ended:
    """How a run ended, in Pyomo's word."""

    condition: str
    point: Point | None = None
    objective: float | None = None
    bound: float | None = None


class Search:
    """One problem on its way to an answer that holds."""

    def __init__(self, key: str, instance: Instance, options: Options, started: float) -> None:
        self.key = key
        self.instance = instance
        self.options = options
        self.started = started
        self.known = KNOWN[key]
        self.kind = classify(instance)
        self.is_linear = self.kind.is_linear
        self.is_plain = False
        self.factor = 1.0
        self.lowering = Lowering(instance)
        self._make_bounds_whole()
        self.nothing = _no_objective(self.lowering.model)
        self.sign = instance.formulation.objective.sense.sign

    def _make_bounds_whole(self) -> None:
        """Give whole numbers whole bounds; GLPK gives up where they are not."""
        for declared in self.instance.formulation.variables:
            if declared.domain is Domain.continuous:
                continue
            for entry in self.lowering.variables[declared.name].values():
                if entry.lb is not None:
                    entry.setlb(math.ceil(entry.lb - TOLERANCE))
                if entry.ub is not None:
                    entry.setub(math.floor(entry.ub + TOLERANCE))

    def answer(self) -> Found:
        """Solve, settle whole numbers, and claim no more than is proved."""
        if self.is_linear:
            program = Linear(self.instance).program
            if program.is_contradictory():
                return INFEASIBLE
            _, self.factor = lifted(program)
            self.lowering.objective.set_value(self.factor * self.lowering.objective.expr)
        ended = self._run()
        if ended.condition in ("infeasible", *_UNSURE) or (
            ended.condition == "other" and self.known.plainly
        ):
            return self._tell_apart(ended.condition)
        stop, message = self._stop(ended.condition)
        if ended.point is None:
            return Found(stop, Holding.nothing, message=message)
        point, check = settled(self.instance, ended, lambda whole: self._run(fixed=whole))
        bound = self._bound(ended, check)
        held = Found(stop, Holding.feasible, point, check, bound, message)
        if not check.ok:
            return replace(held, stop=Stop.failed, bound=None, message=_NOT_CONFIRMED)
        if stop is Stop.proved and not self._is_as_good(check, bound):
            return replace(held, stop=Stop.failed, bound=None, message=_NOT_CONFIRMED)
        return replace(held, holding=Holding.optimal) if stop is Stop.proved else held

    def _is_as_good(self, check: Verification, bound: float | None) -> bool:
        if bound is None:
            return True
        return is_as_good(self.sign * check.objective, self.sign * bound, self.options.gap)

    def _stop(self, condition: str) -> tuple[Stop, str]:
        title = self.known.title
        stop = _STOPS.get(condition, Stop.failed)
        if stop in (Stop.failed, Stop.iteration_limit) and self._is_late():
            return Stop.time_limit, ""
        if stop is Stop.failed:
            return stop, f"{title} stopped without a proof ({condition})"
        if stop is Stop.local or (stop is Stop.proved and not self._is_proof()):
            return Stop.local, (
                f"{title} looks only near the point it comes to, so there may be a better one "
                "elsewhere; SCIP proves which is best"
            )
        return stop, ""

    def _is_proof(self) -> bool:
        """Whether what the solver calls optimal, or infeasible, is: convex is, whoever solves."""
        if self.known.is_global:
            return True
        if self.is_linear:
            return True
        if self.kind not in (ProblemClass.QP, ProblemClass.MIQP):
            return False
        return is_convex(quadratic(Linear(self.instance)).hessian)

    def _infeasible(self) -> Found:
        """Believe that there is no point, unless the time was up or the search was local."""
        if self._is_late():
            return Found(Stop.time_limit, Holding.nothing)
        if self._is_proof():
            return INFEASIBLE
        words = f"{self.known.title} found no point near where it began, which proves nothing"
        return Found(Stop.local, Holding.nothing, message=words)

    def _tell_apart(self, condition: str) -> Found:
        """Tell unbounded from infeasible: without an objective there is a point, or there is none.

        Not even a plain "infeasible" is believed at once: GLPK and CBC say so of programs that are
        unbounded. A linear program, also an integer one with rational numbers, is unbounded where
        its relaxation is and there is a point (Meyer 1974).
        """
        self.is_plain = True
        anything = self._run(aimless=True)
        if anything.condition in ("infeasible", *_UNSURE):
            return self._infeasible()
        there = anything.point
        if there is not None and verify(self.instance, there, None).max_violation <= TOLERANCE:
            if condition not in _UNSURE:
                condition = self._run(relaxed=True).condition
            if condition in _UNSURE and self.is_linear:
                return Found(Stop.proved, Holding.unbounded)
        if self._is_late():
            return Found(Stop.time_limit, Holding.nothing)
        return Found(Stop.failed, Holding.nothing, message=_PERHAPS_ENDLESS)

    def _is_late(self) -> bool:
        limit = self.options.time_limit
        return limit is not None and time.perf_counter() - self.started >= 0.99 * limit

    def _bound(self, ended: _Ended, check: Verification) -> float | None:
        """Give the bound that the solver states, unless it says the impossible."""
        if ended.bound is None or not math.isfinite(ended.bound):
            return None
        over = self.sign * (ended.bound - check.objective)
        if over > TOLERANCE * max(1.0, abs(check.objective)):
            return None
        return check.objective if over > 0 else ended.bound

    def _run(
        self, *, fixed: Point | None = None, aimless: bool = False, relaxed: bool = False
    ) -> _Ended:
        """Run once; what is fixed or relaxed stays so for the runs to come."""
        model, stated = self.lowering.model, self.lowering.objective
        for name, values in (fixed or {}).items():
            for key, value in values.items():
                self.lowering.variables[name][key].fix(value)
        (stated.deactivate if aimless else stated.activate)()
        (self.nothing.activate if aimless else self.nothing.deactivate)()
        if relaxed:
            pyo.TransformationFactory("core.relax_integer_vars").apply_to(model)
        results = self._results(is_main=not (aimless or relaxed or fixed))
        if results is None:
            return _Ended("userInterrupt")
        condition = str(results.solver.termination_condition)
        if not len(results.solution) or condition not in _STOPS:
            return _Ended(condition)
        results.solver.status = "ok"  # the condition says it all; Pyomo would warn of the rest
        model.solutions.load_from(results)
        bound = results.problem.lower_bound if self.sign > 0 else results.problem.upper_bound
        point = self._point()
        said = [value["Value"] for value in results.solution(0).objective.values()]
        objective = float(said[0]) if said else pyo.value(stated.expr)
        bound = None if bound is None else float(bound) / self.factor
        return _Ended(condition, point, objective / self.factor, bound)

    def _results(self, *, is_main: bool) -> Any:
        """Let the solver work; ``None`` where it was stopped and left alone."""
        factory = factory_of(self.key)
        known = self.known.options
        if self.is_plain and self.known.plainly:
            factory.options[self.known.plainly] = ""
        told = {
            "gap": self.options.gap,
            "threads": self.options.threads,
            "seed": self.options.seed or None,
        }
        for word, value in told.items():
            if word in known and value is not None:
                factory.options[known[word]] = value
        settings: dict[str, Any] = {"load_solutions": False}
        if self.options.time_limit is not None:
            left = self.started + self.options.time_limit - time.perf_counter()
            # Many take whole seconds only, and zero for no limit.
            settings["timelimit"] = max(1, math.ceil(max(left, 0.0 if is_main else GRACE)))
        results: list[Any] = []

        def work() -> None:
            with _logged(self.options.log_file) as log:
                results.append(factory.solve(self.lowering.model, logfile=log, **settings))

        try:
            # A program of its own hears Ctrl-C on a terminal by itself.
            reason = wait_for(work, lambda: None, math.inf)
            return None if reason is not None else results[0]
        except (ApplicationError, RuntimeError, ValueError, OSError) as error:
            if is_interrupted():  # some end like that when Ctrl-C is pressed
                return None
            words = (str(error).splitlines() or [type(error).__name__])[0]
            raise SolverError(f"{self.known.title} failed: {words}") from error

    def _point(self) -> Point:
        """Read the values; what stands in no row has none, and may have any within its bounds."""
        point: dict[str, dict[Key, float]] = {}
        for name, entries in self.lowering.variables.items():
            point[name] = {key: _value(entry) for key, entry in entries.items()}
            for key, entry in entries.items():
                entry.set_value(point[name][key], skip_validation=True)
        return point


@contextmanager
def _logged(log_file: Path | None) -> Iterator[str | None]:
    """Give a file for the log of one run; put it behind those before."""
    if log_file is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "log"
        try:
            yield str(one)
        finally:
            if one.exists():
                with log_file.open("ab") as file:
                    file.write(one.read_bytes())


def _value(entry: Any) -> float:
    bounds = Bounds(entry.lb, entry.ub)
    if entry.value is not None:
        return onto_bounds(float(entry.value), bounds)
    return min(max(0.0, -math.inf if bounds.lower is None else bounds.lower),
               math.inf if bounds.upper is None else bounds.upper)  # fmt: skip


def _no_objective(model: Any) -> Any:
    nothing = pyo.Objective(expr=0.0)
    model.add_component("no objective", nothing)  # no name of a formulation has a space
    nothing.deactivate()
    return nothing


def factory_of(key: str) -> Any:
    """Give Pyomo's own object for a solver."""
    return pyo.SolverFactory(key)


_NOT_CONFIRMED = (
    "checked again, the answer is not what the solver claims; coefficients of very different size "
    "do that"
)
_PERHAPS_ENDLESS = (
    "the objective may have no limit; give every variable the bounds that it has in truth"
)
