"""What a solver found: settled, checked, and said as a solution."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from solvitur.formulation.classify import classify
from solvitur.formulation.elements import Domain
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import Linearised
from solvitur.solvers.solution import Holding, Point, Solution, Stop, Verification
from solvitur.solvers.verify import TOLERANCE, verify

GRACE = 1.0
"""Seconds that settling or judging an answer may take when the time is up."""


class Ended(Protocol):
    """How one run of a solver ended."""

    @property
    def point(self) -> Point | None:
        """What it holds."""

    @property
    def objective(self) -> float | None:
        """What it claims of that."""


@dataclass(frozen=True)
class Found:
    """Why the solver stopped, and what it holds that was checked."""

    stop: Stop
    holding: Holding
    point: Point | None = None
    check: Verification | None = None
    bound: float | None = None
    message: str = ""
    additions: Point = field(default_factory=dict)
    """Entries of what linear rows added, once they are not in `point`."""

    def without_additions(self, rewritten: Linearised, original: Instance) -> "Found":
        """Give the same of the formulation that was rewritten, and check the point on it."""
        if not rewritten.is_changed or self.point is None or self.check is None:
            return self
        point = rewritten.without_additions(self.point)
        check = verify(original, point, self.check.objective, may_be_better=True)
        additions = rewritten.only_additions(self.point)
        return replace(self, point=point, check=check, additions=additions)

    def solution(self, solver: str, solved: Instance, started: float) -> Solution:
        """Say it as a solution.

        Args:
            solver: Name and version.
            solved: What the solver got.
            started: When it began.
        """
        return Solution(
            stop=self.stop,
            holding=self.holding,
            problem_class=classify(solved),
            solver=solver,
            seconds=time.perf_counter() - started,
            objective=self.check.objective if self.check else None,
            bound=self.bound if self.check else None,
            values=self.point or {},
            verification=self.check,
            message=self.message,
            instance=solved,
            additions=self.additions,
        )


INFEASIBLE = Found(Stop.proved, Holding.infeasible)


def settled(
    instance: Instance,
    ended: Ended,
    anew: Callable[[Point], Ended | None],
    moved: Callable[[Point], Point] = dict,
) -> tuple[Point, Verification]:
    """Make whole numbers whole, and the rest fit to them where it does not.

    Args:
        instance: What was solved.
        ended: The end of a run that holds a point.
        anew: Runs the solver once more, with the whole numbers fixed.
        moved: Moves a point onto the bounds that it is over.
    """
    assert ended.point is not None
    whole = {
        v.name: {key: round(value) + 0.0 for key, value in ended.point[v.name].items()}
        for v in instance.formulation.variables
        if v.domain is not Domain.continuous
    }
    point = moved({**ended.point, **whole})
    check = verify(instance, point, ended.objective)
    if check.ok or not whole or len(whole) == len(ended.point):
        return point, check
    again = anew(whole)
    if again is None or again.point is None:
        return point, check
    point = moved({**again.point, **whole})
    return point, verify(instance, point, again.objective)


def is_as_good(value: float, bound: float, gap: float) -> bool:
    """Whether a value to be minimized is as near to its bound as a solver is told to come.

    Example:
        >>> is_as_good(10.0, 9.9, gap=0.01), is_as_good(10.0, 9.0, gap=0.01)
        (True, False)
    """
    return value - bound <= (gap + TOLERANCE) * max(1.0, abs(value))
