"""Why it is so: what holds an answer back, why there is none, and why not otherwise."""

from collections.abc import Mapping, Sequence

from solvitur.agents.diagnosis import Diagnostician
from solvitur.agents.telling.answered import Answered
from solvitur.agents.telling.named import DIGITS
from solvitur.formulation.printing import first
from solvitur.solvers import Conflict, Kind, Options, Ray, Requirement
from solvitur.solvers.solution import Outcome
from solvitur.solvers.words import amount

_MOST_MEMBERS = 8


def told_reason(
    answered: Answered, options: Options, marks: Mapping[str, str] | None = None
) -> str:
    """Say why there is no plan: the conflict and the least change, or the way without end.

    Args:
        answered: It has no plan.
        options: What the solver is told.
        marks: What is to be said beside some constraints and variables, by name.
    """
    answer = answered.answer
    if answer.outcome not in (Outcome.infeasible, Outcome.unbounded):
        return answer.message or "The limit was reached before any answer was found."
    if answer.outcome is Outcome.unbounded:
        return _told_ray(answered, answer.ray or _finder(answered, options).ray())
    told = told_conflict(answered, find_conflict(answered, options), marks)
    mend = answer.relaxation or _finder(answered, options).relaxation()
    return "\n".join(filter(None, [told, str(mend)]))


def find_conflict(answered: Answered, options: Options) -> Conflict:
    """Find what contradicts itself, if it is not known yet."""
    return answered.answer.conflict or _finder(answered, options).conflict()


def _finder(answered: Answered, options: Options) -> Diagnostician:
    return Diagnostician(answered.instance, options, lambda: options.time_limit)


def told_conflict(
    answered: Answered, found: Conflict, marks: Mapping[str, str] | None = None
) -> str:
    """Say which limits contradict each other, each by what it means."""
    if not found.members:
        return f"There is no answer: the limits contradict each other.\n{found.message}".rstrip()
    head = "There is no answer. These cannot hold together"
    if len(found.members) == 1:
        head = "There is no answer, as this cannot hold"
    elif found.is_irreducible:
        head += "; without any one of them, the others can"
    rest = f" (with the bounds of {', '.join(found.resting)})" if found.resting else ""
    told = [f"{head}{rest}:", *told_members(answered, found.members, marks)]
    return "\n".join([*told, found.message] if found.message else told)


def told_members(
    answered: Answered, members: Sequence[Requirement], marks: Mapping[str, str] | None = None
) -> list[str]:
    """Say each of some limits by what it means."""
    lines = [f"- {_member(answered, member, marks)}" for member in members]
    return first(lines, _MOST_MEMBERS, "- ... and {} more")


def _member(answered: Answered, member: Requirement, marks: Mapping[str, str] | None) -> str:
    mark = f"; {marks[member.name]}" if marks and member.name in marks else ""
    if member.kind is Kind.row:
        said = _rule(answered, member)
        return f"{answered.limit(member.name, member.key)}: {said}{mark}"
    entry = answered.decision(member.name, member.key)
    if member.kind is Kind.whole_number:
        return f"{entry}: a whole number{mark}"
    word = "at least" if member.kind is Kind.lower_bound else "at most"
    assumed = " (taken by default)" if member.is_assumed else ""
    return f"{entry}: {word} {amount(member.number or 0.0, member.unit, DIGITS)}{assumed}{mark}"


def _rule(answered: Answered, member: Requirement) -> str:
    for row in answered.instance.rows():
        if row.rule.constraint.name == member.name and row.key == member.key:
            return answered.rule(row)
    return member.text


def _told_ray(answered: Answered, found: Ray) -> str:
    """Say what can grow without end."""
    head = "There is no best answer: "
    if not found.moves:
        return f"{head}it can be improved without end.\n{found.message}".rstrip()
    gain = answered.worth(abs(found.gain))
    better = f"{'raises' if found.gain > 0 else 'lowers'} the goal by {gain}"
    moves = [
        f"{answered.decision(move.name, move.key)} {'grows' if move.rate > 0 else 'falls'} by "
        f"{amount(abs(move.rate), move.unit, DIGITS)}"
        for move in found.moves
    ]
    lines = [f"- {line}" for line in first(moves, _MOST_MEMBERS)]
    tail = "A limit on it is missing." if len(moves) == 1 else "A limit on one of them is missing."
    return "\n".join([f"{head}nothing ends this, and each step {better}:", *lines, tail])
