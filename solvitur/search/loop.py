"""Ask, try, tell: the loop of every search, with many trials in flight.

>>> import asyncio
>>> class Pairs:
...     def __init__(self):
...         self.told = 0
...     def ask(self, number):
...         return number if number < 4 and number < self.told + 2 else None
...     def tell(self, plan, result):
...         self.told += 1
...         print(plan, result)
>>> async def propose(number):
...     return number
>>> async def evaluate(number):
...     await asyncio.sleep(0.01 * (4 - number))
...     return number**2
>>> async def main():
...     steps = pursue(Pairs(), propose, evaluate, Width(2))
...     return [(step.ticket, step.staleness) async for step in steps]
>>> asyncio.run(main())
0 0
1 1
2 4
3 9
[(0, 0), (1, 1), (0, 0), (1, 1)]
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Protocol, TypeVar

from solvitur.runs import Commit, Interruption, Journal, Width, pipeline, ticket, tickets

Plan = TypeVar("Plan")
Proposal = TypeVar("Proposal")
Result = TypeVar("Result")
Heard = TypeVar("Heard", contravariant=True)

_ROUND = "round"
"""The kind of event that says where a searcher had no plan."""


class Searcher(Protocol[Plan, Heard]):
    """Knows what to try next. Who wants a loop of their own calls these two themselves."""

    def ask(self, number: int) -> Plan | None:
        """Say what to try.

        Args:
            number: How many plans were given before.

        Returns:
            None where it depends on what is still in flight, and where there is nothing more.
        """
        ...

    def tell(self, plan: Plan, result: Heard) -> None:
        """Hear what came of a plan."""
        ...


async def pursue(
    searcher: Searcher[Plan, Result],
    propose: Callable[[Plan], Awaitable[Proposal]],
    evaluate: Callable[[Proposal], Awaitable[Result]],
    width: Width,
    *,
    deterministic: bool = True,
    journal: Journal | None = None,
    interruption: Interruption | None = None,
) -> AsyncGenerator[Commit[Plan, Proposal, Result], None]:
    """Try what a searcher asks for, until it asks for nothing more.

    Each result is told before the next plan is asked for and before it is given here. Once the
    searcher has no plan it is asked again when everything in flight was told: so it makes
    generations, or goes on steadily, as it likes. The rest is as `solvitur.runs.pipeline` says.
    """
    interruption = interruption or Interruption()
    rounds = _Rounds(None if deterministic else journal)
    asked = 0

    def plans() -> Iterator[Plan]:
        nonlocal asked
        while not rounds.ended_at(asked):
            if (plan := searcher.ask(asked)) is None:
                rounds.end(asked)
                return
            asked += 1
            yield plan

    while not interruption.was_asked:
        before = asked
        steps = pipeline(
            propose,
            evaluate,
            plans(),
            width,
            deterministic=deterministic,
            journal=journal,
            interruption=interruption,
        )
        async with aclosing(steps):
            async for step in steps:
                searcher.tell(step.item, step.value)
                yield step
        if asked == before:
            return


class _Rounds:
    """Where a searcher had no plan, as long as that depends on how fast others were."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        if journal is not None:
            self._place = tickets.current(tickets.Line()).take()
            start = f"{_ROUND} {self._place} "
            keys = (event.key for event in journal.events(_ROUND))
            ends = (int(key.removeprefix(start)) for key in keys if key.startswith(start))
            self._ends = set(ends)

    def ended_at(self, asked: int) -> bool:
        """Whether the last process had none at this point; it is asked again after that."""
        if self._journal is None or asked not in self._ends:
            return False
        self._ends.remove(asked)
        return True

    def end(self, asked: int) -> None:
        """Note that there is none now."""
        if self._journal is not None:
            with tickets.within(self._place), ticket(asked):
                self._journal.note(f"{_ROUND} {self._place} {asked}", asked, kind=_ROUND)
