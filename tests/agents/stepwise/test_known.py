import pytest

from solvitur.agents.stepwise.around import is_limit
from solvitur.agents.stepwise.sketch import TOTAL, Row
from solvitur.formulation.words.cues import Reading
from tests.agents.stepwise.carpentry import COST, OAK, known, texts


def test_each_entry_of_the_table_takes_one_number_away() -> None:
    words = "3 kg and 7 kg of oak; a room for 7 and 9."
    assert texts(known(words, OAK).left_over) == ["7", "9"]


def test_a_number_that_is_plainly_a_limit_is_taken_last() -> None:
    words = "At most 7 desks are made. A chair takes 3 kg of oak, a desk 7."
    (left,) = known(words, OAK).left_over
    assert left.start == words.index("7")


def test_a_zero_in_the_table_takes_no_number_away() -> None:
    row = Row(name="oak", values={"chairs": 0, "desks": 7})
    assert texts(known("7 kg and 3 kg.", row).left_over) == ["3"]


def test_a_word_that_counts_the_decisions_is_no_data() -> None:
    assert texts(known("It makes two products of 9 kg.").left_over) == ["9"]
    assert texts(known("It makes three products.").left_over) == ["three"]
    assert texts(known("It makes at least two of each kind.").left_over) == ["two"]


def test_only_plain_words_make_a_number_a_limit_for_certain() -> None:
    reading = Reading("At most 40 are made. He has 60 kg.")
    assert [is_limit(reading, number) for number in reading.numbers] == [True, False]


def test_every_name_can_be_used_and_the_total_too() -> None:
    assert known("", OAK).names == ("chairs", "desks", "oak", TOTAL)


def test_an_entry_is_the_number_that_is_said_of_its_decision() -> None:
    words = "There are 20 units of oak. A chair takes 7 units of oak and costs $20, a desk $50."
    (left, _) = known(words, COST).left_over
    assert left.start == words.index("20")


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("6 working hours", "hour"),
        ("6 hours", "hour"),
        ("6 desks a day", "desks"),
        ("6 trips daily", "trips"),
        ("6 per hour", "per"),
        ("6", ""),
    ],
)
def test_a_unit_may_stand_after_what_it_is_of(words: str, unit: str) -> None:
    (number,) = known(words).reading.numbers
    assert known(words).unit(number) == unit
