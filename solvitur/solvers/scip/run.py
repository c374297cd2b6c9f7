"""One run of SCIP on a model: silent, within its limits, and stopped by Ctrl-C."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyscipopt

from solvitur.solvers.scip.model import ScipModel
from solvitur.solvers.solution import Incumbent, Point, Stop
from solvitur.solvers.waiting import Guard, wait_for


@dataclass(frozen=True)
class Run:
    """What SCIP says of a model."""

    status: str
    """SCIP's own word for it, such as ``optimal``."""
    point: Point | None = None
    objective: float | None = None
    """The objective of the point, as SCIP reckons it."""
    bound: float | None = None
    """What no point is better than."""


def run(
    built: ScipModel,
    settings: dict[str, Any],
    log_file: Path | None = None,
    on_incumbent: Callable[[Incumbent], None] | None = None,
) -> Run:
    """Let SCIP work on a model.

    Args:
        built: The model.
        settings: SCIP's parameters by name.
        log_file: Where SCIP's log goes, behind what is there.
        on_incumbent: Told of every better point, in SCIP's thread; what it raises ends the run and
            is raised here.
    """
    model = built.model
    for name, value in settings.items():
        model.setParam(name, value)
    # Ctrl-C is for Python to hear: SCIP would keep it from the program for good.
    model.setParam("misc/catchctrlc", False)
    if log_file is not None:
        model.setLogfile(str(log_file))
    guard = Guard(on_incumbent or _nobody, model.interruptSolve)
    if on_incumbent is not None:
        watch = _Watch(guard, built.factor)
        model.includeEventhdlr(watch, "incumbents", "tells of better points")
    found: list[Run] = []

    def work() -> None:
        model.optimizeNogil()
        found.append(_read(built))
        # What derivatives are computed with may be freed only by the thread that made it.
        model.freeTransform()

    left = wait_for(work, model.interruptSolve, settings.get("limits/time", math.inf))
    guard.release()
    if left is not None:
        return Run("timelimit" if left is Stop.time_limit else "userinterrupt")
    return found[0]


def _read(built: ScipModel) -> Run:
    model = built.model
    there = model.getNSols() > 0
    return Run(
        status=model.getStatus(),
        point=built.values() if there else None,
        objective=model.getObjVal() / built.factor if there else None,
        bound=_bound(model, built.factor),
    )


class _Watch(pyscipopt.Eventhdlr):  # type: ignore[misc]
    """Hears of every better point."""

    def __init__(self, guard: Guard, factor: float) -> None:
        self.guard = guard
        self.factor = factor
        self.started = time.perf_counter()

    def eventinit(self) -> None:
        self.model.catchEvent(pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexit(self) -> None:
        self.model.dropEvent(pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexec(self, event: Any) -> None:
        model = self.model
        objective = model.getSolObjVal(model.getBestSol()) / self.factor
        bound = _bound(model, self.factor)
        self.guard(Incumbent(objective, bound, time.perf_counter() - self.started))


def _nobody(_: Incumbent) -> None:
    """Hear nothing."""


def _bound(model: Any, factor: float) -> float | None:
    bound = model.getDualbound()
    return None if model.isInfinity(abs(bound)) else float(bound / factor)
