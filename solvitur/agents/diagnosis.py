"""Why there is no answer, what would give one, and what one more unit is worth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

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

Found = TypeVar("Found", Conflict, Ray, Relaxation)


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

    Nothing here makes an answer fail: what the solver refuses to tell is left out.

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
            return Diagnosis(conflict=self._found(conflict, share=0.6))
        if solution.outcome is Outcome.unbounded:
            return Diagnosis(ray=self._found(ray))
        return Diagnosis()

    def more(self, solution: Solution, diagnosis: Diagnosis, *, worth: bool) -> Diagnosis:
        """Find out what would give an answer, or (if asked) what one more unit is worth."""
        if solution.outcome is Outcome.infeasible:
            return replace(diagnosis, relaxation=self._found(relaxation))
        if worth and solution.has_point:
            return replace(diagnosis, sensitivity=self._worth())
        return diagnosis

    def _worth(self) -> Sensitivity:
        """Find out what one more is worth; this was asked for, so why it cannot be told is said."""
        try:
            return sensitivity(self._instance, self._told())
        except SolverError as error:
            sense = self._instance.formulation.objective.sense
            return Sensitivity(
                None, sense is Sense.maximize, None, "", (), (), 0.0, message=f"Not told: {error}"
            )

    def _found(
        self, find: Callable[[Instance, Options], Found], share: float = 1.0
    ) -> Found | None:
        try:
            return find(self._instance, self._told(share))
        except SolverError:
            return None

    def _told(self, share: float = 1.0) -> Options:
        left = self._seconds_left()
        limit = _SECONDS if left is None else max(_LEAST, left * share)
        return Options(time_limit=limit, threads=self._options.threads, seed=self._options.seed)
