"""An answer with the words for what is in it: the plan, the limits, and what they come to."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from solvitur.agents.answer import Answer
from solvitur.agents.telling.named import DIGITS, Named
from solvitur.formulation.elements import Sense
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import one_line
from solvitur.formulation.tables.data import Given
from solvitur.solvers.solution import Outcome
from solvitur.solvers.words import NOISE, amount, unit_of

Limit = tuple[str, Key]
"""A row of a constraint."""
Values = Mapping[str, Mapping[Key, float]]
"""What is decided, by variable and key."""


class Answered(Named):
    """An answer to five elements, resolved, so that things can be said about it.

    Args:
        answer: It has a formulation.
        data: The tables that the formulation names.

    Attributes:
        answer: The same.
        unit: The unit of the objective, where the declared ones tell it.
    """

    def __init__(self, answer: Answer, data: Given = None) -> None:
        assert answer.formulation is not None
        super().__init__(Instance(answer.formulation, data))
        self.answer, self.data = answer, data
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

    # --- the plan -----------------------------------------------------------------------------

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
