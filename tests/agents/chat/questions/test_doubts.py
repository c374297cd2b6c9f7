"""What is asked about a formulation: readings that change the answer, and nothing else."""

from typing import Any

import pytest

from solvitur.agents.answer import Answer
from solvitur.agents.chat.edits.edits import edited
from solvitur.agents.chat.questions.doubts import Doubt, doubts
from solvitur.eval import word_problems
from solvitur.formulation import Formulation
from solvitur.solvers import Outcome


def chairs(
    *constraints: str, domain: str = "integer", goal: str = "30 * chairs + 50 * tables"
) -> Formulation:
    """Chairs and tables, under some constraints."""
    rows: list[dict[str, Any]] = [
        {"name": f"limit{place}", "expression": expression}
        for place, expression in enumerate(constraints)
    ]
    return Formulation.model_validate(
        {
            "variables": [
                {"name": "chairs", "domain": domain, "doc": "chairs made"},
                {"name": "tables", "domain": domain, "doc": "tables made"},
            ],
            "objective": {"sense": "maximize", "expression": goal},
            "constraints": rows,
        }
    )


LABOUR = "2 * chairs + 5 * tables <= 40"
HEAD = "A chair earns 30 and takes 2 hours, a table earns 50 and takes 5. There are 40 hours. "


def asked(text: str, formulation: Formulation) -> list[str]:
    return [doubt.question.question for doubt in doubts(text, formulation)]


def choices(doubt: Doubt) -> tuple[str, ...]:
    return tuple(option.words for option in doubt.question.options)


def test_less_than_is_asked_about_where_the_number_itself_makes_a_difference() -> None:
    (doubt,) = doubts(f"{HEAD}Make fewer than 9 chairs.", chairs(LABOUR, "chairs <= 9"))
    assert doubt.question.question == 'Does "fewer than 9" allow 9 itself?'
    assert doubt.assumption == '"fewer than 9" allows 9 itself'
    assert choices(doubt) == ("yes, 9 is allowed", "no, at most 8")
    taken, other = (option.edits for option in doubt.question.options)
    assert taken == ()
    assert edited(chairs(LABOUR, "chairs <= 9"), other) == chairs(LABOUR, "chairs <= 8")


def test_what_is_known_of_the_best_plan_is_taken_and_not_found_anew() -> None:
    text, five = f"{HEAD}Make fewer than 9 chairs.", chairs(LABOUR, "chairs <= 9")
    known = Answer(outcome=Outcome.solved, objective=460)  # what "at most 8" comes to
    assert doubts(text, five, best=known) == ()
    assert len(doubts(text, five)) == 1


def test_more_than_is_asked_about_on_its_own_side() -> None:
    (doubt,) = doubts(f"{HEAD}Make more than 3 tables.", chairs(LABOUR, "3 <= tables"))
    assert choices(doubt) == ("yes, 3 is allowed", "no, at least 4")


@pytest.mark.parametrize(
    ("words", "constraint", "domain"),
    [
        ("Make fewer than 90 chairs.", "chairs <= 90", "integer"),  # the answer is the same
        ("Make no more than 9 chairs.", "chairs <= 9", "integer"),  # the words leave no doubt
        ("Make at most 9 chairs.", "chairs <= 9", "integer"),
        ("Any amount counts. Make less than 9 chairs.", "chairs <= 9", "continuous"),
    ],
)
def test_nothing_is_asked_where_it_makes_no_difference(
    words: str, constraint: str, domain: str
) -> None:
    assert asked(f"{HEAD}{words}", chairs(LABOUR, constraint, domain=domain)) == []


def test_times_more_is_asked_about_where_once_more_makes_a_difference() -> None:
    text = f"{HEAD}There are 3 times more chairs than tables."
    (doubt,) = doubts(text, chairs(LABOUR, "chairs == 3 * tables"))
    assert doubt.question.question == 'Is "3 times more chairs than" 3 times as much, or 4 times?'
    plain = text.replace("more chairs than", "as many chairs as")
    assert asked(plain, chairs(LABOUR, "chairs == 3 * tables")) == []


def test_parts_of_what_is_counted_are_asked_about_where_they_make_a_difference() -> None:
    text = f"{HEAD}Make 3 tables at least."
    loose = chairs(LABOUR, "tables >= 3", domain="continuous")
    (doubt,) = doubts(text, loose)
    assert doubt.question.question == (
        "Do only whole ones count (chairs made), or also parts of one, such as 2.5?"
    )
    assert doubt.assumption == "chairs made: also parts of one"
    assert asked(f"{text} Only whole pieces count.", loose) == []
    assert asked(text, chairs(LABOUR, "tables >= 3")) == []


def test_a_limit_that_was_left_out_is_asked_about() -> None:
    text = f"{HEAD}At most 7 tables fit into the van."
    (doubt,) = doubts(text, chairs(LABOUR))
    assert doubt.question.question == (
        'The number 7 of the text ("At most 7 tables fit into the van.") is not used: '
        "what does it limit?"
    )


def test_a_number_that_comes_from_nowhere_is_asked_about() -> None:
    assert asked(HEAD, chairs(LABOUR, "tables <= 17")) == [
        "The number 17 is not in the text: where is it from?"
    ]


def test_what_grows_without_end_is_asked_for_a_limit() -> None:
    text = "A chair earns 30, a table 50. Earn the most."
    assert asked(text, chairs()) == [
        "Nothing keeps the goal from growing without end: what limits it?"
    ]


def test_a_formulation_that_says_what_the_words_say_is_hardly_ever_doubted() -> None:
    """Of our own problems few have a number beside the point, or are ambiguous on purpose."""
    asked_about = [
        problem.id
        for problem in word_problems()
        if problem.level == "easy" and doubts(problem.question, problem.formulation)
    ]
    assert asked_about == ["easy-12", "easy-17"]
