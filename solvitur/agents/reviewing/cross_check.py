"""The code route as a witness: a Pyomo script of the same problem, and what it comes to.

The five elements and a script fail on different problems, so what both come to is seldom wrong.
"""

from collections.abc import Callable
from dataclasses import replace

from solvitur.agents.code import Coded
from solvitur.agents.draft import Asking, Attempt
from solvitur.agents.reviewing import Review
from solvitur.agents.script import ScriptRun


class CrossCheck:
    """Has a script written once for a problem, and compares every attempt with what it gives.

    Args:
        run: Runs a script in the sandbox, in the time that is left.
    """

    name = "code"

    def __init__(self, run: Callable[[str], ScriptRun]) -> None:
        self._run = run

    async def review(self, attempt: Attempt, asking: Asking) -> Review:
        """Compare the verdicts."""
        told = [r for each in asking.attempts for r in each.reviews if r.reviewer == self.name]
        if told:
            return _compared(attempt, Review(self.name, verdict=told[0].verdict))
        if asking.data:  # a script is shut in, and reads no tables
            return Review(self.name)
        alone = replace(asking, attempts=[])
        draft = await Coded().draft(alone, temperature=0.0, seed=0)
        run = self._run(draft.script) if draft.script else None
        verdict = Attempt(1, draft, run=run).verdict
        return _compared(attempt, Review(self.name, verdict=verdict, usage=draft.usage))


def _compared(attempt: Attempt, review: Review) -> Review:
    if review.verdict is None or attempt.verdict is None:
        return review
    if review.verdict == attempt.verdict:
        return replace(review, agrees=True)
    outcome, objective = review.verdict
    told = f"{outcome} with objective {float(objective):.10g}" if objective else outcome
    gap = f"a script that was written for the same problem comes to something else: {told}"
    return replace(review, agrees=False, gaps=(gap,))
