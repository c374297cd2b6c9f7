"""A solution in words, from the formulation's own names and docs; no model is asked."""

from collections.abc import Iterator

from solvitur.agents.script import ScriptRun
from solvitur.agents.telling.named import Named
from solvitur.formulation.elements import Formulation
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import first, one_line
from solvitur.formulation.tables.data import Given
from solvitur.solvers.solution import Outcome, Solution
from solvitur.solvers.words import NOISE, amount, tidy, unit_of

_MOST_LINES = 12


def explain(formulation: Formulation, solution: Solution, data: Given = None) -> str:
    """Say what the answer is, what to do, and what limits it.

    Args:
        formulation: The five elements.
        solution: What a solver found.
        data: The tables that the formulation names.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> from solvitur.solvers import solve
        >>> chairs = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer", "doc": "chairs built"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"},
        ...     "constraints": [{"name": "wood", "expression": "7 * x <= 42"}]})
        >>> print(explain(chairs, solve(chairs)))
        The highest value is 180.
        - chairs built: 6
        Fully used: wood.
    """
    if not solution.has_point:
        return _without_point(solution)
    doc = one_line(formulation.objective.doc)
    what = f" ({doc})" if doc else ""
    instance = solution.instance
    if instance is None or instance.formulation is not formulation:  # it was said by linear rows
        instance = Instance(formulation, data)
    assert solution.objective is not None
    unit = unit_of(instance.objective, formulation)
    value = amount(solution.objective, unit)
    head = f"The {formulation.objective.sense.superlative} value{what} is {value}."
    if solution.outcome is Outcome.limit:
        beyond = _at_best(solution, unit)
        head = f"The best found before the limit has the value{what} {value}{beyond}."
    named = Named(instance)
    lines = [head, *_decisions(named, solution)]
    used_up = list(_used_up(named, solution))
    if used_up:
        lines.append(f"Fully used: {', '.join(first(used_up, _MOST_LINES))}.")
    return "\n".join(lines)


_REASONS = {
    Outcome.infeasible: "There is no answer: the limits contradict each other.",
    Outcome.unbounded: "There is no best answer: the objective can be improved without end, "
    "so a limit is missing.",
    Outcome.no_answer: "The limit was reached before any answer was found.",
}


def _without_point(solution: Solution) -> str:
    reason = _REASONS.get(solution.outcome)
    return reason or solution.message or "The solver found no answer."


def explain_run(run: ScriptRun) -> str:
    """Say what came of a script, in the names that it uses."""
    if run.objective is None:
        reason = _REASONS.get(run.outcome, "")
        listed = [f"- {one_line(row)}" for row in run.conflict]
        return "\n".join([reason, *(["These cannot hold together:"] if listed else []), *listed])
    value = amount(run.objective)
    word = "highest" if run.sense == "maximize" else "lowest"
    head = f"The {word} value is {value}."
    if run.outcome is Outcome.limit:
        head = f"The best found before the limit has the value {value}."
    values = [(show_entry(n, k), tidy(v)) for n, k, v in run.values if v is not None]
    lines = [f"- {one_line(entry)} = {amount(value)}" for entry, value in values if value]
    zeros = len(values) - len(lines)
    return "\n".join([head, *first(lines, _MOST_LINES), *_others(zeros)])


def _others(zeros: int) -> list[str]:
    """Say of how many entries nothing was said, as they are zero."""
    if not zeros:
        return []
    return ["- the other one is 0"] if zeros == 1 else [f"- all others ({zeros}) are 0"]


def _at_best(solution: Solution, unit: str) -> str:
    if solution.bound is None:
        return ""
    return f"; nothing beyond {amount(solution.bound, unit)} is possible"


def _decisions(named: Named, solution: Solution) -> list[str]:
    lines: list[str] = []
    zeros = 0
    for variable in named.formulation.variables:
        if variable.name in named.twins:
            continue
        for key, value in solution.values.get(variable.name, {}).items():
            if key and abs(value) < NOISE:
                zeros += 1
                continue
            figure = named.figure(variable.name, value, digits=10)
            lines.append(f"- {named.decision(variable.name, key)}: {figure}")
    lines = first(lines, _MOST_LINES * 3, "- ... and {} more that are not zero")
    return [*lines, *_others(zeros)]


def _used_up(named: Named, solution: Solution) -> Iterator[str]:
    from solvitur.solvers.verify import binding

    for constraint, key in binding(named.instance, solution.values):
        if constraint.name not in named.twins:
            yield named.limit(constraint.name, key)
