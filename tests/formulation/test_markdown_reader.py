"""Markdown as language models write it; all texts are our own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.formulation import Constraint, Formulation, from_markdown, to_markdown
from solvitur.solvers import solve
from tests.formulation.strategies import any_text, no_clock

BAKERY = """
## Sets:
- Breads = {Rye, Spelt, White}

## Parameters:
- Flour available = 1,200 kg
- Oven hours = 36 hours  // of all ovens together
- Price = {Rye: 3.5, Spelt: 4, White: 2.5}
- Flour per bread = {Rye: 0.8, Spelt: 0.7, White: 0.6}

## Variables:
- x_rye: Number of rye breads to bake
- x_spelt: Number of spelt breads to bake
- x_white: Number of white breads to bake

## Objective:
Maximize the income =
    3.5 * x_rye +
    4 * x_spelt +
    2.5 * x_white

## Constraints:
- Total flour constraint: 0.8 * x_rye + 0.7 * x_spelt + 0.6 * x_white <= 1,200 kg
- Oven constraint:
    0.02 * x_rye +
    0.03 * x_spelt +
    0.01 * x_white <= 36 hours
- Max number of spelt breads: x_spelt <= 500
"""


def read(**sections: str) -> Formulation:
    """Read sections; those left out say the least there can be."""
    texts = {"variables": "x >= 0", "objective": "minimize x", **sections}
    return from_markdown("\n".join(f"## {name.title()}:\n{text}" for name, text in texts.items()))


def fault_of(**sections: str) -> str:
    with pytest.raises(FormulationError) as caught:
        read(**sections)
    return str(caught.value)


def row(text: str, **sections: str) -> Constraint:
    sections = {"variables": "x, y >= 0", "objective": "minimize x + y", **sections}
    return read(**sections, constraints=text).constraints[0]


def test_a_problem_in_prose_and_formulas_is_read_and_solved() -> None:
    solution = solve(from_markdown(BAKERY))
    assert solution.objective == pytest.approx(3.5 * 1025 + 4 * 500 + 2.5 * 50)


def test_names_that_are_no_identifiers_become_identifiers() -> None:
    assert [parameter.name for parameter in from_markdown(BAKERY).parameters] == [
        "Flour_available",
        "Oven_hours",
        "Price",
        "Flour_per_bread",
    ]


def test_a_table_finds_its_set_by_its_keys() -> None:
    price = from_markdown(BAKERY).parameters[2]
    assert price.index == ("Breads",)


def test_units_and_remarks_are_kept() -> None:
    flour, oven, *_ = from_markdown(BAKERY).parameters
    assert (flour.unit, oven.unit, oven.doc) == ("kg", "hours", "of all ovens together")
    assert from_markdown(BAKERY).constraints[0].doc == "in kg"


def test_a_label_names_its_constraint() -> None:
    assert [constraint.name for constraint in from_markdown(BAKERY).constraints] == [
        "Total_flour_constraint",
        "Oven_constraint",
        "Max_number_of_spelt_breads",
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "## Variables:",
        "# Variables",
        "#### variables",
        "##Variables:",
        "**Variables**",
        "**Variables:**",
        "### **Variables**:",
        "Variables:",
        "VARIABLES:",
        "Variable:",
        "## Decision Variables:",
        "## 3. Variables",
        "3. **Decision variables**:",
        "## The variables:",
        "## Variables (all continuous):",
    ],
)
def test_a_heading_is_known_in_any_dress(heading: str) -> None:
    found = from_markdown(f"{heading}\n- x: amount\n\n## Objective:\nMinimize x")
    assert [variable.name for variable in found.variables] == ["x"]


def test_an_objective_may_stand_beside_its_heading() -> None:
    found = from_markdown("Variables: x\nObjective: Minimize 3x")
    assert found.objective.expression == "3 * x"


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "2) ", "(3) ", "a) ", ""])
def test_bullets_may_be_of_any_kind(bullet: str) -> None:
    assert row(f"{bullet}room: x + y <= 3").expression == "x + y <= 3"


@pytest.mark.parametrize("name", ["`x`", "**x**", "$x$", r"\(x\)", "x"])
def test_a_name_may_be_dressed_up(name: str) -> None:
    found = read(variables=f"- {name}: amount", constraints=f"- c: {name} <= 3")
    assert found.variables[0].name == "x"
    assert found.constraints[0].expression == "x <= 3"


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("I = {a, b}", ("a", "b")),
        ("I: {a, b}", ("a", "b")),
        ("$I = \\{a, b\\}$", ("a", "b")),
        ("Set of items I = {a, b}", ("a", "b")),
        ("Let I be the items, I = {a, b}", ("a", "b")),
        ("I = {1, 2, 3}", (1, 2, 3)),
        ("I = {(a, 1), (b, 2)}", (("a", 1), ("b", 2))),
        ("I = {'New York', \"L.A.\"}", ("New York", "L.A.")),
    ],
)
def test_a_set_lists_its_elements(text: str, elements: tuple[Any, ...]) -> None:
    (found,) = read(sets=f"- {text}").sets
    assert (found.name, found.elements) == ("I", elements)


@pytest.mark.parametrize(
    "text", ["T = 1..12", "T = {1, 2, ..., 12}", "T = {1,...,12}", "T = 1 to 12"]
)
def test_a_set_may_be_an_interval(text: str) -> None:
    assert read(sets=text).sets[0].range == (1, 12)


def test_what_follows_a_set_is_its_doc() -> None:
    found = read(sets="- I = {a, b}  (set of items)\n- J = {c}: other // things")
    assert [element.doc for element in found.sets] == ["set of items", "other // things"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Budget = 15,000 yuan", 15000, "yuan"),
        ("Budget: 7.5", 7.5, ""),
        ("Budget = $20", 20, ""),
        ("Budget = 5%", 0.05, ""),
        ("Budget = 15 * 50 = 750", 750, ""),
        ("Budget = 1/4", 0.25, ""),
        ("Budget = -3", -3, ""),
        ("Budget := 1e3", 1000, ""),
        ("Budget = 2.1 yuan/person-day", 2.1, "yuan/person-day"),
    ],
)
def test_a_parameter_is_a_number_and_perhaps_a_unit(text: str, value: float, unit: str) -> None:
    (found,) = read(parameters=f"- {text}").parameters
    assert (found.name, found.value, found.unit) == ("Budget", value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "c = {a: 1, b: 2}",
        'c = {"a": 1, "b": 2}',
        "c[I] = {a: 1, b: 2}",
        "c_i = {1, 2}  // cost of i in I",
        "c = [1, 2]",
        "c[a] = 1, c[b] = 2",
        "c[a] = 1\n- c[b] = 2",
        "c_{i}: cost, where c_a = 1, c_b = 2",
        "cost per item: c_i for i in I (c_a = 1, c_b = 2)",
    ],
)
def test_a_parameter_over_a_set_is_given_in_many_ways(text: str) -> None:
    (found,) = read(sets="- I = {a, b}", parameters=f"- {text}").parameters
    assert (found.name, found.index) == ("c", ("I",))
    values = (
        found.values
        if isinstance(found.values, dict)
        else {key[0]: value for key, value in found.values or []}
    )
    assert values == {"a": 1, "b": 2}


def test_a_nested_table_finds_one_set_for_each_level() -> None:
    (found,) = read(
        sets="I = {a, b}\nT = 1..2", parameters="c = {a: {1: 3, 2: 4}, b: {1: 5, 2: 6}}"
    ).parameters
    assert found.index == ("I", "T")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("x: number of cows to raise", {"doc": "number of cows to raise"}),
        ("x ≥ 0, integer", {"domain": "integer"}),
        ("x ∈ \u2124₊: how many", {"domain": "integer"}),
        ("x ∈ {0, 1}: whether", {"domain": "binary"}),
        ("x (binary)", {"domain": "binary"}),
        ("Let x be a whole number", {"domain": "integer"}),
        ("x: a non-integer amount", {"domain": "continuous"}),
        ("0 <= x <= 700", {"lower": 0, "upper": 700}),
        ("x ∈ Integer, 0 ≤ x ≤ 7 (amount)", {"domain": "integer", "upper": 7}),
        ("x: at most three, x <= 3", {"upper": 3}),
        ("x >= 1,000 litres", {"lower": 1000}),
        ("x: temperature, free", {"lower": None}),
        (r"$x \in \mathbb{R}$", {"lower": None}),
        (r"$x \in \mathbb{R}_+$", {"lower": 0}),
    ],
)
def test_a_variable_is_read_with_its_domain_and_bounds(text: str, fields: dict[str, Any]) -> None:
    (found,) = read(variables=f"- {text}").variables
    assert found.name == "x"
    assert {name: getattr(found, name) for name in fields} == fields


def test_one_line_may_declare_several_variables() -> None:
    found = read(variables="- x, y_1 and z >= 0, integer: amounts")
    assert [(v.name, v.domain.value) for v in found.variables] == [
        ("x", "integer"),
        ("y_1", "integer"),
        ("z", "integer"),
    ]


@pytest.mark.parametrize(
    "text", ["x_i for i in I", "x[i], i ∈ I", "x_{i}: amount ∀ i ∈ I", "x(i) >= 0 for each i in I"]
)
def test_a_variable_over_a_set_is_written_in_many_ways(text: str) -> None:
    found = read(sets="I = {a, b}", variables=text, objective="minimize sum_{i in I} x_i")
    assert (found.variables[0].name, found.variables[0].index) == ("x", ("I",))


def test_a_heading_may_speak_for_all_variables() -> None:
    found = from_markdown("Variables (all integer):\n- x\n- y\nObjective:\nminimize x + y")
    assert {variable.domain.value for variable in found.variables} == {"integer"}


@pytest.mark.parametrize(
    ("text", "sense", "expression"),
    [
        ("Maximize the net income = 400*x + 2y", "maximize", "400 * x + 2 * y"),
        ("Minimise cost: 3x + 2y", "minimize", "3 * x + 2 * y"),
        ("max 3x + 2y", "maximize", "3 * x + 2 * y"),
        ("min Z = 3x", "minimize", "3 * x"),
        ("Minimize total cost\n  min 3x", "minimize", "3 * x"),
        (r"\max \quad 3x + \frac{y}{2}", "maximize", "3 * x + ((y) / (2))"),
        ("- Maximize x\n  - y", "maximize", "x - y"),
        ("Maximize x + y  // all of it", "maximize", "x + y"),
        ("Minimize max(x, y)", "minimize", "max(x, y)"),
    ],
)
def test_an_objective_is_read(text: str, sense: str, expression: str) -> None:
    found = read(variables="x, y", objective=text).objective
    assert (found.sense.value, found.expression) == (sense, expression)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("x + y ≤ 3", "x + y <= 3"),
        ("1.5 x + 2y >= 100 hectares", "1.5 * x + 2 * y >= 100"),
        ("x = 2y", "x == 2 * y"),
        ("x < 3", "x < 3"),
        ("0 <= x + y <= 10", "0 <= x + y <= 10"),
        (r"$x \leq \frac{1}{2} y$", "x <= ((1) / (2)) * y"),
        ("x + y <= 3 (at most three)", "x + y <= 3"),
        ("x + y <= 3  // at most three", "x + y <= 3"),
    ],
)
def test_a_constraint_is_read(text: str, expression: str) -> None:
    assert row(f"- {text}").expression == expression


def test_a_constraint_without_a_label_gets_a_number() -> None:
    found = read(constraints="- x <= 3\n- x >= 1")
    assert [constraint.name for constraint in found.constraints] == ["c1", "c2"]


def test_two_constraints_of_one_label_get_two_names() -> None:
    found = read(constraints="- room: x <= 3\n- room: x >= 1")
    assert [constraint.name for constraint in found.constraints] == ["room", "room_2"]


def test_the_lines_under_a_label_belong_to_it() -> None:
    found = read(
        variables="x, y", constraints="1. Limits of both:\n   x <= 3\n   y <= 4\n2. x >= 1"
    )
    assert [constraint.name for constraint in found.constraints] == [
        "Limits_of_both",
        "Limits_of_both_2",
        "c3",
    ]


def test_statements_on_one_line_are_parted() -> None:
    found = read(variables="x, y", constraints="- x <= 3, y <= 4; x + y >= 1")
    assert len(found.constraints) == 3


@pytest.mark.parametrize(
    "text",
    [
        "limit: x_i <= 3 for all i in I",
        "limit for each i in I: x_i <= 3",
        "limit:\n  for each i in I:\n  x_i <= 3",
        "limit: ∀ i ∈ I: x_i <= 3",
        "limit: For every i in I, x_i <= 3",
        "limit: x_i <= 3",
        "limit for each item i in I: x_i <= 3",
    ],
)
def test_a_constraint_over_a_set_is_written_in_many_ways(text: str) -> None:
    found = read(
        sets="I = {a, b}",
        variables="x_i for i in I",
        objective="minimize sum_{i in I} x_i",
        constraints=f"- {text}",
    ).constraints[0]
    assert (found.name, found.forall, found.expression) == ("limit", "i in I", "x[i] <= 3")


@pytest.mark.parametrize(
    "text",
    [
        "x, y >= 0",
        "Non-negativity: x, y ≥ 0",
        "All variables are non-negative",
        "x >= 0, y >= 0",
        "Nonnegativity of all variables",
    ],
)
def test_non_negativity_is_a_bound(text: str) -> None:
    found = read(variables="x, y: free", objective="minimize x + y", constraints=f"- {text}")
    assert [variable.lower for variable in found.variables] == [0, 0]
    assert found.constraints == ()


@pytest.mark.parametrize(
    "text",
    [
        "x, y are integers",
        "Integrality: x, y ∈ \u2124",
        "All variables are integers",
        "x, y integer",
    ],
)
def test_integrality_is_a_domain(text: str) -> None:
    found = read(variables="x, y", objective="minimize x + y", constraints=f"- {text}")
    assert {variable.domain.value for variable in found.variables} == {"integer"}
    assert found.constraints == ()


def test_one_variable_may_be_said_to_be_binary() -> None:
    found = read(variables="x, y", objective="minimize x + y", constraints="- y in {0, 1}")
    assert [variable.domain.value for variable in found.variables] == ["continuous", "binary"]


def test_a_strict_relation_is_left_for_the_checks_to_refuse() -> None:
    assert row("- x < 3").expression == "x < 3"


def test_names_of_single_entries_become_one_variable_where_a_sum_needs_it() -> None:
    found = read(
        sets="I = {a, b}",
        variables="x_a, x_b: amounts",
        objective="maximize sum_{i in I} x_i",
        constraints="- room: x_a + 2x_b <= 3",
    )
    assert found.variables[0].index == ("I",)
    assert found.constraints[0].expression == 'x["a"] + 2 * x["b"] <= 3'


@pytest.mark.parametrize("word", ["none", "None.", "- N/A", "(none)", "* not applicable"])
def test_a_section_may_say_that_there_is_nothing(word: str) -> None:
    assert read(sets=word, parameters=word, constraints=word).sets == ()


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"sets": "I: the items"}, "section 'Sets', line 6: no elements in 'I: the items'; write"),
        ({"parameters": "cost of oak"}, "section 'Parameters', line 6: no number in 'cost of oak'"),
        ({"parameters": "c = {a: 1}"}, "no set holds [a] and its like; declare the set it is from"),
        ({"parameters": "c = [1, 2]"}, "2 numbers without keys fit 0 sets"),
        ({"parameters": "c = few"}, "'few' is not a number; write name = number"),
        ({"variables": "- : amount"}, "section 'Variables', line 2: no name in ': amount'"),
        ({"variables": "x <= cap"}, "this bound is not a plain number; write it under Constraints"),
        (
            {"objective": "x + 2"},
            "section 'Objective', line 4: write one objective: 'Maximize ...'",
        ),
        ({"objective": "minimize it"}, "'it' is not declared; the formula cannot be read"),
        ({"objective": "minimize x\nand maximize x"}, "section 'Objective', line 4"),
        ({"constraints": "be reasonable"}, "'be reasonable' is no relation; write one with <="),
        ({"constraints": "x <= 3 apples + 2"}, "cannot read 'apples + 2'"),
        ({"constraints": "x <= 3 z"}, "cannot read 'z'; write an operator before it, or declare"),
        ({"constraints": "wood <= 3"}, "'wood' is not declared"),
        ({"constraints": "x <= piece(x)"}, "'piece' is not declared"),
    ],
)
def test_what_cannot_be_read_is_named_with_section_line_and_mend(
    sections: dict[str, str], message: str
) -> None:
    assert message in fault_of(**sections)


def test_all_lines_that_cannot_be_read_are_reported_together() -> None:
    with pytest.raises(InvalidFormulation) as caught:
        read(sets="I", parameters="c", constraints="- d\n- x <= 3\n- e")
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize("text", ["", "Hello", "## Sets:\nI = {a}", "## Variables:\nx"])
def test_a_missing_section_is_named(text: str) -> None:
    with pytest.raises(FormulationError, match=r"there is no section '(Variables|Objective)'"):
        from_markdown(text)


def test_an_empty_objective_is_named() -> None:
    assert "the section 'Objective' is empty" in fault_of(objective="")


@no_clock
@given(
    st.lists(
        any_text
        | st.text(alphabet="xyI_i{}()[]<>=+-*:;,.3 \\$`#\"'|/", max_size=40)
        | st.sampled_from(
            (
                "## Sets:",
                "## Parameters:",
                "## Variables:",
                "## Objective:",
                "## Constraints:",
                "- x >= 0",
                "maximize 3x",
                "I = {a, b}",
                "- c_i = {1, 2}",
                "- x_i <= 3 ∀ i ∈ I",
                "for each i in I:",
                "x, y are integers",
                "```",
                "sum_{i in I} x_i <= 3 kg (all)",
            )
        ),
        max_size=14,
    ).map("\n".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = from_markdown(text)
    except FormulationError:
        return
    assert from_markdown(to_markdown(found)) == found


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "{a: ",
        "x, ",
        "1,000,",
        "a and ",
        "sum_{i in I}",
        "for all ",
        "x <= 1, ",
        "\\frac{",
        ": ",
    ],
)
def test_a_megabyte_on_one_line_is_read_or_refused(piece: str) -> None:
    for section in ("parameters", "variables", "objective", "constraints"):
        try:
            read(**{"objective": "minimize x", section: "x " + piece * (200_000 // len(piece))})
        except FormulationError:
            continue


def test_a_text_of_many_megabytes_is_refused_at_once() -> None:
    with pytest.raises(FormulationError, match="at most 10,000,000 are read"):
        from_markdown("x" * 10_000_001)


def test_many_lines_of_free_text_are_refused() -> None:
    assert "write JSON instead" in fault_of(constraints="- x <= 3\n" * 5_001)
