"""Which letter stands for an element of which set, as the formulation itself has it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

from solvitur.errors import FormulationError
from solvitur.formulation.elements import Formulation, Parameter, Variable
from solvitur.formulation.expression import (
    Loop,
    Name,
    Node,
    parse,
    parse_elements,
    parse_forall,
)
from solvitur.formulation.latex.formulas import quantified
from solvitur.formulation.latex.text import name

Read = TypeVar("Read")
Targets = tuple[str, ...]


class Letters:
    r"""Letters for the indices of parameters and variables.

    Where the formulation loops over a set, its most common letters are taken; else the first letter
    of the set's name.

    Example:
        >>> letters = Letters(Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["a", "b"]}],
        ...     "variables": [{"name": "x", "index": ["P", "P"]}],
        ...     "objective": {"sense": "minimize", "expression": "sum(x[i, i] for i in P)"}}))
        >>> print(*letters.entry(letters.formulation.variables[0]), sep="   ")
        x_{i, p}   i \in P, \, p \in P
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.taken = {element.name for element in _indexed(formulation)}
        self.used: dict[str, Counter[Targets]] = {}
        for loop in _loops(formulation):
            self.used.setdefault(loop.domain.name, Counter())[loop.targets] += 1

    def entry(self, element: Parameter | Variable) -> tuple[str, str]:
        """Give an entry with its indices, and where these are from: both as formulas."""
        symbol = name(element.name)
        if not element.index:
            return symbol, ""
        loops = _forall(element.over) or self._chosen(element.index)
        keys = ", ".join(name(target) for loop in loops for target in loop.targets)
        return f"{symbol}_{{{keys}}}", quantified(loops)

    def _chosen(self, index: tuple[str, ...]) -> tuple[Loop, ...]:
        loops: list[Loop] = []
        bound: set[str] = set()
        for set_name in index:
            targets = self._targets(set_name, bound)
            bound.update(targets)
            loops.append(Loop(targets, Name(set_name)))
        return tuple(loops)

    def _targets(self, set_name: str, bound: set[str]) -> Targets:
        for targets, _ in self.used.get(set_name, Counter[Targets]()).most_common():
            if bound.isdisjoint(targets):
                return targets
        letter = set_name.lstrip("_")[:1].lower()
        letter = letter if letter.isidentifier() else "i"
        number, found = 1, letter
        while found in bound or found in self.taken:
            number += 1
            found = f"{letter}{number}"
        return (found,)


def _loops(formulation: Formulation) -> Iterator[Loop]:
    """Give every loop there is, outside of what cannot be read."""
    for declared in formulation.sets:
        derived = _read(parse_elements, declared.expression or "")
        yield from derived[1] if derived else ()
    for element in _indexed(formulation):
        yield from _forall(element.over)
    for constraint in formulation.constraints:
        yield from _forall(constraint.forall)
    expressions = [formulation.objective.expression]
    expressions += [constraint.expression for constraint in formulation.constraints]
    for expression in expressions:
        node = _read(parse, expression)
        yield from _inside(node) if node else ()


def _indexed(formulation: Formulation) -> tuple[Parameter | Variable, ...]:
    return (*formulation.parameters, *formulation.variables)


def _forall(text: str) -> tuple[Loop, ...]:
    return _read(parse_forall, text) or ()


def _read(reader: Callable[[str], Read], text: str) -> Read | None:
    try:
        return reader(text) if text.strip() else None
    except FormulationError:
        return None


def _inside(node: Node) -> Iterator[Loop]:
    return (each for each in node.below() if isinstance(each, Loop))
