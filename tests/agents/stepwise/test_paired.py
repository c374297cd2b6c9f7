import asyncio
import itertools
import json
import re
from collections.abc import Sequence

import pytest
import scipy.optimize

from solvitur.agents.draft import Asking, Draft
from solvitur.agents.problem import read_problem
from solvitur.agents.stepwise.staged import Staged
from solvitur.formulation.checks import check
from solvitur.formulation.elements import Domain, Formulation, Sense
from solvitur.llm import Request, Scripted
from solvitur.solvers import Outcome, solve
from tests.agents.constraints import admits

COSTS = [[4, 6, 9], [5, 3, 7]]
TABLE = "Freight per crate in euros:\n\n,Mill,Quay,Spa\nNorth,4,6,9\nSouth,5,3,7\n\n"
GIVEN = "North has 90 crates and South 80. Mill needs 40, Quay 50 and Spa 60. "
ASKED = "What is the cheapest way to send the crates?"


class Choosing:
    """Says what a decision is, and else the first of its answers that is allowed."""

    def __init__(self, *answers: str, domain: str = "continuous", doc: str = "crates sent") -> None:
        self.answers, self.domain, self.doc = answers, domain, doc

    def __call__(self, request: Request) -> str:
        if request.json_schema is not None:
            named = {"name": "amount", "doc": self.doc, "domain": self.domain}
            return json.dumps({"variables": [named]})
        assert request.grammar is not None
        return next(answer for answer in self.answers if admits(request.grammar, answer))


def draft(text: str, *answers: str, domain: str = "continuous") -> tuple[Draft, list[Request]]:
    model = Scripted(Choosing(*answers, domain=domain))
    asking = Asking(read_problem(text), model)
    return asyncio.run(Staged().draft(asking, temperature=0.0, seed=0)), model.requests


def made(text: str, *answers: str) -> Formulation:
    formulation = draft(text, *answers)[0].formulation
    assert formulation is not None
    return formulation


def best(text: str, *answers: str) -> float | None:
    return solve(made(text, *answers)).objective


def transport(
    costs: Sequence[Sequence[float]],
    has: Sequence[float],
    needs: Sequence[float],
    most: float | None = None,
) -> float:
    """The optimum by another solver, from arrays."""
    rows, columns = len(has), len(needs)
    matrix = [[float(k // columns == i) for k in range(rows * columns)] for i in range(rows)]
    matrix += [[-float(k % columns == j) for k in range(rows * columns)] for j in range(columns)]
    found = scipy.optimize.linprog(
        [cost for row in costs for cost in row],
        matrix,
        [*has, *(-n for n in needs)],
        bounds=(0, most),
    )
    return float(found.fun)


def test_a_transport_problem_is_solved_with_one_question() -> None:
    told, requests = draft(GIVEN + TABLE + ASKED)
    assert told.formulation is not None
    assert len(requests) == 1
    assert check(told.formulation, GIVEN + TABLE + ASKED) == ()
    assert solve(told.formulation).objective == transport(COSTS, [90, 80], [40, 50, 60])


def test_what_is_measured_is_asked_about_nothing() -> None:
    text = (GIVEN + TABLE + ASKED).replace("90 crates", "90 tons")
    told, requests = draft(text)
    assert (requests, told.fault) == ([], "")
    assert told.formulation is not None
    assert told.formulation.variables[0].domain is Domain.continuous


def test_the_model_says_whether_amounts_are_whole() -> None:
    told, _ = draft(GIVEN + TABLE + ASKED, domain="integer")
    assert told.formulation is not None
    assert told.formulation.variables[0].domain is Domain.integer
    assert told.formulation.variables[0].doc == "crates sent"


@pytest.mark.parametrize(
    "doc", ["crates sent to Mill", "crates sent from North to the Mill", "crates sent from South"]
)
def test_what_is_decided_is_said_of_every_pair(doc: str) -> None:
    model = Scripted(Choosing(doc=doc))
    asking = Asking(read_problem(GIVEN + TABLE + ASKED), model)
    told = asyncio.run(Staged().draft(asking, temperature=0.0, seed=0))
    assert told.formulation is not None
    assert told.formulation.variables[0].doc == "crates sent"


def test_sentences_do_as_well_as_a_table() -> None:
    said = (
        "From North it costs 4 to Mill, 6 to Quay and 9 to Spa; from South 5 to Mill, 3 to Quay "
        "and 7 to Spa. "
    )
    assert best(GIVEN + said + ASKED) == transport(COSTS, [90, 80], [40, 50, 60])


def test_a_limit_of_all_pairs_and_of_one_holds() -> None:
    text = "No road can carry more than 45 crates. "
    expected = transport(COSTS, [90, 80], [40, 50, 60], most=45)
    assert best(GIVEN + text + TABLE + ASKED) == pytest.approx(expected)
    one = "From South to Quay go at most 10 crates. "
    point = solve(made(GIVEN + one + TABLE + ASKED)).variables()["amount"]
    assert point["South"]["Quay"] <= 10 + 1e-6


def test_a_pair_without_a_number_is_left_out() -> None:
    table = TABLE.replace("South,5,3,7", "South,5,-,7")
    point = solve(made(GIVEN + table + ASKED)).variables()["amount"]
    assert point["South"]["Quay"] == 0
    assert point["North"]["Quay"] == 50


def test_too_little_is_infeasible() -> None:
    text = GIVEN.replace("90", "30") + TABLE + ASKED
    assert solve(made(text)).outcome is Outcome.infeasible


def test_a_relation_that_words_leave_open_is_asked_for() -> None:
    text = "North has 90 crates and South 80. For Mill it is 40, for Quay 50, for Spa 60. "
    formulation = made(text + TABLE + ASKED, "total >= 40", "total <= 40")
    assert [re.findall("[<>=]=", each.expression) for each in formulation.constraints] == [
        ["<="],
        [">="],
    ]


def test_all_is_sent_where_only_capacities_are_stated() -> None:
    text = "Mine 1 yields 90 tons and mine 2 yields 80 tons. Mill takes at most 40 tons, Quay at "
    text += "most 70 tons and Spa at most 60 tons. All of it is sent. "
    table = TABLE.replace("North", "mine 1").replace("South", "mine 2")
    expected = scipy.optimize.linprog(
        [cost for row in COSTS for cost in row],
        [[1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]],
        [40, 70, 60],
        [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]],
        [90, 80],
    )
    assert best(text + table + ASKED) == pytest.approx(expected.fun)


def test_what_one_side_has_is_no_need_where_the_other_needs() -> None:
    text = "Two depots, North (90 crates) and South (80). Mill needs 40, Quay 50 and Spa 60. "
    _, requests = draft(text + TABLE + ASKED, "total >= 90", "total <= 90")
    assert requests[-1].grammar is not None
    assert not admits(requests[-1].grammar, "total >= 90")


def test_which_way_the_goal_goes_is_asked_for_where_no_word_tells() -> None:
    text = (GIVEN + TABLE).replace("Freight", "Points")
    for answer in ("maximize points", "minimize points"):
        formulation = made(f"{text} How should crates be sent?", answer, "total <= 40")
        assert formulation.objective.sense is Sense(answer.split()[0])


HOURS = "Hours per crate:\n\n,Mill,Quay,Spa\nNorth,2,3,5\nSouth,3,2,4\n\n"


def test_a_list_of_hours_bounds_the_sum_of_hours() -> None:
    text = (
        "North has 400 hours and South has 500 hours. The orders are 60 Mill, 40 Quay and 30 Spa. "
    )
    text += "Make any at either, and deliver at the lowest cost."
    told, _ = draft(TABLE + HOURS + text, domain="integer")
    found = told.formulation
    assert found is not None
    assert found.variables[0].domain is Domain.integer
    expected = scipy.optimize.linprog(
        [4, 6, 9, 5, 3, 7],
        [
            [2, 3, 5, 0, 0, 0],
            [0, 0, 0, 3, 2, 4],
            [-1, 0, 0, -1, 0, 0],
            [0, -1, 0, 0, -1, 0],
            [0, 0, -1, 0, 0, -1],
        ],
        [400, 500, -60, -40, -30],
        integrality=1,
    )
    assert solve(found).objective == pytest.approx(expected.fun)


def test_which_of_two_sums_a_list_bounds_is_asked_for_where_no_word_tells() -> None:
    for answer, count in (("hours <= 90", 1), ("total <= 90", 0)):
        found = made(GIVEN + TABLE + HOURS + ASKED, answer, "total >= 40")
        bounds = [each.expression for each in found.constraints]
        assert sum("hours[" in expression for expression in bounds) == count


def test_an_assignment_takes_each_once() -> None:
    times = [[14, 25, 32], [21, 12, 27], [17, 20, 11]]
    text = (
        "Assign three crews to three sites. Minutes:\n\n,Dock,Mast,Roof\nAnn,14,25,32\n"
        "Ben,21,12,27\nCem,17,20,11\n\nMinimize the sum of the minutes."
    )
    told, requests = draft(text)
    assert told.formulation is not None
    assert requests == []
    assert told.formulation.variables[0].domain is Domain.binary
    assert solve(told.formulation).objective == min(
        sum(times[row][column] for row, column in enumerate(order))
        for order in itertools.permutations(range(3))
    )


def test_names_that_are_no_identifiers_and_clash_are_written_apart() -> None:
    text = (GIVEN + TABLE + ASKED).replace("Mill", "i-1 old").replace("Quay", "for")
    text = text.replace("North", 'No"rth')
    formulation = made(text)
    assert solve(formulation).objective == transport(COSTS, [90, 80], [40, 50, 60])
