"""What the agent is at, in lines of words: what each step found, and each better point."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from solvitur.agents.draft import Attempt
from solvitur.agents.reviewing import Review
from solvitur.formulation.printing import first
from solvitur.solvers.solution import Incumbent
from solvitur.solvers.words import amount

if TYPE_CHECKING:
    from solvitur.agents.graph import State

STEPS = ("formulate", "check", "solve", "verify", "review")
"""The steps of a round, in order."""
_MOST_LINES = 5


def step_lines(step: str, state: "State") -> list[str]:
    """Say what a step found; nothing where the search ended in it.

    Args:
        step: Its name.
        state: The state that it leaves.
    """
    attempt = state.get("attempt")
    if attempt is None or state.get("stopped") or step not in STEPS:
        return []
    head = f"round {attempt.round}, {step}"
    if step == "review":
        return [line for review in attempt.reviews for line in _reviewed(head, review)]
    if step == "check":
        return _found(head, attempt)
    if attempt.draft.script is not None:
        return _of_script(step, head, attempt)
    formulation, solution = attempt.draft.formulation, attempt.solution
    if step == "formulate":
        return [f"{head} ({attempt.draft.route}): {_drafted(attempt)}"]
    if formulation is None:
        return []
    if step == "solve":
        if solution is None:
            return [f"{head}: {attempt.trouble}"] if attempt.trouble else []
        return [f"{head}: {solution.outcome.value}{_objective(solution.objective)}"]
    return [f"{head}: {line}" for line in _verified(attempt)]


def incumbent_line(incumbent: Incumbent) -> str:
    """Say how good the best point so far is.

    Example:
        >>> incumbent_line(Incumbent(objective=90.0, bound=100.0, seconds=1.26))
        'objective 90, at most 11.11% from the optimum, after 1.3 s'
        >>> incumbent_line(Incumbent(objective=-0.0, bound=None, seconds=0.0))
        'objective 0, after 0.0 s'
    """
    words = f"objective {amount(incumbent.objective)}"
    if incumbent.gap is not None:
        words += f", at most {incumbent.gap:.2%} from the optimum"
    return f"{words}, after {incumbent.seconds:.1f} s"


def counted(number: int, what: str) -> str:
    """Say how many there are of something.

    Example:
        >>> counted(1, "row"), counted(2_000, "row"), counted(0, "row")
        ('1 row', '2,000 rows', 'no rows')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}" if number else f"no {what}s"


def _drafted(attempt: Attempt) -> str:
    formulation = attempt.draft.formulation
    if formulation is None:
        return attempt.draft.fault
    variables, rows = len(formulation.variables), len(formulation.constraints)
    return f"{counted(variables, 'variable')}, {counted(rows, 'constraint')}"


def _verified(attempt: Attempt) -> Iterator[str]:
    check = None if attempt.solution is None else attempt.solution.verification
    if check is not None:
        yield "confirmed" if check.ok else str(check)
    for rounds, words in (
        (attempt.same_as, "proved equivalent to that of"),
        (attempt.unlike, "comes to the same, but proved not to be equivalent to that of"),
    ):
        if rounds:
            yield f"{words} round {', '.join(map(str, sorted(rounds)))}"


def _of_script(step: str, head: str, attempt: Attempt) -> list[str]:
    script, run = attempt.draft.script or "", attempt.run
    if step == "formulate":
        return [f"{head} ({attempt.draft.route}): {counted(len(script.splitlines()), 'line')}"]
    if step != "solve" or run is None:
        return []
    ending = run.ending.value.replace("_", " ") + _objective(run.objective)
    ending = (
        f"not run: {run.ending.value}" if run.rung == "none" else f"{ending} (sandbox: {run.rung})"
    )
    return [f"{head}: {ending}", *(f"  - {line}" for line in run.evidence[:1])]


def _reviewed(head: str, review: Review) -> list[str]:
    agreed = {None: "", True: ", agrees", False: ", disagrees"}[review.agrees]
    gaps = [f"  - {gap}" for gap in review.gaps]
    shown = first(gaps, _MOST_LINES, "  - and {} more")
    return [f"{head} ({review.reviewer}): {counted(len(gaps), 'gap')}{agreed}", *shown]


def _found(head: str, attempt: Attempt) -> list[str]:
    if attempt.draft.script is None and attempt.draft.formulation is None:
        return []
    found = [f"  - {finding}" for finding in attempt.findings]
    shown = first(found, _MOST_LINES, "  - and {} more")
    return [f"{head}: {counted(len(found), 'finding')}", *shown]


def _objective(value: float | None) -> str:
    return "" if value is None else f", objective {value:.10g}"
