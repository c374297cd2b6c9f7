"""An answer with the words for what is in it: the plan, the limits, and what they come to."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from solvitur.agents.answer import Answer
from solvitur.formulation.elements import Domain, Sense, Variable
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance, Row
from solvitur.formulation.printing import cut, one_line
from solvitur.formulation.tables.data import Given
from solvitur.formulation.twins import twins
from solvitur.formulation.wording.phrases import Phrases, Scope
from solvitur.solvers.solution import Outcome
from solvitur.solvers.words import NOISE, amount, unit_of

Limit = tuple[str, Key]
"""A row of a constraint."""
Values = Mapping[str, Mapping[Key, float]]
"""What is decided, by variable and key."""

DIGITS = 6
"""To how many digits figures are said."""

_LONGEST_DOC = 90


class Answered:
    """An answer to five elements, resolved, so that things can be said about it.

    Args:
        answer: It has a formulation.
        data: The tables that the formulation names.

    Attributes:
        answer: The same.
        instance: Its formulation, resolved.
        phrases: The words of the formulation.
        twins: The variables that are no decisions of their own, and what of.
        unit: The unit of the objective, where the declared ones tell it.
    """

    def __init__(self, answer: Answer, data: Given = None) -> None:
        assert answer.formulation is not None
        self.answer, self.data = answer, data
        self.formulation = answer.formulation
        self.instance = Instance(answer.formulation, data)
        self.phrases = Phrases(self.instance)
        self.twins = twins(answer.formulation)
        self.unit = unit_of(self.instance.objective, answer.formulation)

    @property
    def maximizes(self) -> bool:
        """Whether more is better."""
        return self.formulation.objective.sense is Sense.maximize

    @property
    def is_best(self) -> bool:
        """Whether it is proved that there is no better plan."""
        return self.answer.outcome is Outcome.solved

    @property
    def is_linear(self) -> bool:
        """Whether what one more is worth is the same over a range."""
        check = self.answer.verification
        return check is not None and check.problem_class == "LP"

    @property
    def objective(self) -> float:
        """What the objective is, where there is a plan."""
        assert self.answer.objective is not None
        return self.answer.objective

    @cached_property
    def values(self) -> Values:
        """What is decided; nothing where there is no plan."""
        found = self.answer.variables
        if self.answer.objective is None:
            return {}
        return {
            name: {key: _at(found[name], key) for key in entries}
            for name, entries in self.instance.bounds.items()
        }

    @cached_property
    def decided(self) -> Values:
        """What is decided, without what only completes it."""
        return {name: found for name, found in self.values.items() if name not in self.twins}

    def goal(self) -> str:
        """Say what the objective is: "The highest value (profit)"."""
        doc = one_line(self.formulation.objective.doc)
        word = self.formulation.objective.sense.superlative if self.is_best else "best known"
        return f"The {word} value ({doc})" if doc else f"The {word} value"

    def worth(self, value: float) -> str:
        """Say a value of the objective."""
        return amount(value, self.unit, DIGITS)

    def gain(self, change: float) -> str:
        """Say a change of the objective: "30 USD less"."""
        return f"{self.worth(abs(change))} {'more' if change > 0 else 'less'}"

    # --- words -----------------------------------------------------------------------------------

    def decision(self, name: str, key: Key) -> str:
        """Say what an entry of a variable is."""
        name = self.twins.get(name, name)
        own = self.phrases.nouns.own(name, key) if key else None
        return own or self._placed(self.phrases.nouns[name], name, key)

    def limit(self, name: str, key: Key = ()) -> str:
        """Say which row of a constraint it is, with its doc."""
        named = (each for each in self.formulation.constraints if each.name == name)
        constraint = next(named, None)
        if constraint is None:  # what is said of the objective has no constraint
            return one_line(name)
        doc = cut(one_line(constraint.doc), _LONGEST_DOC)
        said = one_line(name.replace("_", " "))
        if key:
            said += f" ({', '.join(self._places(name, key))})"
        return f"{said} [{doc}]" if doc else said

    def _places(self, constraint: str, key: Key) -> Iterator[str]:
        """Say what the names of a constraint's loops stand for."""
        (rule,) = (rule for rule in self.instance.rules if rule.constraint.name == constraint)
        sets = [
            loop.domain.name
            if len(loop.targets) == self.instance.sets[loop.domain.name].dimension == 1
            else ""
            for loop in rule.loops
        ]
        if len(sets) != len(key) or not all(sets):
            yield from (one_line(str(atom)) for atom in key)
            return
        for name, atom in zip(sets, key, strict=True):
            yield self.phrases.sets[name].element(atom)

    def figure(self, name: str, value: float, *, with_unit: bool = True) -> str:
        """Say the value of an entry of a variable."""
        variable = self._variables[name]
        if variable.domain is Domain.binary:
            return "yes" if value > 0.5 else "no"
        return amount(value, variable.unit if with_unit else "", DIGITS)

    @cached_property
    def _variables(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.formulation.variables}

    def rule(self, row: Row) -> str:
        """Say what a row of a constraint asks for, with its numbers."""
        said = self.phrases.relation(row.rule.relation, Scope(bound=row.binding))
        if row.rule.condition is None:
            return said
        return f"if {self.phrases.condition(row.rule.condition, Scope(bound=row.binding))}, {said}"

    def _placed(self, noun: str, name: str, key: Key) -> str:
        sets = [self.phrases.sets[each] for each in self.instance.symbols[name].index]
        if len(sets) == len(key):
            parts = [noun_of.element(atom) for noun_of, atom in zip(sets, key, strict=True)]
        else:
            parts = [str(atom) for atom in key]
        return one_line(f"{noun} ({', '.join(parts)})" if parts else noun)

    def used_up(self) -> Iterator[tuple[Limit, str]]:
        """Give every limit that the plan uses fully, with its words."""
        from solvitur.solvers.verify import binding

        for constraint, key in binding(self.instance, self.values):
            if constraint.name in self.twins:
                continue
            yield (constraint.name, key), self.limit(constraint.name, key)

    def shift(self, name: str, key: Key, old: float, new: float) -> str:
        """Say what an entry of a variable is instead of what it was."""
        now, was = self.figure(name, new), self.figure(name, old, with_unit=False)
        return f"- {self.decision(name, key)}: {now} instead of {was}"

    def shifts(self, values: Values) -> Iterator[str]:
        """Say every decision that is otherwise in another plan, the larger ones first."""
        found = [
            (
                abs(new - old),
                self.shift(name, key, old, new),
            )
            for name, entries in self.decided.items()
            for key, old in entries.items()
            if abs((new := values[name][key]) - old) > NOISE * max(1.0, abs(new), abs(old))
        ]
        yield from (said for _, said in sorted(found, key=lambda shift: -shift[0]))


def _at(nested: Any, key: Key) -> float:
    for atom in key:
        nested = nested[str(atom)]
    return float(nested)


def is_same(one: float, other: float) -> bool:
    """Whether two values of an objective differ by rounding only."""
    return abs(one - other) <= 1e-6 * max(1.0, abs(one), abs(other))
