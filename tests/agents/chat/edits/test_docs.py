from typing import Any

import pytest

from solvitur.agents.chat.edits.docs import differences
from solvitur.agents.chat.edits.edits import (
    Amount,
    Edit,
    SetLimit,
    SetParameter,
    SetWritten,
    edited,
)
from solvitur.formulation import Formulation

SENTENCE = "There are 40 hours of labour and 45 planks."


def shop(sentence: str = SENTENCE, limit: str = "labour") -> Formulation:
    labour: dict[str, Any] = {"name": "labour", "value": 40, "unit": "hours", "doc": sentence}
    return Formulation.model_validate(
        {
            "parameters": [labour],
            "variables": [{"name": "x", "domain": "integer", "doc": "chairs"}],
            "objective": {"sense": "maximize", "expression": "30 * x", "doc": "profit"},
            "constraints": [
                {"name": "work", "expression": f"2 * x <= {limit}", "doc": sentence},
                {"name": "planks", "expression": "3 * x <= 45", "doc": sentence},
            ],
        }
    )


def docs(before: Formulation, *edits: Edit) -> tuple[str, ...]:
    after = edited(before, edits)
    return (after.parameters[0].doc, *(each.doc for each in after.constraints))


def labour(number: float) -> SetParameter:
    return SetParameter(name="labour", amount=Amount(number=number))


def test_a_sentence_states_the_number_that_holds_now_wherever_it_stands() -> None:
    assert docs(shop(), labour(30)) == ("There are 30 hours of labour and 45 planks.",) * 3


def test_a_limit_that_is_written_in_a_constraint_is_restated_too() -> None:
    fewer = SetLimit(constraint="planks", amount=Amount(number=20))
    assert docs(shop(), fewer)[2] == "There are 40 hours of labour and 20 planks."
    written = SetWritten(constraint="planks", place=1, amount=Amount(number=21))
    assert docs(shop(), written)[2] == "There are 40 hours of labour and 21 planks."


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Forty hours of labour.", "30 hours of labour."),
        ("Each table takes 40 of 40 hours.", "Each table takes 40 of 40 hours. (now 30)"),
        ("All the labour there is.", "All the labour there is."),
        ("A week has 1,000 or 40 hours.", "A week has 1,000 or 30 hours."),
    ],
)
def test_a_sentence_is_changed_only_where_it_is_sure(sentence: str, said: str) -> None:
    assert docs(shop(sentence), labour(30))[1] == said


def test_a_number_that_was_noted_is_noted_anew() -> None:
    twice = "Each table takes 40 of 40 hours."
    assert docs(shop(twice), labour(30), labour(20))[1] == f"{twice} (now 20)"


def test_a_share_stays_a_share() -> None:
    before = shop("At most 40 % of it.", "0.4 * labour")
    half = SetWritten(constraint="work", place=1, amount=Amount(number=0.5))
    assert docs(before, half)[1] == "At most 50 % of it."


def test_what_is_different_is_told_once() -> None:
    after = edited(shop(), [labour(30)])
    assert differences(shop(), after).lines == ("parameter 'labour': 40 -> 30 [hours]",)


def test_a_sentence_that_alone_is_different_is_told() -> None:
    after = shop().model_copy(
        update={"constraints": shop("There are 41 hours of labour and 45 planks.").constraints}
    )
    assert len(differences(shop(), after).lines) == 2
