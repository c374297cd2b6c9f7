import pytest

from solvitur.agents.stepwise.mentions import Mentions, is_empty_word, stems

BOXES = Mentions(("small_boxes", "large_boxes"), ("masks", "cost_of_tape"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Small boxes", ("small_boxes",)),
        ("a large box and a small one", ("large_boxes", "small_boxes")),
        ("boxes", ()),
        ("smaller things", ()),
        ("", ()),
    ],
)
def test_a_decision_is_named_by_a_word_that_no_other_has(text: str, named: tuple[str, ...]) -> None:
    assert BOXES.decisions_in(text) == named


def test_each_place_where_a_decision_is_named_is_found() -> None:
    text = "small, large, small"
    assert BOXES.places(text) == [(0, "small_boxes"), (7, "large_boxes"), (14, "small_boxes")]


def test_a_letter_that_names_a_decision_is_no_article() -> None:
    feeds = Mentions(("feed_a", "feed_b"))
    assert feeds.decisions_in("A farmer mixes a feed") == ()
    assert feeds.decisions_in("twice as much feed A") == ("feed_a",)


def test_another_word_for_a_decision_names_it_too() -> None:
    homes = Mentions(("single_homes", "double_homes"), aliases=(("x", "single_homes"),))
    assert homes.decisions_in("at most 5 of X") == ("single_homes",)


def test_a_decision_is_named_in_full_by_all_its_words() -> None:
    assert BOXES.is_full("small_boxes", "each small box")
    assert not BOXES.is_full("small_boxes", "each small one")


def test_a_shared_word_alone_speaks_of_all() -> None:
    assert BOXES.is_of_all("at most 9 boxes")
    assert not BOXES.is_of_all("at most 9 small boxes")
    assert not Mentions(("boxes",)).is_of_all("boxes")


@pytest.mark.parametrize(
    ("text", "rows"),
    [("25 masks", ("masks",)), ("tapes", ("cost_of_tape",)), ("the amount of it", ())],
)
def test_a_row_is_named_by_words_that_tell_something(text: str, rows: tuple[str, ...]) -> None:
    assert BOXES.rows_in(text) == rows


def test_a_form_of_a_word_names_a_row() -> None:
    assert Mentions((), ("preparation_time",)).rows_in("to prepare") == ("preparation_time",)


def test_a_name_of_words_that_tell_nothing_is_empty() -> None:
    assert is_empty_word("required_units")
    assert not is_empty_word("required_oak")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("house", "houses"),
        ("atlas", "atlases"),
        ("glass", "glasses"),
        ("box", "boxes"),
        ("party", "parties"),
        ("movie", "movies"),
        ("shelf", "shelves"),
        ("knife", "knives"),
        ("bus", "buses"),
        ("toy", "toys"),
        ("prize", "prizes"),
    ],
)
def test_singular_and_plural_have_one_stem(one: str, many: str) -> None:
    assert stems(one) == stems(many)


def test_what_a_text_calls_all_by_tells_none_apart() -> None:
    boats = Mentions(("rowing_boats", "kayaks"))
    assert boats.decisions_in("at most 9 boats") == ("rowing_boats",)
    assert boats.told_apart("at most 9 boats") == ()
    assert boats.told_apart("at most 9 rowing boats or kayaks") == ("rowing_boats", "kayaks")


def test_people_are_persons() -> None:
    assert Mentions(("ads",), ("person",)).rows_in("the people reached") == ("person",)
