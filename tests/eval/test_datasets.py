"""Data sets are found, selected and compared, and a file that is another one is told."""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.errors import ConfigError, DatasetUnavailable
from solvitur.eval import Dataset, label_versions, load_dataset, read_label, registered_datasets
from solvitur.eval.datasets import edition_of, normalised
from solvitur.eval.registry import OWN, OWN_REGISTRY, data_folder

OURS = load_dataset(OWN)
SHARED = os.environ.get("SOLVITUR_DATA")
needs_published_data = pytest.mark.skipif(
    not SHARED or not (Path(SHARED) / "benchmarks").is_dir(), reason="SOLVITUR_DATA has no sets"
)


def rows(*answers: Any, question: str = "Question {}?") -> bytes:
    made = [
        {"id": f"q{n}", "question": question.format(n), "answer": a} for n, a in enumerate(answers)
    ]
    return "\n".join(map(json.dumps, made)).encode()


def registry(folder: Path, **facts: Any) -> None:
    listed = {"format": 1, "datasets": [{"name": "mine", "title": "Mine", **facts}]}
    (folder / OWN_REGISTRY).write_text(json.dumps(listed))


def edition(content: bytes, count: int) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    return {"file": "part.jsonl", "rows": count, "sha256": digest, "about": "the first rows"}


def loaded(folder: Path, name: str, content: bytes) -> Dataset:
    (folder / name).write_bytes(content)
    return load_dataset(str(folder / name))


# --- what is known -------------------------------------------------------------------------------


def test_our_own_problems_are_inside_with_their_references() -> None:
    ours = OURS
    assert (len(ours), ours.facts.rows, ours.remarks) == (66, 66, ())
    assert all(problem.formulation is not None for problem in ours)
    outcomes = Counter(problem.label.outcome for problem in ours if problem.label)
    assert outcomes == {"solved": 59, "infeasible": 6, "unbounded": 1}
    ambiguous = ours.tagged("Ambiguous")
    assert len(ambiguous) == 3
    assert all(problem.labels for problem in ambiguous)
    assert ours.facts.label_notes.startswith("Every label was found twice")


def test_every_known_set_says_where_it_is_from_and_what_its_licence_is() -> None:
    for facts in registered_datasets().values():
        assert facts.rows
        assert facts.licence != "not stated"
        assert facts.name == OWN or facts.source.startswith("github:")
        assert facts.name == OWN or facts.url.startswith("https://github.com/")


def test_a_set_that_is_not_here_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable) as error:
        load_dataset("nl4opt-sirl", tmp_path)
    assert str(error.value) == (
        "the data set 'nl4opt-sirl' is not here: there is no nl4opt-sirl.jsonl or "
        f"nl4opt_sirl.jsonl in {tmp_path}; fetch it with: solvitur eval datasets fetch "
        "nl4opt-sirl; or name the folder that has it with --data DIR or SOLVITUR_DATA"
    )
    with pytest.raises(DatasetUnavailable, match=r"get it from https://github\.com/yang.*, and na"):
        load_dataset("optibench", tmp_path)


def test_an_unknown_set_names_one_that_is_like_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no data set 'nl4opt_sirl'.*did you mean 'nl4opt-sirl'"):
        load_dataset("nl4opt_sirl", tmp_path)
    with pytest.raises(ConfigError, match="there are word-problems, nl4opt-llm4or,"):
        load_dataset("???", tmp_path)


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.csv cannot be read: No such file"):
        load_dataset("nowhere.csv")


def test_a_folder_may_know_sets_of_its_own(tmp_path: Path) -> None:
    content = rows(1, 2)
    registry(tmp_path, rows=4, licence="CC0-1.0", editions=[edition(content, 2)])
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "part.jsonl").write_bytes(content)
    found = load_dataset("mine", tmp_path)
    assert (len(found), found.facts.licence, found.remarks) == (2, "CC0-1.0", ())
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert edition_of(found) == found.facts.editions[0]


def test_the_folder_is_the_one_of_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVITUR_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    assert data_folder(tmp_path / "other") == tmp_path / "other"
    monkeypatch.delenv("SOLVITUR_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "solvitur" / "datasets"


def test_another_file_than_is_known_is_told(tmp_path: Path) -> None:
    registry(tmp_path, editions=[edition(rows(1, 2), 2)])
    changed = rows(1, 3, 4)
    (tmp_path / "part.jsonl").write_bytes(changed)
    found = load_dataset("mine", tmp_path)
    assert len(found) == 3
    assert found.remarks == (
        f"{tmp_path / 'part.jsonl'} is NOT the file that is known as mine: its SHA-256 is "
        f"{hashlib.sha256(changed).hexdigest()}, not {hashlib.sha256(rows(1, 2)).hexdigest()}; "
        "its problems and labels may be others",
        f"{tmp_path / 'part.jsonl'} has 3 problems, not 2",
    )
    assert edition_of(found) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        ('{"format": 2, "datasets": []}', "format: Input should be 1"),
        ('{"format": 1, "datasets": [{"name": "a b", "title": ""}]}', "datasets.0.name: String"),
        (
            '{"format": 1, "datasets": [{"name": "a", "title": "", "download": "file:///etc/x"}]}',
            "datasets.0.download: Value error, should start with https",
        ),
    ],
)
def test_a_registry_that_is_wrong_says_where(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / OWN_REGISTRY).write_text(text)
    with pytest.raises(ConfigError, match=reason):
        registered_datasets(tmp_path)


# --- selecting -----------------------------------------------------------------------------------


@pytest.fixture
def ten(tmp_path: Path) -> Dataset:
    return loaded(tmp_path, "ten.jsonl", rows(*range(10)))


def test_problems_are_selected_by_id_and_in_that_order(ten: Dataset) -> None:
    assert ten.select(["q7", "q2", "q7"]).ids == ("q7", "q2")
    assert ten["q3"].question == "Question 3?"
    with pytest.raises(ConfigError, match=r"ten has no problem 'q33'; did you mean 'q3'\?"):
        ten["q33"]
    with pytest.raises(ConfigError, match=r"there are q0, q1, q2 \.\.\. q9"):
        ten["nothing"]


def test_a_selection_keeps_what_is_known_of_the_set(ten: Dataset) -> None:
    small = ten.filter(lambda problem: problem.id > "q4").limit(2)
    assert small.ids == ("q5", "q6")
    assert (small.facts, small.sha256, small.file) == (ten.facts, ten.sha256, ten.file)
    assert [problem.id for problem in small] == ["q5", "q6"]


@given(st.integers(0, 2**31))
def test_an_order_depends_on_the_seed_alone(seed: int) -> None:
    assert OURS.shuffle(seed).ids == OURS.shuffle(seed).ids
    assert sorted(OURS.shuffle(seed).ids) == sorted(OURS.ids)
    assert OURS.shuffle(0).ids != OURS.shuffle(1).ids


# --- labels of the same question -----------------------------------------------------------------


@given(st.text("abc 019.,-%$\n", max_size=30))
def test_a_question_is_its_letters_and_digits(text: str) -> None:
    assert normalised(f" {text.upper()}!! ") == normalised(text)
    assert normalised(normalised(text)) == normalised(text)


def test_numbers_keep_questions_apart() -> None:
    assert normalised("at most 12 of 5") != normalised("at most 1 of 25")
    assert normalised("0.5 of it") != normalised("05 of it")


def test_labels_of_the_same_question_are_compared(tmp_path: Path) -> None:
    one = loaded(tmp_path, "one.jsonl", rows(100, 200, 300, "infeasible", 500, None))
    theirs = rows(100.005, 204, 450, "No Best Solution", "infeasible", 6, question="QUESTION  {}!")
    other = loaded(tmp_path, "other.jsonl", theirs)
    found = label_versions(one, other)
    assert (found.name, found.other, found.common, found.close) == ("one", "other", 5, 1)
    assert [(p.id, p.other_id, str(p.label), str(p.other)) for p in found.differing] == [
        ("q1", "q1", "200", "204"),
        ("q2", "q2", "300", "450"),
        ("q4", "q4", "500", "infeasible"),
    ]


def test_a_question_that_is_there_twice_is_compared_with_itself(tmp_path: Path) -> None:
    content = rows(1, 2, question="The same?") + b"\n" + rows(5, question="Another?")
    found = label_versions(*[loaded(tmp_path, "one.jsonl", content)] * 2)
    assert (found.common, len(found.differing)) == (1, 1)


def test_labels_of_others_are_added_to_problems(tmp_path: Path) -> None:
    one = loaded(tmp_path, "one.jsonl", rows(1, 2))
    other = loaded(tmp_path, "other.jsonl", rows(1, 3, question="QUESTION {}"))
    both = one.with_labels_of(other)
    assert [problem.label for problem in both] == [read_label(1), read_label(2)]
    assert [problem.labels for problem in both] == [
        {"other": read_label(1)},
        {"other": read_label(3)},
    ]


# --- the published sets --------------------------------------------------------------------------


@needs_published_data
def test_every_published_set_that_is_here_is_the_known_file() -> None:
    for name in registered_datasets():
        found = load_dataset(name)
        assert name == OWN or edition_of(found) is not None
        assert all("NOT" not in remark for remark in found.remarks)
        assert all(problem.label is not None for problem in found)


@needs_published_data
def test_published_labels_differ_mostly_by_their_reading() -> None:
    one, other = load_dataset("nl4opt-llm4or"), load_dataset("nl4opt-sirl")
    found = label_versions(one, other)
    assert (found.common, len(found.differing), found.close) == (49, 2, 2)
