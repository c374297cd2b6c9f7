"""The llama.cpp server that comes with the runtime of the embedded models."""

import json
import re
import signal
import sys
from pathlib import Path

from solvitur.config import available_cores
from solvitur.errors import ConfigError, MissingExtra, ModelError
from solvitur.llm.engine import need_runtime, opened, parameters
from solvitur.llm.serving.backend import HOST, Command, Tell, Wanted

_MOST_AT_ONCE = 4
"""Conversations that are answered at once, where there are as many threads.

With one thread several at once are written no faster than in turn, and each reads anew what it has
in common with others.
"""
_CONNECTIONS = 256
"""Requests that may wait. Each holds a thread of the server."""
_OURS = "solvitur: "
"""What our own words in the log begin with."""
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from solvitur.llm.serving.llamacpp import listen; listen(**json.loads(sys.argv[2]))"
)


class LlamaCpp:
    """Serves .gguf files on the processor; see `Backend`."""

    title = "llama.cpp"

    def command(self, wanted: Wanted, tell: Tell) -> Command:
        """Give the program that serves a .gguf file, in a process of its own."""
        need_runtime()
        for path in (wanted.model, wanted.adapter):
            if path is not None and path.is_dir():
                raise ConfigError(
                    f"{path} is a folder; llama.cpp serves .gguf files, and --backend vllm folders"
                )
        if wanted.options:
            raise ConfigError(
                f"what stands after -- is for vLLM; llama.cpp takes no {wanted.options[0]}"
            )
        # Several conversations are written with the threads that read, so none is on a core that
        # clients on this machine keep busy: it would hold up all.
        threads = wanted.threads or max(1, available_cores() - 1)
        at_once = min(threads, _MOST_AT_ONCE)
        told = {
            "model": str(wanted.model),
            "adapter": wanted.adapter and str(wanted.adapter),
            "name": wanted.name,
            "port": wanted.port,
            "context": wanted.context,
            "threads": threads,
            "at_once": at_once,
        }
        start = (sys.executable, "-c", _START, json.dumps(sys.path), json.dumps(told))
        return Command(start, at_once=at_once)

    def explain(self, log: str) -> str | None:
        """Give what we said ourselves, among the lines of llama.cpp."""
        if re.search(r"couldn't bind .*socket", log):
            return "another program has taken its port meanwhile"
        said = re.search(rf"^{_OURS}(.+)$", log, re.MULTILINE)
        return said and said[1]


def listen(
    *,
    model: str,
    adapter: str | None,
    name: str,
    port: int,
    context: int,
    threads: int,
    at_once: int,
) -> None:
    """Serve a file until this process is told to end.

    Every setting that a request leaves out is what the protocol says, and no other.
    """
    laid = None if adapter is None else Path(adapter)
    try:
        params = parameters(Path(model), laid, threads, threads)
        params.verbosity = 2  # warnings; no line for each request
        params.port = port
        params.hostnames = [HOST]
        params.model_alias = {name}
        params.n_parallel = at_once
        params.n_ctx = at_once * context
        params.n_threads_http = _CONNECTIONS
        params.cors_origins = ""  # no page in a browser may read what is answered
        params.endpoint_slots = False
        sampling = params.sampling
        sampling.temp, sampling.top_k, sampling.top_p, sampling.min_p = 1.0, 0, 1.0, 0.0
        server = opened(params)
    except (ModelError, MissingExtra) as error:
        sys.exit(f"{_OURS}{error}")
    signal.pause()
    del server
