"""What a notebook shows of a solution: HTML in which every text stays text."""

from collections.abc import Iterator

from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.notebook import MOST_ROWS, escaped, framed
from solvitur.formulation.printing import show_number
from solvitur.solvers.solution import Solution


def solution_to_html(solution: Solution) -> str:
    """Show how it ended, the objective, and the values that are not zero.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> from solvitur.solvers import solve
        >>> page = solution_to_html(solve(Formulation.model_validate({
        ...     "variables": [{"name": "x", "upper": 4}, {"name": "y", "upper": 0}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x + y"}})))
        >>> print(page[page.index("<table>"):page.index("</table>") + 8])
        <table>
        <tr><th>variable</th><th>value</th></tr>
        <tr><td>x</td><td>4</td></tr>
        <tr><td colspan="2">1 more is 0</td></tr>
        </table>
    """
    parts = [f"<h4>{solution.outcome.value}</h4>"]
    if solution.objective is not None:
        parts.append(f"<p>objective <b>{show_number(solution.objective)}</b></p>")
    if solution.values:
        parts += ["<table>", *_rows(solution), "</table>"]
    notes = [f"{solution.problem_class.value}, {solution.solver}"]
    notes += [str(solution.verification)] if solution.verification else []
    notes += [solution.message] if solution.message else []
    return framed([*parts, *(f"<p>{escaped(note)}</p>" for note in notes)])


def _rows(solution: Solution) -> Iterator[str]:
    yield "<tr><th>variable</th><th>value</th></tr>"
    entries = [
        (show_entry(name, key), value)
        for name, held in solution.values.items()
        for key, value in held.items()
    ]
    shown = [(label, value) for label, value in entries if value != 0]
    for label, value in shown[:MOST_ROWS]:
        yield f"<tr><td>{escaped(label)}</td><td>{show_number(value)}</td></tr>"
    for count, what in ((len(shown) - MOST_ROWS, "not"), (len(entries) - len(shown), "")):
        if count > 0:
            words = f"{count:,} more {'is' if count == 1 else 'are'} {what} 0".replace("  ", " ")
            yield f'<tr><td colspan="2">{words}</td></tr>'
