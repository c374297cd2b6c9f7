"""The way without end of an unbounded formulation, with as few variables as may be."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from solvitur.formulation.instance import Instance
from solvitur.solvers.diagnosis.findings import Move, Ray
from solvitur.solvers.highs.quadratic import is_ray, steepest_ray
from solvitur.solvers.highs.solver import EXACT, Effort
from solvitur.solvers.program import Floats, Matrix, Program
from solvitur.solvers.reading import Reading
from solvitur.solvers.solution import Options
from solvitur.solvers.words import unit_of

_LARGEST_PART = 10_000
"""Largest denominator of rates that are taken for fractions."""


def find_ray(instance: Instance, options: Options) -> Ray:
    """Find a ray of an unbounded formulation; see `solvitur.solvers.ray`."""
    started = time.perf_counter()
    reading = Reading(instance)
    program = reading.program
    cone = steepest_ray(program)
    found = Effort(options, started).run(_shortest(cone), least=0.1, **EXACT)
    seconds = time.perf_counter() - started
    if found.point is None:
        words = "No direction was found in time."
        if found.status == "kInfeasible":
            words = "There is no direction in which the objective improves without end."
        return Ray((), 0.0, "", seconds, words)
    raw = found.point[: program.size] - found.point[program.size :]
    kept = (way for way in _neat(raw) if is_ray(cone, program, way / np.abs(way).max()))
    direction = next(kept, None)
    if direction is None:
        words = "No direction could be confirmed; coefficients of very different size do that."
        return Ray((), 0.0, "", seconds, words)
    gain = program.sign * float(program.cost @ direction)
    moves = []
    for place in np.flatnonzero((direction != 0) & ~reading.added_columns).tolist():
        variable, column = reading.variable(place), reading.columns[place]
        rate = float(direction[place])
        moves.append(Move(column.variable, column.key, rate, variable.unit, reading.doc(place)))
    unit = unit_of(instance.objective, instance.formulation)
    return Ray(tuple(moves), gain, unit, seconds)


def _shortest(cone: Program) -> Program:
    """Give the linear program of the direction that moves least and gains 1.

    Every variable is split into what it grows and what it falls by; their sum is minimized, which
    leaves most of them at rest.
    """
    size, matrix = cone.size, cone.matrix
    gaining = np.flatnonzero(cone.cost)
    row = np.concatenate([matrix.row, np.full(len(gaining), matrix.rows)])
    column = np.concatenate([matrix.column, gaining])
    value = np.concatenate([matrix.value, cone.cost[gaining]])
    both = np.concatenate([column, column + size]), np.concatenate([value, -value])
    order = np.lexsort((both[0], np.concatenate([row, row])))
    ends = np.concatenate([cone.row_lower, [-1.0]]), np.concatenate([cone.row_upper, [-1.0]])
    grows, falls = cone.upper > 0, cone.lower < 0
    return replace(
        cone,
        cost=np.ones(2 * size),
        hessian=Matrix.of(2 * size, 2 * size, ()),
        matrix=Matrix(
            matrix.rows + 1,
            2 * size,
            np.concatenate([row, row])[order],
            both[0][order],
            both[1][order],
        ),
        row_lower=ends[0],
        row_upper=ends[1],
        lower=np.zeros(2 * size),
        upper=np.where(np.concatenate([grows, falls]), np.inf, 0.0),
        whole=np.zeros(2 * size, dtype=bool),
    )


def _neat(direction: Floats) -> Iterator[Floats]:
    """Scale a direction to the smallest whole numbers, and so that its least rate is 1."""
    size = np.abs(direction)
    moving = size > 1e-9 * size.max()
    direction = np.where(moving, direction, 0.0) / size[moving].min()
    parts = [Fraction(rate).limit_denominator(_LARGEST_PART) for rate in direction.tolist()]
    common = math.lcm(*(part.denominator for part in parts))
    if common <= _LARGEST_PART:
        yield np.array([float(part * common) for part in parts])
    yield direction
