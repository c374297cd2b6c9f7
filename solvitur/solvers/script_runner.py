"""A Pyomo script that nobody has read: run it, find the model it builds, and solve that.

This file runs only inside a sandbox. `solvitur.agents.script` sends its text there as the code of a
job, so it knows no other file of ours; importing it does nothing. What it gives back
is read from the Pyomo model, never from what the script printed.
"""

import importlib.metadata
import linecache
import math
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

import numpy
import pyomo.environ as pyo
from pyomo.common.modeling import unique_component_name
from pyomo.contrib.solver.common.results import SolutionStatus
from pyomo.contrib.solver.common.results import TerminationCondition as Ending
from pyomo.contrib.solver.common.util import IncompatibleModelError
from pyomo.contrib.solver.solvers.highs import Highs
from pyomo.contrib.solver.solvers.scip import base as visitor
from pyomo.contrib.solver.solvers.scip.scip_direct import ScipDirect
from pyomo.core.expr.numeric_expr import AbsExpression
from pyomo.opt import SolverResults, SolverStatus, TerminationCondition

NAME = "<script>"
_LEAST_SECONDS = 0.1
_MOST_ROWS_TOLD = 12
_LONGEST = 400
_SOLVING = ("main", "solve", "run", "optimize", "optimise")
_BUILDING = ("build", "create", "make", "model", "setup", "get", "define")


class NeedsNonlinearSolver(RuntimeError):
    """The model is beyond what the solvers on this machine solve."""


class SolverFailed(RuntimeError):
    """A solver ended with an error of its own."""


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Run a script and tell what came of it.

    Args:
        given: `script`, its text, and `seconds`, how long all of its solves may take together.

    Returns:
        `ending` (solved, infeasible, unbounded, limit, nonlinear, python_error, no_model,
        no_objective, failed), and with it what there is: `objective`, `bound`, `sense`,
        `values`, `violation`, `problem_class`, `solver`, `seconds`, `columns`, `rows`,
        `conflict`, `trouble`, `line`, `traceback`.
    """
    bench = Bench(time.monotonic() + given["seconds"])
    bench.install()
    trouble = _trouble(lambda: _execute(given["script"], bench))
    if bench.last is None and not trouble:
        trouble = _trouble(bench.solve_what_was_built)
    told = {"ending": "no_model"} if bench.last is None else bench.last
    error = trouble.pop("error", None)
    if isinstance(error, NeedsNonlinearSolver):
        return {"ending": "nonlinear", **trouble, "trouble": str(error)}
    if isinstance(error, SolverFailed):
        return {"ending": "failed", **trouble, "trouble": str(error)}
    if trouble and bench.last is None:
        return {"ending": "python_error", **trouble}
    # where there is no point, scripts fail at printing it: that says nothing
    return {**told, **trouble} if told["ending"] in ("solved", "limit") else told


def _trouble(work: Any) -> dict[str, Any]:
    """Do it; give what went wrong, or nothing."""
    try:
        work()
    except MemoryError:
        raise
    except SystemExit as error:
        if error.code in (None, 0):
            return {}
        return {"trouble": f"SystemExit: {error.code}", "line": _line(error), "traceback": ""}
    except BaseException as error:
        kind, words = type(error).__name__, " ".join(str(error).split())
        if isinstance(error, BlockingIOError) or words == "can't start new thread":
            words += "; the limit on processes and threads in here is reached"
        shown = traceback.TracebackException.from_exception(error)
        shown.stack = traceback.StackSummary.from_list(
            frame for frame in shown.stack if frame.filename == NAME
        )
        return {
            "error": error,
            "trouble": f"{kind}: {words}"[:_LONGEST],
            "line": _line(error),
            "traceback": "".join(shown.format(chain=False))[-4000:],
        }
    return {}


def _line(error: BaseException) -> int | None:
    if isinstance(error, SyntaxError) and error.filename == NAME:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == NAME), None)


def _execute(script: str, bench: "Bench") -> None:
    """Run the script as a program; if that builds no model, call its functions that may."""
    random.seed(0)  # sample data that a script makes up is the same every time
    numpy.random.seed(0)
    lines = script.splitlines(keepends=True)
    linecache.cache[NAME] = (len(script), None, lines, NAME)
    code: CodeType = compile(script, NAME, "exec")
    names: dict[str, Any] = {"__name__": "__main__", "__file__": NAME}
    sys.argv = [NAME]
    exec(code, names)
    if bench.last is None and not bench.built:
        for function in _entries(names):
            function()
            if bench.last is not None or bench.built:
                return


def _entries(names: dict[str, Any]) -> Iterator[FunctionType]:
    """Give the script's own functions that need no argument and sound like building or solving."""
    own = [
        value
        for value in names.values()
        if isinstance(value, FunctionType) and value.__code__.co_filename == NAME
    ]
    for words in (_SOLVING, _BUILDING):
        for function in own:
            code = function.__code__
            needed = code.co_argcount - len(function.__defaults__ or ())
            if needed == 0 and any(word in function.__name__.lower() for word in words):
                yield function


class Bench:
    """The models that a script builds, and the one solver behind every name it asks for.

    Attributes:
        built: Every model, in the order in which they were built.
        last: What came of the last solve, or None.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.built: list[Any] = []
        self.last: dict[str, Any] | None = None

    def install(self) -> None:
        """Take the place of Pyomo's solver factory, and see each model that is built."""
        bench = self
        construct, instantiate = pyo.ConcreteModel.__init__, pyo.AbstractModel.create_instance

        def build(model: Any, *arguments: Any, **keywords: Any) -> None:
            construct(model, *arguments, **keywords)
            bench.built.append(model)

        def create(model: Any, *arguments: Any, **keywords: Any) -> Any:
            instance = instantiate(model, *arguments, **keywords)
            bench.built.append(instance)
            return instance

        def connect(_: Any, name: Any = None, **keywords: Any) -> "_AnySolver":
            return _AnySolver(str(name), bench)

        pyo.ConcreteModel.__init__ = build
        pyo.AbstractModel.create_instance = create
        type(pyo.SolverFactory).__call__ = connect
        type(pyo.SolverManagerFactory).__call__ = lambda _, *__, **___: _Manager()

    def solve_what_was_built(self) -> None:
        """Solve the last model that has an objective; the script did not."""
        models = [model for model in self.built if _objectives(model)]
        if not models and self.built:
            self.last = {"ending": "no_objective"}
        elif models:
            self.solve(models[-1], None)

    def solve(self, model: Any, seconds: float | None) -> Any:
        """Solve a model, load the point into it, and remember what came of it."""
        left = max(_LEAST_SECONDS, self.deadline - time.monotonic())
        limit = left if seconds is None else min(left, max(_LEAST_SECONDS, seconds))
        started = time.monotonic()
        solver, result = _solved(model, limit)
        ending = _ending(result)
        has_point = ending in ("solved", "limit") and result.solution_status in _POINTS
        if has_point:
            result.solution_loader.load_vars()
            _load_duals(model, result)
        told = {
            "ending": ending,
            "solver": solver,
            "seconds": round(time.monotonic() - started, 4),
            **_size(model),
        }
        if has_point:
            told |= _point(model, result)
        elif ending == "infeasible":
            told["conflict"] = _conflict(model, self.deadline)
        if ending == "solved" and told["objective"] is None:
            words = "the objective is no finite number at the point that the solver found"
            told |= {"ending": "failed", "trouble": words}
        if ending == "solved" and not _objectives(model):
            told["ending"] = "no_objective"
        self.last = told
        return result


class _AnySolver:
    """What every `SolverFactory(name)` gives: a solver that is there, whatever the name."""

    def __init__(self, name: str, bench: Bench) -> None:
        self.name = self.type = name
        self.options: Any = _Options()
        self.config: Any = _Options()
        self._bench = bench
        self._model: Any = None

    def available(self, *_: Any, **__: Any) -> bool:
        return True

    license_is_valid = available

    def executable(self) -> str:
        return self.name

    def version(self) -> tuple[int, ...]:
        return (1, 0, 0)

    def set_instance(self, model: Any, **_: Any) -> None:
        self._model = model

    def __enter__(self) -> "_AnySolver":
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("add_", "remove_", "update_", "set_", "reset", "close")):
            return lambda *_, **__: None  # of persistent solvers: the model is read anew each time
        raise AttributeError(f"solver {self.name!r} has no attribute {name!r}")

    def solve(self, model: Any = None, *_: Any, **keywords: Any) -> Any:
        """Solve and answer as Pyomo's solvers do: infeasible is a status, not an exception."""
        model = self._model if model is None else model
        if isinstance(model, pyo.AbstractModel) and not model.is_constructed():
            model = model.create_instance()
        result = self._bench.solve(model, _time_limit(self.options, self.config, keywords))
        return _results(model, result, self.name)


class _Options(dict[str, Any]):
    """Options of a solver that is not there: all are taken, and only the time limit counts."""

    __getattr__ = dict.get
    __setattr__ = dict.__setitem__


class _Manager:
    """What every `SolverManagerFactory(name)` gives: it solves here and not at a server."""

    def __enter__(self) -> "_Manager":
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def solve(self, model: Any, opt: Any = None, solver: Any = None, **keywords: Any) -> Any:
        chosen = opt or solver
        one = chosen if isinstance(chosen, _AnySolver) else pyo.SolverFactory(chosen)
        return one.solve(model, **keywords)


_TIME_LIMITS = ("timelimit", "time_limit", "TimeLimit", "tmlim", "sec", "seconds", "max_cpu_time")


def _time_limit(*told: Any) -> float | None:
    found = []
    for options in told:
        inner = options.get("options")
        for place in (options, inner if isinstance(inner, dict) else {}):
            found += [place[name] for name in _TIME_LIMITS if name in place]
    numbers = [float(value) for value in found if isinstance(value, int | float) and value > 0]
    return min(numbers, default=None)


# --- solving -------------------------------------------------------------------------------------


def _solved(model: Any, seconds: float) -> tuple[str, Any]:
    """Solve with HiGHS, and with SCIP what is beyond HiGHS."""
    told = {
        "load_solutions": False,
        "raise_exception_on_nonoptimal_result": False,
        "time_limit": seconds,
    }
    try:
        result = Highs().solve(model, **told)
        if result.termination_condition is Ending.infeasibleOrUnbounded:
            result.termination_condition = _which(model, told)
        if result.termination_condition not in (Ending.error, Ending.unknown):
            return f"HiGHS {importlib.metadata.version('highspy')}", result
    except IncompatibleModelError:
        pass  # it is nonlinear
    if _problem_class(model) in ("LP", "MILP"):
        raise SolverFailed("HiGHS ended without saying anything of the model")
    scip = ScipDirect()
    if not scip.available():
        raise NeedsNonlinearSolver(
            "the model is nonlinear or its quadratic objective is not convex, and no solver for "
            "that is here; write it linearly, or install one with: pip install 'solvitur[scip]'"
        )
    visitor._operator_map.setdefault(AbsExpression, visitor._handle_unary)  # Pyomo forgot it
    try:
        return f"SCIP {importlib.metadata.version('pyscipopt')}", scip.solve(model, **told)
    except Exception as error:  # PySCIPOpt raises nothing narrower
        raise SolverFailed(" ".join(str(error).split())) from error


def _which(model: Any, told: dict[str, Any]) -> Ending:
    """Find out whether a model that is infeasible or unbounded has any point at all."""
    with _without_objective(model):
        found = Highs().solve(model, **told).solution_status
    return Ending.unbounded if found in _POINTS else Ending.provenInfeasible


_POINTS = (SolutionStatus.optimal, SolutionStatus.feasible)
_ENDINGS = {
    Ending.convergenceCriteriaSatisfied: "solved",
    Ending.provenInfeasible: "infeasible",
    Ending.locallyInfeasible: "infeasible",
    Ending.unbounded: "unbounded",
    Ending.maxTimeLimit: "limit",
    Ending.iterationLimit: "limit",
    Ending.objectiveLimit: "limit",
}

_LEGACY = {
    "solved": (SolverStatus.ok, TerminationCondition.optimal),
    "infeasible": (SolverStatus.warning, TerminationCondition.infeasible),
    "unbounded": (SolverStatus.warning, TerminationCondition.unbounded),
    "limit": (SolverStatus.aborted, TerminationCondition.maxTimeLimit),
    "failed": (SolverStatus.error, TerminationCondition.error),
}


def _ending(result: Any) -> str:
    return _ENDINGS.get(result.termination_condition, "failed")


def _results(model: Any, result: Any, name: str) -> Any:
    """Put it down as Pyomo's own solvers do."""
    legacy = SolverResults()
    legacy.solver.status, legacy.solver.termination_condition = _LEGACY[_ending(result)]
    legacy.solver.name = name
    legacy.solver.message = result.termination_condition.name
    legacy.problem.name = model.name
    bounds = [result.incumbent_objective, result.objective_bound]
    known = [float(b) for b in bounds if b is not None and math.isfinite(b)]
    legacy.problem.lower_bound, legacy.problem.upper_bound = (
        min(known, default=-math.inf),
        max(known, default=math.inf),
    )
    return legacy


def _load_duals(model: Any, result: Any) -> None:
    for suffix in model.component_objects(pyo.Suffix, active=True):
        read = {"dual": "get_duals", "rc": "get_reduced_costs"}.get(suffix.local_name)
        if read is not None and suffix.import_enabled():
            try:
                suffix.update(getattr(result.solution_loader, read)())
            except Exception:  # a model with integers has none
                continue


# --- reading -------------------------------------------------------------------------------------


def _objectives(model: Any) -> list[Any]:
    return list(model.component_data_objects(pyo.Objective, active=True))


def _rows(model: Any) -> list[Any]:
    return list(model.component_data_objects(pyo.Constraint, active=True))


def _variables(model: Any) -> Iterator[Any]:
    yield from model.component_data_objects(pyo.Var)


def _size(model: Any) -> dict[str, Any]:
    return {
        "columns": sum(1 for _ in _variables(model)),
        "rows": len(_rows(model)),
        "problem_class": _problem_class(model),
    }


def _problem_class(model: Any) -> str:
    whole = any(not variable.is_continuous() for variable in _variables(model))
    goal = [objective.polynomial_degree() for objective in _objectives(model)]
    limits = [row.body.polynomial_degree() for row in _rows(model)]
    if all(degree in (0, 1) for degree in (*goal, *limits)):
        return "MILP" if whole else "LP"
    if all(degree in (0, 1) for degree in limits) and all(degree in (0, 1, 2) for degree in goal):
        return "MIQP" if whole else "QP"
    return "MINLP" if whole else "NLP"


def _point(model: Any, result: Any) -> dict[str, Any]:
    """Read the point from the model itself."""
    objectives = _objectives(model)
    return {
        "objective": _number(pyo.value(objectives[0])) if objectives else None,
        "sense": None if not objectives else _sense(objectives[0]),
        "bound": _number(result.objective_bound),
        "values": _values(model),
        "violation": _violation(model),
    }


def _values(model: Any) -> list[tuple[str, list[str], float | None]]:
    """Give name, key and value of every entry; keys that read alike are told apart."""
    entries = [(variable.parent_component().name, variable) for variable in _variables(model)]
    often = Counter((name, *_key(variable.index())) for name, variable in entries)
    values = []
    for name, variable in entries:
        key = _key(variable.index())
        if often[name, *key] > 1:
            key = _key(variable.index(), repr)
        values.append((name, key, _number(variable.value)))
    return values


def _violation(model: Any) -> float:
    """Compute the rows, bounds and whole numbers of the model anew; give the largest miss."""
    misses = [
        _miss(pyo.value(row.body), pyo.value(row.lower), pyo.value(row.upper))
        for row in _rows(model)
    ]
    for variable in _variables(model):
        if variable.value is not None:
            misses.append(_miss(variable.value, variable.lb, variable.ub))
            if not variable.is_continuous():
                misses.append(abs(variable.value - round(variable.value)))
    return max(misses, default=0.0)


def _miss(value: float, lower: float | None, upper: float | None) -> float:
    below = 0.0 if lower is None else (lower - value) / max(1.0, abs(lower), abs(value))
    above = 0.0 if upper is None else (value - upper) / max(1.0, abs(upper), abs(value))
    return max(below, above)


def _sense(objective: Any) -> str:
    return "maximize" if objective.sense == pyo.maximize else "minimize"


def _key(index: Any, said: Callable[[Any], str] = str) -> list[str]:
    if index is None:
        return []
    return [said(part) for part in index] if isinstance(index, tuple) else [said(index)]


def _number(value: Any) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and math.isfinite(number) else None


def _conflict(model: Any, deadline: float) -> list[str]:
    """Give constraints that cannot hold together, none of which can be spared.

    Rows are left out by ever smaller blocks, as long as the rest still contradicts itself. It stops
    after half of the time that is left; what it has then still contradicts itself, but a row of it
    may not be needed.
    """
    needed = rows = _rows(model)
    until = time.monotonic() + (deadline - time.monotonic()) / 2
    size = len(rows)
    with _without_objective(model), _restored(rows):
        while size >= 1 and time.monotonic() < until:
            for start in range(0, len(needed), size):
                block = [row for row in needed[start : start + size] if row.active]
                if time.monotonic() < until and not _spared(model, block, until):
                    _switch(block, on=True)
            needed = [row for row in needed if row.active]
            size //= 2
    if not needed:
        return ["the bounds of the variables alone"]
    return [f"{row.name}: {row.expr}"[:_LONGEST] for row in needed[:_MOST_ROWS_TOLD]] + (
        [f"and {len(needed) - _MOST_ROWS_TOLD} more"] if len(needed) > _MOST_ROWS_TOLD else []
    )


def _spared(model: Any, block: list[Any], until: float) -> bool:
    """Whether the rest contradicts itself without these rows, which are left out."""
    _switch(block, on=False)
    try:
        _, result = _solved(model, max(_LEAST_SECONDS, until - time.monotonic()))
    except Exception:  # a solver that fails has proved nothing
        return False
    return _ending(result) == "infeasible"


def _switch(components: list[Any], *, on: bool) -> None:
    for component in components:
        if on:
            component.activate()
        else:
            component.deactivate()


@contextmanager
def _restored(components: list[Any]) -> Iterator[None]:
    """Switch them on again at the end."""
    try:
        yield
    finally:
        _switch(components, on=True)


@contextmanager
def _without_objective(model: Any) -> Iterator[None]:
    """Ask only whether there is any point."""
    objectives = _objectives(model)
    nothing = pyo.Objective(expr=pyo.quicksum(0.0 * variable for variable in _variables(model)))
    with _restored(objectives):
        _switch(objectives, on=False)
        model.add_component(unique_component_name(model, "nothing"), nothing)
        try:
            yield
        finally:
            model.del_component(nothing)
