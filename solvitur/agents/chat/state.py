"""What a conversation remembers: JSON alone, so that every checkpoint of it can be read again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from solvitur.agents.answer import Answer
from solvitur.formulation.elements import Formulation
from solvitur.solvers.solution import Outcome

Waiting = Literal["yes", "reply"]
"""What the person is to say: whether the proposal is meant, or the reply to a question."""


class ResponseKind(StrEnum):
    """What a response is."""

    proposal = "proposal"
    """A formulation, with the question whether it is what was meant."""
    question = "question"
    """One question that has to be answered first."""
    answer = "answer"
    """A solved formulation, or why there is no answer."""
    words = "words"
    """Words alone: an explanation, or what the model says."""


class Message(BaseModel):
    """What a person does: says something, changes or tries out five elements, has them solved."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["said", "changed", "tried", "solve"]
    words: str
    formulation: Formulation | None = None
    """The five elements as they were changed."""


class Response(BaseModel):
    """What the conversation replies to one message."""

    model_config = ConfigDict(frozen=True)

    kind: ResponseKind
    text: str
    """Everything that the response says, for a person to read."""
    formulation: Formulation | None = None
    """What it is about: the proposal, or what was solved."""
    difference: tuple[str, ...] = ()
    """What is other than before, one line for each element."""
    answer: Answer | None = None
    """What the solver gave, where the response is an answer."""
    choices: tuple[str, ...] = ()
    """The answers that a question suggests."""
    is_what_if: bool = False
    """Whether the answer is one to a what-if, so that something else is kept."""
    is_from_model: bool = False
    """Whether the words are a language model's, which nothing confirms."""
    failed: Outcome | None = None
    """Why nothing came of the message; its words say more."""


class Turn(BaseModel):
    """A message and the response to it."""

    model_config = ConfigDict(frozen=True)

    message: Message
    response: Response = Field(alias="reply")
    """Kept under the name that it had in the first conversations."""


class State(TypedDict, total=False):
    """What the steps of the graph hand on; see `Snapshot` for what the keys hold.

    The turns are not in here: they are what the earlier checkpoints of the thread hold.
    """

    message: dict[str, Any]
    next: str
    """The step that follows."""
    waiting: Waiting | None
    problem: str
    asked: list[str]
    question: dict[str, Any] | None
    unclear: dict[str, Any] | None
    is_proposal: bool
    about: str | None
    proposal: dict[str, Any] | None
    held: dict[str, Any] | None
    draft: dict[str, Any] | None
    difference: list[str]
    is_kept: bool
    formulation: dict[str, Any] | None
    answer: dict[str, Any] | None
    assumed: list[str]
    reply: dict[str, Any]
    """The last response; kept under the name that it had in the first conversations."""
    count: int


@dataclass(frozen=True)
class Snapshot:
    """Where a conversation stands."""

    problem: str = ""
    """The problem in words, with what was answered to questions about it."""
    formulation: Formulation | None = None
    """The five elements that were agreed upon and solved."""
    proposal: Formulation | None = None
    """Five elements that wait for a yes."""
    answer: Answer | None = None
    """The answer to `formulation`."""
    question: Response | None = None
    """The question that waits for an answer."""
    response: Response | None = None
    """The last response."""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """Read the state of the graph."""
        waiting = state.get("waiting")
        response = Response.model_validate(state["reply"]) if "reply" in state else None
        return cls(
            problem=state.get("problem", ""),
            formulation=read_formulation(state.get("formulation")),
            proposal=read_formulation(state.get("proposal")) if waiting == "yes" else None,
            answer=read_answer(state.get("answer")),
            question=read_question(state),
            response=response,
        )


def dump(record: BaseModel) -> dict[str, Any]:
    """Give a record as JSON values."""
    values: dict[str, Any] = json.loads(record.model_dump_json())
    return values


def read_question(state: Mapping[str, Any]) -> Response | None:
    """Read the question that waits for an answer; something else may have been said since."""
    if state.get("waiting") != "reply":
        return None
    return Response.model_validate(state.get("question") or state["reply"])


def read_formulation(values: dict[str, Any] | None) -> Formulation | None:
    """Read five elements, where there are any."""
    return None if values is None else Formulation.model_validate_json(json.dumps(values))


def read_answer(values: dict[str, Any] | None) -> Answer | None:
    """Read an answer, where there is one."""
    return None if values is None else Answer.model_validate_json(json.dumps(values))
