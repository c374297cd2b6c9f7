"""A model that answers from a list or a function: for tests, examples and documentation."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

from solvitur.errors import BadReply, ConfigError
from solvitur.llm.model import UNTUNED, Feature, Finish, Reply, Request, Usage

Script = Callable[[Request], str | Reply]
"""Decides the reply to each request; it may raise any `ModelError`."""


class Scripted:
    """A model whose replies are known beforehand.

    Args:
        script: The replies in order, or a function from request to reply. Where
            a reply is only text, the usage counts words in place of tokens.
        name: Its name.
        features: What it can do; by default all that no tuning is needed for.

    >>> import asyncio
    >>> from solvitur.llm import Message, Request, Scripted
    >>> model = Scripted(["4"])
    >>> reply = asyncio.run(model.reply(Request(messages=(Message.user("2 + 2?"),))))
    >>> reply.text
    '4'
    >>> model.requests[0].messages[0].content
    '2 + 2?'
    """

    features: frozenset[Feature] = UNTUNED

    def __init__(
        self,
        script: Iterable[str | Reply] | Script,
        *,
        name: str = "scripted",
        features: frozenset[Feature] | None = None,
    ) -> None:
        self.name = name
        if features is not None:
            self.features = features
        self.requests: list[Request] = []
        """Every request seen, in order."""
        self._script = script if callable(script) else _in_order(tuple(script), name)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the replies from a JSON list, or one JSON value a line.

        A text is a reply's text; an object is a whole `Reply`.
        """
        try:
            content = path.read_text(encoding="utf-8")
            values = _values(content)
            replies = [v if isinstance(v, str) else Reply.model_validate(v) for v in values]
        except (OSError, ValueError) as error:
            raise ConfigError(f"cannot read replies from {path}: {error}") from error
        return cls(replies, name=f"scripted:{path}")

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer with the next reply, or what the function says."""
        self.requests.append(request)
        answer = self._script(request)
        reply = answer if isinstance(answer, Reply) else self._reply(request, answer)
        if on_text is not None:
            for piece in re.findall(r"\S+\s*|\s+", reply.text):
                on_text(piece)
        return reply

    def _reply(self, request: Request, text: str) -> Reply:
        prompt = sum(len(message.content.split()) for message in request.messages)
        usage = Usage(prompt_tokens=prompt, completion_tokens=len(text.split()))
        return Reply(text=text, finish=Finish.stop, usage=usage, model=self.name)


def _in_order(replies: tuple[str | Reply, ...], name: str) -> Script:
    left = iter(replies)

    def script(request: Request) -> str | Reply:
        for reply in left:
            return reply
        question = request.messages[-1].content[:200]
        raise BadReply(
            f"{name} has {len(replies)} replies and all are used; "
            f"the request that got none ends with {question!r}"
        )

    return script


def _values(content: str) -> list[object]:
    if content.lstrip().startswith("["):
        return list(json.loads(content))
    return [json.loads(line) for line in content.splitlines() if line.strip()]
