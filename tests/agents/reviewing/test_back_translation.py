import asyncio
import math
import re

from solvitur.agents.draft import Asking, Attempt, Draft
from solvitur.agents.problem import read_problem
from solvitur.agents.reviewing import Review
from solvitur.agents.reviewing.back_translation import BackTranslation
from solvitur.formulation import Formulation
from solvitur.llm import Reply, Request, Scripted, Token
from tests.agents.players import CHAIRS, FIVE


def believing(**shares: float) -> Scripted:
    """A model that holds a statement likely by the first of these words that is in it."""

    def answer(request: Request) -> Reply:
        (said,) = re.findall(r"Statement: (.*)", request.messages[-1].content)
        asked = next(word for word in shares if word.replace("_", " ") in said)
        top = (("yes", math.log(shares[asked])), ("no", math.log(1 - shares[asked])))
        text = "yes" if shares[asked] > 0.5 else "no"
        return Reply(text=text, model="m", logprobs=(Token(text=text, logprob=0, top=top),))

    return Scripted(answer)


def reviewed(model: Scripted, *rows: str) -> Review:
    parts = {"constraints": [{"name": f"r{n}", "expression": row} for n, row in enumerate(rows)]}
    made = Formulation.model_validate({**FIVE, **parts})
    asking = Asking(read_problem(CHAIRS), model)
    return asyncio.run(BackTranslation().review(Attempt(1, Draft("staged", made)), asking))


def test_each_constraint_is_weighed_against_its_opposite() -> None:
    model = believing(at_most=0.9, at_least=0.1)
    review = reviewed(model, 'x["chair"] <= 15', 'x["desk"] >= 15')
    assert [(name, round(share, 3)) for name, share in review.probabilities] == [
        ("r0", 0.9),
        ("r1", 0.1),
    ]
    assert review.gaps == (
        "constraint 'r1' says \"x (desk) is at least 15\", and the problem does not",
    )


def test_a_model_that_says_yes_to_everything_speaks_against_nothing() -> None:
    review = reviewed(believing(is_=0.99), 'x["chair"] <= 15', 'x["desk"] >= 15')
    assert review.gaps == ()
    assert [round(share, 3) for _, share in review.probabilities] == [0.5, 0.5]


def test_what_has_no_opposite_is_asked_about_alone() -> None:
    model = believing(exactly=0.2)
    review = reviewed(model, 'x["chair"] == 15')
    assert len(model.requests) == 1
    assert len(review.gaps) == 1


def test_the_problem_stands_before_the_statement_so_that_it_is_read_once() -> None:
    model = believing(is_=0.9)
    reviewed(model, 'x["chair"] <= 15', 'x["desk"] >= 15')
    asked = [request.messages[-1].content for request in model.requests]
    assert {text.split("Statement:")[0] for text in asked} == {f"Problem: {CHAIRS}\n\n"}
    assert len({request.messages[:-1] for request in model.requests}) == 1


def test_where_there_is_no_formulation_nothing_is_asked() -> None:
    draft = Draft("code", None, script="model = 1")
    asking = Asking(read_problem(CHAIRS), Scripted([]))
    review = asyncio.run(BackTranslation().review(Attempt(1, draft), asking))
    assert review == Review("back-translation")
