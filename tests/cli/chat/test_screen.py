"""What stands below an answer, the first time and again."""

import io

import pytest
from rich.console import Console

from solvitur.agents import Answer, Effort
from solvitur.agents.chat.state import Response, ResponseKind
from solvitur.agents.graph import solve_formulation
from solvitur.cli.chat.screen import Screen
from solvitur.formulation import Formulation
from tests.cli.problems import CHAIRS

CERTIFICATE = "Certificate: proved optimal, and checked again on the formulation\n"


@pytest.fixture(scope="module")
def answer() -> Answer:
    solved = solve_formulation(Formulation.model_validate(CHAIRS), Effort())
    return solved.model_copy(update={"assumptions": ("x is not negative",)})


def shown(*answers: Answer) -> list[str]:
    out, parts = io.StringIO(), []
    console = Console(file=out, width=200, color_system=None)
    screen = Screen(console, console)
    for each in answers:
        start = out.tell()
        screen.response(Response(kind=ResponseKind.answer, text="It is so.", answer=each))
        parts.append(out.getvalue()[start:].removeprefix("It is so.\n"))
    return parts


def test_below_a_further_answer_stands_only_what_is_new_of_it(answer: Answer) -> None:
    other = answer.model_copy(update={"assumptions": ("x is not negative", "x is whole")})

    assert shown(answer, answer, other) == [
        f"{CERTIFICATE}Assumed:\n- x is not negative\n",
        CERTIFICATE,
        f"{CERTIFICATE}Assumed:\n- x is whole\n",
    ]


def test_a_certificate_that_leaves_a_doubt_is_shown_in_full(answer: Answer) -> None:
    assert answer.verification is not None
    doubted = answer.verification.model_copy(update={"stopped": "time_limit"})

    (text,) = shown(answer.model_copy(update={"verification": doubted}))

    assert "stopped: time limit; bound 180" in text
