"""Serving a model to several clients: one protocol, one file a backend.

`serve` starts a server for this machine alone, by llama.cpp or vLLM, and ends it when it is left.
"""

import socket
from pathlib import Path

from solvitur.errors import ConfigError
from solvitur.llm.adapters import Note, check_base, read_note
from solvitur.llm.catalog import CATALOG
from solvitur.llm.served import Served, served, served_directory
from solvitur.llm.serving.backend import HOST, Backend, Command, Tell, Wanted
from solvitur.llm.serving.llamacpp import LlamaCpp
from solvitur.llm.serving.serving import Serving
from solvitur.llm.serving.vllm import VLLMServer
from solvitur.llm.store import model_files

__all__ = [
    "Backend",
    "Command",
    "LlamaCpp",
    "Served",
    "Serving",
    "VLLMServer",
    "Wanted",
    "called",
    "serve",
    "served",
]


def serve(
    name: str,
    backend: Backend,
    *,
    port: int | None = None,
    threads: int | None = None,
    options: tuple[str, ...] = (),
    tell: Tell = lambda words: None,
) -> Serving:
    """Start a server on loopback; it is ready once `Serving.wait_until_ready` says so.

    Args:
        name: A name of the catalog, a .gguf file, or for vLLM a folder in the form of Hugging Face;
            alone or as ``MODEL+ADAPTER``.
        backend: What serves it.
        port: Where; by default a port that is free.
        threads: Processor threads.
        options: Handed to the server's program as they are.
        tell: Told what takes a while before it starts.

    Raises:
        ConfigError: There is no such model, its adapter is for another one, or the port is taken.
        MissingExtra: The backend is not installed.
        ModelUnavailable: The model is not on this machine yet, or the backend cannot run here.
    """
    model, adapter = model_files(name)
    if not model.exists():
        raise ConfigError(
            f"there is no model file or folder at {model}, and no embedded model of that name; "
            f"the embedded models are {', '.join(CATALOG)}"
        )
    if adapter is not None and not adapter.exists():
        raise ConfigError(f"there is no adapter at {adapter}")
    told = _told(adapter)
    note = Note() if told is None else read_note(told)
    if told is not None and model.is_file():
        check_base(told, model)
    wanted = Wanted(
        name=called(name, model, adapter),
        model=model.resolve(),
        adapter=adapter and adapter.resolve(),
        port=_free(port),
        context=8192,
        threads=threads,
        options=options,
        tuned=note.features,
    )
    command = backend.command(wanted, tell)
    tell(f"starting {backend.title}")
    return Serving(wanted, backend, command, served_directory() / f"{wanted.port}.log")


def called(name: str, model: Path, adapter: Path | None) -> str:
    """What clients ask for: a name as it is, and of a file or a folder the last part.

    >>> called("my/Small.gguf+out/mine.gguf", Path("my/Small.gguf"), Path("out/mine.gguf"))
    'Small+mine'
    """
    if name in CATALOG:
        return name
    base = name.partition("+")[0] if adapter is not None else name
    last = base if base in CATALOG else _stem(model)
    return last if adapter is None else f"{last}+{_stem(adapter)}"


def _told(adapter: Path | None) -> Path | None:
    """The file in which an adapter says what it learned; beside a folder there may be one."""
    if adapter is None or adapter.is_file():
        return adapter
    beside = adapter.with_name(f"{adapter.name}.gguf")
    return beside if beside.is_file() else None


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gguf")


def _free(port: int | None) -> int:
    """The port, or one that is free.

    Raises:
        ConfigError: It is taken, or not for everybody.
    """
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((HOST, port or 0))
        except OSError as error:
            raise ConfigError(
                f"port {port} cannot be had ({error.strerror}); name another one with --port, or "
                "none, and a free one is chosen"
            ) from error
        number: int = trying.getsockname()[1]
        return number
