"""Whether units fit together: every place of a formulation, and random expressions."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.eval import word_problems
from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, Severity, check
from solvitur.formulation.instance import Instance
from solvitur.formulation.units import measures
from solvitur.formulation.units.checking import unit_faults
from tests.formulation.strategies import no_clock

FORMULATIONS = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))


def bakery(**change: Any) -> Formulation:
    data = {
        "sets": [{"name": "P", "elements": ["loaf", "cake"]}],
        "parameters": [
            {"name": "price", "index": ["P"], "default": 4, "unit": "USD/item"},
            {"name": "oven", "index": ["P"], "default": 12, "unit": "min/item"},
            {"name": "open", "value": 8, "unit": "h"},
            {"name": "rent", "value": 50, "unit": "USD"},
            {"name": "share", "value": 0.5, "unit": "%"},
            {"name": "least", "value": 3, "unit": "items"},
            {"name": "any", "value": 3},
        ],
        "variables": [{"name": "x", "index": ["P"], "unit": "item"}, {"name": "y"}],
        "objective": {
            "sense": "maximize",
            "expression": "sum(price[p] * x[p] for p in P) - rent + y",
        },
    }
    return Formulation.model_validate({**data, **change})


def said(formulation: Formulation) -> list[str]:
    return list(map(str, unit_faults(Instance(formulation))))


def row(expression: str, forall: str = "p in P") -> list[str]:
    """What is said against one constraint."""
    rows = [{"name": "row", "forall": forall, "expression": expression}]
    return said(bakery(constraints=rows))


# --- what is a fault, and its mend ---------------------------------------------------------------


def test_hours_and_minutes_are_mended_by_a_factor() -> None:
    assert row("sum(oven[q] * x[q] for q in P) <= open") == [
        "constraint 'row': 'sum(oven[q] * x[q] for q in P)' is in min, 'open' in h; "
        "multiply 'open' by 60 min/h at column 35"
    ]


def test_the_factor_is_put_to_the_larger_unit_on_either_side() -> None:
    (fault,) = row("open >= oven[p] * x[p]")
    assert "multiply 'open' by 60 min/h" in fault


def test_money_and_things_are_mended_by_a_price() -> None:
    (fault,) = row("rent + x[p] <= 9")
    assert fault == (
        "constraint 'row': 'rent' is in USD, 'x[p]' in item; did you forget to multiply 'x[p]' by "
        "price [USD/item]? at column 8"
    )


def test_a_missing_amount_is_named() -> None:
    (fault,) = row("oven[p] <= 60 * y + oven[p] * x[p]")
    assert "did you forget to multiply 'oven[p]' by least [item]?" in fault


def test_where_no_parameter_helps_the_missing_factor_is_named() -> None:
    (fault,) = row("rent <= open")
    assert "a factor in USD/h is missing, or a unit is wrong" in fault


@pytest.mark.parametrize(
    "expression",
    [
        "price[p] * x[p] <= rent",
        "price[p] * x[p] <= share * rent",
        "rent / price[p] >= x[p]",
        "x[p] + 5 <= least",
        "7 * x[p] <= rent",
        "y + x[p] <= 9",
        "any * x[p] <= rent",
        "y <= rent",
        "60 * open >= oven[p] * x[p]",
        "oven[p] * x[p] / 60 <= open",
        "-x[p] <= least",
        "abs(x[p] - least) <= max(least, x[p])",
        "x[p] ** 2 <= least * x[p]",
        "sqrt(x[p]) * sqrt(x[p]) <= least",
        "len(P) * x[p] <= rent",
        "x[p] >= 0",
        "0 <= x[p] <= least",
        "prod(x[q] for q in P) <= rent",
        "piecewise(x[p], ((0, 0), (10, 50))) <= rent",
        "exp(open) <= rent",
    ],
)
def test_what_fits_or_may_fit_is_no_fault(expression: str) -> None:
    assert row(expression) == []


@pytest.mark.parametrize(
    "expression",
    [
        "x[p] * price[p] <= open",
        "x[p] <= rent",
        "10 >= x[p] - rent",
        "0 <= x[p] <= rent",
        "x[p] <= y <= rent",
        "max(x[p], rent) <= 4",
        "sum(x[q] + rent for q in P) <= 4",
        "sum(y for q in P if price[q] > rent) <= 4",
        "-(x[p] + rent) * 2 <= 4",
        "x[p] ** 2 <= rent ** 2",
        "x[p] * x[p] / least <= open",
        "(x[p] + rent) / any <= 4",
        "exp(x[p] + open) <= 4",
        "piecewise(x[p], ((0, 0), (open, 50))) <= 4",
        "piecewise(x[p], ((0, rent), (10, open))) <= 4",
        "implies(price[p] > rent, x[p] <= 4)",
        "implies(any > 2, x[p] <= rent)",
    ],
)
def test_each_place_of_an_expression_is_looked_at(expression: str) -> None:
    assert len(row(expression)) == 1


def test_conditions_of_a_forall_are_looked_at() -> None:
    assert len(row("x[p] <= 4", "p in P if price[p] > open")) == 1


def test_bounds_objective_and_derived_elements_are_looked_at() -> None:
    faults = said(
        bakery(
            sets=[
                {"name": "P", "elements": ["loaf", "cake"]},
                {"name": "Q", "expression": "p for p in P if oven[p] > open"},
            ],
            parameters=[
                *bakery().model_dump(exclude_defaults=True)["parameters"],
                {"name": "cost", "expression": "rent + least", "unit": "USD"},
                {"name": "total", "expression": "least * 2", "unit": "h"},
                {"name": "most", "expression": "open - rent / 2", "unit": ""},
                {"name": "wrong", "expression": "rent", "unit": "items"},
            ],
            variables=[
                {"name": "x", "index": ["P"], "unit": "item", "lower": "least", "upper": "open"},
                {"name": "y"},
            ],
            objective={"sense": "maximize", "expression": "sum(x[p] for p in P) - rent"},
        )
    )
    assert [fault.split(":")[0] for fault in faults] == [
        "set 'Q'",
        "parameter 'cost'",
        "parameter 'wrong'",
        "variable 'x'",
        "objective",
    ]


def test_a_derived_parameter_without_a_unit_has_that_of_its_expression() -> None:
    parameters = [
        *bakery().model_dump(exclude_defaults=True)["parameters"],
        {"name": "twice", "expression": "half + half"},
        {"name": "half", "expression": "rent - rent"},
    ]
    rows = [{"name": "row", "expression": "twice <= least"}]
    (fault,) = said(bakery(parameters=parameters, constraints=rows))
    assert "'twice' is in USD, 'least' in item" in fault


TABLE = {"roads": [{"road": "a", "length [km]": 4}, {"road": "b", "length [km]": 5}]}


@pytest.mark.parametrize(
    ("unit", "limit", "element"),
    [
        ("", "km", None),
        ("km", "km", None),
        ("", "m", "constraint 'row'"),
        ("m", "m", "parameter 'length'"),
        ("any length", "m", None),
        ("km/truck", "km/truck", None),
    ],
)
def test_the_header_of_a_column_says_a_unit_too(unit: str, limit: str, element: str) -> None:
    source = {"file": "roads", "keys": ["road"]}
    formulation = Formulation.model_validate(
        {
            "sets": [{"name": "R", "source": source}],
            "parameters": [
                {
                    "name": "length",
                    "index": ["R"],
                    "unit": unit,
                    "source": {**source, "column": "length"},
                },
                {"name": "most", "value": 7, "unit": limit},
            ],
            "variables": [{"name": "x", "index": ["R"]}],
            "objective": {"sense": "maximize", "expression": "sum(x[r] for r in R)"},
            "constraints": [{"name": "row", "expression": "sum(length[r] for r in R) <= most"}],
        }
    )
    faults = unit_faults(Instance(formulation, TABLE))
    assert [fault.element for fault in faults] == ([element] if element else [])


def test_of_many_faults_in_one_element_three_are_said() -> None:
    assert len(row(" + ".join(["(x[p] + rent)"] * 9) + " <= 4")) == 3


def test_the_check_gives_them_as_warnings() -> None:
    rows = [{"name": "row", "expression": 'oven["loaf"] * x["loaf"] <= open'}]
    found = [f for f in check(bakery(constraints=rows)) if f.code is Code.units]
    assert [(f.severity, f.element) for f in found] == [(Severity.warning, "constraint 'row'")]
    assert "multiply 'open' by 60 min/h" in found[0].message


# --- no false alarms -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMULATIONS, ids=lambda path: path.stem)
def test_our_formulations_fit(path: Path) -> None:
    assert said(Formulation.from_file(path)) == []


def test_the_references_of_the_word_problems_fit() -> None:
    found = {problem.id: said(problem.formulation) for problem in word_problems()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_units_that_agree_word_for_word_need_no_pint() -> None:
    program = (
        "import sys, json; from solvitur import Formulation, check; "
        "found = check(Formulation.from_json(sys.stdin.read())); "
        "print(len(found), 'pint' in sys.modules)"
    )
    text = Path("examples/bakery.json").read_bytes()
    done = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True)
    assert done.stdout.split() == [b"0", b"False"], done.stderr


def test_without_pint_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pint", None)
    measures._registry.cache_clear()
    measures._measure.cache_clear()
    try:
        assert row("rent + x[p] <= open") == []
    finally:
        measures._registry.cache_clear()
        measures._measure.cache_clear()


# --- random expressions --------------------------------------------------------------------------

SPELLINGS = {
    "h": ("h", "hour", "hours", "hr"),
    "kg": ("kg", "kilogram", "kilograms"),
    "USD": ("USD", "$", "dollars"),
    "m": ("m", "metres", "meter"),
    "loaf": ("loaf", "loaves"),
}
Powers = dict[str, int]
Leaf = tuple[str, Powers]


def product(a: Powers, b: Powers, sign: int = 1) -> Powers:
    powers = {word: a.get(word, 0) + sign * b.get(word, 0) for word in {**a, **b}}
    return {word: power for word, power in powers.items() if power}


@st.composite
def right(draw: st.DrawFn, powers: Powers, leaves: list[Leaf], depth: int = 3) -> str:
    """An expression of these powers of units; adds the parameters that it is made of."""

    def part(wanted: Powers) -> str:
        return draw(right(wanted, leaves, depth - 1))

    kind = draw(st.sampled_from(["leaf", "+", "-", "*", "/", "max", "abs", "negative"]))
    if depth == 0 or kind == "leaf":
        leaves.append((f"p{len(leaves)}", powers))
        return leaves[-1][0]
    if kind in ("+", "-"):
        return f"({part(powers)} {kind} {part(powers)})"
    if kind in ("*", "/"):
        word = {draw(st.sampled_from([*SPELLINGS])): draw(st.sampled_from([1, -1, 2]))}
        return f"({part(product(powers, word, -1 if kind == '*' else 1))} {kind} {part(word)})"
    if kind == "max":
        return f"max({part(powers)}, {part(powers)})"
    return f"abs({part(powers)})" if kind == "abs" else f"(-{part(powers)})"


def spelled(powers: Powers, choose: Callable[[tuple[str, ...]], str]) -> str:
    text = "1"
    for word, power in powers.items():
        sign = choose(("*",)) if power > 0 else choose(("/", " per "))
        text += f"{sign}{choose(SPELLINGS[word])}" + (f"^{abs(power)}" if abs(power) > 1 else "")
    return text


UNIT = st.dictionaries(st.sampled_from([*SPELLINGS]), st.sampled_from([1, -1, 2]), max_size=3)


def faults_of(expression: str, units: dict[str, str]) -> list[str]:
    # Values of which no sums and differences are 0, because something may be divided by them.
    parameters = [
        {"name": name, "value": math.log(place), "unit": text}
        for place, (name, text) in enumerate(units.items(), 2)
    ]
    return said(
        Formulation.model_validate(
            {
                "parameters": parameters,
                "variables": [{"name": "x"}],
                "objective": {"sense": "minimize", "expression": "x"},
                "constraints": [{"name": "row", "expression": expression}],
            }
        )
    )


@no_clock
@given(st.data(), UNIT)
def test_an_expression_whose_units_fit_has_no_fault_and_one_with_a_wrong_unit_has(
    data: st.DataObject, powers: Powers
) -> None:
    leaves: list[Leaf] = []
    sides = [data.draw(right(powers, leaves)) for _ in range(2)]
    expression = " <= ".join(sides)
    choose = lambda options: data.draw(st.sampled_from(options))  # noqa: E731
    units = {name: spelled(wanted, choose) for name, wanted in leaves}
    assert faults_of(expression, units) == []

    spoiled = data.draw(st.sampled_from([name for name, _ in leaves]))
    wrong = data.draw(st.sampled_from(["*USD", "/kg", "*m^2", "*7", "*min/h"]))
    assert faults_of(expression, units | {spoiled: units[spoiled] + wrong}) != [], json.dumps(units)
