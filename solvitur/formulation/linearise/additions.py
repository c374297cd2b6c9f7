"""What is added to a formulation: names, sets, parameters, variables and constraints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Parameter,
    Set,
    Variable,
)
from solvitur.formulation.evaluate import Evaluator, Key
from solvitur.formulation.expression import (
    RESERVED,
    Comparison,
    Loop,
    Node,
    parse,
    parse_elements,
    parse_forall,
)
from solvitur.formulation.instance import Instance
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.intervals import Range
from solvitur.formulation.linearise.trees import bound_names, number
from solvitur.formulation.printing import show, show_forall
from solvitur.formulation.written import LARGEST, nested

if TYPE_CHECKING:
    from solvitur.formulation.arrays.members import Members


@dataclass(frozen=True)
class Place:
    """Where in a formulation a term stands."""

    element: str
    """As errors name it: ``constraint 'drift'``."""
    label: str
    """The element's name, or ``objective``."""


class Additions:
    """The elements that are added, in order.

    Args:
        instance: What they are added to; no name in it is taken again.

    Attributes:
        evaluator: Knows the sets and parameters, those that are added too.
        arrays: Knows the sets that are added too, but only the parameters that are not.
        variables: The names of all variables, those that are added too.
        origins: The element that each added one comes from, by name.
    """

    def __init__(self, instance: Instance) -> None:
        from solvitur.formulation.arrays.evaluate import ArrayEvaluator

        self.members: dict[str, Members] = dict(instance.sets)
        self.numbers: dict[str, Mapping[Key, float]] = dict(instance.parameters)
        self.evaluator = Evaluator(self.members, self.numbers)
        index = {name: symbol.index for name, symbol in instance.symbols.items()}
        self.arrays = ArrayEvaluator(self.members, index, instance.parameters)
        self.variables = set(instance.bounds)
        self.sets: list[Set] = []
        self.parameters: list[Parameter] = []
        self.new_variables: list[Variable] = []
        self.constraints: dict[str, list[Constraint]] = {}
        self.origins: dict[str, str] = {}
        self._taken = set(_names(instance))
        self._whole_numbers: dict[tuple[int, int], str] = {}
        self._constants: dict[tuple[str, str], Node] = {}

    def name(self, hint: str, place: Place) -> str:
        """Give a name that is free, and remember where it comes from."""
        name, count = hint, 1
        while name in self._taken or name in RESERVED:
            count += 1
            name = f"{hint}_{count}"
        self._taken.add(name)
        self.origins[name] = place.element
        return name

    def loop_name(self, hint: str, others: Iterable[str] = ()) -> str:
        """Give a name for a loop that nothing has, neither of these others."""
        name, count, others = hint, 1, set(others)
        while name in self._taken or name in RESERVED or name in others:
            count += 1
            name = f"{hint}_{count}"
        return name

    def set(self, place: Place, hint: str, doc: str, **content: Any) -> Set:
        """Add a set with this content."""
        added = Set(name=self.name(hint, place), doc=doc, **content)
        self.sets.append(added)
        return added

    def hold(self, name: str, elements: Iterable[Key]) -> None:
        """Remember the elements of an added set."""
        from solvitur.formulation.arrays.members import Members

        self.members[name] = Members(elements)

    def whole_numbers(self, first: int, last: int) -> str:
        """Give the name of a set that only computes: it is not part of the formulation."""
        if (first, last) not in self._whole_numbers:
            name = self.loop_name("whole_numbers", self._whole_numbers.values())
            self._whole_numbers[first, last] = name
            self.hold(name, ((n,) for n in range(first, last + 1)))
        return self._whole_numbers[first, last]

    def counted(self, place: Place, hint: str, doc: str, last: int) -> Set:
        """Add the set of the whole numbers from one to the last."""
        added = self.set(place, hint, doc, range=(1, last))
        self.hold(added.name, ((n,) for n in range(1, last + 1)))
        return added

    def variable(
        self,
        place: Place,
        hint: str,
        index: tuple[str, ...],
        doc: str,
        *,
        domain: Domain = Domain.continuous,
        bounds: tuple[float | None, float | None] = (None, None),
    ) -> str:
        """Add a variable and give its name."""
        name = self.name(hint, place)
        lower, upper = (0.0, None) if domain is Domain.binary else bounds
        self.new_variables.append(
            Variable(name=name, index=index, domain=domain, lower=lower, upper=upper, doc=doc)
        )
        self.variables.add(name)
        return name

    def parameter(
        self, place: Place, hint: str, index: tuple[str, ...], values: Mapping[Key, float], doc: str
    ) -> str:
        """Add a parameter and give its name."""
        name = self.name(hint, place)
        plain = {key: _plain(value) for key, value in values.items()}
        content: dict[str, Any] = {"values": nested(plain)} if index else {"value": plain[()]}
        self.parameters.append(Parameter(name=name, index=index, doc=doc, **content))
        self.numbers[name] = plain
        return name

    def constant(
        self, place: Place, hint: str, frame: Frame, values: Iterable[float], doc: str
    ) -> Node:
        """Give a number for each entry of a frame: written out if simple, else a parameter."""
        found = [_plain(value) for value in values]
        if all(value == found[0] for value in found):
            if found[0] in (0, 1, -1):
                return number(found[0])
            frame = Frame((), (), ({},))
            found = found[:1]
        key = (hint, repr((frame.index, found)))
        if key not in self._constants:
            keys = [frame.key(binding) for binding in frame.bindings]
            values_by_key = dict(zip(keys, found, strict=True))
            name = self.parameter(place, hint, frame.index, values_by_key, doc)
            self._constants[key] = frame.entry(name)
            return frame.entry(name)
        name = self._constants[key].name  # type: ignore[attr-defined]
        return frame.entry(name)

    def constraint(
        self, place: Place, name: str, loops: tuple[Loop, ...], relation: Comparison, doc: str
    ) -> None:
        """Add a constraint, after the element that it comes from."""
        self.origins.setdefault(name, place.element)
        self.constraints.setdefault(place.element, []).append(
            Constraint(name=name, forall=show_forall(loops), expression=show(relation), doc=doc)
        )


def held(found: Iterable[Range], *, above: bool, below: bool) -> tuple[float | None, float | None]:
    """Give bounds for a variable that is all these ranges, where it is held from that side."""
    ranges = list(found)
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    lower = low if above and abs(low) < LARGEST else None
    upper = high if below and abs(high) < LARGEST else None
    return (None if lower is None else _plain(lower)), (None if upper is None else _plain(upper))


def _plain(value: float) -> float:
    """Take away what rounding left of a whole number."""
    value = float(value) + 0.0
    if value.is_integer() and abs(value) < 1e15:
        return int(value)
    nearest = round(value)
    return nearest if abs(value - nearest) <= 1e-12 * max(1, abs(value)) else value


def _names(instance: Instance) -> Iterable[str]:
    """Give every name that something in the formulation has, loops included."""
    five = instance.formulation
    yield from instance.symbols
    for constraint in five.constraints:
        yield constraint.name
    for node in (instance.objective, *(rule.relation for rule in instance.rules)):
        yield from bound_names(node)
    for rule in instance.rules:
        for loop in rule.loops:
            yield from loop.targets
        if rule.condition is not None:
            yield from bound_names(rule.condition)
    texts: list[tuple[str, object]] = [(p.over, p.expression) for p in five.parameters]
    for variable in five.variables:
        texts += [(variable.over, bound) for bound in (variable.lower, variable.upper)]
    for over, text in texts:
        for loop in parse_forall(over) if over.strip() else ():
            yield from loop.targets
        if isinstance(text, str):
            yield from bound_names(parse(text))
    for declared in five.sets:
        if declared.expression is not None:
            _, loops = parse_elements(declared.expression)
            for loop in loops:
                yield from loop.targets


def assembled(
    formulation: Formulation,
    added: Additions,
    objective: str,
    rules: Mapping[str, list[Constraint]],
) -> Formulation:
    """Put the formulation together again; what an element brought with it follows it."""
    constraints: list[Constraint] = list(added.constraints.get("objective", ()))
    for constraint in formulation.constraints:
        constraints += rules[constraint.name]
        constraints += added.constraints.get(f"constraint '{constraint.name}'", ())
    return Formulation(
        title=formulation.title,
        sets=(*formulation.sets, *added.sets),
        parameters=(*formulation.parameters, *added.parameters),
        variables=(*formulation.variables, *added.new_variables),
        objective=formulation.objective.model_copy(update={"expression": objective}),
        constraints=tuple(constraints),
    )
