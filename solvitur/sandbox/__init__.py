"""Running code that nobody has read: `connect` gives the strongest sandbox that works here."""

import functools
import sys

from solvitur.errors import SandboxUnavailable
from solvitur.sandbox.job import Job, Kind, Limits, Outcome, Sandbox, Threat, Usage
from solvitur.sandbox.screen import refusal

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
    working = sandboxes()
    for sandbox in working:
        if name in (None, sandbox.name):
            return (_warm(sandbox.name) if warm else None) or sandbox
    names = ", ".join(sandbox.name for sandbox in working) or "none"
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


@functools.cache
def sandboxes() -> tuple[Sandbox, ...]:
    """Give every rung that works on this machine, strongest first; each is tried once."""
    from solvitur.sandbox.process import ProcessSandbox
    from solvitur.sandbox.rungs import candidates

    working: dict[str, Sandbox] = {}
    for rung in candidates():
        if rung.name not in working and _works(ProcessSandbox(rung)):
            working[rung.name] = ProcessSandbox(rung)
    return tuple(working.values())


@functools.cache
def _warm(name: str) -> Sandbox | None:
    """Give the rung of that name kept warm, or None where that does not work."""
    from solvitur.sandbox.process import ProcessSandbox
    from solvitur.sandbox.warm import WarmSandbox

    for sandbox in sandboxes():
        if (
            isinstance(sandbox, ProcessSandbox)
            and sandbox.name == name
            and sandbox.rung.can_be_warm
        ):
            warm = WarmSandbox(sandbox.rung)
            return warm if _works(warm) else None
    return None


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
