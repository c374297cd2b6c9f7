"""Running code that nobody has read: `connect` gives the strongest sandbox that works here."""

import functools
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from solvitur.errors import SandboxUnavailable
from solvitur.sandbox.job import Job, Kind, Limits, Outcome, Sandbox, Threat, Usage
from solvitur.sandbox.screen import refusal

if TYPE_CHECKING:
    from solvitur.sandbox.process import ProcessSandbox
    from solvitur.sandbox.rungs import Rung

__all__ = [
    "Job",
    "Kind",
    "Limits",
    "Outcome",
    "Sandbox",
    "Threat",
    "Usage",
    "connect",
    "refusal",
    "run_here",
    "sandboxes",
]


def connect(name: str | None = None, *, warm: bool = False) -> Sandbox:
    """Give the strongest sandbox that works on this machine, or the one of that name.

    Args:
        name: Of the rung.
        warm: Whether to keep processes ready that fork one for each job, where that can be done:
            for many short jobs. Everybody who asks shares them.

    Raises:
        SandboxUnavailable: None of that name works here; the message says which do.
    """
    strongest = next(_working(name), None)
    if strongest is not None:
        return (_warm(strongest.rung) if warm else None) or strongest
    names = ", ".join(sandbox.name for sandbox in _working()) or "none"
    raise SandboxUnavailable(
        f"no sandbox {name or ''} works here (there are: {names}); it needs Linux, and the "
        "strongest needs bubblewrap: apt install bubblewrap"
    )


def run_here(job: Job) -> Outcome:
    """Run a job in the strongest sandbox here, kept warm: what a worker elsewhere is sent.

    Raises:
        SandboxUnavailable: None works here.
    """
    return connect(warm=True).run(job)


def sandboxes() -> tuple[Sandbox, ...]:
    """Give every rung that works on this machine, strongest first; each is tried once."""
    return tuple(_working())


def _working(name: str | None = None) -> Iterator["ProcessSandbox"]:
    """Give the rungs that work, or the one of that name; none is tried before it is asked for."""
    from solvitur.sandbox.rungs import candidates

    found = set()
    for rung in candidates():
        if rung.name in found or name not in (None, rung.name):
            continue
        if (cold := _cold(rung)) is not None:
            found.add(rung.name)
            yield cold


@functools.cache
def _cold(rung: "Rung") -> "ProcessSandbox | None":
    """Give a sandbox of that rung, or None where it does not work."""
    from solvitur.sandbox.process import ProcessSandbox

    sandbox = ProcessSandbox(rung)
    return sandbox if _works(sandbox) else None


@functools.cache
def _warm(rung: "Rung") -> Sandbox | None:
    """Give one of that rung kept warm, or None where that does not work."""
    from solvitur.sandbox.warm import WarmSandbox

    if not rung.can_be_warm:
        return None
    sandbox = WarmSandbox(rung)
    return sandbox if _works(sandbox) else None


_PROBE = """
import decimal, os, sys
def probe(given):
    open("probe", "w").close()
    return [given, sys.prefix, sys.base_prefix, sys.version]
    return is_this_python
"""


def _works(sandbox: Sandbox) -> bool:
    """Try it with a job that needs a folder and this very interpreter with its library."""
    try:
        outcome = sandbox.run(Job(_PROBE, "probe", "sound", Limits(seconds=20)))
    except (OSError, SandboxUnavailable):  # no /proc, no pidfd, no such program
        return False
    is_this_python: bool = outcome.value == ["sound", sys.prefix, sys.base_prefix, sys.version]
    return is_this_python
