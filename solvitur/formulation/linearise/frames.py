"""For what a term stands: which loop names it depends on, and the sets of its auxiliary."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from solvitur.formulation.evaluate import Binding, Evaluator, Key, flat
from solvitur.formulation.expression import Item, Loop, Name, Node, Pair
from solvitur.formulation.linearise.trees import canonical
from solvitur.formulation.printing import show_elements


@dataclass(frozen=True)
class Frame:
    """What an auxiliary element is indexed by.

    Attributes:
        loops: The loops that give each of its indices once.
        index: The sets it is indexed by.
        bindings: What the loop names stand for, for each of its entries.
    """

    loops: tuple[Loop, ...]
    index: tuple[str, ...]
    bindings: tuple[Binding, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The loop names, in the order of the indices."""
        return tuple(target for loop in self.loops for target in loop.targets)

    def entry(self, name: str) -> Node:
        """Give the entry of an auxiliary for the loop names."""
        if not self.index:
            return Name(name)
        return Item(name, tuple(map(Name, self.targets)))

    def key(self, binding: Binding) -> Key:
        """Give the key of an entry."""
        return flat(binding[target] for target in self.targets)


class Frames:
    """Finds frames, and derives the sets they need.

    Args:
        evaluator: With the sets.
        add_set: Adds a set that is derived by an expression and has these elements.
    """

    def __init__(
        self, evaluator: Evaluator, add_set: Callable[[str, tuple[Key, ...]], str]
    ) -> None:
        self.evaluator = evaluator
        self.add_set = add_set
        self._bindings: dict[tuple[Loop, ...], list[Binding]] = {}
        self._derived: dict[tuple[Node, ...], str] = {}

    def of(self, names: frozenset[str], loops: tuple[Loop, ...]) -> Frame | None:
        """Give the frame of what uses these names inside these loops; ``None`` for no binding."""
        if loops not in self._bindings:
            self._bindings[loops] = list(self.evaluator.bindings(loops, {}))
        every = self._bindings[loops]
        if not every:
            return None
        needed = tuple(t for loop in loops for t in loop.targets if t in names)
        if not needed:
            return Frame((), (), ({},))
        is_all = len(needed) == sum(len(loop.targets) for loop in loops)
        bindings = tuple(every) if is_all else self._projected(every, needed)
        whole = tuple(loop for loop in loops if set(loop.targets) & set(needed))
        if all(set(loop.targets) <= set(needed) for loop in whole):
            sizes = [len(self.evaluator.sets[loop.domain.name]) for loop in whole]
            if math.prod(sizes) == len(bindings):
                plain = tuple(Loop(loop.targets, loop.domain) for loop in whole)
                in_order = bindings if is_all else tuple(self.evaluator.bindings(plain, {}))
                return Frame(plain, tuple(loop.domain.name for loop in whole), in_order)
        wide = any(isinstance(every[0][target], tuple) for target in needed)
        if wide and len(needed) > 1:
            # A tuple cannot be put together again from a set of longer ones.
            everything = tuple(t for loop in loops for t in loop.targets)
            return Frame(loops, (self._set(loops, everything),), tuple(every))
        name = self._set(loops, needed)
        return Frame((Loop(needed, Name(name)),), (name,), bindings)

    def _projected(self, every: list[Binding], needed: tuple[str, ...]) -> tuple[Binding, ...]:
        found = {tuple(binding[name] for name in needed): None for binding in every}
        return tuple(dict(zip(needed, values, strict=True)) for values in found)

    def _set(self, loops: tuple[Loop, ...], needed: tuple[str, ...]) -> str:
        """Derive the set of the elements that the loops give; the same one for the same loops."""
        element: Node = Pair(tuple(map(Name, needed))) if len(needed) > 1 else Name(needed[0])
        targets = tuple(target for loop in loops for target in loop.targets)
        key = tuple(canonical(node, targets) for node in (element, *loops))
        if key not in self._derived:
            every = self._bindings[loops]
            members = {flat(binding[name] for name in needed): None for binding in every}
            self._derived[key] = self.add_set(show_elements(element, loops), tuple(members))
        return self._derived[key]
