"""Asking a language model: one protocol, one file a backend.

`connect` finds a model by name; `layered` puts retries, a recording and a
budget around it; `read` makes an object of its reply.
"""

import re
from collections.abc import Callable
from pathlib import Path

from solvitur.errors import ConfigError
from solvitur.llm.layers import Budgeted, Overheard, Patience, Patient, Recorded, layered
from solvitur.llm.litellm import LiteLLM
from solvitur.llm.local import Local
from solvitur.llm.model import (
    TUNED,
    UNTUNED,
    Feature,
    Finish,
    Message,
    Model,
    Reply,
    Request,
    Role,
    Sampling,
    SlowDown,
    Token,
    Usage,
    ensure_supported,
    supports,
)
from solvitur.llm.openai import OpenAI
from solvitur.llm.recording import Recording
from solvitur.llm.replay import Replay
from solvitur.llm.scripted import Scripted
from solvitur.llm.store import model_files
from solvitur.llm.structured import Attempt, Parsed, Rung, Unparsed, parse, read
from solvitur.llm.vllm import VLLM

__all__ = [
    "TUNED",
    "UNTUNED",
    "VLLM",
    "Attempt",
    "Budgeted",
    "Feature",
    "Finish",
    "LiteLLM",
    "Local",
    "Message",
    "Model",
    "OpenAI",
    "Overheard",
    "Parsed",
    "Patience",
    "Patient",
    "Recorded",
    "Recording",
    "Replay",
    "Reply",
    "Request",
    "Role",
    "Rung",
    "Sampling",
    "Scripted",
    "SlowDown",
    "Token",
    "Unparsed",
    "Usage",
    "connect",
    "ensure_supported",
    "layered",
    "parse",
    "read",
    "supports",
]

_NAME = re.compile(r"(?P<backend>[a-z]+):(?P<model>.+?)(?:@(?P<url>https?://.+))?")


def connect(name: str, *, threads: int | None = None, context: int = 8192) -> Model:
    """Find the model with this name; nothing is loaded or asked yet.

    Args:
        name: ``backend:model`` or ``backend:model@base_url``. Backends are
            ``openai``, ``vllm`` and ``litellm`` (with the server's name of the
            model), ``local`` (a name from the catalog or a .gguf file, alone or as
            ``MODEL+ADAPTER`` with an adapter for it, which is a .gguf file too),
            ``scripted`` (a JSON file of replies) and ``replay`` (a recording).
        threads: Processor threads of a local model; by default see `Local`.
        context: Most tokens of prompt and reply together, for a local model.

    Raises:
        ConfigError: There is no such backend, or the name does not suit it.
        ModelUnavailable: An embedded model is not on this machine yet.
        MissingExtra: The backend needs a package that is not installed.
    """
    match = _NAME.fullmatch(name)
    if match is None or match["backend"] not in {*_REMOTE, *_FILE, "local"}:
        raise ConfigError(
            f"{name!r} names no model: a name is BACKEND:MODEL or BACKEND:MODEL@URL, and "
            f"the backends are {', '.join(sorted([*_REMOTE, *_FILE, 'local']))}"
        )
    backend, model, url = match.groups()
    if backend in _REMOTE:
        return _REMOTE[backend](model, base_url=url)
    if url is not None:
        raise ConfigError(f"{name!r}: a model of the backend {backend!r} has no address")
    if backend in _FILE:
        return _FILE[backend](Path(model))
    path, adapter = model_files(model)
    return Local(path, name=name, threads=threads, context=context, adapter=adapter)


_REMOTE: dict[str, type[OpenAI] | type[LiteLLM]] = {
    "litellm": LiteLLM,
    "openai": OpenAI,
    "vllm": VLLM,
}
_FILE: dict[str, Callable[[Path], Model]] = {
    "replay": Replay,
    "scripted": Scripted.from_file,
}
