"""A small formulation, random expressions over it that mean something, and their value by Python.

The oracle hands the printed text to Python's own ``eval``, over lists and dictionaries. Only tests
do that.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from solvitur.formulation import Formulation
from solvitur.formulation.evaluate import Key

POINT: dict[str, dict[Key, float]] = {
    "x": {(): 1.5},
    "y": {("a",): 2.0, ("b",): -0.5, ("c",): 3.25},
    "z": {(p, t): n / 4 for n, (p, t) in enumerate((p, t) for p in "abc" for t in (1, 2, 3))},
    "f": {("a", "b"): 7.0, ("b", "c"): 0.125},
}
"""A value for each entry of each variable."""

PARAMETERS: dict[str, dict[Key, float]] = {
    "w": {(): 2.5},
    "c": {("a",): 3, ("b",): -1, ("c",): 0.5},
    "d": {(p, t): ord(p) - 98 + t for p in "abc" for t in (1, 2, 3)},
    "l": {("a", "b"): 4, ("b", "c"): 2},
}
SETS: dict[str, list[Any]] = {
    "P": ["a", "b", "c"],
    "T": [1, 2, 3],
    "A": [("a", "b"), ("b", "c")],
    "E": [],
}
INDEX = {
    "w": (), "c": ("P",), "d": ("P", "T"), "l": ("A",),
    "x": (), "y": ("P",), "z": ("P", "T"), "f": ("A",),
}  # fmt: skip


def formulation(objective: str = "x", **fields: Any) -> Formulation:
    """Give the small formulation with another objective, constraints, or what else."""
    elements = {
        "sets": [{"name": name, "elements": listed} for name, listed in SETS.items()],
        "parameters": [
            {"name": name, "value": entries[()]}
            if () in entries
            else {
                "name": name,
                "index": INDEX[name],
                "values": [[list(key), value] for key, value in entries.items()],
            }
            for name, entries in PARAMETERS.items()
        ],
        "variables": [{"name": name, "index": INDEX[name], "lower": None} for name in POINT],
        "objective": {"sense": "minimize", "expression": objective},
        **fields,
    }
    return Formulation.model_validate(elements)


class Entries(dict[Any, float]):
    """Entries by key, as the language looks them up: a tuple counts for several indices."""

    def __init__(self, entries: Mapping[Key, float]) -> None:
        super().__init__(entries)

    def __getitem__(self, key: Any) -> float:
        return super().__getitem__(_flat(key))


def _flat(key: Any) -> tuple[Any, ...]:
    if not isinstance(key, tuple):
        return (key,)
    return tuple(atom for part in key for atom in _flat(part))


WORLD: dict[str, Any] = {
    **SETS,
    **{
        name: entries[()] if () in entries else Entries(entries)
        for name, entries in {**PARAMETERS, **POINT}.items()
    },
    **{name: getattr(math, name) for name in ("exp", "log", "log10", "sqrt", "sin", "cos", "tan")},
    "prod": lambda values: math.prod(values),
    "first": lambda elements: elements[0],
    "last": lambda elements: elements[-1],
    "next": lambda elements, element: elements[elements.index(element) + 1],
    "prev": lambda elements, element: dict(pairwise(reversed(elements)))[element],
}


def by_python(text: str) -> float | None:
    """Compute an expression with Python; ``None`` when it has no finite real value."""
    try:
        value = eval(text, {**WORLD})  # noqa: S307  # the oracle: text made by the tests alone
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return None
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def listed(text: str) -> list[Any]:
    """List with Python what a derived set holds."""
    elements = eval(f"[{text}]", {**WORLD})  # noqa: S307  # the oracle, as above
    assert isinstance(elements, list)
    return elements


@dataclass(frozen=True)
class Loops:
    """The loop names that are bound, by what they stand for."""

    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def bind(self, names: Mapping[str, str]) -> "Loops":
        of = dict(self.of)
        for name, kind in names.items():
            of[kind] = (*of.get(kind, ()), name)
        return Loops(of)

    def new(self, count: int) -> list[str]:
        taken = sum(map(len, self.of.values()))
        return [f"i{taken + n}" for n in range(count)]


@st.composite
def closed(draw: st.DrawFn, loops: Loops | None = None, depth: int = 3) -> str:
    """Draw the text of a number: every name in it is declared or bound, and used as it should."""
    loops = loops or Loops()
    shapes = ["literal", "scalar", "entry"]
    if depth > 0:
        shapes += ["arithmetic"] * 3 + ["aggregate"] * 2 + ["function", "negative", "extreme"]
    shape = draw(st.sampled_from(shapes))
    below = closed(loops, depth - 1)
    match shape:
        case "literal":
            return draw(st.sampled_from(["0", "1", "2", "3.5", "0.25", "len(P)", "len(E)"]))
        case "scalar":
            return draw(st.sampled_from(["w", "x", *loops.of.get("T", ())]))
        case "entry":
            return draw(_entries(loops))
        case "negative":
            return f"-({draw(below)})"
        case "arithmetic":
            operator = draw(st.sampled_from("+-*/"))
            if draw(st.integers(0, 9)) == 0:
                return f"({draw(below)}) ** {draw(st.sampled_from(['2', '0', '-1', '0.5']))}"
            return f"({draw(below)}) {operator} ({draw(below)})"
        case "function":
            function = draw(st.sampled_from(["abs", "exp", "log", "log10", "sqrt", "sin", "cos"]))
            return f"{function}({draw(below)})"
        case "extreme":
            return f"{draw(st.sampled_from(['min', 'max']))}({draw(below)}, {draw(below)})"
    return draw(_aggregates(loops, depth))


@st.composite
def _entries(draw: st.DrawFn, loops: Loops) -> str:
    name = draw(st.sampled_from("cdlyzf"))
    if INDEX[name] == ("A",):
        pairs = [*loops.of.get("A", ()), '"a", "b"', '("b", "c")']
        return f"{name}[{draw(st.sampled_from(pairs))}]"
    keys = [draw(_key(each, loops)) for each in INDEX[name]]
    return f"{name}[{', '.join(keys)}]"


def _key(of: str, loops: Loops) -> st.SearchStrategy[str]:
    products = ['"a"', '"b"', '"c"', "first(P)", 'next(P, "a")']
    months = ["1", "2", "last(T)", "first(T) + 1", "prev(T, last(T))"]
    neighbours = [
        f"{way}({of}, {name})" for way in ("next", "prev") for name in loops.of.get(of, ())
    ]
    own = [*(products if of == "P" else months), *neighbours]
    return st.sampled_from([*own, *loops.of.get(of, ()) * 3])


@st.composite
def _aggregates(draw: st.DrawFn, loops: Loops, depth: int) -> str:
    function = draw(st.sampled_from(["sum", "sum", "prod", "min", "max"]))
    texts, inner = [], loops
    for _ in range(draw(st.integers(1, 2))):
        of = draw(st.sampled_from(["P", "T", "A", "whole", "E"]))
        names = inner.new(2 if of == "A" else 1)
        kinds = {"P": ["P"], "T": ["T"], "A": ["P", "P"], "whole": ["A"], "E": ["E"]}[of]
        inner = inner.bind(dict(zip(names, kinds, strict=True)))
        target = names[0] if len(names) == 1 else f"({', '.join(names)})"
        texts.append(f"for {target} in {'A' if of == 'whole' else of}")
        if draw(st.booleans()):
            texts[-1] += f" if {draw(conditions(inner, 1))}"
    return f"{function}({draw(closed(inner, depth - 1))} {' '.join(texts)})"


@st.composite
def conditions(draw: st.DrawFn, loops: Loops, depth: int) -> str:
    """Draw the text of a condition that no variable is in."""
    products, months, pairs = (loops.of.get(kind, ()) for kind in "PTA")
    shapes = ['"a" in P', '("a", "c") not in A', "w < 2 <= 3"]
    shapes += [f'{name} != "a"' for name in products] + [f'{p} in ("a", "c")' for p in products]
    shapes += [f"{name} > first(T)" for name in months] + [f"{t} == 2" for t in months]
    shapes += [f'{name} == ("a", "b")' for name in pairs] + [f"{pair} in A" for pair in pairs]
    shapes += [f"({p}, {q}) in A" for p in products for q in products]
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(shapes))
    left, right = draw(conditions(loops, depth - 1)), draw(conditions(loops, depth - 1))
    return draw(st.sampled_from([f"{left} and {right}", f"{left} or {right}", f"not ({left})"]))
