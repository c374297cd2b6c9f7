"""Two runs on the same problems: what is shared, who is better, and what cannot be said."""

from pathlib import Path
from typing import Any

import pytest

from solvitur.agents import Answer
from solvitur.errors import ConfigError
from solvitur.eval import (
    Comparison,
    Question,
    Report,
    compare,
    flips,
    paired,
)
from tests.eval import runs
from tests.eval.runs import careless, here, joiner


def run(folder: Path, agent: Any = joiner, **how: Any) -> Report:
    return runs.run(folder, agent, scorer=here, **how)


def test_what_is_a_difference_is_the_first_less_the_other(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", joiner), run(tmp_path / "b", careless))
    assert found.accuracy is not None
    gain = found.accuracy.gain
    assert (gain.value, gain.low, gain.high) == paired([True] * 3, [True, False, False])
    assert (found.accuracy.one.value, found.accuracy.other.value) == (1.0, 1 / 3)
    assert found.flips == flips({"0": [1], "1": [1], "2": [1]}, {"0": [1], "1": [0], "2": [0]})
    turned = compare(found.other, found.one)
    assert turned.accuracy is not None
    assert turned.accuracy.gain.value == -gain.value
    assert turned.flips is not None
    assert (turned.flips.better, turned.flips.worse) == (0, 2)


def test_problems_that_flipped_come_with_the_answers_of_both(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", careless), run(tmp_path / "b", joiner))
    assert [pair.problem.id for pair in found.flipped] == ["1", "2"]
    mine, theirs = found.flipped[0].telling
    assert mine.score.reason.startswith("214.285")
    assert mine.answer.formulation is not None
    assert theirs.score.verdict == "right"
    assert theirs.answer.formulation is not None


def test_of_a_flip_it_is_decided_whether_both_formulations_are_equivalent(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", careless), run(tmp_path / "b", joiner))
    first, second = (pair.equivalence() for pair in found.flipped)
    assert first is not None
    assert (first.is_equivalent, second and second.is_equivalent) == (False, None)


def test_where_the_first_is_right_comes_before_where_the_other_is(tmp_path: Path) -> None:
    async def only_much_wood(asked: Question) -> Answer | None:
        return await joiner(asked) if asked.id == "2" else None

    async def only_little_wood(asked: Question) -> Answer | None:
        return await joiner(asked) if asked.id == "0" else None

    found = compare(run(tmp_path / "a", only_much_wood), run(tmp_path / "b", only_little_wood))
    assert [(pair.problem.id, pair.gain) for pair in found.flipped] == [("2", 1.0), ("0", -1.0)]


def test_runs_on_other_parts_are_compared_on_what_both_have(tmp_path: Path) -> None:
    mine = run(tmp_path / "a", joiner, woods=(42, 50, 93))
    theirs = run(tmp_path / "b", careless, woods=(93, 77, 42))
    found = compare(mine, theirs)
    assert [(p.problem.id, p.other_problem.id) for p in found.pairs] == [("0", "2"), ("2", "0")]
    assert found.accuracy is not None
    assert found.accuracy.gain.problems == 2
    assert [p.problem.id for p in found.flipped] == ["2"]


def test_a_question_that_is_there_twice_goes_with_its_own_id(tmp_path: Path) -> None:
    mine = run(tmp_path / "a", joiner, woods=(42, 42, 42))
    theirs = run(tmp_path / "b", joiner, woods=(50, 42))
    found = compare(mine, theirs)
    assert [(p.problem.id, p.other_problem.id) for p in found.pairs] == [("1", "1")]


def test_nothing_in_common_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no question is answered both in .*a and in .*b"):
        compare(run(tmp_path / "a", woods=(42,)), run(tmp_path / "b", woods=(43,)))


def test_where_the_labels_differ_both_are_judged_by_those_of_each(tmp_path: Path) -> None:
    mine = run(tmp_path / "a", joiner)
    theirs = run(tmp_path / "b", careless, labels={1: 30 * 50 / 7})
    assert [each.score.verdict.value for each in theirs.samples] == ["right", "right", "error"]
    found = compare(mine, theirs)
    assert [pair.problem.id for pair in found.differing_labels] == ["1"]
    assert [pair.problem.id for pair in found.flipped] == ["2"]
    gains = {each.name: (each.gain.value, each.gain.problems) for each in found.contrasts}
    assert gains["SA, solving accuracy"] == (0.5, 2)
    assert gains["by the labels of A"] == (pytest.approx(2 / 3), 3)
    assert gains["by the labels of B"] == (0.0, 3)


def test_an_answer_without_a_label_is_in_no_figure_of_accuracy(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", joiner, labels={0: None}), run(tmp_path / "b", careless))
    assert [pair.problem.id for pair in found.unscored] == ["0"]
    assert names(found)["SA, solving accuracy"] == 2
    assert names(found)["ER, execution rate"] == 3


def test_where_nothing_has_a_label_there_is_no_accuracy(tmp_path: Path) -> None:
    none: dict[int, object] = dict.fromkeys(range(3))
    found = compare(
        run(tmp_path / "a", joiner, labels=none), run(tmp_path / "b", joiner, labels=none)
    )
    assert (found.accuracy, found.flips, found.flipped) == (None, None, ())
    assert "seconds" in names(found)


def test_epochs_are_compared_by_problem(tmp_path: Path) -> None:
    async def every_other_time(asked: Question) -> Answer | None:
        return await joiner(asked) if asked.epoch == 1 else None

    found = compare(run(tmp_path / "a", joiner), run(tmp_path / "b", every_other_time, epochs=2))
    assert found.accuracy is not None
    gain = found.accuracy.gain
    assert (gain.value, gain.values, gain.problems) == (0.5, 9, 3)
    assert [pair.gain for pair in found.flipped] == [0.5] * 3
    mine, theirs = found.flipped[0].telling
    assert (mine.epoch, theirs.epoch) == (0, 0)
    assert theirs.score.verdict == "error"


def test_settings_are_told_where_they_differ(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", joiner), run(tmp_path / "b", careless, epochs=2))
    assert found.settings == {
        "epochs": (1, 2),
        "name": ("tests.eval.runs.joiner", "tests.eval.runs.careless"),
    }


def names(found: Comparison) -> dict[str, int]:
    return {each.name: each.gain.problems for each in found.contrasts}


def test_seconds_that_are_whole_are_no_shares(tmp_path: Path) -> None:
    async def quick(asked: Question) -> Answer:
        return (await joiner(asked)).model_copy(update={"seconds": 1.0})

    found = compare(run(tmp_path / "a", quick), run(tmp_path / "b", quick))
    seconds = {each.name: each.gain for each in found.contrasts}["seconds"]
    assert (seconds.value, seconds.low, seconds.high) == (0.0, 0.0, 0.0)
