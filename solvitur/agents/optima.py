"""All the optimal points of an answer that is found."""

from solvitur.agents.answer import Answer, Listing
from solvitur.agents.graph import Effort
from solvitur.formulation.tables.data import Given
from solvitur.solvers import Outcome, solve_all


def list_optima(answer: Answer, most: int | None, effort: Effort, data: Given = None) -> Answer:
    """Add up to so many optimal points to an answer that is solved; ``None`` adds nothing.

    Raises:
        SolverError: The solver cannot pass over points, or failed.
    """
    if most is None or answer.formulation is None or answer.outcome is not Outcome.solved:
        return answer
    found = solve_all(answer.formulation, most, effort.solver, effort.options, data)
    points = tuple(solution.variables() for solution in found.solutions)
    listing = Listing(is_complete=found.is_complete, message=found.message, points=points)
    return answer.model_copy(update={"optima": listing})
