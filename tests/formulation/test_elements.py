import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from solvitur.errors import FormulationError
from solvitur.formulation import (
    Formulation,
    Parameter,
    Set,
    Variable,
    from_markdown,
    to_python,
)
from tests.formulation.strategies import any_formulation, finite_formulation, no_clock

FORMULATIONS = sorted((Path(__file__).parents[1] / "formulations").glob("*.json"))
MINIMAL: dict[str, Any] = {
    "variables": [{"name": "x"}],
    "objective": {"sense": "minimize", "expression": "x"},
}


def fault_of(**fields: Any) -> str:
    with pytest.raises(FormulationError) as caught:
        Formulation.from_json(json.dumps({**MINIMAL, **fields}))
    return str(caught.value)


@no_clock
@given(finite_formulation())
def test_json_is_read_back_to_the_same_formulation(formulation: Formulation) -> None:
    assert Formulation.from_json(formulation.to_json()) == formulation


@no_clock
@given(any_formulation())
def test_a_formulation_can_be_dumped_without_a_warning(formulation: Formulation) -> None:
    assert Formulation.model_validate(formulation.model_dump()) == formulation


@pytest.mark.parametrize("path", FORMULATIONS, ids=lambda path: path.stem)
def test_every_file_is_written_back_as_it_was(path: Path) -> None:
    formulation = Formulation.from_file(path)
    assert Formulation.from_json(formulation.to_json()) == formulation


def test_what_is_at_its_default_is_left_out_of_json() -> None:
    assert "lower" not in Formulation.model_validate(MINIMAL).to_json()


def test_a_file_whose_name_ends_in_md_is_read_as_markdown(tmp_path: Path) -> None:
    formulation = Formulation.model_validate(MINIMAL)
    path = tmp_path / "model.md"
    path.write_text(formulation.to_markdown())
    assert Formulation.from_file(path) == formulation
    assert Formulation.from_file(str(path)) == formulation


def test_the_methods_write_what_the_functions_write() -> None:
    formulation = Formulation.model_validate(MINIMAL)
    assert from_markdown(formulation.to_markdown()) == formulation
    assert formulation.to_python() == to_python(formulation)


def test_a_formulation_cannot_be_changed() -> None:
    formulation = Formulation.model_validate(MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        formulation.title = "other"  # type: ignore[misc]


def test_a_lower_bound_left_out_is_zero_and_null_is_none() -> None:
    assert Variable(name="x").lower == 0
    assert Variable(name="x", lower=None).lower is None


def test_one_set_around_another_may_be_written_without_brackets() -> None:
    assert Set(name="F", elements=("a",), within="P").within == ("P",)  # type: ignore[arg-type]


def test_a_name_is_read_as_python_reads_it() -> None:
    assert Parameter(name="µ", value=1).name == "μ"  # a micro sign, and the letter


@pytest.mark.parametrize("name", ["", "2x", "a b", "a-b", "x.y", "é!", "a" * 201])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert "variable 1, 'name'" in fault_of(variables=[{"name": name}])


@pytest.mark.parametrize("name", ["for", "in", "lambda", "None", "and"])
def test_a_word_of_the_expression_language_is_refused_as_a_name(name: str) -> None:
    assert "choose another name" in fault_of(variables=[{"name": name}])


def test_a_constraint_may_be_called_by_any_word() -> None:
    rows = [{"name": "for", "expression": "x >= 1"}]
    assert Formulation.model_validate({**MINIMAL, "constraints": rows}).constraints[0].name == "for"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"variables": [{"name": "x"}, {"name": "x"}]}, "variable 'x' has the name of a variable"),
        ({"sets": [{"name": "x", "elements": []}]}, "variable 'x' has the name of a set"),
        (
            {"constraints": [{"name": "c", "expression": "x >= 1"}] * 2},
            "two constraints are called 'c'",
        ),
        (
            {"sets": [{"name": "S"}]},
            "set 1: give one of 'elements', 'range', 'expression' and 'source'",
        ),
        (
            {"sets": [{"name": "S", "elements": ["a"], "range": [1, 2]}]},
            "set 1: give one of 'elements', 'range', 'expression' and 'source'",
        ),
        ({"sets": [{"name": "S", "elements": [1.5]}]}, "set 1, 'elements'"),
        ({"sets": [{"name": "S", "elements": [True]}]}, "set 1, 'elements'"),
        ({"sets": [{"name": "S", "elements": [10**400]}]}, "set 1, 'elements'"),
        ({"sets": [{"name": "S", "range": [1, 10**400]}]}, "set 1, 'range'"),
        ({"parameters": [{"name": "p"}]}, "parameter 1: a parameter without 'index' needs a"),
        (
            {"parameters": [{"name": "p", "index": ["S"]}]},
            "an indexed parameter needs 'values' (by key), an 'expression', a 'source' or a",
        ),
        (
            {"parameters": [{"name": "p", "index": ["S"], "value": 1}]},
            "an indexed parameter has 'values' (by key), not one 'value'",
        ),
        (
            {"parameters": [{"name": "p", "value": 1, "default": 2}]},
            "'values' and 'default' need an 'index'",
        ),
        ({"parameters": [{"name": "p", "value": "7"}]}, "parameter 1, 'value'"),
        (
            {"sets": [{"name": "S", "expression": "i for i in T", "range": [1, 2]}]},
            "set 1: give one of 'elements', 'range', 'expression' and 'source'",
        ),
        ({"sets": [{"name": "S", "expression": 3}]}, "set 1, 'expression'"),
        ({"sets": [{"name": "S", "elements": [], "within": ["for"]}]}, "set 1, 'within'"),
        ({"sets": [{"name": "S", "elements": [], "within": 3}]}, "set 1, 'within'"),
        ({"sets": [{"name": "S", "source": "s.csv"}]}, "set 1, 'source'"),
        ({"sets": [{"name": "S", "source": {"file": ""}}]}, "set 1, 'source', 'file'"),
        ({"sets": [{"name": "S", "source": {"file": "s", "path": "/"}}]}, "'source', 'path'"),
        ({"sets": [{"name": "S", "source": {"file": "s"}}]}, "names its 'keys' columns"),
        (
            {"sets": [{"name": "S", "source": {"file": "s", "keys": ["k"], "column": "c"}}]},
            "set 1: the 'source' of a set names its 'keys' columns, and no 'column'",
        ),
        (
            {"parameters": [{"name": "p", "value": 1, "expression": "2"}]},
            "parameter 1: give one of 'value', 'values', 'expression' and 'source'",
        ),
        (
            {"parameters": [{"name": "p", "index": ["S"], "over": "s in S", "values": {}}]},
            "parameter 1: 'over' names the indices of an 'expression', and there is none",
        ),
        (
            {"parameters": [{"name": "p", "over": "s in S", "expression": "2"}]},
            "'over' names the indices of the sets in 'index', and there are none",
        ),
        (
            {"parameters": [{"name": "p", "index": ["S"], "expression": "2", "default": 1}]},
            "parameter 1: an 'expression' has a value for every key, and no 'default'",
        ),
        (
            {"parameters": [{"name": "p", "index": ["S"], "source": {"file": "s"}}]},
            "parameter 1: the 'source' of a parameter names the 'column' of its numbers",
        ),
        ({"parameters": [{"name": "p", "expression": {"a": 1}}]}, "parameter 1, 'expression'"),
        ({"parameters": [{"name": "p", "value": float("nan")}]}, "parameter 1, 'value'"),
        ({"parameters": [{"name": "p", "value": 10**400}]}, "parameter 1, 'value'"),
        ({"variables": [{"name": "x", "domain": "whole"}]}, "variable 1, 'domain'"),
        ({"variables": [{"name": "x", "lower": float("inf")}]}, "variable 1, 'lower'"),
        ({"variables": [{"name": "x", "low": 1}]}, "variable 1, 'low'"),
        ({"objective": {"sense": "max", "expression": "x"}}, "'objective', 'sense'"),
        ({"objective": None}, "'objective'"),
        ({"extra": 1}, "'extra'"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], message: str) -> None:
    assert message in fault_of(**fields)


def test_what_is_no_json_is_refused() -> None:
    for text in ("", "{", "[1]", "nul", b"\xff\xfe", "[" * 100_000):
        with pytest.raises(FormulationError):
            Formulation.from_json(text)


def test_at_most_ten_faults_are_described() -> None:
    message = fault_of(variables=[{"name": f"{n}"} for n in range(15)])
    assert message.count("is not a name") == 10
    assert message.endswith("... and 5 more")


def test_all_elements_at_fault_are_described_together() -> None:
    message = fault_of(variables=[{"name": "2"}], parameters=[{"name": "p"}])
    assert "variable 1, 'name'" in message
    assert "parameter 1: " in message


def test_alternatives_of_one_field_are_one_fault() -> None:
    message = fault_of(sets=[{"name": "S", "elements": [1.5]}])
    assert message == (
        "set 1, 'elements': Input should be a valid integer or a valid string or a valid array"
    )
