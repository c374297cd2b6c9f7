"""The llama.cpp engines of this process, one for each loaded file."""

import functools
import http.client
import json
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from solvitur.errors import MissingExtra, ModelUnavailable, RequestRejected
from solvitur.llm.adapters import check_base
from solvitur.llm.beginnings import Beginnings, beginnings_directory
from solvitur.llm.store import sha256

Event = dict[str, Any]

_PROMPT_CACHE_MIB = 1024
"""Memory for prompts read earlier: 36,000 tokens of the 1.5B model, some fifteen conversations."""
_BATCH = 128
"""Tokens read at once: reading can be interrupted only between two batches."""


def worker() -> ThreadPoolExecutor:
    """The one thread of this process in which models are loaded and run, in turn."""
    return _worker(os.getpid())


def engine(
    path: Path,
    threads: int,
    context: int,
    readers: int | None = None,
    adapter: Path | None = None,
) -> "Engine":
    """The engine for this file and these settings, loaded at the first call.

    Args:
        path: The .gguf file.
        threads: Threads that write.
        context: Most tokens of prompt and reply together.
        readers: Threads that read prompts; by default as many as write.
        adapter: A .gguf file with an adapter (LoRA) for the model.

    Raises:
        ConfigError: The adapter says that it is for another model.
        MissingExtra: xllamacpp is not installed.
        ModelUnavailable: The file cannot be loaded.
    """
    return _load(path, threads, context, readers or threads, adapter, os.getpid())


class Engine:
    """A loaded file; used in the `worker` alone.

    Args:
        server: llama.cpp's server, which keeps in memory the prompts that it read.
        key: What it lets its administrator in by.
        beginnings: Where what was read of beginnings is kept from process to process.
    """

    def __init__(self, server: Any, key: str, beginnings: Beginnings) -> None:
        self._server = server
        self._key = key
        self._beginnings = beginnings
        self._in_memory: set[str] = set()
        self._has_read = False

    def run(
        self,
        body: Event,
        on_event: Callable[[Event], None],
        stop: threading.Event,
        shared: int = 0,
    ) -> None:
        """Answer, reporting each event, until done or told to stop.

        Args:
            body: The request, as the chat protocol has it.
            on_event: Told of each event.
            stop: Ends the work within one token or one batch.
            shared: How many of the first messages begin other requests too.
        """
        beginning = body["messages"][:shared]
        if beginning and not stop.is_set() and not self.fetch(beginning):
            self._read(beginning, stop)
        self._answer(self._server.handle_chat_completions, body, on_event, stop)

    def fetch(self, messages: list[Event]) -> bool:
        """Have a beginning in memory, if it is there or in a file; tell whether it is."""
        key = self._beginnings.key(messages)
        if key in self._in_memory:
            return True
        if (name := self._beginnings.find(key)) is None:
            return False
        self._make_room()
        if not self._state("restore", name):
            return False
        self._in_memory.add(key)
        return True

    def _make_room(self) -> None:
        """Ask something tiny: what was read before then moves to the memory of prompts."""
        if self._has_read:
            nothing = {"prompt": ".", "n_predict": 1, "stream": True}
            handle = self._server.handle_completions
            self._answer(handle, nothing, lambda _: None, threading.Event())

    def _read(self, messages: list[Event], stop: threading.Event) -> None:
        """Read a beginning, and put it into a file when all of it was read."""
        events: list[Event] = []
        body = {
            "messages": [*messages, {"role": "user", "content": "."}],
            "max_tokens": 1,
            "stream": True,
            "return_progress": True,
        }
        self._answer(self._server.handle_chat_completions, body, events.append, stop)
        if not stop.is_set() and not any("error" in event for event in events):
            key = self._beginnings.key(messages)
            self._in_memory.add(key)
            self._save(key)

    def _save(self, key: str) -> None:
        partial = self._beginnings.partial(key)
        if partial is None:
            return
        with suppress(OSError):  # a full disk keeps nobody from an answer
            if self._state("save", partial):
                self._beginnings.keep(key, partial)
        with suppress(OSError):
            self._beginnings.drop(partial)

    def _state(self, action: str, name: str) -> bool:
        """Save what is in memory to a file, or the other way; tell whether that worked."""
        address = urlsplit(self._server.listening_address)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        asked = json.dumps({"filename": name})
        try:
            connection.request("POST", f"/slots/0?action={action}", asked, headers)
            response = connection.getresponse()
            done = json.loads(response.read())
            return response.status == 200 and bool(done.get("n_written") or done.get("n_read"))
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def _answer(
        self,
        handle: Callable[..., None],
        body: Event,
        on_event: Callable[[Event], None],
        stop: threading.Event,
    ) -> None:
        def report(event: Event) -> bool:
            if not stop.is_set():
                on_event(event)
            return stop.is_set()

        if stop.is_set():
            return
        self._has_read = True
        try:
            handle(body, report)
        except (ValueError, RuntimeError) as error:  # an impossible schema, an odd template
            raise RequestRejected(str(error)) from error


# Keyed by the process: what a fork copies of an engine or a thread does not work.


@functools.cache
def _worker(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="solvitur-local")


@functools.cache
def _load(
    path: Path, threads: int, context: int, readers: int, adapter: Path | None, process: int
) -> Engine:
    if adapter is not None:
        check_base(adapter, path)
    params = parameters(path, adapter, threads, readers)
    params.verbosity = -1
    params.n_ctx = context
    params.n_parallel = 1
    # The server always listens too: on loopback, and only to who knows this key.
    params.hostnames = ["127.0.0.1"]
    key = secrets.token_hex(32)
    params.api_keys = [key]
    folder = beginnings_directory()
    params.slot_save_path = f"{folder}/"
    made_by = f"xllamacpp {_runtime().__version__}, context {context}"
    if adapter is not None:
        made_by += f", adapter {sha256(adapter)}"
    return Engine(opened(params), key, Beginnings(path, made_by, folder))


def parameters(path: Path, adapter: Path | None, threads: int, readers: int) -> Any:
    """What llama.cpp is told whoever asks it; the rest is the caller's to set.

    Args:
        path: The .gguf file.
        adapter: A .gguf file with an adapter (LoRA) for the model.
        threads: Threads that write.
        readers: Threads that read prompts, or write for several at once.

    Raises:
        MissingExtra: xllamacpp is not installed.
    """
    xllamacpp = _runtime()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    if adapter is not None:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = str(adapter), 1.0
        params.lora_adapters = [lora]
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = readers
    params.n_batch = _BATCH
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.fit_params = False
    params.warmup = False  # the first request warms it as well
    # Weights packed anew for this processor write a sixth faster, but read a fifth slower, load
    # slower, and take 600 MB more: and small steps, as agents take them, are mostly read.
    params.no_extra_bufts = True
    params.ui = False
    # All text is the reply's text.
    params.reasoning_format = xllamacpp.common_reasoning_format.COMMON_REASONING_FORMAT_NONE
    return params


def opened(params: Any) -> Any:
    """llama.cpp's server, with the model loaded.

    Raises:
        ModelUnavailable: The file cannot be loaded, or the port is taken.
    """
    try:
        return _runtime().Server(params)
    except RuntimeError as error:
        path, laid = params.model.path, params.lora_adapters
        also = f", or the adapter {laid[0].path} is none for this model" if laid else ""
        raise ModelUnavailable(
            f"llama.cpp cannot load {path}: the file is damaged, not a GGUF model, "
            f"of an unknown kind, or too large for this machine's memory{also}"
        ) from error


def need_runtime() -> None:
    """Say that the extra is missing, before anything is started.

    Raises:
        MissingExtra: xllamacpp is not installed.
    """
    _runtime()


def _runtime() -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise MissingExtra("xllamacpp", "local") from error
    return xllamacpp
