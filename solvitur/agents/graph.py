"""The agent as a graph: formulate -> check -> solve -> verify -> review -> (repair) -> explain.

The nodes are plain functions of the state, tested without LangGraph; the graph only says who comes
next. The loop is LLMOPT's self-correction (arXiv 2410.13213, section 3.4), fed with evidence rather
than with printed output: findings with their place, the solver's verdict, the coverage of the
problem's numbers, what reviewers say. No candidate is asked for twice: each round changes the
question, the way of asking or the temperature. It stops when nothing speaks against a candidate,
when two candidates agree, or when the rounds or the budget are spent.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from solvitur.agents.answer import Agreement, Answer, from_attempt, rounds
from solvitur.agents.code import Coded
from solvitur.agents.confidence import Asked, confidence
from solvitur.agents.diagnosis import Diagnostician
from solvitur.agents.direct import Direct
from solvitur.agents.draft import Asking, Attempt, Draft, Formulator, is_small
from solvitur.agents.problem import read_problem
from solvitur.agents.routes import compared
from solvitur.agents.script import ScriptRun, check_script, place_for_scripts, run_script
from solvitur.agents.solving import Solved, Task, diagnosed, solved, within
from solvitur.agents.techniques import chosen, formulators, reviewers, tolerated
from solvitur.agents.voting import agreement, best, matched, settled
from solvitur.errors import (
    BadReply,
    BudgetExceeded,
    ConfigError,
    ModelError,
)
from solvitur.formulation.checks import Code, Finding, check
from solvitur.formulation.elements import Formulation
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Data, Given
from solvitur.formulation.tables.schema import describe
from solvitur.formulation.words.cues import Reading
from solvitur.llm import Model, Usage
from solvitur.solvers import Options, Outcome, Stop, solve

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

_TEMPERATURES = (0.0, 0.5, 0.7, 0.9)
"""By turn of a way of asking: first what the model holds likeliest, then ever more freely."""

_SEEDS = 2**32 - 1
"""How many seeds a request can have; others are brought into that range."""


@dataclass(frozen=True)
class Effort:
    """How long to try."""

    rounds: int = 3
    """Formulations asked for, the first one included."""
    seconds: float | None = None
    """Wall time for one problem, models and solver together."""
    patience: float = 600.0
    """Seconds that an embedded model is asked about one problem where `seconds` sets no limit.

    On a busy machine one reply may take minutes. What is in hand by then is the answer.
    """
    solver: str = "auto"
    """Who solves, by the name that `solvitur.solvers.connect` knows."""
    options: Options = field(default_factory=Options)
    """What the solver is told; its time limit is also bounded by `seconds`."""
    seed: int = 0
    sensitivity: bool = False
    """Whether to find out what one more unit of each limit is worth."""
    route: Literal["formulation", "code", "both"] = "formulation"
    """What is asked for: the five elements, a Pyomo script that runs in the sandbox, or both."""
    sandbox: str = "auto"
    """Where a script runs: the strongest sandbox, if it shuts a script in, or one by its name."""
    techniques: tuple[str, ...] | None = None
    """Those of `solvitur.agents.techniques` to use; by default what pays for this model."""
    samples: int = 1
    """Formulations drawn before any is repaired; what most of them come to is the answer."""

    @property
    def most(self) -> int:
        """How many formulations are asked for at most."""
        return max(self.rounds, self.samples)

    @property
    def time_limit(self) -> float | None:
        """Seconds that one formulation may take to solve and to diagnose, if there is a limit."""
        limits = (self.seconds, self.options.time_limit)
        return min((limit for limit in limits if limit is not None), default=None)


class State(TypedDict, total=False):
    """What the nodes hand on."""

    attempts: list[Attempt]
    draft: Draft
    attempt: Attempt
    stopped: str
    """Why the search ended before its time: a budget, a model that is down."""
    outcome: Outcome
    """The outcome when it ended like that without an answer."""
    answer: Answer


class _Stopped(Exception):
    """The search ends here, for a reason that is a result and no failure."""

    def __init__(self, reason: str, outcome: Outcome) -> None:
        super().__init__(reason)
        self.state: State = {"stopped": reason, "outcome": outcome}


class Agent:
    """The nodes of the graph for one problem.

    Args:
        reading: The problem.
        model: The language model, with its budget, recording and retries around it.
        effort: How long to try.
        data: The tables that come with the problem.
    """

    def __init__(self, reading: Reading, model: Model, effort: Effort, data: Given = None) -> None:
        self.reading = reading
        self.model = model
        self.effort = effort
        self.data = Data.of(data)
        self.techniques = chosen(effort.techniques, model)
        self.reviewers = () if effort.route == "code" else reviewers(self.techniques, self._run)
        self._started = time.monotonic()
        self._deadline = None if effort.seconds is None else self._started + effort.seconds
        self._asked = 0.0
        """Seconds that the model was asked for."""

    def on(self, route: Literal["formulation", "code"]) -> "Agent":
        """Give an agent for one route to the same problem, in the time that is left."""
        left = replace(self.effort, route=route, seconds=self._seconds_left())
        return Agent(self.reading, self.model, left, self.data)

    async def formulate(self, state: State) -> State:
        """Ask for a formulation; from the second round on this is the repair."""
        attempts = state.get("attempts", [])
        number = len(attempts)
        ways = self._ways()
        formulator = ways[number % len(ways)]
        temperature = _TEMPERATURES[min(number // len(ways), len(_TEMPERATURES) - 1)]
        asking = self._asking([] if number < self.effort.samples else attempts)
        try:
            if attempts and self._seconds_to_ask() == 0:
                raise self._out_of_time()
            async with self._within_limits():
                # Without chance a seed decides nothing, and would only hide a reply that is known.
                seed = (self.effort.seed + (number if temperature else 0)) % _SEEDS
                draft = await formulator.draft(asking, temperature=temperature, seed=seed)
        except BadReply as error:
            draft = Draft(formulator.name, None, fault=str(error))
        except _Stopped as stop:
            return stop.state
        return {"draft": draft, "attempt": Attempt(number + 1, draft)}

    async def check(self, state: State) -> State:
        """Judge the formulation without a solver."""
        attempt = state["attempt"]
        findings = await asyncio.to_thread(self._findings, attempt.draft)
        told = tolerated(self.techniques)
        return {"attempt": replace(attempt, findings=findings, tolerated=told)}

    async def solve(self, state: State) -> State:
        """Solve it, if it can be solved; the solver's point is verified on the way."""
        attempt = state["attempt"]
        if attempt.draft.script is not None:
            return {"attempt": replace(attempt, run=await self._run(attempt.draft.script))}
        formulation = attempt.draft.formulation
        unsound = (Code.invalid, Code.data)
        if formulation is None or any(f.code in unsound for f in attempt.findings):
            return {}
        found = await solved(self._task(formulation))
        attempt = replace(
            attempt, solution=found.solution, trouble=found.trouble, diagnosis=found.diagnosis
        )
        if found.solution is not None and found.solution.stop is Stop.interrupted:
            return {"attempt": attempt, "stopped": "interrupted", "outcome": Outcome.no_answer}
        return {"attempt": attempt}

    async def verify(self, state: State) -> State:
        """Put the attempt down with all that speaks against it, and samples it is the same as."""
        attempt, earlier = state["attempt"], state.get("attempts", [])
        formulation = attempt.draft.formulation
        if self.effort.samples > 1 and formulation is not None:
            attempt = await matched(attempt, earlier, self._task(formulation))
        return {"attempt": attempt, "attempts": [*earlier, attempt]}

    async def review(self, state: State) -> State:
        """Let reviewers look at the last attempt, where it came to an answer."""
        *earlier, attempt = state["attempts"]
        if not attempt.is_reviewed:
            return {}
        asking, stopped = self._asking(earlier), State()
        for reviewer in self.reviewers:
            try:
                async with self._within_limits():
                    review = await reviewer.review(attempt, asking)
            except BadReply:
                continue
            except _Stopped as stop:
                stopped = stop.state
                break
            attempt = replace(attempt, reviews=(*attempt.reviews, review))
        return {**stopped, "attempt": attempt, "attempts": [*earlier, attempt]}

    async def explain(self, state: State) -> State:
        """Choose among the attempts and say the answer in words."""
        chosen = best(state.get("attempts", []))
        if chosen is not None:
            chosen = await self._diagnosed(chosen)
        return {"answer": await asyncio.to_thread(self._answer, state, chosen)}

    def _answer(self, state: State, chosen: Attempt | None) -> Answer:
        attempts, stopped = state.get("attempts", []), state.get("stopped", "")
        if chosen is None or (stopped and chosen.result is None):
            answer = Answer(outcome=state.get("outcome", Outcome.not_formulated), message=stopped)
        else:
            answer = from_attempt(chosen, self.reading.text, self.data)
            if stopped:
                message = "; ".join(part for part in (answer.message, stopped) if part)
                answer = answer.model_copy(update={"message": message})
        usage = sum((attempt.usage for attempt in attempts), Usage())
        update = {
            "rounds": rounds(attempts),
            "agreement": self._agreement(chosen, attempts),
            "model": self.model.name,
            "usage": usage,
            "cost": usage.cost,
            "seconds": round(time.monotonic() - self._started, 3),
            "solver_seconds": round(sum(attempt.solver_seconds for attempt in attempts), 3),
        }
        answer = answer.model_copy(update=update)
        reviews = () if chosen is None else chosen.reviews
        asked = Asked(self.techniques, self.effort.rounds, self.effort.samples)
        sure = confidence(answer, self.reading, reviews, asked)
        return answer.model_copy(update={"confidence": sure})

    def _agreement(self, chosen: Attempt | None, attempts: list[Attempt]) -> Agreement | None:
        if chosen is None or self.effort.samples == 1 or len(attempts) == 1:
            return None
        return agreement(chosen, attempts)

    def after_formulate(self, state: State) -> Literal["check", "explain"]:
        """Go on with a draft; without one (budget, model down) to the end."""
        return "explain" if state.get("stopped") else "check"

    def after_review(self, state: State) -> Literal["formulate", "explain"]:
        """Repair while something speaks against the last attempt and rounds are left."""
        attempts = state["attempts"]
        is_settled = settled(attempts, self.effort.samples)
        done = state.get("stopped") or is_settled or len(attempts) >= self.effort.most
        return "explain" if done else "formulate"

    def _findings(self, draft: Draft) -> tuple[Finding, ...]:
        if draft.script is not None:
            return check_script(draft.script, self.reading.text)
        if draft.formulation is None:
            return ()
        return check(draft.formulation, self.reading.text, self.data)

    async def _run(self, script: str) -> ScriptRun:
        wall = self._seconds_left()
        limit = within(self.effort.options, wall).time_limit
        return await asyncio.to_thread(run_script, script, limit, self.effort.sandbox, wall)

    async def _diagnosed(self, attempt: Attempt) -> Attempt:
        if attempt.draft.formulation is None:
            return attempt
        task = self._task(attempt.draft.formulation)
        found = Solved(attempt.solution, attempt.diagnosis)
        more = await diagnosed(task, found, worth=self.effort.sensitivity)
        return replace(attempt, diagnosis=more)

    def _task(self, formulation: Formulation) -> Task:
        told = self.effort.solver, self.effort.options
        return Task(formulation, self.data, *told, self._deadline)

    def _ways(self) -> "Sequence[Formulator]":
        if self.effort.route == "code":
            return (Coded(),)
        return (Direct(),) if self.data else formulators(self.techniques)

    def _asking(self, attempts: list[Attempt]) -> Asking:
        return Asking(self.reading, self.model, attempts, self.data, self.techniques)

    @asynccontextmanager
    async def _within_limits(self) -> AsyncIterator[None]:
        """Ask the model in the time that is left; what ends the search is `_Stopped`."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds_to_ask()):
                yield
        except BadReply:
            raise
        except BudgetExceeded as error:
            raise _Stopped(str(error), Outcome.budget) from error
        except TimeoutError as error:
            raise self._out_of_time() from error
        except ModelError as error:
            raise _Stopped(str(error), Outcome.error) from error
        finally:
            self._asked += time.monotonic() - began

    def _out_of_time(self) -> _Stopped:
        seconds = self.effort.seconds
        if seconds is None:
            words = (
                f"the model was asked for {self.effort.patience:g} s, and that is the most without "
                "a time limit; set one to allow more"
            )
        else:
            words = f"the time limit of {seconds:g} s is reached" if seconds else "no time is left"
        return _Stopped(words, Outcome.no_answer)

    def _seconds_to_ask(self) -> float | None:
        """Give what the model may still be asked for: of one on this machine never without end."""
        if self.effort.seconds is not None or not is_small(self.model):
            return self._seconds_left()
        return max(0.0, self.effort.patience - self._asked)

    def _seconds_left(self) -> float | None:
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())


@dataclass(frozen=True)
class _Context:
    """Whose nodes they are."""

    agent: Agent


@cache
def build() -> "CompiledStateGraph[State, _Context]":
    """Wire the nodes into a LangGraph graph; whose nodes they are is said when it is run."""
    from langgraph.graph import END, START, StateGraph
    from langgraph.runtime import Runtime

    def step(method: Callable[[Agent, State], Any]) -> Callable[..., Awaitable[Any]]:
        async def taken(state: State, runtime: Runtime[_Context]) -> Any:
            found = method(runtime.context.agent, state)
            return await found if isawaitable(found) else found

        return taken

    graph = StateGraph(State, _Context)
    for node in ("formulate", "check", "solve", "verify", "review", "explain"):
        graph.add_node(node, step(getattr(Agent, node)))
    graph.add_edge(START, "formulate")
    graph.add_conditional_edges("formulate", step(Agent.after_formulate), ["check", "explain"])
    graph.add_edge("check", "solve")
    graph.add_edge("solve", "verify")
    graph.add_edge("verify", "review")
    graph.add_conditional_edges("review", step(Agent.after_review), ["formulate", "explain"])
    graph.add_edge("explain", END)
    return graph.compile()


async def solve_problem(
    text: str,
    model: Model,
    effort: Effort | None = None,
    on_step: Callable[[str, State], None] | None = None,
    data: Given = None,
) -> Answer:
    """Answer a word problem.

    Args:
        text: The problem in words, with its data.
        model: Who formulates it; put budget, recording and retries around it with
            `solvitur.llm.layered`.
        effort: How long to try.
        on_step: Told after each step: its name and the state it leaves.
        data: The tables that come with the problem: a folder, tables by name, or `Data`. The model
            sees their columns and three rows of each.

    Raises:
        ProblemError: The text is empty, too long, or not text.
        ConfigError: The route takes no tables, and there are some.
        SandboxUnavailable: The code route has no place to run a script; no model was asked.
        DataError: A table cannot be read.

    Everything else ends as an `Answer` that says its outcome: a model that is down, a budget that
    is spent, a problem that could not be formulated.
    """
    effort, data = effort or Effort(), Data.of(data)
    if data and effort.route != "formulation":
        raise ConfigError(
            f"the route {effort.route!r} takes no tables, as a script is shut in and reads no "
            "files; write the data into the problem, or take the route 'formulation'"
        )
    agent = Agent(read_problem(text), model, effort, data)
    describe(agent.data)  # a table that cannot be read is found before a model is asked
    if effort.route != "formulation" or "code" in agent.techniques:
        place_for_scripts(effort.sandbox)  # and so is that there is nowhere to run a script
    if not agent.reading.all_numbers and not agent.data:
        return Answer(
            outcome=Outcome.not_formulated,
            model=model.name,
            message="the text states no number, so there is nothing to compute; "
            "say what can be decided, what limits it, and what is to be best",
        )
    if effort.route != "both":
        return await _followed(agent, on_step)
    first = await _followed(agent.on("formulation"), on_step)
    return compared(first, await _followed(agent.on("code"), on_step))


async def _followed(agent: Agent, on_step: Callable[[str, State], None] | None) -> Answer:
    """Go through the graph to its end."""
    state: State = {}
    limit = 6 * agent.effort.most + 10
    async for updates in build().astream(
        {"attempts": []}, {"recursion_limit": limit}, context=_Context(agent), stream_mode="updates"
    ):
        for node, update in updates.items():
            state = cast(State, {**state, **(update or {})})
            if on_step is not None:
                on_step(node, state)
    return state["answer"]


def solve_formulation(
    formulation: Formulation, effort: Effort | None = None, data: Given = None
) -> Answer:
    """Answer a formulation, with no language model at all.

    Args:
        formulation: The five elements.
        effort: How long to try.
        data: The tables that the formulation names: a folder, tables by name, or `Data`.

    Raises:
        InvalidFormulation: The formulation does not say a model.
        SolverError: The solver cannot take it or failed.
    """
    started = time.monotonic()
    effort, data = effort or Effort(), Data.of(data)
    limit = effort.time_limit

    def seconds_left() -> float | None:
        return None if limit is None else limit - (time.monotonic() - started)

    findings = check(formulation, data=data)
    told = replace(effort.options, time_limit=limit)
    instance = Instance(formulation, data)
    solution = solve(instance, effort.solver, told)
    diagnostician = Diagnostician(instance, effort.options, seconds_left)
    found = diagnostician.reason(solution)
    found = diagnostician.more(solution, found, worth=effort.sensitivity)
    attempt = Attempt(1, Draft("given", formulation), findings, solution, diagnosis=found)
    answer = from_attempt(attempt, None, data)
    return answer.model_copy(update={"seconds": round(time.monotonic() - started, 3)})
