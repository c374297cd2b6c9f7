"""Random expressions, and random formulations of any content, for property tests."""

import keyword
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from solvitur.formulation import (
    Constraint,
    Formulation,
    Objective,
    Parameter,
    Set,
    Source,
    Variable,
)
from solvitur.formulation.expression import (
    RESERVED,
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Implication,
    Item,
    Logic,
    Loop,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Pair,
    Piecewise,
    Text,
)

no_clock = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Tests never measure time."""

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["a: b", "`x`", '"', '"quoted"', "## Sets:", "line\nbreak", "[m2]", " // ", "none", "- `x` = 1"]
)


def _is_name(word: str) -> bool:
    return (
        word.isidentifier()
        and not keyword.iskeyword(word)
        and word not in RESERVED
        and word == unicodedata.normalize("NFKC", word)
    )


names = st.sampled_from(["x", "y_2", "Größe", "été", "_a", "profit", "T", "x1"]) | st.text(
    st.characters(categories=["Lu", "Ll", "Lo", "Nd", "Mn", "Pc"]), min_size=1, max_size=8
).filter(_is_name)


def loops_of(conditions: st.SearchStrategy[Node]) -> st.SearchStrategy[Loop]:
    """Give loops over a set, with any conditions."""
    return st.builds(
        Loop,
        st.lists(names, min_size=1, max_size=3, unique=True).map(tuple),
        st.builds(Name, names),
        st.lists(conditions, max_size=2).map(tuple),
    )


def _expressions(numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Give trees that `parse` can yield: any operator over any operand."""
    loops = loops_of(numbers)
    points = st.builds(Pair, st.tuples(numbers, numbers))
    some = st.lists(numbers, min_size=2, max_size=3).map(tuple)
    one_key = numbers.filter(lambda node: not isinstance(node, Pair))
    order = st.sampled_from(["<=", ">=", "==", "!=", "<", ">", "in", "not in"])
    chains = st.lists(st.tuples(order, numbers), min_size=1, max_size=3)
    return st.one_of(
        st.builds(Item, names, one_key.map(lambda key: (key,)) | some),
        st.builds(Negative, numbers),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), numbers, numbers),
        st.builds(Pair, st.lists(numbers, max_size=3).map(tuple)),
        st.builds(Call, st.sampled_from(["abs", "exp", "log", "sin"]), numbers.map(lambda n: (n,))),
        st.builds(Call, st.sampled_from(["min", "max"]), some),
        st.builds(
            Call, st.sampled_from(["len", "first"]), st.builds(Name, names).map(lambda n: (n,))
        ),
        st.builds(
            Call, st.sampled_from(["next", "prev"]), st.tuples(st.builds(Name, names), numbers)
        ),
        st.builds(Piecewise, numbers, st.lists(points, max_size=3).map(tuple)),
        st.builds(
            Piecewise,
            numbers,
            points.map(lambda point: (point,)),
            st.lists(loops, min_size=1, max_size=2).map(tuple),
        ),
        st.builds(Implication, numbers, numbers),
        st.builds(
            Aggregate,
            st.sampled_from(["sum", "prod", "min", "max"]),
            numbers,
            st.lists(loops, min_size=1, max_size=2).map(tuple),
        ),
        st.builds(
            lambda first, rest: Comparison(
                tuple(sign for sign, _ in rest), (first, *(node for _, node in rest))
            ),
            numbers,
            chains,
        ),
        st.builds(Logic, st.sampled_from(["and", "or"]), some),
        st.builds(Not, numbers),
    )


any_node = st.recursive(
    st.one_of(
        st.builds(Number, st.integers(0, 10**17) | st.floats(0, 1e300)),
        st.builds(Text, any_text),
        st.builds(Name, names),
    ),
    _expressions,
    max_leaves=12,
)
"""Trees of any shape, meaningful or not."""

finite = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False)


def _json(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.lists(any_text | st.integers(), max_size=3)
    return st.recursive(
        st.none() | st.booleans() | numbers | any_text,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(any_text, inner, max_size=3)
            | st.lists(st.tuples(keys, inner).map(list), max_size=3)
        ),
        max_leaves=6,
    )


json_values = _json(finite)
whole = st.integers(-(10**15), 10**15)
atoms = any_text | whole
bounds = st.none() | finite | any_text


some_text = any_text.filter(bool)


def _sources(
    keys: st.SearchStrategy[tuple[str, ...]], column: st.SearchStrategy[str]
) -> st.SearchStrategy[Source]:
    return st.builds(Source, file=some_text, keys=keys, column=column, sheet=any_text)


def _sets(name: str) -> st.SearchStrategy[Set]:
    elements = st.lists(atoms | st.lists(atoms, max_size=3).map(tuple), max_size=4).map(tuple)
    keys = st.lists(any_text, min_size=1, max_size=3).map(tuple)
    common: dict[str, Any] = {
        "name": st.just(name),
        "doc": any_text,
        "within": st.lists(names, max_size=2).map(tuple),
    }
    return st.one_of(
        st.builds(Set, range=st.tuples(whole, whole), **common),
        st.builds(Set, elements=elements, **common),
        st.builds(Set, expression=any_text, **common),
        st.builds(Set, source=_sources(keys, st.just("")), **common),
    )


def _parameters(name: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Parameter]:
    index = st.lists(names, min_size=1, max_size=3).map(tuple)
    values = (
        st.dictionaries(any_text, _json(numbers), max_size=3)
        | st.lists(_json(numbers), max_size=3)
        | st.lists(st.tuples(st.lists(atoms, min_size=1, max_size=2), finite).map(list), max_size=3)
    )
    sources = _sources(st.lists(any_text, max_size=3).map(tuple), some_text)
    common: dict[str, Any] = {"name": st.just(name), "doc": any_text, "unit": any_text}
    return st.one_of(
        st.builds(Parameter, value=finite, **common),
        st.builds(Parameter, expression=any_text, **common),
        st.builds(Parameter, source=sources, **common),
        st.builds(Parameter, index=index, values=values, default=st.none() | finite, **common),
        st.builds(Parameter, index=index, default=finite, **common),
        st.builds(Parameter, index=index, over=any_text, expression=any_text, **common),
        st.builds(Parameter, index=index, source=sources, default=st.none() | finite, **common),
    )


def _variables(name: str) -> st.SearchStrategy[Variable]:
    return st.builds(
        Variable,
        name=st.just(name),
        doc=any_text,
        index=st.lists(names, max_size=2).map(tuple),
        domain=st.sampled_from(["continuous", "integer", "binary"]),
        lower=bounds,
        upper=bounds,
        over=any_text,
        unit=any_text,
    )


def any_formulation() -> st.SearchStrategy[Formulation]:
    """Give five elements of any content: only the shape is right."""
    return _formulations(finite | st.sampled_from([float("inf"), float("-inf")]))


def finite_formulation() -> st.SearchStrategy[Formulation]:
    """Give the same without infinite numbers, which JSON does not have."""
    return _formulations(finite)


@st.composite
def _formulations(draw: st.DrawFn, numbers: st.SearchStrategy[Any]) -> Formulation:
    drawn = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    kinds = draw(st.lists(st.sampled_from("spv"), min_size=len(drawn), max_size=len(drawn)))
    makers: dict[str, Callable[[str], st.SearchStrategy[Any]]] = {
        "s": _sets,
        "p": lambda name: _parameters(name, numbers),
        "v": _variables,
    }
    elements = {kind: tuple[Any, ...]() for kind in "spv"}
    for kind, name in zip(kinds, drawn, strict=True):
        elements[kind] = (*elements[kind], draw(makers[kind](name)))
    rows = draw(st.lists(names, max_size=3, unique=True))
    return Formulation(
        title=draw(any_text),
        sets=elements["s"],
        parameters=elements["p"],
        variables=elements["v"],
        objective=Objective(
            sense=draw(st.sampled_from(["minimize", "maximize"])),
            expression=draw(any_text),
            doc=draw(any_text),
        ),
        constraints=tuple(
            Constraint(
                name=row, forall=draw(any_text), expression=draw(any_text), doc=draw(any_text)
            )
            for row in rows
        ),
    )
