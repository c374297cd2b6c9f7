"""Files of problems are read whatever their columns are called, and what is odd is told."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import ConfigError
from solvitur.eval.layouts import COLUMNS, Rows, read_problems

CHAIRS = {
    "variables": [{"name": "x"}],
    "objective": {"sense": "maximize", "expression": "x"},
    "constraints": [{"name": "room", "expression": "x <= 7"}],
}


def read(text: str, file: str = "set.jsonl", **columns: str) -> Rows:
    return read_problems(text.encode(), Path(file), columns)


def lines(*rows: Any) -> str:
    return "\n".join(map(json.dumps, rows))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.jsonl", '{"question": "How many?", "answer": 12}\n\n'),
        ("a.jsonl", '{"en_question": "How many?", "en_answer": "12"}'),
        ("a.jsonl", '{"index": 1, "input": "How many?", "output": "12.0"}'),
        ("a.json", '[{"description": "How many?", "ground_truth": 12}]'),
        ("a.json", '{"1": {"problem": "How many?", "objective": 12}}'),
        ("a.json", '{"about": "a set", "problems": [{"question": "How many?", "answer": 12}]}'),
        ("a.json", '[{"question": "How many?", "results": {"The most": "12.0"}}]'),
        ("a.csv", "\ufeffQuestion,Optimal Value\nHow many?,12\n"),
        ("a.csv", 'id,question,answer\n1,"How many?",12\n'),
        ("a.TSV", "problem-description\tlabel\nHow many?\t12\n"),
    ],
)
def test_a_published_layout_is_known(file: str, text: str) -> None:
    (problem,) = read(text, file).problems
    assert (problem.id, problem.question) == ("1", "How many?")
    assert problem.label is not None
    assert problem.label.objective == 12


def test_a_cell_may_have_commas_and_lines() -> None:
    (problem,) = read('question,answer\n"One, two\nand ""three""?","1,200"\n', "a.csv").problems
    assert problem.question == 'One, two\nand "three"?'
    assert problem.label is not None
    assert problem.label.objective == 1200


def test_columns_may_be_named() -> None:
    text = lines({"Aufgabe": "Wie viele?", "Wert": 3, "answer": 4})
    (problem,) = read(text, question="Aufgabe", answer="Wert").problems
    assert problem.label is not None
    assert (problem.question, problem.label.objective) == ("Wie viele?", 3)


def test_a_missing_column_is_told_with_those_that_are_there() -> None:
    with pytest.raises(ConfigError) as error:
        read(lines({"Aufgabe": "Wie viele?", "Wert": 3}))
    assert str(error.value).startswith(
        "set.jsonl: no column is known to hold the question; there are: Aufgabe, Wert. "
        "Call it one of question, en_question, "
    )
    with pytest.raises(ConfigError, match="to hold the answer; there are: question, Wert"):
        read(lines({"question": "Wie viele?", "Wert": 3}))
    with pytest.raises(ConfigError, match="no column 'Frage' for the question; there are: Aufg"):
        read(lines({"Aufgabe": "Wie viele?"}), question="Frage")
    with pytest.raises(ConfigError, match="no column holds 'frage'; what can be named is quest"):
        read(lines({"question": "Wie viele?"}), frage="question")


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("a.jsonl", '{"question": "x"', "a.jsonl, line 1: this is not JSON"),
        ("a.jsonl", '\n\n["x"]', "a.jsonl, line 3: a problem must be an object"),
        ("a.json", '"x"', "a.json: expected a list of problems, or problems by id"),
        ("a.json", "[1]", "a.json, problem 1: a problem must be an object"),
        ("a.json", "[" * 100_000, "a.json: this is not JSON"),
        ("a.csv", "question,answer\nx\n", "a.csv, line 2: not as many cells as columns"),
        ("a.csv", 'question,answer\n"x,1\n', "a.csv, line 1: unexpected end of data"),
        ("a.csv", "question,answer\n", "a.csv: there are no problems in it"),
        ("a.txt", "question", "a.txt: problems come as .jsonl, .json, .csv or .tsv"),
    ],
)
def test_what_is_no_file_of_problems_says_where(file: str, text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        read(text, file)


def test_what_is_not_utf_8_says_where() -> None:
    with pytest.raises(ConfigError, match=r"a\.csv is not UTF-8: .* at byte 3"):
        read_problems(b"abc\xff", Path("a.csv"))


def test_one_bad_row_leaves_the_others() -> None:
    found = read(
        lines(
            {"question": "A?", "answer": float("nan")},
            {"question": " ", "answer": 1},
            {"question": "B?", "answer": {"cost": 1, "items": 2}},
            {"question": "C?"},
            {"question": "D?", "answer": 5},
        )
    )
    assert [(p.id, p.label_fault) for p in found.problems] == [
        ("1", "there is no label"),
        ("3", "2 figures are given, and not which of them is the objective"),
        ("4", "there is no label"),
        ("5", ""),
    ]
    assert found.remarks == (
        "1: no label: there is no label",
        "2: there is no question, so it is left out",
        "3: no label: 2 figures are given, and not which of them is the objective",
        "4: no label: there is no label",
    )


def test_labels_in_words_are_told_once_for_each_word() -> None:
    rows = [{"question": f"{n}?", "answer": "No Best Solution"} for n in range(5)]
    found = read(lines(*rows, {"question": "x?", "answer": "1,200"}))
    assert found.remarks == (
        "1 and 4 more: the label 'No Best Solution' is read as no optimum",
        "6: the label '1,200' is read as 1200",
    )


def test_an_id_that_is_there_twice_gets_a_name_of_its_own() -> None:
    rows = [{"id": name, "question": "x?", "answer": 1} for name in ("a", "a#2", "a", "a", 7, None)]
    found = read(lines(*rows))
    assert [p.id for p in found.problems] == ["a", "a#2", "a#3", "a#4", "7", "6"]
    assert found.remarks[0] == "a: it is there more than once; this one is called a#3"


def test_tags_come_from_whatever_says_what_kind_it_is() -> None:
    row = {"question": "x?", "answer": 1, "difficulty": "Hard", "type": "linear-table"}
    kinds = "['Job Shop', \"Bin Packing\"]"
    (problem,) = read(lines({**row, "problem_class": kinds, "tags": ["a", 3, " "]})).problems
    assert problem.tags == ("a", "Job Shop", "Bin Packing", "linear-table", "Hard")


def test_labels_of_other_versions_come_with_a_row() -> None:
    row = {"question": "x?", "answer": 1, "original_answer": "2", "labels": {"second": 3, "no": []}}
    (problem,) = (found := read(lines(row))).problems
    assert {name: label.objective for name, label in problem.labels.items()} == {
        "second": 3,
        "original": 2,
    }
    assert found.remarks == ("1 (no): no label: [] is neither a number nor text",)


def test_a_reference_formulation_is_read_or_told() -> None:
    found = read(
        lines(
            {"question": "x?", "answer": 7, "formulation": CHAIRS},
            {"question": "x?", "answer": 7, "formulation": {"variables": 3}},
            {"question": "x?", "answer": 7, "formulation": "maximize x"},
        )
    )
    assert [p.formulation is not None for p in found.problems] == [True, False, False]
    assert len(found.remarks) == 1
    assert found.remarks[0].startswith("2: the reference formulation cannot be read: ")


def test_tables_are_rows_columns_or_files_beside_it(tmp_path: Path) -> None:
    data = {
        "rows": [{"n": 1}],
        "columns": {"n": [1, 2]},
        "file": "t.csv",
        "number": 3,
        "text": "words",
    }
    text = lines({"question": "x?", "answer": 7, "data": data})
    found = read_problems(text.encode(), tmp_path / "set.jsonl")
    assert found.problems[0].data == {
        "rows": [{"n": 1}],
        "columns": {"n": [1, 2]},
        "file": tmp_path.resolve() / "t.csv",
    }
    assert found.remarks == (
        "1: 'number' is no table, so it is left out",
        "1: 'text' is no table, so it is left out",
    )


@pytest.mark.parametrize("name", ["../t.csv", "/etc/t.csv"])
def test_a_table_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="is not beside the file"):
        read(lines({"question": "x?", "answer": 7, "data": {"t": name}}))


# --- hostile files -------------------------------------------------------------------------------

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
held = st.sampled_from([names[0] for names in COLUMNS.values()] + ["original_answer", "type"])


@given(st.lists(st.dictionaries(held, anything), max_size=4))
def test_whatever_a_row_holds_is_read_or_told(found: list[dict[str, Any]]) -> None:
    try:
        problems = read(json.dumps(found), "a.json").problems
    except ConfigError:
        return
    assert len({problem.id for problem in problems}) == len(problems)
    assert all((problem.label is None) == bool(problem.label_fault) for problem in problems)


@given(st.binary(max_size=60), st.sampled_from([".json", ".jsonl", ".csv", ".tsv"]))
def test_whatever_a_file_holds_is_read_or_told(content: bytes, kind: str) -> None:
    with contextlib.suppress(ConfigError):
        read_problems(content, Path(f"a{kind}"))


def test_half_a_character_is_shown_by_its_code() -> None:
    (problem,) = read(
        '[{"id": "\\ud800", "question": "x \\udfff?", "answer": 1}]', "a.json"
    ).problems
    assert (problem.id, problem.question) == ("\\ud800", "x \\udfff?")
