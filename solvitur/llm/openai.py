"""Any server that speaks the OpenAI protocol: OpenAI, Ollama, vLLM, a LiteLLM proxy, gateways."""

import asyncio
import os
import re
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any
from weakref import WeakKeyDictionary

from solvitur.errors import BadReply, ConfigError
from solvitur.llm import chat
from solvitur.llm.failures import translated
from solvitur.llm.model import UNTUNED, Feature, Reply, Request, ensure_supported

_Opening = AsyncGenerator[None, None]


class OpenAI:
    """A model behind an OpenAI-compatible server.

    The key is read from ``OPENAI_API_KEY`` and kept out of names, errors and
    recordings. Not every server knows every field: where one objects to the
    seed it is left out from then on, and where it asks for
    ``max_completion_tokens`` it gets that. Anything else that it objects to is
    the caller's to change, so it is an error in the server's words.

    Args:
        model: The model's name at the server.
        base_url: The server's address up to ``/v1``; by default
            ``OPENAI_BASE_URL``, or OpenAI.

    Raises:
        ConfigError: Neither an address nor a key is known.
    """

    backend = "openai"

    def __init__(self, model: str, *, base_url: str | None = None) -> None:
        self.name = f"{self.backend}:{model}"
        self.features = UNTUNED - {Feature.grammar}
        self._model = model
        self._base_url = base_url or os.environ.get("OPENAI_BASE_URL") or None
        self._key = os.environ.get("OPENAI_API_KEY")
        if not self._key and self._base_url is None:
            raise ConfigError(
                f"{self.name} needs a key: set OPENAI_API_KEY, or name a server of your own "
                f"that needs none, for example {self.name}@http://localhost:8000/v1"
            )
        self._token_field = "max_tokens"
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Any, _Opening]]
        self._clients = WeakKeyDictionary()

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer one request; see `Model.reply`."""
        ensure_supported(self, request)
        start = time.monotonic()
        answer = chat.Answer(self.name, cost=None)
        with translated(self._who()):
            client = await self._connected()
            if on_text is None:
                answer.add(_fields(await self._send(client, self._body(request))))
            else:
                body = self._body(request)
                body |= {"stream": True, "stream_options": {"include_usage": True}}
                async with await self._send(client, body) as events:
                    async for event in events:
                        if piece := answer.add(_fields(event)):
                            on_text(piece)
        return answer.reply(seconds=time.monotonic() - start)

    async def _connected(self) -> Any:
        """Give the client of this event loop, to which its open connections belong."""
        import openai

        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            # A server that needs no key ignores the word "none".
            client = openai.AsyncOpenAI(
                api_key=self._key or "none", base_url=self._base_url, max_retries=0
            )
            open_client = self._open(client, loop)
            self._clients[loop] = client, open_client
            await anext(open_client)
        return self._clients[loop][0]

    async def _open(self, client: Any, loop: asyncio.AbstractEventLoop) -> _Opening:
        """Close the client when its event loop shuts its generators down, as it does at its end."""
        try:
            async with client:
                yield
        finally:
            self._clients.pop(loop, None)

    def _body(self, request: Request) -> dict[str, Any]:
        """The fields to send; a subclass may add its own under ``extra_body``."""
        return chat.body(request)

    async def _send(self, client: Any, body: dict[str, Any]) -> Any:
        import openai

        while True:
            fields = dict(body)
            fields[self._token_field] = fields.pop("max_tokens")
            if Feature.seed not in self.features:
                del fields["seed"]
            try:
                return await client.chat.completions.create(model=self._model, **fields)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._adapt(error.message, fields):
                    raise

    def _adapt(self, objection: str, fields: dict[str, Any]) -> bool:
        """Change what the server objects to, if it is ours to change."""
        if "max_completion_tokens" in objection and "max_tokens" in fields:
            self._token_field = "max_completion_tokens"
        elif re.search(r"\bseed\b", objection) and "seed" in fields:
            self.features -= {Feature.seed}
        else:
            return False
        return True

    def _who(self) -> str:
        if self._base_url is None:
            return self.name
        return f"{self.name} at {re.sub('//[^/@]*@', '//', self._base_url)}"


def _fields(message: Any) -> dict[str, Any]:
    """The fields of a reply; the client hands over as text what did not say it was JSON."""
    if not hasattr(message, "to_dict"):
        raise BadReply(f"the server sent a reply that is not JSON: {str(message)[:200]!r}")
    fields: dict[str, Any] = message.to_dict(warnings=False)
    return fields
