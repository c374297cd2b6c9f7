from pathlib import Path

import pytest
from hypothesis import given

from solvitur.formulation import Formulation, from_markdown, to_markdown
from solvitur.formulation.elements import Constraint, Objective, Parameter, Set, Source, Variable
from tests.formulation.strategies import any_formulation, no_clock

FORMULATIONS = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))

SHOP = Formulation.model_validate(
    {
        "title": "A shop",
        "sets": [
            {"name": "P", "elements": ["chair", "high table"], "doc": "products"},
            {"name": "A", "elements": [["a", 1], ["b", 2]], "doc": "arcs: pairs"},
            {"name": "T", "range": [1, 12]},
            {"name": "F", "elements": ["chair"], "within": "P", "doc": "foldable"},
            {"name": "U", "elements": [["chair", 3]], "within": ["P", "T"]},
            {"name": "B", "expression": "(p, q) for p in P for q in P if p != q", "doc": "pairs"},
            {"name": "N", "source": {"file": "n.csv", "keys": ["town"]}},
            {"name": "R", "source": {"file": "n.xlsx", "keys": ["from", "to"], "sheet": "roads"}},
        ],
        "parameters": [
            {"name": "wood", "value": 40, "unit": "m2", "doc": "in stock"},
            {"name": "profit", "index": ["P"], "values": {"chair": 30, "high table": 50.5}},
            {
                "name": "cost",
                "index": ["A"],
                "values": [[["a", 1], 4]],
                "default": 2,
                "unit": "USD",
            },
            {"name": "rent", "index": ["T"], "default": 0.25},
            {"name": "half", "expression": "wood / 2"},
            {
                "name": "gap",
                "index": ["P", "P"],
                "over": "p in P, q in P",
                "expression": "abs(profit[p] - profit[q])",
                "unit": "USD",
                "doc": "apart",
            },
            {"name": "tax", "source": {"file": "tax", "column": "rate"}, "unit": "%"},
            {
                "name": "dist",
                "index": ["N", "N"],
                "source": {"file": "dist.csv", "keys": ["from", "to"], "column": "km"},
                "default": 0,
                "unit": "km",
                "doc": "by road",
            },
        ],
        "variables": [
            {"name": "x", "index": ["P"], "domain": "integer", "unit": "item", "doc": "items made"},
            {"name": "y", "index": ["P", "T"], "over": "p in P, t in T", "upper": "profit[p] * t"},
            {"name": "z", "lower": None, "upper": 5},
            {"name": "b", "domain": "binary"},
        ],
        "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
        "constraints": [
            {"name": "stock", "expression": "sum(x[p] for p in P) <= wood", "doc": "wood: all"},
            {"name": "each", "forall": "p in P", "expression": "x[p] <= 7"},
        ],
    }
)


@no_clock
@given(any_formulation())
def test_what_is_written_is_read_back_to_the_same_formulation(formulation: Formulation) -> None:
    assert from_markdown(to_markdown(formulation)) == formulation


@pytest.mark.parametrize("path", FORMULATIONS, ids=lambda path: path.stem)
def test_every_file_is_read_back_to_the_same_formulation(path: Path) -> None:
    formulation = Formulation.from_file(path)
    assert from_markdown(formulation.to_markdown()) == formulation


def test_the_sections_are_those_of_llmopt_in_its_order() -> None:
    headings = [line for line in to_markdown(SHOP).splitlines() if line.startswith("#")]
    assert headings == [
        "# A shop",
        "## Sets:",
        "## Parameters:",
        "## Variables:",
        "## Objective:",
        "## Constraints:",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "- `P` = {chair, high table}: products",
        "- `A` = {(a, 1), (b, 2)}: arcs: pairs",
        "- `T` = 1..12",
        "- `F` within `P` = {chair}: foldable",
        "- `U` within `P, T` = {(chair, 3)}",
        "- `B` = {`(p, q) for p in P for q in P if p != q`}: pairs",
        "- `N` = column `town` of `n.csv`",
        "- `R` = columns `from`, `to` of `n.xlsx`, sheet `roads`",
        "- `wood` = 40 [m2]: in stock",
        "- `profit[P]` = {chair: 30, high table: 50.5}",
        "- `cost[A]` = {(a, 1): 4} [USD], otherwise 2",
        "- `rent[T]`, otherwise 0.25",
        "- `half` = `wood / 2`",
        "- `gap[P, P]` for `p in P, q in P` = `abs(profit[p] - profit[q])` [USD]: apart",
        "- `tax` = column `rate` of `tax` [%]",
        "- `dist[N, N]` = column `km` of `dist.csv` by columns `from`, `to` [km], otherwise 0: "
        "by road",
        "- `x[P]`, integer, >= 0 [item]: items made",
        "- `y[P, T]`, continuous, >= 0, <= `profit[p] * t`, for `p in P, t in T`",
        "- `z`, continuous, no lower bound, <= 5",
        "- `b`, binary",
        "Maximize `sum(profit[p] * x[p] for p in P)`",
        "- `stock`: `sum(x[p] for p in P) <= wood`: wood: all",
        "- `each` for `p in P`: `x[p] <= 7`",
    ],
)
def test_a_line_is_for_a_person_to_read(line: str) -> None:
    assert line in to_markdown(SHOP).splitlines()


def test_a_section_with_nothing_in_it_says_none() -> None:
    bare = Formulation.model_validate(
        {"variables": [{"name": "x"}], "objective": {"sense": "minimize", "expression": "x"}}
    )
    assert "## Sets:\nnone\n" in to_markdown(bare)


def test_text_that_would_be_read_as_something_else_is_quoted() -> None:
    odd = Formulation.model_validate(
        {
            "title": "Decision variables: two",
            "variables": [{"name": "x", "doc": "two\nlines", "unit": "[m]"}],
            "objective": {"sense": "minimize", "expression": "x  `"},
        }
    )
    written = to_markdown(odd)
    assert '# "Decision variables: two"' in written
    assert '- `x`, continuous, >= 0 ["[m]"]: "two\\nlines"' in written
    assert 'Minimize `"x  \\u0060"`' in written


def test_a_code_block_around_the_sections_and_talk_around_it_are_left_out() -> None:
    for fence in ("```", "```markdown", "~~~"):
        text = f"Here is the model.\n{fence}\n{to_markdown(SHOP)}\n{fence[:3]}\nI hope this helps."
        assert from_markdown(text) == SHOP


def test_line_endings_of_windows_are_read() -> None:
    assert from_markdown(to_markdown(SHOP).replace("\n", "\r\n")) == SHOP


def test_the_order_of_the_sections_does_not_matter() -> None:
    title, *sections = to_markdown(SHOP).split("\n## ")
    assert from_markdown("\n## ".join([title, *reversed(sections)])) == SHOP


def test_a_changed_line_is_read_as_changed() -> None:
    changed = from_markdown(to_markdown(SHOP).replace("`wood` = 40", "`wood` = 41"))
    assert changed.parameters[0].value == 41


def test_every_field_of_the_elements_has_its_place_in_markdown() -> None:
    """A new field is lost in Markdown until `to_markdown` and `read_exactly` know it."""
    assert set(Formulation.model_fields) == {
        "title", "sets", "parameters", "variables", "objective", "constraints"
    }  # fmt: skip
    assert set(Set.model_fields) == {
        "name", "doc", "elements", "range", "expression", "source", "within"
    }  # fmt: skip
    assert set(Source.model_fields) == {"file", "keys", "column", "sheet"}
    assert set(Parameter.model_fields) == {
        "name", "doc", "index", "value", "values", "over", "expression", "source", "default", "unit"
    }  # fmt: skip
    assert set(Variable.model_fields) == {
        "name", "doc", "index", "domain", "lower", "upper", "over", "unit"
    }  # fmt: skip
    assert set(Objective.model_fields) == {"doc", "sense", "expression"}
    assert set(Constraint.model_fields) == {"name", "doc", "forall", "expression"}
