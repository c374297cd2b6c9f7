import pytest

from solvitur.agents.stepwise.around import Around
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Quantity

TEXT = "Now he makes at least 5 chairs and, for stock, at most 9 desks but 20 lamps. He has 7 kg."


def at(number: str, text: str = TEXT) -> tuple[Around, Quantity]:
    around = Around(Reading(text))
    return around, next(n for n in around.reading.numbers if n.text == number)


def part(number: str, text: str) -> str:
    around, about = at(number, text)
    return around.part(about, around.reading.numbers)


def test_what_stands_before_a_number_begins_with_its_sentence() -> None:
    around, seven = at("7")
    assert (around.before(seven), around.before(seven, 4)) == ("He has ", "has ")


def test_the_phrase_after_a_number_ends_with_its_clause() -> None:
    around, five = at("5")
    assert around.phrase(five) == " chairs "


def test_a_clause_lies_between_commas_and_joining_words() -> None:
    around, nine = at("9")
    assert around.clause(nine) == (" at most 9 desks but 20 lamps", 9)


def test_a_number_reaches_from_the_limit_before_to_the_limit_after() -> None:
    around, nine = at("9")
    assert around.segment(nine) == " chairs and, for stock, at most 9 desks but 20 lamps."


def test_a_number_is_bound_by_a_plain_word_or_is_exact() -> None:
    around, five = at("5")
    assert around.is_bound(five)
    around, three = at("3", "It takes exactly 3 hours.")
    assert around.is_exact(three)
    assert not at("7")[0].is_bound(at("7")[1])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("5", "Make at least 5 chairs"),
        ("9", "at most 9 desks"),
        ("50", "He has 50 acres"),
        ("7", "he grows at least 7 of oak"),
    ],
)
def test_the_part_of_a_number_leaves_out_what_is_of_others(number: str, said: str) -> None:
    text = "Make at least 5 chairs and at most 9 desks. He has 50 acres on which he grows "
    assert part(number, text + "at least 7 of oak.") == said


def test_the_part_of_a_lone_number_is_its_sentence() -> None:
    assert part("5", "If so, and only then, make 5 chairs. Stop.") == (
        "If so, and only then, make 5 chairs"
    )
