"""What a solver does not take as it is, said by linear rows."""

from solvitur.errors import Unsupported
from solvitur.formulation.classify import ProblemClass, classify
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise import Linearised, linearise
from solvitur.solvers.solver import Solver
from solvitur.solvers.words import listed


def rewritten_for(solver: Solver, instance: Instance) -> Linearised:
    """Give a solver implications as rows, and the rest where that makes all of it linear.

    What stays curved is for the solver to take as it is, if it can.

    Raises:
        Unsupported: It cannot be said by rows, or is beyond the solver even so.
    """
    found = in_rows(solver, instance)
    kind = classify(found.instance)
    if not solver.supports(kind):
        solves = ", ".join(each for each in ProblemClass if solver.supports(each))
        why = f"\n{listed(found.reasons)}" if found.reasons else ""
        raise Unsupported(f"{solver.title} solves {solves}; this is {kind.value}{why}")
    return found


def in_rows(solver: Solver, instance: Instance) -> Linearised:
    """Give the same, also where that is beyond the solver.

    Raises:
        Unsupported: It cannot be said by rows.
    """
    found = linearise(instance)
    is_linear = classify(found.instance).is_linear
    needs_rows = _has_implications(instance) or not solver.supports(classify(instance))
    if not is_linear and not needs_rows:
        found = Linearised(instance, instance.formulation)
    if found.obstacles:
        raise Unsupported(f"no solver takes this as it is:\n{listed(found.obstacles)}")
    return found


def _has_implications(instance: Instance) -> bool:
    return any(
        rule.condition is not None and not rule.condition.names.isdisjoint(instance.bounds)
        for rule in instance.rules
    )
