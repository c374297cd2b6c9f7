import pytest

from solvitur.agents.stepwise.entries import Entries
from solvitur.agents.stepwise.sketch import Row
from tests.agents.stepwise.carpentry import COST, MADE, OAK, known, texts


def test_what_is_neither_in_the_table_nor_a_limit_is_not_placed() -> None:
    words = "A chair takes 3 kg, a desk 7 kg and 2 hours; at most 40 kg are there."
    assert texts(Entries(known(words, OAK)).unplaced) == ["2"]


def entries(words: str) -> dict[str, list[str]]:
    one = known(words)
    numbers = [number for number in one.reading.numbers if Entries(one).may_be(number)]
    return {name: texts(list(own)) for name, own in Entries(one).by_decision(numbers).items()}


def test_a_number_is_no_entry_of_a_decision_that_its_words_do_not_name() -> None:
    words = "Each chair costs $20; a desk costs $50 and takes 7 kg. Chairs and desks sell for $90."
    assert entries(words) == {"chairs": ["20", "90"], "desks": ["50", "7", "90"]}


@pytest.mark.parametrize("words", ["Both cost", "It is the same for desks: chairs cost"])
def test_a_number_may_be_of_all_where_words_say_so(words: str) -> None:
    assert entries(f"{words} $20, said a maker of chairs; desks.")["desks"] == ["20"]


@pytest.mark.parametrize(
    "words", ["There are 290 hours.", "He needs 290 hours.", "He has exactly 290 hours."]
)
def test_what_there_is_of_all_is_no_entry(words: str) -> None:
    assert entries(f"Chairs take 3 hours, desks 7. {words}")["chairs"] == ["3", "7"]


@pytest.mark.parametrize("words", ["It needs 5 kg.", "Each has 5 kg."])
def test_what_goes_back_to_one_decision_is_an_entry(words: str) -> None:
    assert "5" in entries(f"He makes desks and chairs. {words}")["chairs"]


def test_the_hour_that_something_runs_is_no_entry_but_the_hour_it_takes_is() -> None:
    one = known("Running the saw for 1 hour costs 30. A desk takes 1 hour.")
    assert [Entries(one).may_be(number) for number in one.reading.all_numbers] == [
        False,
        True,
        True,
    ]


def test_an_entry_that_the_words_give_to_another_row_is_put_right() -> None:
    row = Row(name="oak", values={"chairs": 7, "desks": 7})
    assert Entries(known(MADE, row)).corrected(row).values == {"chairs": 3, "desks": 7}
    assert Entries(known(MADE, COST)).corrected(COST) == COST
