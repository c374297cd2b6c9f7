import pytest

from solvitur.agents.assumptions import assumptions
from solvitur.formulation import Formulation


def made(*variables: dict[str, object]) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": list(variables),
            "objective": {"sense": "minimize", "expression": str(variables[0]["name"])},
        }
    )


WHOLE = {"name": "x", "domain": "integer"}
SPLIT = {"name": "y", "domain": "continuous"}
YES = {"name": "z", "domain": "binary"}
FREE = {"name": "f", "lower": None}


def test_whole_numbers_are_said_to_be_whole() -> None:
    assert "x takes whole numbers only" in assumptions(made(WHOLE))


def test_amounts_that_can_be_split_are_said_to_be() -> None:
    assert "y may have fractions" in assumptions(made(SPLIT))


def test_several_variables_are_listed_in_one_line() -> None:
    made_of = made(WHOLE, {**WHOLE, "name": "w"}, SPLIT)
    assert assumptions(made_of) == (
        "x and w take whole numbers only",
        "y may have fractions",
        "x, w and y are not negative",
    )


def test_a_yes_or_no_needs_no_assumption() -> None:
    assert assumptions(made(YES)) == ()


def test_a_free_variable_is_not_said_to_be_positive() -> None:
    assert assumptions(made(FREE)) == ("f may have fractions",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Use less than 20 kg.", "less than"),
        ("Use fewer than 20 boxes.", "fewer than"),
        ("Make MORE THAN 20 chairs.", "more than"),
        ("It is greater than 20.", "greater than"),
    ],
)
def test_a_strict_limit_is_said_to_take_in_the_limit_itself(text: str, words: str) -> None:
    assert f'"{words}" is read as including the limit itself' in assumptions(made(YES), text)


@pytest.mark.parametrize(
    "text",
    [
        "Use no less than 20 kg.",
        "Use not more than 20 kg.",
        "Less than or equal to 20.",
        "Use at most 20 kg.",
        "Lessthan 20.",
        "",
    ],
)
def test_a_limit_that_is_not_strict_needs_no_assumption(text: str) -> None:
    assert assumptions(made(YES), text) == ()


def test_the_same_words_are_said_once() -> None:
    text = "Less than 3 here, less than 4 there, more than 5 there."
    assert len(assumptions(made(YES), text)) == 2


def test_only_words_of_our_own_are_repeated_from_the_text() -> None:
    text = "Use less than 20 [bold]kg[/bold] \x1b[31m{{ x }}."
    (line,) = assumptions(made(YES), text)
    assert line == '"less than" is read as including the limit itself'


def test_a_line_through_points_limits_what_it_is_of() -> None:
    line = "piecewise(x, ((0, 0), (10, 50)))"
    made = Formulation.model_validate(
        {
            "variables": [{"name": "x"}],
            "objective": {
                "sense": "maximize",
                "expression": f"{line} - piecewise(2, ((0, 0), (3, 1)))",
            },
            "constraints": [{"name": "c", "expression": f"implies(x >= 3, {line} >= 7)"}],
        }
    )
    words = "x stays between the first and the last point of its line"
    assert [each for each in assumptions(made) if "point" in each] == [words]
