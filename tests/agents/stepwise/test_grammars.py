from dataclasses import replace

import pytest

from solvitur.agents.stepwise import grammars
from solvitur.agents.stepwise.limits import Choices
from solvitur.formulation.elements import Sense
from solvitur.formulation.words.cues import Reading
from tests.agents.constraints import admits, fits

NAMES = ("chairs", "desks", "oak", "total")
TWO = ("chairs", "desks")


def choices(*right: str, twofold: bool = False, none: bool = False) -> Choices:
    (number,) = Reading("420 kg").numbers
    return Choices(number, ("oak", "total"), ("<=",), right or ("420",), twofold, none)


def test_a_decision_has_a_name_that_an_expression_can_use() -> None:
    def named(name: str) -> dict[str, object]:
        return {"variables": [{"name": name, "doc": "made", "domain": "integer"}]}

    assert fits(grammars.variables(), named("chairs_2"))
    for name in ("", "2x", "a-b", "Chairs", 'a"', "a b", "x" * 50):
        assert not fits(grammars.variables(), named(name))


def test_there_is_a_decision_and_there_are_not_too_many() -> None:
    one = {"name": "x", "doc": "", "domain": "continuous"}
    assert not fits(grammars.variables(), {"variables": []})
    assert not fits(grammars.variables(), {"variables": [one] * (grammars.MOST_DECISIONS + 1)})


def test_an_entry_of_the_table_is_zero_or_a_number_of_the_text() -> None:
    schema = grammars.table(dict.fromkeys(TWO, Reading("3 kg, 7.5 kg and 20%").numbers))

    def entry(value: float) -> dict[str, object]:
        return {"rows": [{"name": "oak", "values": {"chairs": value, "desks": 0}}]}

    assert all(fits(schema, entry(value)) for value in (0, 3, 7.5, 0.2))
    assert not any(fits(schema, entry(value)) for value in (5, 7, 0.3, -3))


def test_one_more_row_may_be_none_unless_it_must_be_there() -> None:
    numbers = Reading("3 kg and 7 kg").numbers
    row = {"row": {"name": "oak", "values": {"chairs": 3, "desks": 7}}}
    for must in (True, False):
        schema = grammars.row(dict.fromkeys(TWO, numbers), must)
        assert fits(schema, row)
        assert fits(schema, {"row": None}) is not must


@pytest.mark.parametrize("sense", [*Sense, None])
def test_the_goal_has_the_sense_that_is_known(sense: Sense | None) -> None:
    grammar = grammars.goal(NAMES, sense, NAMES)
    for each in Sense:
        assert admits(grammar, f"{each} oak - desks") is (sense in (each, None))
    assert not admits(grammar, "maximize gold")


def test_a_goal_that_the_words_name_is_only_that() -> None:
    grammar = grammars.goal(NAMES, None, ("oak", "total"))
    assert admits(grammar, "maximize oak")
    assert not admits(grammar, "maximize chairs")
    assert not admits(grammar, "maximize oak - chairs")


@pytest.mark.parametrize("right", ["420", "desks + 420", "420 * desks", "420 * desks + 7"])
def test_a_limit_has_one_of_the_sides_that_are_left(right: str) -> None:
    assert admits(grammars.limit(choices(right)), f"oak <= {right}")
    assert not admits(grammars.limit(choices("40")), f"oak <= {right}")


@pytest.mark.parametrize(
    "answer",
    ["none", "chairs <= 420", "oak >= 420", "oak <= 42", "oak <= 420; total <= 420", ""],
)
def test_a_limit_is_held_to_what_is_left_open(answer: str) -> None:
    assert not admits(grammars.limit(choices()), answer)


def test_a_limit_that_is_all_that_is_left_is_the_answer() -> None:
    (number,) = Reading("420 kg").numbers
    one = Choices(number, ("oak",), ("<=",), ("420",), False, False)
    assert grammars.only(one) == "oak <= 420"
    assert admits(grammars.limit(one), "oak <= 420")
    assert grammars.only(choices(twofold=True)) == "oak <= 420; total <= 420"
    for left in (choices(), replace(one, may_be_none=True), replace(one, relations=("<=", ">="))):
        assert grammars.only(left) is None


def test_a_limit_of_two_things_is_two_limits() -> None:
    grammar = grammars.limit(choices(twofold=True))
    assert admits(grammar, "oak <= 420; total <= 420")
    assert not admits(grammar, "oak <= 420")


def test_a_number_may_be_no_limit_only_where_that_is_open() -> None:
    assert admits(grammars.limit(choices(none=True)), "none")


def test_a_comparison_is_between_two_known_names_or_none() -> None:
    grammar = grammars.comparison(NAMES)
    assert all(admits(grammar, answer) for answer in ("none", "chairs >= desks", "oak == total"))
    assert not admits(grammar, "chairs >= gold")
    assert not admits(grammar, "chairs >= 3")


@pytest.mark.parametrize("text", ['3"', "3\\", "a third", "\u00bd", "20 %"])
def test_a_number_is_quoted_as_the_grammar_reads_it(text: str) -> None:
    number = Reading("420 kg").numbers[0]
    odd = Choices(
        type(number)(number.value, text, 0, 3, number.kind, number.readings),
        ("oak",), ("<=",), (text,), False, False,
    )  # fmt: skip
    assert admits(grammars.limit(odd), f"oak <= {text}")
