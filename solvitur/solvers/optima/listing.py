"""Every optimal point there is, or as many of them as are asked for."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.instance import Instance
from solvitur.solvers.solution import Holding, Options, Point, Solution
from solvitur.solvers.solver import Solver

_SAME = 1e-7
"""Objectives this near to each other, relative to their size, are the same, where all is linear."""
_SAME_CURVED = 2e-6
"""And where something is not."""
_TIGHT = 1e-9
"""The gap that a linear search closes, so that no point is taken for as good as a better one."""


@dataclass(frozen=True)
class Optima:
    """The optimal points that were found."""

    best: Solution
    """The first answer: it says how the search ended where there is no optimum."""
    solutions: tuple[Solution, ...]
    """Optimal points, each verified, in the order of their values."""
    is_complete: bool
    """Whether it is proved that there are no others of this kind."""
    message: str
    """Of what kind they are, and why others may be missing."""

    def __str__(self) -> str:
        """Report for a person."""
        count = len(self.solutions)
        known = "all there are" if self.is_complete else "there may be more"
        lines = [f"{count} optimal {'point' if count == 1 else 'points'}, {known}: {self.message}"]
        return "\n".join([*lines, *(str(solution) for solution in self.solutions)])


def find_optima(
    instance: Instance,
    most: int,
    solver: Solver,
    options: Options,
    known: Solution | None = None,
) -> Optima:
    """Find up to so many optimal points; see `solvitur.solvers.solve_all`."""
    search = _Search(instance, solver, options)
    best = search.first(known)
    if best.holding is not Holding.optimal and known is not None:
        return Optima(known, (known,), False, "the search for others was cut short")
    if best.holding is not Holding.optimal:
        return Optima(best, (), best.holding is Holding.infeasible, "there is no proven optimum")
    if instance.formulation.is_integer:
        return _listed(best, search.others(best), most, _kind(instance))
    if classify(instance) is ProblemClass.LP:
        from solvitur.solvers.optima.corners import Face

        face = Face(instance, best, search.left())
        return _listed(best, face.corners(), most, face.kind)
    return Optima(best, (best,), False, "of what is not linear only one is looked for")


class _Search:
    """Solves again and again, in the time that is left."""

    def __init__(self, instance: Instance, solver: Solver, options: Options) -> None:
        self.instance = instance
        self.solver = solver
        self.options = options
        self.started = time.perf_counter()

    def left(self) -> Options:
        """Give the options with the time that is left."""
        if self.options.time_limit is None:
            return self.options
        spent = time.perf_counter() - self.started
        return replace(self.options, time_limit=max(0.0, self.options.time_limit - spent))

    def first(self, known: Solution | None) -> Solution:
        """Find the first one, or take the one that is known where it is proved as tightly."""
        told = self.left()
        if known is not None:
            gap = math.inf if known.gap is None else known.gap
            if gap <= (_TIGHT if known.problem_class.is_linear else told.gap):
                return known
            told = replace(told, warm_start=known.values)
        tight = replace(told, gap=min(told.gap, _TIGHT))
        found = self.solver.solve(self.instance, tight)
        if found.problem_class.is_linear or found.holding is not Holding.feasible:
            return found
        return self.solver.solve(self.instance, self.left())

    def others(self, best: Solution) -> "Iterator[Solution | None]":
        """Give those with other whole numbers; ``None`` where there may be any."""
        yield best
        assert best.objective is not None
        same = _SAME if best.problem_class.is_linear else _SAME_CURVED
        slack = same * max(1.0, abs(best.objective))
        cutoff = best.objective + self.instance.formulation.objective.sense.sign * slack
        passed: list[Point] = [best.values]
        while True:
            told = replace(self.left(), cutoff=cutoff, excluded=tuple(passed), warm_start=None)
            found = self.solver.solve(self.instance, told)
            if found.holding is Holding.infeasible:
                return
            if not found.has_point or found.verification is None or not found.verification.ok:
                yield None
                return
            passed.append(found.values)
            yield found


def _listed(best: Solution, found: "Iterator[Solution | None]", most: int, kind: str) -> Optima:
    solutions: list[Solution] = []
    for solution in found:
        if solution is None:
            return Optima(
                best, _sorted(solutions), False, f"{kind}; the search for more was cut short"
            )
        if len(solutions) == most:
            return Optima(best, _sorted(solutions), False, f"{kind}; there is at least one more")
        solutions.append(solution)
    return Optima(best, _sorted(solutions), True, kind)


def _sorted(solutions: list[Solution]) -> tuple[Solution, ...]:
    return tuple(
        sorted(solutions, key=lambda s: [v for e in s.values.values() for v in e.values()])
    )


def _kind(instance: Instance) -> str:
    if all(v.domain != "continuous" for v in instance.formulation.variables):
        return "each is of other whole numbers"
    return "each is of other whole numbers; what is not whole may vary within each"
