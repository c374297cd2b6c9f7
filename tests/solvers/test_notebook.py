"""A notebook shows how a solution ended and what is not zero."""

from solvitur.formulation import Formulation
from solvitur.formulation.notebook import MOST_ROWS
from solvitur.solvers import solve
from tests.formulation.test_notebook import ATTRIBUTES, TAGS, Page


def test_an_optimum_is_shown_with_its_certificate() -> None:
    five = Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["<b>chair", "table", "stool"]}],
            "variables": [{"name": "x", "index": ["P"], "domain": "integer", "upper": 4}],
            "objective": {"sense": "maximize", "expression": 'x["<b>chair"] + 2 * x["table"]'},
            "constraints": [{"name": "few", "expression": 'x["stool"] <= 0'}],
        }
    )

    page = Page(solve(five)._repr_html_())

    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert "solved" in page.text
    assert "objective 12" in page.text
    assert "x[<b>chair]4" in page.text
    assert "1 more is 0" in page.text
    assert "MILP, HiGHS" in page.text
    assert "checked again on the formulation" in page.text


def test_a_proof_that_there_is_no_point_has_no_table() -> None:
    five = Formulation.model_validate(
        {
            "variables": [{"name": "x", "upper": 1}],
            "objective": {"sense": "minimize", "expression": "x"},
            "constraints": [{"name": "much", "expression": "x >= 2"}],
        }
    )

    page = Page(solve(five)._repr_html_())

    assert "table" not in page.tags
    assert "infeasible" in page.text


def test_of_many_values_the_first_are_shown() -> None:
    five = Formulation.model_validate(
        {
            "sets": [{"name": "I", "range": [1, MOST_ROWS + 7]}],
            "variables": [{"name": "x", "index": ["I"], "upper": 1}],
            "objective": {"sense": "maximize", "expression": "sum(x[i] for i in I)"},
        }
    )

    page = solve(five)._repr_html_()

    assert page.count("<tr>") == MOST_ROWS + 2
    assert "7 more are not 0" in page
