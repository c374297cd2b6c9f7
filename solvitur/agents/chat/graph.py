"""One turn of a conversation as a graph: hear, ask, formulate, doubt, wait, solve, tell.

The steps are plain functions of the state; the graph only says which comes next. Where the person
has to answer first, `wait` interrupts it; LangGraph's checkpointer keeps what every step left, so
that a turn which was cut off goes on after its last whole step.
"""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import Context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from solvitur.agents.answer import Answer
from solvitur.agents.chat.edits.docs import differences
from solvitur.agents.chat.edits.edits import edited
from solvitur.agents.chat.hearing.hear import Context as Hearing
from solvitur.agents.chat.hearing.hear import answers_nothing, hear
from solvitur.agents.chat.hearing.intents import (
    Ask,
    Courtesy,
    Intent,
    NewProblem,
    No,
    Revise,
    Unclear,
    WhatIf,
    Why,
    Yes,
)
from solvitur.agents.chat.questions.doubts import doubts
from solvitur.agents.chat.questions.missing import questions
from solvitur.agents.chat.state import (
    Message,
    Response,
    ResponseKind,
    State,
    dump,
    read_answer,
    read_formulation,
    read_question,
)
from solvitur.agents.graph import Effort, solve_formulation, solve_problem
from solvitur.agents.graph import State as Progress
from solvitur.agents.telling.change import told_change
from solvitur.agents.telling.why import told_why
from solvitur.errors import FormulationError, ModelError, SolverError
from solvitur.formulation.difference import Difference
from solvitur.formulation.elements import Formulation
from solvitur.formulation.in_words import in_words
from solvitur.formulation.tables.data import Data
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.languages import UNCHECKED, is_english
from solvitur.llm import Finish, Model, Request, Sampling
from solvitur.llm import Message as Said
from solvitur.prompts.library import render
from solvitur.solvers import Incumbent, Interrupt, Options, Outcome

if TYPE_CHECKING:
    from langgraph.graph.state import StateGraph

_Result = TypeVar("_Result")

_A_TRIAL = 10.0
"""Seconds of solving that a proposal may take before the person has seen it."""
_FEWEST_WORDS = 8
"""In which no problem can be said without a number."""
_LONGEST_WORDS = 250
"""Tokens of a free answer."""
_WHAT_CAN_BE_SAID = {
    True: "Say yes to have it solved, or say what should be different.",
    False: 'Say what should change, or ask: "why?", "what if ...?".',
}
"""By whether a proposal waits."""


class Listener(Protocol):
    """Who is told what happens meanwhile, in the event loop's thread."""

    def doing(self, words: str) -> None:
        """Take note of what is being done now."""

    def step(self, name: str, state: Progress) -> None:
        """Take note of a step towards a formulation, as `solve_problem` tells it."""

    def writes(self, piece: str) -> None:
        """Take note of what the model writes for the next step, piece by piece."""

    def text(self, piece: str) -> None:
        """Take note of what the model says to the person, piece by piece."""

    def incumbent(self, incumbent: Incumbent) -> None:
        """Take note of a better point."""


@dataclass(frozen=True)
class Steps:
    """The steps of a turn."""

    model: Model
    effort: Effort
    data: Data
    asks: bool
    """Whether to ask the person; else what was assumed is listed."""
    listener: Listener
    interrupt: Interrupt
    """Stops solvers at work in this turn."""

    async def hear(self, state: State) -> State:
        """Find out what a message wants."""
        message = Message.model_validate(state["message"])
        if message.formulation is not None:
            return self._changed(state, message.formulation, is_kept=message.kind == "changed")
        base = _base(state)
        if message.kind == "solve":
            return self._again(state, base)
        if base is None and state.get("waiting") == "reply":
            if answers_nothing(message.words):
                return self._ask_again(state)
            return {"problem": _answered(state, message.words), "waiting": None, "next": "ask"}
        self.listener.doing("reading")
        context = Hearing(base, asks=self.asks, data=self.data, asked=_unclear(state))
        try:
            intent = await hear(message.words, context, self.model, seed=self._seed(state))
        except ModelError as error:
            return self._responded(state, _no_model(error))
        return self._follow(state, base, intent)

    def _follow(self, state: State, base: Formulation | None, intent: Intent) -> State:
        """Turn what was wanted into the next step."""
        match intent:
            case Yes() | No() | Revise(edits=()) if _is_proposal(state) and _unclear(state):
                return {"waiting": None, "difference": [], "next": "doubt"}  # it stays as it is
            case Revise() | WhatIf() if base is not None:
                return self._edited(state, base, intent)
            case Why():
                return {"about": intent.about, "next": "why"}
            case NewProblem():
                return self._begun(state, intent.words)
            case Yes() if state.get("waiting") == "yes":
                return {"waiting": None, "next": "solve"}
            case Ask():
                return {"next": "discuss"}
            case Unclear() if (added := _added(state)) is not None:
                return {"problem": added, "waiting": None, "unclear": None, "next": "ask"}
            case Unclear():
                return self._ask_about(state, intent, is_proposal=_is_proposal(state))
            case Courtesy() if base is not None:
                text = _WHAT_CAN_BE_SAID[_is_proposal(state)]
            case No() if base is not None:
                text = "What should be different?"
            case _:
                text = "There is nothing to agree to; say what should change."
                if base is None:
                    text = "Nothing is said yet. Say the problem in words, with its numbers."
        return self._responded(
            state, Response(kind=ResponseKind.words, text=text), keeps_waiting=True
        )

    def _edited(self, state: State, base: Formulation, intent: Revise | WhatIf) -> State:
        after = intent.formulation or edited(base, intent.edits, self.data)
        update = self._changed(state, after, is_kept=isinstance(intent, Revise))
        return {**update, "assumed": list(intent.assumptions)}

    def _begun(self, state: State, problem: str) -> State:
        """Begin with another problem, unless it is none."""
        if len(problem.split()) < _FEWEST_WORDS and not Reading(problem).numbers and not self.data:
            text = (
                "That is no problem yet. Say what is to be decided, what limits it, and the goal."
            )
            response = _failed(text, Outcome.not_formulated)
            return self._responded(state, response, keeps_waiting=True)
        return {**_NOTHING, "problem": problem, "next": "ask"}

    def ask(self, state: State) -> State:
        """Ask for the first thing that is missing, or assume what nobody is there to say."""
        said, asked = state["problem"], state.get("asked", [])
        for text in asked:
            said = said.replace(_bare(text), "")  # its words are ours, and leave nothing open
        missing = [each for each in questions(said, self.data) if each.text not in asked]
        if missing and self.asks:
            update = self._ask(state, missing[0].text, missing[0].choices)
            return {**update, "asked": [*asked, missing[0].text]}
        return {"assumed": [each.assumption for each in missing], "next": "formulate"}

    async def formulate(self, state: State) -> State:
        """Turn the problem into five elements."""
        self.listener.doing("formulating")
        effort = replace(self.effort, seed=self._seed(state), options=self._options(trial=True))
        asking = solve_problem(state["problem"], self.model, effort, self.listener.step, self.data)
        # Its graph is one of its own, and would take this one's thread from the context.
        draft = await asyncio.create_task(self._stoppable(asking), context=Context())
        if draft.formulation is None:
            return self._responded(state, _not_formulated(draft))
        five = _dumped(draft.formulation)
        return {
            "proposal": five,
            "draft": dump(draft),
            "is_kept": True,
            "difference": [],
            "next": "doubt",
        }

    async def doubt(self, state: State) -> State:
        """Ask about a reading that would change the answer, or list what was taken."""
        proposal, draft = _proposed(state)
        self.listener.doing("checking")
        best = draft if draft is not None and draft.outcome.is_final else None
        said, options = state["problem"], self._quick()
        doubting = asyncio.to_thread(doubts, said, proposal, self.data, options, best=best)
        try:
            found = await self._stoppable(doubting)
        except (FormulationError, SolverError):  # solving it says what is wrong
            found = ()
        if state.get("draft") is None:  # a person changed it, and may leave numbers out
            found = tuple(each for each in found if each.question.options)
        asked = state.get("asked", [])
        open_ones = [each for each in found if each.question.question not in asked]
        if open_ones and self.asks:
            question = open_ones[0].question
            update = self._ask_about(state, question, is_proposal=True)
            return {**update, "asked": [*asked, question.question]}
        taken = [each.assumption for each in found if each.question.options]
        update = {"assumed": [*state.get("assumed", []), *taken]}
        return {**update, "next": "propose" if self.asks else "solve"}

    def propose(self, state: State) -> State:
        """Show the five elements in words, and ask whether they are what was meant."""
        proposal, draft = _proposed(state)
        parts = [*state["difference"], in_words(proposal, self.data)]
        if draft is not None:
            parts += _to_check(draft, state["problem"])
        parts.append("Is this what you mean?")
        response = Response(
            kind=ResponseKind.proposal,
            text="\n\n".join(parts),
            formulation=proposal,
            difference=tuple(state["difference"]),
        )
        return {**self._responded(state, response), "waiting": "yes", "next": "wait"}

    def wait(self, state: State) -> State:
        """Wait until the person answers."""
        from langgraph.types import interrupt

        return {"message": interrupt(state["reply"])}

    async def solve(self, state: State) -> State:
        """Solve the proposal."""
        proposal, draft = _proposed(state)
        if draft is not None and draft.outcome.is_final:
            return {"draft": dump(draft), "next": "tell"}
        self.listener.doing("solving")
        effort = replace(self.effort, options=self._options())
        try:
            solving = asyncio.to_thread(solve_formulation, proposal, effort, self.data)
            answer = await self._stoppable(solving)
        except (FormulationError, SolverError) as error:
            answer = Answer(outcome=Outcome.error, message=str(error), formulation=proposal)
        if draft is not None:
            kept = ("rounds", "model", "usage", "cost", "assumptions", "checks", "confidence")
            answer = answer.model_copy(update={name: getattr(draft, name) for name in kept})
        return {"draft": dump(answer), "next": "tell"}

    async def tell(self, state: State) -> State:
        """Say the answer, what changed by it, and why."""
        answer = read_answer(state["draft"])
        assert answer is not None
        before, difference = (
            read_answer(state.get("answer")),
            Difference(tuple(state["difference"])),
        )
        text = answer.answer or answer.message
        if before is not None and difference:
            self.listener.doing("comparing")
            telling = asyncio.to_thread(
                told_change, before, answer, difference.lines, self.data, self._quick()
            )
            text = f"{difference}\n\n{await self._stoppable(telling)}"
        if not state["is_kept"]:
            text = f"{text}\nThis was a what-if: what is kept is as it was before."
        taken = dict.fromkeys([*state.get("assumed", []), *answer.assumptions])
        answer = answer.model_copy(update={"assumptions": tuple(taken)})
        response = Response(
            kind=ResponseKind.answer,
            text=text,
            formulation=answer.formulation,
            difference=difference.lines,
            answer=answer,
            is_what_if=not state["is_kept"],
        )
        update = self._responded(state, response)
        if state["is_kept"]:
            update |= {"formulation": state["proposal"], "answer": dump(answer)}
        elif state.get("held"):
            update |= {"waiting": "yes", "next": "wait"}
        held = state.get("held")
        done: State = {
            "held": None,
            "draft": None,
            "difference": [],
            "assumed": [],
            "is_kept": True,
        }
        return {**update, **done, "proposal": held}

    async def why(self, state: State) -> State:
        """Explain the answer."""
        answer = read_answer(state.get("answer"))
        text = "Nothing is solved yet: say yes to what is proposed, or have it solved."
        if answer is not None:
            self.listener.doing("explaining")
            about = state.get("about")
            telling = asyncio.to_thread(told_why, answer, about, self.data, self._quick())
            text = await self._stoppable(telling)
        return self._responded(
            state, Response(kind=ResponseKind.words, text=text), keeps_waiting=True
        )

    async def discuss(self, state: State) -> State:
        """Let the model answer a free question from what is known."""
        base, answer = _base(state), read_answer(state.get("answer"))
        facts = render(
            "chat_discuss",
            problem=state.get("problem", ""),
            formulation="" if base is None else in_words(base, self.data),
            answer="" if answer is None else answer.answer,
            confidence="" if answer is None or answer.confidence is None else answer.confidence,
        )
        question = Message.model_validate(state["message"]).words
        sampling = Sampling(max_tokens=_LONGEST_WORDS, seed=self._seed(state))
        request = Request(messages=(Said.system(facts), Said.user(question)), sampling=sampling)
        try:
            said = await self.model.reply(request, self.listener.text)
            text = said.text.strip()
            if said.finish is Finish.length:
                text = _whole_sentences(text)
            response = Response(kind=ResponseKind.words, text=text, is_from_model=True)
        except ModelError as error:
            response = _no_model(error)
        return self._responded(state, response, keeps_waiting=True)

    async def _stoppable(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Await work; a solver in it stops when it is told to, and when nobody waits any more."""
        try:
            with self.interrupt:
                return await work
        except asyncio.CancelledError:
            self.interrupt.abandon()
            raise

    # --- how steps end ---------------------------------------------------------------------------

    def _changed(self, state: State, after: Formulation, *, is_kept: bool = True) -> State:
        """Propose other five elements, and show what is other about them."""
        base = _base(state)
        lines = [] if base is None else list(differences(base, after).lines)
        if base is not None and not lines:
            text = "That changes nothing: it is so already."
            return self._responded(
                state, Response(kind=ResponseKind.words, text=text), keeps_waiting=True
            )
        by_hand = state["message"]["kind"] != "said"
        return {
            "proposal": _dumped(after),
            "held": None if is_kept or not _is_proposal(state) else state["proposal"],
            "draft": None,
            "difference": lines,
            "is_kept": is_kept,
            "waiting": None,
            "next": "doubt" if _is_proposal(state) and is_kept and not by_hand else "solve",
        }

    def _again(self, state: State, base: Formulation | None) -> State:
        if base is None and state.get("waiting") == "reply":
            return self._ask_again(state)
        if base is None:
            text = "There is nothing to solve yet: say the problem in words, or /load it."
            return self._responded(state, _failed(text))
        update: State = {"proposal": _dumped(base), "waiting": None, "next": "solve"}
        if not _is_proposal(state):
            update |= {"draft": None, "difference": [], "is_kept": True}
        return update

    def _ask(self, state: State, question: str, choices: Iterable[str]) -> State:
        response = Response(kind=ResponseKind.question, text=question, choices=tuple(choices))
        update = self._responded(state, response)
        return {**update, "question": dump(response), "waiting": "reply", "next": "wait"}

    def _ask_again(self, state: State) -> State:
        question = read_question(state)
        assert question is not None
        return self._ask(state, question.text, question.choices)

    def _ask_about(self, state: State, question: Unclear, *, is_proposal: bool) -> State:
        choices = (option.words for option in question.options)
        update = self._ask(state, question.question, choices)
        return {**update, "unclear": dump(question), "is_proposal": is_proposal}

    def _responded(self, state: State, response: Response, *, keeps_waiting: bool = False) -> State:
        """End the turn with a response; a question that is not answered by it stays asked."""
        waiting = state.get("waiting") if keeps_waiting else None
        return {
            "reply": dump(response),
            "count": state.get("count", 0) + 1,
            "waiting": waiting,
            "unclear": state.get("unclear") if waiting else None,
            "next": "wait" if waiting else END,
        }

    def _seed(self, state: State) -> int:
        """Give each turn a seed of its own: what is asked twice may be answered otherwise."""
        return self.effort.seed + state.get("count", 0)

    def _quick(self) -> Options:
        """Give what the solver is told where something is only to be explained."""
        options = self.effort.options
        limit = min(options.time_limit or _A_TRIAL, _A_TRIAL)
        return replace(options, time_limit=limit, on_incumbent=None, log_file=None)

    def _options(self, *, trial: bool = False) -> Options:
        """Bound a trial, and let whoever listens hear of better points."""
        limits = (self.effort.options.time_limit, _A_TRIAL if trial else None)
        limit = min((each for each in limits if each is not None), default=None)
        loop = asyncio.get_running_loop()

        def tell(incumbent: Incumbent) -> None:
            loop.call_soon_threadsafe(self.listener.incumbent, incumbent)

        return replace(self.effort.options, time_limit=limit, on_incumbent=tell)


END = "__end__"
"""LangGraph's word for the end, said here so that the steps need no LangGraph."""
_NOTHING: State = {
    "problem": "",
    "asked": [],
    "proposal": None,
    "draft": None,
    "difference": [],
    "formulation": None,
    "answer": None,
    "assumed": [],
    "waiting": None,
    "unclear": None,
}
"""A conversation about nothing yet."""


def build(steps: Steps) -> "StateGraph[State]":
    """Wire the steps into a LangGraph graph, to be compiled with a checkpointer."""
    from langgraph.graph import START, StateGraph

    graph = StateGraph(State)
    ahead: dict[str, tuple[str, ...]] = {
        "hear": ("ask", "doubt", "solve", "why", "discuss"),
        "ask": ("formulate",),
        "formulate": ("doubt",),
        "doubt": ("propose", "solve"),
        "propose": (),
        "solve": ("tell",),
        "tell": (),
        "why": (),
        "discuss": (),
    }
    for name, following in ahead.items():
        graph.add_node(name, _in_words(steps, getattr(steps, name)))
        graph.add_conditional_edges(name, _next, [*following, "wait", END])
    graph.add_node("wait", steps.wait)
    graph.add_edge("wait", "hear")
    graph.add_edge(START, "hear")
    return graph


def _in_words(steps: Steps, step: Callable[[State], Any]) -> Callable[..., Awaitable[State]]:
    """Let a step that cannot be done end its turn with the reason."""

    async def done(state: State) -> State:
        try:
            update = step(state)
            found: State = await update if inspect.isawaitable(update) else update
        except (FormulationError, SolverError) as error:
            response = _failed(str(error))
            found = steps._responded(state, response, keeps_waiting=True)
        return found

    return done


def _next(state: State) -> str:
    return state["next"]


def _is_proposal(state: State) -> bool:
    """Whether what is talked about waits for a yes, also while a question about it is open."""
    is_asked = state.get("waiting") == "reply" and state.get("is_proposal", False)
    return state.get("waiting") == "yes" or is_asked


def _base(state: State) -> Formulation | None:
    """Give the five elements that a message is about."""
    if _is_proposal(state):
        return read_formulation(state.get("proposal"))
    return read_formulation(state.get("formulation"))


def _dumped(formulation: Formulation) -> dict[str, Any]:
    return formulation.model_dump(mode="json", exclude_defaults=True)


def _answered(state: State, words: str) -> str:
    """Give the problem with the answer to a question about it."""
    question = read_question(state)
    assert question is not None
    said = state["problem"].rstrip()
    end = "" if said.endswith((".", "!", "?")) else "."
    return f"{said}{end}\n{_bare(question.text)} {words}"


def _bare(question: str) -> str:
    """Leave out the sentence that a question quotes: said twice, it would count twice."""
    return re.sub(r' \(".*"\)', "", question)


def _added(state: State) -> str | None:
    """Give the problem with what an answer adds to it; ``None`` where it adds nothing."""
    asked = _unclear(state)
    if asked is None or not asked.sentence:
        return None
    words = Message.model_validate(state["message"]).words.strip(" .!\n")
    said = asked.sentence.replace("{}", words)
    return f"{state['problem'].rstrip()}\n{said[:1].upper()}{said[1:]}"


def _unclear(state: State) -> Unclear | None:
    """Give the question that a message may answer."""
    return Unclear.model_validate(state["unclear"]) if state.get("unclear") else None


def _proposed(state: State) -> tuple[Formulation, Answer | None]:
    """Give what is proposed, and its draft: not that of what it was before an edit."""
    proposal = read_formulation(state["proposal"])
    assert proposal is not None
    draft = read_answer(state.get("draft"))
    return proposal, draft if draft is not None and draft.formulation == proposal else None


def _to_check(draft: Answer, problem: str) -> list[str]:
    """List what a person should look at, in one part; no part where there is nothing."""
    found = [check.message for check in draft.checks]
    found += [] if is_english(problem) else [UNCHECKED]
    return ["\n".join(["To check:", *(f"- {each}" for each in found)])] if found else []


def _whole_sentences(text: str) -> str:
    """Leave out the sentence that was cut off, where there is one before it."""
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", text)]
    return text[: ends[-1]] if ends else text


def _failed(text: str, outcome: Outcome = Outcome.error) -> Response:
    """Say why nothing came of a message."""
    return Response(kind=ResponseKind.words, text=text, failed=outcome)


def _no_model(error: ModelError) -> Response:
    return _failed(
        f"The language model did not answer: {error}\n"
        "Nothing is lost. Say it again, or go on without it: /set, /edit, /solve, /why."
    )


def _not_formulated(answer: Answer) -> Response:
    text = f"There is no formulation yet: {answer.message}\nNothing is lost; say it again to go on."
    if answer.outcome is Outcome.not_formulated:
        text = f"No formulation came of it: {answer.message}"
    return _failed(text, answer.outcome)
