"""What changed and why is said in words that are true."""

import random
import re
from typing import Any

import pytest

from solvitur.agents.chat.edits.edits import SetDomain, edited
from solvitur.agents.telling.change import told_change, told_comparison
from solvitur.formulation import Formulation, diff
from solvitur.formulation.elements import Domain
from solvitur.formulation.in_words import in_words
from tests.agents.telling.shops import answer, order, shop


def told(before: Formulation, after: Formulation) -> str:
    return told_change(answer(before), answer(after), diff(before, after).lines)


def test_the_price_of_a_limit_explains_all_of_the_difference_where_it_does() -> None:
    assert told(shop(), shop(labour=55)) == (
        "The highest value (profit) falls from 580 USD to 545 USD: 35 USD less (6.03 %).\n"
        "- x (table): 7 item instead of 8\n"
        "- x (chair): 6.5 item instead of 6\n"
        "Why: of hours, one h less costs 7 USD, up to 40, so 5 h less costs 35 USD: "
        "that is all of it."
    )


def test_beyond_the_range_of_a_price_it_is_said_how_far_it_went_and_what_the_rest_costs() -> None:
    words = told(shop(), shop(labour=10))
    assert words.endswith(
        "Why: of hours, one h less costs 7 USD, up to 40, which makes 280 USD; "
        "the 10 h less beyond that costs 150 USD."
    )
    assert answer(shop(labour=20)).objective == pytest.approx(580 - 280)
    assert answer(shop(labour=10)).objective == pytest.approx(580 - 280 - 150)


def test_it_is_said_what_took_over_where_more_of_a_limit_is_worth_nothing() -> None:
    words = told(shop(), shop(labour=500))
    assert words.endswith(
        "which makes 420 USD; beyond that nothing more comes of it, with timber fully used."
    )
    assert answer(shop(labour=120)).objective == pytest.approx(580 + 420)


def test_a_limit_that_was_not_fully_used_changes_nothing() -> None:
    room = {"name": "room", "expression": "sum(x[p] for p in P) <= 100"}
    less = {"name": "room", "expression": "sum(x[p] for p in P) <= 90"}
    assert told(shop(room), shop(less)) == (
        "The highest value (profit) stays 580 USD.\n"
        "Why: room was not fully used before (86 item left), so this changes nothing."
    )
    whole = told(shop(room, domain="integer"), shop(less, domain="integer"))
    assert whole.endswith(
        "Why: the plan before is still possible and still the best.\n"
        "room was not fully used (86 item left)."
    )


def test_of_whole_numbers_it_is_said_what_the_plan_before_does_not_keep_to() -> None:
    words = told(shop(domain="integer"), shop(labour=55, domain="integer"))
    assert "No longer fully used: timber, hours." in words
    assert words.endswith(
        "Why: the plan before is no longer possible: hours: 60 h, and at most 55 h is allowed."
    )


def test_a_new_limit_is_named_with_what_it_asks_for() -> None:
    words = told(shop(), shop(order("desk", 2)))
    assert "Now fully used: order." in words
    assert words.endswith(
        "Why: the plan before is no longer possible: order: 0 item, and at least 2 is asked for."
    )


def test_a_plan_that_became_possible_is_compared_with_the_one_before() -> None:
    words = told(shop(labour=55, domain="integer"), shop(domain="integer"))
    assert words.endswith(
        "Why: the plan before is still possible and would give 530 USD; the new one gives 50 USD "
        "more.\nBefore, the new plan was not possible: hours: 60 h, and at most 55 h is allowed."
    )


def test_other_gains_with_the_same_plan_are_said_to_leave_the_plan() -> None:
    words = told(shop(), shop(gains={"chair": 35, "table": 50, "desk": 20}))
    assert words == (
        "The highest value (profit) rises from 580 USD to 610 USD: 30 USD more (5.17 %).\n"
        "Why: the plan before is still possible and still the best; it gives 610 USD now."
    )


def test_other_gains_with_another_plan_say_what_both_plans_give() -> None:
    words = told(shop(), shop(gains={"chair": 30, "table": 50, "desk": 60}))
    assert words.endswith(
        "Why: the plan before is still possible and would give 580 USD; the new one gives "
        "148.571 USD more.\nBefore, the new plan would have given 271.429 USD."
    )


def test_a_change_that_leaves_no_answer_is_in_the_conflict_and_marked() -> None:
    words = told(shop(), shop(order("chair", 20)))
    assert words.startswith("Before, the highest value (profit) was 580 USD.\nThere is no answer.")
    assert "- order: x (chair) is at least 20; changed just now\n" in words
    assert "- order: 10 instead of 20 (10 item less)\nThen the objective is 300." in words


def test_a_parameter_that_was_changed_marks_the_limit_that_it_is_in() -> None:
    wanted = order("chair", 8)
    words = told(shop(wanted), shop(wanted, wood=20))
    assert re.search(r"- timber: .* is at most 20 m2; changed just now", words)
    assert "- order: x (chair) is at least 8\n" in words


def test_where_there_is_an_answer_now_it_is_said_what_stood_in_its_way() -> None:
    words = told(shop(order("chair", 20)), shop())
    assert words.startswith("Now there is an answer. The highest value (profit) is 580 USD.\n- x (")
    assert "Before, these could not hold together:\n" in words
    assert "- order: x (chair) is at least 20; changed now" in words


def test_what_is_without_limits_is_said_to_grow() -> None:
    bare = shop().model_copy(update={"constraints": ()})
    words = told(shop(), bare)
    assert "There is no best answer: nothing ends this, and each step raises the goal by" in words
    assert told(bare, shop()).endswith("Before, nothing limited it.")


def test_a_plan_that_a_function_has_no_value_at_is_not_spoken_of() -> None:
    def tank(most: float, last: float) -> Formulation:
        return Formulation.model_validate(
            {
                "variables": [{"name": "water", "upper": most}],
                "objective": {
                    "sense": "maximize",
                    "expression": f"piecewise(water, ((0, 0), (2, 5), ({last}, 9)))",
                },
            }
        )

    assert told(tank(8, 8), tank(8, 4)) == ("The highest value stays 9.\n- water: 4 instead of 8")


def test_nothing_changed_is_said_to_be_nothing() -> None:
    assert told(shop(), shop()) == "Nothing was changed, so the answer is the same."


def test_two_answers_are_compared_by_what_is_otherwise() -> None:
    one, other = answer(shop(domain="integer")), answer(shop(labour=55, domain="integer"))
    assert told_comparison(one, other) == (
        "The first: 580 USD. The second: 530 USD, 50 USD less.\n"
        "- x (table): 7 item instead of 8\n"
        "Fully used in the first only: timber, hours."
    )
    assert told_comparison(one, one) == (
        "The first: 580 USD. The second: 580 USD, the same.\nWhat is decided is the same."
    )


def test_a_decision_that_is_new_or_gone_is_said_so() -> None:
    before = shop()
    after = before.model_copy(
        update={
            "sets": (before.sets[0].model_copy(update={"elements": ("chair", "desk")}),),
            "parameters": tuple(
                parameter.model_copy(
                    update={
                        "values": {
                            k: v for k, v in (parameter.values or {}).items() if k != "table"
                        }
                    }
                )
                if parameter.index
                else parameter
                for parameter in before.parameters
            ),
        }
    )
    assert "- x (table): no longer decided; it was 8" in told(before, after)
    assert "- x (table): 8 item (new)" in told(after, before)


def plan(numbers: random.Random) -> dict[str, Any]:
    """Make a linear program with a point and an end."""
    names = ["a", "b", "c"]
    rows = [
        " + ".join(f"{numbers.randint(1, 9)} * {name}" for name in names) + f" <= {limit}"
        for limit in (numbers.randint(20, 60), numbers.randint(20, 60))
    ]
    return {
        "variables": [{"name": name, "upper": 30} for name in names],
        "objective": {
            "sense": "maximize",
            "expression": " + ".join(f"{numbers.randint(1, 9)} * {name}" for name in names),
        },
        "constraints": [
            {"name": f"row{place}", "expression": row} for place, row in enumerate(rows)
        ],
    }


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_of_a_limit_is_what_solving_again_gives(seed: int) -> None:
    """The price, how far it goes, and the rest: each against the optimum with other numbers."""
    numbers = random.Random(seed)
    data = plan(numbers)
    head, _, limit = data["constraints"][0]["expression"].rpartition(" ")

    def at(number: float) -> Formulation:
        row = {"name": "row0", "expression": f"{head} {number!r}"}
        return Formulation.model_validate({**data, "constraints": [row, data["constraints"][1]]})

    def best(number: float) -> float:
        found = answer(at(number)).objective
        assert found is not None
        return found

    start, moved = float(limit), numbers.choice([-12.0, -3.0, 4.0, 25.0])
    words = told(at(start), at(start + moved))
    total = best(start + moved) - best(start)
    if "changes nothing" in words and "not fully used" in words:
        assert total == pytest.approx(0, abs=1e-6)
        return
    if used := re.search(
        r"before \((\S+) left\); the (\S+) less beyond that costs (\S+)\.$", words
    ):
        slack, beyond, cost = map(float, used.groups())
        assert slack + beyond == pytest.approx(-moved, rel=1e-4)
        assert best(start - slack) == pytest.approx(best(start))
        assert -total == pytest.approx(cost, rel=1e-4)
        return
    pattern = r"one (?:more|less) (?:is worth|costs) (\S+?)(?:, up to (\S+?))?(?:,|$)"
    found = re.search(pattern, words)
    assert found, words
    rate, sign = float(found[1]), 1 if moved > 0 else -1
    step = min(abs(moved), float(found[2] or abs(moved))) * 0.5
    assert abs(best(start + sign * step) - best(start)) == pytest.approx(rate * step, rel=1e-4)
    if "that is all of it" in words:
        assert abs(total) == pytest.approx(rate * abs(moved), rel=1e-4)
    else:
        reach = float(found[2])
        rest = re.search(r"beyond that (?:is worth|costs) (\S+)\.$", words)
        beyond = float(rest[1]) if rest else 0.0
        assert abs(total) == pytest.approx(rate * reach + beyond, rel=1e-4)


def renamed() -> Formulation:
    """The joinery again, as a file without indices says it."""
    text = shop().model_dump_json().replace("x[p]", "made[p]").replace('"x"', '"made"')
    return Formulation.model_validate_json(text)


def test_plans_of_other_decisions_are_not_tried_in_each_other() -> None:
    words = told(shop(), renamed())
    assert words.startswith("This is another formulation:")
    assert "Before: the highest value (profit) was 580 USD.\n" in words
    assert "Now: the highest value (profit) is 580 USD.\n" in words
    assert words.endswith("- made (table): 8 item\n- made (chair): 6 item") or words.endswith(
        "- made (chair): 6 item\n- made (table): 8 item"
    )
    assert "Why" not in words
    assert "would have given" not in words


def test_what_keeps_the_rest_whole_is_no_decision_of_its_own() -> None:
    before = shop(domain="integer", labour=61, wood=42)
    split = SetDomain(variable="x", key=("chair",), domain=Domain.continuous)
    after = edited(before, [split])
    words = told(before, after)
    assert "the plan before is still possible" in words
    assert "x (chair): 6.5 item, and only whole numbers are allowed" in words
    assert "exactly" not in words
    assert "x (chair): 6.5 item, and only whole numbers are allowed" in told(after, before)
    assert "whole" not in answer(after).answer
    assert "x (chair, table, desk): any amounts" in in_words(after)
    assert "only whole numbers for table, desk" in in_words(after)
    assert "x whole" not in in_words(after)
