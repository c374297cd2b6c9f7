"""What calls share: limits, tables, the model and its budget, and turns."""

import asyncio
import threading
from typing import Any

import pytest

from solvitur.agents import Effort
from solvitur.agents.tools import Check, Explain, Formulate, Service, Solve, Tool, read
from solvitur.errors import BudgetExceeded, ConfigError, ProblemError
from solvitur.formulation import Data
from solvitur.llm import Model, Scripted, layered
from solvitur.runs.budget import Budget, Limits
from solvitur.solvers import Interrupt, Options
from solvitur.solvers.waiting import Abandoned
from tests.cli.problems import CHAIRS, TEXT, market_split, reply


def nobody() -> Model:
    raise AssertionError("no model is to be asked")


def silent(line: str) -> None:
    pass


async def called(tool: Tool, service: Service, **arguments: Any) -> Any:
    return await tool(read(tool, arguments), service, silent)


def test_only_words_ask_a_model() -> None:
    async def work() -> None:
        service = Service(nobody, Effort())
        for tool in (Solve(), Explain(), Check()):
            await called(tool, service, formulation=CHAIRS)
        with pytest.raises(AssertionError, match="no model"):
            await called(Formulate(), service, problem=TEXT)

    asyncio.run(work())


def test_a_call_may_take_less_time_than_the_server_allows_and_no_more() -> None:
    service = Service(nobody, Effort(seconds=10))
    assert service.effort(seconds=3).seconds == 3
    assert service.effort(seconds=30).seconds == 10
    assert service.effort().seconds == 10


def test_what_is_asked_of_the_solver_is_told_to_it() -> None:
    service = Service(nobody, Effort(options=Options(gap=0.5, threads=1)))
    effort = service.effort(solver="scip", gap=0.1)
    assert (effort.solver, effort.options.gap, effort.options.threads) == ("scip", 0.1, 1)
    assert service.effort().options.gap == 0.5


def test_a_call_adds_tables_and_replaces_none() -> None:
    service = Service(nobody, Effort(), Data({"wares": {"n": [1, 2]}}))
    assert service.data({"goods": [{"n": 3}]}).names == ("wares", "goods")
    assert service.data(None) is service.tables
    with pytest.raises(ConfigError, match="there is a table 'wares' already"):
        service.data({"wares": []})


def test_words_without_a_number_ask_nobody_and_say_what_is_missing() -> None:
    service = Service(lambda: Scripted([]), Effort())
    with pytest.raises(ProblemError, match="the text states no number"):
        asyncio.run(called(Formulate(), service, problem="Sing a song."))


def test_the_budget_is_for_all_calls_together() -> None:
    model = layered(Scripted([reply(CHAIRS)]), budget=Budget(Limits(calls=1)))

    async def work() -> None:
        service = Service(lambda: model, Effort())
        assert (await called(Formulate(), service, problem=TEXT)).outcome == "solved"
        with pytest.raises(BudgetExceeded, match="limit of 1 calls"):
            await called(Formulate(), service, problem=TEXT)

    asyncio.run(work())


def test_no_more_than_four_searches_go_on_at_once() -> None:
    at_work, most = 0, 0
    lock, enough = threading.Lock(), threading.Event()

    def search() -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        enough.wait(0.05)
        with lock:
            at_work -= 1

    async def work() -> None:
        service = Service(nobody, Effort())
        await asyncio.gather(*(service.aside(search) for _ in range(9)))

    asyncio.run(work())
    assert most <= 4


def test_a_search_that_is_given_up_ends_in_its_thread() -> None:
    ended: list[type[BaseException]] = []
    interrupt = Interrupt()

    async def work() -> None:
        service = Service(nobody, Effort())
        with interrupt:
            searching = asyncio.create_task(called(Solve(), service, formulation=market_split()))
            await asyncio.sleep(0.3)
            interrupt.abandon()
            try:
                await searching
            except Abandoned as error:
                ended.append(type(error))

    asyncio.run(asyncio.wait_for(work(), 20))
    assert ended == [Abandoned]


@pytest.mark.parametrize("solver", ["pyomo:glpk", "pyomo:cbc"])
def test_solvers_behind_pyomo_work_at_once(solver: str) -> None:
    from solvitur.solvers import connect

    if not connect(solver).is_installed():
        pytest.skip(f"{solver} is not here")

    async def work() -> list[float]:
        service = Service(nobody, Effort())
        calls = (called(Solve(), service, formulation=CHAIRS, solver=solver) for _ in range(6))
        return [answer.objective for answer in await asyncio.gather(*calls)]

    assert asyncio.run(work()) == [180] * 6
