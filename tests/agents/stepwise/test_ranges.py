import pytest

from solvitur.agents.stepwise.mentions import Mentions
from solvitur.agents.stepwise.ranges import ranges
from solvitur.formulation.words.cues import Reading

NAMES = Mentions(("oak", "ash"))


def read(text: str) -> list[tuple[str, str, str | None]]:
    return [(r.low.text, r.high.text, r.name) for r in ranges(Reading(text), NAMES)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Between 10 and 40 are cut.", [("10", "40", None)]),
        ("Oak must be between 10 and 40.", [("10", "40", "oak")]),
        ("Oak ranges from 10 to 40 and ash from 5 to 9.", [("10", "40", "oak")]),
        ("Oak (0 to 70), ash (5-40).", [("0", "70", "oak"), ("5", "40", "ash")]),
        ("Ash is in [5, 40].", [("5", "40", "ash")]),
        ("Between $10 and $40 go to ash.", [("10", "40", None)]),
    ],
)
def test_a_range_has_two_ends_and_what_it_is_about(
    text: str, found: list[tuple[str, str, str | None]]
) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "10 to 40 are cut.",
        "Between 40 and 10 are cut.",
        "Between 10% and 40% are oak.",
        "Between 10 trees of oak for him and 40 are cut.",
        "Between them 10. And 40.",
        "",
    ],
)
def test_two_numbers_alone_are_no_range(text: str) -> None:
    assert read(text) == []


def test_ranges_that_are_listed_belong_to_what_is_listed() -> None:
    text = "Oak and ash lie between 10 and 40 and between 5 and 9, respectively."
    assert read(text) == [("10", "40", "oak"), ("5", "9", "ash")]
