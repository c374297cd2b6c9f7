"""What a run came to, read from its folder."""

from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.eval import Report, Verdict
from solvitur.runs import Journal
from tests.eval.runs import careless, run


def test_a_report_is_read_from_the_folder_as_it_was_given(tmp_path: Path) -> None:
    made = run(tmp_path, careless)
    read = Report.load(str(tmp_path))
    assert [each.model_dump() for each in read.samples] == [e.model_dump() for e in made.samples]
    assert (read.facts, read.problems) == (made.facts, made.problems)
    assert read.metrics == made.metrics


def test_a_report_holds_answers_with_their_formulations_and_scores(tmp_path: Path) -> None:
    found = run(tmp_path, careless)
    right, wrong, none = found.samples
    assert [each.score.verdict for each in found.samples] == [
        Verdict.right,
        Verdict.wrong,
        Verdict.error,
    ]
    assert right.answer.formulation is not None
    assert right.answer.objective == pytest.approx(180)
    assert wrong.score.as_integer is not None
    assert wrong.score.as_integer.is_right
    assert none.answer.message == "too much wood"
    assert found.problem("1").question.endswith("there are 50 m2. How many chairs?")
    assert found.metrics is not None
    assert (found.metrics.sa.value, found.metrics.er.value) == (1 / 3, 2 / 3)


def test_a_report_is_shown_in_one_line_however_many_answers_it_has(tmp_path: Path) -> None:
    report = run(tmp_path, careless, epochs=2)
    assert repr(report) == "<Report 'chairs, tests.eval.runs.careless': 6 of 6 answers>"


def test_a_report_is_a_data_frame(tmp_path: Path) -> None:
    frame = run(tmp_path, careless).to_frame()
    assert list(frame["verdict"]) == ["right", "wrong", "error"]
    assert frame.loc[1, "label"] == 210
    assert list(frame["problem"]) == ["0", "1", "2"]


def test_a_run_has_another_name_for_what_decides_its_answers(tmp_path: Path) -> None:
    facts = run(tmp_path).facts
    assert facts.name.startswith("chairs-")
    others = [
        {"ids": ("0",)},
        {"epochs": 2},
        {"agent": {"name": "other"}},
        {"sha256": "0"},
        {"version": "2"},
        {"solvitur": "0"},
    ]
    names = {facts.model_copy(update=other).name for other in others}
    assert len(names | {facts.name}) == 7
    assert facts.model_copy(update={"licence": "MIT"}).name == facts.name


def test_a_folder_without_a_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no run: there is no run\.journal in it"):
        Report.load(tmp_path)


def test_the_journal_of_something_else_is_said(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.journal") as journal:
        journal.note("a", 1)
    with pytest.raises(ConfigError, match="is not the journal of an evaluation"):
        Report.load(tmp_path)
