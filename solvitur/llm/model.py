"""What a language model is here: a request, a reply, and one method between them."""

import hashlib
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from solvitur.errors import RateLimited, RequestRejected


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Role(StrEnum):
    """Who speaks."""

    system = "system"
    user = "user"
    assistant = "assistant"


class Message(_Frozen):
    """One turn of a conversation.

    >>> Message.user("How many chairs?")
    Message(role=<Role.user: 'user'>, content='How many chairs?')
    """

    role: Role
    content: str

    @classmethod
    def system(cls, content: str) -> Self:
        """Say what the model is and how it should answer."""
        return cls(role=Role.system, content=content)

    @classmethod
    def user(cls, content: str) -> Self:
        """Ask."""
        return cls(role=Role.user, content=content)

    @classmethod
    def assistant(cls, content: str) -> Self:
        """Say what the model answered, or should have answered in an example."""
        return cls(role=Role.assistant, content=content)


class Sampling(_Frozen):
    """How the next token is drawn; the defaults are greedy."""

    temperature: float = Field(default=0.0, ge=0.0)
    """0 takes the likeliest token; higher is more varied."""
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    """Draw from the smallest set of tokens with this total probability."""
    max_tokens: int = Field(default=1024, ge=1)
    """The reply is cut here, and then says `Finish.length`."""
    seed: int = Field(default=0, ge=0, lt=2**32 - 1)
    """Used where the backend has `Feature.seed`; elsewhere it only tells requests apart."""
    stop: tuple[str, ...] = ()
    """The reply ends before the first of these texts."""


class Request(_Frozen):
    """Everything that decides a reply, and nothing else: no keys, no addresses.

    A request is data: it can be saved, compared by `key` and asked again. A
    schema or a grammar constrains the reply; give one or the other.

    >>> ask = Request(messages=(Message.user("hi"),))
    >>> ask.key == Request.model_validate_json(ask.model_dump_json()).key
    True
    """

    format: Literal[1] = 1
    messages: tuple[Message, ...] = Field(min_length=1)
    json_schema: dict[str, Any] | None = None
    """JSON schema that the reply text must follow."""
    grammar: str | None = None
    """GBNF grammar that the reply text must follow; needs `Feature.grammar`."""
    sampling: Sampling = Sampling()
    logprobs: int | None = Field(default=None, ge=0, le=20)
    """How many alternatives to report for each token; None reports nothing."""
    shared: int = Field(default=0, ge=0)
    """How many of the first messages begin other requests too: instructions, examples. A backend
    may keep what it read of them. It decides no reply, so it is not in the key."""

    @model_validator(mode="after")
    def _one_constraint(self) -> Self:
        if self.json_schema is not None and self.grammar is not None:
            raise ValueError("give json_schema or grammar, not both")
        return self

    @property
    def key(self) -> str:
        """SHA-256 of the request as canonical JSON: equal requests have equal keys."""
        content = self.model_dump(mode="json", exclude_none=True, exclude={"shared"})
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


_Number = TypeVar("_Number", int, float)


def _sum(one: _Number | None, other: _Number | None) -> _Number | None:
    return None if one is None or other is None else one + other


class Usage(_Frozen):
    """What one or several replies used up; ``Usage()`` is nothing at all.

    None means that the backend did not say. Unknown plus known is unknown.

    >>> Usage(prompt_tokens=5, cost=0.5) + Usage(completion_tokens=2, cost=None)
    Usage(prompt_tokens=5, completion_tokens=2, cached_tokens=0, cost=None)
    """

    prompt_tokens: int = 0
    """All tokens of the prompt, cached ones included."""
    completion_tokens: int = 0
    cached_tokens: int | None = 0
    """How many of the prompt's tokens the backend did not have to read again."""
    cost: float | None = 0.0
    """US dollars."""

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=_sum(self.cached_tokens, other.cached_tokens),
            cost=_sum(self.cost, other.cost),
        )


class Finish(StrEnum):
    """Why the reply ended."""

    stop = "stop"
    """The model was done, or met a stop text."""
    length = "length"
    """Cut at `Sampling.max_tokens` or at the end of the context."""
    refused = "refused"
    """The model or the provider's filter declined to answer."""


class Token(_Frozen):
    """One token of a reply, with natural-log probabilities."""

    text: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()
    """The likeliest tokens at this place, best first."""


class Reply(_Frozen):
    """What a model answered, why it ended, and what it used up."""

    format: Literal[1] = 1
    text: str
    finish: Finish = Finish.stop
    usage: Usage = Usage()
    model: str
    """Name of the model that answered, as the backend reports it."""
    seconds: float = 0.0
    """Wall time of this call alone, without waiting for retries."""
    logprobs: tuple[Token, ...] | None = None


class Feature(StrEnum):
    """What a backend can do beyond answering with text."""

    json_schema = "json_schema"
    grammar = "grammar"
    logprobs = "logprobs"
    streaming = "streaming"
    """`on_text` receives the text while it is written, not all at the end."""
    seed = "seed"
    """The same request gives the same reply, as far as the backend can promise."""
    tuned_elements = "tuned_elements"
    """It learned to write the five elements: it is asked without worked examples."""
    tuned_code = "tuned_code"
    """It learned so to write a Pyomo program."""
    tuned_steps = "tuned_steps"
    """It learned so to answer the questions of the stepwise way."""


TUNED = frozenset({Feature.tuned_elements, Feature.tuned_code, Feature.tuned_steps})
"""What a model can do because it was tuned on solvitur's lessons."""
UNTUNED = frozenset(Feature) - TUNED
"""All that a backend can do with a model that was not."""


class Model(Protocol):
    """A language model.

    Implementations are safe to call from several tasks of one event loop. A
    model wrapped in another (retries, budget, recording) is itself a model.
    """

    @property
    def name(self) -> str:
        """The name that `solvitur.llm.connect` understands, without the address."""
        ...

    @property
    def features(self) -> frozenset[Feature]:
        """What this model can do; ask it through `supports`."""
        ...

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer one request.

        Args:
            request: What to answer.
            on_text: Receives the text piece by piece, in order, in the event
                loop's thread, all before this method returns. The pieces put
                together are the reply's text.

        Raises:
            ModelError: One of its four kinds: unavailable, rate limited,
                rejected (the request can never work) or a bad reply.
        """
        ...


class SlowDown(RateLimited):
    """The server asks to slow down and says for how long.

    Args:
        message: The server's words.
        retry_after: Seconds to wait before asking again.
    """

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def supports(model: Model, feature: Feature) -> bool:
    """Whether the model has the feature."""
    return feature in model.features


def ensure_supported(model: Model, request: Request) -> None:
    """Raise `RequestRejected` where the request needs what the model cannot do.

    A seed is never rejected: where it has no effect it does no harm.
    """
    asked = {
        Feature.json_schema: request.json_schema,
        Feature.grammar: request.grammar,
        Feature.logprobs: request.logprobs,
    }
    for feature, value in asked.items():
        if value is not None and feature not in model.features:
            raise RequestRejected(f"{model.name} does not support {feature}")
