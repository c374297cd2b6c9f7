"""``/show``, ``/history`` and ``/cost``: what there is, and nothing is changed."""

import pytest

from solvitur.formulation import Formulation, from_markdown
from tests.cli.chat.commands.conftest import SHOP, Typed

FIVE = Formulation.model_validate(SHOP)


def test_the_model_is_shown_as_it_can_be_read_again(typed: Typed) -> None:
    shown = typed("/show", "/show model", "/show mod").shown

    assert from_markdown(shown[0]) == FIVE
    assert shown[0] == shown[1] == shown[2]


def test_the_code_is_the_script_and_the_latex_the_document(typed: Typed) -> None:
    code, latex = typed("/show code", "/show LATEX").shown

    assert code == FIVE.to_python().rstrip()
    assert latex == FIVE.to_latex().rstrip()


def test_the_data_are_every_set_and_number(typed: Typed) -> None:
    (shown,) = typed("/show data").shown

    assert shown.splitlines() == [
        "P = {chair, table}",
        "profit[chair] = 30 USD",
        "profit[table] = 50 USD",
        "work[chair] = 3",
        "work[table] = 4",
        "labour = 40 h",
    ]


def test_the_log_is_what_the_solver_wrote(typed: Typed) -> None:
    (shown,) = typed("/show log").shown

    assert "HiGHS" in shown


def test_there_is_no_log_before_anything_is_solved(typed: Typed) -> None:
    (shown,) = typed("/show log", five=None).shown

    assert shown == "Error: nothing was solved here yet, so there is no log; /solve does it"


@pytest.mark.parametrize("line", ["/show", "/show code", "/show data", "/export lp", "/whatif a=1"])
def test_without_a_formulation_it_is_said_how_to_have_one(typed: Typed, line: str) -> None:
    (shown,) = typed(line, five=None).shown

    assert shown == ("Error: there is no formulation yet; say the problem in words, or /load FILE")


def test_a_view_that_is_not_there_names_those_that_are(typed: Typed) -> None:
    (shown,) = typed("/show pictures").shown

    assert shown == "Error: there is no view 'pictures'; there are: model, code, latex, data, log"


def test_the_history_numbers_what_was_said_with_what_came_of_it(typed: Typed) -> None:
    (*_, shown) = typed("/set labour 30", "/whatif labour=10", "/set labour 1", "/history").shown

    assert [line.split() for line in shown.splitlines()] == [
        ["said", "what", "came", "of", "it"],
        ["1", "/load", "shop.json", "solved,", "450"],
        ["2", "/set", "labour", "30", "solved,", "360"],
        ["3", "what", "if", "labour", "=", "10?", "what", "if:", "110"],
        ["4", "/set", "labour", "1", "solved,", "0"],
    ]


def test_a_conversation_without_a_word_has_no_history(typed: Typed) -> None:
    assert typed("/history", five=None).shown == ["Nothing is said yet."]


def test_the_cost_is_shown_with_the_model_and_the_tokens(typed: Typed) -> None:
    (shown,) = typed("/cost").shown

    assert [line.split() for line in shown.splitlines()] == [
        ["model", "local:qwen2.5-coder-1.5b"],
        ["tokens", "0", "prompt,", "0", "completion"],
        ["of", "the", "prompt,", "known", "already", "0"],
        ["cost", "0", "USD"],
    ]


def test_what_would_act_on_the_terminal_is_shown_by_its_code(typed: Typed) -> None:
    hostile = {**SHOP, "title": "Shop \x1b[2J\u202e"}

    desk = typed(
        "/show", "/show code", "/history", "/compare 1", "/load \x1b[2J.json", five=hostile
    )

    assert "\x1b" not in "".join(desk.shown[:3])
    assert "\u202e" not in "".join(desk.shown)
