"""A conflict is proved by another road: scipy solves the set, and the set without each member."""

import pytest

from solvitur.errors import Unsupported
from solvitur.formulation import Formulation
from solvitur.solvers import Conflict, Kind, Options, Requirement, conflict
from tests.solvers.conflicts import PLANTED, RANDOM, drawn

ENDS = {
    Kind.row: "",
    Kind.lower_bound: ".lower",
    Kind.upper_bound: ".upper",
    Kind.whole_number: ".whole",
}


def called(member: Requirement) -> str:
    return member.label + ENDS[member.kind]


def members(found: Conflict) -> set[str]:
    return {called(member) for member in found.members}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_conflict_is_found_whole_and_nothing_else(name: str) -> None:
    model = PLANTED[name]()
    found = conflict(model.formulation())
    reported = members(found)
    assert model.core <= reported
    assert not model.is_feasible(reported)
    needed = {member for member in reported if model.is_feasible(reported - {member})}
    assert needed == reported
    assert found.is_irreducible


@pytest.mark.parametrize("seed", RANDOM)
def test_the_conflict_of_a_random_model_is_irreducible(seed: int) -> None:
    model = drawn(seed)
    reported = members(conflict(model.formulation()))
    assert reported
    assert not model.is_feasible(reported)
    assert all(model.is_feasible(reported - {member}) for member in reported)


def test_enough_of_the_random_models_are_infeasible() -> None:
    assert len(RANDOM) > 30


def shop(**changes: object) -> Formulation:
    return Formulation.model_validate(
        {
            "sets": [{"name": "P", "elements": ["chair", "desk"]}],
            "parameters": [{"name": "oak", "value": 20, "unit": "planks"}],
            "variables": [
                {"name": "x", "index": ["P"], "domain": "integer", "doc": "built", "upper": 9},
                {"name": "idle"},
            ],
            "objective": {"sense": "maximize", "expression": 'x["chair"]'},
            "constraints": [
                {"name": "wood", "expression": '8 * x["desk"] + idle <= oak', "doc": "oak used"},
                {"name": "order", "forall": "p in P", "expression": "2 <= x[p] * 1 + 0 <= 8"},
                {"name": "more", "expression": 'x["desk"] >= 3', "doc": "promised"},
            ],
            **changes,
        }
    )


def said(formulation: Formulation, **options: float) -> list[str]:
    return str(conflict(formulation, Options(**options))).splitlines()


def test_the_conflict_is_said_with_its_names_numbers_and_docs() -> None:
    assert said(shop()) == [
        "These contradict each other; without any one of them, the others can hold:",
        "- wood: 8 * x[desk] + idle <= 20 (oak used)",
        "- more: x[desk] >= 3 (promised)",
        "- idle >= 0 (taken by default)",
    ]


def test_a_link_of_a_chain_and_a_row_of_many_are_named() -> None:
    rows = [
        {"name": "order", "forall": "p in P", "expression": "2 <= x[p] <= 8"},
        {"name": "few", "expression": 'x["desk"] <= 1'},
    ]
    assert said(shop(constraints=rows))[1:] == [
        "- order[desk]: x[desk] >= 2",
        "- few: x[desk] <= 1",
    ]


def test_whole_numbers_of_one_variable_are_said_together() -> None:
    rows = [{"name": "pairs", "expression": "sum(2 * x[p] for p in P) == 7"}]
    assert said(shop(constraints=rows))[1:] == [
        "- pairs: 2 * x[chair] + 2 * x[desk] == 7",
        "- x[chair], x[desk] are whole numbers (built)",
    ]


def test_a_row_between_numbers_is_said_with_them() -> None:
    rows = [{"name": "stock", "expression": "oak + 5 >= 60", "doc": "enough oak"}]
    assert said(shop(constraints=rows)) == [
        "This alone cannot hold:",
        "- stock: 25 >= 60 (enough oak)",
    ]


def test_a_formulation_with_an_answer_has_no_conflict() -> None:
    found = conflict(shop(constraints=[]))
    assert (found.members, found.is_irreducible) == ((), False)
    assert str(found) == "There is a point that satisfies everything, so there is no conflict."


def test_a_conflict_does_not_ask_whether_the_objective_can_be_solved() -> None:
    hard = {"sense": "maximize", "expression": 'x["chair"] * x["desk"] ** 3'}
    assert said(shop(objective=hard)) == said(shop())


def test_rows_that_are_not_linear_are_refused_by_name() -> None:
    rows = [{"name": "area", "expression": 'x["chair"] * x["desk"] >= 100'}]
    with pytest.raises(Unsupported, match="constraint 'area' is not linear"):
        conflict(shop(constraints=rows))


def test_of_many_rows_those_with_the_largest_numbers_are_said() -> None:
    """Ten a day are made and nine wanted, but for one day; the days before are all needed."""
    stock = shop(
        sets=[{"name": "T", "range": [1, 30]}, {"name": "P", "elements": ["chair"]}],
        parameters=[{"name": "d", "index": ["T"], "default": 9, "values": {"20": 60}}],
        variables=[{"name": "make", "index": ["T"], "upper": 10}, {"name": "s", "index": ["T"]}],
        objective={"sense": "minimize", "expression": "sum(s[t] for t in T)"},
        constraints=[
            {"name": "first", "expression": "make[1] == d[1] + s[1]"},
            {
                "name": "day",
                "forall": "t in T if t > 1",
                "expression": "s[t - 1] + make[t] == d[t] + s[t]",
            },
        ],
    )
    _, first, *days, bound, made = said(stock)
    assert first == "- first: make[1] - s[1] == 9"
    assert days[4] == "- day[20]: make[20] + s[19] - s[20] == 60"
    assert days[5] == "- 14 more rows of day"
    assert bound == "- s[20] >= 0 (taken by default)"
    assert made.endswith(", and 14 more <= 10")


def test_a_row_without_end_is_cut() -> None:
    wide = shop(
        sets=[{"name": "P", "range": [1, 50]}],
        objective={"sense": "maximize", "expression": "0"},
        constraints=[{"name": "all", "expression": "sum(x[p] for p in P) >= 1000"}],
    )
    *_, row, bounds = said(wide)
    assert row.endswith("+ x[8] + (42 more terms) >= 1000")
    assert bounds == "- x[1], x[2], x[3], x[4], x[5], x[6], and 44 more <= 9 (built)"


def test_no_time_leaves_a_result_that_says_so() -> None:
    found = conflict(PLANTED["one setup among 50 rows"]().formulation(), Options(time_limit=1e-9))
    assert not found.is_irreducible
    assert "time" in found.message


def test_a_little_time_leaves_an_infeasible_set_that_may_be_larger() -> None:
    model = PLANTED["one setup among 50 rows"]()
    for limit in (0.02, 0.05, 0.1, 0.2):
        found = conflict(model.formulation(), Options(time_limit=limit))
        if found.members:
            assert model.core <= members(found)
            assert not model.is_feasible(members(found))


def test_words_of_a_formulation_cannot_act_on_the_terminal() -> None:
    rows = [{"name": "a", "expression": "2 <= 1", "doc": "red\x1b[31m\nalert"}]
    assert said(shop(constraints=rows))[1:] == ["- a: 2 <= 1 (red [31m alert)"]
