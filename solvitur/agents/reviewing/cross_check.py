"""The code route as a witness: a Pyomo script of the same problem, and what it comes to.

The five elements and a script fail on different problems, so what both come to is seldom wrong.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from solvitur.agents.code import Coded
from solvitur.agents.draft import Asking, Attempt
from solvitur.agents.reviewing import Review
from solvitur.agents.script import ScriptRun
from solvitur.llm import Usage

_TEMPERATURES = (0.0, 0.5)
"""For the script, and for its repair: asked alike, a small model repeats its mistake."""


class CrossCheck:
    """Has a script written once for a problem, and compares every attempt with what it gives.

    Args:
        run: Runs a script in the sandbox, in the time that is left.
    """

    name = "code"

    def __init__(self, run: Callable[[str], Awaitable[ScriptRun]]) -> None:
        self._run = run

    async def review(self, attempt: Attempt, asking: Asking) -> Review:
        """Compare the verdicts."""
        told = [r for each in asking.attempts for r in each.reviews if r.reviewer == self.name]
        if told:
            return compared(attempt, Review(self.name, verdict=told[0].verdict))
        if asking.data:  # a script is shut in, and reads no tables
            return Review(self.name)
        witness = await self._witness(asking)
        used = sum((each.usage for each in witness), Usage())
        return compared(attempt, Review(self.name, verdict=witness[-1].verdict, usage=used))

    async def _witness(self, asking: Asking) -> list[Attempt]:
        """Have a script written that knows nothing of the attempts; one that fails is repaired."""
        tried: list[Attempt] = []
        for temperature in _TEMPERATURES:
            alone = replace(asking, attempts=tried)
            draft = await Coded().draft(alone, temperature=temperature, seed=len(tried))
            run = await self._run(draft.script) if draft.script else None
            tried = [*tried, Attempt(len(tried) + 1, draft, run=run)]
            if tried[-1].verdict is not None:
                break
        return tried


def compared(attempt: Attempt, review: Review) -> Review:
    """Say whether an attempt comes to what a review came to, and if not, what that was."""
    if review.verdict is None or attempt.verdict is None:
        return review
    if review.verdict == attempt.verdict:
        return replace(review, agrees=True)
    outcome, objective = review.verdict
    told = f"{outcome} with objective {float(objective):.10g}" if objective else outcome
    gap = f"a script that was written for the same problem comes to something else: {told}"
    return replace(review, agrees=False, gaps=(gap,))
