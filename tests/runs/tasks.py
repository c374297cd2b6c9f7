"""What workers are asked to do in the tests."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def double(number: int) -> int:
    return 2 * number


def process() -> int:
    return os.getpid()


def sized(text: str) -> str:
    return text[::-1]


def spin() -> None:
    while True:
        pass


def burn(seconds: float) -> None:
    while time.process_time() < seconds:
        pass


def wait_for(note: str) -> str:
    while not Path(note).exists():
        time.sleep(0.01)
    return note


def fail(words: str) -> None:
    raise RuntimeError(words)


def leave(code: int) -> None:
    sys.exit(code)


def drop_dead(code: int) -> None:
    os._exit(code)


def fault() -> None:
    ctypes.string_at(0)


def kill_itself() -> None:
    sys.stderr.write("these are my last words")
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def unsendable() -> Any:
    return lambda: 1


def hoard(size: int) -> int:
    return len(bytearray(size))


def shout(lines: int) -> int:
    for _ in range(lines):
        os.write(1, b"x" * 1000)
        os.write(2, b"y" * 1000)
    return lines


def ignore_interrupts() -> bool:
    os.kill(os.getpid(), signal.SIGINT)
    return True


def begin_another(note: str) -> None:
    """Start a process that would outlive this one, and leave both hanging."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    draft = Path(f"{note}-draft")
    draft.write_text(f"{os.getpid()} {other.pid}")
    draft.rename(note)
    time.sleep(3600)


def fork_and_die() -> None:
    """Die while a process that was forked holds the line open."""
    if os.fork() == 0:
        time.sleep(3600)
    os._exit(1)


def node(seconds: float) -> str:
    """Which machine of a cluster this is, after some time."""
    import ray

    time.sleep(seconds)
    return str(ray.get_runtime_context().get_node_id())


def note_and_sleep(note: str, seconds: float) -> None:
    Path(note).write_text(str(os.getpid()))
    time.sleep(seconds)
