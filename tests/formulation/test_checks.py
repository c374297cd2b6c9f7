from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvitur.eval import WordProblem, word_problems
from solvitur.formulation import Formulation
from solvitur.formulation.checks import MAX_ROWS, Code, Finding, Severity, check

PROBLEMS = word_problems()
each_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.id)


def formulation(**changes: Any) -> Formulation:
    """Two products, one resource; `changes` replace whole elements."""
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "table"]}],
            "parameters": [
                {"name": "profit", "index": ["P"], "values": {"chair": 30, "table": 50}},
                {"name": "wood", "index": ["P"], "values": {"chair": 3, "table": 7}},
                {"name": "stock", "value": 420},
            ],
            "variables": [{"name": "x", "index": ["P"], "domain": "integer"}],
            "objective": {"sense": "maximize", "expression": "sum(profit[p] * x[p] for p in P)"},
            "constraints": [
                {"name": "timber", "expression": "sum(wood[p] * x[p] for p in P) <= stock"}
            ],
            **changes,
        }
    )


TEXT = (
    "A chair earns $30 and a table $50. A chair takes 3 kg of wood, a table 7 kg. "
    "There are at most 420 kg of wood. Maximize the profit."
)


def scalar(expression: str, *rows: str, sense: str = "maximize", **variable: Any) -> Formulation:
    """Variables x and y, each row as it is written."""
    return Formulation.model_validate(
        {
            "variables": [{"name": "x", **variable}, {"name": "y"}],
            "objective": {"sense": sense, "expression": expression},
            "constraints": [
                {"name": f"row{number}", "expression": row} for number, row in enumerate(rows)
            ],
        }
    )


def found(code: Code, made: Formulation, text: str | None = None) -> list[Finding]:
    return [finding for finding in check(made, text) if finding.code is code]


def test_nothing_is_said_against_a_formulation_that_carries_its_text() -> None:
    assert check(formulation(), TEXT) == ()


def test_nothing_is_said_of_a_text_that_is_not_given() -> None:
    assert check(formulation(parameters=formulation().parameters)) == ()


# --- what cannot be solved -----------------------------------------------------------------------


def with_row(expression: str, forall: str = "") -> Formulation:
    return formulation(constraints=[{"name": "bad", "expression": expression, "forall": forall}])


INVALID: dict[str, tuple[Formulation, str, int | None, str]] = {
    "an undefined name in a row": (with_row('x["chair"] <= stok'), "constraint 'bad'", 15, "stok"),
    "an undefined name in the objective": (
        formulation(objective={"sense": "minimize", "expression": "2 * z"}),
        "objective",
        5,
        "z",
    ),
    "an undefined set": (with_row("x[q] <= 3", forall="q in Q"), "constraint 'bad'", 6, "Q"),
    "too many indices": (
        with_row("x[p, p] <= 3", forall="p in P"),
        "constraint 'bad'",
        1,
        "2 indices",
    ),
    "no index where there must be one": (with_row("x <= 3"), "constraint 'bad'", 1, "index"),
    "an index where there is none": (
        with_row('stock["chair"] <= x["chair"]'),
        "constraint 'bad'",
        1,
        "index",
    ),
    "an element that is not in the set": (
        with_row('x["stool"] <= 3'),
        "constraint 'bad'",
        1,
        "stool",
    ),
    "a strict relation": (with_row('x["chair"] < 3'), "constraint 'bad'", 1, "<="),
    "no relation": (with_row('x["chair"] + 3'), "constraint 'bad'", 1, "relation"),
    "a missing value": (
        formulation(
            parameters=[
                {"name": "profit", "index": ["P"], "values": {"chair": 30}},
                *formulation().model_dump()["parameters"][1:],
            ]
        ),
        "parameter 'profit'",
        None,
        "table",
    ),
    "a parameter of an undefined set": (
        formulation(
            parameters=[
                {"name": "cost", "index": ["Q"], "values": {"a": 30}},
                *formulation().model_dump()["parameters"],
            ]
        ),
        "parameter 'cost'",
        None,
        "Q",
    ),
    "a bound of an undefined name": (
        formulation(variables=[{"name": "x", "index": ["P"], "upper": "top"}]),
        "variable 'x'",
        1,
        "top",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_error_names_the_element_the_column_and_the_cause(name: str) -> None:
    made, element, column, word = INVALID[name]
    finding, *_ = check(made, TEXT)
    assert (finding.code, finding.severity) == (Code.invalid, Severity.error)
    assert (finding.element, finding.column) == (element, column)
    assert word in finding.message


def test_every_fault_of_a_stage_is_found_at_once() -> None:
    made = formulation(
        objective={"sense": "minimize", "expression": "2 * z"},
        constraints=[
            {"name": "a", "expression": "w <= 3"},
            {"name": "b", "expression": "x[1, 2] <= 3"},
        ],
    )
    assert [finding.element for finding in check(made)] == [
        "objective",
        "constraint 'a'",
        "constraint 'b'",
    ]


def test_a_finding_in_one_line_says_the_place_and_the_cause() -> None:
    (finding,) = check(with_row('x["chair"] <= stok'))
    assert str(finding).startswith("constraint 'bad': ")
    assert str(finding).endswith(" at column 15")


def test_an_invalid_formulation_is_not_compared_with_the_text() -> None:
    assert {finding.code for finding in check(with_row("x <= 3"), TEXT)} == {Code.invalid}


# --- declared and used nowhere -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "spare"),
    [
        ("sets", {"name": "spare", "elements": ["a"]}),
        ("parameters", {"name": "spare", "value": 3}),
        ("variables", {"name": "spare"}),
    ],
)
def test_what_is_used_nowhere_is_named(kind: str, spare: dict[str, Any]) -> None:
    made = formulation(**{kind: [*formulation().model_dump()[kind], spare]})
    (finding,) = check(made)
    assert (finding.code, finding.severity) == (Code.unused, Severity.warning)
    assert finding.element == f"{kind.removesuffix('s')} 'spare'"


@pytest.mark.parametrize(
    "changes",
    [
        {"variables": [{"name": "x", "index": ["P"], "upper": "stock"}]},
        {"variables": [{"name": "x", "index": ["P"], "lower": "-stock", "over": "p in P"}]},
        {
            "constraints": [
                {"name": "c", "forall": "p in P if stock > 9", "expression": "x[p] <= 9"}
            ]
        },
    ],
    ids=["in a bound", "in an indexed bound", "in a condition"],
)
def test_a_parameter_used_outside_of_relations_is_used(changes: dict[str, Any]) -> None:
    made = formulation(**{"constraints": [], **changes})
    assert "parameter 'stock'" not in {finding.element for finding in found(Code.unused, made)}


def test_a_set_that_only_indexes_something_is_used() -> None:
    made = formulation(
        objective={"sense": "minimize", "expression": 'x["chair"]'},
        constraints=[{"name": "c", "expression": 'x["chair"] >= stock'}],
    )
    assert "set 'P'" not in {finding.element for finding in check(made)}


# --- the objective -------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", ["stock", "3", "sum(profit[p] for p in P)"])
def test_an_objective_without_a_variable_is_a_warning(expression: str) -> None:
    made = formulation(objective={"sense": "minimize", "expression": expression})
    (finding,) = found(Code.constant_objective, made)
    assert (finding.severity, finding.element) == (Severity.warning, "objective")


def test_an_objective_with_one_variable_is_not_constant() -> None:
    made = formulation(objective={"sense": "minimize", "expression": '5 - x["chair"]'})
    assert found(Code.constant_objective, made) == []


@pytest.mark.parametrize(
    ("sense", "text", "is_found"),
    [
        ("maximize", "Minimize the cost.", True),
        ("minimize", "How is the profit maximised?", True),
        ("maximize", "Maximize the profit.", False),
        ("minimize", "Minimising cost matters.", False),
        ("minimize", "Maximize the smallest, minimize the largest.", False),
        ("minimize", "What earns the most?", False),
    ],
)
def test_an_objective_that_goes_the_other_way_is_found(
    sense: str, text: str, is_found: bool
) -> None:
    made = formulation(objective={"sense": sense, "expression": 'x["chair"]'})
    findings = found(Code.sense, made, text)
    assert bool(findings) is is_found
    assert all(finding.element == "objective" for finding in findings)


# --- without limit -------------------------------------------------------------------------------


def unlimited(made: Formulation) -> list[str | None]:
    findings = found(Code.unlimited, made)
    assert all(finding.severity is Severity.error for finding in findings)
    return [finding.element for finding in findings]


@pytest.mark.parametrize(
    ("sense", "expression"),
    [
        ("maximize", "x"),
        ("maximize", "3 * x - y"),
        ("maximize", "(x + y) / 2 - y"),
        ("minimize", "-x"),
        ("minimize", "y - 2 * (x - 4)"),
        ("minimize", "5 - x / 3"),
        ("maximize", "x ** 1 + y - y + x"),
    ],
)
def test_a_variable_in_no_row_that_gains_without_end_is_an_error(
    sense: str, expression: str
) -> None:
    assert unlimited(scalar(expression, "y <= 5", sense=sense)) == ["variable 'x'"]


@pytest.mark.parametrize(
    ("sense", "expression", "variable"),
    [
        ("minimize", "x", {}),
        ("maximize", "-x", {}),
        ("maximize", "x", {"upper": 9}),
        ("maximize", "x", {"domain": "binary"}),
        ("maximize", "x - x", {}),
        ("maximize", "0 * x", {}),
        ("maximize", "y", {}),
        ("minimize", "x", {"lower": -7}),
    ],
)
def test_a_variable_that_gains_nothing_or_has_a_bound_needs_no_row(
    sense: str, expression: str, variable: dict[str, Any]
) -> None:
    assert unlimited(scalar(expression, "y <= 5", sense=sense, **variable)) == []


@pytest.mark.parametrize("sense", ["minimize", "maximize"])
def test_a_free_variable_gains_in_either_direction(sense: str) -> None:
    made = scalar("2 * x + y", "y <= 5", "y >= 0", sense=sense, lower=None)
    assert unlimited(made) == ["variable 'x'"]


def test_a_variable_in_any_row_is_not_judged() -> None:
    assert unlimited(scalar("x + y", "x - y <= 5")) == []


@pytest.mark.parametrize(
    "expression", ["x * x", "x ** 2 + y", "x * y", "exp(x)", "max(x, y)", "1 / (1 + x)"]
)
def test_an_objective_that_is_not_linear_is_not_judged(expression: str) -> None:
    assert unlimited(scalar(expression, "y <= 5")) == []


def test_each_entry_is_judged_alone() -> None:
    made = formulation(
        constraints=[{"name": "c", "expression": 'wood["chair"] * x["chair"] <= stock'}]
    )
    (finding,) = found(Code.unlimited, made)
    assert finding.element == "variable 'x'"
    assert "x[table]" in finding.message


def test_an_entry_with_its_own_bound_is_limited() -> None:
    upper = [{"name": "x", "index": ["P"], "upper": "wood[p]", "over": "p in P"}]
    assert unlimited(formulation(variables=upper, constraints=[])) == []


def test_entries_that_the_objective_leaves_out_are_not_judged() -> None:
    objective = {"sense": "maximize", "expression": 'sum(x[p] for p in P if p != "table")'}
    made = formulation(objective=objective, constraints=[])
    assert ["x[chair]" in finding.message for finding in found(Code.unlimited, made)] == [True]


@pytest.mark.parametrize("expression", ["x / 0", "1e300 * 1e300 * x", "x ** 0 * y", "x / (1 - 1)"])
def test_an_objective_without_a_value_is_not_judged(expression: str) -> None:
    assert Code.unlimited not in {finding.code for finding in check(scalar(expression, "y <= 5"))}


def test_a_large_variable_that_nothing_limits_is_judged_entry_by_entry() -> None:
    made = Formulation.model_validate(
        {
            "sets": [{"name": "T", "range": [1, 3000]}],
            "variables": [{"name": "x", "index": ["T"]}],
            "objective": {"sense": "maximize", "expression": "sum(t * x[t] for t in T)"},
        }
    )
    assert len(found(Code.unlimited, made)) == 3000


# --- the numbers of the text ---------------------------------------------------------------------


def with_numbers(*numbers: float, text: str) -> tuple[list[str], list[str]]:
    """Give the forgotten and the invented numbers of a formulation with these in its rows."""
    made = Formulation.model_validate(
        {
            "parameters": [
                {"name": f"n{place}", "value": number} for place, number in enumerate(numbers)
            ],
            "variables": [{"name": "x"}],
            "objective": {"sense": "maximize", "expression": "x"},
            "constraints": [
                {"name": f"c{place}", "expression": f"x <= n{place}"}
                for place in range(len(numbers))
            ],
        }
    )
    return (
        [finding.message.split()[2] for finding in found(Code.forgotten_number, made, text)],
        [finding.message.split()[2] for finding in found(Code.invented_number, made, text)],
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Pack a dozen eggs.", 12),
        ("Pack two dozen eggs.", 24),
        ("Make twice as many chairs.", 2),
        ("Keep 20 % of the money.", 0.2),
        ("Keep 20% of the money.", 20),
        ("Spend 1,500 euros.", 1500),
        ("Spend $2.5k here.", 2500),
        ("Half of them are red.", 0.5),
        ("A third of them is red.", 1 / 3),
        ("Thirty-five boxes go.", 35),
    ],
)
def test_a_number_may_be_written_in_many_ways(text: str, number: float) -> None:
    numbers = (number, 100) if number == 20 else (number,)
    assert with_numbers(*numbers, text=text) == ([], [])


def test_a_number_of_the_text_that_is_used_nowhere_is_forgotten() -> None:
    assert with_numbers(40, text="There are 40 hours and 55 kg.") == (["55"], [])


def test_a_forgotten_number_is_shown_in_its_sentence() -> None:
    made = scalar("x", "x <= 3", "y <= 1")
    (finding,) = found(Code.forgotten_number, made, "Take 3. The shop has 44 cups. Good.")
    assert (finding.severity, finding.element) == (Severity.warning, None)
    assert '"The shop has 44 cups."' in finding.message


def test_a_number_that_is_forgotten_wherever_it_is_stated_is_said_once() -> None:
    text = "There are 40 hours. Of 55 kg take 55, but not 56, and 55 again."
    assert with_numbers(40, text=text) == (["55", "56"], [])


def test_a_number_that_is_not_in_the_text_is_invented() -> None:
    assert with_numbers(40, 17, text="There are 40 hours.") == ([], ["17"])


def test_a_number_in_a_parameter_that_is_not_used_carries_nothing() -> None:
    made = formulation(constraints=[], variables=[{"name": "x", "index": ["P"], "upper": 9}])
    assert "420" in str(found(Code.forgotten_number, made, TEXT))


@pytest.mark.parametrize(
    "changes",
    [
        {"constraints": [{"name": "c", "expression": 'x["chair"] + 0 * stock <= 77'}]},
        {"variables": [{"name": "x", "index": ["P"], "upper": 77}]},
        {"variables": [{"name": "x", "index": ["P"], "upper": "7 * 11 + 77"}]},
        {"objective": {"sense": "maximize", "expression": 'x["chair"] - 77'}},
    ],
    ids=["in a row", "in a bound", "in a bound's expression", "in the objective"],
)
def test_a_number_is_carried_wherever_it_stands(changes: dict[str, Any]) -> None:
    made = formulation(**changes)
    messages = [finding.message for finding in found(Code.forgotten_number, made, "Make 77 of it.")]
    assert messages == []
    assert "77" in str(found(Code.invented_number, made, "Make some of it."))


@pytest.mark.parametrize(
    ("sets", "text"),
    [
        ([{"name": "T", "range": [3, 14]}], "The weeks 3 to 14 are planned."),
        ([{"name": "T", "range": [1, 12]}], "Twelve weeks are planned."),
        ([{"name": "T", "elements": [3, 14]}], "Shifts start at 3 or 14 hours."),
        ([{"name": "T", "elements": ["5.0 m", "2.5 m"]}], "Bars are 5.0 m or 2.5 m long."),
    ],
    ids=["ends of a range", "length of a range", "listed integers", "numbers in names"],
)
def test_data_in_a_set_is_carried(sets: list[dict[str, Any]], text: str) -> None:
    made = Formulation.model_validate(
        {
            "sets": sets,
            "variables": [{"name": "x", "index": ["T"], "upper": 1}],
            "objective": {"sense": "maximize", "expression": "sum(x[t] for t in T)"},
        }
    )
    assert check(made, text) == ()


@pytest.mark.parametrize(
    "expression",
    ["(x[3] - 1) ** 2", "x[4] + x[5]", "sum(x[t] for t in T if t > 3)", "x[last(T) - 3]"],
    ids=["a power", "an index", "a condition", "a step back"],
)
def test_a_number_that_is_no_amount_is_not_invented(expression: str) -> None:
    made = Formulation.model_validate(
        {
            "sets": [{"name": "T", "range": [0, 6]}],
            "variables": [{"name": "x", "index": ["T"], "upper": 1}],
            "objective": {"sense": "minimize", "expression": expression},
        }
    )
    assert check(made, "Every day counts.") == ()


def test_a_step_back_carries_the_number_of_its_text() -> None:
    made = Formulation.model_validate(
        {
            "sets": [{"name": "T", "range": [0, 6]}],
            "variables": [{"name": "x", "index": ["T"], "upper": 1}],
            "objective": {"sense": "minimize", "expression": "sum(x[t] for t in T)"},
            "constraints": [
                {"name": "c", "forall": "t in T if t >= 3", "expression": "x[t] >= x[t - 3]"}
            ],
        }
    )
    assert check(made, "What is sold comes back after 3 days.") == ()


# --- turned round --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "text", "is_found"),
    [
        ("x >= 40", "Make at most 40 chairs.", True),
        ("x <= 40", "Make at most 40 chairs.", False),
        ("x == 40", "Make at most 40 chairs.", False),
        ("40 >= x", "Make at most 40 chairs.", False),
        ("40 <= x", "Make at most 40 chairs.", True),
        ("2 * x + y <= 40", "It needs at least 40 points.", True),
        ("2 * x + y >= 40", "It needs at least 40 points.", False),
        ("3 <= x <= 40", "Make at least 40 chairs.", True),
        ("x - 40 >= 0", "Make at most 40 chairs.", False),  # read as it stands: 0 is the limit
        ("x >= 40", "She will not make more than 40 chairs.", True),
        ("x <= 40", "She will not make more than 40 chairs.", False),
        ("x <= 0.4", "At least 40% of it is wool.", True),
        ("x >= 40", "A chair takes 40 minutes.", False),
        ("x >= 40", "At most 40 chairs and at least 40 tables.", False),
    ],
)
def test_a_relation_that_the_text_says_the_other_way_round_is_found(
    row: str, text: str, is_found: bool
) -> None:
    findings = found(Code.reversed, scalar("x + y", row, "x + y <= 9"), text)
    assert bool(findings) is is_found
    assert all(finding.element == "constraint 'row0'" for finding in findings)
    assert all(finding.severity is Severity.warning for finding in findings)


def test_a_number_that_one_of_two_rows_holds_rightly_is_not_reversed() -> None:
    made = scalar("x + y", "x <= 40", "y >= 40")
    assert found(Code.reversed, made, "Make at most 40 chairs.") == []


def test_an_indexed_row_is_compared_entry_by_entry() -> None:
    made = formulation(
        constraints=[{"name": "c", "forall": "p in P", "expression": "x[p] >= wood[p]"}]
    )
    text = "At least 3 chairs and at most 7 tables."
    assert ["7" in finding.message for finding in found(Code.reversed, made, text)] == [True]


# --- any text, any length ------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_compared_with(text: str) -> None:
    for finding in check(formulation(), text):
        assert finding.severity is Severity.warning
        assert str(finding)


@pytest.mark.parametrize("piece", ["at most 7. ", "- 4\n", "1 2 3 ", "7, ", "420 or "], ids=repr)
def test_a_long_text_of_numbers_is_compared(piece: str) -> None:
    text = (piece * 2_000)[:6_000]
    assert all(len(str(finding)) < 300 for finding in check(formulation(), text))


# --- false alarms --------------------------------------------------------------------------------


@each_problem
def test_a_reference_formulation_has_no_error(problem: WordProblem) -> None:
    errors = [f for f in check(problem.formulation, problem.question) if f.severity == "error"]
    assert errors == []


def alarms() -> Counter[Code]:
    """Count the reference formulations that each code speaks against."""
    counted: Counter[Code] = Counter()
    for problem in PROBLEMS:
        counted.update({finding.code for finding in check(problem.formulation, problem.question)})
    return counted


def test_false_alarms_are_rare() -> None:
    """Every warning about a reference is one, but for numbers that truly play no part.

    The rest of `forgotten_number` are counts ("two blocks in a row"), lengths that only name a
    column, and clock times; of `reversed`, "there are 640 parcels" to be moved; of
    `invented_number`, a formulation in dozens.
    """
    counted = alarms()
    assert counted[Code.forgotten_number] <= 12
    assert counted[Code.reversed] <= 1
    assert counted[Code.invented_number] <= 1
    assert counted[Code.unused] <= 1
    assert counted[Code.sense] == counted[Code.constant_objective] == 0


def turned_round(problem: WordProblem) -> list[Formulation]:
    """Give the reference with one relation turned round at a time."""
    made = problem.formulation
    return [
        made.model_copy(
            update={
                "constraints": (
                    *made.constraints[:place],
                    row.model_copy(update={"expression": _turned(row.expression)}),
                    *made.constraints[place + 1 :],
                )
            }
        )
        for place, row in enumerate(made.constraints)
        if "<=" in row.expression or ">=" in row.expression
    ]


def _turned(expression: str) -> str:
    return expression.replace("<=", "\0").replace(">=", "<=").replace("\0", ">=")


def test_a_relation_turned_round_in_an_easy_problem_is_often_noticed() -> None:
    """The other side of false alarms: what the checks are for."""
    noticed = [
        len(check(made, problem.question)) > len(check(problem.formulation, problem.question))
        for problem in PROBLEMS
        if problem.level == "easy"
        for made in turned_round(problem)
    ]
    assert sum(noticed) >= 0.4 * len(noticed)


# --- derived sets and parameters, implications ---------------------------------------------------

DERIVED = Formulation.model_validate(
    {
        "sets": [
            {"name": "T", "range": [1, 3]},
            {"name": "LATE", "expression": "t for t in T if t > begin", "within": "ALL"},
            {"name": "ALL", "range": [1, 9]},
        ],
        "parameters": [
            {"name": "begin", "value": 1},
            {"name": "wage", "value": 11},
            {"name": "cost", "index": ["T"], "over": "t in T", "expression": "13 * wage * t"},
            {"name": "threshold", "value": 2},
        ],
        "variables": [{"name": "x", "index": ["T"], "upper": 7}],
        "objective": {"sense": "maximize", "expression": "sum(cost[t] * x[t] for t in LATE)"},
        "constraints": [
            {
                "name": "rule",
                "forall": "t in T",
                "expression": "implies(cost[t] > threshold, x[t] <= 5)",
            }
        ],
    }
)


def test_what_only_derived_elements_and_conditions_use_is_used() -> None:
    assert check(DERIVED) == ()


def test_the_numbers_that_are_derived_are_not_invented_and_those_they_come_from_not_forgotten() -> (
    None
):
    text = (
        "A wage of 11 for 13 shifts, at most 7 of them, or 5. It begins on day 1; 2 is the limit."
    )
    assert check(DERIVED, text) == ()


def test_a_number_that_a_derived_element_makes_up_is_invented() -> None:
    text = (
        "A wage of 11 for the shifts, at most 7 of them, or 5. It begins on day 1; 2 is the limit."
    )
    assert [found.message for found in check(DERIVED, text)] == ["the number 13 is not in the text"]


def test_of_very_many_elements_the_numbers_of_the_first_are_read() -> None:
    """Not of any: which ones would be another matter in every run."""
    many = [f"week {number}" for number in range(1001, 1001 + 2 * MAX_ROWS)]
    products = {"name": "P", "elements": ["chair", "table"]}
    chairs = formulation(sets=[products, {"name": "W", "elements": many}])
    weeks = ", ".join(many[: MAX_ROWS : MAX_ROWS // 40])
    found = check(chairs, f"{TEXT} Weeks of another order: {weeks}.")
    assert [one.code for one in found] == [Code.unused]
