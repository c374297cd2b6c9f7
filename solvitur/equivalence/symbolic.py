"""A mapping as it is written for whole variables: ``x[i, j] = y[j, i]``.

What is written is read by the expression language and never run. It is good for every instance of
the two formulations.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Program
from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation.classify import classify
from solvitur.formulation.elements import Formulation
from solvitur.formulation.evaluate import unwrap
from solvitur.formulation.expression import Item, Name, parse, parse_forall
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import first
from solvitur.formulation.written import nested

_SIDED = re.compile(r"\b([AB])\s*\.\s*([^\W\d]\w*)")
_MOST_FAULTS = 5
Elements = dict[str, Any]


class Definition(BaseModel):
    """What one variable, or one entry of it, is in the variables of another formulation.

    Example:
        >>> Definition(forall="i in I, j in J", entry="x[i, j]", value="1 - y[j, i]").entry
        'x[i, j]'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: str = Field(max_length=500)
    """``x``, ``x[i, j]`` or ``x['chair']``."""
    value: str = Field(max_length=5000)
    """An affine expression over the variables of the other formulation."""
    forall: str = Field(default="", max_length=500)
    """What the index names stand for: ``"i in I, j in J"``."""

    def __str__(self) -> str:
        """Write it as an equation."""
        return f"{self.entry} = {self.value}" + (f" for {self.forall}" if self.forall else "")


def mapping_of(
    definitions: Sequence[Definition], source: Instance, target: Instance, *, sides: str = "AB"
) -> Mapping:
    """Give what is written as a map from the columns of one formulation to those of another.

    A name that both formulations have is written with the letter of its side: ``A.x``, ``B.x``.

    Args:
        definitions: What each entry of the target's variables is in those of the source.
        source: An instance of the formulation that points come from.
        target: An instance of the other.
        sides: The letters of the source and of the target.

    Raises:
        InvalidFormulation: What is written is not such a map; it says why, to whoever wrote it.

    Example:
        >>> def made(variable: dict) -> Instance:
        ...     goal = {"sense": "minimize", "expression": "0"}
        ...     sets = [{"name": "P", "elements": ["a", "b"]}]
        ...     return Instance(Formulation.model_validate(
        ...         {"sets": sets, "variables": [variable], "objective": goal}))
        >>> close = made({"name": "closed", "index": ["P"], "domain": "binary"})
        >>> open = made({"name": "open", "index": ["P"], "domain": "binary"})
        >>> mapping = mapping_of(
        ...     [Definition(forall="p in P", entry="open[p]", value="1 - closed[p]")], close, open)
        >>> [[int(v) for v in mapping.apply([Fraction(1), Fraction(0)])]]
        [[0, 1]]
    """
    both = _Both(source, target, sides)
    combined = Instance(both.formulation(definitions))
    wanted = sum(map(len, target.bounds.values()))
    given = sum(frame.size for _, frame in combined.frames)
    if given > wanted + _MOST_FAULTS:
        raise _faults([f"{given:,} values are given for {wanted:,} entries: some are given twice"])
    if not classify(combined).is_linear:
        raise _faults(["a value has a product of variables, a condition, or a function of them"])
    # The source's variables are declared first, so its columns are the first ones.
    size = sum(map(len, source.bounds.values()))
    return _read(Program.of(combined), size)


@dataclass
class _Both:
    """The declarations of two formulations as those of one."""

    source: Instance
    target: Instance
    sides: str
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """What a name of a side is called, by side and name."""

    def __post_init__(self) -> None:
        taken = {*self.source.symbols, *self.target.symbols}
        for side, instance in self._each():
            for name in instance.symbols:
                called = name
                if self._is_in_both(name) and not self._is_shared(name):
                    called = f"{side}_{name}"
                    while called in taken:
                        called += "_"
                self.names[side, name] = called

    def _is_in_both(self, name: str) -> bool:
        return name in self.source.symbols and name in self.target.symbols

    def _is_shared(self, name: str) -> bool:
        """Whether a name is a set or a parameter that is the same in both."""
        one, other = self.source, self.target
        if one.symbols[name] != other.symbols[name]:
            return False
        if name in one.sets:
            return one.sets[name] == other.sets[name]
        return name in one.parameters and dict(one.parameters[name]) == dict(other.parameters[name])

    def formulation(self, definitions: Sequence[Definition]) -> Formulation:
        """Declare everything, and state each definition as an equation.

        Raises:
            InvalidFormulation: A definition is no equation of an entry and a value.
        """
        faults, equations = [], []
        for number, definition in enumerate(definitions, 1):
            try:
                equations.append(self._equation(definition, number))
            except FormulationError as error:
                faults.append(f"{definition}: {error}")
        if faults:
            raise _faults(faults)
        elements: Elements = {
            "sets": self._sets(),
            "parameters": self._parameters(),
            "variables": self._variables(),
            "objective": {"sense": "minimize", "expression": "0"},
            "constraints": equations,
        }
        return Formulation.model_validate(elements)

    def _equation(self, definition: Definition, number: int) -> Elements:
        entry, value, forall = map(
            self._called, (definition.entry, definition.value, definition.forall)
        )
        if not isinstance(parse(entry), Name | Item):
            raise FormulationError("'entry' is one variable, such as x or x[i, j]")
        parse(value)  # alone, so that it cannot be more than a value
        if forall.strip():
            parse_forall(forall)
        return {
            "name": f"definition_{number}",
            "forall": forall,
            "expression": f"{entry} == ({value})",
        }

    def _called(self, text: str) -> str:
        """Write what a name with the letter of its side is called."""

        def called(found: re.Match[str]) -> str:
            name = self.names.get((found[1], found[2]))
            if name is None:
                raise FormulationError(f"{found[1]} has no {found[2]!r}")
            return name

        return _SIDED.sub(called, text)

    def _each(self) -> Iterator[tuple[str, Instance]]:
        yield self.sides[0], self.source
        yield self.sides[1], self.target

    def _sets(self) -> list[Elements]:
        found = {}
        for side, instance in self._each():
            for name, members in instance.sets.items():
                if (side, name) in self.names:
                    called = self.names[side, name]
                    found[called] = {"name": called, "elements": [unwrap(each) for each in members]}
        return list(found.values())

    def _parameters(self) -> list[Elements]:
        found = {}
        for side, instance in self._each():
            for name, entries in instance.parameters.items():
                called, index = self.names[side, name], instance.symbols[name].index
                data: Elements = {"name": called}
                if index:
                    data["index"] = [self.names[side, each] for each in index]
                    data["values"] = nested(entries)
                else:
                    data["value"] = entries[()]
                found[called] = data
        return list(found.values())

    def _variables(self) -> list[Elements]:
        return [
            {
                "name": self.names[side, name],
                "index": [self.names[side, each] for each in instance.symbols[name].index],
                "lower": None,
            }
            for side, instance in self._each()
            for name in instance.bounds
        ]


def _read(program: Program, size: int) -> Mapping:
    """Give the equations as a map; each column from `size` on is in exactly one of them."""
    names = [column.name for column in program.columns]
    images: dict[int, Image] = {}
    faults = []
    for row in program.rows:
        targets = [column for column in row.coefficients if column >= size]
        if len(targets) != 1 or row.coefficients[targets[0]] != 1:
            own = ", ".join(names[column] for column in targets)
            faults.append(f"the value of {own or row.name} is to be in variables of the other side")
        elif targets[0] in images:
            faults.append(f"{names[targets[0]]} is given twice")
        else:
            terms = {c: -value for c, value in row.coefficients.items() if c < size}
            images[targets[0]] = Image(terms, row.upper or Fraction(0))
    missing = [names[c] for c in range(size, program.size) if c not in images]
    if missing and not faults:
        faults = [f"{name} is not given" for name in missing]
    if faults:
        raise _faults(faults)
    return Mapping(size, tuple(images[column] for column in range(size, program.size)))


def _faults(found: Sequence[str]) -> InvalidFormulation:
    told = first(found, _MOST_FAULTS, "and {} more like these")
    return InvalidFormulation([FormulationError(each) for each in told])
