"""The processes of a job as they are seen from outside, and the folder they work in."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from solvitur.sandbox.rungs import INSIDE, Rung


def end(root: int, rung: Rung, user: int | None) -> None:
    """Kill a process, all that descend from it, and all of the user that was lent to it."""
    for process in [*tree(root)][::-1]:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(root, signal.SIGKILL)
    if user is not None:  # those that fled from the group are still the same user's
        subprocess.run(rung.ending(user), env={}, capture_output=True, check=False)


@contextmanager
def folder(rung: Rung, user: int | None) -> Iterator[str]:
    """Make an empty folder for a job, and leave nothing of it."""
    if rung.has_folder:
        yield INSIDE
        return
    folder = tempfile.mkdtemp(prefix="solvitur-job-")
    try:
        if user is not None:
            os.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tree(root: int) -> Iterator[int]:
    """Give a process and all that descend from it, parents first."""
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            with suppress(OSError):
                waiting += map(int, task.read_text().split())


def memory(root: int, *, itself: bool = True) -> tuple[int, int]:
    """Look at a process and its descendants.

    Args:
        root: The process.
        itself: Whether it counts.

    Returns:
        The bytes that all of them have for themselves, and the most that one of them ever had. What
        the kernel tells of a process that has ended is of no use: it counts what we had ourselves.
    """
    held, most = 0, 0
    for process in tree(root):
        if process == root and not itself:
            continue
        with suppress(OSError):
            text = Path(f"/proc/{process}/status").read_text(errors="replace")
            told = dict(line.partition(":")[::2] for line in text.splitlines())
            held += _bytes(told.get("RssAnon") or told.get("VmRSS"))
            most = max(most, _bytes(told.get("VmHWM")))
    return held, most


def _bytes(told: str | None) -> int:
    """Read a size as the kernel tells it: nothing of a process that has ended."""
    return 1024 * int(told.split()[0]) if told else 0
