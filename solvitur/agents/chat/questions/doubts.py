"""What a formulation takes for granted that could be meant otherwise, where it matters.

Each reading that the words allow beside the one that was taken is solved too; it is asked about
only where another answer comes of it. No model is asked.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from solvitur.agents.chat.edits.edits import (
    Amount,
    Edit,
    Frozen,
    SetDomain,
    SetLimit,
    SetParameter,
    SetWritten,
    edited,
)
from solvitur.agents.chat.hearing.intents import Option, Unclear
from solvitur.agents.telling.answered import is_same
from solvitur.errors import FormulationError, SolverError
from solvitur.formulation.amounts import amounts
from solvitur.formulation.checks import Code, check
from solvitur.formulation.elements import Domain, Formulation, Variable
from solvitur.formulation.expression import Number, constant_side, parse
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.printing import one_line, show_number
from solvitur.formulation.tables.data import Given
from solvitur.formulation.wording.nouns import one_of, singular, words_of
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.numerals import words
from solvitur.formulation.words.quantities import Quantity
from solvitur.solvers import Options, solve
from solvitur.solvers.solution import Outcome

MOST = 5
"""Most questions about one formulation."""
_QUICK = Options(time_limit=5.0)


class Doubt(Frozen):
    """A reading that was taken and is not the only one."""

    question: Unclear
    """What is asked; its options are the reading that was taken, and the other."""
    assumption: str
    """What is taken for granted where nobody answers."""


class Best(Protocol):
    """What is known of the best plan: a `Solution`, or an `Answer`."""

    @property
    def outcome(self) -> Outcome:
        """What came of it."""

    @property
    def objective(self) -> float | None:
        """What it comes to."""


def doubts(
    problem: str,
    formulation: Formulation,
    data: Given = None,
    options: Options = _QUICK,
    *,
    best: Best | None = None,
) -> tuple[Doubt, ...]:
    """Find what is to be asked about a formulation before it is taken for what is meant.

    Args:
        problem: The word problem.
        formulation: What it was formulated as.
        data: The tables that it names.
        options: What the solver is told, each time.
        best: What is known of the best plan; it is solved where nothing is.

    Raises:
        InvalidFormulation: The formulation does not say a model.

    Example:
        >>> text = "A chair earns 30. Build less than 9 chairs, out of 99 boards, to earn the most."
        >>> chairs = Formulation.model_validate({
        ...     "variables": [{"name": "chairs", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * chairs"},
        ...     "constraints": [{"name": "few", "expression": "chairs <= 9"}]})
        >>> print(doubts(text, chairs)[-1].question.question)
        Does "less than 9" allow 9 itself?
    """
    doubter = _Doubter(problem, formulation, data, options, best)
    found = {each.question.question: each for each in doubter.all()}
    return tuple(found.values())[:MOST]


class _Doubter:
    def __init__(
        self,
        problem: str,
        formulation: Formulation,
        data: Given,
        options: Options,
        best: Best | None,
    ) -> None:
        self.reading = Reading(problem)
        self.formulation, self.data, self.options = formulation, data, options
        self.instance = Instance(formulation, data)
        self.best: Best = solve(self.instance, options=options) if best is None else best

    def all(self) -> Iterator[Doubt]:
        yield from self._numbers()
        yield from self._endless()
        for quantity in self.reading.numbers:
            yield from self._strict(quantity)
            yield from self._times_more(quantity)
        yield from self._parts()

    def _numbers(self) -> Iterator[Doubt]:
        """Ask about limits that were left out, and about numbers that came from nowhere."""
        for found in check(self.formulation, self.reading.text, self.data):
            said = found.message[:1].upper() + found.message[1:]
            if found.code is Code.forgotten_number:
                if (number := self._said_to_limit(found.message)) is not None:
                    sentence = f"The {number.text} limits {{}}."
                    yield _open(f"{said}: what does it limit?", found.message, sentence)
            elif found.code is Code.invented_number:
                yield _open(f"{said}: where is it from?", found.message)

    def _said_to_limit(self, message: str) -> Quantity | None:
        """Find a number that is left out and stands with "at most", "there are" or the like."""
        return next(
            (
                number
                for number in self.reading.numbers
                if f"number {number.text} of" in message
                and number.text[:1].isdigit()
                and self.reading.cue(number) is not None
            ),
            None,
        )

    def _endless(self) -> Iterator[Doubt]:
        if self.best.outcome is Outcome.unbounded:
            text = "Nothing keeps the goal from growing without end: what limits it?"
            yield _open(text, "nothing limits it", "{}.")

    # --- up to, or below -------------------------------------------------------------------------

    def _strict(self, quantity: Quantity) -> Iterator[Doubt]:
        """Ask whether "less than 20" allows 20, where only whole numbers come close to it."""
        before = self.reading.text[max(0, quantity.start - 30) : quantity.start]
        match = _STRICT.search(before)
        if match is None:
            return
        step = -1 if match["less"] else 1
        words_said = f"{one_line(match[0])} {quantity.text}"
        for rule in self.instance.rules:
            if not self._is_limit(rule, quantity.value, step) or not self._is_whole(rule):
                continue
            amount = Amount(number=quantity.value + step)
            edit = SetLimit(constraint=rule.constraint.name, amount=amount)
            if self._differs([edit]):
                end = "most" if step < 0 else "least"
                yield _either(
                    f'Does "{words_said}" allow {quantity.text} itself?',
                    f'"{words_said}" allows {quantity.text} itself',
                    f"yes, {quantity.text} is allowed",
                    Option(words=f"no, at {end} {show_number(amount.number)}", edits=(edit,)),
                )
                return

    def _is_limit(self, rule: Rule, value: float, step: int) -> bool:
        """Whether a constraint is one row that ends at a number, on the side that is spoken of."""
        relation = rule.relation
        if rule.loops or len(relation.operands) != 2:
            return False
        found = constant_side(relation, self.instance.bounds)
        if found is None or found[1] != ("<=" if step < 0 else ">="):
            return False
        return self.instance.evaluator().number(relation.operands[found[0]], {}) == value

    def _is_whole(self, rule: Rule) -> bool:
        """Whether only whole numbers can come out where the variables of a constraint stand."""
        domains = {each.name: each.domain for each in self.formulation.variables}
        used = rule.relation.names & set(domains)
        if any(domains[name] is Domain.continuous for name in used):
            return False
        numbers = [node.value for node in rule.relation.below() if isinstance(node, Number)]
        for name in rule.relation.names & set(self.instance.parameters):
            numbers += self.instance.parameters[name].values()
        return all(float(number).is_integer() for number in numbers)

    # --- three times more ------------------------------------------------------------------------

    def _times_more(self, quantity: Quantity) -> Iterator[Doubt]:
        """Ask whether "3 times more than" is three times as many, or four."""
        match = _TIMES_MORE.match(self.reading.text, quantity.start)
        if match is None or not quantity.value > 1:
            return
        said = one_line(match[0])
        more = quantity.value + 1
        for edit in self._factors(quantity.value, Amount(number=more)):
            if self._differs([edit]):
                factor, other = show_number(quantity.value), show_number(more)
                yield _either(
                    f'Is "{said}" {factor} times as much, or {other} times?',
                    f'"{said}" is {factor} times as much',
                    f"{factor} times as much",
                    Option(words=f"{other} times as much", edits=(edit,)),
                )
                return

    def _factors(self, old: float, amount: Amount) -> Iterator[Edit]:
        """Give the edits that make another number of a factor of that size, one factor each."""
        for constraint in self.formulation.constraints:
            for place, value in enumerate(amounts(parse(constraint.expression))):
                if value == old:
                    yield SetWritten(constraint=constraint.name, place=place, amount=amount)
        for parameter in self.formulation.parameters:
            if parameter.value == old:
                yield SetParameter(name=parameter.name, amount=amount)

    # --- whole, or parts -------------------------------------------------------------------------

    def _parts(self) -> Iterator[Doubt]:
        """Ask whether only whole ones count, where the words suggest what was not taken."""
        if _SAYS_PARTS.search(self.reading.text):
            return
        doubtful = [each for each in self.formulation.variables if _is_odd(each)]
        edits = [SetDomain(variable=each.name, domain=_OTHER[each.domain]) for each in doubtful]
        if not doubtful or not self._differs(edits):
            return
        first = doubtful[0]
        named = one_line(first.doc) if first.doc and ":" not in first.doc else words_of(first.name)
        readings = ("only whole ones", "also parts of one")
        taken, other = readings if first.domain is Domain.integer else readings[::-1]
        yield _either(
            f"Do only whole ones count ({named}), or also parts of one, such as 2.5?",
            f"{named}: {taken}",
            taken,
            Option(words=other, edits=tuple(edits)),
        )

    # --- solved otherwise ------------------------------------------------------------------------

    def _differs(self, edits: Sequence[Edit]) -> bool:
        """Whether another answer comes of another reading."""
        try:
            other = edited(self.instance, edits)
            found = solve(other, options=self.options, data=self.data)
        except (FormulationError, SolverError):
            return False
        if not (found.outcome.is_final and self.best.outcome.is_final):
            return False
        return found.outcome is not self.best.outcome or _is_other(self.best, found)


def _open(question: str, assumption: str, sentence: str = "") -> Doubt:
    asked = Unclear(question=question, sentence=sentence)
    return Doubt(question=asked, assumption=assumption)


def _either(question: str, assumption: str, taken: str, other: Option) -> Doubt:
    options = (Option(words=taken, edits=()), other)
    return Doubt(question=Unclear(question=question, options=options), assumption=assumption)


def _is_other(one: Best, other: Best) -> bool:
    if one.objective is None or other.objective is None:
        return False
    return not is_same(one.objective, other.objective)


_STRICT = re.compile(
    r"(?<!no )(?<!not )(?<!n't )\b(?:(?P<less>less|fewer|smaller|lower)|more|greater|larger|higher)"
    r" than[\s$€£]*\Z",
    re.IGNORECASE,
)
_TIMES_MORE = re.compile(
    r"[\w.]+ times (?:more|larger|bigger|greater|higher)\b[^.;]{0,40}?\bthan\b"
)
_SAYS_PARTS = re.compile(
    r"\bwhole\b|\binteger|\bfraction|\bpartial|\bany amount|\bdecimal|\bdivisible|"
    r"\bparts? of (?:a|one)\b",
    re.IGNORECASE,
)
_OTHER = {
    Domain.continuous: Domain.integer,
    Domain.integer: Domain.continuous,
    Domain.binary: Domain.binary,
}
_MEASURES = words(
    "acre amount area barrel capital cent centimeter cm cup day distance dl dollar energy eur "
    "euro foot fraction g gallon gram h ha hectare hl hour inch kg kilogram kilometer "
    "kilometre kilowatt km kwh l land lb length liter litre meter metre mg mile milligram "
    "milliliter min minute ml mm money mw mwh ounce oz part percent percentage pint portion "
    "pound power quantity quart s share space speed square t time ton tonne usd volume water "
    "week weight worth yard year"
)


def _is_odd(variable: Variable) -> bool:
    """Whether what is counted may have parts, or what is measured has to be whole."""
    if variable.domain is Domain.binary:
        return False
    head = _head(variable)
    if head is None:
        return False
    return (head in _MEASURES) == (variable.domain is Domain.integer)


def _head(variable: Variable) -> str | None:
    """Say in one word what a variable counts or measures, where its words tell."""
    unit = variable.unit.lower().strip()
    if unit:
        return singular(unit) or unit
    noun = variable.doc if variable.doc and ":" not in variable.doc else words_of(variable.name)
    if one_of(noun) is None:
        return None
    parts = [part.lower() for part in noun.split()]
    measured = [singular(part) or part for part in parts if (singular(part) or part) in _MEASURES]
    return measured[0] if measured else next(filter(None, map(singular, parts)), None)
