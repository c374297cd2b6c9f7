"""Why an answer is as it is: what is said is true when it is solved again."""

import re

import pytest

from solvitur.agents.telling.why import told_why
from solvitur.formulation import Formulation
from solvitur.formulation.changing import with_bounds, with_parameters
from solvitur.formulation.instance import Instance
from tests.agents.telling.shops import answer, order, shop

PLAN = "The highest value (profit) is 580 USD: no plan is better.\n"
WOOD = "timber: all of the 40 m2; one m2 more is worth 4 USD, up to 80; one m2 less costs 4 USD"
HOURS = "hours: all of the 60 h; one h more is worth 7 USD, up to 60; one h less costs 7 USD"


def best(formulation: Formulation) -> float:
    found = answer(formulation).objective
    assert found is not None
    return found


def test_the_limits_are_said_with_what_one_more_is_worth() -> None:
    assert told_why(answer(shop())) == (
        f"{PLAN}What holds it back:\n- {WOOD}, up to 20\n- {HOURS}, up to 40\n"
        "Left out: x (desk) (one would cost 27 USD: it brings 20 USD and takes what is worth "
        "47 USD)."
    )


@pytest.mark.parametrize(("parameter", "rate"), [("wood", 4), ("labour", 7)])
def test_one_more_is_worth_what_solving_again_with_it_gives(parameter: str, rate: float) -> None:
    formulation = shop()
    instance = Instance(formulation)
    now = instance.parameters[parameter][()]
    for step in (1, -1):
        changed = with_parameters(formulation, instance, {parameter: now + step})
        assert best(changed) - best(formulation) == pytest.approx(rate * step)


def test_what_is_left_out_costs_what_solving_again_with_one_of_it_costs() -> None:
    formulation = shop()
    forced = with_bounds(formulation, Instance(formulation), {"x[desk]": (1, None)})
    assert best(formulation) - best(forced) == pytest.approx(27)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (
            "no desks",
            "With x (desk) at least 1 (now 0), the highest value would be 553 USD, 27 USD less.",
        ),
        (
            "why not more chairs?",
            "With x (chair) at least 7 (now 6), the highest value would be 510 USD, 70 USD less.",
        ),
        (
            "so many tables",
            "With x (table) at most 7 (now 8), the highest value would be 545 USD, 35 USD less.",
        ),
        (
            "why don't we make 5 desks",
            "With x (desk) at least 5 (now 0), the highest value would be 445 USD, 135 USD less.",
        ),
    ],
)
def test_why_not_otherwise_is_told_by_solving_again(about: str, words: str) -> None:
    formulation = shop()
    told = told_why(answer(formulation), about)
    assert told.splitlines()[0] == words
    product, way, number = re.findall(r"x \((\w+)\) at (least|most) (\d+)", told)[0]
    ends = (float(number), None) if way == "least" else (None, float(number))
    forced = with_bounds(formulation, Instance(formulation), {f"x[{product}]": ends})
    assert f"would be {best(forced):g} USD" in told


def test_what_is_not_possible_is_told_with_what_stops_it() -> None:
    told = told_why(answer(shop(order("chair", 6, "<="), domain="integer")), "not more chairs")
    assert told == (
        "x (chair) at least 7 (now 6) is not possible, because of:\n- order: x (chair) is at most 6"
    )


def test_another_plan_that_is_as_good_is_said_to_be() -> None:
    same = shop(gains={"chair": 4, "table": 2, "desk": 3}, labour=1000)
    told = told_why(answer(same), "no desks")
    assert "it is as good: more than one plan is the best." in told


def test_both_ways_are_told_where_the_words_leave_it_open() -> None:
    more, less = (
        line for line in told_why(answer(shop()), "the chairs").splitlines() if "With" in line
    )
    assert "at least 7" in more
    assert "at most 5" in less


def test_a_limit_is_found_by_its_name_and_by_the_number_it_is_of() -> None:
    assert told_why(answer(shop()), "labour") == f"{HOURS}, up to 40."
    assert told_why(answer(shop()), "the timber") == f"{WOOD}, up to 20."


def test_a_limit_that_is_not_fully_used_is_said_not_to_hold_it_back() -> None:
    room = {"name": "room", "expression": "sum(x[p] for p in P) <= 100"}
    assert told_why(answer(shop(room)), "the room") == ("room does not hold it back: 86 item left.")


def test_the_goal_itself_is_explained_by_the_whole() -> None:
    assert told_why(answer(shop()), "the profit").startswith(PLAN)


def test_what_is_not_in_the_problem_is_said_not_to_be() -> None:
    told = told_why(answer(shop()), "unicorns")
    assert told.startswith(f'Nothing in it is called "unicorns".\n{PLAN}')


def test_of_whole_numbers_one_more_is_solved_again() -> None:
    told = told_why(answer(shop(domain="integer")))
    assert "- hours: all of the 60 h; one h more changes nothing; one h less costs 30 USD" in told
    assert best(shop(labour=61, domain="integer")) == best(shop(domain="integer"))
    assert best(shop(domain="integer")) - best(shop(labour=59, domain="integer")) == 30


def test_decisions_of_one_name_are_asked_about_together() -> None:
    weeks = Formulation.model_validate(
        {
            "sets": [{"name": "T", "range": [1, 3], "doc": "weeks"}],
            "variables": [{"name": "make", "index": ["T"], "upper": 4, "doc": "items made"}],
            "objective": {"sense": "minimize", "expression": "sum(t * make[t] for t in T)"},
            "constraints": [{"name": "wanted", "expression": "sum(make[t] for t in T) >= 6"}],
        }
    )
    told = told_why(answer(weeks), "not more items")
    head = "With items made in all at least 7 (now 6)"
    assert told.splitlines()[0] == f"{head}, the lowest value would be 10, 2 more."
    one = told_why(answer(weeks), "nothing in week 3")
    assert one.startswith("With items made (week 3) at least 1 (now 0), the lowest value would be")


def test_where_there_is_no_answer_the_conflict_and_the_least_change_are_told() -> None:
    told = told_why(answer(shop(order("chair", 20))))
    assert told.startswith("There is no answer. These cannot hold together; without any one of")
    assert "- order: x (chair) is at least 20\n" in told
    assert "With the least change there is an answer:\n- order: 10 instead of 20" in told


def test_where_nothing_ends_it_the_way_without_end_is_told() -> None:
    told = told_why(answer(shop().model_copy(update={"constraints": ()})))
    assert told.startswith("There is no best answer: nothing ends this, and each step raises")
    assert told.endswith("A limit on it is missing.")


def test_what_is_not_linear_is_told_by_what_is_fully_used() -> None:
    curved = Formulation.model_validate(
        {
            "variables": [{"name": "x", "upper": 5}, {"name": "y", "upper": 5}],
            "objective": {"sense": "maximize", "expression": "x + y"},
            "constraints": [{"name": "disc", "expression": "x ** 2 + y ** 2 <= 8"}],
        }
    )
    told = told_why(answer(curved))
    assert told.splitlines()[1:] == ["Fully used: disc."]


def rooms() -> Formulation:
    """Groups that take rooms; each is wanted once at most."""
    return Formulation.model_validate(
        {
            "sets": [
                {"name": "G", "elements": ["red", "blue"], "doc": "groups"},
                {"name": "R", "range": [1, 2], "doc": "rooms"},
            ],
            "parameters": [
                {"name": "joy", "index": ["G"], "values": {"red": 3, "blue": 5}},
            ],
            "variables": [
                {
                    "name": "in_room",
                    "index": ["G", "R"],
                    "domain": "binary",
                    "doc": "1 if the group gets the room",
                }
            ],
            "objective": {
                "sense": "maximize",
                "expression": "sum(joy[g] * in_room[g, r] for g in G for r in R)",
            },
            "constraints": [
                {
                    "name": "once",
                    "forall": "g in G",
                    "expression": "sum(in_room[g, r] for r in R) <= 1",
                },
                {
                    "name": "room",
                    "forall": "r in R",
                    "expression": "sum(in_room[g, r] for g in G) <= 1",
                },
                {"name": "closed", "expression": "in_room['blue', 1] + in_room['red', 1] <= 1"},
            ],
        }
    )


def test_a_yes_is_said_as_a_yes_and_a_row_by_what_it_is_of() -> None:
    told = told_why(answer(rooms()), "the red group in room 1 and blue in room 1")
    assert "the group gets the room (red, room 1)" in told
    assert re.search(r"room [12]\): (yes instead of no|no instead of yes)", told)
    whole = told_why(answer(rooms()))
    assert "- once (group red)" not in whole
    assert re.search(r"once \((red|blue)\)", whole)
    assert "room (room 1)" in whole


def test_what_is_used_up_and_worth_nothing_is_named_apart() -> None:
    aside = Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y"}],
            "objective": {"sense": "minimize", "expression": "y"},
            "constraints": [
                {"name": "wanted", "expression": "y >= 2"},
                {"name": "given", "expression": "x == 3"},
            ],
        }
    )
    assert told_why(answer(aside)).splitlines()[1:] == [
        "What holds it back:",
        "- wanted: just the least, 2; one more costs 1; one less is worth 1, up to 2",
        "Fully used, though one more or less of it alone gains nothing: given.",
    ]
