"""An answer for a person, on terminals of every kind."""

import io
import re

from rich.console import Console

from solvitur.agents import Answer, solve_formulation
from solvitur.agents.confidence import Confidence
from solvitur.cli.report import report
from solvitur.formulation import Formulation
from solvitur.solvers import Outcome
from tests.cli.problems import CHAIRS


def shown(answer: Answer, *, colour: bool = False) -> tuple[str, str]:
    streams = io.StringIO(), io.StringIO()
    data, talk = (
        Console(
            file=stream,
            force_terminal=colour,
            color_system="standard" if colour else None,
            width=80,
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
        for stream in streams
    )
    report(answer, data, talk)
    return streams[0].getvalue(), streams[1].getvalue()


def chairs() -> Answer:
    return solve_formulation(Formulation.model_validate(CHAIRS))


def test_a_confirmed_answer_is_green_and_an_unconfirmed_one_red() -> None:
    answer = chairs()
    assert answer.verification
    doubtful = answer.verification.model_copy(update={"confirmed": False, "message": "NOT so"})

    assert "\x1b[32mCertificate: " in shown(answer, colour=True)[0]
    wrong = answer.model_copy(update={"verification": doubtful})
    assert "\x1b[1;31mCertificate: " in shown(wrong, colour=True)[0]
    assert "NOT so" in shown(wrong)[0]


def test_how_sure_it_is_stands_below_the_certificate() -> None:
    sure = Confidence(
        probability=0.93,
        level="confident",
        reasons=("two ways agree",),
        is_measured=True,
        evidence={},
    )

    out, _ = shown(chairs().model_copy(update={"confidence": sure}))

    assert re.search(
        r"^Certificate: .*\nConfidence: confident \(about 93%\): two ways agree$", out, re.M
    )


def test_long_lines_are_not_broken() -> None:
    title = "word " * 60

    out, _ = shown(chairs().model_copy(update={"answer": title}))

    assert title in out


def test_a_formulation_without_end_is_cut() -> None:
    rows = [{"name": f"row{i}", "expression": "x <= 3"} for i in range(500)]
    values = [{"name": "big", "index": ["I"], "values": {str(i): i for i in range(1, 2001)}}]
    five = CHAIRS | {
        "sets": [{"name": "I", "range": [1, 2000]}],
        "parameters": [*CHAIRS["parameters"], *values],
        "constraints": [*CHAIRS["constraints"], *rows],
    }

    out, _ = shown(solve_formulation(Formulation.model_validate(five)))

    assert "more lines; --json shows all" in out
    assert "characters more)" in out
    assert len(out) < 10_000


def test_what_went_wrong_goes_to_stderr() -> None:
    answer = Answer(outcome=Outcome.budget, message="the limit of 1 US dollars is reached")

    assert shown(answer) == (
        "",
        "Error: the budget is spent: the limit of 1 US dollars is reached\n",
    )


def test_a_remark_on_an_answer_is_no_error() -> None:
    answer = chairs().model_copy(update={"message": "the time limit is reached"})

    _, talk = shown(answer)

    assert talk == "the time limit is reached\n"
