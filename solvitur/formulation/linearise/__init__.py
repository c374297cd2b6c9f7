"""Exact linearisation: a formulation with `abs`, `max`, products of binaries, said by linear rows.

`linearise` writes the same five elements again, with variables and rows added for what is not
linear, so that what was done can be read, solved by anything, and checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Constraint, Formulation, Sense
from solvitur.formulation.evaluate import Key as EntryKey
from solvitur.formulation.expression import MAX_DEPTH, parse
from solvitur.formulation.instance import Instance, Rule
from solvitur.formulation.linearise.additions import Place, assembled
from solvitur.formulation.linearise.implications import implication
from solvitur.formulation.linearise.ranges import Ranges
from solvitur.formulation.linearise.rewriting import (
    Hold,
    Key,
    NotExact,
    Reason,
    Rewriter,
    has_terms,
)
from solvitur.formulation.printing import show, show_forall

__all__ = ["Linearised", "Reason", "linearise"]

_SHORT = MAX_DEPTH
"""An expression of no more characters is neither too long nor too deep to be read."""


@dataclass(frozen=True)
class Linearised:
    """A formulation said by linear rows, as far as that is exact.

    Attributes:
        original: What was given.
        formulation: The same one where there was nothing to do.
        reasons: What is not linear in it, why, and what to do.
        origins: The element each added set, parameter, variable and constraint comes from, by name.
    """

    original: Instance
    formulation: Formulation
    reasons: tuple[Reason, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def instance(self) -> Instance:
        """The linearised formulation, resolved."""
        if not self.is_changed:
            return self.original
        return Instance(self.formulation, self.original.data)

    @property
    def is_changed(self) -> bool:
        """Whether anything was rewritten."""
        return self.formulation is not self.original.formulation

    def without_additions(
        self, values: Mapping[str, Mapping[EntryKey, float]]
    ) -> dict[str, Mapping[EntryKey, float]]:
        """Give a point of the original, out of one of the linearised formulation."""
        return {name: values[name] for name in self.original.bounds}

    def only_additions(
        self, values: Mapping[str, Mapping[EntryKey, float]]
    ) -> dict[str, Mapping[EntryKey, float]]:
        """Give the rest of a point of the linearised formulation."""
        return {name: values[name] for name in values if name not in self.original.bounds}

    @property
    def obstacles(self) -> tuple[Reason, ...]:
        """The reasons for which no solver can take it."""
        return tuple(reason for reason in self.reasons if reason.is_fatal)


def linearise(instance: Instance, *, from_rows: bool = True) -> Linearised:
    """Put auxiliary variables in the place of what is not linear, where that is exact.

    The original variables keep their names and keys, and at an optimum their values: a point is
    feasible in the original exactly when values of the auxiliary variables complete it.

    Args:
        instance: The formulation.
        from_rows: Whether bounds are taken from rows too. Where rows are moved or dropped
            afterwards, they must not be.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> drift = Instance(Formulation.model_validate({
        ...     "variables": [{"name": "x", "lower": None}],
        ...     "objective": {"sense": "minimize", "expression": "abs(x - 3)"}}))
        >>> found = linearise(drift).formulation
        >>> found.objective.expression
        'abs_of_objective'
        >>> [constraint.expression for constraint in found.constraints]
        ['abs_of_objective >= x - 3', 'abs_of_objective >= 3 - x']
    """
    if not _has_work(instance):
        return Linearised(instance, instance.formulation)
    ranges = Ranges(instance, from_rows=from_rows)
    rewriter, formulation = _settled(instance, ranges)
    if rewriter.is_endless and from_rows and ranges.propagate():
        rewriter, formulation = _settled(instance, ranges)
    reasons = tuple(rewriter.reasons.values())
    unreadable = tuple(_unreadable(instance, formulation, rewriter.added.origins))
    if unreadable:
        return Linearised(instance, instance.formulation, reasons + unreadable)
    return Linearised(instance, formulation, reasons, rewriter.added.origins)


def _settled(instance: Instance, ranges: Ranges) -> tuple[Rewriter, Formulation]:
    """Rewrite until every term has what it needs."""
    needs: dict[Key, Hold] = {}
    while True:
        rewriter = Rewriter(instance, ranges, needs)
        formulation = _rewritten(rewriter)
        if not rewriter.is_stale:
            return rewriter, formulation


def _unreadable(
    instance: Instance, formulation: Formulation, origins: Mapping[str, str]
) -> Iterator[Reason]:
    """Say which expressions became too long, or too deep, to be read."""
    given = {
        instance.formulation.objective.expression,
        *(c.expression for c in instance.formulation.constraints),
    }
    is_fatal = any(rule.condition is not None for rule in instance.rules)
    written = [("objective", formulation.objective.expression)]
    for constraint in formulation.constraints:
        element = f"constraint '{constraint.name}'"
        written.append((origins.get(constraint.name, element), constraint.expression))
    for element, text in written:
        if len(text) > _SHORT and text not in given:
            try:
                parse(text)
            except FormulationError as error:
                yield Reason(element, 1, f"said by linear rows, {error.message}", is_fatal)


def _has_work(instance: Instance) -> bool:
    variables = set(instance.bounds)
    return has_terms(instance.objective, variables) or any(
        rule.condition is not None or has_terms(rule.relation, variables) for rule in instance.rules
    )


def _rewritten(rewriter: Rewriter) -> Formulation:
    instance = rewriter.instance
    five = instance.formulation
    goal = Hold.above if five.objective.sense is Sense.minimize else Hold.below
    objective = rewriter.walk(instance.objective, goal, ())
    rules: dict[str, list[Constraint]] = {}
    for rule in instance.rules:
        constraint = rule.constraint
        rewriter.place = Place(f"constraint '{constraint.name}'", constraint.name)
        if rule.condition is not None:
            rules[constraint.name] = _implied(rewriter, rule)
            continue
        relation = rewriter.relation(rule.relation, rule.loops)
        if relation == rule.relation:
            rules[constraint.name] = [constraint]
        else:
            rules[constraint.name] = [constraint.model_copy(update={"expression": show(relation)})]
    if (
        objective == instance.objective
        and not rewriter.added.origins
        and all(rules[constraint.name] == [constraint] for constraint in five.constraints)
    ):
        return five
    return assembled(five, rewriter.added, show(objective), rules)


def _implied(rewriter: Rewriter, rule: Rule) -> list[Constraint]:
    """Give the constraints in the place of an implication; itself where that is not possible."""
    constraint = rule.constraint
    rewriter.inside_implies = True
    try:
        rows = [
            (suffix, loops, rewriter.relation(relation, loops))
            for suffix, loops, relation in implication(rewriter, rule)
        ]
    except NotExact as reason:
        column = 1 if rule.condition is None else rule.condition.column
        rewriter.because(NotExact(str(reason), is_fatal=True), column)
        return [constraint]
    finally:
        rewriter.inside_implies = False
    return [
        Constraint(
            name=rewriter.added.name(f"{constraint.name}{suffix}", rewriter.place)
            if len(rows) > 1
            else constraint.name,
            forall=show_forall(loops),
            expression=show(relation),
            doc=constraint.doc,
        )
        for suffix, loops, relation in rows
    ]
