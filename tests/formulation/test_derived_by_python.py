"""Derived sets and parameters against what Python computes from the same text."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from solvitur.errors import InvalidFormulation
from solvitur.formulation import Formulation
from solvitur.formulation.expression import parse
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show
from tests.formulation.closed import (
    INDEX,
    POINT,
    Loops,
    by_python,
    closed,
    conditions,
    formulation,
    listed,
)
from tests.formulation.strategies import no_clock

INNER = Loops().bind({"p": "P", "t": "T", "a": "A"})


def with_derived(**fields: object) -> Formulation:
    """Give the small formulation with one more set or parameter, declared before all others."""
    five = formulation().model_dump(exclude_defaults=True)
    for section, element in fields.items():
        five[section] = [element, *five[section]]
    return Formulation.model_validate(five)


@no_clock
@given(
    st.sampled_from(["(p, t)", "p", "(a, p)", "t", "(t, p, a)", "(p, t + 1)"]),
    conditions(INNER, 2),
)
def test_a_derived_set_holds_what_python_lists(element: str, condition: str) -> None:
    text = f"{element} for p in P for t in T for a in A if {condition}"
    expected = dict.fromkeys(map(flat, listed(text)))
    made = Instance(with_derived(sets={"name": "D", "expression": text}))
    assert made.sets["D"] == tuple(expected)


def flat(element: object) -> tuple[object, ...]:
    if not isinstance(element, tuple):
        return (element,)
    return tuple(atom for part in element for atom in flat(part))


@no_clock
@given(closed(Loops().bind({"p": "P", "t": "T"})))
def test_a_derived_parameter_is_what_python_computes_for_every_key(text: str) -> None:
    node = parse(text)
    assume(node.names.isdisjoint(POINT))
    keys = [(p, t) for p in "abc" for t in (1, 2, 3)]
    values = [by_python(f"[{show(node)} for p in [{p!r}] for t in [{t}]][0]") for p, t in keys]
    gap = {"name": "g", "index": INDEX["d"], "over": "p in P, t in T", "expression": text}
    try:
        found = Instance(with_derived(parameters=gap)).parameters["g"]
    except InvalidFormulation:
        assert None in values
        return
    assert [found[key] for key in keys] == [
        pytest.approx(value, rel=1e-9, abs=1e-9) for value in values
    ]
