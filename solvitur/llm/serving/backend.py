"""What serves a model, and what is to be served: the contract of the backends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from solvitur.llm.model import Feature

HOST = "127.0.0.1"
"""Where servers listen: nobody on another machine reaches them."""

Tell = Callable[[str], None]
"""Is told what is being done, in a few words."""


@dataclass(frozen=True)
class Wanted:
    """A model that is to be served."""

    name: str
    """What clients ask for."""
    model: Path
    """A .gguf file, or a folder in the form of Hugging Face."""
    adapter: Path | None
    """An adapter (LoRA) for the model, in the same form."""
    port: int
    context: int
    """Most tokens of prompt and reply together, in each conversation."""
    threads: int | None = None
    """Processor threads; by default as many as suit the backend."""
    options: tuple[str, ...] = ()
    """Handed to the server's program as they are."""
    tuned: frozenset[Feature] = frozenset()
    """What the adapter learned to be asked."""


@dataclass(frozen=True)
class Command:
    """A program that serves until it is told to end."""

    arguments: tuple[str, ...]
    """The program, and what it is told."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beyond those of this process, which come first."""
    at_once: int = 64
    """Requests that it answers at once; further ones wait."""


class Backend(Protocol):
    """A program that can serve models by the OpenAI protocol, with ``/health`` besides."""

    title: str
    """What people call it."""

    def command(self, wanted: Wanted, tell: Tell) -> Command:
        """Give the program that serves a model.

        Whatever can be known to be missing before it starts is said here.

        Args:
            wanted: What is to be served.
            tell: Told what takes a while.

        Raises:
            ConfigError: The model's form or an option is none that this backend takes.
            MissingExtra: The program is not installed.
            ModelUnavailable: The program cannot run here.
        """
        ...

    def explain(self, log: str) -> str | None:
        """Say in plain words why the program ended, if its log tells; else ``None``."""
        ...
