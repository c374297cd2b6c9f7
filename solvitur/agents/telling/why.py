"""Why an answer is as it is, and why it is not otherwise: proved by the solver, in plain words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from solvitur.agents.answer import Answer
from solvitur.agents.telling.answered import Answered, Limit, is_same
from solvitur.agents.telling.named import DIGITS, one_of_unit
from solvitur.agents.telling.reasons import told_members, told_reason
from solvitur.errors import FormulationError, SolverError
from solvitur.formulation.changing import entry_text, free_name, total_text
from solvitur.formulation.elements import Constraint, Domain, Formulation, Variable
from solvitur.formulation.evaluate import Key, key_of
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.printing import first
from solvitur.formulation.tables.data import Given
from solvitur.formulation.wording.nouns import singular
from solvitur.formulation.words.numerals import words
from solvitur.solvers import (
    Conflict,
    Entry,
    Kind,
    Options,
    Price,
    Sensitivity,
    Solution,
    conflict,
    sensitivity,
    solve,
)
from solvitur.solvers.solution import Outcome
from solvitur.solvers.words import NOISE, amount

_MOST_LINES = 12
_MOST_DECISIONS = 100
"""Most decisions that are added up one by one."""
_QUICK = Options(time_limit=10.0)

Way = Literal["more", "less"]
Decision = tuple[str, Key]
"""An entry of a variable."""


def told_why(
    answer: Answer, about: str | None = None, data: Given = None, options: Options = _QUICK
) -> str:
    """Say why an answer is as it is.

    Args:
        answer: The answer that is asked about.
        about: What of it is asked about, in words: a limit, a decision, "not more chairs".
        data: The tables that its formulation names.
        options: What the solver is told where something is to be proved.

    Example:
        >>> from solvitur.agents.graph import solve_formulation
        >>> answer = solve_formulation(Formulation.model_validate({
        ...     "parameters": [{"name": "hours", "value": 40, "unit": "h"}],
        ...     "variables": [{"name": "chairs"}, {"name": "tables"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * chairs + 50 * tables"},
        ...     "constraints": [
        ...         {"name": "labour", "expression": "2 * chairs + 5 * tables <= hours"}]}))
        >>> print(told_why(answer))
        The highest value is 600: no plan is better.
        What holds it back:
        - labour: all of the 40 h; one h more is worth 15; one h less costs 15, up to 40
        Left out: tables (one would cost 25: it brings 50 and takes what is worth 75).
        >>> print(told_why(answer, "no tables"))
        With tables at least 1 (now 0), the highest value would be 575, 25 less.
        - chairs: 17.5 instead of 20
        - tables: 1 instead of 0
    """
    if answer.formulation is None:
        return answer.answer or answer.message
    answered = Answered(answer, data)
    if answer.objective is None:
        return told_reason(answered, options)
    return _Why(answered, options).told(about or "")


class _Why:
    """Looks around one answer."""

    def __init__(self, answered: Answered, options: Options) -> None:
        self.answered, self.options = answered, options

    def told(self, about: str) -> str:
        asked = read_question(about, self.answered)
        if len(asked.decisions) > _MOST_DECISIONS and not self._is_one_variable(asked.decisions):
            return f"That speaks of {len(asked.decisions):,} decisions; ask about one of them."
        if asked.decisions:
            return "\n".join(self._otherwise(asked))
        found = self._sensed()
        if asked.limits:
            return "\n".join(self._of_limits(asked.limits, found))
        unknown = [f'Nothing in it is called "{about.strip()}".'] if asked.is_unknown else []
        return "\n".join([*unknown, *self._whole(found)])

    def _is_one_variable(self, decisions: Sequence[Decision]) -> bool:
        names = {name for name, _ in decisions}
        return len(names) == 1 and len(decisions) == len(self.answered.instance.bounds[names.pop()])

    def _sensed(self) -> Sensitivity | None:
        if self.answered.answer.sensitivity is not None:
            return self.answered.answer.sensitivity
        try:
            return sensitivity(self.answered.instance, self.options)
        except SolverError:
            return None

    # --- the whole answer ------------------------------------------------------------------------

    def _whole(self, found: Sensitivity | None) -> Iterator[str]:
        answered = self.answered
        proof = "no plan is better" if answered.is_best else "it is not proved to be the best"
        yield f"{answered.goal()} is {answered.worth(answered.objective)}: {proof}."
        if found is None or found.method is None:
            yield from self._without_prices()
            return
        binding = [price for price in found.prices if price.is_binding]
        telling = [price for price in binding if _is_telling(price)]
        lines = [f"- {self._price(price, found)}" for price in telling]
        if lines:
            yield "What holds it back:"
            yield from first(lines, _MOST_LINES, "- ... and {} more")
        elif not binding:
            yield "No limit is fully used: more of what is limited would change nothing."
        if idle := [self._which(price) for price in binding if price not in telling]:
            yield f"Fully used, though one more or less of it alone gains nothing: {_some(idle)}."
        loose = [self._left(price) for price in found.prices if not price.is_binding]
        if loose:
            yield f"Not fully used: {_some(loose)}."
        if out := [self._left_out(entry) for entry in found.entries if _is_left_out(entry, found)]:
            yield f"Left out: {_some(out)}."
        if found.message:
            yield found.message

    def _without_prices(self) -> Iterator[str]:
        rows = [words for _, words in self.answered.used_up()]
        if rows:
            yield f"Fully used: {_some(rows)}."
        else:
            yield "No limit is fully used: more of what is limited would change nothing."

    def _price(self, price: Price, found: Sensitivity) -> str:
        asked, unit = price.requirement, price.requirement.unit
        one = one_of_unit(unit)
        steps = f"{one} more {found.worth(price.more)}; {one} less {found.worth(price.less)}"
        limit = amount(price.limit, unit, DIGITS)
        held = next((words for sign, words in _HELD.items() if sign in asked.text), "at")
        return (
            f"{self._which(price)}: {f'{held} {limit}' if price.limit else 'at its end'}; {steps}"
        )

    def _which(self, price: Price) -> str:
        asked = price.requirement
        if asked.kind is Kind.row:
            return self.answered.limit(asked.name, asked.key)
        return self.answered.decision(asked.name, asked.key)

    def _left(self, price: Price) -> str:
        return f"{self._which(price)} ({amount(price.slack, price.requirement.unit, DIGITS)} left)"

    def _left_out(self, entry: Entry) -> str:
        """Say what one of what is not done would bring, and what it would take from the rest."""
        answered, cost = self.answered, entry.reduced_cost or 0.0
        which = answered.decision(entry.name, entry.key)
        sign = 1 if answered.maximizes else -1
        loss = answered.worth(abs(cost))
        brings, takes = entry.coefficient * sign, (entry.coefficient - cost) * sign
        if brings > 0 and takes > 0:
            one, other = answered.worth(brings), answered.worth(takes)
            return (
                f"{which} (one would cost {loss}: it brings {one} and takes what is worth {other})"
            )
        if brings < 0 and takes < 0:
            one, other = answered.worth(-brings), answered.worth(-takes)
            return f"{which} (one would cost {loss}: it costs {one} and saves {other})"
        return f"{which} (one would cost {loss})"

    # --- some limits -----------------------------------------------------------------------------

    def _of_limits(self, limits: Sequence[Limit], found: Sensitivity | None) -> Iterator[str]:
        prices = {
            (price.requirement.name, price.requirement.key): price
            for price in (found.prices if found is not None else ())
            if price.requirement.kind is Kind.row
        }
        used = dict(self.answered.used_up())
        for limit in limits[:_MOST_LINES]:
            price, which = prices.get(limit), self.answered.limit(*limit)
            if price is not None and found is not None and price.is_binding:
                yield f"{self._price(price, found)}."
            elif price is not None:
                left = amount(price.slack, price.requirement.unit, DIGITS)
                yield f"{which} does not hold it back: {left} left."
            elif limit in used:
                yield f"{which} is fully used."
            else:
                yield f"{which} is not fully used, or says how things hang together."

    # --- otherwise -------------------------------------------------------------------------------

    def _otherwise(self, asked: "Question") -> Iterator[str]:
        """Solve again with more of something, or with less, and say what comes of it."""
        ways: tuple[Way, ...] = ("more", "less")
        if asked.way is not None or asked.number is not None:
            ways = (asked.way or "more",)
        told = [line for way in ways for line in self._tried(asked, way)]
        yield from told or [f"{self._named(asked.decisions)} cannot be less than 0."]

    def _tried(self, asked: "Question", way: Way) -> Iterator[str]:
        answered, decisions = self.answered, asked.decisions
        now = sum(answered.values[name][key] for name, key in decisions)
        step = self._step(decisions, now)
        wanted = now + step if way == "more" else now - step
        if asked.number is not None and abs(asked.number - now) > NOISE:
            wanted, way = asked.number, "more" if asked.number > now else "less"
        elif way == "less" and now <= NOISE and self._is_floored(decisions):
            return
        end = f"at {'least' if way == 'more' else 'most'} {amount(wanted, digits=DIGITS)}"
        head = f"{self._named(decisions)} {end} (now {amount(now, digits=DIGITS)})"
        forced = self._forced(decisions, ">=" if way == "more" else "<=", wanted)
        try:
            instance = Instance(forced, answered.data)
            solution = solve(instance, options=self.options)
        except SolverError as error:
            yield f"With {head}: {error}"
            return
        if solution.outcome is Outcome.infeasible:
            yield from self._impossible(head, instance)
        elif solution.objective is None:
            yield f"With {head}, nothing was found in time."
        else:
            yield from self._compared(head, solution)

    def _named(self, decisions: Sequence[Decision]) -> str:
        if len(decisions) > 1 and self._is_one_variable(decisions):
            return f"{self.answered.phrases.nouns[decisions[0][0]]} in all"
        names = [self.answered.decision(*each) for each in decisions]
        return " + ".join(first(names, 4, "{} more"))

    def _step(self, decisions: Sequence[Decision], now: float) -> float:
        """Give one more of what is counted or large, and a tenth of what is a part of something."""
        variables = {each.name: each for each in self.answered.formulation.variables}
        if any(variables[name].domain is Domain.continuous for name, _ in decisions):
            tops = [self.answered.instance.bounds[name][key].upper for name, key in decisions]
            top = sum(top if top is not None else float("inf") for top in tops)
            if top <= 1 or 0 < abs(now) < 1:
                return 0.1 * min(1.0, top)
        return 1.0

    def _is_floored(self, decisions: Sequence[Decision]) -> bool:
        bounds = (self.answered.instance.bounds[name][key] for name, key in decisions)
        return all(bound.lower is not None and bound.lower >= 0 for bound in bounds)

    def _forced(self, decisions: Sequence[Decision], operator: str, wanted: float) -> Formulation:
        formulation = self.answered.formulation
        total = self._total(decisions)
        row = Constraint(
            name=free_name(formulation, _ASKED), expression=f"{total} {operator} {wanted!r}"
        )
        return formulation.model_copy(update={"constraints": (*formulation.constraints, row)})

    def _total(self, decisions: Sequence[Decision]) -> str:
        """Write the sum of some entries; of all of a variable as a sum over its sets."""
        name, _ = decisions[0]
        if len(decisions) == 1 or not self._is_one_variable(decisions):
            return " + ".join(entry_text(*each) for each in decisions)
        formulation = self.answered.formulation
        (variable,) = (each for each in formulation.variables if each.name == name)
        return total_text(formulation, variable)

    def _impossible(self, head: str, instance: Instance) -> Iterator[str]:
        try:
            found = conflict(instance, self.options)
        except (SolverError, FormulationError):
            found = Conflict((), is_irreducible=False, checks=0, seconds=0.0)
        name = instance.formulation.constraints[-1].name
        members = [each for each in found.members if each.name != name]
        if members:
            yield f"{head} is not possible, because of:"
            yield from told_members(self.answered, members)
        else:
            yield f"{head} is not possible."

    def _compared(self, head: str, solution: Solution) -> Iterator[str]:
        answered = self.answered
        assert solution.objective is not None
        if is_same(solution.objective, answered.objective):
            yield f"With {head}, it is as good: more than one plan is the best."
        else:
            word = answered.formulation.objective.sense.superlative
            if solution.outcome is not Outcome.solved:
                word = "best found"
            change = answered.gain(solution.objective - answered.objective)
            value = answered.worth(solution.objective)
            yield f"With {head}, the {word} value would be {value}, {change}."
        yield from first(list(answered.shifts(solution.values)), _MOST_LINES, "- ... and {} more")


_ASKED = "asked"
_HELD = {" <= ": "all of the", " >= ": "just the least,", " == ": "exactly"}


def _some(words: Sequence[str]) -> str:
    return ", ".join(first(list(words), _MOST_LINES))


def _is_telling(price: Price) -> bool:
    """Whether one more, or one less, makes a difference that is told."""
    steps = price.more, price.less
    return any(step is None or abs(step.rate or 0.0) > NOISE for step in steps)


def _is_left_out(entry: Entry, found: Sensitivity) -> bool:
    cost = entry.reduced_cost or 0.0
    loss = -cost if found.maximizes else cost
    return abs(entry.value) <= NOISE and loss > NOISE


# --- what is asked about -------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What a person asks about an answer."""

    decisions: tuple[Decision, ...] = ()
    limits: tuple[Limit, ...] = ()
    way: Way | None = None
    """Whether it is asked why it is not more of the decisions, or not less."""
    number: float | None = None
    """How many it speaks of."""
    is_unknown: bool = False
    """Whether it speaks of something that the formulation does not have."""


_MORE = re.compile(
    r"\b(?:not|n't|no|any|only|just|few|so little|zero|without|never|none)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")
_LESS = re.compile(r"\b(?:fewer|less|so many|so much|that many|that much|at all)\b", re.IGNORECASE)
_EMPTY = words(
    "a all an and answer any are as at be because been best bigger but by can could did do "
    "does each everything few fewer for from get had has have how i if in is isn it its just "
    "larger less little make many me more most much need never no none not of on only optimal "
    "optimum or our out plan result should smaller so solution some such than that the then "
    "there these they this to value we were what when which why will with without would you "
    "zero"
)


def read_question(about: str, answered: Answered) -> Question:
    """Find the decisions or the limits that words speak of.

    All entries that the words fit best: "chairs" is the chairs of every week.
    """
    formulation = answered.formulation
    asked = _words(about) - _words(f"{formulation.objective.doc} {formulation.title}")
    if not asked:
        return Question()
    candidates: list[tuple[int, float, Decision | None, Limit | None]] = []
    for variable in answered.formulation.variables:
        for key in answered.instance.bounds[variable.name]:
            hits, share = _fit(asked, _words_of(answered, variable, key))
            candidates.append((hits, share, (variable.name, key), None))
    for rule in answered.instance.rules:
        for limit in _rows(answered, rule):
            hits, share = _fit(asked, _words_of_limit(answered, rule.constraint, limit))
            candidates.append((hits, share, None, limit))
    best = max((each[0] for each in candidates), default=0)
    if best == 0:
        return Question(is_unknown=True)
    found = [each for each in candidates if each[0] == best]
    decisions = tuple(decision for _, _, decision, _ in found if decision is not None)
    limits = tuple(limit for _, _, _, limit in found if limit is not None)
    if decisions and limits:  # what names less beside is meant
        closest = max(found, key=lambda each: each[1])
        decisions, limits = (decisions, ()) if closest[2] is not None else ((), limits)
    named = {str(atom) for _, key in decisions for atom in key}
    number = next((float(text) for text in _NUMBER.findall(about) if text not in named), None)
    return Question(decisions, limits, _way(about), number)


def _rows(answered: Answered, rule: Rule) -> Iterator[Limit]:
    """Give the rows of a constraint."""
    loops = answered.instance.loops(rule)
    for binding in answered.instance.evaluator().bindings(loops, {}) if loops is not None else ():
        yield rule.constraint.name, key_of(binding)


def _constants(answered: Answered, constraint: str) -> frozenset[str]:
    """Name what the constant side of a constraint is made of."""
    (rule,) = (rule for rule in answered.instance.rules if rule.constraint.name == constraint)
    variables = frozenset(answered.instance.bounds)
    sides = (side.names for side in rule.relation.operands)
    return frozenset[str]().union(*(names for names in sides if not names & variables))


def _way(about: str) -> Way | None:
    if _LESS.search(about):
        return "less"
    return "more" if _MORE.search(about) or re.search(r"\bmore\b", about) else None


def _fit(asked: frozenset[str], known: frozenset[str]) -> tuple[int, float]:
    """Say how many words are the same, and how large a part of what is known they are."""
    hits = len(asked & known)
    return hits, hits / max(1, len(known))


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"[^\W_]+", text.lower())
    return frozenset(singular(word) or word for word in found if word not in _EMPTY)


def _words_of(answered: Answered, variable: Variable, key: Key) -> frozenset[str]:
    entry = answered.decision(variable.name, key)
    return _words(f"{entry} {variable.name} {' '.join(map(str, key))}")


def _words_of_limit(answered: Answered, constraint: Constraint, limit: Limit) -> frozenset[str]:
    parameters = {each.name: each for each in answered.formulation.parameters if not each.index}
    names = _constants(answered, constraint.name)
    docs = " ".join(f"{name} {parameters[name].doc}" for name in names if name in parameters)
    key = " ".join(map(str, limit[1]))
    return _words(f"{constraint.name} {constraint.doc} {docs} {key}")
