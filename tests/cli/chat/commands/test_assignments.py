"""``labour = 30``: what is typed for numbers, read as edits of the five elements."""

import pytest

from solvitur.agents.chat.edits.edits import edited
from solvitur.cli.chat.commands.assignments import (
    edits_of,
    read_assignments,
    what_is_wrong,
)
from solvitur.cli.chat.commands.naming import names_in
from solvitur.errors import ConfigError
from solvitur.formulation import Formulation, diff
from solvitur.solvers import solve
from tests.cli.chat.commands.conftest import SHOP

FIVE = Formulation.model_validate(SHOP)


def after(typed: str, five: Formulation = FIVE) -> Formulation:
    assignments = read_assignments(typed)
    assert assignments is not None
    return edited(five, [edit for each in assignments for edit in edits_of(each, five)])


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("labour 30", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour = 30", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour=+30.", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour == 3e1", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour -= 10", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour -= 25 %", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour *= 0.75", ["parameter 'labour': 40 -> 30 [h]"]),
        ("labour 1,000", ["parameter 'labour': 40 -> 1000 [h]"]),
        ("labour -5", ["parameter 'labour': 40 -> -5 [h]"]),
        ("profit[chair] 31", ["parameter 'profit': [chair] 30 -> 31 [USD]"]),
        ("profit += 10", ["parameter 'profit': [chair] 30 -> 40, [table] 50 -> 60 [USD]"]),
        ("x <= 3", ["variable 'x': upper bound none -> 3"]),
        ("room 5", ["constraint 'room': `x['table'] <= 6` -> `x[\"table\"] <= 5`"]),
        (
            "labour 30 profit[table]=5 x>=1",
            [
                "parameter 'profit': [table] 50 -> 5 [USD]",
                "parameter 'labour': 40 -> 30 [h]",
                "variable 'x': lower bound 0 -> 1",
            ],
        ),
    ],
)
def test_what_is_typed_changes_that_and_nothing_else(typed: str, lines: list[str]) -> None:
    assert list(diff(FIVE, after(typed)).lines) == lines


@pytest.mark.parametrize(
    ("typed", "objective"),
    [("x[ chair ] <= 2", 360), ("x[chair] == 4", 420), ("hours 30", 360), ("x[table]<=none", 500)],
)
def test_a_bound_or_a_limit_holds_in_the_optimum(typed: str, objective: float) -> None:
    assert solve(after(typed)).objective == objective


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("labor 30", "there is no labor; did you mean labour?"),
        ("qqq 30", "there is no qqq; there are: hours, room, profit, work, labour, and 1 more"),
        ("profit[chiar] 30", "there is no profit[chiar]; did you mean profit[chair]?"),
        ("profit[chest] 30", "there is no profit[chest]; there are: profit[chair], profit[table]"),
        ("profit[] 30", "there is no profit[]; there are: profit[chair], profit[table]"),
        ("labour[chair] 30", "there is no labour[chair]; did you mean labour?"),
        ("x 5", "x is what the solver decides; say a bound: x <= 5, x >= 5, or x == 5"),
        ("labour <= 5", "labour is no variable, and has no bounds; write labour = VALUE"),
        ("labour none", "labour needs a number; only a bound can be none"),
        ("labour 10 %", "say which way: labour += 10 %, or labour -= 10 %"),
    ],
)
def test_what_cannot_be_is_said_with_the_way_out(typed: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as raised:
        after(typed)
    assert str(raised.value) == complaint


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "labour",
        "labour many",
        "labour 1,5",
        "labour 1e999",
        "labour = ",
        "30",
        "labour 3 4",
        "labour <= <= 3",
        "x[chair <= 3",
        "steel costs 5 more",
        "a=1; b=2",
        "labour 30 hours",
    ],
)
def test_what_is_of_another_form_is_not_guessed_at(typed: str) -> None:
    assert read_assignments(typed) is None


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("labour 1e999", "'1e999' is too large a number"),
        ("labour nan", "'nan' is no number"),
        ("labour = many", "'many' is no number"),
        ("labour 1,5", "'1,5' is no number; write 1.5"),
        ("labour 30 hours", "'hours' is too much; write labour 30"),
        ("labour", "say the value, such as labour = 30"),
        ("x[chair] <=", "say the value, such as x[chair] <= 30"),
        ("labour 30 x <=", "say the value, such as x <= 30"),
        ("30", "write NAME VALUE, such as labour 30; see /help set"),
        ("x[chair <= 3", "write NAME VALUE, such as labour 30; see /help set"),
    ],
)
def test_what_is_of_another_form_is_told_from_what_is(typed: str, complaint: str) -> None:
    assert what_is_wrong(typed) == complaint


@pytest.mark.parametrize(
    ("fixed", "freed"),
    [
        ("x == 3", "x == none"),
        ("x[chair] == 2", "x[chair] == none"),
        ("x[chair] >= 2", "x[chair]==none"),
    ],
)
def test_what_was_fixed_is_freed_again(fixed: str, freed: str) -> None:
    assert not diff(FIVE, after(freed, after(fixed)))


def test_what_has_no_bounds_is_not_freed() -> None:
    with pytest.raises(ConfigError, match=r"x\[chair\] has no bounds of its own"):
        after("x[chair] == none")


def test_there_is_no_negative_zero() -> None:
    assert str(edits_of(read_assignments("x >= -0")[0], FIVE)[0].amount.number) == "0.0"  # type: ignore[index, union-attr]


def test_names_of_one_kind_hide_constraints_of_the_same_name() -> None:
    same = FIVE.model_copy(
        update={"constraints": (FIVE.constraints[0].model_copy(update={"name": "labour"}),)}
    )

    assert names_in(same) == ("labour", "profit", "work", "x")
    assert edits_of(read_assignments("labour 3")[0], same)[0].kind == "set_parameter"  # type: ignore[index]
