"""All the optimal points of an answer that is found."""

from dataclasses import replace

from solvitur.agents.answer import Answer, Listing
from solvitur.agents.graph import Effort
from solvitur.formulation.classify import ProblemClass
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Given
from solvitur.solvers import Holding, Outcome, Solution, Stop, solve_all


def list_optima(answer: Answer, most: int | None, effort: Effort, data: Given = None) -> Answer:
    """Add up to so many optimal points to an answer that is solved; ``None`` adds nothing.

    The answer's own point is the first, and the search has what the answer left of the time.

    Raises:
        SolverError: The solver cannot pass over points, or failed.
    """
    if most is None or answer.formulation is None or answer.outcome is not Outcome.solved:
        return answer
    options = effort.options
    if effort.seconds is not None:
        left = max(0.0, effort.seconds - answer.seconds)
        own = left if options.time_limit is None else options.time_limit
        options = replace(options, time_limit=min(left, own))
    known = _solution(answer, answer.formulation, data)
    found = solve_all(answer.formulation, most, effort.solver, options, data, known)
    points = tuple(solution.variables() for solution in found.solutions)
    listing = Listing(is_complete=found.is_complete, message=found.message, points=points)
    return answer.model_copy(update={"optima": listing})


def _solution(answer: Answer, formulation: Formulation, data: Given) -> Solution | None:
    """Give what the answer says as a solution, if its point is one of the formulation's."""
    from solvitur.solvers.points import read_point
    from solvitur.solvers.verify import verify

    proved = answer.verification
    if proved is None:
        return None
    instance = Instance(formulation, data)
    values = read_point(instance, answer.variables)
    check = verify(instance, values, answer.objective)
    if not check.ok:
        return None
    return Solution(
        stop=Stop.proved,
        holding=Holding.optimal,
        problem_class=ProblemClass(proved.problem_class),
        solver=proved.solver,
        seconds=answer.seconds,
        objective=check.objective,
        bound=proved.bound,
        values=values,
        verification=check,
        instance=instance,
    )
