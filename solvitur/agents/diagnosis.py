"""Why there is no answer, what would give one, and what one more unit is worth."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from solvitur.errors import SolverError
from solvitur.formulation.elements import Sense
from solvitur.formulation.instance import Instance
from solvitur.solvers import (
    Conflict,
    Options,
    Outcome,
    Ray,
    Relaxation,
    Sensitivity,
    Solution,
    conflict,
    ray,
    relaxation,
    sensitivity,
)

_SECONDS = 20.0
"""For each thing to find out where there is no time limit."""
_LEAST = 0.05
"""Seconds that each gets in any case, so that it can say that it found nothing in time."""


@dataclass(frozen=True)
class Diagnosis:
    """What there is to say beside a solution; ``None`` is what was not asked or cannot be told."""

    conflict: Conflict | None = None
    relaxation: Relaxation | None = None
    ray: Ray | None = None
    sensitivity: Sensitivity | None = None

    def __str__(self) -> str:
        """Say why there is no answer, and what would give one."""
        parts = self.conflict, self.relaxation, self.ray
        return "\n".join(filter(None, (str(part) for part in parts if part is not None)))


class Diagnostician:
    """Finds out more about a solution, in the time that is left.

    Nothing here makes an answer fail: where the solver refuses to tell, that is what is told.

    Args:
        instance: The formulation that was solved.
        options: What the solver was told.
        seconds_left: Gives the seconds that are left, or ``None`` for no limit.
    """

    def __init__(
        self, instance: Instance, options: Options, seconds_left: Callable[[], float | None]
    ) -> None:
        self._instance = instance
        self._options = options
        self._seconds_left = seconds_left

    def reason(self, solution: Solution) -> Diagnosis:
        """Find out why there is no answer, if there is none."""
        if solution.outcome is Outcome.infeasible:
            return Diagnosis(conflict=self.conflict())
        if solution.outcome is Outcome.unbounded:
            return Diagnosis(ray=self.ray())
        return Diagnosis()

    def more(self, solution: Solution, diagnosis: Diagnosis, *, worth: bool) -> Diagnosis:
        """Find out what would give an answer, or (if asked) what one more unit is worth."""
        if solution.outcome is Outcome.infeasible:
            return replace(diagnosis, relaxation=self.relaxation())
        if worth and solution.has_point:
            return replace(diagnosis, sensitivity=self._worth())
        return diagnosis

    def conflict(self) -> Conflict:
        """Find what contradicts itself."""
        try:
            return conflict(self._instance, self._told(share=0.6))
        except SolverError as error:
            message = f"What contradicts itself cannot be told: {error}"
            return Conflict((), is_irreducible=False, checks=0, seconds=0.0, message=message)

    def relaxation(self) -> Relaxation:
        """Find the least change that gives an answer."""
        try:
            return relaxation(self._instance, self._told())
        except SolverError as error:
            message = f"The least change that gives an answer cannot be told: {error}"
            return Relaxation((), 0.0, None, None, 0.0, message)

    def ray(self) -> Ray:
        """Find what grows without end."""
        try:
            return ray(self._instance, self._told())
        except SolverError as error:
            return Ray((), 0.0, "", 0.0, f"What grows without end cannot be told: {error}")

    def _worth(self) -> Sensitivity:
        try:
            return sensitivity(self._instance, self._told())
        except SolverError as error:
            sense = self._instance.formulation.objective.sense
            return Sensitivity(
                None, sense is Sense.maximize, None, "", (), (), 0.0, message=f"Not told: {error}"
            )

    def _told(self, share: float = 1.0) -> Options:
        left = self._seconds_left()
        limit = _SECONDS if left is None else max(_LEAST, left * share)
        return Options(time_limit=limit, threads=self._options.threads, seed=self._options.seed)
