"""The five elements in plain sentences."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.errors import FormulationError, InvalidFormulation
from solvitur.eval import WordProblem, word_problems
from solvitur.formulation import Formulation
from solvitur.formulation.elements import Domain
from solvitur.formulation.expression import Arithmetic, Item, Node, Number, parse
from solvitur.formulation.in_words import constraint_in_words, in_words
from solvitur.formulation.instance import Instance
from solvitur.formulation.printing import show_number
from solvitur.formulation.wording.tables import MOST_NUMBERS

FOLDER = Path(__file__).parents[1] / "formulations"
FILES = {path.stem: path for path in sorted(FOLDER.rglob("*.json")) if "data" not in path.parts}


def said(name: str) -> str:
    return in_words(Formulation.from_file(FILES[name]), FOLDER / "data")


def part(name: str, heading: str) -> list[str]:
    """Give the lines of one part, without its heading."""
    (found,) = [each for each in said(name).split("\n\n") if each.startswith(heading)]
    return found.splitlines()[1:]


def limit(name: str, constraint: str) -> str:
    return constraint_in_words(Formulation.from_file(FILES[name]), constraint, FOLDER / "data")


def missing(formulation: Formulation) -> list[str]:
    """Name the numbers of a formulation that its words do not have."""
    words = in_words(formulation, FOLDER / "data")
    figures = set(re.findall(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", words))
    return [figure for figure in map(show_number, numbers(formulation)) if figure not in figures]


def numbers(formulation: Formulation) -> Iterator[float]:
    """Give every number that a person could check, without its sign."""
    instance = Instance(formulation, FOLDER / "data")
    for parameter in formulation.parameters:
        entries = instance.parameters[parameter.name]
        if parameter.expression is None and len(entries) <= MOST_NUMBERS:
            yield from (abs(value) for value in entries.values() if value)
    sides = [side for rule in instance.rules for side in rule.relation.operands]
    for node in (instance.objective, *sides):
        yield from literals(node)
    for variable in formulation.variables:
        for bound in (variable.lower, variable.upper):
            if isinstance(bound, str):
                yield from literals(parse(bound))
            elif bound and variable.domain is not Domain.binary:
                yield abs(bound)


def literals(node: Node) -> Iterator[float]:
    """Give the numbers in an expression that are no index; 0, 1 and squares are said as words."""
    if isinstance(node, Arithmetic) and node.operator == "**" and node.right == Number(2.0):
        yield from literals(node.left)
    elif isinstance(node, Number) and node.value not in (0, 1):
        yield node.value
    elif not isinstance(node, Item):
        for child in node.children():
            yield from literals(child)


@pytest.mark.parametrize("name", FILES)
def test_every_number_of_a_formulation_is_said(name: str) -> None:
    assert missing(Formulation.from_file(FILES[name])) == []


@pytest.mark.parametrize("problem", word_problems(), ids=lambda problem: problem.id)
def test_every_number_of_a_word_problem_is_said(problem: WordProblem) -> None:
    assert missing(problem.formulation) == []


def test_a_small_model_is_said_with_its_numbers() -> None:
    problem = next(each for each in word_problems() if each.id == "easy-01")
    assert in_words(problem.formulation) == (
        "Saturday's bake\n"
        "\n"
        "You decide:\n"
        "- loaves baked (rye, focaccia): whole numbers in loaf, 0 or more\n"
        "\n"
        "The goal is to make this as large as possible (total profit):\n"
        "- 2.4 USD for each loaf baked (rye) + 3.1 USD for each loaf baked (focaccia)\n"
        "\n"
        "Limits:\n"
        "- flour_limit: 500 g for each loaf baked (rye) + 300 g for each loaf baked (focaccia) "
        "is at most 60000 g [flour used is in the store]\n"
        "- oven_limit: 4 min for each loaf baked (rye) + 6 min for each loaf baked (focaccia) "
        "is at most 720 min [the oven is free long enough]\n"
        "- orders: loaves baked (rye) is at least 40 loaf [the ordered rye loaves are made]"
    )


def test_a_model_over_time_is_said_once_with_an_example() -> None:
    assert said("milp_lot_sizing") == (
        "When to set up and how much to make\n"
        "\n"
        "You decide:\n"
        "- tonnes made (for each week): any amounts in t, 0 or more\n"
        "- stock at the week's end (for each week): any amounts in t, 0 or more\n"
        "- set up (for each week): yes or no\n"
        "\n"
        "The goal is to make this as small as possible (total cost):\n"
        "- the total over all weeks of (cost of a set-up if set up + cost of a tonne times tonnes "
        "made + 1.5 USD/t times stock at the week's end)\n"
        "\n"
        "Limits:\n"
        "- start: tonnes made (week 1) is the same as 20 t + stock at the week's end (week 1) "
        "[nothing in stock at the start]\n"
        "- balance: for each week except week 1: stock at the week's end (the week before) + "
        "tonnes made is the same as tonnes sold + stock at the week's end [stock carries over]\n"
        "  - for example week 2: stock at the week's end (week 1) + tonnes made (week 2) is the "
        "same as 35 t + stock at the week's end (week 2)\n"
        "- only_set_up: for each week: tonnes made is at most the total over all weeks u where "
        "week u is at least the week of tonnes sold (week u) if set up, otherwise 0 [no production "
        "without set-up; at most what is still to be sold]\n"
        "  - for example week 1: tonnes made (week 1) is at most (20 t + 35 t + 10 t + 60 t + 5 t "
        "+ 40 t + 25 t + 30 t) if set up (week 1), otherwise 0\n"
        "\n"
        "Known:\n"
        "- 8 weeks: 1 to 8\n"
        "- tonnes sold: 1: 20, 2: 35, 3: 10, 4: 60, 5: 5, 6: 40, 7: 25, 8: 30 (in t)\n"
        "- cost of a set-up: 1: 90, 2: 70, 3: 110, 4: 80, 5: 95, 6: 60, 7: 100, 8: 75 (in USD)\n"
        "- cost of a tonne: 1: 3, 2: 3, 3: 4, 4: 3, 5: 4, 6: 3, 7: 3, 8: 5 (in USD/t)"
    )


@pytest.mark.parametrize(
    ("name", "constraint", "words"),
    [
        (
            "lp_comparison_chains",
            "rising",
            "hours run (m4) is at least 1, and hours run (m4) is at most 2 for each hour run (m1) "
            "+ 3, and 2 for each hour run (m1) + 3 is at most 25",
        ),
        (
            "lp_comparison_chains",
            "equal",
            "hours run (m1), hours run (m2) and hours run (m3) are all the same",
        ),
        (
            "logical_warehouses",
            "rivals",
            "if open (a) and open (b), then open (c) is no",
        ),
        (
            "logical_heavy_load",
            "week",
            "if loaded (day 1) + loaded (day 2) is more than 80, then loaded (day 3) is at most 35",
        ),
        (
            "logical_sum_condition",
            "guided",
            'if the number of yes for "one goes" is at least 2, then the number of yes for "hired" '
            "is at least 1",
        ),
        (
            "piecewise_income_tax",
            "each",
            "his part is at least 20",
        ),
        (
            "piecewise_tank_gauge",
            "push",
            "what comes of the height is at most what height of the water gives on the straight "
            "lines through the points (0 gives 0; 2 gives 50; 3 gives 55; 6 gives 145)",
        ),
        (
            "extreme_far_apart",
            "near",
            "the difference (without its sign) between where a works lies (work 1) and where a "
            "works lies (work 3) is at most 6",
        ),
        (
            "milp_knapsack_multidimensional",
            "needs",
            "the project is done (project 7) only if the project is done (project 2)",
        ),
        (
            "infeasible_two_discs",
            "second",
            "(east - 4) squared + north squared is at most 4",
        ),
        (
            "milp_facility_location_uncapacitated",
            "only_open",
            "for each site and each customer: part of a customer served from a site is at most 1 "
            "if open, otherwise 0\n- for example site 1, customer 1: part of a customer served "
            "from a site (site 1, customer 1) is at most 1 if open (site 1), otherwise 0",
        ),
        (
            "logical_minimum_run",
            "runs",
            "for each hour where the hour is more than 0 and at most 7: if on and not: on (the "
            "hour before), then the number of yes among (on (the hour after); on (the hour + 2)) "
            "is exactly 2\n- for example hour 1: if on (hour 1) and not: on (hour 0), then the "
            "number of yes among (on (hour 2); on (hour 3)) is exactly 2",
        ),
    ],
)
def test_a_limit_is_said_by_what_it_means(name: str, constraint: str, words: str) -> None:
    assert limit(name, constraint) == words


def test_decisions_are_said_with_their_bounds() -> None:
    assert part("lp_box_only", "You decide") == [
        "- a number for each position (for each position): any amounts, at least -2, at most 3",
        "- bounded below only: any amount, at least -5.5",
    ]
    assert part("lp_free_variables", "You decide")[0] == (
        "- slope of the line: any amount, may be negative"
    )
    assert part("units_bakery", "You decide")[1] == (
        "- paid hours (for each day): any amounts in h, 0 or more, at most 2 times 8 h"
    )


def test_a_large_table_is_said_by_how_many_numbers_it_has_and_how_large_they_are() -> None:
    assert part("large_inventory", "Known")[2:4] == [
        "- demand: 5,000 numbers from 2.00008 to 18 (in item); computed: 10 + 8 times (the sine of "
        "(0.7 times the element of G + 1.1 times the week))",
        "- cost of making: 5,000 numbers from 3 to 4.99999 (in USD/item); computed: 4 + the sine "
        "of (0.3 times the element of G times the week)",
    ]


def shop(limit: str = "sum(use[p] * x[p] for p in P) <= 40", **doc: str) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "table"]}],
            "parameters": [
                {"name": "use", "index": ["P"], "values": {"chair": 4, "table": 2}, "unit": "m2"},
                {"name": "share", "value": 0.5},
            ],
            "variables": [{"name": "x", "index": ["P"], "domain": "integer", **doc}],
            "objective": {"sense": "maximize", "expression": "sum(x[p] for p in P)"},
            "constraints": [{"name": "wood", "expression": limit}],
        }
    )


def test_a_limit_the_wrong_way_round_reads_the_wrong_way_round() -> None:
    right = "4 m2 for each chair + 2 m2 for each table is at most 40"
    assert constraint_in_words(shop(), "wood") == right
    turned = shop("40 <= sum(use[p] * x[p] for p in P)")
    assert constraint_in_words(turned, "wood") == right.replace("at most", "at least")


def test_a_share_is_said_of_the_whole() -> None:
    words = constraint_in_words(shop("x['table'] <= share * sum(x[p] for p in P)"), "wood")
    assert words == "x (table) is at most 0.5 times the total of x"


def test_a_parameter_that_nothing_uses_is_said_not_to_be_used() -> None:
    assert in_words(shop()).endswith("Known:\n- share: 0.5; it is not used")


def test_a_doc_that_speaks_of_each_element_names_each() -> None:
    words = in_words(shop(doc="chair: number of chairs; table: tables built"))
    assert "- number of chairs, tables built: whole numbers, 0 or more" in words
    assert "- wood: 4 m2 for each chair + 2 m2 for each table built is at most 40" in words
    assert "as large as possible:\n- number of chairs + tables built\n" in words


def test_two_things_of_one_description_are_told_apart_by_name() -> None:
    pair = Formulation.model_validate(
        {
            "variables": [{"name": "a", "doc": "hours"}, {"name": "b", "doc": "hours"}],
            "objective": {"sense": "minimize", "expression": "a + b"},
            "constraints": [{"name": "one", "expression": "a >= b + 1"}],
        }
    )
    assert constraint_in_words(pair, "one") == "hours [a] is at least hours [b] + 1"


def test_what_a_terminal_would_act_on_is_not_said() -> None:
    words = in_words(shop(doc="items\x1b[2J made\nHacked: yes"))
    assert "\x1b" not in words
    assert all(line[:2] in ("- ", "Yo", "Th", "Li", "Kn", "") for line in words.splitlines())


def test_what_does_not_say_a_model_is_refused_with_its_faults() -> None:
    with pytest.raises(InvalidFormulation, match="constraint 'wood'"):
        in_words(shop("y <= 3"))


def test_a_constraint_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(FormulationError, match="there is no constraint 'labour'; there are: wood"):
        constraint_in_words(shop(), "labour")
