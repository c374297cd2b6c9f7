"""What changed from one answer to the next and why, in the words of the problem.

No model is asked. A reason is only given where it is proved: by the limits that a plan does not
keep to, by what one more unit of a limit is worth, by the conflict, or by solving again.
"""

from collections.abc import Iterator, Sequence

from solvitur.agents.answer import Answer
from solvitur.agents.telling.answered import Answered, Values, is_same
from solvitur.agents.telling.named import DIGITS, one_of_unit
from solvitur.agents.telling.plans import (
    comes_to,
    is_comparable,
    obstacles,
    room_left,
    taken_over,
)
from solvitur.agents.telling.reasons import find_conflict, told_members, told_reason
from solvitur.errors import FormulationError, SolverError
from solvitur.formulation.printing import first
from solvitur.formulation.tables.data import Given
from solvitur.solvers import Change, Kind, Options, Price, sensitivity
from solvitur.solvers.solution import Outcome
from solvitur.solvers.words import NOISE, amount

_MOST_LINES = 10
_MOST_REASONS = 3
_QUICK = Options(time_limit=10.0)


def told_change(
    before: Answer,
    after: Answer,
    difference: Sequence[str],
    data: Given = None,
    options: Options = _QUICK,
) -> str:
    """Say what a change of the formulation did to the answer, and why.

    Args:
        before: The answer before the change.
        after: The answer after it.
        difference: What was changed, in lines as `diff` says it.
        data: The tables that the formulations name.
        options: What the solver is told where something is to be proved.

    Example:
        >>> from solvitur.agents.graph import solve_formulation
        >>> from solvitur.formulation import Formulation, diff
        >>> def chairs(hours):
        ...     return solve_formulation(Formulation.model_validate({
        ...         "variables": [{"name": "chairs"}],
        ...         "objective": {"sense": "maximize", "expression": "30 * chairs"},
        ...         "constraints": [{"name": "labour", "expression": f"2 * chairs <= {hours}"}]}))
        >>> one, other = chairs(40), chairs(30)
        >>> print(told_change(one, other, diff(one.formulation, other.formulation).lines))
        The highest value falls from 600 to 450: 150 less (25 %).
        - chairs: 15 instead of 20
        Why: of labour, one less costs 15, up to 40, so 10 less costs 150: that is all of it.
    """
    if not difference:
        return "Nothing was changed, so the answer is the same."
    if before.formulation is None or after.formulation is None:
        return after.answer or after.message
    one, other = Answered(before, data), Answered(after, data)
    if one.answer.objective is None or other.answer.objective is None:
        return "\n".join(_ends(one, other, options))
    if not is_comparable(one, other):
        return "\n".join(_anew(one, other))
    lines = [_moved(one, other), *_decisions(one, other), *_limits(one, other)]
    reasons = list(_reasons(one, other, options))
    return "\n".join([*lines, *([f"Why: {reasons[0]}", *reasons[1:]] if reasons else [])])


def told_comparison(one: Answer, other: Answer, data: Given = None) -> str:
    """Say what two answers have in common and what not, the first one first.

    Example:
        >>> told_comparison(Answer(outcome=Outcome.infeasible), Answer(outcome=Outcome.unbounded))
        'The first: there is no answer. The second: there is no best answer.'
    """
    if any(each.objective is None or each.formulation is None for each in (one, other)):
        return f"The first: {_end(one)}. The second: {_end(other)}."
    left, right = Answered(one, data), Answered(other, data)
    is_equal = is_same(left.objective, right.objective)
    ending = "the same" if is_equal else right.gain(right.objective - left.objective)
    head = (
        f"The first: {left.worth(left.objective)}. The second: {right.worth(right.objective)}, "
        f"{ending}."
    )
    lines = _decisions(left, right) or ["What is decided is the same."]
    mine, yours = dict(left.used_up()), dict(right.used_up())
    for place, some, others in (("first", mine, yours), ("second", yours, mine)):
        alone = [words for limit, words in some.items() if limit not in others]
        if alone:
            lines.append(f"Fully used in the {place} only: {_some(alone)}.")
    return "\n".join([head, *lines])


# --- what is otherwise ---------------------------------------------------------------------------


def _moved(before: Answered, after: Answered) -> str:
    old, new = before.objective, after.objective
    goal = after.goal()
    if before.formulation.objective.sense is not after.formulation.objective.sense:
        return f"{goal} is {after.worth(new)}; the goal was the other way before."
    if is_same(old, new):
        return f"{goal} stays {after.worth(new)}."
    share = f" ({amount(abs(new - old) / abs(old) * 100, digits=3)} %)" if old else ""
    way = "rises" if new > old else "falls"
    said = f"{way} from {before.worth(old)} to {after.worth(new)}: {after.gain(new - old)}{share}."
    return f"{goal} {said}"


def _anew(before: Answered, after: Answered) -> Iterator[str]:
    """Say both values, and the plan as it is now: the plans say nothing of each other."""
    yield (
        "This is another formulation: what is decided in it is not what was decided before, or "
        "has other names. So the plans are not compared."
    )
    yield f"Before: {_goal(before)} was {before.worth(before.objective)}."
    yield f"Now: {_goal(after)} is {after.worth(after.objective)}."
    yield from _plan(after)


def _goal(answered: Answered) -> str:
    """Say what the objective is, within a sentence."""
    said = answered.goal()
    return f"{said[0].lower()}{said[1:]}"


def _plan(after: Answered) -> list[str]:
    """Say what is decided, where there is nothing to compare it with."""
    lines = [
        f"- {after.decision(name, key)}: {after.figure(name, value)}"
        for name, entries in after.decided.items()
        for key, value in entries.items()
        if abs(value) > NOISE
    ]
    return first(lines, _MOST_LINES, "- ... and {} more")


def _decisions(before: Answered, after: Answered) -> list[str]:
    """Say every decision that is otherwise, the larger shifts first."""
    lines: list[tuple[float, str]] = []
    for name, entries in after.decided.items():
        for key, new in entries.items():
            old = before.values.get(name, {}).get(key)
            if abs(new - (old or 0.0)) <= NOISE * max(1.0, abs(new)):
                continue
            said = f"- {after.decision(name, key)}: {after.figure(name, new)} (new)"
            said = said if old is None else after.shift(name, key, old, new)
            lines.append((-abs(new - (old or 0.0)), said))
    for name, entries in before.decided.items():
        for key, old in entries.items():
            if key not in after.values.get(name, {}) and abs(old) > NOISE:
                was = f"no longer decided; it was {before.figure(name, old, with_unit=False)}"
                lines.append((-abs(old), f"- {before.decision(name, key)}: {was}"))
    listed = [said for _, said in sorted(lines, key=lambda line: line[0])]
    return first(listed, _MOST_LINES, "- ... and {} more")


def _limits(before: Answered, after: Answered) -> Iterator[str]:
    old, new = dict(before.used_up()), dict(after.used_up())
    there = {each.name for each in before.formulation.constraints}
    used = [words for limit, words in new.items() if limit not in old and limit[0] in there]
    added = [words for limit, words in new.items() if limit not in old and limit[0] not in there]
    names = {each.name for each in after.formulation.constraints}
    left = [after.limit(*limit) for limit in old if limit not in new and limit[0] in names]
    if used or added:
        yield f"Now fully used: {_some([*added, *used])}."
    if left:
        yield f"No longer fully used: {_some(left)}."


def _some(words: list[str]) -> str:
    return ", ".join(first(words, _MOST_LINES))


# --- why -----------------------------------------------------------------------------------------


def _reasons(before: Answered, after: Answered, options: Options) -> Iterator[str]:
    price = _price(before, after, options)
    if price is not None:
        yield price
        return
    try:
        yield from _by_plans(before, after)
    except FormulationError:  # a function has no value at the other plan, such as a piecewise one
        return


def _price(before: Answered, after: Answered, options: Options) -> str | None:
    """Say what a single limit that was moved is worth, where that explains all or some of it."""
    from solvitur.solvers.sensitivity_analysis.moving import moves

    if not (before.is_linear and after.is_linear and before.is_best and after.is_best):
        return None
    try:
        found = moves(before.instance, after.instance)
        if found is None or len(found) != 1:
            return None
        (change,) = found
        worth = sensitivity(before.instance, options)
    except SolverError:
        return None
    asked = change.requirement
    for price in worth.prices:
        if (price.requirement.kind, price.requirement.label) == (asked.kind, asked.label):
            return _explained(before, after, change, price)
    return None


def _explained(before: Answered, after: Answered, change: Change, price: Price) -> str | None:
    total = after.objective - before.objective
    moved, unit = change.after - change.before, change.requirement.unit
    step, word = (price.more, "more") if moved > 0 else (price.less, "less")
    if step is None or step.rate is None:
        return None
    which = _which(after, change)
    if not price.is_binding and is_same(total + 1, 1):
        left = amount(price.slack, unit, DIGITS)
        return f"{which} was not fully used before ({left} left), so this changes nothing."
    single, whole = f"{one_of_unit(unit)} {word}", amount(abs(moved), unit, DIGITS)
    reach = f", up to {amount(step.reach, digits=DIGITS)}" if step.reach is not None else ""
    each = f"of {which}, {single} {_effect(before, step.rate)}{reach}"
    expected = step.rate * abs(moved)
    is_within = step.reach is None or abs(moved) <= step.reach * (1 + 1e-9)
    if is_within:
        if not abs(expected - total) <= 1e-6 * max(1.0, abs(total)):
            return None
        return f"{each}, so {whole} {word} {_effect(before, total)}: that is all of it."
    if not price.is_binding:
        left, over = (amount(n, unit, DIGITS) for n in (price.slack, abs(moved) - price.slack))
        rest = f"{which} was not fully used before ({left} left)"
        return f"{rest}; the {over} {word} beyond that {_effect(before, total)}."
    if not step.is_exact or not step.reach:
        return None
    beyond = amount(abs(moved) - step.reach, unit, DIGITS)
    part = step.rate * step.reach
    rest = f"{each}, which makes {before.worth(abs(part))}"
    if abs(total - part) <= 1e-6 * max(1.0, abs(total)):
        limit = change.requirement.name, change.requirement.key
        others = [words for other, words in after.used_up() if other != limit]
        held = f", with {_some(others)} fully used" if others else ""
        return f"{rest}; beyond that nothing more comes of it{held}."
    return f"{rest}; the {beyond} {word} beyond that {_effect(before, total - part)}."


def _effect(answered: Answered, change: float) -> str:
    gain = change if answered.maximizes else -change
    if abs(gain) <= NOISE:
        return "changes nothing"
    return f"{'is worth' if gain > 0 else 'costs'} {answered.worth(abs(gain))}"


def _which(answered: Answered, change: Change) -> str:
    asked = change.requirement
    if asked.kind is Kind.row:
        return answered.limit(asked.name, asked.key)
    end = "least" if asked.kind is Kind.lower_bound else "most"
    return f"the {end} of {answered.decision(asked.name, asked.key)}"


def _by_plans(before: Answered, after: Answered) -> Iterator[str]:
    """Say what stands in the way of the plan before, and what stood in the way of the new one."""
    old = taken_over(after, before.values)
    found = obstacles(after, old)
    if found:
        yield f"the plan before is no longer possible: {_joined(found)}."
        return
    new, value = after.objective, comes_to(after, old)
    if is_same(value, new):
        yield f"the plan before is still possible and {_as_good(before, after)}."
        yield from _unused(before, after)
        return
    yield (
        f"the plan before is still possible and would give {after.worth(value)}; the new one "
        f"gives {after.gain(new - value)}."
    )
    yield from _why_not_before(before, after.values)


def _unused(before: Answered, after: Answered) -> Iterator[str]:
    """Say of limits that were changed that the plan did not use them fully."""
    other = changed(before, after)
    for rule in before.instance.rules:
        name = rule.constraint.name
        if name not in other or rule.loops or rule.condition is not None:
            continue
        if (room := room_left(before, name, ())) is not None:
            yield f"{after.limit(name)} was not fully used ({room} left)."


def _as_good(before: Answered, after: Answered) -> str:
    best = "still the best" if after.is_best else "nothing better was found"
    if is_same(before.objective, after.objective):
        return best
    return f"{best}; it gives {after.worth(after.objective)} now"


def _why_not_before(before: Answered, values: Values) -> Iterator[str]:
    plan = taken_over(before, values)
    found = obstacles(before, plan)
    if found:
        yield f"Before, the new plan was not possible: {_joined(found)}."
    else:
        yield f"Before, the new plan would have given {before.worth(comes_to(before, plan))}."


def _joined(obstacles: list[str]) -> str:
    return "; ".join(first(obstacles, _MOST_REASONS))


# --- where there is no plan ----------------------------------------------------------------------


def _ends(before: Answered, after: Answered, options: Options) -> Iterator[str]:
    if after.answer.objective is not None:
        yield f"Now there is an answer. {after.goal()} is {after.worth(after.objective)}."
        yield from _plan(after)
        if before.answer.outcome is Outcome.infeasible:
            yield "Before, these could not hold together:"
            marks = dict.fromkeys(changed(after, before), "changed now")
            yield from told_members(before, find_conflict(before, options).members, marks)
        elif before.answer.outcome is Outcome.unbounded:
            yield "Before, nothing limited it."
        return
    was = before.answer.objective
    if was is not None:
        yield f"Before, {_goal(before)} was {before.worth(was)}."
    marks = dict.fromkeys(changed(before, after), "changed just now")
    yield told_reason(after, options, marks)


def _end(answer: Answer) -> str:
    if answer.objective is not None:
        return f"the value is {amount(answer.objective, digits=DIGITS)}"
    return _ENDS.get(answer.outcome, answer.message or "nothing was found")


_ENDS = {
    Outcome.infeasible: "there is no answer",
    Outcome.unbounded: "there is no best answer",
}


def changed(before: Answered, after: Answered) -> frozenset[str]:
    """Name the constraints and variables that say something else than before.

    Also those that only speak of a parameter or a set that is another one now.
    """
    old, new = before.instance, after.instance
    data = {
        name
        for name, entries in new.parameters.items()
        if dict(entries) != dict(old.parameters.get(name, {}))
    }
    data |= {name for name, members in new.sets.items() if members != old.sets.get(name)}
    was = {rule.constraint.name: rule for rule in old.rules}
    found = set()
    for rule in new.rules:
        name = rule.constraint.name
        parts = (rule.loops, rule.relation, rule.condition)
        same = name in was and parts == (was[name].loops, was[name].relation, was[name].condition)
        nodes = [*rule.loops, rule.relation, *filter(None, [rule.condition])]
        if not same or any(node.names & data for node in nodes):
            found.add(name)
    domains = {variable.name: variable.domain for variable in before.formulation.variables}
    for variable in after.formulation.variables:
        name = variable.name
        is_other = dict(new.bounds[name]) != dict(old.bounds.get(name, {}))
        if is_other or variable.domain is not domains.get(name):
            found.add(name)
    return frozenset(found)
