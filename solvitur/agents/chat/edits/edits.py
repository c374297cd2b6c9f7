"""Changes of the five elements as data, and the formulation that comes of them.

An `Edit` says one change, small enough to be shown, kept as JSON and taken back. `edited` makes all
of them or none: what comes out says a model, or a `FormulationError` says what is in the way.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from solvitur.errors import FormulationError
from solvitur.formulation.elements import (
    Atom,
    Constraint,
    Domain,
    Formulation,
    Number,
    Sense,
    Variable,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Given
from solvitur.formulation.written import LARGEST

Key = tuple[Atom, ...]
"""The indices of one entry, ``("chair",)``; those of a range as integers or as text."""


class Frozen(BaseModel):
    """What is frozen, and written as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class How(StrEnum):
    """What is done with the number that stands there."""

    to = "to"
    """The new one takes its place."""
    by = "by"
    """The new one is added, and may be negative."""
    times = "times"
    """It is multiplied by the new one: 1.1 is 10 % more."""


class Amount(Frozen):
    """A new number, or how one follows from the old one.

    Example:
        >>> Amount(how="times", number=1.1).after(30), Amount(how="by", number=-5).after(30)
        (33.0, 25.0)
    """

    how: How = How.to
    number: Number

    def after(self, old: float | None) -> float:
        """Give the new number; what is only rounding is taken off.

        Raises:
            FormulationError: There is no old number that it could follow from.
        """
        if self.how is How.to:
            return self.number
        if old is None:
            raise FormulationError(
                "there is no number yet that could become more or less; say what it is to be"
            )
        new = old + self.number if self.how is How.by else old * self.number
        if not abs(new) < LARGEST:
            raise FormulationError("the new number grows too large")
        return float(f"{new:.12g}")


Side = Literal["lower", "upper"]
"""Which bound of a variable."""


class SetParameter(Frozen):
    """Give a parameter another number: one entry, or all where there is no key."""

    kind: Literal["set_parameter"] = "set_parameter"
    name: str
    key: Key | None = None
    amount: Amount


class SetWritten(Frozen):
    """Give a number that is written in an expression another value: the 2 of ``2 * x <= 40``."""

    kind: Literal["set_written"] = "set_written"
    constraint: str | None
    """The constraint it is in; ``None`` is the objective."""
    place: int = Field(ge=0)
    """Which of the numbers, from 0, in the order of the text; see `written_numbers`."""
    amount: Amount


class SetLimit(Frozen):
    """Give the constant side of a constraint, or of one of its rows, another number."""

    kind: Literal["set_limit"] = "set_limit"
    constraint: str
    key: Key = ()
    """The row, where the constraint has several."""
    amount: Amount


class SetBound(Frozen):
    """Give a variable, or one entry of it, another bound, or none."""

    kind: Literal["set_bound"] = "set_bound"
    variable: str
    key: Key | None = None
    """``None`` is every entry."""
    side: Side
    amount: Amount | None
    """``None`` takes the bound away."""
    doc: str = ""
    """The words that say so; they stand with the bound of a single entry."""


class SetDomain(Frozen):
    """Say what values a variable may take, or one entry of it."""

    kind: Literal["set_domain"] = "set_domain"
    variable: str
    key: Key | None = None
    domain: Domain


class AddConstraint(Frozen):
    """Add a constraint; its doc is the words that say so."""

    kind: Literal["add_constraint"] = "add_constraint"
    constraint: Constraint


class ReplaceConstraint(Frozen):
    """Put a constraint in the place of another."""

    kind: Literal["replace_constraint"] = "replace_constraint"
    name: str
    constraint: Constraint


class RemoveConstraint(Frozen):
    """Take a constraint away."""

    kind: Literal["remove_constraint"] = "remove_constraint"
    name: str


class SetObjective(Frozen):
    """Change what is to be reached; what is ``None`` stays."""

    kind: Literal["set_objective"] = "set_objective"
    sense: Sense | None = None
    expression: str | None = None
    doc: str | None = None


class ParameterEntry(Frozen):
    """The number of a parameter at a key."""

    name: str
    key: Key
    number: Number


class AddElement(Frozen):
    """Put an element into a set, with the numbers that parameters over the set have for it."""

    kind: Literal["add_element"] = "add_element"
    set: str
    element: Atom | Key
    entries: tuple[ParameterEntry, ...] = ()


class RemoveElement(Frozen):
    """Take an element out of a set, with everything that is known of it."""

    kind: Literal["remove_element"] = "remove_element"
    set: str
    element: Atom | Key


class AddVariable(Frozen):
    """Add a decision, with what one unit of it brings and uses."""

    kind: Literal["add_variable"] = "add_variable"
    variable: Variable
    objective: Number = 0.0
    uses: dict[str, Number] = {}
    """By constraint: what one unit adds to the side that the variables are on."""


Edit = Annotated[
    SetParameter
    | SetWritten
    | SetLimit
    | SetBound
    | SetDomain
    | AddConstraint
    | ReplaceConstraint
    | RemoveConstraint
    | SetObjective
    | AddElement
    | RemoveElement
    | AddVariable,
    Field(discriminator="kind"),
]
"""One change of a formulation."""

EDITS: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])
"""Reads edits from JSON and writes them."""


def edited(
    formulation: Formulation | Instance, edits: Iterable[Edit], data: Given = None
) -> Formulation:
    """Give the formulation with all changes made, one after the other.

    Args:
        formulation: The five elements, or the same resolved with their data.
        edits: The changes. Docs that state a number which is changed state the new one.
        data: The tables that the formulation names. Numbers of a table that are changed, and sets
            that get another element, are written into the formulation.

    Raises:
        FormulationError: A change names what is not there, lacks a number, or leaves something that
            says no model; nothing is changed then.

    Example:
        >>> from solvitur.formulation import diff
        >>> chairs = Formulation.model_validate({
        ...     "parameters": [{"name": "labour", "value": 40, "unit": "h"}],
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"},
        ...     "constraints": [{"name": "work", "expression": "2 * x <= labour"}]})
        >>> less = SetParameter(name="labour", amount=Amount(number=30))
        >>> dearer = SetWritten(constraint=None, place=0, amount=Amount(how="times", number=1.1))
        >>> print(diff(chairs, edited(chairs, [less, dearer])))
        parameter 'labour': 40 -> 30 [h]
        objective: `30 * x` -> `33 * x`
    """
    from solvitur.agents.chat.edits.applying import applied

    instance = formulation
    if not isinstance(instance, Instance):
        instance = Instance(instance, data)
    for edit in edits:
        instance = applied(instance, edit)
    return instance.formulation
