"""Looking at the processes that a test begins."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path


def is_there(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children(of: int | str = "self") -> set[int]:
    found = Path(f"/proc/{of}/task").glob("*/children")
    return {int(child) for tasks in found for child in tasks.read_text().split()}


def holding(name: str, of: int | str = "self") -> set[int]:
    """Give the children that have a file of that name open, as a solver its log while it works."""
    found = set()
    for child in children(of):
        try:
            links = [link.readlink() for link in Path(f"/proc/{child}/fd").iterdir()]
        except OSError:  # it ended, or closed one of them, meanwhile
            continue
        if name in {link.name for link in links}:
            found.add(child)
    return found


def crashing(log: str, when: Callable[[], bool] = lambda: True) -> threading.Thread:
    """Let the solver that writes a log of that name crash while it works, with its process."""

    def crash() -> None:
        wait_until(lambda: when() and bool(holding(log)))
        for child in holding(log):
            os.kill(child, signal.SIGSEGV)

    thread = threading.Thread(target=crash)
    thread.start()
    return thread
