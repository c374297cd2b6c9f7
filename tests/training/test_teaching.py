"""The teacher of the stepwise way: its conversations are the agent's own, and lead to the label."""

import json

import pytest

from solvitur.prompts.library import render
from solvitur.training import Row, synthesize
from solvitur.training.teaching import steps

MIXES = ["product-mix", "at-most-a-part", "twice-as-many", "weighted-sums", "fleet", "diet"]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return synthesize(24, seed=8, only=MIXES).rows


def test_most_mixes_can_be_taught_step_by_step(rows: list[Row]) -> None:
    taught = [row for row in rows if steps(row) is not None]
    assert len(taught) > len(rows) / 2


def test_the_first_two_questions_are_for_the_decisions_and_the_table(rows: list[Row]) -> None:
    talk = next(talk for row in rows if (talk := steps(row)))
    assert talk.messages[0].content == render("staged_system")
    assert "variables" in json.loads(talk.messages[2].content)
    assert talk.messages[3].content == render("staged_table")
    assert "rows" in json.loads(talk.messages[4].content)


def test_a_label_that_is_wrong_teaches_nothing(rows: list[Row]) -> None:
    row = next(row for row in rows if row.status == "solved" and steps(row))
    assert steps(row.model_copy(update={"objective": (row.objective or 0) + 1})) is None


def test_problems_of_another_form_are_not_taught_so() -> None:
    (row,) = synthesize(1, seed=1, only=["facility-location"]).rows
    assert steps(row) is None
