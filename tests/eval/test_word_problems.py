"""The word problems say what they need to, and every answer stands on two legs."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from solvitur.eval import WordProblem, word_problems
from solvitur.formulation import Formulation
from solvitur.solvers import solve
from tests.eval.oracles import ORACLES

PROBLEMS = word_problems()
each_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.id)


@each_problem
def test_an_independent_route_finds_the_stated_answer(problem: WordProblem) -> None:
    result = ORACLES[problem.id]()
    assert result.outcome == problem.answer.outcome
    assert result.objective == (
        None if problem.answer.objective is None else pytest.approx(problem.answer.objective, 1e-6)
    )
    assert result.readings == pytest.approx(
        tuple(reading.objective for reading in problem.answer.readings), 1e-6
    )


@each_problem
def test_the_reference_formulation_has_the_stated_answer(problem: WordProblem) -> None:
    solution = solve(problem.formulation)
    assert solution.outcome == problem.answer.outcome
    assert solution.problem_class == problem.problem_class
    if problem.answer.objective is None:
        assert solution.objective is None
    else:
        assert solution.objective == pytest.approx(problem.answer.objective, 1e-6)
        assert solution.verification is not None
        assert solution.verification.ok


@each_problem
def test_the_numbers_of_the_formulation_are_in_the_text(problem: WordProblem) -> None:
    stated = set(numbers_in(problem.question)) | {0, 1}
    for name, value in data_of(problem.formulation):
        ways = (value, -value, 100 * value, value / 60, value / 1000, 1 / value if value else 0)
        assert any(round(way, 9) in stated for way in ways), f"{name} has {value}"


@each_problem
def test_every_element_is_described(problem: WordProblem) -> None:
    formulation = problem.formulation
    assert formulation.title
    elements = (
        *formulation.sets,
        *formulation.parameters,
        *formulation.variables,
        formulation.objective,
        *formulation.constraints,
    )
    assert all(element.doc for element in elements)


@each_problem
def test_an_objective_is_stated_where_there_is_one(problem: WordProblem) -> None:
    assert (problem.answer.objective is not None) == (problem.answer.outcome == "solved")


def test_ids_name_the_level_and_are_unique() -> None:
    ids = [problem.id for problem in PROBLEMS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(rf"{p.level}-\d\d", p.id) for p in PROBLEMS)
    assert set(ids) == set(ORACLES)
    assert len({problem.question for problem in PROBLEMS}) == len(ids)


def test_each_level_has_twenty_problems_or_more() -> None:
    levels = Counter(problem.level for problem in PROBLEMS)
    assert min(levels["easy"], levels["indexed"], levels["hard"]) >= 20


def test_easy_problems_are_short() -> None:
    lengths = [len(p.question.split()) for p in PROBLEMS if p.level == "easy"]
    assert min(lengths) >= 60
    assert max(lengths) <= 120


def test_twenty_easy_problems_are_plain_and_solvable() -> None:
    plain = [
        p
        for p in PROBLEMS
        if p.level == "easy" and p.answer.outcome == "solved" and not p.answer.readings
    ]
    assert len(plain) >= 20


def test_some_problems_have_no_optimum() -> None:
    outcomes = Counter(problem.answer.outcome for problem in PROBLEMS)
    assert outcomes["infeasible"] >= 4
    assert outcomes["unbounded"] >= 1


def test_ambiguous_problems_give_every_reading_the_first_being_the_stated_one() -> None:
    ambiguous = [problem for problem in PROBLEMS if problem.answer.readings]
    assert len(ambiguous) >= 3
    assert ambiguous == [problem for problem in PROBLEMS if "ambiguous" in problem.tags]
    for problem in ambiguous:
        objectives = [reading.objective for reading in problem.answer.readings]
        assert objectives[0] == problem.answer.objective
        assert len(set(objectives)) == len(objectives) >= 2


# --- reading numbers, without solvitur's own reader ----------------------------------------------

WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fifteen": 15, "sixteen": 16,
    "forty": 40, "twice": 2, "third": 3, "half": 0.5, "quarter": 0.25, "one and a half": 1.5,
    "two hundred thousand": 200_000,
}  # fmt: skip


def numbers_in(text: str) -> Iterator[float]:
    for digits in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text):
        yield float(digits.replace(",", ""))
    flat = " ".join(text.lower().split())
    for word, value in WORDS.items():
        if re.search(rf"\b{word}\b", flat):
            yield value


def data_of(formulation: Formulation) -> Iterator[tuple[str, float]]:
    for parameter in formulation.parameters:
        if parameter.value is not None:
            yield parameter.name, parameter.value
        elif isinstance(parameter.values, list):
            yield from ((parameter.name, entry[1]) for entry in parameter.values)
        else:
            yield from ((parameter.name, leaf) for leaf in leaves(parameter.values))


def leaves(values: Any) -> Iterator[float]:
    if isinstance(values, dict):
        for below in values.values():
            yield from leaves(below)
    else:
        yield values
