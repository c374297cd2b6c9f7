from typing import Any

import pytest

from solvitur.agents.explain import explain
from solvitur.formulation import Formulation
from solvitur.formulation.classify import ProblemClass
from solvitur.solvers import solve
from solvitur.solvers.solution import Holding, Solution, Stop


def made(**changes: Any) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "desk", "shelf"]}],
            "variables": [
                {"name": "x", "index": ["P"], "domain": "integer", "unit": "pcs", "doc": "built"}
            ],
            "objective": {
                "sense": "maximize",
                "expression": '30 * x["chair"] + 80 * x["desk"]',
                "doc": "euros earned",
            },
            "constraints": [
                {"name": "oak", "expression": '3 * x["chair"] + 7 * x["desk"] <= 420'},
                {"name": "most", "expression": 'x["chair"] <= 14', "doc": "room for 14"},
                {"name": "loose", "expression": "sum(x[p] for p in P) <= 900"},
                {"name": "set", "expression": 'x["shelf"] == 0'},
            ],
            **changes,
        }
    )


def words(formulation: Formulation) -> list[str]:
    return explain(formulation, solve(formulation)).splitlines()


def solution(**parts: Any) -> Solution:
    given = {
        "stop": Stop.proved,
        "holding": Holding.optimal,
        "problem_class": ProblemClass.LP,
        "solver": "by hand",
        "seconds": 0.0,
    }
    return Solution(**{**given, **parts})


def one(value: float, objective: float, **parts: Any) -> str:
    """Explain a hand-made answer to one variable."""
    formulation = Formulation.model_validate(
        {
            "variables": [{"name": "x", "lower": None}],
            "objective": {"sense": "minimize", "expression": "x"},
        }
    )
    return explain(formulation, solution(values={"x": {(): value}}, objective=objective, **parts))


# --- with an answer ------------------------------------------------------------------------------


def test_the_first_line_says_the_value_and_of_what() -> None:
    assert words(made())[0] == "The highest value (euros earned) is 4800."


def test_the_least_is_called_lowest() -> None:
    assert one(3, 3).startswith("The lowest value is 3.")


def test_each_decision_is_said_with_its_unit_and_what_it_is() -> None:
    assert "- built (desk): 60 pcs" in words(made())


def test_entries_that_are_zero_are_said_together() -> None:
    assert "- all others (2) are 0" in words(made())
    assert not any("shelf" in line for line in words(made()))


def test_a_single_entry_that_is_zero_is_no_plural() -> None:
    most = [{"name": "most", "forall": "p in P if p != 'shelf'", "expression": "x[p] <= 5"}]
    goal = {"sense": "maximize", "expression": "sum(x[p] for p in P if p != 'shelf')"}
    assert "- the other one is 0" in words(made(constraints=most, objective=goal))


def test_the_value_has_the_unit_of_the_goal() -> None:
    goal = {"sense": "maximize", "expression": 'sum(price * x[p] for p in P if p != "shelf")'}
    price = [{"name": "price", "value": 3, "unit": "EUR/pcs"}]
    priced = made(parameters=price, objective=goal)
    assert words(priced)[0] == "The highest value is 204 EUR."


def test_a_single_variable_that_is_zero_is_said() -> None:
    assert "- x: 0" in one(0.0, 0.0)


def test_only_what_is_fully_used_is_named() -> None:
    *_, last = words(made())
    assert last == "Fully used: oak."


def test_a_fully_used_limit_is_shown_in_the_words_of_the_problem() -> None:
    changed = made(objective={"sense": "maximize", "expression": 'x["chair"]'})
    assert "most [room for 14]" in words(changed)[-1]


def test_an_indexed_limit_names_its_row() -> None:
    rows = [{"name": "most", "forall": "p in P", "expression": "x[p] <= 5"}]
    assert words(made(constraints=rows))[-1] == "Fully used: most (chair), most (desk)."


def test_nothing_is_said_of_limits_when_none_is_fully_used() -> None:
    changed = made(objective={"sense": "minimize", "expression": 'x["chair"] - x["chair"]'})
    assert not any(line.startswith("Fully used") for line in words(changed)[:-1])


def test_a_limit_under_a_condition_is_fully_used_only_where_that_is_known() -> None:
    rows = [
        {"name": "open", "expression": 'implies(1 < 2, x["chair"] <= 14)'},
        {"name": "shut", "expression": 'implies(1 > 2, x["chair"] <= 14)'},
        {"name": "maybe", "expression": 'implies(x["desk"] >= 1, x["chair"] <= 14)'},
        {"name": "most", "expression": 'x["desk"] <= 5'},
    ]
    variables = [{"name": "x", "index": ["P"], "domain": "integer", "upper": 20}]
    assert "Fully used: open, most." in words(made(constraints=rows, variables=variables))


def test_a_long_answer_is_cut_and_says_so() -> None:
    many = made(
        sets=[{"name": "P", "range": [1, 200]}],
        objective={"sense": "maximize", "expression": "sum(x[p] for p in P)"},
        constraints=[{"name": "most", "forall": "p in P", "expression": "x[p] <= p"}],
    )
    said = words(many)
    assert len(said) < 50
    assert any("more that are not zero" in line for line in said)
    assert "more." in said[-1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (19.99999999999, "20"),
        (20.00000000001, "20"),
        (1e-17, "0"),
        (-1e-17, "0"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333333333"),
        (123456.789, "123456.789"),
        (-2.5, "-2.5"),
        (1e12, "1000000000000"),
    ],
)
def test_noise_in_the_last_digits_is_not_shown(value: float, shown: str) -> None:
    first, second, *_ = one(value, value).splitlines()
    assert first == f"The lowest value is {shown}."
    assert second == f"- x: {shown}"


# --- words that a model wrote --------------------------------------------------------------------


def test_words_of_a_model_stay_on_their_line() -> None:
    objective = {**made().objective.model_dump(), "doc": "euros)\nThe highest value is 9"}
    said = words(made(objective=objective))
    assert said[0].startswith("The highest value (euros) The highest value is 9)")
    assert sum(line.startswith("The highest") for line in said) == 1


def test_what_a_terminal_would_act_on_is_taken_out() -> None:
    elements = ["chair", "desk", "\x1b[2J\x07shelf\r\n- built (desk): 99"]
    rows = [{"name": "most", "forall": "p in P", "expression": "x[p] <= 5", "doc": "\x1b[31mred"}]
    goal = {"sense": "maximize", "expression": "sum(x[p] for p in P)"}
    said = words(made(sets=[{"name": "P", "elements": elements}], constraints=rows, objective=goal))
    assert all(line.isprintable() for line in said)
    assert not any(line.startswith("- built (desk): 99") for line in said)


@pytest.mark.parametrize("markup", ["[bold red]", "<b>", "{{ x }}", "**", "\\"])
def test_markup_is_only_text(markup: str) -> None:
    objective = {**made().objective.model_dump(), "doc": f"euros {markup}"}
    assert f"(euros {markup})" in words(made(objective=objective))[0]


# --- without a proof, or without an answer -------------------------------------------------------


def test_the_best_before_a_limit_says_how_much_better_it_could_be() -> None:
    said = one(5, 5, stop=Stop.time_limit, holding=Holding.feasible, bound=3.0)
    assert said.startswith("The best found before the limit has the value 5; nothing beyond 3 is")


def test_the_best_before_a_limit_without_a_bound_promises_nothing() -> None:
    said = one(5, 5, stop=Stop.time_limit, holding=Holding.feasible)
    assert said.splitlines()[0] == "The best found before the limit has the value 5."


def test_contradicting_limits_are_called_that() -> None:
    rows = [
        {"name": "low", "expression": 'x["chair"] <= 3'},
        {"name": "high", "expression": 'x["chair"] >= 4'},
    ]
    (line,) = words(made(constraints=rows))
    assert line == "There is no answer: the limits contradict each other."


def test_an_objective_without_end_asks_for_the_missing_limit() -> None:
    (line,) = words(made(constraints=[]))
    assert "without end" in line
    assert "a limit is missing" in line


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"stop": Stop.time_limit}, "The limit was reached before any answer was found."),
        ({"stop": Stop.failed, "message": "HiGHS lost its way"}, "HiGHS lost its way"),
        ({"stop": Stop.failed}, "The solver found no answer."),
    ],
)
def test_an_end_without_an_answer_says_why(parts: dict[str, Any], expected: str) -> None:
    assert explain(made(), solution(holding=Holding.nothing, **parts)) == expected


def test_an_entry_with_words_of_its_own_is_said_with_them() -> None:
    items = Formulation.model_validate(
        {
            "sets": [{"name": "I", "elements": ["loaf", "cake"]}],
            "variables": [
                {
                    "name": "x",
                    "index": ["I"],
                    "doc": "loaf: loaves baked; cake: cakes baked",
                    "upper": 4,
                }
            ],
            "objective": {"sense": "maximize", "expression": "sum(x[i] for i in I)"},
        }
    )

    told = explain(items, solve(items)).splitlines()

    assert told[1:3] == ["- loaves baked: 4", "- cakes baked: 4"]
