"""Differences are those of meaning, each said once, in words."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.formulation import (
    Constraint,
    Formulation,
    Objective,
    Parameter,
    Set,
    Source,
    Variable,
    diff,
    from_markdown,
)
from solvitur.formulation.canonical import canonical
from solvitur.formulation.expression import parse
from solvitur.formulation.printing import show
from tests.formulation.strategies import any_formulation, any_node, no_clock

FILES = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))

ARCS = {"file": "arcs.csv", "keys": ["from", "to"]}
SHOP: dict[str, Any] = {
    "title": "A shop",
    "sets": [
        {"name": "P", "elements": ["chair", "table"], "doc": "products"},
        {"name": "T", "range": [1, 12]},
        {"name": "A", "elements": [["a", "b"], ["b", "c"]]},
        {"name": "D", "expression": "(i, j) for i in P for j in P if i != j", "within": ["P", "P"]},
        {"name": "F", "source": ARCS},
    ],
    "parameters": [
        {"name": "labour", "value": 40, "unit": "h", "doc": "hours"},
        {"name": "profit", "index": ["P"], "values": {"chair": 30, "table": 50}, "unit": "USD"},
        {"name": "cost", "index": ["A"], "values": [[["a", "b"], 4]], "default": 2},
        {
            "name": "gap",
            "index": ["P", "P"],
            "over": "i in P, j in P",
            "expression": "profit[i] - profit[j]",
        },
        {"name": "dist", "index": ["A"], "source": {**ARCS, "column": "km"}},
    ],
    "variables": [
        {"name": "x", "index": ["P"], "domain": "integer", "over": "p in P", "upper": "profit[p]"},
        {"name": "y", "upper": 10, "unit": "m"},
    ],
    "objective": {
        "sense": "maximize",
        "expression": "sum(profit[p] * x[p] for p in P) - y",
        "doc": "gain",
    },
    "constraints": [
        {"name": "work", "expression": "3 * x['chair'] + 2 * x['table'] <= labour", "doc": "hours"},
        {"name": "each", "forall": "p in P if p != 'chair'", "expression": "x[p] <= 7"},
    ],
}


def shop_with(**fields: Any) -> Formulation:
    return Formulation.model_validate({**SHOP, **fields})


def shop() -> Formulation:
    return shop_with()


def changed(kind: str, which: str, **fields: Any) -> Formulation:
    """Change some fields of one element; a field that is given as ``...`` is left out."""
    elements = [dict(element) for element in SHOP[kind]]
    (element,) = (element for element in elements if element["name"] == which)
    element.update(fields)
    for field in [field for field, value in element.items() if value is ...]:
        del element[field]
    return shop_with(**{kind: elements})


def report(after: Formulation) -> str:
    return str(diff(shop(), after))


# --- what is the same ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_no_different_from_itself_in_another_form(path: Path) -> None:
    formulation = Formulation.from_file(path)
    assert not diff(formulation, from_markdown(formulation.to_markdown()))
    assert str(diff(formulation, formulation)) == "no difference"


@settings(no_clock, max_examples=50)
@given(any_formulation(), st.randoms(use_true_random=False))
def test_the_order_of_declarations_makes_no_difference(
    formulation: Formulation, shuffle: random.Random
) -> None:
    def mixed(elements: tuple[Any, ...]) -> list[Any]:
        return shuffle.sample(elements, len(elements))

    other = formulation.model_copy(
        update={
            "sets": tuple(mixed(formulation.sets)),
            "parameters": tuple(mixed(formulation.parameters)),
            "variables": tuple(mixed(formulation.variables)),
            "constraints": tuple(mixed(formulation.constraints)),
        }
    )
    assert not diff(formulation, other)
    assert diff(formulation, other) == diff(formulation, formulation)


@settings(no_clock, max_examples=50)
@given(any_formulation(), any_formulation())
def test_a_difference_is_one_from_both_sides(one: Formulation, other: Formulation) -> None:
    assert bool(diff(one, other)) == bool(diff(other, one))
    assert "\n" not in "".join(diff(one, other).lines)


@no_clock
@given(any_node)
def test_brackets_and_spaces_make_no_difference(node: Any) -> None:
    assert canonical(parse(show(node))) == canonical(node)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b - c", "-c + (b) + a"),
        ("a - (b - c)", "a + c - b"),
        ("2 * x * y", "y * (x * 2.0)"),
        ("x <= y", "y >= x"),
        ("1 <= x <= 5", "5 >= x >= 1"),
        ("a == b", "b == a"),
        ("sum(x[i] for i in I)", "sum(x[k] for k in I)"),
        ("sum(x[i, t] for i in I for t in T)", "sum(x[j, s] for s in T for j in I)"),
        ("sum(x[i] for i in I if i > 1 if i < 4)", "sum(x[i] for i in I if i < 4 if i > 1)"),
        ("sum(x[i] for i in I if i > 1 and i < 4)", "sum(x[i] for i in I if i < 4 and i > 1)"),
        ("max(a, b)", "max(b, a)"),
        ("implies(b == 1, x <= 2)", "implies(1 == b, 2 >= x)"),
        ("piecewise(x, ((a[k], k) for k in K))", "piecewise(x, ((a[l], l) for l in K))"),
    ],
)
def test_forms_of_one_meaning_are_the_same(one: str, other: str) -> None:
    assert canonical(parse(one)) == canonical(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - b", "b - a"),
        ("a / b", "b / a"),
        ("a ** b", "b ** a"),
        ("x <= y", "y <= x"),
        ("x[i, j]", "x[j, i]"),
        ("sum(x[i, j] for i in I for j in I)", "sum(x[i, i] for i in I for j in I)"),
        ("sum(x[i] for i in I)", "sum(x[i] for i in J)"),
        ("sum(x[i] for i in I)", "prod(x[i] for i in I)"),
        ("sum(x[i] for i in I if i > 1)", "sum(x[i] for i in I)"),
        ("sum(x[i] + a for i in I)", "sum(x[i] for i in I) + a"),
        ('x["1"]', "x[1]"),
        ("a and b == c", "a or b == c"),
        ("implies(b == 1, x <= 2)", "implies(x <= 2, b == 1)"),
        ("piecewise(x, ((0, 0), (1, 2)))", "piecewise(x, ((1, 2), (0, 0)))"),
    ],
)
def test_forms_of_another_meaning_differ(one: str, other: str) -> None:
    assert canonical(parse(one)) != canonical(parse(other))


def test_a_range_is_its_elements() -> None:
    listed = changed("sets", "T", range=..., elements=list(range(1, 13)))
    assert not diff(shop(), listed)


def test_values_may_be_nested_otherwise() -> None:
    pairs = changed("parameters", "profit", values=[["table", 50.0], ["chair", 30]])
    assert not diff(shop(), pairs)
    given_as_default = changed("parameters", "cost", values=[[["a", "b"], 4], [["b", "c"], 2]])
    assert not diff(shop(), given_as_default)


# --- what is different ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (changed("parameters", "labour", value=30), "parameter 'labour': 40 -> 30 [h]"),
        (changed("parameters", "labour", unit="min"), "parameter 'labour': unit h -> min"),
        (
            changed("parameters", "labour", doc="hours of work"),
            'parameter \'labour\': doc "hours" -> "hours of work"',
        ),
        (
            changed("parameters", "profit", values={"chair": 35, "table": 50}),
            "parameter 'profit': [chair] 30 -> 35 [USD]",
        ),
        (
            changed("parameters", "profit", values={"chair": 30}),
            "parameter 'profit': [table] 50 -> none [USD]",
        ),
        (
            changed("parameters", "cost", default=3),
            "parameter 'cost': otherwise 2 -> 3",
        ),
        (
            changed("parameters", "gap", expression="profit[j] - profit[i]"),
            "parameter 'gap': `profit[i] - profit[j]` -> `profit[j] - profit[i]`",
        ),
        (
            changed("parameters", "labour", value=..., expression="5 * 8"),
            "parameter 'labour': 40 -> `5 * 8`",
        ),
        (
            changed("parameters", "dist", source={**ARCS, "column": "h"}),
            "parameter 'dist': from, to, km of the table 'arcs.csv' -> "
            "from, to, h of the table 'arcs.csv'",
        ),
        (changed("sets", "P", elements=["table", "stool"]), "set 'P': without chair; with stool"),
        (changed("sets", "T", range=[1, 20]), "set 'T': with 13, 14, 15, 16, 17, and 3 more"),
        (
            changed("sets", "D", expression="(i, j) for i in P for j in P"),
            "set 'D': `(i, j) for i in P for j in P if i != j` -> `(i, j) for i in P for j in P`",
        ),
        (changed("sets", "D", within=...), "set 'D': within P, P -> none"),
        (changed("variables", "x", domain="continuous"), "variable 'x': integer -> continuous"),
        (changed("variables", "y", lower=None), "variable 'y': lower bound 0 -> none"),
        (
            changed("variables", "x", upper=5),
            "variable 'x': upper bound `profit[p]` -> 5",
        ),
        (changed("variables", "y", index=["P"]), "variable 'y': index none -> P"),
        (
            changed("constraints", "work", expression="3 * x['chair'] <= labour"),
            "constraint 'work': `3 * x['chair'] + 2 * x['table'] <= labour` -> "
            "`3 * x['chair'] <= labour`",
        ),
        (
            changed("constraints", "each", forall="q in P"),
            "constraint 'each': `x[p] <= 7` for `p in P if p != 'chair'` -> "
            "`x[p] <= 7` for `q in P`",
        ),
        (
            changed(
                "constraints",
                "each",
                name="most",
                forall="q in P if 'chair' != q",
                expression="7 >= x[q]",
            ),
            "constraint 'each' is called 'most' now",
        ),
        (
            shop_with(objective={**SHOP["objective"], "sense": "minimize"}),
            "objective: maximize -> minimize",
        ),
        (
            shop_with(constraints=SHOP["constraints"][1:]),
            "constraint 'work' is gone: `3 * x['chair'] + 2 * x['table'] <= labour`",
        ),
        (
            shop_with(constraints=[*SHOP["constraints"], {"name": "z", "expression": "y <= 1"}]),
            "constraint 'z' is new: `y <= 1`",
        ),
        (
            shop_with(variables=[*SHOP["variables"], {"name": "z"}]),
            "variable 'z' is new",
        ),
        (shop_with(title=""), 'title: "A shop" -> none'),
    ],
)
def test_a_change_is_said_in_words(after: Formulation, expected: str) -> None:
    assert report(after) == expected


def test_many_changes_of_one_element_are_one_line() -> None:
    values = {str(n): n for n in range(1, 13)}
    before = changed("parameters", "profit", index=["T"], values=values)
    after = changed("parameters", "profit", index=["T"], values=dict.fromkeys(values, 0))
    assert str(diff(before, after)) == (
        "parameter 'profit': [1] 1 -> 0, [2] 2 -> 0, [3] 3 -> 0, [4] 4 -> 0, [5] 5 -> 0, "
        "and 7 more [USD]"
    )


def test_the_order_of_elements_counts_where_the_formulation_speaks_of_it() -> None:
    turned = ["table", "chair"]
    assert not diff(shop(), changed("sets", "P", elements=turned))
    first = {"name": "one", "expression": "x[first(P)] >= 1"}
    other = [{**SHOP["sets"][0], "elements": turned}, *SHOP["sets"][1:]]
    before, after = shop_with(constraints=[first]), shop_with(constraints=[first], sets=other)
    assert str(diff(before, after)) == "set 'P': its elements are in another order"


@pytest.mark.parametrize(
    "said",
    [
        {"title": "At first(P)"},
        {"objective": {**SHOP["objective"], "doc": "see prev(P, p)"}},
    ],
)
def test_words_that_look_like_a_call_speak_of_no_order(said: dict[str, Any]) -> None:
    other = [{**SHOP["sets"][0], "elements": ["table", "chair"]}, *SHOP["sets"][1:]]
    assert not diff(shop_with(**said), shop_with(**said, sets=other))


@pytest.mark.parametrize(
    "said",
    [
        {"objective": {**SHOP["objective"], "expression": "x[ last ( P ) ] - y"}},
        {"constraints": [{"name": "c", "expression": "sum(x[prev(P, p)] for p in P) <= 4"}]},
        {
            "constraints": [
                {"name": "c", "forall": "p in P if p != first(P)", "expression": "x[p] <= 4"}
            ]
        },
        {"sets": [*SHOP["sets"], {"name": "L", "expression": "p for p in P if p != last(P)"}]},
        {
            "variables": [
                {"name": "x", "index": ["P"], "over": "p in P", "upper": "profit[first(P)]"},
                SHOP["variables"][1],
            ]
        },
    ],
)
def test_order_is_spoken_of_in_any_expression(said: dict[str, Any]) -> None:
    sets = said.get("sets", SHOP["sets"])
    other = [{**sets[0], "elements": ["table", "chair"]}, *sets[1:]]
    found = diff(shop_with(**said), shop_with(**{**said, "sets": other}))
    assert str(found) == "set 'P': its elements are in another order"


def test_every_field_makes_a_difference() -> None:
    """A new field is unseen until `diff` knows it."""
    known = {
        Formulation: "title sets parameters variables objective constraints",
        Set: "name doc elements range expression source within",
        Parameter: "name doc index value values over expression source default unit",
        Variable: "name doc index domain lower upper over unit",
        Objective: "doc sense expression",
        Constraint: "name doc forall expression",
        Source: "file keys column sheet",
    }
    for element, fields in known.items():
        assert set(element.model_fields) == set(fields.split())
