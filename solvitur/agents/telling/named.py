"""What the decisions and the limits of a formulation are called, wherever an answer is told."""

from collections.abc import Iterator
from functools import cached_property

from solvitur.formulation.elements import Constraint, Domain, Variable
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance, Row, Rule
from solvitur.formulation.printing import cut, one_line
from solvitur.formulation.twins import twins
from solvitur.formulation.wording.nouns import singular
from solvitur.formulation.wording.phrases import Phrases, Scope
from solvitur.solvers.words import amount

DIGITS = 6
"""To how many digits figures are said."""

_LONGEST_DOC = 90


def one_of_unit(unit: str) -> str:
    """Say one of a unit.

    Example:
        >>> one_of_unit("hours"), one_of_unit("kg"), one_of_unit("")
        ('one hour', 'one kg', 'one')
    """
    return one_line(f"one {singular(unit) or unit}")


class Named:
    """A formulation with the words for what is in it.

    Args:
        instance: The formulation, resolved.

    Attributes:
        instance: The same.
        phrases: The words of the formulation.
        twins: The variables that are no decisions of their own, and what of.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> shop = Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair", "table"]}],
        ...     "variables": [{"name": "x", "index": ["P"], "doc": "number of items made"}],
        ...     "objective": {"sense": "maximize", "expression": "sum(x[p] for p in P)"},
        ...     "constraints": [{"name": "work_time", "doc": "40 hours of work",
        ...                      "expression": "sum(x[p] for p in P) <= 40"}]})
        >>> named = Named(Instance(shop))
        >>> named.decision("x", ("chair",)), named.limit("work_time")
        ('number of items made (chair)', 'work_time [40 hours of work]')
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.formulation = instance.formulation
        self.phrases = Phrases(instance)
        self.twins = twins(instance.formulation)

    def decision(self, name: str, key: Key) -> str:
        """Say what an entry of a variable is."""
        name = self.twins.get(name, name)
        own = self.phrases.nouns.own(name, key) if key else None
        return own or self._placed(self.phrases.nouns[name], name, key)

    def limit(self, name: str, key: Key = ()) -> str:
        """Say which row of a constraint it is, with its doc."""
        constraint = self._constraints.get(name)
        if constraint is None:  # what is said of the objective has no constraint
            return one_line(name)
        doc = cut(one_line(constraint.doc), _LONGEST_DOC)
        said = one_line(name)
        if key:
            said += f" ({', '.join(self._places(name, key))})"
        return f"{said} [{doc}]" if doc else said

    def _places(self, constraint: str, key: Key) -> Iterator[str]:
        """Say what the names of a constraint's loops stand for."""
        rule = self._rules[constraint]
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

    def figure(
        self, name: str, value: float, *, with_unit: bool = True, digits: int = DIGITS
    ) -> str:
        """Say the value of an entry of a variable."""
        variable = self._variables[name]
        if variable.domain is Domain.binary:
            return "yes" if value > 0.5 else "no"
        return amount(value, variable.unit if with_unit else "", digits)

    @cached_property
    def _variables(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.formulation.variables}

    @cached_property
    def _constraints(self) -> dict[str, Constraint]:
        return {constraint.name: constraint for constraint in self.formulation.constraints}

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {rule.constraint.name: rule for rule in self.instance.rules}

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
