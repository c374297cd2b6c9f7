"""The llama.cpp engines of this process, one for each loaded file."""

import functools
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from solvitur.errors import MissingExtra, ModelUnavailable, RequestRejected

Event = dict[str, Any]

_PROMPT_CACHE_MIB = 512
"""Memory for prompts read earlier: 18,000 tokens of the 1.5B model."""
_BATCH = 128
"""Tokens read at once: reading can be interrupted only between two batches."""


def worker() -> ThreadPoolExecutor:
    """The one thread of this process in which models are loaded and run, in turn."""
    return _worker(os.getpid())


def engine(path: Path, threads: int, context: int) -> "Engine":
    """The engine for this file and these settings, loaded at the first call.

    Raises:
        MissingExtra: xllamacpp is not installed.
        ModelUnavailable: The file cannot be loaded.
    """
    return _load(path, threads, context, os.getpid())


class Engine:
    """A loaded file; used in the `worker` alone."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def run(self, body: Event, on_event: Callable[[Event], None], stop: threading.Event) -> None:
        """Answer, reporting each event, until done or told to stop."""

        def report(event: Event) -> bool:
            if not stop.is_set():
                on_event(event)
            return stop.is_set()

        if stop.is_set():
            return
        try:
            self._server.handle_chat_completions(body, report)
        except (ValueError, RuntimeError) as error:  # an impossible schema, an odd template
            raise RequestRejected(str(error)) from error


# Keyed by the process: what a fork copies of an engine or a thread does not work.


@functools.cache
def _worker(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="solvitur-local")


@functools.cache
def _load(path: Path, threads: int, context: int, process: int) -> Engine:
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
    # The server always listens too: on loopback, and only to who knows this key.
    params.hostnames = ["127.0.0.1"]
    params.api_keys = [secrets.token_hex(32)]
    params.ui = False
    try:
        return Engine(xllamacpp.Server(params))
    except RuntimeError as error:
        raise ModelUnavailable(
            f"llama.cpp cannot load {path}: the file is damaged, not a GGUF model, "
            f"of an unknown kind, or too large for this machine's memory"
        ) from error
