"""A state before the first period, as texts give it: by a parameter, a row, or not at all."""

import pytest

from solvitur.formulation.checks import check
from solvitur.formulation.markdown import from_markdown
from solvitur.solvers import solve

TEXT = """
Sets:
T = {1, 2, 3}  // months

Variables:
x_t >= 0  // bought in month t, for t in T
I_t >= 0  // in stock at the end of month t, for t in T

Parameters:
d_t = {40, 10, 70}
c_t = {5, 3, 9}
BEGINNING

Objective:
Minimize sum_{t in T} (c_t * x_t + I_t)

Constraints:
1. Balance for each t in T:
   BALANCE
"""


def best(stock: float) -> float:
    """Meet each month's need from what is cheapest: bought then, or bought before and kept."""
    need, price, keeping = [40 - stock, 10, 70], [5, 3, 9], 1
    return sum(
        need[month] * min(price[m] + keeping * (month - m) for m in range(month + 1))
        for month in range(3)
    )


@pytest.mark.parametrize(
    ("beginning", "balance"),
    [
        ("I_0 = 25  // in stock at the start", "I_{t-1} + x_t - d_t = I_t"),
        ("I_0 = 25", "I_t = (I_{t-1}) + x_t - d_t"),
        ("start = 25", "I_{t-1} + x_t = d_t + I_t\n   where I_{0} = start"),
        ("", "I_{t-1} + x_t = d_t + I_t\n2. Stock at the start: I_0 = 25"),
    ],
)
def test_the_first_balance_begins_with_what_was_said(beginning: str, balance: str) -> None:
    text = TEXT.replace("BEGINNING", beginning).replace("BALANCE", balance)
    formulation = from_markdown(text)
    assert check(formulation) == ()
    assert [row.forall for row in formulation.constraints] == [
        "t in T if t == first(T)",
        "t in T if t > first(T)",
    ]
    assert solve(formulation).objective == pytest.approx(best(25))


def test_where_nothing_is_said_the_row_stays_and_the_check_names_it() -> None:
    text = TEXT.replace("BEGINNING", "").replace("BALANCE", "I_{t-1} + x_t = d_t + I_t")
    (finding,) = check(from_markdown(text))
    assert "'I' has no entry [0]" in str(finding)


def test_what_is_written_exactly_is_read_exactly() -> None:
    text = TEXT.replace("BEGINNING", "I_0 = 25").replace("BALANCE", "I_{t-1} + x_t = d_t + I_t")
    once = from_markdown(text)
    assert from_markdown(once.to_markdown()) == once
    faulty = once.to_markdown().replace(" if t > first(T)", "")
    assert from_markdown(faulty).constraints[1].forall == "t in T"
