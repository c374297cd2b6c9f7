"""The objective of a quadratic formulation, read from its Pyomo model."""

from dataclasses import replace
from typing import Any

import numpy as np
from pyomo.repn import generate_standard_repn

from solvitur.errors import SolverError
from solvitur.solvers.linear import Linear
from solvitur.solvers.program import Matrix, Program, Triple
from solvitur.solvers.pyomo_solvers.model import Lowering


def quadratic(linear: Linear) -> Program:
    """Give the program of a formulation whose rows are linear and whose objective is quadratic.

    Raises:
        SolverError: A coefficient is too large for a float.
    """
    program = linear.program
    lowering = Lowering(linear.instance)
    entries = [entry for group in lowering.variables.values() for entry in group.values()]
    place = {id(entry): n for n, entry in enumerate(entries)}
    form = generate_standard_repn(lowering.objective.expr, quadratic=True, compute_values=True)
    cost = np.zeros(program.size)
    for variable, coefficient in zip(form.linear_vars, form.linear_coefs, strict=True):
        cost[place[id(variable)]] += program.sign * coefficient
    offset = float(program.sign * form.constant)
    hessian = _hessian(form, place, program.sign)
    if not all(np.isfinite(found).all() for found in (cost, hessian.value, offset)):
        raise SolverError("a coefficient is too large; write the problem in larger units")
    return replace(program, cost=cost, hessian=hessian, offset=offset)


def _hessian(form: Any, place: dict[int, int], sign: int) -> Matrix:
    """Read the products; what is left of products that cancel is not one."""
    triples: list[Triple] = []
    largest = max((abs(float(c)) for c in form.quadratic_coefs), default=0.0)
    for (left, right), coefficient in zip(form.quadratic_vars, form.quadratic_coefs, strict=True):
        if abs(coefficient) > 1e-15 * largest:
            i, j = place[id(left)], place[id(right)]
            triples += [(i, j, sign * coefficient), (j, i, sign * coefficient)]
    return Matrix.of(len(place), len(place), triples)
