"""What attempts say together: which are the same, which of them is best, and when that is enough.

Two formulations are the same where their equivalence is proved, whatever their names. Where neither
that nor the opposite is proved, and of scripts, those agree that come to the same. Where it is
proved that they are not equivalent, their optimal values are equal by accident, and neither votes
for the other.
"""

from collections.abc import Sequence
from dataclasses import replace

from solvitur.agents.answer import Agreement
from solvitur.agents.draft import Attempt
from solvitur.agents.solving import Task, equivalent
from solvitur.formulation.checks import Severity

_VOTE = 4
"""How much is forgiven for each independent witness to the same verdict."""


async def matched(attempt: Attempt, earlier: Sequence[Attempt], task: Task) -> Attempt:
    """Compare an attempt with earlier ones that come to the same, for a proof.

    Args:
        attempt: The latest.
        earlier: Those before it, compared with each other already.
        task: Its formulation and the data of the problem.
    """
    for other in earlier:
        known = other.round in attempt.same_as or _are_unlike(attempt, other, [*earlier, attempt])
        if known or other.draft.formulation is None or not _share_verdict(attempt, other):
            continue
        told = await equivalent(task, other.draft.formulation)
        if told is True:
            same = attempt.same_as | cluster(other, earlier)
            attempt = replace(attempt, same_as=same)
        elif told is False:
            attempt = replace(attempt, unlike=attempt.unlike | {other.round})
    return attempt


def cluster(attempt: Attempt, attempts: Sequence[Attempt]) -> frozenset[int]:
    """Give the rounds of the attempts that are proved equivalent to one, its own included."""
    proved = [each.same_as | {each.round} for each in attempts]
    found = frozenset({attempt.round}) | attempt.same_as
    while more := [rounds for rounds in proved if rounds & found and not rounds <= found]:
        found = found.union(*more)
    return found


def votes(attempt: Attempt, attempts: Sequence[Attempt]) -> int:
    """Count the attempts that agree with one, itself included if it is among them.

    They share its verdict, and none is proved to be something else.
    """
    return sum(
        _share_verdict(attempt, other) and not _are_unlike(attempt, other, attempts)
        for other in attempts
    )


def agreement(attempt: Attempt, attempts: Sequence[Attempt]) -> Agreement | None:
    """Count what attempts say of one of them; ``None`` where it is no formulation with a result."""
    if attempt.draft.formulation is None or attempt.verdict is None:
        return None
    same = len(cluster(attempt, attempts))
    agreeing = votes(attempt, attempts)
    sharing = sum(_share_verdict(attempt, other) for other in attempts)
    return Agreement(
        drawn=len(attempts),
        equivalent=same,
        equal=agreeing - same,
        by_accident=sharing - agreeing,
    )


def best(attempts: Sequence[Attempt]) -> Attempt | None:
    """Choose: least evidence against, then most agreement, by proof first, then the earliest.

    An attempt with which others agree, or an independent route, is forgiven one light finding for
    each.
    """

    def rank(attempt: Attempt) -> tuple[int, int, int]:
        witnesses = max(0, votes(attempt, attempts) - 1) + (attempt.agrees is True)
        proved = len(cluster(attempt, attempts))
        return attempt.penalty - _VOTE * witnesses, -proved, attempt.round

    return min(attempts, key=rank, default=None)


def settled(attempts: Sequence[Attempt], samples: int = 1) -> bool:
    """Whether the last attempt ends the search.

    Among samples it does with more than half of their votes. After them it does if it is clean, or
    if an earlier one or an independent route comes to the same: also one that is proved to be
    something else, as such answers are right no less often. An independent route that alone speaks
    against it asks for one more, and no more than that.
    """
    if not attempts:
        return False
    last = attempts[-1]
    is_wrong = any(finding.severity is Severity.error for finding in last.findings)
    if len(attempts) < samples:
        return not is_wrong and 2 * votes(last, attempts) > samples
    shared = 0 if is_wrong else sum(_share_verdict(last, other) for other in attempts)
    if last.is_clean or shared > 1 or (shared > 0 and last.agrees is True):
        return True
    others = tuple(review for review in last.reviews if review.agrees is not False)
    return len(attempts) > samples and replace(last, reviews=others).is_clean


def _share_verdict(one: Attempt, other: Attempt) -> bool:
    return one.verdict is not None and one.verdict == other.verdict


def _are_unlike(one: Attempt, other: Attempt, attempts: Sequence[Attempt]) -> bool:
    """Whether, of two attempts or what is the same as they, it is proved that they differ."""
    first, second = cluster(one, attempts), cluster(other, attempts)
    return any(
        (each.round in first and each.unlike & second)
        or (each.round in second and each.unlike & first)
        for each in attempts
    )
