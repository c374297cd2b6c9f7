"""Random expressions, and random formulations of any content, for property tests."""

import keyword
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from solvitur.formulation import Constraint, Formulation, Objective, Parameter, Set, Variable
from solvitur.formulation.expression import (
    RESERVED,
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Item,
    Logic,
    Loop,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Pair,
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


def _expressions(numbers: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Give trees that `parse` can yield: any operator over any operand."""
    loops = st.builds(
        Loop,
        st.lists(names, min_size=1, max_size=3, unique=True).map(tuple),
        st.builds(Name, names),
        st.lists(numbers, max_size=2).map(tuple),
    )
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


def _sets(name: str) -> st.SearchStrategy[Set]:
    ranges = st.tuples(whole, whole)
    elements = st.lists(atoms | st.lists(atoms, max_size=3).map(tuple), max_size=4).map(tuple)
    return st.one_of(
        st.builds(Set, name=st.just(name), doc=any_text, range=ranges),
        st.builds(Set, name=st.just(name), doc=any_text, elements=elements),
    )


def _parameters(name: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Parameter]:
    index = st.lists(names, min_size=1, max_size=3).map(tuple)
    values = (
        st.dictionaries(any_text, _json(numbers), max_size=3)
        | st.lists(_json(numbers), max_size=3)
        | st.lists(st.tuples(st.lists(atoms, min_size=1, max_size=2), finite).map(list), max_size=3)
    )
    common: dict[str, Any] = {"name": st.just(name), "doc": any_text, "unit": any_text}
    return st.one_of(
        st.builds(Parameter, value=finite, **common),
        st.builds(Parameter, index=index, values=values, default=st.none() | finite, **common),
        st.builds(Parameter, index=index, default=finite, **common),
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
