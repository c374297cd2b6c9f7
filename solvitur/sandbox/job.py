"""What is asked of a sandbox, and what comes of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What a job may use up; beyond it the job is ended or the call is refused."""

    seconds: float = 60.0
    """Wall time for the job and everything that it starts, and for the start of its process where
    it is not kept warm."""
    memory: int = 2048 * MEBIBYTE
    """Bytes: address space of each process, and resident memory of all of them together."""
    processes: int = 32
    """Processes and threads at one time."""
    open_files: int = 256
    file_size: int = 16 * MEBIBYTE
    """Bytes of one file that the job writes."""
    folder_size: int = 64 * MEBIBYTE
    """Bytes of all files in its folder, where the rung can hold it to that (bubblewrap)."""
    output: int = 64 * 2**10
    """Bytes kept of each of stdout and stderr: the last ones. More is read and thrown away."""
    value: int = 16 * MEBIBYTE
    """Bytes of the value as JSON, and of its arrays."""


@dataclass(frozen=True)
class Job:
    """A piece of code that nobody has read, the function of it to call, and with what.

    Example:
        >>> Job("def double(x): return 2 * x", "double", 21).limits.seconds
        60.0
    """

    code: str
    """A Python module as text; the standard library and installed packages can be imported."""
    entry: str
    """The function in it that is called with the payload; what it returns is the value."""
    payload: Any = None
    """Anything that JSON can say, and arrays of numbers (numpy's) anywhere in it."""
    limits: Limits = field(default_factory=Limits)


class Kind(StrEnum):
    """How a job ended."""

    value = "value"
    """The entry returned."""
    raised = "raised"
    """An exception left the code, it is no Python, or its value cannot be sent."""
    timed_out = "timed_out"
    out_of_memory = "out_of_memory"
    crashed = "crashed"
    """The process died, or ended on its own, without a value."""
    forbidden = "forbidden"
    """It was refused before it ran, or it meddled with the channel of its value."""


@dataclass(frozen=True)
class Usage:
    """What a job used up."""

    seconds: float = 0.0
    """Wall time."""
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    """Bytes resident in its largest process; where that was ended, as far as it was seen."""


@dataclass(frozen=True)
class Outcome:
    """What came of a job. Nothing in it is to be trusted: all of it is the code's own word."""

    kind: Kind
    rung: str
    """The isolation that was in force: `Sandbox.name`."""
    value: Any = None
    message: str = ""
    """What happened, in one line; empty for a value."""
    traceback: str = ""
    """Where it was raised, from the first line of the job's own code on."""
    stdout: str = ""
    """The last of what was printed."""
    stderr: str = ""
    usage: Usage = field(default_factory=Usage)


class Threat(StrEnum):
    """What hostile code may try."""

    environment = "environment"
    """Reading the variables of this process: keys, tokens."""
    forgery = "forgery"
    """Printing or sending something that is taken for a value."""
    output = "output"
    """Filling memory or disk by printing."""
    endless = "endless"
    """Never ending."""
    memory = "memory"
    """Taking all memory."""
    processes = "processes"
    """Starting processes without end."""
    fleeing = "fleeing"
    """Leaving a process behind that goes on when the job has ended."""
    parent = "parent"
    """Killing this process, or another of the same user."""
    writing = "writing"
    """Writing files of this user outside its own folder."""
    reading = "reading"
    """Reading files of this user: the home folder."""
    network = "network"
    """Reaching another machine, or a server on this one."""


class Sandbox(Protocol):
    """Where jobs run. One class a way of running: `solvitur.sandbox.process` starts a process each.

    A `Sandbox` never raises for what the code does: every ending is an `Outcome`. A payload that
    cannot be sent is a `TypeError`.
    """

    @property
    def name(self) -> str:
        """The rung of isolation, as outcomes tell it."""

    @property
    def contains(self) -> frozenset[Threat]:
        """What it keeps code from doing; what is not listed here is not kept."""

    def run(self, job: Job) -> Outcome:
        """Run a job to its end; safe to call from several threads."""
