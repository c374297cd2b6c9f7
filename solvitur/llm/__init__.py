"""Asking a language model: one protocol, one file a backend."""

from pathlib import Path

from solvitur.errors import ConfigError
from solvitur.llm.local import Local
from solvitur.llm.model import (
    Feature,
    Finish,
    Message,
    Model,
    Reply,
    Request,
    Role,
    Sampling,
    Token,
    Usage,
    ensure_supported,
    supports,
)
from solvitur.llm.scripted import Scripted

__all__ = [
    "Feature",
    "Finish",
    "Local",
    "Message",
    "Model",
    "Reply",
    "Request",
    "Role",
    "Sampling",
    "Scripted",
    "Token",
    "Usage",
    "connect",
    "ensure_supported",
    "supports",
]


def connect(name: str, *, threads: int | None = None, context: int = 8192) -> Model:
    """Find the model with this name.

    Args:
        name: ``backend:model``. Backends are ``local`` (a path to a .gguf file)
            and ``scripted`` (a JSON file of replies).
        threads: Processor threads of a local model; by default all cores but one.
        context: Context size of a local model, in tokens.

    Raises:
        ConfigError: No such backend, or no such model.
    """
    backend, _, model = name.partition(":")
    if backend == "local":
        return Local(Path(model), name=name, threads=threads, context=context)
    if backend == "scripted":
        return Scripted.from_file(Path(model))
    raise ConfigError(f"there is no backend {backend!r}; there are: local, scripted")
