"""What the agent is at, told while it works."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from solvitur.cli.console import cut, safe

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from solvitur.agents.draft import Attempt
    from solvitur.agents.graph import State
    from solvitur.agents.reviewing import Review
    from solvitur.solvers import Incumbent

_NEXT = {
    "formulate": "check",
    "check": "solve",
    "solve": "verify",
    "verify": "review",
    "review": "formulate",
}
_MOST_LINES = 5
_LONGEST_LINE = 300
_A_WHILE = 1.0
"""Seconds of search from which on it is worth telling of."""


class Steps:
    """Tells each step of the agent in a line, and turns a spinner where the terminal has one.

    Args:
        console: Where to tell it.
    """

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._status = console.status(_doing(1, "formulate")) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, step: str, state: "State") -> None:
        """Tell what a step found."""
        attempt = state.get("attempt")
        if attempt is None or state.get("stopped") or step not in _NEXT:
            return
        for line in _lines(step, attempt):
            self._console.print(_short(line))
        if self._status is not None:
            number = attempt.round + (step == "review")
            self._status.update(_doing(number, _NEXT[step]))

    def hear(self, incumbent: "Incumbent") -> None:
        """Tell of a better point while the solver works."""
        tell_incumbent(self._console, self._status, incumbent)


def tell_incumbent(console: "Console", status: "Status | None", incumbent: "Incumbent") -> None:
    """Tell of a better point: beside the spinner; without one in a line, if it took a while."""
    words = f"objective {incumbent.objective:.10g}"
    if incumbent.gap is not None:
        words += f", at most {incumbent.gap:.2%} from the optimum"
    words += f", after {incumbent.seconds:.1f} s"
    if status is not None:
        status.update(f"solving: {words} ...")
    elif incumbent.seconds >= _A_WHILE:
        console.print(words)


def _lines(step: str, attempt: "Attempt") -> list[str]:
    head = f"round {attempt.round}, {step}"
    if step == "review":
        return [line for review in attempt.reviews for line in _reviewed(head, review)]
    if attempt.draft.script is not None:
        return _lines_of_script(step, head, attempt)
    formulation, solution = attempt.draft.formulation, attempt.solution
    if step == "formulate":
        if formulation is None:
            return [f"{head} ({attempt.draft.route}): {attempt.draft.fault}"]
        variables, rows = len(formulation.variables), len(formulation.constraints)
        size = f"{_count(variables, 'variable')}, {_count(rows, 'constraint')}"
        return [f"{head} ({attempt.draft.route}): {size}"]
    if formulation is None:
        return []
    if step == "check":
        return _found(head, attempt)
    if step == "solve":
        if solution is None:
            return [f"{head}: {attempt.trouble}"] if attempt.trouble else []
        objective = "" if solution.objective is None else f", objective {solution.objective:.10g}"
        return [f"{head}: {solution.outcome.value}{objective}"]
    if solution is not None and solution.verification is not None:
        return [f"{head}: {'confirmed' if solution.verification.ok else solution.verification}"]
    return []


def _lines_of_script(step: str, head: str, attempt: "Attempt") -> list[str]:
    script, run = attempt.draft.script or "", attempt.run
    if step == "formulate":
        return [f"{head} ({attempt.draft.route}): {_count(len(script.splitlines()), 'line')}"]
    if step == "check":
        return _found(head, attempt)
    if step != "solve" or run is None:
        return []
    objective = "" if run.objective is None else f", objective {run.objective:.10g}"
    ending = f"{run.ending.value.replace('_', ' ')}{objective} (sandbox: {run.rung})"
    if run.rung == "none":
        ending = f"not run: {run.ending.value}"
    return [f"{head}: {ending}", *(f"  - {line}" for line in run.evidence[:1])]


def _reviewed(head: str, review: "Review") -> list[str]:
    from solvitur.formulation.printing import first

    agreed = {None: "", True: ", agrees", False: ", disagrees"}[review.agrees]
    gaps = [f"  - {gap}" for gap in review.gaps]
    shown = first(gaps, _MOST_LINES, "  - and {} more")
    return [f"{head} ({review.reviewer}): {_count(len(gaps), 'gap')}{agreed}", *shown]


def _found(head: str, attempt: "Attempt") -> list[str]:
    from solvitur.formulation.printing import first

    found = [f"  - {finding}" for finding in attempt.findings]
    shown = first(found, _MOST_LINES, "  - and {} more")
    return [f"{head}: {_count(len(found), 'finding')}", *shown]


def _doing(number: int, step: str) -> str:
    return f"round {number}: {step} ..."


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _short(line: str) -> str:
    return cut(safe(line).replace("\n", "; "), _LONGEST_LINE)
