"""Other instances of two parametric formulations, the small ones first.

What holds of one instance need not hold of the next. So both formulations get the same other data:
the first few elements of each set, other numbers, and numbers with which nothing is feasible.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation, Parameter, Set
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance

_FACTORS = (0.5, 1.0, 1.0, 2.0)
"""What a number is multiplied with by chance."""
_EXTREMES = (1000.0, 0.0, -1.0)
"""What all numbers of a parameter are multiplied with to leave nothing feasible."""


@dataclass(frozen=True)
class Ladder:
    """Which other instances are made."""

    sizes: tuple[int, ...] = (2, 3)
    """Elements that are left of each set; larger sets only are cut."""
    seeds: tuple[int, ...] = (0, 1)
    """One instance with other numbers for each."""
    infeasible: bool = True
    """Whether instances are made that may well have no solution."""


@dataclass(frozen=True)
class Rung:
    """One pair of instances with the same data."""

    name: str
    """What is other about it: ``2 of each set``."""
    a: Instance
    b: Instance
    is_extreme: bool = False
    """Whether its numbers are such that it may well have no solution."""


def rungs(a: Instance, b: Instance, ladder: Ladder) -> Iterator[Rung]:
    """Make the instances, where both formulations take the same data by the same names.

    Example:
        >>> plan = Instance(Formulation.model_validate({
        ...     "sets": [{"name": "T", "range": [1, 12]}],
        ...     "parameters": [{"name": "most", "value": 40}],
        ...     "variables": [{"name": "x", "index": ["T"]}],
        ...     "objective": {"sense": "maximize", "expression": "sum(x[t] for t in T)"},
        ...     "constraints": [{"name": "c", "forall": "t in T", "expression": "x[t] <= most"}]}))
        >>> found = list(rungs(plan, plan, Ladder()))
        >>> [rung.name for rung in found]  # doctest: +NORMALIZE_WHITESPACE
        ['2 of each set', '3 of each set', 'other numbers (0)', 'other numbers (1)',
         'most times 1000', 'most times 0', 'most times -1']
        >>> len(found[0].a.bounds["x"])
        2
    """
    if not take_the_same_data(a, b):
        return
    for name, data, is_extreme in _data(a, ladder):
        try:
            made = [Instance(data.put_into(each.formulation)) for each in (a, b)]
        except FormulationError:  # the data fit no model of this kind: an element is named in it
            continue
        yield Rung(name, made[0], made[1], is_extreme)


def take_the_same_data(a: Instance, b: Instance) -> bool:
    """Whether both name the same sets and parameters, with the same content, and have any."""
    given = _Data.of(a)
    return given == _Data.of(b) and bool(given.sets or given.numbers)


@dataclass(frozen=True)
class _Data:
    """What sets and parameters hold."""

    sets: Mapping[str, list[Key]]
    numbers: Mapping[str, Mapping[Key, float]]

    @classmethod
    def of(cls, instance: Instance) -> "_Data":
        """Take what an instance does not derive itself."""
        formulation = instance.formulation
        sets = [each.name for each in formulation.sets if each.expression is None]
        numbers = [each.name for each in formulation.parameters if each.expression is None]
        return cls(
            {name: list(instance.sets[name]) for name in sets},
            {name: dict(instance.parameters[name]) for name in numbers},
        )

    def put_into(self, formulation: Formulation) -> Formulation:
        """Give the formulation with these data; what it derives stays derived."""
        return formulation.model_copy(
            update={
                "sets": tuple(map(self._with_elements, formulation.sets)),
                "parameters": tuple(map(self._with_numbers, formulation.parameters)),
            }
        )

    def _with_elements(self, one: Set) -> Set:
        if one.name not in self.sets:
            return one
        elements = tuple(key[0] if len(key) == 1 else key for key in self.sets[one.name])
        return one.model_copy(update={"elements": elements, "range": None, "source": None})

    def _with_numbers(self, one: Parameter) -> Parameter:
        if one.name not in self.numbers:
            return one
        numbers = self.numbers[one.name]
        if not one.index:
            return one.model_copy(update={"value": numbers[()], "source": None})
        pairs = [[list(key), number] for key, number in numbers.items()]
        return one.model_copy(update={"values": pairs, "source": None})


def _data(instance: Instance, ladder: Ladder) -> Iterator[tuple[str, _Data, bool]]:
    whole = _Data.of(instance)
    index = {p.name: p.index for p in instance.formulation.parameters}
    longest = max(map(len, whole.sets.values()), default=0)
    for size in ladder.sizes:
        if size < longest:
            yield f"{size} of each set", _cut(whole, index, size), False
    if not whole.numbers:
        return
    for seed in ladder.seeds:
        yield f"other numbers ({seed})", _shaken(whole, random.Random(seed)), False
    if ladder.infeasible:
        for name, numbers in whole.numbers.items():
            for factor in _EXTREMES:
                scaled = {key: number * factor for key, number in numbers.items()}
                data = _Data(whole.sets, {**whole.numbers, name: scaled})
                yield f"{name} times {factor:g}", data, True


def _cut(data: _Data, index: Mapping[str, tuple[str, ...]], size: int) -> _Data:
    """Leave so many elements of each set, the tuples of what is left, and the numbers of both."""
    atoms: set[object] = set()
    sets: dict[str, list[Key]] = {}
    for name, elements in data.sets.items():
        if all(len(key) == 1 for key in elements):
            sets[name] = elements[:size]
            atoms |= {key[0] for key in sets[name]}
    for name, elements in data.sets.items():
        if name not in sets:
            sets[name] = [key for key in elements if atoms.issuperset(key)]
    counts = {float(len(data.sets[name])): len(kept) for name, kept in sets.items()}
    numbers: dict[str, dict[Key, float]] = {}
    for name, entries in data.numbers.items():
        if not index[name]:
            numbers[name] = {(): float(counts.get(entries[()], entries[()]))}  # as of a size
        else:
            numbers[name] = {k: v for k, v in entries.items() if atoms.issuperset(k)}
    return _Data(sets, numbers)


def _shaken(data: _Data, rng: random.Random) -> _Data:
    """Halve and double numbers by chance; whole ones stay whole."""
    numbers = {
        name: {key: _times(value, rng.choice(_FACTORS)) for key, value in entries.items()}
        for name, entries in data.numbers.items()
    }
    return _Data(data.sets, numbers)


def _times(value: float, factor: float) -> float:
    product = value * factor
    return float(round(product)) if value == int(value) else product
