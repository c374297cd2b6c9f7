"""A solution in words, from the formulation's own names and docs; no model is asked."""

from collections.abc import Iterator

from solvitur.agents.script import ScriptRun
from solvitur.formulation.elements import Formulation
from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import first, one_line
from solvitur.formulation.tables.data import Given
from solvitur.formulation.twins import twins
from solvitur.formulation.wording.nouns import Nouns
from solvitur.solvers.solution import Outcome, Solution
from solvitur.solvers.words import NOISE, amount, tidy

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
        - x = 6 (chairs built)
        Fully used: wood.
    """
    if not solution.has_point:
        return _without_point(solution)
    doc = one_line(formulation.objective.doc)
    what = f" ({doc})" if doc else ""
    assert solution.objective is not None
    value = amount(solution.objective)
    head = f"The {formulation.objective.sense.superlative} value{what} is {value}."
    if solution.outcome is Outcome.limit:
        head = f"The best found before the limit has the value{what} {value}{_at_best(solution)}."
    lines = [head, *_decisions(formulation, solution)]
    instance = solution.instance
    if instance is None or instance.formulation is not formulation:  # it was said by linear rows
        instance = Instance(formulation, data)
    binding = list(_binding(instance, solution))
    if binding:
        lines.append(f"Fully used: {', '.join(first(binding, _MOST_LINES))}.")
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
    rest = [f"- all others ({zeros}) are 0"] if zeros else []
    return "\n".join([head, *first(lines, _MOST_LINES), *rest])


def _at_best(solution: Solution) -> str:
    return (
        f"; nothing beyond {amount(solution.bound)} is possible"
        if (solution.bound is not None)
        else ""
    )


def _decisions(formulation: Formulation, solution: Solution) -> list[str]:
    lines: list[str] = []
    zeros = 0
    nouns = Nouns(formulation.variables)
    hidden = twins(formulation)
    for variable in formulation.variables:
        if variable.name in hidden:
            continue
        what = one_line(variable.doc) if ":" not in variable.doc else ""
        for key, value in solution.values.get(variable.name, {}).items():
            if key and abs(value) < NOISE:
                zeros += 1
                continue
            unit = f" {one_line(variable.unit)}" if variable.unit else ""
            said = nouns.own(variable.name, key) or what
            note = f" ({one_line(said)})" if said else ""
            entry = one_line(show_entry(variable.name, key))
            lines.append(f"- {entry} = {amount(value)}{unit}{note}")
    lines = first(lines, _MOST_LINES * 3, "- ... and {} more that are not zero")
    return [*lines, *([f"- all others ({zeros}) are 0"] if zeros else [])]


def _binding(instance: Instance, solution: Solution) -> Iterator[str]:
    from solvitur.solvers.verify import binding

    hidden = twins(instance.formulation)
    for constraint, key in binding(instance, solution.values):
        if constraint.name in hidden:
            continue
        label, doc = one_line(show_entry(constraint.name, key)), one_line(constraint.doc)
        yield f"{label} ({doc})" if doc else label
