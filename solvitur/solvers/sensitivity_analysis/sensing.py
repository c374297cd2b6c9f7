"""Sensitivity of whatever has an optimum: by prices where there are any, else by trials."""

import time
from dataclasses import replace

from solvitur.formulation.elements import Sense
from solvitur.formulation.instance import Instance
from solvitur.solvers.highs.solver import Effort, Finding, minimize
from solvitur.solvers.reading import Reading
from solvitur.solvers.sensitivity_analysis.anew import checked, said, without_reduced_costs
from solvitur.solvers.sensitivity_analysis.prices import Method, Sensitivity
from solvitur.solvers.sensitivity_analysis.ranging import Around
from solvitur.solvers.sensitivity_analysis.trials import tried
from solvitur.solvers.solution import Holding, Options, Stop
from solvitur.solvers.words import unit_of


def find_sensitivity(instance: Instance, options: Options) -> Sensitivity:
    """Find what one more unit is worth; see `solvitur.solvers.sensitivity`."""
    effort = Effort(replace(options, log_file=None), time.perf_counter())
    reading = Reading(instance)
    program = reading.program
    found = minimize(program, effort) if reading.has_objective else None
    nothing = Sensitivity(
        method=None,
        maximizes=instance.formulation.objective.sense is Sense.maximize,
        objective=None,
        unit=unit_of(instance.objective, instance.formulation),
        prices=(),
        entries=(),
        seconds=time.perf_counter() - effort.started,
    )
    if found is None or found.point is None or found.holding is not Holding.optimal:
        return replace(nothing, message=_why_not(found))
    message, entries = "", nothing.entries
    if program.is_mixed:
        prices, left, left_out = tried(reading, found.point, effort)
        if left:
            message = f"{left} more that are fully used were not tried."
    else:
        around = Around(reading, found.point, effort)
        prices, left_out = checked(reading, around.prices(), effort)
        if not program.is_quadratic:
            entries = without_reduced_costs(around.entries(), left_out)
            if left := int((~reading.added_columns).sum()) - len(entries):
                message = f"How far {left} coefficients can move was not found out in time."
    return replace(
        nothing,
        method=Method.trials if program.is_mixed else Method.duals,
        objective=program.sign * program.value(found.point),
        prices=prices,
        entries=entries,
        seconds=time.perf_counter() - effort.started,
        message="\n".join(filter(None, (message, said(left_out)))),
    )


def _why_not(found: Finding | None) -> str:
    if found is None:
        return _NO_OBJECTIVE
    return _STOPPED.get(found.stop, _NO_OPTIMUM)


_NO_OPTIMUM = "There is no proved optimum, so nothing can be said about what is around it."
_STOPPED = {
    Stop.time_limit: (
        "The time was up before the sensitivity was found out; it takes a longer time limit."
    ),
    Stop.iteration_limit: "The iterations were up before the sensitivity was found out.",
    Stop.interrupted: "The sensitivity was interrupted before anything was found out.",
}
_NO_OBJECTIVE = (
    "Sensitivity is told of linear and convex quadratic objectives, and with whole numbers of "
    "linear ones."
)
