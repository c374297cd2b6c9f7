import pytest

from solvitur.agents.stepwise.aims import goals, sense
from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.sketch import TOTAL, Row
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading

ROWS = (
    Row(name="oak", values={"chairs": 3, "desks": 7}),
    Row(name="profit", values={"chairs": 30, "desks": 80}),
    Row(name="cost", values={"chairs": 20, "desks": 50}),
)
MADE = "Chairs take 3 kg of oak and earn $30, desks 7 kg and $80; they cost $20 and $50."


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Minimize the cost.", {"cost"}),
        ("How is the profit maximized, to maximize the total profit?", {"profit"}),
        ("Minimize the number of pieces.", {TOTAL}),
        ("How many give the highest income?", {"profit", "cost"}),
        ("Choose so that the total cost is as low as possible.", {"cost"}),
        ("She wants the profit to be as large as possible.", {"profit"}),
        ("Make so many that the number of pieces is as high as possible.", {TOTAL}),
        ("How many are best?", {"chairs", "desks", "oak", "profit", "cost", TOTAL}),
    ],
)
def test_the_goal_is_what_the_words_name(words: str, names: set[str]) -> None:
    known = Known(Reading(f"{MADE} {words}"), ("chairs", "desks"), ROWS)
    assert set(goals(known)) == names


def test_where_dollars_are_what_is_decided_they_are_the_cost() -> None:
    words = "Each dollar spent on ads brings 3 points. What is the minimum total cost to spend?"
    points = Row(name="points", values={"ads": 3, "mail": 2})
    assert goals(Known(Reading(words), ("ads", "mail"), (points,))) == (TOTAL,)


def test_a_word_between_numbers_is_no_unit_that_a_goal_names() -> None:
    words = "Ads and mail bring 3 and 2 points. Minimize what ads and mail use."
    points = Row(name="points", values={"ads": 3, "mail": 2})
    assert len(goals(Known(Reading(words), ("ads", "mail"), (points,)))) > 1


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        ("What is the cheapest way?", Sense.minimize),
        ("How many earn the most?", Sense.maximize),
        ("Make at least 5. How many are made?", None),
        ("Use as few hours as possible. Maximize what is earned.", Sense.maximize),
    ],
)
def test_the_direction_is_read_from_the_question_too(words: str, direction: Sense | None) -> None:
    assert sense(Reading(words)) is direction
