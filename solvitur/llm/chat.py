"""The chat-completions protocol, as plain JSON: a request's body, and a reply from its events."""

from typing import Any

from solvitur.errors import BadReply
from solvitur.llm.model import Finish, Reply, Request, Token, Usage

_FINISH = {"length": Finish.length, "content_filter": Finish.refused}
_IMPOSSIBLE = -9999.0
"""Stands for minus infinity, which JSON cannot say."""


def body(request: Request) -> dict[str, Any]:
    """The fields that every server understands the same way.

    What equals the protocol's own default is left out: some servers refuse even
    the mention of a setting that they do not have.
    """
    sampling = request.sampling
    fields: dict[str, Any] = {
        "messages": [message.model_dump(mode="json") for message in request.messages],
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
    }
    if sampling.temperature != 1.0:
        fields["temperature"] = sampling.temperature
    if sampling.top_p != 1.0:
        fields["top_p"] = sampling.top_p
    if sampling.stop:
        fields["stop"] = list(sampling.stop)
    if request.logprobs is not None:
        fields |= {"logprobs": True, "top_logprobs": request.logprobs}
    if request.json_schema is not None:
        schema: dict[str, Any] = {"name": "reply", "schema": request.json_schema}
        if _is_closed(request.json_schema):
            schema["strict"] = True
        fields["response_format"] = {"type": "json_schema", "json_schema": schema}
    return fields


def _is_closed(schema: object) -> bool:
    """Whether every object in the schema lists all its keys: only then may it be strict."""
    if isinstance(schema, list):
        return all(map(_is_closed, schema))
    if not isinstance(schema, dict):
        return True
    closed = schema.get("type") != "object" or (
        schema.get("additionalProperties") is False
        and set(schema.get("required", ())) == set(schema.get("properties", ()))
    )
    return closed and all(map(_is_closed, schema.values()))


class Answer:
    """A reply while its events arrive; a whole completion is a single event."""

    def __init__(self, name: str, *, cost: float | None) -> None:
        self._name = name
        self._cost = cost
        self._text: list[str] = []
        self._tokens: list[Token] = []
        self._finish: Finish | None = None
        self._usage = Usage(cached_tokens=None, cost=cost)

    def add(self, event: dict[str, Any]) -> str:
        """Take in one event and give back the text in it.

        Raises:
            BadReply: The event does not follow the protocol.
        """
        try:
            return self._add(event)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadReply(f"{self._name} sent a reply that cannot be read: {error!r}") from error

    def _add(self, event: dict[str, Any]) -> str:
        if usage := event.get("usage"):
            self._usage = _usage(usage, self._cost)
        piece = ""
        for choice in event.get("choices") or ():
            content = choice.get("delta") or choice.get("message") or {}
            piece += content.get("content") or content.get("refusal") or ""
            if content.get("refusal"):
                self._finish = Finish.refused
            elif reason := choice.get("finish_reason"):
                self._finish = self._finish or _FINISH.get(reason, Finish.stop)
            entries = (choice.get("logprobs") or {}).get("content") or ()
            self._tokens += [_token(entry) for entry in entries]
        self._text.append(piece)
        return piece

    def reply(self, *, seconds: float) -> Reply:
        """Everything put together.

        Raises:
            BadReply: The events ended in the middle.
        """
        if self._finish is None:
            raise BadReply(f"{self._name} ended its reply in the middle, or sent none")
        return Reply(
            text="".join(self._text),
            finish=self._finish,
            usage=self._usage,
            model=self._name,
            seconds=seconds,
            logprobs=tuple(self._tokens) or None,
        )


def _usage(usage: dict[str, Any], cost: float | None) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        prompt_tokens=usage["prompt_tokens"],
        completion_tokens=usage["completion_tokens"],
        cached_tokens=details.get("cached_tokens"),
        cost=cost,
    )


def _token(entry: dict[str, Any]) -> Token:
    top = tuple((each["token"], _logprob(each)) for each in entry.get("top_logprobs") or ())
    return Token(text=entry["token"], logprob=_logprob(entry), top=top)


def _logprob(entry: dict[str, Any]) -> float:
    return max(float(entry["logprob"]), _IMPOSSIBLE)
