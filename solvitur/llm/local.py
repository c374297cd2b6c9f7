"""A model inside this process: llama.cpp through the `xllamacpp` wheel."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from solvitur.config import available_cores
from solvitur.errors import (
    ConfigError,
    MissingExtra,
    ModelError,
    ModelUnavailable,
    RequestRejected,
)
from solvitur.llm import chat
from solvitur.llm.adapters import Note, read_note
from solvitur.llm.catalog import CATALOG
from solvitur.llm.engine import Engine, Event, engine, worker
from solvitur.llm.model import UNTUNED, Message, Reply, Request


class Local:
    """A GGUF file, run on this machine's processor.

    The file is loaded at the first request, once for all objects with the same
    file, threads and context. Requests are answered one at a time. What was read
    for one request is kept, so a later request with the same beginning (the same
    instructions and examples) starts at its first new token; several different
    beginnings stay known at once.

    A request that is cancelled stops within one token, or within 128 tokens of
    prompt. Drawing is seeded and one request runs at a time, so the same requests
    in the same order give the same replies. In another order they may not: how
    much of a prompt is already known changes rounding, and in a close call a word.
    Where that matters, record.

    Args:
        path: The .gguf file.
        name: Its name in replies and recordings; by default the path.
        threads: Processor threads; by default all cores but one to write, as a core that something
            else keeps busy holds up all, and all cores to read, where it does not.
        context: Most tokens of prompt and reply together.
        adapter: A .gguf file with an adapter (LoRA), which is laid on the model. One that
            `solvitur train` made says itself what it learned.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        threads: int | None = None,
        context: int = 8192,
        adapter: Path | None = None,
    ) -> None:
        note = Note() if adapter is None else read_note(adapter)
        if not path.is_file():
            raise ConfigError(
                f"there is no model file at {path}, and no embedded model of that name; "
                f"the embedded models are {', '.join(CATALOG)}"
            )
        self.name = name or f"local:{path}"
        self.features = UNTUNED | note.features
        self._path = path.resolve()
        cores = available_cores()
        self._threads = threads or max(1, cores - 1)
        self._readers = threads or cores
        self._context = context
        self._adapter = adapter and adapter.resolve()

    def _engine(self) -> Engine:
        return engine(self._path, self._threads, self._context, self._readers, self._adapter)

    def begin(self, messages: Sequence[Message] = ()) -> None:
        """Load the file in the background, so that the first reply comes sooner.

        Args:
            messages: What the first request will begin with and say is shared; it is fetched, if
                an earlier process has read it.
        """
        beginning = [message.model_dump(mode="json") for message in messages]

        def work() -> None:
            with contextlib.suppress(
                ModelError, MissingExtra, ConfigError
            ):  # the first reply says it
                loaded = self._engine()
                if beginning:
                    loaded.fetch(beginning)

        worker().submit(work)

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer one request; see `Model.reply`."""
        start = time.monotonic()
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def work() -> None:
            def report(event: Event | None) -> None:
                loop.call_soon_threadsafe(events.put_nowait, event)

            try:
                loaded = self._engine()
                loaded.run(_body(request), report, stop, request.shared)
            finally:
                report(None)

        working = loop.run_in_executor(worker(), work)
        answer = chat.Answer(self.name, cost=0.0)
        try:
            while (event := await events.get()) is not None:
                if "error" in event:
                    raise _failure(event["error"])
                piece = answer.add(event)
                if piece and on_text is not None:
                    on_text(piece)
            await working
        finally:
            stop.set()
        return answer.reply(seconds=time.monotonic() - start)


def _body(request: Request) -> Event:
    body = chat.body(request)
    body |= {"temperature": request.sampling.temperature, "top_k": 0, "min_p": 0.0}
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    body["return_progress"] = True  # an event after each batch of the prompt: a chance to stop
    body["reasoning_format"] = "none"  # all text is the reply's text
    if request.grammar is not None:
        body["grammar"] = request.grammar
    return body


def _failure(error: dict[str, Any]) -> ModelError:
    if error.get("type") == "exceed_context_size_error":
        return RequestRejected(
            f"the prompt has {error['n_prompt_tokens']} tokens and the context holds "
            f"{error['n_ctx']}: shorten the prompt or raise the context size"
        )
    if error.get("code") == 400:
        return RequestRejected(str(error.get("message")))
    return ModelUnavailable(f"llama.cpp failed: {error.get('message')}")
