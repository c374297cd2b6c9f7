"""What is asked before a problem is formulated: what is missing, and nothing else."""

import pytest

from solvitur.agents.chat.questions.missing import questions
from solvitur.eval import WordProblem, word_problems
from tests.agents.chat.questions.incomplete import INCOMPLETE


@pytest.mark.parametrize(("problem", "words"), INCOMPLETE)
def test_what_is_missing_is_asked_about_first(problem: str, words: str) -> None:
    found = questions(problem)
    assert found, "nothing is asked"
    assert any(each in found[0].text for each in words.split("|")), found[0].text
    assert found[0].assumption


@pytest.mark.parametrize("problem", word_problems(), ids=lambda problem: problem.id)
def test_a_problem_that_says_everything_is_asked_nothing(problem: WordProblem) -> None:
    assert questions(problem.question) == ()


def test_a_quote_begins_with_a_whole_word_and_nothing_is_asked_twice() -> None:
    found = questions(
        "Solar panels give 300 W and cost $180, batteries store 5 kWh and cost a certain sum of "
        "dollars. Maximize the power of 9 of them."
    )
    (text,) = [each.text for each in found]
    assert text.endswith('("batteries store 5 kWh and cost a certain sum of dollars")?')
