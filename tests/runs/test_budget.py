import asyncio

import pytest
from pydantic import ValidationError

from solvitur.errors import BudgetExceeded
from solvitur.runs.budget import Budget, Limits, Used


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_limits_nothing_is_refused() -> None:
    budget = Budget(Limits())
    for _ in range(3):
        budget.begin()
        budget.spend(10**9, None)
    assert (budget.calls, budget.tokens, budget.cost) == (3, 3 * 10**9, None)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(calls=1), r"the limit of 1 calls is reached.*raise it"),
        (Limits(tokens=1000), r"the limit of 1,000 tokens is reached.*raise it"),
        (Limits(cost=0.25), r"the limit of 0.25 US dollars is reached.*raise it"),
    ],
)
def test_a_limit_that_is_reached_names_itself_and_the_way_on(limits: Limits, words: str) -> None:
    budget = Budget(limits)
    budget.begin()
    budget.spend(1000, 0.25)
    with pytest.raises(BudgetExceeded, match=words):
        budget.begin()


def test_time_runs_from_the_budgets_making() -> None:
    clock = Clock()
    budget = Budget(Limits(seconds=60), clock=clock)
    clock.now = 159.0
    budget.begin()
    clock.now = 160.0
    with pytest.raises(BudgetExceeded, match=r"60\.0 seconds"):
        budget.begin()
    assert budget.seconds == 60.0


def test_a_refused_call_is_not_counted() -> None:
    budget = Budget(Limits(calls=0))
    with pytest.raises(BudgetExceeded):
        budget.begin()
    assert budget.calls == 0


def test_calls_in_flight_count() -> None:
    budget = Budget(Limits(calls=2))
    budget.begin()
    budget.begin()
    with pytest.raises(BudgetExceeded):
        budget.begin()


def test_spending_over_a_limit_is_not_refused() -> None:
    budget = Budget(Limits(tokens=10))
    budget.begin()
    budget.spend(1000, 0.0)
    assert budget.tokens == 1000


def test_a_cost_limit_that_cannot_be_watched_says_so() -> None:
    budget = Budget(Limits(cost=1.0))
    budget.begin()
    budget.spend(10, None)
    with pytest.raises(BudgetExceeded, match="does not say what a reply costs"):
        budget.begin()


def test_an_unknown_cost_stays_unknown() -> None:
    budget = Budget(Limits())
    budget.spend(1, None)
    budget.spend(1, 0.5)
    assert budget.cost is None


def test_a_negative_limit_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Limits(calls=-1)


def test_a_free_model_may_be_asked_with_no_money_at_all() -> None:
    budget = Budget(Limits(cost=0.0))
    budget.begin()
    budget.spend(tokens=100, cost=0.0)
    budget.begin()
    budget.spend(tokens=100, cost=0.01)
    with pytest.raises(BudgetExceeded, match="US dollars"):
        budget.begin()


def test_evaluations_are_counted_apart_from_calls() -> None:
    budget = Budget(Limits(calls=1, evaluations=2))
    budget.begin_evaluation()
    budget.begin_evaluation()
    with pytest.raises(BudgetExceeded, match="the limit of 2 evaluations is reached"):
        budget.begin_evaluation()
    budget.begin()
    assert (budget.calls, budget.evaluations) == (1, 2)


def test_processor_time_ends_calls_and_evaluations() -> None:
    budget = Budget(Limits(cpu_seconds=2.0))
    budget.begin_evaluation()
    budget.spend_cpu(5.0)
    for begin in (budget.begin, budget.begin_evaluation):
        with pytest.raises(BudgetExceeded, match=r"2\.0 seconds of processor time"):
            begin()
    assert (budget.calls, budget.evaluations, budget.cpu_seconds) == (0, 1, 5.0)


def test_the_next_process_of_a_run_counts_on() -> None:
    clock = Clock()
    first = Budget(Limits(), clock=clock)
    first.begin()
    first.spend(100, 0.25)
    first.begin_evaluation()
    first.spend_cpu(1.5)
    clock.now += 40.0
    told = first.used.model_dump_json()
    clock.now = 7000.0  # another process has another clock
    second = Budget(Limits(calls=2, seconds=60), Used.model_validate_json(told), clock=clock)
    assert second.used == first.used.model_copy(update={"seconds": 40.0})
    second.begin()
    with pytest.raises(BudgetExceeded, match="the limit of 2 calls"):
        second.begin()
    clock.now += 20.0
    with pytest.raises(BudgetExceeded, match=r"60\.0 seconds"):
        second.begin_evaluation()


def test_tasks_that_share_a_budget_begin_no_more_than_it_allows() -> None:
    budget = Budget(Limits(calls=10, tokens=10**6))
    asked = []

    async def ask() -> None:
        budget.begin()
        asked.append(1)
        await asyncio.sleep(0)
        budget.spend(tokens=1, cost=None)

    async def main() -> list[BaseException | None]:
        return await asyncio.gather(*(ask() for _ in range(50)), return_exceptions=True)

    refused = [error for error in asyncio.run(main()) if error is not None]
    assert (len(asked), len(refused), budget.tokens) == (10, 40, 10)
    assert all(isinstance(error, BudgetExceeded) for error in refused)
