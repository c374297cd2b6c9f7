"""Whether a story became a problem: solved as meant, and every number told once and for all."""

from dataclasses import dataclass

from solvitur.errors import FormulationError
from solvitur.formulation.checks import check
from solvitur.formulation.elements import Formulation
from solvitur.solvers import Options, Outcome, Solution, solve
from solvitur.training.synthesis.story import Story

_SECONDS = 5.0
"""Of solving, for one problem: what takes longer is no problem for a text."""
_SAME = 1e-6


class Dropped(Exception):
    """A problem that is not kept, and in a word or two why."""


@dataclass(frozen=True)
class Verdict:
    """What a formulation comes to."""

    objective: float | None
    """None where it is infeasible."""

    @property
    def outcome(self) -> Outcome:
        """How solving it ended."""
        return Outcome.infeasible if self.objective is None else Outcome.solved

    def agrees(self, other: "Verdict") -> bool:
        """Whether another comes to the same."""
        if self.objective is None or other.objective is None:
            return self.objective is other.objective
        return abs(self.objective - other.objective) <= _SAME * max(1, abs(self.objective))


def verdict(formulation: Formulation) -> Verdict:
    """Solve a formulation.

    Raises:
        Dropped: It cannot be solved, or not in time, or the best is to do nothing.
    """
    try:
        solution = solve(formulation, "highs", Options(time_limit=_SECONDS))
    except FormulationError as error:
        raise Dropped("no formulation") from error
    if solution.outcome is Outcome.infeasible:
        return Verdict(None)
    if solution.outcome is not Outcome.solved:
        raise Dropped(f"{solution.outcome.value} when solved")
    if solution.verification is None or not solution.verification.ok or _is_idle(solution):
        raise Dropped("nothing to do at the optimum")
    return Verdict(round(solution.objective or 0.0, 6))


def _is_idle(solution: Solution) -> bool:
    values = (v for entries in solution.values.values() for v in entries.values())
    return all(abs(value) < _SAME for value in values)


def check_reading(formulation: Formulation, text: str) -> None:
    """Have solvitur read the text, without its asides, as it reads every text.

    Raises:
        Dropped: A number is not carried or not told, or the words say another direction.
    """
    for finding in check(formulation, text):
        raise Dropped(finding.code.value.replace("_", " "))


def check_strict(story: Story, formulation: Formulation, found: Verdict) -> None:
    """See that strict words at their word have the same answer.

    Raises:
        Dropped: They have another one.
    """
    for row, expression in story.stricter.items():
        if not found.agrees(verdict(with_row(formulation, row, expression))):
            raise Dropped("strict words matter")


def with_row(formulation: Formulation, name: str, expression: str) -> Formulation:
    """Give the same with another expression for one constraint."""
    constraints = [
        each.model_copy(update={"expression": expression}) if each.name == name else each
        for each in formulation.constraints
    ]
    return formulation.model_copy(update={"constraints": tuple(constraints)})
