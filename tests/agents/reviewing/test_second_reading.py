import asyncio
from typing import Any

import pytest

from solvitur.agents.draft import Asking, Attempt, Draft
from solvitur.agents.problem import read_problem
from solvitur.agents.reviewing import Review
from solvitur.agents.reviewing.second_reading import SecondReading
from solvitur.formulation import Formulation
from solvitur.llm import Scripted
from tests.agents.constraints import literals
from tests.agents.players import CHAIRS, FIVE

WOOD = "sum(oak[p] * x[p] for p in P) <= oak_most"
WORK = "sum(hours[p] * x[p] for p in P) <= hours_most"
ORDER = 'x["chair"] >= ordered'


def reviewed(*rows: str, text: str = CHAIRS, answers: Any = (), **parts: Any) -> Review:
    return asked(*rows, text=text, model=Scripted(list(answers)), **parts)


def asked(*rows: str, model: Scripted, text: str = CHAIRS, **parts: Any) -> Review:
    listed = [{"name": f"r{n}", "expression": row} for n, row in enumerate(rows)]
    made = Formulation.model_validate({**FIVE, "constraints": listed, **parts})
    asking = Asking(read_problem(text), model)
    return asyncio.run(SecondReading().review(Attempt(1, Draft("staged", made)), asking))


def test_a_right_formulation_is_read_without_asking_a_model() -> None:
    assert reviewed(WOOD, WORK, ORDER) == Review("second-reading")


def test_a_limit_that_nothing_carries_is_a_gap() -> None:
    goal = {"sense": "maximize", "expression": "sum(earned[p] * x[p] for p in P) - ordered"}
    (gap,) = reviewed(WOOD, WORK, objective=goal).gaps
    assert gap == 'nothing is limited by the 15 of "At least 15 chairs are ordered."'


def test_a_number_that_is_nowhere_is_left_to_the_checks() -> None:
    assert reviewed(WOOD, WORK).gaps == ()


def test_a_bound_of_a_variable_carries_a_limit_too() -> None:
    bounded = [{"name": "x", "index": ["P"], "domain": "integer", "lower": 15}]
    assert reviewed(WOOD, WORK, variables=bounded).gaps == ()


def test_a_limit_of_all_together_is_not_carried_by_one_alone() -> None:
    text = CHAIRS + " He sells no more than 60 pieces altogether."
    text = text.replace("sells no more than 60 pieces altogether", "sells a total of at most 60")
    (gap,) = reviewed(WOOD, WORK, ORDER, 'x["desk"] <= 60', text=text).gaps
    assert gap.startswith("constraint 'r3' limits a single decision, and not all together")
    assert reviewed(WOOD, WORK, ORDER, "sum(x[p] for p in P) <= 60", text=text).gaps == ()


def test_what_is_said_of_all_together_ends_with_its_part_of_the_sentence() -> None:
    text = CHAIRS.replace(
        "At least 15 chairs", "There is room for 90 in total and at least 15 chairs"
    )
    rows = (WOOD, WORK, ORDER, "sum(x[p] for p in P) <= 90")
    assert reviewed(*rows, text=text).gaps == ()


def test_a_number_that_is_said_once_is_a_limit_once() -> None:
    (gap,) = reviewed(WOOD, WORK, ORDER, 'x["desk"] >= ordered').gaps
    assert gap.endswith("is said once, and is in constraint 'r2' and constraint 'r3'")


def test_a_number_that_is_said_of_each_may_be_a_limit_of_each() -> None:
    text = CHAIRS.replace("At least 15 chairs are", "At least 15 of each are")
    assert reviewed(WOOD, WORK, ORDER, 'x["desk"] >= ordered', text=text).gaps == ()


MORE = CHAIRS + " He wants more desks than chairs."
BALANCE = 'x["desk"] >= x["chair"]'


def test_of_a_comparison_without_a_number_the_model_says_who_carries_it() -> None:
    model = Scripted(["r3"])
    assert asked(WOOD, WORK, ORDER, BALANCE, model=model, text=MORE).gaps == ()
    (request,) = model.requests
    assert request.grammar is not None
    assert literals(request.grammar) == {"r0", "r1", "r2", "r3", "objective", "data", "none"}
    assert "- r3: x (desk) is at least x (chair)" in request.messages[-1].content
    assert request.messages[-1].content.endswith('"He wants more desks than chairs"')


def test_a_comparison_that_nothing_carries_is_a_gap() -> None:
    review = reviewed(WOOD, WORK, ORDER, text=MORE, answers=["none"])
    assert review.gaps == ('no element carries "He wants more desks than chairs"',)
    assert review.usage.completion_tokens > 0


@pytest.mark.parametrize(("text", "answers"), [(CHAIRS, []), (MORE, ["r0"])])
def test_a_constraint_that_no_sentence_demands_is_a_gap(text: str, answers: list[str]) -> None:
    review = reviewed(WOOD, WORK, ORDER, BALANCE, text=text, answers=answers)
    assert review.gaps == ("constraint 'r3': no sentence of the text demands it",)


def test_where_there_is_no_formulation_nothing_is_read() -> None:
    draft = Draft("code", None, script="model = 1")
    asking = Asking(read_problem(CHAIRS), Scripted([]))
    review = asyncio.run(SecondReading().review(Attempt(1, draft), asking))
    assert review == Review("second-reading")
