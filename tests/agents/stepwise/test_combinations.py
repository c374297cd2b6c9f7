import pytest

from solvitur.agents.stepwise.combinations import combination, speaks_of_sum
from solvitur.agents.stepwise.mentions import Mentions
from solvitur.formulation.words.quantities import Kind, quantities

NAMES = Mentions(("x", "y", "z"))


def read(text: str) -> str | None:
    """Write the sum of a text whose multiples and plain numbers may all be factors."""
    factors = [(n.start, n.text) for n in quantities(text) if n.kind is not Kind.LABEL]
    return combination(text, NAMES.places(text), factors)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("the sum of X and Y", "x + y"),
        ("X, Y and Z combined", "x + y + z"),
        ("3 times X plus twice Y", "3 times * x + twice * y"),
        ("X multiplied by 3 plus Y", "3 * x + y"),
        ("X minus twice Y", "x - twice * y"),
        ("the difference X less Y", "x - y"),
        ("the difference between X and twice Y", "abs(x - twice * y)"),
        ("the total of X plus Y minus Z", "x + y - z"),
    ],
)
def test_a_sum_in_words_is_written_as_one(text: str, written: str) -> None:
    assert read(text) == written


@pytest.mark.parametrize(
    "text", ["X and Y", "the sum of X", "the sum of all", "", "3 times 4 times X plus Y"]
)
def test_words_that_add_up_nothing_are_no_sum(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "does"),
    [("X plus Y", True), ("3 times X and 4 times Y", True), ("X minus Y", True), ("3 X", False)],
)
def test_adding_and_subtracting_have_their_words(text: str, does: bool) -> None:
    assert speaks_of_sum(text) is does


def test_a_factor_may_stand_after_what_it_multiplies() -> None:
    text = "the combined trips of x (counted as two times) and y"
    factor = [(text.index("two times"), "two times")]
    mentions = [(text.index("x ("), "x"), (text.index("y"), "y")]
    assert combination(text, mentions, factor) == "two times * x + y"


def test_a_difference_that_is_measured_in_words_has_their_signs() -> None:
    text = "the difference measured as x plus z minus y"
    mentions = [
        (text.index(f"{name} ", 20) if name != "y" else len(text) - 1, name) for name in "xzy"
    ]
    assert combination(text, mentions, []) == "x + z - y"
