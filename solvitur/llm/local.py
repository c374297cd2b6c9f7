"""A model inside this process: llama.cpp through the `xllamacpp` wheel."""

import asyncio
import functools
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from solvitur.errors import (
    BadReply,
    ConfigError,
    MissingExtra,
    ModelError,
    ModelUnavailable,
    RequestRejected,
)
from solvitur.llm.model import Feature, Finish, Reply, Request, Token, Usage

_PROMPT_CACHE_MIB = 512
_BATCH = 128
"""Tokens read at once: reading can be interrupted only between two batches."""


class Local:
    """A GGUF file, run on this machine's processor.

    The file is loaded at the first request, once for all objects with the same
    file, threads and context. Requests are answered one at a time. What was read
    for one request is kept, so a later request with the same beginning (the same
    instructions and examples) starts at the first new token; several different
    beginnings stay known at once.

    A request that is cancelled stops within one token, or within 128 tokens of
    prompt. The same request and seed give the same reply on the same machine, except
    that what is already known changes rounding, and now and then a word.

    Args:
        path: The .gguf file.
        name: Its name in replies and recordings.
        threads: Processor threads; by default all cores but one.
        context: Most tokens of prompt and reply together.
    """

    features = frozenset(Feature)

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        threads: int | None = None,
        context: int = 8192,
    ) -> None:
        if not path.is_file():
            raise ConfigError(f"there is no model file at {path}")
        self.name = name or f"local:{path}"
        self._path = path.resolve()
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._context = context

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer one request; see `Model.reply`."""
        start = time.monotonic()
        events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def work() -> None:
            try:
                engine = _engine(self._path, self._threads, self._context, os.getpid())
                engine.run(
                    _body(request),
                    lambda event: loop.call_soon_threadsafe(events.put_nowait, event),
                    stop,
                )
            finally:
                loop.call_soon_threadsafe(events.put_nowait, None)

        working = asyncio.create_task(asyncio.to_thread(work))
        answer = _Answer(self.name)
        try:
            while (event := await events.get()) is not None:
                piece = answer.add(event)
                if piece and on_text is not None:
                    on_text(piece)
            await working
        finally:
            stop.set()
        return answer.reply(seconds=time.monotonic() - start)


class _Engine:
    """One loaded file; runs one request at a time."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._turn = threading.Lock()

    def run(
        self,
        body: dict[str, Any],
        on_event: Callable[[dict[str, Any]], object],
        stop: threading.Event,
    ) -> None:
        """Answer in this thread, reporting each event, until done or stopped."""

        def report(event: dict[str, Any]) -> bool:
            if not stop.is_set():
                on_event(event)
            return stop.is_set()

        with self._turn:
            if stop.is_set():
                return
            try:
                self._server.handle_chat_completions(body, report)
            except (ValueError, RuntimeError) as error:  # an impossible schema or template
                raise RequestRejected(str(error)) from error


_loading = threading.Lock()


def _engine(path: Path, threads: int, context: int, process: int) -> _Engine:
    """The engine of this process: after a fork the parent's is unusable."""
    with _loading:
        return _load(path, threads, context, process)


@functools.cache
def _load(path: Path, threads: int, context: int, process: int) -> _Engine:
    try:
        import xllamacpp
    except ImportError as error:
        raise MissingExtra("xllamacpp", "local") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.verbosity = -1
    params.n_ctx = context
    params.n_batch = _BATCH
    params.n_parallel = 1
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.fit_params = False
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    # The server always listens too: on loopback, and now only for who knows this key.
    params.hostnames = ["127.0.0.1"]
    params.api_keys = [secrets.token_hex(32)]
    params.ui = False
    try:
        return _Engine(xllamacpp.Server(params))
    except RuntimeError as error:
        raise ModelUnavailable(
            f"llama.cpp cannot load {path}: the file is damaged, not a GGUF model, "
            f"of an unknown kind, or too large for this machine's memory"
        ) from error


def _body(request: Request) -> dict[str, Any]:
    sampling = request.sampling
    body: dict[str, Any] = {
        "messages": [m.model_dump(mode="json") for m in request.messages],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": 0,
        "min_p": 0.0,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "stop": list(sampling.stop),
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "reasoning_format": "none",
    }
    if request.json_schema is not None:
        schema = {"name": "reply", "schema": request.json_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.grammar is not None:
        body["grammar"] = request.grammar
    if request.logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": request.logprobs}
    return body


class _Answer:
    """The reply while its events arrive."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._text: list[str] = []
        self._tokens: list[Token] = []
        self._finish: str | None = None
        self._usage = Usage()

    def add(self, event: dict[str, Any]) -> str:
        """Take in one event and give back the text in it."""
        if "error" in event:
            raise _failure(event["error"])
        if usage := event.get("usage"):
            self._usage = Usage(
                prompt_tokens=usage["prompt_tokens"],
                completion_tokens=usage["completion_tokens"],
                cached_tokens=usage["prompt_tokens_details"]["cached_tokens"],
            )
        piece = ""
        for choice in event.get("choices", ()):
            self._finish = choice["finish_reason"] or self._finish
            piece += choice["delta"].get("content") or ""
            self._tokens += [_token(t) for t in (choice.get("logprobs") or {}).get("content", ())]
        self._text.append(piece)
        return piece

    def reply(self, *, seconds: float) -> Reply:
        """Everything put together."""
        if self._finish is None:
            raise BadReply(f"{self._name} ended its reply without saying why")
        return Reply(
            text="".join(self._text),
            finish=Finish.length if self._finish == "length" else Finish.stop,
            usage=self._usage,
            model=self._name,
            seconds=seconds,
            logprobs=tuple(self._tokens) or None,
        )


def _token(entry: dict[str, Any]) -> Token:
    top = tuple((t["token"], t["logprob"]) for t in entry["top_logprobs"])
    return Token(text=entry["token"], logprob=entry["logprob"], top=top)


def _failure(error: dict[str, Any]) -> ModelError:
    if error.get("type") == "exceed_context_size_error":
        return RequestRejected(
            f"the prompt has {error['n_prompt_tokens']} tokens and the context holds "
            f"{error['n_ctx']}: shorten the prompt or raise the context size"
        )
    if error.get("code") == 400:
        return RequestRejected(str(error.get("message")))
    return ModelUnavailable(f"llama.cpp failed: {error.get('message')}")
