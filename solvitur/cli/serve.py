"""``solvitur models serve``: one model for many clients, until Ctrl-C."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solvitur.cli import console, process

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.status import Status

    from solvitur.llm.serving import Backend, Serving

_BETWEEN_CHECKS = 5.0
"""Seconds between two questions whether a server is well."""
_BETWEEN_LINES = 10.0
"""Seconds between two lines about one that starts, where there is no terminal."""
_LONGEST_LINE = 60


class BackendName(StrEnum):
    """What serves."""

    llamacpp = "llamacpp"
    vllm = "vllm"


def serve(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="An embedded model, a .gguf file, or for vLLM a Hugging Face folder; with "
            "an adapter as MODEL+ADAPTER.",
        ),
    ],
    options: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- OPTIONS]", help="Options for vLLM, handed on as they are."),
    ] = None,
    backend: Annotated[
        BackendName, typer.Option(help="What serves: llama.cpp on the processor, or vLLM.")
    ] = BackendName.llamacpp,
    port: Annotated[
        int | None,
        typer.Option(metavar="PORT", min=1, max=65535, help="Where; else a port that is free."),
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The Python of another environment, which has vLLM."),
    ] = None,
) -> None:
    """Serve a model to many clients on this machine, until Ctrl-C.

    \b
    solvitur models serve qwen2.5-coder-1.5b
    solvitur models serve qwen2.5-coder-1.5b+adapter.gguf --port 8000
    solvitur models serve qwen/ --backend vllm --python ~/vllm/bin/python -- --dtype float16
    """  # noqa: D301
    from solvitur.cli.wiring import use_cache
    from solvitur.config import load
    from solvitur.llm.serving import serve as start

    settings = load()
    use_cache(settings)
    chosen = _backend(backend, python)
    talk = console.talk()
    with console.working(talk, "looking for the model") as status:
        serving = start(
            name.removeprefix("local:"),
            chosen,
            port=port,
            threads=settings.threads,
            options=tuple(options or ()),
            tell=talk.print if status is None else status.update,
        )
        with serving, process.heeding(_stopping(serving, talk), also_sigterm=True):
            is_ready = serving.wait_until_ready(_Waiting(serving, talk, status))
            if status is not None:
                status.stop()
            if is_ready:
                _introduce(serving)
                _watch(serving, talk)
    console.show(talk, f"{serving.served.title} has stopped")
    if not is_ready:
        raise typer.Exit(process.INTERRUPTED)


def _backend(name: BackendName, python: Path | None) -> "Backend":
    from solvitur.errors import ConfigError
    from solvitur.llm.serving import LlamaCpp, VLLMServer

    if name is BackendName.vllm:
        return VLLMServer(python)
    if python is not None:
        raise ConfigError("--python names where vLLM is: add --backend vllm")
    return LlamaCpp()


class _Waiting:
    """Shows how long a server has been starting, and what it is at."""

    def __init__(self, serving: "Serving", talk: "Console", status: "Status | None") -> None:
        self._serving = serving
        self._talk = talk
        self._status = status
        self._next = _BETWEEN_LINES

    def __call__(self, seconds: float) -> None:
        words = f"starting {self._serving.served.title}: {seconds:.0f} s"
        if self._status is not None:
            last = console.safe(self._serving.last_words())[:_LONGEST_LINE]
            self._status.update(f"{words}  {last}")
        elif seconds >= self._next:
            self._next = seconds + _BETWEEN_LINES
            self._talk.print(words)


def _introduce(serving: "Serving") -> None:
    """Say what was started, and how to use it."""
    shown, told = console.data(), serving.served
    for line in (
        f"{told.title} serves {told.name} at {told.url}, to this machine alone",
        "in another terminal:",
        f"  solvitur solve problem.txt --model {told.model}",
        f"  solvitur eval run word-problems --concurrency {serving.at_once} --model {told.model}",
        "Ctrl-C stops it",
    ):
        shown.print(console.safe(line))


def _stopping(serving: "Serving", talk: "Console") -> "Callable[[], bool]":
    def stop() -> bool:
        if not serving.was_asked:  # it ends within seconds, however often that is asked
            serving.ask_to_end()
            console.show(talk, f"stopping {serving.served.title}")
        return True

    return stop


def _watch(serving: "Serving", talk: "Console") -> None:
    """Wait for its end, and tell when it stops answering and when it answers again.

    Raises:
        ModelUnavailable: It ended though nobody told it to.
    """
    was_well = True
    while not serving.wait(_BETWEEN_CHECKS):
        is_well = serving.is_well()
        if is_well != was_well and not serving.was_asked:
            words = "answers again" if is_well else f"does not answer; its log is {serving.log}"
            console.show(talk, f"{serving.served.title} {words}")
        was_well = is_well
    if not serving.was_asked:
        raise serving.failure("though nobody stopped it")
