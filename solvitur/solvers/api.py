"""What is asked of a formulation: its optimum, all of them, why there is none, what it is worth."""

from collections.abc import Mapping
from dataclasses import replace

from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Data, Given
from solvitur.solvers.diagnosis.findings import Conflict, Ray, Relaxation
from solvitur.solvers.optima.listing import Optima, find_optima
from solvitur.solvers.registry import connect, registered
from solvitur.solvers.sensitivity_analysis.comparison import Comparison, described
from solvitur.solvers.sensitivity_analysis.prices import Sensitivity
from solvitur.solvers.solution import Options, Solution
from solvitur.solvers.solver import Capability


def solve(
    formulation: Formulation | Instance,
    solver: str = "auto",
    options: Options | None = None,
    data: Given = None,
) -> Solution:
    """Solve a formulation and check the answer again on the formulation itself.

    Args:
        formulation: The five elements, or the same with its data resolved.
        solver: Who solves, by the name that `connect` knows.
        options: What the solver is told.
        data: The tables that the formulation names: a folder, tables by name, or `Data`.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: The solver cannot solve this class of problem.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x"},
        ...     "constraints": [{"name": "room", "expression": "2 * x <= 7"}]})
        >>> solution = solve(formulation)
        >>> solution.outcome.value, solution.objective, solution.verification.ok
        ('solved', 9.0, True)
    """
    return connect(solver).solve(_instance(formulation, data), options or Options())


def solve_all(
    formulation: Formulation,
    most: int,
    solver: str = "auto",
    options: Options | None = None,
    data: Given = None,
    known: Solution | None = None,
) -> Optima:
    """Find every optimal point, up to so many; each is checked again on the formulation.

    With whole numbers, these are the points that differ in one of them at least. Of a linear
    program without, these are the corners of what is optimal. Of a curved objective it is one.

    Args:
        formulation: The five elements.
        most: How many to list.
        solver: Who solves, by the name that `connect` knows.
        options: What the solver is told.
        data: The tables that the formulation names: a folder, tables by name, or `Data`.
        known: An optimal answer that there is already, which need not be found again.

    Raises:
        ConfigError: There is no such solver, or it cannot pass over points.
        InvalidFormulation: The formulation does not say a model.
        Unsupported: The solver cannot solve this class of problem.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": name, "domain": "integer"} for name in ("x", "y")],
        ...     "objective": {"sense": "maximize", "expression": "x + y"},
        ...     "constraints": [{"name": "room", "expression": "2 * x + 2 * y <= 5"}]})
        >>> found = solve_all(formulation, 10)
        >>> [solution.variables() for solution in found.solutions], found.is_complete
        ([{'x': 0, 'y': 2}, {'x': 1, 'y': 1}, {'x': 2, 'y': 0}], True)
    """
    chosen = connect(solver)
    if not chosen.supports(Capability.exclusion):
        able = [s.name for s in registered() if s.supports(Capability.exclusion)]
        raise ConfigError(f"{chosen.title} finds one optimum only; {', '.join(able)} find others")
    if most < 1:
        raise ConfigError(f"ask for 1 optimal point at least, not {most}")
    return find_optima(Instance(formulation, data), most, chosen, options or Options(), known)


def conflict(
    formulation: Formulation | Instance, options: Options | None = None, data: Given = None
) -> Conflict:
    """Find what makes a formulation infeasible: an irreducible set of rows, bounds and integrality.

    The set is proved by solving: it has no point, and without any one of its members there is one.
    Where the time limit comes first, the smallest set so far is given, and `is_irreducible` says
    that it may be smaller.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: A row is not linear.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer", "doc": "tables"}],
        ...     "objective": {"sense": "maximize", "expression": "x"},
        ...     "constraints": [{"name": "wood", "expression": "8 * x <= 20", "doc": "planks"},
        ...                     {"name": "order", "expression": "x >= 3", "doc": "ordered"},
        ...                     {"name": "room", "expression": "x <= 9"}]})
        >>> print(conflict(formulation))
        These contradict each other; without any one of them, the others can hold:
        - wood: 8 * x <= 20 (planks)
        - order: x >= 3 (ordered)
    """
    from solvitur.solvers.diagnosis.infeasible import find_conflict

    return find_conflict(_instance(formulation, data), options or Options())


def relaxation(
    formulation: Formulation | Instance, options: Options | None = None, data: Given = None
) -> Relaxation:
    """Find the least change of constant sides with which there is an answer, and that answer.

    A change counts as its share of the number that stands there, and the sum of the shares is
    least, so that units do not decide what is changed. Rows and bounds whose number is 0 stay:
    they say how things hang together (a balance, a share, a big M, that nothing is negative). So
    does what is to be a whole number. The changed problem is solved again. Other numbers that do as
    well when they are changed alone are given too, at most five.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: A row is not linear.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "parameters": [{"name": "stock", "value": 20, "unit": "planks"}],
        ...     "variables": [{"name": "x", "lower": 3, "doc": "tables"}],
        ...     "objective": {"sense": "maximize", "expression": "50 * x"},
        ...     "constraints": [{"name": "wood", "expression": "8 * x <= stock"}]})
        >>> print(relaxation(formulation))
        With the least change there is an answer:
        - lower bound of x (tables): 2.5 instead of 3 (0.5 less)
        Then the objective is 125.
        Or with one of these alone:
        - wood: 24 instead of 20 (4 planks more); then the objective is 150
    """
    from solvitur.solvers.diagnosis.relaxing import find_relaxation

    return find_relaxation(_instance(formulation, data), options or Options())


def ray(
    formulation: Formulation | Instance, options: Options | None = None, data: Given = None
) -> Ray:
    """Find a direction in which an unbounded formulation improves without end.

    Of all directions it is one that moves little, so that few variables are in it, scaled to whole
    numbers where it can be; every row and bound is checked along it.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: A row is not linear.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "variables": [{"name": "x"}, {"name": "y"}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x - y"},
        ...     "constraints": [{"name": "room", "expression": "x - 2 * y <= 4"}]})
        >>> print(ray(formulation))
        Nothing ends this; each step raises the objective by 5:
        - x grows by 2
        - y grows by 1
        A limit on one of them is missing.
    """
    from solvitur.solvers.diagnosis.rays import find_ray

    return find_ray(_instance(formulation, data), options or Options())


def sensitivity(
    formulation: Formulation | Instance, options: Options | None = None, data: Given = None
) -> Sensitivity:
    """Find what one more unit of each limit is worth, and how far the plan holds.

    Of a linear program: what the objective changes by for each unit that the number on the
    constant side of a row or bound grows, and falls, how far that holds, reduced costs, and between
    which coefficients of the objective the plan stays the best. All of it is exact in each
    direction, also at a degenerate vertex. Of a convex quadratic program: the same at the margin.
    Of an integer linear program: what comes out with one unit more and with one less, solved anew.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        Unsupported: A row is not linear.
        SolverError: The solver is not there or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "parameters": [{"name": "hours", "value": 40, "unit": "h"},
        ...                    {"name": "profit", "value": 30, "unit": "USD/item"}],
        ...     "variables": [{"name": "x", "unit": "item", "doc": "chairs"}],
        ...     "objective": {"sense": "maximize", "expression": "profit * x"},
        ...     "constraints": [{"name": "labour", "expression": "2 * x <= hours"},
        ...                     {"name": "room", "expression": "x <= 26"}]})
        >>> print(sensitivity(formulation))
        What one more is worth:
        - labour, now 40 h: one h more is worth 15 USD, up to 12; one h less costs 15 USD, up to 40
        Not fully used: room (6 item left).
        The plan stays the best while the coefficient in the objective is:
        - x (chairs) = 20: from 0 on (now 30)
    """
    from solvitur.solvers.sensitivity_analysis.sensing import find_sensitivity

    return find_sensitivity(_instance(formulation, data), options or Options())


def what_if(
    formulation: Formulation,
    *,
    parameters: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
    limits: Mapping[str, float] | None = None,
    solver: str = "auto",
    options: Options | None = None,
    data: Given = None,
) -> Comparison:
    """Solve with other numbers, and compare.

    Args:
        formulation: The five elements.
        parameters: New values, by entry: ``{"stock": 50, "profit[chair]": 35}``.
        bounds: New lower and upper bounds, by entry; ``None`` leaves the one there is.
        limits: New numbers on the constant sides of rows: ``{"labour[2]": 45}``.
        solver: Who solves, by the name that `connect` knows.
        options: What the solver is told, each of both times.
        data: The tables that the formulation names.

    Raises:
        FormulationError: There is no such entry, or it has no number to change.
        SolverError: The solver is not there, cannot solve this, or failed.

    Example:
        >>> formulation = Formulation.model_validate({
        ...     "parameters": [{"name": "hours", "value": 40}],
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"},
        ...     "constraints": [{"name": "labour", "expression": "3 * x <= hours"}]})
        >>> print(what_if(formulation, parameters={"hours": 45}))
        With hours = 45:
        The highest value is 450, 60 more.
        - x: 15 instead of 13
    """
    from solvitur.formulation.changing import (
        with_bounds,
        with_limits,
        with_parameters,
    )

    options, data = options or Options(), Data.of(data)
    instance = Instance(formulation, data)
    changed = with_limits(formulation, instance, limits or {})
    changed = with_bounds(changed, instance, bounds or {})
    changed = with_parameters(changed, instance, parameters or {})
    before = connect(solver).solve(instance, options)
    told = replace(options, warm_start=before.values) if before.has_point else options
    after = connect(solver).solve(Instance(changed, data), told)
    return Comparison(before, after, changed, described(parameters, bounds, limits))


def _instance(formulation: Formulation | Instance, data: Given) -> Instance:
    return formulation if isinstance(formulation, Instance) else Instance(formulation, data)
